"""The commands and their options, as `rapporteur --help` shows them."""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ui.agreed_options import agreed
from ui.curating_options import fetch, kept_out, vocabulary
from ui.desk_options import desk
from ui.option_parts import command, filters, positive
from ui.people.options import people

DISTRIBUTION = "rapporteur-kb"
EXPORTS = ("ris", "bibtex", "csl-json", "csv", "markdown", "docx")
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
    desk(commands)
    agreed(commands)
    _upkeep(commands)
    vocabulary(commands)
    people(commands)
    kept_out(commands)
    _measuring(commands)
    return whole


def program_version() -> str:
    """The version installed; "unknown" where the program runs from its sources alone."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def _writing(commands: Any) -> None:
    ingest = command(
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
    ingest.add_argument("--workers", type=positive, metavar="N", help="processes that read files (default: one a core)")
    ingest.add_argument("--access", metavar="LABEL", help="access label for these files; kept until another is given")
    ingest.add_argument("--metadata", type=Path, metavar="FILE.csv", help="values for documents, by path or pattern")
    ingest.add_argument("--ocr", metavar="LANGUAGES", help="read scans with Tesseract, if it is installed: eng+fra+rus")
    ingest.add_argument(
        "--passwords", type=Path, metavar="FILE", help="passwords of protected files: pattern, tab, password"
    )
    ingest.add_argument(
        "--keep-contacts",
        action="store_true",
        help="cut lists of participants and contacts into passages like other text",
    )
    ingest.add_argument("--model", metavar="NAME", help="embedding model (name or folder) of this knowledge base")
    fetch(commands)
    forget = command(
        commands,
        "forget",
        "ui.commands.forget",
        "remove a document everywhere, at once; its file is not touched",
        "forget 'Slavery Convention'",
    )
    forget.add_argument("document", metavar="DOCUMENT", help="id, path, symbol or title")
    forget.add_argument("--purge", action="store_true", help="compact all files too, so that none holds its words")


def _asking(commands: Any) -> None:
    search = command(
        commands,
        "search",
        "ui.commands.search",
        'find passages; "exact phrase", AND OR NOT and fields such as body:OSCE year:2003..2007 work inside',
        "search 'recovery period article:13' -k 5 --body CoE",
    )
    search.add_argument("query", metavar="QUERY", nargs="+", help="what to look for")
    search.add_argument("-k", type=positive, default=10, metavar="N", help="number of passages (default: 10)")
    search.add_argument(
        "--mode", choices=("hybrid", "lexical", "dense"), default="hybrid", help="by words, sense or both"
    )
    _ignored(search)
    filters(search)
    ask = command(
        commands,
        "ask",
        "ui.commands.ask",
        'answer a question with exact quotations and where they stand, or say honestly "not found"',
        "ask 'How long is the recovery and reflection period?'",
    )
    ask.add_argument("question", metavar="QUESTION", nargs="+", help="the question")
    ask.add_argument("--extractive", action="store_true", help="quotations only, also where a language model is set")
    _ignored(ask)
    filters(ask)
    serve = command(commands, "serve", "ui.commands.serve", "serve the web page", "serve --port 8000")
    serve.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen at (default: this machine only)"
    )
    serve.add_argument("--curate", action="store_true", help="documents can be added and removed at the page")
    serve.add_argument("--users", type=Path, metavar="FILE", help="let in only the users of this file, as it says")
    serve.add_argument("--port", type=_port, default=7860, metavar="N", help="port to listen at (default: 7860)")


def _ignored(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--ignore", action="append", default=[], metavar="FIELD[:VALUE]", help="do not understand this: period:2023"
    )


def _reading(commands: Any) -> None:
    show = command(
        commands,
        "show",
        "ui.commands.show",
        "show a document's metadata, outline and passages",
        "show 'CETS 197' --label 'Article 13'",
    )
    show.add_argument("document", metavar="DOCUMENT", help="id, path, symbol or title")
    show.add_argument("--label", help="only this part: 'Article 13', 'para. 45'")
    show.add_argument("--page", type=positive, metavar="N", help="only this page of the file, counted from 1")
    documents = command(
        commands, "documents", "ui.commands.documents", "list the documents", "documents --body OSCE --from 2003"
    )
    documents.add_argument("--format", choices=("table", "json", "csv"), default="table")
    filters(documents)
    export = command(
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
    export.add_argument("-k", type=positive, default=10, metavar="N", help="how many of them (default: 10)")
    filters(export)


def _upkeep(commands: Any) -> None:
    command(commands, "status", "ui.upkeep.status", "say what is in the knowledge base", "status --json")
    command(commands, "verify", "ui.upkeep.verify", "look whether everything is whole", "verify")
    command(commands, "rebuild", "ui.upkeep.rebuild", "derive the indexes again from the store", "rebuild")
    backup = command(
        commands, "backup", "ui.upkeep.backup", "copy the knowledge base into one file", "backup kb-2025-06.zip"
    )
    backup.add_argument("file", metavar="FILE", type=Path)
    restore = command(
        commands,
        "restore",
        "ui.upkeep.restore",
        "bring a backup back into an empty home",
        "restore kb-2025-06.zip --home ~/restored",
    )
    restore.add_argument("file", metavar="FILE", type=Path)
    copied = command(
        commands,
        "copy",
        "ui.upkeep.copy",
        "copy the whole knowledge base onto a server, or from one into an empty folder",
        "copy --to postgresql://user@host/database",
    )
    copied.add_argument("--to", required=True, metavar="PLACE", help="address of a server, or folder")


def _measuring(commands: Any) -> None:
    evaluate = commands.add_parser(
        "evaluate", help="measure searching and answering", epilog="example: rapporteur evaluate retrieval scifact/"
    )
    kinds = evaluate.add_subparsers(title="kinds", metavar="KIND", required=True)
    retrieval = command(
        kinds,
        "retrieval",
        "ui.measuring.retrieval",
        "rank the documents of a folder in BEIR's layout: nDCG@10, R@10, R@100, RR@10, latency",
        "evaluate retrieval evalsets/scifact --limit 100",
    )
    retrieval.add_argument("folder", metavar="DIR", type=Path)
    retrieval.add_argument("--mode", choices=("hybrid", "lexical", "dense"), default="hybrid")
    retrieval.add_argument("--limit", type=positive, metavar="N", help="only the first N questions")
    retrieval.add_argument("--run", dest="run_file", type=Path, metavar="FILE", help="write the rankings as a TREC run")
    retrieval.add_argument("--split", metavar="NAME", help="judgements to use: a name in qrels/ (default: test or dev)")
    questions = command(
        kinds,
        "questions",
        "ui.measuring.questions",
        "ask the questions of a file and measure the answers",
        "evaluate questions goldset/questions.jsonl",
    )
    questions.add_argument("file", metavar="FILE.jsonl", type=Path)
    questions.add_argument("--limit", type=positive, metavar="N", help="only the first N questions")
    compare = command(
        kinds,
        "compare",
        "ui.comparing.compare",
        "compare two results of evaluate questions --json, or two TREC runs, measure by measure, with the odds of chance",
        "evaluate compare before.json after.json",
    )
    compare.add_argument("a", metavar="A", type=Path)
    compare.add_argument("b", metavar="B", type=Path)
    compare.add_argument("--qrels", type=Path, metavar="FILE", help="judgements, where A and B are TREC runs")
    feedback = command(
        kinds,
        "feedback",
        "ui.measuring.feedback",
        "write the answers that were called helpful at the page as a question set",
        "evaluate feedback --output helpful.jsonl",
    )
    feedback.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: stdout)")


def _port(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: a whole number from 0 (any free one) to 65535")
    return number
