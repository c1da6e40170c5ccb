"""Knowledge bases of any size, made from a real one: the real documents first, then copies of them that are like no other.

A copy keeps the description, labels and headings of a real document; each of its passages has the words of the real one
in another order, and its vector with a little noise, of length 1 again. So terms, distances, filters and the sizes of documents stay as
they are in real text, while no two passages are alike. Vocabulary does not grow as it would with new documents. Reading
and embedding are left out: a million passages take some minutes.

    derived.py SOURCE_HOME NEW_HOME PASSAGES
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus.records import Document, FileRecord, Page, Parsed, Passage, Span
from corpus.store import FILE_NAME, Store
from corpus.wording import indexed_text, text_hash
from search.embed import open_embedder

# Of each coordinate. Copies of one passage have a cosine of about .93.
NOISE = 0.02
SEED = 20261124

Floats = np.ndarray[tuple[int], np.dtype[np.float32]]
Vectors = dict[bytes, bytes]
Made = tuple[Parsed, Vectors]


@dataclass(frozen=True)
class Original:
    """A real document with what a copy needs of it."""

    document: Document
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    keys: tuple[bytes, ...]


class Source:
    """The documents of a home in an order that is always the same and mixes all kinds."""

    def __init__(self, home: Path, fingerprint: str) -> None:
        self._store = Store(home)
        self._fingerprint = fingerprint
        self.documents = sorted(self._store.documents(), key=lambda one: one.id)
        random.Random(SEED).shuffle(self.documents)
        self._read: dict[str, Original] = {}

    def original(self, number: int) -> Original:
        """The document with this place in the order, read once."""
        document = self.documents[number % len(self.documents)]
        if document.id not in self._read:
            passages = tuple(stored.passage for stored in self._store.passages_of(document.id))
            keys = tuple(
                text_hash(indexed_text(document.title, one.heading_path, one.label, one.lead, one.text))
                for one in passages
            )
            self._read[document.id] = Original(document, tuple(self._store.pages(document.id)), passages, keys)
        return self._read[document.id]

    def vectors(self, original: Original) -> Vectors:
        """The stored vectors of its passages."""
        return self._store.known_vectors(self._fingerprint, list(dict.fromkeys(original.keys)))

    def close(self) -> None:
        """Let go of the home."""
        self._store.close()


def documents(source: Source, passages: int, first: int = 0) -> Iterator[Made]:
    """Documents from that place of the order on until there are so many passages; the last one is cut to fit."""
    left, number = passages, first
    while left > 0:
        parsed, vectors = made(source, number)
        if len(parsed.passages) > left:
            parsed = replace(parsed, passages=parsed.passages[:left])
        left -= len(parsed.passages)
        number += 1
        yield parsed, vectors


def made(source: Source, number: int) -> Made:
    """The document with this number: a real one while there are any, then copies."""
    original = source.original(number)
    copy = number // len(source.documents)
    vectors = source.vectors(original)
    if not copy:
        return Parsed(original.document, original.pages, original.passages), vectors
    return copied(original, vectors, f"copy-{number:07}", f"{original.document.title} (copy {copy})")


def copied(original: Original, vectors: Vectors, name: str, title: str) -> Made:
    """A document of the same kind and shape, with other words and vectors, under this id and title."""
    words, noise = random.Random(name), np.random.default_rng(list(name.encode()))
    texts: dict[int, str] = {}
    passages, moved = [], {}
    for passage, key in zip(original.passages, original.keys, strict=True):
        shuffled = passage.text.split()
        words.shuffle(shuffled)
        body, before = " ".join(shuffled), texts.get(passage.page, "")
        span = Span(passage.page, len(before), len(before) + len(body))
        texts[passage.page] = f"{before}{body}\n"
        one = replace(passage, text=body, spans=(span,), pinpoints=())
        passages.append(one)
        if key in vectors:
            new = text_hash(indexed_text(title, one.heading_path, one.label, one.lead, one.text))
            moved[new] = altered(np.frombuffer(vectors[key], "<f2").astype(np.float32), noise)
    pages = tuple(replace(page, text=texts.get(page.number, "")) for page in original.pages)
    document = replace(
        original.document,
        id=name,
        path=f"copies/{name}",
        title=title,
        symbol=None,
        aliases=(),
        signature=b"",
        event=None,
    )
    return Parsed(document, pages, tuple(passages)), moved


def altered(vector: Floats, noise: np.random.Generator) -> bytes:
    """The vector with noise, of length 1 again, as the store keeps it."""
    changed = vector + np.float32(NOISE) * noise.standard_normal(vector.shape, np.float32)
    return (changed / np.linalg.norm(changed)).astype("<f2").tobytes()


def put(store: Store, parsed: Parsed, vectors: Vectors, fingerprint: str) -> None:
    """Store one document as ingestion does, in one transaction."""
    document = parsed.document
    record = FileRecord(path=document.path, root="derived", sha256="", outcome="indexed", document_id=document.id)
    store.put(parsed, record, fingerprint, vectors)


def main() -> int:
    """Carry out the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="a knowledge base of real documents, with its model and vectors")
    parser.add_argument("home", type=Path, help="the folder of the new one, which must not hold any")
    parser.add_argument("passages", type=int)
    given = parser.parse_args()
    if (given.home / FILE_NAME).exists():
        parser.error(f"{given.home} holds a knowledge base already")
    begun = time.perf_counter()
    shutil.copytree(given.source / "models", given.home / "models", dirs_exist_ok=True)
    fingerprint = open_embedder(given.source).fingerprint
    source, store = Source(given.source, fingerprint), Store(given.home, create=True)
    for parsed, vectors in documents(source, given.passages):
        put(store, parsed, vectors, fingerprint)
    held = store.counts()
    store.close()
    source.close()
    print(json.dumps({"home": str(given.home), **held, "seconds": round(time.perf_counter() - begun, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
