"""`forget --purge`: a document leaves the home's files too, not only the answers.

What is to go is noted in the home before anything changes and struck out when nothing is left. A purge that was killed
is finished by the next one who opens the knowledge base to write, so that every step may be done twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import HomeError, LockedHomeError
from corpus.records import Document
from corpus.store import Store
from ui import feedback
from ui.home import writing

if TYPE_CHECKING:
    from search.engine import Engine

PUBLIC = "public"
# Begins with a point: it is no part of a home that is well.
MARK = ".purge.json"


def begin(store: Store, document: Document) -> None:
    """Note that this document is to leave all files; from here on the purge is finished whatever happens."""
    copies = copies_of(store, document)
    half = store.home / f"{MARK}.part"
    with writing(store.home / MARK):
        with half.open("w", encoding="utf-8") as out:
            json.dump({"document": document.id, "path": document.path, "copies": copies}, out)
            out.flush()
            os.fsync(out.fileno())
        half.replace(store.home / MARK)


def copies_of(store: Store, document: Document) -> list[str]:
    """The paths of the files that a document came from."""
    paths = (path for path, record in store.files().items() if record.document_id == document.id)
    return sorted({document.path, *paths})


def pending(home: Path) -> bool:
    """Whether a purge was begun and not finished."""
    return (home / MARK).exists()


def finish(store: Store, engine: Callable[[], Engine]) -> None:
    """Do what a purge that was noted has still to do; nothing where none was. The writer's lock must be held.

    Raises:
        LockedHomeError: others read without a pause, so that the store's file could not be compacted. The document is
            out of answers, indexes and feedback; the purge stays noted.
    """
    mark = store.home / MARK
    (store.home / f"{MARK}.part").unlink(missing_ok=True)
    if not mark.exists():
        return
    wanted: dict[str, Any] = json.loads(mark.read_text(encoding="utf-8"))
    store.remove(wanted["document"], notes=True)
    for copy in _inside(store.home, wanted["copies"]):
        copy.unlink(missing_ok=True)
    # A file of its owner's that lies where it lay keeps its label, or it would come back for all to see.
    for path in {wanted["path"], *wanted["copies"]}:
        drop_values(store, [path], keep_labels=Path(path).exists())
    feedback.drop(store.home, wanted["document"])
    store.sweep_vectors()
    # Merging would leave the words of a removed document in term files until enough else is removed.
    engine().rebuild()
    if not store.compact(thoroughly=True):
        raise LockedHomeError(
            f"The document is removed, but others are reading {store.home}, so its text is still in the free part of "
            "the file. Run any command that writes when they have finished, such as: rapporteur rebuild"
        )
    mark.unlink()


def refused(home: Path, error: HomeError) -> str:
    """Why a purge that was begun could not be finished now."""
    return f"A removal with --purge in {home} is not finished yet: {error}"


def drop_values(store: Store, paths: Iterable[str], *, keep_labels: bool = False) -> None:
    """Forget what a metadata file once said of these files, such as titles. With `keep_labels` the access label of a file that
    not everybody may see stays, with its path: where it is still in a folder, it does not come back for all to see."""
    from ingest.sync import OVERRIDES

    values: dict[str, dict[str, str]] = json.loads(store.get_meta(OVERRIDES) or "{}")
    before = json.dumps(values)
    for path in paths:
        label = values.pop(path, {}).get("access", PUBLIC)
        if keep_labels and label != PUBLIC:
            values[path] = {"access": label}
    if json.dumps(values) != before:
        store.set_meta(OVERRIDES, json.dumps(values, ensure_ascii=False))


def _inside(home: Path, paths: list[str]) -> Iterator[Path]:
    """Those that lie in the home: sent on the page, fetched or unpacked. Files elsewhere are their owner's."""
    root = home.resolve()
    for path in paths:
        with suppress(OSError, ValueError):
            place = Path(path)
            if place.resolve().is_relative_to(root):
                yield place
