"""Backups are exact, whole or not there at all, and hold nothing that was removed."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.backup import BESIDE, MANIFEST, back_up, restore
from corpus.errors import DamagedHomeError, HomeError, UsageError
from corpus.records import Document, FileRecord, Page, Parsed, Passage, Span
from corpus.schema import MIGRATIONS
from corpus.store import FILE_NAME, Store
from search.engine import Engine


def put(store: Store, name: str, text: str, model: Any = None) -> None:
    passage = Passage(text, (Span(1, 0, len(text)),), language="en", label="para. 1")
    document = Document(name, f"/papers/{name}.md", f"Paper {name}", countries=("ALB",), aliases=("Also so",))
    record = FileRecord(document.path, "/papers", "00", "indexed", document_id=name)
    store.put(Parsed(document, (Page(1, "1", text),), (passage,)), record, "hashing", {name.encode(): b"\1\2"})


def rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that an SQLite file holds, and its versions."""
    with closing(sqlite3.connect(file)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(map(tuple, connection.execute(f"SELECT * FROM {name}"))) for name in names}
        found |= {name: connection.execute(f"PRAGMA {name}").fetchall() for name in ("user_version", "application_id")}
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "home").mkdir()
    store = Store(tmp_path / "home", create=True)
    for number in range(30):
        put(store, f"d{number}", f"Text number {number} speaks of victims.")
    store.remove("d3")
    store.set_meta("overrides", '{"a": {"title": "b"}}')
    return store


def test_a_backup_comes_back_exactly(store: Store, tmp_path: Path, hashing: Any) -> None:
    file, home = tmp_path / "kb.zip", tmp_path / "again"
    manifest = back_up(store, file)
    assert manifest["revision"] == store.revision == 31
    put(store, "later", "This came later.")
    assert restore(file, home) == manifest
    again = Store(home)
    assert again.revision == 31
    store.remove("later")
    mine, theirs = rows(store.path), rows(again.path)
    for held in (mine, theirs):
        # The later document left its marks in the store alone: a revision, a removal, a number that is used up.
        for name in ("meta", "removals", "sqlite_sequence", "vectors"):
            held.pop(name)
    assert mine == theirs
    assert [one.id for one in again.documents()] == [one.id for one in store.documents()]
    assert Engine(again, hashing, home).search("number 7").hits[0].document.id == "d7"
    # Numbers go on where they were: an index of the old store would otherwise meet its numbers again.
    put(again, "new", "A new text.")
    assert again.sequence_numbers()[-1] == 31
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["again", "home", "kb.zip"]


def test_a_restored_store_is_equal_row_by_row(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "kb.zip")
    restore(tmp_path / "kb.zip", tmp_path / "again")
    assert rows(store.path) == rows(tmp_path / "again" / FILE_NAME)


def test_what_was_removed_is_in_no_corner_of_a_backup(store: Store, tmp_path: Path) -> None:
    secret = "Zanzibar " * 200
    put(store, "secret", secret)
    back_up(store, tmp_path / "with.zip")
    store.remove("secret")
    store.sweep_vectors()
    back_up(store, tmp_path / "without.zip")
    for name, held in (("with", True), ("without", False)):
        with zipfile.ZipFile(tmp_path / f"{name}.zip") as archive:
            assert (b"Zanzibar" in archive.read(FILE_NAME)) is held


def test_what_was_removed_is_in_no_corner_of_a_compacted_store(store: Store) -> None:
    put(store, "secret", "Zanzibar " * 2000)
    other = Store(store.home)
    assert [one.id for one in other.documents()].count("secret") == 1
    store.remove("secret")
    store.compact()
    held = b"".join(file.read_bytes() for file in store.home.iterdir())
    assert b"Zanzibar" not in held
    assert [one.id for one in other.documents()].count("secret") == 0


