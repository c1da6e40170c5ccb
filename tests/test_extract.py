"""Extractors: what a file's text, headings and facts are, and what is said of files that give none."""

from __future__ import annotations

import io
import time
import zipfile
from collections import Counter
from pathlib import Path

import docx
import pypdf
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableFileError
from ingest.extract import SUPPORTED, extract
from ingest.extract.base import Extract
from ingest.extract.cleaning import join_hyphens, tidy, vocabulary
from ingest.extract.html_main import main_content
from ingest.extract.markdown import find_headings, read_front_matter
from ingest.extract.pdf import iso_date, name_pages
from ingest.extract.text import decode, is_reflowed

Row = tuple[float, str, str]
"""Size, font ("F1" plain, "F2" bold) and words of one printed line."""


def pdf_bytes(pages: list[list[Row]]) -> bytes:
    """A small PDF, one text line below the other, written by hand."""
    objects = [b"", b""]
    fonts = b"/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> /F2 << /Type /Font /Subtype /Type1 "
    fonts += b"/BaseFont /Helvetica-Bold >>"
    kids = []
    for rows in pages:
        drawing, height = [], 760.0
        for size, font, words in rows:
            drawing.append(f"BT /{font} {size} Tf 1 0 0 1 72 {height} Tm ({words}) Tj ET")
            height -= 1.4 * size
        stream = "\n".join(drawing).encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        page = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << %s >> >> /Contents %d 0 R >>"
        )
        objects.append(page % (fonts, len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>"
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def body(*lines: str) -> list[Row]:
    return [(11.0, "F1", line) for line in lines]


def saved(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        extract(path)
    return str(caught.value)


def headings(result: Extract) -> list[tuple[int, str]]:
    return [(hint.level, result.pages[hint.page - 1].text[hint.start : hint.end]) for hint in result.headings]


# --- which format ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.pdf", b"", "empty"),
        ("photo.pdf", b"\xff\xd8\xff\xe0" + b"x" * 50, "image"),
        ("talk.txt", b"ID3\x04" + b"x" * 50, "sound"),
        ("film.md", b"\0\0\0\x18ftypmp42", "film"),
        ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("figures.tsv", "country\tvictims\n", "not a document format"),
        ("figures.csv", "country,victims\n", "not a document format"),
        ("data.json", "{}", "not a document format"),
        ("notes", "plain words without a suffix", "not a document format"),
        ("page.pdf", "Service unavailable", "holds no PDF"),
        ("broken.docx", b"PK\x03\x04 and nothing else", "damaged"),
        ("blank.txt", "  \n\n ", "no text"),
        ("data.txt", bytes(range(256)) * 8, "not text"),
        ("half.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type", "damaged"),
    ],
)
def test_what_is_no_document_is_refused_with_advice(tmp_path: Path, name: str, content: bytes | str, said: str) -> None:
    assert said in refusal(saved(tmp_path / name, content))


def test_archives_are_told_apart(tmp_path: Path) -> None:
    for inner, said in (("xl/workbook.xml", "Excel file is damaged"), ("a.pdf", "zip archive of 1 document")):
        with zipfile.ZipFile(tmp_path / "file.zip", "w") as archive:
            archive.writestr(inner, "x")
        assert said in refusal(tmp_path / "file.zip")


def test_content_decides_before_the_suffix(tmp_path: Path) -> None:
    assert extract(saved(tmp_path / "a.txt", pdf_bytes([body("A PDF under a wrong name")]))).format == "pdf"
    assert extract(saved(tmp_path / "b.pdf", b"\n\n" + pdf_bytes([body("after two line ends")]))).format == "pdf"
    assert extract(saved(tmp_path / "c.txt", "<!DOCTYPE html><html><body><p>Words</p></body></html>")).format == "html"
    assert extract(saved(tmp_path / "letter.txt", b"{\\rtf1 hello}")).format == "rtf"
    assert extract(saved(tmp_path / "d.md", "A text about the mark %PDF-1.7.")).format == "markdown"
    assert {".pdf", ".docx", ".html", ".md", ".txt", ".odt", ".rtf", ".pptx", ".xlsx", ".eml", ".epub"} <= SUPPORTED


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path / "nowhere.pdf")
    assert "folder" in refusal(tmp_path)


