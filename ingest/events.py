"""The meeting that a document is of: which of a series, when and where, who called it, who came, as the document says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.lexicon import fold
from corpus.records import Document, Event, Page
from corpus.series import find_series
from ingest.dates import ORDINALS, TENS, parse_date

OF_MEETINGS = frozenset({
    "press-release", "report", "speech", "decision", "declaration", "agenda", "digest", "meeting-record", "journal", "note",
    "statement", "resolution",
})  # fmt: skip
FIRST = 700
HEAD = 5000
MOST = 4
_TENS = {word: 10 * at for at, word in enumerate(TENS, 2)}
_ORDINAL_TENS = {word[:-1] + "ieth": number for word, number in _TENS.items()}
_NUMBER = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\b", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?:(?:more than|over|nearly|almost|some|about|around|up to|at least)\s+)?\d{1,3}(?:[, ]\d{3})*\s+"
    r"(?:(?:national|anti-trafficking|high-level|government|OSCE|UN|different)\s+){0,3}"
    r"(?:participants|delegates|experts|officials|countries|nations|participating\s+States(?:\s+and\s+Partners)?|States|"
    r"member\s+States|co-?ordinators|representatives|delegations)\b",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?P<before>[A-Z][^.;:“”]{4,200}?)\s+(?:jointly\s+)?(?:co-?organi[sz]ed|organi[sz]ed|co-?hosted|hosted|convened)\s+the\b|"
    r"(?:co-?organi[sz]ed|organi[sz]ed|co-?hosted|hosted|convened)\s+(?:jointly\s+)?by\s+(?P<by>[^.;:“”]{4,200}?)"
    r"(?=,?\s+(?:at|in|on|which|who|to)\s|[.;]|$)"
)
_DAYS = re.compile(
    r"\b(?P<first>\d{1,2})(?:\s+(?P<month1>[A-Z][a-z]{2,8}))?\s?(?:-|–|—|to|and)\s?(?P<last>\d{1,2})\s+(?P<month>[A-Z][a-z]{2,8})"
    r"(?:,?\s+(?P<year>(?:19|20)\d{2}))?"
)
_PLACE = re.compile(
    r"\b(?:headquarters\s+(?:of\s+[^.,]{3,60}?\s+)?|held|meeting|gathered|took\s+place|opens?|opened|started\s+[^.]{0,80}?)\s+in\s+"
    r"(?P<place>[A-Z][\w’-]+(?:[ -][A-Z][\w’-]+){0,2})"
)
_BEGINS = re.compile(
    r"\b(?:started|starts|opened|opens|begins|began|kicked off)\b[^.]{0,60}?\btoday\b|"
    r"\btoday\b[^.]{0,60}?\b(?:started|opened|begins)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\b(?:concludes?|ends?|closes?|continues?)\b[^.]{0,40}?\btomorrow\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:meetings|conferences|sessions)\b", re.IGNORECASE)


def event_of(document: Document, pages: Sequence[Page]) -> Event | None:
    """The meeting that a document is of, None where it is of none that is known, or of several."""
    if document.type not in OF_MEETINGS:
        return None
    head = " ".join(" ".join(page.text for page in pages[:3])[:HEAD].split())
    named = f"{document.title} – {document.meeting or ''}"
    found = find_series(named) or (find_series(head[:FIRST]) if document.type != "digest" else None)
    if found is None or (_PLURAL.search(document.title) and document.type == "digest"):
        return None
    kind, place = found
    number = _number(place.string[max(0, place.start() - 60) : place.end() + 40]) if kind.numbered else None
    if kind.numbered and number is None:
        number = _number(document.meeting or "") or _number(document.title)
    first, last = _days(document, head)
    if number is None and first is None:
        return None
    return Event(
        kind.id, number, first, last, _place(document, head), _organisers(head), _participants(head)
    )  # fmt: skip


def _number(text: str) -> int | None:
    """An ordinal number in figures or English words: "23rd", "Twenty-third", "Fourteenth"."""
    if found := _NUMBER.search(text):
        return int(found[1])
    words = re.findall(r"[a-z]+", text.casefold())
    for at, word in enumerate(words):
        if word in _TENS and at + 1 < len(words) and words[at + 1] in ORDINALS:
            return _TENS[word] + ORDINALS[words[at + 1]]
        if word in ORDINALS:
            return ORDINALS[word]
        if word in _ORDINAL_TENS:
            return _ORDINAL_TENS[word]
    return None


def _days(document: Document, head: str) -> tuple[str | None, str | None]:
    """First and last day: printed as a range, told as today and tomorrow of a dated text, else the document's date."""
    for text in (document.title, head[:2500]):
        for found in _DAYS.finditer(text):
            year = found["year"] or (document.date or "")[:4]
            last = parse_date(f"{found['last']} {found['month']} {year}")
            first = parse_date(f"{found['first']} {found['month1'] or found['month']} {year}")
            if first and last and first <= last:
                return first, last
    days = {one.printed.casefold(): one.date for one in document.resolved}
    if "today" in days and _BEGINS.search(head):
        return days["today"], days.get("tomorrow") if _ENDS.search(head) else None
    return document.date, None


def _place(document: Document, head: str) -> str | None:
    # A speaker names many places at which things were held.
    found = _PLACE.search(head[:2500]) if document.type != "speech" else None
    return document.place or (found["place"] if found else None)


def _organisers(head: str) -> tuple[str, ...]:
    found = _CALLED.search(head)
    if found is None:
        return ()
    text = re.sub(r"\([^)]*\)", "", found["before"] or found["by"])
    parts = (
        re.sub(r"^the\s+", "", part.strip(), flags=re.IGNORECASE) for part in re.split(r"\s+and\s+the\s+|;\s*", text)
    )
    return tuple(" ".join(part.split()) for part in parts if len(part) > 2)[:MOST]


def _participants(head: str) -> tuple[str, ...]:
    claims = dict.fromkeys(" ".join(found[0].split()) for found in _PEOPLE.finditer(head[:3500]))
    return tuple({fold(claim): claim for claim in claims}.values())[:MOST]
