"""Whether confidence means what it says: the reliability curve, Brier's score and the expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from search.measures import mean

BINS = 5
# Confidence as the rules make it, and the share of right answers seen at it. Chosen on the 80 gold questions, the
# development split; straight lines between.
_SEEN = ((0.0, 0.0), (0.45, 0.4), (0.72, 0.53), (0.8, 0.7), (0.92, 0.95), (1.0, 0.97))


def calibrated(confidence: float) -> float:
    """A confidence 0..1 as the share of answers that were right where it was given; it grows with the one given."""
    for (low, low_share), (high, share) in pairwise(_SEEN):
        if confidence <= high:
            return round(low_share + (share - low_share) * (confidence - low) / (high - low), 3)
    return _SEEN[-1][1]


def reliability(pairs: Sequence[tuple[float, bool]], bins: int = BINS) -> dict[str, Any]:
    """Of (confidence 0..1, whether the answer was right): `curve`, a row for each of `bins` equal bands of confidence that
    holds an answer (from, to, number, mean confidence, share right); `brier`, the mean squared difference, 0 is best (Brier
    1950); `ece`, the mean distance of confidence and share right, weighted by number (Naeini et al. 2015). None of nothing."""
    rows = []
    distance = 0.0
    for band in range(bins):
        low, high = band / bins, (band + 1) / bins
        inside = [pair for pair in pairs if low <= pair[0] < high or (band == bins - 1 and pair[0] == 1.0)]
        if not inside:
            continue
        sure = sum(confidence for confidence, _ in inside) / len(inside)
        right = sum(was for _, was in inside) / len(inside)
        distance += len(inside) * abs(sure - right)
        rows.append({"from": low, "to": high, "n": len(inside), "confidence": round(sure, 3), "right": round(right, 3)})
    brier = mean([(confidence - was) ** 2 for confidence, was in pairs])
    return {
        "n": len(pairs),
        "brier": None if brier is None else round(brier, 4),
        "ece": round(distance / len(pairs), 4) if pairs else None,
        "curve": rows,
    }
