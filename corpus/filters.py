"""Filters as SQL conditions over ``documents d`` and ``passages p``. A connection that uses them is `prepare`d."""

from __future__ import annotations

import datetime
import json
import os
import sqlite3
from collections.abc import Iterable

from corpus.errors import UsageError
from corpus.letters import without_accents
from corpus.records import Filters
from corpus.symbols import normalise_symbol

Condition = tuple[str, list[str]]
# The condition that everything meets.
NONE = "TRUE"

# A date of less precision stands for its whole year or month: these are its first and last day.
_FIRST_DAY = "d.date || substr('0000-01-01', length(d.date) + 1)"
_LAST_DAY = "d.date || substr('9999-12-31', length(d.date) + 1)"
_PATH = "d.path" if os.sep == "/" else "replace(d.path, '\\', '/')"

# A pattern is compared with the whole path or with its end from a folder's name on; `*` stands for folders too. A
# name with brackets is a name first.
_TAIL = f"substr('/' || {_PATH}, length({_PATH}) + 1 - length(v.value))"
_END_OF_PATH = f"glob(v.value, {_PATH}) OR glob('*/' || v.value, {_PATH}) OR {_TAIL} = '/' || v.value"
# "Article 13" means 13(1) and 13(2)(a) too, and not 130.
_ARTICLE = "p.label LIKE 'Art%' AND instr(fold_text(p.label) || '(', ' ' || v.value || '(') > 0"


def prepare(connection: sqlite3.Connection) -> None:
    """Teach the connection what the conditions need."""
    connection.create_function("fold_text", 1, fold_text, deterministic=True)


def fold_text(text: str) -> str:
    """Without case and accents, in every alphabet; SQLite itself folds the letters of English only."""
    return without_accents(text.casefold())


def _any(expression: str, values: Iterable[str]) -> Condition:
    """True where `expression` is for one value, which it calls `v.value`."""
    # One parameter however many values: a chain of OR would be too deep for SQLite.
    return f"EXISTS (SELECT 1 FROM json_each(?) v WHERE {expression})", [json.dumps(list(values))]  # noqa: S608


def _equal(column: str, values: Iterable[str]) -> Condition:
    # `lower` knows the letters of English only, in the store's file; on a server by the columns' collation.
    return f"lower({column}) IN (SELECT lower(value) FROM json_each(?))", [json.dumps(list(values))]  # noqa: S608


def _holds(text: str, values: Iterable[str]) -> Condition:
    return _any(f"instr(fold_text({text}), v.value) > 0", map(fold_text, values))


def _listed(field: str, values: Iterable[str]) -> Condition:
    sql, parameters = _equal("l.value", values)
    listed = f"SELECT l.document FROM document_values l WHERE l.field = '{field}' AND {sql}"  # noqa: S608
    return f"d.num IN ({listed})", parameters


def check_date(date: str) -> str:
    """The date itself where it is an ISO year, month or day.

    Raises:
        UsageError: it is not.
    """
    parts = date.split("-")
    widths = [len(part) for part in parts]
    try:
        if widths not in ([4], [4, 2], [4, 2, 2]) or not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError(date)
        datetime.date(*(int(part) for part in (*parts, "1", "1")[:3]))
    except ValueError as error:
        raise UsageError(
            f"'{date}' is not a date: write a year, month or day such as 2023, 2023-06 or 2023-06-06."
        ) from error
    return date


def document_conditions(filters: Filters) -> Condition:
    """The conditions on the document, joined by AND; `NONE` where there is none."""
    found: list[Condition] = []
    for name in ("body", "type", "standing"):
        if getattr(filters, name):
            found.append(_equal(f"d.{name}", getattr(filters, name)))
    for name in ("country", "theme"):
        if getattr(filters, name):
            found.append(_listed(name, getattr(filters, name)))
    if filters.meeting:
        found.append(_holds("coalesce(d.meeting, '')", filters.meeting))
    if filters.symbol:
        found.append(_equal("d.symbol_norm", [normalise_symbol(value) for value in filters.symbol]))
    if filters.document:
        found.append(_holds("d.id || '\n' || d.path || '\n' || d.title", filters.document))
    if filters.document_id:
        found.append(("d.id IN (SELECT value FROM json_each(?))", [json.dumps(filters.document_id)]))
    if filters.path:
        found.append(_any(_END_OF_PATH, [value.replace(os.sep, "/") for value in filters.path]))
    if filters.date_from:
        found.append((f"{_LAST_DAY} >= ?", [check_date(filters.date_from)]))
    if filters.date_to:
        date = check_date(filters.date_to)
        found.append((f"{_FIRST_DAY} <= ?", [date + "9999-12-31"[len(date) :]]))
    return " AND ".join(sql for sql, _ in found) or NONE, [value for _, values in found for value in values]


def passage_conditions(filters: Filters) -> Condition:
    """The conditions on the passage, joined by AND; `NONE` where there is none."""
    found: list[Condition] = []
    if filters.language:
        found.append(_equal("p.language", filters.language))
    if filters.article:
        articles = [value.split()[-1] for value in filters.article if value.split()]
        found.append(_any(_ARTICLE, [fold_text(article) for article in articles]))
    return " AND ".join(sql for sql, _ in found) or NONE, [value for _, values in found for value in values]
