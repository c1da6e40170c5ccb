"""Excel workbooks (.xlsx): a page for each sheet that is shown, a line for each row, with its column heads.

Read as a stream and not with openpyxl, which holds every cell as an object (fifty times the size of the file), walks
a million empty rows for one stray cell, and loses what is hidden when it streams.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from corpus.errors import UnreadableFileError
from ingest.extract.base import Extract
from ingest.extract.cell_formats import Formats, read_formats
from ingest.extract.packed import core_properties, open_packed, read_xml, stream_xml
from ingest.extract.workbook import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Sheet, extract_of_sheets, titled
from ingest.extract.writing import one_line

MAX_SHEETS = 500
_MAX_STRINGS = 2_000_000
_KIND = "Excel"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_TRUE = ("1", "true")


def extract_xlsx(path: Path) -> Extract:
    """Read a workbook; sheets, rows and columns that are hidden stay out, with a warning."""
    with open_packed(path, _KIND) as archive:
        names, secret = _sheet_names(archive)
        strings = _shared_strings(archive)
        formats = read_formats(archive)
        sheets, budget = [], MAX_CELLS
        for name, part in names:
            sheet = _Reader(strings, formats, budget).read(archive, name, part)
            budget -= sum(map(len, sheet.rows))
            sheets.append(sheet)
        info = core_properties(read_xml(archive, "docProps/core.xml"))
    return extract_of_sheets("xlsx", sheets, secret, titled(info, sheets, path))


def _sheet_names(archive: zipfile.ZipFile) -> tuple[list[tuple[str, str]], list[str]]:
    """Name and part of each sheet that is shown, in the order of the tabs; the names of the others."""
    book = read_xml(archive, "xl/workbook.xml")
    relations = read_xml(archive, "xl/_rels/workbook.xml.rels")
    targets = {node.get("Id"): node.get("Target") or "" for node in (() if relations is None else relations)}
    shown, secret = [], []
    for node in book.iter("{*}sheet"):
        name = one_line(node.get("name") or "")
        target = targets.get(node.get(_RELATION) or node.get(_STRICT_RELATION), "")
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        if node.get("state") in ("hidden", "veryHidden"):
            secret.append(name)
        elif "worksheets/" in part and part in archive.NameToInfo:
            shown.append((name, part))
    if len(shown) > MAX_SHEETS:
        raise UnreadableFileError(f"The Excel file has {len(shown)} sheets, more than Rapporteur reads. Split it.")
    return shown, secret


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.NameToInfo:
        return []
    found: list[str] = []
    for item in stream_xml(archive, "xl/sharedStrings.xml", ("{*}si",)):
        if len(found) >= _MAX_STRINGS:
            raise UnreadableFileError("The Excel file holds more texts than Rapporteur reads. Split it.")
        found.append(_rich_text(item))
    return found


def _rich_text(item: Any) -> str:
    """The runs of a text; how Japanese is pronounced (rPh) is no part of it."""
    parts = []
    for node in item.iter("{*}t"):
        parent = node.getparent()
        if parent is None or etree.QName(parent).localname != "rPh":
            parts.append(node.text or "")
    return one_line("".join(parts))


class _Reader:
    """Reads one sheet. `budget` is how many cells the workbook may still hold."""

    def __init__(self, strings: list[str], formats: Formats, budget: int) -> None:
        self._strings = strings
        self._formats = formats
        self._budget = budget
        self._hidden_columns: set[int] = set()
        self._merges: list[tuple[int, int, int, int]] = []
        self._places: list[int] = []

    def read(self, archive: zipfile.ZipFile, name: str, part: str) -> Sheet:
        sheet = Sheet(name)
        number = 0
        for node in stream_xml(archive, part, ("{*}col", "{*}row", "{*}mergeCell")):
            tag = etree.QName(node).localname
            if tag == "col":
                self._column(node)
            elif tag == "mergeCell":
                self._merges += _area(node.get("ref") or "")
            else:
                number = _number(node.get("r"), number + 1)
                sheet.cut = sheet.cut or len(sheet.rows) >= MAX_ROWS or self._budget <= 0
                if node.get("hidden") in _TRUE:
                    sheet.hidden = sheet.hidden or len(node) > 0
                elif not sheet.cut:
                    self._row(sheet, number, node)
        self._fill_down(sheet.rows)
        if self._hidden_columns:
            sheet.hidden = True
            sheet.rows = [[c for at, c in enumerate(row) if at not in self._hidden_columns] for row in sheet.rows]
        return sheet

    def _column(self, node: Any) -> None:
        if node.get("hidden") in _TRUE:
            first, last = _number(node.get("min"), 1), _number(node.get("max"), 1)
            self._hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS)))

    def _row(self, sheet: Sheet, number: int, node: Any) -> None:
        cells: dict[int, str] = {}
        at = -1
        for cell in node.iter("{*}c"):
            place = _CELL.fullmatch(cell.get("r") or "")
            at = _column_number(place[1]) if place else at + 1
            text = self._cell(cell)
            if text and at < MAX_COLUMNS:
                cells[at] = text
        row = [cells.get(at, "") for at in range(max(cells, default=-1) + 1)]
        # A gap in the numbers is one empty row, however wide it is: it parts two tables.
        if self._places and number > self._places[-1] + 1:
            self._add(sheet, number - 1, [])
        self._add(sheet, number, row)

    def _add(self, sheet: Sheet, number: int, row: list[str]) -> None:
        sheet.rows.append(row)
        self._places.append(number)
        self._budget -= len(row)

    def _cell(self, cell: Any) -> str:
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            return _rich_text(cell)
        value = next((node.text or "" for node in cell.iter("{*}v")), "")
        if kind == "s":
            at = _number(value, -1)
            return self._strings[at] if 0 <= at < len(self._strings) else ""
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, "")
        if kind == "n":
            return self._formats.number(value, _number(cell.get("s"), 0))
        return "" if kind == "e" else one_line(value)

    def _fill_down(self, rows: list[list[str]]) -> None:
        """A cell merged over several rows holds for each of them: the country before its years."""
        index = {number: at for at, number in enumerate(self._places)}
        for left, top, right, bottom in self._merges:
            if left != right or top not in index or left >= len(rows[index[top]]):
                continue
            text = rows[index[top]][left]
            for number in range(top + 1, min(bottom, top + MAX_ROWS) + 1):
                at = index.get(number)
                if at is not None and text and any(rows[at]):
                    rows[at] += [""] * (left + 1 - len(rows[at]))
                    rows[at][left] = rows[at][left] or text


def _area(reference: str) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right and bottom of "A2:A5"; columns from 0, rows from 1."""
    first, _, last = reference.partition(":")
    start, end = _CELL.fullmatch(first), _CELL.fullmatch(last)
    if start and end:
        yield _column_number(start[1]), int(start[2]), _column_number(end[1]), int(end[2])


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
