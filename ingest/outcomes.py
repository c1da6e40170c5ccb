"""What became of each file of a run, and how far the run is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from corpus.records import FileRecord

INDEXED, UPDATED, UNCHANGED, REMOVED = "indexed", "updated", "unchanged", "removed"
DUPLICATE, FAILED = "duplicate", "failed"
OUTCOMES = (INDEXED, UPDATED, UNCHANGED, REMOVED, DUPLICATE, FAILED)


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """How one file ended: `outcome` is one of OUTCOMES, `documents` more than 1 only for a collection (.jsonl)."""

    path: str
    outcome: str
    reason: str = ""
    pages: int = 0
    pages_without_text: int = 0
    passages: int = 0
    warnings: tuple[str, ...] = ()
    documents: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading the files of one format took in a run: `seconds` of processor time, over all workers; `pages` is 0
    for formats without pages."""

    format: str
    files: int = 0
    pages: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """A whole run. `passages` and `pages` count what was read in it; `embedded` the vectors computed, which is less
    where texts were known. `notes` are remarks that concern no single file."""

    files: tuple[FileOutcome, ...]
    seconds: float
    revision: int
    embedded: int = 0
    notes: tuple[str, ...] = ()
    reading: tuple[Reading, ...] = ()

    def count(self, outcome: str) -> int:
        """Number of files that ended so."""
        return Counter(file.outcome for file in self.files)[outcome]

    @property
    def passages(self) -> int:
        """Passages of the documents that were read."""
        return sum(file.passages for file in self._read())

    @property
    def pages(self) -> int:
        """Pages of the documents that were read."""
        return sum(file.pages for file in self._read())

    def _read(self) -> Iterable[FileOutcome]:
        return (file for file in self.files if file.outcome in {INDEXED, UPDATED})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `seconds_left` is None until it can be estimated; `stage` is a word for a person."""

    stage: str
    files_done: int = 0
    files_total: int = 0
    pages: int = 0
    passages: int = 0
    passages_per_second: float = 0.0
    seconds_left: float | None = None


Report = Callable[[Progress], None]


def outcome_of(record: FileRecord, outcome: str, reason: str | None = None) -> FileOutcome:
    """The outcome of a file from what the store remembers of it."""
    return FileOutcome(
        record.path,
        outcome,
        record.reason if reason is None else reason,
        record.pages,
        record.pages_without_text,
        record.passages,
        record.warnings,
    )


def failed(record: FileRecord, reason: str) -> FileRecord:
    """The record of a file that gave nothing."""
    return replace(record, outcome=FAILED, reason=reason, pages=0, passages=0, pages_without_text=0, warnings=())
