"""Commitments as a matrix: rows to list, export and give back with what a curator noted of them."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.commitments import FollowUp, Kept, Wanted
from corpus.edited_tables import read_table, text_of
from corpus.errors import UsageError
from corpus.lexicon import country_name, theme_title
from corpus.records import Filters
from ui import terminal
from ui.console import DONE, emit, open_base, remark, save
from ui.option_parts import filters_of
from ui.people import audit
from ui.rendering import plain_citation
from ui.shapes import source
from ui.tables import Table, content

HEADER = (
    "key", "document", "symbol", "date", "place", "page", "authority", "strength", "verb", "said by", "addressee",
    "received", "themes", "text", "under the line", "citation", "status", "responsible", "note",
)  # fmt: skip
NOTES = ("status", "responsible", "note")
SHOWN = 200


def commitment_shape(one: Kept) -> dict[str, Any]:
    """`commitments --json`, one entry."""
    own = one.commitment
    return {
        "key": one.key,
        "text": own.text,
        "lead": own.lead,
        "verb": own.verb,
        "strength": own.strength,
        "authority": own.authority.value,
        "speakers": list(own.speakers),
        "addressee": own.addressee,
        "reception": own.reception.value if own.reception else None,
        "themes": list(own.themes),
        "label": own.label,
        "page": own.page if one.document.paged else None,
        "passage_id": one.passage_id,
        "document": source(one.document),
        "follow_up": {
            "status": one.followup.status,
            "responsible": one.followup.responsible,
            "note": one.followup.note,
            "changed": one.followup.changed or None,
        },
    }


def row_of(one: Kept) -> list[str]:
    """A commitment as a row of the matrix."""
    own, document = one.commitment, one.document
    page = own.page if document.paged else None
    cells = [
        one.key, document.title, document.symbol, document.date, own.label, page, own.authority.value, own.strength,
        own.verb, "; ".join(map(country_name, own.speakers)), own.addressee, own.reception and own.reception.value,
        "; ".join(map(theme_title, own.themes)), own.text, own.lead, plain_citation(document, own.label, page, None),
        one.followup.status, one.followup.responsible, one.followup.note,
    ]  # fmt: skip
    return ["" if cell is None else str(cell) for cell in cells]


def wanted_of(arguments: Namespace) -> Wanted:
    """What the command line asks for."""
    return Wanted(
        tuple(arguments.verb), tuple(arguments.authority), tuple(arguments.received), tuple(arguments.by),
        tuple(arguments.addressee), tuple(arguments.status), " ".join(arguments.words), arguments.strength,
        filters_of(arguments) or Filters(),
    )  # fmt: skip


def commitments(arguments: Namespace) -> int:
    """`commitments`."""
    base = open_base(arguments)
    if arguments.follow_up is not None:
        changed = base.follow_up(read_notes(arguments.follow_up))
        emit(arguments, {"changed": changed}, f"What was noted of {changed:,} commitments is kept.")
        return DONE
    found = base.commitments(wanted_of(arguments), copies=arguments.copies)
    form = _form(arguments)
    if form in {"csv", "xlsx", "docx"}:
        audit.exported(base.home, form, (one.document.id for one in found))
        written = content(Table("Commitments", "", HEADER, tuple(tuple(row_of(one)) for one in found)), f".{form}")
        if arguments.output is not None:
            save(arguments.output, written)
            shape = {"format": form, "commitments": len(found), "output": str(arguments.output)}
            emit(arguments, shape, f"{len(found):,} commitments written to {arguments.output}.")
        elif isinstance(written, str):
            sys.stdout.write(written.removeprefix("\ufeff"))
        else:
            raise UsageError("A Word or Excel file cannot be shown on the terminal: name a file with --output.")
        return DONE
    shape = {"revision": base.revision, "total": len(found), "commitments": [commitment_shape(one) for one in found]}
    arguments.json = arguments.json or form == "json"
    emit(arguments, shape, _text(found))
    if len(found) > SHOWN and not arguments.json:
        remark(arguments, f"{len(found):,} commitments; the first {SHOWN} are shown. --format csv gives all.")
    return DONE


def _form(arguments: Namespace) -> str:
    if arguments.format is not None:
        return str(arguments.format)
    return arguments.output.suffix.lstrip(".").lower() if arguments.output is not None else "table"


def _text(found: Sequence[Kept]) -> str:
    if not found:
        return "No commitment fits."
    parts = []
    for one in found[:SHOWN]:
        own = one.commitment
        where = terminal.place(one.document, own.label, own.page, None)
        by = f" by {', '.join(map(country_name, own.speakers))}" if own.speakers else ""
        to = f" to {own.addressee}" if own.addressee else ""
        received = f", {own.reception.value}" if own.reception else ""
        head = f"{own.verb} ({own.strength}; {own.authority.value}{by}{to}{received})"
        lines = [terminal.bold(head), terminal.wrapped(own.text)]
        if own.lead:
            lines.insert(1, terminal.wrapped(f"[{own.lead}]"))
        lines.append(terminal.wrapped(", ".join(part for part in (terminal.name(one.document), where) if part)))
        if one.followup.changed:
            noted = "; ".join(filter(None, (one.followup.status, one.followup.responsible, one.followup.note)))
            lines.append(terminal.wrapped(f"followed up {one.followup.changed}: {noted}"))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def read_notes(file: Path) -> dict[str, FollowUp]:
    """What a curator noted in an exported matrix, by the keys of its rows.

    Raises:
        UsageError: the file is missing, or is no such table.
    """
    names, rows = read_table(file, "matrix")
    missing = {"key", *NOTES} - set(names)
    if missing:
        raise UsageError(
            f"{file} has no column {', '.join(sorted(missing))}. Export the matrix with "
            "rapporteur commitments --format csv, fill in its last columns, and give it back."
        )
    return {
        key: FollowUp(*(text_of(row[name]) for name in ("status", "note", "responsible")))
        for _, row in rows
        if (key := text_of(row["key"]))
    }
