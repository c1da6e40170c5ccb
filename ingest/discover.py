"""From the paths that a person names to the files behind them, with the SHA-256 of each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.errors import UsageError

# Reading waits for the disk and hashing frees the interpreter's lock, so more threads than cores pay.
_THREADS = 8
_SKIPPED_PREFIXES = (".", "~$")


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it lies there now. `reason` says why it cannot be opened; `sha256` is then empty. `storable` is false
    where its name is no text, so that nothing can be remembered of it."""

    path: str
    root: str
    bytes: int = 0
    sha256: str = ""
    reason: str = ""
    storable: bool = True


@dataclass(frozen=True, slots=True)
class Discovery:
    """All files behind the paths given. `unlisted` are folders that could not be looked into, with the reason."""

    roots: tuple[str, ...]
    files: tuple[Found, ...]
    unlisted: tuple[tuple[str, str], ...] = ()

    def covers(self, path: str) -> bool:
        """Whether a file at `path` would have been found if it were still there."""
        return _within(path, self.roots) and not _within(path, [folder for folder, _ in self.unlisted])


def discover(paths: Sequence[Path | str], *, exclude: Path | None = None) -> Discovery:
    """The files that `paths` name: files themselves, folders with all that lies below them, in sorted order.

    Left out: hidden files and folders, office programs' temporary files ("~$…"), links that lead outside their
    folder, and the folder `exclude` (the home, which may lie among the documents).

    Raises:
        UsageError: a path does not exist, is neither file nor folder, or is `exclude` itself.
    """
    if not paths:
        raise UsageError("Name at least one file or folder.")
    roots = [_resolve(Path(path)) for path in paths]
    home = exclude.resolve() if exclude else None
    unlisted: list[tuple[str, str]] = []
    files: dict[str, Found] = {}
    for root in roots:
        if root == home:
            raise UsageError(f"{root} is the folder of the knowledge base itself; name a folder with documents.")
        if root.is_dir():
            for path in _walk(root, home, unlisted):
                files.setdefault(str(path), Found(str(path), str(root)))
        else:
            files.setdefault(str(root), Found(str(root), str(root.parent)))
    with ThreadPoolExecutor(_THREADS) as pool:
        found = tuple(pool.map(_hashed, files.values()))
    return Discovery(tuple(str(root) for root in roots), found, tuple(unlisted))


def _resolve(path: Path) -> Path:
    path = path.expanduser()
    if not path.exists():
        raise UsageError(f"There is no file or folder at {path}. Check the path and its spelling.")
    if not path.is_dir() and not path.is_file():
        raise UsageError(f"{path} is neither a file nor a folder.")
    # One place has one name, however it was reached; a file that is itself a link keeps its own name.
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def _walk(root: Path, home: Path | None, unlisted: list[tuple[str, str]]) -> Iterator[Path]:
    def blame(error: OSError) -> None:
        unlisted.append((str(error.filename), f"The folder cannot be listed ({error.strerror})."))

    for folder, folders, names in os.walk(root, onerror=blame):
        # Links to folders are not followed: what lies inside the root is reached by its own name.
        folders[:] = sorted(name for name in folders if _wanted(name) and Path(folder, name) != home)
        for name in sorted(names):
            path = Path(folder, name)
            if _wanted(name) and _is_ours(path, root):
                yield path


def _wanted(name: str) -> bool:
    return not name.startswith(_SKIPPED_PREFIXES)


def _is_ours(path: Path, root: Path) -> bool:
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return False
    return path.is_file()


def _hashed(file: Found) -> Found:
    try:
        file.path.encode()
    except UnicodeEncodeError:
        name = file.path.encode(errors="backslashreplace").decode()
        reason = "The file's name is not valid text. Rename it and add it again."
        return replace(file, path=name, reason=reason, storable=False)
    try:
        with Path(file.path).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return replace(file, sha256=digest, bytes=stream.tell())
    except OSError as error:
        reason = error.strerror or str(error)
        return replace(file, reason=f"The file cannot be opened ({reason}). Check that you may read it.")


def _within(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(root.rstrip(os.sep) + os.sep) for root in roots)
