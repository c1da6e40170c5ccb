"""The open knowledge base behind Haystack document stores: one for each home and model in this process."""

from __future__ import annotations

import threading
import weakref
from pathlib import Path

from corpus.store import Store
from search.embed import open_embedder
from search.engine import Engine

# The key under which the store remembers which model it was filled with.
MODEL = "model"


class OpenHome:
    """The store of a home and its question path."""

    def __init__(self, home: Path, model: str | None, create: bool) -> None:
        if create:
            home.mkdir(parents=True, exist_ok=True)
        self.store = Store(home, create=create)
        self.engine = Engine(self.store, lambda: open_embedder(home, model or self.store.get_meta(MODEL) or None), home)
        # Closed when its last holder is gone: Haystack knows no call for it.
        weakref.finalize(self, self.store.close)


# Each component of a pipeline that is loaded from YAML brings its own document store: they share one set of indexes.
_open: weakref.WeakValueDictionary[tuple[Path, str | None], OpenHome] = weakref.WeakValueDictionary()
_opening = threading.Lock()


def open_home(home: Path, model: str | None, create: bool) -> OpenHome:
    """The knowledge base in `home`, open as long as somebody holds it.

    Raises:
        MissingHomeError: there is none, and `create` is false.
        DamagedHomeError: it cannot be opened.
    """
    key = (home.resolve(), model)
    with _opening:
        found = _open.get(key)
        if found is None or not found.store.present():
            found = _open[key] = OpenHome(home, model, create)
        return found
