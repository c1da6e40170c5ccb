"""Both derived indexes of a home: opened, brought up to the store's revision, derived again where they are not whole.

They are caches. Each notes the revision and the model that it was built from; what is missing, torn or of another
model is rebuilt from the store, never trusted.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.records import Document, Problem, StoredPassage
from corpus.store import Store
from corpus.wording import beyond_title, indexed_text
from search.dense import DenseIndex, Floats
from search.embed import Embedder
from search.lexical import Entry, LexicalIndex

# Grows when texts are analysed in another way: indexes of an older version are derived again.
VERSION = "4"
BATCH = 2000
STATE = "state.json"
LAST = 2**62


@dataclass(frozen=True, slots=True)
class State:
    """What an index was built from."""

    revision: int
    model: str
    version: str = VERSION


class Indexes:
    """The dense and the lexical index of one store. `refresh` may be called from any thread."""

    def __init__(self, store: Store, folder: Path, embedder: Callable[[], Embedder]) -> None:
        self._store = store
        self._folder = folder
        self._embedder = embedder
        self._lock = threading.Lock()
        self._dense: DenseIndex | None = None
        self._dense_state: State | None = None
        self._lexical: LexicalIndex | None = None
        self._lexical_state: State | None = None

    @property
    def dense(self) -> DenseIndex:
        """The dense index, up to date."""
        return self._current_dense()

    @property
    def lexical(self) -> LexicalIndex:
        """The lexical index, up to date."""
        return self._current_lexical()

    def refresh(self) -> None:
        """Bring both indexes up to the store's revision."""
        self._current_lexical()
        self._current_dense()

    def rebuild(self) -> None:
        """Throw both away and derive them again."""
        with self._lock:
            self._dense = self._lexical = None
            shutil.rmtree(self._folder, ignore_errors=True)
        self.refresh()

    # -- dense ---------------------------------------------------------------------------------------------

    def _current_dense(self) -> DenseIndex:
        revision = self._store.revision
        if self._dense is not None and self._dense_state is not None and self._dense_state.revision == revision:
            return self._dense
        with self._lock:
            model = self._embedder()
            folder = self._folder / "dense"
            folder.mkdir(parents=True, exist_ok=True)
            index, state = self._dense, self._dense_state
            if index is None or state is None:
                index, state = self._load_dense(folder, model)
            elif state.revision != revision:
                # Searches go on in the old one meanwhile: it is not changed, a copy is.
                index = index.copy()
            if state.revision != revision:
                if state.revision:
                    index.remove([*self._store.removed(state.revision), *self._begun(state.revision)])
                for ids, vectors in self._vectors(state.revision, model):
                    index.add(ids, vectors)
                index.save(folder)
                state = State(revision, model.fingerprint)
                _write_state(folder, state)
            self._dense, self._dense_state = index, state
            return index

    def _load_dense(self, folder: Path, model: Embedder) -> tuple[DenseIndex, State]:
        state = _read_state(folder)
        if state is not None and state.model == model.fingerprint and state.revision <= self._store.revision:
            try:
                return DenseIndex.load(folder, model.dimensions), state
            except ValueError:
                pass  # torn or missing: derived again below
        return DenseIndex(model.dimensions), State(0, model.fingerprint)

    def _vectors(self, since: int, model: Embedder) -> Iterator[tuple[list[int], Floats]]:
        """Vectors of the passages added after a revision, by batch; what the store lacks is embedded and kept."""
        for batch in _batches(self._store.added(since)):
            keys = [key for _, _, key in batch]
            known = self._store.known_vectors(model.fingerprint, keys)
            missing = {key: (stored, title) for stored, title, key in batch if key not in known}
            if missing:
                texts = [_wording(stored, title) for stored, title in missing.values()]
                fresh = model.embed(texts).astype("<f2")
                made = {key: vector.tobytes() for key, vector in zip(missing, fresh, strict=True)}
                self._store.add_vectors(model.fingerprint, made)
                known |= made
            joined = np.frombuffer(b"".join(known[key] for key in keys), "<f2").astype(np.float32)
            yield [stored.seq for stored, _, _ in batch], joined.reshape(len(keys), model.dimensions)

    # -- lexical -------------------------------------------------------------------------------------------

    def _current_lexical(self) -> LexicalIndex:
        revision = self._store.revision
        if self._lexical is not None and self._lexical_state is not None and self._lexical_state.revision == revision:
            return self._lexical
        with self._lock:
            folder = self._folder / "lexical"
            index, state = self._lexical, self._lexical_state
            if index is None or state is None:
                index, state = self._load_lexical(folder)
            if state.revision != revision:
                removed = self._store.removed(state.revision) if state.revision else []
                index.update(self._entries(state.revision), [*removed, *self._begun(state.revision)])
                state = State(revision, "")
                _write_state(folder, state)
            self._lexical, self._lexical_state = index, state
            return index

    def _load_lexical(self, folder: Path) -> tuple[LexicalIndex, State]:
        state = _read_state(folder)
        if state is not None and state.revision <= self._store.revision:
            try:
                return LexicalIndex(folder), state
            except ValueError:
                pass  # torn or missing: derived again below
        LexicalIndex.clear(folder)
        return LexicalIndex(folder), State(0, "")

    def _entries(self, since: int) -> Iterator[Entry]:
        documents: dict[str, Document] = {}
        for stored, _, _ in self._store.added(since):
            if stored.document_id not in documents:
                documents.clear()
                documents.update(self._store.documents_by_id([stored.document_id]))
            document = documents.get(stored.document_id)
            if document is not None:
                yield entry_of(stored, document)

    def _begun(self, since: int) -> list[tuple[int, int]]:
        """What a catching-up that was killed half-way may have added already: every number newer than `since`."""
        first = self._store.first_added(since)
        return [(first, LAST)] if first is not None and since else []

    # -- health --------------------------------------------------------------------------------------------

    def verify(self) -> list[Problem]:
        """Where the indexes differ from the store."""
        remedy = "Run: rapporteur rebuild"
        wanted = set(self._store.sequence_numbers())
        problems = []
        try:
            present = set(self.dense.ids().tolist())
            if present != wanted:
                problems.append(
                    Problem(f"The vector index differs from the store in {len(present ^ wanted)} passages.", remedy)
                )
            if len(self.lexical) != len(wanted):
                problems.append(
                    Problem(f"The term index holds {len(self.lexical)} passages, the store {len(wanted)}.", remedy)
                )
        except (RuntimeError, ValueError, OSError) as error:
            problems.append(Problem(f"An index cannot be read ({error}).", remedy))
        return problems


