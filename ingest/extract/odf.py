"""OpenDocument: texts (.odt), presentations (.odp, a page for each slide), spreadsheets (.ods, a page for each sheet)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFileError
from corpus.records import OutlineEntry
from ingest.extract.base import Extract
from ingest.extract.grid import headed_rows
from ingest.extract.odf_blocks import DRAW, OFFICE, PRESENTATION, TABLE, Blocks, bold_styles, hidden_styles
from ingest.extract.odf_numbers import TEXT, Numbers
from ingest.extract.odf_sheets import spreadsheet
from ingest.extract.packed import core_properties, open_packed, read_xml
from ingest.extract.pdf import name_pages
from ingest.extract.writing import PageWriter, one_line

_KIND = "OpenDocument"
_FURNITURE = frozenset({"footer", "header", "date-time", "page-number", "page"})


def extract_odf(path: Path, kind: str) -> Extract:
    """Read an OpenDocument file. `kind` is "odt", "odp" or "ods"."""
    with open_packed(path, _KIND) as archive:
        if b"encryption-data" in _manifest(archive):
            raise UnreadableFileError("The OpenDocument file is protected by a password. Save a copy without password.")
        content = read_xml(archive, "content.xml")
        if content is None:
            raise UnreadableFileError("The OpenDocument file is damaged: its text is missing. Save it again.")
        styles = read_xml(archive, "styles.xml")
        info = core_properties(read_xml(archive, "meta.xml"))
        roots = [content] if styles is None else [styles, content]
        body = next(content.iter(f"{OFFICE}body"), content)
        if kind == "ods":
            return spreadsheet(body, roots, info, path)
        if kind == "odp":
            return _presentation(body, roots, info)
        return _text(body, roots, info)


def _manifest(archive: zipfile.ZipFile) -> bytes:
    name = "META-INF/manifest.xml"
    return archive.read(name) if name in archive.NameToInfo else b""


def _text(body: Any, roots: list[Any], info: dict[str, str]) -> Extract:
    writer = PageWriter()
    blocks = Blocks(writer, Numbers(roots), bold_styles(roots))
    blocks.add(body)
    for note in blocks.notes:
        writer.line(note)
    return writer.extract("odt", info)


def _presentation(body: Any, roots: list[Any], info: dict[str, str]) -> Extract:
    numbers = Numbers(roots)
    unseen = hidden_styles(roots, "drawing-page-properties", f"{PRESENTATION}visibility", "hidden")
    writers, outline, hidden = [], [], []
    for number, slide in enumerate(body.iter(f"{DRAW}page"), 1):
        writer = PageWriter(number)
        writers.append(writer)
        if slide.get(f"{DRAW}style-name") in unseen:
            hidden.append(number)
        elif title := _slide(slide, writer, numbers):
            outline.append(OutlineEntry(title, 1, number))
    return Extract(
        format="odp",
        pages=tuple(writer.page() for writer in writers),
        paged=True,
        reflowed=True,
        info=info,
        headings=tuple(hint for writer in writers for hint in writer.headings),
        tables=tuple(table for writer in writers for table in writer.tables),
        outline=tuple(outline),
        warnings=(f"hidden slides are left out: {name_pages(hidden)}",) if hidden else (),
    )


def _slide(slide: Any, writer: PageWriter, numbers: Numbers) -> str:
    blocks = Blocks(writer, numbers)
    frames = list(slide)
    heading = next((frame for frame in frames if frame.get(f"{PRESENTATION}class") == "title"), None)
    title = ""
    if heading is not None:
        title = one_line(" ".join(blocks.inline(node) for node in heading.iter(f"{TEXT}p", f"{TEXT}h")))
        if title:
            writer.heading(title, 1)
    for frame in frames:
        if frame is heading or frame.get(f"{PRESENTATION}class") in _FURNITURE:
            continue
        if frame.tag == f"{PRESENTATION}notes":
            # Each paragraph says that it is a note: no audience has seen it.
            for text in _notes(frame, blocks):
                writer.line(f"Notes: {text}")
            continue
        table = next(frame.iter(f"{TABLE}table"), None)
        if table is None:
            blocks.add(frame)
        else:
            writer.table(headed_rows(list(blocks.rows(table))))
    return title


def _notes(notes: Any, blocks: Blocks) -> Iterator[str]:
    for frame in notes:
        if frame.get(f"{PRESENTATION}class") == "notes":
            yield from filter(None, (one_line(blocks.inline(node)) for node in frame.iter(f"{TEXT}p")))
