"""The store: one document, one transaction; filters; revisions; files of other programs."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import DamagedHomeError, MissingHomeError, UsageError
from corpus.records import Document, FileRecord, Filters, Page, Parsed, Passage, Span
from corpus.store import FILE_NAME, Store
from corpus.wording import indexed_text, text_hash

MODEL = "model"


def parsed(document_id: str = "a1", text: str = "Thirty days at least.", **fields: object) -> Parsed:
    document = replace(Document(document_id, f"/papers/{document_id}.md", f"Title {document_id}"), **fields)  # type: ignore[arg-type]
    passage = Passage(
        text, (Span(1, 0, len(text)),), label="Article 13(1)", language="en", pinpoints=((0, "Article 13(1)"),)
    )
    return Parsed(document, (Page(1, "iv", text),), (passage,))


def put(store: Store, record: Parsed) -> int:
    passage = record.passages[0]
    key = text_hash(
        indexed_text(record.document.title, passage.heading_path, passage.label, passage.lead, passage.text)
    )
    file = FileRecord(record.document.path, "/papers", "00", "indexed", document_id=record.document.id)
    return store.put(record, file, MODEL, {key: b"\0\0"})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, create=True)


def test_what_is_put_comes_back_whole(store: Store, tmp_path: Path) -> None:
    record = parsed(symbol="CETS No. 197", countries=("ALB", "FRA"), aliases=("Warsaw Convention",), warnings=("w",))
    assert put(store, record) == 1
    store.close()
    again = Store(tmp_path)
    assert again.documents() == [record.document]
    assert [stored.passage for stored in again.passages_of("a1")] == list(record.passages)
    assert again.page("a1", 1) == record.pages[0]
    assert again.files()["/papers/a1.md"].document_id == "a1"


def test_a_new_version_takes_the_place_of_the_old_one(store: Store) -> None:
    put(store, parsed())
    before = store.sequence_numbers()
    put(store, parsed(text="Forty days."))
    assert [stored.passage.text for stored in store.passages_of("a1")] == ["Forty days."]
    assert store.removed(1) == [(before[0], before[0])]
    assert len(list(store.added(1))) == 1
    assert store.counts()["documents"] == 1


def test_a_removed_document_leaves_nothing(store: Store) -> None:
    put(store, parsed())
    store.remove("a1")
    assert store.counts() == {"documents": 0, "pages": 0, "pages_without_text": 0, "passages": 0}
    assert store.files() == {}
    assert store.sweep_vectors() == 1
    assert store.check() == []


def test_a_failed_write_leaves_the_old_state(store: Store) -> None:
    put(store, parsed())
    broken = parsed(text="New.")
    twice = Parsed(broken.document, broken.pages, (broken.passages[0], broken.passages[0]))
    with pytest.raises(sqlite3.IntegrityError):
        put(store, twice)
    assert [stored.passage.text for stored in store.passages_of("a1")] == ["Thirty days at least."]
    assert store.revision == 1


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(body=("coe",)), ["a1"]),
        (Filters(body=("UN", "CoE")), ["a1", "b2"]),
        (Filters(country=("alb",)), ["a1"]),
        (Filters(symbol=("ETS 197",)), ["a1"]),
        (Filters(document=("b2.md",)), ["b2"]),
        (Filters(path=("papers/b*",)), ["b2"]),
        (Filters(article=("13",)), ["a1", "b2"]),
        (Filters(article=("Article 14",)), []),
        (Filters(language=("fr",)), []),
        (Filters(date_from="2005-06"), ["b2"]),
        (Filters(date_from="2005-05-10", date_to="2006"), ["a1"]),
        (Filters(date_to="2005"), ["a1"]),
        (Filters(body=("CoE",), date_from="2010"), []),
    ],
)
def test_filters(store: Store, filters: Filters, found: list[str]) -> None:
    put(store, parsed(body="CoE", date="2005-05", symbol="CETS No. 197", countries=("ALB",)))
    put(store, parsed("b2", body="UN", date="2014-06-11"))
    assert [document.id for document in store.documents(filters)] == found
    passages = store.passages(store.allowed(filters))
    assert sorted({stored.document_id for stored in passages.values()}) == found


def test_a_date_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="not a date"):
        store.documents(Filters(date_from="last year"))


def test_no_home_and_foreign_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingHomeError, match="no knowledge base"):
        Store(tmp_path)
    (tmp_path / FILE_NAME).write_text("this is no database at all" * 50)
    with pytest.raises(DamagedHomeError, match="cannot be opened"):
        Store(tmp_path)


def test_the_file_of_another_program_and_a_newer_version_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with sqlite3.connect(other / FILE_NAME) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(DamagedHomeError, match="another program"):
        Store(other)
    home = tmp_path / "home"
    home.mkdir()
    Store(home, create=True).close()
    with sqlite3.connect(home / FILE_NAME) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(DamagedHomeError, match="newer Rapporteur"):
        Store(home)
