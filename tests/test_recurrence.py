"""Commitments that are said again: planted ones, real ones that a person judged, and what changed in them."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.commitments import Kept, key_of
from corpus.records import Authority, Commitment, Document
from corpus.recurrence import ALIKE, again, alike, changes, lineages
from ingest.parse import parse_file
from ingest.reader import ReadFailure, read_all
from tests.test_cli import Program, lend_model

JUDGED = Path(__file__).parent / "golden" / "repeats.csv"
VERBS = "Ratify Adopt Strengthen Establish Review Ensure Extend Prevent Abolish Publish".split()
THINGS = (
    "convention plan shelter law court police school border report fund judge victim child woman worker migrant prison union "
    "press treaty rapporteur inspector hotline permit trial wage visa asylum family language minority custom registry budget "
    "hospital teacher village harbour factory farm mine vessel embassy parliament ombudsman province council embassy survey"
).split()


def kept(number: str, text: str, date: str = "2031") -> Kept:
    document = Document(id=number, path=f"/{number}", title=number, date=date)
    own = Commitment(0, 0, len(text), text, "recommends", 3, Authority.RECOMMENDATION)
    return Kept(key_of(number, text), document, own)


def sentence(chance: random.Random) -> str:
    return f"{chance.choice(VERBS)} the {' '.join(chance.choices(THINGS, k=chance.randint(9, 22)))} (Austria);"


def altered(text: str, chance: random.Random) -> str:
    """A later version: the same, one word changed, two, a clause added or the end cut, for another State."""
    words = text.split()[:-1]
    how = chance.randrange(5)
    for _ in range(min(how, 2)):
        words[chance.randrange(1, len(words))] = chance.choice(THINGS)
    if how == 3:
        at = chance.randrange(2, len(words))
        words[at:at] = ["including", "for", *chance.choices(THINGS, k=2)]
    if how == 4:
        words = words[: max(7, len(words) - 3)]
    return f"{' '.join(words)} (Norway);"


def test_planted_repeats_are_found_and_nothing_else() -> None:
    chance = random.Random(7)
    early = [kept(f"early{at}", sentence(chance), "2011") for at in range(300)]
    late = [kept(f"late{at}", altered(one.commitment.text, chance), "2021") for at, one in enumerate(early)]
    others = [kept(f"other{at}", sentence(chance), "2016") for at in range(600)]
    found = {
        (line.first.document.id, later.kept.document.id)
        for line in lineages([*early, *others, *late])
        for later in line.later
    }
    right = {(f"early{at}", f"late{at}") for at in range(300)}
    assert len(found & right) / len(right) >= 0.8
    assert len(found & right) / len(found) >= 0.9


def test_repeats_that_a_person_judged(shared: Path) -> None:
    """Pairs of recommendations of different reviews, drawn from what was found and judged by reading."""
    with JUDGED.open(encoding="utf-8") as file:
        judged = list(csv.DictReader(file))
    folder = shared / "realdocs" / "upr-reports" / "pdf"
    names = sorted({row[column] for row in judged for column in ("document", "later")})
    made: dict[tuple[str, str], str] = {}
    for path, parsed in read_all([folder / f"{name}.pdf" for name in names], parse_file, workers=2):
        assert not isinstance(parsed, ReadFailure)
        made |= {(path.stem, key_of(path.stem, one.text)): one.text for one in parsed.commitments}
    pairs = [
        (made.get((row["document"], row["key"])), made.get((row["later"], row["later_key"])), row["same"] == "yes")
        for row in judged
    ]
    known = [(one, other, same) for one, other, same in pairs if one and other]
    assert len(known) >= 0.9 * len(judged)
    found = [same for one, other, same in known if alike(one, other) >= ALIKE]
    assert sum(found) / len(found) >= 0.9
    assert sum(found) / sum(same for _, _, same in known) >= 0.8


@given(st.text(alphabet="abc ", max_size=60), st.text(alphabet="abc ", max_size=60))
def test_changes_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    made = changes(before, after)
    assert " ".join(one.text for one in made if one.kind != "added").split() == before.split()
    assert " ".join(one.text for one in made if one.kind != "removed").split() == after.split()


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_a_share_and_has_no_direction(one: str, other: str) -> None:
    assert 0 <= alike(one, other) <= 1
    assert alike(one, other) == alike(other, one)


def test_the_states_in_brackets_do_not_count() -> None:
    assert (
        alike("Ratify the Convention at once (Austria);", "Ratify the Convention at once (Iran (Islamic Republic of)).")
        == 1
    )


def test_a_commitment_is_followed_from_its_first_text_on() -> None:
    text = "Open a shelter for victims of trafficking in every province of the country"
    first, later = kept("b", text, "2011"), kept("a", text.replace("every", "each"), "2021")
    made = again(later, [first, later, kept("c", "Abolish the death penalty without any delay at all", "2015")])
    assert (made.first.document.id, [one.kept.document.id for one in made.later]) == ("b", ["a"])
    assert [(one.kind, one.text) for one in made.later[0].changes if one.kind != "same"] == [
        ("removed", "every"), ("added", "each"),
    ]  # fmt: skip
    assert lineages([first, replace(first, key="x")]) == []


def test_the_command_follows_phrases_and_repeats(
    tmp_path: Path, model_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Program(lend_model(tmp_path / "kb", model_home), capsys)
    papers = tmp_path / "papers"
    papers.mkdir()
    for name, kind, date, text in (
        ("speech", "speech", "2011-05-01", "We urge all States to open shelters for victims of trafficking in every single province."),
        ("decision", "decision", "2021-05-01", "1. Urges all States to open shelters for victims of trafficking in each province;"),
    ):  # fmt: skip
        front = f"---\ntype: {kind}\ndate: {date}\n---\n"
        (papers / f"{name}.md").write_text(f"{front}# A {name} on shelters\n\n{text}\n", encoding="utf-8")
    run("ingest", papers)
    steps = run("lineage", "victims of trafficking", "--json").json["steps"]
    assert [(step["document"]["type"], step["document"]["date"]) for step in steps] == [
        ("speech", "2011-05-01"), ("decision", "2021-05-01"),
    ]  # fmt: skip
    (line,) = run("lineage", "--repeats", "--json").json["lineages"]
    assert line["first"]["authority"] == "statement by a speaker"
    assert [later["authority"] for later in line["later"]] == ["agreed text"]
    shown = run("lineage", "--key", line["first"]["key"]).out
    assert "[-every single province.-] {+each province+}" in " ".join(shown.split())
    assert run("lineage", "--key", "0" * 16).code == 2
    assert run("lineage").code == 2
    assert "stands in no document" in run("lineage", "flying", "saucers").out
