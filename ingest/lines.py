"""Printed lines of a document, with page furniture and contents lists told apart from text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.extract.base import Extract
from ingest.marks import division

EDGE_LINES = 4
_MARGIN_NUMBER = re.compile(
    r"[-–—\s]*(?:page\s*|p\.\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[-–—\s]*", re.I
)
_JOB_NUMBER = re.compile(
    r"(?:GE\.)?\d{2}-\d{5}(?:\s*\([EFRSAC]\))?(?:\s*\d{1,6})*|\d{1,4}(?:/\d{1,4})?\s+(?:GE\.)?\d{2}-\d{5}|\*\d{6,8}\*|"
    r"(?:GE\.)?\d{2}-\d{5}\s+\d{1,4}(?:/\d{1,4})?|(?:Please recycle|Veuillez recycler)\W*",
)
_LEADERS = re.compile(r"(?:\.\s?){5,}\s*(?:[\d–-]{1,9}|[ivxlc]+)?(?:\s+\d{1,4})?\s*$|…{2,}\s*\d{1,4}\s*$")
# Bold or large print that is no heading: the middle of a sentence, a governing line, a masthead.
_NO_HEADING = re.compile(
    r"^[a-z(]|[:;,]$|\bDistr\b|^Original:|^\*|^\W*\d+\W*$|^(?:United Nations|General Assembly)\b|"
    r"^\d{1,2} \w+ \d{4}$|^(?:Table|Figure|Fig\.|Box|Chart|Map)\s*\d"
)
_META_TAG = re.compile(r"<meta\b[^>]*>|<!--.*-->", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its place in the page's text, its text without outer blanks, and what is known of it.

    `indent` counts blanks before it; `after_blank` says that an empty line or a page start precedes it;
    `heading` is the level that the format itself gives it (0 for none).
    """

    page: int
    start: int
    end: int
    text: str
    indent: int
    after_blank: bool
    heading: int = 0
    table: bool = False
    page_start: bool = False


def _raw_lines(extract: Extract) -> Iterator[Line]:
    hints = {(hint.page, hint.start): hint for hint in extract.headings}
    starts: dict[int, list[int]] = {}
    for hint in extract.headings:
        starts.setdefault(hint.page, []).append(hint.start)
    tables: dict[int, list[tuple[int, int]]] = {}
    for number, begin, finish in extract.tables:
        tables.setdefault(number, []).append((begin, finish))
    for page in extract.pages:
        blank, first = True, True
        heads = starts.get(page.number, [])
        for match in re.finditer(r"[^\n]+", page.text):
            raw = match[0]
            text = raw.strip()
            if not text or (page is extract.pages[0] and match.start() < extract.body_start):
                blank = True
                continue
            if match.start() > 1 and page.text[match.start() - 2 : match.start()] == "\n\n":
                blank = True
            start = match.start() + len(raw) - len(raw.lstrip())
            end = match.start() + len(raw.rstrip())
            level = 0
            for head in () if extract.paged and _NO_HEADING.search(text) else heads:
                if match.start() <= head < match.end():
                    level = hints[page.number, head].level
                    start, end = head, max(head, min(end, hints[page.number, head].end))
                    text = page.text[start:end].strip()
                    break
            if text:
                in_table = any(begin <= start < finish for begin, finish in tables.get(page.number, ()))
                yield Line(page.number, start, end, text, start - match.start(), blank, level, in_table, first)
            blank = first = False


def _furniture_keys(pages: dict[int, list[Line]]) -> set[str]:
    """Lines that stand at the edges of many pages, digits aside."""
    seen: Counter[str] = Counter()
    for lines in pages.values():
        edge = {_key(line.text) for line in (*lines[:EDGE_LINES], *lines[-EDGE_LINES:])}
        seen.update(edge)
    enough = max(3, round(0.2 * len(pages)))
    return {key for key, count in seen.items() if count >= enough and len(key) <= 120}


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\d+", "#", text)).casefold().strip()


def _opens_part(line: Line) -> bool:
    return len(line.text) < 40 and division(line.text) is not None


def text_lines(extract: Extract) -> tuple[list[Line], list[Line]]:
    """The lines that carry text, and those left out: running heads and feet, page numbers, contents lists."""
    pages: dict[int, list[Line]] = {}
    for line in _raw_lines(extract):
        pages.setdefault(line.page, []).append(line)
    keys = _furniture_keys(pages) if extract.paged and len(pages) >= 3 else set()
    kept: list[Line] = []
    dropped: list[Line] = []
    for lines in pages.values():
        last = len(lines) - 1
        for at, line in enumerate(lines):
            edge = extract.paged and (at < EDGE_LINES or at > last - EDGE_LINES)
            furniture = not _opens_part(line) and (
                (edge and (_key(line.text) in keys or _MARGIN_NUMBER.fullmatch(line.text)))
                or _JOB_NUMBER.fullmatch(line.text)
                or _META_TAG.fullmatch(line.text)
                or (_LEADERS.search(line.text) and not line.table)
                or not re.search(r"\w", line.text)
            )
            (dropped if furniture else kept).append(line)
    return kept, dropped
