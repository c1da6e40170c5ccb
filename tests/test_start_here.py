"""The first hour: its words, meetings, reading path and questions hold together, and what binds a State is told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.catalogue import catalogue
from corpus.lexicon import country_name, memberships
from corpus.records import Document
from ingest.parse import parse_file
from ui.start_here import (
    ASK,
    BINDS,
    NOT,
    POLITICAL,
    examples,
    first_words,
    held,
    meetings,
    reading_path,
    states,
    what_binds,
)

DOCUMENTS = Path(__file__).resolve().parent.parent / "corpus" / "documents"


def bundled(name: str) -> str:
    return (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")


def forces(code: str) -> dict[str, str]:
    return {one.symbol: one.force for one in what_binds(code)}


def test_there_are_ten_questions_for_each_kind_of_user() -> None:
    assert {kind: len(given) for kind, given in examples().items()} == {
        "staff": 10,
        "researcher": 10,
        "new co-ordinator": 10,
    }
    asked = [one.question for given in examples().values() for one in given]
    assert len(set(asked)) == 30
    assert all(
        one.words.casefold() in bundled(one.document).casefold() for given in examples().values() for one in given
    )


def test_first_words_are_in_the_other_languages_too_and_lead_to_a_document() -> None:
    words = {word.short: word for word in first_words()}
    assert {"NAC", "NAR", "NRM", "GRETA", "4P"} <= set(words)
    assert set(words["NAC"].other) == {"fr", "de", "ru"}
    for word in words.values():
        assert word.short in bundled(word.document) or word.full in bundled(word.document), word.short


def test_the_meetings_are_those_of_the_digests_and_gaps_are_shown() -> None:
    assert [meeting.year for meeting in meetings()] == list(range(2018, 2026))
    for meeting in meetings():
        text = bundled(meeting.document)
        if meeting.dates is None:
            assert meeting.place is None and f"## {meeting.year}" in text and "not known here" in text
        else:
            day = meeting.dates.split("–")[0].split()[0]
            assert meeting.place and meeting.place.split()[0] in text and day in text


def test_each_step_of_the_reading_path_is_there_with_its_part() -> None:
    assert len(reading_path()) >= 10
    for step in reading_path():
        labels = {passage.label or "" for passage in parse_file(DOCUMENTS / f"{step.document}.md").passages}
        assert step.label is None or any(label.startswith(step.label) for label in labels), step


def test_the_members_of_the_organisations_are_as_many_as_there_are() -> None:
    assert {name: len(members) for name, members in memberships().items()} == {"CoE": 46, "EU": 27, "OSCE": 57}
    assert memberships()["EU"] <= memberships()["CoE"] <= memberships()["OSCE"]
    assert all(country_name(code) != code for members in memberships().values() for code in members)


def test_every_text_that_may_bind_is_a_text_of_the_catalogue_with_a_digest() -> None:
    symbols = {row.symbol for row in catalogue()}
    for one in what_binds("AUT"):
        assert one.symbol in symbols or one.symbol == "C029, P029"
        assert bundled(one.document)
        assert one.why.endswith(".")


@pytest.mark.parametrize(
    ("code", "symbol", "force"),
    [
        ("AUT", "CETS 197", BINDS), ("BLR", "CETS 197", BINDS), ("ISR", "CETS 197", BINDS), ("KAZ", "CETS 197", ASK),
        ("RUS", "CETS 197", ASK), ("KAZ", "A/RES/55/25 Annex II", BINDS), ("ISR", "A/RES/55/25 Annex II", ASK),
        ("AUT", "ETS 5", BINDS), ("USA", "ETS 5", NOT), ("USA", "A/RES/44/25", NOT), ("AUT", "A/RES/44/25", BINDS),
        ("AUT", "C182", BINDS), ("VAT", "C182", NOT), ("AUT", "2011/36/EU", BINDS), ("DNK", "2011/36/EU", ASK),
        ("NOR", "2011/36/EU", NOT), ("IRL", "2004/81/EC", ASK), ("AUT", "PC.DEC/557", POLITICAL), ("ISR", "PC.DEC/557", NOT),
        ("AUT", "C029, P029", ASK),
    ],
)  # fmt: skip
def test_what_binds_a_state(code: str, symbol: str, force: str) -> None:
    assert forces(code)[symbol] == force


def test_states_are_sorted_by_name_and_all_have_an_answer() -> None:
    names = [name for _, name in states()]
    assert names == sorted(names) and len(names) == 58
    assert all(what_binds(code) for code, _ in states())


def test_a_digest_is_found_in_a_corpus_by_its_name() -> None:
    digest = Document(id="a", path=str(DOCUMENTS / "cets-197.md"), title="CETS 197 (digest)", type="digest")
    other = Document(id="b", path="/papers/crc.md", title="CRC", type="convention")
    assert held("cets-197", [other, digest]) is digest
    assert held("crc", [other, digest]) is None
