"""Joining the two ranked lists into one."""

from __future__ import annotations

from collections.abc import Sequence

from search.dense import Floats, Ids

RRF_K = 60


def min_max(scores: Floats) -> dict[int, float]:
    """Positions of a list with its scores stretched to 0 … 1; a list of equal scores counts 1 throughout."""
    if not len(scores):
        return {}
    low, high = float(scores.min()), float(scores.max())
    span = high - low
    return {at: (float(score) - low) / span if span > 0 else 1.0 for at, score in enumerate(scores)}


def weighted_mean(lists: Sequence[tuple[Ids, Floats]], weights: Sequence[float]) -> dict[int, float]:
    """Weighted mean of min-max normalised scores by passage number; absence from a list counts 0. Higher is better.

    The formula is convex combination with min-max normalisation as in Bruch, Gai and Ingber, "An Analysis of
    Fusion Functions for Hybrid Retrieval", ACM TOIS 2023.
    """
    total = sum(weights) or 1.0
    fused: dict[int, float] = {}
    for (ids, scores), weight in zip(lists, weights, strict=True):
        for at, share in min_max(scores).items():
            seq = int(ids[at])
            fused[seq] = fused.get(seq, 0.0) + weight * share / total
    return fused


def reciprocal_rank(lists: Sequence[tuple[Ids, Floats]], weights: Sequence[float], k: int = RRF_K) -> dict[int, float]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009), weighted. Higher is better."""
    fused: dict[int, float] = {}
    for (ids, _), weight in zip(lists, weights, strict=True):
        for rank, seq in enumerate(ids, 1):
            fused[int(seq)] = fused.get(int(seq), 0.0) + weight / (k + rank)
    return fused
