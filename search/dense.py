"""The dense index: exact inner product over unit vectors with FAISS, so scores are cosines (higher is better)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
FILE_NAME = "vectors.faiss"


class DenseIndex:
    """Passage numbers and their vectors. Not safe for a search during `add` or `remove`; the engine swaps copies."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        # FAISS's own stubs do not know that a file or a clone of such an index is one again.
        self._index: Any = faiss.IndexIDMap(faiss.IndexFlatIP(dimensions))
        self._arrays: tuple[Ids, Floats] | None = None

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def load(cls, folder: Path, dimensions: int) -> DenseIndex:
        """Read the index back.

        Raises:
            ValueError: the file is missing, torn or of another dimension; it is to be derived again.
        """
        index = cls(dimensions)
        try:
            index._index = faiss.read_index(str(folder / FILE_NAME))
        except RuntimeError as error:
            raise ValueError(f"unreadable: {error}") from error
        if index._index.d != dimensions:
            raise ValueError(f"{index._index.d} dimensions instead of {dimensions}")
        return index

    def save(self, folder: Path) -> None:
        """Write the index under a temporary name and put it in place in one step."""
        temporary = folder / (FILE_NAME + ".part")
        faiss.write_index(self._index, str(temporary))
        temporary.replace(folder / FILE_NAME)

    def copy(self) -> DenseIndex:
        """An index of its own with the same contents."""
        other = DenseIndex(self.dimensions)
        other._index = faiss.clone_index(self._index)
        return other

    def add(self, ids: Sequence[int], vectors: Floats) -> None:
        """Add unit vectors, shape (n, dimensions) float32, under their passage numbers."""
        if len(ids):
            self._arrays = None
            self._index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(ids, np.int64))

    def remove(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Remove all numbers of these ranges, both ends included."""
        self._arrays = None
        for first, last in ranges:
            self._index.remove_ids(faiss.IDSelectorRange(first, last + 1))

    def ids(self) -> Ids:
        """All passage numbers in the index."""
        return self._view()[0]

    def search(self, vector: Floats, k: int, allowed: Ids | None = None) -> tuple[Ids, Floats]:
        """The `k` nearest passages among `allowed` (ascending; all where None): numbers and cosines, best first."""
        ids, vectors = self._view()
        if allowed is not None:
            at = np.searchsorted(ids, allowed)
            at = at[(at < len(ids)) & (ids[np.minimum(at, len(ids) - 1)] == allowed)] if len(ids) else at[:0]
            ids, vectors = ids[at], vectors[at]
        k = min(k, len(ids))
        if k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # For one question FAISS's own exact search works on one core; this product uses all of them.
        scores = vectors @ vector.reshape(-1)
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((ids[best], -scores[best]))]
        return ids[best], scores[best]

    def _view(self) -> tuple[Ids, Floats]:
        """Numbers, ascending, and vectors as they lie in the index's own memory; valid until it is changed."""
        if self._arrays is None:
            ids = np.asarray(faiss.vector_to_array(self._index.id_map), np.int64)
            count = self._index.ntotal * self.dimensions
            flat: Any = faiss.downcast_index(self._index.index)
            memory: Any = faiss.rev_swig_ptr(flat.get_xb(), count) if count else []
            vectors = np.asarray(memory, np.float32).reshape(len(ids), self.dimensions)
            if np.any(np.diff(ids) < 0):
                order = np.argsort(ids, kind="stable")
                ids, vectors = ids[order], vectors[order]
            self._arrays = (ids, vectors)
        return self._arrays
