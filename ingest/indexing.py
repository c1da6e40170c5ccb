"""Parsed documents to committed ones: gathered until they are worth an embedding call, embedded in a thread of their
own while the next ones are read, and stored, each in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from corpus.records import FileRecord, Parsed
from corpus.store import Store
from corpus.wording import indexed_text, text_hash

Vectors = np.ndarray[Any, np.dtype[np.floating[Any]]]

# Enough texts to sort by length and fill every core; a few seconds of work, which is what an interruption may cost.
BATCH = 600
FIRST_BATCH = 60
# Texts embedded between two looks at whether to go on.
SLICE = 600


class Embedding(Protocol):
    """What is asked of an embedding model here; `ingest` does not know where it comes from."""

    @property
    def fingerprint(self) -> str:
        """Names model, weights and precision."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Texts to vectors, one row each, in the order given."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready to be stored, and the texts of its passages as they are embedded, by hash."""

    parsed: Parsed
    record: FileRecord
    texts: dict[bytes, str]
    done: Callable[[], None]


def entry_of(parsed: Parsed, record: FileRecord, done: Callable[[], None]) -> Entry:
    """Prepare a document; `done` is called once it is committed."""
    title = parsed.document.title
    wordings = (indexed_text(title, p.heading_path, p.label, p.lead, p.text) for p in parsed.passages)
    return Entry(parsed, record, {text_hash(wording): wording for wording in wordings}, done)


class Indexer:
    """Takes documents and commits them. `embedded` counts the vectors computed so far. Use with `with`: leaving after
    an error drops what is not yet committed."""

    def __init__(self, store: Store, model: Callable[[], Embedding], ticked: Callable[[int], None]) -> None:
        """`ticked` is called with the number of passages embedded, now and then, from the embedding thread."""
        self._store = store
        self._model = model
        self._ticked = ticked
        self._gathered: list[Entry] = []
        self._size = 0
        self._begun = False
        self._running: tuple[list[Entry], Future[dict[bytes, bytes]]] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embed")
        self._stop = threading.Event()
        self.embedded = 0

    def __enter__(self) -> Indexer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self._stop.set()
            self._thread.shutdown(wait=True, cancel_futures=True)

    def add(self, entry: Entry) -> None:
        """Take a document; it is committed when its batch is full, or by `finish`."""
        self._gathered.append(entry)
        self._size += len(entry.texts)
        # The first batch is small: the model should not wait for the readers longer than it must.
        if self._size >= (BATCH if self._begun else min(BATCH, FIRST_BATCH)):
            self._begun = True
            self._send()

    def finish(self) -> None:
        """Commit everything taken so far."""
        if self._gathered:
            self._send()
        self._settle()

    def embed(self, texts: dict[bytes, str]) -> dict[bytes, bytes]:
        """The vectors of these texts by hash, computed now."""
        self._settle()
        return self._thread.submit(self._vectors, texts).result()

    def _send(self) -> None:
        """Give the gathered batch to the thread, after committing the one before it."""
        self._settle()
        entries, self._gathered, self._size = self._gathered, [], 0
        texts = {key: text for entry in entries for key, text in entry.texts.items()}
        known = self._store.known_vectors(self._model().fingerprint, list(texts))
        missing = {key: text for key, text in texts.items() if key not in known}
        self._running = entries, self._thread.submit(self._vectors, missing)

    def _settle(self) -> None:
        if self._running is None:
            return
        entries, future = self._running
        vectors = future.result()
        self._running = None
        model = self._model().fingerprint
        for entry in entries:
            own = {key: vectors[key] for key in entry.texts if key in vectors}
            self._store.put(entry.parsed, entry.record, model, own)
            entry.done()

    def _vectors(self, texts: dict[bytes, str]) -> dict[bytes, bytes]:
        # Texts of like length side by side: a slice then wastes little on padding.
        keys = sorted(texts, key=lambda key: len(texts[key]))
        made: dict[bytes, bytes] = {}
        for start in range(0, len(keys), SLICE):
            if self._stop.is_set():
                break
            part = keys[start : start + SLICE]
            rows = self._model().embed([texts[key] for key in part]).astype("<f2")
            made.update(zip(part, map(np.ndarray.tobytes, rows), strict=True))
            self.embedded += len(part)
            self._ticked(len(part))
        return made
