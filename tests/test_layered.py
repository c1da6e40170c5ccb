"""The dense index of very many passages says what an exact one says, and stays right through changes and torn files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.records import Document, Page, Parsed, Passage, Span
from corpus.store import Store
from corpus.wording import indexed_text, text_hash
from search import coded, layered
from search.coded import Coded, build
from search.dense import DenseIndex, Floats, Ids
from search.index import Indexes
from search.layered import LayeredIndex

ROWS, DIMENSIONS, K = 6000, 48, 50
MANY, FEW = 40, 200


def near_each_other(count: int, seed: int) -> Floats:
    """Unit vectors in loose groups, kept as the store keeps them, as those of passages are."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(60, DIMENSIONS))
    made = centres[random.integers(60, size=count)] + 0.6 * random.normal(size=(count, DIMENSIONS))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made.astype("<f2").astype(np.float32)


NUMBERS: Ids = np.arange(10, 10 + 3 * ROWS, 3, dtype=np.int64)
VECTORS = near_each_other(ROWS, 1)
QUESTIONS = near_each_other(40, 2)


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Coded:
    return build(tmp_path_factory.mktemp("index") / "coded-0", by_batch(), DIMENSIONS, 7, "model")


def by_batch() -> Iterator[tuple[Ids, Floats]]:
    for start in range(0, ROWS, 1000):
        yield NUMBERS[start : start + 1000], VECTORS[start : start + 1000]


@pytest.fixture
def pair(part: Coded, monkeypatch: pytest.MonkeyPatch) -> tuple[LayeredIndex, DenseIndex]:
    monkeypatch.setattr(coded, "_FEW", FEW)
    exact = DenseIndex(DIMENSIONS)
    exact.add(NUMBERS, VECTORS)
    return LayeredIndex(part), exact


def recall(mine: DenseIndex, exact: DenseIndex, allowed: Ids | None = None) -> float:
    """The share of the nearest that is found. Scores must be those of the exact index, best first."""
    shares = []
    for question in QUESTIONS:
        found, scores = mine.search(question, K, allowed)
        wanted, theirs = exact.search(question, K, allowed)
        assert np.all(np.diff(scores) <= 0)
        both = set(found.tolist()) & set(wanted.tolist())
        cosines = dict(zip(wanted.tolist(), theirs.tolist(), strict=True))
        for number, score in zip(found.tolist(), scores.tolist(), strict=True):
            assert number not in both or abs(cosines[number] - score) < 1e-5
        shares.append(len(both) / max(1, len(wanted)))
    return float(np.mean(shares))


def test_recall_against_the_exact_index(pair: tuple[LayeredIndex, DenseIndex]) -> None:
    mine, exact = pair
    assert len(mine) == ROWS
    assert mine.ids().tolist() == exact.ids().tolist()
    assert recall(mine, exact) >= 0.98


@pytest.mark.parametrize("share", [0.001, 0.02, 0.1, 0.5])
def test_filters_decide_before_the_search(pair: tuple[LayeredIndex, DenseIndex], share: float) -> None:
    mine, exact = pair
    allowed = np.sort(np.random.default_rng(3).choice(NUMBERS, round(share * ROWS), replace=False))
    assert recall(mine, exact, allowed) >= 0.97
    for question in QUESTIONS[:5]:
        found = mine.search(question, K, allowed)[0]
        assert set(found.tolist()) <= set(allowed.tolist())
        assert len(found) == min(K, len(allowed))
    assert len(mine.only(allowed)) == len(allowed)
    assert recall(mine.only(allowed), exact.only(allowed)) >= 0.97


def test_what_came_in_and_went_since(pair: tuple[LayeredIndex, DenseIndex]) -> None:
    mine, exact = pair
    before = mine.copy()
    more = near_each_other(300, 4)
    newer: Ids = np.arange(NUMBERS[-1] + 1, NUMBERS[-1] + 301, dtype=np.int64)
    for one in (mine, exact):
        one.add(newer, more)
        one.remove([(10, 3000), (int(newer[10]), int(newer[40]))])
    assert mine.ids().tolist() == exact.ids().tolist()
    assert len(mine) == len(exact)
    assert recall(mine, exact) >= 0.98
    # What is new is found by itself, what has gone by nothing, and an earlier copy stays as it was.
    assert mine.search(more[0], 1)[0].tolist() == [newer[0]]
    assert newer[20] not in mine.search(more[20], K)[0]
    assert len(before) == ROWS
    assert before.ids().tolist() == NUMBERS.tolist()
    some = mine.ids()[::37]
    assert np.array_equal(mine.vectors_of(some), exact.vectors_of(some))
    assert not len(mine.search(more[0], K, np.asarray([11, 12], np.int64))[0])


