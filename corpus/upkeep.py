"""Looking after a store as a whole: vectors that are missing or to be made anew, and numbers for its status."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress

from corpus.clearance import restrict
from corpus.lookup import Lookup
from corpus.wording import indexed_text

_BATCH = 2000
_MISSING = "FROM passages p WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.model = ? AND v.hash = p.text_hash)"


def _open(store: Lookup) -> sqlite3.Connection:
    """A connection beside those of the store, which sees no more than they do."""
    connection = sqlite3.connect(store.path, timeout=30)
    if store.visible is not None:
        restrict(connection, store.visible)
        connection.commit()
    return connection


def count_missing(store: Lookup, model: str) -> int:
    """Number of passages for which the store holds no vector of this model."""
    with closing(_open(store)) as connection:
        return int(connection.execute(f"SELECT count(*) {_MISSING}", (model,)).fetchone()[0])


def missing_texts(store: Lookup, model: str) -> Iterator[dict[bytes, str]]:
    """The texts, by hash, that wait for a vector of this model, in batches."""
    batch: dict[bytes, str] = {}
    with closing(_open(store)) as connection:
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
    with suppress(sqlite3.OperationalError), closing(_open(store)) as connection, connection:
        connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)


def drop_vectors(store: Lookup, model: str) -> int:
    """Forget all vectors of one model; returns how many. They are missing then, and computed anew."""
    with closing(_open(store)) as connection, connection:
        return connection.execute("DELETE FROM vectors WHERE model = ?", (model,)).rowcount


def collection(store: Lookup, path: str) -> dict[str, tuple[str, str]]:
    """The documents that came from the collection file at `path`: {path of the document: (its id, its SHA-256)}."""
    prefix = f"{path}#"
    with closing(_open(store)) as connection:
        rows = connection.execute(
            "SELECT path, id, sha256 FROM documents WHERE substr(path, 1, ?) = ?", (len(prefix), prefix)
        )
        return {row[0]: (row[1], row[2]) for row in rows}


def collection_passages(store: Lookup, path: str) -> int:
    """Number of passages of the documents that came from the collection file at `path`."""
    prefix = f"{path}#"
    with closing(_open(store)) as connection:
        row = connection.execute(
            "SELECT count(*) FROM passages p JOIN documents d ON d.num = p.document WHERE substr(d.path, 1, ?) = ?",
            (len(prefix), prefix),
        ).fetchone()
    return int(row[0])


def document_ids(store: Lookup) -> set[str]:
    """The ids of all documents."""
    with closing(_open(store)) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM documents")}


def passage_counts(store: Lookup) -> dict[str, int]:
    """Number of passages of each document, by document id."""
    with closing(_open(store)) as connection:
        rows = connection.execute(
            "SELECT d.id, count(p.seq) FROM documents d LEFT JOIN passages p ON p.document = d.num GROUP BY d.num"
        )
        return {row[0]: row[1] for row in rows}


def compact(store: Lookup) -> bool:
    """Give back free pages, so that removed text is in no corner of the file; False where others were reading, so that
    not all of it could be done."""
    with closing(_open(store)) as connection:
        connection.isolation_level = None
        with suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")
            # Questions without a pause could keep this waiting for as long as it may wait.
            connection.execute("PRAGMA busy_timeout = 2000")
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return False
