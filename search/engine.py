"""The question path, joined: understand, retrieve, fuse, rank, answer, verify. No Haystack here, so that the command
line starts in half a second; `components` offers the same steps to Haystack."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from corpus.errors import UsageError
from corpus.records import Document, Filters, Problem
from corpus.store import Store
from search.answer import NEAR, Answerer
from search.boolean import Parsed, parse
from search.catalogue import Catalogue, Focus
from search.cleared import ClearedIndexes
from search.counting import asks_for_documents, counted
from search.dense import Floats, Ids
from search.embed import Embedder
from search.fuse import weighted_mean
from search.index import Indexes
from search.marking import has_phrases, marked
from search.query import Asks, Question, understand
from search.rank import Candidate, fold_copies, score, side_by_side
from search.records import Answer, Hit, Mode, SearchResult, Status
from search.rerank import reranked
from search.searched import in_words, searched
from search.understood import limited, understood, without, without_filters, written

DEPTH = 300
# Reading a candidate from the store costs more than finding it.
SCORED = 110
FOCUS_DEPTH = 120
FOCUS_DOCUMENTS = 400
MAX_QUERY = 2000
ANSWER_DEPTH = 40
# Of sense and words. Questions are met by their words a little more; chosen on ObliQA's development questions.
WEIGHTS = (0.5, 0.5)
WEIGHTS_ASKED = (0.47, 0.53)


class Engine:
    """Searches and answers over one store. Safe to call from several threads."""

    def __init__(
        self, store: Store, embedder: Embedder | Callable[[], Embedder], home: Path, shared: Indexes | None = None
    ) -> None:
        # A store that sees only a part derives no indexes: it takes those that are shared with who sees all.
        self._store = store
        self._given = embedder
        self._embedder: Embedder | None = None
        self._loading = threading.Lock()
        self.indexes = ClearedIndexes(shared, store) if shared else Indexes(store, home / "index", self.embedder)
        self._catalogue: tuple[int, Catalogue] | None = None

    def embedder(self) -> Embedder:
        """The embedding model, loaded when first needed."""
        with self._loading:
            if self._embedder is None:
                self._embedder = self._given() if callable(self._given) else self._given
            return self._embedder

    def refresh(self) -> None:
        """Bring the derived indexes up to the store's revision."""
        self.indexes.refresh()

    def rebuild(self) -> None:
        """Derive both indexes again from the store."""
        self.indexes.rebuild()

    def verify(self) -> list[Problem]:
        """Where the derived indexes differ from the store."""
        return self.indexes.verify()

    def catalogue(self) -> Catalogue:
        """The documents of the present revision by their names."""
        known, revision = self._catalogue, self._store.revision
        if known is None or known[0] != revision:
            # Another question may be of another revision: each goes on with its own.
            known = self._catalogue = (revision, Catalogue(self._store.documents()))
        return known[1]

    # -- search --------------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        k: int = 10,
        mode: Mode = Mode.HYBRID,
        filters: Filters | None = None,
        ignore: Collection[str] = (),
    ) -> SearchResult:
        """The `k` best passages. Words rank; quoted phrases and AND, OR, NOT decide what may be found at all.

        What was understood of the query is in the result (`Understood`). `ignore` holds the keys of what is not to be
        understood, as "field:value" ("period:2023", "country:ALB"), or a field alone for all of its values; the words
        themselves are still looked for.

        Raises:
            UsageError: the query is empty, too long, or has a field or date that is none.
        """
        started = time.perf_counter()
        refuse(query)
        with self.indexes.pinned(dense=mode is not Mode.LEXICAL) as seen:
            question, parsed = self.read(query, filters, ignore)
            focus = self.catalogue().focus(question)
            candidates = self.candidates(question, parsed, focus, mode, k)
        hits = tuple(marked(hit_of(rank, one), question) for rank, one in enumerate(candidates[:k], 1))
        took = 1000 * (time.perf_counter() - started)
        notes, things = _notes(question, focus), understood(question, focus)
        return SearchResult(query, mode, hits, len(candidates), seen.revision, took, notes, things)

    def read(self, query: str, filters: Filters | None = None, ignore: Collection[str] = ()) -> tuple[Question, Parsed]:
        """The question understood, and its phrases, operators and fields taken apart.

        Raises:
            UsageError: as for `search`.
        """
        query = refuse(query)
        outside = filters or Filters()
        parsed = without_filters(parse(query, outside), outside, ignore)
        question = without(understand(parsed.text or query, self.indexes.lexical), ignore)
        question = replace(question, given=written(parsed, outside))
        question, parsed = limited(question, parsed)
        if not question.terms and not question.pinpoints and not parsed.filters:
            raise UsageError(
                "The question has only words such as “the” or “what”: add a word that says what it is about."
            )
        return question, parsed

    def candidates(
        self, question: Question, parsed: Parsed, focus: Focus, mode: Mode = Mode.HYBRID, k: int = ANSWER_DEPTH
    ) -> list[Candidate]:
        """The candidates in their final order, best first; at least `k` where there are so many."""
        allowed = self.allowed(parsed)
        if allowed is not None and not len(allowed):
            return []
        vector = None if mode is Mode.LEXICAL else self.embedder().embed_query(question.embedded)
        weights = weights_of(question)
        fused = self._retrieve(question.terms, vector, mode, allowed, DEPTH, pairs=question.pairs, weights=weights)
        fused = dict(sorted(fused.items(), key=lambda item: -item[1])[: max(SCORED, 2 * k)])
        return self.ranked(question, parsed, focus, self.within(question, focus, mode, allowed, vector, fused), allowed)

    def within(
        self,
        question: Question,
        focus: Focus,
        mode: Mode,
        allowed: Ids | None,
        vector: Floats | None,
        fused: dict[int, float],
    ) -> dict[int, float]:
        """The fused scores with those of a second look, inside the documents that the question means: there its matter
        alone decides, for the names of a text stand in every passage of it. Of several texts each is looked into by
        itself, so that none hides behind another."""
        groups = focus.groups(FOCUS_DOCUMENTS)
        if not groups:
            return fused
        terms_inside, vector_inside = question.terms, vector
        if question.matter_words:
            terms_inside = question.matter_terms
            if vector is not None and question.matter != question.embedded:
                vector_inside = self.embedder().embed_query(question.matter)
        for group in groups:
            inside = np.asarray(self._store.allowed(Filters(document_id=group)), np.int64)
            if allowed is not None:
                inside = np.intersect1d(inside, allowed)
            if len(inside):
                depth = FOCUS_DEPTH // len(groups)
                fused = self._retrieve(terms_inside, vector_inside, mode, inside, depth, fused, question.pairs)
        return fused

    def ranked(
        self, question: Question, parsed: Parsed, focus: Focus, fused: dict[int, float], allowed: Ids | None = None
    ) -> list[Candidate]:
        """The final order of passages with these fused scores, and of those that the question names by their label."""
        fused = dict(fused)
        among = None if allowed is None else set(allowed.tolist())
        for seq in self._labelled(question, focus):
            if among is None or seq in among:
                fused.setdefault(seq, 0.0)
        if not fused and parsed.match and allowed is not None:
            fused = {int(seq): 0.0 for seq in allowed[:DEPTH]}
        documents = self.catalogue().documents
        found = [
            score(stored, documents[stored.document_id], fused[seq], question, focus)
            for seq, stored in self._store.passages(list(fused)).items()
            if stored.document_id in documents and has_phrases(stored.passage.text, parsed.phrases)
        ]
        folded = reranked(question.text, fold_copies(found))
        return side_by_side(folded, focus.named) if question.asks is Asks.COMPARISON else folded

    def allowed(self, parsed: Parsed) -> Ids | None:
        """The passages that filters and conditions leave, ascending; None where there are none of these."""
        allowed = np.asarray(self._store.allowed(parsed.filters), np.int64) if parsed.filters else None
        if parsed.match:
            matching = self.indexes.lexical.matching(parsed.match)
            allowed = matching if allowed is None else np.intersect1d(allowed, matching)
        return allowed

    def _retrieve(
        self,
        weighted: Mapping[str, float],
        vector: Floats | None,
        mode: Mode,
        allowed: Ids | None,
        depth: int,
        base: dict[int, float] | None = None,
        pairs: Sequence[tuple[str, str, int]] = (),
        weights: tuple[float, float] = WEIGHTS,
    ) -> dict[int, float]:
        """Fused scores by passage number; `base` holds scores of an earlier, wider retrieval, kept where higher."""
        lists = []
        shares = []
        if vector is not None:
            lists.append(self.indexes.dense.search(vector, depth, allowed))
            shares.append(weights[0])
        if mode is not Mode.DENSE:
            lists.append(self.indexes.lexical.search(weighted, depth, allowed, pairs=pairs))
            shares.append(weights[1])
        fused = weighted_mean(lists, shares)
        if base is None:
            return fused
        return base | {seq: max(value, base.get(seq, 0.0)) for seq, value in fused.items()}

    def _labelled(self, question: Question, focus: Focus) -> list[int]:
        """The passages of the named documents that bear the label asked for, found or not."""
        found: list[int] = []
        for document_id in focus.named:
            for pinpoint in focus.pinpoints(document_id, question):
                found += self._store.labelled(document_id, pinpoint.label())
        return found

    # -- answers -------------------------------------------------------------------------------------------

    def ask(self, question: str, filters: Filters | None = None, ignore: Collection[str] = ()) -> Answer:
        """An answer made of verbatim quotations, or an honest "not found" with what came near; `ignore` as in `search`.

        Raises:
            UsageError: as for `search`.
        """
        started = time.perf_counter()
        refuse(question)
        with self.indexes.pinned():
            asked, parsed = self.read(question, filters, ignore)
            focus = self.catalogue().focus(asked)
            candidates = self.candidates(asked, parsed, focus)
            hits = [hit_of(rank, one) for rank, one in enumerate(candidates[:ANSWER_DEPTH], 1)]
            answer = self.answer(asked, focus, hits, parsed.filters)
        return replace(answer, question=question, took_ms=1000 * (time.perf_counter() - started))

    def answer(self, question: Question, focus: Focus, hits: Sequence[Hit], filters: Filters | None = None) -> Answer:
        """An answer from ranked passages, best first; its time is not taken. `filters` are those that the passages
        passed: where nothing is found it says what was looked through."""
        answer = None
        if asks_for_documents(question, focus):
            answer = counted(question, focus, self._held(filters), tuple(hits[:NEAR]), self._store)
        if answer is None:
            answer = Answerer(self._store, self.embedder(), self.indexes.lexical).answer(question, focus, hits)
        near = tuple(marked(hit, question) for hit in answer.alternatives)
        things = understood(question, focus)
        notes = _notes(question, focus)
        if answer.status is Status.NOT_FOUND:
            found = searched(self._held(filters))
            answer = replace(answer, searched=found, reason=f"{answer.reason} {in_words(found)}")
        return replace(answer, alternatives=near, revision=self._store.revision, notes=notes, understood=things)

    def _held(self, filters: Filters | None) -> list[Document]:
        """The documents that may be found at all."""
        return self._store.documents(filters) if filters else list(self.catalogue().documents.values())

    def close(self) -> None:
        """Let go of everything that is open."""
        self._store.close()

    def document(self, document_id: str) -> Document | None:
        """A document of the present revision."""
        return self.catalogue().documents.get(document_id)


def refuse(query: str) -> str:
    """The query without blanks around it.

    Raises:
        UsageError: there is nothing in it, or too much.
    """
    query = query.strip()
    if not query:
        raise UsageError("The question is empty: type a few words.")
    if len(query) > MAX_QUERY:
        raise UsageError(f"The question has {len(query):,} characters; at most {MAX_QUERY:,} are read. Shorten it.")
    return query


def weights_of(question: Question) -> tuple[float, float]:
    """What sense and words count in the first look, by the kind of question."""
    return WEIGHTS_ASKED if question.asked else WEIGHTS


def hit_of(rank: int, candidate: Candidate) -> Hit:
    """A candidate in its place of the final order."""
    signals = {name: round(value, 4) for name, value in candidate.signals.items()}
    return Hit(rank, round(candidate.score, 4), candidate.stored, candidate.document, (), signals)


def _notes(question: Question, focus: Focus) -> tuple[str, ...]:
    notes = list(focus.notes)
    notes += [pinpoint.label() for pinpoint in question.pinpoints]
    notes += [f"not in the corpus: {name}" for name in focus.missing]
    notes += list(question.expansion.used)
    return tuple(dict.fromkeys(notes))
