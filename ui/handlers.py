"""What the page does, as plain functions from what a person typed to HTML. No Gradio here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, Protocol

from corpus.errors import RapporteurError
from corpus.lexicon import country_name
from corpus.records import Document, FileRecord, Filters, OutlineEntry, StoredPassage
from search.records import Answer, Mode, SearchResult
from ui.addresses import Address
from ui.examples import verified_examples
from ui.feedback import keep
from ui.reading import Reading, context_html, document_html
from ui.rendering import BODIES, LANGUAGES, sentence
from ui.results import DEPTH, answer_html, examples_html, more_label, results_html
from ui.shelf import library_html

MAX_TEXT = 2000
AROUND = 2
_LOG = logging.getLogger(__name__)
_DEFECT = "Something went wrong on our side; it is noted in the log of the server. The question can be asked again."
P = ParamSpec("P")


class Base(Protocol):
    """What the page needs of a knowledge base."""

    @property
    def home(self) -> Path:
        """Its folder."""

    @property
    def revision(self) -> int:
        """Grows with each change of the collection."""

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        """An answer made of quotations."""

    def search(self, query: str, k: int = 10, mode: Mode = Mode.HYBRID, filters: Filters | None = None) -> SearchResult:
        """Ranked passages."""

    def documents(self, filters: Filters | None = None) -> Sequence[Document]:
        """The documents, by title."""

    def document(self, reference: str) -> Document:
        """One document; raises NotFoundError."""

    def passages(self, document_id: str) -> Sequence[StoredPassage]:
        """Its passages in reading order."""

    def page_text(self, document_id: str, number: int) -> str:
        """The stored text of a page."""

    def outline(self, document_id: str) -> Sequence[OutlineEntry]:
        """Its outline."""

    def passage_counts(self) -> Mapping[str, int]:
        """The number of passages of each document, by id."""

    def files(self) -> Iterable[FileRecord]:
        """What is remembered of each file."""


def in_words(handler: Callable[P, str]) -> Callable[P, str]:
    """The handler, with whatever goes wrong in it said in a sentence."""

    def said(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return handler(*args, **kwargs)
        except RapporteurError as error:
            return sentence(str(error))
        except Exception:  # noqa: BLE001 – the edge where a request becomes a sentence; the log keeps the trace
            _LOG.exception("a request to the page failed")
            return sentence(_DEFECT)

    return said


def objection(text: str, what: str = "question") -> str | None:
    """Why a text cannot be asked or looked for at all, None where it can; what its words say is judged by the search."""
    if not text.strip():
        return f"The {what} is empty: type a few words."
    if len(text) > MAX_TEXT:
        return f"The {what} has {len(text):,} characters; at most {MAX_TEXT:,} are read. Shorten it."
    return None


def ask(base: Base, question: str, filters: Filters | None = None) -> str:
    """The answer to a question."""
    return _ask(base, question, filters)


@in_words
def _ask(base: Base, question: str, filters: Filters | None) -> str:
    no = objection(question)
    return sentence(no) if no else answer_html(base.ask(question.strip(), filters))


@dataclass(frozen=True, slots=True)
class Found:
    """A list of passages as HTML, and the words on the button for more; None where there is no more."""

    html: str
    more: str | None = None


def find(base: Base, address: Address, shown: int) -> Found:
    """The passages that fit a query, the first `shown` of them."""
    more: list[str | None] = [None]

    @in_words
    def inner() -> str:
        no = objection(address.text, "query")
        if no:
            return sentence(no)
        result = base.search(address.text.strip(), DEPTH, Mode(address.mode), address.filters or None)
        more[0] = more_label(result, shown)
        return results_html(result, address, shown)

    return Found(inner(), more[0])


@in_words
def read(base: Base, address: Address) -> str:
    """A document, opened where the address says."""
    if not address.document:
        return sentence("Open a document from an answer, from a list of passages or from the library.", "hint")
    document = base.document(address.document)
    reading = Reading(document, base.passages(document.id), base.outline(document.id), address)
    return document_html(reading)


@in_words
def context(base: Base, request: Mapping[str, object]) -> str:
    """A passage between its neighbours; `request` comes from the button that asked for it."""
    name, quote, page = str(request.get("passage", "")), str(request.get("quote", "")), request.get("page")
    document = base.document(name.rpartition("-")[0])
    passages = list(base.passages(document.id))
    at = next((n for n, stored in enumerate(passages) if stored.id == name), None)
    if at is None:
        return sentence("This passage is no longer in the collection: ask again to see the present text.")
    return context_html(
        document,
        passages[max(0, at - AROUND) : at + AROUND + 1],
        passages[at],
        quote,
        page if isinstance(page, int) else None,
    )


@in_words
def feedback(base: Base, said: Mapping[str, object]) -> str:
    """Keep what somebody said of an answer; a sentence that says so."""
    keep(base, said)
    return sentence("Thank you. It is kept on this machine, with the question.", "thanks")


@in_words
def library(base: Base, address: Address | None = None) -> str:
    """What the collection holds, or the part of it that an address asks for."""
    documents = base.documents()
    counts = base.passage_counts()
    without = sum(document.pages_without_text for document in documents)
    parts = [f"{len(documents):,} documents", f"{sum(counts.values()):,} passages", f"revision {base.revision}"]
    if without:
        parts.append(f"{without:,} pages without text")
    return library_html(documents, counts, " · ".join(parts), problems(base.files()), address)


def problems(files: Iterable[FileRecord]) -> list[tuple[str, str]]:
    """The files whose last reading failed or left something to say, with the reason."""
    found = []
    for file in files:
        said = [file.reason] if file.outcome == "failed" else list(file.warnings)
        if said:
            found.append((file.path, "; ".join(part for part in said if part)))
    return sorted(found)


class Desk:
    """The page's own memory over one knowledge base: whether it is ready, its examples, its lists for filters."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.ready = threading.Event()
        self._closed = threading.Event()
        self._trouble = ""
        self._examples: tuple[int, tuple[str, ...]] = (-1, ())
        self._choices: tuple[int, dict[str, list[tuple[str, str]]]] = (-1, {})

    def open(self) -> None:
        """Load what a first question needs, then find examples that answer. Runs beside the page."""
        try:
            self.base.search("trafficking in human beings", 1)
            self.ready.set()
            found = verified_examples(self.base, wanted=lambda: not self._closed.is_set())
            self._examples = (self.base.revision, found)
        except Exception as error:  # noqa: BLE001 – a thread of its own: the page says in words what went wrong
            _LOG.exception("the knowledge base could not be made ready")
            self._trouble = str(error) if isinstance(error, RapporteurError) else _DEFECT
            self.ready.set()

    def close(self) -> None:
        """Have `open` end soon."""
        self._closed.set()

    def ready_line(self) -> str:
        """The line while models load, or why they could not; empty once all is well."""
        if not self.ready.is_set():
            return sentence(
                "Getting ready… A question asked now is answered as soon as the models are loaded.", "waiting"
            )
        return sentence(self._trouble) if self._trouble else ""

    def settled(self) -> bool:
        """Whether nothing more will change by waiting."""
        return bool(self._trouble) or self._examples[0] >= 0

    def examples(self) -> str:
        """Questions that this collection answers, checked by asking them; empty until that is done."""
        return examples_html(self._examples[1])

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What can be chosen in each filter, as (shown, value), of the present revision."""
        revision = self.base.revision
        if self._choices[0] != revision:
            self._choices = (revision, filter_choices(self.base.documents()))
        return self._choices[1]


def filter_choices(documents: Sequence[Document]) -> dict[str, list[tuple[str, str]]]:
    """The bodies, types, languages, countries and titles that occur, as (shown, value), in the order of the shown."""

    def pairs(values: Iterable[str | None], names: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
        found = {value for value in values if value}
        return sorted(
            ((names or {}).get(value, value.replace("-", " ") if names is None else value), value) for value in found
        )

    return {
        "body": pairs((d.body for d in documents), BODIES),
        "type": pairs(d.type for d in documents),
        "language": pairs((d.language for d in documents), LANGUAGES),
        "country": sorted((country_name(code), code) for code in {c for d in documents for c in d.countries}),
        "document": sorted((d.title, d.id) for d in documents),
    }
