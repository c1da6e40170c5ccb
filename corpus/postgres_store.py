"""The store on a server: the same queries as of a file, on PostgreSQL with the extension pgvector.

Several processes share it. One change is committed after another, each with the next revision; whoever reads sees one
revision; one process at a time is the writer. What a machine keeps for itself (indexes of words, models, notes of its
users) lies in the folder `home`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from corpus.address import Address
from corpus.clearance import OF_DOCUMENT, Clearance, spelt
from corpus.commitments import FollowUp
from corpus.deposits import Deposit
from corpus.errors import HomeError, LockedHomeError
from corpus.lookup import PASSAGE
from corpus.postgres import Raw, Sessions
from corpus.postgres_schema import lock_of, migrate, quoted, settings
from corpus.records import FileRecord, Parsed, StoredPassage
from corpus.rows import passage_of
from corpus.schema import TABLES
from corpus.server_errors import unreachable
from corpus.sql import Connection
from corpus.store import Store
from corpus.transfer import NUMBERED

_PAGE = 2000
_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class PostgresStore(Store):
    """The corpus at an address, to read and to write."""

    def __init__(
        self,
        address: Address,
        home: Path,
        *,
        create: bool = False,
        visible: Clearance | None = None,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Open the corpus at `address`; `home`, `create` and `visible` as for one in a file, `log` takes a sentence
        where a connection is lost.

        Raises:
            HomeError: the server cannot be reached or lacks pgvector.
            MissingHomeError: there is no knowledge base, and `create` is false.
            DamagedHomeError: the schema is of something else, or of a newer Rapporteur.
        """
        self.home = home
        self.address = address
        self.visible = visible
        try:
            with psycopg.connect(address.conninfo, autocommit=True, connect_timeout=15) as raw:
                extension = migrate(raw, address, create=create)
        except psycopg.errors.InsufficientPrivilege as error:
            raise HomeError(
                f"This user may not use {address} ({address.told(error)}). Its administrator can allow it: GRANT CREATE ON DATABASE"
            ) from error
        except psycopg.OperationalError as error:
            raise unreachable(address, error) from error
        labels = None if visible is None else sorted({way.translate(_LETTERS) for way in spelt(visible)})
        self.sessions = Sessions(address, settings(address, extension, labels), log, vectors=labels is None)
        self.sessions.open()
        self._writer: Raw | None = None

    @property
    def server(self) -> Address:
        """As for a file: here there is one."""
        return self.address

    @property
    def revision(self) -> int:
        """As for a file; what is read has its revision noted."""
        known = self.sessions.revision
        return super().revision if known is None else known

    @property
    def _connection(self) -> Connection:
        return self.sessions

    def present(self) -> bool:
        """Always: a server that is gone is told of by the next question."""
        return True

    def close(self) -> None:
        """Close all connections."""
        self.sessions.close()

    def reading(self) -> Any:
        """As for a file: one revision for whatever this thread reads inside. A connection that is lost meanwhile is
        replaced if the revision is still the same."""
        return self.sessions.reading()

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """Another connection than that of this thread, which sees no more of the corpus; one transaction."""
        try:
            with self.sessions.beside() as connection:
                yield connection
        except (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege) as error:
            raise HomeError(f"This user may not write to {self.address}.") from error

    # -- writing -------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time, of all processes on all machines: a lock that the server frees however its holder ends."""
        self._take_lock()
        try:
            yield
        finally:
            writer, self._writer = self._writer, None
            if writer is not None:
                with suppress(psycopg.Error):
                    # The server learns of a closed connection a moment later, and the next writer may come before.
                    writer.execute("SELECT pg_advisory_unlock_all()")
                writer.close()

    def _take_lock(self) -> None:
        try:
            # Of its own, so that it lasts as long as the writing.
            writer = psycopg.connect(self.address.conninfo, autocommit=True, application_name="rapporteur writer")
            first, second = lock_of(self.address, "writer")
            row = writer.execute("SELECT pg_try_advisory_lock(%s, %s)", (first, second)).fetchone()
            if row is None or not row[0]:
                holder = writer.execute(
                    "SELECT a.pid, a.client_addr FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE "
                    "l.locktype = 'advisory' AND l.granted AND l.classid = %s::oid AND l.objid = %s::bigint::oid",
                    (first, second & 0xFFFFFFFF),
                ).fetchone()
                writer.close()
                who = f" (from {holder[1] or 'the same machine'})" if holder else ""
                raise LockedHomeError(
                    f"Another process{who} is writing to {self.address}; try again when it has finished."
                )
        except psycopg.OperationalError as error:
            raise unreachable(self.address, error) from error
        self._writer = writer

    def _keep_lock(self) -> None:
        """Take the writer's lock again where its connection was lost meanwhile."""
        if self._writer is not None:
            try:
                self._writer.execute("SELECT 1")
            except psycopg.Error:
                self._writer.close()
                self._take_lock()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        self._refuse_seen()
        self._keep_lock()
        with self.sessions.changing(lock_of(self.address, "change")) as connection:
            yield connection

    # Each is one change, done again where the connection is lost in its middle.
    def put(
        self,
        parsed: Parsed,
        file: FileRecord | None,
        model: str,
        vectors: Mapping[bytes, bytes],
        deposit: Deposit | None = None,
    ) -> int:
        """As for a file."""
        return self.sessions.retried(lambda: super(PostgresStore, self).put(parsed, file, model, vectors, deposit))

    def follow_up(self, notes: Mapping[str, FollowUp]) -> None:
        """As for a file."""
        self.sessions.retried(lambda: super(PostgresStore, self).follow_up(notes))

    def remove(self, document_id: str, *, notes: bool = False) -> int:
        """As for a file."""
        return self.sessions.retried(lambda: super(PostgresStore, self).remove(document_id, notes=notes))

    def add_vectors(self, model: str, vectors: Mapping[bytes, bytes]) -> None:
        """As for a file."""
        self.sessions.retried(lambda: super(PostgresStore, self).add_vectors(model, vectors))

    def sweep_vectors(self) -> int:
        """As for a file."""
        return self.sessions.retried(lambda: super(PostgresStore, self).sweep_vectors())

    def record(self, files: Iterable[FileRecord]) -> None:
        """As for a file."""
        listed = list(files)
        self.sessions.retried(lambda: super(PostgresStore, self).record(listed))

    def forget_files(self, paths: Iterable[str]) -> None:
        """As for a file."""
        listed = list(paths)
        self.sessions.retried(lambda: super(PostgresStore, self).forget_files(listed))

    def move(self, document_id: str, record: FileRecord, old: str) -> int:
        """As for a file."""
        return self.sessions.retried(lambda: super(PostgresStore, self).move(document_id, record, old))

    def compact(self, *, thoroughly: bool = False) -> bool:
        """Give the space of removed rows back to the tables; with `thoroughly` write them anew, so that removed text is in
        none of them. What the server's own log, copies and backups hold is its administrator's."""
        how = "VACUUM (FULL)" if thoroughly else "VACUUM"
        with suppress(psycopg.errors.LockNotAvailable), self.sessions.alone() as raw:
            raw.execute("SET lock_timeout = '30s'")
            try:
                for table in TABLES:
                    raw.execute(f"{how} {quoted(self.address.schema)}.{table}")
                return True
            finally:
                raw.execute("RESET lock_timeout")
        return False

    # -- reading -------------------------------------------------------------------------------------------

    def check(self) -> list[str]:
        """What is wrong with the tables; the server looks after its own files."""
        broken = []
        for table in OF_DOCUMENT:
            lost = self._connection.execute(
                f"SELECT count(*) FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.num = t.document)"  # noqa: S608
            ).fetchone()[0]
            broken += [f"{lost} rows without their document in {table}"] * bool(lost)
        return broken

    def added(self, since: int) -> Iterator[tuple[StoredPassage, str, bytes]]:
        """As for a file; a page of rows at a time, for all that a statement gives is here at once."""
        first = self.first_added(since)
        last = (first or 0) - 1
        while first is not None:
            rows = self._connection.execute(
                f"{PASSAGE.replace('d.id AS document_id', 'd.id AS document_id, d.title')} WHERE p.revision > ? "
                f"AND p.seq > ? ORDER BY p.seq LIMIT {_PAGE}",
                (since, last),
            ).fetchall()
            for row in rows:
                yield passage_of(row), row["title"], bytes(row["text_hash"])
            if len(rows) < _PAGE:
                return
            last = rows[-1]["seq"]

    # -- the whole, to be copied -----------------------------------------------------------------------------

    def columns(self, table: str) -> list[str]:
        """As for a file."""
        rows = self._connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped "
            "ORDER BY attnum",
            (f"{quoted(self.address.schema)}.{table}",),
        )
        return [row[0] for row in rows]

    def rows(self, table: str, names: Sequence[str], order: str) -> Iterator[Any]:
        """As for a file; they come over a page at a time."""
        yield from self.sessions.stream(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")  # noqa: S608

    def counters(self) -> dict[str, int]:
        """As for a file."""
        found = {}
        for table, column in NUMBERED.items():
            row = self._connection.execute(
                "SELECT last_value FROM pg_sequences WHERE schemaname = ? AND sequencename = ?",
                (self.address.schema, f"{table}_{column}_seq"),
            ).fetchone()
            found[table] = int(row[0] or 0)
        return found

    @staticmethod
    def _write(connection: Connection, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        assert isinstance(connection, Sessions)
        connection.load(table, names, rows)

    def count_on(self, counters: Mapping[str, int]) -> None:
        """As for a file."""
        for table, last in counters.items():
            name = f"{quoted(self.address.schema)}.{table}_{NUMBERED[table]}_seq"
            if last:
                self._connection.execute("SELECT setval(CAST(? AS regclass), CAST(? AS BIGINT))", (name, last))
            else:
                self._connection.execute(f"ALTER SEQUENCE {name} RESTART")

    def settle(self) -> None:
        """Have the server count what was written, so that it plans its queries by that."""
        with self.sessions.alone() as raw:
            for table in TABLES:
                raw.execute(f"VACUUM (ANALYZE) {quoted(self.address.schema)}.{table}")

    # -- what is derived on the server ---------------------------------------------------------------------

    def derived(self, name: str) -> int:
        """The revision that something derived there was brought to, 0 where it was never made."""
        row = self._connection.execute("SELECT revision FROM derived WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    @contextmanager
    def deriving(self, name: str) -> Iterator[None]:
        """For one process at a time: others wait until this one has derived it."""
        first, second = lock_of(self.address, f"derive {name}")
        try:
            with psycopg.connect(self.address.conninfo, autocommit=True) as raw:
                raw.execute("SELECT pg_advisory_lock(%s, %s)", (first, second))
                yield
        except psycopg.OperationalError as error:
            raise unreachable(self.address, error) from error

    def size(self) -> int:
        """Bytes of all tables and their indexes."""
        return int(
            self._connection.execute(
                "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n "
                "ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = ?",
                (self.address.schema,),
            ).fetchone()[0]
        )
