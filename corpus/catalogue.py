"""The catalogue: official documents of the field as facts, one row each, and where they are to be had.

It says what a document is and at which address it was published; it holds no text of it. `unsure` names the columns
that nobody has compared with the document yet, so that they are shown as such and never pass for checked.
"""

from __future__ import annotations

import csv
import datetime
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from corpus.errors import UsageError
from corpus.lexicon import bodies, fold
from corpus.symbols import find_symbols, normalise_symbol

FILE = Path(__file__).with_name("catalogue.csv")
COLUMNS = (
    "id", "title", "symbol", "reference", "body", "issuer", "type", "legal", "status", "date", "language", "place",
    "event", "url", "address", "source", "format", "seen", "unsure", "relations", "note",
)  # fmt: skip
# Values that a column may have; the empty one only where it is listed.
VALUES: Mapping[str, frozenset[str]] = {
    "body": frozenset({"OSCE", "CoE", "UN", "EU", "ILO", "other"}),
    "type": frozenset(
        "action-plan agreement charter conference-summary convention decision declaration directive explanatory-report "
        "guide meeting-report press-release protocol recommendation regulation report resolution speech statement "
        "web-page".split()
    ),
    "legal": frozenset({"binding", "political", "guidance", "information"}),
    "status": frozenset({"", "amended", "draft", "ended", "repealed", "superseded"}),
    # What lies at the address: the text itself, a text of which it is a part, or a page that leads to it.
    "address": frozenset({"", "document", "part", "page"}),
    "source": frozenset({"", "issuer", "copy"}),
    "format": frozenset({"", "html", "pdf"}),
    "seen": frozenset({"yes", "no"}),
}
RELATIONS = frozenset(
    {"about", "amends", "annex-of", "endorses", "explains", "supersedes", "supplements", "translation-of"}
)
MAY_BE_UNSURE = frozenset({"title", "symbol", "date", "url"})
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_WITH_ADDRESS = ("address", "source", "format")
_SHOWN_PROBLEMS = 5
# What `--only field:value` may name, beside plain words.
FIELDS = ("id", "body", "issuer", "type", "legal", "language", "source", "address", "format", "symbol", "year", "host")


class CatalogueError(UsageError):
    """The catalogue's file is not as its schema says; `problems` has one sentence for each fault."""

    def __init__(self, file: Path, problems: Sequence[str]) -> None:
        more = len(problems) - _SHOWN_PROBLEMS
        rest = f" And {more:,} more." if more > 0 else ""
        super().__init__(f"The catalogue {file} has faults. {' '.join(problems[:_SHOWN_PROBLEMS])}{rest}")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the catalogue. Dates are ISO with the precision that is known; `seen` says whether the address
    was met in a source; `unsure` are the columns that still need a check; `relations` are (kind, id of another row)."""

    id: str
    title: str
    symbol: str | None
    reference: str | None
    body: str
    issuer: str
    type: str
    legal: str
    status: str | None
    date: str
    language: str
    place: str | None
    event: str | None
    url: str | None
    address: str | None
    source: str | None
    format: str | None
    seen: bool
    unsure: tuple[str, ...] = ()
    relations: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @property
    def host(self) -> str:
        """The host of its address, without "www."; empty where it has none."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.") if self.url else ""


def read_catalogue(file: Path = FILE) -> tuple[Entry, ...]:
    """All rows of the catalogue, in the order of the file.

    Raises:
        CatalogueError: the file is missing or does not follow the schema.
    """
    rows = _read(file)
    problems = list(_problems(rows))
    if problems:
        raise CatalogueError(file, problems)
    return tuple(_entry(row) for _, row in rows)


@cache
def catalogue() -> tuple[Entry, ...]:
    """The bundled catalogue, read once."""
    return read_catalogue()


def choose(entries: Iterable[Entry], only: str) -> list[Entry]:
    """The rows that `only` asks for: words of the title, symbol or id, and `field:value` with the fields of `FIELDS`;
    all of them must fit. "body:OSCE type:decision child" are the decisions of the OSCE on children.

    Raises:
        UsageError: a field is not known, or a quotation mark is not closed.
    """
    try:
        parts = shlex.split(only)
    except ValueError as error:
        raise UsageError(f"The filter {only} cannot be read: a quotation mark is not closed.") from error
    wanted = [part.partition(":") if re.match(r"[a-z]+:", part) else ("", "", part) for part in parts]
    unknown = sorted({field for field, _, _ in wanted if field and field not in FIELDS})
    if unknown:
        raise UsageError(f"The catalogue has no field {', '.join(unknown)}; there are {', '.join(FIELDS)}.")
    return [entry for entry in entries if all(_fits(entry, field, value) for field, _, value in wanted)]


