"""The two kinds of result: an answer made of quotations, and a list of passages."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from corpus.records import Document, Filters
from search.records import Answer, Citation, Hit, SearchResult, Status, Understood
from ui.addresses import SORTS, Address
from ui.cards import citation_card, hit_card
from ui.facets import BODY, COUNTRY, LANGUAGE, MEETING, STANDING, THEME, TYPE, YEAR, counts, facet_html
from ui.feedback import VERDICTS
from ui.rendering import document_head, esc, facts, link, parts_nav, sentence
from ui.words import counted, name, number, said, t

STEP = 10
DEPTH = 200
FACETS = (BODY, TYPE, LANGUAGE, YEAR, COUNTRY, THEME, MEETING, STANDING)
ALWAYS = FACETS[:4]


def small_print(took_ms: float, revision: int, *more: str) -> str:
    """Time and state of the corpus, for whoever wants to know."""
    parts = [*more, f"{number(round(took_ms))} ms", t("revision {n} of the collection", n=revision)]
    return f'<p class="small-print">{esc(" · ".join(parts))}</p>'


def understood(notes: Sequence[str], things: Sequence[Understood], address: Address) -> str:
    """What the program read in the question: each thing with a link that asks again without it, and what was left out."""
    told = {thing.text.casefold() for thing in things}
    rest = [note for note in notes if note.casefold().removeprefix("document ").removeprefix("year ") not in told]
    chips = "".join(_chip(thing, address) for thing in things) + "".join(
        _left_out(key, address) for key in address.ignore
    )
    said_too = f'<span class="notes" lang="en">{esc("; ".join(rest))}</span>' if rest else ""
    if not chips and not said_too:
        return ""
    listed = f"<ul>{chips}</ul>" if chips else ""
    return f'<div class="understood"><span>{esc(t("Understood:"))}</span>{listed}{said_too}</div>'


def _chip(thing: Understood, address: Address) -> str:
    without = replace(address, ignore=(*address.ignore, thing.key), part=0)
    effect = t("only these") if thing.effect == "filter" else t("these first")
    title = esc(t("Search without “{words}”", words=thing.text))
    away = f'<a data-go href="{esc(without.compose())}" aria-label="{title}" title="{title}">×</a>'
    return f'<li><span class="kind">{esc(name(thing.field))}</span> {esc(thing.text)} <i>{esc(effect)}</i>{away}</li>'


def _left_out(key: str, address: Address) -> str:
    back = replace(address, ignore=tuple(one for one in address.ignore if one != key), part=0)
    field, _, value = key.partition(":")
    words = " ".join(part for part in (name(field), value) if part)
    return f'<li class="out"><s>{esc(words)}</s> {link(esc(back.compose()), t("read it again"))}</li>'


def answer_html(answer: Answer, address: Address | None = None) -> str:
    """An answer in whatever way it ended, and how a follow-up was read."""
    if answer.notice:
        # Neither kept nor judged: who asks for help is shown where to turn to, and nothing else.
        lines = "".join(f"<p>{esc(line)}</p>" for line in answer.notice.splitlines() if line.strip())
        return f'<article class="answer help-notice" role="alert" dir="auto">{lines}</article>'
    body = {
        Status.ANSWERED: _answered,
        Status.PARTIAL: _answered,
        Status.NOT_FOUND: _not_found,
        Status.CLARIFY: _clarify,
    }[answer.status](answer)
    checked = (t("each quotation checked word for word against its stored page"),) if answer.citations else ()
    foot = small_print(answer.took_ms, answer.revision, *checked)
    # The question stands in its box on the screen; on paper it stands above the answer.
    asked = f'<p class="asked">{esc(answer.question)}</p>'
    read = understood(answer.notes, answer.understood, address or Address(text=answer.question))
    inside = f"{asked}{_read_as(address)}{read}{body}{_judging(answer)}{foot}"
    return f'<article class="answer {answer.status.value}">{inside}</article>'


def _read_as(address: Address | None) -> str:
    """Says that a follow-up was read as the question in the box, and offers to ask it as it was typed."""
    if address is None or not address.said:
        return ""
    line = t(
        "“{words}” was read as “{question}”. Change it in the box above, or", words=address.said, question=address.text
    )
    typed = replace(address, text=address.said, said="")
    return (
        f'<p class="read-as" role="status">{esc(line)} {link(esc(typed.compose()), t("ask it as it was typed"))}.</p>'
    )


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
        f'<button type="button" data-verdict="{verdict}">{esc(t(words))}</button>'
        for verdict, words in VERDICTS.items()
        if cited or verdict != "wrong_citation"
    )
    request = esc(json.dumps(about, ensure_ascii=False))
    return f'<div class="judging" data-about="{request}"><span>{esc(t("What is this answer?"))}</span>{buttons}</div>'


def _answered(answer: Answer) -> str:
    reason = ""
    if answer.reason:
        title = t("Part of an answer") if answer.status is Status.PARTIAL else ""
        heading = f"<h2>{title}</h2>" if title else ""
        reason = f'<div class="reason">{heading}<p>{esc(said(answer.reason))}</p></div>'
    near = _near(answer.alternatives, t("More passages that came near"), folded=True)
    return f"{reason}{_in_words(answer)}{_quotations(answer.citations)}{near}"


def _in_words(answer: Answer) -> str:
    """The checked sentences of a language model, where one was asked, each number a link to its quotation."""
    told = answer.generation
    if told is None:
        return ""
    note = f'<p class="small" lang="en">{esc(told.note)}</p>' if told.note else ""
    if not told.used:
        return note
    words = esc(answer.answer.removeprefix(answer.reason).strip())
    numbered = re.sub(r"\[(\d+)\]", r'<a href="#citation-\1">[\1]</a>', words)
    whose = t(
        "In the words of the language model {model}, each sentence checked against the passages that it cites, quoted below.",
        model=told.model,
    )
    return f'<section class="told"><p dir="auto">{numbered}</p><p class="small">{esc(whose)}</p>{note}</section>'


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
        f'<div class="reason"><h2>{esc(t("Not found in this collection"))}</h2><p>{esc(said(answer.reason))}</p></div>'
        f"{_near(answer.alternatives, t('What came near'))}"
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
        f'<div class="reason"><h2>{esc(t("Which one do you mean?"))}</h2><p>{esc(said(answer.reason))}</p>{listed}</div>'
        f"{_quotations(answer.citations)}{_near(answer.alternatives, t('What came near'))}"
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
    counted_by = ((facet, counts(documents, facet)) for facet in FACETS)
    columns = "".join(facet_html(found, address, facet) for facet, found in counted_by if found or facet in ALWAYS)
    title = t("Narrow down by body, type, language, year, country, theme or meeting")
    if len(hits) < total:
        title += " " + t("(counts are of the best {n})", n=number(len(hits)))
    opened = " open" if address.filters else ""
    return f'<details class="narrow"{opened}><summary>{esc(title)}</summary><div class="holdings">{columns}</div></details>'


def results_html(result: SearchResult, address: Address | None = None) -> str:
    """The passages of a search, the part that the address asks for, with how many there are."""
    address = address or Address("find", result.query)
    hits = ordered(result.hits, address.sort)
    if not hits:
        reason = t(
            "No passage of this collection fits these words and filters. Fewer words, a different spelling or no filters may help."
        )
        return (
            f'<article class="results"><div class="reason"><h2>{esc(t("Nothing found"))}</h2><p>{esc(reason)}</p></div>'
            f"{understood(result.notes, result.understood, address)}{narrowing((), 0, address)}"
            f"{small_print(result.took_ms, result.revision)}</article>"
        )
    part = min(address.part, (len(hits) - 1) // STEP)
    parts = parts_nav(len(hits), STEP, replace(address, part=part))
    count = f"<strong>{esc(counted(result.total, 'passages'))}</strong>"
    if len(hits) < result.total:
        count += " · " + esc(t("the best {n} can be leafed through", n=number(len(hits))))
    if address.sort != SORTS[0]:
        by = t("the {n} best, newest first") if address.sort == "newest" else t("the {n} best, oldest first")
        count += " · " + esc(by.format(n=number(len(hits))))
    return (
        f'<article class="results"><p class="count" role="status">{count}</p>{understood(result.notes, result.understood, address)}'
        f"{narrowing(hits, result.total, address)}"
        f"{hit_list(hits[part * STEP : (part + 1) * STEP])}{parts}{small_print(result.took_ms, result.revision)}</article>"
    )


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
    return f'<section class="examples"><h2>{esc(t("Questions that this collection answers"))}</h2><ul>{links}</ul></section>'
