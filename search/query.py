"""Understanding a question: what it names (texts, symbols, articles, countries, years), what it asks for, and in
which words to look for it. Everything understood is a signal that the result can show; nothing is a hidden filter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.language import detect_language
from corpus.lexicon import directions, find_bodies, find_countries, find_instruments, fold
from corpus.symbols import find_symbols
from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.expansion import Expansion, expand
from search.naming import Pinpoint, find_pinpoints, find_proper_names, has_article, matter
from search.periods import Period, find_periods
from search.records import Understood
from search.shelves import find_types
from search.spelling import Terms, common_term, similar_term

# Synonyms weigh less than this, words of the question and their translations more.
OWN_WORD = 0.4
MENDED_WEIGHT = 0.8
FOREIGN_WEIGHT = 0.4
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
    TOPICS = "topics"
    COMPARISON = "comparison"
    WHETHER = "whether"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood. `years` are single ones that an answer must speak of; `periods` are these and all longer
    ones. `types` and `bodies` are kinds and issuers of documents, each with the words that name it; `given` are the filters
    written in the query."""

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
    periods: tuple[Period, ...] = ()
    types: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    matter: str = ""
    matter_terms: dict[str, float] = field(default_factory=dict)
    pairs: tuple[tuple[str, str, int], ...] = ()
    acronyms: tuple[str, ...] = ()
    expansion: Expansion = field(default_factory=Expansion)
    given: tuple[Understood, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether it has the form of a question, and is no statement or list of key words."""
        return "?" in self.text or bool(_QUESTION.match(self.text))

    @property
    def matter_words(self) -> bool:
        """Whether anything is left to look for when the names are taken away."""
        return any(
            weight >= OWN_WORD and term not in QUESTION_TERMS and term not in _DEFINING_TERMS
            for term, weight in self.matter_terms.items()
        )

    @property
    def which_text(self) -> bool:
        """Whether an article is asked for and nothing says of which text: "What does Article 13 say?"."""
        words = (term for term in self.matter_terms if term not in QUESTION_TERMS and term not in _ANY_TEXT)
        names = [name for name in self.names if set(terms(name)) - _ANY_TEXT - QUESTION_TERMS]
        named = self.instruments or self.symbols or names or self.countries or self.years
        return bool(self.pinpoints) and not named and not any(words)


# Translations of question words say nothing about what a passage holds.
_EMPTY_TERMS = frozenset(terms("many number much how what who when where long"))
_COGNATE_PREFIX = 5
_ANY_TEXT = frozenset(
    terms("convention treaty protocol instrument directive declaration law act text konvention übereinkommen protokoll "
          "конвенция протокол traité provision say")
)  # fmt: skip
FEW_PAIRS = 3
_QUESTION = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|does|do|did|can|could|must|may|should|has|have|list|"
    r"compare|difference|definition)\b", re.IGNORECASE,
)  # fmt: skip
_WHAT_IS = re.compile(
    r"^(?i:what(?:['’]s| is| are| does)|qu['’]est-ce que|was (?:ist|bedeutet)|что (?:такое|означает)) (?i:an? |the |der |die |das )?"
    r"([A-Z][A-Z-]{1,9})\b"
)
# How texts say what something is.
DEFINING = "term means definition"
DEFINING_WEIGHT = 0.5
_DEFINING_TERMS = frozenset(terms(DEFINING))
_DIFFERENCE = re.compile(r"\bdifference between\b|\bunterschied zwischen\b|\bdifférence entre\b|\bразниц\w+ между\b")
_KINDS: tuple[tuple[Asks, str], ...] = (
    (Asks.COMPARISON, r"\bcompare|\bcomparison|\bdifferen(?:ce|t)|\bversus\b|\bvs\.?\b|\bboth\b.*\?|\bchange[ds]?\b.*\bbetween\b|"
                      r"\bunterschied|\bdifférence|\bразниц|\bсравн"),
    (Asks.NUMBER, r"\bhow (?:many|much|long|often|old|high|large|big)\b|\bwhat (?:share|percentage|number|proportion|age)\b|\bpercentage\b|"
                  r"\bshare of\b|\bminimum (?:number|length|duration)\b|\bcombien\b|\bquelle est la durée\b|\bсколько\b|"
                  r"\bwie (?:viele|lange|hoch)\b|\bphone number\b|\bhotline number\b|\btip line\b|\bкакая доля"),
    (Asks.DEFINITION, r"\bdefin(?:e|ed|es|ition|iert|iere)\b|\bdéfini|\bопредел(?:я|е)|\bwhat (?:is|are) meant\b|\bstands? for\b|"
                      r"\bmeaning of\b|^what (?:is|are) (?:an? )?(?!the\b)[\w-]+(?: [\w-]+){0,4}\?*$|"
                      r"^(?:qu['’]est-ce que?|was ist|что такое)\b|\bwas bedeutet\b|\bwhat does \w+ mean\b"),
    (Asks.WHO, r"\bwho(?:m|se)?\b|\bwhich (?:state|states|country|countries|person|official|rapporteurs)\b|\bqui\b|\bwer\b|"
               r"\bкто\b|\bquels? (?:état|pays)|\bкак(?:ое|ие) государств|\bwelcher staat|\bкоторая страна"),
    (Asks.WHEN, r"\bwhen\b|\bwhat (?:date|year)\b|\bwhich year\b|\bby when\b|\bquand\b|\bwann\b|\bкогда\b|\bin welchem jahr|"
                r"\bв каком году|\ben quelle année"),
    (Asks.WHERE, r"\bwhere\b|\bwhich (?:city|place)\b|\boù\b|\bwo\b|\bгде\b"),
    (Asks.TOPICS, r"\b(?:which|what|welche|quels|какие)\b.{0,20}\b(?:topics|themes|themen|thèmes|темы|вопросы)|\bon the agenda\b|"
                  r"\bповестк|\bordre du jour\b|\btagesordnung\b"),
    (Asks.LIST, r"^list\b|\blist (?:all|the|of)\b|\bwhich (?:grounds|circumstances|measures|conclusions)\b|"
                r"\bwhat (?:measures|grounds)\b|\bon which\b|\bquels sont|"
                r"\ball (?:the )?\w+s\b"),
    (Asks.WHETHER, r"^(?:is|are|does|do|did|can|could|must|may|should|has|have|was|were|will)\b"),
)  # fmt: skip


def understand(text: str, index: Terms | None = None) -> Question:
    """Read a question. With an index at hand, words that it does not know are mended, and the untranslated words
    of a French or German question are tried as cognates ("africaines" finds "african")."""
    language = _language(text)
    instruments = find_instruments(text, short=has_article(text))
    pinpoints = tuple(find_pinpoints(text))
    expansion = expand(text, language)
    weighted = _weighted(text, language, expansion, index)
    embedded = expansion.embedded or text
    if language in {"fr", "de"} and index:
        for word in _unexplained(text, expansion):
            other = common_term(index, word[:_COGNATE_PREFIX])
            if other and other not in weighted:
                weighted[other] = COGNATE_WEIGHT
                embedded += f" {other}"
    inner = matter(text)
    explained = expand(inner, language)
    inner_terms = set(_weighted(inner, language, explained, index))
    lowered = text.casefold()
    asks = next((kind for kind, pattern in _KINDS if re.search(pattern, lowered)), Asks.TEXT)
    acronyms = _acronyms_asked(text, asks)
    if acronyms and asks is Asks.TEXT:
        asks = Asks.DEFINITION
    if asks is Asks.DEFINITION or _DIFFERENCE.search(lowered):
        for term in terms(DEFINING):
            weighted.setdefault(term, DEFINING_WEIGHT)
            inner_terms.add(term)
    if pinpoints and asks in {Asks.TEXT, Asks.WHETHER}:
        asks = Asks.PINPOINT
    periods = tuple(find_periods(text))
    unnamed = _without(text, instruments.values())
    return Question(
        text=text,
        language=language,
        asks=asks,
        terms=weighted,
        embedded=embedded,
        symbols=tuple(find_symbols(text)),
        instruments=tuple(instruments),
        pinpoints=pinpoints,
        countries=tuple(find_countries(unnamed)),
        directions=directions(text),
        years=_years(periods, asks),
        periods=periods,
        types=find_types(text),
        bodies=_bodies(text, instruments.values()),
        names=tuple(find_proper_names(text, language)),
        matter=inner if language == "en" else explained.embedded or embedded,
        matter_terms={term: weight for term, weight in weighted.items() if term in inner_terms},
        pairs=_pairs(expansion.embedded if language != "en" else text),
        acronyms=acronyms,
        expansion=expansion,
    )


def _years(periods: Iterable[Period], asks: Asks) -> tuple[str, ...]:
    """The single years named; of a comparison also the ends of a period, which are the things compared."""
    found: list[str] = []
    for period in periods:
        if not period.range or asks is Asks.COMPARISON:
            found += [date[:4] for date in (period.first, period.last) if date]
    return tuple(dict.fromkeys(found))


def _bodies(text: str, instruments: Iterable[str]) -> dict[str, str]:
    """The bodies named beside instruments: the Council of Europe is not named by its convention."""
    taken = " ".join(instruments)
    return {body: name for body, name in find_bodies(text).items() if name not in taken}


def _acronyms_asked(text: str, asks: Asks) -> tuple[str, ...]:
    """The acronyms whose meaning is asked: "What is ASM?", "What does GRETA stand for?"."""
    if asks not in {Asks.DEFINITION, Asks.TEXT}:
        return ()
    found = _WHAT_IS.search(text)
    return (found[1],) if found else ()


def _pairs(text: str) -> tuple[tuple[str, str, int], ...]:
    """The terms that stand side by side, with the number of stop words between them (one at most): in a question or a
    few words these are terms of art; in a long statement most pairs are chance, and cost more than they find."""
    found: list[tuple[str, str, int]] = []
    last, gap = "", 0
    for term in terms(text):
        if term in STOPWORDS:
            gap += 1
            continue
        if last and gap <= 1 and not (last in QUESTION_TERMS and term in QUESTION_TERMS):
            found.append((last, term, gap))
        last, gap = term, 0
    asked = "?" in text or _QUESTION.match(text)
    return tuple(dict.fromkeys(found)) if asked or len(found) <= FEW_PAIRS else ()


def _weighted(text: str, language: str, expansion: Expansion, index: Terms | None) -> dict[str, float]:
    """The terms to look for with their weights: those of the text, mended where misspelt, and those of the glossary."""
    weighted: dict[str, float] = {}
    # Most documents are in English, where foreign words are rare and would outweigh what the glossary found for them.
    own = FOREIGN_WEIGHT if language != "en" and expansion.terms else 1.0
    for term, often in _query_terms(text, language).items():
        # As in BM25 with a large k3: a word said twice counts twice.
        weighted[term] = own * min(often, MOST_OFTEN)
        if index and len(term) > 4 and term.isalpha() and not index.frequency(term):
            other = similar_term(index, term)
            if other:
                weighted[other] = MENDED_WEIGHT * weighted[term]
    for phrase, weight in expansion.terms:
        for term in terms(phrase, "en"):
            if term not in STOPWORDS and term not in _EMPTY_TERMS:
                weighted[term] = max(weighted.get(term, 0.0), weight)
    return weighted


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
    """The terms of a question with how often each stands in it; of a foreign one also its names and numbers as English
    has them."""
    words = [word for word in re.findall(r"[\w’'-]+", text) if word.casefold().strip("'’-") not in STOPWORDS]
    found = Counter(terms(" ".join(words), language))
    if language != "en":
        found |= Counter(terms(" ".join(word for word in words if word[:1].isupper() or word[:1].isdigit()), "en"))
    kept = {t: often for t, often in found.items() if t not in STOPWORDS and (len(t) > 1 or t.isdigit())}
    return Counter(kept)


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
