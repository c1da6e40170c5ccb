"""The forms of answers: what a sentence must look like to say how many, when, who, where, or what something is."""

from __future__ import annotations

import re

from search.query import Asks

DIGITS = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|dozens?|half|third|quarter|majority)\b",
    re.IGNORECASE,
)
# Dates, years and the numbers of list items are no answer to "how many".
NO_COUNT = re.compile(
    r"^\W*\d+[.)]|\b\d{1,2}(?:(?:[–-]| and )\d{1,2})? (?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December)\b|\b(?:19|20)\d{2}\b|\b(?:Article|Chapter|Part|Section|Page|Table|Figure|Fig\.|Box|Annex|"
    r"Session|Protocol No\.|No\.|para(?:graph)?\.?)s? \d+|\[\^?\d+\]",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?:19|20)\d{2}\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_PERSON = re.compile(r"\b[A-Z][a-z]+(?:[ -][A-Z][a-z]+)+|\([A-Z][a-z]+(?: [A-Za-z()]+)*\)")
_MEANS = re.compile(
    r"\b(?:shall mean|means|is defined as|refers to|denotes|is understood|known as|stands for|hereinafter|"
    r"is the (?:status|condition|act|practice)|"
    r"is any|are (?:those|any)\b|(?-i:\([A-Z]{2,}s?\)))|“[^”]+”",
    re.IGNORECASE,
)
_TOPICS = re.compile(r"\b(?:topics?|themes?|agenda|subjects?|focus(?:es|ed)? (?:of|on))\b", re.IGNORECASE)
_IS_A = re.compile(r"^\W*(?:(?:The|A|An) )?(?:[\w’'-]+ (?:\([A-Z]+s?\) )?){1,6}(?:is|are) (?:an?|the|any|those)\b")


def fits(asks: Asks, text: str) -> float:
    """1 where a sentence has the form of the answer asked for (a number, a date, a name), 0 where it has not, 0.5 where
    any form will do."""
    pattern = {
        Asks.NUMBER: DIGITS, Asks.WHEN: _MONTH, Asks.WHO: _PERSON, Asks.DEFINITION: _MEANS, Asks.WHERE: _PERSON,
        Asks.TOPICS: _TOPICS,
    }.get(asks)  # fmt: skip
    if pattern is None:
        return 0.5
    if asks is Asks.DEFINITION and _IS_A.search(text):
        return 1.0
    return 1.0 if pattern.search(NO_COUNT.sub(" ", text) if asks is Asks.NUMBER else text) else 0.0
