"""Tables that a curator edits in a spreadsheet: cells guarded against being run as a formula, and rows read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from corpus.errors import UsageError

# A cell that begins so is a formula to a spreadsheet (OWASP, "CSV Injection").
# So is one whose first sign is the wide form of these, and blanks before it are passed over.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_BLANK = " \n\u00a0\u200b\u3000\ufeff"

Cell = str | list[str] | None
Row = Mapping[str | None, Cell]


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs: one that would be a formula begins with an apostrophe."""
    return f"'{cell}" if cell.lstrip(_BLANK).startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`; the apostrophe is not the curator's."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(_BLANK).startswith(FORMULA) else cell


def text_of(cell: Cell) -> str:
    """What a curator wrote in a cell: blanks at its ends and runs of them left out, the guard too."""
    return unguarded(" ".join(cell.split())) if isinstance(cell, str) else ""


def read_table(file: Path, what: str) -> tuple[tuple[str, ...], Iterator[tuple[int, Row]]]:
    """The names of the columns of a CSV file in UTF-8, parted by commas, semicolons or tabs as its header line shows, and
    its rows that hold anything, each with its line in the file, as `csv.DictReader` gives them (cells too many under
    None, missing ones as None). `what` names the file to a person ("metadata file").

    Raises:
        UsageError: it is missing, or no text in UTF-8, or, while the rows are taken, one of them is no CSV.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"The {what} {file} cannot be opened ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"The {what} {file} is not UTF-8 text. Save it as CSV UTF-8.") from error
    header = text.partition("\n")[0]
    # Not `splitlines`, which knows more ends of lines than a table does.
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    try:
        names = tuple(name.strip() for name in reader.fieldnames or ())
    except csv.Error as error:
        raise _broken(file, reader, error) from error
    reader.fieldnames = list(names)
    return names, _rows(file, reader)


def _rows(file: Path, reader: csv.DictReader[str]) -> Iterator[tuple[int, Row]]:
    try:
        for row in reader:
            if any(row.values()):
                yield reader.line_num, dict(row)
    except csv.Error as error:
        raise _broken(file, reader, error) from error


def _broken(file: Path, reader: csv.DictReader[str], error: csv.Error) -> UsageError:
    return UsageError(f"{file}, line {reader.reader.line_num}: this is no CSV row ({error}).")
