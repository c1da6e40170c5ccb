"""The dense index: exact inner product over unit vectors, kept in FAISS's format, so scores are cosines (higher is
better)."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
FILE_NAME = "vectors.faiss"
# Removed rows stay marked until they are this share of all: dropping them means copying everything.
_SPARE = 0.25
# Where more than this share is allowed, scoring all rows is quicker than gathering the allowed ones first.
_MANY = 0.1
_BLOCK = 1 << 22


class DenseIndex:
    """Passage numbers and their vectors.

    `copy` costs next to nothing and shares the vectors: `add` and `remove` put new arrays in the place of old ones
    and change none, so that searches in another copy go on undisturbed. Vectors lie in blocks, which are joined as
    they grow; a change costs about what changes.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        # Ascending, the removed ones included; `_gone` marks these.
        self._ids: Ids = np.empty(0, np.int64)
        self._gone: NDArray[np.bool_] = np.empty(0, np.bool_)
        self._blocks: tuple[Floats, ...] = ()

    def __len__(self) -> int:
        return len(self._ids) - int(np.count_nonzero(self._gone))

    @classmethod
    def load(cls, folder: Path, dimensions: int, checksum: int | None = None) -> DenseIndex:
        """Read the index back; with `checksum` (of `save`) only where the file is what was saved then.

        Raises:
            ValueError: the file is missing, torn or of another dimension; it is to be derived again.
        """
        file = folder / FILE_NAME
        try:
            if checksum is not None and file_checksum(file) != checksum:
                raise ValueError("unreadable: the file is not the one that was saved")
            loaded: Any = faiss.read_index(str(file))
            ids = np.asarray(faiss.vector_to_array(loaded.id_map), np.int64)
        except (RuntimeError, MemoryError, AttributeError, OSError) as error:
            raise ValueError(f"unreadable: {error}") from error
        if loaded.d != dimensions:
            raise ValueError(f"{loaded.d} dimensions instead of {dimensions}")
        index = cls(dimensions)
        if len(ids):
            flat: Any = faiss.downcast_index(loaded.index)
            memory: Any = faiss.rev_swig_ptr(flat.get_xb(), len(ids) * dimensions)
            index.add(ids, np.asarray(_Lent(memory, loaded)).reshape(len(ids), dimensions))
        return index

    def save(self, folder: Path) -> int:
        """Write the index under a temporary name and put it in place in one step; returns a checksum of the file."""
        # Searches may be going on in this one.
        whole = self.copy()
        whole._settle()
        index: Any = faiss.IndexIDMap(faiss.IndexFlatIP(self.dimensions))
        if len(whole):
            index.add_with_ids(whole._blocks[0], whole._ids)
        temporary = folder / (FILE_NAME + ".part")
        try:
            faiss.write_index(index, str(temporary))
            with temporary.open("rb+") as stream:
                os.fsync(stream.fileno())
        except BaseException:
            # A disk that is full keeps no half of it.
            temporary.unlink(missing_ok=True)
            raise
        checksum = file_checksum(temporary)
        temporary.replace(folder / FILE_NAME)
        return checksum

    def copy(self) -> DenseIndex:
        """An index of its own with the same contents."""
        other = DenseIndex(self.dimensions)
        other._ids, other._gone, other._blocks = self._ids, self._gone, self._blocks
        return other

    def add(self, ids: Sequence[int] | Ids, vectors: Floats) -> None:
        """Add unit vectors, shape (n, dimensions) float32, under their passage numbers, which must be new."""
        if not len(ids):
            return
        numbers, rows = np.asarray(ids, np.int64), np.ascontiguousarray(vectors, np.float32)
        follows = not len(self._ids) or numbers[0] > self._ids[-1]
        self._ids = np.concatenate([self._ids, numbers])
        self._gone = np.concatenate([self._gone, np.zeros(len(numbers), np.bool_)])
        self._blocks = (*self._blocks, rows)
        if not follows or np.any(np.diff(numbers) <= 0):
            self._settle()
        # As with a binary counter: few blocks, and each row is copied a few times at most, however it all grew.
        while len(self._blocks) > 1 and len(self._blocks[-2]) <= len(self._blocks[-1]):
            self._blocks = (*self._blocks[:-2], np.concatenate(self._blocks[-2:]))

    def remove(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Remove all numbers of these ranges, both ends included."""
        if not ranges:
            return
        gone = self._gone.copy()
        for first, last in ranges:
            low, high = np.searchsorted(self._ids, [first, last + 1])
            gone[low:high] = True
        self._gone = gone
        if np.count_nonzero(gone) > _SPARE * len(gone):
            self._settle()

    def _settle(self) -> None:
        """All vectors in one block, in the order of their numbers, without the removed ones."""
        order = np.argsort(self._ids, kind="stable")
        order = order[~self._gone[order]]
        if len(self._blocks) == 1 and len(order) == len(self._ids) and np.all(np.diff(order) == 1):
            return
        everything = np.concatenate([np.empty((0, self.dimensions), np.float32), *self._blocks])
        self._ids, self._blocks = self._ids[order], (everything[order],) if len(order) else ()
        self._gone = np.zeros(len(order), np.bool_)

    def only(self, ids: Ids) -> DenseIndex:
        """An index over the same vectors that holds these passage numbers (ascending) and no other."""
        other = self.copy()
        other._gone = self._gone | ~np.isin(self._ids, ids, assume_unique=True)
        return other

    def ids(self) -> Ids:
        """All passage numbers in the index, ascending."""
        return self._ids[~self._gone]

    def vectors_of(self, ids: Ids) -> Floats:
        """The vectors of these passage numbers, all of which must be there."""
        return self._gathered(np.searchsorted(self._ids, ids))

    def search(self, vector: Floats, k: int, allowed: Ids | None = None) -> tuple[Ids, Floats]:
        """The `k` nearest passages among `allowed` (ascending; all where None): numbers and cosines, best first."""
        rows = self._rows(allowed)
        k = min(k, len(rows))
        if k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = np.asarray(vector, np.float32).reshape(-1)
        # For one question FAISS's own exact search works on one core; this product uses all of them.
        if len(rows) > _MANY * len(self._ids):
            scores = np.concatenate([block @ query for block in self._blocks])
            scores = scores if len(rows) == len(scores) else scores[rows]
        else:
            scores = self._gathered(rows) @ query
        ids = self._ids[rows]
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((ids[best], -scores[best]))]
        return ids[best], scores[best]

    def _rows(self, allowed: Ids | None) -> Ids:
        """The positions of the rows that may be found, ascending."""
        if allowed is None:
            return np.flatnonzero(~self._gone)
        at = np.searchsorted(self._ids, allowed)
        inside = at < len(self._ids)
        at, allowed = at[inside], allowed[inside]
        rows: Ids = at[(self._ids[at] == allowed) & ~self._gone[at]]
        return rows

    def _gathered(self, rows: Ids) -> Floats:
        """The vectors at these positions, which must ascend."""
        if len(self._blocks) == 1:
            return self._blocks[0][rows]
        parts = [np.empty((0, self.dimensions), np.float32)]
        start = 0
        for block in self._blocks:
            low, high = np.searchsorted(rows, [start, start + len(block)])
            parts.append(block[rows[low:high] - start])
            start += len(block)
        return np.concatenate(parts)


class _Lent:
    """Memory of FAISS as an array that keeps its owner alive."""

    def __init__(self, memory: NDArray[np.float32], owner: object) -> None:
        self.__array_interface__ = memory.__array_interface__
        self.owner = owner


def file_checksum(file: Path) -> int:
    """The CRC-32 of a file: enough to tell a torn one, and quick."""
    checksum = 0
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum
