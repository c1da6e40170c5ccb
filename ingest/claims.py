"""What a document says of itself and another one: that it amends, replaces, supplements or explains it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.lexicon import find_instruments, instrument
from corpus.records import Claim
from corpus.symbols import find_symbols, normalise_symbol

_TITLE = "its title"
_HEAD = "its first page"
# What follows the word up to the next such word, or a stop.
_VERBS = tuple(
    (relation, re.compile(pattern, re.IGNORECASE))
    for relation, pattern in (
        ("amends", r"\b(?:amending|modifiant|zur Änderung)\b(?P<of>.+?)(?=\b(?:and\s+)?(?:repealing|replacing)\b|$)"),
        ("supersedes", r"\b(?:repealing|replacing|and superseding|abrogeant|remplaçant)\b(?P<of>.+)$"),
        ("supplements", r"\b(?:supplementing|additional to|to supplement)\b(?P<of>.+)$"),
        ("supplements", r"^(?:\w+ )*protocol\b.{0,80}?\b(?:to|of \d{4} to)\s+the\b(?P<of>.+)$"),
        ("explains", r"(?:\bexplanatory report\b.{0,12}\b(?:to|on|of)|^rapport explicatif)\b(?P<of>.+)$"),
        ("adds to", r"\baddend(?:um|a)\b.{0,40}?\bto\b(?P<of>.+)$"),
        ("corrects", r"\bcorrigend(?:um|a)\b.{0,12}?\bto\b(?P<of>.+)$"),
    )
)
_REPLACES = re.compile(
    r"\b(?:[Tt]his|[Tt]he present)\s+(?:document|decision|report|version|text)\s+"
    r"(?:supersedes|replaces|cancels and replaces)\s+(?P<of>.{4,160}?)(?:\.\s+[A-Z]|$)"
)


def claims_of(title: str, symbol: str | None, head: str) -> tuple[Claim, ...]:
    """The claims of a document with that title, symbol and start, each target once."""
    own = normalise_symbol(symbol) if symbol else ""
    found: dict[str, Claim] = {}
    for claim in _read(" ".join(title.split()), " ".join(head.split())):
        key = normalise_symbol(claim.target)
        if key != own:
            found.setdefault(key, claim)
    return tuple(found.values())


def _read(title: str, head: str) -> Iterator[Claim]:
    for relation, pattern in _VERBS:
        found = pattern.search(title)
        if found:
            yield from (Claim(relation, target, _TITLE) for target in _targets(found["of"]))
    for found in _REPLACES.finditer(head):
        yield from (Claim("supersedes", target, _HEAD) for target in _targets(found["of"]))


def _targets(text: str) -> list[str]:
    """The symbols in the text; where it gives none, the instruments that it names."""
    symbols = find_symbols(text)
    if symbols:
        return symbols
    known = filter(None, map(instrument, find_instruments(text)))
    return [entry.symbol or entry.names[0] for entry in known][:2]
