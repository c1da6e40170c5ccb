"""Notes at the foot of pages as blocks of their own, set behind the paragraph or section that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from corpus.records import Kind
from ingest.blocks import Block
from ingest.extract.pdf_notes import note_mark
from ingest.lines import Line


def with_notes(blocks: Sequence[Block], notes: Sequence[Line]) -> list[Block]:
    """The blocks with those of the notes: each page's behind the unit or section that ends on it or after it, so that
    no paragraph is broken by the notes below it."""
    waiting = [(page, list(lines)) for page, lines in groupby(notes, key=lambda line: line.page)]
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        ends = last is not None and (block.heading_path != last.heading_path or block.unit != last.unit)
        while last is not None and ends and waiting and waiting[0][0] < block.pieces[0][1].page:
            found += _blocks(waiting.pop(0)[1], last.heading_path)
        found.append(block)
    path = found[-1].heading_path if found else ()
    for _, lines in waiting:
        found += _blocks(lines, path)
    return found


def _blocks(lines: Sequence[Line], path: tuple[str, ...]) -> Iterator[Block]:
    block: Block | None = None
    for line in lines:
        mark = note_mark(line.text)
        if mark is not None or block is None:
            if block is not None:
                yield block
            block = Block(Kind.FOOTNOTE, path, label=f"footnote {mark}" if mark and mark.isalnum() else None)
        block.add(line, " ")
    if block is not None:
        yield block
