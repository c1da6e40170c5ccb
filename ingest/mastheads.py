"""The title of a United Nations document, which stands below its masthead: body, session, agenda item, then the title
in the largest type, then what kind of document it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.lines import Line

DEPTH = 40
WRAPPED = 40
LONGEST = 280
SHORT = 5
_NATIONS = r"(?:United Nations|Организация Объединенных Наций|Nations Unies|Naciones Unidas)"
_MASTHEAD = re.compile(
    rf"{_NATIONS}\s+[A-Z]+/|\bDistr\.|^[A-Z]{{2,4}}\.\d{{2}}-\d{{4,5}}|^\d{{2}}-\d{{5}}\*?\s*\([A-Z]\)|^S/RES/",
    re.IGNORECASE,
)
# The block with symbol, distribution, date and job number: the title stands below it, or all of it at the page's foot.
_BLOCK = re.compile(r"Original:|\*\d{6,8}\*|\d{2}-\d{5}\*?\s*\([A-Z]\)|Distr\.", re.IGNORECASE)
_BOTTOM = re.compile(rf"{_NATIONS}\s+[A-Z]+/")
_BLOCK_DEPTH = 16
_AGENDA = re.compile(r"(?:agenda )?items? \d+\b.{0,60}|agenda items?\b.{0,80}", re.IGNORECASE)
_FORMAL = re.compile(
    r"united|nations\b.{0,12}|united nations.*|general assembly.*|security council.*|economic and social council.*|"
    r"human rights council|trusteeship council|distr.*|general|limited|original.*|english.*|.*\bsession(?: .* year)?|"
    r".*\bregular session|\w+(?:-\w+)? year|agenda item.*|item \d.*|contents|summary|introduction|annex|page|addendum|"
    r"[ivx]+\.\s.*|\d+\.\s.*|[a-z]\.\s.*|adopted by .*|.*\b(?:january|february|march|april|may|june|july|august|"
    r"september|october|november|december)\b.{0,12}\d{4}|\*.*|\[.*\]|[A-Z]+/[\w./()-]+.*|[\d\s()*-]+|"
    r"официальные отчеты.*|комитет по .*|совет .{4,30}|генеральная ассамблея|"
    r"human rights committee|committee (?:on|against) [^,]{4,60}|\w+ committee",
    re.IGNORECASE,
)
# What of it is set in the type of headings, and heads nothing.
_NO_HEADING = re.compile(
    r"united|nations\b.{0,12}|united nations.*|general assembly|security council|economic and social council|"
    r"human rights council|trusteeship council|executive board of .*|(?:distr|original|official records)\b.*|"
    r".*\b(?:session|regular session|year)(?: (?:of )?\d{4})?|(?:agenda )?items? \d+.{0,60}|agenda items? .{0,80}|"
    r"(?:\d{1,2}(?: [a-z]+)? ?[-–] ?)?\d{1,2} [a-z]+ \d{4}|geneva, .{0,40}|new york, .{0,40}",
    re.IGNORECASE,
)
_OPEN = re.compile(r"(?:,|–|-|\b(?:its|the|of|on|for|at|and|or|by|to|in|with|from|concerning|under))$", re.IGNORECASE)
# Often in plain type, and always the title.
_CALLED = re.compile(
    r"(?:(?:Identical )?letters?|Notes? verbales?) dated \d|(?:Summary|Compilation)(?: of information)? prepared by|"
    r"National report submitted",
    re.IGNORECASE,
)
# What kind of document it is, below a title that names only the State or subject.
_DOCUMENT = re.compile(r"(?:Report|Compilation|Summary|National report|Note)\b", re.IGNORECASE)
_ADOPTED = re.compile(r"(?:Resolution|Decision) adopted by the [\w ]+$")
_FIELD = re.compile(
    r"The (?:General Assembly|Security Council|Human Rights Council|Economic and Social Council|Commission|Committee)\b|"
    r"[\w’' -]{3,40}:\s|I (?:have|am|write|wish)\b|Dear \w+|(?:The|At|In|On) \w+ .{50,}|\d+\.\s"
)


def masthead_title(lines: Sequence[Line], furniture: Sequence[Line]) -> str:
    """The title below the masthead of the first page with text; empty where there is no such masthead or title."""
    top = _top(lines, furniture)
    if not top:
        return ""
    groups = _groups(_below_block(top))
    if not groups:
        return ""
    at = min(range(len(groups)), key=lambda number: groups[number].level)
    title = groups[at].text
    below = groups[at + 1].text if at + 1 < len(groups) else ""
    if re.fullmatch(r"Resolution \d+ \(\d{4}\)", title):
        return f"{title} of the Security Council"
    if _ADOPTED.fullmatch(title) and below:
        return f"{title}: {below}"
    short = len(title.split()) < SHORT
    if short and _DOCUMENT.match(below):
        return f"{below} – {title}"
    if _CALLED.match(title) and below and len(below.split()) < SHORT:
        return f"{title} – {below}"
    # "Provisional agenda" says little without the meeting above it.
    return f"{groups[0].text}: {title}" if short and at else title


def no_headings(lines: Sequence[Line], furniture: Sequence[Line]) -> frozenset[tuple[int, int]]:
    """The lines of the masthead that look like headings and are none (body, session, agenda item), as (page, start)."""
    top = (line for line in _top(lines, furniture) if not line.continues)
    return frozenset((line.page, line.start) for line in top if _NO_HEADING.fullmatch(line.text))


def _top(lines: Sequence[Line], furniture: Sequence[Line]) -> Sequence[Line]:
    """The first lines of the first page with text, where it has a masthead."""
    page = lines[0].page if lines else 0
    top = [line for line in lines if line.page == page][:DEPTH]
    others = (line for line in furniture if line.page == page)
    return top if any(_MASTHEAD.search(line.text) for line in (*top, *others)) else []


def _below_block(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without the block of symbol and date and what stands above it, the council's name in large type."""
    bottom = next((at for at, line in enumerate(lines) if at > 4 and _BOTTOM.match(line.text)), None)
    if bottom is not None:
        return lines[:bottom]
    ends = [at for at, line in enumerate(lines[:_BLOCK_DEPTH]) if _BLOCK.search(line.text)]
    below = lines[ends[-1] + 1 :] if ends else lines
    return below if any(line.heading or _CALLED.match(line.text) for line in below) else lines


