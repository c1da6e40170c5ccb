"""The store: one SQLite file that is the only truth. One document is one transaction; `revision` counts them.

Readers and the one writer see each other through SQLite's write-ahead log: a reader never waits.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace

from corpus.commitments import FollowUp, follow_up
from corpus.commitments import write as write_commitments
from corpus.connection import TIMEOUT
from corpus.deposits import Deposit, keep
from corpus.errors import UsageError
from corpus.lookup import FILE_NAME
from corpus.records import FileRecord, Parsed
from corpus.rows import DOCUMENT_COLUMNS, details_of, passage_row, scan_row
from corpus.sql import KEEP_VECTOR, Connection
from corpus.symbols import normalise_symbol
from corpus.transfer import Transfer
from corpus.wording import indexed_text, text_hash

__all__ = ["FILE_NAME", "Store"]

LOG_BYTES = 64_000_000


class Store(Transfer):
    """The corpus of one home, to read and to write."""

    def _refuse_seen(self) -> None:
        if self.visible is not None:
            raise UsageError("Whoever sees only a part of the knowledge base cannot change it.")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        self._refuse_seen()
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        self._bound_log(connection)

    def _bound_log(self, connection: Connection) -> None:
        """Questions without a pause keep SQLite from beginning its log anew: past a size it waits for them to end."""
        log = self.path.with_name(f"{FILE_NAME}-wal")
        with suppress(OSError, sqlite3.OperationalError):
            if log.stat().st_size > LOG_BYTES:
                connection.execute("PRAGMA busy_timeout = 500")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute(f"PRAGMA busy_timeout = {int(1000 * TIMEOUT)}")

    def compact(self, *, thoroughly: bool = False) -> bool:
        """Give back free pages, so that removed text is in no corner of the file; False where others were reading, so
        that not all of it could be done. A file is always done `thoroughly`."""
        beside = sqlite3.connect(self.path, timeout=TIMEOUT, isolation_level=None)
        with closing(beside) as connection, suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")
            # Questions without a pause could keep this waiting for as long as it may wait.
            connection.execute("PRAGMA busy_timeout = 2000")
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return False

    def _next_revision(self, connection: Connection) -> int:
        connection.execute("UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'revision'")
        return self.revision

    def set_meta(self, key: str, value: str) -> None:
        """Remember `value` under `key`; the revision stays."""
        self._refuse_seen()
        self._connection.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
        )

    def put(
        self,
        parsed: Parsed,
        file: FileRecord | None,
        model: str,
        vectors: Mapping[bytes, bytes],
        deposit: Deposit | None = None,
    ) -> int:
        """Store a document, its passages and its vectors in one transaction, in place of an earlier version.

        `vectors` maps `wording.text_hash` to little-endian float16 of the model named. A document that another
        program handed over has a `deposit` instead of a `file`. Returns the new revision.
        """
        with self._transaction() as connection:
            revision = self._next_revision(connection)
            added = connection.execute("SELECT added FROM documents WHERE id = ?", (parsed.document.id,)).fetchone()
            self._drop(connection, parsed.document.id, revision)
            day = (added and added[0]) or datetime.datetime.now(datetime.UTC).date().isoformat()
            number = self._insert(connection, replace(parsed, document=replace(parsed.document, added=day)), revision)
            self._keep_vectors(connection, model, vectors)
            if file is not None:
                self._record(connection, file)
            if deposit is not None:
                keep(connection, number, deposit)
        return revision

    @staticmethod
    def _insert(connection: Connection, parsed: Parsed, revision: int) -> int:
        """Write a document's rows; returns its number."""
        document = parsed.document
        values = asdict(document) | {
            "symbol_norm": normalise_symbol(document.symbol) if document.symbol else None,
            "warnings": json.dumps(document.warnings),
            "outline": json.dumps([[e.title, e.level, e.page] for e in parsed.outline], ensure_ascii=False),
            "revision": revision,
            "details": details_of(document),
        }
        marks = ", ".join("?" for _ in DOCUMENT_COLUMNS)
        number: int = connection.execute(
            f"INSERT INTO documents ({', '.join(DOCUMENT_COLUMNS)}) VALUES ({marks}) RETURNING num",  # noqa: S608
            [values[name] for name in DOCUMENT_COLUMNS],
        ).fetchone()[0]
        several = (("country", document.countries), ("theme", document.themes), ("alias", document.aliases))
        connection.executemany(
            "INSERT INTO document_values VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(number, name, value) for name, listed in several for value in listed],
        )
        connection.executemany(
            "INSERT INTO pages (document, number, label, text, language, confidence) VALUES (?, ?, ?, ?, ?, ?)",
            [(number, p.number, p.label, p.text, p.language, p.confidence) for p in parsed.pages],
        )
        connection.executemany(
            "INSERT INTO page_words VALUES (?, ?, ?)", [(number, scan.page, scan_row(scan)) for scan in parsed.scans]
        )
        rows = []
        for passage in parsed.passages:
            wording = indexed_text(document.title, passage.heading_path, passage.label, passage.lead, passage.text)
            rows.append((number, *passage_row(passage), text_hash(wording), revision))
        connection.executemany(
            "INSERT INTO passages (document, ordinal, kind, label, heading_path, lead, language, page, page_label, "
            "speaker, spans, pinpoints, text, text_hash, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        write_commitments(connection, number, document.id, parsed.commitments)
        return number

    def follow_up(self, notes: Mapping[str, FollowUp]) -> None:
        """Keep what a curator noted of commitments, by their keys; see `corpus.commitments`."""
        with self._transaction() as connection:
            follow_up(connection, notes)

    def remove(self, document_id: str, *, notes: bool = False) -> int:
        """Take a document out, with its passages. Returns the new revision. With `notes` what was noted of commitments
        that only it holds goes too; otherwise that waits for the document to come back."""
        with self._transaction() as connection:
            revision = self._next_revision(connection)
            if notes:
                connection.execute(
                    "DELETE FROM followups WHERE key IN (SELECT c.key FROM commitments c JOIN documents d ON "
                    "d.num = c.document WHERE d.id = ?) AND key NOT IN (SELECT c.key FROM commitments c JOIN documents d "
                    "ON d.num = c.document WHERE d.id <> ?)",
                    (document_id, document_id),
                )
            self._drop(connection, document_id, revision)
            connection.execute("DELETE FROM files WHERE document_id = ?", (document_id,))
        return revision

    def _drop(self, connection: Connection, document_id: str, revision: int) -> None:
        row = connection.execute(
            "SELECT d.num, min(p.seq), max(p.seq) FROM documents d LEFT JOIN passages p ON p.document = d.num "
            "WHERE d.id = ? GROUP BY d.num",
            (document_id,),
        ).fetchone()
        if row is None:
            return
        if row[1] is not None:
            connection.execute("INSERT INTO removals VALUES (?, ?, ?)", (revision, row[1], row[2]))
        connection.execute("DELETE FROM documents WHERE num = ?", (row[0],))

    def _keep_vectors(self, connection: Connection, model: str, vectors: Mapping[bytes, bytes]) -> None:
        connection.executemany(KEEP_VECTOR, [(model, key, value) for key, value in vectors.items()])

    def add_vectors(self, model: str, vectors: Mapping[bytes, bytes]) -> None:
        """Store vectors of passages that are there already (another model, or lost ones)."""
        with self._transaction() as connection:
            self._keep_vectors(connection, model, vectors)

    def sweep_vectors(self) -> int:
        """Delete the vectors that no passage uses any more; returns how many."""
        with self._transaction() as connection:
            return connection.execute(
                "DELETE FROM vectors WHERE NOT EXISTS (SELECT 1 FROM passages p WHERE p.text_hash = vectors.hash)"
            ).rowcount

    def _record(self, connection: Connection, file: FileRecord) -> None:
        values = asdict(file) | {"warnings": json.dumps(file.warnings)}
        marks = ", ".join("?" for _ in values)
        changed = ", ".join(f"{name} = excluded.{name}" for name in values if name != "path")
        connection.execute(
            f"INSERT INTO files ({', '.join(values)}) VALUES ({marks}) ON CONFLICT (path) DO UPDATE SET {changed}",  # noqa: S608
            list(values.values()),
        )

    def record(self, files: Iterable[FileRecord]) -> None:
        """Remember how reading these files ended, where no document changed."""
        with self._transaction() as connection:
            for file in files:
                self._record(connection, file)

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget that these files were ever seen; their documents stay."""
        with self._transaction() as connection:
            connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def move(self, document_id: str, record: FileRecord, old: str) -> int:
        """The content of the file `old`, which is gone, lies where `record` says now. Returns the new revision."""
        with self._transaction() as connection:
            # In one piece: a second file of this document would take it away when it is found to be gone.
            revision = self._next_revision(connection)
            connection.execute(
                "UPDATE documents SET path = ?, revision = ? WHERE id = ?", (record.path, revision, document_id)
            )
            connection.execute("DELETE FROM files WHERE path = ?", (old,))
            self._record(connection, record)
        return revision
