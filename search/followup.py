"""Follow-up questions: "And in 2022?" after a question is read as that question of 2022.

Rules, not a model. Each takes what the earlier question named (an instrument, a State, a year, an article, a group of
people, a topic) and puts what the follow-up names in its place, or puts a name in the place of a pronoun.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.lexicon import Named, country_places, fold, instrument_places
from corpus.symbols import find_symbols

MOST_WORDS = 12
_OPENING = re.compile(
    r"^\s*(?P<opening>and|but|or|also|(?:and|but)?\s*(?:what|how)\s+about|same(?:\s+question)?\s+for|et|mais|"
    r"(?:et\s+)?qu['’]en est-il (?:de|du|des|d['’])|а(?:\s+как\s+насч[её]т)?|и)(?![\w-])[\s,:]*",
    re.IGNORECASE,
)  # fmt: skip
_PREPOSITION = re.compile(
    r"(?:(?:in|for|of|to|by|from|under|on|about|during|with|en|au|aux|pour|dans|sous|sur|в|во|для|по|о|об)\s+)?",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|may|must|shall|should|will|would|says?|said|est|sont|"
    r"prévoit|dit|является|говорит|предусматривает)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^(?:who|what|when|where|which|why|how|qui|que|quel\w*|quand|où|combien|кто|что|когда|где|как\w*|сколько)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d/.])(?:19|20)\d{2}(?![\d/])")
_ARTICLE = re.compile(r"\b(?:articles?|art\.|статья|статьи|статье)\s*\d{1,3}[a-z]?(?:\s*\(\w{1,3}\))*", re.IGNORECASE)
_GROUP = re.compile(
    r"\b(?:(?:un)?accompanied\s+|foreign\s+|adult\s+|migrant\s+|domestic\s+)?(?:children|minors|women|men|girls|boys|adults|migrants|child|woman|person|persons|people|victim|"
    r"migrant workers|workers|asylum seekers|refugees|nationals|foreigners|persons with disabilities|families|witnesses|"
    r"victims|survivors|enfants|femmes|hommes|mineurs|victimes|дет(?:и|ей|ям)|женщин(?:ы|ам)?|мужчин(?:ы|ам)?|жертв(?:ы|ам)?)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?P<head>.*\b(?:about|regarding|concerning|with regard to|in relation to|on the (?:subject|question|matter) of|"
    r"au sujet de|concernant|о|об|относительно)\s+)(?P<topic>[^?]+?)(?P<end>\s*\??\s*)$",
    re.IGNORECASE,
)
_THAT_TEXT = re.compile(
    r"\b(?:this|that|the same|the)\s+(?:same\s+)?(?:convention|protocol|directive|treaty|charter|action plan|plan|decision|"
    r"resolution|recommendation|regulation|instrument|text|document|agreement)\b",
    re.IGNORECASE,
)
_ABOUT_IT = re.compile(r"\b(?P<about>about|on|regarding|concerning)\s+(?:it|this|that|them)\b(?!\s+\w)", re.IGNORECASE)
_IT = re.compile(r"\b(?P<its>its|their)\b|\b(?P<it>it|they|them|this one|that one)\b", re.IGNORECASE)
_THERE = re.compile(
    r"\b(?:(?:in|by|of)\s+)?(?:there|that (?:country|state)|this (?:country|state)|the same (?:country|state))\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:it\s+(?:is|was|be|has been)|(?:is|was)\s+it)\s+(?:\w+ly\s+)?(?:possible|necessary|true|clear|important|required|"
    r"said|known|a|an|the)\b|\bdoes it mean to\b|"
    r"\b(?:is|are|was|were|does|do|did|has|have|must|can|should)\s+there\b|"
    r"\bthere\s+(?:is|are|was|were|be|has|have|exists?)\b",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:\b[Tt]he )?\b(?:OSCE|GRETA|UNODC|ODIHR|ILO|IOM|UNICEF|UNHCR|EU|European Union|Council of Europe|United Nations|"
    r"European Commission)\b"
)
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Sort:
    """A sort of thing that a question may name, and the word that joins it to a question that names none."""

    places: Callable[[str], Sequence[Place]]
    join: str


def stand_alone(previous: str, question: str) -> str | None:
    """The follow-up as a question that can be asked alone; None where it stands alone as it is.

    `previous` is the question before it, as it was understood. What a follow-up leaves out is taken from there, nothing
    else: no word comes from an answer or from anywhere else.
    """
    previous, question = " ".join(previous.split()), " ".join(question.split())
    if not previous or not question or previous.casefold() == question.casefold():
        return None
    opening = _OPENING.match(question) if len(question.split()) <= MOST_WORDS else None
    rest = question[opening.end() :].rstrip(" ?.!") if opening else ""
    if rest and not _asks(rest):
        return _in_place(previous, rest)
    filled = _filled(previous, rest or question)
    if rest:
        asked = filled or rest
        return _question(f"{asked.rstrip(' ?.!')}{_missing(previous, asked)}")
    return _question(filled) if filled else None


def _asks(rest: str) -> bool:
    """Whether what follows "and" is a question of its own, with a verb."""
    return _ASKING.match(rest) is not None or _VERB.search(rest) is not None


def _in_place(previous: str, rest: str) -> str:
    """The earlier question with what the follow-up names put where it named the same sort of thing, else at its end."""
    lead = rest[: _matched(_PREPOSITION, rest)].strip()
    bare = rest[len(lead) :].strip()
    for sort in _SORTS:
        new = sort.places(bare)
        if not new:
            continue
        start, end = new[0]
        # "the number of victims in Serbia" is a topic that happens to name a state.
        if len(bare[:start].split()) + len(bare[end:].split()) > 2:
            continue
        old = [place for place in sort.places(previous) if previous[slice(*place)].casefold() != bare.casefold()]
        if old:
            first, last = old[0]
            return _question(previous[:first] + bare + previous[last:])
        joined = lead or sort.join
        return _question(f"{previous.rstrip(' ?.!')} {joined} {bare}".replace("  ", " "))
    if tail := _TAIL.match(previous):
        return _question(tail["head"] + bare)
    return _question(f"{previous.rstrip(' ?.!')} {lead or 'with regard to'} {bare}")


def _filled(previous: str, question: str) -> str | None:
    """The question with names from the earlier one in the place of its pronouns; None where it has none to fill."""
    text, state = _text_of(previous), _first(previous, _COUNTRIES.places)
    body = found[0] if (found := _BODY.search(previous)) else ""
    taken = [match.span() for match in _EXPLETIVE.finditer(question)]

    def pronoun(pattern: re.Pattern[str]) -> re.Match[str] | None:
        places = pattern.finditer(question)
        return next((m for m in places if not any(a < m.end() and m.start() < b for a, b in taken)), None)

    def put(place: re.Match[str], words: str) -> str:
        return question[: place.start()] + words + question[place.end() :]

    topic = _TAIL.match(previous)
    if topic and _text_of(question) and (place := pronoun(_ABOUT_IT)):
        return put(place, f"{place['about']} {topic['topic']}")
    if text and not _text_of(question) and (place := pronoun(_THAT_TEXT)):
        return put(place, text)
    if state and not _first(question, _COUNTRIES.places) and (place := pronoun(_THERE)):
        return put(place, f"in {state}")
    place = pronoun(_IT)
    # A pronoun whose name stands before it in the same question needs none from outside.
    if place is None or _names(question[: place.start()]):
        return None
    several = place[0].casefold() in ("they", "them", "their")
    meant = (body or state) if several else (text or body or state)
    return put(place, f"{meant}’s" if place["its"] else meant) if meant else None


def _missing(previous: str, rest: str) -> str:
    """The State and the year of the earlier question, where a question joined to it by "and" names none."""
    kept = ""
    for sort in (_COUNTRIES, _YEARS):
        found = _first(previous, sort.places)
        if found and not sort.places(rest):
            kept += f" {sort.join} {found}"
    return kept


def _names(text: str) -> bool:
    return bool(_text_of(text) or _first(text, _COUNTRIES.places) or _BODY.search(text) or _GROUP.search(text))


def _text_of(question: str) -> str:
    """The text that a question names, with its article where it names one, as it stands there."""
    return _first(question, _TEXTS.places)


def _first(text: str, places: Callable[[str], Sequence[Place]]) -> str:
    found = places(text)
    return text[slice(*found[0])] if found else ""


def _matched(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _question(text: str) -> str:
    text = " ".join(text.split()).rstrip(" ?.!") + "?"
    return text[:1].upper() + text[1:]


def _spans(pattern: re.Pattern[str]) -> Callable[[str], Sequence[Place]]:
    return lambda text: [match.span() for match in pattern.finditer(text)]


def _instruments(text: str) -> list[Place]:
    found = _places(text, instrument_places(text, short=True))
    for symbol in find_symbols(text):
        start = text.find(symbol)
        if start >= 0 and not any(first < start + len(symbol) and start < last for first, last in found):
            found.append((start, start + len(symbol)))
    return sorted(found)


def _countries(text: str) -> list[Place]:
    return _places(text, country_places(text))


def _places(text: str, named: Sequence[Named]) -> list[Place]:
    """Where names that were found in the folded text stand in the text itself."""
    spans = [match.span() for match in re.finditer(r"\w+", text) for _ in fold(match[0]).split()]
    found = [(one.word, one.word + len(one.name.split()) - 1) for one in named]
    places = [(spans[first][0], spans[last][1]) for first, last in found if last < len(spans)]
    # "the Palermo Protocol" keeps its article.
    return [(start - 4 if text[:start].casefold().endswith("the ") else start, end) for start, end in places]


_TEXTS = _Sort(_instruments, "under")
_COUNTRIES = _Sort(_countries, "in")
_YEARS = _Sort(_spans(_YEAR), "in")
# The order counts: "Article 14 of CETS 197" is an article before it is a text.
_SORTS = (_Sort(_spans(_ARTICLE), "under"), _TEXTS, _COUNTRIES, _YEARS, _Sort(_spans(_GROUP), "for"))
