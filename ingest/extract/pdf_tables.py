"""Tables and charts of a PDF page, told from running text by what their lines hold and how large they are set.

A row of figures is a line of its own ("Labor 1040 10% 1066 10% 4%"); a table of words is set smaller than its caption;
the words and numbers of a chart are short lines among which numbers stand alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from ingest.captions import is_caption, names_table
from ingest.extract.pdf_lines import Line

_CELL = re.compile(
    r"[($€£±~<>+-]*\d(?:[\d.,/]*\d)?\)?%?\)?[*†‡§¹²³]*|[-–—]|N/A|n/a|Yes|No|\.\.+|Unknown", re.IGNORECASE
)
_NUMBERS = re.compile(r"[\s\d.,%$€£()+–-]*\d[\s\d.,%$€£()+–-]*")
_FIGURED = re.compile(r"\d|[-–—](?:\s|$)|\bN/A\b|\bYes\b|\bNo\b")
_SENTENCE = re.compile(r"[^\W\d_]{3,}[.;:]$")
# A numbered paragraph, an entry of a list of contents, numbers that a sentence lists.
_NO_ROW = re.compile(r"^\(?\d{1,3}(?:\.\d{1,3})?[.)]\s+[^\W\d_]|\.{4,}|(?:\. ){4,}|\d\)?, .*\d\)?,(?: |$)")
_TABLE_LETTERS = "TТ"
_FEWEST_ROWS = 3
_GAP = 2
_HEADS = 4
_REACHES = 0.8
_SHARE = 0.35
_MOST_WORDS = 26
# Of the caption's size: what is set smaller, below it, is the table.
_SMALLER = 0.93
_LABEL = 32
_FEWEST_NUMBERS = 3
_NUMBER_SHARE = 0.2
_FEWEST_LABELS = 5
_SMALL = 0.85

Stretch = tuple[int, int]
"""Half-open indices of the lines of a page."""


def find_tables(lines: Sequence[Line]) -> tuple[list[Stretch], list[Stretch]]:
    """The tables of a page and its charts, ascending, without overlap."""
    tables = list(_captioned(lines))
    taken = {at for start, end in tables for at in range(start, end)}
    charts = list(_charts(lines, taken))
    taken |= {at for start, end in charts for at in range(start, end)}
    for start, end in _rows(lines):
        if taken.isdisjoint(range(start, end)):
            tables.append((start, end))
    return sorted(tables), charts


def _captioned(lines: Sequence[Line]) -> Iterator[Stretch]:
    """What is set smaller than the caption of a table, straight below it."""
    for at, line in enumerate(lines):
        if line.text[:1] not in _TABLE_LETTERS or not (line.size and names_table(line.text)):
            continue
        start = at + 1
        while (
            start < len(lines) and start <= at + 2 and lines[start].size == line.size and lines[start].bold == line.bold
        ):
            start += 1  # the caption's second line
        if start >= len(lines) or not 0 < lines[start].size < _SMALLER * line.size:
            continue
        size = lines[start].size
        end = start
        while end < len(lines) and lines[end].size == size and not is_caption(lines[end].text):
            end += 1
        if end - start >= _FEWEST_ROWS:
            yield start, end


def _rows(lines: Sequence[Line]) -> Iterator[Stretch]:
    """Lines of figures that follow one another, wrapped cells between them, and the heads of their columns."""
    at = 0
    while at < len(lines):
        if not (_FIGURED.search(lines[at].text) and _is_row(lines[at].text)):
            at += 1
            continue
        last, rows, number = at, 1, at + 1
        while number < len(lines) and number - last <= _GAP + 1 and not _ends(lines[number]):
            if _is_row(lines[number].text) and _below(lines[last], lines[number]):
                last, rows = number, rows + 1
            number += 1
        if rows >= _FEWEST_ROWS:
            yield _first_head(lines, at), last + 1
        at = last + 1


def _is_row(text: str) -> bool:
    words = text.split()
    if not 3 <= len(words) <= _MOST_WORDS or _SENTENCE.search(text) or _NO_ROW.search(text):
        return False
    cells = sum(1 for word in words if _CELL.fullmatch(word))
    return (
        cells >= 2 and cells >= _SHARE * len(words) and bool(_CELL.fullmatch(words[-1]) or _CELL.fullmatch(words[-2]))
    )


def _below(last: Line, line: Line) -> bool:
    """Whether a row is set as the one before, and not far below it."""
    return abs(line.size - last.size) < 0.6 and (not line.top or 0 < last.top - line.top < 5 * max(line.size, 1.0))


def _ends(line: Line) -> bool:
    return is_caption(line.text) or bool(_SENTENCE.search(line.text))


def _first_head(lines: Sequence[Line], at: int) -> int:
    """Where the heads of columns begin above the first row: bold or no larger than it, and no sentence."""
    row, first = lines[at], at
    for number in range(at - 1, max(-1, at - 1 - _HEADS), -1):
        line = lines[number]
        above = line.bottom >= lines[number + 1].bottom - 1
        if is_caption(line.text) or _ends(line) or len(line.text) > 90 or not above:
            break
        reaches = line.right >= row.left + _REACHES * (row.right - row.left)
        if not (reaches and 0 < line.size <= row.size and (line.bold or line.size < row.size)):
            break
        first = number
    return first


def _charts(lines: Sequence[Line], taken: Collection[int]) -> Iterator[Stretch]:
    """Runs of short lines among which enough are numbers alone, or that are set in small type; a title in large type is
    none of them."""
    usual = _usual_size(lines)
    start = 0
    while start < len(lines):
        text = lines[start].text
        if len(text) > _LABEL and not text[0].isdigit():
            start += 1  # most lines: told by their length alone
            continue
        end = start
        while end < len(lines) and end not in taken and _is_label(lines[end], usual):
            end += 1
        run = lines[start:end]
        numbers = sum(1 for line in run if _NUMBERS.fullmatch(line.text))
        small = len(run) >= _FEWEST_LABELS and all(0 < line.size < _SMALL * usual for line in run)
        if small or (numbers >= _FEWEST_NUMBERS and numbers >= _NUMBER_SHARE * len(run)):
            yield start, end
        start = max(end, start + 1)


def _usual_size(lines: Sequence[Line]) -> float:
    """The size in which most of the page's text is set."""
    weights: Counter[float] = Counter()
    for line in lines:
        if len(line.text) > _LABEL:
            weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _is_label(line: Line, usual: float) -> bool:
    text = line.text
    if line.size > 1.5 * usual or (len(text) > _LABEL and text[-1].isalpha()) or is_caption(text):
        return False
    return bool(_NUMBERS.fullmatch(text)) or (
        line.size <= 1.05 * usual and len(text) <= _LABEL and not _SENTENCE.search(text) and len(text.split()) <= 6
    )
