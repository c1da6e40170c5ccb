"""What goes wrong around a knowledge base ends in a sentence and an exit code, and mends itself where it can.

README has a table of these faults: each row is a test here, and each test a row there.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import DamagedHomeError, HomeError, LockedHomeError
from corpus.lock import WriterLock
from corpus.store import FILE_NAME, Store
from tests.crashing import Corpus, Killer, executed, line

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FAULTS: dict[str, list[str]] = {}
Test = Callable[..., None]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="speaks of POSIX's disks, rights and locks")


def row(fault: str) -> Callable[[Test], Test]:
    """Marks the test of a row of README's table."""

    def marked(test: Test) -> Test:
        FAULTS.setdefault(fault, []).append(test.__name__)
        return test

    return marked


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """`rapporteur …` with these faults: exit code, stdout, stderr."""
    driver = Killer(ROOT, tmp_path_factory.mktemp("driver"), random.Random(1))
    yield driver.command
    driver.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Path:
    """A folder of papers and a home that holds them."""
    room = tmp_path_factory.mktemp("faults")
    corpus = Corpus(room, random.Random(3), None)
    for _ in range(5):
        corpus.change()
    code, _, said = command("ingest", corpus.folder, "--home", corpus.home, "--quiet")
    assert code in {0, 1}, said
    return room


@pytest.fixture
def filled(template: Path, tmp_path: Path, hashing: Any, command: Command) -> Corpus:
    (tmp_path / "room").mkdir()
    corpus = Corpus(tmp_path / "room", random.Random(4), hashing)
    corpus.serial = 1000
    shutil.copytree(template / "home", corpus.home)
    shutil.copytree(template / "papers", corpus.folder, dirs_exist_ok=True)
    # The papers of a home are known by their paths.
    code, _, said = command("ingest", corpus.folder, "--home", corpus.home, "--quiet")
    assert code in {0, 1}, said
    return corpus


def hits(command: Command, corpus: Corpus, word: str = "amber") -> list[tuple[str, str]]:
    """What a search finds, without the scores."""
    code, out, said = command("search", word, "-k", "50", "--json", "--home", corpus.home)
    assert code == 0, said
    return sorted((hit["passage_id"], hit["text"]) for hit in json.loads(out)["results"])


# -- the table -----------------------------------------------------------------------------------------------------


def test_the_table_and_the_tests_are_the_same() -> None:
    table = README.split("### When something goes wrong\n")[1].split("\n#")[0]
    written = [cells.split("|")[1].strip() for cells in re.findall(r"^\| .* \|$", table, re.M)][2:]
    killed = "A process is killed, at any instant"
    assert written == [killed, *FAULTS]
    assert "def test_a_process_may_be_killed_at_any_instant" in (ROOT / "tests" / "test_crash.py").read_text()
    assert all(callable(globals()[name]) for names in FAULTS.values() for name in names)


# -- the disk ------------------------------------------------------------------------------------------------------


def large(folder: Path) -> None:
    for number in range(60):
        (folder / f"large{number}.md").write_text(f"Large {number}\n" + "\n".join(["word " * 200] * 20))


@row("The disk is full")
def test_a_full_disk(filled: Corpus, command: Command, tmp_path: Path) -> None:
    before = filled.good()
    large(filled.folder)
    base = ["--home", filled.home, "--quiet"]
    size = (filled.home / FILE_NAME).stat().st_size
    code, _, said = command("ingest", filled.folder, *base, limit=size + 100_000)
    assert code == 3, said
    assert "Check the disk's space, then run: rapporteur verify" in said or "Make space on the disk" in said, said
    now = filled.good()
    assert before.items() <= now.items()
    code, _, said = command("backup", tmp_path / "full.zip", *base, limit=40_000)
    assert code == 2, said
    assert "cannot be written" in said
    assert not list(tmp_path.glob("*full.zip*"))
    # With space again the next run completes what is missing.
    code, _, said = command("ingest", filled.folder, *base)
    assert code in {0, 1}, said
    assert sorted(filled.good().values()) == filled.contents()
    code, _, said = command("backup", tmp_path / "kb.zip", *base)
    assert code == 0, said
    again = tmp_path / "again"
    code, _, said = command("restore", tmp_path / "kb.zip", "--home", again, limit=20_000)
    assert code == 3, said
    assert "nothing was changed" in said
    assert not (again / FILE_NAME).exists()


