"""Many queries at once: a table of queries in, a table of passages out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.errors import RapporteurError, UsageError
from search.records import Mode
from ui.export import COLUMNS, csv_text, row
from ui.handlers import Base
from ui.people import audit
from ui.references import Item
from ui.tables import Table, workbook
from ui.words import number, said, t

MOST_QUERIES = 500
MOST_PASSAGES = 100
MOST_BYTES = 1_000_000
NAMES = ("query", "queries", "question", "questions", "requête", "requete", "запрос", "вопрос")
HEADER = ("query", "rank", "score", "problem", *COLUMNS)
FORMS = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of a table, and the row that it stands in."""

    text: str
    row: int


def read_queries(content: bytes) -> list[Asked]:
    """The queries of a CSV file: of the column called "query", else of the first one.

    Raises:
        UsageError: it is no table of queries, is empty or too long.
    """
    if len(content) > MOST_BYTES:
        raise UsageError(t("The table of queries is larger than 1 MB."))
    text = _decoded(content)
    if "\0" in text:
        raise UsageError(t("This is no table of queries: save it as CSV first."))
    first = text.partition("\n")[0]
    separator = max((";", "\t", ","), key=first.count) if any(mark in first for mark in ";\t,") else ","
    rows = [
        (n, [cell.strip() for cell in cells])
        for n, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1)
    ]
    names = [cell.casefold() for cell in rows[0][1]] if rows else []
    column = next((names.index(name) for name in NAMES if name in names), None)
    found = [Asked(cells[column or 0], n) for n, cells in rows[int(column is not None) :] if len(cells) > (column or 0)]
    found = [asked for asked in found if asked.text]
    if not found:
        raise UsageError(t("There is no query in this table: one stands in each row, under the heading “query”."))
    if len(found) > MOST_QUERIES:
        limits = {"n": number(len(found)), "most": number(MOST_QUERIES)}
        raise UsageError(t("The table holds {n} queries; at most {most} are taken at once.", **limits))
    return found


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def passages(base: Base, queries: Sequence[Asked], k: int, mode: Mode) -> Iterator[list[str]]:
    """The rows of the answer: for each query its `k` best passages, or one row that says why there is none."""
    for asked in queries:
        audit.question(base.home, asked.text)
        try:
            found = base.search(asked.text, min(MOST_PASSAGES, max(1, k)), mode)
        except RapporteurError as error:
            yield [asked.text, "", "", said(str(error)), *[""] * len(COLUMNS)]
            continue
        if not found.hits:
            yield [asked.text, "", "", t("Nothing found"), *[""] * len(COLUMNS)]
        for hit in found.hits:
            yield [asked.text, str(hit.rank), f"{hit.score:.4f}", "", *row(Item(hit.document, hit.stored))]


def answered(base: Base, content: bytes, form: str, k: int = 10, mode: str = "hybrid") -> bytes:
    """The whole answer as a file: `form` is csv or xlsx.

    Raises:
        UsageError: the table, the form or the way of searching is none.
    """
    if form not in FORMS or mode not in set(Mode):
        raise UsageError(t("A table of passages is written as xlsx or csv."))
    rows = list(passages(base, read_queries(content), k, Mode(mode)))
    audit.note(base.home, "exported", form=form, number=len(rows))
    # The mark at the start tells spreadsheets that the letters are UTF-8.
    table = Table("passages", "", HEADER, tuple(tuple(row) for row in rows))
    return workbook(table) if form == "xlsx" else csv_text(HEADER, rows).encode("utf-8-sig")
