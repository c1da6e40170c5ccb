"""Where the words of a question stand in a passage."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from search.analysis import terms
from search.query import Question
from search.records import Hit


def marked(hit: Hit, question: Question) -> Hit:
    """The hit with the words of the question marked in its text."""
    return replace(hit, highlights=highlights(hit.stored.passage.text, question))


def highlights(text: str, question: Question) -> tuple[tuple[int, int], ...]:
    """Half-open offsets of the words of the text that are terms of the question."""
    wanted = set(question.terms)
    found = []
    for match in re.finditer(r"\w+(?:[’'-]\w+)*", text):
        if not wanted.isdisjoint(_terms_of(match[0], question.language)):
            found.append(match.span())
    return tuple(found)


@lru_cache(maxsize=20_000)
def _terms_of(word: str, language: str) -> frozenset[str]:
    return frozenset(terms(word, language))


def has_phrases(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether the text holds the phrases as written; of several, which may be alternatives, the index has judged."""
    if not phrases:
        return True
    plain = re.sub(r"\W+", " ", text.casefold())
    return all(re.sub(r"\W+", " ", phrase.casefold()).strip() in plain for phrase in phrases) or len(phrases) > 1
