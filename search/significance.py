"""Whether two systems differ on the same questions by more than chance: a randomisation test and an interval.

Both work on differences, one for each question (B minus A), whatever the measure and however it is distributed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
# Up to so many differing questions every way of swapping them is tried; above, so many at random.
EXACT = 14
ROUNDS = 20_000
RESAMPLES = 10_000
LEVEL = 0.95
SEED = 20_260_101
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two means over the same `n` questions, b − a with its interval, and the probability `p` of a difference as large
    or larger if the two were the same system. `better`, `worse`, `same` count questions, seen from b."""

    n: int
    a: float
    b: float
    difference: float
    interval: tuple[float, float] | None
    p: float
    better: int
    worse: int
    same: int


def compare(a: Sequence[float], b: Sequence[float]) -> Comparison:
    """Compare two systems, given their values for the same questions in the same order.

    Raises ValueError where there are none, or not as many of both."""
    if len(a) != len(b) or not len(a):
        raise ValueError("both systems need a value for each of the same questions, and at least one")
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    differences = second - first
    return Comparison(
        n=len(first),
        a=float(first.mean()),
        b=float(second.mean()),
        difference=float(differences.mean()),
        interval=bootstrap(differences),
        p=randomisation(differences),
        better=int((differences > 0).sum()),
        worse=int((differences < 0).sum()),
        same=int((differences == 0).sum()),
    )


def randomisation(differences: Array, rounds: int = ROUNDS) -> float:
    """Fisher's randomisation test, two-sided: the share of all ways to swap the two systems' values question by question
    that give a mean difference as large as the one seen, in (0, 1].

    Every way is tried where few questions differ; else `rounds` of them, drawn with a fixed seed, and the one seen
    counts as one more (Smucker, Allan and Carterette 2007 recommend the test for retrieval)."""
    changed = differences[differences != 0]
    if not len(changed):
        return 1.0
    seen = abs(changed.sum())
    # Sums in another order differ in their last digits.
    seen -= 1e-9 * np.abs(changed).sum()
    if len(changed) <= EXACT:
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=len(changed))))
        return float((np.abs(signs @ changed) >= seen).mean())
    rng = np.random.default_rng(SEED)
    larger = sum(
        int((np.abs((2.0 * rng.integers(0, 2, (size, len(changed))) - 1.0) @ changed) >= seen).sum())
        for size in _sizes(rounds)
    )
    return (larger + 1) / (rounds + 1)


def bootstrap(differences: Array, resamples: int = RESAMPLES, level: float = LEVEL) -> tuple[float, float] | None:
    """The interval that holds `level` of the mean differences when questions are drawn anew, with a fixed seed
    (percentile bootstrap); None of fewer than two questions."""
    if len(differences) < 2:
        return None
    rng = np.random.default_rng(SEED)
    means = np.concatenate(
        [
            differences[rng.integers(0, len(differences), (size, len(differences)))].mean(axis=1)
            for size in _sizes(resamples)
        ]
    )
    means.sort()
    # Counted from both ends alike, so that the interval of −d is minus that of d.
    cut = round((1 - level) / 2 * resamples)
    return float(means[cut]), float(means[resamples - 1 - cut])


def _sizes(total: int) -> Iterator[int]:
    for start in range(0, total, _BATCH):
        yield min(_BATCH, total - start)
