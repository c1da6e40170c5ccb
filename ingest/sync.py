"""Keeping the store in step with files: plan, tidy up, read, embed, commit. Every file ends in one outcome.

What is committed stays: a run that is interrupted or fails is taken up by the next one where it ended.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.errors import UsageError
from corpus.records import Document, FileRecord
from corpus.store import Store
from corpus.upkeep import collection, count_missing, document_ids, drop_vectors, missing_texts
from ingest.discover import Discovery
from ingest.extract.settings import asked, keep_contacts, may_give_more
from ingest.indexing import Embedding, Indexer
from ingest.keeping_out import KeepingOut
from ingest.ledger import Ledger
from ingest.many import Collections
from ingest.never import NeverIndex
from ingest.outcomes import DUPLICATE, IngestReport, Report
from ingest.overrides import Row, fingerprint, match_rows, merge, news
from ingest.parse import READER_VERSION, parse_file
from ingest.plan import Plan, is_collection, plan
from ingest.rounds import Parse, Rounds, Work
from ingest.sidecars import without_sidecars
from ingest.tempo import Tempo

OVERRIDES = "overrides"


@dataclass(frozen=True, slots=True)
class Options:
    """How a run goes. `cut` names what the passages are cut for where that is not the usual model; another one makes
    all files be read again."""

    workers: int | None = None
    keep_missing: bool = False
    reembed: bool = False
    access: str | None = None
    metadata: tuple[Row, ...] | None = None
    cut: str = ""
    never: NeverIndex = field(default_factory=NeverIndex)


class Sync:
    """One run over the files found. The caller holds the writer's lock."""

    def __init__(
        self,
        store: Store,
        model: Callable[[], Embedding],
        options: Options | None = None,
        report: Report | None = None,
        *,
        parse: Parse = parse_file,
    ) -> None:
        self._store = store
        self._model = model
        self._options = options or Options()
        self._parse = parse
        self._tempo = Tempo(report)
        self._ledger = Ledger(store, {}, self._reader_of, self._tempo)
        self._values: dict[str, dict[str, str]] = {}
        self._beside: dict[str, dict[str, str]] = {}
        self._notes: list[str] = []

    def run(self, found: Discovery) -> IngestReport:
        """Bring the store in step with `found`.

        Raises:
            UsageError: a folder holds no files and nothing is known of it.
        """
        started = time.monotonic()
        found, self._beside, wrong = without_sidecars(found)
        self._notes += wrong
        ledger = self._ledger
        ledger.known = self._store.files()
        refuse_empty(found, ledger.known)
        ids = document_ids(self._store)
        # A file whose document is lost is read as if it were new.
        ledger.known = {p: r for p, r in ledger.known.items() if r.document_id is None or r.document_id in ids}
        # What could not be read the last time, and may be now, is read again.
        ledger.known = {
            p: replace(r, reader="") if may_give_more(r.reason, r.warnings, r.pages_without_text) else r
            for p, r in ledger.known.items()
        }
        keeping = KeepingOut(self._store, ledger, self._options.never)
        found = keeping.apply(found)
        self._values = self._values_for(found)
        self._keep_values()
        made = plan(found, ledger.known, self._reader_of, keep_missing=self._options.keep_missing)
        self._tempo.begin(len(found.files), sum(task.file.bytes for task in made.tasks))
        for outcome in made.settled:
            ledger.settle(outcome)
        self._tidy(made)
        with Indexer(self._store, self._model, self._tempo.embedded) as indexer:
            said = {path: self._said_of(path) for path in {*self._beside, *self._values}}
            never = self._options.never
            rounds = Rounds(ledger, indexer, Work(said, self._parse, asked(), never), self._options.workers)
            texts = Collections(ledger, indexer, rounds, said, never)
            for task in made.tasks:
                if is_collection(task.file.path):
                    texts.read(task)
            rounds.read([task for task in made.tasks if not is_collection(task.file.path)])
            self._complete_vectors(indexer)
        keeping.remember()
        if ledger.changed or self._options.reembed:
            self._store.sweep_vectors()
        seconds = time.monotonic() - started
        return IngestReport(
            ledger.outcomes, seconds, self._store.revision, indexer.embedded, tuple(self._notes), ledger.reading
        )

    # -- the curator's values ------------------------------------------------------------------------------

    def _values_for(self, found: Discovery) -> dict[str, dict[str, str]]:
        """What a curator said of each file, now or in an earlier run; a file that moved keeps what was said of it."""
        remembered: dict[str, dict[str, str]] = json.loads(self._store.get_meta(OVERRIDES) or "{}")
        given: dict[str, dict[str, str]] | None = None
        if self._options.metadata is not None:
            given, unused = match_rows(self._options.metadata, found.files)
            self._notes += [f'Line {row.line} of the metadata names no file: "{row.pattern}".' for row in unused]
        live = {file.path for file in found.files}
        held = self._held() if given else {}
        gone = {
            record.sha256: remembered[path]
            for path, record in self._ledger.known.items()
            if path in remembered and path not in live and record.sha256
        }
        values = dict(remembered)
        for file in found.files:
            old = gone.get(file.sha256, {})
            before = remembered.get(file.path) or old
            if "access" in old:
                # A copy that takes over is as protected as what it stands in for.
                before = {"access": old["access"], **before}
            own = None if given is None else news(given.get(file.path, {}), before, held.get(file.path))
            merged = merge(before, own, self._options.access)
            beside = self._beside.get(file.path, {}).get("access")
            # A label stays, even where the file that gave it is gone.
            values[file.path] = merged if "access" in merged or not beside else merged | {"access": beside}
        return {path: fields for path, fields in values.items() if fields}

    def _said_of(self, path: str) -> dict[str, str]:
        """All that a curator says of a file: what stands beside it, and over that what a metadata file gave."""
        return self._beside.get(path, {}) | self._values.get(path, {})

    def _held(self) -> dict[str, Document]:
        """The documents that are held, by path."""
        return {document.path: document for document in self._store.documents()}

    def _keep_values(self) -> None:
        self._store.set_meta(OVERRIDES, json.dumps(self._values, ensure_ascii=False))

    def _reader_of(self, path: str) -> str:
        kept = "contacts" if keep_contacts() else ""
        return "+".join(filter(None, (READER_VERSION, kept, self._options.cut, fingerprint(self._said_of(path)))))

    # -- tidying up ----------------------------------------------------------------------------------------

    def _tidy(self, made: Plan) -> None:
        for move in made.moves:
            self._store.move(move.document_id, move.record, move.old)
        for dropped in made.drops:
            self._ledger.remove(dropped)
        for record in made.removals:
            self._forget(record)
        if made.records:
            self._store.record(made.records)

    def _forget(self, record: FileRecord) -> None:
        if is_collection(record.path):
            for number, _ in collection(self._store, record.path).values():
                self._ledger.remove(number)
        elif record.outcome != DUPLICATE and record.document_id:
            self._ledger.remove(record.document_id)
        self._store.forget_files([record.path])
        if self._values.pop(record.path, None) is not None:
            self._keep_values()

    # -- vectors -------------------------------------------------------------------------------------------

    def _complete_vectors(self, indexer: Indexer) -> None:
        """Vectors of passages that are there already: of another model, lost, or to be made anew."""
        model = self._model().fingerprint
        if self._options.reembed:
            drop_vectors(self._store, model)
        missing = count_missing(self._store, model)
        if missing:
            self._tempo.vectors(missing)
            for texts in missing_texts(self._store, model):
                self._store.add_vectors(model, indexer.embed(texts))


def refuse_empty(found: Discovery, known: Mapping[str, FileRecord]) -> None:
    """A folder without files is a mistake, unless the knowledge base knows files of it that are gone now.

    Raises:
        UsageError: it is a mistake.
    """
    paths = [file.path for file in found.files] + [folder for folder, _ in found.unlisted]
    for root in found.roots:
        if not any(Path(path).is_relative_to(root) for path in (*paths, *known)):
            raise UsageError(f"The folder {root} holds no files. Check that it is the right one.")
