"""A folder stays in step with the store: every outcome, nothing read or embedded twice, nothing lost or doubled."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableFileError, UsageError
from corpus.records import Document, Page, Parsed, Passage, Span
from corpus.store import Store
from corpus.upkeep import count_missing
from ingest.discover import discover
from ingest.metadata import override
from ingest.outcomes import IngestReport, Progress
from ingest.overrides import read_metadata
from ingest.reader import ReadFailure
from ingest.sync import Options, Sync


def read(path: Path, values: Mapping[str, str] | None = None) -> Parsed:
    """A reader of the simplest kind: the first line is the title, each line a passage; "BAD" is no document."""
    text = path.read_text(encoding="utf-8")
    if text.startswith("BAD"):
        raise UnreadableFileError("The file is bad.")
    if text.startswith("DEFECT"):
        raise KeyError("defect")
    passages, at = [], 0
    for number, line in enumerate(text.splitlines()):
        passages.append(Passage(line, (Span(1, at, at + len(line)),), number, language="en"))
        at += len(line) + 1
    document = override(Document("", str(path), text.splitlines()[0], pages=1), values or {})
    return Parsed(document, (Page(1, "1", text),), tuple(passages))


class Desk:
    """A folder and a home, brought in step by `run`; counts what is read. Files are read in this process."""

    def __init__(self, room: Path, hashing: Any) -> None:
        self.folder = room / "papers"
        self.folder.mkdir(parents=True)
        (room / "home").mkdir()
        self.store = Store(room / "home", create=True)
        self.hashing = hashing
        self.read: list[str] = []
        self.hook: Callable[[Path], None] = lambda path: None

    def parse(self, path: Path, values: Mapping[str, str] | None = None) -> Parsed:
        self.read.append(path.name)
        self.hook(path)
        return read(path, values)

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, *paths: Path, progress: Any = None, **options: Any) -> IngestReport:
        self.read.clear()
        self.hashing.texts.clear()
        metadata = options.pop("metadata", None)
        options["metadata"] = None if metadata is None else read_metadata(metadata)
        found = discover(paths or (self.folder,), exclude=self.store.home)
        return Sync(self.store, lambda: self.hashing, Options(**options), progress, parse=self.parse).run(found)

    def outcomes(self, *paths: Path, **options: Any) -> dict[str, str]:
        return {Path(file.path).name: file.outcome for file in self.run(*paths, **options).files}

    def texts(self) -> dict[str, list[str]]:
        """The passages of each document, by the file's name; a name twice is an error."""
        found: dict[str, list[str]] = {}
        for document in self.store.documents():
            name = Path(document.path).name
            assert name not in found
            found[name] = [stored.passage.text for stored in self.store.passages_of(document.id)]
        return found

    def ids(self) -> dict[str, str]:
        return {Path(document.path).name: document.id for document in self.store.documents()}

    def whole(self) -> None:
        assert self.store.check() == []
        assert count_missing(self.store, self.hashing.fingerprint) == 0
        known = {document.id for document in self.store.documents()}
        assert {one.document_id for one in self.store.files().values() if one.document_id} <= known


def read_here(
    paths: Iterable[Path], work: Callable[[Path], Any], *, workers: int, seconds: float
) -> Iterator[tuple[Path, Any]]:
    """Instead of worker processes."""
    for path in paths:
        try:
            yield path, work(path)
        except UnreadableFileError as error:
            yield path, ReadFailure(str(error))
        except KeyError:
            yield path, ReadFailure("unexpected error in the reader", defect=True)


