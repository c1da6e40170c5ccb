"""Adding and removing documents at the page: what is taken, what is refused, what is read, who may ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import HomeError, LockedHomeError, NotFoundError, UsageError
from corpus.lock import WriterLock
from ui.curating import Curator
from ui.health import last_run
from ui.home import check_home
from ui.limits import MOST_BYTES
from ui.service import KnowledgeBase

TEXT = b"# Inspection of kilns\n\nEleven brick kilns were inspected at dawn by labour inspectors.\n"
MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]


@pytest.fixture
def base(tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[KnowledgeBase]:
    """A knowledge base of one document, with a cheap model."""
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "hotels.md").write_text("# Hotels\n\nHotels keep registers of their guests.\n", encoding="utf-8")
    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: hashing)
    made = KnowledgeBase(tmp_path / "home", create=True)
    made.ingest([papers], workers=1)
    yield made
    made.close()


def finished(curator: Curator) -> dict[str, Any]:
    """How it ended."""
    for _ in range(600):
        told = curator.progress()
        if not told["running"]:
            return told
        assert told["words"], "whoever waits is told how far it is"
        time.sleep(0.05)
    raise AssertionError("it does not end")


def test_what_is_sent_can_be_searched_and_removed(base: KnowledgeBase) -> None:
    curator = Curator(base)
    assert curator.accept("kilns.md", TEXT) == "kilns.md"
    curator.accept("empty-inside.docx", b"no word file")
    curator.begin()
    told = finished(curator)
    assert told["words"] == "Done: 1 file read, 1 passage."
    assert [name for name, _ in told["failed"]] == ["empty-inside.docx"]
    assert base.search("brick kilns").hits[0].document.title == "Inspection of kilns"
    assert len(base.documents()) == 2, "what was read from elsewhere stays"
    run = last_run(base.home)
    assert run
    assert run["files"] == {"indexed": 1, "failed": 1}
    assert check_home(base.home)

    (document,) = [one for one in base.documents() if one.title == "Inspection of kilns"]
    assert "with its file" in curator.remove(document.id)
    assert not (curator.folder / "kilns.md").exists()
    assert not [hit for hit in base.search("brick kilns").hits if "kilns" in hit.stored.passage.text]
    with pytest.raises(NotFoundError):
        curator.remove(document.id)


def test_a_document_from_elsewhere_is_removed_and_its_file_left(base: KnowledgeBase) -> None:
    (document,) = base.documents()
    assert "brings it back" in Curator(base).remove(document.id)
    assert Path(document.path).exists()
    assert not base.documents()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/kilns.md", "kilns.md"),
        ("C:\\papers\\kilns.md", "kilns.md"),
        ("a\0b<c>.md", "a_b_c_.md"),
        ("...kilns.md", "kilns.md"),
        ("Доклад № 5.pdf", "Доклад _ 5.pdf"),
    ],
)
def test_a_file_is_kept_under_a_plain_name_in_its_folder(base: KnowledgeBase, name: str, kept: str) -> None:
    curator = Curator(base)
    assert curator.accept(name, TEXT) == kept
    assert [file.name for file in curator.folder.iterdir()] == [kept]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("virus.exe", b"x", "documents end in"),
        ("papers.zip", b"x", "documents end in"),
        (".md", b"x", "documents end in"),
        ("", b"x", "documents end in"),
        ("kilns.md", b"", "is empty"),
        ("kilns.md", bytes(MOST_BYTES + 1), "larger than 50 MB"),
    ],
)
def test_what_is_no_document_is_refused(base: KnowledgeBase, name: str, content: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Curator(base).accept(name, content)


def test_more_files_than_the_folder_takes_are_refused(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.curating.MOST_FILES", 3)
    curator = Curator(base)
    for number in range(3):
        curator.accept(f"kilns{number}.md", TEXT)
    with pytest.raises(UsageError, match="holds 3 files"):
        curator.accept("more.md", TEXT)
    # A newer version of one that is there takes no more room.
    assert curator.accept("kilns1.md", TEXT + b"More.") == "kilns1.md"
    assert len(list(curator.folder.iterdir())) == 3


def test_a_full_disk_is_told_at_the_page(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(HomeError, match=r"kilns.md cannot be written \(No space left on device\)"):
        Curator(base).accept("kilns.md", TEXT)


def test_nothing_sent_is_nothing_to_read(base: KnowledgeBase) -> None:
    with pytest.raises(UsageError, match="choose files first"):
        Curator(base).begin()
    assert Curator(base).progress()["words"] == ""


def test_while_another_program_writes_it_is_said_in_words(base: KnowledgeBase) -> None:
    curator = Curator(base)
    curator.accept("kilns.md", TEXT)
    with WriterLock(base.home):
        curator.begin()
        told = finished(curator)
    assert "another" in told["words"].casefold() or "locked" in told["words"].casefold()
    with WriterLock(base.home), pytest.raises(LockedHomeError):
        base.ingest([curator.folder])


# -- the routes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def routes(base: KnowledgeBase) -> Iterator[Any]:
    """The routes alone, over a knowledge base with a curator."""
    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from ui.routes import add_routes

    web = FastAPI()
    add_routes(web, base, Curator(base))
    with TestClient(web, base_url="http://127.0.0.1") as client:
        yield client


PAGE = {"x-rapporteur": "page"}


def test_files_are_sent_read_and_removed_through_the_routes(routes: Any, base: KnowledgeBase) -> None:
    assert routes.post("/curate/add?name=kilns.md", content=TEXT, headers=PAGE).json() == {"name": "kilns.md"}
    assert routes.post("/curate/begin", headers=PAGE).json()["running"]
    while (told := routes.get("/curate/progress", headers=PAGE).json())["running"]:
        time.sleep(0.05)
    assert told["words"].startswith("Done: 1 file")
    (document,) = [one for one in base.documents() if "kilns" in one.title]
    removed = routes.post(f"/curate/remove?doc={document.id}", headers=PAGE)
    assert "removed" in removed.json()["words"]
    again = routes.post(f"/curate/remove?doc={document.id}", headers=PAGE)
    assert (again.status_code, list(again.json())) == (400, ["error"])
    large = routes.post("/curate/add?name=kilns.md", content=bytes(MOST_BYTES + 10), headers=PAGE)
    assert "larger than" in large.json()["error"]


@pytest.mark.parametrize("headers", [{}, {"x-rapporteur": "other"}, PAGE | {"host": "evil.example"}])
def test_other_sites_cannot_change_the_collection(routes: Any, base: KnowledgeBase, headers: dict[str, str]) -> None:
    (document,) = base.documents()
    for path in ("add?name=kilns.md", "begin", f"remove?doc={document.id}"):
        refused = routes.post(f"/curate/{path}", content=TEXT, headers=headers)
        # The test client speaks for a machine of another name; the server says here that it is a local one.
        assert (refused.status_code, "at the page alone" in refused.text) == (400, True), path
    assert base.documents()


def test_without_a_curator_there_is_no_way_in(base: KnowledgeBase) -> None:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from ui.routes import add_routes

    web = FastAPI()
    add_routes(web, base, None)
    with TestClient(web) as client:
        assert client.post("/curate/add?name=kilns.md", content=TEXT, headers=PAGE).status_code == 404
        made = client.post("/batch?form=csv&k=1", content=b"query\nguests\n")
        assert made.headers["content-disposition"].endswith("passages.csv")
        assert "Hotels keep registers" in made.text
        assert client.post("/batch", content=b"").status_code == 400
