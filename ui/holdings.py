"""What a knowledge base holds, for all faces: documents, passages, relations, commitments."""

from __future__ import annotations

import datetime
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from corpus import commitments as kept
from corpus.commitments import FollowUp, Kept, Wanted
from corpus.meetings import META, Meeting, meetings, read_corrections
from corpus.records import Document, FileRecord, Filters, OutlineEntry, Scan, StoredPassage
from corpus.relations import Relations
from corpus.store import Store
from corpus.upkeep import passage_counts
from ui.finding import Shown, find_document, find_label, on_page, understood
from ui.health import last_run


class Holdings(ABC):
    """Everything that can be looked up without asking a question."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._relations: tuple[int, Relations] | None = None

    @property
    @abstractmethod
    def store(self) -> Store:
        """The store."""

    @property
    def numbered(self) -> bool:
        """Whether the revision counts the changes."""
        return self.store.visible is None

    def documents(self, filters: Filters | None = None) -> list[Document]:
        """The documents that pass the filters, by title."""
        return self.store.documents(understood(filters))

    def document(self, reference: str) -> Document:
        """The document that a person means; see `ui.finding.find_document`."""
        known = self.store.documents_by_id([reference])
        return known[reference] if known else find_document(self.store.documents(), reference)

    def passages(self, document_id: str) -> list[StoredPassage]:
        """All passages of a document, in reading order."""
        return self.store.passages_of(document_id)

    def page_text(self, document_id: str, number: int) -> str:
        """The stored text of a page, empty where there is none."""
        return self.store.page_text(document_id, number)

    def scan(self, document_id: str, number: int) -> Scan | None:
        """Where the words of a page that was read by OCR stand on it; None for any other page."""
        return self.store.scan(document_id, number)

    def outline(self, document_id: str) -> list[OutlineEntry]:
        """The outline of a document."""
        return self.store.outline(document_id)

    def passage_counts(self) -> Mapping[str, int]:
        """Number of passages of each document, by document id."""
        return passage_counts(self.store)

    def files(self) -> list[FileRecord]:
        """Every file that was ever read and not forgotten, with how that ended."""
        return list(self.store.files().values())

    def show(self, reference: str, *, label: str | None = None, page: int | None = None) -> Shown:
        """A document with its passages; with `label` or `page` only those that bear it or stand on it.

        Raises:
            UsageError, NotFoundError: the document, label or page is ambiguous or not there.
        """
        document = self.document(reference)
        passages = self.passages(document.id)
        text = None
        if page is not None:
            passages, text = on_page(self.store, document, passages, page)
        if label is not None:
            passages = find_label(passages, label)
        related, paths = self.relations().of(document.id), self.store.paths_of(document.id)
        return Shown(document, tuple(self.outline(document.id)), tuple(passages), text, related, paths)

    def relations(self) -> Relations:
        """How the documents stand to each other, of the newest revision."""
        with self._lock:
            revision = self.store.revision
            if self._relations is None or self._relations[0] != revision:
                self._relations = revision, Relations(self._all_documents())
            return self._relations[1]

    def _all_documents(self) -> list[Document]:
        return self.store.documents()

    def last_run(self) -> dict[str, Any] | None:
        """When files were last read, and how that ended; None where nothing is known of it."""
        return last_run(self.store.home)

    # -- meetings ------------------------------------------------------------------------------------------

    def meetings(self, filters: Filters | None = None) -> list[Meeting]:
        """The meetings that the documents which pass the filters tell of, by series and date, as corrected."""
        return meetings(self.documents(filters), self._corrections())

    def _corrections(self) -> dict[str, dict[str, str]]:
        return read_corrections(self.store.get_meta(META))

    def correct_meetings(self, values: Mapping[str, Mapping[str, str]]) -> int:
        """Keep a curator's values for meetings, by their ids, over earlier ones; a meeting that is given without values
        goes back to what its documents say. Returns how many changed.

        Raises:
            LockedHomeError: another process is writing.
        """
        with self.store.writing():
            held = read_corrections(self.store.get_meta(META))
            merged = {key: (held.get(key, {}) | dict(fields)) if fields else {} for key, fields in values.items()}
            fresh = {key: fields for key, fields in merged.items() if fields != held.get(key, {})}
            kept_now = {key: fields for key, fields in (held | fresh).items() if fields}
            self.store.set_meta(META, json.dumps(kept_now, ensure_ascii=False))
        return len(fresh)

    # -- commitments ---------------------------------------------------------------------------------------

    def commitments(self, wanted: Wanted | None = None, *, copies: bool = False) -> list[Kept]:
        """The commitments that fit, by document and their order in it. Those of near copies of another document are
        left out, unless `copies` asks for them."""
        asked = wanted or Wanted()
        filters = understood(asked.documents) or Filters()
        found = kept.commitments(self.store, replace(asked, documents=filters))
        hidden = {} if copies else self.relations().preferred
        return [one for one in found if one.document.id not in hidden]

    def follow_up(self, notes: Mapping[str, FollowUp]) -> int:
        """Keep what a curator noted of commitments, by their keys; a note that says nothing takes the earlier one
        away. Returns how many changed.

        Raises:
            LockedHomeError: another process is writing.
        """
        with self.store.writing():
            before = {one.key: one.followup for one in kept.commitments(self.store, Wanted())}
            today = datetime.datetime.now(datetime.UTC).date().isoformat()
            fresh = {
                key: replace(note, changed=today)
                for key, note in notes.items()
                if key in before and replace(note, changed="") != replace(before[key], changed="")
            }
            self.store.follow_up(fresh)
        return len(fresh)
