"""Which documents a question means: by symbol, by an instrument's name, by country, year, speaker or title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from corpus.lexicon import country_name, find_countries, fold, instrument
from corpus.records import Document
from corpus.symbols import find_symbols, normalise_symbol
from search.analysis import STOPWORDS, terms
from search.naming import Pinpoint, find_nicknames, find_treaties
from search.query import Question

NAMED = 1.0
SPEAKER = 0.6
COUNTRY_AND_YEAR = 0.7
COUNTRY = 0.35
OTHER_YEAR = 0.15
MAX_TEXTS = 6
# Letters by which a place is known in its adjective too.
STEM = 5
# Share of a treaty's name that a title must hold, and how much longer it may be.
NAME_SHARE, NAME_LENGTH = 0.85, 2.5
_SPOKEN = re.compile(
    r"\b(?:sa(?:y|ys|id)|sp(?:eak|eaks|oke|oken|eech|eeches)|statement|stated|declared|announc\w+|mention\w*|told|address\w*|"
    r"general (?:debate|assembly)|président|discours|déclar\w+|dit|rede|sagte|erklärte|речь|речи|сказал\w*|заяв\w+|выступ\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Focus:
    """Documents that the question points at. `scores` are 0 … 1 by document id, higher is surer; `notes` say
    in words why; `missing` names what the question asks for and the corpus does not hold; `named` are the documents
    called by symbol or name, `instruments` says which instrument each of them is; `speakers`, `types` and `bodies` are those named in the
    question that documents have."""

    scores: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    instruments: dict[str, str] = field(default_factory=dict)
    speakers: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()

    def groups(self, most: int) -> list[tuple[str, ...]]:
        """The documents to look into, those of each named text by themselves; at most `most` of those that are meant
        less surely."""
        if self.named:
            by_text: dict[str, list[str]] = {}
            for document_id in self.named:
                by_text.setdefault(self.instruments.get(document_id, document_id), []).append(document_id)
            return [tuple(ids) for ids in by_text.values()][:MAX_TEXTS]
        strong = sorted(self.scores, key=lambda found: -self.scores[found])[:most]
        return [tuple(strong)] if strong else []

    def pinpoints(self, document_id: str, question: Question) -> tuple[Pinpoint, ...]:
        """Those of the question's articles and paragraphs that may be meant of this document."""
        own = self.instruments.get(document_id)
        return tuple(one for one in question.pinpoints if one.instrument is None or one.instrument == own)


