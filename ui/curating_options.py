"""The options of the commands for who looks after a corpus: official documents, vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ui.option_parts import command


def fetch(commands: Any) -> None:
    """Add `fetch`."""
    made = command(
        commands,
        "fetch",
        "ui.fetching.fetch",
        "download the official documents that the catalogue names, politely, and read them",
        "fetch --only 'body:OSCE type:decision' --dry-run",
    )
    made.add_argument("--dry-run", action="store_true", help="only show what would be asked for")
    made.add_argument("--only", metavar="FILTER", help="words of the title, or field:value (body, type, year, source)")


def kept_out(commands: Any) -> None:
    """Add `kept-out`."""
    command(
        commands,
        "kept-out",
        "ui.keeping.kept_out",
        "show what is kept out of the index, and why: the list never-index.txt, personal data, pages of case data",
        "kept-out --json",
    )


def vocabulary(commands: Any) -> None:
    """Add `vocabulary check`."""
    group = commands.add_parser(
        "vocabulary", help="look after the vocabulary", epilog="example: rapporteur vocabulary check"
    )
    kinds = group.add_subparsers(title="kinds", metavar="KIND", required=True)
    check = command(
        kinds,
        "check",
        "ui.vocabulary.check",
        "look through the vocabulary's files and name each fault with its file and line",
        "vocabulary check ./vocabulary",
    )
    check.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="a folder of such files (default: ours)")
