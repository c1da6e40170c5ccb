"""Whether a knowledge base is well: what can be seen at once, and what only a close look shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus.records import Problem
from corpus.store import Store
from corpus.upkeep import count_missing, document_ids
from search.rerank import reranker
from ui.modelled import configured
from ui.models import EMBEDDING


def status_of(store: Store, home: Path) -> dict[str, Any]:
    """What the knowledge base holds and whether it is well, quickly; vectors are compared by number only."""
    facts: dict[str, Any] = json.loads(store.get_meta(EMBEDDING) or "{}")
    problems = damage(store)
    problems += missing_vectors(store, facts.pop("fingerprint", None))
    return {
        "home": str(home),
        "revision": store.revision,
        **store.counts(),
        "files_failed": sum(record.outcome == "failed" for record in store.files().values()),
        "embedding": facts or {"model": None, "dimensions": None, "backend": None},
        "language_model": configured(),
        "reranker": reranker(),
        "store": "sqlite",
        "bytes": sum(file.stat().st_size for file in home.rglob("*") if file.is_file()),
        "healthy": not problems,
        "problems": problems,
    }


def damage(store: Store) -> list[Problem]:
    """What SQLite finds wrong with its own file."""
    return [Problem(f"The store is damaged: {what}.", "Restore a backup.") for what in store.check()]


def missing_vectors(store: Store, fingerprint: str | None) -> list[Problem]:
    """Passages without a vector of the model of that fingerprint; none where no model is known."""
    missing = count_missing(store, fingerprint) if fingerprint else 0
    if not missing:
        return []
    return [Problem(f"{missing} passages have no vector of the present model.", "Run: rapporteur rebuild")]


def orphans(store: Store) -> list[Problem]:
    """Files that count as read and have no document: only damage or another program leads there."""
    ids = document_ids(store)
    lost = [record for record in store.files().values() if record.document_id and record.document_id not in ids]
    remedy = "Run rapporteur ingest on their folders: they are read again."
    return [Problem(f"{len(lost)} files have lost their document.", remedy)] if lost else []
