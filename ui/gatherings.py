"""Meetings for people: the list, the card of each, and a brief for the next one, made of quotations only."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.commitments import Kept, Wanted
from corpus.edited_tables import read_table, text_of
from corpus.errors import NotFoundError, UsageError
from corpus.lexicon import country_name
from corpus.meetings import CORRECTED, Meeting
from corpus.records import Authority, Filters
from corpus.series import series_title
from ui import terminal
from ui.console import DONE, emit, open_base, save
from ui.export import csv_text
from ui.holdings import Holdings
from ui.option_parts import filters_of
from ui.rendering import plain_citation
from ui.shapes import source

HEADER = ("id", "series", "number", *CORRECTED, "documents")
LAST = 3
MOST_QUOTED = 40
_PARTS = (
    ("Agreed", Authority.AGREED), ("Recommended", Authority.RECOMMENDATION), ("Said", Authority.STATEMENT),
    ("Topics", Authority.TOPIC),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Brief:
    """What the last meetings of a series came to, each with its quotations by kind; no word of it is the program's but
    the headings."""

    series: str
    meetings: tuple[tuple[Meeting, tuple[Kept, ...]], ...]


def meeting_shape(one: Meeting) -> dict[str, Any]:
    """`meetings --json`, one entry."""
    return {
        "id": one.id,
        "series": one.series,
        "title": one.title,
        "number": one.number,
        "date_from": one.date_from,
        "date_to": one.date_to,
        "place": one.place,
        "organisers": list(one.organisers),
        "participants": [
            {"claim": claimed.claim, "document": None if claimed.document is None else source(claimed.document)}
            for claimed in one.participants
        ],
        "speakers": list(one.speakers),
        "documents": [source(document) for document in one.documents],
    }


def meetings(arguments: Namespace) -> int:
    """`meetings`."""
    base = open_base(arguments)
    if arguments.correct is not None:
        now = {one.id: row_of(one) for one in base.meetings()}
        changed = base.correct_meetings(read_corrections(arguments.correct, now))
        emit(arguments, {"changed": changed}, f"The values of {changed:,} meetings are kept.")
        return DONE
    if arguments.brief is not None:
        made = brief(base, arguments.brief, filters_of(arguments))
        text = brief_text(made)
        if arguments.output is not None:
            save(arguments.output, text)
            emit(arguments, {"output": str(arguments.output)}, f"The brief is written to {arguments.output}.")
        else:
            emit(arguments, brief_shape(made), text)
        return DONE
    found = base.meetings(filters_of(arguments))
    if arguments.series:
        found = [one for one in found if one.series in arguments.series]
    if arguments.format == "csv":
        sys.stdout.write(csv_text(HEADER, [row_of(one) for one in found]))
        return DONE
    arguments.json = arguments.json or arguments.format == "json"
    shape = {"revision": base.revision, "total": len(found), "meetings": [meeting_shape(one) for one in found]}
    emit(arguments, shape, "\n\n".join(map(card, found)) or "No meeting is known.")
    return DONE


def row_of(one: Meeting) -> list[str]:
    """A meeting as a row of the table that a curator may edit."""
    cells = [
        one.id, one.series, one.number, one.title, one.date_from, one.date_to, one.place, "; ".join(one.organisers),
        "; ".join(claimed.claim for claimed in one.participants), len(one.documents),
    ]  # fmt: skip
    return ["" if cell is None else str(cell) for cell in cells]


def card(one: Meeting) -> str:
    """A meeting in lines."""
    days = " to ".join(filter(None, (one.date_from, one.date_to)))
    facts = [f"  {part}" for part in (", ".join(filter(None, (days, one.place))),) if part]
    if one.organisers:
        facts.append(terminal.wrapped(f"called by {'; '.join(one.organisers)}", indent="  ", hanging="    "))
    for claimed in one.participants:
        told = "as corrected" if claimed.document is None else f"says {terminal.name(claimed.document)}"
        facts.append(terminal.wrapped(f"who came: {claimed.claim} ({told})", indent="  ", hanging="    "))
    for speaker in one.speakers:
        facts.append(terminal.wrapped(f"spoke: {speaker}", indent="  ", hanging="    "))
    held = [terminal.wrapped(f"document: {terminal.name(document)} ({document.id})", indent="  ", hanging="    ")
            for document in one.documents]  # fmt: skip
    return "\n".join([f"{terminal.bold(one.title)} ({one.id})", *facts, *held])


# -- a brief -----------------------------------------------------------------------------------------------


def brief(base: Holdings, series: str, filters: Filters | None = None, last: int = LAST) -> Brief:
    """The `last` meetings of a series (its id, or a part of its title), the newest first.

    Raises:
        NotFoundError: no meeting of such a series is known.
    """
    found = base.meetings(filters)
    wanted = series.casefold()
    fitting = [one for one in found if one.series == wanted or wanted in series_title(one.series).casefold()]
    if not fitting:
        known = ", ".join(dict.fromkeys(one.series for one in found)) or "none"
        raise NotFoundError(f"No meeting of the series “{series}” is known. Known series: {known}.")
    newest = sorted(fitting, key=lambda one: one.date_from or "")[-last:][::-1]
    return Brief(newest[0].series, tuple((one, _quoted(base, one)) for one in newest))


def _quoted(base: Holdings, meeting: Meeting) -> tuple[Kept, ...]:
    ids = tuple(document.id for document in meeting.documents if document.type != "digest")
    found = base.commitments(Wanted(documents=Filters(document_id=ids))) if ids else []
    # The strongest first, each kind in the order of its documents.
    return tuple(sorted(found, key=lambda one: -one.commitment.strength)[:MOST_QUOTED])


def brief_text(made: Brief) -> str:
    """The brief in Markdown, to read, print or paste."""
    lines = [f"# {series_title(made.series)}: what the last meetings came to", ""]
    for meeting, quoted in made.meetings:
        days = " to ".join(filter(None, (meeting.date_from, meeting.date_to)))
        lines += [f"## {_harmless(meeting.title)}", "", _harmless(", ".join(filter(None, (days, meeting.place)))), ""]
        for claimed in meeting.participants:
            cited = "" if claimed.document is None else f" ({plain_citation(claimed.document, None, None, None)})"
            lines.append(_harmless(f"- Who came: “{claimed.claim}”{cited}"))
        lines += [""] * bool(meeting.participants)
        for title, authority in _PARTS:
            part = [one for one in quoted if one.commitment.authority is authority]
            if part:
                lines += [f"### {title}", ""]
                for one in part:
                    lines += _quotation(one)
        if not quoted:
            lines += ["The documents held of this meeting decide, recommend and quote nothing that could be read.", ""]
    return "\n".join(lines)


def _quotation(one: Kept) -> list[str]:
    own = one.commitment
    page = own.page if one.document.paged else None
    lead = f"[{own.lead}] " if own.lead else ""
    by = f"{', '.join(map(country_name, own.speakers))}: " if own.speakers else ""
    text = " ".join(f"{lead}{own.text}".split())
    cited = plain_citation(one.document, own.label, page, None)
    return [_harmless(f"> {by}“{text}”"), ">", _harmless(f"> {cited}"), ""]


def _harmless(text: str) -> str:
    """Words of documents on one line, as Markdown that makes no element and no link of them; otherwise as they are."""
    return re.sub(r"\](?=[(\[:])", r"]\\", re.sub(r"<(?=[A-Za-z/!?])", r"\<", " ".join(text.split())))


def brief_shape(made: Brief) -> dict[str, Any]:
    """`meetings --brief --json`."""
    from ui.matrix import commitment_shape

    return {
        "series": made.series,
        "meetings": [
            meeting_shape(meeting) | {"quotations": [commitment_shape(one) for one in quoted]}
            for meeting, quoted in made.meetings
        ],
    }


# -- corrections -------------------------------------------------------------------------------------------


def read_corrections(file: Path, now: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """A curator's values for meetings from an edited table: what differs from the rows that the program shows `now`, by
    the ids of the meetings.

    Raises:
        UsageError: the file is missing, no such table, or names a meeting that is not known.
    """
    names, rows = read_table(file, "table of meetings")
    if "id" not in names:
        raise UsageError(
            f"{file} has no column id. Export the table with rapporteur meetings --format csv, and edit that."
        )
    found: dict[str, dict[str, str]] = {}
    for line, row in rows:
        key = text_of(row["id"])
        if key not in now:
            raise UsageError(f"{file}, line {line}: no meeting has the id “{key}”.")
        shown = dict(zip(HEADER, now[key], strict=True))
        fields = {name: text_of(row.get(name)) for name in CORRECTED}
        found[key] = {name: value for name, value in fields.items() if value and value != shown[name]}
    return {key: fields for key, fields in found.items() if fields}
