"""Who did what, kept as JSON lines in the home: sign-ins, what was read in, removed, exported and fetched.

Documents are named by their ids alone, so that nothing of a forgotten document stays. Questions are kept in a file of their
own, only where RAPPORTEUR_AUDIT_QUESTIONS says for how many days, and no longer.
"""

from __future__ import annotations

import datetime
import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from corpus.lookup import Lookup
from ui.people.person import actor

FILE_NAME, QUESTIONS = "audit.jsonl", "audit-questions.jsonl"
SETTING = "RAPPORTEUR_AUDIT_QUESTIONS"
MOST_IDS = 500
_LOG = logging.getLogger(__name__)
_LOCK = threading.Lock()
_SWEPT: dict[Path, datetime.date] = {}


def note(home: Path, what: str, *, who: str = "", documents: Sequence[str] = (), **facts: object) -> None:
    """Add a line: `what` was done, by whoever acts now unless `who` is named, to these documents.

    It is on the disk when this returns. Where it cannot be written the work goes on, and the log of the program says so:
    a full disk must not keep anybody from removing a document.
    """
    line: dict[str, Any] = {"time": _now(), "who": who or actor(), "what": what}
    if documents:
        line |= {"documents": list(documents[:MOST_IDS]), "number": len(documents)}
    _append(home / FILE_NAME, line | facts)


def exported(home: Path, form: str, documents: Iterable[str]) -> None:
    """Note that passages of these documents were written for another program."""
    note(home, "exported", documents=list(dict.fromkeys(documents)), form=form)


@contextmanager
def audited(store: Lookup) -> Iterator[None]:
    """Note which documents come in, change and go inside, also where it ends early."""
    before = set(store.versions())
    try:
        yield
    finally:
        after = set(store.versions())
        ids = {version.split()[0] for version in after}
        read, gone = sorted({one.split()[0] for one in after - before}), {one.split()[0] for one in before} - ids
        if read:
            note(store.home, "ingested", documents=read)
        if gone:
            note(store.home, "removed", documents=sorted(gone))


def question(home: Path, text: str) -> None:
    """Keep a question, where that is switched on; those that are older than the days allowed are dropped."""
    days = question_days()
    if not days:
        return
    file = home / QUESTIONS
    _append(file, {"time": _now(), "who": actor(), "what": "asked", "question": text[:2000]})
    today = datetime.datetime.now(datetime.UTC).date()
    if _SWEPT.get(file) != today:
        _SWEPT[file] = today
        _drop(file, today - datetime.timedelta(days=days))


def question_days() -> int:
    """For how many days questions are kept; 0 where they are not."""
    given = os.environ.get(SETTING, "").strip()
    return int(given) if given.isdecimal() else 0


def read(home: Path, since: str = "") -> Iterator[dict[str, Any]]:
    """The lines from an ISO date on, the oldest first; one that was cut off is left out."""
    lines = [*_lines(home / FILE_NAME), *(_lines(home / QUESTIONS) if question_days() else ())]
    yield from sorted((line for line in lines if str(line["time"]) >= since), key=lambda line: str(line["time"]))


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and "time" in said:
            yield said


def _append(file: Path, line: dict[str, Any]) -> None:
    data = (json.dumps(line, ensure_ascii=False) + "\n").encode()
    if not file.parent.is_dir():
        return
    try:
        with _LOCK, _held(file):
            # One write at the end of the file, for its owner alone; a half line before it is ended first.
            handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                if os.lseek(handle, 0, os.SEEK_END):
                    os.lseek(handle, -1, os.SEEK_END)
                    data = data if os.read(handle, 1) == b"\n" else b"\n" + data
                os.write(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
    except OSError as error:
        _LOG.error("the audit log cannot be written (%s): %s by %s", error, line["what"], line["who"])


def _held(file: Path) -> FileLock:
    return FileLock(file.with_name(f".{file.name}.lock"), timeout=10, fallback_to_soft=False)


def _drop(file: Path, before: datetime.date) -> None:
    try:
        with _LOCK, _held(file):
            kept = [line for line in _lines(file) if str(line["time"]) >= before.isoformat()]
            half = file.with_name(f".{file.name}")
            handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
                out.flush()
                os.fsync(out.fileno())
            half.replace(file)
    except OSError:
        _LOG.exception("questions that are too old could not be dropped")
