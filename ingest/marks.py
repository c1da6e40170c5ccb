"""The marks by which documents are cited: articles, chapters, numbered paragraphs, letters, bullets."""

from __future__ import annotations

import re
from dataclasses import dataclass

ARTICLE_RANK = 16
_ROMAN = r"[IVXLC]+"
_ARTICLE = re.compile(
    r"(?P<word>Article|ARTICLE|Artikel|Статья|Artículo|Articolo|Artigo|Art\.)\s+"
    r"(?P<number>\d{1,3}\s?[a-z]?(?:\s?(?:bis|ter))?|[IVXLC]{1,6})\b(?P<rest>.*)",
    re.DOTALL,
)
_DIVISION = re.compile(
    r"(?P<word>PART|Part|BOOK|TITLE|Title|TITRE|ANNEX|Annex|ANNEXE|Annexe|APPENDIX|Appendix|ADDENDUM|Addendum|"
    r"CHAPTER|Chapter|CHAPITRE|Chapitre|HOOFDSTUK|Hoofdstuk|BIJLAGE|Bijlage|SECTION|Section|AFDELING|Afdeling|"
    r"Attachment|ATTACHMENT|Schedule|SCHEDULE|AGENDA ITEM|Agenda item|Глава|ГЛАВА|Раздел|Kapitel|DEEL|Deel)"
    r"(?:\s+(?P<number>\d{1,3}|[IVXLC]{1,6}|[A-Z])\b)?(?P<rest>.*)",
    re.DOTALL,
)
_DIVISION_RANKS = {
    "annex": 10, "annexe": 10, "appendix": 10, "bijlage": 10, "attachment": 10, "addendum": 10, "schedule": 10,
    "part": 11, "book": 11, "title": 11, "titre": 11, "deel": 11, "раздел": 11,
    "chapter": 12, "chapitre": 12, "hoofdstuk": 12, "глава": 12, "kapitel": 12, "agenda item": 12,
    "section": 13, "afdeling": 13,
}  # fmt: skip
_PREAMBLE = re.compile(r"\*?(?:Preamble|PREAMBLE|Préambule|Preambule|PREAMBULE|Преамбула)\*?:?\s*$")
_OUTLINE = re.compile(rf"(?P<mark>{_ROMAN}\.|[A-Z]\.|\d{{1,2}}(?:\.\d{{1,2}})*\.?)\s+(?P<rest>[^\W\d_].*)")
_NUMBER = re.compile(r"(?P<number>\d{1,3})\s?[.)]\s*(?=\S)(?!\d)")
_BARE_NUMBER = re.compile(r"(?P<number>\d{1,2})\s+(?=[A-Z“\"])")
_DOTTED = re.compile(r"(?P<number>\d{1,3}\.\d{1,3})\.?\s+(?=\S)")
_BRACKET_NUMBER = re.compile(r"\((?P<number>\d{1,3})\)\s*(?=\S)")
_LETTER = re.compile(r"(?:\((?P<a>[a-z]{1,4})\)|(?P<b>[a-z]{1,4})\))\s*(?=\S)|\*(?P<c>[a-z])\*\s?\)?\.?\s*(?=\S)")
_BULLET = re.compile(r"(?:[•▪●◦‣■□➢✓*·]|[–—-](?=\s))\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at the start of a line: `kind` is number, dotted, letter or bullet; `value` as cited; `length` in
    characters, the mark and the blanks behind it."""

    kind: str
    value: str
    length: int


@dataclass(frozen=True, slots=True)
class Division:
    """A line that opens an article or a larger part. Lower `rank` stands above higher."""

    rank: int
    name: str
    title: str
    article: str | None = None


def division(text: str) -> Division | None:
    """The part that a heading line opens, or None where it is an ordinary line."""
    text = text.strip().strip("*_ ")
    match = _ARTICLE.match(text)
    if match:
        number = re.sub(r"\s+", "", match["number"])
        rest = match["rest"]
        # "Article 13 of the Convention provides …" is a sentence that mentions one.
        if rest and not re.match(r"\s*(?:[.:–—-]\s*|\(|\s(?=[A-Z“\"])|$)", rest):
            return None
        title = rest.strip(" .:–—-")
        return None if len(title) > 120 else Division(ARTICLE_RANK, f"Article {number}", title, number)
    match = _DIVISION.match(text)
    if match:
        word = match["word"].casefold()
        rest = match["rest"].strip(" .:–—-")
        needs_number = word not in {"annex", "annexe", "appendix", "bijlage", "attachment", "addendum"}
        if (needs_number and not match["number"]) or len(text) > 100 or re.match(r"[a-z,;(]", rest):
            return None
        if not match["number"] and rest and not text.isupper():
            return None
        name = match["word"].capitalize() + (f" {match['number']}" if match["number"] else "")
        return Division(_DIVISION_RANKS[word], name, rest)
    if _PREAMBLE.match(text):
        return Division(ARTICLE_RANK - 4, "Preamble", "")
    return None


def outline_heading(text: str) -> int | None:
    """Rank of a short line such as "II. Conclusions" or "A. Presentation by the State", None where it is none."""
    match = _OUTLINE.fullmatch(text)
    if not match or len(text) > 110 or re.search(r"[;,.]$", text) or not match["rest"][0].isupper():
        return None
    mark = match["mark"].rstrip(".")
    if re.fullmatch(_ROMAN, mark) and mark not in {"C", "D", "L"}:
        return 4
    if mark.isalpha():
        return 5
    return 5 + mark.count(".") if len(text.split()) <= 12 else None


def mark_at(text: str, *, in_article: bool, last_number: int | None) -> Mark | None:
    """The mark that a line starts with. A plain number counts only where it goes on from `last_number` or
    begins at 1, so that a year or a figure at the start of a wrapped line is not taken for one."""
    match = _DOTTED.match(text)
    if match:
        head = int(match["number"].split(".")[0])
        if last_number is not None and head in {last_number, last_number + 1}:
            return Mark("dotted", match["number"], match.end())
    match = _NUMBER.match(text) or _BRACKET_NUMBER.match(text)
    if match is None and in_article:
        match = _BARE_NUMBER.match(text)
    if match:
        number = int(match["number"])
        if number == 1 or (last_number is not None and last_number < number <= last_number + 3):
            return Mark("number", match["number"], match.end())
        return None
    match = _LETTER.match(text)
    if match:
        value = match["a"] or match["b"] or match["c"]
        if len(value) == 1 or re.fullmatch(r"[ivx]+|([a-z])\1", value):
            return Mark("letter", value, match.end())
    match = _BULLET.match(text)
    if match and match.end() < len(text):
        return Mark("bullet", "", match.end())
    return None