def test_an_earlier_backup_is_replaced_and_another_file_is_not(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "kb.zip"
    back_up(store, file)
    put(store, "more", "More.")
    assert back_up(store, file)["revision"] == 32
    other = tmp_path / "thesis.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("thesis.txt", "precious")
    plain = tmp_path / "thesis.txt"
    plain.write_text("precious")
    for precious in (other, plain):
        before = precious.read_bytes()
        with pytest.raises(UsageError, match="is no backup of Rapporteur"):
            back_up(store, precious)
        assert precious.read_bytes() == before
    with pytest.raises(UsageError, match="is a folder"):
        back_up(store, tmp_path)
    with pytest.raises(UsageError, match="There is no folder"):
        back_up(store, tmp_path / "nowhere" / "kb.zip")


def test_a_knowledge_base_is_never_replaced(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "kb.zip")
    before = rows(store.path)
    with pytest.raises(UsageError, match="holds a knowledge base already"):
        restore(tmp_path / "kb.zip", store.home)
    assert rows(store.path) == before
    with pytest.raises(UsageError, match="There is no backup"):
        restore(tmp_path / "nothing.zip", tmp_path / "again")


def test_a_log_that_an_earlier_store_left_is_not_played_into_the_restored_one(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "kb.zip")
    wanted = rows(store.path)
    put(store, "d0", "Another text in place of the first.")
    log = (store.home / f"{FILE_NAME}-wal").read_bytes()
    assert log
    store.close()
    # Somebody moves the store away as the message says, and leaves its log.
    home = tmp_path / "again"
    home.mkdir()
    (home / f"{FILE_NAME}-wal").write_bytes(log)
    (home / "index").mkdir()
    (home / "index" / "old").write_text("of another store")
    restore(tmp_path / "kb.zip", home)
    assert rows(home / FILE_NAME) == wanted
    assert not (home / "index").exists()


# -- files that are no backups -------------------------------------------------------------------------------------


def repack(file: Path, change: Callable[[dict[str, Any], bytes], tuple[Any, bytes]]) -> None:
    with zipfile.ZipFile(file) as archive:
        manifest, store = json.loads(archive.read(MANIFEST)), archive.read(FILE_NAME)
    manifest, store = change(manifest, store)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        archive.writestr(FILE_NAME, store)


def with_sum(manifest: dict[str, Any], store: bytes) -> tuple[Any, bytes]:
    import hashlib

    facts = {"sha256": hashlib.sha256(store).hexdigest(), "bytes": len(store)}
    return manifest | {"files": {FILE_NAME: facts}}, store


def page_torn(manifest: dict[str, Any], store: bytes) -> tuple[Any, bytes]:
    return with_sum(manifest, store[:8192] + b"\xff" * 4096 + store[12288:])


def newer(manifest: dict[str, Any], store: bytes) -> tuple[Any, bytes]:
    return with_sum(manifest, store[:60] + (999).to_bytes(4, "big") + store[64:])


def foreign(manifest: dict[str, Any], store: bytes) -> tuple[Any, bytes]:
    return with_sum(manifest, store[:68] + b"\0\0\0\1" + store[72:])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda manifest, store: (manifest, store[:-1] + b"\xff"), "checksum does not agree"),
        (lambda manifest, store: (manifest, store + b"more"), "checksum does not agree"),
        (lambda manifest, store: (manifest, store[:5000]), "checksum does not agree"),
        (lambda manifest, store: (manifest | {"format": "x"}, store), "no backup of Rapporteur"),
        (lambda manifest, store: (manifest | {"files": {FILE_NAME: {}}}, store), "no backup of Rapporteur"),
        (lambda manifest, store: ([], store), "no backup of Rapporteur"),
        (page_torn, "is damaged"),
        (newer, "newer Rapporteur"),
        (foreign, "another program"),
    ],
)
def test_a_changed_backup_is_refused_in_a_sentence(
    store: Store, tmp_path: Path, change: Callable[..., tuple[Any, bytes]], said: str
) -> None:
    file, home = tmp_path / "kb.zip", tmp_path / "again"
    back_up(store, file)
    repack(file, change)
    with pytest.raises((UsageError, DamagedHomeError), match=said):
        restore(file, home)
    assert list(home.iterdir()) == []


