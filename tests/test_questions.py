"""The measures of question answering on tiny replies, each with the case in which it is 0."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UsageError
from search.matching import holds_answer, holds_quote, letters, same_label, stands_in
from search.questions import Question, evaluate_questions, read_questions

QUOTE = "a recovery and reflection period of at least 30 days shall be given to each person"
PAGE = f"Article 13\nEach Party provides {QUOTE}. It ends\nlater."
ENTRY: dict[str, Any] = {
    "id": "q1",
    "question": "How long is the period?",
    "kind": "fact",
    "language": "en",
    "answerable": True,
    "evidence": [
        {
            "document": "treaties/cets.pdf",
            "page": 3,
            "label": "Article 13(1)",
            "quote": QUOTE,
            "also_in": [
                {"document": "copies/cets.txt", "page": None, "accept": True},
                {"document": "treaties/other.pdf", "page": 1, "accept": False},
            ],
        }
    ],
    "answer_contains": ["30 days|thirty days"],
}
ABSENT = {"id": "q2", "question": "Who won?", "kind": "unanswerable", "answerable": False, "evidence": []}


def passage(path: str = "/data/treaties/cets.pdf", text: str = QUOTE) -> dict[str, Any]:
    return {"text": text, "document": {"id": path, "path": path}}


def citation(path: str = "/data/treaties/cets.pdf", **changes: Any) -> dict[str, Any]:
    base = {
        "quote": QUOTE,
        "page": 3,
        "page_label": "3",
        "label": "Article 13(1)",
        "document": passage(path)["document"],
    }
    return base | changes


def reply(*citations: dict[str, Any], status: str = "answered", answer: str = "At least 30  Days.") -> dict[str, Any]:
    quotations = [{"text": c["quote"], "citation": n} for n, c in enumerate(citations, 1)]
    return {"status": status, "answer": answer, "quotations": quotations, "citations": list(citations), "took_ms": 8.0}


def questions_of(tmp_path: Path, *entries: dict[str, Any]) -> list[Question]:
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(entry) for entry in entries) + "\n", encoding="utf-8")
    return read_questions(file)


def measured(
    tmp_path: Path, answer: dict[str, Any], results: list[dict[str, Any]], *entries: dict[str, Any]
) -> dict[str, Any]:
    found = {"results": results, "took_ms": 2.0}
    questions = questions_of(tmp_path, *(entries or (ENTRY,)))
    return evaluate_questions(lambda text: answer, lambda text, k: found, questions, lambda document, page: PAGE)


RETRIEVAL = ("document@5", "evidence@1", "evidence@5", "evidence@10")
ANSWER = ("answer", "cited_document", "page", "label", "verbatim")


def test_all_right(tmp_path: Path) -> None:
    figures = measured(tmp_path, reply(citation()), [passage()])
    assert {figures[name] for name in RETRIEVAL + ANSWER} == {1}
    assert (figures["false_refusals"], figures["refused"], figures["questions"]) == (0, None, 1)
    assert figures["latency_ms"] == {"p50": 8.0, "p95": 8.0}
    assert figures["search_latency_ms"] == {"p50": 2.0, "p95": 2.0}
    assert figures["by_kind"]["fact"] == {
        k: v for k, v in figures.items() if k not in {"by_kind", "results", "reliability"}
    }
    assert [result["id"] for result in figures["results"]] == ["q1"]


def test_all_wrong(tmp_path: Path) -> None:
    wrong = citation("/data/treaties/other.pdf", quote="a period of 99 days")
    figures = measured(tmp_path, reply(wrong, answer="99 days"), [passage("/data/treaties/other.pdf")])
    assert {figures[name] for name in RETRIEVAL + ANSWER} == {0}


def test_nothing_found(tmp_path: Path) -> None:
    silent = reply(status="not_found", answer="Nothing is said of 30 days.")
    figures = measured(tmp_path, silent, [])
    assert {figures[name] for name in (*RETRIEVAL, "answer", "cited_document", "page", "label")} == {0}
    assert figures["false_refusals"] == 1
    assert figures["verbatim"] is None


@pytest.mark.parametrize(
    ("rank", "expected"), [(1, (1, 1, 1, 1)), (2, (1, 0, 1, 1)), (6, (0, 0, 0, 1)), (11, (0, 0, 0, 0))]
)
def test_ranks(tmp_path: Path, rank: int, expected: tuple[int, ...]) -> None:
    results = [passage("/data/x.pdf", "other")] * (rank - 1) + [passage()]
    figures = measured(tmp_path, reply(), results)
    assert tuple(figures[name] for name in RETRIEVAL) == expected


def test_the_right_document_without_the_words_is_no_evidence(tmp_path: Path) -> None:
    figures = measured(tmp_path, reply(), [passage(text="other words")])
    assert tuple(figures[name] for name in RETRIEVAL) == (1, 0, 0, 0)


def test_a_file_of_a_like_name_is_another_document(tmp_path: Path) -> None:
    assert measured(tmp_path, reply(), [passage("/data/old-treaties/cets.pdf")])["document@5"] == 0
    assert measured(tmp_path, reply(), [passage("treaties/cets.pdf")])["document@5"] == 1
    assert measured(tmp_path, reply(), [passage("C:\\data\\treaties\\cets.pdf")])["document@5"] == 1


def test_an_accepted_copy_counts_as_the_document(tmp_path: Path) -> None:
    copy = "/data/copies/cets.txt"
    figures = measured(tmp_path, reply(citation(copy, page=None)), [passage(copy)])
    assert {figures[name] for name in RETRIEVAL + ANSWER} == {1}


def test_all_evidence_is_needed(tmp_path: Path) -> None:
    second = {"document": "b.md", "page": None, "label": None, "quote": "the second part of the answer"}
    entry = ENTRY | {"evidence": [*ENTRY["evidence"], second]}
    one = measured(tmp_path, reply(citation()), [passage()], entry)
    assert tuple(one[name] for name in (*RETRIEVAL, "cited_document")) == (0, 0, 0, 0, 0)
    # The page and the label are asked of the first piece alone: the second has neither.
    assert (one["page"], one["label"]) == (1, 1)
    other = citation("/data/b.md", quote=second["quote"], page=None, label=None)
    both = measured(tmp_path, reply(citation(), other), [passage(), passage("/data/b.md", second["quote"])], entry)
    assert tuple(both[name] for name in (*RETRIEVAL, "cited_document")) == (1, 0, 1, 1, 1)


def test_page_and_label_must_stand_on_a_citation_of_that_document(tmp_path: Path) -> None:
    near = citation(page=4, label="Article 13")
    figures = measured(tmp_path, reply(near, citation("/data/treaties/other.pdf")), [])
    assert (figures["cited_document"], figures["page"], figures["label"]) == (1, 0, 0)


def test_page_and_label_do_not_apply_where_the_evidence_has_none(tmp_path: Path) -> None:
    entry = ENTRY | {
        "evidence": [{"document": "treaties/cets.pdf", "page": None, "label": "65th session, 2010", "quote": QUOTE}]
    }
    figures = measured(tmp_path, reply(), [], entry)
    assert (figures["page"], figures["label"]) == (None, None)


def test_every_string_is_needed_and_quotations_count(tmp_path: Path) -> None:
    entry = ENTRY | {"answer_contains": ["thirty|30", "each person"]}
    assert measured(tmp_path, reply(answer="30 days"), [], entry)["answer"] == 0
    assert measured(tmp_path, reply(citation(), answer=""), [], entry)["answer"] == 1


@pytest.mark.parametrize(("status", "share"), [("not_found", 1), ("clarify", 1), ("answered", 0), ("partial", 0)])
def test_refusing(tmp_path: Path, status: str, share: float) -> None:
    figures = measured(tmp_path, reply(status=status), [], ENTRY, ABSENT)
    assert figures["refused"] == figures["by_kind"]["unanswerable"]["refused"] == share
    assert figures["false_refusals"] == (1 if status == "not_found" else 0)
    # The unanswerable one counts in no other measure.
    assert figures["by_kind"]["unanswerable"]["document@5"] is None
    assert figures["questions"] == 2


def test_verbatim_is_a_share_of_quotes(tmp_path: Path) -> None:
    good, bad = citation(), citation(quote=QUOTE.replace("least", "most"))
    assert measured(tmp_path, reply(good, good, good, bad), [])["verbatim"] == 0.75


def test_quotes_are_held_by_their_first_or_last_60_letters() -> None:
    start, end = "Begin" * 12, "closes" * 10
    quote = f"{start} and much between {end}"
    assert holds_quote(f"x be-\n  gin{start[5:]}, but", quote)
    assert holds_quote(f"and the rest: {end}!", quote)
    assert not holds_quote(f"{start[:-1]} and much between", quote)
    assert not holds_quote("anything", "...")
    assert letters("Ａ-b 2. é\u00ad") == "ab2é"


def test_answers() -> None:
    assert holds_answer(["it is THIRTY\n days"], "30|thirty days")
    assert not holds_answer(["it is", "thirty", "days"], "thirty days")
    assert not holds_answer(["anything"], "|")


@pytest.mark.parametrize(
    ("quote", "page", "there"),
    [
        ("the co-operation of all", "the co-\noperation  of\nall", True),
        ("cooperation of all", "coop-\n   eration of all", True),
        ("cooperation of all", "coop\ufffe\neration of all", True),
        ("cooperation of all", "co-operation of all", False),
        ("The period", "the period", False),
        ("a period, of", "a period of", False),
        ("30 days", "at least 30 days.", True),
        ("(a) is *not* [x]", "(a) is *not* [x]", True),
        (" ", "anything", False),
    ],
)
def test_word_for_word(quote: str, page: str, there: bool) -> None:
    assert stands_in(quote, page) is there


@pytest.mark.parametrize(
    ("wanted", "label", "same"),
    [
        ("Article 13(1)", "Article 13(1)", True),
        ("Article 13(1)", "Art. 13 (1)(a)", True),
        ("Article 13(1)", "Article 13, para. 1", True),
        ("Article 13(1)", "Article 13", False),
        ("Article 1", "Article 13", False),
        ("Article 3(a)", "Annex II, Article 3(a)", True),
        ("84.41", "para. 84.41", True),
        ("para. 84", "84.41", False),
        ("para. 2", "Article 2", False),
        ("Table 6", "Table 6", True),
        ("Article 13", None, False),
        ("4 December 2007", "4 December 2007", False),
        ("65th session, 2010", "65th session, 2010", False),
    ],
)
def test_labels(wanted: str, label: str | None, same: bool) -> None:
    assert same_label(wanted, label, 1, None) is same


def test_a_sheet_is_met_by_its_number_or_its_printed_label() -> None:
    assert same_label("p. 98", "Box 3", 34, "98")
    assert same_label("p. 1", None, 1, None)
    assert not same_label("p. 98", "Article 98", 34, "97")


@pytest.mark.parametrize("line", ["{broken", "[]", '{"id": "x"}', json.dumps(ENTRY | {"evidence": [{}]})])
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps(ENTRY) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 2"):
        read_questions(file)


def test_a_missing_or_empty_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no question set"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "q.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no question"):
        read_questions(tmp_path / "q.jsonl")


def test_the_gold_questions_are_read(shared: Path) -> None:
    questions = read_questions(shared / "goldset" / "questions.jsonl")
    assert len(questions) == 80
    assert sum(not question.answerable for question in questions) == 20
    assert sum(len(question.evidence) for question in questions) == 81
