"""Formats that are zip archives inside: opened within limits, their XML read without entities and without network.

A few hundred bytes can unpack to gigabytes, so sizes are judged by the archive's own list before anything is read;
zipfile never gives more of a member than that list says.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from corpus.errors import UnreadableFileError

MAX_ENTRIES = 20_000
MAX_UNPACKED = 400_000_000
MAX_XML = 200_000_000
MAX_PART = 80_000_000
MAX_RATIO = 500
_SMALL = 20_000_000
_XML_SUFFIXES = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".vml")

BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, struct.error, KeyError, ValueError,
    OverflowError, OSError, etree.LxmlError, RecursionError,
)  # fmt: skip
"""What zipfile and lxml raise over a damaged file that can be opened (OSError: a seek to before its beginning)."""

BROKEN_OFFICE = (*BROKEN_ZIP, AttributeError, TypeError, IndexError, AssertionError, RuntimeError)
"""The same for libraries of office formats, which trust what they find."""


@contextmanager
def damage_told(kind: str, errors: tuple[type[Exception], ...] = BROKEN_ZIP) -> Iterator[None]:
    """Errors of a damaged file as one sentence. `kind` names the format: "Word", "OpenDocument"."""
    try:
        yield
    except errors as error:
        message = f"The {kind} file is damaged and cannot be read. Open it in its program and save it again, or as PDF."
        raise UnreadableFileError(message) from error


def check_packed(path: Path, kind: str) -> None:
    """Refuse an archive that is protected, or that would unpack to more than is safe to read.

    Raises:
        UnreadableFileError: it is one of these, or no archive at all.
    """
    with damage_told(kind), zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFileError(f"The {kind} file has {len(entries)} parts, too many to be safe. Save it as PDF.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFileError(f"The {kind} file is protected by a password. Save a copy without password.")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    xml = sum(entry.file_size for entry in entries if entry.filename.lower().endswith(_XML_SUFFIXES))
    # XML packs well: a ratio of 20 is usual, and small files may reach more.
    if unpacked > MAX_UNPACKED or xml > MAX_XML or (unpacked > _SMALL and unpacked > MAX_RATIO * packed):
        message = f"The {kind} file unpacks to {unpacked // 1_000_000} MB, which is not safe to read. Save it as PDF."
        raise UnreadableFileError(message)


@contextmanager
def open_packed(path: Path, kind: str) -> Iterator[zipfile.ZipFile]:
    """The archive, checked; whatever breaks while it is read is told as damage."""
    check_packed(path, kind)
    with damage_told(kind), zipfile.ZipFile(path) as archive:
        yield archive


def safe_parser() -> Any:
    """An XML parser that resolves no entities, loads no DTD, asks no network and stops at absurd depth and size."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)


def parse_xml(content: bytes) -> Any:
    """The root element. Raises etree.XMLSyntaxError."""
    root = etree.fromstring(content, safe_parser())
    if root is None:
        raise etree.XMLSyntaxError("no element", 0, 0, 0)
    return root


def read_xml(archive: zipfile.ZipFile, name: str) -> Any:
    """The root element of a part; None where there is no such part.

    Raises:
        UnreadableFileError: it is too large to be held as a whole.
    """
    entry = archive.NameToInfo.get(name)
    if entry is None:
        return None
    if entry.file_size > MAX_PART:
        size = entry.file_size // 1_000_000
        raise UnreadableFileError(
            f"The file holds {size} MB of text in one piece, more than Rapporteur reads. Split it."
        )
    return parse_xml(archive.read(name))


def stream_xml(archive: zipfile.ZipFile, name: str, tags: tuple[str, ...]) -> Iterator[Any]:
    """The elements named, each as soon as it is complete, without ever holding the whole part."""
    with archive.open(name) as stream:
        events = etree.iterparse(
            stream, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for _, element in events:
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def core_properties(root: Any) -> dict[str, str]:
    """Title, author, date, language and description from Dublin Core elements, as office formats keep them."""
    if root is None:
        return {}
    found: dict[str, str] = {}
    names = {
        "title": "title", "creator": "author", "language": "language", "subject": "description",
        "created": "date", "creation-date": "date", "initial-creator": "author",
    }  # fmt: skip
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        key = names.get(etree.QName(node).localname)
        text = " ".join((node.text or "").split())
        if key and text:
            found.setdefault(key, text[:10] if key == "date" else text)
    if found.get("title"):
        found["title_certain"] = "yes"
    return found
