"""Comparing a quotation with stored text: exactly, but for blanks and the style of quotation marks and dashes; with
omissions and insertions marked by the one who quotes; else word by word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

_QUOTES = "“”„‟«»‘’‚‛‹›\"'`´′″"
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufffe"
_WORD = re.compile(r"\w+(?:[’'\-\u2010\u2011]\w+)*")
_BROKEN = re.compile(rf"(?<=\w)[{_DASHES}][^\S\n]*\n\s*(?=[^\W\d_])|\u00ad\s*")
_DOTS = r"(?:…|\.\s?\.\s?\.(?:\s?\.)?)"
_MARK = re.compile(rf"(?P<omission>\[\s*{_DOTS}\s*\]|\(\s*{_DOTS}\s*\)|{_DOTS})|(?P<insertion>\[[^\]\n]{{0,100}}\])")
# "[e]ach": the letter is the source's but for its case. It is kept as a sign of its own while the pattern is made.
_LETTER = re.compile(r"\[([^\W\d_])\](?=\w)")
_SIGNS, _SIGN = 0xE000, re.compile("[\ue000-\uefff]")
_NUMBERING = re.compile(r"^[^\S\n]*(?:\(?(?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})[.)]|[•–—-])[^\S\n]+", re.MULTILINE)
_ENDS = f" .,;:!?-()[]{_QUOTES}"
# How much of the source the marks of the one who quotes may stand for, in letters: a page, and a few words.
OMITTED, REPLACED = 4000, 160
Numbers = np.ndarray[tuple[int, ...], np.dtype[np.int32]]


class _Table(dict[int, str]):
    """What each character becomes when texts are compared, worked out when it is first met."""

    def __init__(self, made: Callable[[str], str]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, code: int) -> str:
        self[code] = self._made(chr(code))
        return self[code]


def _one(letter: str) -> str:
    if letter in _QUOTES:
        return "'"
    if letter in _DASHES:
        return "-"
    if letter.isspace() or letter in _UNSEEN:
        return ""
    return "".join(unicodedata.normalize("NFKC", letter).split())


_UNIFIED = _Table(_one)
_LETTERS = _Table(lambda letter: "".join(each for each in _one(letter).casefold() if each.isalnum()))


def unified(text: str) -> str:
    """The text without blanks, its quotation marks and dashes in one style each, ligatures taken apart."""
    return text.translate(_UNIFIED)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: how they are compared (lower case, no hyphens) and where they stand."""

    text: str
    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def between(self, first: int, last: int) -> str:
        """The text from word `first` up to, not with, word `last`; empty where there is none."""
        return self.text[self.spans[first][0] : self.spans[last - 1][1]] if last > first else ""


def words_of(text: str) -> Words:
    """The words of a text."""
    found = [(key, match.span()) for match in _WORD.finditer(text) if (key := _key(match[0]))]
    return Words(text, tuple(key for key, _ in found), tuple(span for _, span in found))


