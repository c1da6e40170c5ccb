"""The options of the commands for work at a desk: drafts, questionnaires, comparisons, what is new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ui.option_parts import command, filters, positive


def desk(commands: Any) -> None:
    """Add the commands."""
    check = command(
        commands,
        "check",
        "ui.desk_commands.check",
        "look up every quotation and citation of a draft: verbatim, altered, from the wrong place, or not in the corpus",
        "check speech.docx --output speech-checked.docx",
    )
    check.add_argument("draft", metavar="DRAFT", type=Path, help="a .docx, .md or .txt file")
    check.add_argument("--output", type=Path, metavar="FILE.docx", help="a copy of a Word draft with comments")
    check.add_argument(
        "--report", type=Path, metavar="FILE", help="the findings as a table: .docx, .xlsx, .csv, .md or .json"
    )
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
    questionnaire.add_argument(
        "--output", type=Path, metavar="FILE", help="where to write: .docx, .xlsx, .csv, .md or .json"
    )
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
    beside.add_argument("--output", type=Path, metavar="FILE", help="where to write: .docx, .xlsx, .csv, .md or .json")
    filters(beside)
    news = command(
        commands,
        "news",
        "ui.desk_commands.news",
        "say what is new since a day or since the last look: documents, commitments, passages of saved searches",
        "news --query 'non-punishment' --name np",
    )
    news.add_argument("--since", metavar="DATE", help="year, month or day (default: the last look)")
    news.add_argument("--query", help="look at this search only, and save it")
    news.add_argument("--name", help="the name to save it under (default: its words)")
    news.add_argument("--forget", metavar="NAME", help="forget a saved search")
    news.add_argument("--peek", action="store_true", help="look without marking anything as seen")
    news.add_argument("-k", type=positive, default=10, metavar="N", help="passages of each search (default: 10)")
    filters(news)
