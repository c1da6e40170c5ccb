"""Operative verbs in running text: which one a clause begins with, how strong it is, and who is to act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from corpus.verbs import Verb, verbs

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


# "considers that the authorities should …" asks; "considers it vital" and "we agree with him" are opinions.
_ASKS = re.compile(r"\s+that\b[^.;]{3,200}?\b(?:should|must|needs? to|ought to)\b")
_OPINION = re.compile(r"\s+with\b(?!\s+(?:concern|appreciation|satisfaction|regret|interest|alarm))")


def _act(found: re.Match[str] | None, text: str) -> Act | None:
    if found is None:
        return None
    act = Act(_verb(found), found.start(), found.end())
    if act.verb.id == "considers" and not _ASKS.match(text, act.end):
        return None
    return None if _OPINION.match(text, act.end) else act


def leading(text: str, at: int = 0) -> Act | None:
    """The verb in the third person that the text begins with at `at`, as operative paragraphs do ("Decides to …")."""
    return _act(_third().match(text, at), text)


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
    acts = (_act(found, text) for found in _first().finditer(text))
    return next((act for act in acts if act is not None), None)


def reported(text: str) -> tuple[Act, str] | None:
    """What a report says that a meeting did ("participants agreed"), with who did it."""
    found = _past().search(text)
    return None if found is None else (Act(_verb(found), found.start(), found.end()), " ".join(found["who"].split()))


_TO = re.compile(
    r"\s*(?P<who>.+?)(?:,\s+(?:in|as|where|when|if|within|with|through|including|on|upon|consistent|pursuant|subject|while|and)\b"
    r"|\s+(?:to|that|should|shall|à|zu|auf,|as\s+well\s+as\s+to)(?=[\s:])|\s+within\b|:|;|\.$|$)",
    re.DOTALL,
)
_THAT = re.compile(
    r"\s*that\s+(?P<who>(?:all\s+|the\s+)?.+?)\s+(?:should\b|shall\b|must\b|be\b|reports\b|ensures\b|[a-z]+(?<!s)(?<!ed)(?<!ing)\b)",
    re.DOTALL,
)
# Who can act. A thing that is asked for ("calls for greater efforts") is nobody.
_ACTOR = re.compile(
    r"\b(?:states?|part(?:y|ies)|members?|governments?|authorit(?:y|ies)|secretar\w+|council\w*|committees?|commissions?|"
    r"commissioners?|offices?|organi[sz]ations?|agenc(?:y|ies)|institutions?|union|partners?|stakeholders?|actors?|countr(?:y|ies)|"
    r"nations?|leaders?|donors?|compan(?:y|ies)|business(?:es)?|sector|society|communit(?:y|ies)|everyone|all|them|others|"
    r"delegations?|representatives?|entit(?:y|ies)|rapporteurs?|panel|missions?|forces?|president|chair\w*|director\w*|"
    r"ministr(?:y|ies)|ministers?|parliaments?|bod(?:y|ies)|structures?|operations?|experts?|participants?|speakers?|judges?|"
    r"prosecutors?|police|employers?|workers?|trade\s+unions?|media|academia|students?|teachers?|famil(?:y|ies)|citizens?|players?|"
    r"providers?|banks?|universit(?:y|ies)|schools?|youth|groups?|territories|colleagues|courts?|tribunals?|regime|networks?|teams?|mandate\s+holders?|procedures|"
    r"états?|parties|gouvernements?|organisations?|autorités|pays|staaten|mitgliedstaaten|regierung\w*|teilnehmerstaaten|"
    r"государств\w*|правительств\w*|организаци\w*|стран\w*|учреждени\w*|сторон\w*|it)\b|\b(?-i:[A-Z]{3,}[a-z]?|EU|UN)\b",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\b(?:protocol|convention|treaty|agreement|resolution|decision|report|plan|declaration|access|respect)\b", re.I
)
_NAME = re.compile(r"(?:the\s+)?[A-ZÀ-ÝА-Я][\w’'-]+")
_HEAD = re.compile(r"\s+(?:of|between|for|in|with|on|from|among|at|by|against|towards)\s")


def addressee(act: Act, text: str, end: int) -> str | None:
    """Who is to act by a clause, as printed; None where the verb names nobody ("Decides to remain seized")."""
    if not act.verb.addressee:
        return None
    rest = text[act.end : end]
    found = _THAT.match(rest)
    if found is None:
        found = _TO.match(rest)
    who = " ".join(found["who"].split()).strip(" ,") if found else ""
    return who if can_act(who) and len(who.split()) <= ADDRESSEE_WORDS else None


def can_act(who: str) -> bool:
    """Whether a name is of somebody who can act, by its first part ("the Government" of "the Government of …")."""
    head = _HEAD.split(who, maxsplit=1)[0]
    if _THING.search(head) and not _ACTOR.search(head):
        return False
    return bool(_ACTOR.search(head) or _NAME.fullmatch(head))