def _fits(entry: Entry, field: str, value: str) -> bool:
    if not field:
        text = f"{fold(entry.title)} {fold(entry.id)} {fold(entry.symbol or '')} {fold(entry.reference or '')}"
        return fold(value) in text
    if field == "year":
        return entry.date.startswith(value)
    if field == "symbol":
        return normalise_symbol(entry.symbol or "").startswith(normalise_symbol(value))
    if field == "host":
        return entry.host == value or entry.host.endswith(f".{value}")
    return (getattr(entry, field) or "").casefold() == value.casefold()


def _read(file: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows with the line each begins on."""
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise CatalogueError(file, [f"Its first line must name the columns {', '.join(COLUMNS)}."])
            before = reader.line_num
            for row in reader:
                if None in row or None in row.values():
                    raise CatalogueError(file, [f"Line {before + 1} has not as many values as there are columns."])
                rows.append((before + 1, row))
                before = reader.line_num
    except OSError as error:
        raise CatalogueError(file, [f"It cannot be opened ({error.strerror})."]) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(file, [f"It is no CSV in UTF-8 ({error})."]) from error
    return rows


def _entry(row: Mapping[str, str]) -> Entry:
    relations = tuple((kind, other) for kind, _, other in (one.partition(":") for one in _list(row["relations"])))
    optional = {name: row[name] or None for name in ("symbol", "reference", "status", "place", "event", "url")}
    optional |= {name: row[name] or None for name in _WITH_ADDRESS}
    plain = {name: row[name] for name in ("id", "title", "body", "issuer", "type", "legal", "date", "language", "note")}
    return Entry(**plain, **optional, seen=row["seen"] == "yes", unsure=_list(row["unsure"]), relations=relations)  # type: ignore[arg-type]


def _list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))


def _problems(rows: Sequence[tuple[int, dict[str, str]]]) -> Iterator[str]:
    ids = Counter(row["id"] for _, row in rows)
    issuers = bodies()
    for line, row in rows:
        name = f"Line {line} ({row['id'] or 'without an id'})"
        if not _ID.fullmatch(row["id"]):
            yield f"{name}: an id is made of small letters, digits and hyphens."
        elif ids[row["id"]] > 1:
            yield f"{name}: the id is given twice."
        for column, value in row.items():
            if value != " ".join(value.split()):
                yield f"{name}: {column} has blanks too many."
        for column, allowed in VALUES.items():
            if row[column] not in allowed:
                yield f"{name}: {column} is '{row[column]}', not one of {', '.join(sorted(filter(None, allowed)))}."
        if row["issuer"] not in issuers:
            yield f"{name}: the issuer '{row['issuer']}' is not in bodies.yaml."
        yield from (f"{name}: {fault}" for fault in (*_faults(row), *_relation_faults(row, ids), *_address_faults(row)))


def _faults(row: Mapping[str, str]) -> Iterator[str]:
    if not row["title"]:
        yield "it has no title."
    if not _is_date(row["date"]):
        yield f"'{row['date']}' is no date such as 2023, 2023-06 or 2023-06-06."
    if not re.fullmatch(r"[a-z]{2}", row["language"]):
        yield f"'{row['language']}' is no language code of two letters."
    found = find_symbols(row["symbol"])
    if row["symbol"] and not (found and normalise_symbol(row["symbol"]).startswith(normalise_symbol(found[0]))):
        yield f"the grammar of symbols does not know '{row['symbol']}'; put it into the column reference."
    for column in _list(row["unsure"]):
        if column not in MAY_BE_UNSURE or not row[column]:
            yield f"'{column}' cannot be unsure: it is empty, or not one of {', '.join(sorted(MAY_BE_UNSURE))}."
    if not (row["symbol"] or row["reference"] or row["url"] or row["event"] or len(row["date"]) > 4 or row["note"]):
        yield "nothing but a title is known of it: leave it out."


def _relation_faults(row: Mapping[str, str], ids: Mapping[str, int]) -> Iterator[str]:
    for relation in _list(row["relations"]):
        kind, _, other = relation.partition(":")
        if kind not in RELATIONS:
            yield f"'{kind}' is no relation; there are {', '.join(sorted(RELATIONS))}."
        if other not in ids or other == row["id"]:
            yield f"the relation '{relation}' points to no other row."


def _address_faults(row: Mapping[str, str]) -> Iterator[str]:
    if not row["url"]:
        if row["seen"] == "yes" or any(row[column] for column in _WITH_ADDRESS):
            yield "there is no address, so nothing can be said of it."
        return
    if not all(row[column] for column in _WITH_ADDRESS):
        yield f"with an address go {', '.join(_WITH_ADDRESS)}."
    if row["seen"] == "yes" and "url" in _list(row["unsure"]):
        yield "an address that was seen is not unsure."
    parts = urlsplit(row["url"])
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or parts.username or parts.fragment:
        yield f"'{row['url']}' is no address on the web."
    if re.search(r"[\s<>\"{}|\\^`]", row["url"]) or not row["url"].isascii():
        yield f"the address '{row['url']}' has characters that must be written in their % form."


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True