# --- PDF ------------------------------------------------------------------------------------------------------------


def test_every_page_of_a_pdf_is_kept_and_empty_ones_are_named(tmp_path: Path) -> None:
    result = extract(saved(tmp_path / "a.pdf", pdf_bytes([body("One line", "and another"), [], body("The third")])))
    assert [(page.number, page.label, page.text) for page in result.pages] == [
        (1, "1", "One line\nand another"),
        (2, "2", ""),
        (3, "3", "The third"),
    ]
    assert result.paged
    assert not result.reflowed
    assert result.warnings == ("page 2 has no text (pictures or blank)",)
    assert result.info["language"] == "en-GB"


def test_a_pdf_without_any_text_asks_for_ocr(tmp_path: Path) -> None:
    said = refusal(saved(tmp_path / "scan.pdf", pdf_bytes([[], [], []])))
    assert said.startswith("3 pages, none with text")
    assert "OCR" in said


def test_an_error_page_saved_as_pdf_is_no_document(tmp_path: Path) -> None:
    page = body("The document you are looking for does not exist in the Official", "Document System \\(ODS\\).")
    assert "error page" in refusal(saved(tmp_path / "a.pdf", pdf_bytes([page])))
    long = body(*["The document you are looking for does not exist in the archive, witnesses said."] * 12)
    assert extract(saved(tmp_path / "b.pdf", pdf_bytes([long]))).pages


def test_words_broken_at_line_ends_of_a_pdf_are_whole(tmp_path: Path) -> None:
    rows = body(
        "identification of vic-", "tims of trafficking by anti-", "trafficking units and the anti-trafficking act"
    )
    text = extract(saved(tmp_path / "a.pdf", pdf_bytes([rows]))).pages[0].text
    assert text.split("\n") == [
        "identification of victims",
        "of trafficking by anti-trafficking",
        "units and the anti-trafficking act",
    ]


def test_large_and_bold_lines_of_a_pdf_are_headings(tmp_path: Path) -> None:
    filler = body(*["Running text in the usual size that goes on for a whole line of the page."] * 12)
    rows = [(20.0, "F1", "Report on trafficking"), *filler, (11.0, "F2", "Background"), *filler]
    rows += [(14.0, "F1", "Findings of the"), (14.0, "F1", "second visit"), *filler]
    result = extract(saved(tmp_path / "a.pdf", pdf_bytes([rows])))
    assert headings(result) == [(1, "Report on trafficking"), (3, "Background"), (2, "Findings of the\nsecond visit")]


def test_a_running_head_is_a_heading_once(tmp_path: Path) -> None:
    filler = body(*["Running text in the usual size that goes on for a whole line of the page."] * 12)
    result = extract(saved(tmp_path / "a.pdf", pdf_bytes([[(16.0, "F1", "Albania"), *filler]] * 4)))
    assert headings(result) == [(1, "Albania")]


def test_letter_spaced_words_are_closed_by_their_gaps(tmp_path: Path) -> None:
    def spread(word: str) -> str:
        return " -450 ".join(f"({letter})" for letter in word)

    shown = " -1400 ".join(spread(word) for word in "convention and protocol".split())
    content = pdf_bytes([[*body("A page with a running head"), (11.0, "F1", "@")]])
    # The stream grows: pdfium mends lengths and table by itself.
    content = content.replace(b"(@) Tj", f"[{shown}] TJ".encode())
    assert "c o n v" in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert extract(saved(tmp_path / "a.pdf", content)).pages[0].text.endswith("\nconvention and protocol")


