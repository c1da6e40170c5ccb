"""What the meta of Haystack documents holds: fields, their types, their different values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from haystack import Document


def _values(documents: Iterable[Document], field: str) -> list[Any]:
    key = field.removeprefix("meta.")
    return [value for document in documents if (value := document.meta.get(key)) is not None]


def _key(value: Any) -> tuple[str, str]:
    # 1, 1.0, True and "1" are equal or alike in Python or in JSON, and four different values here.
    return json.dumps(value, ensure_ascii=False, sort_keys=True), type(value).__name__


def count_unique(documents: Sequence[Document], fields: Iterable[str]) -> dict[str, int]:
    """Number of different values of each field; names may begin with "meta."."""
    return {field.removeprefix("meta."): len(set(map(_key, _values(documents, field)))) for field in fields}


def fields_info(documents: Iterable[Document]) -> dict[str, dict[str, str]]:
    """The type of each field that holds a value, of its last value where they differ."""
    names = {bool: "boolean", int: "int", float: "float"}
    return {
        key: {"type": names.get(type(value), "keyword")}
        for document in documents
        for key, value in document.meta.items()
        if value is not None
    }


def least_and_greatest(documents: Iterable[Document], field: str) -> dict[str, Any]:
    """The least and greatest number or text of a field; None where there is none or they are of different kinds."""
    values = [value for value in _values(documents, field) if isinstance(value, int | float | str)]
    try:
        return {"min": min(values, default=None), "max": max(values, default=None)}
    except TypeError:
        return {"min": None, "max": None}


def different_values(documents: Iterable[Document], field: str, part: str | None = None) -> list[Any]:
    """The different values of a field, in the order of their texts; only those whose text holds `part`."""
    found = {_key(value): value for value in _values(documents, field)}
    wanted = (part or "").casefold()
    kept = [key for key, value in found.items() if wanted in str(value).casefold()]
    return [found[key] for key in sorted(kept, key=lambda key: (str(found[key]), key[1]))]
