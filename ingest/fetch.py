"""The catalogue's documents into the library: what is to be had, each host by itself, until all is done or stopped."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.catalogue import Entry, choose
from corpus.lock import WriterLock
from ingest.downloads import FAILED, FRESH, LEFT, Fetched, Limits, Target, download
from ingest.library import FOLDER, Library
from ingest.web import StoppedError, Web

# A file that was asked for within this time is not asked for again.
MAX_AGE = 86_400.0
# So many failures in a row, and a host is left alone until the next run.
GIVE_UP = 3
# Hosts asked at the same time.
HOSTS = 8
_GOODBYE = 5.0


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a run is; `outcome` is that of the file that ended last."""

    done: int
    total: int
    bytes: int
    last: Fetched


@dataclass(frozen=True, slots=True)
class FetchReport:
    """A whole run, files in the order of the catalogue. `metadata` is a file for `ingest --metadata`."""

    files: tuple[Fetched, ...]
    seconds: float
    documents: Path
    metadata: Path

    def count(self, outcome: str) -> int:
        """Number of files that ended so."""
        return Counter(file.outcome for file in self.files)[outcome]


def chosen(entries: Iterable[Entry], only: str | None = None) -> list[Entry]:
    """The rows of the catalogue whose files are to be had, one for each address: what the issuer itself offers as a
    document. `only` chooses among them (see `corpus.catalogue.choose`); where it names `source` or `address`, pages
    and copies that others keep may be among them."""
    found = choose(entries, only) if only else list(entries)
    named = only or ""
    if "source:" not in named:
        found = [entry for entry in found if entry.source == "issuer"]
    if "address:" not in named:
        found = [entry for entry in found if entry.address == "document"]
    # Of several rows with one address the one that stands on its own gives its name.
    first: dict[str, Entry] = {}
    for entry in sorted((entry for entry in found if entry.url), key=lambda entry: len(entry.relations)):
        first.setdefault(entry.url or "", entry)
    return [entry for entry in found if entry.url and first[entry.url] is entry]


def target_of(entry: Entry) -> Target:
    """The file to have for a row that has an address."""
    return Target(entry.id, entry.url or "", entry.body, entry.format or "html")


def fetch(
    entries: Sequence[Entry],
    home: Path,
    *,
    web: Web | None = None,
    limits: Limits | None = None,
    max_age: float = MAX_AGE,
    known: Iterable[Entry] | None = None,
    progress: Callable[[FetchProgress], None] = lambda progress: None,
) -> FetchReport:
    """Bring the library in `home` up to date with what lies at the addresses of `entries`. `known` are the rows whose
    values the metadata file gives (None: `entries`); it may name more, as files of earlier runs lie there too.

    Files asked for within `max_age` seconds are left as they are. Ctrl-C keeps every file that is whole and the
    beginning of those that are not; the next run goes on from there.

    Raises:
        LockedHomeError: another process fetches into this library.
        KeyboardInterrupt: it was interrupted.
    """
    start = time.monotonic()
    web = web or Web()
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with WriterLock(folder):
        library = Library(home)
        run = _Run(web, library, limits or Limits(), max_age, progress, len(entries))
        try:
            run.all([target_of(entry) for entry in entries])
        finally:
            library.write_metadata(entries if known is None else known)
            web.close()
    files = tuple(run.ended[entry.id] for entry in entries)
    return FetchReport(files, time.monotonic() - start, library.documents, library.metadata)


class _Run:
    """One run: threads that take a host each, and the thread of the caller, who alone is told of progress."""

    def __init__(
        self,
        web: Web,
        library: Library,
        limits: Limits,
        max_age: float,
        progress: Callable[[FetchProgress], None],
        total: int,
    ) -> None:
        self.web, self.library, self.limits, self.max_age = web, library, limits, max_age
        self.progress, self.total = progress, total
        self.ended: dict[str, Fetched] = {}
        self._results: queue.Queue[Fetched | BaseException] = queue.Queue()

    def all(self, targets: Sequence[Target]) -> None:
        """Have all targets."""
        hosts: dict[str, list[Target]] = defaultdict(list)
        for target in targets:
            hosts[target.url.split("/")[2].casefold().removeprefix("www.")].append(target)
        waiting: queue.SimpleQueue[list[Target]] = queue.SimpleQueue()
        # The host with the most files takes longest, so it begins first.
        for host in sorted(hosts.values(), key=len, reverse=True):
            waiting.put(host)
        threads = [threading.Thread(target=self._work, args=(waiting,), daemon=True) for _ in range(HOSTS)]
        for thread in threads[: len(hosts)]:
            thread.start()
        try:
            size = 0
            while len(self.ended) < len(targets):
                try:
                    # A wait with an end, since one without cannot be interrupted everywhere.
                    found = self._results.get(timeout=1.0)
                except queue.Empty:
                    continue
                if isinstance(found, BaseException):
                    raise found
                self.ended[found.id] = found
                size += found.bytes
                self.progress(FetchProgress(len(self.ended), self.total, size, found))
        finally:
            self.web.stop.set()
            end = time.monotonic() + _GOODBYE
            for thread in threads[: len(hosts)]:
                thread.join(max(0.0, end - time.monotonic()))

    def _work(self, waiting: queue.SimpleQueue[list[Target]]) -> None:
        while not self.web.stop.is_set():
            try:
                host = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                self._one_host(host)
            except StoppedError:
                return
            except Exception as error:  # noqa: BLE001 - a thread's defect is raised where the run was asked for
                self._results.put(error)
                return

    def _one_host(self, targets: Sequence[Target]) -> None:
        failures = 0
        for target in targets:
            if failures >= GIVE_UP:
                reason = f"The host failed {GIVE_UP} times in a row; it is left alone until the next run."
                self._results.put(Fetched(target.id, target.url, LEFT, reason))
                continue
            found = self._fresh(target) or download(self.web, self.library, target, self.limits)
            failures = failures + 1 if found.outcome == FAILED else 0
            self._results.put(found)

    def _fresh(self, target: Target) -> Fetched | None:
        held = self.library.held.get(target.id)
        if held is None or held.url != target.url or not 0 <= time.time() - held.checked <= self.max_age:
            return None
        if self.library.whole(target.id) is None:
            return None
        return Fetched(held.id, held.url, FRESH, "", held.path, held.bytes, held.sha256, held.moved_to)
