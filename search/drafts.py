"""A draft taken apart: its quotations, each with the citation that belongs to it, and its other citations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from corpus.sentences import sentence_spans
from search.citations import CitationReader, Cited
from search.comparing import words_of

MIN_WORDS = 4
# A line of its own under a block quotation that is its source, not a paragraph of the draft.
SOURCE_LETTERS = 260
_CLOSERS = {"“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "‘": "’", "‚": "‘’", '"': '"'}
# An apostrophe is written as a closing mark is.
_SINGLE = frozenset("‘‚")
_PAREN = re.compile(r"[\s”’\"»“.,;:]{0,4}[(\[](?P<inner>[^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*)[)\]]")
_LAST_PAREN = re.compile(r"[(\[](?P<inner>[^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*)[)\]][\s.]*$")
_SENTENCE_END = re.compile(r"[.!?…][”’\"»“]?\s*$")
_IBID = re.compile(r"\b(?:ibid|ibidem|op\. ?cit|ebd|там же)\b", re.IGNORECASE)


class Shape(StrEnum):
    """What a block of a draft is."""

    TEXT = "text"
    QUOTE = "quote"  # set off as a quotation
    NOTE = "note"  # a footnote or endnote


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a draft. `notes` are its footnotes: (offset in `text`, the note's text)."""

    text: str
    shape: Shape = Shape.TEXT
    notes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation of a draft, without its marks: half-open offsets into the text of block `block`."""

    text: str
    block: int
    start: int
    end: int
    cited: Cited | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A citation of a draft outside of its quotations, and where its sentence stands."""

    cited: Cited
    block: int
    start: int
    end: int


