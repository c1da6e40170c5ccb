"""Exports: what is chosen, and that each format can be read back and keeps what it was given."""

from __future__ import annotations

import csv
import io
import json
import re

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Document, Kind, Passage, Span, StoredPassage
from ui.export import COLUMNS, cite, csv_text, markdown, table, word, write
from ui.options import EXPORTS
from ui.references import Item, author, bibtex, csl_items, ris

TREATY = Document(
    id="abc123",
    path="treaties/cets197.pdf",
    title="Convention on Action & Co-operation",
    symbol="CETS 197",
    body="CoE",
    type="convention",
    date="2005-05-16",
    language="en",
    url="https://example.org/197_a",
    pages=20,
    paged=True,
)
QUOTE = "1. Each Party shall provide a period of at least 30 days {sic} 100%.\nSecond line."


def item(document: Document = TREATY, text: str = QUOTE) -> Item:
    passage = Passage(
        text=text,
        spans=(Span(7, 0, len(text)),),
        ordinal=4,
        kind=Kind.ARTICLE,
        label="Article 13(1)",
        page=7,
        page_label="v",
    )
    return Item(document, StoredPassage(9, f"{document.id}-4", document.id, passage))


def test_a_citation_names_title_symbol_article_and_printed_page() -> None:
    assert cite(item()) == "Convention on Action & Co-operation, CETS 197, Article 13(1), p. v"
    assert cite(Item(TREATY)) == "Convention on Action & Co-operation, CETS 197"


@pytest.mark.parametrize("form", EXPORTS)
def test_every_format_is_written_also_of_nothing(form: str) -> None:
    assert write([item(), Item(TREATY)], form)
    write([], form)


def test_ris_has_one_closed_record_an_item() -> None:
    text = ris([item(), Item(TREATY)])
    assert text.count("TY  - STAT") == text.count("ER  - ") == 2
    assert "DA  - 2005/05/16\r\n" in text
    assert "AU  - Council of Europe,\r\n" in text
    assert "M1  - CETS 197\r\n" in text
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in text.split("\r\n") if line)


def test_bibtex_masks_what_tex_would_read_as_commands() -> None:
    text = bibtex([item()])
    assert r"Action \& Co-operation" in text
    assert r"\{sic\} 100\%" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    assert "month = may" in text


def test_csl_names_the_kind_and_the_day() -> None:
    (made,) = csl_items([item()])
    assert made["type"] == "treaty"
    assert made["issued"] == {"date-parts": [[2005, 5, 16]]}
    assert made["note"] == "Article 13(1), p. v"
    assert json.loads(str(write([item()], "csl-json"))) == [made]


def test_a_digest_is_not_attributed_to_the_body_it_digests() -> None:
    digest = Document(id="d", path="d.md", title="T", body="CoE", type="digest")
    assert author(digest) == "Rapporteur"


def test_the_table_holds_quote_and_pinpoint() -> None:
    rows = list(csv.DictReader(io.StringIO(table([item(), Item(TREATY)]))))
    assert list(rows[0]) == list(COLUMNS)
    assert rows[0]["quote"] == QUOTE
    assert (rows[0]["label"], rows[0]["page"], rows[0]["page_label"]) == ("Article 13(1)", "7", "v")
    assert rows[0]["passage_id"] == "abc123-4"
    assert rows[1]["quote"] == ""


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1, max_size=4))
def test_no_cell_of_a_table_is_a_formula(cells: list[str]) -> None:
    (row,) = list(csv.reader(io.StringIO(csv_text(["h"] * len(cells), [cells]), newline="")))[1:]
    for cell, written in zip(cells, row, strict=True):
        assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert written.removeprefix("'") == cell.removeprefix("'")


def test_markdown_shows_marks_of_the_text_as_they_are() -> None:
    text = markdown([item(text="*Not* <b>bold</b> [x](y)")])
    assert r"> \*Not\* \<b\>bold\</b\> \[x\](y)" in text
    assert text.rstrip().endswith("Article 13(1), p. v")


def test_word_keeps_the_quotations_and_drops_what_xml_cannot_hold() -> None:
    content = word([item(text="before\x0bafter"), Item(TREATY)])
    paragraphs = [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
    assert paragraphs[0] == TREATY.title
    assert "beforeafter" in paragraphs
    assert cite(item()) in paragraphs
