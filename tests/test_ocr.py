"""Scanned pages: named when they are not read, read by Tesseract when asked for, and marked as such."""

from __future__ import annotations

import hashlib
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from PIL import Image

from corpus.errors import UnreadableFileError
from corpus.records import Span
from corpus.store import Store
from ingest.extract import extract
from ingest.extract.ocr import Word, page_text, parse_tsv
from ingest.extract.pdf import extract_pdf
from ingest.extract.scans import boxes_of, ocr_pages, placed_words, said_of
from ingest.extract.settings import asked, languages, may_give_more, obey, ocr_seconds
from ingest.parse import parse_file
from ingest.reader import read_all
from ui.page_image import picture, scanned_boxes

NEEDS_TESSERACT = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="needs Tesseract (Debian: tesseract-ocr)"
)
LETTER = (
    "LETTER TO THE SECRETARY-GENERAL",
    "Trafficking in persons is a crime against the individual.",
    "States should identify victims early and give them protec-",
    "tion and assistance, whatever they have said.",
)
BOILERPLATE = "The conference discussed the identification of victims at length."


def text_pdf(lines: tuple[str, ...]) -> bytes:
    """One page of text, written by hand."""
    drawing = "\n".join(f"BT /F1 14 Tf 1 0 0 1 72 {700 - 24 * at} Tm ({line}) Tj ET" for at, line in enumerate(lines))
    stream = drawing.encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 "
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def picture_of(lines: tuple[str, ...]) -> Image.Image:
    """The page as a scanner would see it."""
    document = pypdfium2.PdfDocument(text_pdf(lines))
    try:
        return document[0].render(scale=200 / 72, grayscale=True).to_pil()
    finally:
        document.close()


def scan(path: Path, *pages: Image.Image, text_first: tuple[str, ...] = ()) -> Path:
    """A PDF of pictures, behind one page of text where that is given."""
    pictures = path.with_suffix(".pictures.pdf")
    pages[0].save(pictures, "PDF", resolution=200, save_all=True, append_images=list(pages[1:]))
    writer = pypdf.PdfWriter()
    if text_first:
        plain = path.with_suffix(".text.pdf")
        plain.write_bytes(text_pdf(text_first))
        writer.append(plain)
    writer.append(pictures)
    with path.open("wb") as stream:
        writer.write(stream)
    return path


