"""A table of results for other programs: CSV, Excel, Word, Markdown, JSON; which of them, the file's suffix says. No cell
is ever run as a formula."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from ui.console import save
from ui.export import csv_text, plain, printable

TABLE_SUFFIXES = (".docx", ".xlsx", ".csv", ".md", ".json")
LONGEST = 32_767  # characters that a cell of Excel may hold
NARROW, WIDE = 14, 60


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a line below it, the names of the columns, and rows of as many cells."""

    title: str
    remark: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def check_suffix(path: Path) -> str:
    """The suffix of a file to be written.

    Raises:
        UsageError: it names no format of `TABLE_SUFFIXES`.
    """
    suffix = path.suffix.casefold()
    if suffix not in TABLE_SUFFIXES:
        raise UsageError(f"{path} does not say what to write: end it with one of {', '.join(TABLE_SUFFIXES)}.")
    return suffix


def save_table(path: Path, table: Table, shape: Any) -> None:
    """Write the table, or its `shape` as JSON, as the suffix says."""
    suffix = check_suffix(path)
    if suffix == ".json":
        save(path, json.dumps(shape, ensure_ascii=False, indent=2) + "\n")
    else:
        save(path, content(table, suffix))


def content(table: Table, suffix: str) -> str | bytes:
    """The table as what a file of that suffix holds: text, or bytes for office programs."""
    if suffix == ".docx":
        return word(table)
    if suffix == ".xlsx":
        return workbook(table)
    if suffix == ".md":
        return markdown(table)
    # The mark at the beginning tells Excel that the file is UTF-8.
    return "\ufeff" + csv_text(table.header, table.rows)


def workbook(table: Table) -> bytes:
    """An Excel file of one sheet whose heads stay in sight and can be filtered. Every cell is written as text."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", table.title)[:31] or "table")
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for at, name in enumerate(table.header):
            sheet.write_string(0, at, name, bold)
            longest = max((len(row[at]) for row in table.rows), default=0)
            sheet.set_column(at, at, min(WIDE, max(NARROW, longest)))
        for line, row in enumerate(table.rows, 1):
            for at, cell in enumerate(row):
                sheet.write_string(line, at, printable(cell)[:LONGEST], wrapped)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.header) - 1)
    return out.getvalue()


def markdown(table: Table) -> str:
    """The table in Markdown; what the cells hold is shown as it is."""
    lines = [f"# {_plain(table.title)}", "", _plain(table.remark), ""] if table.title else []
    lines.append("| " + " | ".join(table.header) + " |")
    lines.append("|" + " --- |" * len(table.header))
    lines += ["| " + " | ".join(_plain(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return plain(text).replace("\n", "<br>")


def word(table: Table) -> bytes:
    """A Word document with the table, on a page laid across."""
    import docx
    from docx.enum.section import WD_ORIENT

    made = docx.Document()
    made.core_properties.title = printable(table.title)
    made.core_properties.author = ""
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    made.add_heading(printable(table.title), level=1)
    if table.remark:
        made.add_paragraph(printable(table.remark))
    grid = made.add_table(rows=1, cols=len(table.header), style="Table Grid")
    for cell, name in zip(grid.rows[0].cells, table.header, strict=True):
        cell.text = name
        cell.paragraphs[0].runs[0].bold = True
    _repeat(grid.rows[0])
    for row in table.rows:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = printable(text)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _repeat(row: Any) -> None:
    """Has Word show the row again at the head of each page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def cells(*values: Sequence[str] | str | int | None) -> tuple[str, ...]:
    """A row: lists as lines, nothing as an empty cell."""
    return tuple(
        "" if value is None else str(value) if isinstance(value, str | int) else "\n".join(value) for value in values
    )
