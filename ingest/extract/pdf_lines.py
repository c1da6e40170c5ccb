"""The printed lines of a PDF page as pdfium sees them: text, place on the paper, size and weight of the letters."""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.extract.cleaning import BREAK_MARKS, close_letterspacing, tidy

_LINE_END = re.compile(rf"\r\n|[{BREAK_MARKS}](?:\r\n)?|\n|\r")
_BOLD = re.compile(r"bold|black|heavy|semibold|demi(?!ni)", re.IGNORECASE)
_FONT_NAME_BYTES = 96


@dataclass(frozen=True, slots=True)
class Line:
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
        return replace(self, text=text, start=start)


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
    lines: list[Line] = []
    probe = _Probe(textpage)
    position = 0
    ends = [(match.start(), match.end()) for match in _LINE_END.finditer(text)]
    for stop, following in [*ends, (len(text), len(text))]:
        raw = text[position:stop]
        broken = stop < len(text) and text[stop] in BREAK_MARKS
        cleaned = close_letterspacing(tidy(raw).replace("\n", " ")) + ("-" if broken else "")
        if cleaned.strip():
            first = position + len(raw) - len(raw.lstrip())
            last = position + len(raw.rstrip()) - 1
            lines.append(probe.measure(cleaned, first, max(first, last)) if measured else Line(cleaned))
        position = following
    return lines


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
        size = min(self._size(first), self._size(middle))
        # Most lines are not bold: one look decides.
        bold = self._bold(middle) and self._bold(first) and self._bold(last)
        return Line(text, size, bold, left, min(bottom, box.bottom), box.right, max(top, box.top))

    def _size(self, index: int) -> float:
        matrix = self._matrix
        if not pdfium.FPDFText_GetMatrix(self._page, index, matrix):
            return 0.0
        return round(2 * pdfium.FPDFText_GetFontSize(self._page, index) * math.hypot(matrix.c, matrix.d)) / 2

    def _bold(self, index: int) -> bool:
        pdfium.FPDFText_GetFontInfo(self._page, index, self._name, _FONT_NAME_BYTES, self._flags)
        return bool(_BOLD.search(self._name.value.decode("utf-8", errors="replace")))
