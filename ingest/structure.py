"""From lines to blocks: headings, articles, numbered paragraphs, list items and running paragraphs.

The rules see only text and what the format says of its own headings, so they serve every format alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus.records import Kind
from ingest.extract.base import Extract
from ingest.headings import OPEN_END, PREAMBLE, SECTION_RANK, TERMINAL, Headings
from ingest.lines import Line, text_lines
from ingest.marks import Division, Mark, mark_at

_ITEM_BEFORE = re.compile(r"(?:[.;:,!?)\]”\"]|\b(?:and|or|et|ou|und|oder|en|of))\*?\d{0,2}$", re.IGNORECASE)
_ITEMS_ON_ONE_LINE = re.compile(r"(?<=[;).\]])\s+(?=\d{2,3}\.\d{1,3}\.?\s+[A-Z])")
_INLINE_PREAMBLE = re.compile(r"\*(?:Preamble|Preambule|Préambule)\*\s+(?=\S)", re.IGNORECASE)
LEAD_WORDS = 45


@dataclass(slots=True)
class Block:
    """A paragraph of the document. `pieces` are its lines as (offset in `text`, line)."""

    kind: Kind
    heading_path: tuple[str, ...]
    label: str | None = None
    unit: str | None = None
    lead: str = ""
    text: str = ""
    pieces: list[tuple[int, Line]] = field(default_factory=list)

    def add(self, line: Line, joint: str) -> None:
        """Append a line, joined by a blank or a line break."""
        if self.text:
            self.text += joint
        self.pieces.append((len(self.text), line))
        self.text += line.text


@dataclass(slots=True)
class _State:
    """Where the numbering stands. `numbers` holds the running number and, inside it, that of a list."""

    numbers: list[int] = field(default_factory=list)
    number: str | None = None
    letters: list[str] = field(default_factory=list)
    item_lead: str = ""


class Structure:
    """Reads one document's lines into blocks and an outline."""

    def __init__(self, extract: Extract) -> None:
        self._extract = extract
        self._lines, self.furniture = text_lines(extract)
        self.all_lines = self._lines
        self._reflowed = extract.reflowed and not self._wrapped()
        self._widths = self._page_widths()
        indented = sum(1 for line in self._lines if line.indent)
        self._indents_mean_paragraphs = 0 < indented < 0.4 * max(1, len(self._lines))
        self._state = _State()
        self._headings = Headings(reflowed=self._reflowed, widths=self._widths)
        self.outline = self._headings.outline
        self._starts: set[tuple[int, bool]] | None = None
        self.blocks: list[Block] = []

    def _wrapped(self) -> bool:
        """Whether lines go on in mid-sentence, whatever the format promised."""
        inner = [line for line in self._lines if not line.after_blank and not line.heading]
        return sum(1 for line in inner if line.text[:1].islower()) > 0.15 * max(10, len(inner))

    def _page_widths(self) -> dict[int, int]:
        lengths: dict[int, list[int]] = {}
        for line in self._lines:
            lengths.setdefault(line.page, []).append(len(line.text))
        whole = sorted(length for page in lengths.values() for length in page)
        usual = whole[int(0.85 * (len(whole) - 1))] if whole else 80
        return {
            p: sorted(found)[int(0.85 * (len(found) - 1))] if len(found) > 8 else usual for p, found in lengths.items()
        }

    def read(self) -> list[Block]:
        """All blocks in reading order."""
        lines = [part for line in self._lines for part in self._parts(line)]
        current: Block | None = None
        previous: Line | None = None
        for at, line in enumerate(lines):
            following = lines[at + 1] if at + 1 < len(lines) else None
            fresh = current is None or previous is None or self._stands_alone(previous, line)
            heading = self._headings.take(line, following, fresh=fresh, numbered=bool(self._state.numbers))
            if heading is not None:
                self._restart(heading)
                current, previous = None, line
                continue
            inline = _INLINE_PREAMBLE.match(line.text)
            if inline:
                self._headings.open(PREAMBLE, line)
                line = replace(line, start=line.start + inline.end(), text=line.text[inline.end() :])
            mark = self._mark(line, previous, current)
            if mark is not None:
                current = self._begin(line, mark)
            elif current is None or self._new_paragraph(previous, line):
                current = self._begin(line, None)
            else:
                current.add(line, "\n" if self._tabular(previous, line) else " ")
            previous = line
            self._headings.forget_title()
        return self.blocks

    @staticmethod
    def _parts(line: Line) -> Iterator[Line]:
        """A line, cut where several numbered recommendations stand on it."""
        start = 0
        for cut in _ITEMS_ON_ONE_LINE.finditer(line.text):
            yield replace(
                line, start=line.start + start, end=line.start + cut.start(), text=line.text[start : cut.start()]
            )
            start = cut.end()
        yield replace(line, start=line.start + start, text=line.text[start:]) if start else line

    def _stands_alone(self, previous: Line, line: Line) -> bool:
        return (
            self._reflowed
            or (line.after_blank and not (line.page_start and self._extract.paged))
            or bool(TERMINAL.search(previous.text))
            or len(previous.text) < 0.6 * self._widths[previous.page]
        )

    def _restart(self, heading: Division | Line) -> None:
        """A heading ends the reach of the last number; an article or chapter begins the numbering anew."""
        self._state.letters, self._state.number = [], None
        if isinstance(heading, Division) and heading.rank != SECTION_RANK:
            self._state.numbers = []

    # -- paragraphs ----------------------------------------------------------------------------------------

    def _mark(self, line: Line, previous: Line | None, current: Block | None) -> Mark | None:
        state = self._state
        last = state.numbers[-1] if state.numbers else None
        mark = mark_at(line.text, in_article=self._headings.article is not None, last_number=last)
        if mark is None and len(state.numbers) > 1:
            mark = mark_at(line.text, in_article=self._headings.article is not None, last_number=state.numbers[0])
            if mark is not None:
                state.numbers = state.numbers[:1]
        if mark is None and not state.numbers:
            mark = self._first_mark(line)
        if mark is None or self._reflowed or current is None or previous is None or line.after_blank:
            return mark
        plausible = _ITEM_BEFORE.search(previous.text) or len(previous.text) < 0.6 * self._widths[previous.page]
        return mark if plausible else None

    def _first_mark(self, line: Line) -> Mark | None:
        """The number of an excerpt's first paragraph: not 1, but its successor or its items follow."""
        found = re.match(r"(\d{1,3})\.\s+(?=\S)", line.text)
        if not found:
            return None
        if self._starts is None:
            heads = (re.match(r"(\d{1,3})\.(?:\s|(\d{1,3}))", other.text) for other in self._lines)
            self._starts = {(int(head[1]), bool(head[2])) for head in heads if head}
        number = int(found[1])
        follows = (number + 1, False) in self._starts or (number, True) in self._starts
        return Mark("number", found[1], found.end()) if follows and number > 1 else None

    def _begin(self, line: Line, mark: Mark | None) -> Block:
        state = self._state
        block = Block(Kind.TABLE if line.table else Kind.TEXT, self._headings.path)
        if self._headings.preamble:
            block.kind = Kind.RECITAL
        elif self._headings.article:
            block.kind = Kind.ARTICLE
            block.label = block.unit = state.number or self._headings.article
        if mark is not None:
            self._number(block, mark)
        elif state.number and not self._headings.article:
            # A paragraph without a number ends the reach of the last one.
            state.letters, state.number = [], None
        block.add(line, " ")
        self.blocks.append(block)
        return block

    def _number(self, block: Block, mark: Mark) -> None:
        state = self._state
        if mark.kind == "number":
            number = int(mark.value)
            if number == 1 and state.numbers:
                state.numbers = [state.numbers[0], 1]
            else:
                state.numbers = [*state.numbers[:-1], number] if state.numbers else [number]
            state.letters = []
            label = f"{self._headings.article}({mark.value})" if self._headings.article else f"para. {mark.value}"
            state.number = block.label = block.unit = label
            block.kind = Kind.ARTICLE if self._headings.article else Kind.PARAGRAPH
        elif mark.kind == "dotted":
            block.label = block.unit = mark.value
            block.kind, block.lead = Kind.ITEM, self._governing(mark.value)
        elif mark.kind == "letter":
            self._letter(mark.value)
            base = state.number or self._headings.article
            if base:
                block.label = base + "".join(f"({letter})" for letter in state.letters)
                block.unit = base
            block.kind = Kind.ITEM if not self._headings.article else Kind.ARTICLE
        else:
            block.kind = Kind.ITEM if not self._headings.article else Kind.ARTICLE
            block.unit = state.number or block.unit

    def _letter(self, value: str) -> None:
        letters = self._state.letters
        roman = bool(re.fullmatch(r"[ivx]+", value))
        follows = bool(letters) and len(value) == 1 and len(letters[0]) == 1 and ord(value) == ord(letters[0]) + 1
        if roman and not follows and letters:
            self._state.letters = [letters[0], value] if not re.fullmatch(r"[ivx]+", letters[0]) else [value]
        else:
            self._state.letters = [value]

    def _governing(self, value: str) -> str:
        """The last sentence of the paragraph whose items these are, where it ends in a colon."""
        head = f"para. {value.split('.', maxsplit=1)[0]}"
        for block in reversed(self.blocks):
            if block.label == head:
                sentence = re.split(r"(?<=[.;])\s+", block.text)[-1]
                words = sentence.split()
                self._state.item_lead = " ".join(words[-LEAD_WORDS:]) if sentence.endswith(":") else ""
                break
            if block.kind is Kind.ITEM and block.lead:
                return block.lead
            if block.kind is Kind.PARAGRAPH:
                break
        return self._state.item_lead

    def _new_paragraph(self, previous: Line | None, line: Line) -> bool:
        if previous is None or self._reflowed or line.table != previous.table:
            return True
        if line.table:
            return False
        ended = bool(TERMINAL.search(previous.text))
        if line.after_blank and not line.page_start:
            return True
        if line.page_start:
            return ended and not line.text[:1].islower() and len(previous.text) < 0.9 * self._widths[previous.page]
        if self._indents_mean_paragraphs and line.indent > previous.indent and ended:
            return True
        return ended and len(previous.text) < 0.8 * self._widths[previous.page] and not line.text[:1].islower()

    def _tabular(self, previous: Line | None, line: Line) -> bool:
        if line.table:
            return True
        if previous is None or line.page != previous.page:
            return False
        width = self._widths[line.page]
        short = len(previous.text) < 0.5 * width and len(line.text) < 0.8 * width
        return short and not line.text[:1].islower() and not OPEN_END.search(previous.text)
