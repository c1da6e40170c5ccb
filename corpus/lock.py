"""One writer at a time: a lock file in the home, freed by the operating system however its holder ends."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from corpus.errors import HomeError, LockedHomeError

FILE_NAME = "write.lock"
# Windows locks bytes, and a locked byte cannot be read by others: it lies far behind the number of the process.
_WINDOWS_BYTE = 1 << 20
_TAKEN = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}


class WriterLock:
    """Held with `with`; whoever comes second gets an error at once instead of waiting.

    Raises (on entering):
        LockedHomeError: somebody else is writing.
        HomeError: the home may not be written to, or lies where files cannot be locked.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file: IO[str] | None = None

    def __enter__(self) -> WriterLock:
        try:
            file = (self._home / FILE_NAME).open("a+", encoding="utf-8")
        except OSError as error:
            raise HomeError(
                f"The knowledge base in {self._home} cannot be written to ({error.strerror}). "
                "Check that you may write there."
            ) from error
        try:
            _take(file)
        except OSError as error:
            holder = _holder(file)
            file.close()
            if error.errno not in _TAKEN:
                raise HomeError(
                    f"No file can be locked in {self._home} ({error.strerror}), so two writers could damage it. "
                    "Keep the knowledge base on a disk of this machine."
                ) from error
            raise LockedHomeError(
                f"Another process{holder} is writing to {self._home}; try again when it has finished."
            ) from error
        self._file = file
        # The number only helps the one who comes second: a full disk is told of when something is written for good.
        with suppress(OSError):
            file.seek(0)
            file.truncate()
            file.write(f"{os.getpid()}\n")
            file.flush()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The file stays: removing it would let two writers lock two files of one name.
        if self._file is not None:
            with suppress(OSError):
                self._file.seek(0)
                self._file.truncate()
            # Closing frees the lock, also where the disk is full.
            with suppress(OSError):
                self._file.close()
            self._file = None


def _take(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(_WINDOWS_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _holder(file: IO[str]) -> str:
    file.seek(0)
    number = file.read(32).strip()
    return f" (pid {number})" if number.isdigit() else ""
