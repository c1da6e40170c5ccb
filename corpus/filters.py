"""Filters as SQL conditions over ``documents d`` and ``passages p``."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.errors import UsageError
from corpus.records import Filters
from corpus.symbols import normalise_symbol

Condition = tuple[str, list[str]]

# A date of less precision stands for its whole year or month: these are its first and last day.
_FIRST_DAY = "d.date || substr('0000-01-01', length(d.date) + 1)"
_LAST_DAY = "d.date || substr('9999-12-31', length(d.date) + 1)"


def _any(expression: str, values: Iterable[str]) -> Condition:
    values = list(values)
    return "(" + " OR ".join([expression] * len(values)) + ")", values


def _listed(field: str, values: Iterable[str]) -> Condition:
    return _any(
        f"EXISTS (SELECT 1 FROM document_values v WHERE v.document = d.num AND v.field = '{field}' "  # noqa: S608
        "AND v.value = ? COLLATE NOCASE)",
        values,
    )


def check_date(date: str) -> str:
    """The date itself where it is an ISO year, month or day.

    Raises:
        UsageError: it is not.
    """
    parts = date.split("-")
    widths = [len(part) for part in parts]
    if widths not in ([4], [4, 2], [4, 2, 2]) or not all(part.isdigit() for part in parts):
        raise UsageError(f"'{date}' is not a date: write a year, month or day such as 2023, 2023-06 or 2023-06-06.")
    return date


def document_conditions(filters: Filters) -> Condition:
    """The conditions on the document, joined by AND; "1" where there is none."""
    found: list[Condition] = []
    if filters.body:
        found.append(_any("d.body = ? COLLATE NOCASE", filters.body))
    if filters.type:
        found.append(_any("d.type = ? COLLATE NOCASE", filters.type))
    if filters.country:
        found.append(_listed("country", filters.country))
    if filters.theme:
        found.append(_listed("theme", filters.theme))
    if filters.meeting:
        found.append(_any("d.meeting LIKE '%' || ? || '%'", filters.meeting))
    if filters.symbol:
        found.append(_any("d.symbol_norm = ?", [normalise_symbol(value) for value in filters.symbol]))
    if filters.document:
        found.append(_any("(d.id || '|' || d.path || '|' || d.title) LIKE '%' || ? || '%'", filters.document))
    if filters.document_id:
        # Thousands may be given: a chain of OR would be too deep for SQLite.
        marks = ", ".join("?" for _ in filters.document_id)
        found.append((f"d.id IN ({marks})", list(filters.document_id)))
    if filters.path:
        found.append(_any("d.path GLOB '*' || ?", filters.path))
    if filters.date_from:
        found.append((f"{_LAST_DAY} >= ?", [check_date(filters.date_from)]))
    if filters.date_to:
        date = check_date(filters.date_to)
        found.append((f"{_FIRST_DAY} <= ?", [date + "9999-12-31"[len(date) :]]))
    return " AND ".join(sql for sql, _ in found) or "1", [value for _, values in found for value in values]


def passage_conditions(filters: Filters) -> Condition:
    """The conditions on the passage, joined by AND; "1" where there is none."""
    found: list[Condition] = []
    if filters.language:
        found.append(_any("p.language = ? COLLATE NOCASE", filters.language))
    if filters.article:
        articles = [value.split()[-1] for value in filters.article if value.split()]
        found.append(_any("(p.label || '(') LIKE 'Art% ' || ? || '(%'", articles))
    return " AND ".join(sql for sql, _ in found) or "1", [value for _, values in found for value in values]
