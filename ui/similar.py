"""Passages that say much the same elsewhere: the text of a passage looked for in the other documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from corpus.errors import NotFoundError
from corpus.records import Document, Filters, StoredPassage
from search.records import Mode, SearchResult

DEPTH = 200
WORDS = 60


class Looked(Protocol):
    """What is needed to look for passages."""

    def search(self, query: str, k: int = 10, mode: Mode = Mode.HYBRID, filters: Filters | None = None) -> SearchResult:
        """Ranked passages."""

    def document(self, reference: str) -> Document:
        """One document; raises NotFoundError."""

    def passages(self, document_id: str) -> Sequence[StoredPassage]:
        """Its passages in reading order."""


def passage_of(base: Looked, passage_id: str) -> tuple[Document, StoredPassage]:
    """A passage by its id, and its document.

    Raises:
        NotFoundError: it is not held (any more).
    """
    document = base.document(passage_id.rpartition("-")[0])
    for stored in base.passages(document.id):
        if stored.id == passage_id:
            return document, stored
    raise NotFoundError("This passage is no longer in the collection: search again to see the present text.")


def similar_to(base: Looked, document: Document, stored: StoredPassage, k: int) -> SearchResult:
    """The `k` passages of other documents that are nearest in sense, the nearest first, without highlights."""
    # What stands between quotation marks and capital words such as AND would be read as a query.
    words = "".join(char if char.isalnum() or char in "'’-" else " " for char in stored.passage.text).casefold().split()
    found = base.search(" ".join(words[:WORDS]), DEPTH, Mode.HYBRID)
    others = [hit for hit in found.hits if hit.document.id != document.id][:k]
    hits = tuple(replace(hit, rank=rank, highlights=()) for rank, hit in enumerate(others, 1))
    return replace(found, hits=hits, total=len(hits), query=stored.passage.text)
