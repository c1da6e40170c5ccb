"""What kind of zip archive is this: an office document, a book, or a folder of files?"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from corpus.errors import UnreadableFileError
from ingest.extract.packed import BROKEN_ZIP

_DOCUMENTS = {
    ".pdf": "PDF", ".docx": "Word", ".doc": "Word", ".odt": "OpenDocument", ".ods": "OpenDocument",
    ".odp": "OpenDocument", ".rtf": "RTF", ".pptx": "PowerPoint", ".ppt": "PowerPoint", ".xlsx": "Excel",
    ".xls": "Excel", ".epub": "EPUB", ".eml": "mail", ".html": "HTML", ".htm": "HTML", ".xhtml": "HTML",
    ".md": "Markdown", ".markdown": "Markdown", ".txt": "text", ".text": "text",
}  # fmt: skip
_MAIN_PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
_MIME_TYPES = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.text-template": "odt",
    "application/vnd.oasis.opendocument.text-master": "odt",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.presentation-template": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.spreadsheet-template": "ods",
    "application/epub+zip": "epub",
}
_REFUSED = (
    ("xl/workbook.bin", "This is a binary Excel file (.xlsb), which Rapporteur does not read: save it as .xlsx."),
    ("Index/Document.iwa", "This is an Apple Pages, Numbers or Keynote file, which Rapporteur does not read: export it as PDF."),
    ("Index.zip", "This is an Apple Pages, Numbers or Keynote file, which Rapporteur does not read: export it as PDF."),
    ("FixedDocSeq.fdseq", "This is an XPS file, which Rapporteur does not read: print it to PDF."),
    ("FixedDocumentSequence.fdseq", "This is an XPS file, which Rapporteur does not read: print it to PDF."),
    ("visio/document.xml", "This is a Visio drawing, which Rapporteur does not read: save it as PDF."),
    ("META-INF/MANIFEST.MF", "This is a program (a Java archive), not a document."),
)  # fmt: skip
_DAMAGED = "The file is damaged: it begins like an Office or zip file but cannot be opened. Fetch or save it again."


def sniff_zip(path: Path) -> str:
    """ "docx", "pptx", "xlsx", "odt", "odp", "ods" or "epub". Raises UnreadableFileError for anything else."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mime_type = _mime_type(archive)
    except BROKEN_ZIP as error:
        raise UnreadableFileError(_DAMAGED) from error
    present = set(names)
    for part, kind in _MAIN_PARTS.items():
        if part in present:
            return kind
    if mime_type in _MIME_TYPES:
        return _MIME_TYPES[mime_type]
    # The type is said in the first member; a book zipped anew by hand may have lost it.
    if "META-INF/container.xml" in present:
        return "epub"
    if mime_type.startswith("application/vnd.oasis.opendocument."):
        kind = mime_type.rpartition(".")[2]
        raise UnreadableFileError(f"This is an OpenDocument {kind}, which Rapporteur does not read: save it as PDF.")
    for part, message in _REFUSED:
        if part in present:
            raise UnreadableFileError(message)
    raise UnreadableFileError(_describe_folder(names))


def _mime_type(archive: zipfile.ZipFile) -> str:
    entry = archive.NameToInfo.get("mimetype")
    if entry is None or entry.file_size > 200 or entry.flag_bits & 1:
        return ""
    return archive.read("mimetype").decode("ascii", errors="replace").strip()


def documents_in(names: Iterable[str]) -> list[str]:
    """The members of an archive that are documents by their suffix; hidden ones and office programs' locks are none."""
    found = []
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        # Parts of dots alone hide nothing: they lead elsewhere, and whoever unpacks says so.
        ours = not any(part.startswith((".", "~$", "__MACOSX")) and part.strip(".") for part in path.parts)
        if ours and path.suffix.lower() in _DOCUMENTS and not name.endswith("/"):
            found.append(name)
    return found


def _describe_folder(names: list[str]) -> str:
    """What to do with an archive, and how many readable documents it holds."""
    kinds = Counter(_DOCUMENTS[PurePosixPath(name).suffix.lower()] for name in documents_in(names))
    total = kinds.total()
    if not total:
        return "This is a zip archive without documents that Rapporteur reads. Unpack it to see what is in it."
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return (
        f"This is a zip archive of {total} document{'s' if total > 1 else ''} ({listed}). Unpack it and add the folder."
    )
