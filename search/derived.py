"""What is noted beside a derived index: what it was built from, and checksums that tell a torn file from a whole one.

index/
  dense.json, vectors.faiss          the vectors
  lexical.json, lexical-3f2a91c0/    the terms; each derivation from nothing has a folder of its own
  lock                               held while any of these is read or written
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import HomeError, LockedHomeError
from search.dense import file_checksum

# Grows when texts are analysed in another way: indexes of an older version are derived again.
VERSION = "6"
LOCK = "lock"
_POLL = 0.005
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)


@dataclass(frozen=True, slots=True)
class State:
    """What an index was built from, and the CRC-32 of each of its files; `folder` is where these lie. `deleted` counts
    passages that were taken out and may still weigh in an index's statistics."""

    revision: int
    model: str = ""
    version: str = VERSION
    folder: str = ""
    deleted: int = 0
    files: dict[str, int] = field(default_factory=dict)


def read_state(file: Path) -> State | None:
    """The state noted in `file`; None where there is none, or one of another version."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        state = State(
            int(values["revision"]),
            str(values["model"]),
            str(values["version"]),
            str(values["folder"]),
            int(values["deleted"]),
            {str(name): int(checksum) for name, checksum in values["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    # A folder outside this one is nothing that was written here.
    safe = state.folder == Path(state.folder).name or not state.folder
    return state if state.version == VERSION and safe else None


def write_state(file: Path, state: State) -> None:
    """Note it in one step."""
    temporary = file.with_name(file.name + ".part")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(asdict(state), stream)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)


def checksums(folder: Path, known: Mapping[str, int], changing: frozenset[str]) -> dict[str, int]:
    """The checksum of each file in `folder`; those in `known` are taken from there, unless they are `changing`."""
    found = {}
    for file in sorted(folder.iterdir()):
        if file.is_file() and not file.name.startswith("."):
            same = file.name in known and file.name not in changing
            found[file.name] = known[file.name] if same else file_checksum(file)
    return found


def whole(folder: Path, state: State, trusted: Mapping[str, int]) -> bool:
    """Whether every file is what was noted; those `trusted` (seen with that checksum) are not read again."""
    for name, checksum in state.files.items():
        file = folder / name
        try:
            if trusted.get(name) != checksum and file_checksum(file) != checksum:
                return False
            if not file.is_file():
                return False
        except OSError:
            return False
    return True


def sweep(folder: Path, keep: frozenset[str]) -> None:
    """Take away what earlier derivations left behind."""
    for entry in folder.iterdir():
        if entry.name not in keep:
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)


@contextmanager
def held_alone(folder: Path, seconds: float) -> Iterator[None]:
    """The derived indexes in `folder` for this process alone, waiting for others up to `seconds`.

    Raises:
        LockedHomeError: another process works on them for longer.
        HomeError: they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Without it filelock would wait for a file to go that never goes, where the place keeps no locks.
        lock = FileLock(folder / LOCK, fallback_to_soft=False)
        lock.acquire(timeout=seconds, poll_interval=_POLL)
    except Timeout as error:
        raise LockedHomeError(
            f"Another process is deriving the indexes in {folder}; try again when it has finished."
        ) from error
    except (OSError, NotImplementedError) as error:
        raise unusable(folder, error) from error
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        if not isinstance(error, OSError) and not _of_the_disk(error):
            raise
        raise unusable(folder, error) from error
    finally:
        lock.release()


def unusable(folder: Path, error: Exception) -> HomeError:
    """Why the indexes cannot be written, and what to do."""
    number = getattr(error, "errno", None) or _of_the_disk(error)
    said, what = os.strerror(number) if number else error, "Check that you may write there."
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        what = "Make space on the disk; they are completed then."
    elif number in {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}:
        what = "Keep the knowledge base on a disk of this machine."
    return HomeError(f"The indexes in {folder} cannot be written ({said}). {what}")


def _of_the_disk(error: Exception) -> int | None:
    """The system's number for what FAISS and tantivy met when they wrote; they hand it on as a text alone."""
    return next((number for number in _OF_THE_DISK if os.strerror(number) in str(error)), None)
