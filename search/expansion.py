"""Other words for what a question says: acronyms and synonyms of the glossary, and the English terms of a question
asked in French, Russian or German, since most documents are in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.lexicon import Concept, concepts, country_name, find_countries, find_names, fold

SYNONYM_WEIGHT = 0.25
TRANSLATION_WEIGHT = 0.9
ACRONYM_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Expansion:
    """`terms` are English terms with their weights; `embedded` is the wording for the embedding model, empty where
    the question itself serves; `used` says for people what stood for what."""

    terms: tuple[tuple[str, float], ...] = ()
    embedded: str = ""
    used: tuple[str, ...] = ()


@cache
def _names(language: str) -> tuple[dict[str, str], int]:
    names: dict[str, str] = {}
    for concept in concepts():
        for key in (language, "acronyms"):
            for term in concept.terms.get(key, ()):
                folded = fold(term)
                if len(folded) > 1:
                    names.setdefault(folded, concept.id)
    return names, max((len(name.split()) for name in names), default=1)


@cache
def _by_id() -> dict[str, Concept]:
    return {concept.id: concept for concept in concepts()}


def expand(text: str, language: str) -> Expansion:
    """Expand a question of that language ("en", "fr", "ru" or "de")."""
    names, longest = _names(language)
    found = find_names(text, names, longest, capitals=language == "en")
    if language == "en":
        return _synonyms(text, found)
    terms: list[tuple[str, float]] = []
    wording: list[str] = []
    used: list[str] = []
    for concept_id, name in found.items():
        english = _by_id()[concept_id].terms.get("en", ())
        if english:
            terms += [(english[0], TRANSLATION_WEIGHT), *((other, SYNONYM_WEIGHT) for other in english[1:3])]
            wording.append(english[0])
            used.append(f"{name} = {english[0]}")
    for code in find_countries(text):
        terms.append((country_name(code), TRANSLATION_WEIGHT))
        wording.append(country_name(code))
    kept = re.findall(r"\b(?:\d[\d.,/()]*|[A-Z]{2,}|Article|Protocol)\b", text)
    return Expansion(tuple(terms), " ".join([*wording, *kept]), tuple(used))


def _synonyms(text: str, found: dict[str, str]) -> Expansion:
    terms: list[tuple[str, float]] = []
    used: list[str] = []
    added: list[str] = []
    for concept_id, name in found.items():
        concept = _by_id()[concept_id]
        acronyms = {fold(acronym) for acronym in concept.terms.get("acronyms", ())}
        for term in concept.terms.get("en", ())[:3]:
            if fold(term) == name:
                continue
            if name in acronyms:
                terms.append((term, ACRONYM_WEIGHT))
                used.append(f"{name.upper()} = {term}")
                added.append(term)
                break
            terms.append((term, SYNONYM_WEIGHT))
    embedded = f"{text} ({'; '.join(added)})" if added else ""
    return Expansion(tuple(terms), embedded, tuple(used))
