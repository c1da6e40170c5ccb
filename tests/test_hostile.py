"""Damaged and hostile files through the worker processes: an outcome each, in bounded time, and no defect of ours.

`RAPPORTEUR_MUTATIONS=2000 pytest tests/test_hostile.py` tries more of them.
"""

from __future__ import annotations

import io
import os
import random
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import docx
import pptx
import pytest
import xlsxwriter
from pptx.util import Inches

from corpus.records import Parsed
from ingest.parse import parse_file
from ingest.reader import ReadFailure, read_all

MUTATIONS = int(os.environ.get("RAPPORTEUR_MUTATIONS", "150"))
SEED = int(os.environ.get("RAPPORTEUR_SEED", "2026"))
WORDS = "States should identify victims of trafficking early and give them protection, assistance and a voice. " * 3
ODF = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = " ".join(
    f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "table", "style", "presentation")
)


# --- one good file of each format -----------------------------------------------------------------------------------


def good_pdf() -> bytes:
    drawing = "\n".join(f"BT /F1 11 Tf 1 0 0 1 72 {740 - 14 * at} Tm ({WORDS[:80]}) Tj ET" for at in range(30))
    stream = drawing.encode()
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 "
    page += b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R /PageLabels << /Nums [0 << /S /r >>] >> >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        page,
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /First 7 0 R /Last 7 0 R /Count 1 >>",
        b"<< /Title (Part A) /Parent 6 0 R /Dest [4 0 R /Fit] >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 8\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size 8 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def good_docx() -> bytes:
    document = docx.Document()
    document.add_heading("Meeting", 1)
    for style in ("List Number", "List Bullet", "Normal"):
        document.add_paragraph(WORDS, style=style)
    document.add_table(rows=2, cols=2).cell(0, 0).text = "Country"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def good_pptx() -> bytes:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Findings"
    slide.shapes.add_table(2, 2, 0, 0, Inches(2), Inches(2)).table.cell(0, 0).text = "Country"
    slide.shapes.add_group_shape().shapes.add_textbox(0, 0, 9, 9).text_frame.text = WORDS
    slide.notes_slide.notes_text_frame.text = WORDS
    stream = io.BytesIO()
    show.save(stream)
    return stream.getvalue()


def good_xlsx() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("Cases")
    sheet.write_row(0, 0, ["Country", "Year", "Share"])
    for row in range(1, 40):
        sheet.write_row(row, 0, [f"Country {row}", 2000 + row])
        sheet.write(row, 2, row / 40, book.add_format({"num_format": "0.0%"}))
    sheet.merge_range(50, 0, 52, 0, WORDS)
    book.close()
    return stream.getvalue()


def packed(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def good_odf(kind: str, body: str) -> bytes:
    content = f"""<office:document-content {NAMESPACES}><office:automatic-styles><text:list-style style:name="L1">
    <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/></text:list-style>
    </office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"""
    return packed({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content})


def good_odt() -> bytes:
    item = f"<text:list-item><text:p>{WORDS}</text:p></text:list-item>"
    return good_odf(
        "text",
        f"""<text:h text:outline-level="1">Meeting</text:h><text:p>{WORDS}<text:note><text:note-citation>1</text:note-citation>
        <text:note-body><text:p>A note</text:p></text:note-body></text:note></text:p>
        <text:list text:style-name="L1">{item * 3}</text:list><table:table><table:table-row><table:table-cell><text:p>x</text:p>
        </table:table-cell></table:table-row></table:table>""",
    )


def good_ods() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="3"><text:p>Country</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="4">{cell}</table:table-row>'
    return good_odf("spreadsheet", f'<table:table table:name="Cases">{row * 5}</table:table>')


def good_epub() -> bytes:
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<c><rootfiles><rootfile full-path="a.opf"/></rootfiles></c>',
            "a.opf": '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
            "a.xhtml": f"<html><body><h1>Preface</h1><p>{WORDS}</p><ol><li>{WORDS}</li></ol></body></html>",
        }
    )


def good_eml() -> bytes:
    message = EmailMessage()
    for name, value in (
        ("From", "Ána <a@example.org>"),
        ("Date", "Fri, 03 May 2024 23:30:00 +0200"),
        ("MIME-Version", "1.0"),
    ):
        message[name] = value
    message["Subject"] = "Données"
    message.set_content(WORDS)
    message.add_alternative(f"<html><body><h1>Données</h1><p>{WORDS}</p></body></html>", subtype="html")
    message.add_attachment(b"x" * 200, maintype="application", subtype="pdf", filename="été.pdf")
    return message.as_bytes()


def good_html() -> bytes:
    row = "<tr><td>Malta</td><td>7</td></tr>"
    source = f"""<!DOCTYPE html><html lang="en"><head><title>Press release</title></head><body><h1>Meeting</h1>
    <p>{WORDS}</p><ol start="3" type="a"><li>{WORDS}</li></ol><table>{row * 3}</table></body></html>"""
    return source.encode()


def good_rtf() -> bytes:
    return (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset204 A;}}{\stylesheet{\s1 heading 1;}}"
        rb"{\info{\title Notes}}{\pard\s1 Meeting\par}\pard " + WORDS.encode() + rb"{\f1\'cc\u1055?\uc2}\par"
        rb"\trowd\intbl a\cell b\cell\row\pard{\footnote note}{\pict 8950}{\bin3 abc}\outlinelevel1 x\par}"
    )


