"""Presentations (.pptx): a page for each slide, its title as heading, tables with their column heads, notes as notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pptx
from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError

from corpus.errors import UnreadableFileError
from corpus.records import OutlineEntry
from ingest.extract.base import Extract
from ingest.extract.grid import headed_rows
from ingest.extract.packed import BROKEN_OFFICE, check_packed, damage_told, parse_xml
from ingest.extract.pdf import name_pages
from ingest.extract.writing import PageWriter, one_line

MAX_SLIDES = 2_000
MAX_DEPTH = 50
_FURNITURE = frozenset({PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER})
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_SOFT_BREAK = re.compile(r"[\v\n]+")


def extract_pptx(path: Path) -> Extract:
    """Read a presentation. Hidden slides keep their number and stay empty, with a warning."""
    check_packed(path, "PowerPoint")
    with damage_told("PowerPoint", (*BROKEN_OFFICE, PythonPptxError)):
        show = pptx.Presentation(str(path))
        slides = list(show.slides)
        if len(slides) > MAX_SLIDES:
            raise UnreadableFileError(
                f"The presentation has {len(slides)} slides, more than Rapporteur reads. Split it."
            )
        writers, outline, hidden = [], [], []
        for number, slide in enumerate(slides, 1):
            writer = PageWriter(number)
            writers.append(writer)
            if slide._element.get("show") in ("0", "false"):
                hidden.append(number)
                continue
            if title := _slide(slide, writer):
                outline.append(OutlineEntry(title, 1, number))
        info = _properties(show)
    warnings = [f"hidden slides are left out: {name_pages(hidden)}"] if hidden else []
    silent = [w.number for w in writers if not w.text() and w.number not in hidden]
    if silent:
        warnings.append(f"{name_pages(silent)} {'has' if len(silent) == 1 else 'have'} no text (pictures or blank)")
    return Extract(
        format="pptx",
        pages=tuple(writer.page() for writer in writers),
        paged=True,
        reflowed=True,
        info=info,
        headings=tuple(hint for writer in writers for hint in writer.headings),
        tables=tuple(table for writer in writers for table in writer.tables),
        outline=tuple(outline),
        warnings=tuple(warnings),
    )


def _slide(slide: Any, writer: PageWriter) -> str:
    """Write one slide; its title."""
    heading = slide.shapes.title
    title = one_line(heading.text_frame.text) if heading is not None and heading.has_text_frame else ""
    if title:
        writer.heading(title, 1)
    for shape in slide.shapes:
        if heading is None or shape.shape_id != heading.shape_id:
            _shape(shape, writer, MAX_DEPTH)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        # Each paragraph says that it is a note: no audience has seen it.
        for text in _paragraphs(frame) if frame is not None else ():
            writer.line(f"Notes: {text}")
    return title


def _shape(shape: Any, writer: PageWriter, depth: int) -> None:
    if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
        return
    inner = getattr(shape, "shapes", None)
    if inner is not None and depth:
        for part in inner:
            _shape(part, writer, depth - 1)
    elif getattr(shape, "has_table", False):
        cells = [[_cell(cell) for cell in row.cells] for row in shape.table.rows]
        writer.table(headed_rows(cells))
    elif shape.has_text_frame:
        for text in _paragraphs(shape.text_frame):
            writer.line(text)
    else:
        for text in _diagram(shape):
            writer.line(text)


def _cell(cell: Any) -> str:
    return "" if cell.is_spanned else one_line(cell.text_frame.text)


def _paragraphs(frame: Any) -> Iterator[str]:
    for paragraph in frame.paragraphs:
        text = one_line(_SOFT_BREAK.sub(" ", paragraph.text))
        if text:
            bullet = paragraph._p.find(f"{_DRAWING}pPr/{_DRAWING}buChar")
            yield f"- {text}" if bullet is not None else text


def _diagram(shape: Any) -> Iterator[str]:
    """The texts of a drawn list or process (SmartArt), which lie in a part of their own."""
    for node in shape._element.iter(f"{{{_DIAGRAM}}}relIds"):
        relation = next((value for name, value in node.items() if etree.QName(name).localname == "dm"), "")
        if relation not in shape.part.rels:
            continue
        root = parse_xml(shape.part.related_part(relation).blob)
        for paragraph in root.iter(f"{_DRAWING}p"):
            text = one_line("".join(run.text or "" for run in paragraph.iter(f"{_DRAWING}t")))
            if text:
                yield text


def _properties(show: Any) -> dict[str, str]:
    properties = show.core_properties
    stamp = properties.created or properties.modified
    info = {
        "title": properties.title,
        "author": properties.author,
        "date": stamp.date().isoformat() if stamp else "",
        "language": properties.language,
        "description": properties.subject,
    }
    found = {key: one_line(value) for key, value in info.items() if value and value.strip()}
    if "title" in found:
        found["title_certain"] = "yes"
    return found
