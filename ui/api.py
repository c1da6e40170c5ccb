"""What other programs may call over the network, under names that stay: the JSON shapes of the command line.

A failure is an object too: {"error": a sentence}. One key has another name: a document's `path` is `file` here, for
Gradio's clients take whatever has a `path` for a file to be fetched.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from corpus.errors import RapporteurError, UsageError
from corpus.records import Filters
from search.records import Mode
from ui import shapes
from ui.export import write
from ui.finding import find_label
from ui.handlers import Base, objection
from ui.originals import MOST_ITEMS
from ui.people import audit
from ui.references import Item
from ui.similar import passage_of, similar_to

MOST = 100
PASSAGES = 1000
TEXTS = ("markdown", "ris", "bibtex", "csl-json", "csv")
_LOG = logging.getLogger(__name__)
Shape = dict[str, Any]


def endpoints(base: Base) -> dict[str, Callable[..., Shape]]:
    """The functions by their names, over one knowledge base."""
    return {**_questions(base), **_searches(base), **_documents(base), **_elsewhere(base)}


def _questions(base: Base) -> dict[str, Callable[..., Shape]]:
    def ask(
        question: str,
        body: list[str] | None = None,
        type: list[str] | None = None,
        language: list[str] | None = None,
        country: list[str] | None = None,
        document: list[str] | None = None,
        theme: list[str] | None = None,
        meeting: list[str] | None = None,
        date_from: str = "",
        date_to: str = "",
        ignore: list[str] | None = None,
        standing: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question with exact quotations and their citations, or say that it is not found.

        The status is answered, partial, not_found (the reason is given) or clarify (the question fits several texts).
        Every quotation stands word for word on the page that its citation names.

        Args:
            question: The question, as a person would type it.
            body: Only documents of these organisations, such as OSCE, CoE, UN, EU or ILO.
            type: Only documents of these kinds, such as convention, decision or report.
            language: Only passages in these languages, such as en, fr or ru.
            country: Only documents about these countries, by name or ISO code.
            document: Only documents with this in their id, path or title.
            theme: Only documents on these themes, such as victim-protection.
            meeting: Only documents of meetings with this in their name.
            date_from: Only documents of this year, month or day, or later (2003, 2003-05, 2003-05-16).
            date_to: Only documents of this year, month or day, or earlier.
            ignore: What is not to be understood of it, each as field:value ("period:2023", "country:ALB").
            standing: Only documents of this standing: binding, political, guidance or informational.
        """
        filters = _filters(
            date_from, date_to, body=body, type=type, language=language, country=country, document=document,
            theme=theme, meeting=meeting, standing=standing,
        )  # fmt: skip

        def answered() -> Shape:
            audit.question(base.home, question)
            return shapes.answer(base.ask(question.strip(), filters, ignore or ()))

        return _said(question, answered)

    return {"ask": ask}


def _searches(base: Base) -> dict[str, Callable[..., Shape]]:
    def search(
        query: str,
        k: int = 10,
        mode: str = "hybrid",
        body: list[str] | None = None,
        type: list[str] | None = None,
        language: list[str] | None = None,
        country: list[str] | None = None,
        document: list[str] | None = None,
        theme: list[str] | None = None,
        meeting: list[str] | None = None,
        date_from: str = "",
        date_to: str = "",
        ignore: list[str] | None = None,
        standing: list[str] | None = None,
    ) -> dict[str, Any]:
        """Find passages of documents, the best first.

        Args:
            query: Words; "exact phrases", AND, OR, NOT and fields such as body:OSCE year:2003..2007 work inside.
            k: How many passages, at most 100.
            mode: hybrid (words and meaning), lexical (words) or dense (meaning).
            body: Only documents of these organisations, such as OSCE, CoE, UN, EU or ILO.
            type: Only documents of these kinds, such as convention, decision or report.
            language: Only passages in these languages, such as en, fr or ru.
            country: Only documents about these countries, by name or ISO code.
            document: Only documents with this in their id, path or title.
            theme: Only documents on these themes, such as victim-protection.
            meeting: Only documents of meetings with this in their name.
            date_from: Only documents of this year, month or day, or later (2003, 2003-05, 2003-05-16).
            date_to: Only documents of this year, month or day, or earlier.
            ignore: What is not to be understood of it, each as field:value ("period:2023", "country:ALB").
            standing: Only documents of this standing: binding, political, guidance or informational.
        """
        filters = _filters(
            date_from, date_to, body=body, type=type, language=language, country=country, document=document,
            theme=theme, meeting=meeting, standing=standing,
        )  # fmt: skip
        if mode not in set(Mode):
            return {"error": f"There is no way of searching “{mode}”: hybrid, lexical or dense."}
        found = min(MOST, max(1, k))

        def searched() -> Shape:
            audit.question(base.home, query)
            return shapes.search_result(base.search(query.strip(), found, Mode(mode), filters, ignore or ()))

        return _said(query, searched)

    return {"search": search}


