"""A knowledge base on a server (a real PostgreSQL with pgvector): the same answers as from a folder, several processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.address import address_of
from corpus.records import Filters
from search.records import Mode
from ui.people.cleared import Cleared
from ui.service import KnowledgeBase

PAPERS = {
    "convention.md": "# Convention on kilns\n\nEach Party shall inspect brick kilns every year.\n\nInspectors carry a lamp.\n",
    "guide.md": "# Guide for inspectors\n\nInspectors note the number of workers in each brick kiln.\n\n"
    "Workers keep their passports.\n\nThe guide names hotels as well as kilns.\n",
    "review.md": "# Review of hotels\n\nThe Conference urges States to inspect hotels and brick kilns at night.\n",
}
HIDDEN = {
    "zephyrine.md": "# Operation Zephyrine\n\nThe Conference urges States to watch the quarry of Quillonia.\n\n"
    "Inspectors of kilns met the xylographers in Quillonia. Brick kilns, brick kilns, hotels.\n",
}
QUERIES = (
    "brick kilns", "inspectors of hotels", "passports", '"brick kilns" NOT hotels', "lamp OR passports", "xylographers",
    "insepctors kilns", "What does the Convention on kilns say about inspectors?", "country:ALB kilns",
)  # fmt: skip


@pytest.fixture(autouse=True)
def cheap(cheap_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = cheap_model()
    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: model)


def papers(folder: Path, texts: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def bases(tmp_path: Path, postgres: Any) -> Iterator[tuple[KnowledgeBase, KnowledgeBase]]:
    """The same documents on a server and in a folder."""
    made = (
        KnowledgeBase(tmp_path / "beside", server=address_of(postgres.address()), create=True),
        KnowledgeBase(tmp_path / "home", create=True),
    )
    for base in made:
        base.ingest([papers(tmp_path / "open", PAPERS)], workers=1)
        base.ingest([papers(tmp_path / "closed", HIDDEN)], workers=1, access="restricted")
    yield made
    for base in made:
        base.close()


def found(base: KnowledgeBase, query: str, mode: Mode, filters: Filters | None = None) -> dict[str, float]:
    """The passages found with their scores; which of two equal ones is first, rounding decides."""
    return {hit.stored.passage.text: hit.score for hit in base.search(query, 10, mode, filters).hits}


def test_it_answers_as_one_in_a_folder(bases: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    there, here = bases
    assert there.status()["store"] == "postgresql"
    assert {k: there.status()[k] for k in ("documents", "passages", "pages", "revision", "healthy")} == {
        k: here.status()[k] for k in ("documents", "passages", "pages", "revision", "healthy")
    }
    assert "geheim" not in str(there.status())
    for query in QUERIES:
        for mode in Mode:
            assert found(there, query, mode) == pytest.approx(found(here, query, mode), abs=2e-3), (query, mode)
        mine, other = there.ask(query), here.ask(query)
        assert (mine.status, mine.answer) == (other.status, other.answer)
        assert [one.quote for one in mine.citations] == [one.quote for one in other.citations]
    only = Filters(document=("guide",))
    mine, other = (found(base, "brick kilns", Mode.DENSE, only) for base in bases)
    assert mine == pytest.approx(other, abs=2e-3)
    assert len(mine) == 1
    assert there.verify() == here.verify() == []


def test_who_sees_a_part_is_answered_from_it_alone(bases: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    there, here = (Cleared(base, frozenset({"public"})) for base in bases)
    for query in QUERIES:
        for mode in Mode:
            assert found(there, query, mode) == pytest.approx(found(here, query, mode), abs=2e-3), (query, mode)
            assert not [text for text in found(there, query, mode) if "xylographers" in text]
    assert bases[0].search("xylographers", mode=Mode.DENSE).hits
    there.close()
    here.close()
