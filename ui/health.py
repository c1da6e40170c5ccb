"""Whether a knowledge base is well: what can be seen at once, and what only a close look shows."""

from __future__ import annotations

import datetime
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from corpus.records import Problem
from corpus.store import Store
from corpus.upkeep import count_missing, document_ids
from ingest.outcomes import OUTCOMES, IngestReport
from search.endpoint import reranker
from ui.modelled import configured
from ui.models import EMBEDDING

LAST_RUN = "last-run.json"


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
        "store": "sqlite" if store.server is None else "postgresql",
        "server": None if store.server is None else store.server.shown,
        "bytes": store.size() + sum(file.stat().st_size for file in home.rglob("*") if file.is_file()),
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


def remember_run(home: Path, report: IngestReport) -> None:
    """Keep when files were last read into a home, and how that ended."""
    facts = {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 1),
        "revision": report.revision,
        "files": {outcome: report.count(outcome) for outcome in OUTCOMES if report.count(outcome)},
    }
    half = home / f".{LAST_RUN}"
    # What was read is committed, whether the disk has room for this note or not.
    with suppress(OSError):
        half.write_text(json.dumps(facts), encoding="utf-8")
        half.replace(home / LAST_RUN)


def last_run(home: Path) -> dict[str, Any] | None:
    """When files were last read into a home: {"time", "seconds", "revision", "files": {outcome: number}}; None where
    nothing is known of it."""
    try:
        facts: dict[str, Any] = json.loads((home / LAST_RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts.get("files"), dict) and isinstance(facts.get("time"), str) else None
