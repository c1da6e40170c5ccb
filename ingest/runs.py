"""Running numbers: which lines that begin with a number are the numbered paragraphs of a report.

A line alone does not tell ("2010. It was amended" may be the end of a wrapped sentence), the whole document does:
paragraph numbers follow one another from page to page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.lines import Line

SHORTEST = 4
BETWEEN = 3
_CANDIDATE = re.compile(r"(?P<number>\d{1,3})\.(?P<blank>\s*)(?=[^\W\d_]|[“\"«‘'(*\[])")
_ENDS = re.compile(r"[.:;?!”\"’)]\W*\d{0,3}$")
# A number left out, because its line was lost, costs the run this much.
_GAP = 0.5

Run = list[tuple[int, int]]
"""Members of a run as (index of the line, number)."""


@dataclass(frozen=True, slots=True)
class Running:
    """`paragraphs`: the lines that are numbered paragraphs, as (page, start) → (run, number); `headings`: the places of
    numbered headings ("1. Introduction", "2. Method"), which stand alone on short lines without full stop."""

    paragraphs: dict[tuple[int, int], tuple[int, int]]
    headings: frozenset[tuple[int, int]]


def running_numbers(lines: Sequence[Line]) -> Running:
    """The running numbers of a whole document."""
    candidates = [
        (at, int(found["number"]))
        for at, line in enumerate(lines)
        if not line.table and (found := _CANDIDATE.match(line.text)) and (found["blank"] or line.text[2:3].isalpha())
    ]
    runs = _joined(_runs(candidates))
    paragraphs: dict[tuple[int, int], tuple[int, int]] = {}
    headings: set[tuple[int, int]] = set()
    for number, run in enumerate(runs):
        if not _headings(run, lines):
            paragraphs.update({(lines[at].page, lines[at].start): (number, value) for at, value in run})
        # Without text between them they are a list, an agenda for example.
        elif median(after - at for (at, _), (after, _) in pairwise(run)) >= BETWEEN:
            headings.update((lines[at].page, lines[at].start) for at, _ in run if _stands_as_heading(lines, at))
    return Running(paragraphs, frozenset(headings))


def _runs(candidates: Run) -> list[Run]:
    """The longest run, and what is before, inside and behind it, in reading order. Without recursion: the parts
    of a hostile file may be many."""
    found: list[Run] = []
    waiting = [candidates]
    while waiting:
        part = waiting.pop()
        if len(part) < 2:
            continue
        run = _longest(part)
        if len(run) < 2:
            continue
        found.append(run)
        bounds = [-1, *(at for at, _ in run), float("inf")]
        for after, before in pairwise(bounds):
            inner = [entry for entry in part if after < entry[0] < before]
            if len(inner) >= 2 and len(inner) < len(part):
                waiting.append(inner)
    return sorted(found)


def _longest(candidates: Run) -> Run:
    """The longest run of numbers that follow one another; of equal ones the one whose members stand closest."""
    best: dict[int, int] = {}
    lengths: list[float] = []
    before: list[int | None] = []
    for place, (_, number) in enumerate(candidates):
        length, last = 1.0, None
        for step, cost in ((1, 0.0), (2, _GAP)):
            earlier = best.get(number - step)
            if earlier is not None and lengths[earlier] + 1 - cost > length:
                length, last = lengths[earlier] + 1 - cost, earlier
        lengths.append(length)
        before.append(last)
        if number not in best or lengths[best[number]] <= length:
            best[number] = place
    at: int | None = max(range(len(candidates)), key=lambda place: (lengths[place], place))
    run: Run = []
    while at is not None:
        run.append(candidates[at])
        at = before[at]
    return run[::-1]


def _joined(runs: list[Run]) -> list[Run]:
    """Runs long enough to trust; a run that goes on where an earlier one stopped (behind a list) is part of it."""
    kept: list[Run] = []
    for run in runs:
        goes_on = next((k for k in reversed(kept) if k[-1][1] + 1 == run[0][1] and k[-1][0] < run[0][0]), None)
        if goes_on is not None and len(goes_on) >= SHORTEST:
            goes_on.extend(run)
        elif len(run) >= SHORTEST and (run[0][1] == 1 or not kept):
            kept.append(run)
    return kept


def _headings(run: Run, lines: Sequence[Line]) -> bool:
    alone = sum(1 for at, _ in run if _stands_as_heading(lines, at))
    return alone > 0.6 * len(run)


def _stands_as_heading(lines: Sequence[Line], at: int) -> bool:
    text = lines[at].text
    following = lines[at + 1].text if at + 1 < len(lines) else ""
    return len(text) < 70 and not _ENDS.search(text) and not following[:1].islower()
