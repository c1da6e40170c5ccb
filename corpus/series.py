"""Series of meetings, from ``corpus/vocabulary/series.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.lexicon import load, strings


@dataclass(frozen=True, slots=True)
class Series:
    """A series of meetings. `numbered` says whether its meetings are told apart by their number, else by their year."""

    id: str
    title: str
    numbered: bool
    pattern: re.Pattern[str]


@cache
def series() -> tuple[Series, ...]:
    """All series, in the order of the file."""
    return tuple(
        Series(
            entry["id"],
            entry["title"],
            entry.get("by") == "number",
            re.compile("|".join(f"(?:{pattern})" for pattern in strings(entry["patterns"])), re.IGNORECASE),
        )
        for entry in load("series.yaml")
    )


def find_series(text: str) -> tuple[Series, re.Match[str]] | None:
    """The series that a text names first, with the place."""
    found = [(match.start(), at, one, match) for at, one in enumerate(series()) if (match := one.pattern.search(text))]
    return min(found)[2:] if found else None


def series_title(series_id: str) -> str:
    """The title of a series, the id itself where it is unknown."""
    return next((one.title for one in series() if one.id == series_id), series_id)
