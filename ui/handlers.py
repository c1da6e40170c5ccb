"""What the page does, as plain functions from what a person typed to HTML. No Gradio here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol

from corpus.commitments import Kept, Wanted
from corpus.errors import RapporteurError
from corpus.meetings import Meeting
from corpus.records import Document, FileRecord, Filters, OutlineEntry, Scan, StoredPassage
from corpus.relations import Relations
from ingest.contacts import SAID as PERSONAL
from ingest.outcomes import FAILED, INDEXED, REMOVED, UPDATED
from search.followup import stand_alone
from search.records import Answer, Mode, SearchResult
from ui.addresses import Address
from ui.examples import verified_examples
from ui.feedback import keep
from ui.people import audit
from ui.reading import Reading, context_html, document_html
from ui.rendering import body_name, sentence, theme_name, type_name
from ui.results import DEPTH, answer_html, examples_html, hit_list, results_html
from ui.running import journal
from ui.shelf import Holding, library_html
from ui.similar import passage_of, similar_to
from ui.standing import getting_ready
from ui.words import counted, country, day, language_name, name, number, said, spoken, t

if TYPE_CHECKING:
    from ui.curating import Curator
    from ui.people.desks import Curators

MAX_TEXT = 2000
AROUND = 2
LIKE = 5
_LOG = logging.getLogger(__name__)
DEFECT = "Something went wrong on our side; it is noted in the log of the server. The question can be asked again."
P = ParamSpec("P")


class Base(Protocol):
    """What the page needs of a knowledge base."""

    @property
    def home(self) -> Path:
        """Its folder."""

    @property
    def revision(self) -> int:
        """Grows with each change of the collection."""

    @property
    def numbered(self) -> bool:
        """Whether the revision counts changes; where only a part is seen it is a number that means nothing."""

    def ask(self, question: str, filters: Filters | None = None, ignore: Collection[str] = ()) -> Answer:
        """An answer made of quotations."""

    def search(
        self,
        query: str,
        k: int = 10,
        mode: Mode = Mode.HYBRID,
        filters: Filters | None = None,
        ignore: Collection[str] = (),
    ) -> SearchResult:
        """Ranked passages."""

    def documents(self, filters: Filters | None = None) -> Sequence[Document]:
        """The documents, by title."""

    def document(self, reference: str) -> Document:
        """One document; raises NotFoundError."""

    def passages(self, document_id: str) -> Sequence[StoredPassage]:
        """Its passages in reading order."""

    def page_text(self, document_id: str, number: int) -> str:
        """The stored text of a page."""

    def meetings(self, filters: Filters | None = None) -> Sequence[Meeting]:
        """The meetings that the documents tell of."""

    def commitments(self, wanted: Wanted | None = None, *, copies: bool = False) -> Sequence[Kept]:
        """The commitments that fit."""

    def scan(self, document_id: str, number: int) -> Scan | None:
        """Where the words of a page read by OCR stand."""

    def outline(self, document_id: str) -> Sequence[OutlineEntry]:
        """Its outline."""

    def relations(self) -> Relations:
        """How the documents stand to each other."""

    def passage_counts(self) -> Mapping[str, int]:
        """The number of passages of each document, by id."""

    def files(self) -> Iterable[FileRecord]:
        """What is remembered of each file."""

    def last_run(self) -> Mapping[str, Any] | None:
        """When files were last read, and how that ended."""


def in_words(handler: Callable[P, str]) -> Callable[P, str]:
    """The handler, with whatever goes wrong in it said in a sentence."""

    def told(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return handler(*args, **kwargs)
        except RapporteurError as error:
            return sentence(said(str(error)))
        except Exception:  # noqa: BLE001 – the edge where a request becomes a sentence; the log keeps the trace
            _LOG.exception("a request to the page failed")
            found = t("The number of this request: {id}.", id=journal.number()) if journal.number() else ""
            return sentence(f"{t(DEFECT)} {found}".rstrip())

    return told


def objection(text: str) -> str | None:
    """Why a text cannot be asked or looked for at all, None where it can; what its words say is judged by the search."""
    if not text.strip():
        return t("Nothing was typed: type a few words.")
    if len(text) > MAX_TEXT:
        limits = {"n": number(len(text)), "most": number(MAX_TEXT)}
        return t("The text has {n} characters; at most {most} are read. Shorten it.", **limits)
    return None


def understood(question: str, before: str, filters: Filters) -> Address:
    """The address of a question: a follow-up to the one before as the stand-alone question that it is read as."""
    asked = question.strip()
    alone = stand_alone(before, asked) if len(asked) <= MAX_TEXT else None
    return Address(text=alone or asked, filters=filters, said=asked if alone else "")


@in_words
def ask(base: Base, address: Address) -> str:
    """The answer to the question of an address."""
    no = objection(address.text)
    if no:
        return sentence(no)
    audit.question(base.home, address.text)
    return answer_html(base.ask(address.text.strip(), address.filters or None, address.ignore), address)


@in_words
def find(base: Base, address: Address) -> str:
    """The passages that fit a query: the part of them that the address asks for."""
    no = objection(address.text)
    if no:
        return sentence(no)
    audit.question(base.home, address.text)
    result = base.search(address.text.strip(), DEPTH, Mode(address.mode), address.filters or None, address.ignore)
    return results_html(result, address)


@in_words
def read(base: Base, address: Address) -> str:
    """A document, opened where the address says."""
    if not address.document:
        return sentence(t("Open a document from an answer, from a list of passages or from the library."), "hint")
    document = base.document(address.document)
    reading = Reading(
        document, base.passages(document.id), base.outline(document.id), address, base.relations().of(document.id)
    )
    return document_html(reading)


@in_words
def context(base: Base, request: Mapping[str, object]) -> str:
    """A passage between its neighbours; `request` comes from the button that asked for it."""
    name, quote, page = str(request.get("passage", "")), str(request.get("quote", "")), request.get("page")
    document = base.document(name.rpartition("-")[0])
    passages = list(base.passages(document.id))
    at = next((n for n, stored in enumerate(passages) if stored.id == name), None)
    if at is None:
        return sentence(t("This passage is no longer in the collection: ask again to see the present text."))
    return context_html(
        document,
        passages[max(0, at - AROUND) : at + AROUND + 1],
        passages[at],
        quote,
        page if isinstance(page, int) else None,
    )


@in_words
def similar(base: Base, request: Mapping[str, object]) -> str:
    """Passages of other documents that say much the same as one does; `request` comes from the button that asked."""
    document, stored = passage_of(base, str(request.get("passage", "")))
    found = similar_to(base, document, stored, LIKE)
    return hit_list(found.hits) if found.hits else sentence(t("No passage of another document is near to this one."))


@in_words
def feedback(base: Base, said: Mapping[str, object]) -> str:
    """Keep what somebody said of an answer; a sentence that says so."""
    keep(base, said)
    return sentence(t("Thank you. It is kept on this machine, with the question."), "thanks")


@in_words
def library(base: Base, address: Address | None = None) -> str:
    """What the collection holds, or the part of it that an address asks for."""
    documents = base.documents()
    passages = base.passage_counts()
    parts = [counted(len(documents), "documents"), counted(sum(passages.values()), "passages")]
    if base.numbered:
        parts.append(t("revision {n} of the collection", n=base.revision))
    filled = filled_words(documents, base.last_run())
    return library_html(Holding(documents, passages, " · ".join(parts), filled, problems(base.files())), address)


def filled_words(documents: Sequence[Document], run: Mapping[str, Any] | None) -> str:
    """Up to when the documents go, and when and how files were last read."""
    newest = max((document.date for document in documents if document.date), default="")
    parts = [t("Newest document: {date}", date=day(newest))] if newest else []
    if run:
        ends = {INDEXED: t("new"), UPDATED: t("changed"), REMOVED: t("removed"), FAILED: t("failed")}
        told = ", ".join(f"{word}: {number(run['files'][end])}" for end, word in ends.items() if run["files"].get(end))
        clock = str(run["time"])[11:16]
        parts.append(t("files were last read on {date} at {clock} UTC", date=day(str(run["time"])[:10]), clock=clock))
        parts.append(told or t("nothing had changed"))
    return " · ".join(parts)


def problems(files: Iterable[FileRecord]) -> list[tuple[str, str]]:
    """The files whose last reading failed or left something to say, with the reason."""
    found = []
    for file in files:
        said = [file.reason] if file.outcome == "failed" else list(file.warnings)
        # That personal data is left out is how it should be, and no problem.
        said = [part for part in said if not part.startswith(PERSONAL)]
        if said:
            found.append((file.path, "; ".join(part for part in said if part)))
    return sorted(found)


class Desk:
    """The page's own memory over one knowledge base: whether it is ready, its examples, its lists for filters."""

    def __init__(self, base: Base, curator: Curator | Curators | None = None) -> None:
        self.base, self.curator = base, curator
        self.ready = threading.Event()
        self._closed = threading.Event()
        self._trouble = ""
        self._examples: tuple[int, tuple[str, ...]] = (-1, ())
        self._choices: dict[str, tuple[int, dict[str, list[tuple[str, str]]]]] = {}

    def open(self) -> None:
        """Load what a first question needs, then find examples that answer. Runs beside the page."""
        try:
            self.base.search("trafficking in human beings", 1)
            self.ready.set()
            found = verified_examples(self.base, wanted=lambda: not self._closed.is_set())
            self._examples = (self.base.revision, found)
        except Exception as error:  # noqa: BLE001 – a thread of its own: the page says in words what went wrong
            told = isinstance(error, RapporteurError)
            _LOG.error("the knowledge base could not be made ready: %s", error, exc_info=not told)
            self._trouble = str(error) if told else DEFECT
            self.ready.set()

    @property
    def trouble(self) -> str:
        """Why it could not be opened; empty where it could."""
        return self._trouble

    def close(self) -> None:
        """Have `open` end soon."""
        self._closed.set()

    def ready_line(self) -> str:
        """The line while models load, or why they could not; empty once all is well."""
        if not self.ready.is_set():
            return getting_ready()
        return sentence(said(self._trouble)) if self._trouble else ""

    def settled(self) -> bool:
        """Whether nothing more will change by waiting."""
        return bool(self._trouble) or self._examples[0] >= 0

    def examples(self) -> str:
        """Questions that this collection answers, checked by asking them; empty until that is done."""
        return examples_html(self._examples[1])

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What can be chosen in each filter, as (shown, value), of the present revision."""
        revision = self.base.revision
        if self._choices.get(spoken(), (-1, {}))[0] != revision:
            self._choices[spoken()] = (revision, filter_choices(self.base.documents()))
        return self._choices[spoken()][1]


def filter_choices(documents: Sequence[Document]) -> dict[str, list[tuple[str, str]]]:
    """The values of each filter that occur, as (shown, value), in the order of the shown."""

    def pairs(values: Iterable[str | None], words: Callable[[str], str] = str) -> list[tuple[str, str]]:
        return sorted((words(value), value) for value in {value for value in values if value})

    return {
        "body": pairs((d.body for d in documents), body_name),
        "type": pairs((d.type for d in documents), type_name),
        "language": pairs((d.language for d in documents), language_name),
        "country": pairs((code for d in documents for code in d.countries), country),
        "theme": pairs((theme for d in documents for theme in d.themes), theme_name),
        "meeting": pairs(d.meeting for d in documents),
        "standing": pairs((d.standing for d in documents), name),
        "document": sorted((d.title, d.id) for d in documents),
    }
