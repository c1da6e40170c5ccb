"""Whether a question asks what a meeting agreed, and whether a text says that anything was."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ASKS = re.compile(
    r"\b(?:participants?|meeting|delegates?|co-?ordinators|conference|they)\b.*\b(?:agree[ds]?|adopt(?:ed)?|decided?|"
    r"conclu(?:de|ded|sions?)|outcomes?|resolve[ds]?|declaration)\b|"
    r"\b(?:conclusions?|outcomes?|declaration)\b.*\b(?:participants?|meeting|conference)\b|"
    r"\b(?:agreed|adopted|decided|concluded)\b.{0,40}\b(?:meeting|conference|participants|co-?ordinators)\b|"
    r"\b(?:participants|teilnehmer|участник\w*)\b.*\b(?:convenu|vereinbart\w*|согласил\w*|договорил\w*)",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(?:participants?|meeting|delegates?|delegations?|states|conference|co-?ordinators|parties|council|it was)\b"
    r"[^.“”\"]{0,60}\b(?:agreed|adopted|decided|endorsed|resolved|recommended that|called for|reaffirmed their|"
    r"committed themselves|undertook)\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:is|are|was|were) (?:not|nowhere) (?:yet )?(?:known|recorded|certain|covered|given|said|stated|held|published)\b|"
    r"\bnothing found\b|\bno (?:record|agreed outcome|trace)\b",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"\b(?:agree|adopt|decid|decision|conclu|outcome|recommend|declar)", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|nothing|without|whether)\b", re.IGNORECASE)


def asks_for_outcome(question: str) -> bool:
    """Whether the question asks what a meeting agreed, adopted or concluded."""
    return bool(_ASKS.search(question))


def outcome_sentences(texts: Iterable[str]) -> list[str]:
    """The stretches that say that a meeting agreed something."""
    found = []
    for text in texts:
        for match in _OUTCOME.finditer(text):
            before = text[max(0, match.start() - 60) : match.end()]
            if not _DENIED.search(before):
                found.append(match[0])
    return found


def speaks_of_outcomes(text: str) -> bool:
    """Whether a sentence speaks of agreeing or deciding at all, be it to say that nothing was."""
    return bool(_SPEAKS.search(text))


def tells_of_absence(quote: str, document_type: str | None) -> bool:
    """Whether a digest says in this sentence that something is not known, rather than what is the case."""
    return document_type == "digest" and bool(_ABSENT.search(quote))
