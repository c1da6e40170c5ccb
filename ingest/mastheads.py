"""The title of a United Nations document, which stands below its masthead: body, session, agenda item, then the title
in the largest type, then what kind of document it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.lines import Line

DEPTH = 40
WRAPPED = 40
LONGEST = 180
_MASTHEAD = re.compile(
    r"United Nations\s+[A-Z]+/|\bDistr\.|^[A-Z]{2,4}\.\d{2}-\d{4,5}|^\d{2}-\d{5}\*?\s*\(E\)|^S/RES/", re.IGNORECASE
)
_AGENDA = re.compile(r"(?:agenda )?items? \d+\b.{0,60}|agenda items?\b.{0,80}", re.IGNORECASE)
_FORMAL = re.compile(
    r"united|nations\b.{0,12}|united nations.*|general assembly.*|security council.*|economic and social council.*|"
    r"human rights council|trusteeship council|distr.*|general|limited|original.*|english.*|.*\bsession(?: .* year)?|"
    r".*\bregular session|\w+(?:-\w+)? year|agenda item.*|item \d.*|contents|summary|introduction|annex|page|addendum|"
    r"[ivx]+\.\s.*|\d+\.\s.*|[a-z]\.\s.*|adopted by .*|.*\b(?:january|february|march|april|may|june|july|august|"
    r"september|october|november|december)\b.{0,12}\d{4}|\*.*|\[.*\]|[A-Z]+/[\w./()-]+.*|[\d\s()*-]+|"
    r"human rights committee|committee (?:on|against) [^,]{4,60}|\w+ committee",
    re.IGNORECASE,
)
_OPEN = re.compile(r"(?:,|–|-|\b(?:its|the|of|on|for|at|and|or|by|to|in|with|from|concerning|under))$", re.IGNORECASE)
# Often in plain type, and always the title.
_CALLED = re.compile(r"(?:(?:Identical )?letters?|Notes? verbales?) dated \d", re.IGNORECASE)
_ADOPTED = re.compile(r"(?:Resolution|Decision) adopted by the [\w ]+$")
_FIELD = re.compile(r"[\w’' -]{3,40}:\s|I (?:have|am|write|wish)\b|Dear \w+|(?:The|At|In|On) \w+ .{50,}|\d+\.\s")


def masthead_title(lines: Sequence[Line], furniture: Sequence[Line]) -> str:
    """The title below the masthead of the first page with text; empty where there is no such masthead or title."""
    if not lines:
        return ""
    page = lines[0].page
    top = [line for line in lines if line.page == page][:DEPTH]
    if not any(_MASTHEAD.search(line.text) for line in (*top, *(line for line in furniture if line.page == page))):
        return ""
    groups = _groups(top)
    if not groups:
        return ""
    largest = min(level for level, _ in groups)
    at = next(number for number, (level, _) in enumerate(groups) if level == largest)
    title = groups[at][1]
    if re.fullmatch(r"Resolution \d+ \(\d{4}\)", title):
        return f"{title} of the Security Council"
    if _ADOPTED.fullmatch(title) and at + 1 < len(groups):
        return f"{title}: {groups[at + 1][1]}"
    if len(title.split()) < 5 and at:
        # "Provisional agenda" says little without the meeting above it.
        title = f"{groups[0][1]}: {title}"
    return title


def _groups(lines: Sequence[Line]) -> list[tuple[int, str]]:
    """The headings below the masthead with their level, lines of one heading joined; agenda items left out."""
    groups: list[tuple[int, str]] = []
    agenda = growing = False
    for line in lines:
        text = re.sub(r"\s+", " ", line.text.strip("*# _")).strip()
        if growing and groups and (_OPEN.search(groups[-1][1]) or _goes_on(groups[-1], line, text)):
            groups[-1] = (groups[-1][0], f"{groups[-1][1]} {text}")
        elif _CALLED.match(text):
            groups.append((1, text))
            growing = True
        elif _AGENDA.fullmatch(text):
            agenda, growing = True, False
        elif not line.heading or _FIELD.match(text) or _FORMAL.fullmatch(text) or not re.search(r"[^\W\d_]{3}", text):
            growing = False
        elif agenda and not groups:
            agenda = growing = False
        else:
            groups.append((line.heading, text))
            growing = True
    return groups


def _goes_on(group: tuple[int, str], line: Line, text: str) -> bool:
    """Whether a line belongs to the heading above it: of its type, or its wrapped end in what reads as body type."""
    level, title = group
    if len(title) > LONGEST or _FIELD.match(text) or _FORMAL.fullmatch(text):
        return False
    if line.heading:
        return line.heading == level and not line.after_blank
    last = title if " " in title else ""
    return text[:1].islower() or (len(last) >= WRAPPED and len(text) < 80 and not text.endswith("."))
