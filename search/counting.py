"""Questions for documents themselves: "How many reports on Bulgaria are there?", "List the decisions of 2023". They are
answered from what is known about the documents, not by ranking passages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.lexicon import country_name, fold
from corpus.records import Document
from corpus.store import Store
from corpus.symbols import normalise_symbol
from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.catalogue import Focus
from search.citing import cite
from search.identity import introduction
from search.query import Question
from search.records import Answer, Hit, Status
from search.sentences import Sentence

LISTED = 20
QUOTED = 5
SURE = 0.95
_ASKED = re.compile(
    r"^\W*(?:how many|combien (?:de|d['’])|wie viele|сколько|list(?: all| the| of)*|which|what|show(?: me)?(?: all| the)*)\s+"
    r"(?P<words>(?:[\w’'-]+\s+){0,2}?[\w’'-]+)",
    re.IGNORECASE,
)
_ANY_DOCUMENT = re.compile(r"\b(?:documents?|texts?|dokumente?|textes?|документ\w*)\b", re.IGNORECASE)
# What may be said of documents beside what is known of them.
_BESIDE = frozenset(
    terms(
        "adopt adopted issue issued publish published hold held have has contain knowledge base corpus library collection there "
        "exist written made available stored kept about all every concern concerning regarding title symbol date dated period "
        "year list show national annual official existe gibt liegen vor"
    )
)


def asks_for_documents(question: Question, focus: Focus) -> bool:
    """Whether it asks which documents of a kind there are, or how many, and names nothing but what is known of them:
    "How many reports did the hotline receive?" asks for something else."""
    match = _ASKED.match(question.text)
    if match is None or question.pinpoints or question.symbols or question.instruments:
        return False
    kinds = " ".join(question.types[kind] for kind in focus.types)
    if not (set(terms(match["words"])) & set(terms(kinds)) or _ANY_DOCUMENT.search(match["words"])):
        return False
    named = [kinds, "document documents text texts", *question.bodies.values(), *(one.text for one in question.periods)]
    known = _BESIDE | QUESTION_TERMS | {term for name in named for term in terms(name)}
    rest = set(terms(question.matter)) - known - STOPWORDS
    return not rest and bool(focus.types or question.countries or focus.bodies or question.periods)


def documents_asked_for(question: Question, focus: Focus, held: Iterable[Document]) -> list[list[Document]]:
    """The documents of the kinds, States, bodies and periods named, newest first; copies of one stand together."""
    found: dict[str, list[Document]] = {}
    for one in held:
        fits = (
            (not focus.types or one.type in focus.types)
            and (not focus.bodies or one.body in focus.bodies)
            and all(code in one.countries for code in question.countries)
            and all(period.holds(one.date) for period in question.periods)
        )
        if fits:
            found.setdefault(f"{fold(one.title)} {(one.date or '')[:4]}", []).append(one)
    works = [work for alike in found.values() for work in _by_symbol(alike)]
    return sorted(works, key=lambda copies: (copies[0].date or "", copies[0].title), reverse=True)


def _by_symbol(alike: list[Document]) -> list[list[Document]]:
    """Documents of one title and year, apart where their symbols differ; one without a symbol is a copy of the first."""
    works: dict[str, list[Document]] = {}
    for one in sorted(alike, key=lambda document: document.symbol is None):
        name = normalise_symbol(one.symbol) if one.symbol else next(iter(works), "")
        works.setdefault(name, []).append(one)
    return list(works.values())


def counted(
    question: Question, focus: Focus, held: Iterable[Document], near: tuple[Hit, ...], store: Store
) -> Answer | None:
    """The count, the list with what each document says first, and whether that is all there is; None where no document is
    known to be about a State named, for then its text may tell more."""
    works = documents_asked_for(question, focus, held)
    if not works and question.countries:
        return None
    said = f"The knowledge base holds {_said(question, focus, len(works))}"
    if not works:
        return Answer(question.text, Status.NOT_FOUND, f"{said}.", "", (), near, 0.0, 0, 0.0)
    files = sum(map(len, works))
    copies = f" ({files:,} files: some are copies)" if files > len(works) else ""
    reason = f"{said}{copies}. These are all that are held, by what is known of them"
    if question.periods:
        reason += "; documents without a known date are not counted"
    lines = [_line(copies_of[0]) for copies_of in works[:LISTED]]
    if len(works) > LISTED:
        lines.append(f"and {len(works) - LISTED:,} more")
    sentences = [
        Sentence(Hit(1, 1.0, stored, one), start, end, 1.0, 1.0, 1.0, 1.0)
        for one in (copies_of[0] for copies_of in works[:QUOTED])
        for stored, start, end in introduction(store.passages_of(one.id))[:1]
    ]
    citations = tuple(cite(store, sentences))
    text = "\n".join([f"{reason}.", *(f"– {line}" for line in lines)])
    return Answer(question.text, Status.ANSWERED, f"{reason}.", text, citations, (), SURE, 0, 0.0, producer="metadata")


def _line(document: Document) -> str:
    return ", ".join(part for part in (document.title, document.symbol, document.date) if part)


def _said(question: Question, focus: Focus, number: int) -> str:
    """What was counted, in words: "2 reports (Bulgaria, 2013)"."""
    kinds = " and ".join(_kind(kind, number) for kind in sorted(focus.types)) or _kind("document", number)
    named = [*sorted(focus.bodies), *map(country_name, question.countries), *(one.text for one in question.periods)]
    return f"{number or 'no'} {kinds}" + (f" ({', '.join(named)})" if named else "")


def _kind(kind: str, number: int) -> str:
    plain = kind.replace("-", " ")
    if number == 1:
        return plain
    return f"{plain[:-1]}ies" if plain.endswith("y") else f"{plain}es" if plain.endswith("ch") else f"{plain}s"
