"""From an HTML tree to lines: one for each paragraph, list item, heading or table row."""

from __future__ import annotations

import re
from typing import Any

from ingest.extract.base import HeadingHint
from ingest.extract.cleaning import tidy

SKIPPED = frozenset(
    "script style noscript template iframe object embed svg canvas video audio form button select input textarea "
    "nav aside head".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "p div section article main header footer blockquote pre address figure figcaption ul ol li dl dt dd table hr "
    "fieldset details summary center body html".split()
) | set(_HEADINGS)


class Writer:
    """Walks a tree and collects its lines, with the places of headings and tables in the text that they make."""

    def __init__(self) -> None:
        self.headings: list[HeadingHint] = []
        self.tables: list[tuple[int, int, int]] = []
        self._lines: list[str] = []
        self._length = 0
        self._pending: list[str] = []
        self._mark = ""

    def text(self) -> str:
        """All lines."""
        self._flush()
        return "\n".join(self._lines)

    def add(self, node: Any) -> None:
        """Add a node with what is in it (not its tail)."""
        tag = node.tag if isinstance(node.tag, str) else ""
        if not tag or tag in SKIPPED or is_hidden(node):
            return
        if tag == "table" and not _is_layout(node):
            self._flush()
            self._add_table(node)
        elif tag in _HEADINGS:
            self._flush()
            place = self._line(_inline(node))
            if place is not None:
                self.headings.append(HeadingHint(1, *place, _HEADINGS[tag]))
        elif tag == "br":
            self._flush()
        elif tag in _BLOCKS or tag in ("tr", "td", "th", "tbody", "thead"):
            self._flush()
            self._mark = _item_mark(node) if tag == "li" else self._mark
            self._children(node)
            self._flush()
            if tag == "li":
                self._mark = ""
        else:
            self._children(node)

    def _children(self, node: Any) -> None:
        self._pending.append(node.text or "")
        for child in node:
            self.add(child)
            self._pending.append(child.tail or "")

    def _flush(self) -> None:
        text = _squeeze("".join(self._pending))
        self._pending.clear()
        self._line(text)

    def _line(self, text: str) -> tuple[int, int] | None:
        if not text:
            return None
        if self._mark:
            text, self._mark = f"{self._mark} {text}", ""
        start = self._length
        self._lines.append(text)
        self._length += len(text) + 1
        return start, start + len(text)

    def _add_table(self, node: Any) -> None:
        start = self._length
        for row in node.iter("tr"):
            cells = [_inline(cell) for cell in row if cell.tag in ("td", "th")]
            if any(cells):
                self._line(" | ".join(cells))
        if self._length > start:
            self.tables.append((1, start, self._length - 1))


def is_hidden(node: Any) -> bool:
    """True for what a reader of the page does not see."""
    style = (node.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or node.get("hidden") is not None or node.get("aria-hidden") == "true"


def _is_layout(table: Any) -> bool:
    """Tables that only place things on the page: another table inside, or a single cell in each row."""
    if next(table.iter("table"), table) is not table or any(inner is not table for inner in table.iter("table")):
        return True
    return all(sum(cell.tag in ("td", "th") for cell in row) < 2 for row in table.iter("tr"))


def _item_mark(item: Any) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "-"
    start = parent.get("start") or "1"
    number = int(start) if start.isdecimal() else 1
    position = sum(1 for before in item.itersiblings("li", preceding=True)) + number
    form = parent.get("type") or "1"
    if form in "aA" and position <= 26:
        return f"{chr(ord(form) + position - 1)}."
    return f"{position}."


def _inline(node: Any) -> str:
    """All text under a node as one line; blocks inside it are set apart by blanks."""
    parts: list[str] = []

    def walk(inner: Any) -> None:
        if not isinstance(inner.tag, str) or inner.tag in SKIPPED or is_hidden(inner):
            return
        apart = inner.tag in _BLOCKS or inner.tag == "br"
        parts.append(" " if apart else "")
        parts.append(inner.text or "")
        for child in inner:
            walk(child)
            parts.append(child.tail or "")
        parts.append(" " if apart else "")

    walk(node)
    return _squeeze("".join(parts))


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", tidy(text)).strip()
