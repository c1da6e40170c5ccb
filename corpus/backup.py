"""One-file copies of a knowledge base, and back again: a zip with the store, what people wrote
beside it, and a manifest that proves it whole.

Indexes and models are not in it: both are derived again.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from corpus.errors import DamagedHomeError, HomeError, UsageError
from corpus.lookup import FILE_NAME, Lookup
from corpus.schema import APPLICATION_ID, MIGRATIONS, version_of

MANIFEST = "manifest.json"
FORMAT = "rapporteur-backup-1"
# What people wrote into the home, beside the store; earlier backups hold none of it, and come back all the same.
BESIDE = ("feedback.jsonl", "searches.json", "concepts.yaml", "never-index.txt", "help-notice.txt")
_BLOCK = 1 << 20
# What a damaged or foreign zip raises, depending on where the damage lies.
_BROKEN = (zipfile.BadZipFile, EOFError, zlib.error, RuntimeError, NotImplementedError, ValueError, KeyError)


def back_up(store: Lookup, target: Path) -> dict[str, Any]:
    """Copy the store, and what people wrote beside it, as it is now into the file `target`; others may read and write on.

    Returns the manifest. The file appears when it is whole; an earlier backup of that name is replaced. What was
    removed is not in it: only what the store still holds is copied.

    Raises:
        UsageError: the target is another kind of file, or cannot be written.
        DamagedHomeError: the store itself is damaged.
    """
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file, such as {target / 'rapporteur-backup.zip'}.")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent} for the backup. Make it first, or name another one.")
    # A device would be read for ever.
    if target.exists() and not (target.is_file() and _is_backup(target)):
        raise UsageError(f"{target} exists and is no backup of Rapporteur. Choose another name; nothing was written.")
    _clear_leftovers(target)
    part, snapshot = _leftover(target, "part"), _leftover(target, "sqlite")
    try:
        revision = _snapshot(store.path, snapshot, target)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "revision": revision,
            "files": {FILE_NAME: {"sha256": _sha256(snapshot), "bytes": snapshot.stat().st_size}},
        }
        beside = {name: data for name in BESIDE if (data := _bytes_of(store.path.with_name(name))) is not None}
        manifest["files"] |= {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in beside.items()
        }
        # Vectors do not compress; a quick setting gets most of what the text gives.
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.write(snapshot, FILE_NAME)
            for name, data in beside.items():
                archive.writestr(name, data)
        _sync_to_disk(part)
        part.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise UsageError(f"The backup {target} cannot be written ({error.strerror or error}).") from error
    finally:
        for leftover in (part, snapshot):
            with contextlib.suppress(OSError):
                leftover.unlink(missing_ok=True)
    return manifest


def _snapshot(source: Path, snapshot: Path, target: Path) -> int:
    """A copy of the store in one state, as one file, without the pages that were freed. Returns its revision."""
    try:
        with closing(sqlite3.connect(source, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(snapshot),))
        with closing(sqlite3.connect(snapshot)) as copy:
            found = _integrity(copy)
            if found != "ok":
                raise DamagedHomeError(f"The store {source} is damaged ({found}); no backup was written.")
            return int(copy.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0])
    except sqlite3.OperationalError as error:
        # A full disk, a limit or a folder that takes no files: the store was open and read before.
        raise UsageError(f"The backup {target} cannot be written ({error}).") from error
    except sqlite3.DatabaseError as error:
        raise DamagedHomeError(
            f"The store {source} is damaged ({error}); no backup was written. Run: rapporteur verify"
        ) from error


def restore(source: Path, home: Path) -> dict[str, Any]:
    """Bring a backup back into `home`, which must hold no knowledge base yet. Returns the manifest.

    The store appears when it is whole and proved; until then the home is as it was.

    Raises:
        UsageError: the file is missing or no backup, or the home holds a knowledge base.
        DamagedHomeError: the backup is damaged, or of a newer Rapporteur.
        HomeError: the home cannot be written.
    """
    if (home / FILE_NAME).exists():
        raise UsageError(
            f"{home} holds a knowledge base already, and restoring would replace it. "
            "Choose another folder with --home, or move that one away first."
        )
    if not source.is_file():
        raise UsageError(f"There is no backup at {source}.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(home / FILE_NAME)
        part = _leftover(home / FILE_NAME, "part")
        try:
            with _opened(source) as archive:
                manifest = _manifest(archive, source)
                _extract(archive, part, FILE_NAME, manifest["files"][FILE_NAME], source)
                _prove(part, source)
                _restore_beside(archive, home, manifest["files"], source)
            # Indexes of an earlier store would not know that they are of another one; a log that it left behind would
            # be played into this one.
            shutil.rmtree(home / "index", ignore_errors=True)
            for name in ("wal", "shm", "journal"):
                (home / f"{FILE_NAME}-{name}").unlink(missing_ok=True)
            part.replace(home / FILE_NAME)
            _sync_folder(home)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise HomeError(
            f"The backup cannot be restored into {home} ({error.strerror or error}). "
            "Check that the disk has space and that you may write there; nothing was changed."
        ) from error
    return manifest


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(source)
    except OSError as error:
        raise UsageError(f"The backup {source} cannot be read ({error.strerror or error}).") from error
    except _BROKEN as error:
        raise DamagedHomeError(f"{source} is no backup of Rapporteur, or it is damaged ({error}).") from error
    with archive:
        yield archive


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        facts = manifest["files"][FILE_NAME]
        known = (
            manifest["format"] == FORMAT
            and isinstance(facts["bytes"], int)
            and isinstance(facts["sha256"], str)
            and {"revision", "made"} <= manifest.keys()
        )
    except (*_BROKEN, TypeError, AttributeError):
        known = False
    if not known:
        raise UsageError(f"{source} is no backup of Rapporteur, or its first part is damaged.")
    return manifest


def _bytes_of(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _restore_beside(archive: zipfile.ZipFile, home: Path, files: dict[str, Any], source: Path) -> None:
    """What lay beside the store; a file of that name which is there already was put there on purpose, and stays."""
    for name in BESIDE:
        if name in files and not (home / name).exists():
            _clear_leftovers(home / name)
            part = _leftover(home / name, "part")
            try:
                _extract(archive, part, name, files[name], source)
                part.replace(home / name)
            finally:
                part.unlink(missing_ok=True)


def _extract(archive: zipfile.ZipFile, part: Path, name: str, facts: dict[str, Any], source: Path) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as packed, part.open("wb") as plain:
            while block := packed.read(_BLOCK):
                size += len(block)
                if size > facts["bytes"]:
                    break
                digest.update(block)
                plain.write(block)
            plain.flush()
            os.fsync(plain.fileno())
    except _BROKEN as error:
        raise DamagedHomeError(f"The backup {source} is damaged ({error}). Use another copy of it.") from error
    if (size, digest.hexdigest()) != (facts["bytes"], facts["sha256"]):
        raise DamagedHomeError(f"The backup {source} is damaged: its checksum does not agree. Use another copy of it.")


def _prove(file: Path, source: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = _integrity(connection)
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
            version = version_of(connection)
    except sqlite3.DatabaseError as error:
        found, ours, version = str(error), True, 0
    if found != "ok":
        raise DamagedHomeError(f"The store inside the backup {source} is damaged ({found}). Use another copy of it.")
    if not ours:
        raise DamagedHomeError(f"The store inside the backup {source} is a file of another program.")
    if version > len(MIGRATIONS):
        raise DamagedHomeError(f"The backup {source} was made by a newer Rapporteur. Update Rapporteur to restore it.")


def _integrity(connection: sqlite3.Connection) -> str:
    # Not `quick_check`: SQLite 3.40 finds values missing there in whole tables without row ids.
    return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])


def _is_backup(file: Path) -> bool:
    try:
        with _opened(file) as archive:
            return bool(_manifest(archive, file))
    except (DamagedHomeError, UsageError):
        return False


def _leftover(file: Path, kind: str) -> Path:
    """Where a file is written before it takes its name."""
    return file.with_name(f".{file.name}.{os.getpid()}.{kind}")


def _clear_leftovers(file: Path) -> None:
    """What processes left that were killed while they wrote this file: it holds text, which may be forgotten now."""
    for old in file.parent.glob(f".{_escaped(file.name)}.*"):
        process, _, kind = old.name.removeprefix(f".{file.name}.").partition(".")
        if kind.partition("-")[0] in {"part", "sqlite"} and process.isdigit() and not _alive(int(process)):
            with contextlib.suppress(OSError):
                old.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _alive(process: int) -> bool:
    if process == os.getpid():
        return False
    if os.name == "nt":
        # Signal 0 would end the process there.
        import psutil

        return bool(psutil.pid_exists(process))
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync_to_disk(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    """A new name lasts once its folder is written; systems that cannot open folders do that by themselves."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
