"""Electronic books (.epub): the chapters in the order of the spine, through the reader of web pages."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import lxml.html
from lxml import etree

from corpus.errors import UnreadableFileError
from corpus.records import OutlineEntry, Page
from ingest.extract.base import Extract
from ingest.extract.html_blocks import Writer
from ingest.extract.packed import core_properties, open_packed, parse_xml, read_xml
from ingest.extract.writing import one_line

_KIND = "EPUB"
_HTML_TYPES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_MAX_CHAPTERS = 5_000
_MAX_OUTLINE = 2_000
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def extract_epub(path: Path) -> Extract:
    """Read a book as one page of text: a printed page is nothing that it knows."""
    with open_packed(path, _KIND) as archive:
        _refuse_protected(archive)
        place = _package_place(archive)
        package = read_xml(archive, place)
        if package is None:
            raise UnreadableFileError("The EPUB file is damaged: its list of chapters is missing. Fetch it again.")
        chapters = list(_chapters(package, place))
        missing = [name for name in chapters if name not in archive.NameToInfo]
        writer = Writer()
        for name in chapters[:_MAX_CHAPTERS]:
            if name not in missing:
                _write_chapter(archive.read(name), writer)
        info = core_properties(next(package.iter("{*}metadata"), None))
        date = next(
            (one_line(node.text or "")[:10] for node in package.iter("{http://purl.org/dc/elements/1.1/}date")), ""
        )
    text = writer.text()
    outline = [OutlineEntry(text[h.start : h.end], h.level, 1) for h in writer.headings[:_MAX_OUTLINE]]
    return Extract(
        format="epub",
        pages=(Page(1, "1", text),),
        paged=False,
        reflowed=True,
        info=info | ({"date": date} if date else {}),
        headings=tuple(writer.headings),
        tables=tuple(writer.tables),
        outline=tuple(outline),
        warnings=(f"{len(missing)} chapters are missing from the file",) if missing else (),
    )


def _refuse_protected(archive: zipfile.ZipFile) -> None:
    rights = read_xml(archive, _ENCRYPTION)
    methods = [] if rights is None else [node.get("Algorithm") for node in rights.iter("{*}EncryptionMethod")]
    # Fonts may be scrambled in books that anyone may read.
    if any(method not in _FONT_SCRAMBLING for method in methods):
        raise UnreadableFileError("The EPUB file is protected (DRM) and cannot be read. Ask for an unprotected copy.")


def _package_place(archive: zipfile.ZipFile) -> str:
    container = read_xml(archive, "META-INF/container.xml")
    places = [] if container is None else [node.get("full-path") or "" for node in container.iter("{*}rootfile")]
    return next(filter(None, places), "content.opf")


def _chapters(package: Any, place: str) -> Iterator[str]:
    """The names of the chapters in reading order; what is beside the text (linear="no") comes where it stands."""
    folder = posixpath.dirname(place)
    items = {node.get("id"): node for node in package.iter("{*}item")}
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        # The contents list repeats the headings of the chapters.
        if item is None or item.get("media-type") not in _HTML_TYPES or "nav" in (item.get("properties") or "").split():
            continue
        yield posixpath.normpath(posixpath.join(folder, unquote((item.get("href") or "").partition("#")[0])))


def _write_chapter(content: bytes, writer: Writer) -> None:
    try:
        root = lxml.html.document_fromstring(content, parser=lxml.html.HTMLParser(encoding=_encoding(content)))
    except (etree.LxmlError, ValueError):
        # A chapter of nothing but white space.
        return
    body = root.find("body")
    writer.add(root if body is None else body)


def _encoding(content: bytes) -> str:
    """As the XML declaration states; UTF-8 where there is none."""
    try:
        return parse_xml(content).getroottree().docinfo.encoding or "utf-8"
    except etree.XMLSyntaxError:
        return "utf-8"
