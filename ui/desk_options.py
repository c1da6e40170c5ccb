"""The options of the commands for work at a desk: drafts, questionnaires, comparisons, what is new."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

Made = Callable[[Any, str, str, str, str], ArgumentParser]


def desk(
    commands: Any, command: Made, filters: Callable[[ArgumentParser], None], positive: Callable[[str], int]
) -> None:
    """Add the commands, with what `ui.options` gives to all of its own."""
    check = command(
        commands,
        "check",
        "ui.desk_commands.check",
        "look up every quotation and citation of a draft: verbatim, altered, from the wrong place, or not in the corpus",
        "check speech.docx --output speech-checked.docx",
    )
    check.add_argument("draft", metavar="DRAFT", type=Path, help="a .docx, .md or .txt file")
    check.add_argument("--output", type=Path, metavar="FILE.docx", help="a copy of a Word draft with comments")
    check.add_argument("--report", type=Path, metavar="FILE", help="the findings as a table: .docx, .csv, .md or .json")
    questionnaire = command(
        commands,
        "questionnaire",
        "ui.desk_commands.questionnaire",
        "answer the questions of a file with quotations and where they stand, as a table",
        "questionnaire survey.docx --output evidence.docx",
    )
    questionnaire.add_argument(
        "file", metavar="FILE", type=Path, help="a .docx with numbered questions, .csv, .txt or .md"
    )
    questionnaire.add_argument("--output", type=Path, metavar="FILE", help="where to write: .docx, .csv, .md or .json")
    filters(questionnaire)
    beside = command(
        commands,
        "side-by-side",
        "ui.desk_commands.side_by_side",
        "lay a concept over the instruments that are held: the provisions of each, word for word",
        "side-by-side non-punishment --output non-punishment.docx",
    )
    beside.add_argument(
        "concept", metavar="CONCEPT", nargs="*", help="one of the list, or any words (default: the list)"
    )
    beside.add_argument("--output", type=Path, metavar="FILE", help="where to write: .docx, .csv, .md or .json")
    filters(beside)
