"""What OpenDocument files of every kind are made of: paragraphs, headings, lists, tables, footnotes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ingest.extract.odf_numbers import STYLE, TEXT, Numbers, positive
from ingest.extract.writing import BOLD_LEVEL, PageWriter, may_be_heading, one_line

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
FORMAT = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
# Marks and remarks that are no text of the document, and what a contents list repeats.
_SILENT = frozenset(
    {f"{TEXT}{name}" for name in ("number", "ruby-text", "tracked-changes", "table-of-content", "alphabetical-index",
                                  "note-citation", "soft-page-break", "sequence-decls", "variable-decls")}
    | {f"{OFFICE}annotation", f"{OFFICE}forms", f"{OFFICE}event-listeners", f"{TABLE}tracked-changes"}
    | {"{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}title",
       "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}desc"}
)  # fmt: skip


class Blocks:
    """Writes paragraphs, headings, lists and tables below a node; footnotes gather in `notes`."""

    def __init__(self, writer: PageWriter, numbers: Numbers, bold: Mapping[str, bool] | None = None) -> None:
        self.notes: list[str] = []
        self._bold = bold or {}
        self._writer = writer
        self._numbers = numbers
        self._boxes: list[Any] = []

    def add(self, node: Any) -> None:
        """Write what is in a node."""
        for child in node:
            if not isinstance(child.tag, str) or child.tag in _SILENT:
                continue
            if child.tag == f"{TEXT}list":
                self._list(child, child.get(f"{TEXT}style-name") or "", 1)
            elif child.tag == f"{TABLE}table":
                self._writer.table(line for row in self.rows(child) if (line := " | ".join(row)).strip(" |"))
            elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                self._paragraph(child, "")
            else:
                self.add(child)
            self._empty_boxes()

    def rows(self, table: Any) -> Iterator[list[str]]:
        """The cells of each row; a table inside a cell becomes text of the cell."""
        for row in direct(table, f"{TABLE}table-row", f"{TABLE}table"):
            yield [self._cell(cell) for cell in row if cell.tag == f"{TABLE}table-cell"]

    def _cell(self, cell: Any) -> str:
        parts = [self.inline(node) for node in cell.iter(f"{TEXT}p", f"{TEXT}h")]
        self._boxes.clear()
        return one_line(" ".join(parts))

    def _list(self, node: Any, style: str, level: int) -> None:
        if level == 1:
            goes_on = node.get(f"{TEXT}continue-numbering") == "true" or node.get(f"{TEXT}continue-list") is not None
            self._numbers.begin(style, goes_on=goes_on)
        for item in node:
            if item.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            start = positive(item.get(f"{TEXT}start-value"), -1)
            fresh = item.tag == f"{TEXT}list-item"
            for child in item:
                if child.tag == f"{TEXT}list":
                    self._list(child, child.get(f"{TEXT}style-name") or style, level + 1)
                elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                    mark = self._numbers.item(style, level, start if start >= 0 else None) if fresh else ""
                    fresh = False
                    self._paragraph(child, mark)
                    self._empty_boxes()

    def _paragraph(self, node: Any, mark: str) -> None:
        text = one_line(self.inline(node))
        if node.tag == f"{TEXT}h":
            level = positive(node.get(f"{TEXT}outline-level"), 1)
            if text and not mark and node.get(f"{TEXT}is-list-header") != "true":
                mark = self._numbers.heading(level)
            if text:
                self._writer.heading(f"{mark} {text}".strip("- ") if mark else text, level)
        elif text:
            line = f"{mark} {text}" if mark else text
            if may_be_heading(text) and self._is_bold(node, inherited=False):
                self._writer.heading(line, BOLD_LEVEL)
            else:
                self._writer.line(line)

    def _is_bold(self, node: Any, *, inherited: bool) -> bool:
        """Whether all text of a paragraph is bold."""
        own = self._bold.get(node.get(f"{TEXT}style-name") or "", inherited)
        if not own and (node.text or "").strip():
            return False
        for child in node:
            if isinstance(child.tag, str) and child.tag not in _SILENT and not self._is_bold(child, inherited=own):
                return False
            if not own and (child.tail or "").strip():
                return False
        return True

    def _empty_boxes(self) -> None:
        """Text boxes follow the paragraph that they are anchored to."""
        while self._boxes:
            self.add(self._boxes.pop(0))

    def inline(self, node: Any) -> str:
        """The text of a paragraph."""
        parts = [node.text or ""]
        for child in node:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag in (f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"):
                parts.append(" ")
            elif tag == f"{TEXT}note":
                parts.append(self._note(child))
            elif tag.startswith(DRAW):
                self._boxes += [box for box in child.iter(f"{DRAW}text-box") if not _inside(box, child)]
            elif tag and tag not in _SILENT:
                parts.append(self.inline(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def _note(self, note: Any) -> str:
        citation = next(("".join(node.itertext()) for node in note.iter(f"{TEXT}note-citation")), "").strip()
        texts = [self.inline(node) for body in note.iter(f"{TEXT}note-body") for node in body.iter(f"{TEXT}p")]
        if text := one_line(" ".join(texts)):
            self.notes.append(f"[{citation}] {text}")
        return f"[{citation}]"


def _inside(box: Any, top: Any) -> bool:
    """Whether a text box lies in another one below `top`, which brings it along."""
    parent = box.getparent()
    while parent is not None and parent is not top:
        if parent.tag == f"{DRAW}text-box":
            return True
        parent = parent.getparent()
    return False


def direct(node: Any, wanted: str, barrier: str) -> Iterator[Any]:
    """Elements of a kind below a node, not those below another `barrier` inside it."""
    for child in node:
        if child.tag == wanted:
            yield child
        elif isinstance(child.tag, str) and child.tag != barrier:
            yield from direct(child, wanted, barrier)


def hidden_styles(roots: list[Any], properties: str, name: str, value: str) -> set[str]:
    """Names of the styles whose `properties` give `name` that value."""
    return {
        style.get(f"{STYLE}name") or ""
        for root in roots
        for style in root.iter(f"{STYLE}style")
        for node in style.iter(f"{STYLE}{properties}")
        if node.get(name) == value
    }


def bold_styles(roots: list[Any]) -> dict[str, bool]:
    """Whether the styles of paragraphs and letters are bold, for those that say it or are based on one that does."""
    own: dict[str, bool] = {}
    parents: dict[str, str] = {}
    for root in roots:
        for style in root.iter(f"{STYLE}style"):
            name = style.get(f"{STYLE}name") or ""
            parents[name] = style.get(f"{STYLE}parent-style-name") or ""
            for node in style.iterchildren(f"{STYLE}text-properties"):
                if weight := node.get(f"{FORMAT}font-weight"):
                    own[name] = weight in ("bold", "600", "700", "800", "900")
    found = {}
    for name in parents:
        at, depth = name, 0
        while at and at not in own and depth < 20:
            at, depth = parents.get(at, ""), depth + 1
        if at in own:
            found[name] = own[at]
    return found