@pytest.fixture
def desk(tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("ingest.rounds.read_all", read_here)
    desk = Desk(tmp_path, hashing)
    yield desk
    desk.whole()
    desk.store.close()


# -- outcomes ------------------------------------------------------------------------------------------------------


def test_each_outcome_in_its_turn(desk: Desk) -> None:
    desk.write(a_md="Alpha\nOne", b_md="Beta", c_md="BAD", copy_md="Beta")
    first = desk.run()
    assert {Path(f.path).name: (f.outcome, f.reason) for f in first.files} == {
        "a.md": ("indexed", ""),
        "b.md": ("indexed", ""),
        "c.md": ("failed", "The file is bad."),
        "copy.md": ("duplicate", f"same content as {desk.folder / 'b.md'}"),
    }
    assert (first.pages, first.passages, first.embedded) == (2, 3, 3)
    assert desk.texts() == {"a.md": ["Alpha", "One"], "b.md": ["Beta"]}
    desk.write(a_md="Alpha\nTwo")
    (desk.folder / "b.md").unlink()
    (desk.folder / "copy.md").unlink()
    assert desk.outcomes() == {"a.md": "updated", "b.md": "removed", "c.md": "failed", "copy.md": "removed"}
    assert desk.texts() == {"a.md": ["Alpha", "Two"]}


def test_an_unchanged_folder_is_neither_read_nor_embedded_nor_written(desk: Desk) -> None:
    desk.write(a_md="Alpha", b_md="BAD", c_md="Alpha")
    before = desk.run()
    after = desk.run()
    assert desk.read == desk.hashing.texts == []
    assert (after.embedded, after.revision) == (0, before.revision)
    assert desk.outcomes() == {"a.md": "unchanged", "b.md": "failed", "c.md": "duplicate"}


def test_only_new_text_is_embedded(desk: Desk) -> None:
    desk.write(a_md="Title\nOne\nTwo")
    desk.run()
    desk.write(a_md="Title\nOne\nThree")
    assert desk.run().embedded == 1
    assert desk.read == ["a.md"]


def test_content_counts_and_not_the_clock_or_the_size(desk: Desk) -> None:
    desk.write(a_md="Alpha 1")
    stamp = time.time() - 10
    os.utime(desk.folder / "a.md", (stamp, stamp))
    desk.run()
    desk.write(a_md="Alpha 2")
    os.utime(desk.folder / "a.md", (stamp, stamp))
    assert desk.outcomes() == {"a.md": "updated"}
    for wrong in (0, 4_000_000_000):
        os.utime(desk.folder / "a.md", (wrong, wrong))
        assert desk.outcomes() == {"a.md": "unchanged"}


def test_a_clock_that_jumps_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    jumps = iter([4e9, 0.0] * 10_000)
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    seen: list[Progress] = []
    for number in range(5):
        desk.write(**{f"f{number}_md": f"Text {number}"})
        desk.run(progress=seen.append)
    assert len(desk.texts()) == 5
    assert all(one.seconds_left is None or one.seconds_left >= 0 for one in seen)
    assert desk.outcomes() == {f"f{number}.md": "unchanged" for number in range(5)}


def test_missing_files_are_kept_when_asked(desk: Desk) -> None:
    desk.write(a_md="Alpha", b_md="Beta")
    desk.run()
    (desk.folder / "b.md").unlink()
    assert desk.outcomes(keep_missing=True) == {"a.md": "unchanged"}
    assert desk.texts().keys() == {"a.md", "b.md"}
    assert desk.outcomes() == {"a.md": "unchanged", "b.md": "removed"}


def test_a_folder_that_is_emptied_later_is_emptied_and_one_that_always_was_is_a_mistake(desk: Desk) -> None:
    with pytest.raises(UsageError, match="holds no files"):
        desk.run()
    desk.write(a_md="Alpha")
    desk.run()
    (desk.folder / "a.md").unlink()
    assert desk.outcomes() == {"a.md": "removed"}
    with pytest.raises(UsageError, match="There is no file or folder"):
        desk.run(desk.folder / "nowhere")


def test_files_elsewhere_are_let_be(desk: Desk) -> None:
    desk.write(one__a_md="Alpha", two__b_md="Beta", two__c_md="Gamma")
    desk.run()
    (desk.folder / "two/b.md").unlink()
    assert desk.outcomes(desk.folder / "one") == {"a.md": "unchanged"}
    assert desk.outcomes(desk.folder / "two/c.md") == {"c.md": "unchanged"}
    assert desk.texts().keys() == {"a.md", "b.md", "c.md"}
    assert desk.outcomes(desk.folder / "two", desk.folder / "two/c.md") == {"b.md": "removed", "c.md": "unchanged"}


# -- copies and moves ----------------------------------------------------------------------------------------------


def test_a_copy_takes_over_with_the_same_document(desk: Desk) -> None:
    desk.write(a_md="Alpha", b_md="Alpha", c_md="Alpha")
    assert desk.outcomes() == {"a.md": "indexed", "b.md": "duplicate", "c.md": "duplicate"}
    number = desk.ids()["a.md"]
    (desk.folder / "a.md").unlink()
    assert desk.outcomes() == {"a.md": "removed", "b.md": "updated", "c.md": "duplicate"}
    assert desk.ids() == {"b.md": number}
    assert desk.read == desk.hashing.texts == []
    (desk.folder / "b.md").unlink()
    desk.run()
    assert desk.ids() == {"c.md": number}
    (desk.folder / "c.md").unlink()
    desk.run()
    assert desk.ids() == {}


def test_a_copy_that_changes_becomes_a_document_and_back(desk: Desk) -> None:
    desk.write(a_md="Alpha", b_md="Alpha")
    desk.run()
    desk.write(b_md="Beta")
    assert desk.outcomes() == {"a.md": "unchanged", "b.md": "indexed"}
    desk.write(b_md="Alpha")
    assert desk.outcomes() == {"a.md": "unchanged", "b.md": "duplicate"}
    assert desk.texts() == {"a.md": ["Alpha"]}


def test_a_moved_file_keeps_its_document_and_is_not_read(desk: Desk) -> None:
    desk.write(a_md="Alpha", b_md="Beta")
    desk.run()
    before = desk.ids()
    (desk.folder / "deep").mkdir()
    (desk.folder / "a.md").rename(desk.folder / "deep/moved.md")
    report = desk.run()
    assert {Path(f.path).name: f.outcome for f in report.files} == {"moved.md": "updated", "b.md": "unchanged"}
    assert desk.ids() == {"moved.md": before["a.md"], "b.md": before["b.md"]}
    assert desk.read == desk.hashing.texts == []


def test_a_renamed_folder_with_copies_keeps_all(desk: Desk) -> None:
    desk.write(old__a_md="Alpha", old__b_md="Beta", old__copy_md="Alpha")
    desk.run()
    before = set(desk.ids().values())
    (desk.folder / "old").rename(desk.folder / "new")
    found = {file.path.removeprefix(f"{desk.folder}/"): file.outcome for file in desk.run().files}
    assert found == {
        "new/a.md": "updated",
        "new/b.md": "updated",
        "new/copy.md": "duplicate",
        "old/copy.md": "removed",
    }
    assert set(desk.ids().values()) == before
    assert desk.read == []
    assert desk.outcomes() == {"a.md": "unchanged", "b.md": "unchanged", "copy.md": "duplicate"}


def test_ids_are_never_shared_however_files_come_and_go(desk: Desk) -> None:
    desk.write(a_md="One")
    desk.run()
    for round_, text in enumerate(["Two", "Three", "Two", "One"]):
        # The document moves on with its id, another file comes to its place, with a content that was there before.
        (desk.folder / "a.md").rename(desk.folder / f"kept{round_}.md")
        (desk.folder / f"kept{round_}.md").write_text(f"{text} {round_} changed", encoding="utf-8")
        desk.write(a_md=text)
        desk.run()
        if round_:
            desk.write(a_md=f"{text} again {round_}")
            desk.run()
    assert len(desk.texts()) == 5
    assert len(set(desk.ids().values())) == 5


# -- files that cannot be read -------------------------------------------------------------------------------------


def test_a_bad_file_stops_nothing_and_returns_when_it_is_good(desk: Desk) -> None:
    desk.write(a_md="BAD 1", b_md="Beta", c_md="BAD 2")
    assert desk.outcomes() == {"a.md": "failed", "b.md": "indexed", "c.md": "failed"}
    assert desk.outcomes() == {"a.md": "failed", "b.md": "unchanged", "c.md": "failed"}
    assert desk.read == []
    desk.write(a_md="Alpha")
    assert desk.outcomes() == {"a.md": "indexed", "b.md": "unchanged", "c.md": "failed"}
    desk.write(a_md="BAD again")
    assert desk.outcomes()["a.md"] == "failed"
    # What the file said before must not be quoted any more.
    assert desk.texts() == {"b.md": ["Beta"]}
    (desk.folder / "a.md").unlink()
    assert desk.outcomes()["a.md"] == "removed"


def test_a_defect_of_ours_is_tried_again(desk: Desk) -> None:
    desk.write(a_md="DEFECT")
    assert desk.outcomes() == {"a.md": "failed"}
    assert desk.outcomes() == {"a.md": "failed"}
    assert desk.read == ["a.md"]


def test_copies_of_a_bad_file_fail_with_it(desk: Desk) -> None:
    desk.write(a_md="BAD", b_md="BAD")
    assert desk.outcomes() == {"a.md": "failed", "b.md": "failed"}
    assert desk.read == ["a.md"]


def test_a_file_that_cannot_be_opened_for_a_while_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(a_md="Alpha", copy_md="Alpha", new_md="New")
    (desk.folder / "new.md").unlink()
    desk.run()
    desk.write(new_md="New")
    number = desk.ids()["a.md"]
    shut = {"a.md", "new.md"}
    opened = Path.open

    def guarded(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name in shut:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *args, **kwargs)

    # Root may open everything, so the refusal is made up.
    monkeypatch.setattr(Path, "open", guarded)
    report = desk.run()
    assert {Path(f.path).name: f.outcome for f in report.files} == {
        "a.md": "failed",
        "copy.md": "duplicate",
        "new.md": "failed",
    }
    assert all("Permission denied" in file.reason for file in report.files if file.outcome == "failed")
    assert desk.ids() == {"a.md": number}
    shut.clear()
    assert desk.outcomes() == {"a.md": "unchanged", "copy.md": "duplicate", "new.md": "indexed"}
    shut.add("copy.md")
    assert desk.outcomes()["copy.md"] == "failed"
    shut.clear()
    (desk.folder / "copy.md").unlink()
    # The copy was refused when it was last seen, and goes: the document is that of the other file.
    assert desk.outcomes() == {"a.md": "unchanged", "copy.md": "removed", "new.md": "unchanged"}
    assert desk.ids()["a.md"] == number


def test_a_folder_that_cannot_be_listed_for_a_while_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(a_md="Alpha", deep__b_md="Beta")
    desk.run()
    scandir = os.scandir

    def guarded(path: Any) -> Any:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    assert desk.outcomes() == {"a.md": "unchanged", "deep": "failed"}
    monkeypatch.undo()
    assert desk.texts().keys() == {"a.md", "b.md"}


def test_a_name_that_is_no_text_is_told_and_not_remembered(desk: Desk) -> None:
    desk.write(a_md="Alpha")
    odd = os.fsencode(desk.folder) + b"/caf\xe9.md"
    try:
        with open(odd, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a name in bytes
            stream.write("Beta")
    except OSError:
        pytest.skip("this file system takes only names that are text")
    report = desk.run()
    assert {Path(f.path).name: f.outcome for f in report.files} == {"a.md": "indexed", "caf\\udce9.md": "failed"}
    assert "not valid text" in next(file.reason for file in report.files if file.outcome == "failed")
    os.unlink(odd)  # noqa: PTH108
    assert desk.outcomes() == {"a.md": "unchanged"}


# -- what counts as a file -----------------------------------------------------------------------------------------


def test_hidden_files_and_links_that_lead_out_are_left_alone(desk: Desk, tmp_path: Path) -> None:
    desk.write(a_md="Alpha", deep__b_md="Beta")
    (desk.folder / ".hidden.md").write_text("Hidden", encoding="utf-8")
    (desk.folder / "~$a.docx").write_text("Lock", encoding="utf-8")
    (desk.folder / ".git").mkdir()
    (desk.folder / ".git/c.md").write_text("Git", encoding="utf-8")
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "s.md").write_text("Secret", encoding="utf-8")
    (desk.folder / "out.md").symlink_to(secret / "s.md")
    (desk.folder / "outside").symlink_to(secret)
    (desk.folder / "broken.md").symlink_to(tmp_path / "nowhere")
    (desk.folder / "round").symlink_to(desk.folder)
    (desk.folder / "inside.md").symlink_to(desk.folder / "deep/b.md")
    assert desk.outcomes() == {"a.md": "indexed", "inside.md": "indexed", "b.md": "duplicate"}


def test_the_home_may_lie_among_the_documents(tmp_path: Path, desk: Desk) -> None:
    desk.write(a_md="Alpha")
    (tmp_path / "home/note.md").write_text("Not ours to read", encoding="utf-8")
    assert desk.outcomes(tmp_path) == {"a.md": "indexed"}
    with pytest.raises(UsageError, match="folder of the knowledge base itself"):
        desk.run(tmp_path / "home")


# -- the curator's values ------------------------------------------------------------------------------------------


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_metadata_is_applied_changed_and_removed(desk: Desk, tmp_path: Path) -> None:
    desk.write(a_md="Alpha\nText", b_md="Beta")
    rows = table(tmp_path / "m.csv", "path,title,date,countries\na.md,Better,2023-06,Albania;FRA\nzzz.md,Lost,,\n")
    report = desk.run(metadata=rows)
    document = {Path(one.path).name: one for one in desk.store.documents()}["a.md"]
    assert (document.title, document.date, document.countries) == ("Better", "2023-06", ("ALB", "FRA"))
    assert report.notes == ('Line 3 of the metadata names no file: "zzz.md".',)
    # Without a table what was said stays, and nothing is read again.
    assert desk.outcomes() == {"a.md": "unchanged", "b.md": "unchanged"}
    assert desk.outcomes(metadata=rows) == {"a.md": "unchanged", "b.md": "unchanged"}
    # A file that moves keeps what was said of it.
    (desk.folder / "a.md").rename(desk.folder / "c.md")
    assert desk.outcomes() == {"b.md": "unchanged", "c.md": "updated"}
    assert desk.read == []
    assert {one.title for one in desk.store.documents()} == {"Better", "Beta"}
    changed = table(tmp_path / "m.csv", "path;title\nc.md;Best\n")
    assert desk.outcomes(metadata=changed) == {"b.md": "unchanged", "c.md": "updated"}
    best = {Path(one.path).name: one for one in desk.store.documents()}["c.md"]
    assert (best.title, best.date) == ("Best", None)
    assert desk.outcomes(metadata=table(tmp_path / "m.csv", "path,title\n")) == {"b.md": "unchanged", "c.md": "updated"}
    assert {one.title for one in desk.store.documents()} == {"Alpha", "Beta"}


def test_an_access_label_stays_until_another_is_given(desk: Desk, tmp_path: Path) -> None:
    def labels() -> dict[str, str]:
        return {Path(one.path).name: one.access for one in desk.store.documents()}

    desk.write(a_md="Alpha", b_md="Beta")
    desk.run(desk.folder / "a.md", access="restricted")
    desk.run()
    assert labels() == {"a.md": "restricted", "b.md": "public"}
    desk.write(a_md="Alpha changed")
    desk.run()
    desk.run(metadata=table(tmp_path / "m.csv", "path,title\na.md,Other\n"))
    assert labels() == {"a.md": "restricted", "b.md": "public"}
    # A copy that takes over is as protected, whatever else was said of it.
    desk.write(copy_md="Alpha changed")
    desk.run(metadata=table(tmp_path / "m.csv", "path,title\ncopy.md,Copy\n"))
    (desk.folder / "a.md").unlink()
    desk.run()
    assert labels() == {"copy.md": "restricted", "b.md": "public"}
    desk.run(access="public")
    assert labels() == {"copy.md": "public", "b.md": "public"}


# -- collections ---------------------------------------------------------------------------------------------------


def lines(path: Path, texts: Mapping[str, str]) -> None:
    rows = [json.dumps({"_id": key, "title": "", "text": text}) for key, text in texts.items()]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_a_collection_is_kept_in_step_by_line(desk: Desk) -> None:
    file = desk.folder / "corpus.jsonl"
    lines(file, {"1": "First text.", "2": "Second text.", "3": "Third text."})
    report = desk.run()
    assert [(one.outcome, one.documents, one.passages) for one in report.files] == [("indexed", 3, 3)]
    ids = desk.ids()
    lines(file, {"1": "First text.", "2": "Another second text.", "4": "Fourth text."})
    assert desk.run().embedded == 2
    assert {name.partition("#")[2]: texts for name, texts in desk.texts().items()} == {
        "1": ["First text."],
        "2": ["Another second text."],
        "4": ["Fourth text."],
    }
    assert {name: number for name, number in desk.ids().items() if name in ids} == {
        name: number for name, number in ids.items() if not name.endswith("#3")
    }
    assert desk.outcomes() == {"corpus.jsonl": "unchanged"}
    file.write_text(file.read_text(encoding="utf-8") + "no json\n", encoding="utf-8")
    assert [(one.outcome, one.reason[:19]) for one in desk.run().files] == [("failed", "Line 4 is no JSON o")]
    assert desk.texts() == {}
    lines(file, {"1": "First text."})
    assert desk.outcomes() == {"corpus.jsonl": "indexed"}
    file.unlink()
    assert desk.outcomes() == {"corpus.jsonl": "removed"}
    assert desk.texts() == {}


def test_a_collection_that_was_interrupted_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.indexing.BATCH", 10)
    lines(desk.folder / "corpus.jsonl", {str(number): f"This is text {number}." for number in range(60)})
    embed, left = desk.hashing.embed, iter(range(3))

    def failing(texts: list[str]) -> Any:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return embed(texts)

    monkeypatch.setattr(desk.hashing, "embed", failing)
    with pytest.raises(KeyboardInterrupt):
        desk.run()
    kept = set(desk.ids())
    assert 20 <= len(kept) < 60
    monkeypatch.setattr(desk.hashing, "embed", embed)
    read_now: list[str] = []
    monkeypatch.setattr("ingest.many.parse_text", _noting(read_now))
    assert desk.run().embedded == 60 - len(kept)
    assert len(read_now) == 60 - len(kept)
    assert len(desk.texts()) == 60


def _noting(read_now: list[str]) -> Callable[[str, str, str], Parsed]:
    from ingest.parse import parse_text

    def noting(title: str, text: str, path: str) -> Parsed:
        read_now.append(path)
        return parse_text(title, text, path)

    return noting


# -- runs that are cut off -----------------------------------------------------------------------------------------


def test_an_interrupted_run_keeps_what_is_committed_and_the_next_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.indexing.BATCH", 4)
    desk.write(**{f"f{number:02}_md": f"Title {number}\nText {number}" for number in range(20)})

    def interrupt(path: Path) -> None:
        if len(desk.read) == 15:
            raise KeyboardInterrupt

    desk.hook = interrupt
    with pytest.raises(KeyboardInterrupt):
        desk.run()
    kept = set(desk.texts())
    assert 8 <= len(kept) < 15
    desk.whole()
    desk.hook = lambda path: None
    assert desk.outcomes() == {f"f{n:02}.md": "unchanged" if f"f{n:02}.md" in kept else "indexed" for n in range(20)}
    assert len(desk.read) == 20 - len(kept)
    assert len(desk.texts()) == 20


def test_an_interruption_while_progress_is_told_is_no_different(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.indexing.BATCH", 2)
    monkeypatch.setattr("ingest.tempo._EVERY", 0.0)
    desk.write(**{f"f{number}_md": f"Title {number}" for number in range(8)})
    for patience in range(1, 40, 3):
        told: list[Progress] = []

        def watch(progress: Progress, told: list[Progress] = told, patience: int = patience) -> None:
            told.append(progress)
            if len(told) > patience:
                raise KeyboardInterrupt

        try:
            desk.run(progress=watch)
        except KeyboardInterrupt:
            desk.whole()
    desk.run()
    assert len(desk.texts()) == 8
    assert desk.outcomes() == {f"f{number}.md": "unchanged" for number in range(8)}


def test_a_model_that_fails_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(a_md="Alpha")
    desk.run()
    desk.write(a_md="Alpha changed", b_md="Beta")
    embed = desk.hashing.embed

    def failing(texts: list[str]) -> Any:
        raise RuntimeError("no memory")

    monkeypatch.setattr(desk.hashing, "embed", failing)
    with pytest.raises(RuntimeError):
        desk.run()
    assert desk.texts() == {"a.md": ["Alpha"]}
    monkeypatch.setattr(desk.hashing, "embed", embed)
    assert desk.outcomes() == {"a.md": "updated", "b.md": "indexed"}


def test_a_document_that_is_forgotten_is_read_again_from_its_folder(desk: Desk) -> None:
    desk.write(a_md="Alpha", copy_md="Alpha")
    desk.run()
    desk.store.remove(desk.ids()["a.md"])
    assert desk.outcomes() == {"a.md": "indexed", "copy.md": "duplicate"}


# -- vectors -------------------------------------------------------------------------------------------------------


def test_vectors_are_made_anew_when_asked_and_completed_when_lost_or_of_another_model(desk: Desk) -> None:
    desk.write(a_md="Alpha\nOne", b_md="Beta")
    desk.run()
    report = desk.run(reembed=True)
    assert (report.embedded, desk.read) == (3, [])
    with desk.store._transaction() as connection:
        connection.execute("DELETE FROM vectors WHERE rowid IN (SELECT rowid FROM vectors LIMIT 1)")
    assert desk.run().embedded == 1
    desk.hashing.fingerprint = "another"
    assert desk.run().embedded == 3
    assert desk.run().embedded == 0


def test_a_removed_document_takes_its_vectors_along(desk: Desk) -> None:
    desk.write(a_md="Alpha\nShared", b_md="Beta")
    desk.run()
    (desk.folder / "b.md").unlink()
    desk.run()
    with desk.store._transaction() as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone()[0] == 2


# -- worker processes ----------------------------------------------------------------------------------------------


def test_the_same_with_worker_processes(tmp_path: Path, hashing: Any) -> None:
    desk = Desk(tmp_path, hashing)
    desk.write(a_md="Alpha\nOne", b_md="BAD", c_md="DEFECT", d_md="Delta")
    found = discover([desk.folder])
    report = Sync(desk.store, lambda: hashing, Options(workers=2), parse=read).run(found)
    assert {Path(f.path).name: f.outcome for f in report.files} == {
        "a.md": "indexed",
        "b.md": "failed",
        "c.md": "failed",
        "d.md": "indexed",
    }
    assert desk.texts() == {"a.md": ["Alpha", "One"], "d.md": ["Delta"]}


# -- any history of a folder ---------------------------------------------------------------------------------------

NAMES = ["a.md", "b.md", "c.md", "deep/d.md", "deep/e.txt"]
HISTORY = st.lists(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["Alpha", "Beta", "Gamma", "BAD"]), min_size=1),
    min_size=2,
    max_size=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORY, st.integers(0, 10))
