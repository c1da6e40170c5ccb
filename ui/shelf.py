"""The library as HTML: what the collection holds by body, type, language and time, and its documents, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corpus.lexicon import fold
from corpus.records import Document
from ui.addresses import Address
from ui.facets import BODY, LANGUAGE, TYPE, YEAR, Facet, chosen, counts, facet_html
from ui.rendering import body_name, document_link, esc, link, parts_nav, sentence, type_name
from ui.words import counted, language_name, number, t

PART = 60
COLUMNS = ("Document", "Type", "Body", "Date", "Language", "Pages", "Passages")


FACETS = (BODY, TYPE, LANGUAGE, YEAR)


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


def library_html(
    documents: Sequence[Document],
    passages: Mapping[str, int],
    status: str,
    problems: Iterable[tuple[str, str]],
    address: Address | None = None,
) -> str:
    """What the collection holds, and what could not be read at the last ingestion: (file, reason)."""
    address = address or Address(tab="library")
    if not documents:
        return f'<article class="library">{sentence(t("The library is empty so far."))}</article>'
    shown = [document for document in documents if fits(document, address)]
    # The counts of one facet regard what is chosen in the others.
    facets = "".join(
        facet_html(counts((one for one in documents if fits(one, address, facet)), facet), address, facet)
        for facet in FACETS
    )
    parts = parts_nav(len(shown), PART, address)
    part = min(address.part, max(0, (len(shown) - 1) // PART))
    table = _table(shown[part * PART : (part + 1) * PART], passages)
    if not shown:
        table = sentence(t("No document fits. Fewer words, or another choice above, may help."))
    return (
        f'<article class="library"><p class="count" role="status">{esc(status)}</p>{_problems(problems)}'
        f'<section class="holdings" aria-label="{esc(t("What it holds"))}">{facets}</section>'
        f"{_chosen(address, len(shown))}{parts}{table}{parts}</article>"
    )


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