# Runs a command, and says its name, its words and its exit code.
TRY = 'try() { echo "<$1"; shift; "$@" 2>&1; echo ">$?"; }'


@row("The disk is full")
def test_a_disk_without_a_byte_left(filled: Corpus, command: Command, tmp_path: Path) -> None:
    document = next(iter(filled.good()))
    disk = tmp_path / "disk"
    disk.mkdir()
    used = sum(file.stat().st_size for file in filled.home.rglob("*") if file.is_file()) // 1024
    # A disk of its own, seen by these commands alone: filled to the last byte, then cleared.
    script = f"""
    mount -t tmpfs -o size={used + 4000}k tmpfs {disk}
    cp -r {filled.home} {disk}/home
    rm -rf {disk}/home/index
    cat /dev/zero > {disk}/rest 2> /dev/null || true
    """
    lines: dict[str, list[Any]] = {
        "search": ["search", "amber"],
        "rebuild": ["rebuild"],
        "forget": ["forget", document],
        "purge": ["forget", document, "--purge"],
        "news": ["news"],
        "backup": ["backup", disk / "kb.zip"],
    }
    told = said_by(script, lines, disk / "home")
    for name, (code, said) in told.items():
        assert code == 3 or (code, name) == (2, "backup"), (name, said)
        assert "disk" in said, (name, said)
        assert len(said.strip().splitlines()) == 1, (name, said)


