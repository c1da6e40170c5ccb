"""The dense index of a store on a server: vectors in a table there, with pgvector's HNSW index, through Haystack's own
document store and retriever. All processes share it; scores are cosines (higher is better).

The table is brought to a revision by one process at a time and notes which one. A question reads it in the same state of
the database as everything else that it reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from haystack import Document
from haystack.document_stores.errors import DocumentStoreError
from haystack.document_stores.types import DuplicatePolicy
from haystack.utils import Secret
from haystack_integrations.components.retrievers.pgvector import PgvectorEmbeddingRetriever
from haystack_integrations.document_stores.pgvector import PgvectorDocumentStore

from corpus.postgres_store import PostgresStore
from corpus.server_vectors import ServerVectors
from corpus.store import Store
from search.caches import stored_vectors
from search.dense import Floats, Ids
from search.embed import Embedder

# Candidates that the index looks at for one question: the most that pgvector allows, where a filter may take some away.
FEW, MANY = 600, 1000
# Where fewer passages than this are allowed, or a smaller share of all, each is compared; so is it where too few of the
# nearest passed the filter.
EXACT, SHARE = 5000, 0.2
_BATCH = 2000


class _Table(PgvectorDocumentStore):
    """Haystack's document store on the connection that this thread holds already."""

    def use(self, raw: Any) -> None:
        """Work on this connection from now on."""
        self._connection = raw
        self._cursor = raw.cursor()
        # Numbers in binary: reading them as text costs more than finding them.
        self._dict_cursor = ServerVectors.by_name(raw)

    def _ensure_db_setup(self) -> None:
        if not self._table_initialized:
            self._initialize_table()

    def _embedding_retrieval(self, query_embedding: list[float], **options: Any) -> list[Document]:
        # What is found is named by its number: sending the vectors back costs several times what finding them costs.
        query, values = self._check_and_build_embedding_retrieval_query(
            query_embedding, options["vector_function"], options["top_k"], options["filters"]
        )
        return [Document(id=name, score=score) for name, score in ServerVectors.scored(self._connection, query, values)]


class PgvectorIndex:
    """The vectors of one model, seen from one thread after another; stands where a `DenseIndex` stands."""

    def __init__(self, vectors: ServerVectors, dimensions: int, allowed: Ids | None = None) -> None:
        self.dimensions = dimensions
        self._vectors = vectors
        self._allowed = allowed

    def __len__(self) -> int:
        return len(self.ids()) if self._allowed is not None else self._vectors.count()

    def only(self, ids: Ids) -> PgvectorIndex:
        """An index over the same vectors that holds these passage numbers (ascending) and no other."""
        return PgvectorIndex(self._vectors, self.dimensions, ids)

    def ids(self) -> Ids:
        """All passage numbers in the index, ascending."""
        present = np.asarray(self._vectors.numbers(), np.int64)
        return present if self._allowed is None else np.intersect1d(present, self._allowed)

    def vectors_of(self, ids: Ids) -> Floats:
        """The vectors of these passage numbers, all of which must be there."""
        found: dict[int, Any] = {}
        for start in range(0, len(ids), _BATCH):
            part = _among(ids[start : start + _BATCH])
            for document in self._read(_filtered(part)):
                found[int(document.id)] = document.embedding
        return np.asarray([found[int(one)] for one in ids], np.float32).reshape(len(ids), self.dimensions)

    def search(self, vector: Floats, k: int, allowed: Ids | None = None) -> tuple[Ids, Floats]:
        """The `k` nearest passages among `allowed` (ascending; all where None): numbers and cosines, best first."""
        if self._allowed is not None:
            allowed = self._allowed if allowed is None else np.intersect1d(allowed, self._allowed)
        if k < 1 or (allowed is not None and not len(allowed)):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if allowed is None:
            return self._found(vector, k, (FEW if k <= FEW else MANY) if k <= MANY else None)
        if len(allowed) > max(EXACT, SHARE * self._vectors.count()):
            ids, scores = self._found(vector, MANY, MANY)
            kept = np.isin(ids, allowed)
            if np.count_nonzero(kept) >= k:
                return ids[kept][:k], scores[kept][:k]
        return self._found(vector, k, None, _among(allowed))

    def _found(
        self, vector: Floats, k: int, candidates: int | None, filters: dict[str, Any] | None = None
    ) -> tuple[Ids, Floats]:
        """With so many `candidates` of the index; None: all that pass the filters are compared."""
        wanted = np.asarray(vector, np.float32).reshape(-1).tolist()

        def run(table: _Table) -> list[Document]:
            retriever = PgvectorEmbeddingRetriever(document_store=table)
            documents: list[Document] = retriever.run(query_embedding=wanted, filters=filters, top_k=k)["documents"]
            return documents

        found = self._read(run, candidates)
        ids = np.asarray([int(one.id) for one in found], np.int64)
        scores = np.asarray([one.score for one in found], np.float32)
        order = np.lexsort((ids, -scores))
        return ids[order], scores[order]

    def _read(self, act: Callable[[_Table], list[Document]], candidates: int | None = None) -> list[Document]:
        def on(raw: Any) -> list[Document]:
            self._vectors.look(raw, candidates)
            table = table_of(self._vectors, self.dimensions)
            # Made by whoever wrote it.
            table._table_initialized = True
            table.use(raw)
            return act(table)

        return self._vectors.read(on, DocumentStoreError)


