"""The headings above a paragraph: parts, chapters, articles with their titles, and plain headings."""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.records import OutlineEntry
from ingest.lines import Line
from ingest.marks import ARTICLE_RANK, Division, division, mark_at, outline_heading

PREAMBLE = Division(ARTICLE_RANK - 4, "Preamble", "")
SECTION_RANK = 13
TITLE_LENGTH = 110
TERMINAL = re.compile(r"[.!?:;。؟…][\"'”’»)\]*_]*(?:\s?\(\d[\d,\s-]*\))?\d{0,3}$")
# Dates and places of meetings stand under decisions in the type of headings.
DATED = re.compile(
    r"\(?(?:[A-Z]\w+,\s+)?\d{1,2}(?:er|st|nd|rd|th)?\.?\s+\w+\s+(?:19|20)\d{2}[.)]?|\d+(?:st|nd|rd|th) meeting"
)
OPEN_END = re.compile(r"(?:[,–—-]|\b(?:and|or|of|the|to|in|for|a|an|et|ou|de|la|und|oder))$", re.IGNORECASE)


class Headings:
    """The headings in force while a document is read from its first line to its last."""

    def __init__(self, *, reflowed: bool, widths: dict[int, int]) -> None:
        self._reflowed = reflowed
        self._widths = widths
        self._stack: list[tuple[int, str]] = []
        self._pending: Division | None = None
        self._last: Line | None = None
        self.article: str | None = None
        self.preamble = False
        self.outline: list[OutlineEntry] = []

    @property
    def path(self) -> tuple[str, ...]:
        """The headings in force, outermost first."""
        return tuple(text for _, text in self._stack)

    def forget_title(self) -> None:
        """Text has begun: what follows is not the title of the article just opened."""
        self._pending = None

    def take(self, line: Line, following: Line | None, *, fresh: bool, numbered: bool) -> Division | Line | None:
        """The division or plain heading that the line opens or goes on with; None where it is text.

        `fresh` says that the line stands alone, `numbered` that paragraphs are numbered at present.
        """
        if line.table or DATED.fullmatch(line.text):
            return None
        found = division(line.text) if fresh or line.heading else None
        goes_on = following is not None and following.text[:1].islower()
        if found is not None and (line.heading or not goes_on):
            self.open(found, line)
            return found
        if self._pending is not None and self._is_title(line, following):
            self._entitle(line)
            return line
        if self._breaks_off(line):
            self._prolong(line)
            return line
        if line.heading:
            self._push(line.heading, line.text.strip("*_ "), line)
            return line
        rank = outline_heading(line.text) if fresh and self.short(line) and not goes_on else None
        if rank is not None and (rank < 6 or not numbered) and not OPEN_END.search(line.text):
            self._push(rank, line.text, line)
            return line
        return None

    def short(self, line: Line) -> bool:
        """Whether the line leaves a good part of the page's width free."""
        return len(line.text) < 0.8 * self._widths[line.page] or (self._reflowed and len(line.text) < 100)

    def open(self, found: Division, line: Line) -> None:
        """Begin an article or a larger part."""
        self._push(found.rank, f"{found.name} – {found.title}" if found.title else found.name, line)
        self.article = found.name if found.article else None
        self.preamble = found.name == PREAMBLE.name
        self._pending = None if found.title or self.preamble else found

    def _is_title(self, line: Line, following: Line | None) -> bool:
        if line.heading:
            return True
        text = line.text
        if len(text) > TITLE_LENGTH or TERMINAL.search(text) or not text[:1].isupper() or following is None:
            return False
        if mark_at(text, in_article=True, last_number=0) is not None:
            return False
        return (self._reflowed or self.short(line)) and not following.text[:1].islower()

    def _entitle(self, line: Line) -> None:
        rank, name = self._stack[-1]
        self._rename(rank, f"{name} – {line.text.strip('*_ ')}")
        self._pending = None

    def _breaks_off(self, line: Line) -> bool:
        """Whether the line before was a heading that ends in mid-phrase ("Statistics on Work and")."""
        last = self._last
        return (
            last is not None
            and last.page == line.page
            and 0 < line.start - last.end <= 3
            and bool(OPEN_END.search(last.text))
            and len(line.text) < 60
        )

    def _prolong(self, line: Line) -> None:
        rank, text = self._stack[-1]
        self._rename(rank, f"{text} {line.text}")
        self._last = None

    def _rename(self, rank: int, text: str) -> None:
        self._stack[-1] = (rank, text)
        self.outline[-1] = replace(self.outline[-1], title=text)

    def _push(self, rank: int, text: str, line: Line) -> None:
        self._stack = [entry for entry in self._stack if entry[0] < rank]
        self._stack.append((rank, text))
        if rank < ARTICLE_RANK:
            self.article, self.preamble = None, False
        self._pending, self._last = None, line
        self.outline.append(OutlineEntry(text, len(self._stack), line.page))
