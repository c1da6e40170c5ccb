"""Where words of the corpus stand that a draft quotes: passages proposed by the lexical index, decided by the stored text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from corpus.language import detect_language
from corpus.records import Document, Filters, StoredPassage
from corpus.store import Store
from search.analysis import STOPWORDS, terms
from search.attribution import Located
from search.comparing import (
    Alignment,
    Difference,
    Match,
    Quote,
    Words,
    align,
    differences,
    reads,
    stands,
    without_numbers,
    words_of,
)
from search.dense import Ids
from search.lexical import LexicalIndex
from search.lexical import Match as Condition
from search.verify import Prover

WINDOW = 5
MAX_WINDOWS = 24
MAX_EXACT = 300
NEAREST = 24
NEAREST_CITED = 12
# A quotation is an altered one where at most this share of its words differs, and of those that carry meaning.
MAX_CHANGED = 0.34
MIN_CONTENT = 0.6


class Seeker:
    """Looks for quotations in one revision of the corpus; keeps what it read for the length of a draft."""

    def __init__(self, store: Store, lexical: LexicalIndex, documents: Mapping[str, Document]) -> None:
        self._store = store
        self._lexical = lexical
        self._documents = documents
        self._prover = Prover(store)
        self._inside: dict[tuple[str, ...], Ids] = {}

    def exact(self, quote: Quote) -> list[StoredPassage]:
        """Passages that hold the longest piece of the quotation as a phrase."""
        found: list[int] = []
        for words in _stemmed(max(quote.pieces, key=len)):
            found += self._phrase(words)
        return list(self._store.passages(list(dict.fromkeys(found))[:MAX_EXACT]).values())

    def near(self, quote: Quote, cited: tuple[str, ...]) -> list[StoredPassage]:
        """Passages that share runs of words, or many rare words, with the quotation, the likeliest first; those of the
        cited documents before all others."""
        counted: dict[int, float] = {}
        within = self._passages_of(cited) if cited else None
        for words in _stemmed(" ".join(quote.pieces)):
            starts = range(0, max(1, len(words) - WINDOW + 1))
            for start in starts[:: max(1, len(starts) // MAX_WINDOWS)]:
                for seq in self._phrase(words[start : start + WINDOW])[:MAX_EXACT]:
                    counted[seq] = counted.get(seq, 0.0) + 1.0
            weighted = {word: 1.0 for word in words if word not in STOPWORDS} or dict.fromkeys(words, 1.0)
            lists = [self._lexical.search(weighted, NEAREST)[0]]
            if within is not None:
                lists.append(self._lexical.search(weighted, NEAREST_CITED, within)[0])
            for ids in lists:
                for rank, seq in enumerate(ids.tolist()):
                    counted[seq] = counted.get(seq, 0.0) + 1.0 / (rank + 1)
        own = set(within.tolist()) if within is not None else set()
        ranked = sorted(counted, key=lambda seq: -counted[seq])
        chosen = list(
            dict.fromkeys([*[seq for seq in ranked if seq in own][: 2 * NEAREST_CITED], *ranked[: 2 * NEAREST]])
        )
        held = self._store.passages(chosen)
        return [held[seq] for seq in chosen if seq in held]

    def _phrase(self, words: tuple[str, ...]) -> list[int]:
        return [int(seq) for seq in self._lexical.matching(Condition(all=(words,)))]

    def _passages_of(self, documents: tuple[str, ...]) -> Ids:
        """The passages of these documents, ascending."""
        if documents not in self._inside:
            numbers = self._store.allowed(Filters(document_id=documents))
            self._inside[documents] = np.asarray(numbers, np.int64)
        return self._inside[documents]

    # -- comparing -----------------------------------------------------------------------------------------

    def verbatim(self, quote: Quote, candidates: Sequence[StoredPassage]) -> list[Located]:
        """Every place in or around these passages where the quotation stands word for word. Where its words stand with
        other capitals, hyphens or punctuation only, the place says what differs."""
        found: list[Located] = []
        seen: set[int] = set()
        for stored in candidates:
            if stored.seq not in seen:
                run = self._run(stored, quote)
                here = self._in_run(run, quote)
                found += here
                seen |= {one.seq for one in run.passages} if here else {stored.seq}
        exact = [place for place in found if not place.differences]
        return list(dict.fromkeys(exact or found))

    def _in_run(self, run: _Run, quote: Quote) -> list[Located]:
        numbers = ("the numbers of items are left out",)
        # What does not stand there by its letters does not stand there at all.
        texts = [(text, said) for text, said in ((run.text, ()), (run.plain, numbers)) if reads(quote, text)]
        for text, said in texts:
            if places := [place for match in stands(quote, text) if (place := self._located(run, match, said))]:
                return places
        for text, said in texts:
            if places := [place for match in reads(quote, text) if (place := self._in_print(run, quote, match, said))]:
                return places
        return []

    def _in_print(self, run: _Run, quote: Quote, match: Match, said: tuple[str, ...]) -> Located | None:
        """A place where only capitals, hyphens and punctuation differ, with what differs."""
        place = self._located(run, match, said)
        if place is None:
            return None
        held = words_of(run.text[match.start : match.end])
        changed = [one for piece in map(words_of, quote.pieces) for one in differences(piece, held, align(piece, held))]
        return replace(place, differences=tuple(changed))

    def _run(self, stored: StoredPassage, quote: Quote) -> _Run:
        around = 1 + len(quote.text.split()) // 8
        return _Run(self._store.neighbours(stored, around, around))

    def _located(self, run: _Run, match: Match, said: tuple[str, ...]) -> Located | None:
        """The place of a match, proved on its pages; None where the stored pages do not bear it out."""
        parts = run.parts(match.start, match.end)
        first, start, _ = parts[0]
        proven = [self._prover.prove(one.passage.text[begin:end], one) for one, begin, end in parts]
        if not all(proven):
            return None
        pages = tuple(dict.fromkeys((part.page, part.page_label) for one in proven for part in one))
        text = run.text[match.start : match.end]
        return Located.of(self._documents[first.document_id], parts, start, pages, text, (*match.notes, *said))

    def nearest(
        self, quote: Quote, candidates: Sequence[StoredPassage]
    ) -> tuple[Located, tuple[Difference, ...]] | None:
        """The nearest text, and what differs; None where nothing is near enough to be called the same sentence."""
        wanted = [words_of(piece) for piece in quote.pieces]
        total = sum(len(one.keys) for one in wanted)
        best: tuple[int, _Run, list[tuple[Words, Words, Alignment]]] | None = None
        for stored in candidates:
            run = self._run(stored, quote)
            held = words_of(run.text)
            if not held.keys:
                continue
            made = [(one, held, align(one, held)) for one in wanted]
            distance = sum(found.distance for _, _, found in made)
            if (best is None or distance < best[0]) and _near_enough(made, distance, total):
                best = distance, run, made
        if best is None:
            return None
        _, run, made = best
        spans = [held.spans[found.first : found.last] for _, held, found in made if found.last > found.first]
        match = Match(min(span[0][0] for span in spans), max(span[-1][1] for span in spans))
        located = self._located(run, match, ())
        changed = [one for wanted_words, held, found in made for one in differences(wanted_words, held, found)]
        return None if located is None else (located, tuple(changed))


def _stemmed(text: str) -> list[tuple[str, ...]]:
    """The terms of a quotation in the ways in which they may be in the index: short ones do not tell their language."""
    languages = dict.fromkeys([detect_language(text) or "en", "en"])
    return [words for language in languages if (words := tuple(terms(text, language)))]


class _Run:
    """Passages that follow each other in a document, as one text."""

    def __init__(self, passages: Sequence[StoredPassage]) -> None:
        self.passages = passages
        self.text = "\n".join(one.passage.text for one in passages)
        self.plain = without_numbers(self.text)
        self._starts: list[int] = [0]
        for one in passages:
            self._starts.append(self._starts[-1] + len(one.passage.text) + 1)

    def parts(self, start: int, end: int) -> list[tuple[StoredPassage, int, int]]:
        """The stretches of the passages that these offsets cover."""
        found = []
        for one, (first, after) in zip(self.passages, pairwise(self._starts), strict=True):
            begin, stop = max(start, first) - first, min(end, after - 1) - first
            if begin < stop:
                found.append((one, begin, stop))
        return found


def _near_enough(made: Sequence[tuple[Words, Words, Alignment]], distance: int, total: int) -> bool:
    if distance > max(1, int(MAX_CHANGED * total)):
        return False
    content = kept = 0
    for wanted, held, found in made:
        content += sum(key not in STOPWORDS for key in wanted.keys)
        kept += sum(
            one is not None and other is not None and wanted.keys[one] == held.keys[other] not in STOPWORDS
            for one, other in found.steps
        )
    return kept >= MIN_CONTENT * content and kept > 0
