"""Zipped folders: their documents unpacked into a folder of their own, which is then read like any other.

Nothing is written outside that folder, whatever the names in the archive say, and nothing is unpacked that would fill
the disk. The folder belongs to the archive's path: a changed archive replaces it, so that what is gone from the
archive is gone from the knowledge base after the next run.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.errors import UnreadableFileError, UsageError
from ingest.extract.packed import BROKEN_ZIP
from ingest.extract.passwords import passwords_for
from ingest.extract.sniff_zip import documents_in, sniff_zip

FOLDER = "unpacked"
MAX_ENTRIES = 100_000
MAX_UNPACKED = 4_000_000_000
MAX_RATIO = 500
_SMALL = 100_000_000
_PIECE = 1_000_000
_MAX_NAME = 180
_MARK = ".archive"
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Where the documents of an archive lie. `left_out` are the documents that were not unpacked, with the reason."""

    folder: Path
    files: int
    left_out: tuple[tuple[str, str], ...] = ()


def is_archive(path: Path) -> bool:
    """Whether a file is a zipped folder with documents in it, and not a document that is a zip archive inside."""
    if path.suffix.lower() != ".zip" or not path.is_file() or not zipfile.is_zipfile(path):
        return False
    try:
        sniff_zip(path)
    except UnreadableFileError:
        try:
            with zipfile.ZipFile(path) as archive:
                return bool(documents_in(archive.namelist()))
        except BROKEN_ZIP:
            return False
    return False


def unpacked(paths: Sequence[Path | str], home: Path) -> tuple[list[Path], list[str]]:
    """The paths with each archive replaced by the folder of its documents below `home`; and notes on what is left out.

    Raises:
        UsageError: an archive is damaged or not safe to unpack.
    """
    roots: list[Path] = []
    notes: list[str] = []
    for path in map(Path, paths):
        if not is_archive(path):
            roots.append(path)
            continue
        try:
            made = unpack(path, home / FOLDER)
        except UnreadableFileError as error:
            raise UsageError(f"{path}: {error}") from error
        roots.append(made.folder)
        notes += [f"{path}: {name} is left out: {reason}." for name, reason in made.left_out]
    return roots, notes


def unpack(path: Path, below: Path) -> Unpacked:
    """Unpack the documents of an archive into a folder below `below`; the same archive is unpacked once.

    Raises:
        UnreadableFileError: the archive is damaged or not safe to unpack; nothing has been changed then.
    """
    path = path.resolve()
    folder = below / f"{_plain(path.stem)[:60]}-{hashlib.sha256(str(path).encode()).hexdigest()[:10]}"
    mark = folder / _MARK
    with path.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    if mark.is_file() and mark.read_text(encoding="utf-8").partition("\n")[0] == content:
        return _remembered(folder, mark)
    below.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=below))
    try:
        made = _unpack(path, fresh)
        lines = [content, *(f"{name}\t{reason}" for name, reason in made.left_out)]
        (fresh / _MARK).write_text("\n".join(lines), encoding="utf-8")
        if folder.exists():
            # Renamed before it is removed: a run that is cut off leaves no half of it under its name.
            old = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=below)) / "old"
            folder.rename(old)
            shutil.rmtree(old.parent)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Unpacked(folder, made.files, made.left_out)


def _remembered(folder: Path, mark: Path) -> Unpacked:
    lines = [line.partition("\t") for line in mark.read_text(encoding="utf-8").split("\n")[1:]]
    files = sum(1 for file in folder.rglob("*") if file.is_file() and file != mark)
    return Unpacked(folder, files, tuple((name, reason) for name, _, reason in lines))


def _unpack(path: Path, folder: Path) -> Unpacked:
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive)
            return _write_members(archive, folder, [None, *(word.encode() for word in passwords_for(path))])
    except BROKEN_ZIP as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise UnreadableFileError(f"The archive cannot be unpacked ({error.strerror}).") from error
        raise UnreadableFileError("The zip archive is damaged. Fetch it again from its source.") from error


def _check(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFileError(f"The zip archive has {len(entries)} files, too many to be safe. Unpack it yourself.")
    if unpacked > MAX_UNPACKED or (unpacked > _SMALL and unpacked > MAX_RATIO * packed):
        message = f"The zip archive unpacks to {unpacked // 1_000_000} MB, which is not safe. Unpack it yourself."
        raise UnreadableFileError(message)


def _write_members(archive: zipfile.ZipFile, folder: Path, passwords: Sequence[bytes | None]) -> Unpacked:
    left_out: list[tuple[str, str]] = []
    taken: set[str] = set()
    wanted = set(documents_in(archive.namelist()))
    for entry in archive.infolist():
        if entry.filename not in wanted:
            continue
        shown = _plain(_name(entry))
        place = _safe_place(entry)
        if place is None:
            left_out.append((shown, "its name leads outside the archive or cannot be a file's name"))
        elif place.as_posix().casefold() in taken:
            left_out.append((shown, "another file of the archive has the same name"))
        elif not _write(archive, entry, folder / place, passwords):
            left_out.append((shown, "it is protected by a password or damaged"))
        else:
            taken.add(place.as_posix().casefold())
    return Unpacked(folder, len(taken), tuple(left_out))


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, passwords: Sequence[bytes | None]) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    for password in passwords:
        try:
            with archive.open(entry, pwd=password) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, _PIECE)
            return True
        # RuntimeError is how zipfile says that a password is missing or wrong.
        except (*BROKEN_ZIP, RuntimeError) as error:
            target.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno is not None:
                raise
    return False


def _name(entry: zipfile.ZipInfo) -> str:
    """The name in its own letters: many programs write UTF-8 without saying so."""
    if not entry.flag_bits & 0x800:
        try:
            return entry.filename.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return entry.filename


def _plain(name: str) -> str:
    return re.sub(r"[^\w.,()\[\] /-]", "_", name.encode(errors="replace").decode())


def _safe_place(entry: zipfile.ZipInfo) -> PurePosixPath | None:
    """Where a member belongs, relative to the folder; None where that is no place inside it."""
    name = _name(entry).replace("\\", "/")
    parts = name.split("/")
    # The upper half of these bits is the file's mode on Unix; a link could lead anywhere.
    if stat.S_ISLNK(entry.external_attr >> 16) or name.startswith("/") or len(parts) > 50:
        return None
    for part in parts:
        too_long = len(part.encode(errors="replace")) > _MAX_NAME
        if part in ("", ".", "..") or part != part.strip() or part.endswith(".") or too_long:
            return None
        if _UNSAFE.search(part) or _RESERVED.fullmatch(part) or part.startswith("."):
            return None
    return PurePosixPath(*parts)
