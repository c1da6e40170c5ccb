"""From lines to blocks: headings, articles, numbered paragraphs, list items and running paragraphs.

The rules see only text and what the format says of its own headings, so they serve every format alike.
"""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.records import Kind
from ingest.asides import Asides
from ingest.blocks import ASIDE, Block, governing_line
from ingest.extract.base import Extract
from ingest.headings import OPEN_END, PREAMBLE, SECTION_RANK, TERMINAL, Headings
from ingest.layout import is_wrapped, items_on, page_widths
from ingest.levels import Levels
from ingest.lines import Line, text_lines
from ingest.marks import Division, Mark, division, mark_at
from ingest.mastheads import no_headings
from ingest.notes import with_notes
from ingest.parts import with_parts
from ingest.quoted import with_quoted_speakers
from ingest.recitals import goes_on_to_recital, opens_preamble, with_governing_lines, with_recitals
from ingest.runs import Running, running_numbers

_ITEM_BEFORE = re.compile(r"(?:[.;:,!?)\]”\"]|\b(?:and|or|et|ou|und|oder|en|of))\*?\d{0,2}$", re.IGNORECASE)
_INLINE_PREAMBLE = re.compile(r"\*(?:Preamble|Preambule|Préambule)\*\s+(?=\S)", re.IGNORECASE)
TREATY = 3
_WHEREAS = re.compile(r"(?:whereas|considérant ce qui suit|in erwägung nachstehender gründe)\s*:?", re.IGNORECASE)
_ENACTED = re.compile(r"HA(?:VE|S) ADOPTED|ONT ADOPTÉ|A ADOPTÉ|HABEN FOLGENDE|HAVE AGREED")
_NUMBER_ALONE = re.compile(r"(?:(?:Paragraph|Paragraaf|Paragraphe)\s+)?(\d{1,3})\.?", re.IGNORECASE)


