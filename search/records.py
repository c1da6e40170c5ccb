"""What a search and an answer are made of. Scores: higher is better, comparable within one result only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from corpus.records import Document, StoredPassage


class Mode(StrEnum):
    """Which indexes answer."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    DENSE = "dense"


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_FOUND = "not_found"
    CLARIFY = "clarify"


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage. `highlights` are half-open offsets into the passage's text; `signals` say what made
    the score (dense, lexical, document …). `newer` is a held document that replaces this one."""

    rank: int
    score: float
    stored: StoredPassage
    document: Document
    highlights: tuple[tuple[int, int], ...] = ()
    signals: dict[str, float] = field(default_factory=dict)
    newer: Document | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """One thing that the program understood of a question. `field` is one of symbol, instrument, article, country, body,
    type, period, speaker, or a field of the query language; `value` is its canonical form ("CETS 197", "ALB",
    "2003..2007"); `effect` is "filter" where nothing else can be found, "boost" where it only ranks higher; `text` is for
    people, as the question says it or as it is called."""

    field: str
    value: str
    effect: str
    text: str

    @property
    def key(self) -> str:
        """By which it is taken away: an entry of `ignore` in `search` and `ask`."""
        return f"{self.field}:{self.value}"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to `search`. `total` counts the passages that were candidates at all; `notes` say in words
    what the program understood ("symbol CETS 197", "year 2003–2007") or ignored."""

    query: str
    mode: Mode
    hits: tuple[Hit, ...]
    total: int
    revision: int
    took_ms: float
    notes: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """One place that an answer rests on. `quote` is verbatim on `page`; `authority` says whose words they are; `newer`
    is a held document that replaces the one quoted."""

    n: int
    quote: str
    stored: StoredPassage
    document: Document
    page: int | None
    page_label: str | None
    label: str | None
    speaker: str | None
    authority: str
    newer: Document | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """A sentence of a language model that is not shown, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Generation:
    """What came of asking a language model: whether its words are the answer, how many sentences of it were kept, which
    were removed, and in words how it went. `host` is where the passages were sent."""

    model: str
    host: str
    used: bool
    kept: int = 0
    removed: tuple[Removed, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked through: documents that filters leave, the years of their dates, their languages, commonest first,
    and pages of them without text, which nothing can be found on."""

    documents: int
    first: str | None
    last: str | None
    languages: tuple[str, ...]
    unread_pages: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to `ask`: quotations with citations, or an honest "not found" with its reason.

    `answer` holds the quotations, or the checked sentences of a language model where `generation` says so; each number
    in brackets is the `n` of a citation. `notice` is what somebody is told, instead, who asks for help in an actual case.
    """

    question: str
    status: Status
    reason: str
    answer: str
    citations: tuple[Citation, ...]
    alternatives: tuple[Hit, ...]
    confidence: float
    revision: int
    took_ms: float
    producer: str = "extractive"
    notes: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()
    searched: Searched | None = None
    generation: Generation | None = None
    notice: str = ""
