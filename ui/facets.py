"""Ways to divide what is shown: by body, type, language, year, country, theme, meeting and standing, with counts that choosing keeps.

Each count is of what is shown once it is chosen, as long as the whole of the result was counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from corpus.records import Document
from ui.addresses import Address
from ui.rendering import body_name, esc, theme_name, type_name
from ui.words import country, language_name, name, number, t

BARS = 6


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to divide documents: its name, the values of a document, and a value in words."""

    name: str
    title: str
    values: Callable[[Document], tuple[str, ...]]
    words: Callable[[str], str] = str


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


BODY = Facet("body", "Body", lambda document: _one(document.body), body_name)
TYPE = Facet("type", "Type", lambda document: _one(document.type), type_name)
LANGUAGE = Facet("language", "Language", lambda document: _one(document.language), language_name)
YEAR = Facet("year", "Year", lambda document: _one((document.date or "")[:4]))
COUNTRY = Facet("country", "Country", lambda document: document.countries, country)
THEME = Facet("theme", "Theme", lambda document: document.themes, theme_name)
MEETING = Facet("meeting", "Meeting", lambda document: _one(document.meeting))
STANDING = Facet("standing", "Standing", lambda document: _one(document.standing), name)


def chosen(address: Address, facet: Facet) -> tuple[str, ...]:
    """The values of a facet that an address asks for; a year stands as both ends of a range."""
    if facet is not YEAR:
        values: tuple[str, ...] = getattr(address.filters, facet.name)
        return values
    start, end = address.filters.date_from, address.filters.date_to
    return (start,) if start and start == end else ()


def choose(address: Address, facet: Facet, value: str | None) -> Address:
    """The address with a facet set to one value, or to none; from its first part."""
    if facet is YEAR:
        filters = replace(address.filters, date_from=value, date_to=value)
    else:
        wanted: Any = {facet.name: _one(value)}
        filters = replace(address.filters, **wanted)
    return replace(address, filters=filters, part=0)


def counts(documents: Iterable[Document], facet: Facet) -> list[tuple[str, int]]:
    """How often each value occurs, the most frequent first; years from the newest."""
    counted = Counter(value for document in documents for value in facet.values(document))
    if facet is YEAR:
        return sorted(counted.items(), reverse=True)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def facet_html(counted: list[tuple[str, int]], address: Address, facet: Facet) -> str:
    """The counts of one facet as bars, each a link that chooses it, or gives it up where it is chosen."""
    most = max((count for _, count in counted), default=1)
    now = chosen(address, facet)
    bars = [_bar(address, facet, value, count, most, value in now) for value, count in counted]
    rest = ""
    if len(bars) > BARS:
        more = esc(t("{n} more", n=number(len(bars) - BARS)))
        rest = f"<details><summary>{more}</summary><ul>{''.join(bars[BARS:])}</ul></details>"
    none = '<li class="none">' + esc(t("not known")) + "</li>" if not bars else ""
    return f'<div class="holding"><h2>{esc(t(facet.title))}</h2><ul>{"".join(bars[:BARS])}{none}</ul>{rest}</div>'


def _bar(address: Address, facet: Facet, value: str, count: int, most: int, now: bool) -> str:
    place = choose(address, facet, None if now else value)
    share = max(2, round(100 * count / most))
    mark = ' aria-current="true"' if now else ""
    return (
        f'<li><a data-go href="{esc(place.compose())}"{mark}><span class="name" dir="auto">{esc(facet.words(value))}</span>'
        f'<span class="number">{number(count)}</span><span class="bar" style="width:{share}%"></span></a></li>'
    )
