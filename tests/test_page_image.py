"""Pictures of pages and files to save: what is marked are the words asked for, and only files of the store are sent."""

from __future__ import annotations

import csv
import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest

from corpus.errors import UnreadableFileError
from corpus.records import Document, Passage, Scan, Span, StoredPassage
from ui import originals
from ui.options import EXPORTS
from ui.page_image import MARKER, Picture, has_pages, picture, quote_boxes, wanted_words

MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]
FIRST = ["Report on hotels", "Inspectors visited forty-two hotels. They found signs of ex-", "ploitation in three."]
SECOND = ["Eleven receptionists had been trained.", "Eleven drivers had not."]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, make_pdf: MakePdf) -> Path:
    return make_pdf(tmp_path_factory.mktemp("pictures") / "report.pdf", [FIRST, SECOND])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def under(path: Path, number: int, words: str) -> str:
    """The text under the rectangles of some words."""
    page = pypdfium2.PdfDocument(path)[number - 1]
    textpage = page.get_textpage()
    return " ".join(textpage.get_text_bounded(*box).strip() for box in quote_boxes(page, (words,)))


@pytest.mark.parametrize(
    ("number", "words", "covered"),
    [
        (1, "forty-two hotels", "forty-two hotels"),
        (1, "FORTY TWO\nhotels", "forty-two hotels"),
        (1, "They found signs of exploitation in three.", "They found signs of ex- ploitation in three"),
        (2, "Eleven drivers had not", "Eleven drivers had not"),
        (2, "from the page before. Eleven receptionists had been trained.", "Eleven receptionists had been trained"),
        (2, "Eleven drivers had not. It goes on overleaf", "Eleven drivers had not"),
        (1, "words that stand nowhere at all", ""),
        (1, "…", ""),
    ],
)
def test_rectangles_cover_the_words_and_nothing_else(report: Path, number: int, words: str, covered: str) -> None:
    assert "".join(filter(str.isalnum, under(report, number, words))) == "".join(filter(str.isalnum, covered))


def pixels(made: Picture) -> list[bytes]:
    """The rows of the picture, three bytes a pixel."""
    assert made.png.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed = 8, b""
    while at < len(made.png):
        size, kind = struct.unpack(">I4s", made.png[at : at + 8])
        content = made.png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", made.png[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + content)
        packed += content if kind == b"IDAT" else b""
        at += 12 + size
    plain, length = zlib.decompress(packed), 3 * made.width + 1
    assert len(plain) == length * made.height
    return [plain[row * length + 1 : (row + 1) * length] for row in range(made.height)]


def test_the_picture_is_marked_where_the_words_stand_and_nowhere_else(report: Path) -> None:
    made = picture(str(report), sha256(report), 2, ("Eleven drivers",))
    ((left, top, right, bottom),) = made.boxes
    for y, row in enumerate(pixels(made)):
        marked = [x for x in range(made.width) if row[3 * x : 3 * x + 3] == bytes(MARKER)]
        if marked:
            assert top <= y < bottom
            assert left <= marked[0] <= marked[-1] < right
    plain = picture(str(report), sha256(report), 2, ())
    assert plain.boxes == ()
    assert not any(bytes(MARKER) in row for row in pixels(plain))


def test_rectangles_turn_with_the_page(report: Path, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=report)
    writer.pages[1].rotate(90)
    writer.write(tmp_path / "turned.pdf")
    upright = picture(str(report), sha256(report), 2, ("Eleven drivers",))
    turned = picture(str(tmp_path / "turned.pdf"), sha256(tmp_path / "turned.pdf"), 2, ("Eleven drivers",))
    assert (turned.width, turned.height) == (upright.height, upright.width)
    ((left, top, right, bottom),) = upright.boxes
    (box,) = turned.boxes
    expected = (upright.height - bottom, left, upright.height - top, right)
    assert all(abs(one - other) <= 3 for one, other in zip(box, expected, strict=True))


def test_only_the_file_that_was_read_is_drawn(report: Path, tmp_path: Path, make_pdf: MakePdf) -> None:
    with pytest.raises(UnreadableFileError, match="no longer where it was"):
        picture(str(tmp_path / "gone.pdf"), "", 1, ())
    changed = make_pdf(tmp_path / "changed.pdf", [["Other words"]])
    with pytest.raises(UnreadableFileError, match="has changed since"):
        picture(str(changed), sha256(report), 1, ())
    with pytest.raises(UnreadableFileError, match="2 pages and no page 3"):
        picture(str(report), sha256(report), 3, ())
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.7 and nothing")
    with pytest.raises(UnreadableFileError):
        picture(str(tmp_path / "torn.pdf"), sha256(tmp_path / "torn.pdf"), 1, ())


def stored(spans: tuple[Span, ...]) -> StoredPassage:
    return StoredPassage(1, "doc-0", "doc", Passage(text="x", spans=spans))


