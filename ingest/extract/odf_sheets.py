"""OpenDocument spreadsheets: the rows of each sheet that is shown, repeated cells within bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.extract.base import Extract
from ingest.extract.odf_blocks import TABLE, Blocks, direct, hidden_styles
from ingest.extract.odf_numbers import TEXT, Numbers, positive
from ingest.extract.workbook import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Sheet, extract_of_sheets, titled
from ingest.extract.writing import PageWriter, one_line


def spreadsheet(body: Any, roots: list[Any], info: dict[str, str], path: Path) -> Extract:
    """A page for each sheet; what is hidden stays out, with a warning."""
    unseen = hidden_styles(roots, "table-properties", f"{TABLE}display", "false")
    sheets, secret = [], []
    budget = MAX_CELLS
    for table in body.iter(f"{TABLE}table"):
        name = one_line(table.get(f"{TABLE}name") or "")
        if table.get(f"{TABLE}style-name") in unseen:
            secret.append(name)
            continue
        sheet = _sheet(table, Sheet(name), budget)
        budget -= sum(map(len, sheet.rows))
        sheets.append(sheet)
    return extract_of_sheets("ods", sheets, secret, titled(info, sheets, path))


def _sheet(table: Any, sheet: Sheet, budget: int) -> Sheet:
    blocks = Blocks(PageWriter(), Numbers([]))
    columns = _hidden_columns(table)
    for row in direct(table, f"{TABLE}table-row", f"{TABLE}table"):
        times = positive(row.get(f"{TABLE}number-rows-repeated"), 1)
        if row.get(f"{TABLE}visibility") in ("collapse", "filter"):
            sheet.hidden = sheet.hidden or any(True for _ in row.iter(f"{TEXT}p"))
            continue
        cells = _cells(row, blocks)
        if columns & {at for at, cell in enumerate(cells) if cell}:
            sheet.hidden = True
        cells = [cell for at, cell in enumerate(cells) if at not in columns]
        # Thousands of empty rows part two tables as one does.
        times = times if any(cells) else 1
        room = min(MAX_ROWS - len(sheet.rows), budget // max(1, len(cells)))
        sheet.cut = sheet.cut or times > room
        sheet.rows += [cells] * min(times, max(0, room))
        budget -= len(cells) * min(times, max(0, room))
    return sheet


def _hidden_columns(table: Any) -> set[int]:
    hidden: set[int] = set()
    at = 0
    for column in direct(table, f"{TABLE}table-column", f"{TABLE}table"):
        times = min(positive(column.get(f"{TABLE}number-columns-repeated"), 1), MAX_COLUMNS)
        if column.get(f"{TABLE}visibility") in ("collapse", "filter"):
            hidden.update(range(at, min(at + times, MAX_COLUMNS)))
        at += times
    return hidden


def _cells(row: Any, blocks: Blocks) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        text = one_line(" ".join(blocks.inline(node) for node in cell.iterchildren(f"{TEXT}p")))
        times = positive(cell.get(f"{TABLE}number-columns-repeated"), 1)
        cells += [text] * max(0, min(times, MAX_COLUMNS - len(cells)))
    while cells and not cells[-1]:
        cells.pop()
    return cells
