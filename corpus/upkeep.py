"""Looking after a store as a whole: vectors that are missing or to be made anew, and numbers for its status."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress

from corpus.errors import HomeError
from corpus.lookup import Lookup
from corpus.sql import KEEP_VECTOR
from corpus.wording import indexed_text

_BATCH = 2000
_MISSING = "FROM passages p WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.model = ? AND v.hash = p.text_hash)"


def count_missing(store: Lookup, model: str) -> int:
    """Number of passages for which the store holds no vector of this model."""
    with store.beside() as connection:
        return int(connection.execute(f"SELECT count(*) {_MISSING}", (model,)).fetchone()[0])


def missing_texts(store: Lookup, model: str) -> Iterator[dict[bytes, str]]:
    """The texts, by hash, that wait for a vector of this model, in batches."""
    batch: dict[bytes, str] = {}
    with store.beside() as connection:
        wanted = {bytes(row[0]) for row in connection.execute(f"SELECT p.text_hash {_MISSING}", (model,))}
    if not wanted:
        return
    for stored, title, key in store.added(0):
        if key in wanted and key not in batch:
            passage = stored.passage
            batch[key] = indexed_text(title, passage.heading_path, passage.label, passage.lead, passage.text)
        if len(batch) >= _BATCH:
            yield batch
            wanted -= batch.keys()
            batch = {}
    if batch:
        yield batch


def keep_vectors(store: Lookup, model: str, vectors: Mapping[bytes, bytes]) -> None:
    """Store vectors beside what this thread is reading; left out where the home cannot be written to."""
    rows = [(model, key, value) for key, value in vectors.items()]
    with suppress(sqlite3.OperationalError, HomeError), store.beside() as connection:
        connection.executemany(KEEP_VECTOR, rows)


def drop_vectors(store: Lookup, model: str) -> int:
    """Forget all vectors of one model; returns how many. They are missing then, and computed anew."""
    with store.beside() as connection:
        return connection.execute("DELETE FROM vectors WHERE model = ?", (model,)).rowcount


def collection(store: Lookup, path: str) -> dict[str, tuple[str, str]]:
    """The documents that came from the collection file at `path`: {path of the document: (its id, its SHA-256)}."""
    prefix = f"{path}#"
    with store.beside() as connection:
        rows = connection.execute(
            "SELECT path, id, sha256 FROM documents WHERE substr(path, 1, ?) = ?", (len(prefix), prefix)
        )
        return {row[0]: (row[1], row[2]) for row in rows}


def collection_passages(store: Lookup, path: str) -> int:
    """Number of passages of the documents that came from the collection file at `path`."""
    prefix = f"{path}#"
    with store.beside() as connection:
        row = connection.execute(
            "SELECT count(*) FROM passages p JOIN documents d ON d.num = p.document WHERE substr(d.path, 1, ?) = ?",
            (len(prefix), prefix),
        ).fetchone()
    return int(row[0])


def document_ids(store: Lookup) -> set[str]:
    """The ids of all documents."""
    with store.beside() as connection:
        return {row[0] for row in connection.execute("SELECT id FROM documents")}


def passage_counts(store: Lookup) -> dict[str, int]:
    """Number of passages of each document, by document id."""
    with store.beside() as connection:
        rows = connection.execute(
            "SELECT d.id, count(p.seq) FROM documents d LEFT JOIN passages p ON p.document = d.num GROUP BY d.num, d.id"
        )
        return {row[0]: row[1] for row in rows}
