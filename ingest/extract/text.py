"""Plain text: find the encoding, bring the line ends to one form, keep everything else."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from pathlib import Path

from corpus.errors import UnreadableFileError
from corpus.records import Page
from ingest.extract.base import Extract
from ingest.extract.cleaning import join_hyphens, tidy

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_BYTES = 64_000_000
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_HARD_WRAP = 110
_HEADER = re.compile(r"(?P<key>Title|Author|Speaker|Date|Language|Symbol|URL|Source|Description): +(?P<value>\S.*)")


def extract_text(path: Path) -> Extract:
    """Read a plain text file as one page."""
    text, warnings = read_text(path)
    text = join_hyphens(tidy(text))
    return Extract(
        format="text",
        pages=(Page(1, "1", text),),
        paged=False,
        reflowed=is_reflowed(text),
        info=header_lines(text),
        warnings=warnings,
    )


def read_text(path: Path) -> tuple[str, tuple[str, ...]]:
    """The file's text and what was doubtful about its encoding."""
    if path.stat().st_size > _MAX_BYTES:
        message = f"The text file is larger than {_MAX_BYTES // 1_000_000} MB. Split it into documents."
        raise UnreadableFileError(message)
    text, warnings = decode(path.read_bytes())
    # A few stray controls are noise in a text; many are another kind of file.
    if len(_CONTROLS.findall(text[:20_000])) > len(text[:20_000]) // 50:
        raise UnreadableFileError("The file is named as text but is not text (it holds binary data).")
    return text, warnings


def decode(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode by byte order mark, as UTF-8, as UTF-16 without mark, else by the likeliest old code page."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _decode_marked(raw[len(mark) :], encoding)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\0" not in text[:2000]:
            return text, ()
    wide = _utf16_without_mark(raw)
    if wide is not None:
        return wide, ()
    damaged = raw.decode("utf-8", errors="replace")
    lost = damaged.count("\ufffd")
    if sum(char > "\x7f" for char in damaged) > 4 * lost:
        return damaged, (f"{lost} characters are damaged and were replaced",)
    encoding, name = _code_page(raw)
    return raw.decode(encoding, errors="replace"), (f"not UTF-8: read as {name}; check the accented letters",)


def _decode_marked(raw: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = raw.decode(encoding, errors="replace")
    damaged = text.count("\ufffd")
    return text, ((f"{damaged} characters are damaged and were replaced",) if damaged else ())


def _utf16_without_mark(raw: bytes) -> str | None:
    sample = raw[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 5 or min(even, odd) > len(sample) // 50:
        return None
    try:
        return raw.decode("utf-16-le" if odd > even else "utf-16-be")
    except UnicodeDecodeError:
        return None


def _code_page(raw: bytes) -> tuple[str, str]:
    if b"\r" in raw and b"\n" not in raw:
        return "mac_roman", "old Macintosh text"
    # In Western text a byte above 127 is an accent here and there; in Cyrillic text most letters are such bytes.
    sample = raw[:50_000]
    high = sum(byte >= 0xC0 for byte in sample)
    low = sum(65 <= (byte & 0xDF) <= 90 for byte in sample if byte < 128)
    return ("cp1251", "Cyrillic (Windows-1251)") if high > low else ("cp1252", "Western (Windows-1252)")


def is_reflowed(text: str) -> bool:
    """True where lines are paragraphs; false where they are hard-wrapped at some width."""
    lengths = [len(line) for line in text.split("\n") if line.strip()]
    if not lengths:
        return True
    # Wrapped text has hardly a line beyond its width; text of paragraphs has most of its characters in long lines.
    long = sum(length for length in lengths if length > _HARD_WRAP)
    if long > 0.3 * sum(lengths):
        return True
    # Short texts of short lines (titles, lists) count as paragraphs unless consecutive lines look wrapped.
    return _wrapped_pairs(text) < 0.2 * len(lengths)


def _wrapped_pairs(text: str) -> int:
    """How many lines run on: of some length, without an end of sentence, and the next begins in lower case."""
    lines = [line.strip() for line in text.split("\n")]
    return sum(
        len(line) > 40 and line[-1] not in ".:;?!”\"'" and following[:1].islower()
        for line, following in pairwise(lines)
    )


def header_lines(text: str) -> dict[str, str]:
    """The `Title: …` lines at the very top, keys in lower case; empty where the first line is none."""
    found: dict[str, str] = {}
    for line in text.lstrip("\n").split("\n", 30)[:30]:
        match = _HEADER.fullmatch(line.strip())
        if match is None:
            break
        found.setdefault(match["key"].lower(), match["value"].strip())
    return found
