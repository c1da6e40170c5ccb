"""A page of a PDF as it looks, with the quoted words marked. The file is drawn in a worker process, as it is read.

Only the file that a document was read from is ever opened, and only while its content is the one that was read.
"""

from __future__ import annotations

import ctypes
import hashlib
import struct
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFileError
from corpus.records import Box as ShareBox
from corpus.records import Document, Scan, Span, StoredPassage
from ingest.extract.scans import UNITS, boxes_of
from ingest.reader import ReadFailure, read_all

SCALE = 1.6
SECONDS = 20.0
MOST_PIXELS = 16_000_000
KEPT = 24
# Laid over the page as a marker pen lies over print: white becomes this, black stays black (red, green, blue of 255).
MARKER = (247, 224, 130)
# A piece of a quotation is marked for itself only where it is long enough to be no other words of the page.
LEAST = 12
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as PNG, and the rectangles that are marked in it: left, top, right, bottom in its pixels."""

    png: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]


def has_pages(document: Document) -> bool:
    """Whether a page of this document can be drawn at all."""
    return document.paged and document.format == "pdf"


def wanted_words(stored: StoredPassage, quote: str, page: int, page_text: str) -> tuple[str, ...]:
    """What to mark on a page: the quotation, else what the passage covers of the page."""
    if quote:
        return (quote,)
    return tuple(page_text[span.start : span.end] for span in stored.passage.spans if span.page == page)


def scanned_boxes(scan: Scan | None, words: Sequence[str], page_text: str) -> tuple[ShareBox, ...]:
    """Where words stand on a page that was read by OCR, in shares of the page; none for a page with text of its own."""
    if scan is None:
        return ()
    places = [(at, letter) for at, char in enumerate(page_text) for letter in _letters(char)]
    text = "".join(letter for _, letter in places)
    spans = [
        Span(scan.page, places[start][0], places[end - 1][0] + 1)
        for wanted in words
        for start, end in _found(text, wanted)
    ]
    return tuple(boxes_of(scan, spans))


@lru_cache(maxsize=KEPT)
def picture(path: str, sha256: str, number: int, words: tuple[str, ...], scanned: tuple[ShareBox, ...] = ()) -> Picture:
    """Draw page `number` (from 1) of the PDF at `path`, and mark the words that stand on it, or the boxes `scanned`.

    Raises:
        UnreadableFileError: the file is gone, changed or cannot be drawn, or has no such page; the message says which.
    """
    file = Path(path)
    if not file.is_file():
        raise UnreadableFileError(
            "The file that this text was read from is no longer where it was, so its page cannot be shown."
        )
    for _, drawn in read_all([file], Draw(number, words, sha256, scanned), workers=1, seconds=SECONDS):
        if isinstance(drawn, ReadFailure):
            raise UnreadableFileError(drawn.reason)
        return drawn
    raise AssertionError("a file that was given comes back")


@dataclass(frozen=True, slots=True)
class Draw:
    """The work of the worker process."""

    number: int
    words: tuple[str, ...]
    sha256: str
    scanned: tuple[ShareBox, ...] = ()

    def __call__(self, path: Path) -> Picture:
        """Draw the page."""
        import pypdfium2

        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise UnreadableFileError(
                "The file has changed since its text was read, so its page is not shown. Ingest it again to see it."
            )
        pdf = pypdfium2.PdfDocument(content)
        if not 0 < self.number <= len(pdf):
            raise UnreadableFileError(f"The file has {len(pdf)} pages and no page {self.number}.")
        return _drawn(pdf[self.number - 1], self.words, self.scanned)


def _drawn(page: Any, words: Sequence[str], scanned: Sequence[ShareBox]) -> Picture:
    import numpy as np

    width, height = page.get_size()
    scale = min(SCALE, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=True, no_smoothtext=False)
    pixels = np.array(bitmap.to_numpy()[:, :, :3])
    size = bitmap.width, bitmap.height
    found = [_shared(box, size) for box in scanned] or [
        _in_pixels(page, box, *size) for box in quote_boxes(page, words)
    ]
    boxes = tuple(found)
    marker = np.array(MARKER, dtype=np.uint16)
    for left, top, right, bottom in boxes:
        area = pixels[top:bottom, left:right]
        area[:] = (area.astype(np.uint16) * marker // 255).astype(np.uint8)
    return Picture(_png(pixels), bitmap.width, bitmap.height, boxes)


def _shared(box: ShareBox, size: tuple[int, int]) -> Box:
    """A box in ten-thousandths of the page in pixels of its picture."""
    (left, top, right, bottom), (width, height) = box, size
    across, down = width / UNITS, height / UNITS
    return int(left * across), int(top * down), min(width, int(right * across) + 1), min(height, int(bottom * down) + 1)


def quote_boxes(page: Any, words: Sequence[str]) -> list[tuple[float, float, float, float]]:
    """Rectangles around the words on a page, one a line: left, bottom, right, top in points of the page.

    Letters and digits are compared alone; blanks, hyphens and what capitals are do not count.
    """
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    letters, places = [], []
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        for letter in _letters(chr(code)) if 0 < code <= 0x10FFFF else "":
            letters.append(letter)
            places.append(index)
    text = "".join(letters)
    boxes: list[tuple[float, float, float, float]] = []
    for wanted in words:
        for start, end in _found(text, wanted):
            boxes += _lines([textpage.get_charbox(index) for index in dict.fromkeys(places[start:end])])
    return boxes


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _found(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where the wanted words stand: whole, or, where part of them is on another page, their lines and sentences."""
    whole = _letters(wanted)
    if whole and (start := text.find(whole)) >= 0:
        return [(start, start + len(whole))]
    pieces = [_letters(piece) for line in wanted.splitlines() for piece in line.split(". ")]
    found = [(text.find(piece), len(piece)) for piece in pieces if len(piece) >= LEAST]
    return [(start, start + length) for start, length in found if start >= 0] or _at_an_edge(text, whole)


