"""Which themes of the vocabulary a document is about, by how often it uses their keywords."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache

from corpus.lexicon import fold, themes

LETTERS = 90_000  # of a longer text the beginning tells
MOST = 6
# A theme counts from so many of its keywords at so many uses in a thousand words; in the title, from one.
LEAST = ((3, 2.5), (5, 1.0))
TITLE_LETTERS = 5
LONG = 9
GENERAL = 0.25  # what a use of a keyword of one word weighs ("court"), against one of several


@cache
def _keywords() -> dict[str, dict[tuple[str, ...], list[str]]]:
    """Keywords in words by their first one, each with the themes that have it."""
    found: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for theme in themes():
        for keyword in theme.keywords:
            words = tuple(fold(keyword).split())
            found.setdefault(words[0], {}).setdefault(words, []).append(theme.id)
    return found


def _uses(text: str) -> Counter[tuple[str, str]]:
    """How often each keyword of each theme is used: {(theme, keyword): uses}."""
    words = fold(text).split()
    counted: Counter[tuple[str, str]] = Counter()
    starts = _keywords()
    for at, word in enumerate(words):
        for keyword, owners in starts.get(word, {}).items():
            if tuple(words[at : at + len(keyword)]) == keyword:
                counted.update((owner, " ".join(keyword)) for owner in owners)
    return counted


def themes_named(text: str) -> tuple[str, ...]:
    """The themes that one sentence names by a keyword of several words or a long one, in the vocabulary's order."""
    named = {theme for theme, keyword in _uses(text) if " " in keyword or len(keyword) >= LONG}
    return tuple(theme.id for theme in themes() if theme.id in named)


def themes_of(title: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The ids of at most MOST themes, the weightiest first."""
    titled = {theme for theme, keyword in _uses(title) if len(keyword) >= TITLE_LETTERS}
    text = "\n".join(texts)[:LETTERS]
    uses = _uses(text)
    total = max(300, len(text.split()))
    weights: defaultdict[str, float] = defaultdict(float)
    kinds: defaultdict[str, float] = defaultdict(float)
    for (theme, keyword), count in uses.items():
        several = " " in keyword
        weights[theme] += count * (1 if several else GENERAL)
        kinds[theme] += 1 if several else 0.5
    rates = {theme: 1000 * weight / total for theme, weight in weights.items()}
    order = [one.id for one in themes()]
    chosen = [
        name
        for name in order
        if name in titled or any(kinds[name] >= few and rates[name] >= rate for few, rate in LEAST if name in rates)
    ]
    return tuple(sorted(chosen, key=lambda name: -rates.get(name, 0.0))[:MOST])
