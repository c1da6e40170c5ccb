"""The field's vocabulary from ``corpus/vocabulary/*.yaml``: instruments, countries, bodies, glossary, spellings, themes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("vocabulary")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Instrument:
    """A treaty, decision or plan that people call by several names. `title_words` recognise its text."""

    id: str
    names: tuple[str, ...]
    symbol: str | None
    title_words: tuple[str, ...]
    excluded: tuple[str, ...]


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


def fold(text: str) -> str:
    """Lower case without accents, words parted by one blank, hyphens and dots gone: for comparing names."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(_WORD.findall(kept.replace("co-o", "coo")))


def _load(name: str) -> Any:
    with (FOLDER / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_LOADER)  # noqa: S506 - a safe loader, the fast one where there is one


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),) if value else ()


@cache
def instruments() -> tuple[Instrument, ...]:
    """All instruments known by name."""
    return tuple(
        Instrument(
            entry["id"],
            _strings(entry.get("names")),
            str(entry["symbol"]) if entry.get("symbol") else None,
            tuple(fold(words) for words in _strings(entry.get("title_words"))),
            tuple(fold(words) for words in _strings(entry.get("not"))),
        )
        for entry in _load("aliases.yaml")
    )


@cache
def countries() -> tuple[Country, ...]:
    """All countries."""
    return tuple(
        Country(entry["iso3"], entry["name"], (entry["name"], *_strings(entry.get("aliases"))))
        for entry in _load("countries.yaml")
    )


@cache
def concepts() -> tuple[Concept, ...]:
    """The glossary."""
    return tuple(
        Concept(entry["id"], {key: _strings(value) for key, value in entry.items() if key not in {"id", "note"}})
        for entry in _load("glossary.yaml")
    )


@cache
def spellings() -> tuple[tuple[str, ...], ...]:
    """Groups of spellings of the same word."""
    return tuple(_strings(group) for group in _load("spelling.yaml"))


@cache
def _country_names() -> dict[str, str]:
    return {fold(name): country.code for country in countries() for name in country.names if len(fold(name)) > 2}


@cache
def _longest_name() -> int:
    return max(len(name.split()) for name in _country_names())


SHORT_NAME = 5


def find_names(text: str, names: Mapping[str, str], longest: int, *, capitals: bool = False) -> dict[str, str]:
    """Which of `names` (folded → id) stand in the text, longest first: {id: the name as found}.

    With `capitals`, a name of one short word counts only where the text writes it in capitals ("CAT", not "cat").
    """
    words = fold(text).split()
    upper = {fold(word) for word in _WORD.findall(text) if word.isupper()} if capitals else set()
    found: dict[str, str] = {}
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            if name in names:
                if capitals and length == 1 and len(name) <= SHORT_NAME and name not in upper:
                    continue
                found.setdefault(names[name], name)
                at += length - 1
                break
        at += 1
    return found


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
def _instrument_names() -> dict[str, str]:
    return {fold(name): entry.id for entry in instruments() for name in entry.names}


@cache
def _longest_instrument() -> int:
    return max((len(name.split()) for name in _instrument_names()), default=1)


def find_instruments(text: str) -> dict[str, str]:
    """Instruments named in the text: {instrument id: the name found, folded}."""
    return find_names(text, _instrument_names(), _longest_instrument(), capitals=True)


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
