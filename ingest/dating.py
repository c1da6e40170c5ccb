"""When and where a document was adopted and published, as it says itself, to the precision that it prints."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.dates import parse_date, parse_month, signed_date
from ingest.extract.base import Extract
from ingest.facts import CERTAIN, GUESS, LIKELY, Facts

_YEAR = re.compile(r"(?<![\d/])((?:19|20)\d{2})(?![\d/]|-[A-Z])")
_JOURNAL = re.compile(r"\bOJ [LC],?\s*(\d{1,2}\.\d{1,2}\.\d{4})")
_IMPRINT = re.compile(r"(?:New York|Geneva|Vienna|Official Records),?\s+((?:19|20)\d{2})\b")
_ADOPTED = re.compile(
    r"(?:(?:resolution|decision|declaration|recommendation)\s+adopted\s+by\b.{0,80}?|"
    r"\badopted\s+by\s+(?:the\s+)?[A-Z].{4,120}?|\badopted\s+at\s+.{4,80}?)\s+on\s+(?P<date>\d{1,2}\s+\w+\s+\d{4})",
    re.IGNORECASE,
)
# "DONE at Warsaw, this 16th day"; "Fait à Varsovie, le 16 mai"; "Done in the city of New York".
_DONE_AT = re.compile(
    r"\b(?:DONE|Done|FAIT|Fait|GESCHEHEN|Geschehen)\s+(?:at|in|à|zu|AT|IN)\s+(?:the\s+[Cc]ity\s+of\s+)?"
    r"(?P<place>[A-ZÀ-Ö][\wÀ-ÿ’'-]+(?:[ -](?:[A-ZÀ-Ö][\wÀ-ÿ’'-]+|la|sur|de|upon))*?)(?=,|\s+(?:this|on|the|le|am|den)\b)"
)
# "Warsaw, 16.V.2005" below the title; "STRASBOURG, 6 June 2023 –" before the first sentence.
_DATELINE = re.compile(
    r"^(?P<place>[A-ZÀ-Ö][\wÀ-ÿ’-]+(?:[ -][A-ZÀ-Ö][\wÀ-ÿ’-]+){0,2}),?\s+(?P<date>\d{1,2}\.\s?[IVX\d]{1,4}\.\s?\d{4}|"
    r"\d{1,2}\s+[^\W\d_]{3,9}\.?,?\s+\d{4})(?=\s*(?:$|[–—-]\s))",
    re.MULTILINE,
)
_NO_PLACE = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Distr|General|Original|English|Day|Session)\b",
    re.I,
)
ALONE = 5
HEAD = 1500


def note_dates(facts: Facts, head: str, path: Path, extract: Extract, *, treaty: bool) -> None:
    """Keep the dates and the place. `date` is the one that stands in the masthead, or of a treaty its signature."""
    title = facts.text("title") or ""
    _adoption(facts, head, extract, treaty=treaty)
    stamped = re.search(r"Distr\b", head)
    if stamped and (day := parse_date(head[stamped.start() : stamped.start() + 240])):
        facts.note("published", day, "the distribution block", CERTAIN)
        facts.note("date", day, "the distribution block", CERTAIN)
        return
    if treaty:
        signed = parse_date(head[:500]) if extract.paged else None
        facts.note("date", signed, "the first lines", LIKELY)
        facts.note("date", facts.text("adopted"), "the formula at its end", CERTAIN)
    elif extract.paged:
        _from_pages(facts, head, title, extract)
    first = head[:200] if extract.paged or treaty else ""
    for text, source in ((title, "a year in the title"), (path.stem.replace("_", " "), "a year in the file's name"),
                         (first, "a year in the first lines")):  # fmt: skip
        years = _YEAR.findall(text)
        facts.note("date", str(max(years)) if years else None, source, GUESS)
    if not treaty:
        facts.note("date", _imprint_year(extract), "the line on copyright", GUESS)


def _adoption(facts: Facts, head: str, extract: Extract, *, treaty: bool) -> None:
    if treaty:
        text = "\n".join(page.text for page in extract.pages)
        facts.note("adopted", signed_date(text), "the formula at its end", CERTAIN)
        if done := _DONE_AT.search(text):
            facts.note("place", _name(done["place"]), "the formula at its end", CERTAIN)
    elif found := _ADOPTED.search(" ".join(head.split())):
        facts.note("adopted", parse_date(found["date"]), "the words “adopted … on”", CERTAIN)
    for line in _DATELINE.finditer(head[:HEAD]):
        if not _NO_PLACE.search(line["place"]):
            facts.note("place", _name(line["place"]), "its dateline", CERTAIN)
            field = "adopted" if treaty else "published"
            facts.note(field, parse_date(line["date"]), "its dateline", CERTAIN)
            break


def _name(printed: str) -> str:
    """A place as it is written in running text."""
    name = " ".join(printed.split())
    return name.title() if name.isupper() else name


def _from_pages(facts: Facts, head: str, title: str, extract: Extract) -> None:
    """The date of a report or an act, by its imprint, title, running head and first page."""
    front = "\n".join(page.text for page in extract.pages[:4])[:3000]
    if imprint := _IMPRINT.search(front):
        facts.note("published", imprint[1], "the imprint", LIKELY)
        facts.note("date", imprint[1], "the imprint", LIKELY)
    day = parse_date(title)
    facts.note("date", day, "the title", LIKELY)
    headers = "\n".join(page.text for page in extract.pages[:3])
    if journal := _JOURNAL.search(headers):
        published = parse_date(journal[1])
        facts.note("published", published, "the Official Journal's running head", CERTAIN)
        facts.note("date", published, "the Official Journal's running head", CERTAIN)
    lines = extract.pages[0].text.split("\n")[:30]
    alone = [line for line in lines if len(line.split()) <= ALONE]
    facts.note("date", parse_date(head[:700]), "the first lines", LIKELY)
    facts.note("date", next(filter(None, map(parse_month, alone)), None), "a line of the first page", LIKELY)


def _imprint_year(extract: Extract) -> str | None:
    """The year of the copyright line at the front or the back."""
    ends = "\n".join(page.text for page in (*extract.pages[:3], *extract.pages[-2:])) if extract.paged else ""
    found = re.search(r"(?:©|\(c\)|copyright)\D{0,40}((?:19|20)\d{2})\b", ends, re.IGNORECASE)
    return found[1] if found else None
