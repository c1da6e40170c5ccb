"""PDF: text page by page with pdfium, its outline, page labels and document information.

pdfium opens what needs no password, whatever its encryption, and gives labels, outline and information itself,
in a fraction of the time that pypdf takes (two UN reports cost pypdf half a minute each); pypdf is the second
reader for files that pdfium cannot open.
"""

from __future__ import annotations

import ctypes
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.errors import UnreadableFileError
from corpus.records import OutlineEntry, Page
from ingest.extract.base import Extract, HeadingHint
from ingest.extract.cleaning import mend_lines, tidy, vocabulary
from ingest.extract.ocr import read_scans
from ingest.extract.passwords import passwords_for
from ingest.extract.pdf_columns import lifted, reading_order
from ingest.extract.pdf_headings import find_headings
from ingest.extract.pdf_lines import Line, page_lines
from ingest.extract.pdf_notes import body_size, find_notes, join_fragments
from ingest.extract.pdf_tables import find_tables

_MAX_PAGES = 20_000
_MAX_OUTLINE = 2_000
_OUTLINE_DEPTH = 6
_DATE = re.compile(r"D?:?\s*(\d{4})(\d\d)?(\d\d)?")
_INFO = {"Title": "title", "Author": "author", "Subject": "description", "Keywords": "keywords"}
_PROTECTED = "The PDF is protected by a password. Give it with --passwords FILE, or save a copy without password."
_ERROR_PAGE = re.compile(
    r"document you (?:are looking for|(?:have )?requested)[^.]{0,40}(?:does not exist|not (?:be )?found|unavailable)"
    r"|(?:page|file|document) (?:was |could |can)?not (?:be )?found\b|404[ -]+(?:error|not found)|error 404",
    re.IGNORECASE,
)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def extract_pdf(path: Path) -> Extract:
    """Read a PDF, one `Page` for each of its pages, empty ones too.

    Raises UnreadableFileError: password needed, broken, no text layer, an error page saved in place of a document.
    """
    document = open_pdf(path)
    if document is None:
        return _second_reader(path)
    try:
        return _read(document)
    finally:
        document.close()


def open_pdf(path: Path) -> pypdfium2.PdfDocument | None:
    """The document, opened with a password given for it where it needs one; None where pdfium cannot open it.

    Raises:
        UnreadableFileError: no password was given that opens it.
    """
    given = passwords_for(path)
    for password in (None, *given):
        try:
            return pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) != pdfium.FPDF_ERR_PASSWORD:
                return None
    if given:
        raise UnreadableFileError("The PDF is protected by a password, and none of those given for it opens it.")
    raise UnreadableFileError(_PROTECTED)


def _read(document: pypdfium2.PdfDocument) -> Extract:
    count = len(document)
    if count == 0:
        raise UnreadableFileError("The PDF is damaged: no page can be found in it. Fetch it again from its source.")
    if count > _MAX_PAGES:
        raise UnreadableFileError(f"The PDF has {count} pages, more than Rapporteur reads ({_MAX_PAGES}). Split it.")
    raw, broken = [], []
    for index in range(count):
        try:
            raw.append(join_fragments(page_lines(document, index)))
        except pypdfium2.PdfiumError:
            raw.append([])
            broken.append(index + 1)
    labels = [document.get_page_label(index).strip() or str(index + 1) for index in range(count)]
    body = body_size(raw)
    raw = [lifted(lines, body) for lines in raw]
    raw = [[*reading_order(lines[: (at := find_notes(lines, body)[0])]), *lines[at:]] for lines in raw]
    pages, lines = _assemble(raw, labels)
    notes = [find_notes(placed, body) for placed in lines]
    tables, figures = _tables(pages, lines, notes)
    warnings = [f"{name_pages(broken)} cannot be read"] if broken else []
    ocr = read_scans(document, pages)
    pages, warnings = ocr.pages, [*warnings, *ocr.said]
    return Extract(
        format="pdf",
        pages=pages,
        paged=True,
        info=_information(document),
        headings=tuple(hint for hint in find_headings(lines) if not _inside(hint, (*tables, *figures))),
        tables=tuple(tables),
        figures=tuple(figures),
        notes=tuple(_notes(pages, lines, notes)),
        outline=tuple(_outline(document)),
        scans=ocr.scans,
        warnings=(*warnings, *check_pages(pages)),
    )


def _notes(
    pages: tuple[Page, ...], lines: list[list[Line]], notes: list[tuple[int, int]]
) -> Iterator[tuple[int, int, int]]:
    """Where the notes of each page stand in its text."""
    for page, placed, (start, end) in zip(pages, lines, notes, strict=True):
        if start < end:
            yield page.number, placed[start].start, placed[end].start if end < len(placed) else len(page.text)


Stretches = list[tuple[int, int, int]]


def _tables(
    pages: tuple[Page, ...], lines: list[list[Line]], notes: list[tuple[int, int]]
) -> tuple[Stretches, Stretches]:
    """Where tables and the words of charts stand in the text of the pages."""
    found: tuple[Stretches, Stretches] = ([], [])
    for page, placed, (first, _) in zip(pages, lines, notes, strict=True):
        inner = placed[:first]
        for stretches, places in zip(found, find_tables(inner), strict=True):
            stretches += [
                (page.number, inner[start].start, inner[end - 1].start + len(inner[end - 1].text))
                for start, end in places
            ]
    return found


