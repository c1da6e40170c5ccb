"""Notes at the foot of a PDF page, and the raised marks that point to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.extract.pdf_lines import Line

_SMALLER = 0.93
# A letter alone is a mark only where the type is small beyond doubt.
_SMALL = 0.87
_MARGIN_LINES = 2
_FRAGMENT = 4
_RULE = re.compile(r"_{4,}|[-—–]{6,}")
_NOTE = re.compile(
    r"(?:\(\s*)?(?:\d{1,3}|[*†‡§¹²³⁴-⁹]{1,3}|[a-z])(?:\s*\)\s*|\.?\s+|(?<=[*†‡§¹²³⁴-⁹])\s*)(?=[^\W_]|[“\"‘'«(\[])"
)


def join_fragments(lines: Sequence[Line]) -> list[Line]:
    """The lines with what pdfium tears off them put back: a raised note mark, the bracket before one."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last is not None and min(len(last.text), len(line.text)) <= _FRAGMENT and _touch(last, line):
            larger = max(last, line, key=lambda part: (part.size, len(part.text)))
            joined[-1] = Line(
                last.text + line.text,
                larger.size,
                larger.bold,
                last.left,
                min(last.bottom, line.bottom),
                line.right,
                max(last.top, line.top),
            )
        else:
            joined.append(line)
    return joined


def _touch(last: Line, line: Line) -> bool:
    """Whether a line goes on exactly where the last one ends, on the same height."""
    size = max(last.size, line.size)
    overlap = min(last.top, line.top) - max(last.bottom, line.bottom)
    lower = min(last.top - last.bottom, line.top - line.bottom)
    return size > 0 and abs(line.left - last.right) < 0.15 * size and lower > 0 and overlap > 0.5 * lower


def body_size(pages: Iterable[Sequence[Line]]) -> float:
    """The size of type in which most of the document is set."""
    weights: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def find_notes(lines: Sequence[Line], body: float) -> tuple[int, int]:
    """Where the notes of a page begin and end, as indices of its lines; both are the number of lines where it has none.

    Notes are the last lines of the page but for a running head or foot, in smaller type, below a rule or beginning
    with a mark, each lower than the one before.
    """
    none = (len(lines), len(lines))
    if body <= 0:
        return none
    for behind in range(min(_MARGIN_LINES, len(lines) - 1) + 1):
        end = len(lines) - behind
        start = _start(lines, end, body)
        if start < end:
            return (start, end) if _outside(lines[end:], lines[:end]) else none
    return none


def _outside(margin: Sequence[Line], inner: Sequence[Line]) -> bool:
    """Whether the lines stand above or below everything else on the page."""
    lowest, highest = min(line.bottom for line in inner), max(line.top for line in inner)
    return all(line.top <= lowest + 1 or line.bottom >= highest - 1 for line in margin)


def _start(lines: Sequence[Line], end: int, body: float) -> int:
    start, highest = end, float("-inf")
    for at in range(end - 1, -1, -1):
        line = lines[at]
        rule = bool(_RULE.fullmatch(line.text))
        if not rule and (line.size <= 0 or line.size > _SMALLER * body):
            break
        if line.top < highest - 1:
            break
        highest = line.top
        if rule or (_NOTE.match(line.text) and (line.size < _SMALL * body or not line.text[0].isalpha())):
            start = at
    return start


def note_mark(text: str) -> str | None:
    """The mark with which a note begins ("4", "*", "a"); None where the line goes on with the note above."""
    found = _NOTE.match(text)
    return found[0].strip(" ().") if found else None
