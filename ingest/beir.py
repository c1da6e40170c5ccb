"""Collections of many small texts in one file, in the layout of the BEIR benchmarks (corpus.jsonl, also .gz).

Each line is a JSON object with `_id`, `text` and mostly `title`, and becomes a document at "FILE.jsonl#_id".
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UnreadableFileError


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a collection."""

    id: str
    title: str
    text: str

    @property
    def sha256(self) -> str:
        """The fingerprint of its content."""
        return hashlib.sha256(f"{self.title}\0{self.text}".encode()).hexdigest()


def read_collection(path: Path) -> list[Text]:
    """All texts of a collection, in their order.

    Raises:
        UnreadableFileError: the file is no such collection; the message names the line.
    """
    texts: dict[str, Text] = {}
    try:
        for number, line in enumerate(_lines(path), 1):
            if line.strip():
                text = _text(number, line)
                if text.id in texts:
                    raise UnreadableFileError(f'Line {number} repeats the _id "{text.id}". Each text needs its own.')
                texts[text.id] = text
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"The collection cannot be read ({error}). Fetch it again.") from error
    if not texts:
        raise UnreadableFileError("The file is empty: it holds no texts.")
    return list(texts.values())


def _lines(path: Path) -> Iterator[str]:
    if path.suffix.lower() == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig") as packed:
            yield from packed
    else:
        with path.open(encoding="utf-8-sig") as plain:
            yield from plain


def _text(number: int, line: str) -> Text:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise UnreadableFileError(f"Line {number} is no JSON object ({error}).") from error
    if not isinstance(record, dict) or not {"_id", "text"} <= record.keys():
        raise UnreadableFileError(
            f"Line {number} has no _id and text. A .jsonl file must be a collection in the layout of BEIR: "
            "one object with _id, title and text a line."
        )
    # Lone surrogates, which JSON can spell and no text holds, would stop the whole collection later.
    values = [str(record.get(name) or "").encode(errors="replace").decode() for name in ("_id", "title", "text")]
    return Text(*(value.strip() for value in values))
