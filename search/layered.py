"""The dense index of very many passages: a coded part that stays as it is, and beside it, exact, what came in since. What
is removed is marked. A change costs what changes; when much has changed, a new part is built beside whoever asks.

  coded.json          the revision, which folder holds the part, and the checksum of vectors.faiss
  coded-3f2a91c0/     the part (`search.coded`)
  vectors.faiss       what came in since
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from search.coded import BATCH, NOTE, Coded, Mask, build
from search.dense import FILE_NAME, DenseIndex, Floats, Ids, file_checksum
from search.derived import State, read_state, write_state

# Exact search of more rows than these takes more than some 15 ms on two cores.
MANY = 200_000
CODED, DENSE, PREFIX = "coded.json", "dense.json", "coded-"
# What changed since the part was built may be so much, or this share of it.
_LOOSE, _LOOSE_SHARE = 20_000, 0.05
Removed = Callable[[int], Sequence[tuple[int, int]]]


class LayeredIndex(DenseIndex):
    """As `DenseIndex`, over a coded part; scores are as exact, but one in a hundred of the nearest may be missed."""

    def __init__(self, coded: Coded) -> None:
        super().__init__(coded.dimensions)
        self.coded = coded
        self._left: Mask = np.zeros(len(coded), np.bool_)

    def __len__(self) -> int:
        return super().__len__() + len(self.coded) - int(np.count_nonzero(self._left))

    @property
    def loose(self) -> int:
        """Rows that came in or were removed since the part was built."""
        return len(self._ids) + int(np.count_nonzero(self._left))

    def _like(self, other: DenseIndex) -> LayeredIndex:
        """The same part, with the newer rows of `other`."""
        made = LayeredIndex(self.coded)
        made._ids, made._gone, made._blocks = other._ids, other._gone, other._blocks
        made._left = self._left
        return made

    def copy(self) -> LayeredIndex:
        """An index of its own with the same contents."""
        return self._like(self)

    def newer(self) -> DenseIndex:
        """What came in since the part was built, by itself."""
        return DenseIndex.copy(self)

    def save(self, folder: Path) -> int:
        """Save what came in since; the part is on the disk already."""
        return self.newer().save(folder)

    def remove(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Remove all numbers of these ranges, both ends included."""
        super().remove(ranges)
        left = self._left.copy()
        for first, last in ranges:
            low, high = np.searchsorted(self.coded.numbers, [first, last + 1])
            left[low:high] = True
        self._left = left

    def only(self, ids: Ids) -> LayeredIndex:
        """An index over the same vectors that holds these passage numbers (ascending) and no other."""
        other = self._like(self.newer().only(ids))
        other._left = self._left | ~np.isin(self.coded.numbers, ids, assume_unique=True)
        return other

    def ids(self) -> Ids:
        """All passage numbers in the index, ascending."""
        return np.concatenate([self.coded.numbers[~self._left], super().ids()])

    def vectors_of(self, ids: Ids) -> Floats:
        """The vectors of these passage numbers, all of which must be there."""
        old = np.searchsorted(ids, self.coded.numbers[-1], "right") if len(self.coded) else 0
        rows = np.searchsorted(self.coded.numbers, ids[:old])
        return np.concatenate([self.coded.vectors(rows), super().vectors_of(ids[old:])])

    def older(self) -> Iterator[tuple[Ids, Floats]]:
        """What is left of the part: passage numbers with their vectors, by batch."""
        yield from self.coded.batches(self._left)

    def search(self, vector: Floats, k: int, allowed: Ids | None = None) -> tuple[Ids, Floats]:
        """The `k` nearest passages among `allowed` (ascending; all where None): numbers and cosines, best first."""
        ids, scores = super().search(vector, k, allowed)
        query = np.asarray(vector, np.float32).reshape(-1)
        more, theirs = self.coded.search(query, k, self._eligible(allowed))
        ids, scores = np.concatenate([ids, more]), np.concatenate([scores, theirs])
        best = np.lexsort((ids, -scores))[:k]
        return ids[best], scores[best]

    def _eligible(self, allowed: Ids | None) -> Mask | None:
        """The rows of the part that may be found; None where all may."""
        if allowed is None:
            return ~self._left if np.any(self._left) else None
        numbers = self.coded.numbers
        at = np.searchsorted(numbers, allowed)
        inside = at < len(numbers)
        at, wanted = at[inside], allowed[inside]
        eligible = np.zeros(len(numbers), np.bool_)
        eligible[at[numbers[at] == wanted]] = True
        return eligible & ~self._left


