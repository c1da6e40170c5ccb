"""What is kept out of the index, said to a person: `kept-out`, and the lines of `ingest` that tell of it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from corpus.records import Document
from ingest.casedata import SAID as CASES
from ingest.contacts import SAID as PERSONAL
from ingest.keeping_out import META
from ingest.never import LIST, SAID, never_in, one_word, read_never
from ui.console import DONE, emit, open_base
from ui.service import KnowledgeBase


def told(files: Iterable[Mapping[str, Any]]) -> list[str]:
    """The lines of an ingestion's report: of what was newly read, how many files had something left out; and each file
    that may hold data of cases."""
    read = [file for file in files if file["outcome"] in ("indexed", "updated")]
    lines = []
    sentences = {
        PERSONAL: "Lists of participants or contacts were left out of {n} (--keep-contacts keeps them).",
        SAID: f"{LIST} left something out of {{n}}.",
    }
    for begun, words in sentences.items():
        count = sum(any(said.startswith(begun) for said in file["warnings"]) for file in read)
        if count:
            named = f"{count:,} files" if count > 1 else "1 file"
            lines.append(words.format(n=named))
    lines += [
        f"Look at this file: {file['path']}: {said}."
        for file in read
        for said in file["warnings"]
        if said.startswith(CASES)
    ]
    return lines


def kept_out(arguments: Namespace) -> int:
    """`kept-out`."""
    base = open_base(arguments)
    shape: dict[str, Any] = {
        "list": str(base.home / LIST),
        "applied": None,
        "lines": [],
        "files": [{"path": one.path, "reason": one.reason} for one in base.files() if LIST in one.reason],
        "documents": [
            {"id": one.id, "title": one.title, "path": one.path, "what": said}
            for one in base.documents()
            for said in one.warnings
            if said.startswith((PERSONAL, SAID, CASES))
        ],
    }
    never = read_never(base.home)
    shape["lines"] = _lines(base, base.documents()) if never else []
    shape["applied"] = never.fingerprint == (base.store.get_meta(META) or "")
    emit(arguments, shape, _text(shape))
    return DONE


def _lines(base: KnowledgeBase, documents: Sequence[Document]) -> list[dict[str, Any]]:
    """For each line of the list what it does: files that it refuses, documents that still hold its words."""
    never = read_never(base.home)
    files = base.files()
    found: list[dict[str, Any]] = [
        {
            "line": line,
            "kind": "file",
            "text": text,
            "files": sum(f"Line {line} of" in one.reason for one in files if LIST in one.reason),
        }
        for line, text in never.files
    ]
    held = {one.id: (base.store.pages(one.id), base.store.outline(one.id)) for one in documents} if never.words else {}
    for line, text in never.words:
        alone = one_word(line, text)
        still = sum(never_in(one, *held[one.id], alone) for one in documents)
        found.append({"line": line, "kind": "words", "text": text, "documents_that_hold_it": still})
    return sorted(found, key=lambda one: int(one["line"]))


def _text(shape: Mapping[str, Any]) -> str:
    lines = []
    if not shape["lines"]:
        lines.append(
            f"There is no list of what is never indexed. Write one, a name or phrase a line, at {shape['list']}."
        )
    for one in shape["lines"]:
        does = (
            f"{one['files']:,} files refused"
            if one["kind"] == "file"
            else f"{one['documents_that_hold_it']:,} documents still hold it; the next ingest takes it out"
            if one["documents_that_hold_it"]
            else "nothing holds it"
        )
        lines.append(f"line {one['line']}: {one['text']}: {does}")
    lines += [f"refused: {one['path']}: {one['reason']}" for one in shape["files"]]
    lines += [f"{one['title']} ({one['path']}): {one['what']}" for one in shape["documents"]]
    return "\n".join(lines)
