"""Sentences of the best passages, each with how well it answers the question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from corpus.lexicon import fold
from corpus.records import Kind
from corpus.sentences import sentence_spans
from corpus.wording import heading_line
from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.dense import Floats
from search.embed import Embedder
from search.forms import fits
from search.query import Question
from search.records import Hit
from search.tokens import Meeting, TokenVectors

# Sentences whose cosine is computed: the ones that may come first.
NEAREST = 3
# Letters of the passages that are always read word by word, the most promising by what is known without that. So the same
# sentence came first as if all were read, on all of SQuAD 2 and PolicyQA, for half the time.
FIRST = 2500
MAX_LETTERS = 600
MIN_LETTERS = 12
FRAGMENT = 6
SHAPING = 0.1
# Shares of the score, fitted on half of SQuAD 2 and of XQuAD: words of the question, its tokens met on average and those
# met worst, the sentence's own cosine, place of the passage, form.
COVER, MET, WORST, SENSE, RANK, FORM, NAMES = 0.24, 0.45, 0.60, 0.08, 0.23, 0.09, 0.1
DIGEST = 0.12
_FIGURES = re.compile(r"(?:(?<!\S)[\d.,%–-]*\d[\d.,%–-]*(?:\s+|$)){8}")
_LETTERS = re.compile(rf"(?:[^\W\d_][\W\d_]*+){{{MIN_LETTERS}}}")
_UNKNOWN = re.compile(r"\bnot (?:known|certain|covered|in\b|said|here)|uncertain|unknown", re.IGNORECASE)


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


class SentenceVectors:
    """Vectors of sentences and of the tokens of passages, each computed once for the length of one answer."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Floats] = {}
        self._tokens: dict[int, TokenVectors] = {}

    def beside(self, question: str, hits: Sequence[Hit]) -> dict[int, Meeting]:
        """The question's tokens beside those of each passage, by the passage's number."""
        fresh = {hit.stored.seq: hit for hit in hits if hit.stored.seq not in self._tokens}
        if fresh:
            heads = [f"{_head(hit)}\n" for hit in fresh.values()]
            texts = [head + hit.stored.passage.text for head, hit in zip(heads, fresh.values(), strict=True)]
            found = self._embedder.embed_tokens(texts)
            self._tokens |= {seq: one.less(len(head)) for seq, head, one in zip(fresh, heads, found, strict=True)}
        wanted = self._embedder.query_tokens(question)
        return {hit.stored.seq: Meeting(wanted, self._tokens[hit.stored.seq]) for hit in hits}

    def cosines(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of each text to the question."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            vectors = self._embedder.embed([text[:MAX_LETTERS] for text in fresh])
            self._known |= dict(zip(fresh, np.asarray(vectors), strict=True))
        wanted = np.asarray(self._embedder.embed_query(question))
        return [float(self._known[text] @ wanted) for text in texts]


def _head(hit: Hit) -> str:
    passage, document = hit.stored.passage, hit.document
    # A document without a title is called by its path, which says nothing of its text.
    return heading_line("" if document.title == document.path else document.title, passage.heading_path, passage.label)


class Scorer:
    """Scores sentences against one question."""

    def __init__(
        self,
        question: Question,
        vectors: SentenceVectors,
        frequency: Callable[[str], int],
        total: int,
        *,
        inside: bool = False,
    ) -> None:
        """`inside` says that the sentences are of documents that the question names: its matter alone then counts."""
        self._question = question
        self._vectors = vectors
        narrow = inside and question.matter_words
        self._wording = question.matter if narrow else question.embedded
        self._weights = {
            term: weight * math.log(1 + total / (1 + frequency(term))) * (SHAPING if term in QUESTION_TERMS else 1.0)
            for term, weight in (question.matter_terms if narrow else question.terms).items()
        }
        self.hard = hard_words(question)

    def score(self, hits: Sequence[Hit]) -> list[Sentence]:
        """All sentences of the hits, best first. Passages that cannot come first are not read word by word, and what
        their sentences say counts by their words alone."""
        highest = max((hit.score for hit in hits), default=0.0) or 1.0
        rough = [rows for hit in hits if (rows := list(self._rough(hit, highest)))]
        if not rough:
            return []
        rough.sort(key=_promise, reverse=True)
        first = _first(rough)
        found, met = self._read(rough[:first])
        best = max(sentence.score for sentence in found)
        # A passage can still win if its words meet the question as well as the best of those read so far.
        hopeful = [rows for rows in rough[first:] if _promise(rows) + met >= best]
        found += self._read(hopeful)[0]
        found += [sentence for rows in rough[first + len(hopeful) :] for sentence in rows]
        found.sort(key=lambda sentence: -sentence.score)
        near = found[:NEAREST]
        cosines = self._vectors.cosines(self._wording, [sentence.text for sentence in near])
        near = [
            replace(one, cosine=cosine, score=one.score + SENSE * cosine)
            for one, cosine in zip(near, cosines, strict=True)
        ]
        return [*sorted(near, key=lambda sentence: -sentence.score), *found[NEAREST:]]

    def _read(self, passages: Sequence[Sequence[Sentence]]) -> tuple[list[Sentence], float]:
        """The sentences with what their tokens add to their scores, and the most that those of one add."""
        beside = self._vectors.beside(self._wording, [rows[0].hit for rows in passages])
        found, most = [], 0.0
        for sentence in (sentence for rows in passages for sentence in rows):
            met = beside[sentence.hit.stored.seq].of(sentence.start, sentence.end)
            added = MET * met.mean + WORST * met.worst
            found.append(replace(sentence, score=sentence.score + added))
            most = max(most, added)
        return found, most

    def _rough(self, hit: Hit, best: float) -> Iterator[Sentence]:
        """The sentences of one passage, scored by its place, their form and the words and names of the question that
        each holds; `best` is the score of the best passage."""
        passage = hit.stored.passage
        around = surroundings(hit)
        language = passage.language or "en"
        outside = set(terms(around, language))
        names = _named(self.hard, f"{fold(around)} {fold(passage.text)}")
        lead: set[str] = set()
        for start, end in sentence_spans(passage.text):
            text = passage.text[start:end]
            own = set(terms(text, language))
            if _LETTERS.search(text) and not _of_a_chart(passage.kind, text):
                cover = self._share(own, outside | lead)
                value = NAMES * names + COVER * cover + RANK * hit.score / best
                value += FORM * fits(self._question.asks, text) - _reserve(hit, start, end)
                yield Sentence(hit, start, end, cover, names, 0.0, value)
            # What stands before a colon is said of each item after it.
            if text.endswith((":", "–", "—")):
                lead = own

    def _share(self, own: set[str], outside: set[str]) -> float:
        """Share of the question's term weight that the sentence holds; its title and headings count half."""
        total = sum(self._weights.values()) or 1.0
        return sum(w if t in own else 0.5 * w if t in outside else 0.0 for t, w in self._weights.items()) / total


def _first(passages: Sequence[Sequence[Sentence]]) -> int:
    """How many of these passages, in this order, are read in any case."""
    together = accumulate(len(rows[0].hit.stored.passage.text) for rows in passages)
    return max(1, sum(letters <= FIRST for letters in together))


def _promise(rows: Sequence[Sentence]) -> float:
    return max(sentence.score for sentence in rows)


def _of_a_chart(kind: Kind, text: str) -> bool:
    """Whether a sentence runs into the figures of a chart, which follow each other as they were drawn."""
    return kind is not Kind.TABLE and bool(_FIGURES.search(text))


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
