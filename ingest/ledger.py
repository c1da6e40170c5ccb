"""The books of one run: what each file was, what became of it, and which ids are taken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from corpus.records import FileRecord, Parsed
from corpus.store import Store
from ingest.discover import Found
from ingest.outcomes import DUPLICATE, FileOutcome, Reading
from ingest.tempo import Tempo

ID_LENGTH = 12


class Ledger:
    """Outcomes by path, and every removal. `changed` says whether vectors may have become useless."""

    def __init__(
        self, store: Store, known: dict[str, FileRecord], reader_of: Callable[[str], str], tempo: Tempo
    ) -> None:
        self.store = store
        self.known = known
        self.reader_of = reader_of
        self.tempo = tempo
        self.changed = False
        self._taken: set[str] = set()
        self._outcomes: dict[str, FileOutcome] = {}
        self._reading: dict[str, Reading] = {}

    def was_read(self, parsed: Parsed) -> None:
        """Count what reading a file took."""
        document = parsed.document
        so_far = self._reading.get(document.format, Reading(document.format))
        self._reading[document.format] = replace(
            so_far,
            files=so_far.files + 1,
            pages=so_far.pages + document.pages,
            seconds=so_far.seconds + parsed.seconds,
        )

    @property
    def reading(self) -> tuple[Reading, ...]:
        """What reading took, by format."""
        return tuple(self._reading[name] for name in sorted(self._reading))

    @property
    def outcomes(self) -> tuple[FileOutcome, ...]:
        """All outcomes, by path."""
        return tuple(self._outcomes[path] for path in sorted(self._outcomes))

    def settle(self, outcome: FileOutcome, pages: int = 0, passages: int = 0) -> None:
        """A file has its outcome; `pages` and `passages` count what was newly read."""
        self._outcomes[outcome.path] = outcome
        self.tempo.settled(pages, passages)

    def remove(self, document_id: str) -> None:
        """Take a document out."""
        self.store.remove(document_id)
        self.changed = True

    def drop_own(self, copy: Found) -> None:
        """A file that is a copy of another now has no document of its own any more."""
        known = self.known.get(copy.path)
        if known is not None and known.outcome != DUPLICATE and known.document_id:
            self.remove(known.document_id)

    def id_for(self, path: str, content: str, present: Mapping[str, object] | None = None) -> str:
        """The id of a new document: from its path, and from its content too where that id is taken.

        `present` are ids that the store holds; without it the store is asked.
        """
        made, more = _digest(path), f"{path}\0{content}"
        while made in self._taken or made in (self.store.documents_by_id([made]) if present is None else present):
            # A document keeps its id when its file moves, and another file may come to the old place again and again.
            made, more = _digest(more), f"{more}\0"
        self._taken.add(made)
        return made


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]
