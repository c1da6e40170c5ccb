"""Opens a store, wherever it lies: in a folder, or on a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from corpus.address import Address
from corpus.clearance import Clearance
from corpus.errors import UsageError
from corpus.store import Store


def open_store(
    home: Path,
    server: Address | None = None,
    *,
    create: bool = False,
    visible: Clearance | None = None,
    log: Callable[[str], None] = lambda line: None,
) -> Store:
    """The store in the folder `home`, or the one on a `server`; then `home` holds what this machine keeps for itself.

    Raises:
        HomeError: it is missing or damaged, or the server cannot be reached; see `Lookup` and `PostgresStore`.
        UsageError: what a server needs is not installed.
    """
    if server is None:
        return Store(home, create=create, visible=visible)
    made: Store = _driver().PostgresStore(server, home, create=create, visible=visible, log=log)
    return made


def holds_store(server: Address) -> bool:
    """Whether there is a knowledge base at an address.

    Raises:
        HomeError: the server cannot be reached.
        UsageError: what a server needs is not installed.
    """
    _driver()
    from corpus.postgres import is_there

    return is_there(server)


def _driver() -> ModuleType:
    try:
        import corpus.postgres_store
    except ImportError as error:
        raise UsageError(
            f"A store on a server needs more packages ({error.name} is missing): pip install 'rapporteur-kb[postgres]'"
        ) from error
    return corpus.postgres_store
