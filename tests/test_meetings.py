"""Meetings put together from their documents: when, where, who called them, who came; what a curator corrects; and the
brief for the next one."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.meetings import meetings
from corpus.records import Document, Event
from corpus.series import find_series, series
from ingest.parse import parse_file
from tests.test_cli import Program, lend_model

RELEASE = """---
type: press-release
date: {date}
---
# Shelters are needed, say participants at annual anti-trafficking meeting

The annual meeting of the National Anti-trafficking Co-ordinators and Rapporteurs has started today at the headquarters
of the Council of Europe in Strasbourg, France.

The Office of the OSCE Special Representative and the Council of Europe co-organized the meeting, which concludes tomorrow.

More than 130 participants, representing nearly 60 countries, are gathered to discuss shelters.

“We urge all governments to open shelters for victims this very year,” Helga Roe, Secretary General, stressed in her remarks.

Finding victims of trafficking, following the money of traffickers, and ways to strengthen mandates are among the topics to be treated.
"""


def read(tmp_path: Path, name: str, text: str) -> Document:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return replace(parse_file(file).document, id=name)


def test_a_release_tells_of_its_meeting(tmp_path: Path) -> None:
    event = read(tmp_path, "a.md", RELEASE.format(date="2031-06-06")).event
    assert event == Event(
        "nac-nar", None, "2031-06-06", "2031-06-07", "Strasbourg",
        ("Office of the OSCE Special Representative", "Council of Europe"),
        ("More than 130 participants", "nearly 60 countries"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "series_id", "number"),
    [
        ("Report of the twenty-third Conference of the Alliance against Trafficking in Persons", "alliance", 23),
        ("Statement at the 18th Alliance Conference", "alliance", 18),
        ("Report of the fourteenth meeting of the OSCE Ministerial Council", "ministerial-council", 14),
        ("Report of the 30th meeting of the Committee of the Parties", "committee-of-the-parties", 30),
    ],
)
def test_meetings_are_numbered_as_they_are_printed(tmp_path: Path, title: str, series_id: str, number: int) -> None:
    document = read(
        tmp_path, "a.md", f"---\ntype: report\ndate: 2031\n---\n# {title}\n\nThe shelters were full again.\n"
    )
    assert document.event is not None
    assert (document.event.series, document.event.number) == (series_id, number)


def test_a_paper_on_many_meetings_is_of_none(tmp_path: Path) -> None:
    head = "---\ntype: digest\ndate: 2031\n---\n# "
    title = "Annual meetings of National Anti-Trafficking Co-ordinators and Rapporteurs"
    assert read(tmp_path, "a.md", f"{head}{title}\n\nThey began in 2018.\n").event is None
    assert (
        read(tmp_path, "b.md", "---\ntype: report\ndate: 2031\n---\n# A study of shelters\n\nThey were full.\n").event
        is None
    )


def test_claims_of_several_sources_stand_side_by_side() -> None:
    def told(number: str, kind: str, **more: object) -> Document:
        event = Event("nac-nar", None, **more)  # type: ignore[arg-type]
        return Document(id=number, path=f"/{number}", title=number, type=kind, event=event, speakers=(f"Ms {number}",))

    (one,) = meetings(
        [
            told("digest", "digest", date_from="2018", participants=("40 countries",)),
            told("release", "press-release", date_from="2018-05-23", place="Strasbourg", participants=("41 States",)),
        ]
    )
    assert (one.id, one.date_from, one.place) == ("nac-nar-2018", "2018-05-23", "Strasbourg")
    assert [(claimed.claim, claimed.document and claimed.document.id) for claimed in one.participants] == [
        ("41 States", "release"), ("40 countries", "digest"),
    ]  # fmt: skip
    assert one.speakers == ("Ms release", "Ms digest")
    (corrected,) = meetings(
        [told("release", "press-release", date_from="2018-05-23")],
        {"nac-nar-2018": {"place": "Vienna", "participants": "60 people; 41 States"}},
    )
    assert (corrected.place, [claimed.claim for claimed in corrected.participants]) == (
        "Vienna",
        ["60 people", "41 States"],
    )


def test_every_series_is_found_by_what_it_is_called() -> None:
    assert len({one.id for one in series()}) == len(series())
    found = find_series("the Annual Meeting of the National Anti-Trafficking Coordinators and Rapporteurs")
    assert found is not None and found[0].id == "nac-nar"
    assert find_series("a meeting of friends") is None


def test_the_release_of_2023(shared: Path) -> None:
    path = shared / "realdocs" / "seed" / "national-coordinators-meeting-2023.txt"
    assert (event := parse_file(path, {"date": "2023-06-06"}).document.event) is not None
    assert (event.date_from, event.date_to, event.place) == ("2023-06-06", "2023-06-07", "Strasbourg")
    assert event.participants == ("More than 130 participants", "nearly 60 countries")
    assert len(event.organisers) == 2


def test_the_list_the_brief_and_a_correction(
    tmp_path: Path, model_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Program(lend_model(tmp_path / "kb", model_home), capsys)
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.md").write_text(RELEASE.format(date="2031-06-06"), encoding="utf-8")
    (papers / "b.md").write_text(RELEASE.format(date="2030-05-02").replace("130", "90"), encoding="utf-8")
    run("ingest", papers)
    listed = run("meetings", "--json").json["meetings"]
    assert [one["id"] for one in listed] == ["nac-nar-2030", "nac-nar-2031"]
    assert listed[1]["speakers"] == ["Helga Roe, Secretary General"]
    assert listed[0]["participants"][0]["claim"] == "More than 90 participants"
    assert "says Shelters are needed" in run("meetings", "--series", "nac-nar").out
    brief = run("meetings", "--brief", "nac-nar").out
    assert brief.index("2031") < brief.index("2030")
    assert "“We urge all governments to open shelters for victims this very year" in brief
    assert "Finding victims of trafficking" in brief and "### Topics" in brief and "### Agreed" not in brief
    assert run("meetings", "--brief", "greta").code == 2

    new = run("news", "--since", "2020", "--json").json["meetings"]
    assert [one["id"] for one in new] == ["nac-nar-2030", "nac-nar-2031"]
    assert run("news", "--since", "2090", "--json").json["meetings"] == []

    table = tmp_path / "meetings.csv"
    rows = list(csv.DictReader(io.StringIO(run("meetings", "--format", "csv").out)))
    rows[0]["place"] = "Bratislava"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert run("meetings", "--correct", table, "--json").json == {"changed": 1}
    assert run("meetings", "--json").json["meetings"][0]["place"] == "Bratislava"
    # The table as it is now, with another value edited: the first one stays.
    rows = list(csv.DictReader(io.StringIO(run("meetings", "--format", "csv").out)))
    rows[0]["title"] = "The meeting of May"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert run("meetings", "--correct", table, "--json").json == {"changed": 1}
    corrected = run("meetings", "--json").json["meetings"][0]
    assert (corrected["title"], corrected["place"]) == ("The meeting of May", "Bratislava")
    table.write_text("id,place\nnowhere-1,X\n", encoding="utf-8")
    assert "no meeting has the id “nowhere-1”" in run("meetings", "--correct", table).err


def test_a_followed_up_matrix_comes_back(tmp_path: Path, model_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Program(lend_model(tmp_path / "kb", model_home), capsys)
    paper = tmp_path / "a.md"
    paper.write_text(RELEASE.format(date="2031-06-06"), encoding="utf-8")
    run("ingest", paper)
    matrix = tmp_path / "matrix.csv"
    for form in ("csv", "xlsx", "docx"):
        run("commitments", "--output", tmp_path / f"matrix.{form}")
        assert (tmp_path / f"matrix.{form}").stat().st_size > 100
    rows = list(csv.DictReader(io.StringIO(matrix.read_text(encoding="utf-8-sig"))))
    said = next(row for row in rows if row["authority"] == "statement by a speaker")
    assert (said["verb"], said["said by"], said["addressee"]) == (
        "urges",
        "Helga Roe, Secretary General",
        "all governments",
    )
    said |= {"status": "open", "responsible": "=Roe", "note": "ask twice"}
    with matrix.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert run("commitments", "--follow-up", matrix, "--json").json == {"changed": 1}
    assert run("commitments", "--follow-up", matrix, "--json").json == {"changed": 0}
    (kept,) = run("commitments", "--status", "open", "--json").json["commitments"]
    assert kept["follow_up"]["responsible"] == "=Roe"
    paper.write_text(paper.read_text(encoding="utf-8") + "\nA last line was added.\n", encoding="utf-8")
    run("ingest", paper)
    assert run("commitments", "--status", "open", "--json").json["total"] == 1
    assert run("commitments", "--follow-up", paper).code == 2
