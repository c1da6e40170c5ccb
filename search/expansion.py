"""Other words for what a question says: acronyms and synonyms of the glossary, and the English terms of a question
asked in French, Russian or German, since most documents are in English."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from corpus.lexicon import Concept, concepts, country_name, find_countries, find_names, fold, words
from search.analysis import STOPWORDS, terms

SYNONYM_WEIGHT = 0.25
TRANSLATION_WEIGHT = 0.9
ACRONYM_WEIGHT = 0.6
SHORTEST = 2
COMPOUND_PART = 4


@dataclass(frozen=True, slots=True)
class Expansion:
    """`terms` are English terms with their weights; `embedded` is the wording for the embedding model, empty where
    the question itself serves; `used` says for people what stood for what."""

    terms: tuple[tuple[str, float], ...] = ()
    embedded: str = ""
    used: tuple[str, ...] = ()


@cache
def _names(language: str) -> tuple[dict[str, str], int]:
    """The glossary's terms and acronyms of a language, folded; and the number of words of the longest."""
    names: dict[str, str] = {}
    for concept in concepts():
        for key in (language, "acronyms"):
            for term in concept.terms.get(key, ()):
                folded = fold(term)
                if len(folded) > 1:
                    names.setdefault(folded, concept.id)
    return names, max((len(name.split()) for name in names), default=1)


@cache
def _stems(language: str) -> tuple[dict[str, str], int]:
    """Terms of the glossary and of the word list by the stems of their words, so that inflected forms are met."""
    stems: dict[str, str] = {}
    for concept in (*words(), *concepts()):
        for term in concept.terms.get(language, ()):
            key = " ".join(_stem(word, language) for word in fold(term).split())
            if len(key) > SHORTEST:
                stems.setdefault(key, concept.id)
    return stems, max((len(key.split()) for key in stems), default=1)


@lru_cache(maxsize=20_000)
def _stem(word: str, language: str) -> str:
    return " ".join(terms(word, language)) or word


@cache
def _by_id() -> dict[str, Concept]:
    return {concept.id: concept for concept in (*concepts(), *words())}


def expand(text: str, language: str) -> Expansion:
    """Expand a question of that language ("en", "fr", "ru" or "de")."""
    if language == "en":
        names, longest = _names(language)
        return _synonyms(text, find_names(text, names, longest, capitals=True))
    weighted: list[tuple[str, float]] = []
    wording: list[str] = []
    used: list[str] = []
    for concept_id, name in _translated(text, language):
        english = _by_id()[concept_id].terms.get("en", ())
        if english and f"{name} = {english[0]}" not in used:
            weighted += [(english[0], TRANSLATION_WEIGHT), *((other, SYNONYM_WEIGHT) for other in english[1:3])]
            wording.append(english[0])
            used.append(f"{name} = {english[0]}")
    for code in find_countries(text):
        weighted.append((country_name(code), TRANSLATION_WEIGHT))
        wording.append(country_name(code))
    kept = re.findall(r"\b(?:\d[\d.,/()]*|[A-Z]{2,}|Article|Protocol)\b", text)
    return Expansion(tuple(weighted), " ".join([*wording, *kept]), tuple(used))


def _translated(text: str, language: str) -> Iterator[tuple[str, str]]:
    """The concepts of a foreign text from left to right, the longest name at each place: as listed, or by its stems;
    of a German compound that is not listed, its two parts."""
    names, longest = _names(language)
    stems, longest_stems = _stems(language)
    plain = fold(text).split()
    stemmed = [_stem(word, language) for word in plain]
    at = 0
    while at < len(plain):
        for length in range(min(max(longest, longest_stems), len(plain) - at), 0, -1):
            name = " ".join(plain[at : at + length])
            # The glossary may speak of a wider idea ("juge" = court) than the word itself does: both are looked for.
            found = dict.fromkeys(filter(None, (names.get(name), stems.get(" ".join(stemmed[at : at + length])))))
            if found and not (length == 1 and name in STOPWORDS):
                yield from ((concept, name) for concept in found)
                at += length - 1
                break
        else:
            if language == "de":
                yield from ((concept, plain[at]) for concept in _compound(plain[at], stems))
        at += 1


def _compound(word: str, stems: Mapping[str, str]) -> tuple[str, ...]:
    """The concepts of the two parts of a German compound, where both are known: "Opferschutz"."""
    for cut in range(len(word) - COMPOUND_PART, COMPOUND_PART - 1, -1):
        first, second = word[:cut], stems.get(_stem(word[cut:], "de"))
        if second is not None:
            for left in (first, first.removesuffix("s"), first.removesuffix("en"), first.removesuffix("n")):
                found = stems.get(_stem(left, "de"))
                if found is not None:
                    return found, second
    return ()


def _synonyms(text: str, found: dict[str, str]) -> Expansion:
    weighted: list[tuple[str, float]] = []
    used: list[str] = []
    added: list[str] = []
    for concept_id, name in found.items():
        concept = _by_id()[concept_id]
        acronyms = {fold(acronym) for acronym in concept.terms.get("acronyms", ())}
        for term in concept.terms.get("en", ())[:3]:
            if fold(term) == name:
                continue
            if name in acronyms:
                # Written out, a long name must not outweigh the rest of the question.
                weighted.append((term, ACRONYM_WEIGHT / math.sqrt(len(term.split()))))
                used.append(f"{name.upper()} = {term}")
                added.append(term)
                break
            weighted.append((term, SYNONYM_WEIGHT))
    embedded = f"{text} ({'; '.join(added)})" if added else ""
    return Expansion(tuple(weighted), embedded, tuple(used))
