"""Old Office files (.doc, .xls, .ppt): converted by a program that is installed, then read as what they become.

LibreOffice keeps headings, tables and footnotes and serves all three kinds; antiword reads Word files alone, as text.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

from corpus.errors import UnreadableFileError
from corpus.records import Page
from ingest.extract.base import Extract
from ingest.extract.cleaning import tidy
from ingest.extract.programs import ProgramError, find_program, run_program

SECONDS = 45
_TARGETS = {"doc": "docx", "xls": "xlsx", "ppt": "pptx"}
_NAMES = {"doc": "an old Word file (.doc)", "xls": "an old Excel file (.xls)", "ppt": "an old PowerPoint file (.ppt)"}
_TABLE_ROW = re.compile(r"\|(.*)\|")


def extract_legacy(path: Path, kind: str) -> Extract:
    """Read an old Office file. `kind` is "doc", "xls" or "ppt".

    Raises:
        UnreadableFileError: no program that can read it is installed, or it cannot read this file.
    """
    if office := find_program("soffice", "libreoffice"):
        return _through_office(path, kind, office)
    if kind == "doc" and (antiword := find_program("antiword")):
        return _through_antiword(path, antiword)
    wanted = "LibreOffice or antiword" if kind == "doc" else "LibreOffice"
    raise UnreadableFileError(
        f"This is {_NAMES[kind]}; to read it, install {wanted}, or save it as .{_TARGETS[kind]} or PDF."
    )


def _through_office(path: Path, kind: str, program: str) -> Extract:
    target = _TARGETS[kind]
    with tempfile.TemporaryDirectory(prefix="rapporteur-") as name:
        folder = Path(name)
        # A plain name: the file's own could be taken for an option, and its suffix may be wrong.
        source = folder / f"source.{kind}"
        source.write_bytes(path.read_bytes())
        command = [
            program, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
            # A profile of its own: two conversions at a time would wait for each other, and no macro of a person's runs.
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", target, "--outdir", str(folder / "out"), str(source),
        ]  # fmt: skip
        try:
            run_program(command, seconds=SECONDS, folder=folder, settings={"HOME": name, "SAL_USE_VCLPLUGIN": "svp"})
        except ProgramError as error:
            raise UnreadableFileError(_unreadable(kind, str(error))) from error
        made = folder / "out" / f"source.{target}"
        if not made.is_file():
            raise UnreadableFileError(_unreadable(kind, "LibreOffice made nothing of it"))
        return replace(_read(made, target), format=kind)


def _read(path: Path, kind: str) -> Extract:
    if kind == "docx":
        from ingest.extract.word import extract_docx

        return extract_docx(path)
    if kind == "xlsx":
        from ingest.extract.sheets import extract_xlsx

        return extract_xlsx(path)
    from ingest.extract.slides import extract_pptx

    return extract_pptx(path)


def _through_antiword(path: Path, program: str) -> Extract:
    with tempfile.TemporaryDirectory(prefix="rapporteur-") as name:
        # One line a paragraph (-w 0); the copy has a plain name, which cannot be taken for an option.
        source = Path(name, "source.doc")
        source.write_bytes(path.read_bytes())
        try:
            output = run_program(
                [program, "-m", "UTF-8.txt", "-w", "0", source.name], seconds=SECONDS, folder=Path(name)
            )
        except ProgramError as error:
            raise UnreadableFileError(_unreadable("doc", str(error))) from error
    lines = []
    for line in tidy(output.decode(errors="replace")).split("\n"):
        row = _TABLE_ROW.fullmatch(line.strip())
        cells = [cell.strip() for cell in row[1].split("|")] if row else []
        lines.append(" | ".join(cells) if any(cells) else line.strip())
    text = "\n".join(lines).strip()
    return Extract(
        format="doc",
        pages=(Page(1, "1", text),),
        paged=False,
        reflowed=True,
        warnings=("read by antiword: headings are not marked (LibreOffice, if installed, keeps them)",),
    )


def _unreadable(kind: str, reason: str) -> str:
    return f"This is {_NAMES[kind]} that could not be converted: {reason}. Save it as .{_TARGETS[kind]} or PDF."
