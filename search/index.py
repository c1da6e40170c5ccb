"""Both derived indexes of a home: opened, brought up to the store's revision, derived again where they are not whole.

They are caches. Each notes the revision and the model that it was built from; what is missing, torn or of another
model is rebuilt from the store, never trusted. A question pins one revision of the store and of both.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import LockedHomeError
from corpus.records import Problem
from corpus.store import Store
from corpus.wording import text_hash
from search.caches import LexicalCache, entry_of, stored_vectors, wording
from search.dense import Ids
from search.derived import held_alone
from search.embed import Embedder
from search.lexical import LexicalIndex, Match
from search.vectors import Vectors, cache_of

__all__ = ["Indexes", "Snapshot", "entry_of"]

# How long another process may work on the files before a question goes on with what it has, and before it gives up.
_PATIENCE, _LONGEST = 3.0, 900.0
_TOLERANCE = 1e-3
_REMEDY = "Run: rapporteur rebuild"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both indexes as they are at one revision of the store; later changes leave it as it is. `dense` is None where
    it was not asked for."""

    revision: int
    lexical: LexicalIndex
    dense: Vectors | None = None


class Indexes:
    """The dense and the lexical index of one store. Usable from any thread."""

    def __init__(self, store: Store, folder: Path, embedder: Callable[[], Embedder]) -> None:
        self._store = store
        self._folder = folder
        self._lock = threading.Lock()
        self._dense = cache_of(store, folder, embedder)
        self._lexical = LexicalCache(store, folder)
        self._thread = threading.local()
        self._wait_again = 0.0

    @property
    def dense(self) -> Vectors:
        """The dense index: the pinned one, else one that is up to date."""
        with self.pinned() as snapshot:
            assert snapshot.dense is not None
            return snapshot.dense

    @property
    def lexical(self) -> LexicalIndex:
        """The lexical index: the pinned one, else one that is up to date."""
        with self.pinned(dense=False) as snapshot:
            return snapshot.lexical

    @contextmanager
    def pinned(self, *, dense: bool = True) -> Iterator[Snapshot]:
        """One revision of the store and of both indexes for everything that this thread does inside: `dense` and
        `lexical` give those of the snapshot. Without `dense` no model is loaded for it.

        Raises:
            HomeError: the indexes cannot be read or written.
        """
        outer: Snapshot | None = getattr(self._thread, "snapshot", None)
        if outer is not None and (outer.dense is not None or not dense):
            yield outer
            return
        with ExitStack() as question:
            question.enter_context(self._store.reading())
            snapshot = self._present(dense=dense)
            if snapshot is None:
                question.pop_all().close()
                with self._lock:
                    if dense:
                        self._dense.prepare()
                    # Begun anew inside the lock, so that nobody is ahead of this revision.
                    question.enter_context(self._store.reading())
                    snapshot = self._caught_up(dense=dense)
            self._thread.snapshot = snapshot
            try:
                yield snapshot
            finally:
                self._thread.snapshot = outer

    def _present(self, *, dense: bool) -> Snapshot | None:
        """What is there, if it is of the revision that this thread sees."""
        revision = self._store.revision
        lexical, vectors = self._lexical.view, self._dense.view
        if lexical is None or lexical[0] != revision:
            return None
        if not dense:
            return Snapshot(revision, lexical[1])
        if vectors is None or vectors[0] != revision:
            return None
        return Snapshot(revision, lexical[1], vectors[1])

    def _caught_up(self, *, dense: bool) -> Snapshot:
        present = self._present(dense=dense)
        if present is not None:
            return present
        lexical, vectors = self._lexical.view, self._dense.view
        ready = lexical is not None and (vectors is not None or not dense)
        patience = _PATIENCE if time.monotonic() >= self._wait_again else 0.0
        try:
            with held_alone(self._folder, patience if ready else _LONGEST):
                self._lexical.catch_up()
                if dense:
                    self._dense.catch_up()
        except LockedHomeError:
            if not ready:
                raise
            # Another process derives them. Until it has, what is new is not found, and what is gone is not shown.
            self._wait_again = time.monotonic() + 2 * _PATIENCE
        lexical, vectors = self._lexical.view, self._dense.view
        assert lexical is not None
        return Snapshot(lexical[0], lexical[1], vectors[1] if dense and vectors else None)

    def refresh(self) -> None:
        """Bring both indexes up to the store's revision, on the disk too, and rid them of what was removed."""
        self._dense.prepare()
        with self._lock, self._store.reading(), held_alone(self._folder, _LONGEST):
            self._lexical.catch_up(tidy=True)
            self._dense.catch_up(save=True)
        made = self._dense.compacted()
        if made is not None:
            with self._lock, self._store.reading(), held_alone(self._folder, _LONGEST):
                self._dense.take(made)

    def rebuild(self) -> None:
        """Derive both again from nothing; questions go on with the old ones meanwhile."""
        self._dense.prepare(anew=True)
        with self._lock, self._store.reading(), held_alone(self._folder, _LONGEST):
            self._lexical.catch_up(anew=True)
            self._dense.catch_up(anew=True, save=True)

    # -- health --------------------------------------------------------------------------------------------

    def verify(self) -> list[Problem]:
        """Where the indexes, as files and in their contents, differ from the store. Nothing is mended."""
        with held_alone(self._folder, _LONGEST):
            found = [cache.damage() for cache in (self._dense, self._lexical)]
        problems = [Problem(f"{what} It is derived again when it is next needed.", _REMEDY) for what in found if what]
        if problems:
            return problems
        with self.pinned() as snapshot:
            return self._differences(snapshot)

    def _differences(self, snapshot: Snapshot) -> list[Problem]:
        assert snapshot.dense is not None
        wanted = set(self._store.sequence_numbers())
        problems = []
        changed = sum(text_hash(wording(stored, title)) != key for stored, title, key in self._store.added(0))
        if changed:
            remedy = "Restore a backup, or forget their documents and ingest them again."
            problems.append(Problem(f"{changed} passages of the store are not what was stored.", remedy))
        for name, present in (("vector", snapshot.dense.ids()), ("term", snapshot.lexical.matching(Match()))):
            differing = _differing(wanted, present)
            if differing:
                problems.append(Problem(f"The {name} index differs from the store in {differing} passages.", _REMEDY))
        if not problems:
            wrong = sum(self._wrong_vectors(snapshot.dense))
            if wrong:
                problems.append(Problem(f"{wrong} vectors of the index differ from those of the store.", _REMEDY))
        return problems

    def _wrong_vectors(self, dense: Vectors) -> Iterator[int]:
        for ids, vectors in stored_vectors(self._store, 0, self._dense.embedder()):
            differences = np.abs(dense.vectors_of(np.asarray(ids, np.int64)) - vectors).max(axis=1)
            yield int(np.count_nonzero(~(differences <= _TOLERANCE)))


def _differing(wanted: set[int], present: Ids) -> int:
    """Number of passages that are in one only, or twice."""
    listed = present.tolist()
    return len(wanted ^ set(listed)) + len(listed) - len(set(listed))
