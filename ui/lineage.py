"""Where wording comes from: a phrase through time, and commitments that recur, with what changed."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from typing import Any

from corpus.commitments import Kept
from corpus.errors import NotFoundError, UsageError
from corpus.records import Document, Filters, StoredPassage
from corpus.recurrence import Again, Lineage, again, lineages
from search.records import Mode
from ui import terminal
from ui.console import DONE, emit, open_base
from ui.matrix import commitment_shape, wanted_of
from ui.option_parts import filters_of
from ui.rendering import plain_citation
from ui.service import KnowledgeBase
from ui.shapes import source

MOST_PLACES = 2000
MOST_GROUPS = 50


@dataclass(frozen=True, slots=True)
class Step:
    """A document in which a phrase stands: the first passage with it, and how many there are."""

    document: Document
    stored: StoredPassage
    passages: int


def timeline(base: KnowledgeBase, phrase: str, filters: Filters | None = None) -> list[Step]:
    """The documents that hold a phrase word for word, by date; those without a date come last.

    Raises:
        UsageError: the phrase holds a quotation mark.
    """
    if '"' in phrase:
        raise UsageError("Give the phrase without quotation marks.")
    found = base.search(f'"{phrase}"', MOST_PLACES, Mode.LEXICAL, filters).hits
    hidden = base.relations().preferred
    by_document: dict[str, list[StoredPassage]] = {}
    documents: dict[str, Document] = {}
    for hit in found:
        if hit.document.id not in hidden:
            by_document.setdefault(hit.document.id, []).append(hit.stored)
            documents[hit.document.id] = hit.document
    steps = [
        Step(documents[number], min(held, key=lambda one: one.passage.ordinal), len(held))
        for number, held in by_document.items()
    ]
    return sorted(steps, key=lambda step: (step.document.date or "9999", step.document.title))


def lineage(arguments: Namespace) -> int:
    """`lineage`."""
    base = open_base(arguments)
    if arguments.repeats:
        found = lineages(base.commitments(wanted_of(arguments)))
        shape: dict[str, Any] = {"total": len(found), "lineages": [lineage_shape(one) for one in found]}
        text = "\n\n".join(_lineage_text(one) for one in found[:MOST_GROUPS]) or "No commitment recurs."
        if len(found) > MOST_GROUPS:
            text += f"\n\n{len(found):,} commitments recur; the first {MOST_GROUPS} are shown. --json gives all."
        emit(arguments, shape, text)
        return DONE
    if arguments.key is not None:
        everything = base.commitments()
        one = next((kept for kept in everything if kept.key == arguments.key), None)
        if one is None:
            raise NotFoundError(
                f"No commitment has the key {arguments.key}. rapporteur commitments --json shows the keys."
            )
        made = again(one, everything)
        emit(arguments, lineage_shape(made), _lineage_text(made))
        return DONE
    phrase = " ".join(arguments.words)
    if not phrase.strip():
        raise UsageError("Give a phrase, or --key KEY, or --repeats.")
    steps = timeline(base, phrase, filters_of(arguments))
    shape = {
        "phrase": phrase,
        "total": len(steps),
        "steps": [
            {
                "document": source(step.document),
                "passage_id": step.stored.id,
                "label": step.stored.passage.label,
                "page": step.stored.passage.page if step.document.paged else None,
                "text": step.stored.passage.text,
                "passages": step.passages,
            }
            for step in steps
        ],
    }
    emit(arguments, shape, "\n\n".join(map(_step_text, steps)) or f"“{phrase}” stands in no document.")
    return DONE


def lineage_shape(one: Lineage) -> dict[str, Any]:
    """A lineage as JSON: the first text, and the later ones with what changed."""
    return {
        "first": commitment_shape(one.first),
        "later": [
            commitment_shape(later.kept)
            | {
                "alike": round(later.alike, 3),
                "changes": [{"kind": change.kind, "text": change.text} for change in later.changes],
            }
            for later in one.later
        ],
    }


def _cited(one: Kept) -> str:
    own = one.commitment
    page = own.page if one.document.paged else None
    return f"{one.document.date or 'no date'}: {plain_citation(one.document, own.label, page, None)}"


def _lineage_text(one: Lineage) -> str:
    lines = [terminal.bold(_cited(one.first)), terminal.wrapped(one.first.commitment.text)]
    for later in one.later:
        lines += [f"  {_cited(later.kept)}", terminal.wrapped(changed(later))]
    if not one.later:
        lines.append("  No other document says the same.")
    return "\n".join(lines)


def changed(later: Again) -> str:
    """The wording with what was taken out as [-…-] and what came in as {+…+}."""
    marks: dict[str, str] = {"removed": "[-{}-]", "added": "{{+{}+}}"}
    return " ".join(marks.get(change.kind, "{}").format(change.text) for change in later.changes)


def _step_text(step: Step) -> str:
    own = step.stored.passage
    page = own.page if step.document.paged else None
    kinds = " · ".join(part for part in (step.document.type, step.document.standing, own.speaker) if part)
    more = f" (in {step.passages} passages)" if step.passages > 1 else ""
    head = f"{step.document.date or 'no date'}: {plain_citation(step.document, own.label, page, own.page_label)}{more}"
    return "\n".join([terminal.bold(head), f"    {kinds}", terminal.wrapped(own.text)])
