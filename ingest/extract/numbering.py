"""Automatic numbers of Word paragraphs ("1.", "(a)", "iv."), which the text of the file does not hold."""

from __future__ import annotations

from typing import Any

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_DEEPEST = 8
_LARGEST = 4_000  # beyond it letters and Roman numerals are no numbers that anyone prints
_ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


class Numbering:
    """Counts the lists of one document in reading order; `mark` gives the number of the next paragraph."""

    def __init__(self, document: WordDocument) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, list[int]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {node.get(qn("w:abstractNumId")): node for node in root.iter(qn("w:abstractNum"))}
        for number in root.iter(qn("w:num")):
            reference = number.find(qn("w:abstractNumId"))
            definition = abstract.get(reference.get(qn("w:val"))) if reference is not None else None
            if definition is not None:
                self._levels[number.get(qn("w:numId"))] = _read_levels(definition)

    def mark(self, paragraph: Paragraph) -> str:
        """The number as printed, "-" for a bullet, empty where the paragraph is in no list."""
        place = _list_place(paragraph)
        if place is None or place[0] not in self._levels:
            return ""
        list_id, level = place
        levels = self._levels[list_id]
        form, pattern, _ = levels.get(level, ("bullet", "", 1))
        if form == "bullet":
            return "-"
        if form == "none" or not pattern:
            return ""
        counts = self._counts.setdefault(list_id, [])
        while len(counts) <= level:
            counts.append(levels.get(len(counts), ("", "", 1))[2] - 1)
        counts[level] += 1
        del counts[level + 1 :]
        text = pattern
        for index, count in enumerate(counts):
            text = text.replace(f"%{index + 1}", _render(max(count, 1), levels.get(index, (form, "", 1))[0]))
        return text


def _read_levels(definition: Any) -> dict[int, tuple[str, str, int]]:
    levels: dict[int, tuple[str, str, int]] = {}
    for level in definition.iter(qn("w:lvl")):
        values = {
            name: node.get(qn("w:val")) if (node := level.find(qn(f"w:{name}"))) is not None else None
            for name in ("numFmt", "lvlText", "start")
        }
        start = values["start"] or "1"
        levels[int(level.get(qn("w:ilvl")) or 0)] = (
            values["numFmt"] or "decimal",
            values["lvlText"] or "",
            int(start) if start.isdecimal() else 1,
        )
    return levels


def _list_place(paragraph: Paragraph) -> tuple[str, int] | None:
    """The paragraph's list and level, from itself or from its style."""
    properties: Any = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    style, depth = paragraph.style, 0
    while properties is None and style is not None and depth < 10:
        properties = style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        style, depth = style.base_style, depth + 1
    if properties is None:
        return None
    list_id, level = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
    if list_id is None or list_id.get(qn("w:val")) in (None, "0"):
        return None
    depth = int(level.get(qn("w:val")) or 0) if level is not None else 0
    return list_id.get(qn("w:val")), max(0, min(depth, _DEEPEST))


def _render(count: int, form: str) -> str:
    if count > _LARGEST:
        return str(count)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(count)
        return roman.upper() if form == "upperRoman" else roman
    return str(count)


def _roman(count: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        while count >= value:
            text, count = text + letters, count - value
    return text + _ROMAN_ONES[count]
