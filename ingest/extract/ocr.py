"""Scanned pages read by Tesseract, where it is installed and asked for (RAPPORTEUR_OCR="eng+fra+rus").

page ── pypdfium2, 300 dpi, grey ──▶ image ── tesseract, TSV ──▶ words with boxes and confidence ──▶ lines
"""

from __future__ import annotations

import csv
import math
import re
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pypdfium2

from corpus.errors import UnreadableFileError
from corpus.records import Page, Scan
from ingest.extract.cleaning import join_hyphens, tidy
from ingest.extract.programs import ProgramError, find_program, run_program
from ingest.extract.scans import placed_words, said_of
from ingest.extract.settings import OCR_SECONDS, languages, ocr_seconds

SECONDS_A_PAGE = 60.0
_DPI = 300
_MAX_PIXELS = 30_000_000
_NAMES = re.compile(r"[A-Za-z_]{3,20}(?:\+[A-Za-z_]{3,20})*")
# Below these, in percent, what Tesseract sees are stains, stamps and pictures.
_SURE_LINE = 30
_SURE_PAGE = 40
_ENOUGH = 20  # words on a page that is worth a second look


@dataclass(frozen=True, slots=True)
class Word:
    """A word as read: `box` is left, top, width and height in pixels at 300 dpi, `confidence` in percent."""

    text: str
    confidence: float
    box: tuple[int, int, int, int]
    paragraph: tuple[int, int]
    line: int


