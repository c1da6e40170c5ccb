"""Lines of a page as they are collected, with the places of headings and tables in the text that they make."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.records import Page
from ingest.extract.base import Extract, HeadingHint
from ingest.extract.cleaning import tidy

MAX_HEADING = 300
BOLD_LEVEL = 4
"""The level of a heading that only its bold letters show."""


def one_line(text: str) -> str:
    """Text as one line: characters in their usual form, every stretch of white space one blank."""
    return re.sub(r"\s+", " ", tidy(text)).strip()


def may_be_heading(text: str) -> bool:
    """Whether a line that is bold throughout is a heading, as writers make them who use no styles: short, no sentence."""
    return 0 < len(text) <= 100 and text[-1] not in ".;,:"


class PageWriter:
    """Collects the lines of page `number`; the lines given have no line ends."""

    def __init__(self, number: int = 1) -> None:
        self.number = number
        self.headings: list[HeadingHint] = []
        self.tables: list[tuple[int, int, int]] = []
        self._lines: list[str] = []
        self._length = 0

    def line(self, text: str) -> tuple[int, int]:
        """Add a line; its place in the page's text."""
        start = self._length
        self._lines.append(text)
        self._length += len(text) + 1
        return start, start + len(text)

    def heading(self, text: str, level: int) -> None:
        """Add a line that the format calls a heading; a whole paragraph in heading style is none."""
        start, end = self.line(text)
        if len(text) <= MAX_HEADING:
            self.headings.append(HeadingHint(self.number, start, end, max(1, level)))

    def table(self, rows: Iterable[str]) -> None:
        """Add the rows of a table, one line each."""
        start = self._length
        for row in rows:
            self.line(row)
        if self._length > start:
            self.tables.append((self.number, start, self._length - 1))

    def text(self) -> str:
        """All lines."""
        return "\n".join(self._lines)

    def page(self, label: str | None = None) -> Page:
        """The page as it will be stored."""
        return Page(self.number, label or str(self.number), self.text())

    def extract(self, kind: str, info: dict[str, str]) -> Extract:
        """What was written, as a document without pages."""
        return Extract(
            format=kind,
            pages=(self.page(),),
            paged=False,
            reflowed=True,
            info=info,
            headings=tuple(self.headings),
            tables=tuple(self.tables),
        )
