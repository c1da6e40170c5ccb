"""Tables with their captions and column heads, the words of charts, boxes and forms: apart from the running text."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Kind, Page, Passage
from ingest.captions import column_heads, is_caption, kind_of, names_table
from ingest.extract.base import Extract
from ingest.extract.pdf_headings import find_headings
from ingest.extract.pdf_lines import Line
from ingest.extract.pdf_tables import find_tables
from ingest.parse import count_tokens, parse_file
from ingest.passages import Cutter
from ingest.structure import Structure


def read(text: str, *, table: str = "", figure: str = "", kind: str = "pdf") -> list[Passage]:
    """The passages of one page; `table` and `figure` are its stretches that the extractor knows as such."""
    page = Page(1, "1", text)
    places = [((1, text.index(part), text.index(part) + len(part)),) if part else () for part in (table, figure)]
    paged = kind == "pdf"
    extract = Extract(kind, (page,), paged=paged, reflowed=not paged, tables=places[0], figures=places[1])
    return Cutter("A title", count_tokens).cut(Structure(extract).read(), (page,))


ROWS = "\n".join(f"Region number {n} {n * 7} {n * 9}%" for n in range(1, 40))


def test_rows_of_a_table_carry_its_caption_and_column_heads() -> None:
    table = f"Region Victims Share\n{ROWS}"
    text = f"The figures grow.\nTable 3. Victims by region\n{table}\nThe figures are those of the States themselves."
    passages = read(text, table=table)
    assert [p.kind for p in passages if p.kind is not Kind.TABLE] == [Kind.TEXT, Kind.CAPTION, Kind.TEXT]
    tables = [passage for passage in passages if passage.kind is Kind.TABLE]
    assert len(tables) > 1
    assert tables[0].lead == "Table 3. Victims by region"
    assert {passage.lead for passage in tables[1:]} == {"Table 3. Victims by region: Region Victims Share"}
    assert all(line.startswith("Region") for passage in tables for line in passage.text.split("\n"))


def test_a_table_with_marked_cells_keeps_its_rows_and_heads() -> None:
    rows = "\n".join(f"| State {n} | {n} recommendations on identifying victims |" for n in range(1, 40))
    table = f"| State | What was said |\n| --- | --- |\n{rows}"
    passages = [p for p in read(f"Text before.\n\n{table}\n", table=table, kind="markdown") if p.kind is Kind.TABLE]
    assert len(passages) > 1
    assert passages[0].lead == ""
    assert {passage.lead for passage in passages[1:]} == {"State | What was said"}
    assert all(line.startswith("|") for passage in passages for line in passage.text.split("\n"))


def test_a_sentence_goes_on_behind_a_table_or_chart_that_breaks_it() -> None:
    more = "\nThere is more to say of it.\nIt is said elsewhere.\nThat is all.\nIt ends."
    text = "Most of the victims are found in one\nFigure 2 Victims by sex\n0\n10\n20\nWomen\nregion where they live. Others are not."
    text_passage, caption, figure, *_ = read(f"{more.strip()}\n{text}{more}", figure="0\n10\n20\nWomen")
    assert "Most of the victims are found in one region where they live. Others are not." in text_passage.text
    assert (caption.kind, caption.text) == (Kind.CAPTION, "Figure 2 Victims by sex")
    assert (figure.kind, figure.text) == (Kind.FIGURE, "0\n10\n20\nWomen")


def test_a_wrapped_caption_and_its_source_are_one() -> None:
    caption = (
        "Table 1. Statistics on Children’s Work and\nEducation\nSource: a survey of the year\n2020, published later."
    )
    text = f"It grows.\n{caption}\nThe next text."
    _, caption, after = read(text)
    assert (
        caption.text
        == "Table 1. Statistics on Children’s Work and Education\nSource: a survey of the year 2020, published later."
    )
    assert after.text == "The next text."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Table 3. Ratification of conventions", Kind.CAPTION),
        ("Fig. 69 Number of children", Kind.CAPTION),
        ("FIGURE II", Kind.CAPTION),
        ("Tableau 4 : Victimes", Kind.CAPTION),
        ("Таблица 2. Жертвы", Kind.CAPTION),
        ("Box 4 A case of forced begging", Kind.BOX),
        ("Name of the victim: ____________", Kind.FORM),
        ("☐ Not sure", Kind.FORM),
        ("Table 2 provides an overview of the sectors", None),
        ("Tables of contents", None),
        ("Figures grow", None),
    ],
)
def test_what_a_line_begins_is_told_by_its_words(text: str, kind: Kind | None) -> None:
    assert kind_of(text) is kind
    assert is_caption(text) == (kind in {Kind.CAPTION, Kind.BOX})
    assert names_table(text) == (kind is Kind.CAPTION and text[:3] in {"Tab", "Таб"})


def test_a_sentence_that_mentions_a_table_at_a_line_start_is_text() -> None:
    (passage,) = read("The sectors in which children of the region work are listed in\nTable 2. The table is long.")
    assert passage.kind is Kind.TEXT


def test_what_can_be_ticked_carries_the_question() -> None:
    question, boxes = read("Is the potential victim under 18?\n☐ Yes\n☐ No\n☐ Not sure")
    assert question.text == "Is the potential victim under 18?"
    assert (boxes.kind, boxes.lead, boxes.text) == (Kind.FORM, question.text, "☐ Yes\n☐ No\n☐ Not sure")


def test_heads_are_words_or_years_and_no_figures() -> None:
    assert column_heads(["Form 2020 2021", "Labor 10 12"]) == "Form 2020 2021"
    assert column_heads(["Labor 10 12", "Sex 3 4"]) == ""
    assert column_heads(["State | Year", "State: Malta | Year: 2020"]) == ""


def line(text: str, top: float, size: float = 10.0, right: float = 500.0, *, bold: bool = False) -> Line:
    return Line(text, size, bold, 50, top - size, right, top)


def test_lines_of_figures_are_a_table_and_lists_of_numbers_in_prose_are_none() -> None:
    head = line("Form of trafficking 2020 2021", 700, bold=True)
    rows = [line(f"Kind {n} {n}1 {n}2%", 680 - 15 * n) for n in range(1, 5)]
    prose = line("The numbers grew, as they had done in the years before that one.", 600)
    assert find_tables([line("It is said that this is so.", 720), head, *rows, prose]) == ([(1, 6)], [])
    numbers = [line(f"1{n}, 2{n}, 3{n}, 4{n}, 5{n}, 6{n},", 700 - 12 * n) for n in range(5)]
    contents = [line(f"A. Review {'.' * 20} {n} {n + 3}", 700 - 12 * n) for n in range(5)]
    dates = [line("3 March 2025", 700, 8), line("Resolution 2776 (2025)", 680, 14), line("on 3 March 2025", 660, 12)]
    for lines in (numbers, contents, dates):
        assert find_tables(lines) == ([], [])


def test_a_table_of_words_is_what_is_set_smaller_below_its_caption() -> None:
    caption = line("Table 2. Work by sector", 700, 11, bold=True)
    rows = [
        line(text, 680 - 12 * n, 9) for n, text in enumerate(["Sector Activity", "Farming potatoes", "Washing cars"])
    ]
    assert find_tables([caption, *rows, line("Children also work in the streets.", 600, 11)])[0] == [(1, 4)]


def test_numbers_alone_among_short_words_are_a_chart() -> None:
    body = [
        line(f"A line of the running text of this page, which is number {n} of them", 700 - 12 * n) for n in range(4)
    ]
    labels = [line(text, 600 - 10 * n, 7, 80) for n, text in enumerate(["0", "500", "1,000", "Africa", "Asia"])]
    assert find_tables([*body, *labels]) == ([], [(4, 9)])


def test_prose_set_larger_than_the_notes_is_no_heading() -> None:
    notes = [
        line(f"{n} A note in small type that says where something was found by somebody.", 300 - 9 * n, 9)
        for n in range(40)
    ]
    prose = [line(f"A line of the text which is set larger, number {n}", 760 - 12 * n, 11) for n in range(9)]
    heading = line("I. Prevalence", 780, 12, bold=True)
    found = find_headings([[heading, *prose, *notes]])
    assert [(hint.start, hint.end) for hint in found] == [(0, len("I. Prevalence"))]


def test_a_report_of_tables_is_read_as_such(shared: Path) -> None:
    parsed = parse_file(shared / "realdocs" / "us-dol-child-labour" / "pdf" / "Albania.pdf")
    first = parsed.passages[0]
    assert first.text.startswith("In 2021, Albania made moderate advancement")
    statistics = next(
        p for p in parsed.passages if p.kind is Kind.TABLE and "Attending School (%) 5 to 14 92.5" in p.text
    )
    assert statistics.lead == "Table 1. Statistics on Children’s Work and Education"
    assert statistics.text.split("\n")[0] == "Children Age Percent"
    assert any(p.kind is Kind.FIGURE and "87.5%" in p.text for p in parsed.passages)


def test_numbers_of_charts_stand_in_no_sentence(shared: Path) -> None:
    parsed = parse_file(shared / "realdocs" / "trafficking-reports" / "pdf" / "GLOTIP2024_Chapter_2.pdf")
    axis = [p for p in parsed.passages if "500,000\n1,000,000\n1,500,000" in p.text]
    assert [p.kind for p in axis] == [Kind.FIGURE]
    caption = next(p for p in parsed.passages if "Fig. 67 Projection on population under 30" in p.text)
    assert caption.kind is Kind.CAPTION
