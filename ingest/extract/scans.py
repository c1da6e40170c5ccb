"""Where the words of a scanned page stand on it, so that a quotation can be shown there; and which pages were read by OCR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus.records import Box, Scan, ScannedWord, Span

UNITS = 10_000
# How far behind its place, in letters, a word is looked for.
_REACH = 80
_SAID = re.compile(r"pages? (?P<pages>[\d–, ]+) read by OCR\b")

Placed = tuple[str, float, tuple[int, int, int, int]]
"""A word, its confidence in percent, and its left, top, width and height in pixels of the picture that was read."""


def placed_words(words: Iterable[Placed], text: str, size: tuple[int, int]) -> tuple[ScannedWord, ...]:
    """The words with their places in the page's text; `size` is width and height of the picture in pixels.

    Letters and digits are compared alone: between the words as read and the text stand mended hyphens and blanks.
    """
    places = [at for at, char in enumerate(text) if char.isalnum()]
    letters = "".join(text[at] for at in places)
    found: list[ScannedWord] = []
    at = 0
    for word, confidence, box in words:
        wanted = "".join(char for char in word if char.isalnum())
        start = letters.find(wanted, at, at + len(wanted) + _REACH) if wanted else -1
        if start < 0:
            continue
        at = start + len(wanted)
        found.append(ScannedWord(places[start], places[at - 1] + 1, _on_page(box, size), round(confidence)))
    return tuple(found)


def _on_page(box: tuple[int, int, int, int], size: tuple[int, int]) -> Box:
    left, top, width, height = box
    across, down = UNITS / max(1, size[0]), UNITS / max(1, size[1])
    return (
        round(left * across),
        round(top * down),
        min(UNITS, round((left + width) * across)),
        min(UNITS, round((top + height) * down)),
    )


def boxes_of(scan: Scan, spans: Sequence[Span]) -> list[Box]:
    """Rectangles around the words of the spans on a scanned page, those of one line joined."""
    own = [(span.start, span.end) for span in spans if span.page == scan.page]
    joined: list[Box] = []
    for word in scan.words:
        if not any(start < word.end and word.start < end for start, end in own):
            continue
        last = joined[-1] if joined else None
        if last and (_along(last, word.box) or _along(_turned(last), _turned(word.box))):
            joined[-1] = (
                min(last[0], word.box[0]),
                min(last[1], word.box[1]),
                max(last[2], word.box[2]),
                max(last[3], word.box[3]),
            )
        else:
            joined.append(word.box)
    return joined


def _along(last: Box, box: Box) -> bool:
    """Whether a box goes on with the line of the one before: of its height, longer than high, and near."""
    height = min(last[3] - last[1], box[3] - box[1])
    shared = min(last[3], box[3]) - max(last[1], box[1])
    near = max(box[0] - last[2], last[0] - box[2]) < 4 * height
    return shared > 0.5 * height and near and last[2] - last[0] > height


def _turned(box: Box) -> Box:
    """The box as if the page were seen from its side."""
    return box[1], box[0], box[3], box[2]


def said_of(named: str, confidence: float) -> str:
    """The warning that names the pages read by OCR; `named` as in "pages 3, 5–9"."""
    return f"{named} read by OCR, mean confidence {confidence:.0f} %; check what you quote"


def ocr_pages(warnings: Iterable[str]) -> frozenset[int]:
    """The pages that a document's warnings say were read by OCR: what stands on them is marked as such."""
    pages: set[int] = set()
    for warning in warnings:
        said = _SAID.match(warning)
        for part in said["pages"].split(",") if said else ():
            first, _, last = part.strip().partition("–")
            pages.update(range(int(first), int(last or first) + 1))
    return frozenset(pages)
