"""A quotation and a passage as cards, with the buttons under them."""

from __future__ import annotations

import json

from corpus.records import Document, StoredPassage
from search.records import Citation, Hit
from ui.rendering import document_link, esc, link, marked, pinpoint_citation, place_words, plain_citation, trail
from ui.words import said, t


def actions(
    document: Document, stored: StoredPassage, label: str | None, quote: str, page: int | None, page_label: str | None
) -> str:
    """The buttons under a passage or a quotation, and the empty place where its context opens."""
    request = esc(json.dumps({"passage": stored.id, "quote": quote, "page": page}, ensure_ascii=False))
    cite = plain_citation(document, label, page, page_label)
    pinpoint = pinpoint_citation(document, label, page, page_label)
    return (
        '<div class="actions">'
        f'<button type="button" data-context="{request}" aria-expanded="false">{t("Read in context")}</button>'
        f'<button type="button" data-copy="{esc(cite)}">{t("Copy citation")}</button>'
        f'<button type="button" data-copy="{esc(pinpoint)}" title="{esc(pinpoint)}">{t("Copy pinpoint")}</button>'
        f"{link(document_link(document, stored, label, page, quote), t('Open the document'), 'button')}"
        f'<label class="pick"><input type="checkbox" data-pick="{esc(stored.id)}">{t("Pick for export")}</label>'
        '</div><div class="context" hidden></div>'
    )


def target_actions(
    document: Document, stored: StoredPassage, before: StoredPassage | None, after: StoredPassage | None
) -> str:
    """The buttons under the passage that a document was opened at, and the empty place where like ones open."""
    own = stored.passage
    page = own.page if document.paged else None
    cite = plain_citation(document, own.label, page, own.page_label)
    pinpoint = pinpoint_citation(document, own.label, page, own.page_label)
    ways = [
        link(document_link(document, one), words, "button") if one else ""
        for one, words in ((before, t("‹ Passage before")), (after, t("Next passage ›")))
    ]
    return (
        f'<div class="actions here">{ways[0]}'
        f'<button type="button" data-copy="{esc(cite)}">{esc(t("Copy citation"))}</button>'
        f'<button type="button" data-copy="{esc(pinpoint)}" title="{esc(pinpoint)}">{esc(t("Copy pinpoint"))}</button>'
        f'<button type="button" data-similar="{esc(stored.id)}" aria-expanded="false">'
        f"{esc(t('Similar passages elsewhere'))}</button>"
        f'<label class="pick"><input type="checkbox" data-pick="{esc(stored.id)}">{esc(t("Pick for export"))}</label>'
        f'{ways[1]}</div><div class="context" hidden></div>'
    )


def newer_text(document: Document | None) -> str:
    """The way to a text that replaces the one cited; empty where none is held."""
    if document is None:
        return ""
    line = esc(t("A newer text stands in the place of this one:"))
    return f'<p class="source newer">{line} {link(document_link(document), document.title)}</p>'


def citation_card(citation: Citation) -> str:
    """One quotation with its number, its place, and whose words it is."""
    passage = citation.stored.passage
    whose = said(citation.authority)
    if citation.speaker and citation.speaker not in whose:
        whose = t("{speaker}, in: {source}", speaker=citation.speaker, source=whose) if whose else citation.speaker
    place = place_words(citation.label, citation.page, citation.page_label, citation.document)
    line = " ".join(
        part
        for part in (
            f'<span class="place">{esc(place)}</span>' if place else "",
            f'<span class="whose">{esc(whose)}</span>' if whose else "",
        )
        if part
    )
    return (
        f'<li class="citation" id="citation-{citation.n}">'
        f'<blockquote class="quote" dir="auto" lang="{esc(passage.language or "")}">{esc(citation.quote)}'
        f' <span class="number" aria-label="{esc(t("Citation {n}", n=citation.n))}">[{citation.n}]</span></blockquote>'
        f'<p class="source">{line}</p>{newer_text(citation.newer)}'
        f"{actions(citation.document, citation.stored, citation.label, citation.quote, citation.page, citation.page_label)}</li>"
    )


def hit_card(hit: Hit) -> str:
    """A ranked passage with the words that were looked for marked in it; its document stands above it."""
    stored, document = hit.stored, hit.document
    passage = stored.passage
    page = passage.page if document.paged else None
    place = place_words(passage.label, page, passage.page_label if document.paged else None, document)
    source = f'<p class="source"><span class="place">{esc(place)}</span></p>' if place else ""
    lead = f'<p class="lead" dir="auto">{esc(passage.lead)}</p>' if passage.lead else ""
    return (
        f'<div class="hit">{trail(passage.heading_path, document.title)}{lead}'
        f'<blockquote class="passage" dir="auto" lang="{esc(passage.language or "")}">'
        f"{marked(passage.text, hit.highlights)}</blockquote>"
        f"{source}{newer_text(hit.newer)}{actions(document, stored, passage.label, '', page, passage.page_label)}</div>"
    )