def test_whatever_happens_to_a_folder_the_store_ends_in_step(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    hashing: Any,
    history: list[dict[str, str]],
    interrupted: int,
) -> None:
    monkeypatch.setattr("ingest.rounds.read_all", read_here)
    desk = Desk(tmp_path_factory.mktemp("desk"), hashing)
    for files in history:
        for name in NAMES:
            path = desk.folder / name
            path.parent.mkdir(exist_ok=True)
            if name in files:
                path.write_text(files[name], encoding="utf-8")
            else:
                path.unlink(missing_ok=True)
        calls = 0

        def stop(path: Path) -> None:
            nonlocal calls
            calls += 1
            if calls == interrupted:
                raise KeyboardInterrupt

        desk.hook = stop
        try:
            desk.run()
        except KeyboardInterrupt:
            desk.whole()
        desk.hook = lambda path: None
        report = desk.run()
        good = {name: text for name, text in files.items() if text != "BAD"}
        assert {text for texts in desk.texts().values() for text in texts} == set(good.values())
        assert len(desk.texts()) == len(set(good.values()))
        assert {Path(f.path).relative_to(desk.folder).as_posix() for f in report.files} >= files.keys()
        assert report.count("failed") == sum(text == "BAD" for text in files.values())
    desk.run()
    assert desk.read == []
    desk.whole()
    desk.store.close()
