"""What is known of a document, under its title in the reader: its facts with their sources, and its relations."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from corpus.records import Basis, Certainty, Document
from corpus.relations import RELATIONS, SUPERSEDING, Related
from ui.cards import newer_text
from ui.rendering import document_link, esc, facts, link, theme_name
from ui.words import counted, country, day, name, t

# Each fact by its name, and the field whose basis is told beside it.
RECORD = {
    "Official address": "url", "Standing": "standing", "Date": "date", "Adopted": "adopted", "Published": "published",
    "Place": "place", "Speakers": "speaker", "Meeting": "meeting", "Countries": "countries", "Themes": "themes",
    "File": "", "Extent": "", "Pages without text": "", "Also called": "", "Noted while reading": "", "Id": "",
}  # fmt: skip
_NEWER = {RELATIONS[relation] for relation in SUPERSEDING}


def record(document: Document, passages: int) -> str:
    """The facts of a document, folded; `passages` is their number. What is not certain says so, and where it is from."""
    extent = counted(passages, "passages")
    extent = f"{counted(document.pages, 'pages')}, {extent}" if document.paged else extent
    url = document.url or ""
    official = (
        f'<a href="{esc(url)}" rel="noreferrer">{esc(url)}</a>' if url.startswith(("https://", "http://")) else ""
    )
    file = f"original?{esc(urlencode({'doc': document.id}))}"
    values = (
        official,
        esc(name(document.standing or "")),
        esc(day(document.date)),
        esc(day(document.adopted)) if document.adopted != document.date else "",
        esc(day(document.published)) if document.published != document.date else "",
        esc(document.place or ""),
        esc("; ".join(document.speakers) or document.speaker or ""),
        esc(document.meeting or ""),
        esc(", ".join(map(country, document.countries))),
        esc(", ".join(map(theme_name, document.themes))),
        f'{esc(document.path)} · <a href="{file}" download>{esc(t("Save the file"))}</a>',
        esc(extent),
        esc(document.pages_without_text or ""),
        esc("; ".join(document.aliases)),
        f'<span lang="en">{esc("; ".join(document.warnings))}</span>' if document.warnings else "",
        esc(document.id) + _removal(document),
    )
    known = {one.field: one for one in document.basis}
    rows = zip(RECORD.items(), values, strict=True)
    listed = "".join(
        f"<dt>{esc(t(title))}</dt><dd>{value}{_doubt(known.get(field))}</dd>" for (title, field), value in rows if value
    )
    return f'<details class="record"><summary>{esc(t("About this document"))}</summary><dl>{listed}</dl></details>'


def _removal(document: Document) -> str:
    """The way to remove a document, in two steps; shown by the style sheet only where the page is served for curators."""
    return (
        f'<span class="removal"><button type="button" data-ask-removal>{esc(t("Remove from the collection"))}</button>'
        f'<span role="alert" hidden>{esc(t("Remove it for good?"))} '
        f'<button type="button" data-remove="{esc(document.id)}">{esc(t("Yes, remove"))}</button> '
        f'<button type="button" data-keep>{esc(t("No, keep it"))}</button></span></span>'
    )


def _doubt(basis: Basis | None) -> str:
    """How sure a value is that is not certain, and where it came from."""
    if basis is None or basis.certainty is Certainty.CERTAIN:
        return ""
    sure = t("likely") if basis.certainty is Certainty.LIKELY else t("a guess")
    return f' <span class="doubt">({esc(sure)}; <span lang="en">{esc(basis.source)}</span>)</span>'


def superseded(related: Sequence[Related]) -> str:
    """Says that a newer text stands in the place of this one, with the way to it."""
    newer = next((one.document for one in related if one.relation in _NEWER and one.document), None)
    if newer is None:
        return ""
    return f'<div class="notice" role="note">{newer_text(newer)}</div>'


def related_html(related: Sequence[Related]) -> str:
    """The relations of a document: held ones as links, the others by their names."""
    if not related:
        return ""
    rows = []
    for one in related:
        if one.document is not None:
            title = f"{link(document_link(one.document), one.document.title)} <span class='facts'>{facts(one.document)}</span>"
        else:
            title = f"{esc(one.name)} <span class='doubt'>({esc(t('not held here'))})</span>"
        rows.append(f"<dt>{esc(name(one.relation))}</dt><dd dir='auto'>{title}</dd>")
    count = esc(t("Related documents ({n})", n=len(related)))
    return f'<details class="record related" open><summary>{count}</summary><dl>{"".join(rows)}</dl></details>'