def _at_an_edge(text: str, whole: str) -> list[tuple[int, int]]:
    """The longest beginning of the words that stands on the page (they go on overleaf), else their longest end."""
    for length in range(len(whole) - 1, LEAST, -1):
        if (start := text.rfind(whole[:length])) >= 0:
            return [(start, start + length)]
    for length in range(len(whole) - 1, LEAST, -1):
        if (start := text.find(whole[-length:])) >= 0:
            return [(start, start + length)]
    return []


def _lines(boxes: Sequence[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    """Boxes of letters joined along their lines."""
    joined: list[tuple[float, float, float, float]] = []
    for left, bottom, right, top in boxes:
        if right <= left or top <= bottom:
            continue
        if joined:
            before = joined[-1]
            shared = min(top, before[3]) - max(bottom, before[1])
            # The next letter of a line overlaps it in height and is not a line's length away.
            near = left - before[2] < 4 * (top - bottom) and before[0] - right < 4 * (top - bottom)
            if shared > 0.3 * min(top - bottom, before[3] - before[1]) and near:
                joined[-1] = (
                    min(left, before[0]), min(bottom, before[1]), max(right, before[2]), max(top, before[3]),
                )  # fmt: skip
                continue
        joined.append((left, bottom, right, top))
    return joined


def _in_pixels(page: Any, box: tuple[float, float, float, float], width: int, height: int) -> Box:
    """A box of the page in pixels of its picture, whatever the page's rotation and crop."""
    import pypdfium2.raw as raw

    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (x1, y1), (x2, y2) = corners
    left, right = sorted((x1, x2))
    top, bottom = sorted((y1, y2))
    return max(0, left - 1), max(0, top - 1), min(width, right + 2), min(height, bottom + 2)


def _png(pixels: Any) -> bytes:
    """RGB pixels, (height, width, 3) of 8 bits, as a PNG file (ISO/IEC 15948)."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def block(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + block(b"IHDR", header) + block(b"IDAT", zlib.compress(rows, 4)) + block(b"IEND", b"")
