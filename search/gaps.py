"""What a question asks for and the best passage does not have: reasons to say "not found" instead of quoting
something that only looks like an answer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence

from corpus.lexicon import fold
from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.query import Asks, Question
from search.records import Hit
from search.sentences import Sentence, surroundings
from search.spelling import Terms, distance
from search.tokens import SAME_SENSE, Meeting

# A question for a number, person or date needs a passage on its very matter; one in other words than the text's may
# be met by sense alone. Fitted on the development questions (make the figures: rapporteur evaluate questions).
NEEDED = {Asks.NUMBER: 0.6, Asks.WHO: 0.45, Asks.WHEN: 0.45}
NEAR = 0.55
NEAR_BY_NAME = 0.62
ANY_MATTER = 0.15
SLIP = 1
# Letters of a term that another form of it shares, and that may follow; passages that a rare name stands in at most.
# In a small corpus every name is rare.
ROOT, ENDING = 4, 3
RARE, MANY = 3, 500
_CAPITAL_OR_SMALL = re.compile(r"\b\w[\w’'-]*")
_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
_NAMES_OF_TEXTS = frozenset(
    {"CETS", "STCE", "SEV", "ETS", "UPR", "CEDAW", "CRC", "UNTOC", "ILO", "OSCE", "THB", "UNODC"}
)

Frequency = Callable[[str], int]


def gap(question: Question, best: Sentence, index: Terms, total: int, beside: Meeting) -> str:
    """The reason in words why the best sentence is no answer; empty where none is seen.

    `index` knows how many passages hold a term, `total` is the number of all passages; `beside` has the tokens of the
    question's text beside those of the sentence's passage.
    """
    frequency = index.frequency
    return (
        _unheard(question, index)
        or ("" if question.asks is Asks.COMPARISON else _other_year(question, best))
        or (_other_matter(question, best, frequency, total, beside) if question.language == "en" else "")
    )


def _unheard(question: Question, index: Terms) -> str:
    """Names that no passage at all holds; whether an acronym's words are there is seen at the passage itself."""
    if question.language != "en":
        return ""
    known = " ".join(question.expansion.used).casefold()
    opening = question.text.split(maxsplit=1)[0]
    for name in question.names:
        for word in re.findall(r"[A-Z][\w’'-]{3,}", name.removeprefix(opening)):
            found = [term for term in terms(word) if term]
            if not found or any(map(index.frequency, found)) or word.casefold() in known:
                continue
            if not (_ACRONYM.fullmatch(word) or _slip(question, found) or any(_akin(term, index) for term in found)):
                return f"No passage in the knowledge base mentions “{word}”."
    return ""


def _slip(question: Question, found: Sequence[str]) -> bool:
    """Whether the word is a known one misspelt: the question then looks for that one too."""
    return any(0 < distance(term, other, SLIP) <= SLIP for term in found for other in question.terms)


def _akin(term: str, index: Terms) -> bool:
    """Whether the index has the term in another form: a name one letter away, or the place of a people ("Israeli")."""
    for other, _ in index.terms_with_prefix(term[:ROOT]):
        if (term.startswith(other) or other.startswith(term)) and abs(len(term) - len(other)) <= ENDING:
            return True
        if len(term) > ROOT + 1 and 0 < distance(term, other, SLIP) <= SLIP:
            return True
    return False


def has_initials(acronym: str, text: str) -> bool:
    """Whether words with capitals stand in a row whose first letters are the acronym: "Union of Soviet Socialist
    Republics" for USSR; small words between them do not count."""
    initials = "".join(
        word[0] for word in _CAPITAL_OR_SMALL.findall(text) if word[0].isupper() or word not in STOPWORDS
    )
    return acronym in initials


def _other_year(question: Question, best: Sentence) -> str:
    document = best.hit.document
    text = f"{surroundings(best.hit)} {document.path} {best.hit.stored.passage.text}"
    missing = [year for year in question.years if year not in text]
    missing += [
        period.text
        for period in question.periods
        if period.range and not period.holds(document.date) and not period.met_by(text)
    ]
    if not missing:
        return ""
    return (
        f"The passages that come nearest do not speak of {' or '.join(missing)}, so none of them answers the question."
    )