class Structure:
    """Reads one document's lines into blocks and an outline."""

    def __init__(self, extract: Extract) -> None:
        self._extract = extract
        kept, self.furniture = text_lines(extract)
        self._lines = [line for line in kept if not line.note]
        self._notes = [line for line in kept if line.note]
        self.all_lines = self._lines
        self._reflowed = extract.reflowed and not is_wrapped(self._lines)
        self._widths = page_widths(self._lines)
        indented = sum(1 for line in self._lines if line.indent)
        self._indents_mean_paragraphs = 0 < indented < 0.4 * max(1, len(self._lines))
        self._levels = Levels()
        self._reach = False  # whether text still belongs to the last number
        self._recitals = False
        self._preamble = False  # of a decision: its recitals begin with a participle each
        self._leads: dict[str, str] = {}
        self._headings = Headings(reflowed=self._reflowed, widths=self._widths)
        self.outline = self._headings.outline
        self._masthead = no_headings(self._lines, self.furniture) if extract.paged else frozenset()
        self._starts: set[tuple[int, bool]] | None = None
        # Articles begin their numbers anew: there the numbers of a treaty tell more than a run through all of it.
        articles = sum(1 for line in self._lines if (part := division(line.text)) is not None and part.article)
        self._runs = running_numbers(self._lines) if articles < TREATY else Running({}, frozenset())
        self._asides = Asides(paged=extract.format == "pdf")
        self.blocks: list[Block] = []

    def read(self) -> list[Block]:
        """All blocks in reading order."""
        lines = [part for line in self._lines for part in items_on(line)]
        current: Block | None = None
        previous: Line | None = None
        above: Mark | None = None  # a number that stands on a line of its own
        for at, line in enumerate(lines):
            following = lines[at + 1] if at + 1 < len(lines) else None
            fresh = current is None or previous is None or self._stands_alone(previous, line)
            run = self._runs.paragraphs.get((line.page, line.start)) if self._headings.article is None else None
            alone = _NUMBER_ALONE.fullmatch(line.text) if line.heading and following is not None else None
            if alone:
                above = Mark("number", alone[1], 0, "above" if alone[0][0].isdigit() else "paragraph")
                current, previous = None, line
                continue
            aside = self._asides.take(line, previous, current, self._empty)
            if aside is not None:
                if not self.blocks or self.blocks[-1] is not aside:
                    self.blocks.append(aside)
                current, previous = aside, line
                continue
            heading = None if run else self._take_heading(line, following, fresh)
            if heading is not None:
                self._restart(heading)
                current, previous = None, line
                continue
            if _WHEREAS.fullmatch(line.text):
                self._recitals = True
                self._levels.restart()
            elif self._recitals and (_ENACTED.match(line.text) or self._headings.article):
                self._recitals = self._reach = False
            if self._headings.close(line.text):
                self._restart(line)
                current = None
            inline = _INLINE_PREAMBLE.match(line.text)
            if inline:
                self._headings.open(PREAMBLE, line)
                line = replace(line, start=line.start + inline.end(), text=line.text[inline.end() :])
            current = self._place(line, previous, current, following, self._mark(line, previous, current, run, above))
            previous, above = line, None
            self._headings.forget_title()
        for finish in (with_recitals, with_governing_lines, with_parts, with_quoted_speakers):
            finish(self.blocks)
        self.blocks = with_notes(self.blocks, self._notes)
        return self.blocks

    def _place(
        self, line: Line, previous: Line | None, current: Block | None, following: Line | None, mark: Mark | None
    ) -> Block:
        """The block that a line of ordinary text begins or goes on with."""
        broken = self._asides.resumed(line, current)
        if mark is not None:
            return self._begin(line, mark)
        opens = self._opens(line, following)
        if broken is not None:
            broken.add(line, " ")
            return broken
        aside = current is not None and current.kind in ASIDE and not line.table
        if opens or aside or current is None or self._new_paragraph(previous, line):
            return self._begin(line, None)
        current.add(line, "\n" if self._tabular(previous, line) else " ")
        return current

    def _take_heading(self, line: Line, following: Line | None, fresh: bool) -> Division | Line | None:
        if (line.page, line.start) in self._runs.headings:
            return self._headings.numbered(line)
        if (line.page, line.start) in self._masthead:
            return None
        return self._headings.take(line, following, fresh=fresh, numbered=bool(self._levels))

    def _stands_alone(self, previous: Line, line: Line) -> bool:
        if line.resumes and not TERMINAL.search(previous.text):
            return False
        return (
            self._reflowed
            or (line.after_blank and not (line.page_start and self._extract.paged))
            or bool(TERMINAL.search(previous.text))
            or len(previous.text) < 0.6 * self._widths[previous.page]
        )

    def _restart(self, heading: Division | Line) -> None:
        """A heading ends the reach of the last number; an article or chapter begins the numbering anew."""
        self._reach = False
        if isinstance(heading, Division) and heading.rank != SECTION_RANK:
            self._levels.restart()
        else:
            self._levels.heading()

    # -- paragraphs ----------------------------------------------------------------------------------------

    def _mark(
        self, line: Line, previous: Line | None, current: Block | None, run: tuple[int, int] | None, above: Mark | None
    ) -> Mark | None:
        """The mark that the line begins with, its place in the numbering found."""
        in_article = self._headings.article is not None
        if above is not None and self._levels.take(above):
            return above
        mark = mark_at(line.text, in_article=in_article, plain_letters=in_article or self._reflowed)
        if run is not None:
            number = Mark("number", str(run[1]), mark.length if mark is not None else 0, ".")
            self._levels.join(number, run[0])
            return number
        if mark is None or not self._plausible(line, previous, current):
            return None
        if mark.kind == "bullet":
            return mark
        if mark.kind == "dotted":
            head = int(mark.value.split(".")[0])
            known = self._levels.number in {head, head - 1} or f"para. {head}" in self._leads
            return mark if known else None
        if mark.kind == "number" and not self._levels and mark.value != "1":
            mark = self._first_mark(line)
            if mark is not None:
                self._levels.join(mark, -1)
            return mark
        return mark if self._levels.take(mark) else None

    def _plausible(self, line: Line, previous: Line | None, current: Block | None) -> bool:
        """Whether a mark may stand here: the text before it has come to an end, or to a stop."""
        if self._reflowed or current is None or previous is None or line.after_blank:
            return True
        return bool(_ITEM_BEFORE.search(previous.text)) or len(previous.text) < 0.6 * self._widths[previous.page]

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
        return Mark("number", found[1], found.end(), ".") if follows else None

    def _cited(self) -> tuple[str | None, str | None]:
        """The label of the number in force, and of the unit that is cited and kept together."""
        path, article = self._levels.path, self._headings.article
        inner = "".join(f"({value})" for value in path[1:])
        if article:
            first = f"{article}({path[0]})" if path else article
            whole = bool(path) and not path[0].islower()
            return first + inner, first if whole else article
        if self._levels.number is None or not self._reach:
            return None, None
        base = f"recital {path[0]}" if self._recitals else f"para. {path[0]}"
        # A numbered list inside a paragraph is a list of recommendations: each is a unit of its own.
        return base + inner, f"{base}({path[1]})" if len(path) > 1 and path[1].isdigit() else base

    def _empty(self) -> Block:
        return Block(Kind.TEXT, self._headings.path, part=self._headings.part)

    def _begin(self, line: Line, mark: Mark | None) -> Block:
        block = self._empty()
        block.kind = Kind.TABLE if line.table else Kind.TEXT
        if self._headings.preamble:
            block.kind = Kind.RECITAL
        elif self._headings.article:
            block.kind = Kind.ARTICLE
            block.label, block.unit = self._cited()
            if mark is None:
                block.label = block.unit
        if mark is not None:
            self._number(block, mark, line)
        elif self._reach and not self._headings.article:
            # A paragraph without a number ends the reach of the last one.
            self._levels.close()
            self._reach = False
        block.add(line, " ")
        self.blocks.append(block)
        return block

    def _number(self, block: Block, mark: Mark, line: Line) -> None:
        in_article = self._headings.article is not None
        self._preamble = self._preamble and mark.kind != "number"
        if mark.kind == "dotted":
            block.label = block.unit = mark.value
            block.kind, block.lead = Kind.ITEM, self._governing(f"para. {mark.value.split('.')[0]}")
            return
        self._reach = self._reach or mark.kind == "number"
        label, unit = self._cited()
        block.unit = unit or block.unit
        block.label = (unit if mark.kind == "bullet" else label) or block.label
        depth = len(self._levels.path)
        if in_article:
            block.kind = Kind.ARTICLE
            self._second_mark(block, line, mark)
        elif self._recitals:
            block.kind = Kind.RECITAL
        elif mark.kind == "number" and depth == 1:
            block.kind = Kind.PARAGRAPH
        else:
            block.kind = Kind.ITEM
            if mark.kind == "number":
                block.lead = self._governing(f"para. {self._levels.path[0]}")

    def _second_mark(self, block: Block, line: Line, mark: Mark) -> None:
        """ "1. (a) Each Party …" begins a paragraph and its first letter."""
        second = mark_at(line.text[mark.length :], in_article=True) if mark.length else None
        if second is None or second.kind not in {"letter", "number"} or second.value not in {"a", "i", "1"}:
            return
        if second.kind != mark.kind and self._levels.take(second):
            label = self._cited()[0]
            block.inner = (mark.length, label) if label else None

    def _governing(self, head: str) -> str:
        """The line that governs numbered items: the last sentence of their paragraph, or of the text just before
        them, where it ends in a colon or says how they were received."""
        for block in reversed(self.blocks):
            if block.kind is Kind.ITEM and block.lead and (block.unit or "").startswith(head[6:] + "."):
                break
            if block.label == head or (block.label is None and block.text.endswith(":")):
                self._leads[head] = governing_line(block.text)
                break
            if block.kind is Kind.PARAGRAPH:
                break
        return self._leads.get(head, "")

    def _new_paragraph(self, previous: Line | None, line: Line) -> bool:
        if previous is None or line.table != previous.table:
            return True
        ended = bool(TERMINAL.search(previous.text))
        if line.resumes and not ended:
            return False
        if self._reflowed:
            return True
        if line.table:
            return False
        if line.after_blank and not line.page_start:
            return True
        if self._preamble and goes_on_to_recital(previous.text, line.text):
            return True
        if line.page_start:
            return ended and not line.text[:1].islower() and len(previous.text) < 0.9 * self._widths[previous.page]
        if self._indents_mean_paragraphs and line.indent > previous.indent and ended:
            return True
        return ended and len(previous.text) < 0.8 * self._widths[previous.page] and not line.text[:1].islower()

    def _opens(self, line: Line, following: Line | None) -> bool:
        opens = following is not None and opens_preamble(line.text, following.text)
        self._preamble = self._preamble or opens
        return opens

    def _tabular(self, previous: Line | None, line: Line) -> bool:
        if line.table:
            return True
        if previous is None or line.page != previous.page:
            return False
        width = self._widths[line.page]
        short = len(previous.text) < 0.5 * width and len(line.text) < 0.8 * width
        return short and not line.text[:1].islower() and not OPEN_END.search(previous.text)
