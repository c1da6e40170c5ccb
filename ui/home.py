"""Where the knowledge base lives: its home."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def resolve_home(given: str | Path | None = None) -> Path:
    """The home: the one given, else RAPPORTEUR_HOME, else the platform's folder for a user's data."""
    chosen = given or os.environ.get("RAPPORTEUR_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir(APPLICATION, appauthor=False))


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
