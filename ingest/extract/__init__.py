"""One file to pages of text. The format is decided by the file's content first, by its suffix only in doubt.

Every format module has one function that gives an `Extract` or raises `UnreadableFileError` with a sentence that says
what is wrong and what to do; format libraries are imported only when a file of theirs is met.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

from corpus.errors import UnreadableFileError
from ingest.extract.base import Extract
from ingest.extract.sniff import sniff

SUPPORTED: frozenset[str] = frozenset(
    ".pdf .docx .doc .odt .rtf .pptx .ppt .odp .xlsx .xls .ods .epub .eml .html .htm .xhtml .md .markdown .txt .text "
    ".rst".split()
)
"""Suffixes of the files that are worth opening; what a file really is, its content says."""

_READERS = {
    "pdf": ("pdf", "extract_pdf"),
    "docx": ("word", "extract_docx"),
    "pptx": ("slides", "extract_pptx"),
    "xlsx": ("sheets", "extract_xlsx"),
    "epub": ("epub", "extract_epub"),
    "rtf": ("rtf", "extract_rtf"),
    "eml": ("mail", "extract_eml"),
    "html": ("html", "extract_html"),
    "markdown": ("markdown", "extract_markdown"),
    "text": ("text", "extract_text"),
    "odt": ("odf", "extract_odf"),
    "odp": ("odf", "extract_odf"),
    "ods": ("odf", "extract_odf"),
    "doc": ("legacy", "extract_legacy"),
    "xls": ("legacy", "extract_legacy"),
    "ppt": ("legacy", "extract_legacy"),
}
_OF_SEVERAL_KINDS = frozenset({"odf", "legacy"})


def extract(path: Path) -> Extract:
    """Read one file. Raises UnreadableFileError where there is no text to be had from it."""
    try:
        result = _read(path, sniff(path))
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"The file cannot be opened ({reason}). Check that it exists and that you may read it."
        raise UnreadableFileError(message) from error
    if not any(page.text.strip() for page in result.pages):
        message = "The file holds no text."
        raise UnreadableFileError(message)
    return result


def _read(path: Path, kind: str) -> Extract:
    module, name = _READERS[kind]
    # Imported here because each library costs a tenth of a second or more, and most runs meet one format.
    reader = getattr(import_module(f"ingest.extract.{module}"), name)
    if module in _OF_SEVERAL_KINDS:
        return cast("Callable[[Path, str], Extract]", reader)(path, kind)
    return cast("Callable[[Path], Extract]", reader)(path)
