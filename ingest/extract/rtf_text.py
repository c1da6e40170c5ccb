"""What a reader of Rich Text remembers, and how its letters become lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.extract.writing import BOLD_LEVEL, PageWriter, may_be_heading, one_line

# Bullets come as letters of a symbol font, which lie in the private area.
_BULLET = re.compile(r"^[\uf000-\uf0ff•▪◦·] ")


@dataclass(slots=True)
class State:
    """What holds inside one group. `target` is where text goes: body, note, box, skip, or a table of the header;
    `level` is that of a heading (0 for none)."""

    target: str = "body"
    codec: str = "cp1252"
    hidden: bool = False
    skip_after_unicode: int = 1
    level: int = 0
    in_table: bool = False
    bold: bool = False


@dataclass(slots=True)
class Reader:
    """The reader's memory: groups, header tables, and the text as it comes."""

    states: list[State] = field(default_factory=lambda: [State()])
    text: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    fonts: dict[int, str] = field(default_factory=dict)
    styles: dict[int, int] = field(default_factory=dict)
    info: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    codec: str = "cp1252"
    font: int = 0
    all_bold: bool = True
    to_skip: int = 0
    star: bool = False
    writer: PageWriter = field(default_factory=PageWriter)


def take_bytes(reader: Reader, content: bytes) -> None:
    """Bytes wait for their neighbours: in Asian code pages two of them make a character."""
    if reader.states[-1].target == "skip":
        return
    dropped = min(reader.to_skip, len(content))
    reader.to_skip -= dropped
    reader.pending += content[dropped:]


def flush(reader: Reader) -> None:
    """Decode the bytes that wait, in the code page of the font in use."""
    if reader.pending:
        text = reader.pending.decode(reader.states[-1].codec, errors="replace")
        reader.pending.clear()
        put(reader, text)


def put(reader: Reader, text: str) -> None:
    """Text goes where the group that holds it says."""
    state = reader.states[-1]
    if state.target != "skip" and not state.hidden:
        # The number of a list item and the mark of a note need not be bold.
        reader.all_bold &= state.bold or state.target != "body" or not any(map(str.isalpha, text))
        (reader.text if state.target == "body" else reader.aside).append(text)


def unicode_letter(value: int) -> str:
    """The letter of a code as the format writes it."""
    # Characters beyond 32767 are written as negative numbers; those beyond 65535 as two halves, joined in `whole`.
    code = value + 65536 if value < 0 else value
    return chr(code) if 0 < code < 0x110000 else ""


def whole(parts: list[str]) -> str:
    """Pieces of text as one, halves of letters joined."""
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def end_paragraph(reader: Reader) -> None:
    """A paragraph is complete: it becomes a line, unless it stands in a cell, a note or a box."""
    state = reader.states[-1]
    if state.target != "body":
        reader.aside.append(" ")
        return
    if state.in_table:
        reader.text.append(" ")
        return
    end_table(reader)
    if line := _BULLET.sub("- ", one_line(whole(reader.text))):
        if state.level or (reader.all_bold and may_be_heading(line)):
            reader.writer.heading(line, state.level or BOLD_LEVEL)
        else:
            reader.writer.line(line)
    for box in reader.boxes:
        reader.writer.line(box)
    reader.text.clear()
    reader.boxes.clear()
    reader.all_bold = True


def end_table(reader: Reader) -> None:
    """The rows that wait become a table."""
    if reader.cells:
        reader.rows.append(" | ".join(reader.cells))
        reader.cells.clear()
    if reader.rows:
        reader.writer.table([row for row in reader.rows if row.strip(" |")])
        reader.rows.clear()
