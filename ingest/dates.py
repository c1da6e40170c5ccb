"""Dates as documents print them, to the precision that they print: day, month or year."""

from __future__ import annotations

import re

_MONTH_NAMES = (
    "january jan januari janvier januar января gennaio enero", "february feb februari février februar февраля febbraio febrero",
    "march mar maart mars märz марта marzo", "april apr avril апреля aprile abril", "may mei mai мая maggio mayo",
    "june jun juni juin июня giugno junio", "july jul juli juillet июля luglio julio", "august aug augustus août августа agosto",
    "september sep sept septembre сентября settembre septiembre", "october oct oktober octobre октября ottobre octubre",
    "november nov novembre ноября noviembre", "december dec dezember décembre декабря dicembre diciembre",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
# Scans and wide type part the figures: "19 84", "201 7".
_YEAR_FIGURES = r"(?P<year>(?:19|20)\d\s?\d|(?:19|20)\s\d{2})(?!\d)"
_WORD = r"(?P<month>[^\W\d_]{3,9})"
_DAY_FIRST = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|de|e|ste|\.)?\s+(?:day\s+of\s+)?{_WORD}\.?,?\s+{_YEAR_FIGURES}"
)
_MONTH_FIRST = re.compile(rf"\b{_WORD}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,\s+{_YEAR_FIGURES}")
_FIGURES = re.compile(r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2}|[IVX]{1,4})\.\s?(?P<year>(?:19|20)\d{2})\b")
_MONTH_ONLY = re.compile(rf"\b{_WORD},?\s+{_YEAR_FIGURES}")
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
        "sixteenth seventeenth eighteenth nineteenth twentieth".split(), 1)
} | {"thirtieth": 30}  # fmt: skip
_NUMBERS = {word: number for number, word in enumerate(_UNITS)} | {
    word: 10 * number for number, word in enumerate(TENS, 2)
}
_IN_WORDS = re.compile(
    r"(?P<day>(?:twenty|thirty)?[\s-]?[a-z]{3,11}(?:st|nd|rd|th))\s+day\s+of\s+(?P<month>[A-Z][a-z]{2,8}),?\s+"
    r"(?:of\s+the\s+year\s+|in\s+the\s+year\s+)?(?P<year>(?:one|two)\s+thousand(?:[\s,-]+[a-z]+){0,8}|\d{4})",
)
# With a capital letter: "the Convention done at New York on …" is another one.
_DONE = re.compile(
    r"\b(?:DONE|Done|GEDAAN|Gedaan|FAIT|Fait|GESCHEHEN|Geschehen)\s+(?:at|in|te|à|zu|AT|IN)\b|\badopts?,?\s+this\b"
)


def parse_date(text: str) -> str | None:
    """The first full date in the text, as ISO."""
    found: list[tuple[int, str]] = []
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _FIGURES):
        for match in pattern.finditer(text):
            day = _day(match)
            if day is not None:
                found.append((match.start(), day))
                break
    return min(found)[1] if found else None


def parse_month(text: str) -> str | None:
    """The first month with its year ("July, 2010"), as ISO to the month."""
    for match in _MONTH_ONLY.finditer(text):
        month = _MONTHS.get(match["month"].casefold())
        if month and len(match["month"]) > 2:
            return f"{_year(match)}-{month:02d}"
    return None


def signed_date(text: str) -> str | None:
    """The day on which a treaty was done or adopted, from the formula at its end ("DONE at Warsaw, this 16th day of
    May 2005") or in its preamble; None where it prints none."""
    for formula in _DONE.finditer(text):
        window = text[formula.start() : formula.start() + 260]
        candidates = [(match.start(), day) for match in _IN_WORDS.finditer(window) if (day := _in_words(match))]
        candidates += [
            (match.start(), day) for match in _DAY_FIRST.finditer(window) if (day := _day(match)) is not None
        ]
        if candidates:
            return min(candidates)[1]
    return None


def _year(match: re.Match[str]) -> str:
    return "".join(match["year"].split())


def _day(match: re.Match[str]) -> str | None:
    name = match["month"]
    month = int(name) if name.isdecimal() else _MONTHS.get(name.casefold(), 0)
    if name in _ROMAN_MONTHS:
        month = _ROMAN_MONTHS.index(name) + 1
    day = int(match["day"])
    return f"{_year(match)}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _in_words(match: re.Match[str]) -> str | None:
    day, month = _ordinal(match["day"]), _MONTHS.get(match["month"].casefold())
    year = int(match["year"]) if match["year"].isdecimal() else _cardinal(match["year"])
    if day is None or month is None or not 1800 < year < 2100:
        return None
    return f"{year}-{month:02d}-{day:02d}"


def _ordinal(words: str) -> int | None:
    parts = re.split(r"[\s-]+", words.strip().casefold())
    if len(parts) == 2 and parts[0] in ("twenty", "thirty") and parts[1] in ORDINALS:
        return _NUMBERS[parts[0]] + ORDINALS[parts[1]]
    return ORDINALS.get(parts[-1])


def _cardinal(words: str) -> int:
    """ "one thousand nine hundred and sixty-six" as a number; words behind it end it."""
    total = current = 0
    for word in re.split(r"[\s,-]+", words.casefold()):
        if word == "thousand":
            total, current = total + current * 1000, 0
        elif word == "hundred":
            current *= 100
        elif word in _NUMBERS:
            current += _NUMBERS[word]
        elif word != "and":
            break
    return total + current
