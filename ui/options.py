"""The commands and their options, as `rapporteur --help` shows them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from corpus.records import Filters
from ui.agreed_options import agreed
from ui.curating_options import fetch, vocabulary
from ui.desk_options import desk

DISTRIBUTION = "rapporteur-kb"
EXPORTS = ("ris", "bibtex", "csl-json", "csv", "markdown", "docx")
_FILTERS = (
    ("body", "NAME", "organisation: OSCE, UN, CoE, EU, ILO"),
    ("type", "NAME", "kind of document: convention, decision, report"),
    ("language", "CODE", "language of the passage: en, fr, ru"),
    ("country", "NAME", "country that the document is about, by name or ISO code"),
    ("theme", "NAME", "theme of the document"),
    ("meeting", "TEXT", "part of the meeting's name"),
    ("symbol", "SYMBOL", 'official symbol: "CETS 197"'),
    ("document", "TEXT", "part of a document's id, path or title"),
    ("path", "GLOB", "end of the file's path: 'reports/*.pdf'"),
)
_EXIT_CODES = (
    "exit codes: 0 done · 1 done, but some input failed · 2 wrong usage or bad input · "
    "3 the knowledge base is missing, locked or damaged · 130 interrupted"
)


def parser() -> argparse.ArgumentParser:
    """The whole command line; the parsed arguments carry, as `run`, the name of the function to call."""
    whole = argparse.ArgumentParser(
        prog="rapporteur",
        description="A knowledge base of documents that answers with exact quotations, each with its document, page "
        "and article.",
        epilog=f"example: rapporteur ingest ~/documents && rapporteur ask 'Who is a victim?'   {_EXIT_CODES}",
    )
    whole.add_argument("--version", action="version", version=f"rapporteur {program_version()}")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _writing(commands)
    _asking(commands)
    _reading(commands)
    desk(commands, _command, _filters, _positive)
    agreed(commands, _command, _filters, _positive)
    _upkeep(commands)
    vocabulary(commands, _command)
    _measuring(commands)
    return whole


def program_version() -> str:
    """The version installed; "unknown" where the program runs from its sources alone."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def _command(commands: Any, name: str, run: str, does: str, example: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name, help=does, description=does[:1].upper() + does[1:] + ".", epilog=f"example: rapporteur {example}"
    )
    made.set_defaults(run=run)
    made.add_argument("--home", metavar="DIR", help="the knowledge base's folder (else RAPPORTEUR_HOME, else yours)")
    made.add_argument("--json", action="store_true", help="one JSON object on stdout")
    made.add_argument("--quiet", action="store_true", help="no progress and remarks on stderr")
    return made


def _writing(commands: Any) -> None:
    ingest = _command(
        commands,
        "ingest",
        "ui.commands.ingest",
        "add or update files and folders; a folder is kept in step with what lies in it",
        "ingest ~/documents/osce --access internal",
    )
    ingest.add_argument("paths", nargs="*", metavar="PATH", type=Path, help="files and folders")
    ingest.add_argument("--bundled", action="store_true", help="the documents that come with the program")
    ingest.add_argument("--keep-missing", action="store_true", help="keep documents whose files are gone")
    ingest.add_argument("--reembed", action="store_true", help="compute all vectors anew")
    ingest.add_argument(
        "--workers", type=_positive, metavar="N", help="processes that read files (default: one a core)"
    )
    ingest.add_argument("--access", metavar="LABEL", help="access label for these files; kept until another is given")
    ingest.add_argument("--metadata", type=Path, metavar="FILE.csv", help="values for documents, by path or pattern")
    ingest.add_argument("--ocr", metavar="LANGUAGES", help="read scans with Tesseract, if it is installed: eng+fra+rus")
    ingest.add_argument(
        "--passwords", type=Path, metavar="FILE", help="passwords of protected files: pattern, tab, password"
    )
    ingest.add_argument("--model", metavar="NAME", help="embedding model (name or folder) of this knowledge base")
    fetch(commands, _command)
    forget = _command(
        commands,
        "forget",
        "ui.commands.forget",
        "remove a document everywhere, at once; its file is not touched",
        "forget 'Slavery Convention'",
    )
    forget.add_argument("document", metavar="DOCUMENT", help="id, path, symbol or title")


def _asking(commands: Any) -> None:
    search = _command(
        commands,
        "search",
        "ui.commands.search",
        'find passages; "exact phrase", AND OR NOT and fields such as body:OSCE year:2003..2007 work inside',
        "search 'recovery period article:13' -k 5 --body CoE",
    )
    search.add_argument("query", metavar="QUERY", nargs="+", help="what to look for")
    search.add_argument("-k", type=_positive, default=10, metavar="N", help="number of passages (default: 10)")
    search.add_argument(
        "--mode", choices=("hybrid", "lexical", "dense"), default="hybrid", help="by words, sense or both"
    )
    _ignored(search)
    _filters(search)
    ask = _command(
        commands,
        "ask",
        "ui.commands.ask",
        'answer a question with exact quotations and where they stand, or say honestly "not found"',
        "ask 'How long is the recovery and reflection period?'",
    )
    ask.add_argument("question", metavar="QUESTION", nargs="+", help="the question")
    ask.add_argument("--extractive", action="store_true", help="quotations only, also where a language model is set")
    _ignored(ask)
    _filters(ask)
    serve = _command(commands, "serve", "ui.commands.serve", "serve the web page", "serve --port 8000")
    serve.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen at (default: this machine only)"
    )
    serve.add_argument("--curate", action="store_true", help="documents can be added and removed at the page")
    serve.add_argument("--port", type=_port, default=7860, metavar="N", help="port to listen at (default: 7860)")


