"""Zipped folders: what is unpacked where, what never is, and how a changed archive takes the place of the old one."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import docx
import pytest

from corpus.errors import UnreadableFileError
from ingest.archives import is_archive, unpack
from ingest.discover import discover


def zipped(path: Path, parts: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def files(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


def documents(folder: Path) -> set[str]:
    return {Path(found.path).relative_to(folder).as_posix() for found in discover([folder]).files}


def test_documents_are_unpacked_into_a_folder_of_their_own(tmp_path: Path) -> None:
    parts = {"a/one.txt": "1", "two.md": "2", "photo.jpg": "x", "__MACOSX/._two.md": "x", "a/.hidden.txt": "x"}
    path = zipped(tmp_path / "Reports 2024.zip", parts)
    assert is_archive(path)
    made = unpack(path, tmp_path / "home" / "unpacked")
    assert made.folder.parent == tmp_path / "home" / "unpacked"
    assert made.folder.name.startswith("Reports 2024-")
    assert documents(made.folder) == {"a/one.txt", "two.md"}
    assert (made.files, made.left_out) == (2, ())
    assert sorted(tmp_path.iterdir()) == [tmp_path / "Reports 2024.zip", tmp_path / "home"]
    assert [entry.name for entry in (tmp_path / "home" / "unpacked").iterdir()] == [made.folder.name]


def test_a_changed_archive_replaces_what_it_held(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"old.txt": "1", "same.txt": "1"})
    first = unpack(path, tmp_path / "out")
    written = (first.folder / "same.txt").stat().st_mtime_ns
    again = unpack(path, tmp_path / "out")
    assert again == first
    assert (first.folder / "same.txt").stat().st_mtime_ns == written
    zipped(path, {"same.txt": "2", "new.txt": "3"})
    second = unpack(path, tmp_path / "out")
    assert second.folder == first.folder
    assert documents(second.folder) == {"same.txt", "new.txt"}
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == [second.folder.name]
    (tmp_path / "other").mkdir()
    other = zipped(tmp_path / "other" / "a.zip", {"x.txt": "9"})
    assert unpack(other, tmp_path / "out").folder != second.folder


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt", "a/../../evil.txt", "/etc/evil.txt", "..\\evil.txt", "C:\\evil.txt", "a//b.txt", "con.txt",
        "a/ evil.txt", "x" * 300 + ".txt", "a/.../../b.txt", "bad\x01name.txt", "/".join("a" * 60) + "/b.txt",
    ],
)  # fmt: skip
def test_names_that_lead_anywhere_else_are_left_out(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {name: "payload", "good.txt": "1"})
    made = unpack(path, tmp_path / "out" / "deep")
    assert documents(made.folder) == {"good.txt"}
    assert len(made.left_out) == 1
    assert "payload" not in "".join(files(tmp_path / "out").values())
    assert {p.name for p in tmp_path.rglob("*.txt")} == {"good.txt"}


def test_links_and_doubles_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")
        archive.writestr("One.txt", "first")
        archive.writestr("one.TXT", "second")
    made = unpack(path, tmp_path / "out")
    assert documents(made.folder) == {"One.txt"}
    assert (made.folder / "One.txt").read_text() == "first"
    assert [name for name, _ in made.left_out] == ["link.txt", "one.TXT"]
    # What was left out is said again when nothing has to be unpacked.
    assert unpack(path, tmp_path / "out").left_out == made.left_out


def test_names_in_other_alphabets(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"решение.txt": "1"})
    raw = path.read_bytes()
    # The same name in UTF-8, without the flag that says so.
    for place in range(len(raw) - 4):
        if raw[place : place + 4] in (b"PK\x03\x04", b"PK\x01\x02"):
            at = place + (7 if raw[place + 2] == 3 else 9)
            raw = raw[:at] + bytes([raw[at] & ~0x08]) + raw[at + 1 :]
    path.write_bytes(raw)
    assert documents(unpack(path, tmp_path / "out").folder) == {"решение.txt"}


def test_bombs_and_damaged_archives_change_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"one.txt": "1"})
    made = unpack(path, tmp_path / "out")
    zipped(path, {"bomb.txt": b"\0" * 120_000_000})
    with pytest.raises(UnreadableFileError, match="unpacks to 120 MB"):
        unpack(path, tmp_path / "out")
    content = bytearray(zipped(path, {"one.txt": "new words " * 50}).read_bytes())
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableFileError, match="damaged"):
        unpack(path, tmp_path / "out")
    assert not is_archive(path)
    assert documents(made.folder) == {"one.txt"}
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == [made.folder.name]


def test_a_damaged_member_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bad.txt", "these words are changed")
        archive.writestr("good.txt", "1")
    path.write_bytes(path.read_bytes().replace(b"these words", b"those words", 1))
    made = unpack(path, tmp_path / "out")
    assert documents(made.folder) == {"good.txt"}
    assert made.left_out == (("bad.txt", "it is protected by a password or damaged"),)


def test_documents_are_no_archives(tmp_path: Path) -> None:
    document = docx.Document()
    document.save(str(tmp_path / "a.zip"))
    assert not is_archive(tmp_path / "a.zip")
    assert not is_archive(zipped(tmp_path / "b.zip", {"photo.jpg": "x"}))
    assert not is_archive(tmp_path / "missing.zip")
    assert not is_archive(tmp_path)
