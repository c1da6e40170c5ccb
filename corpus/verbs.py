"""Operative verbs, from ``corpus/vocabulary/verbs.yaml``: what a text does when it says them, and how strongly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from corpus.lexicon import load, strings


@dataclass(frozen=True, slots=True)
class Verb:
    """An operative verb in one language: its canonical English form, its strength from 1 to 5, whether it has an
    addressee, and its forms in the third person, the first, and the past."""

    id: str
    strength: int
    addressee: bool
    third: tuple[str, ...]
    first: tuple[str, ...]
    past: tuple[str, ...]


@cache
def verbs() -> tuple[Verb, ...]:
    """The operative verbs, in all languages."""
    return tuple(
        Verb(
            entry["id"],
            int(entry["strength"]),
            bool(entry.get("addressee")),
            strings(entry.get("third")),
            strings(entry.get("first")),
            strings(entry.get("past")),
        )
        for entry in load("verbs.yaml")
    )
