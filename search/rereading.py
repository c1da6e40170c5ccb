"""Citations checked against the files themselves, read another way than ingestion reads them: does the quotation stand on
the page cited, and which article or paragraph does it stand under there? Used in evaluation only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdfium2

from search.matching import letters

# As printed at the beginning of a line, whatever marks stand around it.
_ARTICLE = re.compile(
    r"^[\s#*_>]*(?:Article|Artikel|ARTICLE|Art\.)\s+(\d+(?:\s?(?:bis|ter)|[a-z](?![a-z]))?|[IVXLC]+)\b", re.MULTILINE
)
_PARAGRAPH = re.compile(r"^\s*(\d{1,3}\.\d{1,3}|\d{1,3}(?=\.))\.?(?=\s+\S)", re.MULTILINE)
_LABEL = re.compile(
    r"(?P<article>Article (?P<number>\w+))|para\. (?P<paragraph>\d{1,3}(?:\.\d{1,3})?)|(?P<item>\d{1,3}\.\d{1,3})$"
)
SHORTEST = 12
PAGES_ABOVE = 3


def check_page(citation: Mapping[str, Any]) -> bool | None:
    """Whether the quotation of a citation (in JSON's shape) stands on its page of the PDF; None where it has no page or the
    file is no longer there. Letters and digits count, blanks, hyphens and punctuation do not."""
    path, page = Path(citation["document"]["path"]), citation.get("page")
    if page is None or path.suffix.lower() != ".pdf" or not path.is_file():
        return None
    text = pdf_page(path, page)
    # A page without a text layer was read by eye (OCR): there is nothing to compare with.
    return None if not text.strip() else letters(citation["quote"]) in letters(text)


def check_label(citation: Mapping[str, Any]) -> bool | None:
    """Whether the label of a citation is that under which its quotation stands in the file: of a Markdown file the
    nearest heading "Article n" above it, of a PDF the nearest number of a paragraph at the start of a line above it. None
    where the label is of another kind, the file is not there, or the quotation is not found in it so read."""
    label, path = citation.get("label") or "", Path(citation["document"]["path"])
    wanted = _LABEL.search(label)
    if wanted is None or not path.is_file():
        return None
    if wanted["article"]:
        if path.suffix.lower() != ".md":
            return None
        found = _numbers_above(path.read_text(encoding="utf-8", errors="replace"), citation["quote"], _ARTICLE)
        number = wanted["number"]
    else:
        if path.suffix.lower() != ".pdf" or citation.get("page") is None:
            return None
        pages = range(max(1, citation["page"] - PAGES_ABOVE), citation["page"] + 1)
        text = "\n".join(pdf_page(path, page) for page in pages)
        found = _numbers_above(text, citation["quote"], _PARAGRAPH)
        number = wanted["paragraph"] or wanted["item"]
    return None if not found else number.casefold() in {one.replace(" ", "").casefold() for one in found}


@lru_cache(maxsize=64)
def pdf_page(path: Path, page: int) -> str:
    """The text of one page, counted from 1, as PDFium gives it."""
    document = pypdfium2.PdfDocument(path)
    try:
        if not 1 <= page <= len(document):
            return ""
        return str(document[page - 1].get_textpage().get_text_bounded()).replace("\r\n", "\n")
    finally:
        document.close()


def _numbers_above(text: str, quote: str, mark: re.Pattern[str]) -> set[str]:
    """The numbers under which the quotation stands, for each place where it does."""
    wanted = letters(quote)
    if len(wanted) < SHORTEST:
        return set()
    places = [at for at, character in enumerate(text) for _ in letters(character)]
    held = "".join(letters(character) for character in text)
    found: set[str] = set()
    start = held.find(wanted)
    while start >= 0:
        # A quotation may begin with its own number: its mark begins where it does.
        above = [match for match in mark.finditer(text, 0) if match.start(1) <= places[start]]
        if above:
            found.add(above[-1][1])
        start = held.find(wanted, start + 1)
    return found
