"""Tables for other programs: CSV, Excel and Word. No cell is ever run as a formula."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence

from ui.export import csv_text

LONGEST = 32_767  # characters that a cell of Excel may hold
NARROW, WIDE = 14, 60
FORMS = ("csv", "xlsx", "docx")
Rows = Sequence[Sequence[str]]


def write_table(title: str, header: Sequence[str], rows: Rows, form: str) -> bytes:
    """The table as a file of one of FORMS."""
    if form == "xlsx":
        return workbook(title, header, rows)
    if form == "docx":
        return word_table(title, header, rows)
    return csv_text(header, rows).encode("utf-8-sig")


def workbook(title: str, header: Sequence[str], rows: Rows) -> bytes:
    """An Excel file of one sheet whose heads stay in sight and can be filtered."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title[:31])
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for at, name in enumerate(header):
            sheet.write_string(0, at, name, bold)
            longest = max((len(row[at]) for row in rows), default=0)
            sheet.set_column(at, at, min(WIDE, max(NARROW, longest)))
        for line, cells in enumerate(rows, 1):
            for at, cell in enumerate(cells):
                sheet.write_string(line, at, _shown(cell)[:LONGEST], wrapped)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(rows)), len(header) - 1)
    return out.getvalue()


def word_table(title: str, header: Sequence[str], rows: Rows) -> bytes:
    """A Word file with one table in landscape, whose heads are repeated on each page."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    made = docx.Document()
    made.core_properties.title, made.core_properties.author = title, ""
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    made.add_heading(title, level=1)
    table = made.add_table(rows=1, cols=len(header), style="Table Grid")
    for cell, name in zip(table.rows[0].cells, header, strict=True):
        cell.text = name
        cell.paragraphs[0].runs[0].font.bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = _shown(text)
    for line in table.rows:
        for cell in line.cells:
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(8)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _shown(text: str) -> str:
    """Text without the control characters that no office file may hold."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
