"""What kind of file is this? Read from its first bytes, with a sentence for each kind that is not a document."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from corpus.errors import UnreadableFileError

_HEAD_BYTES = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
    (b"\xff\xfb", "sound"),
    (b"\x1aE\xdf\xa3", "film"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"SQLite format 3", "database"),
)
_TEXT_SUFFIXES = {".txt": "text", ".text": "text", ".rst": "text", ".md": "markdown", ".markdown": "markdown"}
_HTML_SUFFIXES = {".html", ".htm", ".xhtml"}
_HTML = re.compile(r"(?is)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])")
_ADVICE = {
    "image": "This is an image, not a document. If it shows text, run OCR on it and save the result as PDF.",
    "sound": "This is a sound recording, not a document.",
    "film": "This is a film or sound recording, not a document.",
    "archive": "This is an archive of other files. Unpack it and add the documents in it.",
}
_NOT_A_DOCUMENT = "This is not a document format that Rapporteur reads (PDF, Word .docx, HTML, Markdown, plain text)."


def sniff(path: Path) -> str:
    """One of "pdf", "docx", "html", "markdown", "text". Raises UnreadableFileError for anything else."""
    if path.is_dir():
        raise UnreadableFileError("This is a folder, not a file.")
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    suffix = path.suffix.lower()
    if not head:
        raise UnreadableFileError("The file is empty (0 bytes). Fetch it again from its source.")
    # A text that only mentions "%PDF" is a text; a PDF may begin with up to a kilobyte of something else.
    if head.startswith(b"%PDF") or (b"%PDF-" in head[:1024] and suffix not in _TEXT_SUFFIXES):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_zip(path)
    if head.startswith(_OLE):
        raise UnreadableFileError(_describe_ole(path, suffix))
    if head.startswith(b"{\\rtf"):
        raise UnreadableFileError("This is a Rich Text file, which Rapporteur does not read: save it as .docx or PDF.")
    kind = _binary_kind(head)
    if kind is not None:
        raise UnreadableFileError(_ADVICE.get(kind, _NOT_A_DOCUMENT))
    return _sniff_text(head, suffix)


def _binary_kind(head: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"RIFF"):
        return "image" if head[8:12] == b"WEBP" else "sound"
    if head[4:8] == b"ftyp":
        return "image" if head[8:11] in (b"hei", b"avi", b"mif") else "film"
    return None


def _sniff_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        message = "The file is damaged: it begins like a Word or zip file but cannot be opened. Fetch or save it again."
        raise UnreadableFileError(message) from error
    if "word/document.xml" in names:
        return "docx"
    if any(name.startswith(("xl/", "ppt/")) for name in names):
        message = "This is an Excel or PowerPoint file, which Rapporteur does not read: save it as PDF."
    elif "mimetype" in names:
        message = "This is an OpenDocument or e-book file, which Rapporteur does not read: save it as .docx or PDF."
    else:
        message = _ADVICE["archive"]
    raise UnreadableFileError(message)


def _describe_ole(path: Path, suffix: str) -> str:
    # The directory of streams lies anywhere in the file; old Office files are small enough to read a piece of.
    with path.open("rb") as stream:
        content = stream.read(4_000_000)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "The Word file is protected by a password. Save a copy without password and add that."
    if suffix == ".doc" or "WordDocument".encode("utf-16-le") in content:
        return "This is an old Word file (.doc), which Rapporteur does not read: save it as .docx or PDF."
    return "This is an old Office file, which Rapporteur does not read: save it as .docx or PDF."


def _sniff_text(head: bytes, suffix: str) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8", errors="replace").lstrip("\ufeff")
    if _HTML.match(text) or (suffix in _HTML_SUFFIXES and "<" in text):
        return "html"
    if suffix == ".pdf":
        message = "The file is named .pdf but holds no PDF; its download may have failed. Fetch it again."
        raise UnreadableFileError(message)
    if suffix in (".docx", ".doc"):
        raise UnreadableFileError("The file is named as a Word file but is none. Open it in Word and save it as .docx.")
    if suffix not in _TEXT_SUFFIXES:
        raise UnreadableFileError(_NOT_A_DOCUMENT)
    return _TEXT_SUFFIXES[suffix]
