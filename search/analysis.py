"""From text to the terms of the lexical index: lower case, accents folded, stemmed in the text's own language."""

from __future__ import annotations

import re
from functools import cache

import tantivy

_STEMMERS = {
    "en": "english", "fr": "french", "de": "german", "nl": "dutch", "es": "spanish", "it": "italian",
    "pt": "portuguese", "ru": "russian", "ar": "arabic", "el": "greek",
}  # fmt: skip
MAX_TERM = 60
# Spellings that differ by a hyphen only: "co-ordinator" and "coordinator" are one term.
_HYPHENATED = re.compile(r"\b(co|anti|non|pre|re|sub|multi)-(?=\w)", re.IGNORECASE)
_APOSTROPHE = re.compile(r"(?<=\w)[’'](?=s\b)|(?<=\b[ldnmtscj])[’'](?=\w)", re.IGNORECASE)

STOPWORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but by "
    "can could did do does doing down during each either few for from further had has have having he her here hers him "
    "his how i if in into is it its itself just me more most my no nor not of off on once only or other our out over own "
    "same she should so some such than that the their them then there these they this those through to too under until "
    "up very was we were what when where which while who whom whose why will with would you your shall may might must "
    "le la les de des du d l un une et en est que qui quoi quel quelle quels quelles pour par dans sur au aux ce cette "
    "ces il elle ils elles ne pas se sa son ses selon dont où comment combien quand pourquoi ou avec sont a été "
    "der die das den dem des ein eine einer eines einem einen und oder ist sind war waren wie was wer wo wann warum "
    "welche welcher welches welchen von vom zu zum zur im in mit auf für bei nach aus über als auch wird wurde wurden "
    "hat haben laut viele и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне "
    "было вот от меня еще нет о из ему какие какой какая каков кто где когда сколько ли это этот быть может или для".split()
)


@cache
def _analyzer(language: str) -> tantivy.TextAnalyzer:
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    stemmer = _STEMMERS.get(language)
    return (builder.filter(tantivy.Filter.stemmer(stemmer)) if stemmer else builder).build()


def terms(text: str, language: str | None = "en") -> list[str]:
    """The terms of a text in order, stop words kept (phrases need them). Unknown languages count as English."""
    plain = _APOSTROPHE.sub(" ", _HYPHENATED.sub(r"\1", text))
    return list(_analyzer(language if language in _STEMMERS else "en").analyze(plain))


def content_words(text: str) -> list[str]:
    """The words of a text that are no stop words, as written, in order."""
    return [word for word in re.findall(r"\w+(?:[-’']\w+)*", text) if word.casefold() not in STOPWORDS]