def described(path: Path, *, password: str | None = None, owner: str = "owner") -> Path:
    """A PDF of three pages with labels i, ii, 1, an outline and document information."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_bytes([body("Cover"), body("Contents"), body("Chapter one")])))
    writer.set_page_label(0, 1, style="/r")
    writer.set_page_label(2, 2, style="/D")
    part = writer.add_outline_item(title="Part  A", page_number=1)
    writer.add_outline_item(title="Chapter one", page_number=2, parent=part)
    writer.add_metadata({"/Title": "A report", "/Author": "OSCE", "/CreationDate": "D:20250409131201-04'00'"})
    if password is not None:
        writer.encrypt(password, owner, algorithm="RC4-128")
    with path.open("wb") as stream:
        writer.write(stream)
    return path


def test_labels_outline_and_information_of_a_pdf(tmp_path: Path) -> None:
    result = extract(described(tmp_path / "a.pdf"))
    assert [page.label for page in result.pages] == ["i", "ii", "1"]
    assert [(entry.title, entry.level, entry.page) for entry in result.outline] == [
        ("Part A", 1, 2),
        ("Chapter one", 2, 3),
    ]
    assert result.info == {"title": "A report", "author": "OSCE", "date": "2025-04-09", "language": "en-GB"}


def test_only_a_password_that_is_needed_keeps_a_pdf_closed(tmp_path: Path) -> None:
    assert extract(described(tmp_path / "open.pdf", password="")).pages[0].text == "Cover"
    assert "password" in refusal(described(tmp_path / "shut.pdf", password="secret"))


def test_dates_and_page_lists() -> None:
    assert iso_date("D:20250409131201-04'00'") == "2025-04-09"
    assert iso_date("D:2019") == "2019"
    assert iso_date("D:20191399") == ""
    assert iso_date("yesterday") == ""
    assert name_pages([3]) == "page 3"
    assert name_pages([3, 5, 6, 7, 9]) == "pages 3, 5–7, 9"


# --- Word -----------------------------------------------------------------------------------------------------------


def word_file(path: Path) -> Path:
    document = docx.Document()
    document.core_properties.title = "Notes of the meeting"
    document.core_properties.author = "Secretariat"
    document.add_heading("Meeting of co-ordinators", 1)
    document.add_paragraph("The participants\u00a0met in Vienna.")
    document.add_heading("Decisions", 2)
    for item in ("to strengthen identification", "to share data"):
        document.add_paragraph(item, style="List Number")
    document.add_paragraph("a bullet", style="List Bullet")
    table = document.add_table(rows=2, cols=3)
    for row, words in zip(table.rows, ("Country Year Cases", "Malta 2024 7"), strict=True):
        for cell, word in zip(row.cells, words.split(), strict=True):
            cell.text = word
    table.rows[0].cells[0].merge(table.rows[0].cells[1])
    document.add_paragraph("After the table.")
    outlined = document.add_paragraph("Annex")
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    outlined._p.get_or_add_pPr().append(level)
    document.add_paragraph().add_run("Bold line").bold = True
    document.save(str(path))
    return path


def test_word_keeps_order_headings_numbers_and_tables(tmp_path: Path) -> None:
    result = extract(word_file(tmp_path / "a.docx"))
    assert result.pages[0].text.split("\n") == [
        "Meeting of co-ordinators",
        "The participants met in Vienna.",
        "Decisions",
        "1. to strengthen identification",
        "2. to share data",
        "- a bullet",
        "Country Year | Cases",
        "Malta | 2024 | 7",
        "After the table.",
        "Annex",
        "Bold line",
    ]
    assert headings(result) == [
        (1, "Meeting of co-ordinators"),
        (2, "Decisions"),
        (1, "Annex"),
        (4, "Bold line"),
    ]
    (table,) = result.tables
    assert result.pages[0].text[table[1] : table[2]] == "Country Year | Cases\nMalta | 2024 | 7"
    assert result.reflowed
    assert result.info["title"] == "Notes of the meeting"
    assert result.info["author"] == "Secretariat"


def test_word_files_that_unpack_to_much_too_much_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 60_000_000)
    assert "unpacks to 60 MB" in refusal(tmp_path / "bomb.docx")


def test_a_word_file_with_broken_parts_is_damaged(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:document")
    assert "damaged" in refusal(tmp_path / "a.docx")


# --- HTML -----------------------------------------------------------------------------------------------------------

COUNTRIES = "".join(f"<li><a href='/c{number}'>Country number {number}</a></li>" for number in range(40))
PARAGRAPH = "The conference discussed the identification of victims and the role of national rapporteurs. "
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><title>Press release | OSCE</title>
<link rel="canonical" href="https://www.osce.org/1"><meta property="article:published_time" content="2023-06-06T10:00">
</head><body><nav><a href="/">Home</a></nav>
<div class="menu"><ul>{COUNTRIES}</ul></div>
<div id="content"><article><h1>National leadership</h1><p>{PARAGRAPH * 3}</p><h2>Recommendations</h2>
<ol><li>Appoint a <b>rapporteur</b>.<li>Collect data.</ol><ul><li>One<ul><li>Two</ul></ul>
<table><tr><th>Year</th><th>Cases</th></tr><tr><td>2023</td><td>12</td></tr></table>
<p style="display: none">hidden words</p><p>First line<br>second line</p><p>{PARAGRAPH * 3}</p></article></div>
<footer>Follow us</footer><script>var x = 1;</script></body></html>"""