def fake_tesseract(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = folder / "tesseract"
    made.write_text(f'#!/bin/sh\n[ "$1" = --list-langs ] && printf "List:\\neng\\nosd\\n" && exit 0\n{script}\n')
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


# --- with Tesseract -------------------------------------------------------------------------------------------------


@NEEDS_TESSERACT
def test_only_pages_without_text_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blank = Image.new("L", (1700, 2200), 255)
    path = scan(tmp_path / "a.pdf", picture_of(LETTER), blank, text_first=(BOILERPLATE,))
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    first, second, third = extract(path).pages
    assert first.text == BOILERPLATE
    assert third.text == ""
    words = " ".join(second.text.split())
    assert "Trafficking in persons is a crime against the individual." in words
    assert "give them protection and assistance" in words
    said = extract(path).warnings
    assert said[0].startswith("page 2 read by OCR, mean confidence 9")
    assert said[1] == "OCR found no text on page 3"
    assert said[-1] == "page 3 has no text (pictures or blank)"
    parsed = parse_file(path)
    assert parsed.document.pages_without_text == 1
    assert any("page 2 read by OCR" in warning for warning in parsed.document.warnings)
    spoken = [passage for passage in parsed.passages if "crime against the individual" in passage.text]
    assert 2 in {span.page for span in spoken[0].spans}


@NEEDS_TESSERACT
def test_a_page_that_lies_on_its_side_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Finding out which way up a page lies takes some text.
    page = picture_of(LETTER * 6)
    path = scan(tmp_path / "a.pdf", *(page.rotate(turn, expand=True) for turn in (90, 180)))
    monkeypatch.setenv("RAPPORTEUR_OCR", "on")
    if "osd" not in tesseract_languages():
        pytest.skip("needs Tesseract's data for orientation (Debian: tesseract-ocr-osd)")
    for read in extract(path).pages:
        assert "crime against the individual" in read.text


def tesseract_languages() -> list[str]:
    from ingest.extract.programs import run_program

    program = shutil.which("tesseract")
    assert program
    return run_program([program, "--list-langs"], seconds=10, folder=Path(program).parent).decode().split()


@NEEDS_TESSERACT
def test_a_language_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scan(tmp_path / "a.pdf", picture_of(LETTER))
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng+qqq")
    with pytest.raises(UnreadableFileError, match=r"lacks qqq .*apt-get install tesseract-ocr-qqq"):
        extract(path)


@NEEDS_TESSERACT
@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("1947-10-08_Sixth_Commitee_Letter", "eng", "admission of new members"),
        ("1991-12-24_Yeltsin_to_UN_SG_ru", "rus", "в том числе в совете безопасности"),
        ("2022-03-04_Note_Verbale", "eng", "office of legal affairs of the secretariat of the united nations presents"),
    ],
)
def test_real_scans_are_read(shared: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: str, words: str) -> None:
    if asked not in tesseract_languages():
        pytest.skip(f"needs Tesseract's data for {asked} (Debian: tesseract-ocr-{asked})")
    path = next((shared / "realdocs/scanned-un-letters/pdf").glob(f"{name}*.pdf"))
    monkeypatch.setenv("RAPPORTEUR_OCR", asked)
    result = extract(path)
    text = " ".join(" ".join(page.text for page in result.pages).lower().split())
    assert words in text
    assert "read by OCR, mean confidence" in result.warnings[0]


# --- without it -----------------------------------------------------------------------------------------------------


def test_a_scan_names_the_way_to_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scan(tmp_path / "a.pdf", picture_of(LETTER))
    with pytest.raises(UnreadableFileError, match=r"1 page without text.*--ocr"):
        extract(path)
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableFileError, match="apt-get install tesseract-ocr"):
        extract(path)


def test_a_document_with_some_scans_is_read_without_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scan(tmp_path / "a.pdf", picture_of(LETTER), text_first=(BOILERPLATE,))
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    monkeypatch.setenv("PATH", str(tmp_path))
    result = extract(path)
    assert result.pages[0].text == BOILERPLATE
    assert "OCR needs Tesseract" in result.warnings[0]
    assert result.warnings[-1] == "page 2 has no text (pictures or blank)"


def test_odd_values_are_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scan(tmp_path / "a.pdf", picture_of(LETTER))
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng --user-words /etc/passwd")
    with pytest.raises(UnreadableFileError, match="names no languages"):
        extract(path)


# --- time and failure -----------------------------------------------------------------------------------------------


@pytest.fixture
def two_scans(tmp_path: Path) -> Callable[[], Path]:
    return lambda: scan(tmp_path / "a.pdf", picture_of(LETTER), picture_of(LETTER), text_first=(BOILERPLATE,))


