"""Rich Text Format (.rtf): paragraphs, headings by style or outline level, list numbers as printed, tables, footnotes.

Read here and not with striprtf, which loses headings, footnotes and the document's information. Rules: RTF
Specification 1.9.1 (Microsoft, 2008).
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from corpus.errors import UnreadableFileError
from ingest.extract.base import Extract
from ingest.extract.rtf_text import (
    Reader,
    State,
    end_paragraph,
    end_table,
    flush,
    put,
    take_bytes,
    unicode_letter,
    whole,
)
from ingest.extract.rtf_words import CHARSETS, IGNORED, KEPT, SYMBOLS, codec_of
from ingest.extract.writing import one_line

_MAX_BYTES = 100_000_000
_MAX_DEPTH = 500
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\", re.DOTALL
)
_STYLE_LEVEL = re.compile(r"(?:heading|titre|überschrift|заголовок|título|titolo) ?(\d)", re.IGNORECASE)
_INFO = {"title": "title", "author": "author", "subject": "description"}


def extract_rtf(path: Path) -> Extract:
    """Read a Rich Text file as one page; a line is a paragraph or a row of a table."""
    if path.stat().st_size > _MAX_BYTES:
        raise UnreadableFileError(f"The Rich Text file is larger than {_MAX_BYTES // 1_000_000} MB. Save it as PDF.")
    reader = Reader()
    content = path.read_bytes()
    place = 0
    while match := _TOKEN.search(content, place):
        place = match.end()
        word, value, code, symbol, brace, plain = match.groups()
        if brace:
            flush(reader)
            _group(reader, opens=brace == b"{")
        elif word == b"bin":
            place += max(0, int(value or 0))
        elif word:
            _word(reader, word.decode(), int(value) if value else None)
        elif code:
            take_bytes(reader, bytes.fromhex(code.decode()))
        elif symbol:
            _symbol(reader, symbol)
        elif plain:
            take_bytes(reader, plain)
    flush(reader)
    end_paragraph(reader)
    end_table(reader)
    for note in reader.notes:
        reader.writer.line(note)
    info = {key: value for key, value in reader.info.items() if value}
    if "title" in info:
        info["title_certain"] = "yes"
    writer = reader.writer
    return writer.extract("rtf", info)


# -- groups and words --------------------------------------------------------------------------------------------------


def _group(reader: Reader, *, opens: bool) -> None:
    reader.star = False
    reader.to_skip = 0
    if opens:
        if len(reader.states) > _MAX_DEPTH:
            raise UnreadableFileError("The Rich Text file is damaged: its groups never end. Save it again as PDF.")
        reader.states.append(replace(reader.states[-1]))
    elif len(reader.states) > 1:
        ended = reader.states.pop()
        if ended.target != reader.states[-1].target:
            _end_target(reader, ended.target)


def _end_target(reader: Reader, target: str) -> None:
    """A group of the header, a footnote or a text box is complete."""
    words = one_line(whole(reader.aside))
    reader.aside.clear()
    if target == "note" and words:
        reader.notes.append(f"[{len(reader.notes) + 1}] {words}")
        reader.text.append(f"[{len(reader.notes)}]")
    elif target == "box" and words:
        reader.boxes.append(words)
    elif target.startswith("style:"):
        name = words.rstrip(";")
        found = _STYLE_LEVEL.match(name)
        if found or name.lower() == "title":
            reader.styles[int(target[6:])] = int(found[1]) if found else 1
    elif target in _INFO:
        reader.info[_INFO[target]] = words
    elif target == "creatim" and words.count(" ") == 2:
        reader.info["date"] = "-".join(word.zfill(2) for word in words.split())


def _word(reader: Reader, word: str, value: int | None) -> None:
    state = reader.states[-1]
    flush(reader)
    reader.to_skip = 0
    if word == "u" and value is not None:
        put(reader, unicode_letter(value))
        reader.to_skip = state.skip_after_unicode
    elif word in IGNORED or (reader.star and word not in KEPT):
        # Destinations that begin with \* may be passed over.
        state.target = "skip"
    elif word in SYMBOLS:
        put(reader, SYMBOLS[word])
    elif not _header_word(reader, state, word, value):
        _text_word(reader, state, word, value)
    reader.star = False


def _header_word(reader: Reader, state: State, word: str, value: int | None) -> bool:
    """Words of the header: code page, fonts, styles, information. False for any other."""
    if word in ("ansicpg", "mac"):
        reader.codec = codec_of(value or 1252) if word == "ansicpg" else "mac_roman"
        for other in reader.states:
            other.codec = reader.codec
    elif word in ("fonttbl", "stylesheet", "info"):
        state.target = word
    elif state.target == "fonttbl" and word == "f":
        reader.font = value or 0
    elif state.target == "fonttbl" and word == "fcharset":
        reader.fonts[reader.font] = CHARSETS.get(value or 0, "")
    elif state.target == "stylesheet" and word == "s" and value is not None:
        state.target = f"style:{value}"
        reader.aside.clear()
    elif state.target == "info" and (word in _INFO or word == "creatim"):
        state.target = word
        reader.aside.clear()
    elif state.target == "creatim" and word in ("yr", "mo", "dy"):
        reader.aside.append(f"{value or 0} ")
    else:
        return False
    return True


def _text_word(reader: Reader, state: State, word: str, value: int | None) -> None:
    """Words that change how text is read, or end a piece of it."""
    if word == "f" and value is not None:
        state.codec = reader.fonts.get(value) or reader.codec
    elif word == "uc" and value is not None:
        state.skip_after_unicode = max(0, min(value, 10))
    elif word in ("v", "deleted"):
        state.hidden = value != 0
    elif word == "b":
        state.bold = value != 0
    elif word == "plain":
        state.hidden, state.bold, state.codec = False, False, reader.codec
    elif word in ("footnote", "shptxt") and state.target == "body":
        state.target = "note" if word == "footnote" else "box"
        reader.aside.clear()
    elif word == "pard":
        state.level, state.in_table = 0, False
    elif word in ("par", "sect", "page"):
        end_paragraph(reader)
    elif state.target == "body":
        _body_word(reader, state, word, value)


def _body_word(reader: Reader, state: State, word: str, value: int | None) -> None:
    if word == "intbl":
        state.in_table = True
    elif word == "s" and value is not None:
        state.level = reader.styles.get(value, state.level)
    elif word == "outlinelevel" and value is not None:
        state.level = value + 1 if 0 <= value < 9 else 0
    elif word in ("cell", "nestcell"):
        reader.cells.append(one_line(whole(reader.text)))
        reader.text.clear()
    elif word in ("row", "nestrow"):
        reader.rows.append(" | ".join(reader.cells))
        reader.cells.clear()


def _symbol(reader: Reader, symbol: bytes) -> None:
    if symbol == b"*":
        reader.star = True
    elif symbol in (b"\n", b"\r"):
        flush(reader)
        end_paragraph(reader)
    elif symbol in (b"\\", b"{", b"}"):
        take_bytes(reader, symbol)
    elif text := {b"~": " ", b"_": "-"}.get(symbol):
        flush(reader)
        put(reader, text)
