"""The same words again: commitments that recur in later texts, and what changed in their wording.

Two texts are compared as sets of pairs of neighbouring words (Dice's coefficient: twice the pairs in common over the
pairs of both). Candidates share a rare pair, so that not everything is compared with everything.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus.commitments import Kept

ALIKE = 0.6
FEWEST = 6  # words: "decides to remain seized of the matter" is said of everything
RARE = 60
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_TAIL = re.compile(r"\s*\([^()]*(?:\([^()]*\)[^()]*)*\)[\s;.,*\d]*$")
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of wording: `kind` is "same", "added" or "removed" against the earlier text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Again:
    """A commitment that recurs: how alike it is to the first of its group (0 to 1), and what changed since the one
    before it."""

    kept: Kept
    alike: float
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """A commitment and its later versions, by date."""

    first: Kept
    later: tuple[Again, ...]


@lru_cache(maxsize=50_000)
def _pairs(text: str) -> Pairs:
    words = [word.casefold() for word in _WORD.findall(_TAIL.sub("", text))]
    return frozenset(pairwise(words))


def alike(one: str, other: str) -> float:
    """How alike two sentences are in their wording, 0 to 1, higher is more alike. The States in brackets at the end of
    a recommendation do not count."""
    first, second = _pairs(one), _pairs(other)
    total = len(first) + len(second)
    return 2 * len(first & second) / total if total else 0.0


def changes(before: str, after: str) -> tuple[Change, ...]:
    """What changed between two texts, word by word, in the order of reading."""
    old, new = before.split(), after.split()
    found: list[Change] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Change("same", " ".join(old[a:b])))
            continue
        if a < b:
            found.append(Change("removed", " ".join(old[a:b])))
        if c < d:
            found.append(Change("added", " ".join(new[c:d])))
    return tuple(found)


def lineages(kept: Sequence[Kept], least: float = ALIKE) -> list[Lineage]:
    """The commitments that recur in another document, each group by date; groups of the most documents first.
    Commitments without a date come last in their group."""
    able = [one for one in kept if len(_pairs(one.commitment.text)) >= FEWEST - 1]
    groups = _groups(able, _candidates(able), least)
    made = [_lineage(group) for group in groups]
    return sorted(made, key=lambda one: (-len(one.later), one.first.document.date or "", one.first.key))


def again(one: Kept, kept: Iterable[Kept], least: float = ALIKE) -> Lineage:
    """A commitment with all that say the same in other documents."""
    group = [one, *(
        other for other in kept
        if other.document.id != one.document.id and alike(one.commitment.text, other.commitment.text) >= least
    )]  # fmt: skip
    return _lineage(group)


def _candidates(kept: Sequence[Kept]) -> set[tuple[int, int]]:
    """Pairs of places whose texts share two rare pairs of words."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, one in enumerate(kept):
        for pair in _pairs(one.commitment.text):
            holders[pair].append(at)
    shared: Counter[tuple[int, int]] = Counter()
    for places in holders.values():
        if 1 < len(places) <= RARE:
            for i, first in enumerate(places):
                for second in places[i + 1 :]:
                    shared[first, second] += 1
    return {pair for pair, count in shared.items() if count >= 2}


def _groups(kept: Sequence[Kept], candidates: Iterable[tuple[int, int]], least: float) -> list[list[Kept]]:
    """Groups of texts that are alike, each of at least two documents, around its earliest text."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for first, second in candidates:
        if kept[first].document.id == kept[second].document.id:
            continue
        value = alike(kept[first].commitment.text, kept[second].commitment.text)
        if value >= least:
            near[first][second] = near[second][first] = value
    order = sorted(near, key=lambda at: (kept[at].document.date or "9999", -len(near[at]), at))
    taken: set[int] = set()
    groups: list[list[Kept]] = []
    for first in order:
        if first in taken:
            continue
        # All are like the earliest one, so that a chain of small changes does not join what is unlike.
        members = [first, *(other for other in near[first] if other not in taken)]
        taken.update(members)
        if len({kept[at].document.id for at in members}) > 1:
            groups.append([kept[at] for at in members])
    return groups


def _lineage(group: Sequence[Kept]) -> Lineage:
    ordered = sorted(group, key=lambda one: (one.document.date or "9999", one.document.title, one.commitment.ordinal))
    first = ordered[0]
    later = [
        Again(
            one, alike(first.commitment.text, one.commitment.text), changes(before.commitment.text, one.commitment.text)
        )
        for before, one in pairwise(ordered)
    ]
    return Lineage(first, tuple(later))
