"""`copy`: a whole knowledge base from a folder onto a server, or from a server into a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.address import Address, address_of, is_address
from corpus.copying import copy_beside, copy_store
from corpus.errors import MissingHomeError, UsageError
from corpus.opening import open_store
from ui.home import check_home, home_beside, prepare_home
from ui.service import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made: where it lies, the folder that goes with it, its revision, and the names of the files that
    were copied beside the store."""

    place: str
    home: Path
    revision: int
    beside: tuple[str, ...]


def copy(base: KnowledgeBase, to: str, told: Callable[[str], None]) -> Copied:
    """Copy all of `base` to a server's address or into a folder, which must hold no knowledge base; then derive the
    indexes there. `told` takes remarks.

    Raises:
        UsageError: there is one already.
        HomeError: the place cannot be used.
    """
    home, server = _place(to)
    target = open_store(home, server, create=True, log=told)
    try:
        with target.writing():
            revision = copy_store(base.store, target, lambda table: told(f"Copying {table} …"))
        target.settle()
    finally:
        target.close()
    beside = copy_beside(base.home, home)
    made = KnowledgeBase(home, server=server, models=base.models, log=told)
    try:
        told("Deriving the indexes …")
        made.engine().refresh()
    finally:
        made.close()
    return Copied(server.shown if server else str(home), home, revision, tuple(beside))


def _place(to: str) -> tuple[Path, Address | None]:
    if is_address(to):
        server = address_of(to)
        home = home_beside(server)
        prepare_home(home, server)
        return home, server
    home = Path(to).expanduser().absolute()
    try:
        # One that is empty may be what an interrupted copy left.
        check_home(home)
        home.mkdir(parents=True, exist_ok=True)
    except MissingHomeError as error:
        raise UsageError(str(error).replace("--home", "--to")) from error
    except OSError as error:
        raise UsageError(f"The folder {home} cannot be made ({error.strerror}).") from error
    return home, None
