"""What a question names: articles and paragraphs with the text that they belong to, years, capitalised names. And its
matter: what is left of its words when the names of texts, places and years are taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.lexicon import Named, country_name, country_places, find_countries, fold, instrument, instrument_places
from corpus.symbols import find_symbols
from search.analysis import STOPWORDS

_ARTICLE = re.compile(
    r"\b(?:articles?|art\.?|artikel|статья|статьи|статье|статью|artículo)\s*(?P<article>\d{1,3}[a-z]?|[IVX]+)\b"
    r"(?:\s*\(?\s*(?:para(?:graph)?s?\.?|abs(?:atz|\.)?|пункт|п\.|§|,)?\s*\(?(?P<paragraph>\d{1,2})\b\)?)?"
    r"(?:\s*,?\s*(?:(?:letter|lit\.?|point|sub-?paragraph|buchstabe|lettre)\s*\(?(?P<named>[a-z])\b\)?|\((?P<letter>[a-z])\)))?",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(
    r"\b(?P<kind>paragraphs?|paras?\.?|пункт[аеу]?|absatz|paragraphe|recital|considérant|erwägungsgrund|footnote)\s*"
    r"(?P<number>\d{1,3}(?:\.\d{1,3})?(?:\(\d{1,2}\))?)|§\s*(?P<sign>\d{1,3}(?:\.\d{1,3})?)",
    re.IGNORECASE,
)
_KINDS = {"recital": "recital", "considérant": "recital", "erwägungsgrund": "recital", "footnote": "footnote"}  # fmt: skip
_YEAR = re.compile(r"(?<![\d/.])((?:19|20)\d{2})(?![\d/])")
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:of|de|van|der|the)\s+[A-Z][\w’'-]+|\s+[A-Z][\w’'-]+)*")
_AND_ALSO = re.compile(
    r"[,;?]?\s+(?:and|et|und|и)\s+(?=(?:what|who|whom|when|where|how|which|why|did|does|was|were|is|are|has|quel|qui|quand|"
    r"combien|was|wer|wann|wo|wie|что|кто|когда|где|сколько|какой|какие)\b)|\?\s+(?=\S)",
    re.IGNORECASE,
)
MIN_PART = 3
# Letters between an article and its paragraph.
_NEAR = 4


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """An article or paragraph that the question names: "Article 13", its paragraph, its letter; and the id of the
    instrument that it is said to be of, where the question names several. A paragraph without an article may be of
    another `kind`: "recital", "footnote"."""

    article: str | None = None
    paragraph: str | None = None
    letter: str | None = None
    instrument: str | None = None
    kind: str = "para."

    def label(self) -> str:
        """As passages are labelled: "Article 13(1)(a)" or "para. 45"."""
        if self.article is None:
            return f"{self.kind} {self.paragraph}"
        return f"Article {self.article}" + "".join(f"({part})" for part in (self.paragraph, self.letter) if part)


def has_article(text: str) -> bool:
    """Whether the text names an article by its number."""
    return _ARTICLE.search(text) is not None


def find_pinpoints(text: str) -> list[Pinpoint]:
    """The articles and paragraphs named in the text. Of several instruments each article belongs to the nearest."""
    placed: list[tuple[Pinpoint, int]] = []
    for match in _ARTICLE.finditer(text):
        paragraph, letter = match["paragraph"], match["letter"] or match["named"]
        # Not looked for in all the rest: a text of nothing but articles would take its length times itself.
        near = (_PARAGRAPH.match(text, match.end() + gap) for gap in range(_NEAR))
        later = next(filter(None, near), None) if paragraph is None else None
        if later:
            paragraph = later["number"] or later["sign"]
        placed.append((Pinpoint(match["article"], paragraph, letter.casefold() if letter else None), match.start()))
    if not placed:
        return [
            Pinpoint(
                paragraph=found["number"] or found["sign"], kind=_KINDS.get((found["kind"] or "").lower(), "para.")
            )
            for found in _PARAGRAPH.finditer(text)
        ]
    texts = [named for named in instrument_places(text, short=True) if _single(named)]
    if len({named.id for named in texts}) < 2 or len(placed) < 2:
        return [one for one, _ in placed]
    before = _words_before(text, [start for _, start in placed])
    return [replace(one, instrument=_nearest(at, texts)) for (one, _), at in zip(placed, before, strict=True)]


def _words_before(text: str, starts: Sequence[int]) -> list[int]:
    """How many words of the folded text stand before each of these places, which ascend."""
    counts, count, last = [], 0, 0
    for start in starts:
        count += len(fold(text[last:start]).split())
        counts.append(count)
        last = start
    return counts


def _single(named: Named) -> bool:
    entry = instrument(named.id)
    return entry is None or not entry.members


def _nearest(at: int, texts: Sequence[Named]) -> str:
    return min(texts, key=lambda named: min(abs(at - named.word), abs(at - named.word - len(named.name.split())))).id


def matter(text: str) -> str:
    """The text without symbols, the names of instruments and countries, years and pinpoints: what a named document is asked
    about. The words are folded."""
    plain = text
    for symbol in find_symbols(text):
        plain = plain.replace(symbol, " ")
    plain = _PARAGRAPH.sub(" ", _YEAR.sub(" ", _ARTICLE.sub(" ", plain)))
    words = fold(plain).split()
    taken: set[int] = set()
    for named in (*instrument_places(plain, short=has_article(text)), *country_places(plain)):
        taken.update(range(named.word, named.word + len(named.name.split())))
    return " ".join(word for at, word in enumerate(words) if at not in taken)


_TREATY = re.compile(
    r"\b(?:[A-Z][\w’'-]*\s+(?:of\s+)?){0,5}(?:Convention|Covenant|Protocol|Charter|Treaty|Directive)\s+"
    r"(?:on|for|against|to|of|relating to|concerning|regarding)\s+(?:the\s+)?[A-Z][\w’'-]*"
    r"(?:,?\s+(?:(?:of|the|and|or|all|in|to|for|by|against|on|with|their|its|from|other|than)\s+){0,3}[A-Z][\w’'-]*)+"
)


def find_treaties(text: str) -> list[str]:
    """Names of treaties written out in the text: "Convention on the Elimination of All Forms of Racial Discrimination"."""
    return [re.sub(r"\s+", " ", match[0]) for match in _TREATY.finditer(text)]


# Treaties called by a place: "the Vilnius Convention", «Вильнюсская конвенция», "la Convention de Vilnius".
_CALLED = re.compile(
    r"\b(?P<en>[A-Z][\w’'-]+) (?:Convention|Protocol|Treaty|Charter)\b|"
    r"\b(?:[Cc]onvention|[Pp]rotocole|[Tt]raité|[Cc]harte) (?:de |d['’])(?P<fr>[A-ZÀ-Þ][\w’'-]+)|"
    r"\b(?P<de>[A-ZÄÖÜ]\w+er |[A-ZÄÖÜ]\w+-)(?:Konvention|Übereinkommen|Protokoll|Vertrag|Charta)|"
    r"\b(?P<ru>[А-Я]\w+[сц]к)(?:ая|ой|ую|ий|ого|ому|им|ом) (?:[Кк]онвенци|[Пп]ротокол|[Хх]арти|[Дд]оговор)\w*"
)
# What is said of many a treaty is no name of one.
_OF_MANY = re.compile(
    r"europ|europa|inter|opt|addit|facult|fakult|zusatz|frame|rahmen|this|that|the|such|same|said|each|every|which|what|"
    r"united|nation|un\b|eu\b|osce|council|first|second|third|fourth|европ|между|факульт|дополн|настоящ|рамоч|л[’']"
)


def find_nicknames(text: str) -> list[tuple[str, str]]:
    """Treaties that the text calls by one word beside their kind: the name as written, and that word folded."""
    found = []
    for match in _CALLED.finditer(text):
        word = fold(next(filter(None, match.group("en", "fr", "de", "ru"))).rstrip(" -"))
        if word and not _OF_MANY.match(word):
            found.append((match[0], word))
    return found


def parts(text: str) -> list[str]:
    """The questions that one sentence asks: "What share …, and what did it promise?" asks two."""
    found = [part.strip(" ,;?") for part in _AND_ALSO.split(text)]
    return [part for part in found if len(part.split()) >= MIN_PART]


def find_proper_names(text: str, language: str) -> list[str]:
    """Names of persons, bodies and places, as written."""
    return list(_capitalised(text) if language == "en" else _latin(text))


def _capitalised(text: str) -> Iterable[str]:
    """Capitalised words and sequences inside the question, the first word left out unless it is part of one."""
    for match in _NAME.finditer(text):
        if match.start() == 0 and " " not in match[0]:
            continue
        if match[0].casefold() not in STOPWORDS:
            yield match[0]


def _latin(text: str) -> Iterable[str]:
    """What a text in English would name alike: countries by their English names, and acronyms in Latin letters.
    Other capitalised words of a German question are nouns, of a Russian one in another script."""
    yield from (country_name(code) for code in find_countries(text))
    yield from re.findall(r"\b[A-Z]{3,}\b", text)
