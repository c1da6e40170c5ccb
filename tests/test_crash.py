"""A process that is killed at any instant leaves a home that opens by itself, holds what was committed, and goes on;
a place that takes nothing more, a damaged file, a second writer end in a sentence and an exit code."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import DamagedHomeError, HomeError, LockedHomeError
from corpus.lock import WriterLock
from corpus.store import FILE_NAME, Store
from corpus.upkeep import count_missing
from search.analysis import terms
from search.index import Indexes
from search.lexical import Match
from ui import purging
from ui.service import restore

# RAPPORTEUR_KILLS is read here, before the environment is cleaned: a long session sets it.
KILLS = int(os.environ.get("RAPPORTEUR_KILLS", "30"))
SEED = int(os.environ.get("RAPPORTEUR_SEED", "7"))
# Threads of libraries do not survive a fork.
SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
WORDS = "amber basalt cedar delta ember fjord garnet harbour indigo juniper krill lagoon".split()

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes; this system has none")


class Killer:
    """Runs commands by the driver, and kills them at random instants of their usual time."""

    def __init__(self, root: Path, room: Path, chance: random.Random) -> None:
        self.room, self.chance = room, chance
        self.errors = (room / "errors.txt").open("w+")
        command = [sys.executable, str(root / "tests" / "crash_driver.py")]
        self.driver = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env=os.environ | SINGLE | {"PYTHONPATH": str(root)},
        )
        self.usual: dict[str, float] = {}
        self.killed = 0

    def close(self) -> None:
        assert self.driver.stdin is not None
        self.driver.stdin.close()
        self.driver.wait(20)
        assert self.driver.stdout is not None
        self.driver.stdout.close()
        self.errors.close()

    def _say(self, order: dict[str, str]) -> int:
        assert self.driver.stdin is not None
        self.driver.stdin.write(json.dumps(order | {"log": str(self.log)}) + "\n")
        self.driver.stdin.flush()
        return int(self._hear()["pid"])

    def _end(self) -> int:
        status = self._hear()["status"]
        assert self.driver.stdin is not None
        self.driver.stdin.write("\n")
        self.driver.stdin.flush()
        return status

    def _hear(self) -> dict[str, int]:
        assert self.driver.stdout is not None
        found: dict[str, int] = json.loads(self.driver.stdout.readline())
        return found

    @property
    def log(self) -> Path:
        return self.room / "commits.jsonl"

    def run(self, **order: str) -> None:
        """To its end, which must be a good one."""
        self.log.unlink(missing_ok=True)
        begun = time.monotonic()
        self._say(order)
        status = self._end()
        self.usual[order["op"]] = max(self.usual.get(order["op"], 0.0), time.monotonic() - begun)
        if status:
            self.errors.seek(0)
            pytest.fail(f"{order} ended with {status}: {self.errors.read()[-3000:]}")

    def kill(self, **order: str) -> bool:
        """Somewhere on the way; false where it was quicker."""
        self.log.unlink(missing_ok=True)
        process = self._say(order)
        time.sleep(self.chance.uniform(0, self.usual[order["op"]]))
        os.kill(process, signal.SIGKILL)
        status = self._end()
        assert status in {0, -signal.SIGKILL}, self.room / "errors.txt"
        self.killed += status != 0
        return status != 0

    def noted(self) -> list[list[str]]:
        """What the last command had committed, and what it had begun."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text().splitlines()]


