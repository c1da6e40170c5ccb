"""What a sentence claims that can be looked up word for word: numbers with their units, symbols and articles, names,
and words in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.lexicon import country_name, find_countries, fold
from corpus.symbols import find_symbols, normalise_symbol
from search.analysis import STOPWORDS

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
VALUES = {word: value for value, word in enumerate(_SMALL)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000}
# A number of these is another claim than the same number of others.
_UNITS = {
    "hour": "hour", "day": "day", "week": "week", "month": "month", "year": "year", "%": "%", "percent": "%", "per": "%",
    "cent": "%", "euro": "euro", "eur": "euro", "€": "euro", "dollar": "dollar", "usd": "dollar", "$": "dollar",
    "million": "million", "billion": "billion", "percentage": "%", "jour": "day", "mois": "month", "ans": "year",
    "tag": "day", "tage": "day", "tagen": "day", "monat": "month", "monate": "month", "jahr": "year", "jahre": "year",
}  # fmt: skip
# What follows one of these is a place or the name of a text, not a quantity.
_PLACE = frozenset(
    "article articles art arts paragraph paragraphs para paras section sections chapter chapters annex page pages "
    "recommendation recommendations rule rules principle principles no nos number item point footnote part title session "
    "protocol decision resolution artikel absatz абзац статья статьи пункт".split()
)
# "Articles 12 and 13": what joins the number of a place to another one.
_JOINING = frozenset({"and", "or", "to", "et", "und", "и"})
_TEXTS = frozenset(
    "convention protocol decision resolution report statement declaration directive plan recommendation guide guidelines "
    "speech release conference meeting review regulation charter treaty law act study handbook".split()
)
_TOKEN = re.compile(
    r"\d{1,3}(?:[,.\u00a0\u202f ]\d{3})+(?![\d,.]*\d)|\d+[.,]\d+|\d+|[€$%]|[^\W\d_]+(?:[’'][^\W\d_]+)*", re.UNICODE
)
# Letters and digits joined by slashes, dots or hyphens ("MC.DEC/14/06", "2011/36/EU"), or an acronym and its number.
_SYMBOL = re.compile(
    r"(?<!\w)(?=[\w./-]*[A-Z])(?=[\w./-]*\d)\w+(?:[./-]\w+)+|\b[A-Z]{2,}s?(?:\s+No\.?)?\s+\d+(?:/\d+)*\b"
)
_QUOTED = re.compile(r"“([^”]+)”|«\s*([^»]+?)\s*»|„([^“”]+)[“”]|\"([^\"]+)\"")
_WORD = re.compile(r"[^\W\d_][\w’'-]*(?:\.[A-Z])*")
_ROMAN = re.compile(r"[IVXLC]{1,5}\b")
_TITLES = frozenset("Mr Mrs Ms Dr Sir Madam Mme Herr Frau".split())
_PREFIX = 5


@dataclass(frozen=True, slots=True)
class Number:
    """A number as digits; `unit` is what is counted, where those are known units ("day", "million euro"); `named` marks
    the number of an article, paragraph or session; `year` that of a text ("the 2005 Convention")."""

    value: str
    unit: str = ""
    named: bool = False
    year: bool = False


def numbers(text: str) -> list[Number]:
    """The numbers of a text in order, written in digits or (in English) in words. Those inside symbols are left out, and
    so is "one" where it counts nothing."""
    words = _TOKEN.findall(_without_symbols(text))
    found: list[Number] = []
    at = 0
    while at < len(words):
        value, used, spelled = _value(words, at)
        if value:
            unit = _unit(words, at, used)
            before = words[at - 1].casefold() if at else ""
            near = {word.casefold() for word in (*words[max(0, at - 3) : at], *words[at + used : at + used + 3])}
            year = bool(re.fullmatch(r"(?:19|20)\d\d", value)) and not near.isdisjoint(_TEXTS)
            follows = bool(found) and found[-1].named and (before in _JOINING or before.isdigit())
            if not spelled or value != "1" or unit:
                found.append(Number(value, unit, before in _PLACE or follows, year))
        at += max(1, used)
    return found


def _value(words: list[str], at: int) -> tuple[str, int, bool]:
    """The number that begins at this word (empty: none), how many words it takes, and whether it is spelled out."""
    word = words[at]
    if word[0].isdigit():
        if re.fullmatch(r"\d{1,3}(?:[,.\u00a0\u202f ]\d{3})+", word):
            return re.sub(r"\D", "", word), 1, False
        return re.sub(r"^0+(?=\d)", "", word.replace(",", ".")), 1, False
    value = VALUES.get(word.casefold())
    if value is None:
        return "", 1, False
    used = 1
    if value >= 20 and at + used < len(words) and 0 < VALUES.get(words[at + used].casefold(), 0) < 10:
        value += VALUES[words[at + used].casefold()]
        used += 1
    while at + used < len(words) and words[at + used].casefold() in _SCALES:
        value *= _SCALES[words[at + used].casefold()]
        used += 1
    return str(value), used, True


def _unit(words: list[str], at: int, used: int) -> str:
    """What is counted, as far as it is a known unit: "day", "million euro"."""
    found = [_UNITS[words[at - 1]]] if at and words[at - 1] in "€$" else []
    for word in words[at + used : at + used + 3]:
        if word[0].isdigit():
            break
        plain = word.casefold()
        unit = _UNITS.get(plain) or _UNITS.get(plain.removesuffix("s"))
        if unit and unit not in found:
            found.append(unit)
    return " ".join(found)


def symbols(text: str) -> list[str]:
    """Symbols of documents ("MC.DEC/14/06", "CETS No. 197", "GRETA(2023)12"), as `squashed` makes them."""
    known = find_symbols(text)
    rest = text
    for symbol in known:
        rest = rest.replace(symbol, " ")
    others = [re.sub(r"\s+No\.?\s+", " ", match[0]) for match in _SYMBOL.finditer(rest)]
    return [squashed(normalise_symbol(symbol)) for symbol in known] + [squashed(symbol) for symbol in others]


def _without_symbols(text: str) -> str:
    for symbol in find_symbols(text):
        text = text.replace(symbol, " ")
    return _SYMBOL.sub(" ", text)


def squashed(text: str) -> str:
    """Letters and digits alone, in capitals."""
    return re.sub(r"\W|_", "", text).upper()


def quoted(text: str) -> list[str]:
    """What stands in double quotation marks; a single word without letters is none."""
    found = (next(part for part in match.groups() if part) for match in _QUOTED.finditer(text))
    return [part.strip() for part in found if any(character.isalpha() for character in part)]


def names(text: str) -> Iterator[str]:
    """Words written as names: with a capital inside the sentence, acronyms anywhere, and at its beginning those that a
    second capital follows."""
    plain = _without_symbols(text)
    found = list(_WORD.finditer(plain))
    for at, match in enumerate(found):
        word = re.sub(r"[’']s$", "", match[0])
        if not word[:1].isupper() or _ROMAN.fullmatch(word) or word in _TITLES:
            continue
        if at == 0 and word.casefold() in STOPWORDS:
            continue
        begins = at == 0 or plain[: match.start()].rstrip()[-1:] in '“"«„(:'
        second = at + 1 < len(found) and found[at + 1][0][:1].isupper() and at == 0
        if sum(map(str.isupper, word)) > 1 or not begins or second:
            yield word


def unknown_names(text: str, held: str, countries: Iterable[str] = ()) -> list[str]:
    """The names and countries of a text that `held` does not hold; `countries` (ISO codes) count as held too. A word that
    stands there in small letters, or in another form of the same beginning ("Norwegian"), is held."""
    present = set(fold(held).split())
    stems = {word[:_PREFIX] for word in present if len(word) > _PREFIX}
    missing = []
    for name in names(text):
        for word in fold(name).split():
            if word not in present and not (len(word) > _PREFIX and word[:_PREFIX] in stems) and not word.isdigit():
                missing.append(name)
                break
    known = {*find_countries(held), *countries}
    of_known = {fold(part) for code in known for part in country_name(code).split()}
    missing = [name for name in missing if fold(name) not in of_known]
    absent = [country_name(code) for code in find_countries(text) if code not in known]
    return list(dict.fromkeys([*missing, *absent]))
