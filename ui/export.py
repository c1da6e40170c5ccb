"""Citations and passages for other programs: what to export, and as what."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from corpus.edited_tables import guarded
from corpus.errors import UsageError
from corpus.records import Document, Filters
from ui.references import Item, bibtex, csl_items, ris
from ui.rendering import plain_citation

if TYPE_CHECKING:
    from ui.service import KnowledgeBase

COLUMNS = (
    "citation", "quote", "label", "page", "page_label", "speaker", "title", "symbol", "body", "type", "date", "language",
    "url", "path", "document_id", "passage_id",
)  # fmt: skip
_PASSAGE_ID = re.compile(r"(?P<document>.+)-(?P<ordinal>\d+)")


def choose(
    base: KnowledgeBase,
    references: Sequence[str],
    *,
    label: str | None = None,
    query: str | None = None,
    k: int = 10,
    filters: Filters | None = None,
) -> list[Item]:
    """What to export: passages by their ids, documents by any of their names (with `label` the passages of that part),
    the `k` passages that a query finds, or, where only filters are given, all documents that pass them.

    Raises:
        UsageError: nothing was named, or a name fits several documents.
        NotFoundError: a name or label fits none.
    """
    if not references and query is None:
        if not filters:
            raise UsageError("Name what to export: documents, passage ids, --query or filters such as --body OSCE.")
        return [Item(document) for document in base.documents(filters)]
    items: list[Item] = []
    for reference in references:
        passage = _passage(base, reference)
        if passage is not None:
            items.append(passage)
        elif label is None:
            items.append(Item(base.document(reference)))
        else:
            shown = base.show(reference, label=label)
            items += [Item(shown.document, stored) for stored in shown.passages]
    if query is not None:
        items += [Item(hit.document, hit.stored) for hit in base.search(query, k, filters=filters).hits]
    return items


def _passage(base: KnowledgeBase, reference: str) -> Item | None:
    match = _PASSAGE_ID.fullmatch(reference)
    document = base.store.documents_by_id([match["document"]]).get(match["document"]) if match else None
    if document is None:
        return None
    found = next((stored for stored in base.passages(document.id) if stored.id == reference), None)
    return None if found is None else Item(document, found)


def write(items: Sequence[Item], form: str) -> str | bytes:
    """The items in one of the formats of `ui.options.EXPORTS`; bytes for Word, text for the others."""
    if form == "docx":
        return word(items)
    if form == "csl-json":
        return json.dumps(csl_items(items), ensure_ascii=False, indent=2) + "\n"
    return {"ris": ris, "bibtex": bibtex, "csv": table, "markdown": markdown}[form](items)


def cite(item: Item) -> str:
    """One line to paste."""
    if item.stored is None:
        return plain_citation(item.document, None, None, None)
    own = item.stored.passage
    return plain_citation(item.document, own.label, own.page if item.document.paged else None, own.page_label)


def table(items: Sequence[Item]) -> str:
    """CSV with a header; one row an item."""
    return csv_text(COLUMNS, [row(item) for item in items])


def row(item: Item) -> list[str]:
    """The cells of an item, in the order of COLUMNS; empty where nothing is known."""
    document, stored = item.document, item.stored
    about = [
        document.title, document.symbol, document.body, document.type, document.date, document.language, document.url,
        document.path, document.id,
    ]  # fmt: skip
    if stored is None:
        cells = [cite(item), None, None, None, None, document.speaker, *about, None]
    else:
        own = stored.passage
        page = str(own.page) if document.paged else None
        cells = [cite(item), own.text, own.label, page, own.page_label, own.speaker, *about, stored.id]
    return [cell or "" for cell in cells]


def csv_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A CSV table (RFC 4180); cells that a spreadsheet would run as a formula begin with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(map(guarded, row) for row in rows)
    return out.getvalue()


def markdown(items: Sequence[Item]) -> str:
    """Quotations as Markdown quotes with their citations; documents as a list."""
    parts = []
    for item in items:
        if item.stored is None:
            parts.append(f"- {plain(cite(item))}{_link(item.document.url or '')}")
        else:
            quote = "\n".join(f"> {plain(line)}" for line in item.stored.passage.text.splitlines())
            parts.append(f"{quote}\n>\n> {plain(cite(item))}")
    return "\n\n".join(parts) + "\n" if parts else ""


def _link(url: str) -> str:
    """A web address as a link; whatever else stands in its place as text."""
    if not url:
        return ""
    return f" <{url}>" if re.fullmatch(r"https?://[^\s<>\\]+", url) else f" {plain(url)}"


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)


def word(items: Sequence[Item]) -> bytes:
    """A Word document: for each document its quotations, each with its citation."""
    import docx

    made = docx.Document()
    made.core_properties.title = "Passages"
    made.core_properties.author = ""
    for document, group in groupby(items, key=lambda item: item.document):
        made.add_heading(printable(document.title), level=2)
        facts = [part for part in (document.body, document.symbol, document.date, document.url) if part]
        if facts:
            made.add_paragraph(printable(" · ".join(facts)))
        _quotations(made, document, [item for item in group if item.stored is not None])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _quotations(made: object, document: Document, items: Sequence[Item]) -> None:
    for item in items:
        assert item.stored is not None
        made.add_paragraph(printable(item.stored.passage.text), style="Quote")  # type: ignore[attr-defined]
        made.add_paragraph(printable(cite(item)))  # type: ignore[attr-defined]


def printable(text: str) -> str:
    """Text without the control characters that no Word file may hold."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
