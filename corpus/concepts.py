"""Concepts that are laid side by side over instruments, from ``corpus/vocabulary/concepts.yaml`` and a home's own file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import UsageError
from corpus.lexicon import FOLDER, fold

FILE_NAME = "concepts.yaml"


@dataclass(frozen=True, slots=True)
class SideConcept:
    """An idea and how its provisions are known: by a phrase that begins their article's heading, or by all phrases of one entry
    of `terms` in their own words, and by none of `excluded`. `else_headings` count where an instrument has nothing else. `pinned` and
    `left_out` name labels by instrument id: what is shown in the place of what is found, and what is never shown."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    else_headings: tuple[str, ...] = ()
    terms: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    pinned: Mapping[str, tuple[str, ...]] | None = None
    left_out: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The concepts, and the ids of the instruments to look into, in the order in which they are shown."""

    concepts: tuple[SideConcept, ...]
    instruments: tuple[str, ...]

    def find(self, name: str) -> SideConcept | None:
        """The concept of that id, name or alias."""
        wanted = fold(name)
        return next(
            (one for one in self.concepts if wanted in {fold(each) for each in (one.id, one.name, *one.aliases)}), None
        )


def crosswalk(home: Path | None = None) -> Crosswalk:
    """The concepts that come with the program; those of the file in `home`, where there is one, take their place.

    Raises:
        UsageError: the home's file is no such list.
    """
    own = _bundled()
    file = home / FILE_NAME if home is not None else None
    if file is None or not file.is_file():
        return own
    try:
        added = _read(yaml.safe_load(file.read_text(encoding="utf-8")) or [])
    except (yaml.YAMLError, UnicodeError, KeyError, TypeError, AttributeError) as error:
        where = " ".join(str(error).split())[:160]
        raise UsageError(f"{file} is not a list of concepts as in the program's own file ({where}).") from error
    replaced = {one.id: one for one in added.concepts}
    kept = [replaced.pop(one.id, one) for one in own.concepts]
    return Crosswalk((*kept, *replaced.values()), tuple(dict.fromkeys((*own.instruments, *added.instruments))))


@cache
def _bundled() -> Crosswalk:
    return _read(yaml.safe_load((FOLDER / FILE_NAME).read_text(encoding="utf-8")))


def _read(content: Sequence[Mapping[str, Any]]) -> Crosswalk:
    return Crosswalk(
        tuple(
            SideConcept(
                id=str(entry["id"]),
                name=str(entry.get("name") or entry["id"]),
                aliases=_strings(entry.get("aliases")),
                headings=_strings(entry.get("headings")),
                else_headings=_strings(entry.get("else_headings")),
                terms=tuple(_strings(one) for one in entry.get("terms") or ()),
                excluded=_strings(entry.get("not")),
                pinned=_by_instrument(entry.get("pinned")),
                left_out=_by_instrument(entry.get("left_out")),
            )
            for entry in content
            if "instruments" not in entry
        ),
        tuple(one for entry in content for one in _strings(entry.get("instruments"))),
    )


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(one) for one in value) if isinstance(value, Iterable) else ()


def _by_instrument(value: Mapping[str, Any] | None) -> dict[str, tuple[str, ...]]:
    return {str(name): _strings(labels) for name, labels in (value or {}).items()}