def test_a_backup_that_is_damaged_anywhere_is_refused(store: Store, tmp_path: Path) -> None:
    file, home = tmp_path / "kb.zip", tmp_path / "again"
    back_up(store, file)
    whole = file.read_bytes()
    wanted = rows(store.path)
    for at in [*range(0, len(whole), max(1, len(whole) // 60)), len(whole) - 1]:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            restore(file, home)
        except (UsageError, DamagedHomeError) as error:
            assert str(error).endswith(".")
            assert list(home.iterdir()) == []
        else:
            # Some bytes of a zip (dates, spare fields) mean nothing: then all is there.
            assert rows(home / FILE_NAME) == wanted
            (home / FILE_NAME).unlink()
    for length in (0, 10, len(whole) // 2, len(whole) - 5):
        file.write_bytes(whole[:length])
        with pytest.raises((UsageError, DamagedHomeError)):
            restore(file, home)
        assert list(home.iterdir()) == []


def test_a_damaged_store_is_not_backed_up(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "kb.zip")
    before = (tmp_path / "kb.zip").read_bytes()
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'passages'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with store.path.open("rb+") as stream:
        stream.seek((root - 1) * size)
        stream.write(b"\xff" * size)
    damaged = Store(store.home)
    assert damaged.check() != []
    with pytest.raises(DamagedHomeError, match="no backup was written"):
        back_up(damaged, tmp_path / "kb.zip")
    assert (tmp_path / "kb.zip").read_bytes() == before


# -- places that take nothing, processes that were killed ----------------------------------------------------------


def test_a_full_disk_is_told_and_leaves_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up(store, tmp_path / "kb.zip")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("corpus.backup._sync_to_disk", full)
        with pytest.raises(UsageError, match="No space left on device"):
            back_up(store, tmp_path / "other.zip")
    with monkeypatch.context() as patch:
        patch.setattr("corpus.backup.os.fsync", full)
        with pytest.raises(HomeError, match=r"No space left on device.*nothing was changed"):
            restore(tmp_path / "kb.zip", tmp_path / "again")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["again", "home", "kb.zip"]
    assert list((tmp_path / "again").iterdir()) == []


def test_what_a_killed_process_left_is_swept(store: Store, tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    process, ours = int(gone.stdout), os.getppid()
    home = tmp_path / "again"
    home.mkdir()
    names = [f".kb.zip.{process}.sqlite", f".kb.zip.{process}.part", f".kb.zip.{process}.sqlite-journal"]
    for name in (*names, f".kb.zip.{ours}.part", ".kb.zip.notes.part"):
        (tmp_path / name).write_text("half")
    (home / f".{FILE_NAME}.{process}.part").write_text("half")
    back_up(store, tmp_path / "kb.zip")
    restore(tmp_path / "kb.zip", home)
    # What belongs to a process that lives, or to nobody, stays.
    assert {entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")} == {
        f".kb.zip.{ours}.part",
        ".kb.zip.notes.part",
    }
    assert not any(entry.name.startswith(".") for entry in home.iterdir())


WRITER = """
import sys, pathlib
sys.path.insert(0, sys.argv[2])
from corpus.store import Store
from corpus.records import *
store = Store(pathlib.Path(sys.argv[1]))
print("ready", flush=True)
for number in range(100_000):
    text = f"Pair {number}."
    passage = Passage(text, (Span(1, 0, len(text)),), language="en")
    document = Document(f"w{number % 40}", f"/w/{number}.md", text)
    store.put(Parsed(document, (Page(1, "1", text),), (passage,)), None, "m", {})
"""


def test_a_backup_made_while_another_process_writes_is_of_one_moment(
    store: Store, tmp_path: Path, project_root: Path
) -> None:
    command = [sys.executable, "-c", WRITER, str(store.home), str(project_root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            seen = []
            for number in range(12):
                file, home = tmp_path / f"{number}.zip", tmp_path / f"again{number}"
                manifest = back_up(store, file)
                restore(file, home)
                copy = Store(home)
                assert copy.revision == manifest["revision"]
                assert copy.check() == []
                # Each document is in whole: one passage, which says the same as its title.
                for document in copy.documents():
                    texts = [one.passage.text for one in copy.passages_of(document.id)]
                    assert len(texts) == 1
                    assert document.id.startswith("d") or texts == [document.title]
                copy.close()
                seen.append(manifest["revision"])
        finally:
            writer.kill()
    assert seen == sorted(seen)
    assert seen[-1] > 31


# -- homes of older versions ---------------------------------------------------------------------------------------


def test_an_older_home_is_brought_up_to_date_by_whoever_opens_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1; PRAGMA application_id = 1380012112;")
    stores = [Store(tmp_path) for _ in range(2)]
    put(stores[0], "a", "Text.")
    assert [one.id for one in stores[1].documents()] == ["a"]
    assert rows(tmp_path / FILE_NAME)["user_version"] == [(len(MIGRATIONS),)]


def test_a_home_that_many_open_first_at_once_is_made_once(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store(tmp_path, create=True), range(16)))
    assert {store.revision for store in stores} == {0}
    for store in stores:
        store.close()


def test_what_people_wrote_beside_the_store_comes_back_and_what_is_there_stays(store: Store, tmp_path: Path) -> None:
    home, file, again = store.path.parent, tmp_path / "kb.zip", tmp_path / "again"
    older = tmp_path / "older.zip"
    back_up(store, older)
    written = {name: f"{name}: зашита\n".encode() for name in BESIDE}
    for name, data in written.items():
        (home / name).write_bytes(data)
    (home / "other.txt").write_bytes(b"not ours")
    back_up(store, file)
    again.mkdir()
    (again / "concepts.yaml").write_bytes(b"mine")
    restore(file, again)
    assert {name: (again / name).read_bytes() for name in BESIDE} == written | {"concepts.yaml": b"mine"}
    assert not (again / "other.txt").exists()
    restore(older, tmp_path / "from-older")
    assert [entry.name for entry in (tmp_path / "from-older").iterdir() if entry.name in BESIDE] == []
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for entry in whole.namelist():
            bad.writestr(entry, b"x" if entry == "searches.json" else whole.read(entry))
    with pytest.raises(DamagedHomeError, match="checksum"):
        restore(tmp_path / "bad.zip", tmp_path / "from-bad")
    assert not (tmp_path / "from-bad" / FILE_NAME).exists()
