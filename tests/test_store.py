"""The store: one document, one transaction; filters; revisions; files of other programs."""

from __future__ import annotations

import datetime
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
    (held,) = again.documents()
    assert held.added == datetime.datetime.now(datetime.UTC).date().isoformat()
    assert replace(held, added="") == record.document
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


def test_a_moved_file_is_one_step(store: Store) -> None:
    put(store, parsed())
    moved = FileRecord("/papers/new.md", "/papers", "00", "indexed", document_id="a1")
    assert store.move("a1", moved, "/papers/a1.md") == store.revision == 2
    assert store.files() == {"/papers/new.md": moved}
    assert [document.path for document in store.documents()] == ["/papers/new.md"]
    with pytest.raises(sqlite3.Error):
        # Half of it is nothing: a record that cannot be kept leaves the document where it was.
        store.move("a1", replace(moved, path="/papers/third.md", root=None), "/papers/new.md")  # type: ignore[arg-type]
    assert store.files() == {"/papers/new.md": moved}
    assert [document.path for document in store.documents()] == ["/papers/new.md"]
    assert store.revision == 2


def test_what_is_read_together_is_of_one_revision(store: Store, tmp_path: Path) -> None:
    put(store, parsed())
    other = Store(tmp_path)
    with store.reading():
        put(other, parsed("b2"))
        other.remove("a1")
        with store.reading():
            assert [document.id for document in store.documents()] == ["a1"]
        assert (store.revision, other.revision) == (1, 3)
    assert [document.id for document in store.documents()] == ["b2"]


def test_a_passage_without_its_document_is_found(store: Store, tmp_path: Path) -> None:
    put(store, parsed())
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("DELETE FROM documents")
    connection.close()
    assert store.check() == ["2 rows without their document"]


def test_a_home_whose_making_was_cut_off_opens(tmp_path: Path) -> None:
    # Killed right after the file was made, or before the first table was.
    (tmp_path / FILE_NAME).touch()
    assert Store(tmp_path).revision == 0
    half = tmp_path / "half"
    half.mkdir()
    with sqlite3.connect(half / FILE_NAME) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA application_id = 0x52415050")
    connection.close()
    put(Store(half), parsed())
    assert [document.id for document in Store(half).documents()] == ["a1"]