def quoted(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of what stands between quotation marks, the outermost of those that are nested. One that is
    not closed ends with the paragraph, where it begins it."""
    found, at = [], 0
    while at < len(text):
        closers = _CLOSERS.get(text[at])
        if closers is None or not _opens(text, at):
            at += 1
            continue
        end = _closing(text, at, closers)
        if end is None and not text[:at].strip():
            end = len(text)
        if end is None:
            at += 1
            continue
        found.append((at + 1, end))
        at = end + 1
    return found


def _opens(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    # French puts a blank inside its marks.
    return bool(after) and (text[at] in "«‹" or not after.isspace()) and not before.isalnum()


def _closing(text: str, start: int, closers: str) -> int | None:
    """Where the mark at `start` is closed; marks of the same kind inside are passed over."""
    opener, depth = text[start], 0
    for at in range(start + 1, len(text)):
        letter = text[at]
        if letter == opener and opener not in closers and _opens(text, at):
            depth += 1
        elif letter in closers:
            if opener in _SINGLE and text[at + 1 : at + 2].isalnum():
                continue
            if depth == 0:
                return at
            depth -= 1
    return None


class DraftReader:
    """Finds quotations and citations in a draft, with what it knows of the corpus's documents."""

    def __init__(self, citations: CitationReader) -> None:
        self._citations = citations

    def quotations(self, blocks: Sequence[Block]) -> list[Quotation]:
        """Every quotation of at least `MIN_WORDS` words, with what is cited for it."""
        found: list[Quotation] = []
        for number, block in enumerate(blocks):
            for one in self._set_off(blocks, number) if block.shape is Shape.QUOTE else self._inside(number, block):
                if one.cited and _IBID.search(one.cited.text) and not one.cited.names_a_text:
                    one = replace(one, cited=one.cited.completed(found[-1].cited if found else None))
                found.append(one)
        return found

    def _inside(self, number: int, block: Block) -> list[Quotation]:
        """The quotations between marks of one block."""
        text = block.text
        found: list[Quotation] = []
        spans = [span for span in quoted(text) if len(words_of(text[slice(*span)]).keys) >= MIN_WORDS]
        sentences = _sentences(text, spans)
        before_from = 0
        last: Cited | None = None
        for at, (start, end) in enumerate(spans):
            limit = spans[at + 1][0] - 1 if at + 1 < len(spans) else len(text)
            begin = max(before_from, max((first for first, _ in sentences if first <= start), default=0))
            note, taken = self._following(block, end, limit)
            before = self._citations.read(text[begin : max(begin, start - 1)])
            stop = min(limit, min((last_at for _, last_at in sentences if last_at > end), default=len(text)))
            after, rest = None, text[taken:stop]
            if not _SENTENCE_END.search(text[start : end + 1]) or not rest.lstrip()[:1].isupper():
                after = self._citations.read(rest)
            uses_after = (note is None or not note.names_a_text) and (before is None or not before.names_a_text)
            cited = _joined(note, before, after if uses_after or _only_place(after) else None)
            if cited is not None and not cited.names_a_text:
                cited = self._inherited(cited.completed(last), text[:begin])
            last = cited if cited is not None and cited.names_a_text else last
            found.append(Quotation(text[start:end], number, start, end, cited))
            before_from = stop if after is not None and uses_after else taken
        return found

    def _inherited(self, cited: Cited, before: str) -> Cited:
        """An article without its text is of one that the paragraph named before, if it did."""
        earlier = None if cited.names_a_text else self._citations.read(before)
        if earlier is None or not earlier.documents:
            return cited
        return replace(cited.completed(replace(earlier, missing=())), inherited=True)

    def _following(self, block: Block, end: int, limit: int) -> tuple[Cited | None, int]:
        """The citation in brackets or in a footnote right behind a quotation, and where it ends."""
        taken = min(end + 1, len(block.text))
        notes = [note for offset, note in block.notes if end <= offset <= end + 3]
        match = _PAREN.match(block.text, taken, limit)
        cited = self._citations.read(match["inner"]) if match else None
        if cited is not None and match is not None:
            taken = match.end()
            notes = notes or [note for offset, note in block.notes if taken <= offset <= taken + 3]
        footnote = next((read for note in notes if (read := self._read_note(note))), None)
        if cited is None or footnote is None:
            return cited or footnote, taken
        return cited.completed(footnote), taken

    def _read_note(self, note: str) -> Cited | None:
        return self._citations.read(note) or (Cited(note) if _IBID.search(note) else None)

    def _set_off(self, blocks: Sequence[Block], number: int) -> list[Quotation]:
        """A paragraph that is a quotation as a whole."""
        block = blocks[number]
        text = block.text
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        own = None
        match = _LAST_PAREN.search(text)
        if match and (own := self._citations.read(match["inner"])):
            end = len(text[: match.start()].rstrip())
        if text[start : start + 1] in _CLOSERS:
            start += 1
            end -= text[end - 1] in '”’"»“«›'
        if len(words_of(text[start:end]).keys) < MIN_WORDS:
            return []
        notes = next((read for _, note in block.notes if (read := self._read_note(note))), None)
        before = blocks[number - 1].text if number else ""
        after = blocks[number + 1] if number + 1 < len(blocks) else Block("")
        intro = self._last_sentence(before) if before.rstrip().endswith(":") else None
        source = None
        if after.shape is not Shape.NOTE and len(after.text) <= SOURCE_LETTERS and not quoted(after.text):
            source = self._citations.read(after.text)
        cited = _joined(own or notes, intro, source)
        if cited is None or not cited.names_a_text:
            cited = _joined(cited, self._last_sentence(before), None)
        return [Quotation(text[start:end], number, start, end, cited)]

    def _last_sentence(self, text: str) -> Cited | None:
        spans = sentence_spans(text)
        return self._citations.read(text[slice(*spans[-1])]) if spans else None

    def mentions(self, blocks: Sequence[Block], quotations: Sequence[Quotation]) -> list[Mention]:
        """Every sentence that cites something, with its quotations left out; each citation once."""
        found: dict[tuple[object, ...], Mention] = {}
        for number, block in enumerate(blocks):
            own = [one for one in quotations if one.block == number]
            masked = _masked(block.text, [(one.start, one.end) for one in own])
            if block.shape is Shape.QUOTE and own:
                continue
            for start, end in sentence_spans(masked):
                cited = self._citations.read(masked[start:end])
                if cited is not None and cited.names_a_text:
                    cited = replace(cited, text=block.text[start:end].strip())
                    key = (cited.documents, cited.missing, cited.pinpoints, cited.pages)
                    found.setdefault(key, Mention(cited, number, start, end))
        return list(found.values())


def _joined(*read: Cited | None) -> Cited | None:
    """The first citation that was read, completed by the others, the nearer first."""
    present = [one for one in read if one is not None]
    if not present:
        return None
    made = present[0]
    for other in present[1:]:
        made = made.completed(other)
    return made


def _only_place(cited: Cited | None) -> bool:
    return cited is not None and not cited.names_a_text


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "x" * (end - start) + text[end:]
    return text


def _sentences(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences of a paragraph; those inside its quotations do not count."""
    return sentence_spans(_masked(text, spans))