def _other_matter(question: Question, best: Sentence, frequency: Frequency, total: int, beside: Meeting) -> str:
    hit = best.hit
    around = f"{surroundings(hit)} {hit.stored.passage.text}"
    folded = set(fold(around).split())
    for acronym in _ACRONYM.findall(question.text):
        spelt = fold(
            " ".join(used for used in question.expansion.used if used.startswith(f"{acronym} =")).partition("=")[2]
        )
        absent = folded.isdisjoint({acronym.casefold(), f"{acronym.casefold()}s"}) and (
            not spelt or spelt not in fold(around)
        )
        absent = absent and not has_initials(acronym, around)
        if absent and acronym not in _NAMES_OF_TEXTS and not question.instruments:
            return f"The passages that come nearest do not speak of {acronym}, so none of them answers the question."
    if question.pinpoints:
        return ""
    # The passage and its surroundings, whichever language the passage is in.
    held = set(terms(around, hit.stored.passage.language or "en")) | set(terms(surroundings(hit)))
    wanted = [term for term, weight in question.terms.items() if weight >= 1.0 and term not in QUESTION_TERMS]
    names = set(terms(" ".join(question.names)))
    if best.cosine >= (NEAR_BY_NAME if _name_alone(wanted, names, held) else NEAR):
        return ""
    meant = _meant(question.text, [term for term in wanted if term not in held and term not in names], beside)
    weights = {term: math.log(1 + total / (1 + frequency(term))) for term in wanted}
    rare = total >= MANY and any(0 < frequency(term) <= RARE for term in names)
    missing = _missing(question, weights, names, held, meant, rare=rare)
    if not missing:
        return ""
    words = ", ".join(f"“{word}”" for word in _as_written(question.text, missing)[:3])
    return f"The passages that come nearest do not speak of {words}, so none of them answers the question."


def _meant(text: str, absent: Sequence[str], beside: Meeting) -> set[str]:
    """The terms that the passage has in another word: "shoot" in "the filming". Never a name: near to France is Spain."""
    return {
        term
        for word in re.finditer(r"\w+(?:[’'-]\w+)*", text)
        for term in terms(word[0])
        if term in absent and beside.word(*word.span()) >= SAME_SENSE
    }


def _name_alone(wanted: Sequence[str], names: Collection[str], held: Collection[str]) -> bool:
    """Whether a passage has nothing of the question but the name in it: near by "France", and silent on its capital."""
    matter = {term for term in wanted if term not in names}
    # Of several words of matter another may well stand for one; a single one is the question.
    return any(name in held for name in names) and len(matter) == 1 and matter.isdisjoint(held)


def _missing(
    question: Question,
    weights: Mapping[str, float],
    names: Collection[str],
    held: Collection[str],
    meant: Collection[str],
    *,
    rare: bool,
) -> list[str]:
    """The terms that are not held, the rarest first; none where what is held is enough, those that are `meant` by
    another word counting as such, and half where little else is held. `rare`: one of the names is."""
    missing = sorted((term for term in weights if term not in held), key=lambda term: -weights[term])
    lacking = sum(weights[term] for term in missing if term not in meant)
    if lacking > (1 - NEEDED.get(question.asks, 0.0)) * sum(weights.values()):
        return missing
    if question.asks is not Asks.NUMBER and rare and all(name in held for name in names):
        # Of a name that few passages hold a passage with it speaks, in whatever words.
        return []
    matter = {term: weight for term, weight in weights.items() if term not in names}
    told = sum(weight * (1.0 if t in held else 0.5) for t, weight in matter.items() if t in held or t in meant)
    if question.names and told < ANY_MATTER * sum(matter.values()):
        return [term for term in missing if term in matter]
    return []


def _as_written(text: str, missing: Sequence[str]) -> list[str]:
    """The words of the question that stand behind terms, in the order of the terms."""
    words = {term: word for word in re.findall(r"\w+(?:[’'-]\w+)*", text) for term in terms(word)}
    return list(dict.fromkeys(words.get(term, term) for term in missing))


def about(hits: Sequence[Hit], years: Sequence[str]) -> list[Hit]:
    """The hits that speak of all these years, or whose document is of one of them."""
    return [
        hit
        for hit in hits
        if all(year in f"{surroundings(hit)} {hit.document.path} {hit.stored.passage.text}" for year in years)
    ]
