"""The field's vocabulary from ``corpus/vocabulary/*.yaml``: instruments, countries, bodies, glossary, spellings, themes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from corpus.inflection import in_cases
from corpus.letters import without_accents

FOLDER = Path(__file__).with_name("vocabulary")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Instrument:
    """A treaty, decision or plan that people call by several names. `title_words` recognise its text; `short` names
    count only beside an article ("Palermo, Article 8"). A family of texts has `members` and no text of its own."""

    id: str
    names: tuple[str, ...]
    symbol: str | None
    title_words: tuple[str, ...]
    excluded: tuple[str, ...]
    short: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Country:
    """A State as ISO 3166-1 alpha-3, its usual English name, and the other names by which a text may call it."""

    code: str
    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea of the field: its terms by language, acronyms under ``acronyms``."""

    id: str
    terms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of the field with the words by which a text on it is known."""

    id: str
    title: str
    keywords: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without accents, words parted by one blank, hyphens and dots gone: for comparing names."""
    return " ".join(_WORD.findall(without_accents(text.casefold()).replace("co-o", "coo")))


def load(name: str) -> Any:
    """A file of the vocabulary, as YAML gives it."""
    with (FOLDER / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_LOADER)  # noqa: S506 - a safe loader, the fast one where there is one


def strings(value: object) -> tuple[str, ...]:
    """One text or a list of texts, as a tuple; empty where there is none."""
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),) if value else ()


@cache
def instruments() -> tuple[Instrument, ...]:
    """All instruments known by name."""
    return tuple(
        Instrument(
            entry["id"],
            strings(entry.get("names")),
            str(entry["symbol"]) if entry.get("symbol") else None,
            tuple(fold(words) for words in strings(entry.get("title_words"))),
            tuple(fold(words) for words in strings(entry.get("not"))),
            strings(entry.get("short")),
            strings(entry.get("members")),
        )
        for entry in load("aliases.yaml")
    )


@cache
def countries() -> tuple[Country, ...]:
    """All countries."""
    return tuple(
        Country(entry["iso3"], entry["name"], (entry["name"], *strings(entry.get("aliases"))))
        for entry in load("countries.yaml")
    )


@cache
def concepts() -> tuple[Concept, ...]:
    """The glossary."""
    return tuple(
        Concept(entry["id"], {key: strings(value) for key, value in entry.items() if key not in {"id", "note"}})
        for entry in load("glossary.yaml")
    )


@cache
def themes() -> tuple[Theme, ...]:
    """The themes, in their fixed order."""
    return tuple(Theme(entry["id"], entry["title"], strings(entry.get("keywords"))) for entry in load("themes.yaml"))


def theme_title(theme_id: str) -> str:
    """A theme's title, the id itself where it is unknown."""
    return next((theme.title for theme in themes() if theme.id == theme_id), theme_id)


@cache
def bodies() -> frozenset[str]:
    """The ids of the bodies that issue documents or are named in them."""
    return frozenset(entry["id"] for entry in load("bodies.yaml"))


@cache
def memberships() -> dict[str, frozenset[str]]:
    """The States of an organisation, as ISO codes, by its id: "CoE", "EU", "OSCE"."""
    return {entry["id"]: frozenset(entry["members"]) for entry in load("memberships.yaml")}


@cache
def words() -> tuple[Concept, ...]:
    """Everyday words in the glossary's languages, by which a question is carried over; empty where there is no list."""
    if not (FOLDER / "words.yaml").is_file():
        return ()
    return tuple(
        Concept(f"word:{entry['en'][0]}", {key: strings(value) for key, value in entry.items()})
        for entry in load("words.yaml")
    )


@cache
def spellings() -> tuple[tuple[str, ...], ...]:
    """Groups of spellings of the same word."""
    return tuple(strings(group) for group in load("spelling.yaml"))


@cache
def _country_names() -> dict[str, str]:
    return {fold(name): country.code for country in countries() for name in country.names if len(fold(name)) > 2}


@cache
def _longest_name() -> int:
    return max(len(name.split()) for name in _country_names())


SHORT_NAME = 5
# Words of a text in which names are looked for by their first word.
_LONG = 200


@dataclass(frozen=True, slots=True)
class Named:
    """A name found in a text: what it stands for, the name folded, and the first of its words in the folded text."""

    id: str
    name: str
    word: int