def elsewhere(script: str) -> str:
    """What a script says that has mounts of its own."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here")
    may = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"], capture_output=True, text=True, check=False
    )
    if may.returncode:
        pytest.skip(f"this system lets nobody mount a disk of their own: {may.stderr.strip()}")
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@row("What it says cannot be taken (a full disk behind `> file`)")
def test_output_that_cannot_be_taken(filled: Corpus, command: Command, tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.skip("there is no /dev/full here")
    home = ["--home", str(filled.home)]
    for words, wanted in (
        (["documents"], 1),
        (["status", "--json"], 1),
        (["search", "amber", "--json"], 1),
        (["show", "none", "--json"], 2),
    ):
        code, _, said = command(*words, *home, out=str(full))
        assert code == wanted, said
        assert wanted == 2 or "The output cannot be written (No space left on device)" in said
        assert len(said.strip().splitlines()) == 1
    for words in (["export", "--query", "amber", "--output", full], ["backup", full]):
        code, _, said = command(*words, *home)
        assert code == 2, said
        assert str(full) in said


@row("The disk can only be read")
def test_a_disk_that_can_only_be_read(filled: Corpus, command: Command, tmp_path: Path) -> None:
    before = filled.good()
    lines = {
        "search": ["search", "amber"],
        "ingest": ["ingest", filled.folder],
        "forget": ["forget", next(iter(before))],
        "backup": ["backup", tmp_path / "kb.zip"],
    }
    place = shlex.quote(str(filled.home))
    told = said_by(f"mount --bind {place} {place}\nmount -o remount,bind,ro {place}", lines, filled.home)
    for name, (code, said) in told.items():
        assert code == 3, (name, said)
        assert str(filled.home) in said
        assert "Check that" in said
    new = said_by(f"mount --bind {place} {place}\nmount -o remount,bind,ro {place}", {"new": ["ingest", filled.folder]},
                  filled.home / "new")  # fmt: skip
    assert new["new"][0] == 3
    assert "Read-only file system" in new["new"][1]
    assert filled.good() == before


def said_by(script: str, lines: dict[str, list[Any]], home: Path) -> dict[str, tuple[int, str]]:
    """Exit code and words of each of these commands on `home`, all of them where `script` has mounted something."""
    typed = {name: shlex.join(line(ROOT, *words, "--home", home)) for name, words in lines.items()}
    tries = [f"try {name} {words}" for name, words in typed.items()]
    out = elsewhere("\n".join(["set -e", script, "set +e", TRY, *tries]))
    assert "Traceback" not in out, out
    return {name: (int(code), said) for name, said, code in re.findall(r"<([\w-]+)\n(.*?)>(\d+)\n", out, re.S)}


# -- rights --------------------------------------------------------------------------------------------------------


def as_anybody() -> dict[str, Any]:
    """Options of a process that rights hold back, also where the tests run as root."""
    if os.geteuid() != 0:
        return {}
    libc = ctypes.CDLL(None, use_errno=True)

    def let_go() -> None:
        # PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what is executed next has neither.
        for right in (1, 2):
            libc.prctl(24, right, 0, 0, 0)

    return {"preexec_fn": let_go}


@row("The folder may not be read or written")
def test_rights_that_are_missing(filled: Corpus, tmp_path: Path) -> None:
    options = as_anybody()
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0)
    if executed(["cat", str(secret)], **options)[0] == 0:
        pytest.skip("rights hold nobody back here")
    home = ["--home", str(filled.home)]
    document = next(iter(filled.good()))
    (filled.folder / "shut.md").write_text("A shut paper\nNobody reads the zebrawood.")
    (filled.folder / "shut.md").chmod(0)
    code, out, said = executed(line(ROOT, "ingest", filled.folder, *home), **options)
    assert code == 1
    assert "shut.md" in out + said
    assert "Permission denied" in out + said
    places = [filled.home, *filled.home.rglob("*")]
    rights = {place: place.stat().st_mode for place in places}
    try:
        for place in places:
            place.chmod(rights[place] & ~0o222)
        for words in (["search", "amber"], ["ingest", str(filled.folder)], ["forget", document]):
            code, out, said = executed(line(ROOT, *words, *home), **options)
            assert (code, out) == (3, ""), (words, said)
            assert "Check that" in said
            assert str(filled.home) in said
        filled.home.chmod(0)
        for words in (["status"], ["restore", str(secret)]):
            code, out, said = executed(line(ROOT, *words, *home), **options)
            assert (code, out) == (3, ""), (words, said)
            assert "cannot be looked into (Permission denied)" in said
    finally:
        for place in places:
            place.chmod(rights[place])
    assert filled.good().keys() >= {document}


@row("The folder may not be read or written")
def test_a_place_that_takes_nothing(filled: Corpus, command: Command, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("a file")
    for home in (tmp_path / "plain", tmp_path / "plain" / "home"):
        code, _, said = command("ingest", filled.folder, "--home", home)
        assert code == 3, said
        assert str(tmp_path / "plain") in said
    code, _, said = command("backup", tmp_path / "plain" / "kb.zip", "--home", filled.home)
    assert code == 2, said
    shut = filled.home / "index"
    shutil.rmtree(shut)
    shut.write_text("a file in the way")
    code, _, said = command("search", "amber", "--home", filled.home)
    assert code == 3, said
    assert "cannot be written" in said
    shut.unlink()
    assert command("search", "amber", "--home", filled.home)[0] == 0


@row("The folder may not be read or written")
def test_whatever_sqlite_says_of_a_place_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path, create=True).close()
    connect = sqlite3.connect

    class Refused:
        def __init__(self, name: str) -> None:
            self.name = name

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            error = sqlite3.OperationalError(self.name.lower())
            error.sqlite_errorname = self.name
            raise error

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


# -- files that are not whole --------------------------------------------------------------------------------------


def tear(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def found_and_mended(command: Command, corpus: Corpus, damaged: Callable[[], Path], name: str) -> None:
    """`verify` finds it, the next search goes on as if nothing were, `rebuild` mends it."""
    home = ["--home", str(corpus.home)]
    wanted = hits(command, corpus)
    assert wanted
    for harm in (tear, Path.unlink):
        harm(damaged())
        code, out, said = command("verify", *home)
        assert code == 3, said
        assert f"The files of the {name} index are damaged." in out
        assert "Run: rapporteur rebuild" in out
        assert hits(command, corpus) == wanted
        assert command("verify", *home)[0] == 0
    tear(damaged())
    code, _, said = command("rebuild", *home)
    assert code == 0, said
    assert command("verify", *home)[0] == 0
    assert hits(command, corpus) == wanted


@row("A file of the vector index (FAISS) is torn or missing")
def test_a_torn_or_missing_vector_index(filled: Corpus, command: Command) -> None:
    found_and_mended(command, filled, lambda: filled.home / "index" / "vectors.faiss", "vector")


@row("A file of the term index (tantivy) is torn or missing")
def test_a_torn_or_missing_term_index(filled: Corpus, command: Command) -> None:
    found_and_mended(command, filled, lambda: next((filled.home / "index").glob("lexical-*/*.store")), "term")


@row("A page of the SQLite file is damaged")
def test_a_damaged_page_of_the_store_is_found_and_told(filled: Corpus, command: Command, tmp_path: Path) -> None:
    base = ["--home", filled.home]
    assert command("verify", *base)[0] == 0
    assert command("backup", tmp_path / "kb.zip", *base)[0] == 0
    wanted = filled.good()
    path = filled.home / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        roots = [row[0] for row in connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0")]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    whole = path.read_bytes()
    for root in (1, *roots[:: max(1, len(roots) // 2)]):
        path.write_bytes(whole[: (root - 1) * size] + b"\xff" * size + whole[root * size :])
        code, out, said = command("verify", *base)
        assert code == 3, (root, out, said)
        assert "damaged" in out + said or "cannot be" in out + said
        code, _, said = command("backup", tmp_path / "kb.zip", *base)
        assert code == 3, (root, said)
    code, _, said = command("search", "amber", *base)
    assert code in {0, 3}, said
    assert code == 0 or "cannot be" in said
    # The way back that the messages name; the backup that was there has not been replaced by a damaged one.
    path.rename(tmp_path / "damaged")
    code, _, said = command("restore", tmp_path / "kb.zip", *base)
    assert code == 0, said
    assert filled.good() == wanted


# -- the clock -----------------------------------------------------------------------------------------------------


@row("The clock jumps, ahead or back")
def test_a_clock_that_jumps(filled: Corpus, command: Command, tmp_path: Path) -> None:
    home = ["--home", str(filled.home)]
    before = filled.good()
    assert command("news", *home)[0] == 0
    for days in (4000, -4000, 0):
        # Files of the other end of time, and one that was changed while the clock was wrong.
        for place in (filled.folder, filled.home):
            for file in place.rglob("*"):
                if file.is_file():
                    os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 86400 * days))
        code, out, said = command("ingest", filled.folder, "--json", *home, days=days)
        assert code in {0, 1}, said
        assert {file["outcome"] for file in json.loads(out)["files"]} <= {"unchanged", "failed", "duplicate"}, out
        name = f"Clock{days + 5000}"
        (filled.folder / "clock.md").write_text(f"Paper {name}\n{name} amber stands here.")
        code, out, said = command("ingest", filled.folder, "--json", *home, days=days)
        assert code in {0, 1}, said
        report = json.loads(out)
        assert report["indexed"] + report["updated"] == 1, report
        # What came in is told, whatever day the last look was.
        code, out, said = command("news", *home, days=days)
        assert (code, name in out) == (0, True), (days, out, said)
        code, out, said = command("verify", *home, days=days)
        assert code == 0, (days, out, said)
        assert any(name in text for _, text in hits(command, filled, name))
    assert command("backup", tmp_path / "kb.zip", *home, days=-9000)[0] == 0
    assert command("restore", tmp_path / "kb.zip", "--home", tmp_path / "again", days=4000)[0] == 0
    now = filled.good()
    assert before.items() <= now.items()
    assert len(now) == len(before) + 1


# -- two at once ---------------------------------------------------------------------------------------------------


@row("Two write at once")
def test_a_second_writer_is_told_at_once(filled: Corpus, command: Command) -> None:
    with WriterLock(filled.home):
        for words in (["ingest", filled.folder], ["rebuild"], ["forget", next(iter(filled.good()))]):
            code, _, said = command(*words, "--home", filled.home)
            assert code == 3, said
            assert f"Another process (pid {os.getpid()}) is writing" in said
        # Whoever only reads is not kept waiting.
        assert command("search", "amber", "--home", filled.home)[0] == 0
    assert command("rebuild", "--home", filled.home)[0] == 0


@row("Two write at once")
def test_a_lock_is_freed_however_its_holder_ends(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, time; sys.path.insert(0, sys.argv[2]); from corpus.lock import WriterLock\n"
        "with WriterLock(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(ROOT)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockedHomeError, match=rf"pid {holder.pid}"), WriterLock(tmp_path):
            pass
        holder.kill()
    with WriterLock(tmp_path):
        pass


@row("A network folder keeps no locks")
@pytest.mark.parametrize("error", ["ENOLCK", "EOPNOTSUPP", "ENOSYS"])
def test_a_place_without_locks_is_told(filled: Corpus, command: Command, error: str) -> None:
    home = ["--home", str(filled.home)]
    before = filled.good()
    for words in (["ingest", str(filled.folder)], ["forget", next(iter(before))], ["search", "amber"]):
        code, out, said = command(*words, *home, lockless=error)
        assert (code, out) == (3, ""), said
        assert "Keep the knowledge base on a disk of this machine." in said, said
    assert command("documents", *home, lockless=error)[0] == 0
    assert filled.good() == before