def test_saved_and_opened_again(pair: tuple[LayeredIndex, DenseIndex], tmp_path: Path) -> None:
    mine, exact = pair
    shutil.copytree(mine.coded.folder, tmp_path / "coded-0")
    mine = LayeredIndex(Coded.load(tmp_path / "coded-0"))
    gone = [(100, 900)]
    for one in (mine, exact):
        one.remove(gone)
        one.add(NUMBERS[-5:] + 1000, QUESTIONS[:5])
    layered.keep(tmp_path, mine, 9, "model")
    opened = layered.load(tmp_path, "model", DIMENSIONS, 9, lambda since: gone if since == 7 else [])
    assert opened is not None
    assert opened[0] == 9
    assert opened[1].ids().tolist() == exact.ids().tolist()
    assert recall(opened[1], exact) >= 0.98
    # Of another model, another length or a later revision than the store's it is nothing.
    assert layered.load(tmp_path, "other", DIMENSIONS, 9, lambda since: gone) is None
    assert layered.load(tmp_path, "model", DIMENSIONS + 1, 9, lambda since: gone) is None
    assert layered.load(tmp_path, "model", DIMENSIONS, 8, lambda since: gone) is None


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garbled(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    file.write_bytes(bytes(raw))


# -- over a store ----------------------------------------------------------------------------------------------------


class Base:
    """A store of documents of one passage, and indexes over it that are coded from few passages on."""

    def __init__(self, home: Path, model: Any) -> None:
        self.home, self.model = home, model
        self.store = Store(home, create=True)
        self.indexes = self.opened()

    def opened(self) -> Indexes:
        """The indexes as another process opens them."""
        return Indexes(self.store, self.home / "index", lambda: self.model)

    def put(self, name: str, text: str) -> None:
        passage = Passage(text, (Span(1, 0, len(text)),), language="en")
        document = Document(name, f"/papers/{name}.md", name)
        wording = indexed_text(name, (), None, "", text)
        vector = self.model.embed([wording]).astype("<f2")[0].tobytes()
        parsed = Parsed(document, (Page(1, "1", text),), (passage,))
        self.store.put(parsed, None, self.model.fingerprint, {text_hash(wording): vector})

    def held(self, indexes: Indexes) -> list[int]:
        numbers: list[int] = indexes.dense.ids().tolist()
        assert numbers == self.store.sequence_numbers()
        return numbers

    def parts(self) -> list[Path]:
        return sorted((self.home / "index").glob("coded-*"))


@pytest.fixture
def base(tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch) -> Base:
    monkeypatch.setattr(layered, "MANY", MANY)
    monkeypatch.setattr(layered, "_LOOSE", 10)
    base = Base(tmp_path, hashing)
    for number in range(MANY + 10):
        base.put(f"paper{number}", f"Victim number{number} crossed border{number % 7}.")
    base.indexes.refresh()
    return base


def test_few_passages_stay_exact(tmp_path: Path, hashing: Any) -> None:
    base = Base(tmp_path, hashing)
    base.put("one", "A victim crossed the border.")
    base.indexes.refresh()
    assert type(base.indexes.dense) is DenseIndex
    assert not base.parts()


def test_a_change_writes_little_and_is_there_at_once(base: Base) -> None:
    assert isinstance(base.indexes.dense, LayeredIndex)
    other = base.opened()
    (part,) = base.parts()
    before = {file.name: file.stat().st_mtime_ns for file in part.iterdir()}
    base.put("late", "A late paper on shelter.")
    base.store.remove("paper3")
    base.indexes.refresh()
    assert {file.name: file.stat().st_mtime_ns for file in part.iterdir()} == before
    for indexes in (base.indexes, other, base.opened()):
        numbers = base.held(indexes)
        found = indexes.dense.search(base.model.embed_query("late\nA late paper on shelter."), 1)[0]
        assert found.tolist() == numbers[-1:]
    assert base.opened().verify() == []


def test_much_that_changed_is_built_into_a_new_part(base: Base) -> None:
    other = base.opened()
    base.held(other)
    (part,) = base.parts()
    for number in range(15):
        base.put(f"more{number}", f"Another shelter{number} in a court.")
    base.store.remove("paper5")
    base.indexes.refresh()
    (newer,) = base.parts()
    assert newer != part
    for indexes in (base.indexes, other, base.opened()):
        index = indexes.dense
        base.held(indexes)
        assert isinstance(index, LayeredIndex)
        assert index.loose == 0
    # Who had the earlier part open goes on from the new one, and does not write the old one's name back.
    base.put("last", "The last paper.")
    other.refresh()
    assert base.parts() == [newer]
    base.held(base.opened())


def test_an_exact_index_grows_into_a_coded_one(tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    base = Base(tmp_path, hashing)
    for number in range(30):
        base.put(f"paper{number}", f"Victim number{number}.")
    base.indexes.refresh()
    other = base.opened()
    assert type(other.dense) is DenseIndex
    monkeypatch.setattr(layered, "MANY", MANY)
    for number in range(30, 60):
        base.put(f"paper{number}", f"Victim number{number}.")
    base.indexes.refresh()
    assert not (base.home / "index" / "dense.json").exists()
    for indexes in (base.indexes, base.opened(), other):
        base.held(indexes)
        assert isinstance(indexes.dense, LayeredIndex)


@pytest.mark.parametrize("harm", [halved, garbled, Path.unlink])
def test_a_torn_file_is_derived_again(base: Base, harm: Any) -> None:
    names = ["coded.json", "vectors.faiss", *(f"*/{name}" for name in ("note.json", "cells.faiss", "vectors.f16"))]
    base.put("late", "A late paper on shelter.")
    base.indexes.refresh()
    for name in names:
        (file,) = (base.home / "index").glob(name)
        harm(file)
        assert base.opened().verify(), name
        base.held(base.opened())
        assert base.opened().verify() == [], name


def test_a_part_whose_writing_was_cut_off_is_swept_away(base: Base) -> None:
    cut_off = base.home / "index" / "coded-dead"
    cut_off.mkdir()
    (cut_off / "vectors.f16").write_bytes(b"half of it")
    base.indexes.rebuild()
    assert cut_off not in base.parts()
    base.held(base.opened())