class Catalogue:
    """The documents of one revision, by the names that people use for them."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = {document.id: document for document in documents}
        self._by_symbol: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_country: dict[str, set[str]] = defaultdict(set)
        self._years: dict[str, set[str]] = {}
        self._speakers: dict[str, list[str]] = defaultdict(list)
        self._speeches: set[str] = set()
        self._title_terms: dict[str, list[frozenset[str]]] = {}
        self._types = frozenset(document.type for document in documents if document.type)
        self._bodies = frozenset(document.body for document in documents if document.body)
        for document in documents:
            if document.symbol:
                self._by_symbol[normalise_symbol(document.symbol)].append(document.id)
            for name in (*document.aliases, document.title):
                self._by_name[fold(name)].append(document.id)
                for symbol in _symbols_in(name):
                    self._by_symbol[normalise_symbol(symbol)].append(document.id)
            for code in document.countries:
                self._by_country[code].add(document.id)
            self._years[document.id] = set(
                re.findall(r"(?:19|20)\d{2}", f"{document.title} {document.date or ''} {document.meeting or ''}")
            )
            if document.speaker and document.type == "speech":
                self._speeches.add(document.id)
                if not find_countries(document.speaker):
                    words = fold(document.speaker).split()
                    self._speakers[max(words, key=len)].append(document.id)

    def focus(self, question: Question) -> Focus:
        """The documents that the question points at, by everything that it names."""
        found = _Found()
        self._by_symbols(question, found)
        self._by_instruments(question, found)
        self._by_written_names(question, found)
        self._by_place_and_time(question, found)
        for name in question.names:
            for word in fold(name).split():
                if word in self._speakers:
                    found.add(self._speakers[word], SPEAKER, f"speaker {name}")
                    found.speakers.append(name)
        return Focus(
            found.scores,
            _once(found.notes),
            _once(found.missing),
            _once(found.named),
            found.instruments,
            _once(found.speakers),
            self._types & question.types.keys(),
            self._bodies & question.bodies.keys(),
        )

    def _by_symbols(self, question: Question, found: _Found) -> None:
        for symbol in question.symbols:
            ids = self._by_symbol.get(normalise_symbol(symbol), [])
            if ids:
                found.add(ids, NAMED, f"document {symbol}")
                found.named += ids
            else:
                found.missing.append(symbol)

    def _by_instruments(self, question: Question, found: _Found) -> None:
        for instrument_id in question.instruments:
            known = instrument(instrument_id)
            if known is None:
                continue
            ids = list(self._by_name.get(fold(known.names[0]), []))
            if known.symbol:
                ids += self._by_symbol.get(normalise_symbol(known.symbol), [])
            if ids:
                found.add(ids, NAMED, known.names[0])
                found.named += ids
                found.instruments |= dict.fromkeys(ids, instrument_id)
            else:
                found.missing.append(known.names[0])

    def _by_written_names(self, question: Question, found: _Found) -> None:
        """A treaty whose name is written out, and that no list of ours knows, must be the title of a document here."""
        if question.instruments or question.symbols:
            return
        for name in find_treaties(question.text):
            wanted = _content(name)
            ids = [key for key, titles in self._titles().items() if any(_covers(own, wanted) for own in titles)]
            if ids and len(ids) <= MAX_TEXTS:
                found.add(ids, NAMED, name)
                found.named += ids
            elif not ids:
                found.missing.append(name)
        if question.pinpoints and not found.named:
            # The article of another text would be worse than none.
            for name, word in find_nicknames(question.text):
                if not any(word[:STEM] in known for known in self._by_name):
                    found.missing.append(name)

    def _titles(self) -> dict[str, list[frozenset[str]]]:
        """The words of every title and other name, by document; read when first needed."""
        if not self._title_terms:
            self._title_terms = {
                one.id: [_content(name) for name in (one.title, *one.aliases)] for one in self.documents.values()
            }
        return self._title_terms

    def _by_place_and_time(self, question: Question, found: _Found) -> None:
        years = question.periods
        spoken = bool(_SPOKEN.search(question.text))
        for code in question.countries:
            for document_id in self._by_country.get(code, ()):
                score = COUNTRY
                if years:
                    own = self._years[document_id]
                    held = any(period.holds(year) for period in years for year in own)
                    score = COUNTRY_AND_YEAR if held else OTHER_YEAR
                if document_id in self._speeches and not spoken:
                    # Every State has spoken of everything: its speeches are meant where speaking is asked about.
                    score = min(score, OTHER_YEAR)
                found.add([document_id], score)
            if self._by_country.get(code):
                found.notes.append(country_name(code))
        if years and question.countries:
            found.notes.append(", ".join(period.value for period in years))


@dataclass(slots=True)
class _Found:
    """What is gathered while a question is looked up."""

    scores: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    instruments: dict[str, str] = field(default_factory=dict)
    speakers: list[str] = field(default_factory=list)

    def add(self, ids: Iterable[str], score: float, note: str = "") -> None:
        """These documents are meant, as surely as `score` says."""
        for document_id in ids:
            self.scores[document_id] = max(self.scores.get(document_id, 0.0), score)
        if note:
            self.notes.append(note)


@lru_cache(maxsize=50_000)
def _symbols_in(name: str) -> tuple[str, ...]:
    """The symbols in a name. Most names stay from one revision to the next, and looking through them is half the work."""
    return tuple(find_symbols(name))


def _content(name: str) -> frozenset[str]:
    return frozenset(term for term in terms(name) if term not in STOPWORDS)


def _covers(own: frozenset[str], wanted: frozenset[str]) -> bool:
    """Whether a title is the name asked for: nearly all of its words, and little else."""
    return len(own & wanted) >= NAME_SHARE * len(wanted) and len(own) <= NAME_LENGTH * len(wanted)


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
