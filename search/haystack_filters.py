"""Haystack's filters over our passages: checked as a whole first, narrowed by SQL, decided by Haystack's own rules.

Dates are the one addition: a year or month stands for all of its days, as in the corpus's own filters; Haystack would
read "2023" as the present day and month of that year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from haystack import Document as HaystackDocument
from haystack.errors import FilterError
from haystack.utils.filters import COMPARISON_OPERATORS, LOGICAL_OPERATORS, document_matches_filter

from corpus.records import Filters

ORDERING = frozenset({">", ">=", "<", "<="})
# Fields of the meta that are columns of their own: conditions on them need not read every passage.
COLUMNS = {"meta.document_id": "document_id", "meta.type": "type", "meta.body": "body", "meta.language": "language"}
_PARTIAL_DATE = re.compile(r"\d{4}(?:-\d{2})?")


def check(filters: dict[str, Any]) -> None:
    """Nothing where the filters are well formed, whatever they are then held against.

    Raises:
        FilterError: a key is missing, an operator unknown, or a value of the wrong kind.
    """
    if not isinstance(filters, dict):
        raise FilterError(f"A filter must be a dictionary, not {type(filters).__name__}: {filters!r}")
    leaf = "field" in filters
    needed = ("operator", "value") if leaf else ("operator", "conditions")
    for key in needed:
        if key not in filters:
            raise FilterError(f"'{key}' key missing in {filters}")
    operator = filters["operator"]
    known = COMPARISON_OPERATORS if leaf else LOGICAL_OPERATORS
    if operator not in known:
        raise FilterError(f"Unknown operator '{operator}' in {filters}. Known here: {', '.join(known)}")
    if not leaf:
        if not isinstance(filters["conditions"], list):
            raise FilterError(f"'conditions' must be a list in {filters}")
        for condition in filters["conditions"]:
            check(condition)
    elif operator in {"in", "not in"} and not isinstance(filters["value"], list):
        raise FilterError(f"The value of '{operator}' must be a list in {filters}")
    elif operator in ORDERING and isinstance(filters["value"], list):
        raise FilterError(f"The value of '{operator}' cannot be a list in {filters}")


def matches(filters: dict[str, Any], document: HaystackDocument) -> bool:
    """Whether a document passes filters that `check` has passed.

    Raises:
        FilterError: a value cannot be compared with what the document holds.
    """
    if "field" in filters:
        return document_matches_filter(*_dated(filters, document))
    found = (matches(condition, document) for condition in filters["conditions"])
    if filters["operator"] == "OR":
        return any(found)
    # NOT is "not all of them", as Haystack has it.
    return all(found) is (filters["operator"] == "AND")


def narrowed(filters: dict[str, Any]) -> Filters:
    """Filters of the corpus that every passage of a file must pass to have a chance; empty where none is sure."""
    wanted: dict[str, Any] = {}
    for leaf in _required(filters):
        column = COLUMNS.get(leaf["field"])
        values = leaf["value"] if leaf["operator"] == "in" else [leaf["value"]]
        if column and leaf["operator"] in {"==", "in"} and values and all(isinstance(one, str) for one in values):
            wanted[column] = (*wanted.get(column, ()), *values)
    return Filters(**wanted)


def _required(filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The comparisons that must all hold."""
    if "field" in filters:
        yield filters
    elif filters["operator"] == "AND":
        for condition in filters["conditions"]:
            yield from _required(condition)


def _dated(leaf: dict[str, Any], document: HaystackDocument) -> tuple[dict[str, Any], HaystackDocument]:
    """Comparison and document with years and months replaced by the day that decides.

    A document of June 2023 is "not before" any day of June and "not after" any: its last day is held against a lower
    bound and its first against an upper one. A bound of June 2023 begins, or ends, with that month.
    """
    operator, name = leaf["operator"], str(leaf["field"]).removeprefix("meta.")
    if operator not in ORDERING:
        return leaf, document
    held = document.meta.get(name)
    if isinstance(held, str) and _PARTIAL_DATE.fullmatch(held):
        document = replace(document, meta={**document.meta, name: _day(held, last=operator in {">", ">="})})
    bound = leaf["value"]
    if isinstance(bound, str) and isinstance(held, str) and _PARTIAL_DATE.fullmatch(bound):
        leaf = {**leaf, "value": _day(bound, last=operator in {">", "<="})}
    return leaf, document


def _day(date: str, *, last: bool) -> str:
    """The first or last moment of a year or month."""
    year, _, month = date.partition("-")
    if not last:
        return f"{year}-{month or '01'}-01"
    month = month or "12"
    days = monthrange(int(year), int(month))[1] if "01" <= month <= "12" and int(year) else 31
    return f"{year}-{month}-{days}T23:59:59.999999"
