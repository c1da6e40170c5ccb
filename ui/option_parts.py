"""What the options of all commands are made of: the ones that every command has, the filters, numbers."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import Any

from corpus.records import Filters

_FILTERS = (
    ("body", "NAME", "organisation: OSCE, UN, CoE, EU, ILO"),
    ("type", "NAME", "kind of document: convention, decision, report"),
    ("language", "CODE", "language of the passage: en, fr, ru"),
    ("country", "NAME", "country that the document is about, by name or ISO code"),
    ("theme", "NAME", "theme of the document"),
    ("meeting", "TEXT", "part of the meeting's name"),
    ("standing", "NAME", "what it can be held to: binding, political, guidance, informational"),
    ("symbol", "SYMBOL", 'official symbol: "CETS 197"'),
    ("document", "TEXT", "part of a document's id, path or title"),
    ("path", "GLOB", "end of the file's path: 'reports/*.pdf'"),
)


def command(commands: Any, name: str, run: str, does: str, example: str) -> ArgumentParser:
    """Add a command with the options that all have; `run` names the function to call, `example` ends its help."""
    made: ArgumentParser = commands.add_parser(
        name, help=does, description=does[:1].upper() + does[1:] + ".", epilog=f"example: rapporteur {example}"
    )
    made.set_defaults(run=run)
    made.add_argument("--home", metavar="DIR", help="the knowledge base's folder (else RAPPORTEUR_HOME, else yours)")
    made.add_argument(
        "--store", metavar="ADDRESS", help="server in place of the home's own store (else RAPPORTEUR_STORE)"
    )
    made.add_argument("--json", action="store_true", help="one JSON object on stdout")
    made.add_argument("--quiet", action="store_true", help="no progress and remarks on stderr")
    return made


def filters(made: ArgumentParser) -> None:
    """Add the filters to a command."""
    group = made.add_argument_group("filters", "each may be given several times: any of its values fits")
    for name, value, does in _FILTERS:
        group.add_argument(f"--{name}", action="append", dest=f"filter_{name}", metavar=value, help=does)
    group.add_argument("--from", action="append", dest="filter_from", metavar="DATE", help="year, month or day")
    group.add_argument("--to", action="append", dest="filter_to", metavar="DATE", help="year, month or day")


def filters_of(arguments: Namespace) -> Filters | None:
    """The filters given on the command line, None where there is none."""
    values: dict[str, Sequence[str]] = {name: getattr(arguments, f"filter_{name}") or () for name, _, _ in _FILTERS}
    # Of several first days any may fit, which the earliest says; of several last days the latest.
    first, last = arguments.filter_from or [None], arguments.filter_to or [None]
    made = Filters(**{name: tuple(given) for name, given in values.items()}, date_from=min(first), date_to=max(last))
    return made or None


def positive(text: str) -> int:
    """A whole number above 0.

    Raises:
        ArgumentTypeError: it is none.
    """
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return number
