"""Annexes and attachments: parts of a document with numbers of their own, and often with another voice.

"Para. 3" of a decision and paragraph 3 of a statement that a delegation has attached to it are not the same thing:
the second is labelled "Attachment 1, para. 3", and its passages carry the delegation as their speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from ingest.blocks import Block

ATTACHED = "Attachment"
# How far into an attachment its author may be named.
_DEPTH = 6
_LONGEST = 160
_WHAT = r"(?:(?:interpretative|interpretive|explanatory|joint) )?statement(?: of interpretation)?"
_FORMAL = r"(?:delegation|permanent mission|permanent representative|representative|presidency|chairmanship)s?"
_BY = re.compile(
    rf"(?:{_WHAT} (?:made |delivered )?(?:by|on behalf of) (?P<who>[^:;“”\"]{{3,120}}?)(?:, in its capacity[^:]*)?:?"
    r"|by (?P<by>[^:;“”\"]{3,120}?)(?:, in its capacity[^:]*)?:)",
    re.IGNORECASE,
)
_OF = re.compile(
    rf"(?P<who>the {_FORMAL} of [^:;“”\"]{{3,90}}?)(?:, in its capacity[^:]*)?"
    r"(?::|\s(?:provided|made|delivered|gave|submitted|has|would|requests?)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_OTHER = re.compile(
    r"(?:(?:déclaration interprétative )?(?:de|par) la (?P<fr>délégation [^:;«»]{3,90}?)\s?:?"
    r"|(?:von )?(?:die|der) (?P<de>Delegation [^:;„“]{3,90}?)\s?:"
    r"|(?P<ru>делегаци(?:я|ей|и) [^:;«»]{3,90}?)\s?:)",
    re.IGNORECASE,
)
_SMALL = frozenset("of the and in for on at to de la le des et du".split())


def with_parts(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks with the labels and speakers of annexes and attachments set, in place.

    An attachment is always named in its labels; an annex where its numbers occur outside it as well.
    """
    runs = [(part, list(run)) for part, run in groupby(blocks, key=lambda block: block.part)]
    if not any(part for part, _ in runs):
        return blocks
    numbers = [_numbers(run) for _, run in runs]
    for at, (part, run) in enumerate(runs):
        if part:
            _give_speaker(run, attached=part.startswith(ATTACHED))
        attached = part.startswith(ATTACHED) and (part != ATTACHED or any(block.speaker for block in run))
        others = set().union(*(found for other, found in enumerate(numbers) if other != at))
        if part and (attached or numbers[at] & others):
            for block in run:
                _name(block, part)
    return blocks


def _numbers(run: Iterable[Block]) -> set[str]:
    """The outermost numbers of a part's paragraphs."""
    return {block.label.split("(")[0] for block in run if block.label and block.label.startswith("para. ")}


def _name(block: Block, part: str) -> None:
    if block.label is None:
        block.label = part if part.startswith(ATTACHED) else None
        return
    if not block.label.startswith("para. "):
        return
    block.label = f"{part}, {block.label}"
    block.unit = f"{part}, {block.unit}" if block.unit else None
    block.inner = (block.inner[0], f"{part}, {block.inner[1]}") if block.inner else None


def _give_speaker(run: Sequence[Block], *, attached: bool) -> None:
    """A delegation is named in the heading of its statement, or on a line of its own above it."""
    speaker: str | None = None
    for at, block in enumerate(run):
        named = _in_headings(block.heading_path)
        if attached and named is None and at < _DEPTH:
            lines = [line.text for _, line in block.pieces[:_DEPTH]]
            named = next((who for text in (block.text, *lines) if (who := delegation(text))), None)
        speaker = named or speaker
        block.speaker = speaker
    first = next((block.speaker for block in run if block.speaker), None)
    for block in run if first and attached else ():
        block.speaker = block.speaker or first


def _in_headings(path: Sequence[str]) -> str | None:
    return next((who for heading in reversed(path) for part in heading.split(" – ") if (who := delegation(part))), None)


def delegation(text: str) -> str | None:
    """Who makes a statement, from its heading or from the line above it ("By the delegation of Canada:"); None where the
    text is no such line."""
    line = " ".join(text.split())
    found = _OF.fullmatch(line) or (_BY.fullmatch(line) if len(line) <= _LONGEST else None)
    if found is None:
        other = _OTHER.fullmatch(line) if len(line) <= _LONGEST else None
        return _tidy(next(filter(None, other.groups()))) if other else None
    who = next(name for name in found.groups() if name)
    return _tidy(re.sub(r"^the\s+", "", who, flags=re.IGNORECASE))


def _tidy(who: str) -> str:
    """A name as it is written in running text, where a heading gives it in capitals."""
    if who.isupper():
        words = who.lower().split()
        who = " ".join(word if word in _SMALL else word[:1].upper() + word[1:] for word in words)
    return who[:1].upper() + who[1:].rstrip(" .,")
