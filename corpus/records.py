"""The records that travel between the rooms: frozen, plain, and free of behaviour.

Offsets are half-open and count characters of `Page.text`. Pages count from 1; a file without pages
(Markdown, plain text, HTML, Word) is stored as one page, and `Document.paged` is false.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Event:
    """The meeting that a document is of, as that document tells it. `series` is an id of ``vocabulary/series.yaml``;
    `number` counts in the series; dates are ISO; `participants` are the claims as printed ("nearly 60 countries")."""

    series: str
    number: int | None = None
    date_from: str | None = None
    date_to: str | None = None
    place: str | None = None
    organisers: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()


Signature = bytes  # a record below has a field of that name


class Kind(StrEnum):
    """What a passage is in its document."""

    TEXT = "text"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    RECITAL = "recital"
    SPEECH = "speech"
    TABLE = "table"
    FOOTNOTE = "footnote"
    CAPTION = "caption"
    BOX = "box"
    FIGURE = "figure"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Page:
    """One page as stored: `number` counts from 1, `label` is what is printed on it ("iv", "67"). `language` is that of
    most of its text. Where the text comes from OCR, `confidence` says how sure its words are, on average, from 0 to 1."""

    number: int
    label: str
    text: str
    language: str | None = None
    confidence: float | None = None


Box = tuple[int, int, int, int]
"""Left, top, right and bottom in ten-thousandths of a page's width and height, as the page is shown."""


@dataclass(frozen=True, slots=True)
class ScannedWord:
    """A word read by OCR: its place in the page's text (half-open), its box, and how sure it is, in percent."""

    start: int
    end: int
    box: Box
    confidence: int


@dataclass(frozen=True, slots=True)
class Scan:
    """A page read by OCR, with the mean confidence of its words in percent."""

    page: int
    confidence: float
    words: tuple[ScannedWord, ...]


class Certainty(StrEnum):
    """How sure a value of a document's description is."""

    CERTAIN = "certain"  # stated by a curator, or printed where such documents state it
    LIKELY = "likely"  # printed elsewhere, or follows from what is printed
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Basis:
    """Where the value of one field of a document came from, in words, and how sure it is."""

    field: str
    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Claim:
    """What a document says of itself and another one: `relation` is one of `corpus.relations.RELATIONS`, `target` a
    symbol or title as printed."""

    relation: str
    target: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A date that the text gives in relation to its own ("today"): as printed, on which page, and as ISO."""

    printed: str
    date: str
    page: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one page's text."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document and what is known about it. Dates are ISO with the precision that is known.

    `date` is the one it goes by: that of adoption, where the document tells it, else that of publication. `standing`
    is binding, political, guidance or informational. `speakers` are the people whose words it holds, with the office
    they held. `basis` says of each value where it came from. `added` is the day on which it came in first.
    `signature` compares texts (`corpus.likeness`).
    """

    id: str
    path: str
    title: str
    format: str = "text"
    sha256: str = ""
    bytes: int = 0
    paged: bool = False
    pages: int = 0
    pages_without_text: int = 0
    symbol: str | None = None
    body: str | None = None
    type: str | None = None
    date: str | None = None
    language: str | None = None
    url: str | None = None
    meeting: str | None = None
    speaker: str | None = None
    access: str = "public"
    countries: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    standing: str | None = None
    adopted: str | None = None
    published: str | None = None
    place: str | None = None
    speakers: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()
    claims: tuple[Claim, ...] = ()
    resolved: tuple[Resolved, ...] = ()
    signature: Signature = b""
    added: str = ""
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable stretch of a document.

    `text` is what `spans` cover in the stored pages, with white space normalised and page furniture
    left out. `lead` is the line that governs a list item ("Calls on participating States to:"); it is
    not part of `text`. `label` is the pinpoint ("Article 13(1)", "para. 45"); `pinpoints` are the finer ones
    inside, as (offset in `text`, label), ascending.
    """

    text: str
    spans: tuple[Span, ...]
    ordinal: int = 0
    kind: Kind = Kind.TEXT
    label: str | None = None
    heading_path: tuple[str, ...] = ()
    lead: str = ""
    language: str | None = None
    page: int = 1
    page_label: str | None = None
    speaker: str | None = None
    pinpoints: tuple[tuple[int, str], ...] = ()


class Authority(StrEnum):
    """Whose word a commitment is, and what it is worth."""

    AGREED = "agreed text"
    RECOMMENDATION = "recommendation"
    STATEMENT = "statement by a speaker"
    TOPIC = "topic only"


class Reception(StrEnum):
    """What a State said to a recommendation that was made to it."""

    SUPPORTED = "supported"
    NOTED = "noted"
    PENDING = "to be examined"


@dataclass(frozen=True, slots=True)
class Commitment:
    """An operative sentence of a passage: `text` is its stretch from `start` to `end` of the passage numbered `ordinal`.

    `verb` is the canonical one ("urges"), `strength` 1 (recalls) to 5 (decides). `addressee` is who is to act, as
    printed; `speakers` are those whose word it is, where not that of the whole body (States as ISO codes in a review);
    `lead` the governing line that holds the verb, where it is not in the text itself.
    """

    ordinal: int
    start: int
    end: int
    text: str
    verb: str
    strength: int
    authority: Authority
    label: str | None = None
    page: int = 1
    addressee: str | None = None
    speakers: tuple[str, ...] = ()
    reception: Reception | None = None
    themes: tuple[str, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One line of a document's outline; `level` counts from 1."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read and cut, ready to be stored; reading it took `seconds` of one worker."""

    document: Document
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    outline: tuple[OutlineEntry, ...] = ()
    seconds: float = 0.0
    commitments: tuple[Commitment, ...] = ()
    scans: tuple[Scan, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the store gives it back: `seq` is its number in the indexes, `id` its public name."""

    seq: int
    id: str
    document_id: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the store remembers of one file: its content and how reading it ended."""

    path: str
    root: str
    sha256: str
    outcome: str
    reason: str = ""
    document_id: str | None = None
    reader: str = ""
    pages: int = 0
    passages: int = 0
    pages_without_text: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents and passages a listing or a question may see. Any value of one field matches;
    all fields must. Dates are ISO years, months or days; `path` holds glob patterns."""

    body: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    meeting: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    symbol: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    article: tuple[str, ...] = ()
    document_id: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None

    def __bool__(self) -> bool:
        """True where at least one filter is set."""
        return any(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that `verify` found: what, where, and what to do."""

    what: str
    remedy: str = ""
    details: dict[str, str] = field(default_factory=dict)
