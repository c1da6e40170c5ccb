"""A process that is killed at any instant leaves a home that opens by itself, holds what was committed, and goes on."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.store import FILE_NAME, Store
from tests.crashing import Corpus, Killer
from ui import purging
from ui.service import restore

# RAPPORTEUR_KILLS is read here, before the environment is cleaned: a long session sets it.
KILLS = int(os.environ.get("RAPPORTEUR_KILLS", "30"))
SEED = int(os.environ.get("RAPPORTEUR_SEED", "7"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes; this system has none")


def expected(before: dict[str, str], noted: list[list[str]]) -> tuple[dict[str, str], set[str]]:
    """The documents that must be there after a killed run, by id, and those that a step was begun for and not ended."""
    documents, open_ = dict(before), set()
    for step, document_id, *values in noted:
        if step in {"putting", "removing", "moving"}:
            open_.add(document_id)
            continue
        open_.discard(document_id)
        if step == "put":
            documents[document_id] = values[1]
        elif step == "removed":
            documents.pop(document_id, None)
    return documents, open_


def check(corpus: Corpus, before: dict[str, str], killer: Killer) -> dict[str, str]:
    """What is committed is there, and nothing else, but for the one document that was under way."""
    now = corpus.good()
    wanted, under_way = expected(before, killer.noted())
    for document_id in wanted.keys() | now.keys():
        if document_id not in under_way:
            assert now.get(document_id) == wanted.get(document_id), f"document {document_id}"
    return now


@pytest.fixture
def killer(tmp_path: Path, project_root: Path) -> Iterator[Killer]:
    killer = Killer(project_root, tmp_path, random.Random(SEED))
    yield killer
    killer.close()


def test_a_process_may_be_killed_at_any_instant(tmp_path: Path, killer: Killer, hashing: Any) -> None:
    chance = random.Random(SEED)
    corpus = Corpus(tmp_path, chance, hashing)
    order = {"home": str(corpus.home), "folder": str(corpus.folder), "file": str(corpus.file)}
    for _ in range(3):
        corpus.change()
    # How long each takes when it is let be.
    killer.run(op="ingest", **order)
    killer.run(op="rebuild", **order)
    killer.run(op="backup", **order)
    again = tmp_path / "again"
    killer.run(op="restore", **order | {"home": str(again)})
    killer.usual["forget"] = killer.usual["purge"] = killer.usual["rebuild"]
    tries, before = 0, corpus.good()
    while killer.killed < KILLS:
        tries += 1
        assert tries < 8 * KILLS + 50, "the commands are too quick to be killed"
        step = chance.choice(["ingest", "ingest", "ingest", "forget", "purge", "rebuild", "backup", "restore", "first"])
        if step == "restore":
            killed_restore(killer, order, tmp_path / f"restored{tries}")
            continue
        if step == "first":
            killed_at_first(killer, corpus, tmp_path / f"first{tries}")
            continue
        if step == "ingest":
            corpus.change()
        document = chance.choice(sorted(before)) if before else ""
        killer.kill(op=step, document=document, **order)
        now = check(corpus, before, killer)
        if step in {"forget", "purge"}:
            assert now.keys() >= before.keys() - {document}
        if step == "backup":
            # Whole, whether of now or of before.
            whole = tmp_path / f"whole{tries}"
            restore(corpus.file, whole)
            with closing(sqlite3.connect(whole / FILE_NAME)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        killer.run(op="ingest", **order)
        # Whoever writes next ends what a killed purge began.
        assert not purging.pending(corpus.home)
        before = corpus.good()
        assert sorted(before.values()) == corpus.contents()
    leftovers = [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")]
    killer.run(op="backup", **order)
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == [], leftovers


def killed_restore(killer: Killer, order: dict[str, str], home: Path) -> None:
    """The home is empty or whole; where it is empty, the next attempt fills it and sweeps what the first one left."""
    killer.kill(**order | {"op": "restore", "home": str(home)})
    if not (home / FILE_NAME).exists():
        killer.run(**order | {"op": "restore", "home": str(home)})
    store = Store(home)
    assert store.check() == []
    assert store.documents() != []
    store.close()
    assert not list(home.glob(".*.part"))


def killed_at_first(killer: Killer, corpus: Corpus, home: Path) -> None:
    """A home that is just being made is none yet, or a good one."""
    kept, corpus.home = corpus.home, home
    order = {"op": "ingest", "home": str(home), "folder": str(corpus.folder)}
    killer.kill(**order)
    if (home / FILE_NAME).exists():
        check(corpus, {}, killer)
    killer.run(**order)
    assert sorted(corpus.good().values()) == corpus.contents()
    corpus.home = kept
