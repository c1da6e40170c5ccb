"""What the list of what is never indexed does in a run: to files that lie there, and to documents that came in earlier.

Documents are treated in the store itself, so that it does not matter whether their files are still there.
"""

from __future__ import annotations

from dataclasses import replace

from corpus.commitments import Wanted, commitments
from corpus.deposits import deposit_numbers
from corpus.errors import UnreadableFileError
from corpus.records import Document, FileRecord, Filters, Parsed, Scan
from corpus.store import Store
from corpus.upkeep import collection
from ingest.discover import Discovery, Found
from ingest.ledger import Ledger
from ingest.never import LIST, SAID, NeverIndex, never_in, without_never
from ingest.outcomes import DUPLICATE, FAILED, outcome_of
from ingest.plan import is_collection

META = "never-index"


class KeepingOut:
    """One run's part of it: `apply` before files are planned, `remember` when the run is through."""

    def __init__(self, store: Store, ledger: Ledger, never: NeverIndex) -> None:
        self._store = store
        self._ledger = ledger
        self._never = never
        self._changed = never.fingerprint != (store.get_meta(META) or "")
        self._struck = False

    def apply(self, found: Discovery) -> Discovery:
        """The files that may be read. The others are refused, and what was read of them is taken out; earlier
        documents with words of the list lose them."""
        never, known = self._never, self._ledger.known
        live = {file.path: file for file in found.files}
        # A file of another folder counts too: what must not be quoted must not be quoted from there.
        elsewhere = [path for path, record in known.items() if path not in live and record.document_id]
        refused: dict[str, str] = {}
        for path in [*live, *elsewhere] if never else ():
            if (line := never.line_for(path)) is not None:
                refused[path] = f"Line {line} of {LIST} keeps this file out."
        contents = {live[path].sha256: path for path in refused if path in live and live[path].sha256}
        for path, file in live.items():
            if path not in refused and file.sha256 in contents:
                refused[path] = f"Same content as {contents[file.sha256]}, which {LIST} keeps out."
        for path, reason in refused.items():
            self._refuse(path, reason, live.get(path))
        if self._changed:
            self._read_again()
            for document in self._store.documents() if never.words else ():
                self._strike(document)
        return replace(found, files=tuple(file for file in found.files if file.path not in refused))

    def remember(self) -> None:
        """The list has been applied to all that there is."""
        if self._changed:
            self._store.set_meta(META, self._never.fingerprint)
        if self._struck:
            # What was taken out must not lie in free pages of the file either.
            self._store.sweep_vectors()
            self._store.compact()

    def _refuse(self, path: str, reason: str, file: Found | None) -> None:
        known = self._ledger.known.pop(path, None)
        if known is not None and is_collection(path):
            for number, _ in collection(self._store, path).values():
                self._ledger.remove(number)
        elif known is not None and known.outcome != DUPLICATE and known.document_id:
            self._ledger.remove(known.document_id)
        root = file.root if file else known.root if known else ""
        self._struck = True
        record = FileRecord(path, root, "", FAILED, reason)
        if file is None or file.storable:
            self._store.record([record])
        self._ledger.settle(outcome_of(record, FAILED))

    def _read_again(self) -> None:
        """What the list kept out before may come in now."""
        known = self._ledger.known
        for path, record in known.items():
            if LIST in record.reason or any(said.startswith(SAID) for said in record.warnings):
                known[path] = replace(record, reader="")

    def _strike(self, document: Document) -> None:
        """A document as it would be had it been read with the list."""
        if not never_in(document, self._store.pages(document.id), self._store.outline(document.id), self._never):
            return
        before = self._stored(document)
        self._struck = True
        record = self._ledger.known.get(document.path)
        try:
            after = without_never(before, self._never)
        except UnreadableFileError as error:
            self._ledger.remove(document.id)
            if record is not None:
                lost = replace(record, outcome=FAILED, reason=str(error), document_id=None, passages=0, warnings=())
                self._store.record([lost])
                self._ledger.known[document.path] = lost
            return
        if after is before:
            return
        if any(one.document_id == document.id for one in self._store.passages(deposit_numbers(self._store)).values()):
            # What another program handed over is one passage with its own description: it goes as a whole.
            self._ledger.remove(document.id)
            return
        if record is not None:
            record = replace(record, passages=len(after.passages), warnings=after.document.warnings)
            self._ledger.known[document.path] = record
        self._store.put(after, record, "", {})
        self._ledger.changed = True

    def _stored(self, document: Document) -> Parsed:
        """A document as the store holds it."""
        pages = tuple(self._store.pages(document.id))
        scans: list[Scan] = [one for page in pages if (one := self._store.scan(document.id, page.number)) is not None]
        of_it = Wanted(documents=Filters(document_id=(document.id,)))
        return Parsed(
            document,
            pages,
            tuple(stored.passage for stored in self._store.passages_of(document.id)),
            tuple(self._store.outline(document.id)),
            commitments=tuple(kept.commitment for kept in commitments(self._store, of_it)),
            scans=tuple(scans),
        )
