"""The printed lines of a PDF page as pdfium sees them: text, place on the paper, size and weight of the letters."""

from __future__ import annotations

import ctypes
import math
import re
from functools import partial
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.extract.cleaning import BREAK_MARKS, tidy

_LINE_END = re.compile(rf"\r\n|[{BREAK_MARKS}](?:\r\n)?|\n|\r")
_BOLD = re.compile(r"bold|black|heavy|semibold|demi(?!ni)", re.IGNORECASE)
_FONT_NAME_BYTES = 96
_NO_SIZE = 1.0
# "P R O T O C O L", also with letters left together here and there ("p ro t o c o l").
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_]{1,2} ){4,}[^\W\d_]{1,2}(?![^\W_])")
_SPACED_HINT = re.compile(r" [^\W\d_]{1,2} [^\W\d_]{1,2} [^\W\d_]{1,2} ")


class Line(NamedTuple):
    """One line. `start` is its offset in the page's text, once known; the box is in points from the lower left
    corner of the paper; `size` is the height of the type in points, 0 where it is not known."""

    text: str
    size: float = 0.0
    bold: bool = False
    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0
    start: int = 0

    def placed(self, text: str, start: int) -> Line:
        """The same line with its final text at its final place."""
        return Line(text, self.size, self.bold, self.left, self.bottom, self.right, self.top, start)


def page_lines(document: pypdfium2.PdfDocument, index: int) -> list[Line]:
    """The lines of one page in pdfium's order, cleaned, a broken word's mark as "-". Raises PdfiumError."""
    page = document[index]
    try:
        textpage = page.get_textpage()
        try:
            return _read_lines(textpage)
        finally:
            textpage.close()
    finally:
        page.close()


def _read_lines(textpage: pypdfium2.PdfTextPage) -> list[Line]:
    text = textpage.get_text_range()
    # Letters beyond the basic plane take two places in pdfium's count: measure nothing there.
    measured = textpage.count_chars() == len(text)
    spans, position = [], 0
    for end in _LINE_END.finditer(text):
        spans.append((position, end.start(), end[0][0] in BREAK_MARKS))
        position = end.end()
    spans.append((position, len(text), False))
    cleaned = _clean([text[start:stop] + "-" * broken for start, stop, broken in spans])
    probe = _Probe(textpage)
    lines: list[Line] = []
    for (start, stop, _), line in zip(spans, cleaned, strict=True):
        if not line:
            continue
        if not measured:
            lines.append(Line(line))
            continue
        raw = text[start:stop]
        first = start + len(raw) - len(raw.lstrip())
        if _SPACED_HINT.search(line) and raw.strip() == line:
            line = _SPACED.sub(partial(probe.close_spaced, first), line)
        lines.append(probe.measure(line, first, max(first, start + len(raw.rstrip()) - 1)))
    return lines


def _clean(lines: list[str]) -> list[str]:
    # All at once, for speed; a page with line ends of an unusual kind inside its lines is cleaned line by line.
    cleaned = tidy("\n".join(lines)).split("\n")
    if len(cleaned) != len(lines):
        cleaned = [tidy(line).replace("\n", " ") for line in lines]
    return [line.strip() for line in cleaned]


class _Probe:
    """Asks pdfium about single characters; the buffers are made once for a page."""

    def __init__(self, textpage: pypdfium2.PdfTextPage) -> None:
        self._page = textpage.raw
        self._matrix = pdfium.FS_MATRIX()
        self._box = pdfium.FS_RECTF()
        self._name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
        self._flags = ctypes.c_int()

    def measure(self, text: str, first: int, last: int) -> Line:
        """The line's size and weight (of its first, middle and last letter) and box (from first to last)."""
        page, box = self._page, self._box
        pdfium.FPDFText_GetLooseCharBox(page, first, box)
        left, bottom, top = box.left, box.bottom, box.top
        pdfium.FPDFText_GetLooseCharBox(page, last, box)
        middle = (first + last) // 2
        # The first letter may be an initial or a raised note mark: the middle one tells the size.
        size = self._size(middle)
        if size <= _NO_SIZE:  # a blank that pdfium has put in
            size = max(self._size(min(middle + 1, last)), self._size(max(middle - 1, first)))
        # Most lines are not bold: one look decides. The last letter may be a note mark.
        bold = self._bold(middle) and self._bold(first) and self._bold(max(first, last - 2))
        return Line(text, size, bold, left, min(bottom, box.bottom), box.right, max(top, box.top))

    def close_spaced(self, start: int, match: re.Match[str]) -> str:
        """Letter-spaced words without their inner blanks: words lie where the gap is twice the usual one."""
        letters = [index for index in range(match.start(), match.end()) if match.string[index] != " "]
        text = "".join(match.string[index] for index in letters)
        # Scripts without capitals, the alphabet in a specimen and the heads of narrow columns are left alone.
        in_row = all(ord(after) - ord(before) == 1 for before, after in pairwise(text))
        if text.lower() == text.upper() or in_row:
            return match[0]
        boxes = [self._sides(start + index) for index in letters]
        gaps = [after[0] - before[1] for before, after in pairwise(boxes)]
        usual, size = median(gaps), self._size(start + letters[0])
        if usual > 0.7 * size:
            return match[0]
        apart = max(1.9 * usual, usual + 0.12 * size)
        tail = [(" " if gap > apart else "") + char for gap, char in zip(gaps, text[1:], strict=True)]
        return text[0] + "".join(tail)

    def _sides(self, index: int) -> tuple[float, float]:
        pdfium.FPDFText_GetLooseCharBox(self._page, index, self._box)
        return self._box.left, self._box.right

    def _size(self, index: int) -> float:
        matrix = self._matrix
        if not pdfium.FPDFText_GetMatrix(self._page, index, matrix):
            return 0.0
        size: float = pdfium.FPDFText_GetFontSize(self._page, index) * math.hypot(matrix.c, matrix.d)
        return round(2 * size) / 2

    def _bold(self, index: int) -> bool:
        pdfium.FPDFText_GetFontInfo(self._page, index, self._name, _FONT_NAME_BYTES, self._flags)
        return bool(_BOLD.search(self._name.value.decode("utf-8", errors="replace")))
