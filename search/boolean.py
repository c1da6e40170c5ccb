"""The query language: "exact phrase", AND, OR, NOT, brackets, and fields such as body:OSCE or year:2003..2007."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from corpus.errors import UsageError
from corpus.filters import check_date
from corpus.records import Filters
from search.analysis import STOPWORDS, terms
from search.lexical import Match

# "13(1)(a)" and "(b)" are words: brackets group only what is longer.
_TOKEN = re.compile(
    r'(?P<field>[a-z]+):(?P<value>"[^"]*"|[^\s()"]+)|(?P<phrase>["“„«][^"”“»]*["”“»])|'
    r"(?P<word>[^\s()\"“”„«»]+(?:\(\w{1,2}\))*|\(\w{1,2}\))|(?P<open>\()|(?P<close>\))"
)
_FIELDS = {
    "body": "body", "type": "type", "language": "language", "lang": "language", "country": "country", "theme": "theme",
    "meeting": "meeting", "symbol": "symbol", "document": "document", "doc": "document", "path": "path",
    "article": "article", "standing": "standing",
}  # fmt: skip
# In a text this long quotation marks and capitals are part of the prose, not conditions on what may be found.
PROSE_WORDS = 24
MOST_BRACKETS = 100
_OPERATORS = frozenset({"AND", "OR", "NOT"})
FIELD_NAMES = (*sorted(_FIELDS), "year", "from", "to")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query taken apart: the plain text left for ranking, the condition, the filters, the phrases as written."""

    text: str
    match: Match
    filters: Filters
    phrases: tuple[str, ...]


def parse(query: str, filters: Filters) -> Parsed:
    """Take a query apart. Without operators and phrases there is no condition: all words only rank; so they do in a
    text of more than `PROSE_WORDS` words, and operators in a text that is all in capitals.

    Raises:
        UsageError: an unknown field, or a date or year that is none.
    """
    capitals = query.isupper() and any(word not in _OPERATORS for word in query.split())
    tokens: list[tuple[str, str]] = []
    plain: list[str] = []
    phrases: list[str] = []
    for found in _TOKEN.finditer(query):
        kind = found.lastgroup or "word"
        if found["field"] and (found["field"] in _FIELDS or found["field"] in {"year", "from", "to"}):
            filters = _with_field(filters, found["field"], found["value"].strip('"'))
            continue
        text = found[0]
        if found["phrase"]:
            text = text[1:-1]
            phrases.append(text)
            tokens.append(("phrase", text))
        elif kind in {"open", "close"}:
            tokens.append((kind, text))
            continue
        elif text in _OPERATORS and not capitals:
            tokens.append(("operator", text))
            continue
        elif text.startswith("-") and len(text) > 2 and text[1].isalpha() and tokens:
            tokens += [("operator", "NOT"), ("word", text[1:])]
            continue
        else:
            tokens.append(("word", text))
        if tokens[-2:-1] != [("operator", "NOT")]:
            plain.append(text)
    if sum(kind == "open" for kind, _ in tokens) > MOST_BRACKETS:
        raise UsageError(f"The query has more than {MOST_BRACKETS} opening brackets; use fewer.")
    prose = len(plain) > PROSE_WORDS
    explicit = any(kind == "operator" for kind, _ in tokens) and not prose
    if prose:
        phrases.clear()
    required = Match(all=tuple(words for phrase in phrases if (words := tuple(terms(phrase)))))
    match = _Reader(tokens).expression() if explicit else required
    return Parsed(" ".join(plain), match, filters, tuple(phrases))


def _with_field(filters: Filters, name: str, value: str) -> Filters:
    if name == "year":
        first, _, last = value.partition("..")
        return replace(filters, date_from=check_date(first or "0001"), date_to=check_date(last or first))
    if name == "from":
        return replace(filters, date_from=check_date(value))
    if name == "to":
        return replace(filters, date_to=check_date(value))
    target = _FIELDS[name]
    changes: dict[str, Any] = {target: (*getattr(filters, target), value)}
    return replace(filters, **changes)


class _Reader:
    """Reads the operators: NOT binds closest, then AND, then OR; words side by side are joined by AND."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def expression(self) -> Match:
        """Alternatives joined by OR."""
        options = [self._conjunction()]
        while self._peek() == ("operator", "OR"):
            self._at += 1
            options.append(self._conjunction())
        options = [option for option in options if option]
        if not options:
            raise UsageError(
                "The query has operators but no words: write for example trafficking AND (child OR minor)."
            )
        return options[0] if len(options) == 1 else Match(options=tuple(options))

    def _conjunction(self) -> Match:
        parts: list[Match] = []
        while True:
            kind, text = self._peek()
            if kind in {"end", "close"} or (kind, text) == ("operator", "OR"):
                break
            if (kind, text) == ("operator", "AND"):
                self._at += 1
                continue
            part = self._factor()
            if part:
                parts.append(part)
        return parts[0] if len(parts) == 1 else Match(groups=tuple(parts))

    def _factor(self) -> Match:
        kind, text = self._peek()
        self._at += 1
        if (kind, text) == ("operator", "NOT"):
            inner = self._factor()
            return Match(excluded=(inner,)) if inner else inner
        if kind == "open":
            inner = self.expression()
            if self._peek()[0] == "close":
                self._at += 1
            return inner
        words = tuple(terms(text))
        if kind == "word" and text.casefold() in STOPWORDS:
            return Match()
        return Match(all=(words,)) if words else Match()
