"""The derived indexes are caches: whatever happens to their files, answers are those of a fresh build."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import HomeError, LockedHomeError
from corpus.records import Document, Page, Parsed, Passage, Span
from corpus.store import Store
from corpus.wording import indexed_text, text_hash
from search.analysis import terms
from search.dense import DenseIndex
from search.engine import Engine
from search.index import Indexes
from search.lexical import LexicalIndex, Match

WORDS = "victim border labour child court report police shelter permit hotline".split()
INDEX = "index"


def document(name: str, texts: Sequence[str]) -> Parsed:
    body, passages, at = "\n".join(texts), [], 0
    for ordinal, text in enumerate(texts):
        passages.append(Passage(text, (Span(1, at, at + len(text)),), ordinal, language="en"))
        at += len(text) + 1
    return Parsed(Document(name, f"/papers/{name}.md", f"Paper {name}"), (Page(1, "1", body),), tuple(passages))


class Base:
    """A store with documents, and indexes over it."""

    def __init__(self, home: Path, model: Any) -> None:
        self.home, self.model = home, model
        self.store = Store(home, create=True)
        self.indexes = self.opened()

    def opened(self, model: Any = None) -> Indexes:
        """The indexes as another process opens them."""
        return Indexes(self.store, self.home / INDEX, lambda: model or self.model)

    def put(self, name: str, *texts: str) -> None:
        parsed = document(name, texts)
        wordings = [indexed_text(parsed.document.title, (), None, "", text) for text in texts]
        rows = self.model.embed(wordings).astype("<f2")
        vectors = {text_hash(wording): row.tobytes() for wording, row in zip(wordings, rows, strict=True)}
        self.store.put(parsed, None, self.model.fingerprint, vectors)
        self.model.texts.clear()

    def answers(self, indexes: Indexes, *, scores: bool = True) -> list[Any]:
        """What the indexes say to each word, and what they hold. Until an index is tidied, removed passages count in
        the rarity of their words: only without `scores` it says what a fresh one does."""
        with indexes.pinned() as seen:
            assert seen.dense is not None
            assert seen.revision == self.store.revision
            said: list[Any] = [seen.dense.ids().tolist(), seen.lexical.matching(Match()).tolist()]
            for word in WORDS:
                # All of them: of what is equally near any may come first.
                ids, cosines = seen.dense.search(self.model.embed_query(word), 100)
                said.append(sorted(zip(np.round(cosines, 4).tolist(), ids.tolist(), strict=True)))
                found, bm25 = seen.lexical.search({terms(word)[0]: 1.0}, 100)
                rounded = np.round(bm25, 4).tolist() if scores else [0.0] * len(found)
                said.append(dict(zip(found.tolist(), rounded, strict=True)))
            return said

    def fresh(self) -> Indexes:
        """Indexes that were built from nothing, elsewhere."""
        folder = self.home / f"fresh-{len(list(self.home.iterdir()))}"
        return Indexes(self.store, folder, lambda: self.model)

    def equal_to_fresh(self, indexes: Indexes, *, scores: bool = True) -> None:
        mine, theirs = self.answers(indexes, scores=scores), self.answers(self.fresh(), scores=scores)
        assert mine == theirs
        assert mine[0] == mine[1] == self.store.sequence_numbers()


@pytest.fixture
def base(tmp_path: Path, hashing: Any) -> Base:
    base = Base(tmp_path, hashing)
    for number, word in enumerate(WORDS):
        base.put(f"d{number}", f"The {word} stands here.", f"Another {word} and a {WORDS[number - 1]}.")
    base.indexes.refresh()
    return base


# -- files that are not whole --------------------------------------------------------------------------------------


def files(base: Base) -> list[Path]:
    return sorted(file for file in (base.home / INDEX).rglob("*") if file.is_file() and file.stat().st_size)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def zero(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def garble(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    file.write_bytes(bytes(raw))


def garbage(file: Path) -> None:
    file.write_bytes(b"torn" * 100)


@pytest.mark.parametrize("harm", [truncate, zero, garble, garbage, Path.unlink])
def test_each_file_may_be_torn(base: Base, harm: Callable[[Path], None]) -> None:
    names = [file.relative_to(base.home / INDEX).as_posix() for file in files(base)]
    assert {"dense.json", "lexical.json", "vectors.faiss"} <= set(names)
    assert any(name.endswith("/meta.json") for name in names)
    wanted = base.answers(base.indexes)
    for number in range(len(names)):
        # Each derivation has a folder of its own: the files are named anew each time.
        present = files(base)
        if number < len(present):
            harm(present[number])
        assert base.answers(base.opened()) == wanted
        base.model.texts.clear()
    assert base.opened().verify() == []


def test_verify_finds_and_rebuild_mends(base: Base) -> None:
    for file in files(base):
        if file.name in {"lock", ".managed.json"} or file.name.startswith("."):
            continue
        damaged = file
        if not damaged.exists():
            continue
        garble(damaged)
        indexes = base.opened()
        problems = indexes.verify()
        assert problems, damaged
        assert all("rebuild" in problem.remedy for problem in problems)
        # Finding changes nothing.
        assert [problem.what for problem in base.opened().verify()] == [problem.what for problem in problems]
        indexes.rebuild()
        assert base.opened().verify() == []
        base.equal_to_fresh(indexes)


def test_verify_looks_into_the_indexes(base: Base) -> None:
    assert base.indexes.verify() == []
    revision, dense = base.indexes._dense.view or (0, DenseIndex(1))
    wrong = dense.copy()
    wrong.remove([(1, 1)])
    base.indexes._dense.view = (revision, wrong)
    assert "vector index differs from the store in 1 passages" in base.indexes.verify()[0].what
    wrong = dense.copy()
    wrong.remove([(20, 20)])
    wrong.add([20], np.eye(dense.dimensions, dtype=np.float32)[:1])
    base.indexes._dense.view = (revision, wrong)
    assert "1 vectors of the index differ" in base.indexes.verify()[0].what
    base.indexes._dense.view = (revision, dense)
    index = base.indexes._lexical._index
    assert index is not None
    index.update([], [(5, 6)])
    assert "damaged" in base.indexes.verify()[0].what


def test_verify_finds_passages_that_were_changed_behind_the_programs_back(base: Base) -> None:
    with base.store._transaction() as connection:
        connection.execute("UPDATE passages SET text = replace(text, 'here', 'there') WHERE seq IN (3, 5)")
    assert [problem.what for problem in base.indexes.verify()] == ["2 passages of the store are not what was stored."]


def test_a_home_without_indexes_derives_them(base: Base) -> None:
    wanted = base.answers(base.indexes)
    shutil.rmtree(base.home / INDEX)
    indexes = base.opened()
    assert [problem.what.partition(" is")[0] for problem in indexes.verify()] == ["The vector index", "The term index"]
    assert base.answers(indexes) == wanted
    assert base.model.texts == [], "vectors came from somewhere else than the store"


def test_an_index_of_another_model_is_derived_again_and_the_other_stays_out(base: Base, hashing: Any) -> None:
    other = type(hashing)()
    other.fingerprint, other.dimensions = "other", 32
    indexes = base.opened(other)
    with indexes.pinned() as seen:
        assert seen.dense is not None
        assert seen.dense.dimensions == 32
        assert seen.dense.ids().tolist() == base.store.sequence_numbers()
    assert len(other.texts) == 20
    other.texts.clear()
    indexes.refresh()
    with base.opened(other).pinned():
        assert other.texts == [], "vectors of the other model were not kept"
    base.equal_to_fresh(base.opened())


def test_an_index_of_a_later_revision_or_version_is_not_trusted(base: Base) -> None:
    wanted = base.answers(base.indexes)
    for name in ("dense.json", "lexical.json"):
        for key, value in (("revision", 10_000), ("version", "0")):
            file = base.home / INDEX / name
            state = json.loads(file.read_text())
            file.write_text(json.dumps(state | {key: value}))
            assert base.opened().verify() != []
            assert base.answers(base.opened()) == wanted


def test_an_index_of_an_older_revision_catches_up(base: Base) -> None:
    kept = base.home / "kept"
    shutil.copytree(base.home / INDEX, kept)
    base.put("new", "A new hotline.")
    base.store.remove("d3")
    base.put("d4", "The court again.", "And a permit.")
    base.indexes.refresh()
    shutil.rmtree(base.home / INDEX)
    kept.rename(base.home / INDEX)
    again = base.opened()
    base.equal_to_fresh(again, scores=False)
    again.refresh()
    base.equal_to_fresh(again)


def test_vectors_that_the_store_lost_or_that_are_broken_are_made_again(base: Base) -> None:
    with base.store._transaction() as connection:
        connection.execute("DELETE FROM vectors WHERE rowid % 3 = 0")
        connection.execute("UPDATE vectors SET vector = x'00' WHERE rowid % 3 = 1")
    base.equal_to_fresh(base.fresh())
    base.model.texts.clear()
    base.equal_to_fresh(base.fresh())
    assert not any(text.startswith("Paper") for text in base.model.texts), "made again twice"


# -- catching up ---------------------------------------------------------------------------------------------------

NAMES = st.sampled_from("abcde")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), NAMES, TEXTS),
        st.tuples(st.just("remove"), NAMES),
        st.tuples(st.sampled_from(["ask", "refresh", "reopen", "other"])),
    ),
    min_size=3,
    max_size=10,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_catching_up_equals_building_anew(
    tmp_path_factory: pytest.TempPathFactory, hashing: Any, steps: list[tuple[Any, ...]]
) -> None:
    base = Base(tmp_path_factory.mktemp("home"), hashing)
    other = base.opened()
    for step, *values in steps:
        if step == "put":
            base.put(values[0], *values[1])
        elif step == "remove":
            base.store.remove(values[0])
        elif step == "refresh":
            base.indexes.refresh()
        elif step == "reopen":
            base.indexes = base.opened()
        else:
            # Two processes over the same files take turns.
            with (other if step == "other" else base.indexes).pinned():
                pass
    base.equal_to_fresh(base.indexes, scores=False)
    base.equal_to_fresh(other, scores=False)
    base.indexes.refresh()
    base.equal_to_fresh(base.indexes)
    assert base.opened().verify() == other.verify() == []
    base.store.close()


def vectors(count: int, seed: int) -> Any:
    made = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(1, 30)),
            st.tuples(st.just("remove"), st.integers(0, 200), st.integers(0, 40)),
            st.tuples(st.just("copy"), st.none()),
        ),
        max_size=12,
    ),
    st.sets(st.integers(0, 220)),
)
def test_the_dense_index_is_a_plain_table(steps: list[tuple[Any, ...]], chosen: set[int]) -> None:
    index, table, following = DenseIndex(8), dict[int, Any](), 1
    copies: list[tuple[DenseIndex, dict[int, Any]]] = []
    for step, *values in steps:
        if step == "add":
            rows = vectors(values[0], following)
            index.add(range(following, following + len(rows)), rows)
            table |= {following + number: row for number, row in enumerate(rows)}
            following += len(rows)
        elif step == "remove":
            index.remove([(values[0], values[0] + values[1])])
            table = {seq: row for seq, row in table.items() if not values[0] <= seq <= values[0] + values[1]}
        else:
            copies.append((index, dict(table)))
            index = index.copy()
    allowed = np.asarray(sorted(chosen), np.int64)
    query = vectors(1, 99)[0]
    for one, rows in [*copies, (index, table)]:
        assert one.ids().tolist() == sorted(rows)
        assert len(one) == len(rows)
        for choice in (None, allowed):
            pool = [seq for seq in rows if choice is None or seq in chosen]
            exact = sorted((-float(rows[seq] @ query), seq) for seq in pool)[:7]
            ids, scores = one.search(query, 7, choice)
            assert ids.tolist() == [seq for _, seq in exact]
            assert scores.tolist() == pytest.approx([-score for score, _ in exact], abs=1e-5)


# -- one revision --------------------------------------------------------------------------------------------------


def test_a_question_sees_one_revision_whatever_is_committed_meanwhile(base: Base) -> None:
    with base.indexes.pinned() as seen:
        before = base.store.sequence_numbers()

        def change() -> None:
            base.store.remove("d1")
            base.put("new", "A new hotline.")
            base.indexes.refresh()
            with base.indexes.pinned() as later:
                assert later.revision == seen.revision + 2
                assert len(later.lexical) == len(before) - 1

        thread = threading.Thread(target=change)
        thread.start()
        thread.join()
        assert base.indexes.lexical is seen.lexical
        assert base.indexes.dense is seen.dense
        assert seen.dense is not None
        assert (
            seen.dense.ids().tolist()
            == seen.lexical.matching(Match()).tolist()
            == base.store.sequence_numbers()
            == before
        )
        assert seen.lexical.frequency(terms("hotline")[0]) == 3
        assert base.store.revision == seen.revision
    assert base.store.revision == seen.revision + 2
    base.equal_to_fresh(base.indexes)
    assert base.indexes.lexical.frequency(terms("hotline")[0]) == 4


def test_words_of_what_was_removed_are_not_known_any_more(base: Base) -> None:
    base.put("secret", "The zanzibar clause.")
    base.indexes.refresh()
    assert base.indexes.lexical.terms_with_prefix("zanzi") != []
    base.store.remove("secret")
    base.indexes.refresh()
    assert base.indexes.lexical.terms_with_prefix("zanzi") == []
    assert base.indexes.lexical.frequency("zanzibar") == 0
    assert not any(b"zanzibar" in file.read_bytes() for file in files(base))


def test_an_index_that_is_mostly_removed_passages_is_derived_again(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.caches._QUICK", 5)
    before = {entry.name for entry in (base.home / INDEX).glob("lexical-*")}
    for number in range(9):
        base.store.remove(f"d{number}")
    base.equal_to_fresh(base.indexes)
    assert before.isdisjoint(entry.name for entry in (base.home / INDEX).glob("lexical-*"))


def test_words_alone_need_no_model(base: Base) -> None:
    def none() -> Any:
        raise AssertionError("the model was loaded")

    indexes = Indexes(base.store, base.home / INDEX, none)
    with indexes.pinned(dense=False) as seen:
        assert len(seen.lexical) == 20
        assert indexes.lexical is seen.lexical


def test_a_forgotten_document_never_answers_also_where_it_was_open_before(tmp_path: Path, base: Base) -> None:
    engines = [Engine(base.store, base.model, tmp_path), Engine(Store(tmp_path), base.model, tmp_path)]
    for engine in engines:
        assert {hit.document.id for hit in engine.search("hotline").hits} >= {"d9"}
    Store(tmp_path).remove("d9")
    for engine in engines:
        assert "d9" not in {hit.document.id for hit in engine.search("hotline").hits}
        answer = engine.ask("Which hotline stands here?")
        said = [*answer.citations, *answer.alternatives]
        assert "hotline stands" not in str([answer.answer, said])


def test_files_that_cannot_be_gone_on_with_are_derived_again(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    update, refusals = LexicalIndex.update, iter([ValueError("Failed to open file for write")])

    def once(self: LexicalIndex, *args: Any) -> None:
        for refusal in refusals:
            raise refusal
        update(self, *args)

    monkeypatch.setattr(LexicalIndex, "update", once)
    base.put("new", "A new hotline.")
    base.equal_to_fresh(base.indexes)


def test_what_a_killed_commit_left_is_in_nobodys_way(base: Base) -> None:
    folder = next((base.home / INDEX).glob("lexical-*"))
    segment = next(file.stem for file in folder.glob("*.store"))
    for number in range(40):
        # A removal that was written down and not committed: the next one would take the same name.
        (folder / f"{segment}.{number}.del").write_bytes(b"half")
    base.store.remove("d3")
    base.equal_to_fresh(base.opened(), scores=False)


# -- beside other processes ----------------------------------------------------------------------------------------


def test_while_another_process_derives_them_questions_go_on(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.index._PATIENCE", 0.05)
    monkeypatch.setattr("search.index._LONGEST", 0.2)
    with FileLock(base.home / INDEX / "lock"):
        base.put("new", "A new hotline.")
        with base.indexes.pinned() as seen:
            # Of the revision before, until the other has finished.
            assert seen.revision == base.store.revision - 1
            assert len(seen.lexical) == 20
        with pytest.raises(LockedHomeError, match="Another process is deriving"), base.opened().pinned():
            pass
    monkeypatch.setattr("search.index._PATIENCE", 5.0)
    base.equal_to_fresh(base.indexes)


def test_a_disk_that_takes_nothing_is_told_in_a_sentence(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    base.put("new", "A new hotline.")
    full = OSError(28, "No space left on device")

    def refuse(*_: Any) -> None:
        raise full

    with monkeypatch.context() as patch:
        patch.setattr("search.caches.write_state", refuse)
        with pytest.raises(HomeError, match=r"No space left on device.*Make space"):
            base.indexes.refresh()
    # With space again all is well, by itself.
    base.equal_to_fresh(base.indexes)
    base.indexes.refresh()
    assert base.opened().verify() == []


def test_a_folder_that_is_a_file_is_told_in_a_sentence(base: Base) -> None:
    shutil.rmtree(base.home / INDEX)
    (base.home / INDEX).write_text("in the way")
    with pytest.raises(HomeError, match="Check that you may write there"):
        base.opened().refresh()


def test_what_earlier_derivations_left_is_swept(base: Base) -> None:
    (base.home / INDEX / "lexical-00000000").mkdir()
    (base.home / INDEX / "lexical-00000000" / "old.store").write_text("secret text")
    (base.home / INDEX / "vectors.faiss.part").write_text("half")
    base.indexes.rebuild()
    left = {entry.name for entry in (base.home / INDEX).iterdir()}
    assert left - {"lock"} == {
        "dense.json",
        "lexical.json",
        "vectors.faiss",
        *(n for n in left if n.startswith("lexical-")),
    }
    assert sum(name.startswith("lexical-") for name in left) == 1
    assert "lexical-00000000" not in left


def test_the_store_is_not_written_while_questions_read(base: Base) -> None:
    with base.indexes.pinned(), pytest.raises(sqlite3.OperationalError):
        base.store.remove("d1")
    assert "d1" in {one.id for one in base.store.documents()}