def _filtered(filters: dict[str, Any]) -> Callable[[_Table], list[Document]]:
    def run(table: _Table) -> list[Document]:
        return list(table.filter_documents(filters))

    return run


def _among(ids: Ids) -> dict[str, Any]:
    return {"field": "id", "operator": "in", "value": [str(one) for one in ids.tolist()]}


def table_of(vectors: ServerVectors, dimensions: int, *, indexed: bool = True) -> _Table:
    """Haystack's store of the table; with `indexed` its HNSW index is made when it is first written to."""
    return _Table(
        # The connection is handed over; no address, and no password, is needed here.
        connection_string=Secret.from_token("unused"),
        create_extension=False,
        schema_name=vectors.schema,
        table_name=vectors.table,
        embedding_dimension=dimensions,
        vector_function="inner_product",
        search_strategy="hnsw" if indexed else "exact_nearest_neighbor",
        hnsw_index_name=f"{vectors.table}_hnsw",
        keyword_index_name=f"{vectors.table}_words",
    )


class PgvectorCache:
    """Brings the table to the store's revision; stands where a `DenseCache` stands."""

    def __init__(self, store: Store, embedder: Callable[[], Embedder]) -> None:
        assert isinstance(store, PostgresStore)
        self.embedder = embedder
        self._store = store
        self._vectors: ServerVectors | None = None
        self._dimensions = 0

    def _known(self) -> ServerVectors:
        if self._vectors is None:
            model = self.embedder()
            self._dimensions = model.dimensions
            digest = hashlib.sha256(model.fingerprint.encode()).hexdigest()[:12]
            self._vectors = ServerVectors(self._store, f"dense_{digest}")
        return self._vectors

    @property
    def view(self) -> tuple[int, PgvectorIndex] | None:
        """The vectors as this thread sees them, with the revision that they were brought to; None before the model is
        known, or where there are none yet."""
        if self._vectors is None:
            return None
        revision = self._vectors.revision()
        return (revision, PgvectorIndex(self._vectors, self._dimensions)) if revision else None

    def prepare(self, *, anew: bool = False) -> None:
        """Bring the table to the store's revision, `anew` from nothing; others wait for it, and find it done."""
        vectors = self._known()
        if not anew and vectors.revision() == self._store.revision:
            return
        vectors.retried(lambda: self._bring(vectors, anew))

    def _bring(self, vectors: ServerVectors, anew: bool) -> None:
        with vectors.deriving(), self._store.reading():
            revision, since = self._store.revision, 0 if anew else vectors.revision()
            if since == revision and not anew:
                return
            removed = self._store.removed(since) if since else []
            added = stored_vectors(self._store, since, self.embedder())
            self._write(vectors, since, revision, removed, added)

    def _write(
        self,
        vectors: ServerVectors,
        since: int,
        revision: int,
        removed: Sequence[tuple[int, int]],
        added: Iterator[tuple[Ids, Floats]],
    ) -> None:
        with vectors.changing(since=since, revision=revision) as raw:
            # An index over everything is made quicker than it grows.
            table = table_of(vectors, self._dimensions, indexed=False)
            table._table_initialized = bool(since)
            table.use(raw)
            table._ensure_db_setup()
            gone = [str(one) for first, last in removed for one in range(first, last + 1)]
            for start in range(0, len(gone), _BATCH):
                table.delete_documents(gone[start : start + _BATCH])
            for ids, batch in added:
                documents = [Document(id=str(one), embedding=row) for one, row in zip(ids, batch.tolist(), strict=True)]
                table.write_documents(documents, DuplicatePolicy.OVERWRITE)
            if not since:
                whole = table_of(vectors, self._dimensions)
                whole.use(raw)
                whole._ensure_db_setup()

    def catch_up(self, *, anew: bool = False, save: bool = False) -> None:
        """Nothing: what this thread reads now stays as it is; `prepare` comes before reading."""

    def compacted(self) -> None:
        """Nothing: the server's own index is changed in place."""

    def take(self, made: None, /) -> None:
        """Never called, for nothing is compacted."""

    def damage(self) -> str | None:
        """What is wrong with the table, None where it is whole."""
        vectors = self._known()
        if self._store.revision and not vectors.revision():
            return "The vector index on the server is missing or of another model."
        return None
