"""One file to pages of text. The format is decided by the file's content first, by its suffix only in doubt.

Every format module has one function that gives an `Extract` or raises `UnreadableFileError` with a sentence that says
what is wrong and what to do; format libraries are imported only when a file of theirs is met.
"""

from __future__ import annotations

from pathlib import Path

from corpus.errors import UnreadableFileError
from ingest.extract.base import Extract
from ingest.extract.sniff import sniff

SUPPORTED: frozenset[str] = frozenset(
    {".pdf", ".docx", ".html", ".htm", ".xhtml", ".md", ".markdown", ".txt", ".text", ".rst"}
)
"""Suffixes of the files that are worth opening; what a file really is, its content says."""


def extract(path: Path) -> Extract:
    """Read one file. Raises UnreadableFileError where there is no text to be had from it."""
    try:
        kind = sniff(path)
        result = _read(path, kind)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"The file cannot be opened ({reason}). Check that it exists and that you may read it."
        raise UnreadableFileError(message) from error
    if not any(page.text.strip() for page in result.pages):
        message = "The file holds no text."
        raise UnreadableFileError(message)
    return result


def _read(path: Path, kind: str) -> Extract:
    # Imported here because each library costs a tenth of a second or more, and most runs meet one format.
    if kind == "pdf":
        from ingest.extract.pdf import extract_pdf

        return extract_pdf(path)
    if kind == "docx":
        from ingest.extract.word import extract_docx

        return extract_docx(path)
    if kind == "html":
        from ingest.extract.html import extract_html

        return extract_html(path)
    if kind == "markdown":
        from ingest.extract.markdown import extract_markdown

        return extract_markdown(path)
    from ingest.extract.text import extract_text

    return extract_text(path)
