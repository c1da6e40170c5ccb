"""Word documents (.docx): paragraphs and tables in their order, headings by style, footnotes at the end."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from corpus.errors import UnreadableFileError
from corpus.records import Page
from ingest.extract.base import Extract, HeadingHint
from ingest.extract.cleaning import tidy
from ingest.extract.numbering import Numbering

_MAX_UNPACKED = 200_000_000
_MAX_RATIO = 500
_BOLD_LEVEL = 4
_STYLE_LEVEL = re.compile(r"(?:heading|titre|überschrift|заголовок|título|titolo) ?(\d)", re.IGNORECASE)


def extract_docx(path: Path) -> Extract:
    """Read a Word document as one page; a line is a paragraph or a row of a table."""
    _refuse_bombs(path)
    try:
        document = docx.Document(str(path))
        writer = _Writer(Numbering(document))
        for block in document.iter_inner_content():
            writer.add(block)
        for note in _footnotes(document):
            writer.line(note)
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        message = "The Word file is damaged and cannot be read. Open it in Word and save it again as .docx or PDF."
        raise UnreadableFileError(message) from error
    return Extract(
        format="docx",
        pages=(Page(1, "1", "\n".join(writer.lines)),),
        paged=False,
        reflowed=True,
        info=_properties(document),
        headings=tuple(writer.headings),
        tables=tuple(writer.tables),
    )


def _refuse_bombs(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        sizes = [(entry.file_size, entry.compress_size) for entry in archive.infolist()]
    unpacked, packed = (sum(column) for column in zip(*sizes, strict=True))
    # XML packs well: a ratio of 20 is usual, and small files may reach more.
    if unpacked > _MAX_UNPACKED or (unpacked > 20_000_000 and unpacked > _MAX_RATIO * packed):
        message = f"The Word file unpacks to {unpacked // 1_000_000} MB, which is not safe to read. Save it as PDF."
        raise UnreadableFileError(message)


class _Writer:
    """Collects lines with the places of headings and tables in the text that they will make."""

    def __init__(self, numbering: Numbering) -> None:
        self.lines: list[str] = []
        self.headings: list[HeadingHint] = []
        self.tables: list[tuple[int, int, int]] = []
        self._length = 0
        self._numbering = numbering

    def line(self, text: str) -> tuple[int, int]:
        start = self._length
        self.lines.append(text)
        self._length += len(text) + 1
        return start, start + len(text)

    def add(self, block: Paragraph | Table) -> None:
        if isinstance(block, Table):
            self._add_table(block)
            return
        text = _paragraph_text(block)
        if not text:
            return
        level = _heading_level(block)
        if level is None and _looks_like_heading(block, text):
            level = _BOLD_LEVEL
        number = self._numbering.mark(block)
        start, end = self.line(f"{number} {text}" if number else text)
        if level is not None and len(text) <= 300:
            self.headings.append(HeadingHint(1, start, end, level))

    def _add_table(self, table: Table) -> None:
        start = self._length
        for row in _rows(table, self._numbering):
            self.line(row)
        if self._length > start:
            self.tables.append((1, start, self._length - 1))


def _rows(table: Table, numbering: Numbering) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[Any] = set()
        for cell in row.cells:
            # A merged cell comes once for each column that it covers.
            if cell._tc in seen:
                continue
            seen.add(cell._tc)
            parts: list[str] = []
            for block in cell.iter_inner_content():
                if isinstance(block, Table):
                    parts.extend(_rows(block, numbering))
                elif text := _paragraph_text(block):
                    number = numbering.mark(block)
                    parts.append(f"{number} {text}" if number else text)
            cells.append(" ".join(parts))
        line = " | ".join(cells)
        if line.strip(" |"):
            yield line


def _paragraph_text(paragraph: Paragraph) -> str:
    parts: list[str] = []
    for node in paragraph._p.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:noBreakHyphen"), qn("w:footnoteReference")):
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif node.tag == qn("w:footnoteReference"):
            parts.append(f"[{node.get(qn('w:id'))}]")
        elif node.getparent().tag == qn("w:r"):
            parts.append(" ")
    return re.sub(r" {2,}", " ", tidy("".join(parts)).replace("\n", " ")).strip()


def _heading_level(paragraph: Paragraph) -> int | None:
    style = paragraph.style
    depth = 0
    # A style of one's own may be based on a heading style.
    while style is not None and depth < 10:
        name = style.name or ""
        if name.lower() == "title":
            return 1
        if found := _STYLE_LEVEL.match(name):
            return max(1, int(found[1]))
        style, depth = style.base_style, depth + 1
    outline = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    if outline is not None:
        level = int(outline.get(qn("w:val")) or 9)
        return level + 1 if level < 9 else None
    return None


def _looks_like_heading(paragraph: Paragraph, text: str) -> bool:
    """A short line that is bold throughout, as writers make headings who use no styles."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    return len(text) <= 100 and text[-1] not in ".;,:" and bool(runs) and all(run.bold for run in runs)


def _footnotes(document: WordDocument) -> Iterator[str]:
    for relation in document.part.rels.values():
        if not relation.reltype.endswith("/footnotes"):
            continue
        root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
        for note in root.iter(qn("w:footnote")):
            if note.get(qn("w:type")) in ("separator", "continuationSeparator", "continuationNotice"):
                continue
            text = tidy("".join(node.text or "" for node in note.iter(qn("w:t")))).replace("\n", " ").strip()
            if text:
                yield f"[{note.get(qn('w:id'))}] {text}"


def _properties(document: WordDocument) -> dict[str, str]:
    properties = document.core_properties
    stamp = properties.created or properties.modified
    info = {
        "title": properties.title,
        "author": properties.author,
        "date": stamp.date().isoformat() if stamp else "",
        "language": properties.language,
        "description": properties.subject,
    }
    return {key: value.strip() for key, value in info.items() if value and value.strip()}
