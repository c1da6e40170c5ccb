"""The draft checker: every quotation and citation of a draft looked up, and what came of it in words."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.attribution import Fit, Located
from search.citations import CitationReader, Cited
from search.comparing import Difference
from search.drafts import Block, DraftReader
from search.quoting import CitationFinding, Finding, Held, Quoter, Status
from ui import shapes, terminal
from ui.drafts import Draft, Remark, read_draft
from ui.rendering import plain_citation
from ui.service import KnowledgeBase
from ui.tables import Table, cells

ELSEWHERE = 5
HEADER = ("no.", "finding", "quotation or citation", "what was found", "source", "the source's words", "cited as")
_WORDS = {
    Status.VERBATIM: "verbatim",
    Status.ALTERED: "altered",
    Status.MISATTRIBUTED: "wrong place",
    Status.NOT_FOUND: "not in the corpus",
    Held.HELD: "held",
    Held.NO_SUCH_PLACE: "no such place",
    Held.NOT_HELD: "not held",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft looked up in one revision of the corpus."""

    draft: Draft
    quotations: tuple[Finding, ...]
    citations: tuple[CitationFinding, ...]
    revision: int
    took_ms: float


def check(base: KnowledgeBase, path: Path) -> Checked:
    """Look up everything that a draft quotes and cites.

    Raises:
        UsageError: the draft cannot be read.
    """
    draft = read_draft(path)
    started = time.perf_counter()
    quotations, citations, revision = look_up(base, draft.blocks)
    return Checked(draft, quotations, citations, revision, 1000 * (time.perf_counter() - started))


def look_up(
    base: KnowledgeBase, blocks: Sequence[Block]
) -> tuple[tuple[Finding, ...], tuple[CitationFinding, ...], int]:
    """The findings on the quotations and on the citations of some paragraphs, and the revision that was asked."""
    engine = base.engine()
    with engine.indexes.pinned(dense=False) as seen:
        documents = engine.catalogue().documents
        reader = DraftReader(CitationReader(documents))
        quotations = reader.quotations(blocks)
        quoter = Quoter(base.store, seen.lexical, documents)
        found = tuple(quoter.find(one) for one in quotations)
        citations = tuple(quoter.check(one) for one in reader.mentions(blocks, quotations))
        return found, citations, seen.revision


# -- in words ----------------------------------------------------------------------------------------------


def sentence(found: Finding) -> str:
    """What was found of a quotation, for a person."""
    notes = f" ({'; '.join(found.notes)})" if found.notes else ""
    if found.located is None:
        return f"Not in the corpus{notes}."
    place = place_of(found.located)
    if found.status is Status.VERBATIM:
        return f"Stands word for word in {place}{notes}.{_also(found)}"
    if found.status is Status.ALTERED:
        kind = "Capitals, hyphens or punctuation differ from" if found.in_print else "The words differ from"
        wrong = " It is also cited from another place." if found.fit is Fit.WRONG else ""
        return f"{kind} {place}: {told(found.differences)}{notes}.{wrong}"
    said = f"Stands word for word in {place}, not where it is cited from{notes}.{_also(found)}"
    if found.located.differences:
        said = f"{said} Capitals, hyphens or punctuation differ: {told(found.located.differences)}."
    if found.at_cited is not None:
        said = f"{said} The cited {place_of(found.at_cited)} has, in its nearest words: {told(found.differences)}."
    return said


def _also(found: Finding) -> str:
    own = None if found.located is None else place_of(found.located)
    places = [place for place in dict.fromkeys(place_of(one) for one in found.elsewhere) if place != own]
    if not places:
        return ""
    more = f" and {len(places) - ELSEWHERE} more places" if len(places) > ELSEWHERE else ""
    return f" Also in {'; '.join(places[:ELSEWHERE])}{more}."


def told(changed: Sequence[Difference]) -> str:
    """Differences in words: “must” for “shall”."""
    said = []
    for one in changed:
        if one.quoted and one.stored:
            said.append(f"“{one.quoted}” for “{one.stored}”")
        else:
            said.append(f"“{one.quoted}” added" if one.quoted else f"“{one.stored}” left out")
    return "; ".join(said) or "the order of the words"


def place_of(located: Located) -> str:
    """Title, symbol, label and page."""
    return plain_citation(located.document, located.label, located.page, located.page_label)


def citation_sentence(found: CitationFinding) -> str:
    """What was found of a citation, for a person."""
    if found.status is Held.HELD:
        return f"Held: {'; '.join(dict.fromkeys(one.title for one in found.documents))}."
    return found.reason[:1].upper() + found.reason[1:]


