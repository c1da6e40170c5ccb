"""What other programs may call over the network, under names that stay: the JSON shapes of the command line.

A failure is an object too: {"error": a sentence}. One key has another name: a document's `path` is `file` here, for
Gradio's clients take whatever has a `path` for a file to be fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from corpus.errors import RapporteurError
from corpus.records import Filters
from search.records import Mode
from ui import shapes
from ui.handlers import Base, objection

MOST = 100
_LOG = logging.getLogger(__name__)
Shape = dict[str, Any]


def endpoints(base: Base) -> dict[str, Callable[..., Shape]]:
    """The functions by their names, over one knowledge base."""
    return {**_questions(base), **_documents(base)}


def _questions(base: Base) -> dict[str, Callable[..., Shape]]:
    def ask(
        question: str,
        body: list[str] | None = None,
        type: list[str] | None = None,
        language: list[str] | None = None,
        country: list[str] | None = None,
        document: list[str] | None = None,
        date_from: str = "",
        date_to: str = "",
    ) -> dict[str, Any]:
        """Answer a question with exact quotations and their citations, or say that it is not found.

        Args:
            question: The question, as a person would type it.
            body: Only documents of these organisations, such as OSCE, CoE, UN, EU or ILO.
            type: Only documents of these kinds, such as convention, decision or report.
            language: Only passages in these languages, such as en, fr or ru.
            country: Only documents about these countries, by name or ISO code.
            document: Only documents with this in their id, path or title.
            date_from: Only documents of this year, month or day, or later (2003, 2003-05, 2003-05-16).
            date_to: Only documents of this year, month or day, or earlier.
        """
        filters = _filters(body, type, language, country, document, date_from, date_to)
        return _said(question, lambda: shapes.answer(base.ask(question.strip(), filters)))

    def search(
        query: str,
        k: int = 10,
        mode: str = "hybrid",
        body: list[str] | None = None,
        type: list[str] | None = None,
        language: list[str] | None = None,
        country: list[str] | None = None,
        document: list[str] | None = None,
        date_from: str = "",
        date_to: str = "",
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
            date_from: Only documents of this year, month or day, or later (2003, 2003-05, 2003-05-16).
            date_to: Only documents of this year, month or day, or earlier.
        """
        filters = _filters(body, type, language, country, document, date_from, date_to)
        if mode not in set(Mode):
            return {"error": f"There is no way of searching “{mode}”: hybrid, lexical or dense."}
        found = min(MOST, max(1, k))
        return _said(query, lambda: shapes.search_result(base.search(query.strip(), found, Mode(mode), filters)))

    return {"ask": ask, "search": search}


def _documents(base: Base) -> dict[str, Callable[..., Shape]]:
    def show(document: str) -> dict[str, Any]:
        """Show a document: what it is, its outline and all its passages.

        Args:
            document: Its id, path, symbol or title.
        """

        def shown() -> Shape:
            found = base.document(document)
            passages = [shapes.passage(stored, found) for stored in base.passages(found.id)]
            outline = shapes.outline(base.outline(found.id), found)
            return {"document": shapes.whole_document(found, len(passages)), "outline": outline, "passages": passages}

        return _said(document, shown)

    def documents(
        body: list[str] | None = None,
        type: list[str] | None = None,
        country: list[str] | None = None,
        date_from: str = "",
        date_to: str = "",
    ) -> dict[str, Any]:
        """List the documents that are held.

        Args:
            body: Only documents of these organisations, such as OSCE, CoE, UN, EU or ILO.
            type: Only documents of these kinds, such as convention, decision or report.
            country: Only documents about these countries, by name or ISO code.
            date_from: Only documents of this year, month or day, or later (2003, 2003-05, 2003-05-16).
            date_to: Only documents of this year, month or day, or earlier.
        """

        def listed() -> Shape:
            counts = base.passage_counts()
            found = base.documents(_filters(body, type, None, country, None, date_from, date_to))
            shaped = [shapes.whole_document(one, counts.get(one.id, 0)) for one in found]
            return {"revision": base.revision, "total": len(shaped), "documents": shaped}

        return _said("all", listed)

    return {"show": show, "documents": documents}


def _filters(
    body: Sequence[str] | None,
    kind: Sequence[str] | None,
    language: Sequence[str] | None,
    country: Sequence[str] | None,
    document: Sequence[str] | None,
    date_from: str,
    date_to: str,
) -> Filters | None:
    given = Filters(
        body=tuple(body or ()),
        type=tuple(kind or ()),
        language=tuple(language or ()),
        country=tuple(country or ()),
        document=tuple(document or ()),
        date_from=date_from or None,
        date_to=date_to or None,
    )
    return given or None


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
