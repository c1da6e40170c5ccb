"""Many queries at once: which tables are understood, what comes back, and that no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UsageError
from corpus.records import Document, Passage, Span, StoredPassage
from search.records import Hit, Mode, SearchResult
from ui.batch import HEADER, MOST_QUERIES, Asked, answered, read_queries

FORMULA = '=HYPERLINK("http://x","y")'


class Library:
    """Finds one passage for whatever it is asked, but for nothing and for what is no query."""

    home = Path("nowhere")

    def search(self, query: str, k: int = 10, mode: Mode = Mode.HYBRID, *rest: Any) -> SearchResult:
        if "bad" in query:
            raise UsageError("This query has no words.")
        passage = Passage(f"{FORMULA} kilns", (Span(2, 0, 5),), label="para. 4", page=2, page_label="ii")
        stored, document = (
            StoredPassage(1, "d-0", "d", passage),
            Document("d", "d.pdf", "@Title", paged=True, symbol="A/1"),
        )
        hits = (
            () if "none" in query else tuple(Hit(rank, 1 / rank, stored, document) for rank in range(1, min(k, 3) + 1))
        )
        return SearchResult(query, mode, hits, len(hits), 1, 1.0)


@pytest.mark.parametrize(
    ("content", "queries"),
    [
        (b"query\nbrick kilns\ndebt bondage\n", [("brick kilns", 2), ("debt bondage", 3)]),
        (b"brick kilns\ndebt bondage\n", [("brick kilns", 1), ("debt bondage", 2)]),
        (b"id;query\r\n1;brick kilns\r\n2;\r\n3;debt bondage\r\n", [("brick kilns", 2), ("debt bondage", 4)]),
        ("\ufeffid\tзапрос\n1\tкирпич\n".encode(), [("кирпич", 2)]),
        ("query\nкирпич\n".encode("utf-16"), [("кирпич", 2)]),
        ("requête\nréflexion\n".encode("cp1252"), [("réflexion", 2)]),
        (
            b'query\n"child, labour"\n"""exact phrase"" body:OSCE"\n',
            [("child, labour", 2), ('"exact phrase" body:OSCE', 3)],
        ),
    ],
)
def test_queries_are_read_from_what_spreadsheets_write(content: bytes, queries: list[tuple[str, int]]) -> None:
    assert read_queries(content) == [Asked(text, row) for text, row in queries]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no query"),
        (b"query\n\n", "no query"),
        (b"PK\x03\x04\0\0\0", "save it as CSV"),
        (b"query\n" + b"x\n" * (MOST_QUERIES + 1), f"{MOST_QUERIES + 1} queries"),
        (b"x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_what_is_no_table_of_queries_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_queries(content)


def test_each_query_has_its_passages_or_the_reason_why_there_is_none() -> None:
    made = answered(Library(), b"query\nkilns\nnone\nbad\n", "csv", 2)  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
    assert [(row["query"], row["rank"], row["problem"]) for row in rows] == [
        ("kilns", "1", ""), ("kilns", "2", ""), ("none", "", "Nothing found"), ("bad", "", "This query has no words."),
    ]  # fmt: skip
    assert (rows[0]["label"], rows[0]["page"], rows[0]["symbol"]) == ("para. 4", "2", "A/1")
    assert rows[0]["quote"] == f"'{FORMULA} kilns", "a spreadsheet shows it and runs nothing"
    assert rows[0]["title"] == "'@Title"


def test_the_workbook_holds_the_same_and_only_text(tmp_path: Path) -> None:
    made = answered(Library(), b"query\nkilns\n=1+1\n", "xlsx", 1)  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheet, strings = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "sharedStrings"))
    assert "<f>" not in sheet
    assert "=HYPERLINK" in strings
    assert ">=1+1<" in strings
    for name in HEADER:
        assert f">{name}<" in strings


@pytest.mark.parametrize(("form", "mode"), [("exe", "hybrid"), ("csv", "magic")])
def test_other_forms_and_ways_are_refused(form: str, mode: str) -> None:
    with pytest.raises(UsageError):
        answered(Library(), b"query\nx\n", form, 1, mode)  # type: ignore[arg-type]
