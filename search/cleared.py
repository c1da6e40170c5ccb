"""The derived indexes as somebody sees them who may see only a part of the corpus.

They are the same indexes as everybody's. What is found passes a filter inside them, and what is counted is counted over
what may be seen: a word that stands in a hidden text alone is unknown, corrects no spelling and is rare or common only by the
visible texts. One thing of the whole is left in a score: the mean length of a passage, which BM25 divides by.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from tantivy import Occur, Query

from corpus.errors import UsageError
from corpus.records import Problem
from corpus.store import Store
from search.dense import Floats, Ids
from search.index import Indexes, Snapshot
from search.lexical import ACCESS, FIELD_WEIGHTS, PAIR_WEIGHT, WHOLE, LexicalIndex, inverse_frequency
from search.vectors import Vectors


class ClearedTerms(LexicalIndex):
    """The terms of the passages of documents with one of these access labels."""

    def __init__(self, whole: LexicalIndex, labels: Iterable[str]) -> None:
        self._schema, self._index = whole._schema, whole._index
        granted = sorted(labels)
        self._only = (
            Query.const_score_query(Query.term_set_query(self._schema, ACCESS, granted), 0.0) if granted else None
        )
        self._often: dict[str, int] = {}
        self._begun: dict[str, list[tuple[str, int]]] = {}
        self._all = -1

    def _count(self, query: Query | None = None) -> int:
        if self._only is None:
            return 0
        clauses = [(Occur.Must, self._only)] + ([(Occur.Must, query)] if query else [])
        found: Any = self._index.searcher().search(Query.boolean_query(clauses), 1, count=True)
        return int(found.count)

    def __len__(self) -> int:
        if self._all < 0:
            self._all = self._count()
        return self._all

    def _run(self, query: Query, k: int) -> tuple[Ids, Floats]:
        if self._only is None:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return super()._run(Query.boolean_query([(Occur.Must, query), (Occur.Must, self._only)]), k)

    def frequency(self, term: str) -> int:
        """Number of visible passages that hold the term in their text, title or headings."""
        if term not in self._often:
            known = super().frequency(term)
            self._often[term] = self._count(self._term(WHOLE, term)) if known else 0
        return self._often[term]

    def terms_with_prefix(self, prefix: str) -> list[tuple[str, int]]:
        """The terms of visible passages that begin so, each with their number, commonest first."""
        if prefix not in self._begun:
            counted = [(term, self.frequency(term)) for term, _ in super().terms_with_prefix(prefix)]
            self._begun[prefix] = sorted((pair for pair in counted if pair[1]), key=lambda pair: (-pair[1], pair[0]))
        return self._begun[prefix]

    def _rarities(self, term: str) -> tuple[float, float]:
        """The inverse frequency of a term among the visible passages, and the one that the index counts by."""
        searcher = self._index.searcher()
        own = inverse_frequency(self.frequency(term), len(self))
        return own, inverse_frequency(int(searcher.doc_freq(WHOLE, term)), searcher.num_docs)

    def _shares(self, term: str) -> dict[str, float]:
        if not self.frequency(term):
            return {}
        searcher = self._index.searcher()
        often = {name: int(searcher.doc_freq(name, term)) for name in FIELD_WEIGHTS}
        rarity, total = self._rarities(term)[0], searcher.num_docs
        return {name: FIELD_WEIGHTS[name] * rarity / inverse_frequency(n, total) for name, n in often.items() if n}

    def _pair_weight(self, pair: tuple[str, str, int]) -> float:
        (first, first_whole), (second, second_whole) = self._rarities(pair[0]), self._rarities(pair[1])
        return PAIR_WEIGHT * (first + second) / max(first_whole + second_whole, 1e-9)


@dataclass(frozen=True, slots=True)
class _Held:
    """The part that may be seen of both indexes at one revision of the store."""

    revision: int
    whole: LexicalIndex
    terms: ClearedTerms
    numbers: Ids
    dense: tuple[Vectors | None, Vectors | None] = (None, None)


class ClearedIndexes(Indexes):
    """Both indexes of a home through a store that sees only a part of it. They are `shared` with those who see all, and
    looked after by them."""

    def __init__(self, shared: Indexes, store: Store) -> None:
        self._shared = shared
        self._store = store
        self._thread = threading.local()
        self._held: _Held | None = None

    @contextmanager
    def pinned(self, *, dense: bool = True) -> Iterator[Snapshot]:
        """As for all indexes: one revision for everything that this thread does inside."""
        outer: Snapshot | None = getattr(self._thread, "snapshot", None)
        if outer is not None and (outer.dense is not None or not dense):
            yield outer
            return
        # Where something is committed between the two, the store is the newer one, and has the last word.
        with self._shared.pinned(dense=dense) as whole, self._store.reading():
            snapshot = self._thread.snapshot = self._cleared(whole)
            try:
                yield snapshot
            finally:
                self._thread.snapshot = outer

    def _cleared(self, whole: Snapshot) -> Snapshot:
        """The part of a snapshot that may be seen; kept for as long as both stay as they are."""
        revision, held = self._store.revision, self._held
        if held is None or held.revision != revision or held.whole is not whole.lexical:
            numbers = np.asarray(self._store.sequence_numbers(), np.int64)
            held = _Held(revision, whole.lexical, ClearedTerms(whole.lexical, self._store.access_labels()), numbers)
        if whole.dense is not None and held.dense[0] is not whole.dense:
            held = replace(held, dense=(whole.dense, whole.dense.only(held.numbers)))
        self._held = held
        return Snapshot(whole.revision, held.terms, None if whole.dense is None else held.dense[1])

    def refresh(self) -> None:
        """Bring the shared indexes up to the store's revision."""
        self._shared.refresh()

    def rebuild(self) -> None:
        """Never from here."""
        raise UsageError("Whoever sees only a part of the knowledge base cannot change it.")

    def verify(self) -> list[Problem]:
        """Nothing is told of the whole."""
        return []
