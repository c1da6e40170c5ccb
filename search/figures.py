"""What a question counts, the numbers that sentences give of it, and where two documents give different ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.claims import VALUES
from search.forms import DIGITS, NO_COUNT
from search.query import Asks, Question
from search.sentences import Sentence

# Words between a thing and its number, before it and after it.
BEFORE, AFTER = 4, 6
# How near a sentence with another number must come to the one that answers: in its score, and in the question's words.
AS_GOOD, AS_CLOSE = 0.85, 0.9
SHOWN = 3
_COUNTED = re.compile(
    r"\bhow many ((?:[\w’'-]+ ){0,4}?[\w’'-]+)(?= (?:is|are|was|were|did|do|does|has|have|had|can|could|will|would|must|may|"
    r"should|shall|of|in|at|on|to|from|for|who|that|which|there|took|take)\b|\?|$)",
    re.IGNORECASE,
)
# What is no thing of its own to be counted, or stands beside it: "how many people today".
_UNCOUNTED = (STOPWORDS | QUESTION_TERMS | frozenset(terms("persons people individuals cases"))) - frozenset(
    terms("states countries")
)
# A share is no number of things: "a two-thirds majority of the States", "two or more States" counts none either.
_SHARE = re.compile(
    r"\b(?:one|two|three)[- –](?:thirds?|quarters?|fifths?)(?: majority)?\b|\b(?:no two|two or more|one or (?:more|several)|one or two)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[,.\s]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")


def counted(question: Question) -> tuple[re.Match[str], list[str]] | None:
    """What a question asks the number of, as a match whose first group are its words, and its terms; None where it
    counts nothing that has a name."""
    match = _COUNTED.search(question.text) if question.asks is Asks.NUMBER else None
    wanted = [term for term in terms(match[1]) if term not in _UNCOUNTED] if match else []
    return (match, wanted) if match and wanted else None


def counts(text: str, wanted: Collection[str]) -> bool:
    """Whether a sentence holds a number close to one of these terms: "more than 130 participants", "members: 15"."""
    return bool(_near(text, wanted))


def numbers_of(text: str, wanted: Collection[str]) -> frozenset[str]:
    """The numbers that a sentence gives of something, each in one spelling: "1,200" and "1200", "twelve" and "12"."""
    return frozenset(value for word in _near(text, wanted) if (value := _value(word)))


def _near(text: str, wanted: Collection[str]) -> list[str]:
    words = _SHARE.sub(" ", NO_COUNT.sub(" ", text)).replace(" %", "%").split()
    named = [at for at, word in enumerate(words) if not set(terms(word)).isdisjoint(wanted)]
    return [
        word
        for at, word in enumerate(words)
        if DIGITS.search(word) and any(-BEFORE <= there - at <= AFTER for there in named)
    ]


def _value(word: str) -> str:
    found = _NUMBER.search(word)
    if found:
        whole = re.sub(r"[,.\s](?=\d{3}\b)", "", found[0])
        return f"{whole} %" if "%" in word else whole
    written = [VALUES[part] for part in re.split(r"[^a-z]+", word.casefold()) if part in VALUES]
    return str(sum(written)) if written else ""


def disagreeing(question: Question, best: Sentence, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Sentences that answer about as well as the best one, of what it speaks of, with other numbers."""
    asked = counted(question)
    own = numbers_of(best.text, asked[1]) if asked else frozenset()
    if asked is None or not own:
        return []
    seen = [own]
    found = []
    for other in sentences:
        said = numbers_of(other.text, asked[1]) if _on_the_same(best, other) else frozenset()
        if said and all(said.isdisjoint(numbers) for numbers in seen):
            seen.append(said)
            found.append(other)
    return found[:SHOWN]


def _on_the_same(best: Sentence, other: Sentence) -> bool:
    """Whether a sentence of another document speaks of the same thing: of no other State, no less of the question."""
    if other.hit.document.id == best.hit.document.id or other.score < AS_GOOD * best.score:
        return False
    mine, theirs = set(best.hit.document.countries), set(other.hit.document.countries)
    elsewhere = bool(mine and theirs) and mine.isdisjoint(theirs)
    return not elsewhere and other.cover >= AS_CLOSE * best.cover and other.names >= best.names


def told(question: Question, sentences: Sequence[Sentence]) -> str:
    """The numbers side by side, each with its document and date."""
    asked = counted(question)
    assert asked is not None
    rows = []
    for sentence in sentences:
        numbers = " and ".join(sorted(numbers_of(sentence.text, asked[1]), key=lambda one: (len(one), one)))
        document = sentence.hit.document
        rows.append(f"{numbers} in {document.title}{f' ({document.date})' if document.date else ''}")
    return f"The documents held give different figures of “{asked[0][1]}”: {'; '.join(rows)}. Each is quoted."
