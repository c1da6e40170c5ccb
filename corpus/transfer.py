"""What a store in a file gives and takes when it is copied as a whole; see `corpus.copying`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from corpus.lookup import Lookup
from corpus.schema import TABLES
from corpus.sql import Connection

Write = Callable[[str, Sequence[str], Sequence[Sequence[Any]]], None]
# The tables whose numbers are never given twice, and the column of these.
NUMBERED = {"documents": "num", "passages": "seq"}


class Transfer(Lookup):
    """Rows as they are, out of the tables and into them."""

    def _transaction(self) -> Any:
        raise NotImplementedError

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        return [row["name"] for row in self._connection.execute(f"PRAGMA table_info({table})")]

    def rows(self, table: str, names: Sequence[str], order: str) -> Iterator[Any]:
        """All rows of a table, these columns of them, in that order."""
        yield from self._connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")  # noqa: S608

    def counters(self) -> dict[str, int]:
        """The last number that was given in each table whose numbers are never given twice."""
        kept = dict.fromkeys(NUMBERED, 0)
        return kept | {
            row["name"]: row["seq"] for row in self._connection.execute("SELECT name, seq FROM sqlite_sequence")
        }

    @contextmanager
    def filling(self) -> Iterator[Write]:
        """One change that fills the empty tables; gives a function that writes rows: table, columns, rows."""
        with self._transaction() as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
            yield lambda table, names, rows: self._write(connection, table, names, rows)

    @staticmethod
    def _write(connection: Connection, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        marks = ", ".join("?" for _ in names)
        connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608

    def settle(self) -> None:
        """After many rows were written: nothing, in a file."""

    def count_on(self, counters: Mapping[str, int]) -> None:
        """Go on counting behind these numbers, within the change that fills the tables."""
        for table, last in counters.items():
            self._connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            self._connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))