GOOD: dict[str, Callable[[], bytes]] = {
    ".pdf": good_pdf, ".docx": good_docx, ".html": good_html, ".odt": good_odt, ".ods": good_ods, ".pptx": good_pptx,
    ".xlsx": good_xlsx, ".eml": good_eml, ".epub": good_epub, ".rtf": good_rtf,
}  # fmt: skip


# --- and what becomes of it -----------------------------------------------------------------------------------------


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Cut off, with bytes changed, or with a piece removed, repeated, blanked or replaced by an absurd number."""
    data = bytearray(content)
    kind = chance.choice(["cut", "bits", "bits", "bits", "remove", "repeat", "blank", "number"])
    at = chance.randrange(len(data))
    piece = slice(at, at + chance.choice([1, 8, 64, 512]))
    if kind == "cut":
        return bytes(data[:at])
    if kind == "bits":
        for _ in range(chance.choice([1, 4, 16, 64])):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == "remove":
        del data[piece]
    elif kind == "repeat":
        data[at:at] = data[piece] * chance.choice([1, 3, 200])
    elif kind == "blank":
        data[piece] = bytes(len(data[piece]))
    else:
        digits = [place for place, byte in enumerate(data) if 48 <= byte <= 57] or [at]
        place = chance.choice(digits)
        data[place : place + 1] = chance.choice([b"-1", b"0", b"99999999999999999999", b"2147483648", b"1e999", b"x"])
    return bytes(data)


def damaged_inside(content: bytes, chance: random.Random) -> bytes:
    """An archive that is whole, with one or two damaged parts: past the checksums, into the readers."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in chance.sample(sorted(parts), min(len(parts), chance.choice([1, 2]))):
        if parts[name] and name != "mimetype":
            parts[name] = damaged(parts[name], chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def mutant(suffix: str, content: bytes, chance: random.Random) -> bytes:
    if content.startswith(b"PK") and chance.random() < 0.7:
        return damaged_inside(content, chance)
    return damaged(content, chance)


def outcomes(paths: list[Path], **limits: float) -> dict[Path, Parsed | ReadFailure]:
    return dict(read_all(paths, parse_file, workers=2, **limits))  # type: ignore[arg-type]


@pytest.fixture
def good_files(tmp_path: Path) -> list[Path]:
    made = []
    for suffix, make in GOOD.items():
        made.append(tmp_path / f"good{suffix}")
        made[-1].write_bytes(make())
    return made


def test_the_files_are_good_before_they_are_damaged(good_files: list[Path]) -> None:
    for path, result in outcomes(good_files).items():
        assert isinstance(result, Parsed), f"{path.name}: {result}"
        assert result.passages, path.name


def test_damaged_files_have_an_outcome_each(tmp_path: Path) -> None:
    good = {suffix: make() for suffix, make in GOOD.items()}
    paths = []
    for number in range(MUTATIONS):
        suffix = list(good)[number % len(good)]
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(mutant(suffix, good[suffix], random.Random(f"{SEED}-{number}")))
        paths.append(path)
    begun = time.monotonic()
    found = outcomes(paths)
    assert set(found) == set(paths)
    failures = {path.name: result for path, result in found.items() if isinstance(result, ReadFailure)}
    kinds = Counter("read" if isinstance(result, Parsed) else result.reason[:60] for result in found.values())
    print(f"{len(found)} files in {time.monotonic() - begun:.1f} s: {kinds.most_common()}")
    assert not {name: result.reason for name, result in failures.items() if result.defect}
    assert all(len(result.reason.split()) >= 3 for result in failures.values())
    # The damage is neither nothing nor everything.
    assert 0.1 * MUTATIONS < len(failures) < 0.9 * MUTATIONS


def test_files_that_eat_time_or_memory_cost_themselves_only(tmp_path: Path) -> None:
    deep = "<text:list><text:list-item>" * 20_000
    wide = '<table:table-cell table:number-columns-repeated="999999999"><text:p>x</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="999999999">{wide}</table:table-row>'
    hostile = {
        "deep.odt": good_odf("text", deep),
        "repeated.ods": good_odf("spreadsheet", f'<table:table table:name="x">{rows * 3}</table:table>'),
        "deep.html": b"<html><body>" + b"<div>" * 100_000 + b"words</html>",
        "deep.rtf": b"{\\rtf1" + b"{" * 1_000_000,
        "binary.rtf": rb"{\rtf1 words{\bin999999999 x}}",
        "parts.eml": b"From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 200_000,
        "nested.eml": b"From: a\nReceived: b\nContent-Type: message/rfc822\n\n" * 5_000,
        "good.rtf": good_rtf(),
    }  # fmt: skip
    paths = []
    for name, content in hostile.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    found = outcomes(paths, seconds=15, memory_mb=1024)
    assert set(found) == set(paths)
    assert isinstance(found[tmp_path / "good.rtf"], Parsed)
    assert not {
        path.name: result.reason for path, result in found.items() if isinstance(result, ReadFailure) and result.defect
    }


def test_awkward_pdfs_have_an_outcome_each(shared: Path) -> None:
    paths = sorted((shared / "realdocs/awkward-pdf/pdf").glob("*.pdf"))
    assert len(paths) == 91
    found = outcomes(paths)
    assert set(found) == set(paths)
    defects = {path.name: r.reason for path, r in found.items() if isinstance(r, ReadFailure) and r.defect}
    assert not defects
    read = sum(isinstance(result, Parsed) for result in found.values())
    assert read >= 40