@dataclass(slots=True)
class _Group:
    """A heading: its level, its words, and whether the format shows it as a heading."""

    level: int
    text: str
    shown: bool


def _groups(lines: Sequence[Line]) -> list[_Group]:
    """The headings below the masthead, lines of one heading joined; agenda items left out."""
    groups: list[_Group] = []
    agenda = growing = False
    for line in lines:
        text = re.sub(r"\s+", " ", line.text.strip("*# _")).strip()
        if line.continues and (growing or agenda):
            if growing:
                groups[-1].text += f" {text}"
        elif growing and groups and (_OPEN.search(groups[-1].text) or _goes_on(groups[-1], line, text)):
            groups[-1].text += f" {text}"
        elif _CALLED.match(text):
            groups.append(_Group(1, text, bool(line.heading)))
            growing = True
        elif _AGENDA.fullmatch(text):
            agenda, growing = True, False
        elif line.continues or not _may_head(line, text):
            # Below "Agenda item 69" stands the item's title, here in plain type.
            agenda, growing = agenda and bool(line.heading or _FORMAL.fullmatch(text)), False
        elif agenda and not groups:
            agenda = growing = False
        else:
            groups.append(_Group(line.heading, text, True))
            growing = True
    return groups


def _may_head(line: Line, text: str) -> bool:
    named = line.heading and re.search(r"[^\W\d_]{3}", text)
    return bool(named) and not _FIELD.match(text) and not _FORMAL.fullmatch(text)


def _goes_on(group: _Group, line: Line, text: str) -> bool:
    """Whether a line belongs to the heading above it: of its type, or its wrapped end in what reads as body type."""
    if len(group.text) > LONGEST or _FIELD.match(text) or _FORMAL.fullmatch(text):
        return False
    if line.heading:
        return line.heading == group.level and not line.after_blank
    if text[:1].islower():
        return True
    last = group.text if " " in group.text else ""
    return not group.shown and len(last) >= WRAPPED and len(text) < 80 and not text.endswith(".")
