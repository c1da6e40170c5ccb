"""Runs one command after another on a home, each in a process of its own that may be killed; used by test_crash.

    stdin    {"op": "ingest", "home": …, "log": …, …}, and an empty line once its end was heard
    stdout   {"pid": 123} as it begins, {"status": 0} as it ends (negative: the signal)

Each process is forked from this one, which has loaded the libraries already: a kill then falls into the work itself.

With {"op": "command", "arguments": […], "said": folder, …} the program is run with a command line, over a stand-in for the
model; its output goes to two files in that folder. It may meet faults: "limit" is the largest file that it can write, by
"days" its clock is wrong, locks fail with the error that "lockless" names, and its output goes to another file, "out".
"""

from __future__ import annotations

import datetime
import errno
import fcntl
import importlib.util
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import search.embed
import search.engine
from corpus.errors import UnreadableFileError
from corpus.records import Document, Page, Parsed, Passage, Span
from corpus.store import Store
from ingest import indexing, rounds, sync
from ingest.reader import ReadFailure
from ui.cli import main as main_of_the_program
from ui.service import KnowledgeBase, restore

HERE = Path(__file__).resolve().parent


def embedder() -> Any:
    spec = importlib.util.spec_from_file_location("shared_fixtures", HERE / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.HashingEmbedder()


def read(path: Path, values: Mapping[str, str] | None = None) -> Parsed:
    """The first line is the title, each line a passage."""
    text = path.read_text(encoding="utf-8")
    if text.startswith("BAD"):
        raise UnreadableFileError("The file is bad.")
    passages, at = [], 0
    for number, line in enumerate(text.splitlines()):
        passages.append(Passage(line, (Span(1, at, at + len(line)),), number, language="en"))
        at += len(line) + 1
    return Parsed(Document("", str(path), text.splitlines()[0], pages=1), (Page(1, "1", text),), tuple(passages))


def read_here(
    paths: Iterable[Path], work: Callable[[Path], Any], *, workers: int, seconds: float
) -> Iterator[tuple[Path, Any]]:
    """Instead of worker processes, which test_reader kills."""
    for path in paths:
        try:
            yield path, work(path)
        except UnreadableFileError as error:
            yield path, ReadFailure(str(error))


def note_commits(log: Path) -> None:
    """Write down each change of the store once it is committed, and each removal before it begins too."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(*words: str) -> None:
        os.write(handle, (json.dumps(words) + "\n").encode())

    put, remove, move = Store.put, Store.remove, Store.move

    def noted_put(self: Store, parsed: Parsed, *args: Any, **kwargs: Any) -> int:
        note("putting", parsed.document.id)
        revision = put(self, parsed, *args, **kwargs)
        note("put", parsed.document.id, parsed.document.path, parsed.pages[0].text)
        return revision

    def noted_remove(self: Store, document_id: str, **kwargs: bool) -> int:
        note("removing", document_id)
        revision = remove(self, document_id, **kwargs)
        note("removed", document_id)
        return revision

    def noted_move(self: Store, document_id: str, record: Any, old: str) -> int:
        note("moving", document_id)
        revision = move(self, document_id, record, old)
        note("moved", document_id, record.path)
        return revision

    Store.put, Store.remove, Store.move = noted_put, noted_remove, noted_move  # type: ignore[method-assign]


def meet(order: Mapping[str, Any]) -> None:
    """Have this process meet the faults that are asked for."""
    if order.get("limit"):
        # As on a disk that is full; SQLite is told so by the same error.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], resource.RLIM_INFINITY))
    if order.get("days"):
        wrong, now, plain = datetime.timedelta(days=order["days"]), time.time, datetime.datetime

        class Moment(plain):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return plain.now(tz) + wrong

        class Day(datetime.date):
            @classmethod
            def today(cls) -> Any:
                return (plain.now() + wrong).date()

        time.time = lambda: now() + wrong.total_seconds()
        datetime.datetime, datetime.date = Moment, Day  # type: ignore[misc]
    if order.get("lockless"):
        # As on a network folder whose server keeps no locks.
        def refuse(*_: Any) -> None:
            raise OSError(getattr(errno, order["lockless"]), os.strerror(getattr(errno, order["lockless"])))

        fcntl.flock = fcntl.lockf = refuse  # type: ignore[assignment]


def command(order: Mapping[str, Any]) -> int:
    """The exit code of the program."""
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(order.get(name) or Path(order["said"]) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    meet(order)
    code = main_of_the_program(order["arguments"])
    sys.stdout.flush()
    return code


def run(order: Mapping[str, Any]) -> int:
    if order["op"] == "command":
        return command(order)
    home = Path(order["home"])
    note_commits(Path(order["log"]))
    if order["op"] == "restore":
        restore(Path(order["file"]), home)
        return 0
    base = KnowledgeBase(home, create=order["op"] == "ingest")
    if order["op"] == "ingest":
        base.ingest([order["folder"]], workers=1)
    elif order["op"] == "forget":
        base.forget(order["document"])
    elif order["op"] == "purge":
        base.forget(order["document"], purge=True)
    elif order["op"] == "rebuild":
        base.rebuild()
    elif order["op"] == "backup":
        base.backup(Path(order["file"]))
    else:
        raise ValueError(order["op"])
    base.close()
    return 0


def stand_in() -> None:
    model = embedder()
    search.embed.open_embedder = lambda *args, **kwargs: model
    rounds.read_all = read_here  # type: ignore[assignment]
    (sync.Sync.__init__.__kwdefaults__ or {})["parse"] = read


def main() -> None:
    stand_in()
    # Many small commits: more instants to be killed between.
    indexing.BATCH = 5
    while line := sys.stdin.readline():
        child = os.fork()
        if not child:
            code = 1
            try:
                code = run(json.loads(line))
            except BaseException:  # noqa: BLE001 - said on stderr, and by the exit code
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(json.dumps({"pid": child}), flush=True)
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert ended is not None
        signalled = ended.si_code != os.CLD_EXITED
        print(json.dumps({"status": -ended.si_status if signalled else ended.si_status}), flush=True)
        # Until then its number is given to no other process, which a late kill would meet.
        sys.stdin.readline()
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
