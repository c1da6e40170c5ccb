"""The table of vectors that is derived on a server, as far as SQL is needed for it: its revision, its numbers, its
transactions. What is in it is written and found by `search.pgvector`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from psycopg.rows import dict_row
from psycopg.sql import SQL

from corpus.postgres_schema import quoted
from corpus.postgres_store import PostgresStore

Value = TypeVar("Value")
# For making an index over all vectors in one go; the default of 64 MB holds some ten thousand.
BUILD_MEMORY = "512MB"


class ServerVectors:
    """The table `table` beside those of a store."""

    def __init__(self, store: PostgresStore, table: str) -> None:
        self._store = store
        self.table = table
        self.schema = store.address.schema

    def revision(self) -> int:
        """The revision that the table was brought to, as this thread sees it; 0 where it was never made."""
        return self._store.derived(self.table)

    def deriving(self) -> Any:
        """For one process at a time."""
        return self._store.deriving(self.table)

    def read(self, act: Callable[[Any], Value], wraps: type[Exception]) -> Value:
        """Something that reads with the driver's connection, in the state that this thread reads; see `Sessions.read`."""
        return self._store.sessions.read(act, (wraps,))

    def retried(self, act: Callable[[], None]) -> None:
        """A whole change, tried again where a connection is lost in its middle."""
        self._store.sessions.retried(act)

    @staticmethod
    def look(raw: Any, candidates: int | None) -> None:
        """How many candidates the index looks at in this transaction; None: it is not used, and all are compared."""
        if candidates is not None:
            raw.execute(f"SET LOCAL hnsw.ef_search = {int(candidates)}")
        raw.execute(f"SET LOCAL enable_indexscan = {'off' if candidates is None else 'on'}")

    def numbers(self) -> list[int]:
        """The passage numbers in the table, ascending."""
        rows = self._store.sessions.execute(f"SELECT CAST(id AS BIGINT) FROM {self._name} ORDER BY 1")  # noqa: S608
        return [row[0] for row in rows]

    def count(self) -> int:
        """About how many vectors there are: all passages of the store."""
        return self._store.counts()["passages"]

    @contextmanager
    def changing(self, *, since: int, revision: int) -> Iterator[Any]:
        """The driver's connection for one change, beside what this thread reads, after which the table is of this
        `revision`; where it was of none (`since` 0) it begins empty."""
        with self._store.sessions.alone() as raw, raw.transaction():
            if not since:
                raw.execute(f"DROP TABLE IF EXISTS {self._name}")
                raw.execute(f"SET LOCAL maintenance_work_mem = '{BUILD_MEMORY}'")
            raw.execute(
                "INSERT INTO derived VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET revision = excluded.revision",
                (self.table, revision),
            )
            yield raw

    @property
    def _name(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.table)}"

    @staticmethod
    def scored(raw: Any, query: Any, values: Any) -> list[tuple[str, float]]:
        """Only the names and scores of what a query for whole rows finds, best first."""
        outer = SQL("SELECT id, score FROM ({}) AS found ORDER BY score DESC").format(query)
        return [(str(name), float(score)) for name, score in raw.execute(outer, values).fetchall()]

    @staticmethod
    def by_name(raw: Any) -> Any:
        """A cursor whose rows are read by name, its values sent in binary."""
        return raw.cursor(row_factory=dict_row, binary=True)
