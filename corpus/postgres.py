"""Connections to a server: a pool, the connection that a thread holds, and what happens where one is lost.

A statement outside of a transaction is tried again on another connection. Reading goes on where it stood if the
revision is still the same, for then it is the same state; else, and in the middle of a change, the caller is told.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from pgvector.psycopg import register_vector
from psycopg_pool import ConnectionPool

from corpus.address import Address
from corpus.dialect import Number, Result, plain, row_factory, translated
from corpus.errors import LockedHomeError
from corpus.server_errors import AGAIN, KEPT, LOST, LostError, unreachable

Raw = psycopg.Connection[Any]
Value = TypeVar("Value")

MOST = 12
# Seconds: for one connection to be had, and between the tries for a new one.
WAIT = 15.0
PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
# Seconds that a writer waits for another one to commit.
PATIENCE = 30
_REVISION = "SELECT value FROM meta WHERE key = 'revision'"


class _Held:
    """The connection that a thread holds for a transaction."""

    def __init__(self, raw: Raw, writes: bool) -> None:
        self.raw = raw
        self.writes = writes
        self.revision = ""


class Sessions:
    """The connections of one store. Usable from many threads; implements `corpus.sql.Connection`."""

    def __init__(self, address: Address, settings: str, log: Callable[[str], None], *, vectors: bool = True) -> None:
        """`settings` are statements that each connection begins with, `log` takes a sentence where one is lost; `vectors`
        are those of pgvector, which the driver learns to read."""
        self.address = address
        self._log = log
        self._settings = settings
        self._vectors = vectors
        self._local = threading.local()
        self._pool: ConnectionPool[Raw] = ConnectionPool(
            address.conninfo,
            kwargs={"autocommit": True, "row_factory": row_factory, "application_name": "rapporteur"},
            configure=self._configure,
            min_size=0,
            max_size=MOST,
            num_workers=1,
            timeout=WAIT,
            reconnect_timeout=WAIT,
            open=False,
        )

    def _configure(self, raw: Raw) -> None:
        raw.adapters.register_loader("numeric", Number)
        raw.execute(self._settings)
        if self._vectors:
            register_vector(raw)

    def open(self) -> None:
        """Connect for the first time.

        Raises:
            HomeError: the server cannot be reached, or does not let this user in.
        """
        try:
            psycopg.connect(self.address.conninfo, connect_timeout=int(WAIT)).close()
        except psycopg.Error as error:
            raise unreachable(self.address, error) from error
        self._pool.open()

    def close(self) -> None:
        """Close all connections that nobody holds."""
        self._pool.close()

    # -- one statement -------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether this thread holds a connection for a transaction."""
        return getattr(self._local, "held", None) is not None

    def execute(self, sql: str, parameters: Any = (), /) -> Result:
        """Run a statement, with `?` in the place of each value."""
        return self._tried(lambda raw: _run(raw, translated(sql), plain(parameters)))

    def executemany(self, sql: str, parameters: Any, /) -> Result:
        """Run a statement once for each row of values."""
        rows = [plain(row) for row in parameters]
        return self._tried(lambda raw: _run_many(raw, translated(sql), rows))

    @property
    def revision(self) -> int | None:
        """The revision of the state that this thread reads; None where it reads none."""
        held: _Held | None = getattr(self._local, "held", None)
        return int(held.revision) if held is not None and held.revision else None

    def stream(self, sql: str) -> Iterator[Any]:
        """The rows of a large result within the state that this thread reads, a page at a time."""
        held: _Held = self._local.held
        with held.raw.cursor(name="rows") as cursor:
            cursor.itersize = 1000
            yield from cursor.execute(sql)

    def load(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Write many rows at once, within the change that this thread makes."""
        held: _Held = self._local.held
        columns = ", ".join(names)
        with held.raw.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _tried(self, act: Callable[[Raw], Value], wraps: tuple[type[Exception], ...] = ()) -> Value:
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            return self._again(lambda: self._once(act))
        lost: tuple[type[Exception], ...] = (*LOST, *wraps)
        try:
            return act(held.raw)
        except lost as error:
            cause = error.__cause__ if isinstance(error, wraps) else error
            if not isinstance(cause, LOST) or isinstance(cause, KEPT):
                raise
            if held.writes:
                raise self._lost(cause) from error
            self._begin_again(held, cause)
            return act(held.raw)

    def read(self, act: Callable[[Raw], Value], wraps: tuple[type[Exception], ...]) -> Value:
        """Something that reads with the driver's connection, in the state that this thread reads; it may be done twice.
        `wraps` are errors that have the driver's as their cause."""
        with self.reading():
            return self._tried(act, wraps)

    def _once(self, act: Callable[[Raw], Value]) -> Value:
        with self._pool.connection() as raw:
            return act(raw)

    def _again(self, act: Callable[[], Value]) -> Value:
        """Do it; where the connection is lost, do it once more on another one, with longer and longer pauses."""
        last: Exception | None = None
        for pause in PAUSES:
            if last is not None:
                self._say(last)
                time.sleep(pause)
                self._pool.check()
            try:
                return act()
            except AGAIN as error:
                if isinstance(error, KEPT):
                    raise
                last = error
        assert last is not None
        raise unreachable(self.address, last) from last

    def retried(self, act: Callable[[], Value]) -> Value:
        """A whole change, tried again where the connection is lost in its middle: it was taken back by the server then,
        or it had come to its end, and doing it twice leaves the same."""
        return act() if self.in_transaction else self._again(act)

    def _say(self, error: Exception) -> None:
        self._log(f"The connection to {self.address} was lost ({self.address.told(error)}); trying again.")

    def _lost(self, error: Exception) -> LostError:
        return LostError(
            f"The connection to {self.address} was lost in the middle of a change, which was taken back "
            f"({self.address.told(error)}). Try again."
        )

    # -- transactions --------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the store for everything that this thread reads inside."""
        if self.in_transaction:
            yield
            return
        held = self._again(self._begin)
        self._local.held = held
        try:
            yield
        finally:
            self._local.held = None
            self._end(held)

    def _begin(self) -> _Held:
        held = _Held(self._pool.getconn(), writes=False)
        try:
            held.raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = held.raw.execute(_REVISION).fetchone()
            held.revision = str(row[0]) if row else ""
        except BaseException:
            self._pool.putconn(held.raw)
            raise
        return held

    def _begin_again(self, held: _Held, error: Exception) -> None:
        """Put another connection in the place of the lost one, if it still reads the same revision."""
        self._say(error)
        self._pool.putconn(held.raw)
        fresh = self._again(self._begin)
        held.raw = fresh.raw
        if fresh.revision != held.revision:
            raise LostError(
                f"The connection to {self.address} was lost, and the knowledge base has changed since. Ask again."
            ) from error

    def _end(self, held: _Held) -> None:
        try:
            if not held.raw.closed:
                held.raw.execute("COMMIT")
        except LOST:
            pass  # Nothing was changed: the pool throws the connection away.
        finally:
            self._pool.putconn(held.raw)

    @contextmanager
    def changing(self, lock: tuple[int, int]) -> Iterator[Sessions]:
        """One change, committed at the end of it; other writers wait for that.

        Raises:
            LostError: the connection was lost, and the change taken back.
            LockedHomeError: another one writes for too long.
        """
        if self.in_transaction:
            raise RuntimeError("a change inside of a transaction")
        with ExitStack() as stack:
            try:
                raw = stack.enter_context(self._pool.connection())
                raw.execute("BEGIN")
                raw.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
                raw.execute("SELECT pg_advisory_xact_lock(%s, %s)", lock)
            except psycopg.errors.LockNotAvailable as error:
                raw.execute("ROLLBACK")
                raise LockedHomeError(
                    f"Others are writing to {self.address}; try again when they have finished."
                ) from error
            except LOST as error:
                raise self._lost(error) from error
            self._local.held = _Held(raw, writes=True)
            try:
                yield self
                raw.execute("COMMIT")
            except BaseException as error:
                with suppress(psycopg.Error):
                    raw.execute("ROLLBACK")
                if isinstance(error, LOST) and not isinstance(error, KEPT):
                    raise self._lost(error) from error
                raise
            finally:
                self._local.held = None

    @contextmanager
    def beside(self) -> Iterator[Sessions]:
        """This thread uses another connection inside than the one that it holds; one transaction."""
        outer = getattr(self._local, "held", None)
        self._local.held = None
        try:
            with self._pool.connection() as raw, raw.transaction():
                self._local.held = _Held(raw, writes=True)
                yield self
        except LOST as error:
            raise self._lost(error) from error
        finally:
            self._local.held = outer

    @contextmanager
    def alone(self) -> Iterator[Raw]:
        """Another connection, outside of any transaction; this thread goes on with its own."""
        try:
            with self._pool.connection() as raw:
                yield raw
        except LOST as error:
            if isinstance(error, KEPT):
                raise
            raise self._lost(error) from error


def _run(raw: Raw, sql: str, values: list[Any]) -> Result:
    cursor = raw.execute(sql, values)
    return Result(cursor.fetchall() if cursor.description is not None else [], cursor.rowcount)


def _run_many(raw: Raw, sql: str, rows: list[list[Any]]) -> Result:
    with raw.cursor() as cursor:
        cursor.executemany(sql, rows)
        return Result([], cursor.rowcount)


def is_there(address: Address) -> bool:
    """Whether there is a knowledge base at an address.

    Raises:
        HomeError: the server cannot be reached.
    """
    try:
        with psycopg.connect(address.conninfo, autocommit=True, connect_timeout=15) as raw:
            row = raw.execute("SELECT to_regclass(%s)", (f'"{address.schema}".history',)).fetchone()
            return row is not None and row[0] is not None
    except psycopg.Error as error:
        raise unreachable(address, error) from error
