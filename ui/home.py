"""Where the knowledge base lives: its home."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.address import Address, address_of
from corpus.errors import HomeError, MissingHomeError
from corpus.lock import FILE_NAME as LOCK
from corpus.lookup import FILE_NAME as STORE

APPLICATION = "rapporteur"
# What Rapporteur itself puts into a home; a folder with nothing else is one, or becomes one.
OURS = frozenset(
    {
        STORE,
        f"{STORE}-wal",
        f"{STORE}-shm",
        LOCK,
        "index",
        "models",
        "evaluation",
        "feedback.jsonl",
        "unpacked",
        "library",
        "last-run.json",
        "concepts.yaml",
        "searches.json",
        "audit.jsonl",
        "audit-questions.jsonl",
    }
)


def resolve_home(given: str | Path | None = None, server: Address | None = None) -> Path:
    """The home: the one given, else RAPPORTEUR_HOME, else the platform's folder for a user's data. For a store on a
    `server` that is where this machine keeps what is its own: a folder of that data for each address."""
    chosen = given or os.environ.get("RAPPORTEUR_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return _data(APPLICATION) if server is None else home_beside(server)


def home_beside(server: Address) -> Path:
    """The folder for what this machine keeps beside a server, where nobody names another one."""
    return _data(f"{APPLICATION}-{server.digest}")


def _data(name: str) -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir(name, appauthor=False))


def resolve_server(given: str | None = None) -> Address | None:
    """The server on which the store lies: the one given, else RAPPORTEUR_STORE; None where it is a file in the home.

    Raises:
        UsageError: it is no address.
    """
    chosen = given or os.environ.get("RAPPORTEUR_STORE")
    return address_of(chosen) if chosen else None


def place_of(home: str | Path | None, store: str | None) -> tuple[Path, Address | None]:
    """The home and the server that options and settings name."""
    server = resolve_server(store)
    return resolve_home(home, server), server


def prepare_home(home: Path, server: Address) -> None:
    """Make the folder that goes with a server.

    Raises:
        MissingHomeError: it cannot be made, or holds a knowledge base of its own.
    """
    if (home / STORE).exists():
        raise MissingHomeError(
            f"{home} holds a knowledge base of its own, and {server} is another one. Name a folder with --home for what "
            "this machine keeps beside the server, or leave --home out."
        )
    make_home(home)


def check_home(home: Path) -> bool:
    """Whether there is a knowledge base in `home`; False where one could be made.

    Raises:
        MissingHomeError: the place is a file, or a folder of other things.
        HomeError: the folder may not be looked into.
    """
    try:
        if home.exists() and not home.is_dir():
            raise MissingHomeError(f"{home} is a file, not a folder; choose another place with --home.")
        if (home / STORE).is_file():
            return True
        foreign = home.is_dir() and any(_foreign(entry.name) for entry in home.iterdir())
    except OSError as error:
        raise HomeError(
            f"{home} cannot be looked into ({error.strerror}). Check that you may read and write there."
        ) from error
    if foreign:
        raise MissingHomeError(f"{home} is not empty and is not a Rapporteur home; choose another folder with --home.")
    return False


def _foreign(name: str) -> bool:
    return name not in OURS and not name.startswith(".")


def make_home(home: Path) -> None:
    """Make the folder.

    Raises:
        MissingHomeError: that cannot be done.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MissingHomeError(
            f"The folder {home} cannot be made ({error.strerror}); choose another one with --home."
        ) from error


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """A file of the home is written inside.

    Raises:
        HomeError: that cannot be done.
    """
    try:
        yield
    except OSError as error:
        raise HomeError(
            f"{file} cannot be written ({error.strerror or error}). "
            "Check that the disk has space and that you may write there."
        ) from error


def evaluation_home(home: Path, name: str) -> Path:
    """A home for an evaluation's corpus: inside `home` where that is one, else in the platform's cache folder."""
    if (home / STORE).is_file():
        return home / "evaluation" / name
    import platformdirs

    return Path(platformdirs.user_cache_dir(APPLICATION, appauthor=False)) / "evaluation" / name
