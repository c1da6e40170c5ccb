"""More formats: what is read of each, in which order, with which headings; and what is refused, in which words."""

from __future__ import annotations

import datetime
import io
import shutil
import stat
import time
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import docx
import pptx
import pypdf
import pytest
import xlsxwriter
from docx.oxml import parse_xml
from pptx.util import Inches

from corpus.errors import UnreadableFileError
from ingest.extract import extract
from ingest.extract.base import Extract
from ingest.extract.grid import blocks, headed_rows
from ingest.extract.odf_numbers import written
from ingest.extract.passwords import passwords_for
from ingest.parse import parse_file

ODF = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = " ".join(
    f'xmlns:{short}="{ODF}:{name}:1.0"'
    for short, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"),
        ("presentation", "presentation"), ("meta", "meta"),
    )
)  # fmt: skip
META = f"""<office:document-meta {NAMESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>
<dc:title>Notes of the meeting</dc:title><meta:initial-creator>Secretariat</meta:initial-creator>
<meta:creation-date>2024-05-03T10:00:00</meta:creation-date><dc:language>en-GB</dc:language></office:meta>
</office:document-meta>"""
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def zipped(path: Path, parts: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def odf_file(path: Path, kind: str, body: str, styles: str = "") -> Path:
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    mime = f"application/vnd.oasis.opendocument.{kind}"
    return zipped(path, {"mimetype": mime, "content.xml": content, "meta.xml": META})


def saved(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        extract(path)
    return str(caught.value)


def lines(result: Extract, page: int = 1) -> list[str]:
    return result.pages[page - 1].text.split("\n")


def headings(result: Extract) -> list[tuple[int, int, str]]:
    return [(h.page, h.level, result.pages[h.page - 1].text[h.start : h.end]) for h in result.headings]


def tables(result: Extract) -> list[str]:
    return [result.pages[page - 1].text[start:end] for page, start, end in result.tables]


# --- OpenDocument ---------------------------------------------------------------------------------------------------

LISTS = """<text:list-style style:name="L1">
<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
<text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>
</text:list-style><text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/></text:list-style>
<text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>
<text:outline-level-style text:level="2" style:num-format=""/></text:outline-style>"""
ODT_BODY = """<text:table-of-content><text:index-body><text:p>Decisions 7</text:p></text:index-body></text:table-of-content>
<text:h text:outline-level="1">Opening</text:h>
<text:p>The participants<text:s text:c="3"/>met in<text:line-break/>Vienna<text:note text:note-class="footnote">
<text:note-citation>1</text:note-citation><text:note-body><text:p>Austria.</text:p></text:note-body></text:note> in May
<office:annotation><text:p>a remark</text:p></office:annotation>.</text:p>
<text:h text:outline-level="1">Decisions</text:h><text:h text:outline-level="2">First part</text:h>
<text:list text:style-name="L1"><text:list-item><text:p>Identify victims:</text:p>
<text:list><text:list-item><text:p>early;</text:p></text:list-item><text:list-item><text:p>safely.</text:p><text:p>Always.</text:p>
</text:list-item></text:list></text:list-item><text:list-item><text:p>Share data.</text:p></text:list-item></text:list>
<text:list text:style-name="L2"><text:list-item><text:p>a bullet</text:p></text:list-item></text:list>
<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:p>Report.</text:p></text:list-item></text:list>
<text:list text:style-name="L1"><text:list-item text:start-value="7"><text:p>Meet again.</text:p></text:list-item></text:list>
<text:p>Beside the box<draw:frame><draw:text-box><text:p>Inside the box</text:p></draw:text-box></draw:frame></text:p>
<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Country</text:p></table:table-cell>
<table:table-cell><text:p>Cases</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>Malta</text:p><text:p>Gozo</text:p></table:table-cell>
<table:table-cell><text:p>7</text:p></table:table-cell></table:table-row></table:table>"""


def test_opendocument_text_keeps_numbers_headings_tables_and_footnotes(tmp_path: Path) -> None:
    result = extract(odf_file(tmp_path / "a.odt", "text", ODT_BODY, LISTS))
    assert result.format == "odt"
    assert lines(result) == [
        "I. Opening",
        "The participants met in Vienna[1] in May .",
        "II. Decisions",
        "First part",
        "1. Identify victims:",
        "(a) early;",
        "(b) safely.",
        "Always.",
        "2. Share data.",
        "- a bullet",
        "3. Report.",
        "7. Meet again.",
        "Beside the box",
        "Inside the box",
        "Country | Cases",
        "Malta Gozo | 7",
        "[1] Austria.",
    ]
    assert headings(result) == [(1, 1, "I. Opening"), (1, 1, "II. Decisions"), (1, 2, "First part")]
    assert tables(result) == ["Country | Cases\nMalta Gozo | 7"]
    assert result.reflowed
    assert not result.paged
    wanted = {"title": "Notes of the meeting", "author": "Secretariat", "date": "2024-05-03", "language": "en-GB"}
    assert wanted.items() <= result.info.items()


def test_lines_that_are_bold_throughout_are_headings(tmp_path: Path) -> None:
    fo = f'xmlns:fo="{ODF}:xsl-fo-compatible:1.0"'
    styles = (
        f'<style:style {fo} style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
        f'<style:style style:name="C" style:parent-style-name="B"/>'
        f'<style:style {fo} style:name="N"><style:text-properties fo:font-weight="normal"/></style:style>'
    )
    body = (
        '<text:p text:style-name="C">BELGIUM</text:p><text:p><text:span text:style-name="B">COSTA</text:span> RICA</text:p>'
        '<text:p><text:span text:style-name="B">GERMANY</text:span></text:p>'
        '<text:p text:style-name="B">Not <text:span text:style-name="N">this</text:span></text:p>'
        '<text:p text:style-name="B">A whole sentence.</text:p>'
    )
    odt = extract(odf_file(tmp_path / "a.odt", "text", body, styles))
    rtf = rb"{\rtf1{\b BELGIUM\par}{\b COSTA} RICA\par\b GERMANY\b0\par\b Not {\b0 this}\par\b A whole sentence.\par}"
    for result in (odt, extract(saved(tmp_path / "a.rtf", rtf))):
        assert lines(result) == ["BELGIUM", "COSTA RICA", "GERMANY", "Not this", "A whole sentence."]
        assert headings(result) == [(1, 4, "BELGIUM"), (1, 4, "GERMANY")]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [(4, "1", "4"), (4, "i", "iv"), (1999, "I", "MCMXCIX"), (28, "a", "bb"), (2, "A", "B"), (3, "", "")],
)
def test_numbers_are_written_in_every_form(number: int, form: str, text: str) -> None:
    assert written(number, form) == text


def test_opendocument_slides_are_pages(tmp_path: Path) -> None:
    hidden = """<style:style style:name="dp9"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>"""
    slide = """<draw:page draw:name="p1"><draw:frame presentation:class="footer"><draw:text-box><text:p>foot</text:p>
    </draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>A point</text:p></draw:text-box></draw:frame>
    <draw:frame presentation:class="title"><draw:text-box><text:p>Findings</text:p></draw:text-box></draw:frame>
    <presentation:notes><draw:frame presentation:class="notes"><draw:text-box><text:p>Say it slowly</text:p></draw:text-box>
    </draw:frame><draw:frame presentation:class="page-number"><draw:text-box><text:p>1</text:p></draw:text-box></draw:frame>
    </presentation:notes></draw:page><draw:page draw:style-name="dp9"><draw:frame><draw:text-box><text:p>Secret</text:p>
    </draw:text-box></draw:frame></draw:page>"""
    result = extract(odf_file(tmp_path / "a.odp", "presentation", slide, hidden))
    assert [page.text for page in result.pages] == ["Findings\nA point\nNotes: Say it slowly", ""]
    assert headings(result) == [(1, 1, "Findings")]
    assert result.paged
    assert result.warnings == ("hidden slides are left out: page 2",)


def test_opendocument_sheets_are_pages_with_headed_rows(tmp_path: Path) -> None:
    def row(*cells: str, more: str = "") -> str:
        inner = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
        return f"<table:table-row {more}>{inner}</table:table-row>"

    styles = """<style:style style:name="ta9"><style:table-properties table:display="false"/></style:style>"""
    sheet = (
        '<table:table table:name="Cases"><table:table-column/><table:table-column table:visibility="collapse"/>'
        '<table:table-column/>' + row("Country", "Code", "2023") + row("Malta", "MLT", "7")
        + row("Gone", "x", "1", more='table:visibility="collapse"')
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>'
        + "</table:table-row>" + row("Source: police") + "</table:table>"
        '<table:table table:name="Lists" table:style-name="ta9">' + row("secret") + "</table:table>"
    )  # fmt: skip
    result = extract(odf_file(tmp_path / "a.ods", "spreadsheet", sheet, styles))
    assert [page.text for page in result.pages] == [
        "Cases\nCountry | 2023\nCountry: Malta | 2023: 7\nSource: police",
    ]
    assert result.warnings == (
        "hidden sheets are left out: Lists",
        "hidden rows or columns are left out on: Cases",
    )


def test_protected_and_unknown_opendocument_files_are_refused(tmp_path: Path) -> None:
    mime = "application/vnd.oasis.opendocument."
    locked = {
        "mimetype": f"{mime}text",
        "content.xml": b"\x8f\x02",
        "META-INF/manifest.xml": "<m:file-entry><m:encryption-data/></m:file-entry>",
    }
    assert "password" in refusal(zipped(tmp_path / "a.odt", locked))
    assert "OpenDocument graphics" in refusal(zipped(tmp_path / "a.odg", {"mimetype": f"{mime}graphics"}))
    broken = {"mimetype": f"{mime}text", "content.xml": "<office:document"}
    assert "OpenDocument file is damaged" in refusal(zipped(tmp_path / "b.odt", broken))


@pytest.mark.parametrize("declared", ['<!ENTITY secret SYSTEM "file:///etc/hostname">', '<!ENTITY secret "known">'])
def test_entities_are_never_resolved(tmp_path: Path, declared: str) -> None:
    content = f"""<!DOCTYPE x [{declared}]><office:document-content {NAMESPACES}><office:body><office:text>
    <text:p>before &secret; after</text:p></office:text></office:body></office:document-content>"""
    mime = "application/vnd.oasis.opendocument.text"
    result = extract(zipped(tmp_path / "a.odt", {"mimetype": mime, "content.xml": content}))
    assert lines(result) == ["before after"]


def test_a_billion_laughs_end_at_once(tmp_path: Path) -> None:
    bombs = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    content = f"<!DOCTYPE x [{bombs}]><o><text:p {NAMESPACES}>laugh &a11;</text:p></o>"
    mime = "application/vnd.oasis.opendocument.text"
    begun = time.monotonic()
    assert "damaged" in refusal(zipped(tmp_path / "a.odt", {"mimetype": mime, "content.xml": content}))
    assert time.monotonic() - begun < 5


# --- Rich Text ------------------------------------------------------------------------------------------------------

RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fswiss\fcharset204 Arial;}}
{\colortbl;\red0\green0\blue0;}{\stylesheet{Normal;}{\s1\sbasedon0 heading 1;}{\s2 heading 2;}{\*\cs10 Default;}}
{\info{\title Notes of the meeting}{\author Secr\'e9tariat}{\creatim\yr2024\mo5\dy3\hr10}}{\header A running head\par}
{\pard\plain\s1 Opening\par}
\pard\plain The participants met in \u8220\'93Vienna\u8221\'94{\v secretly}{\deleted twice}\~{\b today}\emdash
{\f1\'cc\'ee\'f1\'ea\'e2\'e0}{\super\chftn}{\footnote\pard\plain {\super\chftn} A note\par on two lines.}.\par
{\*\unknown not this}{\pict\pngblip 89504e470d0a}{\pard\outlinelevel1 Decisions\par}
{\pard {\listtext\pard\plain 1.\tab}to share data\par}{\pard {\pntext\f3\'B7\tab}a point\par}
{\field{\*\fldinst HYPERLINK "https://osce.org"}{\fldrslt A link}} and a smile \u-10179?\u-8704?\par
\pard\trowd\intbl Country\cell Cases\cell\row\trowd\pard\intbl Malta\par Gozo\cell 7\cell\row\pard
After the table {\bin4 {{{{}goes on\
and on{\*\shpinst{\sp{\sn posh}{\sv 1}}{\shptxt \pard In a box\par}}.\par
The end \{of it\}.}"""


def test_rich_text_keeps_headings_tables_notes_and_every_alphabet(tmp_path: Path) -> None:
    result = extract(saved(tmp_path / "a.rtf", RTF))
    assert result.format == "rtf"
    assert lines(result) == [
        "Opening",
        "The participants met in “Vienna” today—Москва[1].",
        "Decisions",
        "1. to share data",
        "- a point",
        "A link and a smile 😀",
        "Country | Cases",
        "Malta Gozo | 7",
        "After the table goes on",
        "and on.",
        "In a box",
        "The end {of it}.",
        "[1] A note on two lines.",
    ]
    assert headings(result) == [(1, 1, "Opening"), (1, 2, "Decisions")]
    assert tables(result) == ["Country | Cases\nMalta Gozo | 7"]
    wanted = {"title": "Notes of the meeting", "author": "Secrétariat", "date": "2024-05-03"}
    assert wanted.items() <= result.info.items()


def test_rich_text_under_another_name_and_without_end(tmp_path: Path) -> None:
    assert lines(extract(saved(tmp_path / "a.doc", rb"{\rtf1 Half a"))) == ["Half a"]
    assert "groups never end" in refusal(saved(tmp_path / "deep.rtf", b"{\\rtf1 " + b"{" * 5000))
    assert "no text" in refusal(saved(tmp_path / "empty.rtf", rb"{\rtf1\ansi{\*\generator x}}"))


# --- PowerPoint -----------------------------------------------------------------------------------------------------


def slides_file(path: Path) -> Path:
    show = pptx.Presentation()
    show.core_properties.title = "Trends in trafficking"
    show.core_properties.author = "Office"
    first = show.slides.add_slide(show.slide_layouts[1])
    first.placeholders[1].text = "First point\vgoes on\nSecond point"
    first.shapes.title.text = "Findings"
    first.notes_slide.notes_text_frame.text = "Say it slowly"
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = "Figures"
    table = second.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(5), Inches(1)).table
    for at, words in enumerate(("Country 2022 2023", "Malta 7 9", "Italy 5 -")):
        for column, word in enumerate(words.split()):
            table.cell(at, column).text = word if word != "-" else ""
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "In a group"
    third = show.slides.add_slide(show.slide_layouts[6])
    third._element.set("show", "0")
    third.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Secret"
    show.slides.add_slide(show.slide_layouts[6])
    show.save(str(path))
    return path


def test_slides_are_pages_with_title_table_and_notes(tmp_path: Path) -> None:
    result = extract(slides_file(tmp_path / "a.pptx"))
    assert [page.text for page in result.pages] == [
        "Findings\nFirst point goes on\nSecond point\nNotes: Say it slowly",
        "Figures\nCountry | 2022 | 2023\nCountry: Malta | 2022: 7 | 2023: 9\nCountry: Italy | 2022: 5\nIn a group",
        "",
        "",
    ]
    assert headings(result) == [(1, 1, "Findings"), (2, 1, "Figures")]
    assert [(entry.title, entry.page) for entry in result.outline] == [("Findings", 1), ("Figures", 2)]
    assert tables(result)[0].startswith("Country | 2022")
    assert result.paged
    assert result.warnings == ("hidden slides are left out: page 3", "page 4 has no text (pictures or blank)")
    assert {"title": "Trends in trafficking", "author": "Office"}.items() <= result.info.items()


# --- Excel ----------------------------------------------------------------------------------------------------------


def workbook(path: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": "Victims identified", "author": "Police", "created": datetime.datetime(2024, 5, 3)})
    fill(book)
    book.close()
    return path


def fill_cases(book: xlsxwriter.Workbook) -> None:
    percent, day = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": 'dd/mm/yyyy "at" hh:mm'})
    plain = book.add_format({"num_format": '#,##0 "days"'})
    sheet = book.add_worksheet("Cases")
    sheet.write(0, 0, "Table 1: cases")
    sheet.write_row(2, 0, ["Country", "Year", "Cases", "Secret", "Share", "When", "Sum"])
    for row, (country, cases, share) in enumerate((("Malta", 7, 0.125), ("", 1234567, 1)), 3):
        sheet.write_row(row, 0, [country, 2024, cases, "x"])
        sheet.write(row, 4, share, percent)
        sheet.write_datetime(row, 5, datetime.datetime(2024, 5, 3, 14, 30), day)
        sheet.write_formula(row, 6, "=0.1+0.2", plain, 0.1 + 0.2)
    sheet.merge_range(3, 0, 4, 0, "Malta")
    sheet.set_column(3, 3, None, None, {"hidden": True})
    sheet.write_row(5, 0, ["Gone", 1, 1])
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.write_row(8, 0, ["Note", True])
    book.add_worksheet("Lists").write(0, 0, "secret")
    book.get_worksheet_by_name("Lists").hide()
    other = book.add_worksheet("Other")
    other.write(0, 0, "A single remark")
    other.write(1_000_000, 16_000, "far away")


def test_sheets_are_pages_with_headed_rows_and_without_what_is_hidden(tmp_path: Path) -> None:
    result = extract(workbook(tmp_path / "a.xlsx", fill_cases))
    when = "When: 2024-05-03 14:30"
    assert [page.text.split("\n") for page in result.pages] == [
        [
            "Cases",
            "Table 1: cases",
            "Country | Year | Cases | Share | When | Sum",
            f"Country: Malta | Year: 2024 | Cases: 7 | Share: 12.5% | {when} | Sum: 0.3",
            f"Country: Malta | Year: 2024 | Cases: 1234567 | Share: 100.0% | {when} | Sum: 0.3",
            "Note | TRUE",
        ],
        ["Other", "A single remark"],
    ]
    assert headings(result) == [(1, 1, "Cases"), (2, 1, "Other")]
    assert result.paged
    assert result.warnings == (
        "hidden sheets are left out: Lists",
        "hidden rows or columns are left out on: Cases",
    )
    wanted = {"title": "Victims identified", "author": "Police", "date": "2024-05-03"}
    assert wanted.items() <= result.info.items()


def test_rows_that_recur_on_every_sheet_are_kept(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.set_properties({"title": ""})
        for year in (2021, 2022, 2023, 2024):
            sheet = book.add_worksheet(f"Year {year}")
            sheet.write_row(0, 0, ["Country", "Cases"])
            sheet.write_row(1, 0, ["Malta", year - 2000])

    parsed = parse_file(workbook(tmp_path / "victims_by_country.xlsx", fill))
    assert parsed.document.title == "victims by country"
    assert [(p.page, p.heading_path, p.text) for p in parsed.passages] == [
        (at, (f"Year {2020 + at}",), f"Country | Cases\nCountry: Malta | Cases: {20 + at}") for at in (1, 2, 3, 4)
    ]


def test_a_very_long_sheet_is_cut_with_a_warning(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Long")
        for row in range(50_010):
            sheet.write(row, 0, row)

    result = extract(workbook(tmp_path / "a.xlsx", fill))
    assert len(lines(result)) == 1 + 50_000
    assert result.warnings == ("only the first 50,000 rows are read of: Long",)


def test_heads_are_words_or_years() -> None:
    assert list(headed_rows([["Country", "2022"], ["Malta", "7"]])) == ["Country | 2022", "Country: Malta | 2022: 7"]
    assert list(headed_rows([["Malta", "7"], ["Italy", "9"]])) == ["Malta | 7", "Italy | 9"]
    assert list(headed_rows([["Year", "Cases:"], ["2022", ""], ["2023", "9"]])) == [
        "Year | Cases:",
        "2022",
        "Year: 2023 | Cases: 9",
    ]
    sheet = [["Title"], [], ["A", "B"], ["1", "2"], ["Note"], [], [], ["C"]]
    assert [list(map(list, block)) for block in blocks(sheet)] == [
        [["Title"]],
        [["A", "B"], ["1", "2"], ["Note"]],
        [["C"]],
    ]


# --- mail -----------------------------------------------------------------------------------------------------------


def mail(*, html: str = "", text: str = "", **headers: str) -> EmailMessage:
    message = EmailMessage()
    wanted = {
        "From": "Марина Петрова <marina@example.org>",
        "To": "list@example.org",
        "Date": "Fri, 03 May 2024 23:30:00 +0200",
        "Subject": "Re: Données sur la traite",
        "Message-ID": "<1@example.org>",
    } | headers
    for name, value in wanted.items():
        message[name] = value
    message.set_content(text or "Dear colleagues,\n\nplease find the figures.\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_mail_has_a_subject_a_date_and_a_sender(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="rapport été.pdf")
    message.add_attachment(mail(Subject="The older one"))
    path = saved(tmp_path / "a.eml", message.as_bytes())
    result = extract(path)
    text = result.pages[0].text
    assert text[result.body_start :].strip() == "Dear colleagues,\n\nplease find the figures."
    assert text.startswith("From: Марина Петрова <marina@example.org>\nTo: list@example.org\nDate: Fri, 03 May 2024")
    assert result.info["title"] == "Données sur la traite"
    assert result.warnings == (
        '2 attachments are not read (save them and add them): rapport été.pdf, message "The older one"',
    )
    document = parse_file(path).document
    assert (document.title, document.date, document.speaker) == (
        "Données sur la traite",
        "2024-05-03",
        "Марина Петрова",
    )


def test_html_mail_is_read_as_a_web_page(tmp_path: Path) -> None:
    html = (
        "<html><body><h2>Figures</h2><p>Seven <b>cases</b>.</p><ul><li>one</li></ul><script>x()</script></body></html>"
    )
    message = mail(html=html, text="plain twin")
    message.get_payload()[1].add_related(b"\x89PNG", maintype="image", subtype="png", cid="<logo>")  # type: ignore[union-attr,index]
    # Not the name but the headers tell what it is.
    result = extract(saved(tmp_path / "saved-mail", message.as_bytes()))
    text = result.pages[0].text
    assert text[result.body_start :].split("\n") == ["Figures", "Seven cases.", "- one"]
    assert [text[hint.start : hint.end] for hint in result.headings] == ["Figures"]
    assert result.warnings == ()


def test_mail_in_an_old_encoding_and_with_broken_headers(tmp_path: Path) -> None:
    source = (
        b"From: a@example.org\nReceived: by x\nDate: not a date\nSubject: =?koi8-r?B?8M/N0w==?=\n"
        b"Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: 8bit\n\n"
    )
    result = extract(saved(tmp_path / "a.eml", source + "Государства-участники приняли решение.".encode("koi8-r")))
    assert result.pages[0].text.endswith("\n\nГосударства-участники приняли решение.")
    assert "date" not in result.info


def test_mailboxes_and_web_archives_are_refused(tmp_path: Path) -> None:
    box = b"From a@example.org Fri May  3 2024\n" + mail().as_bytes()
    assert "mailbox" in refusal(saved(tmp_path / "a.mbox", box))
    page = "From: <Saved by Blink>\nSnapshot-Content-Location: https://osce.org\nMIME-Version: 1.0\n\nx"
    assert "web archive" in refusal(saved(tmp_path / "a.mht", page))


def test_a_text_with_a_few_header_lines_is_no_mail(tmp_path: Path) -> None:
    text = "Title: A speech\nDate: 2024\nFrom: the archive\n\nExcellencies, thank you."
    assert extract(saved(tmp_path / "a.txt", text)).format == "text"


# --- EPUB -----------------------------------------------------------------------------------------------------------

PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>A handbook</dc:title><dc:creator>OSCE</dc:creator><dc:language>fr</dc:language><dc:date>2021-05-01</dc:date>
</metadata><manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="c" href="gone.xhtml" media-type="application/xhtml+xml"/><item id="p" href="p.png" media-type="image/png"/>
</manifest><spine><itemref idref="nav"/><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/></spine></package>"""
CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>"""


def chapter(body: str) -> bytes:
    page = f'<?xml version="1.0" encoding="iso-8859-1"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
    return page.encode("latin-1")


def epub_parts() -> dict[str, str | bytes]:
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": PACKAGE,
        "OEBPS/nav.xhtml": chapter("<nav><ol><li>Contents</li></ol></nav>"),
        "OEBPS/text/two b.xhtml": chapter("<h1>Identifier</h1><ol><li>t\u00f4t</li></ol>"),
        "OEBPS/text/one.xhtml": chapter("<h1>Pr\u00e9face</h1><p>Bonjour.</p>"),
    }


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    result = extract(zipped(tmp_path / "a.epub", epub_parts()))
    assert lines(result) == ["Préface", "Bonjour.", "Identifier", "1. tôt"]
    assert headings(result) == [(1, 1, "Préface"), (1, 1, "Identifier")]
    assert [entry.title for entry in result.outline] == ["Préface", "Identifier"]
    assert result.warnings == ("1 chapters are missing from the file",)
    wanted = {"title": "A handbook", "author": "OSCE", "language": "fr", "date": "2021-05-01"}
    assert wanted.items() <= result.info.items()


def test_protected_books_are_refused_but_scrambled_fonts_are_not(tmp_path: Path) -> None:
    def rights(method: str) -> str:
        return f'<encryption><EncryptedData><EncryptionMethod Algorithm="{method}"/></EncryptedData></encryption>'

    locked = epub_parts() | {"META-INF/encryption.xml": rights("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    assert "protected (DRM)" in refusal(zipped(tmp_path / "a.epub", locked))
    fonts = epub_parts() | {"META-INF/encryption.xml": rights("http://www.idpf.org/2008/embedding")}
    assert extract(zipped(tmp_path / "b.epub", fonts)).format == "epub"


# --- Word -----------------------------------------------------------------------------------------------------------


def test_word_text_boxes_content_controls_and_what_was_moved(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Before")
    box = "<w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>"
    drawing = (
        f'<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>Anchor</w:t></w:r>'
        f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
        "<w:moveFrom><w:r><w:t> moved away</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> hidden</w:t></w:r></w:p>"
    )
    control = f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>In a control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    contents = control.replace(
        "<w:sdtContent>",
        '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>',
    )
    for source in (drawing, control, contents):
        document.element.body.insert(len(document.element.body) - 1, parse_xml(source))
    document.save(str(tmp_path / "a.docx"))
    assert lines(extract(tmp_path / "a.docx")) == ["Before", "Anchor", "In a box", "In a control"]


# --- old Office files -----------------------------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def old_file(path: Path, stream: str) -> Path:
    return saved(path, OLE + stream.encode("utf-16-le") + bytes(100))


def program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of that name, the only one on the PATH of this test besides the shell's."""
    made = folder / name
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ("WordDocument", "old Word file (.doc); to read it, install LibreOffice or antiword"),
        ("PowerPoint Document", "old PowerPoint file (.ppt); to read it, install LibreOffice"),
        ("Workbook", "old Excel file (.xls); to read it, install LibreOffice"),
        ("__properties_version1.0", "Outlook message (.msg)"),
        ("EncryptedPackage", "protected by a password"),
        ("VisioDocument", "Visio"),
        ("Something", "old Office file that Rapporteur does not read"),
    ],
)
def test_old_office_files_say_what_to_install(
    tmp_path: Path, stream: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert said in refusal(old_file(tmp_path / "file", stream))


def test_a_converter_that_fails_or_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_file(tmp_path / "a.doc", "WordDocument")
    program(tmp_path, "antiword", "echo 'no Word file' >&2; exit 1", monkeypatch)
    assert "could not be converted: antiword failed (no Word file)" in refusal(path)
    monkeypatch.setattr("ingest.extract.legacy.SECONDS", 0.5)
    program(tmp_path, "antiword", "/bin/sleep 30", monkeypatch)
    assert "took longer than" in refusal(path)
    program(tmp_path, "soffice", "exit 0", monkeypatch)
    assert "LibreOffice made nothing of it" in refusal(path)


def test_what_antiword_writes_becomes_paragraphs_and_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "printf '\\nADVANCE QUESTIONS\\n\\nHow many?\\n\\n|Country |Cases |\\n|Malta   |7     |\\n'"
    program(tmp_path, "antiword", script, monkeypatch)
    result = extract(old_file(tmp_path / "-odd name.doc", "WordDocument"))
    assert [line for line in lines(result) if line] == [
        "ADVANCE QUESTIONS", "How many?", "Country | Cases", "Malta | 7",
    ]  # fmt: skip
    assert "headings are not marked" in result.warnings[0]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice (Debian: libreoffice-writer-nogui)")
def test_libreoffice_keeps_headings_of_old_word_files(shared: Path) -> None:
    result = extract(shared / "realdocs/upr-slovenia/word/3rd_Advance_questions_Slovenia_first_batch.doc")
    assert result.format == "doc"
    assert "ADVANCE QUESTIONS TO SLOVENIA" in result.pages[0].text.upper()
    assert result.headings


@pytest.mark.skipif(shutil.which("antiword") is None, reason="needs antiword (Debian: antiword)")
def test_antiword_reads_old_word_files(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ingest.extract.legacy.find_program", lambda *names: shutil.which("antiword") if "antiword" in names else None
    )
    result = extract(shared / "realdocs/upr-slovenia/word/3rd_Advance_questions_Slovenia_first_batch.doc")
    assert "ADVANCE QUESTIONS TO SLOVENIA" in result.pages[0].text.upper()
    assert "antiword" in result.warnings[0]


# --- archives and refusals ------------------------------------------------------------------------------------------


def test_a_zipped_folder_names_what_is_in_it(tmp_path: Path) -> None:
    names = ["a/one.pdf", "two.PDF", "three.docx", "__MACOSX/._one.pdf", ".hidden.pdf", "photo.jpg"]
    said = refusal(zipped(tmp_path / "a.zip", dict.fromkeys(names, "x")))
    assert said == "This is a zip archive of 3 documents (2 PDF, 1 Word). Unpack it and add the folder."
    assert "without documents" in refusal(zipped(tmp_path / "b.zip", {"photo.jpg": "x"}))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("xl/workbook.bin", ".xlsb"),
        ("Index/Document.iwa", "Apple"),
        ("FixedDocSeq.fdseq", "XPS"),
        ("META-INF/MANIFEST.MF", "Java"),
    ],
)
def test_other_archives_are_named(tmp_path: Path, part: str, said: str) -> None:
    assert said in refusal(zipped(tmp_path / "file", {part: "x"}))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), "archive"),
        ("a.tar", bytes(257) + b"ustar" + bytes(250), "archive"),
        ("a.bmp", b"BM\x10\x00\x00\x00\x00\x00\x00\x00" + bytes(50), "image"),
        ("a.djvu", b"AT&TFORM" + bytes(50), "DjVu"),
        ("a.ps", b"%!PS-Adobe-3.0\n", "PostScript"),
        ("a.wpd", b"\xffWPC" + bytes(50), "WordPerfect"),
        ("a.mp3", b"\xff\xf3" + bytes(50), "sound"),
        ("a.odt", b"some words", "named as OpenDocument (.odt) but is none"),
    ],
)
def test_refusals_name_the_kind(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    assert said in refusal(saved(tmp_path / name, content))


def test_a_text_that_begins_with_two_odd_letters_is_a_text(tmp_path: Path) -> None:
    assert lines(extract(saved(tmp_path / "a.txt", "BMZ, the German ministry, said so."))) == [
        "BMZ, the German ministry, said so."
    ]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.docx", {"word/document.xml": b" " * 60_000_000}),
        ("a.xlsx", {"xl/workbook.xml": "<x/>", "xl/media/big": b"\0" * 60_000_000}),
        ("a.pptx", {"ppt/presentation.xml": b" " * 60_000_000}),
        ("a.odt", {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": b" " * 60_000_000}),
        ("a.epub", {"mimetype": "application/epub+zip", "a.xhtml": b" " * 60_000_000}),
    ],
)
def test_every_packed_format_refuses_bombs(tmp_path: Path, name: str, parts: dict[str, bytes | str]) -> None:
    assert "unpacks to 60 MB" in refusal(zipped(tmp_path / name, parts))


def test_archives_of_too_many_parts_are_refused(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {f"p{number}": b"" for number in range(20_001)}
    assert "20002 parts" in refusal(zipped(tmp_path / "a.docx", parts | {"word/document.xml": "x"}))


# --- passwords ------------------------------------------------------------------------------------------------------


def locked_pdf(path: Path, password: str) -> Path:
    source = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(source)
    content = pypdf.PdfWriter(clone_from=io.BytesIO(source.getvalue()))
    content.add_metadata({"/Title": "Opened"})
    content.encrypt(password, "owner", algorithm="AES-256")
    with path.open("wb") as stream:
        content.write(stream)
    return path


def test_a_password_given_for_a_file_opens_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = locked_pdf(tmp_path / "secret.pdf", "sésame")
    assert "Give it with --passwords" in refusal(path)
    words = saved(tmp_path / "words.tsv", "# for the tests\nother.pdf\tno\n*cret.pdf\twrong\nsecret.pdf\tsésame\n")
    monkeypatch.setenv("RAPPORTEUR_PASSWORDS", str(words))
    # It opens: what is missing now is text.
    assert "1 page without text" in refusal(path)
    words.write_text("secret.pdf\twrong\n")
    assert "none of those given for it opens it" in refusal(path)


def test_patterns_of_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = saved(tmp_path / "words", "reports/*.pdf\tone\nReport [final].pdf\ttwo\n/docs/a.pdf\tthree \n")
    monkeypatch.setenv("RAPPORTEUR_PASSWORDS", str(words))
    assert passwords_for(Path("/docs/reports/x.pdf")) == ["one"]
    assert passwords_for(Path("/docs/Report [final].pdf")) == ["two"]
    assert passwords_for(Path("/docs/a.pdf")) == ["three "]
    assert passwords_for(Path("/docs/xreports.pdf")) == []
    words.write_text("a.pdf secret\n")
    with pytest.raises(UnreadableFileError, match=r"Line 1 .* has no tab"):
        passwords_for(Path("a.pdf"))
    monkeypatch.setenv("RAPPORTEUR_PASSWORDS", str(tmp_path / "missing"))
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        passwords_for(Path("a.pdf"))


def test_control_characters_in_a_web_page_are_no_defect(tmp_path: Path) -> None:
    source = b"<html><body><p>One</p><nav>x</nav>two\x02 &#11;words<nav>x</nav>&#1;</body></html>"
    assert lines(extract(saved(tmp_path / "a.html", source))) == ["One", "two words"]
