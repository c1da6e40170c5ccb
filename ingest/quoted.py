"""Who is quoted in a paragraph that begins with the words of a person, as press releases have it:

“…,” NAME, OFFICE, stressed …      “…,” added NAME, OFFICE, in his remarks …
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.records import Kind
from ingest.blocks import Block

_SAID = (
    r"(?:said|says|stressed|stated|added|noted|concluded|underlined|underscored|emphasi[sz]ed|explained|warned|remarked|"
    r"highlighted|declared|commented|continued|recalled|reiterated|affirmed|argued|urged|observed|told \w+|pointed out|"
    r"a (?:déclaré|dit|souligné|ajouté|affirmé|indiqué|conclu|rappelé|expliqué)|"
    r"sagte|erklärte|betonte|unterstrich|fügte|так|сказала?|заявила?|отметила?|подчеркнула?|добавила?)"
)
_CLOSED = re.compile(r"[“\"„«].{15,}?[”\"“»]\s*[,—–-]?\s*", re.DOTALL)
_NAME = r"[A-ZÀ-ÝА-Я][\w’'.-]*"
_PERSON = re.compile(rf"(?:{_NAME}|of|the|for|and|to|de|du|des|la|van|von|der|di|da|bin|al|для|по|и)(?:\s|$)")
# An office may be long, and other words follow it: "in his opening remarks", "during the meeting".
_TAIL = re.compile(
    r"\s*(?:,\s*)?(?:[.!?;“”\"]|\b(?:in (?:his|her|their|an?|the course)|during|at (?:the|a)|on (?:\d|the occasion)|who|"
    r"while|when|after|before|as (?:he|she)|adding|noting|speaking|opening|dans (?:son|sa)|lors de|hinzu)\b).*",
    re.DOTALL,
)
_BEHIND = re.compile(rf"{_SAID}\s+(?P<who>{_NAME}.{{4,}})", re.DOTALL)
_BEFORE = re.compile(rf"(?P<who>{_NAME}[^“”\"«»]{{3,200}}?),?\s+{_SAID}\b", re.DOTALL)
_LONGEST = 200
_NO_PERSON = re.compile(r"(?:The|He|She|They|It|This|That|These|Those|We|I|Il|Elle|Er|Sie|Он|Она|Они)\b")


def with_quoted_speakers(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks; those that are the words of one named person carry that person as speaker, in place."""
    for block in blocks:
        if block.speaker is None and block.label is None and block.kind is Kind.TEXT and block.text[:1] in '“"„«':
            block.speaker = quoted_speaker(block.text)
    return blocks


def quoted_speaker(text: str) -> str | None:
    """Name and office of the person whose words begin a paragraph; None where nobody is named, or more than one."""
    said = [who for closed in _CLOSED.finditer(text) if (who := _named(text[closed.end() :]))]
    return said[0] if said and all(who.split(",")[0] == said[0].split(",")[0] for who in said) else None


def _named(behind: str) -> str | None:
    """The person named straight behind a quotation."""
    found = _BEHIND.match(behind) or _BEFORE.match(behind)
    if found is None or _NO_PERSON.match(found["who"]):
        return None
    who = " ".join(_TAIL.sub("", found["who"]).split()).strip(" ,.")
    name = who.split(",")[0]
    words = name.split()
    person = 2 <= len(words) <= 14 and all(_PERSON.fullmatch(word) for word in words) and words[-1][:1].isupper()
    return who if person and len(who) <= _LONGEST else None
