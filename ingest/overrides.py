"""A curator's values for documents: a CSV file whose rows name files and the fields that they override."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from corpus.edited_tables import Row as Record
from corpus.edited_tables import read_table, text_of
from corpus.errors import UsageError
from corpus.filters import check_date
from corpus.lexicon import find_countries
from corpus.records import Document
from ingest.discover import Found
from ingest.metadata import DATES, LISTS
from ingest.metadata import FIELDS as PLAIN
from ingest.standing import STANDINGS

FIELDS = (*PLAIN, *LISTS)
# What the program's own table of documents holds beside them; a table that comes back from a spreadsheet has it still.
DERIVED = ("id", "format", "pages", "pages_without_text", "passages", "certainty")
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the pattern that names files, and the values for them. `line` counts from 1, the header included."""

    pattern: str
    values: dict[str, str]
    line: int


def read_metadata(file: Path) -> tuple[Row, ...]:
    """The rows of a metadata file; separated by commas, semicolons or tabs, as its header line shows.

    Raises:
        UsageError: the file is missing or no such table, has unknown columns, or a date is none.
    """
    names, rows = read_table(file, "metadata file")
    _check_columns(file, names)
    return tuple(_row(file, line, record) for line, record in rows)


def _check_columns(file: Path, names: Iterable[str]) -> None:
    if "path" not in names:
        raise UsageError(f"The metadata file {file} has no column named path; its first line must name the columns.")
    unknown = [name or "(no name)" for name in names if name not in {"path", *FIELDS, *DERIVED}]
    if unknown:
        raise UsageError(
            f"The metadata file {file} has unknown columns: {', '.join(unknown)}. Known are path, {', '.join(FIELDS)}."
        )


def _row(file: Path, line: int, record: Record) -> Row:
    if None in record:
        raise UsageError(f"{file}, line {line}: the row has more values than there are columns.")
    plain = {str(name): text_of(value) for name, value in record.items()}
    values = {name: value for name, value in plain.items() if value and name not in DERIVED}
    # Blanks inside a file's name belong to it.
    values.pop("path", "")
    pattern = str(record.get("path") or "").strip()
    if not pattern:
        raise UsageError(f"{file}, line {line}: the path is empty.")
    values = checked(values, f"{file}, line {line}")
    return Row(pattern.replace("\\", "/"), values, line)


def checked(values: Mapping[str, str], place: str) -> dict[str, str]:
    """A curator's values as they are kept: countries by their codes. `place` says where they stand.

    Raises:
        UsageError: a date is none, or a legal standing is unknown.
    """
    kept = dict(values)
    for name in set(DATES) & set(kept):
        _check_day(kept[name], place)
    if kept.get("standing", STANDINGS[0]) not in STANDINGS:
        raise UsageError(f"{place}: '{kept['standing']}' is no legal standing; it is one of {', '.join(STANDINGS)}.")
    if "countries" in kept:
        kept["countries"] = ";".join(_codes(kept["countries"].split(";")))
    return kept


def _check_day(date: str, place: str) -> None:
    try:
        check_date(date)
        datetime.date.fromisoformat(date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date)
    except (UsageError, ValueError) as error:
        raise UsageError(
            f"{place}: '{date}' is not a date; write a year, month or day such as 2023, 2023-06 or 2023-06-06."
        ) from error


def _codes(names: Iterable[str]) -> list[str]:
    """Countries are stored as ISO codes, whether the curator writes "ALB" or "Albania"."""
    found: list[str] = []
    for name in filter(None, map(str.strip, names)):
        found += list(find_countries(name)) or [name.upper() if len(name) == 3 else name]
    return found


def match_rows(rows: Iterable[Row], files: Iterable[Found]) -> tuple[dict[str, dict[str, str]], list[Row]]:
    """The values for each file named by a row (later rows win), and the rows that name no file."""
    values: dict[str, dict[str, str]] = {}
    unused: list[Row] = []
    known = list(files)
    for row in rows:
        named = [file for file in known if _names(row.pattern, file)]
        for file in named:
            values.setdefault(file.path, {}).update(row.values)
        if not named:
            unused.append(row)
    return values, unused


def _names(pattern: str, file: Found) -> bool:
    path = PurePath(file.path)
    relative = path.relative_to(file.root).as_posix() if path.is_relative_to(file.root) else path.name
    # A name with brackets is a name first: "Report [final].pdf" must not be read as a pattern only.
    plain = pattern.removeprefix("./")
    return plain in {relative, path.name, path.as_posix()} or any(
        fnmatchcase(name, plain) for name in (relative, path.name, path.as_posix())
    )


def merge(remembered: Values, given: Values | None, access: str | None) -> dict[str, str]:
    """What holds for a file now: a metadata file speaks for all its fields, without one what was said before stays.
    An access label stays until another is given, so that nothing protected becomes public by omission."""
    merged = dict(remembered if given is None else given)
    label = access or merged.get("access") or remembered.get("access")
    return merged | ({"access": label} if label else {})


def news(given: Values, remembered: Values, document: Document | None) -> dict[str, str]:
    """Of what a metadata file gives for a file only what is new: a value that the document has anyway, and that no
    curator gave it before, is no correction. So a table that was exported and comes back changes what was edited."""
    if document is None:
        return dict(given)
    return {name: value for name, value in given.items() if name in remembered or cell(document, name) != value}


def cell(document: Document, field: str) -> str:
    """The value of a field as a table holds it: lists parted by semicolons, empty where there is none."""
    value = getattr(document, field)
    return " ".join((";".join(value) if isinstance(value, tuple) else str(value or "")).split())


def fingerprint(values: Values) -> str:
    """A few letters that change when the values do; empty where there are none."""
    if not values:
        return ""
    return hashlib.sha256(json.dumps(sorted(values.items()), ensure_ascii=False).encode()).hexdigest()[:10]
