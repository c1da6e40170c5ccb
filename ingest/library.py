"""The library in a home: the files that were fetched, and a manifest that says of each where it came from, when, and
its SHA-256. A file that is not as the manifest says is fetched anew; a manifest that ends in half a line loses that
line only."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from corpus.catalogue import Entry

FOLDER = "library"
DOCUMENTS = "documents"
_MANIFEST, _METADATA, _PARTS = "manifest.jsonl", "metadata.csv", "parts"
_COLUMNS = ("path", "title", "symbol", "body", "type", "date", "language", "url", "meeting", "aliases")


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the library. `path` is relative to the folder of documents; `etag` and `modified` are what the server
    said of it; `fetched` and `checked` are seconds since 1970; `moved_to` is a new address that holds for good."""

    id: str
    url: str
    path: str
    kind: str
    sha256: str
    bytes: int
    etag: str = ""
    modified: str = ""
    fetched: float = 0.0
    checked: float = 0.0
    moved_to: str = ""


class Library:
    """The library in `home`, made where there is none. Safe to write to from several threads."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self.documents = self.folder / DOCUMENTS
        self.parts = self.folder / _PARTS
        for folder in (self.documents, self.parts):
            folder.mkdir(parents=True, exist_ok=True)
        self._manifest = self.folder / _MANIFEST
        self._lock = threading.Lock()
        self.held = _read(self._manifest)
        self._compact()

    @property
    def metadata(self) -> Path:
        """The file with the catalogue's values for the files, for `ingest --metadata`."""
        return self.folder / _METADATA

    def whole(self, entry_id: str) -> Held | None:
        """What is held of a row of the catalogue, if its file still is what was fetched."""
        held = self.held.get(entry_id)
        if held is None:
            return None
        try:
            with (self.documents / held.path).open("rb") as stream:
                return held if hashlib.file_digest(stream, "sha256").hexdigest() == held.sha256 else None
        except OSError:
            return None

    def put(self, part: Path, held: Held) -> None:
        """Take a finished file in, in place of an earlier one."""
        target = self.documents / held.path
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
        earlier = self.held.get(held.id)
        if earlier is not None and earlier.path != held.path:
            (self.documents / earlier.path).unlink(missing_ok=True)
        self.note(held)

    def note(self, held: Held) -> None:
        """Remember something of a file."""
        with self._lock:
            self.held[held.id] = held
            with self._manifest.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(held), ensure_ascii=False) + "\n")

    def write_metadata(self, entries: Iterable[Entry]) -> Path:
        """Write what the catalogue knows of the files held: for each its path and the values that are not unsure."""
        rows = [_row(entry, self.held[entry.id].path) for entry in entries if entry.id in self.held]
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, fieldnames=_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        _replace(self.metadata, out.getvalue())
        return self.metadata

    def _compact(self) -> None:
        lines = [json.dumps(asdict(held), ensure_ascii=False) + "\n" for held in self.held.values()]
        if self._manifest.is_file():
            _replace(self._manifest, "".join(lines))


def ids_held(home: Path) -> set[str]:
    """The ids of the catalogue's rows whose files lie in the library of `home`; nothing is made or changed there."""
    return set(_read(home / FOLDER / _MANIFEST))


def _row(entry: Entry, path: str) -> dict[str, str]:
    body = entry.issuer if entry.body == "other" else entry.body
    values = {
        "title": entry.title, "symbol": entry.symbol, "body": body, "type": entry.type, "date": entry.date,
        "language": entry.language, "url": entry.url, "meeting": entry.event,
        # A semicolon would part one name into two.
        "aliases": (entry.reference or "").replace(";", ","),
    }  # fmt: skip
    return {"path": path} | {name: value or "" for name, value in values.items() if name not in entry.unsure}


def _read(manifest: Path) -> dict[str, Held]:
    held: dict[str, Held] = {}
    names = {field.name for field in fields(Held)}
    for line in _lines(manifest):
        try:
            entry = json.loads(line)
            one = Held(**{name: value for name, value in entry.items() if name in names})
        except (ValueError, TypeError, AttributeError):
            # Half a line: the run was killed while it wrote.
            continue
        held[one.id] = one
    return held


def _lines(file: Path) -> Sequence[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else ()


def _replace(file: Path, content: str) -> None:
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(content, encoding="utf-8")
    fresh.replace(file)