def _key(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return text.translate(_LETTERS)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation ready to be looked for. `pieces` are its stretches of the source's words, `pattern` finds it in
    unified text, `literal` is the whole as it is written, in case the source has such marks itself; `letters` finds its
    letters and digits alone; `marks` says which marks of omission and insertion it holds."""

    text: str
    pieces: tuple[str, ...]
    pattern: re.Pattern[str]
    literal: re.Pattern[str]
    letters: re.Pattern[str]
    marks: tuple[str, ...]


@lru_cache(maxsize=512)
def read_quote(text: str) -> Quote:
    """Take a quotation apart."""
    text = unicodedata.normalize("NFC", text)
    # At the ends nothing is left out of anything.
    trimmed = re.sub(rf"^\s*\[?{_DOTS}\]?|\[?{_DOTS}\]?\s*$", " ", text)
    marks = [match[0] for match in _LETTER.finditer(trimmed)]
    trimmed, written = _LETTER.sub(lambda match: chr(_SIGNS + ord(match[1]) % 0x1000), trimmed), trimmed
    parts: list[str] = []
    gaps: list[str] = []
    pieces: list[str] = []
    at = 0
    for match in (*_MARK.finditer(trimmed), None):
        piece = trimmed[at : match.start() if match else len(trimmed)]
        pieces.append(_SIGN.sub(lambda sign: chr(ord(sign[0]) - _SIGNS), piece))
        parts.append(_literal(piece))
        if match is not None:
            at = match.end()
            marks.append(match[0])
            gaps.append(f".{{0,{OMITTED if match['omission'] else REPLACED}}}?")
    # A mark at the end of the quotation stands for words outside of what is looked for.
    while gaps and not words_of(pieces[0]).keys:
        del parts[0], pieces[0], gaps[0]
    while gaps and not words_of(pieces[-1]).keys:
        del parts[-1], pieces[-1], gaps[-1]
    pattern = re.compile(_trimmed_end(_open_start(_woven(parts, gaps))), re.DOTALL)
    literal = re.compile(_trimmed_end(_open_start(_literal(written))), re.DOTALL)
    letters = re.compile(_woven([re.escape(_key(piece)) for piece in pieces], gaps) or r"(?!)", re.DOTALL)
    kept = tuple(one.strip() for one in pieces if words_of(one).keys)
    return Quote(text, kept, pattern, literal, letters, tuple(marks))


def _woven(parts: Sequence[str], gaps: Sequence[str]) -> str:
    """Patterns of pieces with those of the gaps between them."""
    return "".join(part + gap for part, gap in zip(parts, (*gaps, ""), strict=True))


def _literal(text: str) -> str:
    """A pattern for a stretch of text; a hyphen that ends a line may be one of the word or none."""
    pattern = "-?".join(re.escape(unified(part)) for part in _BROKEN.split(text))
    return _SIGN.sub(lambda sign: f"(?i:{chr(ord(sign[0]) - _SIGNS)})", pattern)


def _open_start(pattern: str) -> str:
    return re.sub(r"^(?:\\?[ .,;:!?'-])+", "", pattern)


def _trimmed_end(pattern: str) -> str:
    """Without the punctuation at its end, which often is the quoting sentence's own."""
    return re.sub(r"(?<![\\}?])(?:\\?[ .,;:!?'-])+$", "", pattern) or r"(?!)"


@dataclass(frozen=True, slots=True)
class Match:
    """Where a quotation stands, as half-open offsets; `notes` say what was passed over on the way."""

    start: int
    end: int
    notes: tuple[str, ...] = ()


def stands(quote: Quote, text: str) -> list[Match]:
    """Every place where the quotation stands in the text."""
    found = _places(quote.literal, text, ())
    notes = tuple(f"“{mark}” is the draft's mark, not the source's" for mark in dict.fromkeys(quote.marks))
    if not found and quote.marks and quote.pieces:
        found = _places(quote.pattern, text, notes)
    return found or _other_capital(quote, text, notes)


def _other_capital(quote: Quote, text: str, notes: tuple[str, ...]) -> list[Match]:
    """The first letter is often fitted to the quoting sentence."""
    for pattern, said in ((quote.literal, ()), (quote.pattern, notes)):
        first = pattern.pattern[:1]
        if first.isalpha() and first.swapcase() != first:
            other = re.compile(first.swapcase() + pattern.pattern[1:], re.DOTALL)
            if found := _places(other, text, (*said, "the first letter's case differs from the source")):
                return found
    return []


def reads(quote: Quote, text: str) -> list[Match]:
    """Every place where the quotation's letters and digits stand, whatever its capitals, hyphens and punctuation."""
    return _places(quote.letters, text, (), _key)


def _places(
    pattern: re.Pattern[str], text: str, notes: tuple[str, ...], compared: Callable[[str], str] = unified
) -> list[Match]:
    plain = compared(text)
    places: list[int] | None = None
    found = []
    for match in pattern.finditer(plain):
        if match.end() == match.start():
            continue
        if places is None:
            places = [at for at, letter in enumerate(text) for _ in compared(letter)]
        start, end = places[match.start()], places[match.end() - 1] + 1
        if _whole(text, start) and _whole(text, end):
            found.append(Match(start, end, notes))
    return found


def _whole(text: str, at: int) -> bool:
    """Whether a word begins or ends here, and is not cut."""
    return not (0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum())


def without_numbers(text: str) -> str:
    """The text without the numbers and letters of its items, blanks in their place, so that offsets stay."""
    return _NUMBERING.sub(lambda match: " " * len(match[0]), text)


# -- word by word ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of the quotation and those that stand in their place in the source; either may be empty."""

    quoted: str
    stored: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """The stretch of a text that a quotation is nearest to: words `first` up to `last`, and how many words differ.
    `steps` pairs word numbers of both, None where one has no partner."""

    distance: int
    first: int
    last: int
    steps: tuple[tuple[int | None, int | None], ...]


def align(wanted: Words, held: Words) -> Alignment:
    """The nearest stretch by the least number of words changed, left out or added (P. H. Sellers, "The theory and
    computation of evolutionary distances", 1980: edit distance with free ends in the longer text)."""
    numbers = {key: at for at, key in enumerate(dict.fromkeys((*wanted.keys, *held.keys)))}
    text = np.array([numbers[key] for key in held.keys], np.int32)
    steps = np.arange(len(text) + 1, dtype=np.int32)
    rows: Numbers = np.zeros((len(wanted.keys) + 1, len(text) + 1), np.int32)
    for at, key in enumerate(wanted.keys, 1):
        row = rows[at]
        row[0] = at
        row[1:] = np.minimum(rows[at - 1, :-1] + (text != numbers[key]), rows[at - 1, 1:] + 1)
        # Words that the source has more than the quotation: the cheapest way along the row.
        row[:] = np.minimum.accumulate(row - steps) + steps
    # Of ends that are equally near, one where the last word is the same: else it would count as added.
    ends = np.flatnonzero(rows[-1] == rows[-1].min())
    end = next((int(end) for end in ends if end and held.keys[end - 1] == wanted.keys[-1]), int(ends[0]))
    return _traced(rows, wanted.keys, held.keys, end)


def _traced(rows: Numbers, wanted: tuple[str, ...], held: tuple[str, ...], end: int) -> Alignment:
    at, column = len(wanted), end
    steps: list[tuple[int | None, int | None]] = []
    while at:
        here = rows[at, column]
        same = column > 0 and wanted[at - 1] == held[column - 1]
        if column and here == rows[at - 1, column - 1] + (not same):
            at, column = at - 1, column - 1
            steps.append((at, column))
        elif here == rows[at - 1, column] + 1:
            at -= 1
            steps.append((at, None))
        else:
            column -= 1
            steps.append((None, column))
    return Alignment(int(rows[-1, end]), column, end, tuple(reversed(steps)))


def differences(wanted: Words, held: Words, found: Alignment) -> tuple[Difference, ...]:
    """What differs, in the order of the quotation; neighbours are told together."""
    groups: list[list[tuple[int | None, int | None]]] = []
    joined = False
    for step in found.steps:
        one, other = step
        if one is not None and other is not None and wanted.keys[one] == held.keys[other]:
            joined = False
            continue
        if joined:
            groups[-1].append(step)
        else:
            groups.append([step])
        joined = True
    if not groups:
        return _in_print(wanted, held, found)
    return tuple(
        Difference(_said(wanted, [one for one, _ in group]), _said(held, [other for _, other in group]))
        for group in groups
    )


def _said(words: Words, places: list[int | None]) -> str:
    kept = [place for place in places if place is not None]
    return " ".join(words.between(kept[0], kept[-1] + 1).split()) if kept else ""


def _in_print(wanted: Words, held: Words, found: Alignment) -> tuple[Difference, ...]:
    """The words are the same: what differs in capitals, hyphens and the punctuation after them."""
    made = []
    for one, other in found.steps:
        if one is None or other is None:
            continue
        quoted, stored = _with_tail(wanted, one), _with_tail(held, other)
        if one == len(wanted.keys) - 1:
            quoted, stored = quoted.rstrip(_ENDS), stored.rstrip(_ENDS)
        if unified(quoted) != unified(stored):
            made.append(Difference(quoted, stored))
    return tuple(made)


def _with_tail(words: Words, at: int) -> str:
    """A word with what stands between it and the next."""
    end = words.spans[at + 1][0] if at + 1 < len(words.spans) else len(words.text)
    return words.text[words.spans[at][0] : end].split("\n")[0].strip()