def test_a_web_page_without_its_navigation(tmp_path: Path) -> None:
    result = extract(saved(tmp_path / "a.html", PAGE))
    lines = result.pages[0].text.split("\n")
    assert lines[0] == "National leadership"
    assert lines[2:-1] == [
        "Recommendations",
        "1. Appoint a rapporteur.",
        "2. Collect data.",
        "- One",
        "- Two",
        "Year | Cases",
        "2023 | 12",
        "First line",
        "second line",
    ]
    assert headings(result) == [(1, "National leadership"), (2, "Recommendations")]
    (table,) = result.tables
    assert result.pages[0].text[table[1] : table[2]] == "Year | Cases\n2023 | 12"
    assert result.info == {
        "title": "Press release | OSCE",
        "heading": "National leadership",
        "date": "2023-06-06",
        "language": "en-GB",
        "url": "https://www.osce.org/1",
    }


def test_a_web_page_in_an_old_encoding(tmp_path: Path) -> None:
    page = '<html><head><meta charset="windows-1251"></head><body><p>Торговля людьми</p></body></html>'
    assert extract(saved(tmp_path / "a.html", page.encode("cp1251"))).pages[0].text == "Торговля людьми"


def test_no_web_page_makes_the_program_fail(tmp_path: Path) -> None:
    for content in ("<html></html>", "<html><body><!-- only a comment --></body></html>", "<!doctype html>"):
        assert refusal(saved(tmp_path / "a.html", content))


# --- Markdown and text ----------------------------------------------------------------------------------------------


def test_headings_of_markdown_of_all_kinds() -> None:
    text = (
        "<meta http-equiv='Content-Type' />\n\n##Aanvullend Protocol\n\n####TITLE  \n\n### Article  13 \n\nTexts #1 and\n"
        "#2 stay.\n\n# Closed ##\n\n```\n# no heading\n```\n\nUnderlined\n===\n\nSmaller\n---\n\na\nb\n---\n"
    )
    found = [(hint.level, text[hint.start : hint.end]) for hint in find_headings(text)]
    assert found == [
        (2, "Aanvullend Protocol"),
        (4, "TITLE"),
        (3, "Article  13"),
        (1, "Closed"),
        (1, "Underlined"),
        (2, "Smaller"),
    ]


