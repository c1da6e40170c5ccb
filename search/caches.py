"""The two derived indexes as caches of one store: loaded from their files if these are whole, else derived, and
brought up to the revision that the calling thread reads. Callers hold the lock of `derived` and read in one state."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.records import Document, StoredPassage
from corpus.store import Store
from corpus.upkeep import keep_vectors
from corpus.wording import beyond_title, indexed_text
from search import layered
from search.dense import FILE_NAME, DenseIndex, Floats, Ids
from search.derived import LOCK, State, checksums, read_state, sweep, whole, write_state
from search.embed import Embedder
from search.layered import CODED, DENSE, PREFIX
from search.lexical import Entry, LexicalIndex

BATCH = 2000
LEXICAL = "lexical.json"
# Vectors are written to the disk when so many changed, or this share of all: catching up from the store is cheap.
_UNSAVED, _UNSAVED_SHARE = 2000, 0.1
# Terms of removed passages stay in tantivy's counts until segments are merged, which it cannot be told to do. The
# whole is derived again where that takes a second, or where the removed are this share of all.
_QUICK, _STALE_SHARE = 5000, 0.1
# The files that tantivy writes anew with each commit; all others are written once.
_CHANGING = frozenset({"meta.json"})
Row = tuple[StoredPassage, str, bytes]


class DenseCache:
    """The vectors. `view` is what questions use, with its revision; it is replaced, never changed."""

    def __init__(self, store: Store, folder: Path, embedder: Callable[[], Embedder]) -> None:
        self.embedder = embedder
        self.view: tuple[int, DenseIndex] | None = None
        self._store = store
        self._folder = folder
        self._unsaved = 0

    def catch_up(self, *, anew: bool = False, save: bool = False) -> None:
        """Bring `view` to the store's revision; `anew` from nothing, `save` on the disk too."""
        revision, model = self._store.revision, self.embedder()
        view = None if anew else self._current() or self._load(model)
        if view is None:
            # What had to be derived from nothing is written at once.
            view, self._unsaved, save = self._derived(model), 1, True
        since, index = view
        if since < revision:
            # Searches go on in the old one meanwhile.
            index = index.copy()
            if since:
                removed = self._store.removed(since)
                index.remove(removed)
                self._unsaved += len(removed)
            for ids, vectors in stored_vectors(self._store, since, model):
                index.add(ids, vectors)
                self._unsaved += len(ids)
            # Also without a change the file's note is of an older revision.
            self._unsaved = max(1, self._unsaved)
        self.view = (max(since, revision), index)
        if self._unsaved > max(_UNSAVED, _UNSAVED_SHARE * len(index)) or (save and self._unsaved):
            layered.keep(self._folder, index, self.view[0], model.fingerprint)
            self._unsaved = 0

    def _current(self) -> tuple[int, DenseIndex] | None:
        """What is in memory, unless another process has put another one in the place of its files."""
        return self.view if self.view and layered.in_place(self._folder, self.view[1]) else None

    def _derived(self, model: Embedder) -> tuple[int, DenseIndex]:
        """An index to begin with, where there is none: of very many passages a coded one, which is built at once."""
        if self._store.counts()["passages"] <= layered.MANY:
            return 0, DenseIndex(model.dimensions)
        return self._store.revision, self._coded(stored_vectors(self._store, 0, model), self._store.revision, model)

    def _coded(self, batches: Iterator[tuple[Ids, Floats]], revision: int, model: Embedder) -> DenseIndex:
        return layered.coded_part(self._folder, batches, model.dimensions, revision, model.fingerprint)

    def _load(self, model: Embedder) -> tuple[int, DenseIndex] | None:
        known = self._store.revision
        return layered.load(self._folder, model.fingerprint, model.dimensions, known, self._store.removed)

    def compacted(self) -> tuple[int, DenseIndex] | None:
        """A coded index in the place of one that has grown too much, built beside those who ask; None where it has not.
        It is to be put in place by `take`."""
        if self.view is None or not layered.overgrown(self.view[1]):
            return None
        revision, index = self.view
        return revision, self._coded(layered.batches(index), revision, self.embedder())

    def take(self, made: tuple[int, DenseIndex]) -> None:
        """Go on with that index, and with what changed while it was built."""
        self.view, self._unsaved = made, 1
        self.catch_up(save=True)

    def damage(self) -> str | None:
        """What is wrong with the files, None where they are whole or there is nothing to hold yet."""
        if not (self._folder / CODED).exists():
            return _damage(self._folder / DENSE, "vector", self._store.revision)
        return _damage(self._folder / CODED, "vector", self._store.revision, layered.damaged)