def batches(index: DenseIndex) -> Iterator[tuple[Ids, Floats]]:
    """All passage numbers with their vectors, by batch."""
    if isinstance(index, LayeredIndex):
        yield from index.older()
        index = index.newer()
    ids = index.ids()
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        yield part, index.vectors_of(part)


def overgrown(index: DenseIndex) -> bool:
    """Whether a coded part should be built from it."""
    if isinstance(index, LayeredIndex):
        return index.loose > max(_LOOSE, _LOOSE_SHARE * len(index.coded))
    return len(index) > MANY


def coded_part(
    folder: Path, batches: Iterator[tuple[Ids, Floats]], dimensions: int, revision: int, model: str
) -> LayeredIndex:
    """An index over a part that is built now, beside the one in use; see `keep`.

    Raises:
        OSError: it cannot be written.
    """
    place = folder / f"{PREFIX}{secrets.token_hex(4)}"
    try:
        return LayeredIndex(build(place, batches, dimensions, revision, model))
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def keep(folder: Path, index: DenseIndex, revision: int, model: str) -> None:
    """Save an index, in place of what was there."""
    state = State(revision, model, files={FILE_NAME: index.save(folder)})
    if not isinstance(index, LayeredIndex):
        write_state(folder / DENSE, state)
        (folder / CODED).unlink(missing_ok=True)
        _sweep(folder, "")
        return
    name = index.coded.folder.name
    (folder / DENSE).unlink(missing_ok=True)
    write_state(folder / CODED, State(revision, model, folder=name, files=state.files))
    _sweep(folder, name)


def _sweep(folder: Path, name: str) -> None:
    for entry in folder.glob(f"{PREFIX}*"):
        if entry.name != name:
            shutil.rmtree(entry, ignore_errors=True)


def in_place(folder: Path, index: DenseIndex) -> bool:
    """Whether the files in `folder` are still those of this index, and not of one that another process built since."""
    if isinstance(index, LayeredIndex):
        return (index.coded.folder / NOTE).exists()
    return not (folder / CODED).exists()


def load(folder: Path, model: str, dimensions: int, revision: int, removed: Removed) -> tuple[int, DenseIndex] | None:
    """The index in `folder` with its revision; None where there is none, or one that is torn, of another model or of a
    later revision than the store's. `removed` gives what the store removed after a revision."""
    layered = (folder / CODED).exists()
    state = read_state(folder / (CODED if layered else DENSE))
    if state is None or state.model != model or state.revision > revision:
        return None
    try:
        newer = DenseIndex.load(folder, dimensions, state.files.get(FILE_NAME, -1))
        if not layered:
            return state.revision, newer
        coded = Coded.load(folder / state.folder)
    except ValueError:
        return None
    if coded.note.model != model or coded.dimensions != dimensions or coded.note.revision > state.revision:
        return None
    index = LayeredIndex(coded)._like(newer)
    index.remove(removed(coded.note.revision))
    return state.revision, index


def damaged(folder: Path, state: State) -> bool:
    """Whether the files of a coded part, or of what came in since, are not what was written."""
    try:
        Coded.load(folder / state.folder)
        return file_checksum(folder / FILE_NAME) != state.files.get(FILE_NAME)
    except (OSError, ValueError):
        return True