def test_a_hanging_program_costs_its_pages_only(
    tmp_path: Path, two_scans: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = two_scans()
    fake_tesseract(tmp_path, "/bin/sleep 30", monkeypatch)
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    monkeypatch.setattr("ingest.extract.ocr.SECONDS_A_PAGE", 1.0)
    assert extract_pdf(path).warnings[0] == "pages 2–3 could not be read by OCR"


def test_when_the_time_of_a_file_is_up_the_pages_left_are_named(
    tmp_path: Path, two_scans: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = two_scans()
    fake_tesseract(tmp_path, "/bin/sleep 1; exit 1", monkeypatch)
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    monkeypatch.setenv("RAPPORTEUR_OCR_SECONDS", "1.5")
    assert extract_pdf(path).warnings[:2] == (
        "page 2 could not be read by OCR",
        "page 3 not read by OCR: the time for this file was up (RAPPORTEUR_OCR_SECONDS gives more)",
    )


def test_the_time_for_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (languages(), ocr_seconds()) == ("", 0.0)
    monkeypatch.setenv("RAPPORTEUR_OCR", "on")
    assert (languages(), ocr_seconds()) == ("eng", 600.0)
    monkeypatch.setenv("RAPPORTEUR_OCR_SECONDS", "90")
    assert ocr_seconds() == 90.0


@dataclass(frozen=True)
class Obeying:
    """What a worker does in these tests: take the settings over, then tell them."""

    settings: dict[str, str]

    def __call__(self, path: Path) -> str:
        obey(self.settings)
        return languages()


def test_settings_reach_workers_that_run_already(monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted in ("", "eng+rus", "fra", ""):
        monkeypatch.setenv("RAPPORTEUR_OCR", wanted)
        assert dict(read_all([Path("a")], Obeying(asked()), workers=1)) == {Path("a"): wanted}


def test_which_known_files_are_worth_another_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scan_reason = "1 page without text: a scan or picture. Read it with --ocr (OCR by Tesseract)."
    assert may_give_more("This is an old Word file (.doc); to read it, install LibreOffice or antiword.", (), 0)
    assert not may_give_more(scan_reason, (), 0)
    assert not may_give_more("The PDF is protected by a password.", (), 0)
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    assert may_give_more(scan_reason, (), 0)
    assert may_give_more("", ("page 3 has no text (pictures or blank)",), 1)
    assert may_give_more("", ("OCR needs Tesseract, which is not installed here",), 1)
    assert not may_give_more("", ("OCR found no text on page 3", "page 3 has no text"), 1)
    assert not may_give_more("", (), 0)
    monkeypatch.setenv("RAPPORTEUR_PASSWORDS", str(tmp_path))
    assert may_give_more("The PDF is protected by a password.", (), 0)


# --- what Tesseract says --------------------------------------------------------------------------------------------

HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def row(block: int, paragraph: int, line: int, confidence: float, text: str) -> str:
    return f"5\t1\t{block}\t{paragraph}\t{line}\t1\t10\t20\t30\t40\t{confidence}\t{text}"


def test_words_are_put_together_by_line_and_paragraph() -> None:
    output = "\n".join(
        [HEADER, "1\t1\t0\t0\t0\t0\t0\t0\t900\t900\t-1\t", row(1, 1, 1, 90, '"No'), row(1, 1, 1, 80, "one"),
         row(1, 1, 2, 95, "is"), row(1, 2, 1, 91, "sold."), row(2, 1, 1, 12, "~;|"), row(2, 1, 2, 84, "End")]
    )  # fmt: skip
    words = parse_tsv(output)
    assert words[0] == Word('"No', 90.0, (10, 20, 30, 40), (1, 1), 1)
    text, confidence = page_text(words)
    assert text == '"No one\nis\n\nsold.\n\nEnd'
    assert confidence == pytest.approx(88.0)


def test_stains_are_no_text() -> None:
    assert page_text(parse_tsv(HEADER)) == ("", 0.0)
    assert page_text(parse_tsv("\n".join([HEADER, row(1, 1, 1, 35, "ee"), row(1, 1, 2, 34, "_")]))) == ("", 0.0)


# --- where the words stand ------------------------------------------------------------------------------------------


def box_of(path: Path, page: int, words: str) -> tuple[int, int, int, int]:
    read = extract(path)
    text, scan = read.pages[page - 1].text, next(scan for scan in read.scans if scan.page == page)
    start = text.index(words)
    (box,) = boxes_of(scan, [Span(page, start, start + len(words))])
    return box


@NEEDS_TESSERACT
def test_words_of_a_scan_have_their_places_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scan(tmp_path / "a.pdf", picture_of(LETTER), text_first=(BOILERPLATE,))
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    assert [scan.page for scan in extract(path).scans] == [2]
    left, top, right, bottom = box_of(path, 2, "Trafficking in persons")
    # The line is written 72 points from the left and 676 from the foot of a page of 612 by 792 points.
    assert left == pytest.approx(10_000 * 72 / 612, abs=40)
    assert bottom == pytest.approx(10_000 * (792 - 676) / 792, abs=60)
    assert 0 < bottom - top < 250
    assert left < right < 5_000
    # A word that was broken at the line end has a box on both lines.
    read = extract(path)
    start = read.pages[1].text.index("protection")
    assert len(boxes_of(read.scans[0], [Span(2, start, start + len("protection"))])) == 2


@NEEDS_TESSERACT
def test_words_of_a_page_on_its_side_have_their_places_on_that_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "osd" not in tesseract_languages():
        pytest.skip("needs Tesseract's data for orientation (Debian: tesseract-ocr-osd)")
    page = picture_of(LETTER * 6)
    path = scan(tmp_path / "a.pdf", page, *(page.rotate(turn, expand=True) for turn in (90, 180)))
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    left, top, right, bottom = box_of(path, 1, "LETTER TO THE SECRETARY")
    # Turned to the left, what was at the left is at the foot, and what was at the top is at the left.
    assert box_of(path, 2, "LETTER TO THE SECRETARY") == pytest.approx(
        (top, 10_000 - right, bottom, 10_000 - left), abs=60
    )
    assert box_of(path, 3, "LETTER TO THE SECRETARY") == pytest.approx(
        (10_000 - right, 10_000 - bottom, 10_000 - left, 10_000 - top), abs=60
    )


@NEEDS_TESSERACT
def test_a_quotation_is_marked_on_its_scanned_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORTEUR_OCR", "eng")
    file = scan(tmp_path / "letter.pdf", picture_of(LETTER))
    parsed = parse_file(file)
    (page,) = parsed.pages
    assert page.confidence is not None and page.confidence > 0.7
    document = replace(parsed.document, id="d", sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    store = Store(tmp_path, create=True)
    store.put(replace(parsed, document=document), None, "m", {})
    kept = store.scan("d", 1)
    assert kept == parsed.scans[0]
    assert store.scan("d", 2) is None
    assert store.page("d", 1) == page
    words = ("identify victims early and give them protection",)
    boxes = scanned_boxes(kept, words, page.text)
    drawn = picture(str(file), document.sha256, 1, words, boxes)
    # The quotation stands on two lines, below the middle of none of the others.
    assert len(drawn.boxes) == 2
    assert all(
        0 <= left < right <= drawn.width and 0 <= top < bottom <= drawn.height
        for left, top, right, bottom in drawn.boxes
    )
    assert drawn.boxes[0][3] <= drawn.boxes[1][1] + 4
    assert scanned_boxes(kept, ("nothing of the kind stands here",), page.text) == ()
    assert scanned_boxes(None, words, page.text) == ()
    store.close()


def test_words_are_placed_in_the_text_that_was_made_of_them() -> None:
    words = [("The", 96.0, (0, 0, 10, 10)), ("—", 90.0, (12, 0, 5, 10)), ("vic-", 91.4, (20, 0, 20, 10)),
             ("stain", 50.0, (0, 20, 9, 9)), ("tims", 90.0, (0, 30, 40, 10))]  # fmt: skip
    placed = placed_words(words, "The — victims", (100, 50))
    assert [(word.start, word.end) for word in placed] == [(0, 3), (6, 9), (9, 13)]
    assert placed[1].box == (2000, 0, 4000, 2000)
    assert placed[1].confidence == 91


@pytest.mark.parametrize(("named", "pages"), [("page 3", {3}), ("pages 3, 5–7", {3, 5, 6, 7})])
def test_pages_read_by_ocr_are_known_from_what_is_said_of_them(named: str, pages: set[int]) -> None:
    assert ocr_pages(["not UTF-8", said_of(named, 87.4)]) == pages
    assert ocr_pages([f"{named} could not be read by OCR"]) == frozenset()
