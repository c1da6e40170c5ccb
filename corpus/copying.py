"""A whole knowledge base from one store into another, exactly: every row of every table, with its numbers and revisions.

The other store must be empty. It is all or nothing: what was begun and not finished is taken back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.backup import BESIDE
from corpus.errors import UsageError
from corpus.schema import TABLES
from corpus.store import Store

_BATCH = 500
# Where rows are read and compared in an order of their own.
ORDERS = {
    "meta": "key", "documents": "num", "document_values": "field, value, document", "pages": "document, number",
    "passages": "seq", "vectors": "model, hash", "removals": "revision, first", "files": "path", "deposits": "document",
    "page_words": "document, number", "commitments": "document, place", "followups": "key",
}  # fmt: skip


def copy_store(source: Store, target: Store, told: Callable[[str], None] = lambda table: None) -> int:
    """Copy everything as it is at one revision, which is returned; `told` is given the name of each table.

    Raises:
        UsageError: the target holds something already, or the source shows only a part of itself.
    """
    if source.visible is not None:
        raise UsageError("Only who sees the whole knowledge base can copy it.")
    if target.revision or target.counts()["documents"]:
        raise UsageError(
            "There is a knowledge base at that place already, and a copy would replace it. Name an empty place."
        )
    with source.reading():
        revision = source.revision
        with target.filling() as write:
            for table in TABLES:
                names = source.columns(table)
                told(table)
                for batch in _batches(source.rows(table, names, ORDERS[table])):
                    write(table, names, batch)
            target.count_on(source.counters())
    return revision


def copy_beside(source: Path, target: Path) -> list[str]:
    """What people wrote beside the store, which belongs to the folder; a file that is there already stays. Returns the
    names of those that were copied."""
    copied = []
    for name in BESIDE:
        if (source / name).is_file() and not (target / name).exists():
            shutil.copyfile(source / name, target / name)
            copied.append(name)
    return copied


def _batches(rows: Iterator[Any]) -> Iterator[list[tuple[Any, ...]]]:
    while batch := [tuple(row) for row in islice(rows, _BATCH)]:
        yield batch