def _ignored(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--ignore", action="append", default=[], metavar="FIELD[:VALUE]", help="do not understand this: period:2023"
    )


def _reading(commands: Any) -> None:
    show = _command(
        commands,
        "show",
        "ui.commands.show",
        "show a document's metadata, outline and passages",
        "show 'CETS 197' --label 'Article 13'",
    )
    show.add_argument("document", metavar="DOCUMENT", help="id, path, symbol or title")
    show.add_argument("--label", help="only this part: 'Article 13', 'para. 45'")
    show.add_argument("--page", type=_positive, metavar="N", help="only this page of the file, counted from 1")
    documents = _command(
        commands, "documents", "ui.commands.documents", "list the documents", "documents --body OSCE --from 2003"
    )
    documents.add_argument("--format", choices=("table", "json", "csv"), default="table")
    _filters(documents)
    export = _command(
        commands,
        "export",
        "ui.commands.export",
        "write citations and passages for other programs",
        "export 'CETS 197' --label 'Article 13' --format docx --output article-13.docx",
    )
    export.add_argument("items", nargs="*", metavar="ITEM", help="documents (id, path, symbol, title) or passage ids")
    export.add_argument("--format", choices=EXPORTS, default="markdown")
    export.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: stdout)")
    export.add_argument("--label", help="the passages of this part of the documents: 'Article 13'")
    export.add_argument("--query", help="the passages that a search finds")
    export.add_argument("-k", type=_positive, default=10, metavar="N", help="how many of them (default: 10)")
    _filters(export)


def _upkeep(commands: Any) -> None:
    _command(commands, "status", "ui.upkeep.status", "say what is in the knowledge base", "status --json")
    _command(commands, "verify", "ui.upkeep.verify", "look whether everything is whole", "verify")
    _command(commands, "rebuild", "ui.upkeep.rebuild", "derive the indexes again from the store", "rebuild")
    backup = _command(
        commands, "backup", "ui.upkeep.backup", "copy the knowledge base into one file", "backup kb-2025-06.zip"
    )
    backup.add_argument("file", metavar="FILE", type=Path)
    restore = _command(
        commands,
        "restore",
        "ui.upkeep.restore",
        "bring a backup back into an empty home",
        "restore kb-2025-06.zip --home ~/restored",
    )
    restore.add_argument("file", metavar="FILE", type=Path)


def _measuring(commands: Any) -> None:
    evaluate = commands.add_parser(
        "evaluate", help="measure searching and answering", epilog="example: rapporteur evaluate retrieval scifact/"
    )
    kinds = evaluate.add_subparsers(title="kinds", metavar="KIND", required=True)
    retrieval = _command(
        kinds,
        "retrieval",
        "ui.measuring.retrieval",
        "rank the documents of a folder in BEIR's layout: nDCG@10, R@10, R@100, RR@10, latency",
        "evaluate retrieval evalsets/scifact --limit 100",
    )
    retrieval.add_argument("folder", metavar="DIR", type=Path)
    retrieval.add_argument("--mode", choices=("hybrid", "lexical", "dense"), default="hybrid")
    retrieval.add_argument("--limit", type=_positive, metavar="N", help="only the first N questions")
    retrieval.add_argument("--run", dest="run_file", type=Path, metavar="FILE", help="write the rankings as a TREC run")
    retrieval.add_argument("--split", metavar="NAME", help="judgements to use: a name in qrels/ (default: test or dev)")
    questions = _command(
        kinds,
        "questions",
        "ui.measuring.questions",
        "ask the questions of a file and measure the answers",
        "evaluate questions goldset/questions.jsonl",
    )
    questions.add_argument("file", metavar="FILE.jsonl", type=Path)
    questions.add_argument("--limit", type=_positive, metavar="N", help="only the first N questions")
    compare = _command(
        kinds,
        "compare",
        "ui.comparing.compare",
        "compare two results of evaluate questions --json, or two TREC runs, measure by measure, with the odds of chance",
        "evaluate compare before.json after.json",
    )
    compare.add_argument("a", metavar="A", type=Path)
    compare.add_argument("b", metavar="B", type=Path)
    compare.add_argument("--qrels", type=Path, metavar="FILE", help="judgements, where A and B are TREC runs")
    feedback = _command(
        kinds,
        "feedback",
        "ui.measuring.feedback",
        "write the answers that were called helpful at the page as a question set",
        "evaluate feedback --output helpful.jsonl",
    )
    feedback.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: stdout)")


def _filters(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("filters", "each may be given several times: any of its values fits")
    for name, value, does in _FILTERS:
        group.add_argument(f"--{name}", action="append", dest=f"filter_{name}", metavar=value, help=does)
    group.add_argument("--from", action="append", dest="filter_from", metavar="DATE", help="year, month or day")
    group.add_argument("--to", action="append", dest="filter_to", metavar="DATE", help="year, month or day")


def filters_of(arguments: argparse.Namespace) -> Filters | None:
    """The filters given on the command line, None where there is none."""
    values: dict[str, Sequence[str]] = {name: getattr(arguments, f"filter_{name}") or () for name, _, _ in _FILTERS}
    # Of several first days any may fit, which the earliest says; of several last days the latest.
    first, last = arguments.filter_from or [None], arguments.filter_to or [None]
    made = Filters(**{name: tuple(given) for name, given in values.items()}, date_from=min(first), date_to=max(last))
    return made or None


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return number


def _port(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: a whole number from 0 (any free one) to 65535")
    return number
