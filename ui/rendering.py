"""From records to HTML. Everything that comes from a document, a file name or a person is escaped here, in one place.

The page is Gradio's; what stands in it is written by these functions as plain strings, so that they can be tested alone.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpus.lexicon import theme_title
from corpus.records import Document, StoredPassage
from corpus.symbols import normalise_symbol
from ingest.extract.scans import ocr_pages
from ui.addresses import Address
from ui.words import day, language_name, name, number, spoken, t

BODIES = {
    "CoE": "Council of Europe", "EU": "European Union", "ILO": "International Labour Organization",
    "UN": "United Nations", "US": "United States",
}  # fmt: skip
Spans = Iterable[tuple[int, int]]


def esc(text: object) -> str:
    """Text made safe for HTML, in content and in quoted attributes."""
    return html.escape("".join(c for c in str(text) if c in "\n\t" or unicodedata.category(c) != "Cc"), quote=True)


def marked(text: str, spans: Spans) -> str:
    """Escaped text with `<mark>` around the spans (half-open offsets). Spans out of range are cut to it; those
    that overlap, or that only blanks part, are joined."""
    joined: list[list[int]] = []
    for start, end in sorted((max(0, start), min(len(text), end)) for start, end in spans):
        if start >= end:
            continue
        if joined and (start <= joined[-1][1] or text[joined[-1][1] : start].isspace()):
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    parts, at = [], 0
    for start, end in joined:
        parts += [esc(text[at:start]), "<mark>", esc(text[start:end]), "</mark>"]
        at = end
    return "".join([*parts, esc(text[at:])])


def quote_spans(text: str, quote: str) -> list[tuple[int, int]]:
    """Where the quote stands in the text, letters and digits compared alone; empty where it does not."""
    places = [at for at, char in enumerate(text) if char.isalnum()]
    plain = "".join(text[at].casefold()[:1] for at in places)
    wanted = "".join(char.casefold()[:1] for char in quote if char.isalnum())
    start = plain.find(wanted) if wanted else -1
    return [] if start < 0 else [(places[start], places[start + len(wanted) - 1] + 1)]


def word_spans(text: str, wanted: str) -> list[tuple[int, int]]:
    """Every place of a word or phrase in the text, capitals and runs of blanks aside."""
    pattern = r"\s+".join(re.escape(word) for word in wanted.split())
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)] if pattern else []


def page_words(page: int | None, label: str | None) -> str:
    """The page as printed and as counted: "page iv (page 6 of the file)"."""
    if page is None:
        return ""
    if label and label != str(page):
        return t("page {label} (page {page} of the file)", label=label, page=page)
    return t("page {page}", page=page)


def place_words(label: str | None, page: int | None, page_label: str | None, document: Document | None = None) -> str:
    """Label and page in one line; and, of a page of the document that was read by OCR, that it was."""
    scanned = t("read by OCR") if document and document.paged and page in ocr_pages(document.warnings) else ""
    return " · ".join(part for part in (label or "", page_words(page, page_label), scanned) if part)


def plain_citation(document: Document, label: str | None, page: int | None, page_label: str | None) -> str:
    """One line to paste: title, symbol, pinpoint; the date where there is no symbol."""
    parts = [document.title.strip().rstrip(".")]
    if document.symbol and normalise_symbol(document.symbol) not in normalise_symbol(document.title):
        parts.append(document.symbol)
    elif not document.symbol and document.date and document.date[:4] not in document.title:
        parts.append(day(document.date, "en"))
    if label:
        parts.append(label)
    if page is not None and (document.paged or not label):
        parts.append(f"p. {page_label or page}")
    return ", ".join(parts)


_SHORT = (
    (re.compile(r"^Articles?\b"), "Art."),
    (re.compile(r"^[Pp]aragraphs?\b"), "para."),
    (re.compile(r"^Sections?\b"), "sec."),
)


def pinpoint_citation(document: Document, label: str | None, page: int | None, page_label: str | None) -> str:
    """The short form for a footnote: "CETS 197, Art. 13(1)", "A/HRC/56/16, para. 45"; by the page where there is no label."""
    name = document.symbol or document.title.strip().rstrip(".")
    place = label or ""
    for word, short in _SHORT:
        place = word.sub(short, place)
    if not place and page is not None and document.paged:
        place = f"p. {page_label or page}"
    return ", ".join(part for part in (name, place) if part)


def facts(document: Document, *, symbol: bool = True) -> str:
    """What a document is, on one line: body, symbol, type, date, language."""
    parts = [
        body_name(document.body),
        (document.symbol or "") if symbol else "",
        type_name(document.type),
        day(document.date),
        language_name(document.language or ""),
    ]
    return " · ".join(f"<span>{esc(part)}</span>" for part in parts if part)


def body_name(body: str | None) -> str:
    """An organisation by its usual name."""
    return name(BODIES.get(body or "", body or ""))


def type_name(kind: str | None) -> str:
    """A type of document in words."""
    return name((kind or "").replace("-", " "))


def theme_name(theme: str) -> str:
    """A theme in words."""
    return theme_title(theme) if spoken() == "en" else name(theme.replace("-", " "))


def document_link(
    document: Document,
    stored: StoredPassage | None = None,
    label: str | None = None,
    page: int | None = None,
    quote: str = "",
) -> str:
    """The address of a document in the page, at a passage and a quotation in it where given; escaped for an attribute."""
    passage = stored.id if stored else None
    page = page if document.paged else None
    return esc(Address("read", document=document.id, label=label, passage=passage, page=page, quote=quote).compose())


def link(address: str, text: str, css: str = "") -> str:
    """A link inside the page. `address` must be escaped already, `text` is escaped here."""
    return f'<a data-go class="{css}" href="{address}">{esc(text)}</a>'


def document_head(document: Document) -> str:
    """Title and facts of a document, above what is quoted from it."""
    return (
        f'<header class="work"><h3 dir="auto">{link(document_link(document), document.title)}</h3>'
        f'<p class="facts">{facts(document)}</p></header>'
    )


def beyond_title(headings: Sequence[str], title: str) -> tuple[str, ...]:
    """The headings that say more than the title does: a first one that repeats it is left out."""
    plain = title.casefold().removesuffix(" (digest)")
    first = headings[0].casefold() if headings else ""
    repeats = bool(plain and first) and (first.startswith(plain) or plain.startswith(first))
    return tuple(heading for heading in headings[repeats:] if heading)


def trail(headings: Sequence[str], title: str = "") -> str:
    """The headings above a passage, on one line."""
    headings = beyond_title(headings, title)
    inside = ' <span aria-hidden="true">›</span> '.join(f"<span>{esc(heading)}</span>" for heading in headings)
    return f'<p class="trail" dir="auto">{inside}</p>' if inside else ""


def passage_in_text(
    stored: StoredPassage, marks: Spans = (), *, css: str = "", anchor: bool = True, target: bool = False
) -> str:
    """A passage as it stands in its document, its label in the margin."""
    passage = stored.passage
    name = f' id="passage-{esc(stored.id)}"' if anchor else ""
    here = " data-target" if target else ""
    lead = f'<p class="lead">{esc(passage.lead)}</p>' if passage.lead and css == "cited" else ""
    speaker = f'<p class="speaker">{esc(passage.speaker)}</p>' if passage.speaker else ""
    pages = [span.page for span in passage.spans]
    reach = (
        f'<span class="reach">{esc(reach_words(min(pages), max(pages)))}</span>'
        if pages and min(pages) < max(pages)
        else ""
    )
    label = esc(passage.label or "")
    if anchor:
        address = esc(Address("read", document=stored.document_id, passage=stored.id).compose())
        words = "" if passage.label else f' aria-label="{esc(t("Passage {n}", n=passage.ordinal + 1))}"'
        label = f'<a data-go href="{address}"{words}>{label or "¶"}</a>'
    return (
        f'<div class="text-passage {css} {passage.kind.value}"{name}{here} dir="auto" lang="{esc(passage.language or "")}">'
        f'<span class="label">{label}{reach}</span><div>{speaker}{lead}'
        f"<p>{marked(passage.text, marks)}</p></div></div>"
    )


def reach_words(first: int, last: int) -> str:
    """The pages that a passage runs over."""
    return t("pages {first}–{last}", first=first, last=last)


def sentence(text: str, css: str = "notice") -> str:
    """A sentence to the reader, in place of a result."""
    return f'<p class="{css}" role="status">{esc(text)}</p>'


def parts_nav(count: int, size: int, address: Address) -> str:
    """The ways through a list that is shown `size` at a time; empty where one part holds it all."""
    last = (count - 1) // size
    if last < 1:
        return ""
    part = min(address.part, last)
    before = link(esc(replace(address, part=part - 1).compose()), t("‹ Before")) if part else "<span></span>"
    after = link(esc(replace(address, part=part + 1).compose()), t("Next ›")) if part < last else "<span></span>"
    first, end = number(part * size + 1), number(min(count, (part + 1) * size))
    here = t("{first}–{last} of {n}", first=first, last=end, n=number(count))
    name = esc(t("Parts of the list"))
    return f'<nav class="parts" aria-label="{name}">{before}<span>{esc(here)}</span>{after}</nav>'
