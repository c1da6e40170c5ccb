"""Very many vectors: sorted into cells around trained centres (FAISS, inverted file) with 8 bits a number, and beside them as the
store keeps them, 16 bits a number. Both files are mapped into memory, so that opening them reads nothing and several
processes share them. The nearest by the short form are scored again by the long one: scores are cosines as anywhere.

Such a part never changes once it is written. A folder holds it:

  note.json      written last: what the others are, and of which revision
  cells.faiss    the 8-bit codes by cell, under their rows
  vectors.f16    all vectors, row by row
  numbers.i64    the passage number of each row, ascending
"""

from __future__ import annotations

import json
import math
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from search.dense import Floats, Ids

NOTE, CELLS, VECTORS, NUMBERS = "note.json", "cells.faiss", "vectors.f16", "numbers.i64"
# Cells for the square root of the rows, and the share of them that is looked into. Measured on questions over 82,000 real
# passages and a million derived ones: of the 50 nearest .987 and .991 are found; with an eighth of the cells .963 and .980.
_CELLS, PROBED = 3.0, 0.25
_SAMPLE, _ROUNDS = 40, 10
# How many of the nearest by 8 bits are scored again, for each that is wanted.
_AGAIN = 2
# So many rows are scored one by one, in less time than the cells take.
_FEW = 20_000
BATCH = 16_384
# A file's checksum is taken of so many stretches: reading a gigabyte whole would cost the first question seconds.
_STRETCHES, _STRETCH = 64, 1 << 16

Halves = NDArray[np.float16]
Mask = NDArray[np.bool_]
# The types of FAISS leave out that its module takes fields by name, and arrays for memory.
_parameters: Any = faiss.SearchParametersIVF
_selector: Any = faiss.IDSelectorBitmap


@dataclass(frozen=True, slots=True)
class Note:
    """What a part is: built from this revision of the store with vectors of this model; a checksum of each file."""

    revision: int
    model: str
    rows: int
    dimensions: int
    files: dict[str, int]


