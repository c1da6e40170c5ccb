"""Real documents, whole: every file has an outcome, nothing is cut off, nothing is lost, and the meeting is answered."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.records import Parsed
from corpus.wording import indexed_text
from ingest.parse import WINDOW, count_tokens, parse_file
from ingest.reader import ReadFailure, read_all
from search.matching import stands_in
from search.records import Answer, Status
from ui.service import KnowledgeBase

SPECIAL_TOKENS = 2
SECONDS = 60


@pytest.fixture(scope="module")
def files(shared: Path) -> list[Path]:
    folder = shared / "realdocs"
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


@pytest.fixture(scope="module")
def readings(files: list[Path]) -> Iterator[dict[Path, Parsed | ReadFailure]]:
    yield dict(read_all(files, parse_file, workers=os.cpu_count() or 1))


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def test_every_file_has_one_outcome_with_a_reason(
    files: list[Path], readings: dict[Path, Parsed | ReadFailure]
) -> None:
    assert set(readings) == set(files)
    read = [found for found in readings.values() if isinstance(found, Parsed)]
    refused = [found for found in readings.values() if isinstance(found, ReadFailure)]
    assert len(read) > 0.9 * len(files)
    for failure in refused:
        assert failure.reason.endswith((".", ")")), failure.reason
        assert "Traceback" not in failure.reason


def test_no_passage_is_longer_than_the_window(readings: dict[Path, Parsed | ReadFailure]) -> None:
    for path, found in readings.items():
        if isinstance(found, ReadFailure):
            continue
        title = found.document.title
        texts = [indexed_text(title, p.heading_path, p.label, p.lead, p.text) for p in found.passages]
        longest = max(count_tokens(texts))
        assert longest + SPECIAL_TOKENS <= WINDOW, f"{path.name}: {longest} tokens"


def test_every_passage_stands_at_its_spans(readings: dict[Path, Parsed | ReadFailure]) -> None:
    for path, found in readings.items():
        if isinstance(found, ReadFailure):
            continue
        pages = {page.number: page.text for page in found.pages}
        for passage in found.passages:
            stood = "".join(pages[span.page][span.start : span.end] for span in passage.spans)
            assert letters(passage.text) == letters(stood), f"{path.name}, passage {passage.ordinal}"


def test_no_file_takes_more_than_a_minute(shared: Path) -> None:
    """The slowest kinds alone: the awkward files, and the longest document by pages."""
    awkward = [path for path in (shared / "realdocs" / "awkward-pdf").rglob("*") if path.is_file()]
    begun = time.monotonic()
    outcomes = dict(read_all(awkward, parse_file, workers=os.cpu_count() or 1, seconds=SECONDS))
    assert len(outcomes) == len(awkward)
    assert time.monotonic() - begun < SECONDS * len(awkward) / (os.cpu_count() or 1)


@pytest.fixture(scope="module")
def meeting(shared: Path, model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    base = KnowledgeBase(tmp_path_factory.mktemp("seed") / "home", create=True, models=model_home)
    base.ingest([shared / "realdocs" / "seed"])
    yield base
    base.close()


def asked(base: KnowledgeBase, question: str) -> Answer:
    reply = base.ask(question)
    for citation in reply.citations:
        assert stands_in(citation.quote, base.store.page_text(citation.document.id, citation.page or 1))
    return reply


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "Who organised the meeting?",
            ["Office of the OSCE Special Representative", "Council of Europe", "co-organized"],
        ),
        ("Where did the meeting take place?", ["Strasbourg, France"]),
        ("How many participants attended?", ["More than 130 participants"]),
        ("How many countries were represented?", ["nearly 60 countries"]),
        ("What share of victims is identified?", ["less than 1% of all trafficking victims", "Andrea Salvoni"]),
        ("Who said that less than 1% of victims are identified?", ["less than 1%", "Andrea Salvoni"]),
        ("Which topics were discussed?", ["financial investigations", "forced criminality"]),
    ],
)
def test_the_meeting_is_answered_from_its_press_release(meeting: KnowledgeBase, question: str, said: list[str]) -> None:
    reply = asked(meeting, question)
    assert reply.status is Status.ANSWERED
    first = reply.citations[0]
    assert first.document.path.endswith("national-coordinators-meeting-2023.txt")
    assert all(part in first.quote for part in said), first.quote


def test_who_said_so_is_named(meeting: KnowledgeBase) -> None:
    reply = asked(meeting, "What share of victims is identified and who said so?")
    assert reply.citations[0].speaker == "Andrea Salvoni, Acting Co-ordinator of the OSCE OSR/CTHB"


@pytest.mark.parametrize(
    "question", ["What did participants agree?", "What was agreed at the meeting of national co-ordinators?"]
)
def test_no_agreed_outcome_is_said_to_be_recorded(meeting: KnowledgeBase, question: str) -> None:
    reply = asked(meeting, question)
    assert reply.status is Status.PARTIAL
    assert "no agreed outcome is recorded" in reply.reason


def test_what_is_not_there_is_not_found(meeting: KnowledgeBase) -> None:
    for question in (
        "What is the budget of GRETA?",
        "Who was fined for space mining?",
        "What is the capital of France?",
    ):
        reply = meeting.ask(question)
        assert reply.status is Status.NOT_FOUND, question
        assert reply.reason and not reply.citations
