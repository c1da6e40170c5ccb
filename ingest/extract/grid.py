"""Tables of figures as lines: every row carries its column heads, so that it says something alone.

Country | 2022 | 2023            Country | 2022 | 2023
Malta   | 7    | 9        ─▶     Country: Malta | 2022: 7 | 2023: 9
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_NUMBER = re.compile(r"[-+]?[\d., ]*\d\s?%?")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?[-/–]\s?\d{2,4})?")
_MAX_HEAD = 120

Rows = Sequence[Sequence[str]]


def headed_rows(rows: Rows) -> Iterator[str]:
    """The lines of one table whose first row may name its columns."""
    heads = _heads(rows)
    for number, row in enumerate(rows):
        filled = [(at, cell) for at, cell in enumerate(row) if cell]
        if not filled:
            continue
        if number == 0 or not heads or len(filled) == 1:
            yield " | ".join(cell for _, cell in filled)
        else:
            yield " | ".join(_with_head(heads, at, cell) for at, cell in filled)


def blocks(rows: Rows) -> Iterator[Rows]:
    """The tables and single lines of a sheet: empty rows part them, and so does a line above a table's heads."""
    block: list[Sequence[str]] = []
    for row in [*rows, ()]:
        width = sum(map(bool, row))
        alone = width == 1 and not any(sum(map(bool, before)) > 1 for before in block)
        if width and not alone:
            block.append(row)
            continue
        if block:
            yield block
            block = []
        if alone:
            yield [row]


def _with_head(heads: Sequence[str], at: int, cell: str) -> str:
    head = heads[at] if at < len(heads) else ""
    return f"{head}: {cell}" if head else cell


def _heads(rows: Rows) -> Sequence[str]:
    """The first row, where it names columns: words or years, no figures; empty where it does not."""
    if len(rows) < 2:
        return ()
    first = [cell for cell in rows[0] if cell]
    words = [cell for cell in first if not _NUMBER.fullmatch(cell)]
    if len(first) < 2 or not words or any(len(cell) > _MAX_HEAD for cell in first):
        return ()
    if any(_NUMBER.fullmatch(cell) and not _YEAR.fullmatch(cell) for cell in first):
        return ()
    # Heads end in no colon, or it would stand twice.
    return [cell.rstrip(" :") for cell in rows[0]]
