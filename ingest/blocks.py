"""Blocks: the paragraphs of a document before they are cut into passages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.records import Kind
from corpus.sentences import sentence_spans
from ingest.lines import Line

LEAD_WORDS = 45
ASIDE = frozenset({Kind.TABLE, Kind.FIGURE, Kind.CAPTION, Kind.BOX, Kind.FORM})
"""What stands apart from running text, and is not mixed with it."""
_SEMICOLON = re.compile(r"(?<=;)\s+(?=[^\W\da-z_]|[“\"])")
_NUMBER = re.compile(r"^\(?\d{1,3}[.)]\s+")
_RECEIVED = re.compile(
    r"\b(?:enjoy(?:s|ed)? (?:the|its) support|not enjoy|(?:will be|been|were) examined|accept(?:s|ed)?|reject(?:s|ed)|"
    r"(?:has|have|been|are|were) noted|takes note|not support|supports?)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Block:
    """A paragraph of the document. `pieces` are its lines as (offset in `text`, line); `inner` a second label that
    begins inside ("1. (a) …"), as (offset, label); `part` the annex or attachment that it belongs to ("Attachment 1")."""

    kind: Kind
    heading_path: tuple[str, ...]
    label: str | None = None
    unit: str | None = None
    lead: str = ""
    text: str = ""
    pieces: list[tuple[int, Line]] = field(default_factory=list)
    inner: tuple[int, str] | None = None
    part: str = ""
    speaker: str | None = None

    def add(self, line: Line, joint: str) -> None:
        """Append a line, joined by a blank or a line break."""
        if self.text:
            self.text += joint
        self.pieces.append((len(self.text), line))
        self.text += line.text

    def labels(self) -> list[tuple[int, str]]:
        """The block's labels with the offsets where they begin."""
        found = [] if self.label is None else [(0, self.label)]
        return found if self.inner is None else [*found, self.inner]


def governing_line(text: str) -> str:
    """The sentence of a paragraph that governs the list behind it, at most `LEAD_WORDS` words of it; empty where none
    does: one that ends in a colon, or that says how recommendations were received."""
    text = _NUMBER.sub("", text.strip())
    sentences = [part for start, end in sentence_spans(text) for part in _SEMICOLON.split(text[start:end])] or [""]
    if sentences[-1].endswith(":"):
        return " ".join(sentences[-1].split()[-LEAD_WORDS:])
    found = [sentence for sentence in sentences if _RECEIVED.search(sentence)]
    return " ".join(found[0].split()[:LEAD_WORDS]) if found else ""
