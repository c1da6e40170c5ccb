"""Late interaction: how well each word of a question is met by some word of a sentence, each in its context.

The score is ColBERT's MaxSim (Khattab and Zaharia 2020) over the tokens of the embedding model: for each token of the
question the highest cosine to a token of the sentence. The tokens of a sentence are those of its passage as a whole, so
that "it" and "the Convention" carry what they stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.sentences import sentence_spans

# The share of a question's tokens that are met worst: an answer that lacks one of them is seldom one.
WORST = 4
HEAD = 0.7
# Cosine of tokens from which on two words are taken to say the same; chosen on half of SQuAD 2.
SAME_SENSE = 0.48


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of a text, special ones left out: `spans` are their places in it, (n, 2); `vectors` are of length 1,
    (n, hidden)."""

    spans: NDArray[np.int32]
    vectors: NDArray[np.float32]

    def less(self, head: int) -> TokenVectors:
        """The same with places counted from behind the first `head` characters; tokens before them have negative ones."""
        return TokenVectors(self.spans - head, self.vectors)


@dataclass(frozen=True, slots=True)
class Met:
    """How well the tokens of a question are met, each -1 … 1, higher is better: all on average, and the worst met."""

    mean: float
    worst: float


NOT_MET = Met(0.0, 0.0)


class Meeting:
    """The tokens of a question beside those of one passage."""

    def __init__(self, question: TokenVectors, passage: TokenVectors) -> None:
        self._question, self._spans = question.spans, passage.spans
        self._cosines = question.vectors @ passage.vectors.T
        ahead = self._spans[:, 1] <= 0
        # What title and headings say is said of each sentence below them, if not as well as by the sentence.
        self._ahead = HEAD * self._cosines[:, ahead].max(axis=1) if ahead.any() else None

    def of(self, start: int, end: int) -> Met:
        """How well the question is met between two places of the passage; not at all where no token lies there, as
        beyond the model's window."""
        inside = (self._spans[:, 0] >= start) & (self._spans[:, 1] <= end)
        if not inside.any() or not len(self._cosines):
            return NOT_MET
        best = self._cosines[:, inside].max(axis=1)
        best = np.sort(best if self._ahead is None else np.maximum(best, self._ahead))
        return Met(float(best.mean()), float(best[: max(1, len(best) // WORST)].mean()))

    def word(self, start: int, end: int) -> float:
        """How well the word between two places of the question is met anywhere in the passage's text, -1 … 1."""
        own = (self._question[:, 0] >= start) & (self._question[:, 1] <= end)
        text = self._spans[:, 0] >= 0
        if not own.any() or not text.any():
            return 0.0
        return float(self._cosines[own][:, text].max(axis=1).mean())


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors made of length 1, (n, hidden)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    made: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return made


def spans_of(offsets: Sequence[tuple[int, int]], prompt: int) -> NDArray[np.int32]:
    """The places of tokens in a text, from those in the text with `prompt` characters before it."""
    return np.asarray(offsets, np.int32).reshape(-1, 2) - prompt


def sentences_as_tokens(
    texts: Sequence[str], embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> list[TokenVectors]:
    """The vectors of each text's sentences: what stands in for tokens where a model gives vectors of texts alone."""
    places = [np.asarray(sentence_spans(text), np.int32).reshape(-1, 2) for text in texts]
    return [TokenVectors(at, embed([text[a:b] for a, b in at])) for text, at in zip(texts, places, strict=True)]


def text_as_token(text: str, vector: NDArray[np.float32]) -> TokenVectors:
    """A text and its vector as a single token, for such a model."""
    return TokenVectors(np.asarray([[0, len(text)]], np.int32), vector[None])
