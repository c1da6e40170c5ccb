"""A home that an older version made opens, answers, is whole, and takes no file for a new one."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import search.embed
from corpus.backup import FORMAT
from corpus.schema import APPLICATION_ID, MIGRATIONS
from corpus.store import FILE_NAME
from search.derived import VERSION
from search.model_files import LAYOUT, ModelCard, read_card
from search.records import Mode
from ui import service
from ui.service import KnowledgeBase

DECISION = """# Decision No. 3/19 on shelters

The Ministerial Council,

Recognising that shelters help victims,

1. Calls on the participating States to open a shelter in each harbour town;

2. Tasks the Special Representative to report on shelters by 2021.
"""
PAPER = "# Paper on hotlines\n\nThe hotline of Amberton received 27 calls about forced labour in 2019.\n"
OLDER = list(range(1, len(MIGRATIONS)))


@pytest.fixture(autouse=True)
def model(cheap_model: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = cheap_model()
    monkeypatch.setattr(search.embed, "open_embedder", lambda *args, **kwargs: made)
    return made


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, cheap_model: Any) -> Path:
    """Papers, and a home of the present version that holds them."""
    room = tmp_path_factory.mktemp("present")
    (room / "papers").mkdir()
    (room / "papers" / "decision.md").write_text(DECISION)
    (room / "papers" / "paper.md").write_text(PAPER)
    (room / "papers" / "copy.md").write_text(PAPER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search.embed, "open_embedder", lambda *args, **kwargs: cheap_model())
        base = KnowledgeBase(room / "home", create=True)
        base.ingest([room / "papers"], workers=1)
        base.close()
    return room


def as_version(store: Path, older: Path, version: int) -> None:
    """What is in a store, as a program wrote it that knew only the first migrations: later tables and columns are not
    there."""
    with closing(sqlite3.connect(older, isolation_level=None)) as connection:
        connection.executescript("".join(MIGRATIONS[:version]))
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("ATTACH ? AS present", (str(store),))
        tables = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT OR REPLACE INTO main.{table} ({columns}) SELECT {columns} FROM present.{table}")
        assert connection.execute("SELECT count(*) FROM main.passages").fetchone()[0] > 2
        connection.execute("DETACH present")


@pytest.fixture(params=OLDER, ids=[f"version {version}" for version in OLDER])
def older(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Path:
    """The home as an older version left it, with indexes of an older form beside it."""
    home = tmp_path / "home"
    shutil.copytree(template / "home", home)
    for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"):
        (home / name).unlink(missing_ok=True)
    as_version(template / "home" / FILE_NAME, home / FILE_NAME, request.param)
    for name in ("dense.json", "lexical.json"):
        noted = json.loads((home / "index" / name).read_text())
        assert noted["version"] == VERSION
        (home / "index" / name).write_text(json.dumps(noted | {"version": str(int(VERSION) - 1)}))
    return home


def answers(home: Path, papers: Path) -> None:
    """Everything that a home of the present version does."""
    base = KnowledgeBase(home)
    try:
        assert [one.title for one in base.documents()] == ["Decision No. 3/19 on shelters", "Paper on hotlines"]
        assert base.search("hotline Amberton", mode=Mode.LEXICAL).hits
        assert base.search("hotline Amberton", mode=Mode.DENSE).hits
        answer = base.ask("How many calls did the hotline of Amberton receive?")
        assert "27 calls" in answer.answer
        assert base.verify() == []
        report = base.ingest([papers], workers=1)
        assert {file.outcome for file in report.files} <= {"unchanged", "duplicate"}, report
        assert report.revision == 0 or base.verify() == []
    finally:
        base.close()


def test_it_opens_answers_and_takes_no_file_for_a_new_one(older: Path, template: Path) -> None:
    answers(older, template / "papers")
    with closing(sqlite3.connect(older / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)


def test_what_the_older_one_did_not_know_is_read_anew(older: Path, template: Path, model: Any) -> None:
    with closing(sqlite3.connect(older / FILE_NAME)) as connection, connection:
        # An older reader read these files; what it did not look for is not there.
        connection.execute("UPDATE files SET reader = '1'")
    base = KnowledgeBase(older)
    before = {one.id for one in base.documents()}
    vectors = len(model.texts)
    report = base.ingest([template / "papers"], workers=1)
    assert {file.outcome for file in report.files} <= {"updated", "unchanged", "duplicate"}, report
    assert {one.id for one in base.documents()} == before
    assert len(model.texts) == vectors, "texts that did not change were embedded again"
    (decision,) = [one for one in base.documents() if one.title.startswith("Decision")]
    assert decision.added
    assert {one.commitment.verb for one in base.commitments()} >= {"calls upon", "tasks"}
    base.close()
    answers(older, template / "papers")


def test_a_backup_of_an_older_version_comes_back(older: Path, template: Path, tmp_path: Path) -> None:
    data = (older / FILE_NAME).read_bytes()
    facts = {FILE_NAME: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}}
    with zipfile.ZipFile(tmp_path / "kb.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": FORMAT, "made": "2024", "revision": 2, "files": facts}))
        archive.writestr(FILE_NAME, data)
    service.restore(tmp_path / "kb.zip", tmp_path / "again")
    answers(tmp_path / "again", template / "papers")


@pytest.mark.parametrize("layout", range(LAYOUT))
def test_a_model_that_an_older_version_converted_is_converted_anew(tmp_path: Path, layout: int) -> None:
    files = {}
    for name in ("model.xml", "model.bin", "tokenizer.json"):
        (tmp_path / name).write_text(name)
        files[name] = hashlib.sha256(name.encode()).hexdigest()
    card = ModelCard("m", "w" * 64, "int8", 4, 8, files, stamp="s")
    card.write(tmp_path)
    assert read_card(tmp_path, "s") == card
    noted = json.loads((tmp_path / "meta.json").read_text())
    (tmp_path / "meta.json").write_text(json.dumps(noted | {"layout": layout}))
    assert read_card(tmp_path, "s") is None
