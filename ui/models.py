"""The embedding model of a home: which one it is, that it stays the same, and what readers of files must know of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.store import Store
from ingest.extract.settings import TOKENIZER, WINDOW

if TYPE_CHECKING:
    from search.embed import Embedder

MODEL, EMBEDDING = "model", "embedding"


def model_of(store: Store) -> str | None:
    """The name or folder of the model that a home was filled with; None for the bundled one."""
    return store.get_meta(MODEL) or None


def open_model(store: Store, models: Path, wanted: str | None, log: Callable[[str], None]) -> Embedder:
    """The model `wanted`, else that of the home, ready for use.

    Raises:
        UsageError: it is not there.
    """
    from search.embed import open_embedder

    try:
        made = open_embedder(models, wanted or model_of(store), log)
    except UsageError as error:
        if wanted or not model_of(store):
            raise
        raise UsageError(
            f"{error} The knowledge base in {store.home} was filled with it: put it back there, or fill a new home."
        ) from error
    # Two threads that are the first to use OpenVINO at once wait for each other for ever.
    made.embed_query("first use")
    return made


def choose(store: Store, wanted: str | None, embedder: Callable[[], Embedder]) -> None:
    """Have the home remember the model `wanted` (None: as it is).

    Raises:
        UsageError: it holds passages that were cut and embedded for another one.
    """
    if wanted is None or wanted == model_of(store):
        return
    facts: dict[str, Any] = json.loads(store.get_meta(EMBEDDING) or "{}")
    present = facts.get("fingerprint")
    if present and store.counts()["passages"] and _weights(present) != _weights(embedder().fingerprint):
        raise UsageError(
            f"The knowledge base in {store.home} was filled with the embedding model {facts.get('model')}, and its passages "
            f"are cut for that one. To use {wanted}, fill a new home: rapporteur ingest FOLDER --model {wanted} --home DIR"
        )
    place = Path(wanted).expanduser()
    # The next command may be given in another folder.
    store.set_meta(MODEL, str(place.resolve()) if place.is_dir() else wanted)


def _weights(fingerprint: str) -> str:
    """Name and weights without the precision, which another conversion may choose otherwise."""
    return fingerprint.rpartition("-")[0]


def cut_for(model: str | None, models: Path, embedder: Callable[[], Embedder]) -> str:
    """Has passages cut to fit the model in use; empty for the bundled one, which is what readers expect."""
    for name in (WINDOW, TOKENIZER):
        os.environ.pop(name, None)
    if model is None:
        return ""
    made = embedder()
    # Worker processes are given these by their environment.
    os.environ[WINDOW] = str(made.window)
    tokenizer = _tokenizer(model, models)
    if tokenizer is not None:
        os.environ[TOKENIZER] = str(tokenizer)
    return f"{made.name}:{made.window}"


def _tokenizer(model: str, models: Path) -> Path | None:
    from search.model_files import folder_and_stamp

    converted = models / "models" / folder_and_stamp(model)[0] / "tokenizer.json"
    own = sorted(Path(model).expanduser().rglob("tokenizer.json"))
    return next((file for file in (converted, *own) if file.is_file()), None)


def remember(store: Store, embedder: Embedder) -> None:
    """Note what the vectors of the home are of."""
    facts = {"model": embedder.name, "dimensions": embedder.dimensions, "backend": embedder.backend}
    store.set_meta(EMBEDDING, json.dumps(facts | {"fingerprint": embedder.fingerprint}))
