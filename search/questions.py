"""Question answering measured on a question set in the format of goldset/README.md, each measure by a stated rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from search.matching import holds_answer, holds_quote, same_label, stands_in
from search.measures import latency, mean
from search.reliability import reliability
from search.rereading import check_label, check_page

# What a question is scored on; None where the measure does not apply to it. The share of True is the measure.
Outcome = dict[str, bool | None]
MEASURES = ("document@5", "evidence@1", "evidence@5", "evidence@10", "answer", "cited_document", "page", "label")


@dataclass(frozen=True, slots=True)
class Place:
    """A document, by its path relative to the folder of all documents, and a page of it counted from 1."""

    document: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a right answer rests on: a quote, and the places where it stands. The first place is the document
    itself; the others are copies of it that are equally good."""

    quote: str
    label: str | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set. All of `evidence` is needed; each entry of `answer_contains` is one string, or
    several with | between them, of which one is enough."""

    id: str
    text: str
    kind: str
    answerable: bool
    evidence: tuple[Evidence, ...]
    answer_contains: tuple[str, ...]


def read_questions(file: Path) -> list[Question]:
    """Read a question set, one JSON object per line. Raises UsageError for a line that is not a question."""
    if not file.is_file():
        raise UsageError(f"There is no question set at {file}.")
    questions = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                questions.append(_question(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UsageError(f"{file}, line {number}: not a question ({type(error).__name__}: {error}).") from error
    if not questions:
        raise UsageError(f"{file} holds no question.")
    return questions


def evaluate_questions(
    ask: Callable[[str], Mapping[str, Any]],
    search: Callable[[str, int], Mapping[str, Any]],
    questions: Sequence[Question],
    page_text: Callable[[str, int], str],
) -> dict[str, Any]:
    """Ask each question once, search for it once, and measure both.

    `ask` and `search` give the JSON shapes of the README; `page_text(document id, page)` the stored text of a page
    (page 1 is the whole of a document without pages). Every share is 0..1, higher is better but for
    `false_refusals`, and None where no question counts. Over the ANSWERABLE questions:

    - `document@5`: every needed document is among the documents of the first five passages;
    - `evidence@k`: every quote is held by one of the first k passages, from its own document or an accepted copy;
    - `answer`: answered, and every string is found in the answer or its quotations (case and blanks ignored);
    - `cited_document`: every needed document, or an accepted copy of it, is cited;
    - `page`: every quote that has a page is answered by a citation of that page of that document (of a copy: the
      copy's page, any where the copy has none); over the questions with such a quote;
    - `label`: every quote with a label is answered by a citation of that document that carries the label or a part
      of it; over the questions with a label that names a place (`search.matching.same_label`);
    - `false_refusals`: the status is "not_found".

    Over the UNANSWERABLE: `refused`: the status is "not_found" or "clarify". Over all QUOTES of all citations:
    `verbatim`: the quote stands on its page, word for word (`search.matching.stands_in`). `citations_page`
    and `citations_label`: the quote stands on its page, and under its article or paragraph, in the file itself, read a
    second way (`search.rereading`; over the citations that can be so checked). `latency_ms` is that of
    `ask`, `search_latency_ms` of `search`. `by_kind` repeats all of it for each kind of question;
    `reliability` is that of the confidence of the answers given (`search.reliability`)."""
    results = []
    for question in questions:
        found = search(question.text, 10)
        results.append(score(question, ask(question.text), found, page_text))
    kinds = list(dict.fromkeys(question.kind for question in questions))
    by_kind = {kind: _summary([result for result in results if result["kind"] == kind]) for kind in kinds}
    return {**_summary(results), "reliability": _reliability(results), "by_kind": by_kind, "results": results}


def _reliability(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of the questions that were answered: an answer is right where it holds what it must and cites every document
    needed; to a question that has no answer none is."""
    given = [result for result in results if result["status"] in {"answered", "partial"}]
    return reliability([(r["confidence"], bool(r["answer"] and r["cited_document"])) for r in given])


def score(
    question: Question, reply: Mapping[str, Any], found: Mapping[str, Any], page_text: Callable[[str, int], str]
) -> dict[str, Any]:
    """One question's outcome: True, False, or None where the measure does not apply; see `evaluate_questions`."""
    citations = list(reply.get("citations") or [])
    status = reply["status"]
    outcome: Outcome = dict.fromkeys((*MEASURES, "refused", "false_refusal"))
    if question.answerable:
        outcome.update(_retrieved(question, list(found.get("results") or [])))
        outcome.update(_answered(question, reply, citations))
        outcome["false_refusal"] = status == "not_found"
    else:
        outcome["refused"] = status in {"not_found", "clarify"}
    quotes = [stands_in(c["quote"], page_text(c["document"]["id"], c.get("page") or 1)) for c in citations]
    pages, labels = _told(map(check_page, citations)), _told(map(check_label, citations))
    return {
        "id": question.id,
        "kind": question.kind,
        "question": question.text,
        "status": status,
        **outcome,
        "quotes": len(quotes),
        "verbatim_quotes": sum(quotes),
        "pages_checked": len(pages),
        "right_pages": sum(pages),
        "labels_checked": len(labels),
        "right_labels": sum(labels),
        "confidence": reply.get("confidence", 0.0),
        "took_ms": reply["took_ms"],
        "search_took_ms": found["took_ms"],
    }


def _told(outcomes: Iterable[bool | None]) -> list[bool]:
    return [outcome for outcome in outcomes if outcome is not None]


def _retrieved(question: Question, results: list[Mapping[str, Any]]) -> Outcome:
    def holds(evidence: Evidence, depth: int) -> bool:
        return any(comes_from(r, evidence) and holds_quote(r["text"], evidence.quote) for r in results[:depth])

    needed = question.evidence
    outcome: Outcome = {f"evidence@{depth}": all(holds(e, depth) for e in needed) for depth in (1, 5, 10)}
    outcome["document@5"] = all(any(comes_from(r, e) for r in results[:5]) for e in needed)
    return outcome


def _answered(question: Question, reply: Mapping[str, Any], citations: list[Mapping[str, Any]]) -> Outcome:
    said = [reply.get("answer") or "", *(q["text"] for q in reply.get("quotations") or ())]
    cited = {e: [c for c in citations if comes_from(c, e)] for e in question.evidence}
    paged = [e for e in question.evidence if e.places[0].page is not None]
    # A label that names no place ("4 December 2007") is of the document, and right wherever that is cited.
    labelled = [e for e in question.evidence if e.label is not None and same_label(e.label, e.label, None, None)]
    return {
        "answer": reply["status"] != "not_found" and all(holds_answer(said, s) for s in question.answer_contains),
        "cited_document": all(cited.values()),
        "page": all(any(_right_page(c, e) for c in cited[e]) for e in paged) if paged else None,
        "label": all(any(_right_label(c, e) for c in cited[e]) for e in labelled) if labelled else None,
    }


def comes_from(item: Mapping[str, Any], evidence: Evidence) -> bool:
    """Whether a passage or citation is of the evidence's document or of an accepted copy: its path ends so."""
    return _place(item, evidence) is not None


def _place(item: Mapping[str, Any], evidence: Evidence) -> Place | None:
    path = "/" + str(item["document"]["path"]).replace("\\", "/")
    return next((place for place in evidence.places if path.endswith("/" + place.document)), None)


def _right_page(citation: Mapping[str, Any], evidence: Evidence) -> bool:
    place = _place(citation, evidence)
    return place is not None and (place.page is None or citation.get("page") == place.page)


def _right_label(citation: Mapping[str, Any], evidence: Evidence) -> bool:
    assert evidence.label is not None
    return same_label(evidence.label, citation.get("label"), citation.get("page"), citation.get("page_label"))


def _summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    def share(name: str) -> float | None:
        value = mean([float(result[name]) for result in results if result[name] is not None])
        return None if value is None else round(value, 4)

    def part(right: str, of: str) -> float | None:
        total = sum(result[of] for result in results)
        return round(sum(result[right] for result in results) / total, 4) if total else None

    return {
        "questions": len(results),
        **{name: share(name) for name in MEASURES},
        "verbatim": part("verbatim_quotes", "quotes"),
        "citations_page": part("right_pages", "pages_checked"),
        "citations_label": part("right_labels", "labels_checked"),
        "refused": share("refused"),
        "false_refusals": share("false_refusal"),
        "latency_ms": latency([result["took_ms"] for result in results]),
        "search_latency_ms": latency([result["search_took_ms"] for result in results]),
    }


def _question(entry: dict[str, Any]) -> Question:
    return Question(
        id=str(entry["id"]),
        text=entry["question"],
        kind=entry["kind"],
        answerable=bool(entry["answerable"]),
        evidence=tuple(_evidence(item) for item in entry.get("evidence") or ()),
        answer_contains=tuple(entry.get("answer_contains") or ()),
    )


def _evidence(entry: dict[str, Any]) -> Evidence:
    copies = [copy for copy in entry.get("also_in") or () if copy.get("accept")]
    places = tuple(Place(item["document"], item.get("page")) for item in (entry, *copies))
    return Evidence(entry["quote"], entry.get("label"), places)
