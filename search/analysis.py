"""From text to the terms of the lexical index: lower case, accents folded, stemmed in the text's own language."""

from __future__ import annotations

import re
from functools import cache

import tantivy

from corpus.lexicon import spellings

_STEMMERS = {
    "en": "english", "fr": "french", "de": "german", "nl": "dutch", "es": "spanish", "it": "italian",
    "pt": "portuguese", "ru": "russian", "ar": "arabic", "el": "greek",
}  # fmt: skip
MAX_TERM = 60
# Spellings that differ by a hyphen only: "co-ordinator" and "coordinator" are one term.
_HYPHENATED = re.compile(r"\b(co|anti|non|pre|re|sub|multi)-(?=\w)", re.IGNORECASE)
# "co-organized" is said of what "organised" asks for; "co-operate" is a word of its own.
_JOINT = re.compile(r"\bco-?(?=(?:organi[sz]|host|chair|sponsor|author|fund))", re.IGNORECASE)
_ISE = re.compile(r"\b(\w{3,})is(e[drs]?|ers|ing|ations?|ational)\b", re.IGNORECASE)
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
    "hat haben laut viele entre vers sous lors sans leur leurs cet chez depuis pendant contre autre autres après avant "
    "zwischen unter gegen ohne durch seit während etwa diese dieser dieses ihre seine sein kann können soll sollen muss "
    "между при под над через после до без также их его её они была были был будет должен должны "
    "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне "
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
    plain = _APOSTROPHE.sub(" ", _HYPHENATED.sub(r"\1", _JOINT.sub("", text)))
    if language not in _STEMMERS or language == "en":
        same = _same_terms()
        return [same.get(term, term) for term in _analyzer("en").analyze(_ISE.sub(r"\1iz\2", plain))]
    return list(_analyzer(language).analyze(plain))


@cache
def _same_terms() -> dict[str, str]:
    """Terms of the spellings that a curator listed, to the term of the first of their group; of single words only."""
    same: dict[str, str] = {}
    for group in spellings():
        found = [term for spelling in group if len(term := _analyzer("en").analyze(_ISE.sub(r"\1iz\2", spelling))) == 1]
        same |= {other[0]: found[0][0] for other in found[1:] if other[0] != found[0][0]}
    return same


# Words that shape a question and stand in few answers: "how many attended", "who said".
QUESTION_TERMS = frozenset(
    terms(
        "many much long often old far said say says tell told mention mentioned state stated speak speaker speakers held "
        "hold take took taken place happen attend attended attendance represent represented share "
        "percentage percent cent number total amount count date year month day time today currently now people person one "
        "name named give gave given made make mean means meaning stand stands define defines definition explain describe "
        "list compare comparison difference different text texts wording word words quote exact article articles paragraph "
        "document documents report reports chapter chapters section sections page pages table according "
        "find show get please question answer topic topics theme themes discuss "
        "discussed whether promise promised speech main first last there their country countries organise organised organize "
        "need want know about kind"
    )
)
