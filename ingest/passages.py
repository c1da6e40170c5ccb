"""From blocks to passages that fit the model's window, heading line included. Nothing is cut off: what does not
fit goes on in the next passage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.records import Kind, Page, Passage, Span
from corpus.sentences import sentence_spans
from corpus.wording import heading_line
from ingest.asides import with_heads
from ingest.blocks import ASIDE, LEAD_WORDS, Block

WINDOW = 256
# Both ends that the model adds, and the colon of the heading line.
SPECIALS = 3
TARGET = 200
LEAD_TOKENS = 60
# An article as short as this is one passage: "No one shall be held in slavery." says little without its neighbours.
SHORT_ARTICLE = 96
# What is not mixed with running text.
_APART = ASIDE | {Kind.FOOTNOTE, Kind.RECITAL}
_CLAUSE = re.compile(r"(?<=[;:])\s+|(?<=,)\s+(?=[A-Z])")
_ROW = re.compile(r"[^\n]+")
_BLANKS = re.compile(r"[^\S\n]+")

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a block: text[start:end] and its number of tokens."""

    block: Block
    start: int
    end: int
    tokens: int

    @property
    def text(self) -> str:
        return _BLANKS.sub(" ", self.block.text[self.start : self.end])

    def labels(self) -> Iterator[tuple[int, str]]:
        """Labels with their offsets in the piece's text; a piece that goes on with a block has that block's last."""
        found = self.block.labels()
        for at, (offset, label) in enumerate(found):
            if offset >= self.start or at + 1 == len(found) or found[at + 1][0] > self.start:
                before = self.block.text[self.start : max(offset, self.start)]
                if offset < self.end:
                    yield len(_BLANKS.sub(" ", before).lstrip()), label

    def spans(self) -> Iterator[Span]:
        for offset, line in self.block.pieces:
            begin, finish = max(self.start, offset), min(self.end, offset + len(line.text))
            if begin < finish:
                yield Span(line.page, line.start + begin - offset, line.start + finish - offset)


