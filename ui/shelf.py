"""The library as HTML: what the collection holds by body, type, language and time, and its documents, part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.lexicon import fold
from corpus.records import Document
from ui.addresses import Address
from ui.facets import BODY, COUNTRY, LANGUAGE, MEETING, STANDING, THEME, TYPE, YEAR, Facet, chosen, counts, facet_html
from ui.plot import years_plot
from ui.rendering import body_name, document_link, esc, link, parts_nav, sentence, type_name
from ui.words import counted, language_name, number, t

PART = 60
COLUMNS = ("Document", "Type", "Body", "Date", "Language", "Pages", "Passages")


FACETS = (BODY, TYPE, LANGUAGE, YEAR, COUNTRY, THEME, MEETING, STANDING)
ALWAYS = FACETS[:4]


def fits(document: Document, address: Address, without: Facet | None = None) -> bool:
    """Whether a document belongs to what an address asks for; `without` leaves one facet aside."""
    wanted = fold(address.inside)
    named = fold(" ".join((document.title, document.symbol or "", document.path, *document.aliases)))
    if wanted and not all(word in named for word in wanted.split()):
        return False
    return all(
        facet is without or not (values := chosen(address, facet)) or set(facet.values(document)) & set(values)
        for facet in FACETS
    )


@dataclass(frozen=True, slots=True)
class Holding:
    """All that the library tells: its documents, how many passages each has, in words what it holds and when it was
    filled, and the files that could not be read: (file, reason)."""

    documents: Sequence[Document]
    passages: Mapping[str, int]
    status: str = ""
    filled: str = ""
    problems: Sequence[tuple[str, str]] = ()


def library_html(held: Holding, address: Address | None = None) -> str:
    """What the collection holds and what it lacks, or the part of it that an address asks for."""
    address = address or Address(tab="library")
    if not held.documents:
        return f'<article class="library">{sentence(t("The library is empty so far."))}</article>'
    shown = [document for document in held.documents if fits(document, address)]
    # The counts of one facet regard what is chosen in the others.
    counted_by = (
        (facet, counts((one for one in held.documents if fits(one, address, facet)), facet)) for facet in FACETS
    )
    facets = "".join(facet_html(found, address, facet) for facet, found in counted_by if found or facet in ALWAYS)
    parts = parts_nav(len(shown), PART, address)
    part = min(address.part, max(0, (len(shown) - 1) // PART))
    table = _table(shown[part * PART : (part + 1) * PART], held.passages)
    if not shown:
        table = sentence(t("No document fits. Fewer words, or another choice above, may help."))
    years = Counter(int(one.date[:4]) for one in shown if one.date and one.date[:4].isdecimal())
    filled = f'<p class="small">{esc(held.filled)}</p>' if held.filled else ""
    return (
        f'<article class="library"><p class="count" role="status">{esc(held.status)}</p>{filled}'
        f"{_problems(held.problems)}{_without_text(held.documents)}{years_plot(years)}"
        f'<section class="holdings" aria-label="{esc(t("What it holds"))}">{facets}</section>'
        f"{_chosen(address, len(shown))}{parts}{table}{parts}</article>"
    )


def _without_text(documents: Iterable[Document]) -> str:
    """The documents with pages that hold no text, folded."""
    poor = [one for one in documents if one.pages_without_text]
    if not poor:
        return ""
    listed = "".join(
        f"<li>{link(document_link(one), one.title)} "
        f"{esc(t('{n} of {pages}', n=number(one.pages_without_text), pages=counted(one.pages, 'pages')))}</li>"
        for one in poor
    )
    pages = counted(sum(one.pages_without_text for one in poor), "pages without text")
    title = esc(
        t("{pages} in {documents}: scans that need OCR", pages=pages, documents=counted(len(poor), "documents"))
    )
    return f'<details class="problems"><summary>{title}</summary><ul>{listed}</ul></details>'


def _chosen(address: Address, count: int) -> str:
    """What was chosen, and the way back to everything."""
    words = [facet.words(value) for facet in FACETS for value in chosen(address, facet)]
    words += [f"“{address.inside}”"] if address.inside else []
    if not words:
        return ""
    everything = link(esc(Address(tab="library").compose()), t("Show everything"))
    return f'<p class="chosen">{esc(counted(count, "documents") + ": " + " · ".join(words))} {everything}</p>'


def _problems(problems: Iterable[tuple[str, str]]) -> str:
    listed = [f'<li><span class="path">{esc(path)}</span> {esc(reason)}</li>' for path, reason in problems]
    if not listed:
        return ""
    title = esc(t("{files} could not be read, or only in part", files=counted(len(listed), "files")))
    return f'<details class="problems"><summary>{title}</summary><ul>{"".join(listed)}</ul></details>'


def _table(documents: Sequence[Document], passages: Mapping[str, int]) -> str:
    rows = []
    for document in documents:
        symbol = f' <span class="symbol">{esc(document.symbol)}</span>' if document.symbol else ""
        cells = (
            link(document_link(document), document.title) + symbol,
            esc(type_name(document.type)),
            esc(body_name(document.body)),
            esc(document.date or ""),
            esc(language_name(document.language or "")),
            number(document.pages) if document.paged else "",
            number(passages.get(document.id, 0)),
        )
        named = zip(COLUMNS, cells, strict=True)
        rows.append(
            "<tr>" + "".join(f'<td data-name="{esc(t(name))}" dir="auto">{cell}</td>' for name, cell in named) + "</tr>"
        )
    head = "".join(f'<th scope="col">{esc(t(name))}</th>' for name in COLUMNS)
    return f'<table class="shelf"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
