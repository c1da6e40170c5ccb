"""Which documents a question means: by symbol, by an instrument's name, by country, year, speaker or title."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from corpus.lexicon import country_name, fold, instrument
from corpus.records import Document
from corpus.symbols import find_symbols, normalise_symbol
from search.query import Question

NAMED = 1.0
MAX_FOCUS = 60


@dataclass(frozen=True, slots=True)
class Focus:
    """Documents that the question points at. `scores` are 0 … 1 by document id, higher is surer; `notes` say
    in words why; `missing` names what the question asks for and the corpus does not hold."""

    scores: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Catalogue:
    """The documents of one revision, by the names that people use for them."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = {document.id: document for document in documents}
        self._by_symbol: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_country: dict[str, set[str]] = defaultdict(set)
        self._years: dict[str, set[str]] = {}
        self._speakers: dict[str, list[str]] = defaultdict(list)
        for document in documents:
            if document.symbol:
                self._by_symbol[normalise_symbol(document.symbol)].append(document.id)
            for name in (*document.aliases, document.title):
                self._by_name[fold(name)].append(document.id)
                for symbol in find_symbols(name):
                    self._by_symbol[normalise_symbol(symbol)].append(document.id)
            for code in document.countries:
                self._by_country[code].add(document.id)
            self._years[document.id] = set(
                re.findall(r"(?:19|20)\d{2}", f"{document.title} {document.date or ''} {document.meeting or ''}")
            )
            if document.speaker and document.type == "speech":
                words = fold(document.speaker).split()
                self._speakers[max(words, key=len)].append(document.id)

    def focus(self, question: Question) -> Focus:
        """The documents that the question points at, by everything that it names."""
        scores: dict[str, float] = {}
        notes: list[str] = []
        missing: list[str] = []
        named: list[str] = []

        def add(ids: list[str] | set[str], score: float) -> None:
            for document_id in ids:
                scores[document_id] = max(scores.get(document_id, 0.0), score)

        for symbol in question.symbols:
            found = self._by_symbol.get(normalise_symbol(symbol), [])
            if found:
                add(found, NAMED)
                named += found
                notes.append(f"document {symbol}")
            else:
                missing.append(symbol)
        for instrument_id in question.instruments:
            known = instrument(instrument_id)
            if known is None:
                continue
            found = self._by_name.get(fold(known.names[0]), [])
            if known.symbol:
                found = [*found, *self._by_symbol.get(normalise_symbol(known.symbol), [])]
            if found:
                add(found, NAMED)
                named += found
                notes.append(known.names[0])
            else:
                missing.append(known.names[0])
        self._by_place_and_time(question, scores, notes)
        for name in question.names:
            words = fold(name).split()
            for word in words:
                if word in self._speakers:
                    add(self._speakers[word], 0.6)
                    notes.append(f"speaker {name}")
        return Focus(scores, tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(named)))

    def _by_place_and_time(self, question: Question, scores: dict[str, float], notes: list[str]) -> None:
        if not question.countries:
            return
        years = set(question.years)
        candidates = {code: self._by_country.get(code, set()) for code in question.countries}
        for code, ids in candidates.items():
            if ids:
                notes.append(country_name(code))
            for document_id in ids:
                score = 0.35
                if years:
                    score = 0.7 if years & self._years[document_id] else 0.15
                scores[document_id] = max(scores.get(document_id, 0.0), score)
        if years:
            notes.append(", ".join(sorted(years)))
