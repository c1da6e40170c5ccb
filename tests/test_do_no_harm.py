"""Personal data that is left out, the list of what is never indexed, and pages of case data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UnreadableFileError, UsageError
from corpus.records import Page
from ingest.casedata import case_pages
from ingest.contacts import pages_left_out
from ingest.extract import settings
from ingest.never import BLACK, NeverIndex, read_never
from ingest.parse import parse_file
from ui import originals
from ui.addresses import Address
from ui.cli import main
from ui.handlers import read
from ui.service import KnowledgeBase

REPORT = """# Meeting on forced labour

The seminar looked at inspections of brick kilns. Labour inspectors reported eleven raids at dawn.

The secretariat welcomes reports at kilns@example.org and will publish them each spring.

## List of participants

Ms. Anna Beispiel, Ministry of Labour, Ruritania

Mr. Carlos Ejemplo, Ambassador, Permanent Mission of Freedonia

Dr. Ilse Muster, University of Somewhere

Примеров Иван, Министерство

## Next steps

A second seminar will look at fishing vessels.

Contact: Jane Placeholder
Press officer
Tel.: +43 1 555 01 23
jane.placeholder@example.org
"""
HELP = """# Where to turn

The helpline for victims is open 24 hours a day.

Helpline: +43 1 555 99 99
help@example.org
"""


def passages(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return "\n".join(passage.text for passage in parse_file(path).passages)


def test_participants_and_contacts_are_left_out_and_nothing_else(tmp_path: Path) -> None:
    found = passages(tmp_path / "a.md", REPORT)
    for gone in ("Beispiel", "Ejemplo", "Muster", "Примеров", "Placeholder", "555", "Press officer"):
        assert gone not in found
    for kept in ("brick kilns", "kilns@example.org", "fishing vessels"):
        assert kept in found
    parsed = parse_file(tmp_path / "a.md")
    assert "Beispiel" in parsed.pages[0].text
    assert [said for said in parsed.document.warnings if "list of participants and contacts" in said]


def test_a_helpline_stays(tmp_path: Path) -> None:
    found = passages(tmp_path / "a.md", HELP)
    assert "555 99 99" in found
    assert "help@example.org" in found


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith (Freedonia): We thank the Chair.\n\n" * 8,
        "\n\n".join(["Mr. President,", "We meet in hard times, and yet we meet.", "Madam Chair,"] * 6),
        "The Monitoring Team welcomes feedback at team@example.org.",
        "Call +1 555 123 4567 or write to office@example.org before you travel, the guide advises all labour inspectors.",
        "GRETA is composed of:\n\nMs Anna Beispiel said that States should act.\n",
    ],
)
def test_records_and_sentences_stay(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"# Record\n\n{text}", encoding="utf-8")
    assert not parse_file(path).document.warnings


def test_a_run_of_names_without_a_heading_and_the_foot_of_a_mail_are_left_out(tmp_path: Path) -> None:
    names = "\n\n".join(f"Mr. Adam Surname{at}, Counsellor, Ministry {at};" for at in "abcdefgh")
    assert "Surnamed" not in passages(tmp_path / "a.md", f"# Annex\n\nThe seminar took place.\n\n{names}\n")
    mail = "Dear all,\n\nthe next seminar is in May.\n\nKind regards,\nJane Placeholder\nMobile: +43 660 555 12 34\njane.p77@gmail.com\n"
    found = passages(tmp_path / "b.txt", mail)
    assert "seminar is in May" in found
    assert "gmail" not in found
    assert "Placeholder" not in found


def test_who_needs_them_keeps_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only = "# List of participants\n\n" + "\n\n".join(f"Ms. Anna{n} Beispiel{n}, Ministry" for n in range(4))
    path = tmp_path / "a.md"
    path.write_text(only, encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="--keep-contacts"):
        parse_file(path)
    monkeypatch.setenv(settings.KEEP_CONTACTS, "1")
    assert "Beispiel2" in "\n".join(passage.text for passage in parse_file(path).passages)


def test_no_evidence_of_the_real_questions_is_lost(shared: Path) -> None:
    """Each quotation that a person chose from a document with lists in it is still in a passage of it."""
    lines = (shared / "goldset" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    wanted: dict[str, set[str]] = {}
    for line in lines:
        for one in json.loads(line)["evidence"]:
            wanted.setdefault(one["document"], set()).add("".join(filter(str.isalnum, one["quote"])).casefold())
    checked = 0
    for name, quotes in wanted.items():
        parsed = parse_file(shared / "realdocs" / name)
        if not any("personal data" in said for said in parsed.document.warnings):
            continue
        held = "".join(filter(str.isalnum, " ".join(passage.text for passage in parsed.passages))).casefold()
        assert not {quote for quote in quotes if quote not in held}, name
        checked += 1
    assert checked >= 5


# -- pages of case data ----------------------------------------------------------------------------------------


CASE = """Name of victim: Anna Beispiel
Date of birth: 12.03.2004
Passport No: AB1234567
Case file no. 2023/4711"""


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        (CASE, True),
        ("ФИО: Примерова Анна\nДата рождения: 12.03.2004\nПаспорт № 12 3456789", True),
        ("Date of birth:\nPassport number:\nName of victim:", False),
        ("The Court noted in case no. 25965/04 that the applicant was born on 12 March 1974.", False),
        ("Passports must not be withheld. Article 20 on travel documents. Case file rules apply.", False),
        ("Born 1 January 1950. Born 2 May 1960. Born 3 June 1970.", False),
    ],
)
def test_pages_of_case_data_are_told(text: str, flagged: bool) -> None:
    assert bool(case_pages([Page(3, "3", text)])) is flagged


# -- never ---------------------------------------------------------------------------------------------------


def named(base: KnowledgeBase) -> bool:
    """Whether a search still gives the name."""
    return any("uelconque" in hit.stored.passage.text for hit in base.search("witness quelconque court", 50).hits)


@pytest.fixture
def base(tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[KnowledgeBase]:
    """A knowledge base with a document that names a person three times, and one that does not."""
    papers = tmp_path / "papers"
    (papers / "cases").mkdir(parents=True)
    (papers / "kilns.md").write_text(
        "# Kilns and Zélie Quelconque\n\n## Raids\n\nEleven brick kilns were inspected at dawn.\n\n"
        "## Court\n\nThe witness ZELIE\nQuelconque told the court of them.\n\n## Witnesses\n\nStates should protect witnesses.\n",
        encoding="utf-8",
    )
    (papers / "hotels.md").write_text("# Hotels\n\nHotels keep registers of their guests.\n", encoding="utf-8")
    (papers / "cases" / "one.md").write_text("# One\n\nA file of an investigation.\n", encoding="utf-8")
    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: hashing)
    made = KnowledgeBase(tmp_path / "home", create=True)
    made.ingest([papers], workers=1)
    yield made
    made.close()


def test_what_came_in_before_goes_out_at_the_next_ingest(base: KnowledgeBase, tmp_path: Path) -> None:
    assert named(base)
    (base.home / "never-index.txt").write_text("# names\nzelie quelconque\nfile: cases/*\n", encoding="utf-8")
    elsewhere = tmp_path / "more"
    elsewhere.mkdir()
    (elsewhere / "new.md").write_text("# New\n\nThe witness Zélie Quelconque spoke. Kilns burn.\n", encoding="utf-8")
    report = base.ingest([elsewhere], workers=1)
    refused = {Path(file.path).name: file.reason for file in report.files if file.outcome == "failed"}
    assert "Line 3 of never-index.txt" in refused["one.md"]
    assert not named(base)
    assert not any("uelconque" in hit.stored.passage.text for hit in base.search("witness court kilns", 50).hits)
    kilns = next(one for one in base.documents() if one.path.endswith("kilns.md"))
    assert kilns.title == f"Kilns and {BLACK * 5} {BLACK * 10}"
    assert "uelconque" not in base.page_text(kilns.id, 1)
    assert base.search("eleven brick kilns inspected").hits[0].document.id == kilns.id
    assert not base.verify()
    for file in base.home.rglob("*"):
        if file.is_file() and file.name != "never-index.txt":
            assert b"Quelconque" not in file.read_bytes(), file
    assert originals.original(base, kilns.id).status == 404


def test_what_is_taken_off_the_list_comes_back(base: KnowledgeBase, tmp_path: Path) -> None:
    listed = base.home / "never-index.txt"
    listed.write_text("Zélie Quelconque\n", encoding="utf-8")
    papers = tmp_path / "papers"
    base.ingest([papers], workers=1)
    assert not named(base)
    again = base.ingest([papers], workers=1)
    assert again.count("unchanged") == 3
    listed.unlink()
    base.ingest([papers], workers=1)
    assert named(base)


def test_a_refused_file_is_refused_under_another_name_too(base: KnowledgeBase, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    (papers / "copy.md").write_bytes((papers / "cases" / "one.md").read_bytes())
    (base.home / "never-index.txt").write_text("file: cases/*\n", encoding="utf-8")
    report = base.ingest([papers], workers=1)
    assert {Path(f.path).name for f in report.files if f.outcome == "failed"} == {"one.md", "copy.md"}
    assert not base.search("file of an investigation").hits or all(
        "investigation" not in hit.stored.passage.text for hit in base.search("investigation").hits
    )


@pytest.mark.parametrize("line", ["ab", "file: *", "-- ##"])
def test_a_line_that_takes_everything_out_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "never-index.txt").write_text(f"{line}\n", encoding="utf-8")
    if "#" in line:
        line = line.partition("#")[0]
    with pytest.raises(UsageError, match="line 1"):
        read_never(tmp_path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("JANE  DOE", True), ("Jané\nDoe", True), ("J\u00adane Doe", True), ("jane-doe", True), ("Jane Doering", False),
        ("Mary-Jane Doe", True), ("STRASSE", True), ("Straße", True), ("janedoe", False),
    ],
)  # fmt: skip
def test_words_are_found_however_they_are_written(text: str, found: bool) -> None:
    pattern = NeverIndex(words=((1, "Jane Doe"), (2, "strasse"))).pattern
    assert pattern is not None
    assert bool(pattern.search(f"x {text} y")) is found


def test_kept_out_tells_what_the_list_does(base: KnowledgeBase, capsys: pytest.CaptureFixture[str]) -> None:
    (base.home / "never-index.txt").write_text("Zélie Quelconque\nfile: cases/*\n", encoding="utf-8")
    assert main(["kept-out", "--json", "--home", str(base.home)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["applied"] is False
    assert shown["lines"][0]["documents_that_hold_it"] == 1


def test_read_says_where_something_is_left_out(
    tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch, make_pdf: Any
) -> None:
    names = [f"Mr. Adam Surname{at}, Counsellor, Ministry {at};" for at in "abcdefgh"]
    body = ["Kilns", "Eleven brick kilns were inspected at dawn by labour inspectors of the State."]
    (tmp_path / "papers").mkdir()
    make_pdf(
        tmp_path / "papers" / "a.pdf", [body, names, ["Fishing vessels are next on the list of the labour inspectors."]]
    )
    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: hashing)
    base = KnowledgeBase(tmp_path / "home", create=True)
    base.ingest([tmp_path / "papers"], workers=1)
    document = base.documents()[0]
    assert pages_left_out(document.warnings) == {2}
    shown = read(base, Address("read", document=document.id, page=2))
    assert "Left out here: personal data" in shown
    assert "Personal data stood on page 2" in shown
    assert "Surnamed" not in shown
    assert not base.search("Surnamed Counsellor", 10).hits or all(
        "Surnamed" not in hit.stored.passage.text for hit in base.search("Surnamed Counsellor", 10).hits
    )
    base.close()
