"""How fast a run goes and how long it will take, told to whoever watches."""

from __future__ import annotations

import threading
import time

from ingest.outcomes import Progress, Report

# Tells of progress at most this often, in seconds, so that watching costs nothing.
_EVERY = 0.1


class Tempo:
    """Counts what is done. Time left is estimated from bytes, since files differ more in size than in speed.
    Called from the reading and the embedding thread."""

    def __init__(self, report: Report | None) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._told = 0.0
        self._stage = "looking at files"
        self._files = self._total = self._pages = self._passages = 0
        self._embedded = self._waiting = 0
        self._bytes = self._all_bytes = 0

    def begin(self, files: int, size: int) -> None:
        """Reading starts: `files` in all, `size` bytes of them to be read."""
        self._begun = time.monotonic()
        self._total, self._all_bytes, self._stage = files, size, "reading"
        self._tell(now=True)

    def settled(self, pages: int, passages: int) -> None:
        """One file has its outcome."""
        with self._lock:
            self._files += 1
            self._pages += pages
            self._passages += passages
        self._tell()

    def read(self, size: int) -> None:
        """A file of `size` bytes is done with."""
        with self._lock:
            self._bytes += size
        self._tell(now=self._bytes >= self._all_bytes)

    def vectors(self, waiting: int) -> None:
        """All files are read; `waiting` passages still get a vector."""
        self._begun = time.monotonic()
        self._embedded, self._waiting, self._stage = 0, waiting, "embedding"
        self._tell(now=True)

    def embedded(self, count: int) -> None:
        """So many vectors more are computed."""
        with self._lock:
            self._embedded += count
        self._tell()

    def _tell(self, *, now: bool = False) -> None:
        if self._report is None:
            return
        with self._lock:
            at = time.monotonic()
            if not now and at - self._told < _EVERY:
                return
            self._told = at
            progress = self._progress(at - self._begun)
        self._report(progress)

    def _progress(self, elapsed: float) -> Progress:
        share = self._embedded / self._waiting if self._waiting else self._bytes / max(1, self._all_bytes)
        left = elapsed * (1 - share) / share if 0 < share < 1 and elapsed > 1 else None
        speed = self._embedded / elapsed if elapsed > 0 else 0.0
        passages = self._embedded if self._waiting else self._passages
        return Progress(self._stage, self._files, max(self._total, self._files), self._pages, passages, speed, left)