def entry_of(stored: StoredPassage, document: Document) -> Entry:
    """What the lexical index holds of a passage."""
    passage = stored.passage
    names = " . ".join(part for part in (document.title, document.symbol or "", *document.aliases) if part)
    headings = beyond_title(passage.heading_path, document.title)
    heading = " . ".join((*headings, passage.label or "", passage.lead, passage.speaker or ""))
    return Entry(stored.seq, passage.text, names, heading, passage.language)


def _wording(stored: StoredPassage, title: str) -> str:
    passage = stored.passage
    return indexed_text(title, passage.heading_path, passage.label, passage.lead, passage.text)


def _batches(
    rows: Iterator[tuple[StoredPassage, str, bytes]],
) -> Iterator[list[tuple[StoredPassage, str, bytes]]]:
    batch: list[tuple[StoredPassage, str, bytes]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _read_state(folder: Path) -> State | None:
    try:
        values = json.loads((folder / STATE).read_text(encoding="utf-8"))
        state = State(int(values["revision"]), str(values["model"]), str(values["version"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return state if state.version == VERSION else None


def _write_state(folder: Path, state: State) -> None:
    temporary = folder / (STATE + ".part")
    temporary.write_text(
        json.dumps({"revision": state.revision, "model": state.model, "version": state.version}), encoding="utf-8"
    )
    temporary.replace(folder / STATE)
