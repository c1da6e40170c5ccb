"""What people say of answers, kept as JSON lines in the home, and made into questions for `evaluate questions`.

A line is written only when somebody presses one of the buttons; nothing leaves the machine.
"""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import NotFoundError, UsageError
from corpus.records import Document, StoredPassage
from search.records import Status
from ui.home import writing

FILE_NAME = "feedback.jsonl"
VERDICTS = {"helpful": "Helpful", "not_helpful": "Not helpful", "wrong_citation": "A citation is wrong"}
MOST_TEXT = 2000
MOST_CITATIONS = 20
MOST_BYTES = 50_000_000
_LOCK = threading.Lock()


class Kept(Protocol):
    """What is needed of a knowledge base to keep what was said."""

    @property
    def home(self) -> Path:
        """Its folder."""

    @property
    def revision(self) -> int:
        """Grows with each change of the collection."""

    def document(self, reference: str) -> Document:
        """One document; raises NotFoundError."""

    def passages(self, document_id: str) -> Sequence[StoredPassage]:
        """Its passages."""


def keep(base: Kept, said: Mapping[str, Any]) -> None:
    """Append what was said of an answer.

    `said` comes from a browser: {"verdict", "question", "status", "citations": [{"passage", "quote", "page", "label"}]}.
    Citations of passages that are not in the collection are left out.

    Raises:
        UsageError: it is no verdict on an answer, or the file is full.
    """
    verdict, question, status = (str(said.get(name, "")) for name in ("verdict", "question", "status"))
    if verdict not in VERDICTS or status not in set(Status) or not 0 < len(question) <= MOST_TEXT:
        raise UsageError("This is no verdict on an answer.")
    citations = said.get("citations")
    line = {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "verdict": verdict,
        "question": question,
        "status": status,
        "revision": base.revision,
        "citations": _known(base, citations if isinstance(citations, list) else []),
    }
    file = base.home / FILE_NAME
    with _LOCK:
        if file.exists() and file.stat().st_size > MOST_BYTES:
            raise UsageError(f"{file} is full; move it away first.")
        with writing(file), file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _known(base: Kept, citations: Sequence[Any]) -> list[dict[str, Any]]:
    found = []
    for one in citations[:MOST_CITATIONS]:
        if not isinstance(one, Mapping):
            continue
        name = str(one.get("passage", ""))
        try:
            document = base.document(name.rpartition("-")[0])
        except (NotFoundError, UsageError):
            continue
        if any(stored.id == name for stored in base.passages(document.id)):
            page, label = one.get("page"), one.get("label")
            place = {"page": page if isinstance(page, int) else None, "label": str(label)[:200] if label else None}
            quote = str(one.get("quote", ""))[:MOST_TEXT]
            found.append({"document": document.path, "passage": name, **place, "quote": quote})
    return found


def read(home: Path) -> list[dict[str, Any]]:
    """Everything that was said, oldest first; a line that was cut off is left out."""
    file = home / FILE_NAME
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue
    return lines


def drop(home: Path, document_id: str) -> None:
    """Leave out what was said of answers that quoted this document: its text stands there too."""
    file = home / FILE_NAME
    with _LOCK:
        if not file.is_file():
            return
        said = read(home)
        kept = [line for line in said if not _quotes(line, document_id)]
        if len(kept) == len(said):
            return
        half = home / f".{FILE_NAME}"
        with writing(file):
            half.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept), encoding="utf-8")
            half.replace(file)


def _quotes(line: Mapping[str, Any], document_id: str) -> bool:
    return any(str(one.get("passage", "")).rpartition("-")[0] == document_id for one in line.get("citations", []))


def questions(said: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Questions in the format of `evaluate questions`, and those that a person must answer first.

    The last verdict on a question counts. What was helpful tells what a right answer is: its quotations, or that nothing
    is held. What was not helpful or wrongly cited tells only that this was none.
    """
    latest = {str(line["question"]): line for line in said}
    ready: list[dict[str, Any]] = []
    open_ones: list[str] = []
    for question, line in latest.items():
        found = line["status"] != Status.NOT_FOUND
        if line["verdict"] != "helpful" or (found and not line["citations"]):
            open_ones.append(question)
            continue
        evidence = [{key: one[key] for key in ("document", "page", "label", "quote")} for one in line["citations"]]
        ready.append(
            {
                "id": f"feedback-{len(ready) + 1:03}",
                "question": question,
                "kind": "feedback" if found else "unanswerable",
                "answerable": found,
                "evidence": evidence if found else [],
                "answer_contains": [],
                "note": f"judged helpful on {str(line['time'])[:10]}",
            }
        )
    return ready, open_ones
