"""What every extractor gives: pages of text as they will be stored, and hints that only the format knows."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.records import OutlineEntry, Page, Scan


@dataclass(frozen=True, slots=True)
class HeadingHint:
    """A stretch of a page that the format itself calls a heading. `level` counts from 1."""

    page: int
    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Extract:
    """One file, read. `pages` hold one line per printed line or per paragraph (`reflowed` true: every line
    of the text is a whole paragraph); words broken at line ends are joined already. `body_start` is where the text
    proper begins on the first page, behind front matter. `info` may hold the
    keys title, author, date (ISO), language, url, description, symbol and so on, as the file itself states them.
    `tables`, `figures` (the words of charts) and `notes` (at the foot of pages) are stretches of text as
    (page, start, end); `scans` are the pages
    read by OCR."""

    format: str
    pages: tuple[Page, ...]
    paged: bool
    reflowed: bool = False
    body_start: int = 0
    info: dict[str, str] = field(default_factory=dict)
    headings: tuple[HeadingHint, ...] = ()
    tables: tuple[tuple[int, int, int], ...] = ()
    figures: tuple[tuple[int, int, int], ...] = ()
    notes: tuple[tuple[int, int, int], ...] = ()
    outline: tuple[OutlineEntry, ...] = ()
    scans: tuple[Scan, ...] = ()
    warnings: tuple[str, ...] = ()
