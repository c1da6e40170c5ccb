"""One-file copies of a knowledge base, and back again: a zip with the store and a manifest that proves it whole.

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
from contextlib import closing
from pathlib import Path
from typing import Any

from corpus.errors import DamagedHomeError, UsageError
from corpus.lookup import FILE_NAME, Lookup

MANIFEST = "manifest.json"
FORMAT = "rapporteur-backup-1"
_BLOCK = 1 << 20


def back_up(store: Lookup, target: Path) -> dict[str, Any]:
    """Copy the store as it is at this moment into the file `target`; readers and a writer may go on meanwhile.

    Returns the manifest. The file appears when it is whole; an earlier backup of that name is replaced.

    Raises:
        UsageError: the target is another kind of file, or cannot be written.
    """
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file, such as {target / 'rapporteur-backup.zip'}.")
    if target.exists() and not _is_backup(target):
        raise UsageError(f"{target} exists and is no backup of Rapporteur. Choose another name; nothing was written.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    snapshot = target.with_name(f".{target.name}.{os.getpid()}.sqlite")
    try:
        with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(snapshot)) as copy:
            source.backup(copy)
            # One file, also when the copy is opened where no log can be written beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            revision = int(copy.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0])
        manifest = {
            "format": FORMAT,
            "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "revision": revision,
            "files": {FILE_NAME: {"sha256": _sha256(snapshot), "bytes": snapshot.stat().st_size}},
        }
        # Vectors do not compress; a quick setting gets most of what the text gives.
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.write(snapshot, FILE_NAME)
        _sync_to_disk(part)
        part.replace(target)
    except OSError as error:
        raise UsageError(f"The backup {target} cannot be written ({error.strerror or error}).") from error
    finally:
        for leftover in (part, snapshot):
            with contextlib.suppress(OSError):
                leftover.unlink(missing_ok=True)
    return manifest


def restore(source: Path, home: Path) -> dict[str, Any]:
    """Bring a backup back into `home`, which must hold no knowledge base yet. Returns the manifest.

    The store appears when it is whole and proved; until then the home is as it was.

    Raises:
        UsageError: the file is missing or no backup, or the home holds a knowledge base.
        DamagedHomeError: the backup is damaged.
    """
    if (home / FILE_NAME).exists():
        raise UsageError(
            f"{home} holds a knowledge base already, and restoring would replace it. "
            "Choose another folder with --home, or move that one away first."
        )
    if not source.is_file():
        raise UsageError(f"There is no backup at {source}.")
    home.mkdir(parents=True, exist_ok=True)
    part = home / f".{FILE_NAME}.{os.getpid()}.part"
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive, source)
            _extract(archive, part, manifest["files"][FILE_NAME], source)
        _prove(part, source)
        # Indexes of an earlier store would not know that they are of another one.
        shutil.rmtree(home / "index", ignore_errors=True)
        part.replace(home / FILE_NAME)
    except (zipfile.BadZipFile, EOFError) as error:
        raise DamagedHomeError(f"{source} is no backup of Rapporteur, or it is damaged ({error}).") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        known = manifest["format"] == FORMAT and FILE_NAME in manifest["files"]
    except (KeyError, ValueError, TypeError):
        known = False
    if not known:
        raise UsageError(f"{source} is no backup of Rapporteur.")
    return manifest


def _extract(archive: zipfile.ZipFile, part: Path, facts: dict[str, Any], source: Path) -> None:
    digest, size = hashlib.sha256(), 0
    with archive.open(FILE_NAME) as packed, part.open("wb") as plain:
        while block := packed.read(_BLOCK):
            size += len(block)
            if size > facts["bytes"]:
                break
            digest.update(block)
            plain.write(block)
        plain.flush()
        os.fsync(plain.fileno())
    if (size, digest.hexdigest()) != (facts["bytes"], facts["sha256"]):
        raise DamagedHomeError(f"The backup {source} is damaged: its checksum does not agree. Use another copy of it.")


def _prove(file: Path, source: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise DamagedHomeError(f"The store inside the backup {source} is damaged ({found}). Use another copy of it.")


def _is_backup(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return bool(_manifest(archive, file))
    except (zipfile.BadZipFile, OSError, UsageError):
        return False


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync_to_disk(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())
