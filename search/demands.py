"""What a question demands of its answer: the State, the year, the body, the thing counted, a figure. An answer that
lacks one of them is none, however near its words may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from corpus.lexicon import country_name, find_countries, fold
from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.expansion import expand
from search.figures import counted, counts
from search.forms import fits
from search.query import Asks, Question
from search.records import Hit
from search.sentences import Sentence, surroundings
from search.tokens import Meeting

# A name in this share of all passages, or more, tells nothing apart.
COMMON = 0.004
# Cosine of tokens from which on what is counted is taken to be there in another word: "cm" for "centimetres".
SAME_THING = 0.65
# "How often?" and "how was it decided how many?" are answered in words.
_WITHOUT_FIGURE = re.compile(r"\bhow often\b|^how (?:is|are|was|were|do|does|did|can|could|has|have)\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:not|never)\b|\b(?:is|are|was|were|do|does|did|has|have|had|ca|could|would|should|wo)n[’']t\b", re.IGNORECASE
)
_DENYING = re.compile(
    r"\b(?:not|no|never|none|nor|neither|nobody|nothing|without|cannot|except|exempt\w*|exclu\w+|un\w+|non|refus\w+|reject\w*|fail\w*|"
    r"lack\w*|deni\w+|deny|prohibit\w*|forbid\w*|rather than|instead|only)\b|n[’']t\b|\bnon-",
    re.IGNORECASE,
)
_BODY = re.compile(r"[A-Z]")
_NAME_WORD = re.compile(r"[A-Z][\w’'-]{3,}")

Frequency = Callable[[str], int]


def unmet(question: Question, chosen: Sequence[Sentence], frequency: Frequency, total: int, beside: Meeting) -> str:
    """The reason in words why these sentences cannot answer; empty where every demand is met.

    `frequency` gives the number of passages that hold a term, `total` the number of all passages; `beside` has
    the tokens of the question beside those of the first sentence's passage.
    """
    hits = [sentence.hit for sentence in chosen]
    return (
        _without_country(question, hits)
        or _without_body(question, hits)
        or _without_figure(question, chosen[0])
        or _without_counted(question, chosen, beside)
        or _without_negation(question, chosen)
        or _without_name(question, hits, frequency, total)
    )


def _said(words: Sequence[str]) -> str:
    named = " or ".join(f"“{word}”" for word in words[:3])
    return f"The passages that come nearest do not speak of {named}, so none of them answers the question."


def _without_country(question: Question, hits: Sequence[Hit]) -> str:
    """Each State asked about must be one of the document's, or be named in or around a passage."""
    found: set[str] = set()
    for hit in hits:
        found |= set(hit.document.countries) | set(find_countries(_around(hit)))
    missing = [country_name(code) for code in question.countries if code not in found]
    return _said(missing) if missing else ""


def _without_body(question: Question, hits: Sequence[Hit]) -> str:
    """A body that a question in another language names must stand in or around a passage by its English name."""
    if question.language == "en":
        return ""
    around = [set(fold(_around(hit)).split()) for hit in hits]
    for used in question.expansion.used:
        name = used.partition(" = ")[2]
        words = [word for word in fold(name).split() if word not in STOPWORDS]
        proper = len(words) > 1 and len(_BODY.findall(name)) > 1
        if proper and not any(sum(word in held for word in words) * 2 > len(words) for held in around):
            return _said([name])
    return ""


def _without_counted(question: Question, chosen: Sequence[Sentence], beside: Meeting) -> str:
    """ "How many women are members": the passage must speak of women, and the sentence must give their number."""
    asked = counted(question)
    if asked is None:
        return ""
    match, wanted = asked
    wanted = wanted + [term for phrase, _ in expand(match[1], "en").terms for term in terms(phrase)]
    if not any(not set(terms(_around(sentence.hit))).isdisjoint(wanted) for sentence in chosen[:2]):
        return "" if beside.word(*match.span(1)) >= SAME_THING else _said([match[1]])
    if not counts(chosen[0].text, wanted):
        return f"The passages that come nearest give no number of “{match[1]}”, so none of them answers the question."
    return ""


def _without_figure(question: Question, best: Sentence) -> str:
    """A question for a number is answered by a sentence that holds one."""
    if question.asks is not Asks.NUMBER or _WITHOUT_FIGURE.search(question.text) or fits(Asks.NUMBER, best.text) == 1.0:
        return ""
    return "The passages that come nearest give no figure, so none of them answers the question."


def _without_negation(question: Question, chosen: Sequence[Sentence]) -> str:
    """What is not the case must be said so: "Which States did not ratify …?"."""
    denied = _DENIED.search(question.text) if question.language == "en" and question.asks is not Asks.WHETHER else None
    if denied is None or any(_DENYING.search(sentence.text) for sentence in chosen):
        return ""
    return (
        f"The question asks what is “{denied[0]}” so; the passages that come nearest deny nothing, so none answers it."
    )


def _without_name(question: Question, hits: Sequence[Hit], frequency: Frequency, total: int) -> str:
    """A rare name must be met, by the word itself or by what the glossary writes out for it."""
    if question.language != "en" or question.instruments:
        return ""
    known = fold(" ".join(question.expansion.used))
    around = [fold(_around(hit)) for hit in hits]
    countries = fold(" ".join(find_countries(question.text).values()))
    missing = []
    for name in question.names:
        for word in _NAME_WORD.findall(name):
            stems = [term for term in terms(word) if term not in QUESTION_TERMS]
            plain = fold(word)
            if not stems or plain in known or plain in countries:
                continue
            rare = all(0 < frequency(term) < COMMON * total for term in stems)
            if rare and not any(plain[:6] in text for text in around):
                missing.append(word)
    return _said(missing) if missing else ""


def _around(hit: Hit) -> str:
    return f"{surroundings(hit)} {hit.stored.passage.text}"