class LexicalCache:
    """The terms. `view` is what questions use, with its revision: a state of the index that stays as it is."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.view: tuple[int, LexicalIndex] | None = None
        self._store = store
        self._folder = folder
        self._index: LexicalIndex | None = None
        self._state: State | None = None
        self._added = 0

    def catch_up(self, *, anew: bool = False, tidy: bool = False) -> None:
        """Bring `view` and the files to the store's revision; `anew` from nothing. Where `tidy` is asked for, it is
        from nothing too if removed passages still count and that is quick, or they are many."""
        revision = self._store.revision
        noted = None if anew else read_state(self._folder / LEXICAL)
        state = self._state
        if noted is None or state is None or self._index is None or noted != state:
            state = self._open(noted, state.files if state else {}, revision)
        index = self._index
        assert index is not None
        done = False
        try:
            if state.revision < revision or not state.files:
                state = self._update(index, state, revision)
            done = True
        except ValueError:
            if not state.files:
                raise
        finally:
            if not done:
                # What is half done is not committed; whatever the writer holds goes with it.
                self._index = self._state = None
        if not done:
            # The files were whole and cannot be gone on with all the same: they are derived again.
            self.catch_up(anew=True)
            return
        self._state = state
        self.view = (state.revision, frozen(index))
        many = state.deleted > (_STALE_SHARE * len(index) if tidy else len(index) + _QUICK)
        if many or (tidy and state.deleted and len(index) <= _QUICK):
            self.catch_up(anew=True)

    def _open(self, noted: State | None, trusted: dict[str, int], revision: int) -> State:
        if noted is not None and noted.folder and noted.revision <= revision:
            folder = self._folder / noted.folder
            try:
                if whole(folder, noted, trusted):
                    # A commit that was killed leaves files in whose way the next one would stand.
                    hidden = {entry.name for entry in folder.iterdir() if entry.name.startswith(".")}
                    sweep(folder, frozenset(noted.files) | hidden)
                    self._index = LexicalIndex(folder)
                    return noted
            except ValueError:
                pass  # torn: derived again below
        name = f"lexical-{secrets.token_hex(4)}"
        self._index = LexicalIndex(self._folder / name)
        return State(0, folder=name)

    def _update(self, index: LexicalIndex, state: State, revision: int) -> State:
        folder, fresh = self._folder / state.folder, not state.files
        removed = self._store.removed(state.revision) if state.revision else []
        if removed or fresh or self._store.first_added(state.revision) is not None:
            before = len(index)
            self._added = 0
            index.update(self._entries(state.revision), removed)
            state = replace(state, deleted=state.deleted + before + self._added - len(index))
            files = checksums(folder, state.files, _CHANGING)
        else:
            files = state.files
        made = replace(state, revision=revision, files=files)
        write_state(self._folder / LEXICAL, made)
        # An index that had no files yet takes the place of all others.
        if fresh:
            coded = {entry.name for entry in self._folder.glob(f"{PREFIX}*")}
            sweep(self._folder, frozenset({DENSE, CODED, LEXICAL, FILE_NAME, LOCK, state.folder} | coded))
        return made

    def _entries(self, since: int) -> Iterator[Entry]:
        documents: dict[str, Document] = {}
        for stored, _, _ in self._store.added(since):
            if stored.document_id not in documents:
                documents.clear()
                documents.update(self._store.documents_by_id([stored.document_id]))
            self._added += 1
            yield entry_of(stored, documents[stored.document_id])

    def damage(self) -> str | None:
        """What is wrong with the files, None where they are whole or there is nothing to hold yet."""
        return _damage(self._folder / LEXICAL, "term", self._store.revision)


class _Pinned:
    """Stands for an index of tantivy that never reloads."""

    def __init__(self, searcher: Any) -> None:
        self._searcher = searcher

    def searcher(self) -> Any:
        return self._searcher


def frozen(index: LexicalIndex) -> LexicalIndex:
    """The index as it is now, to search only; what is committed later is not seen by it."""
    view = copy.copy(index)
    view._index = _Pinned(index._index.searcher())  # type: ignore[assignment]
    return view


def _torn(folder: Path, state: State) -> bool:
    return not whole(folder / state.folder, state, {})


def _damage(file: Path, name: str, revision: int, torn: Callable[[Path, State], bool] = _torn) -> str | None:
    state = read_state(file)
    if state is None:
        return f"The {name} index is missing or of another version." if revision else None
    if state.revision > revision:
        return f"The {name} index is of a later revision than the store."
    return f"The files of the {name} index are damaged." if torn(file.parent, state) else None


def entry_of(stored: StoredPassage, document: Document) -> Entry:
    """What the lexical index holds of a passage."""
    passage = stored.passage
    names = " . ".join(part for part in (document.title, document.symbol or "", *document.aliases) if part)
    headings = beyond_title(passage.heading_path, document.title)
    heading = " . ".join((*headings, passage.label or "", passage.lead, passage.speaker or ""))
    return Entry(stored.seq, passage.text, names, heading, passage.language, document.access)


def stored_vectors(store: Store, since: int, model: Embedder) -> Iterator[tuple[Ids, Floats]]:
    """Vectors of the passages added after a revision, by batch; what the store lacks is embedded and kept."""
    size = 2 * model.dimensions
    for batch in _batches(store.added(since)):
        keys = [key for _, _, key in batch]
        known = {
            key: vector for key, vector in store.known_vectors(model.fingerprint, keys).items() if len(vector) == size
        }
        missing = {key: wording(stored, title) for stored, title, key in batch if key not in known}
        if missing:
            fresh = model.embed(list(missing.values())).astype("<f2")
            made = {key: vector.tobytes() for key, vector in zip(missing, fresh, strict=True)}
            keep_vectors(store, model.fingerprint, made)
            known |= made
        joined = np.frombuffer(b"".join(known[key] for key in keys), "<f2").astype(np.float32)
        numbers = np.asarray([stored.seq for stored, _, _ in batch], np.int64)
        yield numbers, joined.reshape(len(keys), model.dimensions)


def wording(stored: StoredPassage, title: str) -> str:
    """A passage as it is embedded."""
    passage = stored.passage
    return indexed_text(title, passage.heading_path, passage.label, passage.lead, passage.text)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
