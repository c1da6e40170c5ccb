"""Hostile titles and texts in every form that leaves the program: no formula, no field, no link, no second record."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest

from corpus.edited_tables import guarded, unguarded
from corpus.records import Document, Passage, Span, StoredPassage
from tests.payloads import payloads
from ui.export import csv_text, write
from ui.gatherings import _harmless
from ui.originals import Reply
from ui.references import Item
from ui.routes import _answer
from ui.tables import Table, content, workbook

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\u00a0=1", "＝1", "＠x", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://outside.invalid")', "=WEBSERVICE(A1)", "{DDEAUTO c:\\\\x}",
]  # fmt: skip
BROKEN = [
    "a\nTY  - JOUR\nTI  - forged",
    "a\r\nER  - \r\nTY  - X",
    "}, url={x}} @misc{forged,",
    'a", "b": "c',
    "a\u2028TY  - X",
    "\\input{x}",
]
# What quotations and tables are made of; the text of a payload adds none.
TAGS = ("p", "blockquote", "ul", "ol", "li", "h1", "h2", "table", "thead", "tbody", "tr", "th", "td", "br", "hr", "em", "strong",
        "pre", "code", "a")  # fmt: skip
TEXTS = [*FORMULAS, *BROKEN, *payloads()]


def item(at: int, text: str) -> Item:
    document = Document(
        f"d{at}",
        f"/tmp/{at}.txt",
        text,
        symbol=text,
        speaker=text,
        date="2020-01-01",
        url=f"http://example.org/{at}",
        type="speech",
    )
    passage = Passage(text, (Span(1, 0, len(text)),), label=text, speaker=text, heading_path=(text,))
    return Item(document, StoredPassage(at, f"d{at}-0", document.id, passage))


ITEMS = [item(at, text) for at, text in enumerate(TEXTS)]


def test_no_cell_of_a_table_is_a_formula() -> None:
    for table in (csv_text(("a",), [[text] for text in TEXTS]), str(write(ITEMS, "csv"))):
        for row in csv.reader(io.StringIO(table)):
            for cell in row:
                assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＠")), cell


@pytest.mark.parametrize("text", FORMULAS)
def test_the_guard_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_an_excel_file_holds_texts_alone() -> None:
    content = workbook(Table("x", "x", ("a", "b"), [[text, text] for text in TEXTS]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "external" in name.lower() or "vba" in name.lower()]
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert len(re.findall(rb"<c r=", whole)) >= 2 * len(TEXTS)
    assert b"<f>" not in whole
    assert b"<hyperlink" not in whole


def test_a_word_file_holds_no_field_and_no_link() -> None:
    content = write(ITEMS, "docx")
    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert not re.search(r"<w:(?:instrText|fldSimple|fldChar|hyperlink|object)\b", body)
    assert 'TargetMode="External"' not in links


def document_alone(at: int, text: str, url: str) -> Item:
    return Item(Document(f"d{at}", f"/tmp/{at}.txt", text, symbol=text, url=url), None)


def test_markdown_shows_all_as_text() -> None:
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table")
    documents = [document_alone(at, text, text) for at, text in enumerate(TEXTS)]
    documents += [document_alone(at, text, f"javascript:{text}") for at, text in enumerate(TEXTS)]
    documents.append(document_alone(0, "x", "https://example.org/a?b=c&d=(e)"))
    table = Table("t", " ".join(FORMULAS), ("a", "b"), [[text, text] for text in TEXTS])
    brief = "\n\n".join(_harmless(f"> “{text}”") for text in TEXTS)
    for written in (write(ITEMS, "markdown"), write(documents, "markdown"), content(table, ".md"), brief):
        shown = reader.render(str(written))
        tags = set(re.findall(r"<(/?[^\s>]+)", shown))
        assert tags <= {f"{end}{tag}" for tag in TAGS for end in ("", "/")}, tags
        assert set(re.findall(r'href="([^"]*)"', shown)) <= {"https://example.org/a?b=c&amp;d=(e)"}
    assert "https://example.org/a" in reader.render(str(write(documents, "markdown")))


def test_reference_managers_get_one_record_each() -> None:
    ris = str(write(ITEMS, "ris"))
    assert len(re.findall(r"^TY  - ", ris, re.MULTILINE)) == len(ITEMS)
    assert len(re.findall(r"^ER  -", ris, re.MULTILINE)) == len(ITEMS)
    assert not [line for line in ris.splitlines() if line and not re.match(r"[A-Z][A-Z0-9]  -", line)]
    bibtex = str(write(ITEMS, "bibtex"))
    assert len(re.findall(r"^@\w+\{", bibtex, re.MULTILINE)) == len(ITEMS)
    assert len(json.loads(str(write(ITEMS, "csl-json")))) == len(ITEMS)


def test_a_name_cannot_forge_a_header() -> None:
    for text in TEXTS:
        reply = _answer(Reply(200, b"x", "application/octet-stream", text[:100] or "x"))
        assert len([name for name in reply.headers if name == "content-disposition"]) == 1
        named = reply.headers["content-disposition"]
        assert named.startswith("attachment; filename*=UTF-8''")
        assert named.isascii()
        assert not re.search(r'[\r\n";]', named.partition("''")[2])
        assert "sandbox" in reply.headers["content-security-policy"]
