"""Sheets of any spreadsheet format as pages: a line for each row, with its column heads."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from corpus.records import OutlineEntry
from ingest.extract.base import Extract
from ingest.extract.grid import blocks, headed_rows
from ingest.extract.writing import PageWriter, one_line

MAX_ROWS = 50_000
MAX_COLUMNS = 1_000
MAX_CELLS = 3_000_000


@dataclass(slots=True)
class Sheet:
    """A sheet's rows as text, without what is hidden. `cut` says that it goes on after the last row read."""

    name: str
    rows: list[list[str]] = field(default_factory=list)
    hidden: bool = False
    cut: bool = False


def titled(info: dict[str, str], sheets: list[Sheet], path: Path) -> dict[str, str]:
    """The facts with a title: that of the workbook, else the line above its first table, else the file's name; the
    heads of columns would make a poor one."""
    if info.get("title"):
        return info
    first = [cell for row in (sheets[0].rows[:1] if sheets else ()) for cell in row if cell]
    stated = first[0] if len(first) == 1 and len(first[0].split()) >= 2 else ""
    return info | {"title": stated or one_line(path.stem.replace("_", " ")), "title_certain": "yes"}


def extract_of_sheets(kind: str, sheets: list[Sheet], secret: list[str], info: dict[str, str]) -> Extract:
    """The pages of a workbook. `secret` names the sheets that are hidden."""
    pages, headings, tables, outline = [], [], [], []
    for number, sheet in enumerate(sheets, 1):
        writer = PageWriter(number)
        if sheet.rows:
            writer.heading(sheet.name, 1)
            outline.append(OutlineEntry(sheet.name, 1, number))
        for block in blocks(sheet.rows):
            lines = list(headed_rows(block))
            if len(lines) > 1:
                writer.table(lines)
            else:
                writer.line(lines[0])
        pages.append(writer.page())
        headings += writer.headings
        tables += writer.tables
    warnings = []
    if secret:
        warnings.append(f"hidden sheets are left out: {', '.join(secret)}")
    if hidden := [sheet.name for sheet in sheets if sheet.hidden]:
        warnings.append(f"hidden rows or columns are left out on: {', '.join(hidden)}")
    if cut := [sheet.name for sheet in sheets if sheet.cut]:
        warnings.append(f"only the first {MAX_ROWS:,} rows are read of: {', '.join(cut)}")
    return Extract(
        format=kind,
        pages=tuple(pages),
        paged=True,
        reflowed=True,
        info=info,
        headings=tuple(headings),
        tables=tuple(tables),
        outline=tuple(outline),
        warnings=tuple(warnings),
    )