class Corpus:
    """A folder of documents that changes, its home, and what must be in it."""

    def __init__(self, room: Path, chance: random.Random, model: Any) -> None:
        self.folder, self.home, self.file = room / "papers", room / "home", room / "kb.zip"
        self.folder.mkdir()
        self.chance, self.model = chance, model
        self.serial = 0

    def change(self) -> None:
        """New, changed, copied, moved and removed files."""
        for _ in range(self.chance.randint(2, 5)):
            files = sorted(self.folder.iterdir())
            step = self.chance.choice(["new", "new", "change", "copy", "move", "remove", "bad"])
            name = self.folder / f"{self.chance.choice(WORDS)}{self.chance.randint(0, 2)}.md"
            if step == "new" or len(files) < 4:
                name.write_text(self.text())
            elif step == "change":
                self.chance.choice(files).write_text(self.text())
            elif step == "copy":
                name.write_text(self.chance.choice(files).read_text())
            elif step == "move":
                self.chance.choice(files).rename(name)
            elif step == "bad":
                name.write_text("BAD")
            elif len(files) > 6:
                self.chance.choice(files).unlink()

    def text(self) -> str:
        self.serial += 1
        lines = [f"Serial{self.serial}x{n} {' '.join(self.chance.sample(WORDS, 3))}." for n in range(4)]
        return "\n".join([f"Paper serial{self.serial}", *lines[: self.chance.randint(1, 4)]])

    def contents(self) -> list[str]:
        """The texts that must be found after a whole run: each once, however many copies lie there."""
        return sorted({file.read_text() for file in self.folder.iterdir()} - {"BAD"})

    def stored(self, store: Store) -> dict[str, str]:
        return {one.id: store.page_text(one.id, 1) for one in store.documents()}

    def good(self) -> dict[str, str]:
        """Open the home as anybody would, without a step by hand; its documents by id, each of which answers."""
        store = Store(self.home)
        try:
            assert store.check() == []
            documents = self.stored(store)
            assert len(documents) == len(set(documents.values())), "a document is doubled"
            lost = {one.document_id for one in store.files().values() if one.document_id} - documents.keys()
            assert not lost, "a file counts as read and its document is not there"
            assert count_missing(store, self.model.fingerprint) == 0
            indexes = Indexes(store, self.home / "index", lambda: self.model)
            with indexes.pinned() as seen:
                assert seen.dense is not None
                numbers = store.sequence_numbers()
                assert seen.dense.ids().tolist() == numbers
                assert seen.lexical.matching(Match()).tolist() == numbers
                for document_id, text in documents.items():
                    word = terms(text.split()[1])[0]
                    found = store.passages(seen.lexical.search({word: 1.0}, 50)[0].tolist())
                    assert document_id in {one.document_id for one in found.values()}
            indexes.refresh()
            assert indexes.verify() == []
            return documents
        finally:
            store.close()


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


# -- the fault table -----------------------------------------------------------------------------------------------

LIMITED = """
import resource, runpy, signal, sys
# A file may not grow past this, as on a disk that is full; SQLite is told so by the same error.
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv[1])
sys.path[:0] = [sys.argv[2], sys.argv[2] + "/tests"]
import crash_driver
from ingest import rounds, sync
import search.embed
model = crash_driver.embedder()
search.embed.open_embedder = lambda *args, **kwargs: model
rounds.read_all = crash_driver.read_here
sync.Sync.__init__.__kwdefaults__["parse"] = crash_driver.read
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
from ui.cli import main
sys.exit(main(sys.argv[3:]))
"""


