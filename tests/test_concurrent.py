"""Questions go on while documents come and go: no error, one revision for each, nothing quoted that is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.records import Document, FileRecord, Page, Parsed, Passage, Span
from corpus.store import Store
from corpus.wording import indexed_text, text_hash
from search.engine import Engine
from search.lexical import Match

READERS, CHANGES = 4, 80


def put(store: Store, model: Any, name: str, sentences: list[str]) -> None:
    passages, at = [], 0
    for ordinal, text in enumerate(sentences):
        passages.append(
            Passage(text, (Span(1, at, at + len(text)),), ordinal, language="en", label=f"para. {ordinal + 1}")
        )
        at += len(text) + 1
    document = Document(name, f"/papers/{name}.md", f"Paper {name}")
    wordings = [indexed_text(document.title, (), passage.label, "", passage.text) for passage in passages]
    rows = type(model)().embed(wordings).astype("<f2")
    vectors = {text_hash(wording): row.tobytes() for wording, row in zip(wordings, rows, strict=True)}
    record = FileRecord(document.path, "/papers", name, "indexed", document_id=name)
    parsed = Parsed(document, (Page(1, "1", "\n".join(sentences)),), tuple(passages))
    store.put(parsed, record, model.fingerprint, vectors)


def sentences(number: int) -> list[str]:
    return [
        f"The hotline number{number} received {number} calls about forced labour.",
        f"The shelter of town number{number} is open at night.",
    ]


class Shift:
    """A writer that adds, replaces and removes documents, and what it has done so far."""

    def __init__(self, store: Store, model: Any, pace: Callable[[int], bool]) -> None:
        self.store, self.model, self.pace = store, model, pace
        self.gone: set[str] = set()
        self.present: set[str] = set()
        self.done = threading.Event()

    def work(self) -> None:
        try:
            for number in range(CHANGES):
                name = f"doc{number}"
                # Each change meets questions: a writer alone would be done before the first one.
                end = time.monotonic() + 20
                while not self.pace(number) and time.monotonic() < end:
                    time.sleep(0.001)
                put(self.store, self.model, name, sentences(number))
                self.present.add(name)
                if number >= 10:
                    old = f"doc{number - 10}"
                    # From here on it may be missing, and is surely gone once the removal is committed.
                    self.present.discard(old)
                    self.store.remove(old)
                    self.gone.add(old)
                if number % 7 == 0:
                    put(self.store, self.model, name, [*sentences(number), f"A third line of number{number}."])
        finally:
            self.done.set()


@pytest.mark.parametrize("separate", [False, True], ids=["one process", "as another process"])
def test_questions_go_on_while_documents_come_and_go(
    tmp_path: Path, hashing: Any, separate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow this machine is: going on with an older index is another test's matter.
    monkeypatch.setattr("search.index._PATIENCE", 60.0)
    store = Store(tmp_path, create=True)
    put(store, hashing, "first", ["The first hotline speaks of forced labour."])
    engine = Engine(store, hashing, tmp_path)
    # A second set of indexes over the same files, as `serve` beside `ingest`.
    other = Engine(Store(tmp_path), hashing, tmp_path) if separate else engine
    errors: list[BaseException] = []
    asked = [0] * READERS
    mine = Store(tmp_path) if separate else store
    shift = Shift(mine, hashing, lambda number: sum(asked) >= 2 * number or bool(errors))

    def reader(number: int) -> None:
        asking = other if number % 2 else engine
        try:
            while not shift.done.is_set() or asked[number] < 3:
                question(asking, shift, asked[number])
                asked[number] += 1
        except BaseException as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    threads = [threading.Thread(target=reader, args=(number,)) for number in range(READERS)]
    threads.append(threading.Thread(target=shift.work))
    run(threads)
    if errors:
        raise errors[0]
    assert min(asked) >= 3
    assert sum(asked) >= 2 * (CHANGES - 1)
    assert len(shift.gone) == CHANGES - 10
    engine.refresh()
    assert engine.verify() == other.verify() == []
    assert {one.id for one in store.documents()} == shift.present | {"first"}


def question(engine: Engine, shift: Shift, turn: int) -> None:
    gone, present = set(shift.gone), set(shift.present)
    target = max(present, key=lambda name: int(name[3:]), default=None)
    with engine.indexes.pinned() as seen:
        assert seen.dense is not None
        numbers = engine._store.sequence_numbers()
        assert seen.dense.ids().tolist() == numbers
        assert seen.lexical.matching(Match()).tolist() == numbers
        if turn % 3 == 2:
            answer = engine.ask("How many calls about forced labour did the hotline receive?")
            named = {one.document.id for one in answer.citations} | {hit.document.id for hit in answer.alternatives}
            assert answer.revision == seen.revision
            for citation in answer.citations:
                page = engine._store.page_text(citation.document.id, 1)
                assert citation.quote in page, "a quotation of what is not there"
        else:
            word = target.replace("doc", "number") if target else "first"
            result = engine.search(f"hotline {word}", 20)
            named = {hit.document.id for hit in result.hits}
            assert result.revision == seen.revision
            still = {one.id for one in engine._store.documents()}
            assert target is None or target not in still or target in named, "a committed document was not found"
    assert not named & gone, "a removed document answered"


def run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a thread hangs"


def test_threads_leave_no_connections_behind(tmp_path: Path, hashing: Any) -> None:
    store = Store(tmp_path, create=True)
    put(store, hashing, "first", ["The first hotline."])

    def ask() -> None:
        store.documents()

    for _ in range(30):
        run([threading.Thread(target=ask)])
    # One for this thread; a server that starts a thread for each request would otherwise hold one for each.
    assert len(store._connections) == 1


def test_the_log_of_the_store_does_not_grow_without_end(
    tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.store.LOG_BYTES", 2_000_000)
    store = Store(tmp_path, create=True)
    put(store, hashing, "first", ["The first hotline."])
    stop = threading.Event()
    sizes: list[int] = []

    def reader(pause: Callable[[float], bool]) -> None:
        # Two readers in turn: there is never a moment without a question under way.
        while not stop.is_set():
            with store.reading():
                store.sequence_numbers()
                pause(0.02)

    def writer() -> None:
        try:
            for number in range(150):
                put(store, hashing, f"doc{number % 5}", [f"Text {number} " + "word " * 12_000])
                sizes.append((tmp_path / "knowledge.sqlite-wal").stat().st_size)
        finally:
            stop.set()

    run([threading.Thread(target=reader, args=(stop.wait,)) for _ in range(3)] + [threading.Thread(target=writer)])
    assert len(sizes) == 150
    assert max(sizes) < 8_000_000


@pytest.mark.parametrize("way", ["search", "ask"])
def test_what_is_committed_during_a_question_is_not_seen_by_it(
    tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    store = Store(tmp_path, create=True)
    put(store, hashing, "doc1", sentences(1))
    engine = Engine(store, hashing, tmp_path)
    engine.refresh()
    embed = hashing.embed_query

    def committing(text: str) -> Any:
        monkeypatch.setattr(hashing, "embed_query", embed)

        def change() -> None:
            put(store, hashing, "doc2", sentences(2))
            store.remove("doc1")
            engine.refresh()

        run([threading.Thread(target=change)])
        return embed(text)

    monkeypatch.setattr(hashing, "embed_query", committing)
    question_ = "How many calls about forced labour did the hotline number1 receive?"
    found = getattr(engine, way)(question_)
    named = {hit.document.id for hit in (found.hits if way == "search" else (*found.citations, *found.alternatives))}
    assert (found.revision, named) == (1, {"doc1"})
    found = getattr(engine, way)(question_)
    named = {hit.document.id for hit in (found.hits if way == "search" else (*found.citations, *found.alternatives))}
    assert (found.revision, named) == (3, {"doc2"})