def _inside(hint: HeadingHint, stretches: tuple[tuple[int, int, int], ...]) -> bool:
    return any(page == hint.page and start <= hint.start < end for page, start, end in stretches)


def _assemble(raw: list[list[Line]], labels: list[str]) -> tuple[tuple[Page, ...], list[list[Line]]]:
    """Clean the lines of all pages, mend words broken at line ends, and give each line its place in its page."""
    known: frozenset[str] | None = None
    pages, placed = [], []
    for number, (lines, label) in enumerate(zip(raw, labels, strict=True), 1):
        texts = [line.text for line in lines]
        if any(text.endswith("-") for text in texts):
            if known is None:
                known = vocabulary("\n".join(line.text for line in page) for page in raw)
            mended = mend_lines(texts, known)
        else:
            mended = list(zip(texts, range(len(texts)), strict=True))
        start = 0
        kept = []
        for text, origin in mended:
            kept.append(lines[origin].placed(text, start))
            start += len(text) + 1
        pages.append(Page(number, tidy(label), "\n".join(text for text, _ in mended)))
        placed.append(kept)
    return tuple(pages), placed


def check_pages(pages: tuple[Page, ...]) -> list[str]:
    """Warnings for pages without text. Raises UnreadableFileError where none has any, or where the only page is
    the message of a web site that had no document to give."""
    empty = [page.number for page in pages if not any(char.isalnum() for char in page.text)]
    if len(empty) == len(pages):
        which = "1 page without text" if len(pages) == 1 else f"{len(pages)} pages, none with text"
        raise UnreadableFileError(
            f"{which}: a scan or picture. Read it with --ocr (OCR by Tesseract) or run ocrmypdf on it."
        )
    text = pages[0].text
    if len(pages) == 1 and len(text) < 600 and _ERROR_PAGE.search(" ".join(text.split())):
        message = "This is an error page that was saved in place of the document. Fetch the document again."
        raise UnreadableFileError(message)
    if not empty:
        return []
    return [f"{name_pages(empty)} {'has' if len(empty) == 1 else 'have'} no text (pictures or blank)"]


def name_pages(numbers: list[int]) -> str:
    """Page numbers for a sentence: "page 3", "pages 3, 5–9"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    named = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
    return f"page{'s' if len(numbers) > 1 else ''} {named}"


def _information(document: pypdfium2.PdfDocument) -> dict[str, str]:
    stated = document.get_metadata_dict()
    info = {key: " ".join(tidy(stated.get(name, "")).split()) for name, key in _INFO.items()}
    for name in ("CreationDate", "ModDate"):
        info.setdefault("date", iso_date(stated.get(name, "")))
        if not info["date"]:
            del info["date"]
    info["language"] = _language(document)
    return {key: value for key, value in info.items() if value}


def iso_date(stated: str) -> str:
    """The day of a PDF date ("D:20250409131201-04'00'") as "2025-04-09"; empty where it is none."""
    match = _DATE.match(stated.strip())
    if match is None:
        return ""
    year, month, day = match.groups()
    if not ("1900" <= year <= "2200") or not ("01" <= (month or "01") <= "12") or not ("01" <= (day or "01") <= "31"):
        return ""
    return "-".join(part for part in (year, month, day if month else None) if part)


def _language(document: pypdfium2.PdfDocument) -> str:
    length = pdfium.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if not 2 < length < 100:
        return ""
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw.decode("utf-16-le", errors="replace").rstrip("\0").strip()


def _outline(document: pypdfium2.PdfDocument) -> Iterator[OutlineEntry]:
    for number, bookmark in enumerate(document.get_toc(max_depth=_OUTLINE_DEPTH)):
        if number >= _MAX_OUTLINE:
            return
        title = " ".join(tidy(bookmark.get_title()).split())
        target = bookmark.get_dest()
        index = target.get_index() if target is not None else None
        if title and index is not None and 0 <= index < len(document):
            yield OutlineEntry(title, bookmark.level + 1, index + 1)


def _second_reader(path: Path) -> Extract:
    """What pypdf can make of a file that pdfium refuses."""
    import pypdf

    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not any(reader.decrypt(word) for word in ("", *passwords_for(path))):
            raise UnreadableFileError(_PROTECTED)
        pages = tuple(
            Page(number, str(number), tidy(page.extract_text())) for number, page in enumerate(reader.pages, 1)
        )
    except UnreadableFileError:
        raise
    # pypdf meets broken files with errors of any kind.
    except Exception as error:
        message = "The PDF is damaged and cannot be opened. Fetch it again from its source, or print it to PDF anew."
        raise UnreadableFileError(message) from error
    if not pages:
        raise UnreadableFileError("The PDF is damaged: no page can be found in it. Fetch it again from its source.")
    warnings = ("the PDF is damaged; its text may be incomplete", *check_pages(pages))
    return Extract(format="pdf", pages=pages, paged=True, warnings=warnings)