def test_front_matter_is_read_and_kept_in_the_text(tmp_path: Path) -> None:
    source = (
        '---\ntitle: "A study"\nkeys: [one, "two"]\ntags:\n  - a\n  - b\nnote: >\n  runs on\n---\n# Study\n\nText.\n'
    )
    result = extract(saved(tmp_path / "a.md", source))
    assert result.info == {"title": "A study", "keys": "one; two", "tags": "a; b", "note": "runs on"}
    assert result.pages[0].text == source
    assert headings(result) == [(1, "Study")]


def test_header_lines_without_marks(tmp_path: Path) -> None:
    info, end = read_front_matter("Title: Argentina\nSlug: case-studies/argentina\n\nText: here\n")
    assert info == {"title": "Argentina", "slug": "case-studies/argentina"}
    assert end == len("Title: Argentina\nSlug: case-studies/argentina\n")
    assert read_front_matter("Note: a sentence that begins so.\n\nMore.") == ({}, 0)


def test_wrapped_text_and_paragraphs_are_told_apart() -> None:
    paragraph = "States should identify victims of trafficking early and give them the help that they need at once."
    wrapped = "\n".join(
        ["States should identify victims of trafficking", "early and give them the help that they need."] * 9
    )
    assert is_reflowed("\n".join([f"{paragraph} {paragraph}"] * 5))
    assert is_reflowed("A title\nA short line.\nAnother one.")
    assert not is_reflowed(wrapped)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_recognised(encoding: str) -> None:
    text = "Торговля людьми – “human trafficking” à l’OSCE. " * 20
    assert decode(text.encode(encoding)) == (text, ())


@pytest.mark.parametrize(
    ("encoding", "text", "name"),
    [
        ("cp1252", "Les États participants, réunis à Vienne, ont décidé d’agir. ", "Western"),
        ("cp1251", "Государства-участники приняли решение. ", "Cyrillic"),
        ("mac_roman", "Les États – réunis à Vienne – ont décidé.\r", "Macintosh"),
    ],
)
def test_old_encodings_are_guessed_with_a_warning(encoding: str, text: str, name: str) -> None:
    decoded, warnings = decode((text * 20).encode(encoding))
    assert decoded == text * 20
    assert name in warnings[0]


def test_a_few_damaged_bytes_do_not_change_the_encoding() -> None:
    decoded, warnings = decode("Права человека. ".encode() * 20 + b"\xd0" + b" end")
    assert decoded.endswith("\ufffd end")
    assert "1 characters are damaged" in warnings[0]


# --- cleaning -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("vic-\ntims of", "victims\nof"),
        ("the vic-\ntims, they", "the victims,\nthey"),
        ("inter-\ngovern-\nmental work", "intergovernmental\nwork"),
        ("non-\npunishment of", "non-punishment\nof"),
        ("anti-\ntrafficking; anti-trafficking", "anti-trafficking;\nanti-trafficking"),
        ("co-operation; co-\noperation", "co-operation; co-operation"),
        ("cooperation; co-\noperation", "cooperation; cooperation"),
        ("Guinea-\nBissau said", "Guinea-Bissau\nsaid"),
        ("ICCPR-\nrelated aid", "ICCPR-related\naid"),
        ("TRAF-\nFICKING", "TRAFFICKING"),
        ("state-of-the-\nart tools", "state-of-the-art\ntools"),
        ("short- and long-\nterm aid", "short- and long-term\naid"),
        ("short-\nand long-term", "short-\nand long-term"),
        ("a list -\nnot a word", "a list -\nnot a word"),
        ("2011-\n2012", "2011-\n2012"),
        ("traffick-\n\ning", "traffick-\n\ning"),
        ("labour is intensive; labour-\nintensive work", "labour is intensive; labour-intensive\nwork"),
    ],
)
def test_broken_words(broken: str, whole: str) -> None:
    assert join_hyphens(broken) == whole


