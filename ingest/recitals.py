"""Preambles of decisions and resolutions: "The Ministerial Council, / Recalling …, / Reaffirming …, / 1. Decides …"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.records import Kind
from ingest.blocks import Block, governing_line

_HOW = (
    r"(?:(?:also|again|further|fully|deeply|gravely|seriously|strongly|firmly|particularly|keenly|profoundly|equally|"
    r"remaining|once again|in this (?:regard|context),?)\s+){0,3}"
)
_PARTICIPLE = re.compile(
    rf"[*_“\"]*(?:{_HOW}(?:[A-Za-z]{{3,}}(?:ing|ed)|mindful|aware|conscious|cogni[sz]ant|desirous|in (?:view|accordance|"
    r"line|light)|pursuant)\b|(?:[A-Z]\w+[ -])?[A-Za-zÉéèç]{3,}ant\b|conscient|vivement|profondément|soucieu[xs]|"
    r"(?:вновь )?[а-яё]{4,}(?:я|ясь|ив|ав)\b|в соответствии|in anbetracht|unter hinweis|in bekräftigung)",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?:^|\n)[*_]*(?:The|Le|La|L[’']|Der|Die) ?[A-ZÉ][\w’'É -]{4,80}[*_]*,[*_]*(?=\s|$)|"
    r"(?:^|\n)(?:Совет|Постоянный совет|Генеральная|Экономический)[\w -]{3,60},(?=\s|$)"
)
_COMMA = re.compile(r"[,;][*_”\"]*(?:\s?\(?\d{0,3}\)?)?$")
_FEWEST_ITEMS = 2
LONGEST_NAME = 90


def begins_recital(text: str) -> bool:
    """Whether a line begins with a participle as recitals do ("Recalling", "Deeply concerned")."""
    return text[:1].isupper() and _PARTICIPLE.match(text) is not None


def goes_on_to_recital(before: str, text: str) -> bool:
    """Whether a line of a preamble begins the next recital."""
    return bool(_COMMA.search(before)) and begins_recital(text)


def opens_preamble(text: str, following: str) -> bool:
    """Whether a line names the body that speaks, and the next one begins a recital."""
    return (
        len(text) < LONGEST_NAME
        and text.endswith((",", ",*", ",_"))
        and _BODY.fullmatch(text) is not None
        and begins_recital(following)
    )


def with_recitals(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks, those of preambles marked as recitals, in place."""
    inside = False
    last: Block | None = None
    for at, block in enumerate(blocks):
        inside = inside and last is not None and not _ends(last, block)
        opened = _BODY.match(block.text) if block.label is None and block.kind is Kind.TEXT else None
        if opened:
            behind = block.text[opened.end() :].lstrip()
            behind = behind or (blocks[at + 1].text if at + 1 < len(blocks) else "")
            inside = opens = inside or begins_recital(behind)
        else:
            opens = False
        if inside and (opens or begins_recital(block.text) or (last and _goes_on(last, block))):
            block.kind = Kind.RECITAL
        last = block
    return blocks


def _ends(last: Block, block: Block) -> bool:
    """Whether a preamble has ended: at a number, at a verb in the third person, or at a heading with other text."""
    if block.label is not None or block.kind not in {Kind.TEXT, Kind.ITEM}:
        return True
    return not begins_recital(block.text) and (block.heading_path != last.heading_path or _operative(block.text))


def _goes_on(last: Block, block: Block) -> bool:
    """Whether a block is the rest of the recital before it, which a page break or a list has parted from it."""
    return last.kind is Kind.RECITAL and (
        bool(_COMMA.search(last.text.rstrip())) or last.text[-1:].isalnum() or block.text[:1].islower()
    )


def _operative(text: str) -> bool:
    """Whether a paragraph begins with a verb in the third person ("Decides to", "Calls on")."""
    return re.match(rf"[*_]*{_HOW}[A-Z]?[a-z]{{2,}}(?<!u)s\b", text, re.IGNORECASE) is not None


def with_governing_lines(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks; items that no number ties to their paragraph carry the line before them that ends in a colon."""
    for at, block in enumerate(blocks):
        if block.text.endswith(":") and block.label is None and block.kind in {Kind.TEXT, Kind.ITEM, Kind.RECITAL}:
            items = _items(blocks, at)
            if items:
                lead = governing_line(block.text)
                for item in items:
                    item.kind, item.lead = Kind.ITEM, item.lead or lead
    return blocks


def _items(blocks: Sequence[Block], at: int) -> list[Block]:
    """The list under a governing line: what is marked as items, or short paragraphs that end in a semicolon, the last
    one in a full stop."""
    head = blocks[at]
    found: list[Block] = []
    for block in blocks[at + 1 :]:
        if block.heading_path != head.heading_path or block.label is not None or block.part != head.part:
            break
        marked = block.kind is Kind.ITEM
        if not marked and block.kind is not Kind.TEXT:
            break
        if marked or re.search(r";(?:\s?(?:and|or|et|ou|und|и))?$", block.text):
            found.append(block)
            continue
        if found and found[-1].kind is not Kind.ITEM and block.text.endswith("."):
            found.append(block)
        break
    plain = [block for block in found if block.kind is not Kind.ITEM]
    return found if not plain or len(found) >= _FEWEST_ITEMS else []
