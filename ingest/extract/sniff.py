"""What kind of file is this? Read from its first bytes, with a sentence for each kind that is not a document."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from corpus.errors import UnreadableFileError
from ingest.extract.sniff_zip import sniff_zip

_HEAD_BYTES = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"BM", "bitmap"),
    (b"8BPS", "image"),
    (b"AT&TFORM", "DjVu"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
    (b"\xff\xfb", "sound"),
    (b"\xff\xf3", "sound"),
    (b"\x1aE\xdf\xa3", "film"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"%!PS", "PostScript"),
    (b"{\\urtf", "unknown"),
    (b"\xffWPC", "WordPerfect"),
    (b"ITSF", "help"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"SQLite format 3", "database"),
)
_TEXT_SUFFIXES = {".txt": "text", ".text": "text", ".rst": "text", ".md": "markdown", ".markdown": "markdown"}
_HTML_SUFFIXES = {".html", ".htm", ".xhtml"}
_OFFICE_SUFFIXES = {
    ".docx": "Word", ".doc": "Word", ".rtf": "Rich Text", ".odt": "OpenDocument", ".ods": "OpenDocument",
    ".odp": "OpenDocument", ".pptx": "PowerPoint", ".ppt": "PowerPoint", ".xlsx": "Excel", ".xls": "Excel",
    ".epub": "EPUB",
}  # fmt: skip
_HTML = re.compile(r"(?is)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])")
_HEADER = re.compile(r"([A-Za-z][\w-]*):(?:[ \t]|$)")
_MAIL_HEADERS = frozenset({"message-id", "received", "mime-version", "return-path", "delivered-to", "dkim-signature"})
_ADVICE = {
    "image": "This is an image, not a document. If it shows text, run OCR on it and save the result as PDF.",
    "sound": "This is a sound recording, not a document.",
    "film": "This is a film or sound recording, not a document.",
    "archive": "This is an archive of other files. Unpack it and add the documents in it.",
    "DjVu": "This is a DjVu file, which Rapporteur does not read: save it as PDF.",
    "PostScript": "This is a PostScript file, which Rapporteur does not read: convert it to PDF (for example with ps2pdf).",
    "WordPerfect": "This is a WordPerfect file, which Rapporteur does not read: save it as .docx or PDF.",
    "help": "This is a compiled help file (.chm), which Rapporteur does not read: save its pages as HTML or PDF.",
    "program": "This is a program, not a document.",
    "database": "This is a database, not a document. Export what you need as .xlsx or PDF.",
}
_NOT_A_DOCUMENT = (
    "This is not a document format that Rapporteur reads (PDF, Word, OpenDocument, RTF, PowerPoint, Excel, EPUB, mail, "
    "HTML, Markdown, plain text)."
)
# The streams that an old Office file is made of, in the order in which they decide.
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "protected"),
    ("__properties_version1.0", "msg"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("VisioDocument", "Visio"),
)
_OLE_ADVICE = {
    "protected": "The Office file is protected by a password. Save a copy without password and add that.",
    "msg": "This is an Outlook message (.msg), which Rapporteur does not read: save it as .eml or PDF.",
    "Visio": "This is a Visio drawing, which Rapporteur does not read: save it as PDF.",
}


def sniff(path: Path) -> str:
    """The kind of a file by its content: "pdf", "docx", "pptx", "xlsx", "odt", "odp", "ods", "epub", "rtf", "eml",
    "doc", "xls", "ppt", "html", "markdown" or "text". Raises UnreadableFileError for anything else."""
    if path.is_dir():
        raise UnreadableFileError("This is a folder, not a file.")
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    suffix = path.suffix.lower()
    if not head:
        raise UnreadableFileError("The file is empty (0 bytes). Fetch it again from its source.")
    # A text that only mentions "%PDF" is a text; a PDF may begin with up to a kilobyte of something else.
    if head.startswith(b"%PDF") or (b"%PDF-" in head[:1024] and suffix not in _TEXT_SUFFIXES and not _is_mail(head)):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return sniff_zip(path)
    if head.startswith(_OLE):
        return _sniff_ole(path, suffix)
    if head.lstrip(b"\xef\xbb\xbf\r\n ").startswith(b"{\\rtf"):
        return "rtf"
    kind = _binary_kind(head)
    if kind is not None:
        raise UnreadableFileError(_ADVICE.get(kind, _NOT_A_DOCUMENT))
    return _sniff_text(head, suffix)


def _binary_kind(head: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            if kind == "bitmap":
                # Two letters prove little: a bitmap states a small number where text has letters.
                return "image" if head[6:10] == b"\0\0\0\0" else None
            return kind
    if head.startswith(b"RIFF"):
        return "image" if head[8:12] == b"WEBP" else "sound"
    if head[4:8] == b"ftyp":
        return "image" if head[8:11] in (b"hei", b"avi", b"mif") else "film"
    return "archive" if head[257:262] == b"ustar" else None


def _sniff_ole(path: Path, suffix: str) -> str:
    # The directory of streams lies anywhere in the file.
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        kind = next((kind for name, kind in _OLE_STREAMS if content.find(name.encode("utf-16-le")) >= 0), None)
    if kind is None:
        # Excel 5 names its stream "Book", too short a word to look for.
        kind = suffix.removeprefix(".") if suffix in (".doc", ".xls", ".ppt") else None
    if kind in ("doc", "xls", "ppt"):
        return kind
    unknown = "This is an old Office file that Rapporteur does not read: save it as .docx or PDF."
    raise UnreadableFileError(_OLE_ADVICE.get(kind or "", unknown))


def _is_mail(head: bytes) -> bool:
    """Whether a file begins with the headers of a message, among them one that only mail programs write."""
    names = _header_names(head.decode("latin-1"))
    return "from" in names and bool(names & _MAIL_HEADERS)


def _header_names(text: str) -> set[str]:
    names: set[str] = set()
    for line in text.lstrip("\ufeffï»¿\r\n").split("\n"):
        line = line.rstrip("\r")
        match = _HEADER.match(line)
        if match:
            names.add(match[1].lower())
        elif not line.startswith((" ", "\t")) or not names:
            # The empty line behind the headers, or text that is no header.
            break
    return names


def _sniff_text(head: bytes, suffix: str) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8", errors="replace").lstrip("\ufeff")
    names = _header_names(text)
    if "snapshot-content-location" in names or suffix in (".mht", ".mhtml"):
        raise UnreadableFileError(
            "This is a saved web archive (.mht), which Rapporteur does not read: save the page as HTML."
        )
    if _is_mail(head) or (suffix == ".eml" and names & {"from", "to", "subject", "date"}):
        return "eml"
    if text.startswith("From ") and "from" in _header_names(text.partition("\n")[2]):
        raise UnreadableFileError("This is a mailbox of many messages: save those that you need as .eml files.")
    if _HTML.match(text) or (suffix in _HTML_SUFFIXES and "<" in text):
        return "html"
    if suffix == ".pdf":
        message = "The file is named .pdf but holds no PDF; its download may have failed. Fetch it again."
        raise UnreadableFileError(message)
    if suffix in _OFFICE_SUFFIXES:
        name = _OFFICE_SUFFIXES[suffix]
        message = f"The file is named as {name} ({suffix}) but is none. Open it in its program and save it again."
        raise UnreadableFileError(message)
    if suffix not in _TEXT_SUFFIXES:
        raise UnreadableFileError(_NOT_A_DOCUMENT)
    return _TEXT_SUFFIXES[suffix]