class Cutter:
    """Cuts the blocks of one document."""

    def __init__(self, title: str, count: CountTokens, window: int = WINDOW) -> None:
        """`count` gives the number of tokens of each text, special tokens left out."""
        self._title = title
        self._count = count
        self._window = window
        self._heads: dict[str, int] = {}

    def cut(self, blocks: Sequence[Block], pages: Sequence[Page]) -> list[Passage]:
        """The passages in reading order, numbered from 0."""
        stored = {page.number: page for page in pages}
        tokens = self._count([block.text for block in blocks])
        passages: list[Passage] = []
        for group in _groups(blocks, tokens):
            budget = self._budget(group[0].block)
            pieces = [part for piece in group for part in self._divide(piece, budget)]
            lead = _lead_in(group)
            for at, packed in enumerate(_pack(pieces, budget)):
                passages.append(self._passage(packed, lead if at else "", stored, len(passages)))
        return passages

    def _budget(self, block: Block) -> int:
        head = heading_line(self._title, block.heading_path, block.label)
        if head not in self._heads:
            self._heads[head] = self._count([head])[0]
        return max(
            64,
            self._window
            - SPECIALS
            - self._heads[head]
            - LEAD_TOKENS * bool(block.unit or block.lead or block.kind is Kind.TABLE),
        )

    def _divide(self, piece: _Piece, budget: int) -> Iterator[_Piece]:
        """The piece itself where it fits, else its sentences, clauses or words."""
        if piece.tokens <= budget:
            yield piece
            return
        text = piece.block.text[piece.start : piece.end]
        rows = piece.block.kind is Kind.TABLE and "\n" in text
        parts = [match.span() for match in _ROW.finditer(text)] if rows else sentence_spans(text)
        if len(parts) < 2:
            cuts = [match.end() for match in _CLAUSE.finditer(text) if 0 < match.end() < len(text)]
            parts = list(zip([0, *cuts], [*cuts, len(text)], strict=True))
        if len(parts) < 2:
            # One long run without any joint: by words, else by characters (a word of a thousand letters).
            middle = text.rfind(" ", 0, len(text) // 2 + 1)
            middle = middle if middle > 0 else len(text) // 2
            parts = [(0, middle), (middle, len(text))]
        counts = self._count([text[start:end] for start, end in parts])
        for (start, end), tokens in zip(parts, counts, strict=True):
            if text[start:end].strip():
                part = _Piece(piece.block, piece.start + start, piece.start + end, tokens)
                yield from self._divide(part, budget)

    def _passage(self, pieces: Sequence[_Piece], lead: str, stored: dict[int, Page], ordinal: int) -> Passage:
        first = pieces[0].block
        text = ""
        pinpoints: list[tuple[int, str]] = []
        spans: list[Span] = []
        for at, piece in enumerate(pieces):
            if text:
                text += _joint(pieces[at - 1], piece)
            for offset, label in piece.labels():
                if not pinpoints or pinpoints[-1][1] != label:
                    pinpoints.append((len(text) + offset, label))
            text += piece.text.strip()
            for span in piece.spans():
                spans.append(span)
        page = spans[0].page if spans else 1
        return Passage(
            text=text,
            spans=_joined(spans, stored),
            ordinal=ordinal,
            kind=first.kind,
            label=_common_label(pieces),
            heading_path=first.heading_path,
            lead=lead or first.lead if first.kind is Kind.TABLE else first.lead or lead,
            page=page,
            page_label=stored[page].label if page in stored else None,
            speaker=first.speaker,
            pinpoints=tuple(pinpoints) if len(pinpoints) > 1 else (),
        )


def _groups(blocks: Sequence[Block], tokens: Sequence[int]) -> Iterator[list[_Piece]]:
    """Blocks that may share a passage: one cited unit with its items, a short article, or running text under one
    heading."""
    short = _short_articles(blocks, tokens)
    group: list[_Piece] = []
    for block, number in zip(blocks, tokens, strict=True):
        piece = _Piece(block, 0, len(block.text), number)
        if group and not _together(group[-1].block, block, short):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _article(block: Block) -> str | None:
    return block.unit.split("(")[0] if block.kind is Kind.ARTICLE and block.unit else None


def _short_articles(blocks: Sequence[Block], tokens: Sequence[int]) -> set[tuple[str, ...]]:
    """The heading paths of articles that are short as a whole."""
    totals: dict[tuple[str, ...], int] = {}
    for block, number in zip(blocks, tokens, strict=True):
        if _article(block):
            totals[block.heading_path] = totals.get(block.heading_path, 0) + number
    return {path for path, total in totals.items() if total <= SHORT_ARTICLE}


def _together(last: Block, block: Block, short: set[tuple[str, ...]]) -> bool:
    if last.heading_path != block.heading_path or last.speaker != block.speaker or last.part != block.part:
        return False
    if block.unit or last.unit:
        return last.unit == block.unit or (
            block.heading_path in short and _article(block) is not None and _article(block) == _article(last)
        )
    return not _APART & {last.kind, block.kind} or last.kind is block.kind


def _pack(pieces: Sequence[_Piece], budget: int) -> Iterator[list[_Piece]]:
    """Neighbours joined up to the budget; running text up to `TARGET` only, so that a passage keeps to one matter."""
    packed: list[_Piece] = []
    total = 0
    for piece in pieces:
        limit = budget if piece.block.unit else min(budget, TARGET)
        if packed and total + piece.tokens > limit:
            yield packed
            packed, total = [], 0
        packed.append(piece)
        total += piece.tokens
    if packed:
        yield packed


def _common_label(pieces: Sequence[_Piece]) -> str | None:
    """The label of the first block; of several paragraphs of one article the article."""
    first = pieces[0].block
    units = {piece.block.unit for piece in pieces}
    return _article(first) if len(units) > 1 else first.label


def _joint(last: _Piece, piece: _Piece) -> str:
    """What joins two pieces of a passage: a blank inside a line, else a line break."""
    if piece.block is not last.block or not piece.start:
        return "\n"
    return "\n" if "\n" in piece.block.text[last.end : piece.start] else " "


def _lead_in(group: Sequence[_Piece]) -> str:
    """What governs the later passages of a group: of a cited unit the line before its first colon, if short; of a table
    its caption and the heads of its columns."""
    block = group[0].block
    if block.kind is Kind.TABLE:
        rows = [row for piece in group for row in piece.block.text.split("\n")]
        return " ".join(with_heads(block.lead, rows).split()[:LEAD_WORDS])
    if not block.unit:
        return ""
    head = block.text.strip()
    if len(group) > 1 and head.endswith(":"):
        sentence = re.split(r"(?<=[.;])\s+", head)[-1]
        return " ".join(sentence.split()[-LEAD_WORDS:])
    return ""


def _joined(spans: Sequence[Span], stored: dict[int, Page]) -> tuple[Span, ...]:
    """Neighbouring spans of one page as one, where only blanks or a line break lie between them (a page number left
    out may be as short as one letter)."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and last.page == span.page and 0 <= span.start - last.end <= 3:
            between = stored[span.page].text[last.end : span.start] if span.page in stored else ""
            if not between.strip():
                joined[-1] = Span(span.page, last.start, span.end)
                continue
        joined.append(span)
    return tuple(joined)
