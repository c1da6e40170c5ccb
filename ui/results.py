"""The two kinds of result: an answer made of quotations, and a list of passages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

from corpus.records import Document, Filters
from search.records import Answer, Citation, Hit, SearchResult, Status
from ui.addresses import Address
from ui.facets import BODY, COUNTRY, LANGUAGE, TYPE, YEAR, counts, facet_html
from ui.feedback import VERDICTS
from ui.rendering import citation_card, document_head, esc, facts, hit_card, link, sentence

STEP = 10
DEPTH = 200
FACETS = (BODY, TYPE, LANGUAGE, YEAR, COUNTRY)


def small_print(took_ms: float, revision: int, *more: str) -> str:
    """Time and state of the corpus, for whoever wants to know."""
    parts = [*more, f"{took_ms:,.0f} ms", f"revision {revision} of the collection"]
    return f'<p class="small-print">{esc(" · ".join(parts))}</p>'


def understood(notes: Sequence[str]) -> str:
    """What the program read in the question, on one quiet line."""
    return f'<p class="understood">Understood: {esc("; ".join(notes))}</p>' if notes else ""


def answer_html(answer: Answer) -> str:
    """An answer in whatever way it ended."""
    body = {
        Status.ANSWERED: _answered,
        Status.PARTIAL: _answered,
        Status.NOT_FOUND: _not_found,
        Status.CLARIFY: _clarify,
    }[answer.status](answer)
    checked = ("each quotation checked word for word against its stored page",) if answer.citations else ()
    foot = small_print(answer.took_ms, answer.revision, *checked)
    # The question stands in its box on the screen; on paper it stands above the answer.
    asked = f'<p class="asked">{esc(answer.question)}</p>'
    inside = f"{asked}{understood(answer.notes)}{body}{_judging(answer)}{foot}"
    return f'<article class="answer {answer.status.value}">{inside}</article>'


def _judging(answer: Answer) -> str:
    """The buttons that say what somebody thinks of the answer."""
    cited = [
        {
            "passage": one.stored.id,
            "quote": one.quote,
            "page": one.page if one.document.paged else None,
            "label": one.label,
        }
        for one in answer.citations
    ]
    about = {"question": answer.question, "status": answer.status.value, "citations": cited}
    buttons = "".join(
        f'<button type="button" data-verdict="{verdict}">{words}</button>'
        for verdict, words in VERDICTS.items()
        if cited or verdict != "wrong_citation"
    )
    request = esc(json.dumps(about, ensure_ascii=False))
    return f'<div class="judging" data-about="{request}"><span>What is this answer?</span>{buttons}</div>'


def _answered(answer: Answer) -> str:
    reason = ""
    if answer.reason:
        title = "Part of an answer" if answer.status is Status.PARTIAL else ""
        heading = f"<h2>{title}</h2>" if title else ""
        reason = f'<div class="reason">{heading}<p>{esc(answer.reason)}</p></div>'
    near = _near(answer.alternatives, "More passages that came near", folded=True)
    return f"{reason}{_quotations(answer.citations)}{near}"


def _quotations(citations: Sequence[Citation]) -> str:
    works = []
    for _, group in groupby(citations, key=lambda citation: citation.document.id):
        same = list(group)
        cards = "".join(citation_card(citation) for citation in same)
        works.append(
            f'<section class="quoted">{document_head(same[0].document)}<ol class="citations">{cards}</ol></section>'
        )
    return "".join(works)


def _not_found(answer: Answer) -> str:
    return (
        f'<div class="reason"><h2>Not found in this collection</h2><p>{esc(answer.reason)}</p></div>'
        f"{_near(answer.alternatives, 'What came near')}"
    )


def _clarify(answer: Answer) -> str:
    """The question back: each text that may be meant as a link that asks the same of it alone."""
    works: dict[str, Document] = {hit.document.id: hit.document for hit in answer.alternatives}
    choices = "".join(
        f"<li>{link(esc(_asked_of(answer.question, work).compose()), work.title, 'choice')}"
        f'<p class="facts">{facts(work)}</p></li>'
        for work in works.values()
    )
    listed = f'<ul class="choices">{choices}</ul>' if choices else ""
    return (
        f'<div class="reason"><h2>Which one do you mean?</h2><p>{esc(answer.reason)}</p>{listed}</div>'
        f"{_quotations(answer.citations)}{_near(answer.alternatives, 'What came near')}"
    )


def _asked_of(question: str, work: Document) -> Address:
    return Address(text=question, filters=Filters(document=(work.id,)))


def _near(hits: Sequence[Hit], title: str, *, folded: bool = False) -> str:
    if not hits:
        return ""
    listed = hit_list(hits)
    if folded:
        return f'<details class="near"><summary>{esc(title)} ({len(hits)})</summary>{listed}</details>'
    return f'<section class="near"><h2>{esc(title)}</h2>{listed}</section>'


def hit_list(hits: Sequence[Hit]) -> str:
    """Passages in their order; neighbours in the list that come from one document stand under its title."""
    works = []
    for _, group in groupby(hits, key=lambda hit: hit.document.id):
        same = list(group)
        works.append(f"<li>{document_head(same[0].document)}{''.join(hit_card(hit) for hit in same)}</li>")
    return f'<ol class="hits">{"".join(works)}</ol>'


def ordered(hits: Sequence[Hit], sort: str) -> list[Hit]:
    """Hits by relevance, or by the date of their document; those without a date come last."""
    if sort == "relevance":
        return list(hits)
    dated = [hit for hit in hits if hit.document.date]
    dated.sort(key=lambda hit: hit.document.date or "", reverse=sort == "newest")
    return dated + [hit for hit in hits if not hit.document.date]


def narrowing(hits: Sequence[Hit], total: int, address: Address) -> str:
    """The passages found by body, type, language, year and country, each a link that narrows the search to it."""
    if len(hits) < 2 and not address.filters:
        return ""
    documents = [hit.document for hit in hits]
    columns = "".join(facet_html(counts(documents, facet), address, facet) for facet in FACETS)
    title = "Narrow down by body, type, language, year or country"
    if len(hits) < total:
        title += f" (counts are of the best {len(hits):,})"
    opened = " open" if address.filters else ""
    return f'<details class="narrow"{opened}><summary>{esc(title)}</summary><div class="holdings">{columns}</div></details>'


def results_html(result: SearchResult, address: Address | None = None, shown: int = STEP) -> str:
    """The first `shown` passages of a search, with how many there are."""
    address = address or Address("find", result.query)
    sort = address.sort
    hits = ordered(result.hits, sort)
    if not hits:
        return (
            '<article class="results"><div class="reason"><h2>Nothing found</h2><p>No passage of this collection fits '
            "these words and filters. Fewer words, a different spelling or no filters may help.</p></div>"
            f"{understood(result.notes)}{narrowing((), 0, address)}"
            f"{small_print(result.took_ms, result.revision)}</article>"
        )
    shown = min(shown, len(hits))
    one = result.total == 1
    count = f"<strong>{result.total:,}</strong> {'passage' if one else 'passages'}"
    if shown < result.total:
        count += f', the first <strong id="shown">{shown}</strong> shown'
    if sort != "relevance":
        count += f" · the {len(hits)} best, {sort} first"
    return (
        f'<article class="results"><p class="count" role="status">{count}</p>{understood(result.notes)}'
        f"{narrowing(hits, result.total, address)}"
        f"{hit_list(hits[:shown])}{small_print(result.took_ms, result.revision)}</article>"
    )


def more_label(result: SearchResult, shown: int) -> str | None:
    """The words on the button that shows more, None where there is no more."""
    held = len(result.hits)
    if shown >= held:
        return None
    return f"Show {min(STEP, held - shown)} more"


def waiting(text: str) -> str:
    """The line that stands in place of an old result while a new one is looked for."""
    return sentence(text, "waiting")


def examples_html(questions: Sequence[str]) -> str:
    """Questions that this collection answers, as links that ask them."""
    if not questions:
        return ""
    links = "".join(
        f"<li>{link(esc(Address(text=question).compose()), question, 'ask-this')}</li>" for question in questions
    )
    return f'<section class="examples"><h2>Questions that this collection answers</h2><ul>{links}</ul></section>'