def test_a_passage_over_two_pages_is_marked_on_each() -> None:
    passage = stored((Span(1, 4, 9), Span(2, 0, 6)))
    assert wanted_words(passage, "", 1, "the first page") == ("first",)
    assert wanted_words(passage, "", 2, "second page") == ("second",)
    assert wanted_words(passage, "", 3, "third page") == ()
    assert wanted_words(passage, "said so", 1, "the first page") == ("said so",)


# -- what is sent ----------------------------------------------------------------------------------------------------


class Shelf:
    """Some documents by id, as the page's knowledge base."""

    home = Path("nowhere")

    def __init__(self, *documents: Document) -> None:
        self._documents = {document.id: document for document in documents}

    def document(self, reference: str) -> Document:
        from corpus.errors import NotFoundError

        if reference not in self._documents:
            raise NotFoundError(f"There is no document {reference}.")
        return self._documents[reference]

    def passages(self, document_id: str) -> list[StoredPassage]:
        return [stored((Span(2, 0, len(SECOND[0])),))]

    def scan(self, document_id: str, number: int) -> Scan | None:
        return None

    def page_text(self, document_id: str, number: int) -> str:
        return SECOND[0]


@pytest.fixture
def shelf(report: Path, tmp_path: Path) -> Any:
    web = tmp_path / "site.html"
    web.write_text("<script>alert(1)</script>", encoding="utf-8")
    lost = tmp_path / "lost.pdf"
    return Shelf(
        Document("doc", str(report), "Report", format="pdf", sha256=sha256(report), paged=True, pages=2),
        Document("web", str(web), "Site", format="html", sha256=sha256(web), pages=1),
        Document("lost", str(lost), "Lost", format="pdf", sha256="0", paged=True, pages=2),
        Document("other", str(web), "Changed", format="text", sha256="0", pages=1),
    )


def test_a_picture_is_sent_for_a_document_of_the_store_alone(shelf: Any, report: Path) -> None:
    reply = originals.page_image(shelf, "doc", 2, "doc-0")
    assert (reply.status, reply.media_type, reply.content[:4]) == (200, "image/png", b"\x89PNG")
    assert reply.content != originals.page_image(shelf, "doc", 2).content, "the passage is marked"
    for name, says in (("lost", "no longer where"), ("web", "Only pages of PDF"), (str(report), "no document")):
        refused = originals.page_image(shelf, name, 1)
        assert (refused.status, refused.media_type) == (404, "text/plain; charset=utf-8")
        assert says in refused.content.decode()
    assert not has_pages(shelf.document("web"))


def test_a_file_is_sent_to_be_saved_and_never_as_a_page(shelf: Any, report: Path) -> None:
    sent = originals.original(shelf, "doc")
    assert (sent.status, sent.media_type, sent.name) == (200, "application/pdf", "report.pdf")
    assert sent.content == report.read_bytes()
    assert originals.original(shelf, "web").media_type == "application/octet-stream"
    assert originals.original(shelf, "lost").status == 404
    assert "has changed" in originals.original(shelf, "other").content.decode()
    assert originals.original(shelf, "../../etc/passwd").status == 404


def test_the_routes_say_how_the_file_is_to_be_taken(shelf: Any) -> None:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from ui.routes import add_routes

    web = FastAPI()
    add_routes(web, shelf, None)
    with TestClient(web) as client:
        sent = client.get("/original", params={"doc": "web"})
        assert sent.headers["content-disposition"] == "attachment; filename*=UTF-8''site.html"
        assert sent.headers["content-type"] == "application/octet-stream"
        assert client.get("/page-image", params={"doc": "doc", "page": 2}).headers["content-type"] == "image/png"
        assert client.get("/page-image", params={"doc": "lost", "page": 2}).headers["cache-control"] == "no-store"
        assert client.get("/page-image", params={"doc": "doc", "page": "x"}).status_code == 422
        saved = client.get("/export", params={"form": "csv", "passage": ["doc-0", "doc-9"]})
        assert saved.headers["content-disposition"].endswith("passages.csv")
        assert [row["passage_id"] for row in csv.DictReader(io.StringIO(saved.text))] == ["doc-0"]


@pytest.mark.parametrize("form", originals.EXPORTS)
def test_picked_passages_are_exported_in_every_format(shelf: Any, form: str) -> None:
    sent = originals.export(shelf, ["doc-0", "doc-0"], form)
    assert sent.status == 200
    assert sent.content.startswith(b"PK") == (form == "docx")
    assert sent.name.startswith("passages.")


def test_the_formats_are_those_of_the_command_line() -> None:
    assert set(originals.EXPORTS) == set(EXPORTS)


def test_an_export_of_nothing_is_refused(shelf: Any) -> None:
    assert originals.export(shelf, ["gone-1", "doc-7", "x"], "ris").status == 404
    assert originals.export(shelf, ["doc-0"], "exe").status == 400
    assert originals.export(shelf, ["doc-0"] * 501, "ris").status == 400
