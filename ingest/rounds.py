"""Reading files in worker processes and handing them to the indexer, until each has its outcome."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from corpus.records import FileRecord, Parsed
from ingest.extract.settings import asked, obey, ocr_seconds
from ingest.indexing import Entry, Indexer, entry_of
from ingest.ledger import Ledger
from ingest.never import NeverIndex, without_never
from ingest.outcomes import DUPLICATE, FAILED, INDEXED, UPDATED, failed, outcome_of
from ingest.parse import parse_file
from ingest.plan import Task, duplicate_of, same_format
from ingest.reader import ReadFailure, read_all

SECONDS = 55.0
Values = Mapping[str, Mapping[str, str]]
Parse = Callable[[Path, Mapping[str, str] | None], Parsed]


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker does with a path: read it with the curator's values for it."""

    values: Values
    parse: Parse = parse_file
    settings: Mapping[str, str] = field(default_factory=asked)
    never: NeverIndex = field(default_factory=NeverIndex)

    def __call__(self, path: Path) -> Parsed:
        """Read one file."""
        obey(self.settings)
        started = time.process_time()
        parsed = without_never(self.parse(path, self.values.get(str(path))), self.never)
        return replace(parsed, seconds=time.process_time() - started)


class Rounds:
    """Reads tasks: a first round, and others for copies of unreadable files that another reader may manage."""

    def __init__(self, ledger: Ledger, indexer: Indexer, work: Work, workers: int | None) -> None:
        self._ledger = ledger
        self._indexer = indexer
        self._work = work
        self._workers = workers or os.cpu_count() or 1

    def read(self, tasks: Sequence[Task]) -> None:
        """Read all of them and commit what they hold."""
        while tasks:
            tasks = self._round(tasks)

    def _round(self, tasks: Sequence[Task]) -> list[Task]:
        # The largest first: the last file to be read should not be one that takes a minute alone.
        ordered = sorted(tasks, key=lambda task: -task.file.bytes)
        # But a few of middling size before them: the model has something to do while the large ones are read.
        middle = len(ordered) // 2
        ordered = [*ordered[middle : middle + self._workers], *ordered[:middle], *ordered[middle + self._workers :]]
        by_path = {task.file.path: task for task in ordered}
        again: list[Task] = []
        reading = read_all(
            [Path(path) for path in by_path], self._work, workers=self._workers, seconds=SECONDS + ocr_seconds()
        )
        # Closed also when interrupted: closing ends the workers.
        with closing(cast("Generator[tuple[Path, Parsed | ReadFailure], None, None]", reading)) as results:
            for path, result in results:
                task = by_path[str(path)]
                prepared = self._prepare(task, result)
                if isinstance(prepared, Entry):
                    self._indexer.add(prepared)
                else:
                    again += self.fail(task, prepared)
        self._indexer.finish()
        return again

    def _prepare(self, task: Task, result: Parsed | ReadFailure) -> Entry | ReadFailure:
        if isinstance(result, ReadFailure):
            return result
        file = task.file
        self._ledger.was_read(result)
        number = task.document_id or self._ledger.id_for(file.path, file.sha256)
        document = replace(result.document, id=number, path=file.path, sha256=file.sha256, bytes=file.bytes)
        record = FileRecord(
            file.path, file.root, file.sha256, INDEXED, "", number, task.reader, document.pages,
            len(result.passages), document.pages_without_text, document.warnings,
        )  # fmt: skip
        try:
            return entry_of(replace(result, document=document), record, lambda: self.finish(task, record))
        except UnicodeEncodeError:
            return ReadFailure("The file holds characters that are no text. Save it anew as PDF or UTF-8 text.")

    def finish(self, task: Task, record: FileRecord, documents: int = 1) -> None:
        """A file is committed: its outcome, and that of its copies."""
        ledger = self._ledger
        ledger.changed |= task.known
        reason = f"moved from {task.moved_from}" if task.moved_from else record.reason
        outcome = outcome_of(record, UPDATED if task.known else INDEXED, reason)
        ledger.settle(replace(outcome, documents=documents), record.pages, record.passages)
        ledger.tempo.read(task.file.bytes)
        copies = [duplicate_of(copy, record) for copy in task.copies]
        for copy in task.copies:
            ledger.drop_own(copy)
        if copies:
            ledger.store.record(copies)
        for copy_record in copies:
            ledger.settle(outcome_of(copy_record, DUPLICATE))

    def fail(self, task: Task, failure: ReadFailure) -> list[Task]:
        """A file gave nothing. Its copies fail with it, but for those that another reader would take."""
        ledger = self._ledger
        kept = task.document_id
        if task.stale and kept:
            # The file says something else now; what it said before must not be quoted any more.
            ledger.remove(kept)
            kept = None
        alike = [copy for copy in task.copies if same_format(copy.path, task.file.path)]
        others = [copy for copy in task.copies if copy not in alike]
        records = []
        for file in (task.file, *alike):
            own = kept if file is task.file else None
            if file is not task.file:
                ledger.drop_own(file)
            # A defect of ours is no property of the file: it is tried again the next time.
            reader = "" if failure.defect else ledger.reader_of(file.path)
            blank = FileRecord(file.path, file.root, file.sha256, FAILED, document_id=own, reader=reader)
            records.append(failed(blank, failure.reason))
        ledger.store.record(records)
        for record in records:
            ledger.settle(outcome_of(record, FAILED))
        ledger.tempo.read(task.file.bytes)
        if not others:
            return []
        # Whether it can be read or not, it does not say any more what it said before.
        ledger.drop_own(others[0])
        return [Task(others[0], ledger.reader_of(others[0].path), copies=tuple(others[1:]))]
