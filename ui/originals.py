"""What the page serves of the files themselves: a page as a picture, and the file to download.

A request names a document; the path comes from the store, never from the request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import NotFoundError, RapporteurError, UnreadableFileError, UsageError
from corpus.records import Document
from ingest.never import is_struck
from ui.export import write
from ui.page_image import has_pages, picture, scanned_boxes, wanted_words
from ui.people import audit
from ui.references import Item

if TYPE_CHECKING:
    from ui.handlers import Base

# Types that a browser may be told; whatever could hold a script is only ever saved, as bytes without a type.
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text": "text/plain; charset=utf-8",
    "markdown": "text/plain; charset=utf-8",
}
# The formats of an export: name in an address, name in words, media type, ending of the file.
EXPORTS = {
    "docx": ("Word", TYPES["docx"], "docx"),
    "csv": ("CSV", "text/csv; charset=utf-8", "csv"),
    "markdown": ("Markdown", "text/markdown; charset=utf-8", "md"),
    "ris": ("RIS", "application/x-research-info-systems; charset=utf-8", "ris"),
    "bibtex": ("BibTeX", "application/x-bibtex; charset=utf-8", "bib"),
    "csl-json": ("CSL-JSON", "application/vnd.citationstyles.csl+json", "json"),
}
FORMS = tuple((form, name) for form, (name, _, _) in EXPORTS.items())
MOST_ITEMS = 500
UNTYPED = "application/octet-stream"
_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send: a sentence where something is wrong. `name` is the file's name where it is to be saved."""

    status: int
    content: bytes
    media_type: str
    name: str = ""


def refusal(error: RapporteurError) -> Reply:
    """The sentence of an error."""
    status = 404 if isinstance(error, NotFoundError | UnreadableFileError) else 400
    return Reply(status, str(error).encode(), _PLAIN)


def refuse_struck(document: Document) -> None:
    """A file that holds words that must not be shown is neither drawn nor given away.

    Raises:
        UnreadableFileError: it holds some.
    """
    if is_struck(document.warnings):
        raise UnreadableFileError(
            "This file holds words that are never to be shown (never-index.txt); only its text is."
        )


def page_image(base: Base, document_id: str, page: int, passage_id: str = "", quote: str = "") -> Reply:
    """A page of a PDF as PNG; marked are the quotation, else what the passage covers of the page."""
    try:
        document = base.document(document_id)
        refuse_struck(document)
        if not has_pages(document):
            raise UnreadableFileError("Only pages of PDF files can be shown as pictures.")
        words: tuple[str, ...] = (quote,) if quote else ()
        if passage_id:
            stored = next((one for one in base.passages(document.id) if one.id == passage_id), None)
            if stored is not None:
                words = wanted_words(stored, quote, page, base.page_text(document.id, page))
        scanned = scanned_boxes(base.scan(document.id, page), words, base.page_text(document.id, page))
        drawn = picture(document.path, document.sha256, page, words, scanned)
    except RapporteurError as error:
        return refusal(error)
    return Reply(200, drawn.png, "image/png")


def original(base: Base, document_id: str) -> Reply:
    """The file that a document was read from, to be saved."""
    try:
        document = base.document(document_id)
        refuse_struck(document)
        content = _content(Path(document.path), document.sha256)
    except RapporteurError as error:
        return refusal(error)
    audit.note(base.home, "original fetched", documents=[document.id])
    return Reply(200, content, TYPES.get(document.format, UNTYPED), Path(document.path).name)


def export(base: Base, passage_ids: Sequence[str], form: str) -> Reply:
    """The passages of these ids, in their order, for another program; those that are gone are left out."""
    try:
        if form not in EXPORTS:
            raise UsageError(f"There is no format “{form}”: choose one of {', '.join(EXPORTS)}.")
        if len(passage_ids) > MOST_ITEMS:
            raise UsageError(f"At most {MOST_ITEMS} passages are exported at once.")
        items = list(_items(base, dict.fromkeys(passage_ids)))
        if not items:
            raise NotFoundError("None of these passages is in the collection any more.")
        content = write(items, form)
    except RapporteurError as error:
        return refusal(error)
    audit.exported(base.home, form, (item.document.id for item in items))
    _, media_type, ending = EXPORTS[form]
    data = content.encode() if isinstance(content, str) else content
    return Reply(200, data, media_type, f"passages.{ending}")


def _items(base: Base, passage_ids: Iterable[str]) -> Iterator[Item]:
    for passage_id in passage_ids:
        with suppress(NotFoundError):
            document = base.document(passage_id.rpartition("-")[0])
            yield from (Item(document, one) for one in base.passages(document.id) if one.id == passage_id)


def _content(file: Path, sha256: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadableFileError("The file that this text was read from is no longer where it was.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise UnreadableFileError("The file has changed since its text was read. Ingest it again first.")
    return content
