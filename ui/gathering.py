"""What the tabs for the first hour, on meetings and on commitments do, as plain functions from an address to HTML or to a file."""

from __future__ import annotations

from dataclasses import replace

from corpus.commitments import Wanted
from corpus.errors import UsageError
from ui.addresses import Address
from ui.gathered import Gathered, agreed_html, fits, meetings_html
from ui.handlers import Base, in_words
from ui.matrix import HEADER, row_of
from ui.people import audit
from ui.starting import start_html
from ui.tables import Table, content
from ui.words import t

FORMS = ("xlsx", "docx", "csv")


@in_words
def meetings(base: Base, address: Address) -> str:
    """The meetings that the documents tell of."""
    return meetings_html(base.meetings(), address)


@in_words
def start(base: Base, address: Address) -> str:
    """The first hour of somebody new."""
    return start_html(base.documents(), address)


@in_words
def agreed(base: Base, address: Address) -> str:
    """What texts decide, ask and recommend, or the part of it that an address asks for."""
    return agreed_html(_gathered(base, address), address)


def _gathered(base: Base, address: Address) -> Gathered:
    filters, about = address.filters, ""
    if address.gathering:
        one = next((held for held in base.meetings() if held.id == address.gathering), None)
        filters = replace(filters, document_id=tuple(held.id for held in one.documents) if one else ("",))
        about = f": {one.title}" if one else ""
    fitting = base.commitments(Wanted(text=address.inside, documents=filters))
    return Gathered([held for held in fitting if fits(held, address)], fitting, about)


def matrix(base: Base, address: Address, form: str) -> tuple[bytes, str]:
    """All commitments that an address asks for, as a file of that form, with its name.

    Raises:
        UsageError: the form is none of `FORMS`.
    """
    if form not in FORMS:
        raise UsageError(t("A matrix is written as xlsx, docx or csv."))
    shown = _gathered(base, address).shown
    rows = tuple(tuple(row_of(held)) for held in shown)
    audit.exported(base.home, form, (held.document.id for held in shown))
    written = content(Table(t("Commitments"), "", HEADER, rows), f".{form}")
    return written.encode() if isinstance(written, str) else written, f"commitments.{form}"
