"""What a document is about, for a question that gives its name and nothing more: how it introduces itself."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.records import Document, Kind, StoredPassage
from corpus.sentences import sentence_spans
from search.catalogue import Focus
from search.query import Question

FIRST = 14
MIN_WORDS = 9
SENTENCES = 2
_BODY = frozenset({Kind.PARAGRAPH, Kind.ARTICLE, Kind.TEXT, Kind.SPEECH})


def asks_for_document(question: Question, focus: Focus) -> bool:
    """Whether the question names documents and asks for nothing in them."""
    return bool(focus.named) and not question.pinpoints and not question.matter_words


def introduction(passages: Sequence[StoredPassage]) -> list[tuple[StoredPassage, int, int]]:
    """The sentences with which a document begins its text, as (passage, start, end); mastheads and contents are passed
    over: they have no whole sentences."""
    numbered = [one for one in passages[:FIRST] if one.passage.kind in (Kind.PARAGRAPH, Kind.ARTICLE)]
    found: list[tuple[StoredPassage, int, int]] = []
    for stored in numbered or [one for one in passages[:FIRST] if one.passage.kind in _BODY]:
        for start, end in sentence_spans(stored.passage.text):
            if len(stored.passage.text[start:end].split()) >= MIN_WORDS:
                found.append((stored, start, end))
            if len(found) == SENTENCES:
                return found
    return found


def described(document: Document) -> str:
    """Its title, symbol, body and date on one line."""
    parts = (document.symbol, document.body, document.date)
    known = ", ".join(part for part in parts if part)
    return f"{document.title} ({known})." if known else f"{document.title}."
