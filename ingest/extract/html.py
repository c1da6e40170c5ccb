"""HTML: the main content of a page, with its headings, lists and tables, and what its head states."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree

from corpus.errors import UnreadableFileError
from corpus.records import Page
from ingest.extract.base import Extract
from ingest.extract.cleaning import tidy
from ingest.extract.html_blocks import Writer
from ingest.extract.html_main import main_content
from ingest.extract.text import decode

_MAX_BYTES = 32_000_000
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "dcterms.issued",
    "dcterms.date",
    "dc.date.issued",
    "dc.date",
    "date",
    "pubdate",
)


def extract_html(path: Path) -> Extract:
    """Read a web page as one page of text; a line is a paragraph, a list item or a row of a table."""
    if path.stat().st_size > _MAX_BYTES:
        raise UnreadableFileError(f"The HTML file is larger than {_MAX_BYTES // 1_000_000} MB. Split it.")
    source, warnings = _decode(path.read_bytes())
    try:
        root = lxml.html.document_fromstring(source.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFileError("The HTML file holds no text.") from error
    info = _head(root)
    writer = Writer()
    writer.add(main_content(root))
    return Extract(
        format="html",
        pages=(Page(1, "1", writer.text()),),
        paged=False,
        reflowed=True,
        info=info,
        headings=tuple(writer.headings),
        tables=tuple(writer.tables),
        warnings=warnings,
    )


def _decode(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """By byte order mark, as UTF-8, by the encoding that the page states, else as plain text is."""
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    stated = _CHARSET.search(raw[:4096])
    if stated is not None:
        try:
            return raw.decode(stated[1].decode("ascii")), ()
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(raw)


def _head(root: Any) -> dict[str, str]:
    metas: dict[str, str] = {}
    for node in root.iter("meta"):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").lower()
        metas.setdefault(name, node.get("content") or "")
    heading = next((" ".join(node.text_content().split()) for node in root.iter("h1")), "")
    title = next((node.text_content() for node in root.iter("title")), "")
    date = next((found[0] for name in _DATE_NAMES if (found := _DAY.match(metas.get(name, "").strip()))), "")
    canonical = next((node.get("href") for node in root.iter("link") if node.get("rel") == "canonical"), "")
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
    info = {
        "title": title,
        "heading": heading,
        "author": metas.get("author", ""),
        "date": date,
        "language": language or metas.get("content-language", ""),
        "url": canonical or metas.get("og:url", ""),
        "description": metas.get("description") or metas.get("og:description", ""),
    }
    cleaned = {key: " ".join(tidy(value or "").split()) for key, value in info.items()}
    return {key: value for key, value in cleaned.items() if value}
