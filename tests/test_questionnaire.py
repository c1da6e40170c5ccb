"""Questionnaires: which lines are questions, how each is asked, and the table of evidence that comes back."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from corpus.errors import UsageError
from ui.cli import main
from ui.questionnaire import Question, answer_all, read_questions, status_of, table
from ui.service import KnowledgeBase
from ui.tables import save_table

DIGESTS = Path(__file__).resolve().parent.parent / "corpus" / "documents"
HELD = ("cets-197.md", "palermo-protocol.md")
ASKED = """1. How long is the recovery and reflection period under CETS 197?
2. What does the Palermo Protocol provide on:
(a) the status of victims in receiving States?
(b) their repatriation?
3. How many lighthouse keepers were dismissed on the Moon in 1890?
4. the of and
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, model_home: Path) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("held")
    for name in HELD:
        shutil.copy(DIGESTS / name, folder / name)
    made = KnowledgeBase(tmp_path_factory.mktemp("questions") / "home", create=True, models=model_home)
    made.ingest([folder], workers=1)
    return made


def numbered(paragraph: object, number: int, level: int) -> None:
    """Make the paragraph an item of one of Word's own lists."""
    properties = paragraph._p.get_or_add_pPr()  # type: ignore[attr-defined]
    listed = OxmlElement("w:numPr")
    for name, value in (("w:ilvl", level), ("w:numId", number)):
        node = OxmlElement(name)
        node.set(qn("w:val"), str(value))
        listed.append(node)
    properties.append(listed)


# -- reading -----------------------------------------------------------------------------------------------


def test_items_of_a_list_are_asked_with_the_line_that_governs_them(tmp_path: Path) -> None:
    file = tmp_path / "survey.txt"
    file.write_text(ASKED, encoding="utf-8")
    questions = read_questions(file)
    assert [one.number for one in questions] == ["1", "2(a)", "2(b)", "3", "4"]
    assert questions[2].text == "their repatriation?"
    assert questions[2].asked == "What does the Palermo Protocol provide on their repatriation?"


def test_word_questions_are_the_numbered_paragraphs_and_those_with_a_question_mark(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_heading("1. Questionnaire for the fourth round")
    made.add_paragraph("Please answer by the end of June 2024.")
    made.add_paragraph("2023 was a year of change.")
    made.add_paragraph("1. Is there a national rapporteur?")
    made.add_paragraph("Question 2: Describe the referral mechanism")
    made.add_paragraph("And who finances it?")
    for text in ("First in the list of Word", "Second in the list of Word"):
        numbered(made.add_paragraph(text, style="List Number"), 5, 0)
    made.add_table(rows=1, cols=2).rows[0].cells[1].text = "3.1 How are victims identified"
    made.save(str(tmp_path / "survey.docx"))
    questions = read_questions(tmp_path / "survey.docx")
    assert [one.text for one in questions] == [
        "Is there a national rapporteur?",
        "Describe the referral mechanism",
        "And who finances it?",
        "First in the list of Word",
        "Second in the list of Word",
        "How are victims identified",
    ]
    assert [one.number for one in questions][:3] == ["1", "2", ""]
    assert questions[-1].number == "3.1"
    assert all(one.number for one in questions[3:5])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "no;question\nA1;Who is a victim?\nA2;What is GRETA?\n",
            [("A1", "Who is a victim?"), ("A2", "What is GRETA?")],
        ),
        ("\ufeffQuestion,Owner\n1. Who?,Anna\n", [("1", "Who?")]),
        ("id,remark\n7,Who is a victim of trafficking?\n", [("7", "Who is a victim of trafficking?")]),
        ('question\n"Who is,\na victim?"\n\n', [("", "Who is,\na victim?")]),
    ],
)
def test_csv_is_read_by_its_column_of_questions(tmp_path: Path, content: str, expected: list[tuple[str, str]]) -> None:
    file = tmp_path / "survey.csv"
    file.write_text(content, encoding="utf-8")
    assert [(one.number, one.text) for one in read_questions(file)] == expected


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("survey.docx", b"no archive", "survey.docx"),
        ("survey.pdf", b"%PDF", "save it as"),
        ("survey.md", b"# Only a heading\n\nand a statement.\n", "no question"),
        ("survey.txt", "\n".join(f"Question {n}?" for n in range(600)).encode(), "at most 500"),
        ("gone.txt", None, "no file"),
    ],
)
def test_a_file_without_questions_is_told(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=said):
        read_questions(tmp_path / name)


# -- answering ---------------------------------------------------------------------------------------------


def test_every_question_gets_its_row_and_every_quotation_its_source(base: KnowledgeBase, tmp_path: Path) -> None:
    file = tmp_path / "survey.txt"
    file.write_text(ASKED, encoding="utf-8")
    told: list[tuple[int, int]] = []
    rows = answer_all(base, read_questions(file), said=lambda done, total: told.append((done, total)))
    assert told[-1] == (5, 5)
    made = {row[0]: row for row in table("survey.txt", rows).rows}
    assert [status_of(row) for row in rows][3:] == ["not found", "not asked"]
    assert made["1"][2] == "answered"
    assert "30 days" in made["1"][3]
    assert "CETS 197, Article 13(1)" in made["1"][4]
    assert "Article 8" in made["2(b)"][4]
    assert (made["3"][3], made["3"][4]) == ("", "")
    assert made["3"][5]
    assert "add a word" in made["4"][5]
    for row in rows:
        for cited in row.answer.citations if row.answer else ():
            page = base.page_text(cited.document.id, cited.page or 1)
            assert "".join(cited.quote.split()) in "".join(page.split())


def test_the_table_is_written_in_every_form_and_holds_no_formula(base: KnowledgeBase, tmp_path: Path) -> None:
    question = Question("=1+1", '=HYPERLINK("x") How long is the recovery and reflection period?', "reflection period")
    made = table("survey", answer_all(base, [question]))
    for suffix in (".csv", ".md", ".docx", ".json"):
        save_table(tmp_path / f"evidence{suffix}", made, {"rows": len(made.rows)})
    rows = list(csv.reader(io.StringIO((tmp_path / "evidence.csv").read_text("utf-8-sig"))))
    assert rows[0] == list(made.header)
    assert rows[1][0].startswith("'=")
    assert rows[1][1].startswith("'=")
    grid = docx.Document(str(tmp_path / "evidence.docx")).tables[0]
    assert [cell.text for cell in grid.rows[1].cells] == list(made.rows[0])


def test_the_command_answers_a_file(base: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, output = tmp_path / "survey.txt", tmp_path / "evidence.json"
    file.write_text(ASKED, encoding="utf-8")
    words = ["questionnaire", str(file), "--output", str(output), "--json", "--quiet", "--symbol", "CETS 197"]
    assert main([*words, "--home", str(base.home)]) == 0
    shape = json.loads(capsys.readouterr().out)
    assert shape == json.loads(output.read_text("utf-8"))
    assert [one["number"] for one in shape["questions"]] == ["1", "2(a)", "2(b)", "3", "4"]
    assert shape["questions"][0]["answer"]["status"] == "answered"
    cited = {
        one["document"]["symbol"]
        for each in shape["questions"]
        if each["answer"]
        for one in each["answer"]["citations"]
    }
    assert cited == {"CETS 197"}
    assert main(["questionnaire", str(file), "--output", "evidence.odt", "--home", str(base.home)]) == 2
