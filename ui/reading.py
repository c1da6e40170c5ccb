"""The documents themselves as HTML: a passage among its neighbours, a whole document, the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from corpus.records import Document, OutlineEntry, StoredPassage
from corpus.relations import Related
from ingest.contacts import pages_left_out
from ui.about import record, related_html, superseded
from ui.addresses import Address
from ui.cards import target_actions
from ui.page_image import has_pages
from ui.rendering import (
    beyond_title,
    document_link,
    esc,
    facts,
    link,
    page_words,
    passage_in_text,
    quote_spans,
    sentence,
    trail,
    word_spans,
)
from ui.words import counted, number, t

PART = 300
FOUND = 50


def context_html(
    document: Document, around: Sequence[StoredPassage], cited: StoredPassage, quote: str, at: int | None = None
) -> str:
    """The cited passage between its neighbours, the quotation marked; `at` is the page that the quotation stands on."""
    paged = document.paged
    place = document_link(document, cited, cited.passage.label, at, quote)
    parts, page = [], 0
    for stored in around:
        passage = stored.passage
        if paged and passage.page != page:
            page = passage.page
            parts.append(page_break(page, passage.page_label))
        if stored.id == cited.id:
            parts.append(passage_in_text(stored, quote_spans(passage.text, quote), css="cited", anchor=False))
        else:
            parts.append(passage_in_text(stored, css="neighbour", anchor=False))
    return (
        f"{trail(cited.passage.heading_path, document.title)}{''.join(parts)}"
        f'<p class="onward">{link(place, t("Go on reading in the document"))}</p>'
    )


def page_break(page: int, label: str | None) -> str:
    """The line where a page of the file begins."""
    return f'<p class="page-break" id="page-{page}"><span>{esc(page_words(page, label))}</span></p>'


@dataclass(frozen=True, slots=True)
class Reading:
    """A document opened in the page, and where."""

    document: Document
    passages: Sequence[StoredPassage]
    outline: Sequence[OutlineEntry] = ()
    address: Address = field(default_factory=Address)
    related: Sequence[Related] = ()


def target_of(reading: Reading) -> StoredPassage | None:
    """The passage that the address names: by its id, by its label, or as the first with text on a page."""
    address = reading.address
    for stored in reading.passages:
        if address.passage and stored.id == address.passage:
            return stored
    wanted = (address.label or "").casefold()
    if wanted:
        for stored in reading.passages:
            labels = [stored.passage.label or "", *(label for _, label in stored.passage.pinpoints)]
            if any(label.casefold() == wanted or label.casefold().startswith(f"{wanted}(") for label in labels):
                return stored
    for stored in reading.passages:
        if any(span.page == address.page for span in stored.passage.spans):
            return stored
    return None


def _nowhere(reading: Reading) -> str:
    """Why a document is shown from its start, though a place in it was asked for."""
    page, document = reading.address.page, reading.document
    if page in pages_left_out(document.warnings):
        return sentence(
            t("Personal data stood on page {page}, and is left out; the document is shown from its start.", page=page)
        )
    if page and document.paged and page <= document.pages:
        return sentence(
            t("No text could be read on page {page} of this document; it is shown from its start.", page=page)
        )
    if page and document.paged:
        held = counted(document.pages, "pages")
        return sentence(
            t("This document has {held} and no page {page}; it is shown from its start.", held=held, page=page)
        )
    return sentence(t("That place is not in this document any more; it is shown from its start."))


def document_html(reading: Reading) -> str:
    """A document: what it is, its outline, its passages in order. Long ones come in parts."""
    document, address = reading.document, reading.address
    target = target_of(reading)
    asked = bool(address.label or address.passage or address.page)
    notice = _nowhere(reading) if asked and not target else ""
    position = reading.passages.index(target) if target else address.part * PART
    part = position // PART
    shown = reading.passages[part * PART : (part + 1) * PART]
    body, page, path = [], 0, ()  # type: list[str], int, tuple[str, ...]
    left_out = set(pages_left_out(document.warnings))
    for stored in shown:
        passage = stored.passage
        if document.paged and passage.page != page:
            # Also of the pages between, of which no passage is left.
            for number in sorted(left_out):
                if page < number < passage.page or (number == page and number != passage.page):
                    body.append(_left_out())
                    left_out.discard(number)
            page = passage.page
            body.append(page_break(page, passage.page_label))
        headings = beyond_title(passage.heading_path, document.title)
        if headings and headings != path:
            body.append(_headings(headings, path))
            path = headings
        marks = word_spans(passage.text, address.inside)
        if stored is target and address.quote:
            marks += quote_spans(passage.text, address.quote)
        css = "cited" if stored is target else ""
        if stored is target and has_pages(document):
            see = esc(t("See the page as it looks"))
            body.append(f'<button type="button" class="see" data-see=".page-view">{see}</button>')
        own = target_actions(document, stored, *_around(reading, stored)) if stored is target else ""
        body.append(passage_in_text(stored, marks, css=css, target=stored is target) + own)
    if left_out and (not shown or shown[-1] is reading.passages[-1]):
        body.append(_left_out())
    parts = _parts(reading, part)
    text = f'<div class="text">{"".join(body) or sentence(t("No text could be read in this document."))}</div>'
    if has_pages(document):
        text = f'<div class="with-page">{text}{_picture(reading, target)}</div>'
    about = f"{superseded(reading.related)}{record(document, len(reading.passages))}{related_html(reading.related)}"
    return (
        f'<article class="document"><header class="work"><h2 dir="auto">{esc(document.title)}</h2>'
        f'<p class="facts">{facts(document)}</p>{about}</header>'
        f"{notice}{_found(reading)}{_outline(reading)}{parts}"
        f"{text}{parts}</article>"
    )


def _left_out() -> str:
    """Stands where lines are not shown because they are personal data."""
    return (
        f'<p class="left-out small">{esc(t("Left out here: personal data (a list of participants, or contacts)."))}</p>'
    )


def _around(reading: Reading, stored: StoredPassage) -> tuple[StoredPassage | None, StoredPassage | None]:
    """The passages before and after one."""
    at = reading.passages.index(stored)
    before = reading.passages[at - 1] if at else None
    return before, reading.passages[at + 1] if at + 1 < len(reading.passages) else None


def _picture(reading: Reading, target: StoredPassage | None) -> str:
    """The page as it looks, with the place that was asked for marked, and the ways to the pages around it."""
    document, address = reading.document, reading.address
    page = address.page or (target.passage.page if target else 1)
    page = max(1, min(page, document.pages))
    marked = {"passage": target.id, "quote": address.quote} if target and (address.passage or address.label) else {}
    source = urlencode({"doc": document.id, "page": page} | {name: value for name, value in marked.items() if value})
    links = []
    for other, name in ((page - 1, t("‹ Page before")), (page + 1, t("Next page ›"))):
        place = Address("read", document=document.id, page=other).compose()
        links.append(link(esc(place), name) if 1 <= other <= document.pages else "<span></span>")
    words = t("page {page} of {pages}", page=page, pages=document.pages)
    to = esc(t("To the marked passage"))
    back = f'<button type="button" class="see" data-see="[data-target]">{to}</button>' if target else ""
    looks = esc(t("Page {page} as it looks", page=page))
    return (
        f'<figure class="page-view"><figcaption>{links[0]}<span>{esc(words)}</span>{links[1]}</figcaption>'
        f'<img src="page-image?{esc(source)}" alt="{looks}" loading="lazy">{back}</figure>'
    )


def _headings(path: tuple[str, ...], before: tuple[str, ...]) -> str:
    same = 0
    while same < min(len(path), len(before)) and path[same] == before[same]:
        same += 1
    levels = enumerate(path[same:], same + 3)
    return "".join(f'<h{min(n, 6)} class="heading" dir="auto">{esc(text)}</h{min(n, 6)}>' for n, text in levels if text)


def _outline(reading: Reading) -> str:
    links = []
    for entry in reading.outline:
        found = next((s for s in reading.passages if entry.title in s.passage.heading_path), None)
        place = replace(
            Address("read", document=reading.document.id), passage=found.id if found else None, page=entry.page
        )
        indent = min(entry.level, 4)
        links.append(f'<li class="level-{indent}" dir="auto">{link(esc(place.compose()), entry.title)}</li>')
    if not links:
        return ""
    title = esc(t("Outline"))
    return f'<details class="outline"><summary>{title}</summary><nav aria-label="{title}"><ul>{"".join(links)}</ul></nav></details>'


def _found(reading: Reading) -> str:
    wanted = reading.address.inside
    if not wanted:
        return ""
    found = [stored for stored in reading.passages if word_spans(stored.passage.text, wanted)]
    if not found:
        return sentence(t("“{words}” does not stand in this document.", words=wanted))
    links = []
    for stored in found[:FOUND]:
        place = Address("read", document=reading.document.id, passage=stored.id, inside=wanted).compose()
        start, end = word_spans(stored.passage.text, wanted)[0]
        before = "…" if start > 60 else ""
        excerpt = stored.passage.text[max(0, start - 60) : end + 80]
        name = stored.passage.label or (page_words(stored.passage.page, None) if reading.document.paged else "")
        shown = f"{before}{excerpt}…"
        links.append(f"<li>{link(esc(place), name or t('here'))} <span dir='auto'>{esc(shown)}</span></li>")
    more = "<li>" + esc(t("and {n} more", n=number(len(found) - FOUND))) + "</li>" if len(found) > FOUND else ""
    count = t("“{words}” stands in {passages}", words=wanted, passages=counted(len(found), "passages"))
    return f'<details class="found" open><summary>{esc(count)}</summary><ol>{"".join(links)}{more}</ol></details>'


def _parts(reading: Reading, part: int) -> str:
    last = (len(reading.passages) - 1) // PART
    if last < 1:
        return ""
    place = Address("read", document=reading.document.id, inside=reading.address.inside)
    before = link(esc(replace(place, part=part - 1).compose()), t("‹ Earlier part")) if part else ""
    after = link(esc(replace(place, part=part + 1).compose()), t("Next part ›")) if part < last else ""
    here = esc(t("Part {n} of {last}", n=part + 1, last=last + 1))
    return f'<nav class="parts" aria-label="{esc(t("Parts of the document"))}">{before}<span>{here}</span>{after}</nav>'
