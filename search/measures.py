"""The measures of ranked retrieval, for one query each. All lie in 0..1 and higher is better.

A ranking is a sequence of distinct document ids, best first; `relevant` maps document ids to grades, of which
those above 0 count. A query without any relevant document measures 0 (callers leave such queries out).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Normalised discounted cumulative gain at k.

    The gain is linear, grade / log2(rank + 1), as in trec_eval's `ndcg_cut` and so in BEIR's tables; the form with
    2^grade - 1 (Burges et al. 2005) gives other numbers where there are several grades. Raises ValueError where a
    document comes twice, which would be counted twice."""
    _check(ranking)
    best = sum(_gain(grade, rank) for rank, grade in enumerate(sorted(relevant.values(), reverse=True)[:k], 1))
    found = sum(_gain(relevant.get(document, 0), rank) for rank, document in enumerate(ranking[:k], 1))
    return found / best if best else 0.0


def recall(ranking: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Share of all relevant documents that are among the first k (trec_eval's `recall_k`).

    Where more than k are relevant it cannot reach 1. Raises ValueError where a document comes twice."""
    _check(ranking)
    wanted = {document for document, grade in relevant.items() if grade > 0}
    return len(wanted.intersection(ranking[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """1 / rank of the first relevant document among the first k, 0 where there is none."""
    _check(ranking)
    return next((1 / rank for rank, document in enumerate(ranking[:k], 1) if relevant.get(document, 0) > 0), 0.0)


def best_first(passages: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """(document, score) of passages to (document, score) of documents: each counts once, by its best passage.
    Higher scores are better; of equal scores the one that came first stays first."""
    best: dict[str, float] = {}
    for document, score in passages:
        best[document] = max(score, best.get(document, -math.inf))
    return sorted(best.items(), key=lambda item: -item[1])


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    return sum(values) / len(values) if values else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` (0..1) of the values lie, in their unit, interpolated linearly between
    neighbours (Hyndman and Fan 1996, type 7, as NumPy does); None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def latency(milliseconds: Sequence[float]) -> dict[str, float | None]:
    """The median and the 95th percentile of times in milliseconds, as every report here gives them."""
    found = {name: percentile(milliseconds, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
    return {name: None if value is None else round(value, 2) for name, value in found.items()}


def _gain(grade: int, rank: int) -> float:
    # trec_eval gives nothing for negative grades, rather than taking away.
    return max(grade, 0) / math.log2(rank + 1)


def _check(ranking: Sequence[str]) -> None:
    if len(set(ranking)) != len(ranking):
        raise ValueError("a ranking names a document twice: rank documents by their best passage first")
