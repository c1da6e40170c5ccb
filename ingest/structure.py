"""From lines to blocks: headings, articles, numbered paragraphs, list items and running paragraphs.

The rules see only text and what the format says of its own headings, so they serve every format alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus.records import Kind, OutlineEntry
from ingest.extract.base import Extract
from ingest.lines import Line, text_lines
from ingest.marks import ARTICLE_RANK, Division, Mark, division, mark_at, outline_heading

_TERMINAL = re.compile(r"[.!?:;。؟…][\"'”’»)\]*_]*(?:\s?\(\d[\d,\s-]*\))?\d{0,3}$")
_OPEN_END = re.compile(r"(?:[,–—-]|\b(?:and|or|of|the|to|in|for|a|an|et|ou|de|la|und|oder))$", re.IGNORECASE)
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
    headings: list[tuple[int, str]] = field(default_factory=list)
    article: str | None = None
    numbers: list[int] = field(default_factory=list)
    number: str | None = None
    letters: list[str] = field(default_factory=list)
    lead: str = ""
    item_lead: str = ""
    pending: Division | None = None
    preamble: bool = False


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
        self._last_heading: Line | None = None
        self._starts: set[tuple[int, bool]] | None = None
        self.blocks: list[Block] = []
        self.outline: list[OutlineEntry] = []

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
        return {p: sorted(found)[int(0.85 * (len(found) - 1))] if len(found) > 8 else usual for p, found in lengths.items()}

    def read(self) -> list[Block]:
        """All blocks in reading order."""
        lines = [part for line in self._lines for part in self._parts(line)]
        current: Block | None = None
        previous: Line | None = None
        for at, line in enumerate(lines):
            following = lines[at + 1] if at + 1 < len(lines) else None
            fresh = current is None or previous is None or self._stands_alone(previous, line)
            if self._take_heading(line, following, fresh):
                current, previous = None, line
                continue
            inline = _INLINE_PREAMBLE.match(line.text)
            if inline:
                self._open(Division(ARTICLE_RANK - 4, "Preamble", ""), line)
                line = replace(line, start=line.start + inline.end(), text=line.text[inline.end() :])
            mark = self._mark(line, previous, current)
            if mark is not None:
                current = self._begin(line, mark)
            elif current is None or self._new_paragraph(previous, line):
                current = self._begin(line, None)
            else:
                current.add(line, "\n" if self._tabular(previous, line) else " ")
            previous = line
            self._state.pending = None
        return self.blocks

    @staticmethod
    def _parts(line: Line) -> Iterator[Line]:
        """A line, cut where several numbered recommendations stand on it."""
        start = 0
        for cut in _ITEMS_ON_ONE_LINE.finditer(line.text):
            yield replace(line, start=line.start + start, end=line.start + cut.start(), text=line.text[start : cut.start()])
            start = cut.end()
        yield replace(line, start=line.start + start, text=line.text[start:]) if start else line

    # -- headings ------------------------------------------------------------------------------------------

    def _stands_alone(self, previous: Line, line: Line) -> bool:
        return (
            self._reflowed
            or (line.after_blank and not (line.page_start and self._extract.paged))
            or bool(_TERMINAL.search(previous.text))
            or len(previous.text) < 0.6 * self._widths[previous.page]
        )

    def _take_heading(self, line: Line, following: Line | None, fresh: bool) -> bool:
        state = self._state
        if line.table:
            return False
        found = division(line.text) if fresh or line.heading else None
        if found is not None and (line.heading or following is None or not following.text[:1].islower()):
            self._open(found, line)
            return True
        if state.pending is not None and self._is_title(line, following):
            self._entitle(line)
            return True
        if self._goes_on(line):
            self._prolong(line)
            return True
        if line.heading:
            self._push(line.heading, line.text.strip("*_ "), line)
            return True
        if not fresh or not self._short(line):
            return False
        rank = outline_heading(line.text)
        if rank is not None and (rank < 6 or not state.numbers) and not _OPEN_END.search(line.text):
            if following is not None and following.text[:1].islower():
                return False
            self._push(rank, line.text, line)
            return True
        return False

    def _goes_on(self, line: Line) -> bool:
        """Whether the last line was a heading that breaks off ("Statistics on Work and")."""
        last = self._last_heading
        return (
            last is not None
            and last.page == line.page
            and 0 < line.start - last.end <= 3
            and bool(_OPEN_END.search(last.text))
            and len(line.text) < 60
        )

    def _prolong(self, line: Line) -> None:
        rank, text = self._state.headings[-1]
        self._state.headings[-1] = (rank, f"{text} {line.text}")
        self.outline[-1] = replace(self.outline[-1], title=f"{text} {line.text}")
        self._last_heading = None

    def _short(self, line: Line) -> bool:
        return len(line.text) < 0.8 * self._widths[line.page] or (self._reflowed and len(line.text) < 100)

    def _is_title(self, line: Line, following: Line | None) -> bool:
        if line.heading:
            return True
        text = line.text
        if len(text) > 110 or _TERMINAL.search(text) or not text[:1].isupper() or following is None:
            return False
        if mark_at(text, in_article=True, last_number=0) is not None:
            return False
        return (self._reflowed or self._short(line)) and not following.text[:1].islower()

    def _open(self, found: Division, line: Line) -> None:
        state = self._state
        name = f"{found.name} – {found.title}" if found.title else found.name
        self._push(found.rank, name, line)
        state.article = found.name if found.article else None
        state.preamble = found.name == "Preamble"
        state.pending = None if found.title or state.preamble else found
        if found.rank != 13:
            state.numbers = []

    def _entitle(self, line: Line) -> None:
        rank, name = self._state.headings[-1]
        title = f"{name} – {line.text.strip('*_ ')}"
        self._state.headings[-1] = (rank, title)
        if self.outline:
            self.outline[-1] = replace(self.outline[-1], title=title)
        self._state.pending = None

    def _push(self, rank: int, text: str, line: Line) -> None:
        state = self._state
        # A plain heading below an open article or chapter belongs to it only where the format's own level says so.
        state.headings = [entry for entry in state.headings if entry[0] < rank]
        state.headings.append((rank, text))
        if rank < ARTICLE_RANK:
            state.article, state.preamble = None, False
        state.letters, state.number, state.lead, state.pending = [], None, "", None
        self._last_heading = line
        self.outline.append(OutlineEntry(text, len(state.headings), line.page))

    # -- paragraphs ----------------------------------------------------------------------------------------

    def _mark(self, line: Line, previous: Line | None, current: Block | None) -> Mark | None:
        state = self._state
        last = state.numbers[-1] if state.numbers else None
        mark = mark_at(line.text, in_article=state.article is not None, last_number=last)
        if mark is None and len(state.numbers) > 1:
            mark = mark_at(line.text, in_article=state.article is not None, last_number=state.numbers[0])
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
        block = Block(Kind.TABLE if line.table else Kind.TEXT, tuple(text for _, text in state.headings))
        if state.preamble:
            block.kind = Kind.RECITAL
        elif state.article:
            block.kind = Kind.ARTICLE
            block.label = block.unit = state.number or state.article
        if mark is not None:
            self._number(block, mark)
        elif state.number and not state.article:
            # A paragraph without a number ends the reach of the last one, except under a governing line.
            state.letters = []
            if not state.lead:
                state.number = None
            else:
                block.unit = state.number
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
            label = f"{state.article}({mark.value})" if state.article else f"para. {mark.value}"
            state.number = block.label = block.unit = label
            block.kind = Kind.ARTICLE if state.article else Kind.PARAGRAPH
            state.lead = ""
        elif mark.kind == "dotted":
            block.label = block.unit = mark.value
            block.kind, block.lead = Kind.ITEM, self._governing(mark.value)
        elif mark.kind == "letter":
            self._letter(mark.value)
            base = state.number or state.article
            if base:
                block.label = base + "".join(f"({letter})" for letter in state.letters)
                block.unit = base
            block.kind = Kind.ITEM if not state.article else Kind.ARTICLE
        else:
            block.kind = Kind.ITEM if not state.article else Kind.ARTICLE
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
        head = f"para. {value.split('.')[0]}"
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
        ended = bool(_TERMINAL.search(previous.text))
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
        return short and not line.text[:1].islower() and not _OPEN_END.search(previous.text)
