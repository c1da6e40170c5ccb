"""The records that travel between the rooms: frozen, plain, and free of behaviour.

Offsets are half-open and count characters of `Page.text`. Pages count from 1; a file without pages
(Markdown, plain text, HTML, Word) is stored as one page, and `Document.paged` is false.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


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
    """One page as stored: `number` counts from 1, `label` is what is printed on it ("iv", "67")."""

    number: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one page's text."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document and what is known about it. Dates are ISO with the precision that is known."""

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


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One line of a document's outline; `level` counts from 1."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read and cut, ready to be stored."""

    document: Document
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    outline: tuple[OutlineEntry, ...] = ()


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
