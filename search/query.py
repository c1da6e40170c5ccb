"""Understanding a question: what it names (texts, symbols, articles, countries, years), what it asks for, and in
which words to look for it. Everything understood is a signal that the result can show; nothing is a hidden filter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.language import detect_language
from corpus.lexicon import country_name, directions, find_countries, find_instruments, fold
from corpus.symbols import find_symbols
from search.analysis import STOPWORDS, terms
from search.expansion import Expansion, expand
from search.spelling import Terms, common_term, similar_term

MENDED_WEIGHT = 0.8
COGNATE_WEIGHT = 0.5
MOST_OFTEN = 4


class Asks(StrEnum):
    """What kind of answer a question wants."""

    TEXT = "text"
    PINPOINT = "pinpoint"
    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    NUMBER = "number"
    DEFINITION = "definition"
    LIST = "list"
    COMPARISON = "comparison"
    WHETHER = "whether"


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """An article or paragraph that the question names: "Article 13", its paragraph, its letter."""

    article: str | None = None
    paragraph: str | None = None
    letter: str | None = None

    def label(self) -> str:
        """As passages are labelled: "Article 13(1)(a)" or "para. 45"."""
        if self.article is None:
            return f"para. {self.paragraph}"
        return f"Article {self.article}" + "".join(f"({part})" for part in (self.paragraph, self.letter) if part)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood."""

    text: str
    language: str
    asks: Asks
    terms: dict[str, float]
    embedded: str
    symbols: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    pinpoints: tuple[Pinpoint, ...] = ()
    countries: tuple[str, ...] = ()
    directions: frozenset[tuple[str, str]] = frozenset()
    years: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    expansion: Expansion = field(default_factory=Expansion)


_ARTICLE = re.compile(
    r"\b(?:articles?|art\.?|artikel|статья|статьи|статье|статью|artículo)\s*(?P<article>\d{1,3}[a-z]?|[IVX]+)\b"
    r"(?:\s*\(?\s*(?:para(?:graph)?s?\.?|abs(?:atz|\.)?|пункт|п\.|§|,)?\s*\(?(?P<paragraph>\d{1,2})\b\)?)?"
    r"(?:\s*,?\s*(?:letter|lit\.?|point|sub-?paragraph)?\s*\((?P<letter>[a-z])\))?",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(
    r"\b(?:paragraph|paragraphs|para\.?|paras\.?|§|пункт[аеу]?|absatz|paragraphe)\s*(\d{1,3}(?:\.\d{1,3})?)\b", re.I
)
# Translations of question words say nothing about what a passage holds.
_EMPTY_TERMS = frozenset(terms("many number much how what who when where long"))
_COGNATE_PREFIX = 5
_YEAR = re.compile(r"(?<![\d/.])((?:19|20)\d{2})(?![\d/])")
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:of|de|van|der|the)\s+[A-Z][\w’'-]+|\s+[A-Z][\w’'-]+)*")
_KINDS: tuple[tuple[Asks, str], ...] = (
    (Asks.COMPARISON, r"\bcompare|\bcomparison|\bdifferen(?:ce|t)|\bversus\b|\bvs\.?\b|\bboth\b.*\?|\bchange\b.*\bbetween\b|"
                      r"\bunterschied|\bdifférence|\bразниц|\bсравн"),
    (Asks.NUMBER, r"\bhow (?:many|much|long|often|old)\b|\bwhat (?:share|percentage|number|proportion|age)\b|\bpercentage\b|"
                  r"\bshare of\b|\bminimum (?:number|length|duration)\b|\bcombien\b|\bquelle est la durée\b|\bсколько\b|"
                  r"\bwie (?:viele|lange|hoch)\b|\bphone number\b|\bhotline number\b|\btip line\b|\bкакая доля"),
    (Asks.DEFINITION, r"\bdefin(?:e|ed|es|ition|iert|iere)\b|\bdéfini|\bопредел(?:я|е)|\bwhat (?:is|are) meant\b|\bstands? for\b|"
                      r"\bmeaning of\b|\bwas bedeutet\b|\bwhat does \w+ mean\b"),
    (Asks.WHO, r"\bwho(?:m|se)?\b|\bwhich (?:state|states|country|countries|person|official|rapporteurs)\b|\bqui\b|\bwer\b|"
               r"\bкто\b|\bquels? (?:état|pays)|\bкак(?:ое|ие) государств|\bwelcher staat|\bкоторая страна"),
    (Asks.WHEN, r"\bwhen\b|\bwhat (?:date|year)\b|\bwhich year\b|\bby when\b|\bquand\b|\bwann\b|\bкогда\b|\bin welchem jahr|"
                r"\bв каком году|\ben quelle année"),
    (Asks.WHERE, r"\bwhere\b|\bwhich (?:city|place)\b|\boù\b|\bwo\b|\bгде\b"),
    (Asks.LIST, r"^list\b|\blist (?:all|the|of)\b|\bwhich (?:topics|grounds|circumstances|measures|conclusions|themes)\b|"
                r"\bwhat (?:topics|themes|measures|grounds)\b|\bon which\b|\bwelche themen|\bкакие (?:темы|вопросы)|\bquels (?:sont|thèmes)|"
                r"\ball (?:the )?\w+s\b"),
    (Asks.WHETHER, r"^(?:is|are|does|do|did|can|could|must|may|should|has|have|was|were|will)\b"),
)  # fmt: skip


