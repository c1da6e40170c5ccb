"""The way from a question to candidates as Haystack components: thin covers over the functions that `engine` joins.

Each takes and gives Haystack documents, one for a passage, so that each can stand in any other pipeline, or another
component between them; `haystack_answering` has those that rank and answer. Scores: higher is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from haystack import Document, component

from corpus.errors import UsageError
from search.dense import Floats, Ids
from search.engine import DEPTH, WEIGHTS, weights_of
from search.fuse import weighted_mean
from search.haystack_store import RapporteurDocumentStore
from search.query import understand


@component
class QuestionReader:
    """Understands a question: what to search for, where it may be found, and which documents it names."""

    def __init__(self, document_store: RapporteurDocumentStore) -> None:
        self.document_store = document_store

    @component.output_types(
        query=str,
        embedded=str,
        terms=dict[str, float],
        pairs=list[tuple[str, str, int]],
        allowed=Ids | None,
        weights=list[float],
    )
    def run(self, query: str, filters: dict[str, Any] | None = None) -> dict[str, Any]:
        """Read `query`, which may hold phrases, operators and fields as on the command line.

        Returns the query itself; `embedded`, the text to be embedded; `terms` with their weights; `pairs` of terms that
        stand side by side; `allowed`, the numbers of the passages that filters and operators leave (None: all);
        `weights` of the dense and the lexical list for this kind of question.

        Raises:
            UsageError: the question is empty, too long, or has a field or date that is none.
            FilterError: the filters are malformed.
        """
        engine = self.document_store.engine
        question, parsed = engine.read(query)
        allowed = engine.allowed(parsed)
        if filters:
            own = np.asarray(self.document_store.numbers(filters), np.int64)
            allowed = own if allowed is None else np.intersect1d(allowed, own)
        return {
            "query": query,
            "embedded": question.embedded,
            "terms": question.terms,
            "pairs": list(question.pairs),
            "allowed": allowed,
            "weights": list(weights_of(question)),
        }


@component
class QueryEmbedder:
    """Text to vector, with the model of the knowledge base."""

    def __init__(self, document_store: RapporteurDocumentStore) -> None:
        self.document_store = document_store

    def warm_up(self) -> None:
        """Load the model."""
        self.document_store.engine.embedder()

    @component.output_types(embedding=list[float])
    def run(self, text: str) -> dict[str, Any]:
        """The unit vector of a question, `dimensions` numbers."""
        return {"embedding": self.document_store.engine.embedder().embed_query(text).tolist()}


@component
class DenseRetriever:
    """The passages nearest in meaning; scores are cosines."""

    def __init__(self, document_store: RapporteurDocumentStore, top_k: int = DEPTH) -> None:
        self.document_store = document_store
        self.top_k = top_k

    @component.output_types(documents=list[Document])
    def run(
        self,
        query_embedding: list[float],
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
        allowed: Ids | None = None,
    ) -> dict[str, Any]:
        """The `top_k` nearest, best first, among the passages that pass `filters` and are in `allowed` (both
        decide before the search).

        Raises:
            UsageError: the vector is of another model.
            FilterError: the filters are malformed.
        """
        index = self.document_store.engine.indexes.dense
        if len(query_embedding) != index.dimensions:
            raise UsageError(
                f"The question's vector has {len(query_embedding)} numbers, the index {index.dimensions}: embed it "
                "with QueryEmbedder, which uses the model of the knowledge base."
            )
        vector = np.asarray(query_embedding, np.float32)
        found = index.search(vector, top_k or self.top_k, _both(self.document_store, filters, allowed))
        return {"documents": _scored(self.document_store, *found)}


@component
class LexicalRetriever:
    """The passages that hold the question's words; scores are BM25."""

    def __init__(self, document_store: RapporteurDocumentStore, top_k: int = DEPTH) -> None:
        self.document_store = document_store
        self.top_k = top_k

    @component.output_types(documents=list[Document])
    def run(
        self,
        query: str,
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
        allowed: Ids | None = None,
        terms: dict[str, float] | None = None,
        pairs: list[tuple[str, str, int]] | None = None,
    ) -> dict[str, Any]:
        """The `top_k` best, best first, among the passages that pass `filters` and are in `allowed`. `terms` with
        their weights, and `pairs` of them, are searched for where they are given, else those of `query`.

        Raises:
            FilterError: the filters are malformed.
        """
        index = self.document_store.engine.indexes.lexical
        if terms is None:
            question = understand(query, index)
            terms, pairs = question.terms, list(question.pairs)
        among = _both(self.document_store, filters, allowed)
        if among is not None and not len(among):
            return {"documents": []}
        found = index.search(terms, top_k or self.top_k, among, pairs=pairs or ())
        return {"documents": _scored(self.document_store, *found)}


@component
class MinMaxJoiner:
    """Joins both lists by the weighted mean of their min-max normalised scores; absence from a list counts 0."""

    def __init__(self, weights: Sequence[float] = WEIGHTS, top_k: int | None = None) -> None:
        """`weights` of the dense and the lexical list; `top_k` limits the result (None: all are kept)."""
        self.weights = list(weights)
        self.top_k = top_k

    @component.output_types(documents=list[Document])
    def run(
        self,
        dense: list[Document] | None = None,
        lexical: list[Document] | None = None,
        weights: list[float] | None = None,
    ) -> dict[str, Any]:
        """Documents of both lists, best first, with scores 0 … 1. A list may be left out; `weights` go before those of
        the component."""
        given = [
            (listed, weight)
            for listed, weight in zip((dense, lexical), weights or self.weights, strict=True)
            if listed is not None
        ]
        known: dict[str, Document] = {}
        for listed, _ in given:
            known |= {document.id: document for document in listed if document.id not in known}
        place = {name: at for at, name in enumerate(known)}
        lists = [
            (
                np.asarray([place[document.id] for document in listed], np.int64),
                np.asarray([document.score or 0.0 for document in listed], np.float32),
            )
            for listed, _ in given
        ]
        fused = weighted_mean(lists, [weight for _, weight in given])
        documents = list(known.values())
        best = sorted(fused.items(), key=lambda item: -item[1])[: self.top_k]
        return {"documents": [replace(documents[at], score=value) for at, value in best]}


def _both(store: RapporteurDocumentStore, filters: dict[str, Any] | None, allowed: Ids | None) -> Ids | None:
    """The numbers that pass the filters and are allowed, ascending; None where there is no limit."""
    if not filters:
        return allowed
    own = np.asarray(store.numbers(filters), np.int64)
    return own if allowed is None else np.intersect1d(own, allowed)


def _scored(store: RapporteurDocumentStore, ids: Ids, scores: Floats) -> list[Document]:
    return store.documents_at(ids.tolist(), dict(zip(ids.tolist(), scores.tolist(), strict=True)))
