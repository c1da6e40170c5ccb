"""What the lengths of a document's lines tell: how wide its pages are set, and whether its lines are wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.lines import Line
from ingest.marks import mark_at

_ITEMS_ON_ONE_LINE = re.compile(r"(?<=[;).\]])\s+(?=\d{2,3}\.\d{1,3}\.?\s+[A-Z])")
FEW_LINES = 10
WRAPPED = 40


def is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether lines go on in mid-sentence, whatever the format promised."""
    inner = [line for line in lines if not line.after_blank and not line.heading]
    if len(inner) < FEW_LINES:
        # In so few lines one that breaks off in mid-sentence tells; paragraphs end in a stop, items in a mark.
        return any(_runs_on(line, following) for line, following in pairwise(line for line in lines if not line.table))
    return sum(1 for line in inner if line.text[:1].islower()) > 0.15 * len(inner)


def _runs_on(line: Line, following: Line) -> bool:
    """Whether a line of some length goes on in mid-sentence on the next one."""
    return (
        len(line.text) > WRAPPED
        and not (line.heading or following.heading or following.after_blank)
        and line.text[-1].isalpha()
        and following.text[:1].islower()
        and mark_at(following.text, in_article=True, plain_letters=True) is None
    )


def page_widths(lines: Sequence[Line]) -> dict[int, int]:
    """The length of a full line on each page, in characters."""
    lengths: dict[int, list[int]] = {}
    for line in lines:
        lengths.setdefault(line.page, []).append(len(line.text))
    whole = sorted(length for page in lengths.values() for length in page)
    usual = whole[int(0.85 * (len(whole) - 1))] if whole else 80
    return {p: sorted(found)[int(0.85 * (len(found) - 1))] if len(found) > 8 else usual for p, found in lengths.items()}


def items_on(line: Line) -> Iterator[Line]:
    """A line, cut where several numbered recommendations stand on it."""
    start = 0
    for cut in _ITEMS_ON_ONE_LINE.finditer(line.text):
        yield replace(line, start=line.start + start, end=line.start + cut.start(), text=line.text[start : cut.start()])
        start = cut.end()
    yield replace(line, start=line.start + start, text=line.text[start:]) if start else line
