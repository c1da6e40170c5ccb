"""What questions ask of the dense index, wherever it lies: in this process, or on a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from corpus.store import Store
from search.caches import DenseCache
from search.dense import Floats, Ids
from search.embed import Embedder


class Vectors(Protocol):
    """Passage numbers and their unit vectors; scores are cosines (higher is better). Nothing changes it."""

    @property
    def dimensions(self) -> int: ...

    def __len__(self) -> int: ...

    def ids(self) -> Ids: ...

    def vectors_of(self, ids: Ids) -> Floats: ...

    def only(self, ids: Ids) -> Vectors: ...

    def search(self, vector: Floats, k: int, allowed: Ids | None = None) -> tuple[Ids, Floats]: ...


class Cache(Protocol):
    """Keeps the dense index in step with the store. `prepare` comes before the store is read, the rest while it is."""

    @property
    def view(self) -> tuple[int, Vectors] | None: ...

    @property
    def embedder(self) -> Callable[[], Embedder]: ...

    def prepare(self, *, anew: bool = False) -> None: ...

    def catch_up(self, *, anew: bool = False, save: bool = False) -> None: ...

    def compacted(self) -> Any: ...

    def take(self, made: Any, /) -> None: ...

    def damage(self) -> str | None: ...


class _Here(DenseCache):
    def prepare(self, *, anew: bool = False) -> None:
        """Nothing: it is brought up to date while the store is read."""


def cache_of(store: Store, folder: Path, embedder: Callable[[], Embedder]) -> Cache:
    """The dense index of a store: of its own server, or of this process with its files in `folder`."""
    if store.server is None:
        return _Here(store, folder, embedder)
    from search.pgvector import PgvectorCache

    return PgvectorCache(store, embedder)
