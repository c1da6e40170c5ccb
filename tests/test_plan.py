"""The plan of a run: every file of any two states of a folder gets one outcome, and no document is lost or doubled."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import FileRecord
from ingest.discover import Discovery, Found
from ingest.outcomes import DUPLICATE, FAILED, INDEXED, OUTCOMES, REMOVED, UNCHANGED, UPDATED
from ingest.plan import Plan, plan

READER = "r1"


def record(path: str, content: str, outcome: str = INDEXED, **fields: object) -> FileRecord:
    values: dict[str, object] = {"document_id": f"id-of-{path}", "reader": READER, "pages": 1, "passages": 2} | fields
    return FileRecord(path, "/f", content, outcome, **values)  # type: ignore[arg-type]


def folder(
    files: Mapping[str, str], *, unreadable: tuple[str, ...] = (), roots: tuple[str, ...] = ("/f",)
) -> Discovery:
    found = [Found(path, "/f", 10, content) for path, content in files.items()]
    found += [Found(path, "/f", reason="The file cannot be opened.") for path in unreadable]
    return Discovery(roots, tuple(sorted(found, key=lambda file: file.path)))


def planned(files: Mapping[str, str], known: list[FileRecord], **options: object) -> Plan:
    unreadable = options.pop("unreadable", ())
    reader = options.pop("reader", READER)
    exists = options.pop("exists", lambda path: False)
    return plan(
        folder(files, unreadable=unreadable),  # type: ignore[arg-type]
        {one.path: one for one in known},
        lambda path: str(reader),
        exists=exists,  # type: ignore[arg-type]
        **options,  # type: ignore[arg-type]
    )


def outcomes(made: Plan) -> dict[str, str]:
    return {outcome.path: outcome.outcome for outcome in made.settled}


def test_new_changed_same_and_vanished() -> None:
    known = [record("/f/same", "A"), record("/f/changed", "B"), record("/f/gone", "C")]
    made = planned({"/f/same": "A", "/f/changed": "B2", "/f/new": "D"}, known)
    assert outcomes(made) == {"/f/same": UNCHANGED, "/f/gone": REMOVED}
    tasks = {task.file.path: task for task in made.tasks}
    assert tasks.keys() == {"/f/changed", "/f/new"}
    assert (tasks["/f/changed"].document_id, tasks["/f/changed"].stale) == ("id-of-/f/changed", True)
    assert (tasks["/f/new"].document_id, tasks["/f/new"].known) == (None, False)
    assert [one.path for one in made.removals] == ["/f/gone"]


def test_another_reader_reads_again_and_keeps_the_id() -> None:
    made = planned({"/f/a": "A"}, [record("/f/a", "A")], reader="r2")
    assert [(task.document_id, task.stale, task.known) for task in made.tasks] == [("id-of-/f/a", False, True)]


def test_keep_missing_removes_nothing() -> None:
    made = planned({"/f/a": "A"}, [record("/f/a", "A"), record("/f/gone", "C")], keep_missing=True)
    assert made.removals == []
    assert outcomes(made) == {"/f/a": UNCHANGED}


def test_new_copies_of_one_content_are_read_once() -> None:
    made = planned({"/f/a": "A", "/f/b": "A", "/f/c": "A"}, [])
    assert [(task.file.path, [copy.path for copy in task.copies]) for task in made.tasks] == [
        ("/f/a", ["/f/b", "/f/c"])
    ]


def test_a_copy_of_a_known_file_is_a_duplicate_also_of_one_elsewhere() -> None:
    known = [record("/f/a", "A"), record("/other/b", "B")]
    made = planned({"/f/a": "A", "/f/copy": "A", "/f/copy-of-b": "B"}, known, exists=lambda path: path == "/other/b")
    assert outcomes(made) == {"/f/a": UNCHANGED, "/f/copy": DUPLICATE, "/f/copy-of-b": DUPLICATE}
    assert {one.path: one.document_id for one in made.records} == {
        "/f/copy": "id-of-/f/a",
        "/f/copy-of-b": "id-of-/other/b",
    }
    assert made.tasks == []


def test_a_moved_file_keeps_its_document() -> None:
    made = planned({"/f/new": "A"}, [record("/f/old", "A")])
    assert [(move.document_id, move.old, move.record.path) for move in made.moves] == [
        ("id-of-/f/old", "/f/old", "/f/new")
    ]
    assert outcomes(made) == {"/f/new": UPDATED}
    assert made.tasks == made.removals == []


def test_a_copy_takes_over_from_the_file_that_goes() -> None:
    known = [record("/f/a", "A"), record("/f/b", "A", DUPLICATE, document_id="id-of-/f/a", passages=0)]
    made = planned({"/f/b": "A"}, known)
    assert outcomes(made) == {"/f/a": REMOVED, "/f/b": UPDATED}
    assert [move.document_id for move in made.moves] == ["id-of-/f/a"]
    assert made.removals == []


def test_a_file_that_becomes_a_copy_gives_up_its_document() -> None:
    made = planned({"/f/a": "A", "/f/b": "A"}, [record("/f/a", "A"), record("/f/b", "B")])
    assert made.drops == ["id-of-/f/b"]
    assert outcomes(made) == {"/f/a": UNCHANGED, "/f/b": DUPLICATE}


def test_a_file_that_cannot_be_opened_keeps_its_document_and_its_copies() -> None:
    known = [record("/f/a", "A"), record("/f/b", "A", DUPLICATE, document_id="id-of-/f/a", passages=0)]
    made = planned({"/f/b": "A"}, known, unreadable=("/f/a",))
    assert outcomes(made) == {"/f/a": FAILED, "/f/b": DUPLICATE}
    assert made.tasks == made.removals == made.moves == made.drops == []
    shut = next(one for one in made.records if one.path == "/f/a")
    assert (shut.outcome, shut.document_id, shut.sha256) == (FAILED, "id-of-/f/a", "A")
    again = planned({"/f/a": "A", "/f/b": "A"}, [shut, known[1]])
    assert outcomes(again) == {"/f/a": UNCHANGED, "/f/b": DUPLICATE}
    assert [(one.path, one.outcome) for one in again.records if one.path == "/f/a"] == [("/f/a", INDEXED)]
    changed = planned({"/f/a": "A2", "/f/b": "A"}, [shut, known[1]])
    assert {task.file.path: task.document_id for task in changed.tasks} == {"/f/a": "id-of-/f/a", "/f/b": None}


def test_a_copy_that_cannot_be_opened_does_not_take_the_document_with_it() -> None:
    known = [record("/f/a", "A"), record("/f/b", "A", DUPLICATE, document_id="id-of-/f/a", passages=0)]
    shut = next(one for one in planned({"/f/a": "A"}, known, unreadable=("/f/b",)).records if one.path == "/f/b")
    made = planned({"/f/a": "A"}, [known[0], shut])
    assert outcomes(made) == {"/f/a": UNCHANGED, "/f/b": REMOVED}
    assert [one.document_id for one in made.removals] == [None]


def test_a_file_that_failed_fails_again_without_being_read() -> None:
    bad = record("/f/a", "A", FAILED, reason="It is protected.", document_id=None, passages=0)
    made = planned({"/f/a": "A"}, [bad])
    assert [(one.outcome, one.reason) for one in made.settled] == [(FAILED, "It is protected.")]
    assert made.tasks == []
    assert [task.file.path for task in planned({"/f/a": "A2"}, [bad]).tasks] == ["/f/a"]
    # What a defect of ours made fail has no reader noted, and is tried again.
    assert len(planned({"/f/a": "A"}, [record("/f/a", "A", FAILED, reader="", document_id=None)]).tasks) == 1


def test_a_folder_that_cannot_be_listed_removes_nothing() -> None:
    found = Discovery(("/f",), (Found("/f/a", "/f", 1, "A"),), (("/f/shut", "The folder cannot be listed."),))
    known = {one.path: one for one in (record("/f/a", "A"), record("/f/shut/b", "B"), record("/f/gone", "C"))}
    made = plan(found, known, lambda path: READER, exists=lambda path: False)
    assert [one.path for one in made.removals] == ["/f/gone"]
    assert outcomes(made) == {"/f/a": UNCHANGED, "/f/gone": REMOVED, "/f/shut": FAILED}


# -- any state of a folder after any other -------------------------------------------------------------------------

PATHS = [f"/f/{name}" for name in ("a.md", "b.md", "c.md", "d.txt")]
CONTENTS = st.sampled_from(["A", "B", "C", "!"])
STATES = st.lists(
    st.tuples(st.dictionaries(st.sampled_from(PATHS), CONTENTS), st.sets(st.sampled_from(PATHS), max_size=1)),
    min_size=2,
    max_size=6,
)


class Books:
    """What the store would hold if the plan were carried out: files, and documents with path and content. Files with
    "!" cannot be read."""

    def __init__(self) -> None:
        self.files: dict[str, FileRecord] = {}
        self.documents: dict[str, tuple[str, str]] = {}
        self.made = 0

    def drop(self, document: str) -> None:
        assert document in self.documents, "removed twice"
        del self.documents[document]
        self.files = {path: one for path, one in self.files.items() if one.document_id != document}

    def carry_out(self, made: Plan) -> dict[str, str]:
        found = [(outcome.path, outcome.outcome) for outcome in made.settled]
        for move in made.moves:
            self.documents[move.document_id] = (move.record.path, self.documents[move.document_id][1])
            del self.files[move.old]
            self.files[move.record.path] = move.record
        for document in made.drops:
            self.drop(document)
        for gone in made.removals:
            if gone.outcome != DUPLICATE and gone.document_id:
                self.drop(gone.document_id)
            self.files.pop(gone.path, None)
        self.files |= {one.path: one for one in made.records}
        for task in made.tasks:
            path, content = task.file.path, task.file.sha256
            for copy in task.copies:
                known = self.files.get(copy.path)
                if known is not None and known.outcome != DUPLICATE and known.document_id:
                    self.drop(known.document_id)
            if content == "!":
                if task.stale and task.document_id:
                    self.drop(task.document_id)
                for file in (task.file, *task.copies):
                    self.files[file.path] = record(file.path, "!", FAILED, document_id=None, passages=0)
                    found.append((file.path, FAILED))
                continue
            self.made += 1
            number = task.document_id or f"new-{self.made}"
            self.documents[number] = (path, content)
            self.files[path] = record(path, content, document_id=number)
            found.append((path, UPDATED if task.known else INDEXED))
            for copy in task.copies:
                self.files[copy.path] = record(copy.path, content, DUPLICATE, document_id=number, passages=0)
                found.append((copy.path, DUPLICATE))
        assert len(found) == len(dict(found)), f"two outcomes for one file: {found}"
        return dict(found)


@settings(max_examples=400, deadline=None)
@given(STATES)
def test_whatever_happens_to_a_folder_its_documents_are_those_of_its_files(
    states: list[tuple[dict[str, str], set[str]]],
) -> None:
    books = Books()
    for files, shut in states:
        # A file that is there and cannot be opened: its content is not seen.
        unreadable = tuple(sorted(shut & files.keys()))
        readable = {path: content for path, content in files.items() if path not in shut}
        before = dict(books.files)
        made = plan(
            folder(readable, unreadable=unreadable), books.files, lambda path: READER, exists=lambda path: False
        )
        found = books.carry_out(made)
        assert set(found.values()) <= set(OUTCOMES)
        gone = before.keys() - files.keys()
        assert files.keys() <= found.keys() <= files.keys() | gone
        assert {path for path in gone if found.get(path) != REMOVED} <= {move.old for move in made.moves}
        contents = [content for _, content in books.documents.values()]
        assert len(contents) == len(set(contents)), "one content, two documents"
        assert {c for c in readable.values() if c != "!"} <= set(contents), "a readable file has no document"
        standing = {before[path].sha256 for path in unreadable if path in before and before[path].document_id}
        assert set(contents) <= {*readable.values(), *standing}, "a document of no file"
        for path, content in readable.items():
            document = books.files[path].document_id
            assert (content == "!") == (document is None)
            assert document is None or books.documents[document][1] == content
    # A second look at the same folder finds nothing to do.
    if not states[-1][1]:
        again = plan(folder(states[-1][0]), books.files, lambda path: READER, exists=lambda path: False)
        assert not (again.tasks or again.moves or again.drops or again.removals)


def test_a_file_that_moved_and_was_copied_at_once() -> None:
    made = planned({"/f/new": "A", "/f/new-copy": "A"}, [record("/f/old", "A")])
    assert outcomes(made) == {"/f/new": UPDATED, "/f/new-copy": DUPLICATE}
    assert [(one.path, one.document_id) for one in made.records] == [("/f/new-copy", "id-of-/f/old")]
