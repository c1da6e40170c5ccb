"""Every state of the page as an address: `?q=…` asks, `?find=…` finds, `?doc=…&label=…` opens a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from corpus.records import Filters
from corpus.wording import sound

_LISTS = ("body", "type", "language", "country", "theme", "meeting", "standing", "symbol", "document")
MODES = ("hybrid", "lexical", "dense")
SORTS = ("relevance", "newest", "oldest")


@dataclass(frozen=True, slots=True)
class Address:
    """What the page shows: a tab, and what was asked of it. `compose` and `parse` undo each other.

    `said` is what somebody typed where `text` is the stand-alone question that it was read as;
    `ignore` names what is not to be understood of it ("period:2023"). `series` is one of meetings; `gathering` is the id of
    a meeting whose commitments are shown, `authority` and `strength` are those wanted of them; `state` is the
    ISO code of the State whose obligations are shown.
    """

    tab: str = "ask"
    text: str = ""
    filters: Filters = field(default_factory=Filters)
    mode: str = MODES[0]
    sort: str = SORTS[0]
    document: str | None = None
    label: str | None = None
    passage: str | None = None
    page: int | None = None
    quote: str = ""
    inside: str = ""
    part: int = 0
    said: str = ""
    ignore: tuple[str, ...] = ()
    series: str = ""
    gathering: str = ""
    authority: str = ""
    strength: str = ""
    state: str = ""

    def compose(self) -> str:
        """The address as the query part of a URL, "?" where nothing is asked."""
        pairs: list[tuple[str, str]] = []
        if self.tab in {"ask", "find"} and self.text:
            pairs.append(("q" if self.tab == "ask" else "find", self.text))
            pairs += [*self._listed(), ("mode", self.mode if self.mode != MODES[0] else "")]
            pairs += [("not", key) for key in self.ignore]
            pairs += [("sort", self.sort if self.sort != SORTS[0] else "")]
            pairs += [("part", str(self.part or ""))] if self.tab == "find" else [("said", self.said)]
        elif self.tab == "read" and self.document:
            pairs += [("doc", self.document), ("label", self.label or ""), ("passage", self.passage or "")]
            pairs += [
                ("page", str(self.page or "")),
                ("quote", self.quote),
                ("in", self.inside),
                ("part", str(self.part or "")),
            ]
        elif self.tab == "library":
            pairs += [("tab", "library"), *self._listed(), ("in", self.inside), ("part", str(self.part or ""))]
        elif self.tab == "start":
            pairs += [("tab", "start"), ("state", self.state)]
        elif self.tab == "meetings":
            pairs += [("tab", "meetings"), ("series", self.series)]
        elif self.tab == "agreed":
            pairs += [("tab", "agreed"), ("in", self.inside), ("of", self.gathering), ("authority", self.authority)]
            pairs += [("strength", self.strength), *self._listed(), ("part", str(self.part or ""))]
        elif self.tab in {"find", "read"}:
            pairs.append(("tab", self.tab))
        return "?" + urlencode([(name, value) for name, value in pairs if value])

    def _listed(self) -> list[tuple[str, str]]:
        listed = [(name, value) for name in _LISTS for value in getattr(self.filters, name)]
        return [*listed, ("from", self.filters.date_from or ""), ("to", self.filters.date_to or "")]


def _number(text: str) -> int | None:
    """A whole number that no list or document outgrows."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def parse(search: str) -> Address:
    """The address behind the query part of a URL; what is unknown in it is left aside."""
    search = sound(search)
    given = {name: [value for value in values if value] for name, values in parse_qs(search.lstrip("?")).items()}

    def one(name: str) -> str:
        return (given.get(name) or [""])[0].strip()

    filters = Filters(
        **{name: tuple(given.get(name, ())) for name in _LISTS},
        date_from=one("from") or None,
        date_to=one("to") or None,
    )
    part = _number(one("part")) or 0
    if one("doc"):
        return Address(
            tab="read",
            document=one("doc"),
            label=one("label") or None,
            passage=one("passage") or None,
            page=_number(one("page")),
            quote=one("quote"),
            inside=one("in"),
            part=part,
        )
    mode = one("mode") if one("mode") in MODES else MODES[0]
    sort = one("sort") if one("sort") in SORTS else SORTS[0]
    ignore = tuple(given.get("not", ()))
    if one("find"):
        return Address("find", one("find"), filters, mode, sort, part=part, ignore=ignore)
    if one("q"):
        return Address("ask", one("q"), filters, said=one("said"), ignore=ignore)
    if one("tab") == "library":
        return Address("library", filters=filters, inside=one("in"), part=part)
    if one("tab") == "start":
        return Address("start", state=one("state"))
    if one("tab") == "meetings":
        return Address("meetings", series=one("series"))
    if one("tab") == "agreed":
        strength = one("strength") if one("strength") in set("12345") else ""
        return Address(
            "agreed", filters=filters, inside=one("in"), part=part, gathering=one("of"), authority=one("authority"),
            strength=strength,
        )  # fmt: skip
    return Address(tab=one("tab") if one("tab") in {"find", "read"} else "ask")
