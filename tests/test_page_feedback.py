"""What people say of answers: kept as lines, never more than was asked for, and made into questions that can be measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import NotFoundError, UsageError
from corpus.records import Document, Passage, Span, StoredPassage
from search.questions import read_questions
from ui import handlers
from ui.feedback import FILE_NAME, keep, questions, read
from ui.home import check_home

QUOTE = "Eleven receptionists had been trained."


class Collection:
    """One document with one passage, in a home."""

    revision = 7

    def __init__(self, home: Path) -> None:
        self.home = home

    def document(self, reference: str) -> Document:
        if reference != "doc":
            raise NotFoundError(f"There is no document {reference}.")
        return Document("doc", "/papers/hotels.pdf", "Hotels", paged=True, pages=2)

    def passages(self, document_id: str) -> list[StoredPassage]:
        return [StoredPassage(1, "doc-0", "doc", Passage(QUOTE, (Span(2, 0, len(QUOTE)),)))]


def said(verdict: str = "helpful", question: str = "How many?", **values: Any) -> dict[str, Any]:
    citation = {"passage": "doc-0", "quote": QUOTE, "page": 2, "label": "para. 4"}
    return {"verdict": verdict, "question": question, "status": "answered", "citations": [citation]} | values


@pytest.fixture
def base(tmp_path: Path) -> Any:
    return Collection(tmp_path)


def test_a_verdict_is_kept_with_question_and_citations(base: Any) -> None:
    assert "kept on this machine" in handlers.feedback(base, said())
    (line,) = read(base.home)
    assert (line["verdict"], line["question"], line["status"], line["revision"]) == (
        "helpful",
        "How many?",
        "answered",
        7,
    )
    assert line["citations"] == [
        {"document": "/papers/hotels.pdf", "passage": "doc-0", "page": 2, "label": "para. 4", "quote": QUOTE}
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "splendid"},
        {"status": "perhaps"},
        {"question": ""},
        {"question": "x" * 2001},
        {"verdict": None},
        {"question": {"a": 1}, "status": []},
    ],
)
def test_what_is_no_verdict_is_refused(base: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        keep(base, said(**wrong))
    assert "no verdict" in handlers.feedback(base, said(**wrong))
    assert not (base.home / FILE_NAME).exists()


@pytest.mark.parametrize(
    "citations", ["x", None, [1, {}, {"passage": "gone-1"}, {"passage": "doc-9"}, {"passage": "doc"}]]
)
def test_citations_that_are_none_are_left_out(base: Any, citations: Any) -> None:
    keep(base, said(citations=citations))
    assert read(base.home)[0]["citations"] == []


def test_a_line_that_was_cut_off_is_left_out(base: Any) -> None:
    keep(base, said())
    with (base.home / FILE_NAME).open("a", encoding="utf-8") as out:
        out.write('{"verdict": "hel')
    assert len(read(base.home)) == 1


def test_helpful_answers_become_questions_that_can_be_measured(base: Any, tmp_path: Path) -> None:
    keep(base, said())
    keep(base, said(question="What of dolphins?", status="not_found", citations=[]))
    keep(base, said("wrong_citation", question="Who?"))
    keep(base, said("helpful", question="Where?"))
    keep(base, said("not_helpful", question="Where?"))
    ready, unanswered = questions(read(base.home))
    assert unanswered == ["Who?", "Where?"]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in ready), encoding="utf-8")
    held, absent = read_questions(file)
    assert (held.text, held.answerable) == ("How many?", True)
    (evidence,) = held.evidence
    assert (evidence.quote, evidence.label, evidence.places[0].page) == (QUOTE, "para. 4", 2)
    assert evidence.places[0].document == "/papers/hotels.pdf"
    assert (absent.text, absent.answerable, absent.evidence) == ("What of dolphins?", False, ())


def test_a_home_with_feedback_is_still_a_home(base: Any) -> None:
    keep(base, said())
    assert check_home(base.home) is False
