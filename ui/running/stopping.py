"""A server that stops well: what runs is answered, what is new is sent away, and both signals end it without an error."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType

import uvicorn

from ui.running.load import Load

# Seconds that running questions may still take.
FINISH = 20.0
# Seconds for the last answers to go out, once nothing runs any more.
LAST = 0.3


def terminated_as_interrupted() -> None:
    """Have SIGTERM end the program as Ctrl-C does: with what is open closed, and without an error."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Server(uvicorn.Server):
    """Uvicorn's, which says when it has started, and finishes what it has taken on."""

    def __init__(self, config: uvicorn.Config, load: Load, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._load = load
        self._has_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._has_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what runs, then close. A second signal does not wait."""
        self._load.closing = True
        until = time.monotonic() + FINISH
        if self._load.now():
            while self._load.now() and time.monotonic() < until and not self.force_exit:
                await asyncio.sleep(0.05)
            await asyncio.sleep(LAST)
        # A browser that is still open has its streams cut: nothing went wrong.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