def name_places(text: str, names: Mapping[str, str], longest: int, *, capitals: bool = False) -> list[Named]:
    """Where `names` (folded → id) stand in the text, the longest at each place, from left to right.

    With `capitals`, a name of one short word counts only where the text writes it in capitals ("CAT", not "cat").
    """
    words = fold(text).split()
    upper = {fold(word) for word in _WORD.findall(text) if word.isupper()} if capitals else set()
    # Worth its while in a long text alone: most words begin no name.
    first = {name.partition(" ")[0] for name in names} if len(words) > _LONG else set(words)
    found: list[Named] = []
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at) if words[at] in first else 0, 0, -1):
            name = " ".join(words[at : at + length])
            if name in names:
                if capitals and length == 1 and len(name) <= SHORT_NAME and name not in upper:
                    continue
                found.append(Named(names[name], name, at))
                at += length - 1
                break
        at += 1
    return found


def find_names(text: str, names: Mapping[str, str], longest: int, *, capitals: bool = False) -> dict[str, str]:
    """Which of `names` (folded → id) stand in the text: {id: the first name found}; see `name_places`."""
    found: dict[str, str] = {}
    for named in name_places(text, names, longest, capitals=capitals):
        found.setdefault(named.id, named.name)
    return found


def country_places(text: str) -> list[Named]:
    """Where countries are named in the text; `Named.id` is the ISO code."""
    return name_places(text, _country_names(), _longest_name())


def find_countries(text: str) -> dict[str, str]:
    """Countries named in the text: {ISO code: the name found, folded}."""
    return find_names(text, _country_names(), _longest_name())


@lru_cache(maxsize=20_000)
def directions(text: str) -> frozenset[tuple[str, str]]:
    """Which countries something goes to or comes from: "Recommendation to Egypt by Italy" gives ("to", "EGY") and
    ("by", "ITA"); "from" counts as "by"."""
    folded = fold(text)
    found = set()
    for code, name in find_countries(text).items():
        for match in re.finditer(rf"\b(to|by|from) (?:the )?{re.escape(name)}\b", folded):
            found.add(("to" if match[1] == "to" else "by", code))
    return frozenset(found)


def country_name(code: str) -> str:
    """The usual English name of an ISO code, the code itself where it is unknown."""
    return next((country.name for country in countries() if country.code == code), code)


@cache
def _instrument_names(short: bool) -> dict[str, str]:
    names = {fold(form): entry.id for entry in instruments() for name in entry.names for form in in_cases(name)}
    names |= {fold(name): entry.id for entry in instruments() for name in entry.names}
    if short:
        names |= {fold(name): entry.id for entry in instruments() for name in entry.short}
    return names


@cache
def _longest_instrument() -> int:
    return max((len(name.split()) for name in _instrument_names(True)), default=1)


def instrument_places(text: str, *, short: bool = False) -> list[Named]:
    """Where instruments are named in the text; with `short`, also by names that count only beside an article."""
    return name_places(text, _instrument_names(short), _longest_instrument(), capitals=True)


def find_instruments(text: str, *, short: bool = False) -> dict[str, str]:
    """Instruments named in the text: {instrument id: the name found, folded}; a family stands for its members."""
    found: dict[str, str] = {}
    for named in instrument_places(text, short=short):
        entry = instrument(named.id)
        for member in (entry.members if entry else ()) or (named.id,):
            found.setdefault(member, named.name)
    return found


def instrument(instrument_id: str) -> Instrument | None:
    """The instrument of that id."""
    return next((entry for entry in instruments() if entry.id == instrument_id), None)


def recognise(head: str, candidates: Iterable[Instrument] | None = None) -> Instrument | None:
    """The instrument whose own text this is, judged by the words of its title and head."""
    text = fold(head)
    best: tuple[int, Instrument] | None = None
    for entry in candidates or instruments():
        if any(words in text for words in entry.excluded):
            continue
        for words in entry.title_words:
            if words and words in text and (best is None or len(words) > best[0]):
                best = (len(words), entry)
    return best[1] if best else None


@cache
def _body_names() -> tuple[dict[str, str], int]:
    names: dict[str, str] = {}
    for entry in load("bodies.yaml"):
        for key in ("en", "fr", "ru", "de", "acronyms"):
            names |= {fold(name): str(entry["id"]) for name in strings(entry.get(key))}
    return names, max(len(name.split()) for name in names)


def find_bodies(text: str) -> dict[str, str]:
    """Bodies named in the text: {id: the name found, folded}; a short acronym counts in capitals only."""
    names, longest = _body_names()
    return find_names(text, names, longest, capitals=True)
