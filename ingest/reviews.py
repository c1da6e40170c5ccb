"""Recommendations that States make to each other in a review: the State under review, those that recommend, and what
the State said to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.lexicon import country_name, find_countries, fold
from corpus.records import Authority, Commitment, Document, Passage, Reception

# "(Algeria);", "(Iran (Islamic Republic of));", "(France, Spain and Chile)2." at the end of a recommendation.
_STATES = re.compile(r"\((?P<states>[^()]*(?:\([^()]*\)[^()]*)*)\)\W{0,3}\d{0,3}\W{0,4}\d{0,3}\W{0,2}$")
_BRACKETS = re.compile(r"\(([^()]{3,200})\)")
_NUMBER = re.compile(r"\d{1,3}\.\d{1,3}\.?\s*|\(?\d{1,3}[.)]\s*|•\s*")
_RECEPTIONS = (
    (
        Reception.NOTED,
        r"\b(?:not? (?:enjoy|support|accept)|did not|does not|do not|cannot|reject\w*|noted|takes? note|not support\w*)\b",
    ),
    (
        Reception.PENDING,
        r"\b(?:will be examined|be examined by|will provide|responses? (?:will|in due)|will respond|be considered by|"
        r"be included in)\b",
    ),
    (
        Reception.SUPPORTED,
        r"\b(?:enjoy\w*\b.{0,60}\bsupport|support\w*|accept\w*|agree\w*|already (?:been )?implemented)\b",
    ),
)
RECOMMENDS = ("recommends", 3)


def is_review(document: Document) -> bool:
    """Whether a document is a report on the review of a State."""
    return "Universal Periodic Review" in document.title and bool(document.countries)


def recommendation(passage: Passage, start: int, end: int, label: str | None, under_review: str) -> Commitment | None:
    """The recommendation to the State `under_review` (its ISO code) between two offsets of a passage; None where no
    State is named at its end."""
    text = passage.text[start:end].rstrip()
    found = _STATES.search(text)
    if found is None:
        return None
    states = tuple(find_countries(found["states"]))
    if not states:
        return None
    # "Consider ratifying (Jordan)/ratify as soon as possible (Chile, China)": what stands before is theirs too.
    states = tuple(dict.fromkeys((*_inner(text[: found.start()]), *states)))
    number = _NUMBER.match(text)
    begin = start + (number.end() if number else 0)
    stop = start + len(text)
    verb, strength = RECOMMENDS
    return Commitment(
        passage.ordinal, begin, stop, passage.text[begin:stop], verb, strength, Authority.RECOMMENDATION, label,
        passage.page, country_name(under_review), states, reception_of(passage.lead), (), passage.lead,
    )  # fmt: skip


def _inner(text: str) -> Iterator[str]:
    """The States named in brackets that hold nothing else."""
    for found in _BRACKETS.finditer(text):
        names = [name.strip() for name in re.split(r",|;|\band\b", found[1]) if name.strip()]
        codes = [tuple(find_countries(name).items()) for name in names]
        if names and all(len(code) == 1 and fold(name) == code[0][1] for name, code in zip(names, codes, strict=True)):
            yield from (code[0][0] for code in codes)


def reception_of(lead: str) -> Reception | None:
    """What the governing line says of how the recommendations under it were received."""
    folded = " ".join(lead.casefold().split())
    return next((reception for reception, pattern in _RECEPTIONS if re.search(pattern, folded)), None)
