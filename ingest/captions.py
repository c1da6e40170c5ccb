"""Captions of tables, figures and boxes, the remarks below them, and the lines of forms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.records import Kind

LONGEST = 200
_TABLES = "Table|Tableau|Tabelle|Таблица"
_FIGURES = "Figure|Fig\\.|Chart|Map|Graph|Diagram|Graphique|Carte|Abbildung|Рисунок"
_BOXES = "Box|Encadré|Kasten|Вставка"
_NUMBER = r"(?:[A-Z]?\d{1,3}(?:[.-]\d{1,2}){0,2}[a-z]?|[IVX]{1,5})"
_END = r"(?=\s*[.:–—]|\s+[^\Wa-z_]|\s*\(|\s*$)"


def _begins(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words}|{words.upper()})\s?{_NUMBER}{_END}")


# The letters that any of these begins with: most lines are told by theirs.
_FIRST = frozenset(word[0] for word in f"{_TABLES}|{_FIGURES}|{_BOXES}|Source|Note|Quelle|Источник".split("|"))
_CAPTION = _begins(f"{_TABLES}|{_FIGURES}")
_TABLE, _BOX = _begins(_TABLES), _begins(_BOXES)
_REMARK = re.compile(r"(?:Sources?|Notes?|Quelle|Источник)\s?:\s")
_FIGURE = re.compile(r"[($€£~<>+-]*\d[\d.,/]*\)?%?\)?[*†‡]*")
_YEAR = re.compile(r"(?:19|20)\d{2}(?:[/–-]\d{2,4})?")
_MOST_HEADS = 3
_HEAD_WORDS = 30
_FORM = re.compile(r"_{4,}|^[☐☑☒□]\s?|\.{12,}$")


def is_caption(text: str) -> bool:
    """Whether a line begins the caption of a table, a figure or a box."""
    return text[:1] in _FIRST and (_CAPTION.match(text) is not None or _BOX.match(text) is not None)


def names_table(text: str) -> bool:
    """Whether a line begins the caption of a table."""
    return text[:1] in _FIRST and _TABLE.match(text) is not None


def kind_of(text: str) -> Kind | None:
    """The kind of block that a line begins by its words alone; None where it is ordinary text."""
    if text[:1] in _FIRST:
        if _BOX.match(text):
            return Kind.BOX
        if _CAPTION.match(text) or _REMARK.match(text):
            return Kind.CAPTION
    may_be = text[:1] in "☐☑☒□" or "____" in text or "......" in text
    return Kind.FORM if may_be and _FORM.search(text) else None


def is_remark(text: str) -> bool:
    """Whether a line begins what stands below a table or figure: its source, a note."""
    return _REMARK.match(text) is not None


def column_heads(rows: Sequence[str]) -> str:
    """The first rows of a table, where they name its columns: words or years, no figures; empty where they do not, or
    where each row carries its heads already."""
    heads: list[str] = []
    for row in rows[:_MOST_HEADS]:
        words = row.strip("| ").split()
        figures = sum(1 for word in words if _FIGURE.fullmatch(word) and not _YEAR.fullmatch(word))
        if len(words) < 2 or figures > 1 or len(words) > _HEAD_WORDS or (heads and "|" in row):
            break
        heads.append(" ".join(words))
        if not any(_YEAR.fullmatch(word) for word in words):
            break
    if not heads or len(rows) <= len(heads) or rows[1].startswith(f"{heads[0].split(' | ')[0]}:"):
        return ""
    return " ".join(heads)