def remarks(checked: Checked) -> list[Remark]:
    """The comments for a Word draft: one at every quotation, and at citations that do not hold."""
    made = [
        Remark(one.quotation.block, one.quotation.start, one.quotation.end, _comment(one.status, sentence(one)))
        for one in checked.quotations
    ]
    made += [
        Remark(one.mention.block, one.mention.start, one.mention.end, _comment(one.status, citation_sentence(one)))
        for one in checked.citations
        if one.status is not Held.HELD
    ]
    return made


def _comment(status: Status | Held, said: str) -> str:
    word = _WORDS[status].capitalize()
    return said if said.startswith(word) else f"{word}. {said}"


def counts(checked: Checked) -> dict[str, int]:
    """Number of quotations of each status."""
    found = Counter(one.status for one in checked.quotations)
    return {status.value: found[status] for status in Status}


def summary(checked: Checked) -> str:
    """One line on the whole draft."""
    found = Counter(one.status for one in checked.quotations)
    parts = [f"{found[status]} {_WORDS[status]}" for status in Status]
    wrong = sum(one.status is not Held.HELD for one in checked.citations)
    return (
        f"{len(checked.quotations)} quotations: {', '.join(parts)}. {len(checked.citations)} citations, "
        f"{wrong} of them not borne out."
    )


def report(checked: Checked) -> str:
    """For the terminal: quotations in their order, then the citations that do not hold."""
    parts = []
    for number, one in enumerate(checked.quotations, 1):
        head = terminal.bold(f"{number:>3} {_WORDS[one.status]}")
        lines = [head, terminal.wrapped(f"“{' '.join(one.quotation.text.split())}”")]
        lines.append(terminal.wrapped(sentence(one)))
        if one.located is not None and one.status is not Status.VERBATIM:
            lines.append(terminal.wrapped(f"Source: “{' '.join(one.located.text.split())}”"))
        parts.append("\n".join(lines))
    for found in checked.citations:
        if found.status is not Held.HELD:
            lines = [terminal.bold(f"    {_WORDS[found.status]}"), terminal.wrapped(found.mention.cited.text)]
            parts.append("\n".join([*lines, terminal.wrapped(citation_sentence(found))]))
    return "\n\n".join([*parts, summary(checked)])


# -- for programs ------------------------------------------------------------------------------------------


def table(checked: Checked) -> Table:
    """One row a quotation, then one a citation."""
    rows = [
        cells(
            number,
            _WORDS[one.status],
            one.quotation.text,
            sentence(one),
            None if one.located is None else place_of(one.located),
            None if one.located is None else one.located.text,
            None if one.quotation.cited is None else one.quotation.cited.text,
        )
        for number, one in enumerate(checked.quotations, 1)
    ]
    rows += [
        cells(None, _WORDS[one.status], one.mention.cited.text, citation_sentence(one), None, None, None)
        for one in checked.citations
    ]
    return Table(f"Quotations and citations of {checked.draft.path.name}", summary(checked), HEADER, tuple(rows))


def shape(checked: Checked) -> dict[str, Any]:
    """`check --json`."""
    return {
        "draft": str(checked.draft.path),
        "revision": checked.revision,
        "took_ms": round(checked.took_ms, 2),
        "counts": counts(checked),
        "quotations": [_finding(number, one) for number, one in enumerate(checked.quotations, 1)],
        "citations": [
            {
                "status": one.status.value,
                "finding": citation_sentence(one),
                "block": one.mention.block + 1,
                "cited": _cited(one.mention.cited),
                "documents": [shapes.source(document) for document in one.documents],
            }
            for one in checked.citations
        ],
    }


def _finding(number: int, one: Finding) -> dict[str, Any]:
    return {
        "n": number,
        "status": one.status.value,
        "text": one.quotation.text,
        "block": one.quotation.block + 1,
        "start": one.quotation.start,
        "end": one.quotation.end,
        "finding": sentence(one),
        "cited": None if one.quotation.cited is None else _cited(one.quotation.cited),
        "attribution": one.fit.value,
        "found": None if one.located is None else _place(one.located),
        "differences": [{"quoted": each.quoted, "stored": each.stored} for each in one.differences],
        "elsewhere": [_place(each) for each in one.elsewhere[:ELSEWHERE]],
        "at_cited": None if one.at_cited is None else _place(one.at_cited),
        "notes": list(one.notes),
    }


def _cited(cited: Cited) -> dict[str, Any]:
    return {
        "text": cited.text,
        "documents": list(cited.documents),
        "names": list(cited.names),
        "not_held": list(cited.missing),
        "labels": [one.label() for one in cited.pinpoints],
        "pages": list(cited.pages),
    }


def _place(located: Located) -> dict[str, Any]:
    return {
        "passage_id": located.passage_id,
        "text": located.text,
        "label": located.label,
        "labels": list(located.labels),
        "page": located.page,
        "page_label": located.page_label,
        "document": shapes.source(located.document),
    }