@dataclass(frozen=True, slots=True)
class Tool:
    """Tesseract as it is to be called: its path, the languages, the mode of page segmentation."""

    program: str
    languages: str
    mode: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages of a document after OCR, the words of those that it read, and what is to be said about it."""

    pages: tuple[Page, ...]
    scans: tuple[Scan, ...] = ()
    said: tuple[str, ...] = ()


def read_scans(document: pypdfium2.PdfDocument, pages: tuple[Page, ...]) -> Reading:
    """The pages with those that hold no text read by OCR.

    Raises:
        UnreadableFileError: no page has text and OCR, though asked for, cannot be done.
    """
    empty = [page.number for page in pages if not any(map(str.isalnum, page.text))]
    asked = languages()
    if not asked or not empty:
        return Reading(pages)
    try:
        tool = _tool(asked)
    except ProgramError as error:
        if len(empty) == len(pages):
            raise UnreadableFileError(f"The pages are scans. {error}") from error
        return Reading(pages, said=(str(error),))
    return _read(document, pages, empty, tool)


def _tool(asked: str) -> Tool:
    """Tesseract with the languages asked for. Raises ProgramError, with a sentence for the user: it or a language of it is missing."""
    if not _NAMES.fullmatch(asked):
        raise ProgramError(f'"{asked}" names no languages for OCR; write them as in eng+fra+rus.')
    program = find_program("tesseract")
    if program is None:
        raise ProgramError(
            "OCR needs Tesseract, which is not installed here (Debian, Ubuntu: apt-get install tesseract-ocr)."
        )
    listed = run_program([program, "--list-langs"], seconds=10, folder=Path(program).parent).decode(errors="replace")
    missing = [name for name in asked.split("+") if name not in listed.split()]
    if missing:
        packages = " ".join(f"tesseract-ocr-{name.replace('_', '-').lower()}" for name in missing)
        raise ProgramError(
            f"Tesseract lacks {', '.join(missing)} (Debian, Ubuntu: apt-get install {packages}); installed are "
            f"{', '.join(listed.splitlines()[1:])}."
        )
    # Looking which way up a page lies needs the data named osd, which Debian's package brings along.
    return Tool(program, asked, "1" if "osd" in listed.split() else "3")


def _read(document: pypdfium2.PdfDocument, pages: tuple[Page, ...], numbers: list[int], tool: Tool) -> Reading:
    end = time.monotonic() + ocr_seconds()
    made = {page.number: page for page in pages}
    scans: list[Scan] = []
    left, failed = [], []
    with tempfile.TemporaryDirectory(prefix="rapporteur-") as name:
        for number in numbers:
            seconds = min(SECONDS_A_PAGE, end - time.monotonic())
            if seconds < 1:
                left.append(number)
                continue
            try:
                words, size = recognise(document, number, tool, seconds, Path(name))
            except (ProgramError, pypdfium2.PdfiumError):
                failed.append(number)
                continue
            text, confidence = page_text(words)
            if text:
                legible = [
                    (tidy(word.text), word.confidence, word.box)
                    for part in _legible(words)
                    for line in part
                    for word in line
                ]
                scans.append(Scan(number, confidence, placed_words(legible, text, size)))
                made[number] = Page(number, made[number].label, text)
    said = []
    read = [scan.page for scan in scans]
    if read:
        said.append(said_of(_pages(read), sum(scan.confidence for scan in scans) / len(read)))
    if failed:
        said.append(f"{_pages(failed)} could not be read by OCR")
    if silent := [number for number in numbers if number not in {*read, *failed, *left}]:
        said.append(f"OCR found no text on {_pages(silent)}")
    if left:
        said.append(f"{_pages(left)} not read by OCR: the time for this file was up ({OCR_SECONDS} gives more)")
    return Reading(tuple(made[page.number] for page in pages), tuple(scans), tuple(said))


def _pages(numbers: list[int]) -> str:
    from ingest.extract.pdf import name_pages

    return name_pages(numbers)


def recognise(
    document: pypdfium2.PdfDocument, number: int, tool: Tool, seconds: float, folder: Path
) -> tuple[list[Word], tuple[int, int]]:
    """The words on a page (from 1), and width and height of the picture that they were read from, in pixels.

    Raises:
        ProgramError: Tesseract failed or took longer than `seconds`.
        pypdfium2.PdfiumError: the page cannot be drawn.
    """
    end = time.monotonic() + seconds
    image = folder / "page.pgm"
    pixels, dpi = _draw(document, number)
    _save(pixels, image)
    command = [tool.program, image.name, "stdout", "-l", tool.languages, "--dpi", str(dpi), "--psm", tool.mode, "tsv"]
    words = parse_tsv(run_program(command, seconds=seconds, folder=folder).decode(errors="replace"))
    if len(words) < _ENOUGH or _mean(words) >= _SURE_PAGE or end - time.monotonic() < 1:
        return words, pixels.shape[::-1]
    # Sideways pages are sometimes taken for upside down: what cannot be read is looked at from the other end.
    _save(pixels[::-1, ::-1], image)
    output = run_program(command, seconds=end - time.monotonic(), folder=folder)
    turned = [_turned(word, pixels.shape) for word in parse_tsv(output.decode(errors="replace"))]
    return turned if _mean(turned) > _mean(words) else words, pixels.shape[::-1]


def _draw(document: pypdfium2.PdfDocument, number: int) -> tuple[Any, int]:
    """The page as rows of grey pixels, and its resolution, which is lower for very large pages."""
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(_DPI / 72, math.sqrt(_MAX_PIXELS / max(1.0, width * height)))
    bitmap = page.render(scale=scale, grayscale=True)
    pixels = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].copy()
    bitmap.close()
    page.close()
    return pixels, max(70, round(72 * float(scale)))


def _save(pixels: Any, image: Path) -> None:
    height, width = pixels.shape
    image.write_bytes(b"P5 %d %d 255\n" % (width, height) + pixels.tobytes())


def _turned(word: Word, shape: tuple[int, int]) -> Word:
    """The word in the page as it was before it was turned upside down."""
    left, top, width, height = word.box
    return replace(word, box=(shape[1] - left - width, shape[0] - top - height, width, height))


def parse_tsv(output: str) -> list[Word]:
    """The words of Tesseract's TSV output, in its order."""
    words = []
    for row in csv.DictReader(output.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row["level"] == "5" and text:
            left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
            place = (int(row["block_num"]), int(row["par_num"]))
            words.append(Word(text, float(row["conf"]), (left, top, width, height), place, int(row["line_num"])))
    return words


def page_text(words: list[Word]) -> tuple[str, float]:
    """The text of a page, an empty line between paragraphs, and the mean confidence; ("", 0) where it shows no text."""
    paragraphs = _legible(words)
    kept = [word for paragraph in paragraphs for line in paragraph for word in line]
    printed = "\n\n".join(
        "\n".join(" ".join(word.text for word in line) for line in paragraph) for paragraph in paragraphs
    )
    confidence = _mean(kept)
    # A word that is broken between two paragraphs shows that they are one.
    text = join_hyphens(re.sub(r"-\n\n(?=[^\W\d_])", "-\n", tidy(printed)))
    return (text, confidence) if confidence >= _SURE_PAGE and any(map(str.isalnum, text)) else ("", 0.0)


def _legible(words: list[Word]) -> list[list[list[Word]]]:
    """The words that are no stains, by paragraph and line."""
    paragraphs = []
    for _, paragraph in groupby(words, key=lambda word: word.paragraph):
        lines = [list(group) for _, group in groupby(paragraph, key=lambda word: word.line)]
        if sure := [line for line in lines if _mean(line) >= _SURE_LINE]:
            paragraphs.append(sure)
    return paragraphs


def _mean(words: list[Word]) -> float:
    return sum(word.confidence for word in words) / len(words) if words else 0.0
