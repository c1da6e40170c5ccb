"""A concept side by side: the provisions of each instrument as text, table and JSON."""

from __future__ import annotations

from typing import Any

from corpus.concepts import Crosswalk, SideConcept, crosswalk
from corpus.errors import NotFoundError
from corpus.lexicon import fold
from corpus.records import Document, Filters
from search.sidebyside import Column, Provision, SideBySide, ad_hoc, side_by_side
from ui import shapes, terminal
from ui.rendering import page_words
from ui.service import KnowledgeBase
from ui.tables import Table, cells

HEADER = ("instrument", "provision", "heading", "text", "page")


def concepts(base: KnowledgeBase) -> Crosswalk:
    """The concepts that can be asked for, with those of the home's own file."""
    return crosswalk(base.home)


def lay(base: KnowledgeBase, name: str, filters: Filters | None = None) -> SideBySide:
    """Lay a concept over the instruments that are held, or over the documents that pass the filters. A name that is on
    no list is looked for as it stands.

    Raises:
        NotFoundError: no document passes the filters.
    """
    whole = concepts(base)
    concept = whole.find(name) or ad_hoc(name)
    documents = base.documents(filters)
    if filters and not documents:
        raise NotFoundError("No document fits these filters.")
    return side_by_side(base.store, concept, whole, documents, only=bool(filters))


def called(document: Document) -> str:
    """Title and symbol."""
    return terminal.name(document)


def _heading(one: Provision) -> str:
    """The heading, where it says more than the label does."""
    return "" if fold(one.heading) == fold(one.label.partition("(")[0]) else one.heading


def report(laid: SideBySide) -> str:
    """For the terminal."""
    parts = [terminal.bold(laid.concept.name)]
    for column in laid.columns:
        if column.provisions:
            lines = [terminal.bold(called(column.document))]
            heading = None
            for one in column.provisions:
                if one.heading != heading and _heading(one):
                    lines.append(terminal.wrapped(_heading(one), indent="  "))
                heading = one.heading
                page = page_words(one.page, one.page_label)
                where = f"{one.label}, {page}" if page else one.label
                lines += [
                    terminal.wrapped(f"{where}:", indent="    "),
                    terminal.wrapped(f"“{one.text}”", indent="      "),
                ]
            parts.append("\n".join(lines))
    parts += [line for line in remarks(laid) if line]
    return "\n\n".join(parts)


def remarks(laid: SideBySide) -> tuple[str, str]:
    """Which instruments have no such provision, and which are not held; "" where there are none."""
    silent = [called(column.document) for column in laid.columns if not column.provisions]
    return (
        f"No provision found in: {'; '.join(silent)}." if silent else "",
        f"Not held: {'; '.join(laid.not_held)}." if laid.not_held else "",
    )


def table(laid: SideBySide) -> Table:
    """One row a provision."""
    rows = [
        cells(called(column.document), one.label, _heading(one), one.text, page_words(one.page, one.page_label))
        for column in laid.columns
        for one in column.provisions
    ]
    return Table(laid.concept.name, " ".join(line for line in remarks(laid) if line), HEADER, tuple(rows))


def shape(laid: SideBySide, revision: int) -> dict[str, Any]:
    """`side-by-side --json`."""
    return {
        "concept": _concept(laid.concept),
        "revision": revision,
        "instruments": [_column(column) for column in laid.columns],
        "not_held": list(laid.not_held),
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "document": shapes.source(column.document),
        "provisions": [
            {
                "label": one.label,
                "heading": one.heading,
                "text": one.text,
                "passage_id": one.passage_id,
                "page": one.page,
                "page_label": one.page_label,
                "pinned": one.pinned,
            }
            for one in column.provisions
        ],
    }


def _concept(one: SideConcept) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "aliases": list(one.aliases)}


def listed(whole: Crosswalk) -> tuple[dict[str, Any], str]:
    """The concepts that are on the list, as JSON and as text."""
    lines = [f"{one.id:<32} {one.name}" for one in whole.concepts]
    return {"concepts": [_concept(one) for one in whole.concepts]}, "\n".join(lines)
