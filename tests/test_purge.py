"""What is forgotten leaves answers, feedback and backups at once; with --purge its words leave every file of the home."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import search.embed
from corpus.commitments import FollowUp
from corpus.errors import HomeError, LockedHomeError
from corpus.lock import WriterLock
from corpus.store import Store
from search.records import Mode
from ui import feedback, purging
from ui import service as service_module
from ui.service import KnowledgeBase

GONE = "Quillfeather"
WORD = "zanzibarite"
NOTE = "Wobblesprocket"
KEPT = "harbourlight"


@pytest.fixture
def base(tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[KnowledgeBase]:
    monkeypatch.setattr(search.embed, "open_embedder", lambda *args, **kwargs: hashing)
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "gone.md").write_text(
        f"# {GONE} declaration\n\nStates shall establish a {WORD} register of all shelters by 2027.\n\n"
        f"The {WORD} register is kept by the coordinator.\n"
    )
    for number in range(5):
        (papers / f"kept{number}.md").write_text(
            f"# Paper {number}\n\nThe {KEPT} register number {number} is kept by the coordinator of the city.\n"
        )
    table = tmp_path / "values.csv"
    table.write_text(f"path,title\n{papers / 'gone.md'},{GONE} declaration of 2020\n")
    made = KnowledgeBase(tmp_path / "home", create=True)
    made.ingest([papers], workers=1, metadata=table)
    yield made
    made.close()


def gone_of(base: KnowledgeBase) -> str:
    return next(one.id for one in base.documents() if one.title.startswith(GONE))


def say(base: KnowledgeBase, name: str) -> None:
    passage = base.passages(name)[0]
    said = {"verdict": "helpful", "question": f"Which register is in {name}?", "status": "answered"}
    feedback.keep(base, said | {"citations": [{"passage": passage.id, "quote": passage.passage.text}]})


def files_with(home: Path, *words: str) -> list[str]:
    """The files whose bytes hold one of the words, in any case that an index makes of them, in UTF-8 or UTF-16."""
    found = []
    for file in sorted(home.rglob("*")):
        if file.is_file():
            data = file.read_bytes().lower()
            for word in words:
                if any(word.lower().encode(code) in data for code in ("utf-8", "utf-16-le", "utf-16-be")):
                    found.append(f"{file.relative_to(home)}: {word}")
    return found


def test_the_words_are_in_the_files_before(base: KnowledgeBase) -> None:
    say(base, gone_of(base))
    found = " ".join(files_with(base.home, WORD, GONE))
    # The term files are packed: what is in those is asked of the index itself.
    assert "knowledge.sqlite" in found
    assert base.search(WORD, mode=Mode.LEXICAL).hits
    assert "feedback.jsonl" in found


def test_purged_words_are_in_no_file(base: KnowledgeBase) -> None:
    gone, kept = gone_of(base), next(one.id for one in base.documents() if one.title == "Paper 1")
    say(base, gone)
    say(base, kept)
    with closing(sqlite3.connect(base.store.path)) as connection:
        number = connection.execute("SELECT num FROM documents WHERE id = ?", (gone,)).fetchone()[0]
        columns = [row[1:3] for row in connection.execute("PRAGMA table_info(commitments)")]
        values = {name: 0 if kind == "INTEGER" else "[]" for name, kind in columns} | {"document": number, "key": "k1"}
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(f"INSERT OR REPLACE INTO commitments ({', '.join(values)}) VALUES ({marks})", values)
        connection.commit()
    base.store.follow_up({"k1": FollowUp("open", NOTE, "", "2025-01-01")})
    assert files_with(base.home, NOTE)
    base.forget(gone, purge=True)
    assert files_with(base.home, WORD, GONE, NOTE) == []
    assert not purging.pending(base.home)
    # Also in what is packed: the indexes are read back whole.
    assert not base.search(WORD, mode=Mode.LEXICAL).hits
    assert all(hit.document.id != gone for hit in base.search(f"{WORD} register").hits)
    assert len(base.search(KEPT, mode=Mode.LEXICAL).hits) == 5
    assert [line["citations"][0]["passage"].rpartition("-")[0] for line in feedback.read(base.home)] == [kept]
    assert base.verify() == []


def test_a_copy_in_the_home_goes_and_a_file_elsewhere_stays(base: KnowledgeBase, tmp_path: Path) -> None:
    library = base.home / "library"
    library.mkdir()
    (library / "sent.md").write_text(
        "# Marmaladefish report\n\nThe marmaladefish report speaks of shelters in cities.\n"
    )
    base.ingest([library], workers=1)
    sent = next(one.id for one in base.documents() if "Marmaladefish" in one.title)
    base.forget(sent, purge=True)
    assert files_with(base.home, "marmaladefish") == []
    base.forget(gone_of(base), purge=True)
    assert (tmp_path / "papers" / "gone.md").exists()


@pytest.mark.parametrize("step", ["remove", "sweep", "rebuild", "compact"])
def test_an_interrupted_purge_is_finished_when_the_home_is_opened_next(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    gone = gone_of(base)
    say(base, gone)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "compact":
            patch.setattr(Store, "compact", stop)
        elif step == "rebuild":
            patch.setattr(type(base.engine()), "rebuild", stop)
        else:
            patch.setattr(type(base.store), {"remove": "remove", "sweep": "sweep_vectors"}[step], stop)
        with pytest.raises(KeyboardInterrupt):
            base.forget(gone, purge=True)
    assert purging.pending(base.home)
    base.close()
    again = KnowledgeBase(base.home)
    assert not purging.pending(base.home)
    assert files_with(base.home, WORD, GONE) == []
    assert again.verify() == []
    again.close()


def test_who_may_not_write_opens_all_the_same_and_verify_tells(base: KnowledgeBase) -> None:
    purging.begin(base.store, base.document(gone_of(base)))
    remarks: list[str] = []
    with WriterLock(base.home):
        other = KnowledgeBase(base.home, log=remarks.append)
        assert any("is not finished" in line for line in remarks)
        assert any("--purge" in problem.what for problem in other.verify())
        other.close()
    base.rebuild()
    assert base.verify() == []
    assert files_with(base.home, WORD, GONE) == []


def test_readers_without_a_pause_are_told_of_and_the_purge_stays_noted(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Store, "compact", lambda store, thoroughly: False)
        with pytest.raises(LockedHomeError, match="others are reading") as caught:
            base.forget(gone_of(base), purge=True)
    assert isinstance(caught.value, HomeError)
    assert not base.search(WORD, mode=Mode.LEXICAL).hits
    base.rebuild()
    assert files_with(base.home, WORD, GONE) == []


def test_forgotten_at_once_from_answers_feedback_and_later_backups(base: KnowledgeBase, tmp_path: Path) -> None:
    gone = gone_of(base)
    say(base, gone)
    assert base.search(WORD, mode=Mode.LEXICAL).hits
    base.forget(gone)
    assert not base.search(WORD, mode=Mode.LEXICAL).hits
    assert feedback.questions(feedback.read(base.home)) == ([], [])
    file = tmp_path / "kb.zip"
    base.backup(file)
    again = tmp_path / "again"
    service_module.restore(file, again)
    with zipfile.ZipFile(file) as archive:
        assert "manifest.json" in archive.namelist()
        assert json.loads(archive.read("manifest.json"))["format"]
    assert files_with(again, WORD) == []


def test_what_a_curator_said_of_it_goes_and_its_label_stays(base: KnowledgeBase, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    base.ingest([papers / "gone.md"], workers=1, access="restricted")
    assert f"{GONE} declaration of 2020" in str(base.store.get_meta("overrides"))
    base.forget(gone_of(base))
    assert "declaration of 2020" not in str(base.store.get_meta("overrides"))
    base.forget(next(one.id for one in base.documents() if one.title == "Paper 0"))
    assert "kept0.md" not in str(base.store.get_meta("overrides"))
    # Its file is still in the folder: it does not come back for all to see.
    base.ingest([papers], workers=1)
    (again,) = [one for one in base.documents() if one.title.startswith(GONE)]
    assert (again.title, again.access) == (f"{GONE} declaration", "restricted")


def test_a_purged_file_that_still_lies_there_keeps_its_label(base: KnowledgeBase, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    base.ingest([papers / "gone.md"], workers=1, access="restricted")
    base.forget(gone_of(base), purge=True)
    base.ingest([papers], workers=1)
    (again,) = [one for one in base.documents() if one.title.startswith(GONE)]
    assert again.access == "restricted"
