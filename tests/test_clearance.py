"""What a restricted store and engine show: the same as a knowledge base that never held what is hidden."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.clearance import clearance
from corpus.commitments import FollowUp, Wanted, commitments
from corpus.errors import UsageError
from corpus.records import Filters
from corpus.store import Store
from corpus.upkeep import document_ids, keep_vectors, passage_counts
from search.engine import Engine
from search.records import Mode, Status
from ui.service import KnowledgeBase

PUBLIC = {
    "convention.md": "# Convention on kilns\n\nEach Party shall inspect brick kilns every year.\n\nInspectors carry a lamp.\n",
    "guide.md": "# Guide for inspectors\n\nInspectors note the number of workers in each brick kiln.\n\n"
    "Workers keep their passports.\n\nThe guide names hotels as well as kilns.\n",
    "review.md": "# Review of hotels\n\nThe Conference urges States to inspect hotels and brick kilns at night.\n",
}
# Words of its own, and many that the others have: these must count for nothing either.
HIDDEN = {
    "zephyrine.md": "# Operation Zephyrine\n\nThe Conference urges States to watch the quarry of Quillonia.\n\n"
    "Inspectors of kilns met the xylographers in Quillonia. Brick kilns, brick kilns, hotels.\n\n"
    "Passports of xylographers were kept by the foreman.\n\nXylographers work at night. Xylographers sleep there.\n",
    "wyvernite.md": "# Wyvernite ledger\n\nQuillonia pays in wyvernite for each worker and each lamp.\n",
}


def filled(folder: Path, papers: dict[str, dict[str, str]]) -> KnowledgeBase:
    """A knowledge base of these papers, by label."""
    base = KnowledgeBase(folder / "home", create=True)
    for label, texts in papers.items():
        place = folder / label
        place.mkdir(parents=True)
        for name, text in texts.items():
            (place / name).write_text(text, encoding="utf-8")
        base.ingest([place], workers=1, access=label)
    return base


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory, cheap_model: Any) -> Iterator[tuple[KnowledgeBase, KnowledgeBase]]:
    """One that holds both, and one that never held what is hidden."""
    with pytest.MonkeyPatch.context() as patch:
        model = cheap_model()
        patch.setattr(KnowledgeBase, "embedder", lambda self: model)
        folder = tmp_path_factory.mktemp("cleared")
        both = filled(folder / "both", {"Restricted": HIDDEN, "public": PUBLIC})
        alone = filled(folder / "alone", {"public": PUBLIC})
        notes = {one.key: FollowUp("open", "a note on Zephyrine") for one in both.commitments()}
        both.follow_up(notes)
        yield both, alone
        both.close()
        alone.close()


@pytest.fixture
def seen(bases: tuple[KnowledgeBase, KnowledgeBase]) -> Iterator[Store]:
    """The store of the first, as the public sees it."""
    store = Store(bases[0].home, visible=clearance(["PUBLIC"]))
    yield store
    store.close()


def texts(store: Store) -> set[str]:
    return {stored.passage.text for one in store.documents() for stored in store.passages_of(one.id)}


def test_everything_that_is_asked_of_the_store_speaks_of_visible_documents(
    bases: tuple[KnowledgeBase, KnowledgeBase], seen: Store
) -> None:
    whole, alone = bases[0].store, bases[1].store
    assert len(whole.documents()) == 5
    assert {one.title for one in seen.documents()} == {one.title for one in alone.documents()}
    assert texts(seen) == texts(alone) < texts(whole)
    assert seen.counts() == alone.counts()
    assert set(seen.files()) == {str(Path(one.path)) for one in seen.documents()}
    assert document_ids(seen) == {one.id for one in seen.documents()}
    assert passage_counts(seen).keys() == document_ids(seen)
    assert len(seen.sequence_numbers()) == len(alone.sequence_numbers()) < len(whole.sequence_numbers())
    assert seen.access_labels() == {"public"}
    assert len(list(seen.added(0))) == len(list(alone.added(0)))
    assert [one.commitment.text for one in commitments(seen, Wanted())] == [
        one.commitment.text for one in commitments(alone, Wanted())
    ]
    hidden = [one for one in whole.documents() if one.access == "Restricted"]
    assert len(hidden) == 2
    for one in hidden:
        numbers = whole.allowed(Filters(document_id=(one.id,)))
        assert numbers
        assert not seen.allowed(Filters(document_id=(one.id,)))
        assert not seen.passages(numbers)
        assert not seen.passages_of(one.id)
        assert not seen.pages(one.id)
        assert not seen.page_text(one.id, 1)
        assert not seen.outline(one.id)
        assert not seen.documents_by_id([one.id])
        assert not seen.paths_of(one.id)
        assert not seen.neighbours(whole.passages_of(one.id)[0], 2, 2)


def test_each_table_with_content_is_shadowed(seen: Store) -> None:
    """A table that comes later must be thought of: it is shadowed, or stands here with the reason."""
    # The revision and a curator's meetings, which ui.people.cleared sifts; vectors by hashes of texts; bare numbers.
    told = {"meta", "vectors", "removals", "sqlite_sequence"}
    connection = seen._connection
    tables = {row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
    views = {row[0] for row in connection.execute("SELECT name FROM temp.sqlite_master WHERE type = 'view'")}
    assert views == tables - told


def test_nobody_writes_through_a_restricted_store(bases: tuple[KnowledgeBase, KnowledgeBase], seen: Store) -> None:
    some = seen.documents()[0].id
    for change in (lambda: seen.remove(some), lambda: seen.set_meta("a", "b"), seen.sweep_vectors):
        with pytest.raises(UsageError, match="cannot change"):
            change()
    with pytest.raises(sqlite3.OperationalError):
        seen._connection.execute("DELETE FROM main.documents")
    keep_vectors(seen, "some-model", {b"hash": b"vector"})
    with closing(sqlite3.connect(seen.path)) as connection:
        assert not connection.execute("SELECT count(*) FROM vectors WHERE model = 'some-model'").fetchone()[0]


def test_labels_are_met_in_any_case_and_an_unknown_one_is_seen_by_nobody_but_who_sees_all(
    bases: tuple[KnowledgeBase, KnowledgeBase],
) -> None:
    def titles(*labels: str) -> int:
        store = Store(bases[0].home, visible=clearance(labels))
        try:
            return len(store.documents())
        finally:
            store.close()

    assert [titles("public"), titles("RESTRICTED "), titles("public", "restricted"), titles("other"), titles()] == [
        3,
        2,
        5,
        0,
        0,
    ]
    assert titles("*") == 5
    assert clearance(["public", "*"]) is None


@pytest.fixture
def engines(bases: tuple[KnowledgeBase, KnowledgeBase], seen: Store) -> tuple[Engine, Engine]:
    """The restricted engine over what both share, and the one that never held what is hidden."""
    whole = bases[0].engine()
    return Engine(seen, bases[0].embedder, bases[0].home, whole.indexes), bases[1].engine()


QUERIES = (
    "brick kilns", "inspectors of hotels", "xylographers", "Quillonia", "wyvernite", "passports", "zephyrine quarry",
    '"brick kilns" NOT hotels', "lamp OR xylographers", "xylographer night", "insepctors kilns", "Operation Zephyrine",
    "year:1999..2040 kilns", "access:restricted kilns", "What does the Operation Zephyrine say about kilns?",
)  # fmt: skip


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("query", QUERIES)
def test_a_search_is_the_one_of_a_corpus_without_the_hidden(
    engines: tuple[Engine, Engine], query: str, mode: Mode
) -> None:
    mine, alone = (engine.search(query, 10, mode) for engine in engines)
    scores = [{hit.stored.passage.text: hit.score for hit in found.hits} for found in (mine, alone)]
    assert scores[0].keys() == scores[1].keys()
    # What is left of the whole is the mean length of its passages; where two are as good, their numbers decide.
    assert scores[0] == pytest.approx(scores[1], abs=0.05)
    assert (mine.total, mine.notes) == (alone.total, alone.notes)
    assert [(one.field, one.value) for one in mine.understood] == [(one.field, one.value) for one in alone.understood]


@pytest.mark.parametrize(
    "question", [*QUERIES[:7], "Who urges States to watch the quarry?", "How many documents are there?"]
)
def test_an_answer_is_the_one_of_a_corpus_without_the_hidden(engines: tuple[Engine, Engine], question: str) -> None:
    mine, alone = (replace(engine.ask(question), took_ms=0.0, revision=0) for engine in engines)
    assert (mine.status, mine.reason, mine.answer, mine.searched) == (
        alone.status, alone.reason, alone.answer, alone.searched,
    )  # fmt: skip
    assert [one.quote for one in mine.citations] == [one.quote for one in alone.citations]
    assert mine.notes == alone.notes


def test_terms_are_counted_and_mended_by_what_is_visible(engines: tuple[Engine, Engine]) -> None:
    mine, alone = (engine.indexes.lexical for engine in engines)
    assert len(mine) == len(alone)
    for prefix in ("x", "in", "q", "w", ""):
        expected = sorted(alone.terms_with_prefix(prefix), key=lambda pair: (-pair[1], pair[0]))
        assert mine.terms_with_prefix(prefix) == expected
        assert all(mine.frequency(term) == often for term, often in expected)
    assert mine.frequency("wyvernit") == 0


def test_who_sees_all_is_answered_from_the_hidden(bases: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    found = bases[0].search("xylographers of Quillonia").hits
    assert "xylographers" in found[0].stored.passage.text
    assert bases[1].ask("What do xylographers do in Quillonia?").status is Status.NOT_FOUND


def test_a_label_that_changes_counts_at_once(tmp_path: Path, cheap_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = cheap_model()
    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: model)
    base = filled(tmp_path, {"public": PUBLIC, "secret": HIDDEN})
    engine = Engine(Store(base.home, visible=clearance(["public"])), model, base.home, base.engine().indexes)
    assert not [hit for hit in engine.search("xylographers kilns").hits if "xylographers" in hit.stored.passage.text]
    base.ingest([tmp_path / "secret"], workers=1, access="public")
    assert [hit for hit in engine.search("xylographers kilns").hits if "xylographers" in hit.stored.passage.text]
    base.ingest([tmp_path / "secret"], workers=1, access="secret")
    assert not [hit for hit in engine.search("xylographers kilns").hits if "xylographers" in hit.stored.passage.text]
    engine.close()
    base.close()
