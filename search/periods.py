"""The periods that a question names: "before 2013", "since 2010", "between 2003 and 2007", "the last three years", "June 2023"."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_Y = r"(?:19|20)\d{2}"
# A year that is no part of a symbol, a decimal or an ISO date.
_YEAR = rf"(?<![\d/.-])({_Y})(?![\d/]|-\d)"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january janvier januar январь января январе", "february février februar февраль февраля феврале",
            "march mars märz март марта марте", "april avril апрель апреля апреле", "may mai май мая мае",
            "june juin juni июнь июня июне", "july juillet juli июль июля июле", "august août август августа августе",
            "september septembre сентябрь сентября сентябре", "october octobre oktober октябрь октября октябре",
            "november novembre ноябрь ноября ноябре", "december décembre dezember декабрь декабря декабре",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = {
    name: number
    for number, names in (
        (1, "one une un ein eine eines один"), (2, "two deux zwei два две двух"), (3, "three trois drei три трех трёх"),
        (4, "four quatre vier четыре"), (5, "five cinq fünf пять"), (6, "six sechs шесть"), (7, "seven sept sieben семь"),
        (8, "eight huit acht восемь"), (9, "nine neuf neun девять"), (10, "ten dix zehn десять"),
    )
    for name in names.split()
}  # fmt: skip
_COUNT = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
_THE = r"(?:the year |the |l['’]année |dem jahr )?"
_BETWEEN = rf"\b(?:between|entre|zwischen|между)\s+{_YEAR}\s+(?:and|et|und|и)\s+{_YEAR}"
_FROM_TO = rf"\b(?:from|de|von|с)\s+{_YEAR}\s*(?:to|until|till|through|à|bis|по)\s+{_YEAR}"
_DASHED = rf"(?<![\d/.-])({_Y})\s?[–-]\s?({_Y})(?![\d/-])"
_UNTIL = rf"\b(?:until|up to|till|jusqu['’]en|bis|по)\s+{_THE}{_YEAR}"
_BEFORE = rf"\b(?:before|prior to|earlier than|avant|vor|до)\s+{_THE}{_YEAR}"
_SINCE = rf"\b(?:since|depuis|seit|начиная с)\s+{_THE}{_YEAR}|\b(?:from|ab|à partir de|с)\s+{_YEAR}\s+(?:on(?:wards?)?|года)\b"
_AFTER = rf"\b(?:after|later than|après|nach|после)\s+{_THE}{_YEAR}"
_DECADE = r"\b(?:in|during|of|dans|in den|в)\s+(?:the |les (?:années )?)?((?:19|20)\d)0(?:['’]?s|er|-х)(?!\w)"
_LAST = (
    rf"\b(?:(?:in|over|during|for|within) )?(?:the )?(?:last|past|previous) {_COUNT} (years?|months?)\b|"
    rf"\b(?:les |ces |des )?{_COUNT} derni[eè]re?s (ann[ée]es|mois)\b|"
    rf"\b(?:in den |der |den )?(?:letzten|vergangenen) {_COUNT} (Jahren?|Monaten?)\b|"
    rf"\b(?:за )?последни[ехй] {_COUNT} (лет|года?|месяц\w*)\b"
)
_OWN_YEAR = r"\b(?:this year|cette année|in diesem jahr|dieses jahr|в этом году)\b"
_YEAR_BEFORE = r"\b(?:last year|l['’]année dernière|l['’]an dernier|letztes jahr|im letzten jahr|в прошлом году)\b"
_MONTH = rf"\b({'|'.join(_MONTHS)})\s+(?:of |de )?{_YEAR}"
# What has a date of its own: a period said of it limits what may be found.
_DATED_THING = re.compile(
    r"\b(?:documents?|reports?|decisions?|resolutions?|speech(?:es)?|statements?|press releases?|declarations?|letters?|"
    r"recommendations?|publications?|texts?|meetings?|rapports?|décisions?|résolutions?|discours|déclarations?|"
    r"berichte?n?|beschlüsse?n?|entscheidungen|resolutionen|reden|доклад\w*|решени\w*|резолюци\w*|документ\w*|выступлени\w*)"
    r"(?P<between>(?:\s+[\w’'-]+){0,5})\s*,?\s*$",
    re.IGNORECASE,
)
_TOLD = frozenset(
    "say says said tell tells told mention mentions mentioned describe describes described give gives gave record record "
    "happened report reported show shows showed on that which between did does do".split()
)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time: first and last as ISO years, months or days, both included, None where open. `limits` is true
    where it is said of documents ("decisions since 2010"), so that others are not asked for."""

    first: str | None
    last: str | None
    text: str
    limits: bool = False

    @property
    def value(self) -> str:
        """As in a query after "year:": "2003..2007", "2010..", "..2012", "2023"."""
        if self.first == self.last and self.first is not None:
            return self.first
        return f"{self.first or ''}..{self.last or ''}"

    @property
    def range(self) -> bool:
        """Whether it is more than one year or month."""
        return self.first != self.last

    def holds(self, date: str | None) -> bool:
        """Whether a date of whatever precision lies in it, or may."""
        if not date:
            return False
        above = self.first is None or date[: len(self.first)] >= self.first[: len(date)]
        return above and (self.last is None or date[: len(self.last)] <= self.last[: len(date)])

    def met_by(self, text: str) -> bool:
        """Whether the text names a year of it."""
        return any(self.holds(year) for year in re.findall(rf"(?<!\d){_Y}(?!\d)", text))


