"""How much the server has taken on, and when it takes no more."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corpus.errors import UsageError

MOST_SETTING = "RAPPORTEUR_BUSY"
MOST = 64
# Seconds after which to ask again.
AGAIN = 5
# What costs an answer's work, by kind and method. The rest (files, streams of answers) is always served.
QUESTIONS = ("/gradio_api/queue/join", "/gradio_api/run", "/gradio_api/call", "/gradio_api/api", "/gradio_api/mcp",
             "/gradio_api/component_server", "/batch")  # fmt: skip


def most() -> int:
    """How many questions are taken on at once.

    Raises:
        UsageError: the setting is no such number.
    """
    said = os.environ.get(MOST_SETTING, "").strip() or str(MOST)
    if not said.isdecimal() or not 1 <= int(said) <= 10_000:
        raise UsageError(f"{MOST_SETTING} is “{said}”: set it to a number from 1 to 10000.")
    return int(said)


class Load:
    """The questions that run or wait: those in requests, and those in Gradio's queue as `queued` counts them."""

    def __init__(self, limit: int = MOST, queued: Callable[[], int] = lambda: 0) -> None:
        self.limit = limit
        self.queued = queued
        self.closing = False
        self._lock = threading.Lock()
        self._running = 0

    def now(self) -> int:
        """How many there are."""
        return self._running + self.queued()

    def busy(self) -> bool:
        """Whether no more is taken on."""
        return self.closing or self.now() >= self.limit

    @contextmanager
    def one(self) -> Iterator[None]:
        """One question more, inside."""
        with self._lock:
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
