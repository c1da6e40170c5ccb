"""Questions for a number: what is counted, the numbers that sentences give of it, and documents that disagree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.analysis import terms
from search.figures import counts, numbers_of
from search.records import Status
from ui.service import KnowledgeBase

PAPERS = {
    "note2021.md": "# Note of the Secretariat on the Network, 2021\n\nThe Network of Co-ordinators has 46 members in the region.\n",
    "note2023.md": "# Note of the Secretariat on the Network, 2023\n\nThe Network of Co-ordinators has 51 members in the region.\n",
    "leaflet.md": "# Leaflet on the Fund\n\nThe Fund for Survivors supports twelve shelters every year.\n",
    "brochure.md": "# Brochure on the Fund\n\nThe Fund for Survivors supports 12 shelters every year.\n",
    "statute.md": (
        "# Statute of the Panel\n\n## Article 2 – Election\n\n1. No two members of the Panel may be nationals of the same State.\n\n"
        "2. Amendments need a two-thirds majority of the States present.\n"
    ),
}


@pytest.fixture(scope="module")
def base(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("papers")
    for name, text in PAPERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    base = KnowledgeBase(tmp_path_factory.mktemp("home"), create=True, models=model_home)
    base.ingest([folder], workers=1)
    yield base
    base.close()


def test_documents_that_disagree_are_shown_together(base: KnowledgeBase) -> None:
    answer = base.ask("How many members does the Network of Co-ordinators have?")
    assert answer.status is Status.PARTIAL
    assert "different figures of “members”" in answer.reason
    assert "46 in" in answer.reason and "51 in" in answer.reason
    quoted = [citation.quote for citation in answer.citations[:2]]
    assert {"46", "51"} == {number for number in ("46", "51") if any(number in quote for quote in quoted)}


def test_the_same_number_in_words_is_no_disagreement(base: KnowledgeBase) -> None:
    answer = base.ask("How many shelters does the Fund for Survivors support?")
    assert answer.status is Status.ANSWERED
    assert "different" not in answer.reason


def test_what_is_not_counted_is_not_answered(base: KnowledgeBase) -> None:
    # "No two members" and "two-thirds of the States" count neither.
    for question in ("How many members does the Panel have?", "How many States elected the Panel?"):
        answer = base.ask(question)
        assert answer.status is Status.NOT_FOUND, (question, answer.text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It has 46 members.", {"46"}),
        ("Members: 15 in all", {"15"}),
        ("a minimum of 10 members and a maximum of 15 members", {"10", "15"}),
        ("1,200 members and 35 % of the members", {"1200", "35 %"}),
        ("twenty-five members", {"25"}),
        ("no two members of one State", set()),
        ("In 2019 the members met on 3 May.", set()),
        ("a two-thirds majority of the members", set()),
        ("The house has 46 windows and doors of oak in every room on all floors; the members sit there.", set()),
    ],
)
def test_numbers_of_a_thing(text: str, found: set[str]) -> None:
    wanted = terms("members")
    assert numbers_of(text, wanted) == found
    assert counts(text, wanted) is bool(found)
