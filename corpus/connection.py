"""One connection to the store's file: its settings, its end, and why it cannot be had."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from corpus.clearance import Clearance, restrict
from corpus.errors import DamagedHomeError, HomeError, LockedHomeError
from corpus.filters import prepare

# Seconds that a writer waits for another one to commit.
TIMEOUT = 30.0
# Codes of SQLite that speak of the place where the file lies, not of the file.
_PLACE = frozenset({"SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_FULL", "SQLITE_IOERR"})
_BUSY = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"})


class Open:
    """A connection that is closed when the thread that holds it ends; with `visible` it sees only these labels."""

    def __init__(self, path: Path, visible: Clearance | None = None) -> None:
        self.connection = sqlite3.connect(path, timeout=TIMEOUT, isolation_level=None, check_same_thread=False)
        try:
            self.connection.row_factory = sqlite3.Row
            prepare(self.connection)
            # executescript of one string: each statement is a setting of this connection.
            self.connection.executescript(
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA cache_size=-65536;"
                "PRAGMA mmap_size=268435456;"
            )
            if visible is not None:
                restrict(self.connection, visible)
        except BaseException:
            self.connection.close()
            raise

    def __del__(self) -> None:
        # Where connecting failed there is none.
        if hasattr(self, "connection"):
            self.connection.close()


def refusal(path: Path, error: sqlite3.DatabaseError) -> HomeError:
    """Why the file cannot be opened, and what to do."""
    # An extended code names its kind first: SQLITE_READONLY_DIRECTORY is a SQLITE_READONLY.
    name = "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])
    if name in _PLACE:
        return HomeError(
            f"The knowledge base {path} cannot be used ({error}). Check that the disk has space and that you may "
            "read and write in that folder."
        )
    if name in _BUSY:
        return LockedHomeError(f"Another program holds {path} ({error}); try again when it has finished.")
    return DamagedHomeError(
        f"The file {path} cannot be opened as a knowledge base ({error}). "
        "Restore a backup, or move the file away and ingest again."
    )
