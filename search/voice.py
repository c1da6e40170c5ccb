"""Whose words a quotation is: an agreed text, a recommendation, a speaker, or a digest of ours."""

from __future__ import annotations

import re

from corpus.records import Document, Kind, Passage

_AGREED = frozenset(
    {"convention", "protocol", "charter", "agreement", "regulation", "directive", "resolution", "decision",
     "declaration", "action-plan", "covenant"}
)  # fmt: skip
_SAID = r"(?:said|stressed|added|stated|concluded|noted|underlined|emphasized|emphasised|explained)"
_NAME = r"(?:[A-Z][\w.’'-]*\s+){0,4}?(?P<name>[A-Z][\w’'-]+(?:\s+(?:[A-Z][\w’'.-]+|de|van|von|der))+)"
_AFTER = re.compile(rf"[”\"]\s*{_SAID}\s+{_NAME}")
_BEFORE = re.compile(rf"[”\"]\s*(?P<name>[A-Z][^”“\"]{{3,80}}?)\s+{_SAID}\b")


def speaker_of(quote: str, document: Document) -> str | None:
    """The person whose words a press release quotes in this sentence, as the release names them."""
    if document.type != "press-release":
        return None
    found = _AFTER.search(quote) or _BEFORE.search(quote)
    return found["name"].strip() if found else None


def authority(document: Document, passage: Passage) -> str:
    """In words: agreed text, recommendation, statement, digest or report."""
    if document.type == "digest":
        return "digest written for Rapporteur, not the official text"
    if passage.kind is Kind.SPEECH or document.type == "speech":
        return f"statement by {document.speaker}" if document.speaker else "statement by a speaker"
    if passage.kind is Kind.ITEM and "Universal Periodic Review" in document.title:
        return "recommendation"
    if document.type in _AGREED and passage.speaker:
        return f"statement by {passage.speaker}"  # attached to the text, not part of what was agreed
    if document.type in _AGREED:
        return "agreed text"
    if document.type == "press-release":
        return "press release"
    return document.type or "document"