def command(root: Path, *arguments: str | Path, limit: int = 0) -> tuple[int, str, str]:
    """`rapporteur …` in a process that may write no file larger than `limit`; exit code, stdout, stderr."""
    line = [sys.executable, "-c", LIMITED, str(limit), str(root), *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def filled(tmp_path: Path, killer: Killer, hashing: Any) -> Corpus:
    corpus = Corpus(tmp_path, random.Random(3), hashing)
    for _ in range(4):
        corpus.change()
    killer.run(op="ingest", home=str(corpus.home), folder=str(corpus.folder))
    return corpus


def test_a_full_disk(filled: Corpus, project_root: Path, tmp_path: Path) -> None:
    before = filled.good()
    for number in range(60):
        (filled.folder / f"large{number}.md").write_text(f"Large {number}\n" + "\n".join(["word " * 200] * 20))
    base = ["--home", filled.home, "--quiet"]
    size = (filled.home / FILE_NAME).stat().st_size
    code, _, said = command(project_root, "ingest", filled.folder, *base, limit=size + 100_000)
    assert code == 3, said
    assert "Check the disk's space, then run: rapporteur verify" in said or "Make space on the disk" in said, said
    now = filled.good()
    assert before.items() <= now.items()
    code, _, said = command(project_root, "backup", tmp_path / "full.zip", *base, limit=40_000)
    assert code == 2, said
    assert "cannot be written" in said
    assert not list(tmp_path.glob("*full.zip*"))
    # With space again the next run completes what is missing.
    code, _, said = command(project_root, "ingest", filled.folder, *base)
    assert code in {0, 1}, said
    assert sorted(filled.good().values()) == filled.contents()
    code, _, said = command(project_root, "backup", tmp_path / "kb.zip", *base)
    assert code == 0, said
    again = tmp_path / "again"
    code, _, said = command(project_root, "restore", tmp_path / "kb.zip", "--home", again, limit=20_000)
    assert code == 3, said
    assert "nothing was changed" in said
    assert not (again / FILE_NAME).exists()


def test_a_place_that_takes_nothing(filled: Corpus, project_root: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("a file")
    for home in (tmp_path / "plain", tmp_path / "plain" / "home"):
        code, _, said = command(project_root, "ingest", filled.folder, "--home", home)
        assert code == 3, said
        assert str(tmp_path / "plain") in said
    code, _, said = command(project_root, "backup", tmp_path / "plain" / "kb.zip", "--home", filled.home)
    assert code == 2, said
    shut = filled.home / "index"
    for entry in shut.rglob("*"):
        if entry.is_file():
            entry.unlink()
    for entry in sorted(shut.rglob("*"), reverse=True):
        entry.rmdir()
    shut.rmdir()
    shut.write_text("a file in the way")
    code, _, said = command(project_root, "search", "amber", "--home", filled.home)
    assert code == 3, said
    assert "cannot be written" in said
    shut.unlink()
    assert command(project_root, "search", "amber", "--home", filled.home)[0] == 0


def test_a_home_that_may_not_be_read_or_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path, create=True).close()
    connect = sqlite3.connect

    class Refused:
        def __init__(self, name: str) -> None:
            self.name = name

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            error = sqlite3.OperationalError(self.name.lower())
            error.sqlite_errorname = self.name
            raise error

    # Root may read and write everything, so the refusals are made up.
    for name, kind in (
        ("SQLITE_CANTOPEN", HomeError),
        ("SQLITE_READONLY_DIRECTORY", HomeError),
        ("SQLITE_IOERR_WRITE", HomeError),
        ("SQLITE_FULL", HomeError),
        ("SQLITE_BUSY", LockedHomeError),
        ("SQLITE_CORRUPT", DamagedHomeError),
        ("SQLITE_NOTADB", DamagedHomeError),
    ):
        monkeypatch.setattr(sqlite3, "connect", Refused(name))
        with pytest.raises(HomeError) as caught:
            Store(tmp_path)
        assert type(caught.value) is kind
        assert str(tmp_path) in str(caught.value)
    monkeypatch.setattr(sqlite3, "connect", connect)
    Store(tmp_path).close()


def test_a_damaged_page_of_the_store_is_found_and_told(filled: Corpus, project_root: Path, tmp_path: Path) -> None:
    base = ["--home", filled.home]
    assert command(project_root, "verify", *base)[0] == 0
    assert command(project_root, "backup", tmp_path / "kb.zip", *base)[0] == 0
    wanted = filled.good()
    path = filled.home / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        roots = [row[0] for row in connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0")]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    whole = path.read_bytes()
    for root in (1, *roots[:: max(1, len(roots) // 2)]):
        path.write_bytes(whole[: (root - 1) * size] + b"\xff" * size + whole[root * size :])
        code, out, said = command(project_root, "verify", *base)
        assert code == 3, (root, out, said)
        assert "damaged" in out + said or "cannot be" in out + said
    code, _, said = command(project_root, "search", "amber", *base)
    assert code in {0, 3}, said
    assert code == 0 or "cannot be" in said
    # The way back that the messages name.
    path.rename(tmp_path / "damaged")
    code, _, said = command(project_root, "restore", tmp_path / "kb.zip", *base)
    assert code == 0, said
    assert filled.good() == wanted


def test_a_second_writer_is_told_at_once(filled: Corpus, project_root: Path) -> None:
    with WriterLock(filled.home):
        for line in (["ingest", filled.folder], ["rebuild"], ["forget", next(iter(filled.good()))]):
            code, _, said = command(project_root, *line, "--home", filled.home)
            assert code == 3, said
            assert f"Another process (pid {os.getpid()}) is writing" in said
        # Whoever only reads is not kept waiting.
        assert command(project_root, "search", "amber", "--home", filled.home)[0] == 0
    assert command(project_root, "rebuild", "--home", filled.home)[0] == 0


def test_a_place_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("corpus.lock._take", refuse)
    with pytest.raises(HomeError, match=r"No locks available.*disk of this machine") as caught, WriterLock(tmp_path):
        pass
    assert not isinstance(caught.value, LockedHomeError)


def test_a_lock_is_freed_however_its_holder_ends(tmp_path: Path, project_root: Path) -> None:
    code = (
        "import sys, pathlib, time; sys.path.insert(0, sys.argv[2]); from corpus.lock import WriterLock\n"
        "with WriterLock(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    line = [sys.executable, "-c", code, str(tmp_path), str(project_root)]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockedHomeError, match=rf"pid {holder.pid}"), WriterLock(tmp_path):
            pass
        holder.kill()
    with WriterLock(tmp_path):
        pass