class Coded:
    """Passage numbers and their vectors, as they were when the part was built. Usable from any thread."""

    def __init__(self, folder: Path, note: Note) -> None:
        self.folder, self.note = folder, note
        self.dimensions = note.dimensions
        self.numbers: Ids = np.fromfile(folder / NUMBERS, "<i8").astype(np.int64, copy=False)
        self._vectors: Halves = np.memmap(folder / VECTORS, "<f2", "r", shape=(note.rows, note.dimensions))
        self._cells: Any = faiss.read_index(str(folder / CELLS), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        if self._cells.ntotal != note.rows or self._cells.d != note.dimensions or len(self.numbers) != note.rows:
            raise ValueError("unreadable: its files do not belong together")

    def __len__(self) -> int:
        return len(self.numbers)

    @classmethod
    def load(cls, folder: Path) -> Coded:
        """Open a part.

        Raises:
            ValueError: a file is missing, or not what was written; all is to be derived again.
        """
        try:
            values = json.loads((folder / NOTE).read_text(encoding="utf-8"))
            note = Note(**values)
            if any(brief_checksum(folder / name) != checksum for name, checksum in note.files.items()):
                raise ValueError("unreadable: a file is not the one that was written")
            return cls(folder, note)
        except (OSError, RuntimeError, MemoryError, TypeError, KeyError) as error:
            raise ValueError(f"unreadable: {error}") from error

    def vectors(self, rows: Ids) -> Floats:
        """The vectors of these rows."""
        return self._vectors[rows].astype(np.float32)

    def batches(self, left_out: Mask) -> Iterator[tuple[Ids, Floats]]:
        """All passage numbers with their vectors, by batch, without the rows that are left out."""
        for start in range(0, len(self), BATCH):
            rows = start + np.flatnonzero(~left_out[start : start + BATCH])
            yield self.numbers[rows], self.vectors(rows)

    def search(self, query: Floats, k: int, eligible: Mask | None) -> tuple[Ids, Floats]:
        """The `k` nearest of the eligible rows (all where None): passage numbers and cosines, in no order."""
        count = len(self) if eligible is None else int(np.count_nonzero(eligible))
        rows = np.flatnonzero(eligible) if eligible is not None and count <= _FEW else None
        if rows is None:
            rows = self._near(query, _AGAIN * k, eligible, count)
        if not len(rows):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores = self.vectors(rows) @ query
        if len(rows) > k:
            best = np.argpartition(-scores, k - 1)[:k]
            rows, scores = rows[best], scores[best]
        return self.numbers[rows], scores

    def _near(self, query: Floats, wanted: int, eligible: Mask | None, count: int) -> Ids:
        """The rows that are nearest by their codes, ascending."""
        cells = int(self._cells.nlist)
        # Among fewer rows the nearest lie in more cells, which cost no more for that.
        probes = min(cells, math.ceil(cells * PROBED * len(self) / max(1, count)))
        wish: dict[str, Any] = {"nprobe": probes}
        if eligible is not None:
            bits: Any = np.packbits(eligible, bitorder="little")
            wish["sel"] = _selector(bits)
        parameters: Any = _parameters(**wish)
        _, rows = self._cells.search(query.reshape(1, -1), min(wanted, count), params=parameters)
        found: Ids = np.sort(rows[0][rows[0] >= 0])
        return found


def build(folder: Path, batches: Iterable[tuple[Ids, Floats]], dimensions: int, revision: int, model: str) -> Coded:
    """Write a part of these vectors (unit length, shape (n, dimensions), passage numbers ascending) into a new folder.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True)
    numbers: list[Ids] = []
    with (folder / VECTORS).open("wb") as stream:
        for ids, vectors in batches:
            numbers.append(np.asarray(ids, np.int64))
            stream.write(np.ascontiguousarray(vectors, "<f2").tobytes())
        _to_disk(stream.fileno(), stream)
    every = np.concatenate([np.empty(0, np.int64), *numbers])
    with (folder / NUMBERS).open("wb") as stream:
        stream.write(every.astype("<i8").tobytes())
        _to_disk(stream.fileno(), stream)
    held: Halves = np.memmap(folder / VECTORS, "<f2", "r", shape=(len(every), dimensions))
    faiss.write_index(_sorted_into_cells(held), str(folder / CELLS))
    with (folder / CELLS).open("rb+") as stream:
        os.fsync(stream.fileno())
    files = {name: brief_checksum(folder / name) for name in (CELLS, VECTORS, NUMBERS)}
    note = Note(revision, model, len(every), dimensions, files)
    with (folder / NOTE).open("w", encoding="utf-8") as text:
        json.dump(asdict(note), text)
        _to_disk(text.fileno(), text)
    return Coded(folder, note)


def _sorted_into_cells(held: Halves) -> Any:
    rows, dimensions = held.shape
    cells = max(1, min(round(_CELLS * math.sqrt(rows)), rows // _SAMPLE))
    coarse = faiss.IndexFlatIP(dimensions)
    index = faiss.IndexIVFScalarQuantizer(
        coarse, dimensions, cells, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False
    )
    index.cp.niter, index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = _ROUNDS, _SAMPLE, 1
    chosen = np.sort(np.random.default_rng(0).choice(rows, min(rows, cells * _SAMPLE), replace=False))
    index.train(held[chosen].astype(np.float32))
    for start in range(0, rows, BATCH):
        index.add(held[start : start + BATCH].astype(np.float32))
    return index


def _to_disk(handle: int, stream: Any) -> None:
    stream.flush()
    os.fsync(handle)


def brief_checksum(file: Path) -> int:
    """The CRC-32 of a file's length and of stretches from its beginning to its end; of a small file, of all of it."""
    size = file.stat().st_size
    checksum = zlib.crc32(str(size).encode())
    with file.open("rb") as stream:
        last = max(0, size - _STRETCH)
        starts = sorted({last * part // (_STRETCHES - 1) for part in range(_STRETCHES)})
        for start in starts:
            stream.seek(start)
            checksum = zlib.crc32(stream.read(_STRETCH), checksum)
    return checksum