def find_periods(text: str, today: datetime.date | None = None) -> list[Period]:
    """The periods named, from left to right; a single year is one too. `today` is the day that "last year" counts from."""
    now = today or datetime.date.today()
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Period]] = []
    for pattern, made in _patterns(now):
        for match in re.finditer(pattern, text, re.IGNORECASE):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            first, last = made(match)
            if first and last and first > last:
                continue
            taken.append((start, end))
            limits = first != last and _of_documents(text[:start])
            found.append((start, Period(first, last, match[0].strip(), limits)))
    return [period for _, period in sorted(found, key=lambda pair: pair[0])]


Bounds = tuple[str | None, str | None]


def _patterns(now: datetime.date) -> Iterable[tuple[str, Callable[[re.Match[str]], Bounds]]]:
    """What is looked for, the longer forms first, and the bounds of each."""
    for pattern in (_BETWEEN, _FROM_TO, _DASHED):
        yield pattern, lambda match: (match[1], match[2])
    yield _UNTIL, lambda match: (None, match[1])
    yield _BEFORE, lambda match: (None, str(int(match[1]) - 1))
    yield _SINCE, lambda match: (match[1] or match[2], None)
    yield _AFTER, lambda match: (str(int(match[1]) + 1), None)
    yield _DECADE, lambda match: (f"{match[1]}0", f"{match[1]}9")
    yield _LAST, lambda match: _last(match, now)
    yield _OWN_YEAR, lambda match: (str(now.year), str(now.year))
    yield _YEAR_BEFORE, lambda match: (str(now.year - 1), str(now.year - 1))
    yield _MONTH, _month
    yield _YEAR, lambda match: (match[1], match[1])


def _month(match: re.Match[str]) -> Bounds:
    month = f"{match[2]}-{_MONTHS[match[1].casefold()]:02d}"
    return month, month


def _last(match: re.Match[str], now: datetime.date) -> Bounds:
    """ "The last three years" of 2026 begin on the same day of 2023."""
    count, unit = [group for group in match.groups() if group][:2]
    number = int(count) if count.isdigit() else _NUMBERS[count.casefold()]
    months = number * (1 if unit.casefold().startswith(("mo", "ме")) else 12)
    whole = now.year * 12 + now.month - 1 - months
    return f"{whole // 12}-{whole % 12 + 1:02d}", None


def _of_documents(before: str) -> bool:
    """Whether what stands before a period is a kind of document, and not what one tells."""
    match = _DATED_THING.search(before)
    return match is not None and _TOLD.isdisjoint(match["between"].casefold().split())
