"""Word documents (.docx): paragraphs and tables in their order, headings by style, footnotes at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest.extract.base import Extract
from ingest.extract.numbering import Numbering
from ingest.extract.packed import BROKEN_OFFICE, check_packed, damage_told, parse_xml
from ingest.extract.writing import BOLD_LEVEL, PageWriter, may_be_heading, one_line

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ELSEWHERE = frozenset({_FALLBACK, qn("w:txbxContent"), qn("w:moveFrom"), qn("w:del")})
_STYLE_LEVEL = re.compile(r"(?:heading|titre|überschrift|заголовок|título|titolo) ?(\d)", re.IGNORECASE)


def extract_docx(path: Path) -> Extract:
    """Read a Word document as one page; a line is a paragraph or a row of a table."""
    check_packed(path, "Word")
    with damage_told("Word", (*BROKEN_OFFICE, PythonDocxError, OpcError)):
        document = docx.Document(str(path))
        writer = PageWriter()
        numbering = Numbering(document)
        for block in _contents(document.element.body, document):
            _add(block, writer, numbering)
        for note in _notes(document):
            writer.line(note)
        info = _properties(document)
    return writer.extract("docx", info)


def _add(block: Paragraph | Table, writer: PageWriter, numbering: Numbering) -> None:
    if isinstance(block, Table):
        writer.table(_rows(block, numbering))
        return
    text, boxes = _paragraph_text(block), list(_boxes(block._p))
    if text:
        level = _heading_level(block)
        if level is None and _looks_like_heading(block, text):
            level = BOLD_LEVEL
        number = numbering.mark(block)
        line = f"{number} {text}" if number else text
        if level is None:
            writer.line(line)
        else:
            writer.heading(line, level)
    for box in boxes:
        writer.line(box)


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
    return one_line("".join(_texts(paragraph._p)))


def _texts(node: Any) -> Iterator[str]:
    for child in node:
        tag = child.tag
        # What was moved away, text boxes (they follow as lines of their own) and the same drawing for old programs.
        if tag in _ELSEWHERE or (tag == qn("w:r") and _is_hidden(child)):
            continue
        if tag == qn("w:t"):
            yield child.text or ""
        elif tag == qn("w:noBreakHyphen"):
            yield "-"
        elif tag == qn("w:footnoteReference"):
            yield f"[{child.get(qn('w:id'))}]"
        elif tag == qn("w:endnoteReference"):
            yield f"[e{child.get(qn('w:id'))}]"
        elif tag in (qn("w:tab"), qn("w:br"), qn("w:cr")):
            yield " "
        elif tag not in (qn("w:pPr"), qn("w:rPr")):
            yield from _texts(child)


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(qn("w:val")) not in ("0", "false")


def _boxes(paragraph: Any) -> Iterator[str]:
    """The paragraphs of text boxes that are anchored here."""
    for box in paragraph.iter(qn("w:txbxContent")):
        if any(above.tag == _FALLBACK for above in box.iterancestors()):
            continue
        for inner in box.iterchildren(qn("w:p")):
            if text := one_line("".join(_texts(inner))):
                yield text


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
    return may_be_heading(text) and bool(runs) and all(run.bold for run in runs)


def _notes(document: WordDocument) -> Iterator[str]:
    """Footnotes, then endnotes, each with the mark that stands in the text."""
    for kind, mark in (("footnote", ""), ("endnote", "e")):
        for relation in document.part.rels.values():
            if not relation.reltype.endswith(f"/{kind}s"):
                continue
            for note in parse_xml(relation.target_part.blob).iter(qn(f"w:{kind}")):
                if note.get(qn("w:type")) in ("separator", "continuationSeparator", "continuationNotice"):
                    continue
                if text := one_line(" ".join("".join(_texts(inner)) for inner in note.iter(qn("w:p")))):
                    yield f"[{mark}{note.get(qn('w:id'))}] {text}"


def _contents(parent: Any, document: WordDocument) -> Iterator[Paragraph | Table]:
    """The blocks in their order, those inside content controls too; an automatic table of contents is passed over."""
    for child in parent:
        if child.tag == qn("w:p"):
            yield Paragraph(child, document)
        elif child.tag == qn("w:tbl"):
            yield Table(child, document)
        elif child.tag == qn("w:sdt"):
            galleries = [node.get(qn("w:val")) for node in child.iter(qn("w:docPartGallery"))]
            content = child.find(qn("w:sdtContent"))
            if content is not None and "Table of Contents" not in galleries[:1]:
                yield from _contents(content, document)


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
