"""Letters without their accents, in every alphabet: what two spellings of a word must agree in."""

from __future__ import annotations

import unicodedata


class _Marks(dict[int, int | None]):
    """For `str.translate`: takes accents away and keeps all else. Learns each character when it is met first."""

    def __missing__(self, code: int) -> int | None:
        kept = self[code] = None if unicodedata.combining(chr(code)) else code
        return kept


_MARKS = _Marks()


def without_accents(text: str) -> str:
    """The text without accents, ligatures and letters of compatibility taken apart (NFKD)."""
    return text if text.isascii() else unicodedata.normalize("NFKD", text).translate(_MARKS)
