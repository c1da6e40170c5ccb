"""Operative verbs in running text: which one a clause begins with, how strong it is, and who is to act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from corpus.lexicon import Verb, verbs

_HOW = (
    r"(?:(?:also|further|furthermore|additionally|strongly|urgently|firmly|hereby|solemnly|again|once again|therefore|"
    r"likewise|deeply|fully|warmly|earnestly|particularly|in this (?:regard|context),?|in particular|"
    r"également|en outre|instamment|de nouveau|ferner|nachdrücklich|auch|erneut|также|вновь|далее)\s+){0,3}"
)
ADDRESSEE_WORDS = 24
# "requests for assistance" and "notes of the meeting" are nouns; "calls, demands and notes" a list.
_NOUN_BEHIND = r"(?!\s*(?:of|from|made|received|by|and|or)\b)"


@dataclass(frozen=True, slots=True)
class Act:
    """A verb found in a text, from `start` to `end` (its adverbs included)."""

    verb: Verb
    start: int
    end: int


def _pattern(forms: Iterable[str]) -> str:
    return "|".join(sorted((r"\s+".join(map(re.escape, form.split())) for form in forms), key=len, reverse=True))


@cache
def _third() -> re.Pattern[str]:
    forms = _pattern(form for verb in verbs() for form in verb.third)
    return re.compile(rf"(?P<how>{_HOW})(?P<verb>{forms})\b{_NOUN_BEHIND}", re.IGNORECASE)


@cache
def _first() -> re.Pattern[str]:
    forms = _pattern(form for verb in verbs() for form in verb.first)
    how = r"(?:(?:therefore|also|further|strongly|urgently|again|once again|firmly|hereby|sincerely|respectfully|in turn)\s+){0,2}"
    people = r"(?:I|[Ww]e|Nous|nous|Wir|wir|Мы|мы)(?:,[^,]{3,60},)?"
    return re.compile(rf"\b{people}\s+(?:would like to |wish to |want to )?{how}(?P<verb>{forms})\b")


@cache
def _past() -> re.Pattern[str]:
    forms = _pattern(form for verb in verbs() for form in verb.past)
    people = (
        r"(?:[Tt]he\s+)?(?:[Pp]articipants|[Dd]elegations|[Dd]elegates|[Ss]peakers|[Pp]anellists|[Ee]xperts|[Mm]eeting|"
        r"[Cc]onference|[Ss]everal\s+\w+|[Mm]any\s+\w+|[Ss]ome\s+\w+|[Mm]ost\s+\w+|[Cc]hair\w*|[Mm]oderator|[Rr]apporteur|"
        r"[Ii]t\s+was|[Ll]es\s+participants|[Уу]частники|[Dd]ie\s+Teilnehmer\w*)"
    )
    return re.compile(
        rf"\b(?P<who>{people})\s+(?:also\s+|further\s+|generally\s+|unanimously\s+|broadly\s+)?(?P<verb>{forms})\b"
    )


@cache
def _by_form() -> dict[str, Verb]:
    return {form: verb for verb in verbs() for form in (*verb.third, *verb.first, *verb.past)}


def _verb(found: re.Match[str]) -> Verb:
    words = " ".join(found["verb"].split())
    known = _by_form()
    return known.get(words) or known[words.casefold()]


def leading(text: str, at: int = 0) -> Act | None:
    """The verb in the third person that the text begins with at `at`, as operative paragraphs do ("Decides to …")."""
    found = _third().match(text, at)
    return None if found is None else Act(_verb(found), found.start(), found.end())


# Where the next clause of a long paragraph begins: ", and urges", "; decides".
_JOINT = re.compile(r"[,;]\s+(?:and\s+|et\s+|und\s+|и\s+)?|\s+and\s+(?=(?:also|further)\s)")


def clauses(text: str, start: int, end: int) -> Iterator[tuple[Act, int]]:
    """The clauses of an operative paragraph from `start` to `end`, each by its verb and the place where it ends."""
    first = leading(text, start)
    if first is None:
        return
    last = first
    for joint in _JOINT.finditer(text, first.end, end):
        act = leading(text, joint.end())
        if act is not None and text[joint.end()].islower() and joint.start() > last.end:
            yield last, joint.start()
            last = act
    yield last, end


def spoken(text: str) -> Act | None:
    """The first verb that a speaker performs ("we urge", "I call upon")."""
    found = _first().search(text)
    return None if found is None else Act(_verb(found), found.start(), found.end())


def reported(text: str) -> tuple[Act, str] | None:
    """What a report says that a meeting did ("participants agreed"), with who did it."""
    found = _past().search(text)
    return None if found is None else (Act(_verb(found), found.start(), found.end()), " ".join(found["who"].split()))


_TO = re.compile(
    r"\s*(?P<who>.+?)(?:,\s+(?:in|as|where|when|if|within|with|through|including|on|upon|consistent|pursuant|subject|while|and)\b"
    r"|\s+(?:to|that|should|shall|à|de|d[’']|zu|auf,|as\s+well\s+as\s+to)\s|\s+within\b|:|;|\.$|$)",
    re.DOTALL,
)
_THAT = re.compile(
    r"\s*that\s+(?P<who>(?:all\s+|the\s+)?.+?)\s+(?:should\b|shall\b|must\b|be\b|[a-z]+(?<!s)(?<!ed)(?<!ing)\b)",
    re.DOTALL,
)
_NOBODY = re.compile(
    r"(?:to|that|for|the\s+(?:need|importance|adoption|immediate|implementation|full|continuation|strengthening|establishment)|"
    r"efforts|continued|increased|an?\s|further\b|greater\b|support\b)",
    re.IGNORECASE,
)


def addressee(act: Act, text: str, end: int) -> str | None:
    """Who is to act by a clause, as printed; None where the verb names nobody ("Decides to remain seized")."""
    if not act.verb.addressee:
        return None
    rest = text[act.end : end]
    found = _THAT.match(rest)
    if found is None:
        found = _TO.match(rest)
        if found is None or _NOBODY.match(found["who"]):
            return None
    who = " ".join(found["who"].split()).strip(" ,")
    return who if re.search(r"\w", who) and len(who.split()) <= ADDRESSEE_WORDS else None
