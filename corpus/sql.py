"""What the store asks of a connection, to a file or to a server: statements that both dialects of SQL accept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

# A row is read by column name or place, as with `sqlite3.Row`.
Row = Any


class Rows(Protocol):
    """What a statement gave back."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Row: ...

    def fetchall(self) -> list[Row]: ...

    def __iter__(self) -> Iterator[Row]: ...


class Connection(Protocol):
    """Runs statements, with `?` in the place of each value."""

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, sql: str, parameters: Any = ..., /) -> Rows: ...

    def executemany(self, sql: str, parameters: Any, /) -> Rows: ...


KEEP_VECTOR = "INSERT INTO vectors VALUES (?, ?, ?) ON CONFLICT (model, hash) DO UPDATE SET vector = excluded.vector"
