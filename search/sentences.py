"""Sentences of the best passages, each with how well it answers the question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.lexicon import fold
from corpus.sentences import sentence_spans
from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.embed import Embedder
from search.query import Asks, Question
from search.records import Hit

MAX_EMBEDDED = 48
MIN_LETTERS = 12
FRAGMENT = 6
SHAPING = 0.1
DIGEST = 0.12
_UNKNOWN = re.compile(r"\bnot (?:known|certain|covered|in\b|said|here)|uncertain|unknown", re.IGNORECASE)
_DIGITS = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|dozens?|half|third|quarter|majority)\b",
    re.IGNORECASE,
)
# Dates, years and the numbers of list items are no answer to "how many".
_NO_COUNT = re.compile(
    r"^\W*\d+[.)]|\b\d{1,2}(?:(?:[–-]| and )\d{1,2})? (?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December)\b|\b(?:19|20)\d{2}\b|\b(?:Article|Chapter|Part|Section|Page|Table|Figure|Fig\.|Box|Annex|"
    r"Session|Protocol No\.|No\.|para(?:graph)?\.?)s? \d+|\[\^?\d+\]",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?:19|20)\d{2}\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_PERSON = re.compile(r"\b[A-Z][a-z]+(?:[ -][A-Z][a-z]+)+|\([A-Z][a-z]+(?: [A-Za-z()]+)*\)")
_MEANS = re.compile(
    r"\b(?:shall mean|means|is defined as|refers to|denotes|is understood|known as|stands for|\([A-Z]{2,}\))|“[^”]+”",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a hit's passage: offsets into its text, and its scores (all 0 … 1, higher is better)."""

    hit: Hit
    start: int
    end: int
    cover: float
    names: float
    cosine: float
    score: float

    @property
    def text(self) -> str:
        """As it stands in the passage."""
        return self.hit.stored.passage.text[self.start : self.end]


class Scorer:
    """Scores sentences against one question."""

    def __init__(
        self,
        question: Question,
        embedder: Embedder,
        frequency: Callable[[str], int],
        total: int,
        *,
        inside: bool = False,
    ) -> None:
        """`inside` says that the sentences are of documents that the question names: its matter alone then counts."""
        self._question = question
        self._embedder = embedder
        narrow = inside and question.matter_words
        self._wording = question.matter if narrow else question.embedded
        self._weights = {
            term: weight * math.log(1 + total / (1 + frequency(term))) * (SHAPING if term in QUESTION_TERMS else 1.0)
            for term, weight in (question.matter_terms if narrow else question.terms).items()
        }
        self.hard = hard_words(question)

    def score(self, hits: Sequence[Hit]) -> list[Sentence]:
        """All sentences of the hits, best first."""
        rough: list[tuple[Hit, int, int, float, float]] = []
        for hit in hits:
            passage = hit.stored.passage
            around = surroundings(hit)
            outside = set(terms(around, passage.language or "en"))
            folded = fold(around)
            inside = fold(passage.text)
            for start, end in sentence_spans(passage.text):
                text = passage.text[start:end]
                if sum(character.isalpha() for character in text) < MIN_LETTERS:
                    continue
                own = set(terms(text, passage.language or "en"))
                cover = self._share(own, outside)
                names = _named(self.hard, f"{folded} {inside}")
                rough.append((hit, start, end, cover, names))
        if not rough:
            return []
        # Embedding every sentence would cost most of the time allowed: only the likely ones are embedded.
        best = max(hit.score for hit, *_ in rough) or 1.0
        rough.sort(key=lambda row: -(row[3] + 0.6 * row[0].score / best + 0.3 * self._fits(row[0], row[1], row[2])))
        rough = rough[:MAX_EMBEDDED]
        cosines = self._cosines([hit.stored.passage.text[start:end] for hit, start, end, *_ in rough])
        found = [
            Sentence(
                hit, start, end, cover, names, cosine,
                0.36 * cover + 0.30 * max(0.0, cosine) + 0.22 * hit.score / best + 0.12 * self._fits(hit, start, end)
                - _reserve(hit, start, end),
            )
            for (hit, start, end, cover, names), cosine in zip(rough, cosines, strict=True)
        ]  # fmt: skip
        return sorted(found, key=lambda sentence: -sentence.score)

    def _cosines(self, texts: Sequence[str]) -> list[float]:
        query = self._embedder.embed_query(self._wording)
        vectors = self._embedder.embed([text[:600] for text in texts])
        return [float(value) for value in np.asarray(vectors) @ np.asarray(query)]

    def _share(self, own: set[str], outside: set[str]) -> float:
        """Share of the question's term weight that the sentence holds; its title and headings count half."""
        total = sum(self._weights.values()) or 1.0
        return sum(w if t in own else 0.5 * w if t in outside else 0.0 for t, w in self._weights.items()) / total

    def _fits(self, hit: Hit, start: int, end: int) -> float:
        return fits(self._question.asks, hit.stored.passage.text[start:end])


def fits(asks: Asks, text: str) -> float:
    """1 where a sentence has the form of the answer asked for (a number, a date, a name), 0 where it has not, 0.5 where
    any form will do."""
    pattern = {
        Asks.NUMBER: _DIGITS, Asks.WHEN: _MONTH, Asks.WHO: _PERSON, Asks.DEFINITION: _MEANS, Asks.WHERE: _PERSON,
    }.get(asks)  # fmt: skip
    if pattern is None:
        return 0.5
    return 1.0 if pattern.search(_NO_COUNT.sub(" ", text) if asks is Asks.NUMBER else text) else 0.0


def _reserve(hit: Hit, start: int, end: int) -> float:
    """What speaks against quoting a sentence: it is from a digest, not from the text itself; it is a fragment; it
    stands in a list of what is not known."""
    digest = hit.document.type == "digest"
    fragment = len(hit.stored.passage.text[start:end].split()) < FRAGMENT
    unknown = digest and bool(_UNKNOWN.search(" ".join(hit.stored.passage.heading_path[-1:])))
    return DIGEST * digest + 0.08 * fragment + 0.3 * unknown


def hard_words(question: Question) -> tuple[str, ...]:
    """What an answer must be about: years, countries, and words written with a capital or as an acronym, folded."""
    found: list[str] = [*question.years]
    for name in question.names:
        words = [word for word in fold(name).split() if word not in STOPWORDS and len(word) > 1]
        found += words
    return tuple(dict.fromkeys(found))


def _named(hard: Sequence[str], text: str) -> float:
    """Share of the hard words that stand in the text, singular and adjective forms counted by their beginnings."""
    if not hard:
        return 1.0
    words = set(text.split())
    stems = {word[:5] for word in words if len(word) > 5}
    return sum(word in words or (len(word) > 5 and word[:5] in stems) for word in hard) / len(hard)


def surroundings(hit: Hit) -> str:
    """What is known around a passage: its document's names and dates, its headings, label and governing line."""
    document, passage = hit.document, hit.stored.passage
    parts = (
        document.title, document.symbol or "", document.body or "", document.date or "", *document.aliases,
        document.meeting or "", document.speaker or "", document.type or "", *passage.heading_path, passage.label or "", passage.lead,
    )  # fmt: skip
    return " ".join(parts)
