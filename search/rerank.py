"""An optional second opinion on the best passages: a cross-encoder, which reads question and passage together.

Off unless `RAPPORTEUR_RERANKER` names one (a sentence-transformers CrossEncoder, by name or folder); PyTorch and the
model are loaded only then. Nothing is downloaded unless HF_HUB_OFFLINE=0 is set.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import UsageError
from corpus.wording import indexed_text
from search.endpoint import RERANKER as VARIABLE
from search.endpoint import reranker
from search.rank import Candidate

# Passages that are read again: on two cores a small model takes about a second for so many.
TOP = 30
# Its share in the place of the fused score; what the question names (a text, an article) counts as before.
SHARE = 0.5
_LOADING = threading.Lock()


def reranked(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, best first, with the first `TOP` in the order of their new scores; all of them as they came where
    no cross-encoder is set.

    The cross-encoder's scores of these passages are spread over 0 … 1, as those that are fused are, and take the place
    of half of the fused score. `signals["reranker"]` says how each did.

    Raises:
        UsageError: the cross-encoder cannot be loaded, or gives more than one score.
    """
    name = reranker()
    if name is None or len(candidates) < 2:
        return list(candidates)
    best, rest = candidates[:TOP], candidates[TOP:]
    opinions = _spread(_load(name).score(question, [_text(one) for one in best]))
    again = [_rescored(one, float(opinion)) for one, opinion in zip(best, opinions, strict=True)]
    again.sort(key=lambda one: -one.score)
    last = again[-1].score
    # What was not read again stays below what was.
    return again + [one if one.score <= last else _with(one, {"score": last}) for one in rest]


def _text(candidate: Candidate) -> str:
    """A passage as it is embedded, with its title and headings."""
    passage = candidate.stored.passage
    return indexed_text(candidate.document.title, passage.heading_path, passage.label, passage.lead, passage.text)


def _rescored(candidate: Candidate, opinion: float) -> Candidate:
    total = candidate.score + SHARE * (opinion - candidate.fused)
    return _with(candidate, {"reranker": opinion, "score": total})


def _with(candidate: Candidate, signals: dict[str, float]) -> Candidate:
    return replace(candidate, signals=candidate.signals | signals)


def _spread(scores: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


class _CrossEncoder:
    """The loaded model; one question at a time."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._lock = threading.Lock()

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """One score for each text, higher is better."""
        with self._lock:
            found = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(found, np.float64)


def _load(name: str) -> _CrossEncoder:
    with _LOADING:
        return _loaded(name)


@lru_cache(maxsize=1)
def _loaded(name: str) -> _CrossEncoder:
    from search.convert import quiet

    place = Path(name).expanduser()
    if not place.is_dir() and (place.is_absolute() or name.startswith((".", "~"))):
        raise UsageError(f"There is no cross-encoder at {name}, which {VARIABLE} names.")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with quiet():
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(str(place) if place.is_dir() else name, device="cpu")
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            why = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise UsageError(f"The cross-encoder {name}, which {VARIABLE} names, cannot be loaded ({why}).") from error
    if model.num_labels != 1:
        raise UsageError(
            f"{name}, which {VARIABLE} names, gives {model.num_labels} scores for a passage: a cross-encoder for ranking "
            "gives one."
        )
    return _CrossEncoder(model)