def test_acronyms_join_with_their_hyphen_where_the_document_shows_it() -> None:
    known = vocabulary(["the OP-CAT"])
    assert join_hyphens("the OP-\nCAT", known) == "the OP-CAT"


LINES = st.text(st.sampled_from("abcAZéж -\n.,1/"), max_size=60)


def letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalnum())


@given(LINES)
def test_joining_is_idempotent_and_loses_no_letter(text: str) -> None:
    joined = join_hyphens(text)
    assert join_hyphens(joined) == joined
    assert letters(joined) == letters(text)
    assert [char for char in joined if char.isalnum()] == [char for char in text if char.isalnum()]


@given(st.text())
def test_tidying_is_idempotent(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert not any(char in once for char in "\0\r\t\xa0\xad\u200b\ufeff\ufb01\u2028")
    assert not any(line.endswith(" ") for line in once.split("\n"))


@given(st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F)))
def test_tidying_changes_no_letter(text: str) -> None:
    assert tidy(text) == text


def test_tidying_by_example() -> None:
    assert tidy("e\u0301\ufb01\u00a0x\u00ad\ty  \r\nz\x0c\x02") == "éfi x y\nz\n"
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"


# --- the real documents ---------------------------------------------------------------------------------------------


def test_awkward_pdfs_give_an_outcome_in_time(shared: Path) -> None:
    for path in sorted((shared / "realdocs" / "awkward-pdf" / "pdf").glob("*.pdf")):
        begun = time.monotonic()
        try:
            extract(path)
        except UnreadableFileError as error:
            assert len(str(error)) > 20, path.name
        assert time.monotonic() - begun < 20, path.name


@pytest.mark.parametrize(
    ("name", "pages", "words"),
    [
        ("upr-slovenia/pdf/1st_g0917123.pdf", 17, "Slovenia"),
        ("un-reports-2025/pdf/E_2025_28.en.pdf", 65, "Economic and Social Council"),
        ("trafficking-reports/pdf/GLOTIP2024_Chapter_2.pdf", 45, "cases of students (talibe or almajiris)"),
        ("upr-slovenia/word/2nd_AdvancedQuestionsSlovenia.doc", 1, "ADVANCE QUESTIONS TO SLOVENIA"),
        ("upr-reports/txt-extracted-by-source-repo/slovenia2014.txt", 1, "5–114"),
    ],
)
def test_real_files_are_read(shared: Path, name: str, pages: int, words: str) -> None:
    result = extract(shared / "realdocs" / name)
    assert len(result.pages) == pages
    text = " ".join(" ".join(page.text for page in result.pages).split())
    assert words.lower() in text.lower()


def test_printed_page_numbers_come_from_the_pdf(shared: Path) -> None:
    result = extract(shared / "realdocs/trafficking-reports/pdf/GLOTIP2024_Chapter_2.pdf")
    assert {int(page.label) - page.number for page in result.pages} == {64}


@pytest.mark.parametrize("name", ["A_78_1.en.pdf", "A_78_375.en.pdf", "S_2024_207.en.pdf"])
def test_error_pages_among_the_real_files(shared: Path, name: str) -> None:
    assert "error page" in refusal(shared / "realdocs/un-reports-2025/pdf" / name)


def test_nothing_of_the_declaration_is_lost_in_any_language(shared: Path) -> None:
    import lxml.html

    for path in sorted((shared / "realdocs/udhr-languages-html/html").glob("*.html")):
        tree = lxml.html.parse(str(path), lxml.html.HTMLParser(encoding="utf-8")).getroot()
        result = extract(path)
        lines = set(result.pages[0].text.split("\n"))
        for node in tree.iter("p", "h1", "h2"):
            if node.getparent().tag != "li":
                assert " ".join(tidy(node.text_content()).split()) in lines, path.name
        assert len(result.headings) == sum(bool(node.text_content().strip()) for node in tree.iter("h1", "h2")), (
            path.name
        )
        assert result.info["language"], path.name
        assert main_content(tree) is not None
