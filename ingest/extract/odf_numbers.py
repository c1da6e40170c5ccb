"""Automatic numbers of OpenDocument texts: they stand nowhere in the file and are counted from its list styles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MAX_LEVEL = 20
_MAX_NUMBER = 100_000


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is marked. `form` is "1", "a", "A", "i", "I", empty for no number; bullets have `bullet`."""

    form: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1
    bullet: bool = False


Style = dict[int, Level]


class Numbers:
    """Counts the items of lists and the headings of one document."""

    def __init__(self, roots: Iterable[Any]) -> None:
        self._styles: dict[str, Style] = {}
        self._outline: Style = {}
        for root in roots:
            for node in root.iter(f"{TEXT}list-style"):
                self._styles[node.get(f"{STYLE}name") or ""] = _levels(node)
            for node in root.iter(f"{TEXT}outline-style"):
                self._outline = _levels(node)
        self._counts: dict[str, list[int]] = {}
        self._headings: list[int] = []

    def begin(self, style: str, *, goes_on: bool) -> None:
        """A list begins at its outermost level; `goes_on` where it continues the numbers of the one before."""
        if not goes_on:
            self._counts.pop(style, None)

    def item(self, style: str, level: int, start: int | None = None) -> str:
        """The mark of the next item at `level` (from 1): "3.", "(a)", "-"; empty where it bears none."""
        levels = self._styles.get(style, {})
        own = levels.get(level, Level(bullet=True))
        if own.bullet:
            return "-"
        return _count(self._counts.setdefault(style, []), levels, level, start)

    def heading(self, level: int) -> str:
        """The number of the next heading; empty where headings bear none."""
        return _count(self._headings, self._outline, level, None) if self._outline else ""


def _count(counts: list[int], levels: Style, level: int, start: int | None) -> str:
    level = max(1, min(level, _MAX_LEVEL))
    own = levels.get(level, Level())
    del counts[level:]
    # An outer level that was left out counts as begun.
    while len(counts) < level:
        outer = len(counts) + 1
        counts.append(levels.get(outer, Level()).start - (1 if outer == level else 0))
    counts[level - 1] = start if start is not None else counts[level - 1] + 1
    if not own.form:
        return ""
    first = max(1, level - own.shown + 1)
    shown = [written(counts[at - 1], levels.get(at, Level()).form) for at in range(first, level + 1)]
    return f"{own.prefix}{'.'.join(filter(None, shown))}{own.suffix}".strip()


def _levels(style: Any) -> Style:
    found: Style = {}
    for node in style:
        if not isinstance(node.tag, str):
            continue
        level = positive(node.get(f"{TEXT}level"), 1)
        found[level] = Level(
            form=node.get(f"{STYLE}num-format") or "",
            prefix=node.get(f"{STYLE}num-prefix") or "",
            suffix=node.get(f"{STYLE}num-suffix") or "",
            start=positive(node.get(f"{TEXT}start-value"), 1),
            shown=positive(node.get(f"{TEXT}display-levels"), 1),
            bullet=etree.QName(node).localname.endswith(("bullet", "image")),
        )
    return found


def positive(text: str | None, otherwise: int) -> int:
    """A whole number of an attribute, within reason."""
    return min(int(text), _MAX_NUMBER) if text and text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def written(number: int, form: str) -> str:
    """A number in digits, letters ("b", "aa") or Roman numerals."""
    if form in ("a", "A") and number > 0:
        # After z come aa, bb and so on, as office programs count.
        text = chr(97 + (number - 1) % 26) * min(1 + (number - 1) // 26, 9)
    elif form in ("i", "I") and 0 < number < 4000:
        text, rest = "", number
        for value, letters in _ROMAN:
            text += letters * (rest // value)
            rest %= value
    else:
        return str(number) if form else ""
    return text.upper() if form.isupper() else text
