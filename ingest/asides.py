"""What stands apart from the running text and interrupts it: captions, tables of a PDF, words of charts, boxes, forms.

Each is a block of its own; a sentence that is broken by one goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from corpus.records import Kind
from ingest.blocks import LEAD_WORDS, Block
from ingest.captions import LONGEST, column_heads, is_remark, kind_of, names_table
from ingest.lines import Line

# "as shown in / Table 2. The …" is a sentence that mentions one.
_MENTION = re.compile(r"(?:\b(?:in|see|and|of|to|the|from|with|by|also|or|cf\.?|per)|[(,])$", re.IGNORECASE)
_OPEN = re.compile(r"(?:[,–—:-]|\b(?:and|or|of|the|to|in|for|a|an|by|on|with|et|ou|de|la|und|oder))$", re.IGNORECASE)
_STOP = re.compile(r"[.!?][\"”’)\]*]*\d{0,2}$")
_ASKS = re.compile(r"[?:]$")


class Asides:
    """The aside in force while a document is read, and the paragraph that it interrupts."""

    def __init__(self, *, paged: bool) -> None:
        self._paged = paged
        self._aside: Block | None = None
        self._broken: Block | None = None
        self._caption = ""

    def take(
        self, line: Line, previous: Line | None, current: Block | None, empty: Callable[[], Block]
    ) -> Block | None:
        """The block of an aside that the line begins or goes on with; None where it is ordinary text. `empty` gives a
        block with the headings in force; `current` is the block that the line before belongs to."""
        kind = self._kind(line, previous)
        last = self._aside if self._aside is current else None
        if kind is None:
            if last is None or not self._goes_on(last, line):
                return None
            last.add(line, " ")
            return last
        if last is not None and last.kind is kind and kind in {Kind.TABLE, Kind.FIGURE, Kind.FORM}:
            last.add(line, "\n")
            return last
        if last is not None and is_remark(line.text) and last.kind is not Kind.FORM:
            last.add(line, "\n")
            return last
        if current is not None and last is None:
            self._broken = current
        like = empty()
        like.kind = kind
        if kind is Kind.TABLE and last is not None and names_table(last.text):
            like.lead = " ".join(last.text.split()[:LEAD_WORDS])
        elif kind is Kind.FORM and previous is not None and _ASKS.search(previous.text):
            like.lead = previous.text
        like.add(line, " ")
        self._aside = like
        return like

    def resumed(self, line: Line, current: Block | None) -> Block | None:
        """The paragraph that goes on with the line behind an aside; None where no sentence was broken."""
        broken, self._broken = self._broken, None
        if self._aside is None or self._aside is not current or broken is None:
            return None
        return broken if line.text[:1].islower() and not _STOP.search(broken.text) else None

    def _kind(self, line: Line, previous: Line | None) -> Kind | None:
        if line.figure:
            return Kind.FIGURE
        if line.table:
            return Kind.TABLE if self._paged else None
        kind = kind_of(line.text) if not line.heading and len(line.text) <= LONGEST else None
        if kind is Kind.CAPTION and previous is not None and not line.after_blank and _MENTION.search(previous.text):
            return None
        return kind

    def _goes_on(self, last: Block, line: Line) -> bool:
        """Whether a caption or remark that was wrapped goes on."""
        captioned = last.kind in {Kind.CAPTION, Kind.BOX} or is_remark(last.text.rsplit("\n", 1)[-1])
        if (
            not captioned
            or line.heading
            or line.after_blank
            or (last.kind is Kind.CAPTION and len(last.text) > 2 * LONGEST)
        ):
            return False
        if is_remark(last.text.rsplit("\n", 1)[-1]):
            return not _STOP.search(last.text)
        return bool(_OPEN.search(last.text)) or (line.text[:1].islower() and not _STOP.search(last.text))


def with_heads(lead: str, rows: Sequence[str]) -> str:
    """What is repeated with each part of a table that is cut: its caption and the heads of its columns."""
    return ": ".join(part for part in (lead.rstrip(" .:"), column_heads(rows)) if part)
