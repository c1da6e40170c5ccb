"""What a run has to do: the files that lie there now, compared with what the store remembers of them.

same content, same reader, same values ── unchanged (or failed again, for the remembered reason)
content known at another place ────────── duplicate, or the document moves where that place is gone
anything else ─────────────────────────── read
remembered below a root, not there ────── removed
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from corpus.records import FileRecord
from ingest.discover import Discovery, Found
from ingest.outcomes import DUPLICATE, FAILED, INDEXED, REMOVED, UNCHANGED, UPDATED, FileOutcome, outcome_of


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read. `document_id` is set where it has a document already; `stale` where that holds other content;
    `known` where the file was indexed before. `copies` have the same bytes and end as its duplicates."""

    file: Found
    reader: str
    document_id: str | None = None
    stale: bool = False
    known: bool = False
    moved_from: str | None = None
    copies: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A document whose file lies elsewhere now: `record` is the new place, `old` the one that is gone."""

    document_id: str
    old: str
    record: FileRecord


@dataclass(slots=True)
class Plan:
    """What to do, in this order: moves, drops (documents whose file became a copy of another), removals of vanished
    files, records, and then the reading."""

    tasks: list[Task] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    drops: list[str] = field(default_factory=list)
    removals: list[FileRecord] = field(default_factory=list)
    records: list[FileRecord] = field(default_factory=list)
    settled: list[FileOutcome] = field(default_factory=list)


def is_collection(path: str) -> bool:
    """Whether the file holds many documents (BEIR layout)."""
    return path.lower().endswith((".jsonl", ".jsonl.gz"))


def plan(
    found: Discovery,
    known: Mapping[str, FileRecord],
    reader_of: Callable[[str], str],
    *,
    keep_missing: bool = False,
    exists: Callable[[str], bool] = os.path.exists,
) -> Plan:
    """Decide what becomes of every file. `reader_of` gives, for a path, what it must have been read by to count as
    unchanged (version of the reader and fingerprint of the curator's values)."""
    return _Planner(found, known, reader_of, exists).plan(keep_missing=keep_missing)


class _Planner:
    def __init__(
        self,
        found: Discovery,
        known: Mapping[str, FileRecord],
        reader_of: Callable[[str], str],
        exists: Callable[[str], bool],
    ) -> None:
        self._found = found
        self._known = known
        self._reader_of = reader_of
        self._made = Plan()
        live = {file.path: file.sha256 for file in found.files}
        # A file that cannot be opened for now keeps its document, and its copies stay copies.
        documents = [r for r in known.values() if r.sha256 and (r.outcome == INDEXED or _stands(r))]
        self._vanished = {r.path: r for r in known.values() if r.path not in live and found.covers(r.path)}
        # Where each content lies that stays as it is; a place outside the roots counts while its file is there.
        self._owners: dict[str, str] = {}
        self._orphans: dict[str, FileRecord] = {}
        for record in documents:
            if record.path in live:
                if live[record.path] in {record.sha256, ""}:
                    self._owners.setdefault(record.sha256, record.path)
            elif record.path not in self._vanished and exists(record.path):
                self._owners.setdefault(record.sha256, record.path)
            elif record.document_id:
                self._orphans.setdefault(record.sha256, record)
        self._leaders: dict[str, list[Found]] = {}
        self._moved: set[str] = set()
        self._places: dict[str, FileRecord] = {}

    def plan(self, *, keep_missing: bool) -> Plan:
        for path, reason in self._found.unlisted:
            self._made.settled.append(FileOutcome(path, FAILED, reason))
        for file in self._found.files:
            self._place(file, self._known.get(file.path))
        made = self._made
        made.tasks = [replace(task, copies=tuple(self._leaders[task.file.path])) for task in made.tasks]
        if not keep_missing:
            self._remove_vanished()
        return made

    def _place(self, file: Found, record: FileRecord | None) -> None:
        if file.reason:
            self._unreadable(file, record)
        elif record is not None and record.sha256 == file.sha256 and record.outcome in {INDEXED, FAILED}:
            self._same(file, record)
        elif self._owners.get(file.sha256, file.path) != file.path:
            self._copy(file, record)
        elif (orphan := self._orphan(file, record)) is not None:
            self._take_over(file, orphan, record)
        else:
            self._read(file, record)

    def _same(self, file: Found, record: FileRecord) -> None:
        if record.reader != self._reader_of(file.path):
            self._read(file, record)
            return
        if _stands(record):
            record = replace(record, outcome=INDEXED, reason="")
            self._made.records.append(record)
        outcome = UNCHANGED if record.outcome == INDEXED else FAILED
        self._made.settled.append(outcome_of(record, outcome))

    def _unreadable(self, file: Found, record: FileRecord | None) -> None:
        """What cannot even be opened keeps its document, for it may be there again tomorrow."""
        if record is not None and record.document_id and (record.outcome == INDEXED or _stands(record)):
            fresh = replace(record, outcome=FAILED, reason=file.reason)
        elif record is not None and record.outcome == FAILED:
            fresh = replace(record, sha256="", reason=file.reason)
        else:
            # The document of a copy is that of another file.
            fresh = FileRecord(file.path, file.root, "", FAILED, file.reason)
        if file.storable:
            self._made.records.append(fresh)
        self._made.settled.append(FileOutcome(file.path, FAILED, file.reason))

    def _read(self, file: Found, record: FileRecord | None, orphan: FileRecord | None = None) -> None:
        reader = self._reader_of(file.path)
        if orphan is not None:
            task = Task(file, reader, orphan.document_id, known=True, moved_from=orphan.path)
        elif record is None or record.outcome == DUPLICATE:
            task = Task(file, reader)
        else:
            stale = record.sha256 != file.sha256 and record.document_id is not None
            known = record.outcome == INDEXED and bool(record.sha256)
            task = Task(file, reader, record.document_id, stale, known)
        self._made.tasks.append(task)
        self._owners.setdefault(file.sha256, file.path)
        self._leaders.setdefault(file.path, [])

    def _copy(self, file: Found, record: FileRecord | None) -> None:
        owner = self._owners[file.sha256]
        if owner in self._leaders:
            # Whether the first of them can be read is not known yet.
            self._leaders[owner].append(file)
            return
        original = self._places.get(owner) or self._known[owner]
        fresh = duplicate_of(file, original)
        if record is None or record.outcome != DUPLICATE or record != fresh:
            self._made.records.append(fresh)
        if record is not None and record.outcome != DUPLICATE and record.document_id:
            self._made.drops.append(record.document_id)
        self._made.settled.append(outcome_of(fresh, DUPLICATE))

    def _orphan(self, file: Found, record: FileRecord | None) -> FileRecord | None:
        """A document of this content whose file is gone; not for a file that has a document of its own."""
        orphan = self._orphans.get(file.sha256)
        if orphan is None or orphan.path in self._moved or is_collection(file.path):
            return None
        own = record is not None and record.outcome != DUPLICATE and record.document_id
        return None if own else orphan

    def _take_over(self, file: Found, orphan: FileRecord, record: FileRecord | None) -> None:
        self._moved.add(orphan.path)
        self._owners[file.sha256] = file.path
        was_copy = record is not None and record.outcome == DUPLICATE
        if was_copy:
            # Two files were known and one is gone: both have an outcome. A file that moved has one.
            self._made.settled.append(outcome_of(orphan, REMOVED, f"its copy {file.path} stays"))
        reader = self._reader_of(file.path)
        place = FileRecord(
            file.path, file.root, file.sha256, INDEXED, "", orphan.document_id, orphan.reader, orphan.pages,
            orphan.passages, orphan.pages_without_text, orphan.warnings,
        )  # fmt: skip
        self._places[file.path] = place
        self._made.moves.append(Move(str(orphan.document_id), orphan.path, place))
        if orphan.reader != reader or not same_format(file.path, orphan.path):
            self._read(file, None, orphan)
            return
        reason = f"stands in for {orphan.path}" if was_copy else f"moved from {orphan.path}"
        self._made.settled.append(outcome_of(place, UPDATED, reason))

    def _remove_vanished(self) -> None:
        for record in self._vanished.values():
            if record.path in self._moved:
                continue
            self._made.removals.append(record)
            self._made.settled.append(outcome_of(record, REMOVED, "the file is gone"))


def _stands(record: FileRecord) -> bool:
    """Whether the file could not be opened the last time, while what was read of it before still holds. Where reading
    it failed, nothing of it is counted."""
    return record.outcome == FAILED and record.document_id is not None and record.passages > 0


def duplicate_of(file: Found, original: FileRecord) -> FileRecord:
    """The record of a file with the same bytes as that of `original`, which has the document."""
    reason = f"same content as {original.path}"
    return FileRecord(file.path, file.root, file.sha256, DUPLICATE, reason, original.document_id)


def same_format(one: str, other: str) -> bool:
    """Whether two files would be read in the same way, given the same bytes."""
    return PurePath(one).suffix.lower() == PurePath(other).suffix.lower()
