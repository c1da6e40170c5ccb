"""The commands `evaluate retrieval` and `evaluate questions`."""

from __future__ import annotations

import hashlib
import json
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from search.records import Mode
from ui import shapes
from ui.console import DONE, MAX_QUERY, emit, open_base, remark, save
from ui.home import evaluation_home, place_of
from ui.progress import ProgressLine
from ui.service import KnowledgeBase


def retrieval(arguments: Namespace) -> int:
    """`evaluate retrieval`: its corpus is kept in a home of its own, so that a second run need not read it."""
    from search.evaluate import evaluate_retrieval, read_beir

    folder = arguments.folder.resolve()
    beir = read_beir(folder, arguments.split)
    base = _corpus(arguments, folder)
    base.warm()
    mode = Mode(arguments.mode)

    def ranked(question: str, k: int) -> list[tuple[str, float]]:
        try:
            result = base.search(question[:MAX_QUERY], k, mode)
        except UsageError:
            # A question that a person would be asked to word anew finds nothing.
            return []
        return [(hit.document.path.partition("#")[2], hit.score) for hit in result.hits]

    shape = evaluate_retrieval(ranked, beir, arguments.limit, arguments.run_file)
    shape |= {"mode": mode.value, "revision": base.revision}
    emit(arguments, shape, _table(shape))
    return DONE


def _corpus(arguments: Namespace, folder: Path) -> KnowledgeBase:
    file = next(file for name in ("corpus.jsonl", "corpus.jsonl.gz") if (file := folder / name).is_file())
    place = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    home, server = place_of(arguments.home, arguments.store)
    name = f"{folder.name}-{place}"
    home = evaluation_home(home, name if server is None else f"{name}-{server.digest}")
    if server is not None:
        # On the server too it has a place of its own.
        server = replace(server, schema=f"evaluation_{place}", shown=f"{server.shown} (evaluation {name})")
    line = ProgressLine(quiet=arguments.quiet)
    # The converted model is kept beside the evaluations and shared by all of them.
    base = KnowledgeBase(home, server=server, create=True, models=home.parent.parent, log=line.say)
    try:
        report = base.ingest([file], progress=line)
    finally:
        line.clear()
    failed = [one for one in report.files if one.outcome == "failed"]
    if failed:
        raise UsageError(f"{failed[0].path}: {failed[0].reason}")
    return base


def questions(arguments: Namespace) -> int:
    """`evaluate questions`, of the knowledge base as it is."""
    from search.questions import evaluate_questions, read_questions

    asked = read_questions(arguments.file)[: arguments.limit]
    base = open_base(arguments)
    remark(arguments, f"Asking {len(asked)} questions of {base.home} …")
    # The first question of a process loads the model; a person at the page does not wait for that.
    base.warm()
    shape = evaluate_questions(
        lambda question: shapes.answer(base.ask(question)),
        lambda query, k: shapes.search_result(base.search(query, k)),
        asked,
        base.store.page_text,
    )
    emit(
        arguments,
        shape,
        _table({name: value for name, value in shape.items() if name not in {"by_kind", "results", "reliability"}}),
    )
    if not arguments.json:
        sys.stdout.write(_kinds(shape["by_kind"]))
    return DONE


def feedback(arguments: Namespace) -> int:
    """`evaluate feedback`: one question a line."""
    from ui.feedback import questions, read

    ready, unanswered = questions(read(open_base(arguments).home))
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in ready)
    if arguments.output is not None:
        save(arguments.output, lines)
        lines = f"{len(ready):,} questions written to {arguments.output}."
    emit(arguments, {"questions": ready, "to_answer": unanswered}, lines.rstrip("\n"))
    if unanswered:
        remark(
            arguments,
            f"{len(unanswered):,} more were called not helpful or wrongly cited: they need an answer by hand.",
        )
    return DONE


def _table(shape: dict[str, Any]) -> str:
    lines = []
    for name, value in shape.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {number}" for key, number in value.items())
        lines.append(f"{name:>18}  {'–' if value is None else value}")
    return "\n".join(lines)


def _kinds(kinds: dict[str, dict[str, Any]]) -> str:
    names = ("questions", "document@5", "evidence@10", "answer", "cited_document", "refused")
    lines = ["\n" + f"{'kind':<14}" + "".join(f"{name:>16}" for name in names)]
    for kind, measures in kinds.items():
        cells = ("–" if measures.get(name) is None else str(measures[name]) for name in names)
        lines.append(f"{kind:<14}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join(lines) + "\n"
