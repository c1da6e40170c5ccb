"""Documents of a known form that tell what they are by their first lines or their file's name alone: statements in the
General Debate, speeches in Congress, reports on the review of a State."""

from __future__ import annotations

import re
from pathlib import Path

from corpus.lexicon import country_name, find_countries
from ingest.dates import parse_date
from ingest.extract.base import Extract
from ingest.facts import CERTAIN, LIKELY, Facts

_DEBATE = re.compile(r"([A-Z]{3})_(\d{2})_((?:19|20)\d{2})")
_TURN = re.compile(r"`?(?P<speaker>(?:Mr|Ms|Mrs|Miss|Dr|The)\.? [^`—]{2,60}?) — (?P<date>\d{1,2} \w+ \d{4})`?")
_REVIEWED = re.compile(
    r"[Tt]he\s+review\s+of\s+(?:the\s+(?!former))?(?P<state>(?:the\s+former\s+)?[A-Z][\w’' -]{2,60}?(?:\s\([\w ]+\))?)\s+"
    r"(?:was\s+held|took\s+place)\s+at\s+the"
)
_REVIEW_TITLE = "Report of the Working Group on the Universal Periodic Review"


def debate(facts: Facts, path: Path, extract: Extract) -> None:
    """A statement in the General Debate: its file's name alone tells State, session and year ("ALB_62_2007")."""
    found = _DEBATE.fullmatch(path.stem)
    if not found or extract.format != "text":
        return
    code, session, year = found.groups()
    name, session = country_name(code), f"{session}{_suffix(int(session))}"
    source = "the file's name"
    title = f"{name}, statement in the General Debate, UN General Assembly, {session} session, {year}"
    facts.replace("title", title, source, LIKELY)
    for field, value in (
        ("type", "speech"), ("body", "UN"), ("date", year), ("countries", (code,)), ("speaker", name),
        ("meeting", f"{session} session, {year}"),
    ):  # fmt: skip
        facts.note(field, value, source, LIKELY)


def turn(facts: Facts, head: str) -> None:
    """A turn of a debate in Congress, whose first line names the speaker and the day."""
    found = _TURN.search(head[:400])
    if not found:
        return
    speaker = found["speaker"].strip()
    name = " ".join(part if part.endswith(".") else part.title() for part in speaker.split())
    title = facts.text("title") or ""
    given = title if len(title) > 6 and title.casefold() != "none" else ""
    if re.fullmatch(r"[0-9a-f ]{16,}", given):
        given = ""
    composed = f"{given.capitalize() + ', ' if given else ''}statement of {name}, US Congress, {found['date']}"
    source = "the line that names speaker and day"
    facts.replace("title", composed[0].upper() + composed[1:], source, LIKELY)
    for field, value in (
        ("type", "speech"), ("body", "US"), ("date", parse_date(found["date"])), ("speaker", name),
        ("meeting", found["date"]), ("countries", ("USA",)),
    ):  # fmt: skip
        facts.note(field, value, source, CERTAIN if field in {"date", "speaker"} else LIKELY)


def review(facts: Facts, extract: Extract) -> None:
    """A report on the review of a State names the State in its title and how people ask for it."""
    start = " ".join(" ".join(page.text for page in extract.pages[:4])[:14000].split())
    found = _REVIEWED.search(start)
    if not found or "Universal" not in start:
        return
    state = " ".join(found["state"].split())
    addendum = re.search(r"Addendum", start[: found.start()][:1500])
    source = "the sentence on when the review was held"
    title = f"{_REVIEW_TITLE} – {state}" + (" – Addendum" if addendum else "")
    facts.replace("title", title, source, CERTAIN)
    for field, value in (
        ("type", "report"), ("body", "UN"), ("countries", tuple(find_countries(state))), ("meeting", _session(start)),
        ("aliases", (f"UPR {state}", f"{state} periodic review")),
    ):  # fmt: skip
        facts.note(field, value, source, CERTAIN)


def reviewed_state(facts: Facts) -> None:
    """Documents of a State's review name it in their symbol ("A/HRC/WG.6/48/SVN/2"), not always in their title."""
    found = re.search(r"/([A-Z]{3})/\d", facts.text("symbol") or "")
    name = country_name(found[1]) if found else None
    if found is None or name is None or name == found[1]:
        return
    title = facts.text("title") or ""
    if name.casefold() not in title.casefold():
        facts.replace("title", f"{title} – {name}", "the first page; the State from its symbol", CERTAIN)
    facts.note("countries", (found[1],), "its symbol", CERTAIN)


def _session(text: str) -> str | None:
    found = re.search(r"held\s+its\s+(\w+(?:-\w+)?)\s+session", text)
    return f"{found[1]} session of the UPR Working Group" if found else None


def _suffix(number: int) -> str:
    """The ending of an ordinal number: 61st, 62nd, 63rd, 64th."""
    if number % 100 in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
