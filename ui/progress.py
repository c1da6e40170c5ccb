"""How far an ingestion is, on stderr: one line that changes on a terminal, else a line every few seconds."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from ingest.outcomes import Progress

EVERY = 5.0
_WIDTH = 24


class ProgressLine:
    """Called with each `Progress`; `last` is the newest. Ends with `clear`."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._quiet = quiet
        self._next = time.monotonic() + EVERY
        self._shown = False
        self.last: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Show it, if it is time."""
        self.last = progress
        if self._quiet:
            return
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            self._write("\r" + f"{bar(progress)} {words(progress)}"[:width] + "\x1b[K")
            self._shown = True
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            self._write(words(progress) + "\n")

    def say(self, line: str) -> None:
        """A remark on a line of its own."""
        if not self._quiet:
            self.clear()
            self._write(line + "\n")

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def bar(progress: Progress) -> str:
    """The share of files that are done, drawn."""
    share = progress.files_done / progress.files_total if progress.files_total else 0.0
    done = round(share * _WIDTH)
    return f"[{'#' * done}{'.' * (_WIDTH - done)}]"


def words(progress: Progress) -> str:
    """The state in words: files, pages, passages, speed, time left."""
    parts = [f"{progress.stage} {progress.files_done:,}/{progress.files_total:,} files"]
    if progress.pages or progress.passages:
        parts += [f"{progress.pages:,} pages", f"{progress.passages:,} passages"]
    if progress.passages_per_second:
        parts.append(f"{progress.passages_per_second:,.0f} passages/s")
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A time for a person: "45 s", "3 min", "2 h 10 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
