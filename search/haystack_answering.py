"""Ranking and answering as Haystack components: thin covers over `rank` and `answer`, as `engine` uses them.

Both take the question as text and Haystack documents, one for a passage, from whatever component found them. A document
that has been removed meanwhile is passed over.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from haystack import Document, component
from haystack.dataclasses import ExtractedAnswer

from search.dense import Ids
from search.engine import ANSWER_DEPTH, hit_of
from search.haystack_store import RapporteurDocumentStore
from search.records import Answer, Citation, Hit, Mode

SIGNALS = "signals"


@component
class NamedTextsRetriever:
    """A second look, inside the documents that a question names, for its matter alone."""

    def __init__(self, document_store: RapporteurDocumentStore) -> None:
        self.document_store = document_store

    @component.output_types(documents=list[Document])
    def run(
        self,
        query: str,
        documents: list[Document],
        query_embedding: list[float] | None = None,
        allowed: Ids | None = None,
    ) -> dict[str, Any]:
        """`documents`, whose scores are fused ones (0 … 1), and those found inside the named texts, best first; the
        higher score counts. Only passages in `allowed` are added.

        Raises:
            UsageError: the question is empty or too long.
        """
        engine = self.document_store.engine
        question, _ = engine.read(query)
        vector = None if query_embedding is None else np.asarray(query_embedding, np.float32)
        mode = Mode.LEXICAL if vector is None else Mode.HYBRID
        fused = _fused(self.document_store, documents)
        fused = engine.within(question, engine.catalogue().focus(question), mode, allowed, vector, fused)
        best = sorted(fused, key=lambda seq: -fused[seq])
        return {"documents": self.document_store.documents_at(best, fused)}


@component
class PassageRanker:
    """The final order: fused scores, what the question names, and copies folded away."""

    def __init__(self, document_store: RapporteurDocumentStore, top_k: int = ANSWER_DEPTH) -> None:
        self.document_store = document_store
        self.top_k = top_k

    @component.output_types(documents=list[Document])
    def run(
        self,
        query: str,
        documents: list[Document],
        allowed: Ids | None = None,
        top_k: int | None = None,
    ) -> dict[str, Any]:
        """The `top_k` best of `documents`, whose scores are fused ones (0 … 1), best first. `allowed` limits what is
        added because the question names it.

        The parts of each score are in meta["signals"].

        Raises:
            UsageError: the question is empty or too long.
        """
        engine = self.document_store.engine
        question, parsed = engine.read(query)
        fused = _fused(self.document_store, documents)
        ranked = engine.ranked(question, parsed, engine.catalogue().focus(question), fused, allowed)
        hits = [hit_of(rank, one) for rank, one in enumerate(ranked[: top_k or self.top_k], 1)]
        return {"documents": _shown(self.document_store, hits)}


@component
class QuotationAnswerer:
    """An answer made of verbatim quotations with citations, or an honest "not found". No language model."""

    def __init__(self, document_store: RapporteurDocumentStore) -> None:
        self.document_store = document_store

    def warm_up(self) -> None:
        """Load the model."""
        self.document_store.engine.embedder()

    @component.output_types(answer=Answer, answers=list[ExtractedAnswer])
    def run(self, query: str, documents: list[Document]) -> dict[str, Any]:
        """Answer from ranked documents, best first.

        `answer` says how the question ended (status, reason, what came near); `answers` holds one entry for each
        quotation, none where the answer was not found.

        Raises:
            UsageError: the question is empty or too long.
        """
        started = time.perf_counter()
        engine = self.document_store.engine
        question, parsed = engine.read(query)
        focus = engine.catalogue().focus(question)
        found = engine.answer(question, focus, self._hits(documents), parsed.filters)
        answer = replace(found, question=query, took_ms=1000 * (time.perf_counter() - started))
        shown = {
            citation.n: document
            for citation in answer.citations
            for document in self.document_store.documents_at([citation.stored.seq])
        }
        answers = [_extracted(answer, citation, shown.get(citation.n)) for citation in answer.citations]
        return {"answer": answer, "answers": answers}

    def _hits(self, documents: Sequence[Document]) -> list[Hit]:
        numbers = self.document_store.numbers_by_id(documents)
        passages = self.document_store.store.passages(list(numbers.values()))
        known = self.document_store.engine.catalogue().documents
        hits: list[Hit] = []
        for document in documents:
            stored = passages.get(numbers.get(document.id, -1))
            if stored is not None and stored.document_id in known:
                signals = dict(document.meta.get(SIGNALS) or {})
                value = float(document.score or 0.0)
                hits.append(Hit(len(hits) + 1, value, stored, known[stored.document_id], (), signals))
        return hits


def _fused(store: RapporteurDocumentStore, documents: Sequence[Document]) -> dict[int, float]:
    found = store.numbers_by_id(documents)
    return {found[one.id]: float(one.score or 0.0) for one in documents if one.id in found}


def _shown(store: RapporteurDocumentStore, hits: Sequence[Hit]) -> list[Document]:
    signals = {hit.stored.seq: hit.signals for hit in hits}
    seqs = [hit.stored.seq for hit in hits]
    documents = store.documents_at(seqs, {hit.stored.seq: hit.score for hit in hits})
    numbers = store.numbers_by_id(documents)
    return [replace(one, meta={**one.meta, SIGNALS: signals[numbers[one.id]]}) for one in documents]


def _extracted(answer: Answer, citation: Citation, document: Document | None) -> ExtractedAnswer:
    start = document.content.find(citation.quote) if document is not None and document.content else -1
    return ExtractedAnswer(
        query=answer.question,
        score=answer.confidence,
        data=citation.quote,
        document=document,
        document_offset=ExtractedAnswer.Span(start, start + len(citation.quote)) if start >= 0 else None,
        meta={
            "n": citation.n,
            "page": citation.page,
            "page_label": citation.page_label,
            "label": citation.label,
            "speaker": citation.speaker,
            "authority": citation.authority,
        },
    )