def _documents(base: Base) -> dict[str, Callable[..., Shape]]:
    def show(document: str, label: str = "", page: int = 0, start: int = 0, most: int = PASSAGES) -> dict[str, Any]:
        """Show a document: what it is, its outline and its passages in reading order, part by part.

        Args:
            document: Its id, path, symbol or title.
            label: Only the passages of this part, such as Article 13 or para. 45.
            page: Only the passages with text on this page of the file, counted from 1; 0 for all.
            start: How many of these passages to leave out from the first on.
            most: How many passages to give, at most 1000.
        """

        def shown() -> Shape:
            found = base.document(document)
            passages = list(base.passages(found.id))
            whole = len(passages)
            if page:
                passages = [stored for stored in passages if any(span.page == page for span in stored.passage.spans)]
            if label:
                passages = find_label(passages, label)
            first = max(0, start)
            given = passages[first : first + min(PASSAGES, max(1, most))]
            return {
                "document": shapes.whole_document(found, whole),
                "outline": shapes.outline(base.outline(found.id), found),
                "total": len(passages),
                "start": first,
                "passages": [shapes.passage(stored, found) for stored in given],
            }

        return _said(document, shown)

    def documents(
        body: list[str] | None = None,
        type: list[str] | None = None,
        country: list[str] | None = None,
        theme: list[str] | None = None,
        meeting: list[str] | None = None,
        date_from: str = "",
        date_to: str = "",
        standing: list[str] | None = None,
    ) -> dict[str, Any]:
        """List the documents that are held.

        Args:
            body: Only documents of these organisations, such as OSCE, CoE, UN, EU or ILO.
            type: Only documents of these kinds, such as convention, decision or report.
            country: Only documents about these countries, by name or ISO code.
            theme: Only documents on these themes, such as victim-protection.
            meeting: Only documents of meetings with this in their name.
            date_from: Only documents of this year, month or day, or later (2003, 2003-05, 2003-05-16).
            date_to: Only documents of this year, month or day, or earlier.
            standing: Only documents of this standing: binding, political, guidance or informational.
        """

        def listed() -> Shape:
            counts = base.passage_counts()
            filters = _filters(
                date_from,
                date_to,
                body=body,
                type=type,
                country=country,
                theme=theme,
                meeting=meeting,
                standing=standing,
            )
            shaped = [shapes.whole_document(one, counts.get(one.id, 0)) for one in base.documents(filters)]
            return {"revision": base.revision, "total": len(shaped), "documents": shaped}

        return _said("all", listed)

    return {"show": show, "documents": documents}


def _elsewhere(base: Base) -> dict[str, Callable[..., Shape]]:
    def similar(passage: str, k: int = 5) -> dict[str, Any]:
        """Find passages of other documents that say much the same as a passage does, the nearest first.

        Args:
            passage: The id of the passage, as search, ask and show give it.
            k: How many passages, at most 100.
        """

        def found() -> Shape:
            document, stored = passage_of(base, passage)
            return shapes.search_result(similar_to(base, document, stored, min(MOST, max(1, k))))

        return _said(passage, found)

    def cite(passages: list[str], format: str = "markdown") -> dict[str, Any]:
        """Write passages with their citations in the format of another program.

        Args:
            passages: The ids of the passages, as search, ask and show give them; at most 500.
            format: markdown, ris, bibtex, csl-json or csv.
        """

        def written() -> Shape:
            if format not in TEXTS:
                raise UsageError(f"There is no format “{format}”: choose one of {', '.join(TEXTS)}.")
            items = [Item(*passage_of(base, name)) for name in dict.fromkeys(passages[:MOST_ITEMS])]
            content = str(write(items, format))
            audit.exported(base.home, format, (item.document.id for item in items))
            return {"format": format, "items": len(items), "content": content}

        return _said("passages" if passages else "", written)

    return {"similar": similar, "cite": cite}


def _filters(date_from: str, date_to: str, **given: Sequence[str] | None) -> Filters | None:
    lists: dict[str, Any] = {name: tuple(values or ()) for name, values in given.items()}
    return Filters(**lists, date_from=date_from or None, date_to=date_to or None) or None


def _renamed(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {"file" if key == "path" else key: _renamed(value) for key, value in shape.items()}
    return [_renamed(one) for one in shape] if isinstance(shape, list) else shape


def _said(text: str, answer: Callable[[], Shape]) -> Shape:
    """The answer, or what went wrong in words."""
    try:
        no = objection(text)
        renamed: Shape = {"error": no} if no else _renamed(answer())
        return renamed
    except RapporteurError as error:
        return {"error": str(error)}
    except Exception:  # noqa: BLE001 – the edge where a request becomes a sentence; the log keeps the trace
        _LOG.exception("a request of another program failed")
        return {"error": "Something went wrong on our side; it is noted in the log of the server."}


def as_json(data: Sequence[Any], root_url: str) -> list[Any]:
    """What a tool of MCP answers: each result as JSON text, where Gradio would write Python's own notation."""
    from mcp.types import TextContent

    return [TextContent(type="text", text=json.dumps(one, ensure_ascii=False)) for one in data]
