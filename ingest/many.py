"""Collections: one file of thousands of small texts, each a document, read here without worker processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from corpus.errors import UnreadableFileError
from corpus.records import FileRecord, Parsed
from corpus.upkeep import collection, collection_passages
from ingest.beir import Text, read_collection
from ingest.indexing import Indexer, entry_of
from ingest.ledger import Ledger
from ingest.never import NeverIndex, without_never
from ingest.outcomes import INDEXED
from ingest.parse import parse_text
from ingest.plan import Task
from ingest.reader import ReadFailure
from ingest.rounds import Rounds


class Collections:
    """Brings the documents of a collection in step with its file; texts that did not change are not read again."""

    def __init__(
        self,
        ledger: Ledger,
        indexer: Indexer,
        rounds: Rounds,
        values: Mapping[str, Mapping[str, str]],
        never: NeverIndex,
    ) -> None:
        self._ledger = ledger
        self._indexer = indexer
        self._rounds = rounds
        self._values = values
        self._never = never

    def read(self, task: Task) -> None:
        """Read one collection; it has its outcome then."""
        file = task.file
        try:
            texts = {f"{file.path}#{text.id}": text for text in read_collection(Path(file.path))}
        except UnreadableFileError as error:
            self._clear(file.path)
            self._rounds.fail(task, ReadFailure(str(error)))
            return
        known = self._ledger.known.get(file.path)
        same_reader = known is not None and known.reader == task.reader
        present = collection(self._ledger.store, file.path)
        for path in present.keys() - texts.keys():
            self._ledger.remove(present[path][0])
        # Until all texts are in, the file counts as not read: an interrupted run is taken up again.
        # Its reader is noted where all texts that are in are of it, so that these need not be read again.
        reader = task.reader if same_reader or not present else ""
        unfinished = FileRecord(file.path, file.root, "", INDEXED, reader=reader)
        ids = {number for number, _ in present.values()}
        for path, text in texts.items():
            number, before = present.get(path, ("", ""))
            if before == text.sha256 and same_reader:
                continue
            parsed = self._parsed(path, text, number or self._ledger.id_for(path, text.sha256, dict.fromkeys(ids)))
            self._indexer.add(entry_of(parsed, unfinished, lambda: None))
        self._indexer.finish()
        passages = collection_passages(self._ledger.store, file.path)
        record = replace(unfinished, sha256=file.sha256, reader=task.reader, passages=passages)
        self._ledger.store.record([record])
        self._rounds.finish(task, record, len(texts))

    def _parsed(self, path: str, text: Text, number: str) -> Parsed:
        try:
            parsed = without_never(parse_text(text.title, text.text, path), self._never)
        except UnreadableFileError:
            # A text of which the list leaves nothing stays, as an empty one: the others of the file are read.
            parsed = parse_text("", "", path)
        access = self._values.get(path.partition("#")[0], {}).get("access", parsed.document.access)
        document = replace(parsed.document, id=number, path=path, sha256=text.sha256, access=access)
        return replace(parsed, document=document)

    def _clear(self, path: str) -> None:
        for number, _ in collection(self._ledger.store, path).values():
            self._ledger.remove(number)
