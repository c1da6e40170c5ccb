"""Days that a text names by its own ("today", "last year"), resolved against the date of its publication."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from corpus.records import Page, Resolved

MOST = 20
_DAYS = {
    "today": 0,
    "yesterday": -1,
    "tomorrow": 1,
    "aujourd’hui": 0,
    "aujourd'hui": 0,
    "hier": -1,
    "heute": 0,
    "сегодня": 0,
    "вчера": -1,
}
_YEARS = {"this year": 0, "last year": -1, "next year": 1, "cette année": 0, "dieses jahr": 0, "в этом году": 0}
_WORDS = re.compile(rf"\b(?:{'|'.join(map(re.escape, (*_YEARS, *_DAYS)))})\b", re.IGNORECASE)
# "the challenges of today", "today's world": no day is meant.
_NO_DAY = re.compile(r"(?:\b(?:of|until|even|than)\s+)$", re.IGNORECASE)


def resolve(pages: Iterable[Page], published: str | None) -> tuple[Resolved, ...]:
    """The relative dates of a text as ISO, each as often as a page gives it; none where the date of publication is not
    known, and no day where only its month or year is."""
    found: list[Resolved] = []
    for page in pages:
        for match in _WORDS.finditer(page.text):
            after = page.text[match.end() : match.end() + 2]
            if _NO_DAY.search(page.text[max(0, match.start() - 12) : match.start()]) or (
                match[0].casefold() in _DAYS and after in {"’s", "'s"}
            ):
                continue
            date = _date(match[0].casefold(), published or "")
            one = Resolved(match[0], date or "", page.number)
            if date and one not in found:
                found.append(one)
            if len(found) == MOST:
                return tuple(found)
    return tuple(found)


def _date(words: str, published: str) -> str | None:
    if words in _YEARS:
        return str(int(published[:4]) + _YEARS[words]) if published[:4].isdecimal() else None
    if len(published) < 10:
        return None
    return (datetime.date.fromisoformat(published) + datetime.timedelta(days=_DAYS[words])).isoformat()
