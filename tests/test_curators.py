"""Adding and removing where each may see another part: under which labels, what, and in whose name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corpus.clearance import clearance
from corpus.errors import NotFoundError, UsageError
from ui.people import audit
from ui.people.accounts import Account, People
from ui.people.cleared import Clearances, attended
from ui.people.desks import Curators, Desks
from ui.people.person import Person, Role, acting
from ui.service import KnowledgeBase

ANNA = Person("anna", Role.READER, clearance(["public"]))
BORIS = Person("boris", Role.CURATOR, clearance(["public", "Restricted"]))
CLARA = Person("clara", Role.ADMIN, None)
TEXT = b"# Inspection of kilns\n\nEleven brick kilns were inspected at dawn by labour inspectors.\n"


@pytest.fixture
def clearances(tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clearances]:
    """A public and an internal document."""
    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: hashing)
    base = KnowledgeBase(tmp_path / "home", create=True)
    for label, words in (("public", "Hotels keep registers."), ("internal", "Ledgers of Zephyrine.")):
        folder = tmp_path / label
        folder.mkdir()
        (folder / f"{label}-paper.md").write_text(f"# Paper {label}\n\n{words}\n", encoding="utf-8")
        base.ingest([folder], workers=1, access=label)
    made = Clearances(base)
    yield made
    made.close()


@pytest.fixture
def curators(clearances: Clearances) -> Curators:
    """The curators over it; the file of users names one more label."""
    people = People({"eve": Account("eve", None, Role.READER, ("secret",))})
    roster: Any = SimpleNamespace(people=lambda: people)
    return Curators(clearances, SimpleNamespace(roster=roster))  # type: ignore[arg-type]


def read(curators: Curators, person: Person, label: str, name: str = "kilns.md") -> dict[str, Any]:
    with acting(person):
        curators.of(label).accept(name, TEXT)
        told = curators.of(label).begin()
        for _ in range(400):
            if not told["running"]:
                return told
            time.sleep(0.05)
            told = curators.of(label).progress()
    raise AssertionError("it does not end")


def test_a_document_is_added_under_a_label_and_seen_by_those_alone(curators: Curators, clearances: Clearances) -> None:
    assert read(curators, BORIS, "RESTRICTED")["words"].startswith("Done: 1 file")
    (document,) = [one for one in clearances.whole.documents() if "kilns" in one.title]
    assert document.access == "restricted"
    base = attended(clearances)
    for person, seen in ((ANNA, False), (BORIS, True), (CLARA, True)):
        with acting(person):
            assert bool([hit for hit in base.search("brick kilns").hits if "kilns" in hit.document.title]) is seen
            assert (document.id in base.passage_counts()) is seen
    assert list(audit.read(clearances.whole.home))[-1]["who"] == "boris"
    # The same name under another label is another file, and changes nothing of the first.
    with acting(BORIS):
        curators.of("public").accept("kilns.md", TEXT + b"\nAnother one.\n")
    assert (clearances.whole.home / "library" / "labelled" / "restricted" / "kilns.md").read_bytes() == TEXT


def test_nobody_adds_under_a_label_that_they_may_not_see(curators: Curators) -> None:
    with acting(BORIS):
        assert curators.labels() == ["public", "restricted"]
        for label in ("internal", "unheard of", "../../public", "*"):
            with pytest.raises(UsageError):
                curators.of(label)
    with acting(CLARA):
        assert curators.labels() == ["public", "internal", "secret"]
    with acting(ANNA):
        for attempt in (lambda: curators.of("public"), lambda: curators.remove("x")):
            with pytest.raises(UsageError, match="does not allow"):
                attempt()


def test_what_is_hidden_cannot_be_removed_nor_told_from_what_is_not_there(
    curators: Curators, clearances: Clearances
) -> None:
    (hidden,) = [one for one in clearances.whole.documents() if one.access == "internal"]
    said = []
    for name in (hidden.id, "0" * len(hidden.id)):
        with acting(BORIS), pytest.raises(NotFoundError) as caught:
            curators.remove(name)
        said.append(str(caught.value).replace(name, "NAME"))
    assert said[0] == said[1]
    assert len(clearances.whole.documents()) == 2
    with acting(CLARA):
        assert "is removed" in curators.remove(hidden.id)
    assert [line["what"] for line in audit.read(clearances.whole.home)][-1] == "removed"


def test_nothing_is_changed_through_a_part(clearances: Clearances, tmp_path: Path) -> None:
    part = clearances.of(clearance(["public"]))
    for change in (
        lambda: part.ingest([tmp_path]), lambda: part.forget("x"), part.rebuild, lambda: part.backup(tmp_path / "b.zip"),
        lambda: part.correct_meetings({}), lambda: part.follow_up({}), part.status, part.verify,
    ):  # fmt: skip
        with pytest.raises(UsageError, match="cannot change"):
            change()
    assert part.last_run() is None
    assert clearances.whole.last_run()


def test_the_revision_tells_of_visible_changes_alone(clearances: Clearances, tmp_path: Path) -> None:
    part = clearances.of(clearance(["public"]))
    before = part.revision
    (tmp_path / "internal" / "more.md").write_text("# More\n\nMore ledgers.\n", encoding="utf-8")
    clearances.whole.ingest([tmp_path / "internal"], workers=1, access="internal")
    assert part.revision == before == part.search("hotels").revision == part.ask("hotels").revision
    (tmp_path / "public" / "more.md").write_text("# More hotels\n\nMore registers.\n", encoding="utf-8")
    clearances.whole.ingest([tmp_path / "public"], workers=1)
    assert part.revision != before


def test_each_clearance_has_choices_and_examples_of_its_own(clearances: Clearances) -> None:
    desks = Desks(clearances, SimpleNamespace(roster=None))  # type: ignore[arg-type]
    assert "Paper" not in desks.examples()
    assert desks.ready_line()
    desks.open()
    offered = {}
    for person in (ANNA, CLARA):
        with acting(person):
            offered[person.name] = {title for title, _ in desks.choices()["document"]}
            for _ in range(200):
                if desks.settled():
                    break
                time.sleep(0.05)
            assert desks.settled()
    assert offered == {"anna": {"Paper public"}, "clara": {"Paper public", "Paper internal"}}
    desks.close()