def understand(text: str, index: Terms | None = None) -> Question:
    """Read a question. With an index at hand, words that it does not know are mended, and the untranslated words
    of a French or German question are tried as cognates ("africaines" finds "african")."""
    language = _language(text)
    instruments = find_instruments(text)
    pinpoints = tuple(_pinpoints(text))
    expansion = expand(text, language)
    weighted: dict[str, float] = {}
    for term, often in _query_terms(text, language).items():
        # As in BM25 with a large k3: a word said twice counts twice.
        weighted[term] = float(min(often, MOST_OFTEN))
        if index and len(term) > 4 and term.isalpha() and not index.frequency(term):
            other = similar_term(index, term)
            if other:
                weighted[other] = MENDED_WEIGHT * weighted[term]
    for phrase, weight in expansion.terms:
        for term in terms(phrase, "en"):
            if term not in STOPWORDS and term not in _EMPTY_TERMS:
                weighted[term] = max(weighted.get(term, 0.0), weight)
    embedded = expansion.embedded or text
    if language in {"fr", "de"} and index:
        for word in _unexplained(text, expansion):
            other = common_term(index, word[:_COGNATE_PREFIX])
            if other and other not in weighted:
                weighted[other] = COGNATE_WEIGHT
                embedded += f" {other}"
    lowered = text.casefold()
    asks = next((kind for kind, pattern in _KINDS if re.search(pattern, lowered)), Asks.TEXT)
    if pinpoints and asks in {Asks.TEXT, Asks.WHETHER}:
        asks = Asks.PINPOINT
    return Question(
        text=text,
        language=language,
        asks=asks,
        terms=weighted,
        embedded=embedded,
        symbols=tuple(find_symbols(text)),
        instruments=tuple(instruments),
        pinpoints=pinpoints,
        countries=tuple(find_countries(_without(text, instruments.values()))),
        directions=directions(text),
        years=tuple(dict.fromkeys(_YEAR.findall(text))),
        names=tuple(_names(text) if language == "en" else _latin_names(text)),
        expansion=expansion,
    )


def _language(text: str) -> str:
    found = detect_language(text)
    if found in {"fr", "de", "ru"}:
        return found
    lowered = f" {text.casefold()} "
    for code, marks in (
        ("fr", (" quel", " combien ", " qui ", " quand ", " où ", " selon ", " est-ce ")),
        ("de", (" wie ", " welche", " wer ", " wann ", " laut ", " der ", " welchem ")),
    ):
        if sum(mark in lowered for mark in marks) >= 1 and not re.search(r"\b(?:the|what|which|who|how)\b", lowered):
            return code
    return "en"


def _query_terms(text: str, language: str) -> Counter[str]:
    """The terms of a question with how often each stands in it; of a foreign one also as if it were English."""
    words = [word for word in re.findall(r"[\w’'-]+", text) if word.casefold().strip("'’-") not in STOPWORDS]
    plain = " ".join(words)
    found = Counter(terms(plain, language))
    if language != "en":
        found |= Counter(terms(plain, "en"))
    kept = {t: often for t, often in found.items() if t not in STOPWORDS and (len(t) > 1 or t.isdigit())}
    return Counter(kept)


def _pinpoints(text: str) -> Iterable[Pinpoint]:
    article = None
    for match in _ARTICLE.finditer(text):
        article = match["article"]
        paragraph, letter = match["paragraph"], match["letter"]
        later = _PARAGRAPH.search(text, match.end())
        if paragraph is None and later and later.start() - match.end() < 4:
            paragraph = later[1]
        yield Pinpoint(article, paragraph, letter.casefold() if letter else None)
    if article is None:
        for found in _PARAGRAPH.finditer(text):
            yield Pinpoint(paragraph=found[1])


def _names(text: str) -> Iterable[str]:
    """Capitalised words and sequences inside the question, the first word left out unless it is part of one."""
    for match in _NAME.finditer(text):
        if match.start() == 0 and " " not in match[0]:
            continue
        if match[0].casefold() not in STOPWORDS:
            yield match[0]


def _latin_names(text: str) -> Iterable[str]:
    """What a text in English would name alike: countries by their English names, and acronyms in Latin letters.
    Other capitalised words of a German question are nouns, of a Russian one in another script."""
    yield from (country_name(code) for code in find_countries(text))
    yield from re.findall(r"\b[A-Z]{3,}\b", text)


def _unexplained(text: str, expansion: Expansion) -> Iterable[str]:
    """The longer words of a foreign question that the glossary did not translate, folded."""
    known = {word for entry in expansion.used for word in entry.partition(" = ")[0].split()}
    for word in fold(text).split():
        if len(word) > _COGNATE_PREFIX + 1 and word.isalpha() and word not in known and word not in STOPWORDS:
            yield word


def _without(text: str, names: Iterable[str]) -> str:
    plain = fold(text)
    for name in names:
        plain = plain.replace(name, " ")
    return plain
