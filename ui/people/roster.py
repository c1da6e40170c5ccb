"""The file of users while the page is served: read anew whenever it changes, so that whoever is struck off is out at once."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from corpus.errors import UsageError
from ui.people.accounts import People, read_people

_LOG = logging.getLogger(__name__)


class Roster:
    """What the file says now."""

    def __init__(self, file: Path) -> None:
        """Read the file.

        Raises:
            UsageError: as for `accounts.read_people`.
        """
        self.file = file
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] | None = None
        self._held: People | None = None
        stamp = self._mark()
        self._held, self._stamp = read_people(file), stamp

    def _mark(self) -> tuple[int, ...] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode

    def people(self) -> People | None:
        """The file as it is now; None while it cannot be read or is not understood: then nobody is let in."""
        with self._lock:
            stamp = self._mark()
            if stamp != self._stamp or stamp is None:
                self._stamp = stamp
                try:
                    self._held = read_people(self.file)
                except UsageError as error:
                    # Whoever was to be kept out by the change must not stay in because of a slip in it.
                    self._held = None
                    _LOG.error("nobody can sign in: %s", error)
            return self._held
