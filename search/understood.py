"""What was understood of a question, as a list that people can see and of which they can take things away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from corpus.lexicon import country_name, instrument
from corpus.records import Filters
from corpus.symbols import normalise_symbol
from search.boolean import Parsed
from search.catalogue import Focus
from search.query import Question
from search.records import Understood

BOOST, FILTER = "boost", "filter"
_GIVEN = (
    "body", "type", "language", "country", "theme", "meeting", "standing", "symbol", "document", "path", "article",
)  # fmt: skip


def understood(question: Question, focus: Focus) -> tuple[Understood, ...]:
    """Everything understood, each thing once, in the order: filters written in the query, texts, places in them,
    States, bodies, kinds of documents, periods, speakers."""
    found = list(question.given)
    own = {_symbol(name) for name in question.instruments}
    found += [Understood("symbol", one, BOOST, one) for one in question.symbols if normalise_symbol(one) not in own]
    for name in question.instruments:
        known = instrument(name)
        found.append(Understood("instrument", name, BOOST, known.names[0] if known else name))
    found += [Understood("article", one.label(), BOOST, one.label()) for one in question.pinpoints]
    found += [Understood("country", code, BOOST, country_name(code)) for code in question.countries]
    found += [Understood("body", body, BOOST, question.bodies[body]) for body in focus.bodies]
    found += [Understood("type", kind, BOOST, question.types[kind]) for kind in focus.types]
    found += [Understood("period", one.value, FILTER if one.limits else BOOST, one.text) for one in question.periods]
    found += [Understood("speaker", name, BOOST, name) for name in focus.speakers]
    return tuple({one.key: one for one in found}.values())


def limited(question: Question, parsed: Parsed) -> tuple[Question, Parsed]:
    """The query with a period that limits it as a filter. It is a boost alone where dates were given explicitly, or
    there are several periods."""
    filters = parsed.filters
    periods = [period for period in question.periods if period.limits]
    if not periods:
        return question, parsed
    if len(periods) > 1 or filters.date_from or filters.date_to:
        loose = tuple(replace(period, limits=False) for period in question.periods)
        return replace(question, periods=loose), parsed
    dates = replace(filters, date_from=periods[0].first, date_to=periods[0].last)
    return question, replace(parsed, filters=dates)


def written(parsed: Parsed, outside: Filters) -> tuple[Understood, ...]:
    """The filters that stand in the query itself ("body:OSCE year:2003..2007"), beside those given from `outside`."""
    found = [
        Understood(name, value, FILTER, f"{name}:{value}")
        for name in _GIVEN
        for value in getattr(parsed.filters, name)[len(getattr(outside, name)) :]
    ]
    dates = (parsed.filters.date_from, parsed.filters.date_to)
    if dates != (outside.date_from, outside.date_to):
        first, last = (date or "" for date in dates)
        value = first if first == last else f"{first}..{last}"
        found.append(Understood("period", value, FILTER, f"year:{value}"))
    return tuple(found)


def without_filters(parsed: Parsed, outside: Filters, ignored: Collection[str]) -> Parsed:
    """The query without those of its own filters that are to be ignored."""
    filters = parsed.filters
    for one in written(parsed, outside):
        if not _ignored(one.field, one.value, ignored):
            continue
        if one.field == "period":
            filters = replace(filters, date_from=outside.date_from, date_to=outside.date_to)
        else:
            kept: dict[str, Any] = {one.field: tuple(v for v in getattr(filters, one.field) if v != one.value)}
            filters = replace(filters, **kept)
    return replace(parsed, filters=filters)


def without(question: Question, ignored: Collection[str]) -> Question:
    """The question with the things of these keys not understood; its words are still looked for."""
    if not ignored:
        return question

    def kept(field: str, value: str) -> bool:
        return not _ignored(field, value, ignored)

    periods = tuple(one for one in question.periods if kept("period", one.value))
    dropped = {date[:4] for one in question.periods if one not in periods for date in (one.first, one.last) if date}
    instruments = tuple(name for name in question.instruments if kept("instrument", name))
    gone = {_symbol(name) for name in question.instruments if name not in instruments}
    symbols = (one for one in question.symbols if normalise_symbol(one) not in gone)
    countries = tuple(code for code in question.countries if kept("country", code))
    return replace(
        question,
        symbols=tuple(symbol for symbol in symbols if kept("symbol", symbol)),
        instruments=instruments,
        pinpoints=tuple(one for one in question.pinpoints if kept("article", one.label())),
        countries=countries,
        directions=frozenset(one for one in question.directions if one[1] in countries),
        bodies={body: name for body, name in question.bodies.items() if kept("body", body)},
        types={kind: name for kind, name in question.types.items() if kept("type", kind)},
        periods=periods,
        years=tuple(year for year in question.years if year not in dropped),
        names=tuple(name for name in question.names if kept("speaker", name)),
    )


def _symbol(instrument_id: str) -> str | None:
    known = instrument(instrument_id)
    return normalise_symbol(known.symbol) if known and known.symbol else None


def _ignored(field: str, value: str, ignored: Collection[str]) -> bool:
    """Whether one of the keys names this thing: "period:2023", or "period" for all periods."""
    plain = value.casefold()
    if field == "symbol":
        plain = normalise_symbol(value).casefold()
    for key in ignored:
        name, _, wanted = key.strip().partition(":")
        if name.casefold() != field:
            continue
        if not wanted or plain == (normalise_symbol(wanted) if field == "symbol" else wanted).casefold():
            return True
    return False
