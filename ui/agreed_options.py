"""The options of the commands on what was agreed: meetings and commitments."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from ui.option_parts import command, filters, positive


def agreed(commands: Any) -> None:
    """Add the commands."""
    meetings = command(
        commands,
        "meetings",
        "ui.gatherings.meetings",
        "list the meetings that the documents tell of, or brief for the next one of a series",
        "meetings --brief nac-nar --output brief.md",
    )
    meetings.add_argument("--series", action="append", default=[], metavar="ID", help="nac-nar, alliance, upr …")
    meetings.add_argument("--format", choices=("table", "json", "csv"), default="table")
    meetings.add_argument("--brief", metavar="SERIES", help="what its last three meetings came to, in quotations")
    meetings.add_argument("--output", type=Path, metavar="FILE", help="where to write the brief (Markdown)")
    meetings.add_argument(
        "--correct", type=Path, metavar="FILE.csv", help="keep the values of an edited table of meetings"
    )
    filters(meetings)
    made = command(
        commands,
        "commitments",
        "ui.matrix.commitments",
        "list what texts decide, ask and recommend: with verb, strength, addressee and whose word it is",
        "commitments labour --strength 4 --authority 'agreed text' --output matrix.xlsx",
    )
    _wanted(made)
    made.add_argument("--copies", action="store_true", help="also those of near copies of another document")
    made.add_argument(
        "--format", choices=("table", "json", "csv", "xlsx", "docx"), help="default: by --output, else table"
    )
    made.add_argument("--output", type=Path, metavar="FILE", help="where to write")
    made.add_argument(
        "--follow-up", type=Path, metavar="FILE.csv", help="keep status, note and responsible from an exported matrix"
    )
    filters(made)
    line = command(
        commands,
        "lineage",
        "ui.lineage.lineage",
        "follow a phrase through time, or find commitments that recur and what changed in them",
        "lineage recovery and reflection period",
    )
    _wanted(line)
    line.add_argument("--key", metavar="KEY", help="the commitment with this key, and where else it is said")
    line.add_argument("--repeats", action="store_true", help="all commitments that recur, among those that fit")
    filters(line)


def _wanted(made: ArgumentParser) -> None:
    """Which commitments."""
    made.add_argument("words", nargs="*", metavar="WORD", help="words that must all stand in it")
    for name, value, does in (
        ("verb", "VERB", "decides, urges, calls upon, recommends, invites, recalls …"),
        ("authority", "KIND", "agreed text, recommendation, statement by a speaker, topic only"),
        ("by", "NAME", "who said it: a person, body or State"),
        ("addressee", "TEXT", "who is to act"),
        ("received", "HOW", "supported, noted, to be examined"),
        ("status", "TEXT", "what a curator noted as status"),
    ):
        made.add_argument(f"--{name}", action="append", default=[], metavar=value, help=does)
    made.add_argument("--strength", type=positive, default=1, metavar="N", help="at least 1 (recalls) to 5 (decides)")
