"""The corpus as a Haystack document store: Haystack's own conformance suite, and what it does not ask."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from haystack import Document
from haystack.dataclasses import ByteStream, SparseEmbedding
from haystack.document_stores.errors import DocumentStoreError, DuplicateDocumentError
from haystack.document_stores.types import DocumentStore, DuplicatePolicy
from haystack.errors import FilterError
from haystack.testing.document_store import (
    CountDocumentsByFilterTest,
    CountUniqueMetadataByFilterTest,
    DocumentStoreBaseExtendedTests,
    GetMetadataFieldMinMaxTest,
    GetMetadataFieldsInfoTest,
    GetMetadataFieldUniqueValuesTest,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import records
from corpus.errors import LockedHomeError, MissingHomeError
from corpus.lock import WriterLock
from corpus.schema import APPLICATION_ID, MIGRATIONS
from corpus.store import Store
from search.haystack_filters import matches
from search.haystack_store import RapporteurDocumentStore


@pytest.fixture
def document_store(tmp_path: Path) -> RapporteurDocumentStore:
    return RapporteurDocumentStore(str(tmp_path), create=True)


class TestConformance(
    DocumentStoreBaseExtendedTests,
    CountDocumentsByFilterTest,
    CountUniqueMetadataByFilterTest,
    GetMetadataFieldsInfoTest,
    GetMetadataFieldMinMaxTest,
    GetMetadataFieldUniqueValuesTest,
):
    @pytest.fixture
    def document_store(self, tmp_path: Path) -> DocumentStore:
        return RapporteurDocumentStore(str(tmp_path), create=True)

    def test_write_documents(self, document_store: DocumentStore) -> None:
        """The default policy is FAIL, as in Haystack's own store."""
        document = Document(content="test doc")
        assert document_store.write_documents([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            document_store.write_documents([document])


# -- documents that Haystack writes --------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["title", "page", "label", "heading_path", "date", "language", "access", "content", "id", "x"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.none() | st.text(),
    meta=st.dictionaries(NAMES, JSON, max_size=5),
    embedding=st.none() | st.lists(st.floats(allow_nan=False), min_size=1, max_size=5),
    score=st.none() | st.floats(0, 1),
)
def test_what_is_written_comes_back_as_it_was(
    document_store: RapporteurDocumentStore,
    content: str | None,
    meta: dict[str, Any],
    embedding: list[float] | None,
    score: float | None,
) -> None:
    document = Document(content=content, meta=meta, embedding=embedding, score=score)
    document_store.write_documents([document], DuplicatePolicy.OVERWRITE)
    by_id = {"field": "id", "operator": "==", "value": document.id}
    assert document_store.filter_documents(by_id) == [document]


def test_blobs_and_sparse_vectors_come_back_too(document_store: RapporteurDocumentStore, tmp_path: Path) -> None:
    document = Document(
        blob=ByteStream(b"\x00\xff", mime_type="image/png"), sparse_embedding=SparseEmbedding([3], [0.5])
    )
    document_store.write_documents([document])
    again = RapporteurDocumentStore(str(tmp_path))
    assert again.filter_documents() == [document]


def test_meta_that_is_no_json_is_refused_before_anything_is_written(document_store: RapporteurDocumentStore) -> None:
    with pytest.raises(ValueError, match="ISO text"):
        document_store.write_documents([Document(content="a"), Document(content="b", meta={"at": Path()})])
    assert document_store.count_documents() == 0


def test_an_id_twice_in_one_list_is_a_duplicate(document_store: RapporteurDocumentStore) -> None:
    pair = [Document(id="1", content="first"), Document(id="1", content="second")]
    with pytest.raises(DuplicateDocumentError):
        document_store.write_documents(pair)
    assert document_store.count_documents() == 0
    assert document_store.write_documents(pair, DuplicatePolicy.SKIP) == 1
    assert document_store.filter_documents()[0].content == "first"
    assert document_store.write_documents(pair, DuplicatePolicy.OVERWRITE) == 2
    assert [document.content for document in document_store.filter_documents()] == ["second"]


def test_known_meta_counts_for_finding_and_citing(document_store: RapporteurDocumentStore) -> None:
    meta = {
        "title": "The treaty", "symbol": "CETS 197", "type": "treaty", "date": "2005-05-16T00:00:00", "page_number": 7,
        "label": "Article 13(1)", "heading_path": ["Chapter III"], "access": "internal", "countries": ["AL"],
    }  # fmt: skip
    document_store.write_documents([Document(content="A recovery period of at least 30 days.", meta=meta)])
    filters = records.Filters(symbol=("CETS 197",), country=("AL",), date_from="2005", date_to="2005-05")
    (document,) = document_store.store.documents(filters)
    assert (document.title, document.access, document.paged) == ("The treaty", "internal", True)
    (stored,) = document_store.store.passages_of(document.id)
    assert (stored.passage.label, stored.passage.page) == ("Article 13(1)", 7)
    assert document_store.store.page_text(document.id, 7) == stored.passage.text
    assert document_store.filter_documents()[0].meta == meta


# -- documents that came from files --------------------------------------------------------------------------------


def ingested(store: Store, name: str, date: str | None = None, language: str = "en", count: int = 2) -> None:
    texts = [f"Passage {number} of the {name}, in its own words." for number in range(count)]
    passages = []
    at = 0
    for ordinal, text in enumerate(texts):
        span = records.Span(1, at, at + len(text))
        passages.append(
            records.Passage(
                text,
                (span,),
                ordinal,
                label=f"Article {ordinal}",
                heading_path=("Chapter I",),
                language=language,
                page=1,
                page_label="iv",
            )
        )
        at += len(text) + 1
    document = records.Document(
        name, f"/papers/{name}.pdf", f"The {name}", paged=True, pages=1, symbol="CETS 197", body="CoE", type=name,
        date=date, countries=("AL",),
    )  # fmt: skip
    parsed = records.Parsed(document, (records.Page(1, "iv", "\n".join(texts)),), tuple(passages))
    store.put(parsed, records.FileRecord(document.path, "/papers", name, "indexed", document_id=name), "m", {})


@pytest.fixture
def filled(document_store: RapporteurDocumentStore) -> Iterator[RapporteurDocumentStore]:
    ingested(document_store.store, "treaty", "2005-05")
    ingested(document_store.store, "speech", "2019", language="fr")
    document_store.write_documents([Document(id="note", content="A note of one's own.", meta={"type": "treaty"})])
    yield document_store


def equal(field: str, value: object) -> dict[str, object]:
    return {"field": field, "operator": "==", "value": value}


def test_passages_of_files_show_with_what_is_known_of_them(filled: RapporteurDocumentStore) -> None:
    assert filled.count_documents() == 5
    found = filled.filter_documents(equal("meta.label", "Article 1"))
    assert [document.id for document in found] == ["treaty-1", "speech-1"]
    assert found[0].content == "Passage 1 of the treaty, in its own words."
    assert found[0].meta == {
        "document_id": "treaty", "title": "The treaty", "path": "/papers/treaty.pdf", "symbol": "CETS 197",
        "body": "CoE", "type": "treaty", "date": "2005-05", "language": "en", "access": "public", "countries": ["AL"],
        "kind": "text", "label": "Article 1", "heading_path": ["Chapter I"], "page": 1, "page_label": "iv",
    }  # fmt: skip


def test_every_passage_can_move_to_another_home(filled: RapporteurDocumentStore, tmp_path: Path) -> None:
    other = RapporteurDocumentStore(str(tmp_path / "other"), create=True)
    other.write_documents(filled.filter_documents())
    assert other.filter_documents() == filled.filter_documents()
    own = equal("meta.document_id", "treaty")
    assert other.filter_documents(own) == filled.filter_documents(own) != []


LEAVES = st.sampled_from(
    [
        equal("meta.type", "treaty"),
        equal("meta.type", "TREATY"),
        equal("meta.type", None),
        equal("meta.language", "fr"),
        equal("meta.body", "CoE"),
        equal("id", "treaty-0"),
        {"field": "meta.document_id", "operator": "in", "value": ["speech", "x"]},
        {"field": "meta.type", "operator": "in", "value": ["speech", None]},
        {"field": "meta.type", "operator": "!=", "value": "speech"},
        {"field": "meta.page", "operator": ">=", "value": 1},
    ]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda operator, conditions: {"operator": operator, "conditions": conditions},
        st.sampled_from(["AND", "OR", "NOT"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=TREES)
def test_filters_find_the_same_whether_narrowed_by_sql_or_not(
    filled: RapporteurDocumentStore, filters: dict[str, Any]
) -> None:
    every = filled.filter_documents()
    assert filled.filter_documents(filters) == [document for document in every if matches(filters, document)]


@pytest.mark.parametrize(
    ("operator", "bound", "expected"),
    [
        (">=", "2005", {"treaty", "speech"}),
        (">=", "2005-05-20", {"treaty", "speech"}),
        (">", "2005", {"speech"}),
        ("<=", "2005", {"treaty"}),
        ("<", "2005-05", set()),
        ("<=", "2019-03-01", {"treaty", "speech"}),
        (">", "2019-12-31T23:59:59.999999", set()),
    ],
)
def test_a_year_or_month_stands_for_all_its_days(
    filled: RapporteurDocumentStore, operator: str, bound: str, expected: set[str]
) -> None:
    found = filled.filter_documents({"field": "meta.date", "operator": operator, "value": bound})
    assert {document.meta["document_id"] for document in found} == expected


@pytest.mark.parametrize(
    "filters",
    [
        {"field": "meta.type", "operator": "contains", "value": "x"},
        {"operator": "XOR", "conditions": []},
        {"operator": "AND", "conditions": {"field": "id", "operator": "==", "value": "1"}},
        {"operator": "OR", "conditions": [equal("id", "1"), {"field": "id", "value": "1"}]},
        {"operator": "AND", "conditions": ["id"]},
    ],
)
def test_malformed_filters_are_refused_even_by_an_empty_store(
    document_store: RapporteurDocumentStore, filters: dict[str, Any]
) -> None:
    with pytest.raises(FilterError):
        document_store.filter_documents(filters)


def test_a_document_from_a_file_goes_as_a_whole_or_stays(filled: RapporteurDocumentStore) -> None:
    with pytest.raises(DocumentStoreError, match="as a whole"):
        filled.delete_documents(["note", "treaty-0"])
    with pytest.raises(DocumentStoreError, match="overwritten"):
        filled.write_documents([Document(id="treaty-0", content="x")], DuplicatePolicy.OVERWRITE)
    with pytest.raises(DocumentStoreError, match="files"):
        filled.update_by_filter(equal("meta.type", "treaty"), {"seen": True})
    with pytest.raises(DuplicateDocumentError):
        filled.write_documents([Document(id="treaty-0", content="x")])
    assert filled.write_documents([Document(id="treaty-0", content="x")], DuplicatePolicy.SKIP) == 0
    assert filled.count_documents() == 5
    filled.delete_documents(["treaty-0", "treaty-1"])
    assert filled.delete_by_filter(equal("meta.document_id", "speech")) == 2
    assert [document.id for document in filled.filter_documents()] == ["note"]
    assert filled.store.files() == {}


# -- the store itself ----------------------------------------------------------------------------------------------


def test_settings_travel_and_a_wrong_folder_is_said_so(tmp_path: Path) -> None:
    store = RapporteurDocumentStore(str(tmp_path / "nowhere"), model="a-model")
    data = json.loads(json.dumps(store.to_dict()))
    assert RapporteurDocumentStore.from_dict(data).to_dict() == data
    with pytest.raises(MissingHomeError):
        store.count_documents()


def test_stores_of_one_home_share_what_is_open(document_store: RapporteurDocumentStore, tmp_path: Path) -> None:
    again = RapporteurDocumentStore(str(tmp_path))
    document_store.write_documents([Document(content="a")])
    assert again.engine is document_store.engine


def test_a_second_writer_is_refused_at_once(document_store: RapporteurDocumentStore) -> None:
    document_store.write_documents([Document(id="1", content="a")])
    with WriterLock(document_store.store.home):
        for write in (
            lambda: document_store.write_documents([Document(content="b")]),
            lambda: document_store.delete_documents(["1"]),
            document_store.delete_all_documents,
        ):
            with pytest.raises(LockedHomeError):
                write()
    assert document_store.count_documents() == 1


def as_first_format(path: Path) -> None:
    """Write the file anew as the first version of the program would have written it."""
    old = path.with_name("old.sqlite")
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(MIGRATIONS[0])
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        connection.execute("ATTACH ? AS new", (str(path),))
        tables = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT OR REPLACE INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        connection.commit()
    old.replace(path)


def test_a_knowledge_base_of_the_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    store = Store(tmp_path, create=True)
    ingested(store, "treaty")
    store.close()
    as_first_format(store.path)
    again = RapporteurDocumentStore(str(tmp_path))
    again.write_documents([Document(content="a")])
    assert again.count_documents() == 3
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
