"""The marks by which documents are cited: articles, chapters, numbered paragraphs, letters, bullets."""

from __future__ import annotations

import re
from dataclasses import dataclass

ARTICLE_RANK = 16
ANNEX_RANK = 10
LONGEST = 100
LONGEST_ITEM = 220
_ROMAN = r"[IVXLC]+"
_ARTICLE = re.compile(
    r"(?P<word>Article|ARTICLE|Artikel|Статья|Artículo|Articolo|Artigo|Art\.)\s+"
    r"(?P<number>\d{1,3}\s?[a-z]?(?:\s?(?:bis|ter))?|[IVXLC]{1,6})\b(?P<rest>.*)",
    re.DOTALL,
)
# "Article 1, paragraph 4" heads a remark on it in an appendix.
_PARAGRAPH_OF = re.compile(r",\s*(?:paragraph|paragraphe|para\.?|§|lid)\s*(\d{1,2})", re.IGNORECASE)
_TABLE_ROW = re.compile(r"\s*(?:[—–-]\s*$|Articles?\s+\d|\(\d+\)(?!\s+[^\W\d_]{3,}\s+[^\W\d_]))")
_DIVISION = re.compile(
    r"(?P<word>PART|Part|BOOK|TITLE|Title|TITRE|ANNEX|Annex|ANNEXE|Annexe|APPENDIX|Appendix|ADDENDUM|Addendum|"
    r"CHAPTER|Chapter|CHAPITRE|Chapitre|HOOFDSTUK|Hoofdstuk|BIJLAGE|Bijlage|SECTION|Section|AFDELING|Afdeling|"
    r"Attachment|ATTACHMENT|Schedule|SCHEDULE|"
    r"AGENDA ITEM|Agenda [iI]tem|ITEM(?=\s+\d+\s*[:–—-])|POINT(?=\s+\d+\s+DE L)|Глава|ГЛАВА|Раздел|Kapitel|DEEL|Deel)"
    r"(?:\s+(?P<number>\d{1,3}|[IVXLC]{1,6}|[A-Z])\b)?(?P<rest>.*)",
    re.DOTALL,
)
_DIVISION_RANKS = {
    "annex": 10, "annexe": 10, "appendix": 10, "bijlage": 10, "attachment": 10, "addendum": 10, "schedule": 10,
    "part": 11, "book": 11, "title": 11, "titre": 11, "deel": 11, "раздел": 11,
    "chapter": 12, "chapitre": 12, "hoofdstuk": 12, "глава": 12, "kapitel": 12, "agenda item": 12, "item": 12, "point": 12,
    "section": 13, "afdeling": 13,
}  # fmt: skip
# "Attachment 1 to MC.DEC/14/06", "ANNEX TO DECISION No. 557"
_ANNEXED = re.compile(
    r"to (?:the )?(?:.{0,40}\b(?:decision|resolution|journal|declaration)\b.{0,30}|[A-Z]{1,5}[./(]\S*\d\S*)",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(r"\*?(?:Preamble|PREAMBLE|Préambule|Preambule|PREAMBULE|Преамбула)\*?:?\s*$")
_OUTLINE = re.compile(rf"(?P<mark>{_ROMAN}\.|[A-Z]\.|\d{{1,2}}(?:\.\d{{1,2}})*\.?)\s+(?P<rest>[^\W\d_].*)")
_NUMBER = re.compile(r"(?P<number>\d{1,3})\s?(?P<style>[.)])\s*(?=\S)(?!\d)")
_BARE_NUMBER = re.compile(r"(?P<number>\d{1,2})\s+(?=[A-Z“\"])")
_ALONE = re.compile(r"(?P<number>\d{1,2})\.")
_DOTTED = re.compile(r"(?P<number>\d{1,3}\.\d{1,3})\.?\s+(?=\S)")
_BRACKET_NUMBER = re.compile(r"\((?P<number>\d{1,3})\)\s*(?=\S)")
_LETTER = re.compile(r"(?:\((?P<a>[a-z]{1,5})\)|(?P<b>[a-z]{1,5})\))\s*(?=\S)|\*(?P<c>[a-z]{1,4})\*\s?\)?\.?\s*(?=\S)")
# "a. the Parties", "a.the Parties", but neither "e.g." nor "a. m.".
_DOT_LETTER = re.compile(r"(?P<a>[a-z]|[ivx]{2,4})\.(?![a-z]\.)\s*(?=[^\W\d_]{2}|[“\"‘„(*])")
_CAPITAL = re.compile(r"(?:\((?P<a>[A-Z])\)|(?P<b>[A-Z])[.)])(?:\s+(?=\S)|(?=\(\d))")
_BULLET = re.compile(r"(?:[•▪●◦‣■□➢✓*·]|[–—-](?=\s))\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at the start of a line: `kind` is number, dotted, letter or bullet; `value` as cited; `length` in
    characters, the mark and the blanks behind it; `style` the way of writing that sets one level apart from another."""

    kind: str
    value: str
    length: int
    style: str = ""


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
        inner = _PARAGRAPH_OF.fullmatch(rest.strip())
        if inner:
            number, rest = f"{number}({inner[1]})", ""
        # A row of a table of correspondences: "Article 20(1) Article 29(2)", "Article 5 —".
        if _TABLE_ROW.match(rest):
            return None
        # "Article 13 of the Convention provides …" is a sentence that mentions one.
        if rest and not re.match(r"\s*(?:[.:–—-]\s*|\(|\s(?=[A-Z“\"])|$)", rest):
            return None
        title = rest.strip(" .:–—-")
        row = re.search(r"\bArticles?\s+\d", title)
        return None if row or len(title) > 120 else Division(ARTICLE_RANK, f"Article {number}", title, number)
    match = _DIVISION.match(text)
    if match:
        word = match["word"].casefold()
        rest = match["rest"].strip(" .:–—-")
        if _DIVISION_RANKS[word] == ANNEX_RANK and _ANNEXED.fullmatch(rest) and len(text) <= 70:
            rest = ""
        needs_number = word not in {"annex", "annexe", "appendix", "bijlage", "attachment", "addendum"}
        longest = LONGEST_ITEM if "item" in word and match["rest"][:1] in ":." else LONGEST
        if (needs_number and not match["number"]) or len(text) > longest or re.match(r"[a-z,;(]", rest):
            return None
        if not match["number"] and rest and not text.isupper():
            return None
        name = match["word"].capitalize() + (f" {match['number']}" if match["number"] else "")
        return Division(_DIVISION_RANKS[word], name, rest)
    if _PREAMBLE.match(text):
        return Division(min(_DIVISION_RANKS.values()), "Preamble", "")
    return None


def outline_heading(text: str) -> int | None:
    """Rank of a short line such as "II. Conclusions" or "A. Presentation by the State", None where it is none."""
    match = _OUTLINE.fullmatch(text)
    if not match or len(text) > 110 or re.search(r"[;,.:]$", text) or not match["rest"][0].isupper():
        return None
    mark = match["mark"].rstrip(".")
    if re.fullmatch(_ROMAN, mark) and mark not in {"C", "D", "L"}:
        return 4
    if mark.isalpha():
        return 5
    return 6 + mark.count(".") if len(text.split()) <= 12 else None


def mark_at(text: str, *, in_article: bool, plain_letters: bool = False) -> Mark | None:
    """What the start of a line could be; whether it is that, the numbering before it tells.

    In an article numbers may stand without a full stop, and capital letters mark paragraphs; `plain_letters` lets
    "a." count, which in other texts is too often something else.
    """
    match = _DOTTED.match(text)
    if match:
        return Mark("dotted", match["number"], match.end())
    match = _NUMBER.match(text)
    if match:
        return Mark("number", match["number"], match.end(), match["style"])
    match = _BRACKET_NUMBER.match(text)
    if match:
        return Mark("number", match["number"], match.end(), "()")
    match = (_BARE_NUMBER.match(text) or _ALONE.fullmatch(text)) if in_article else None
    if match:
        return Mark("number", match["number"], match.end(), ".")
    return _letter_at(text, in_article=in_article, plain_letters=plain_letters)


def _letter_at(text: str, *, in_article: bool, plain_letters: bool) -> Mark | None:
    match = _LETTER.match(text)
    if match:
        value = match["a"] or match["b"] or match["c"]
        if len(value) == 1 or re.fullmatch(r"[ivx]+|([a-z])\1", value):
            return Mark("letter", value, match.end(), "()" if match["a"] else ")")
    match = _DOT_LETTER.match(text) if plain_letters else None
    if match:
        return Mark("letter", match["a"], match.end(), ".")
    match = _CAPITAL.match(text) if in_article else None
    if match:
        return Mark("letter", match["a"] or match["b"], match.end(), "capital")
    match = _BULLET.match(text)
    if match and match.end() < len(text):
        return Mark("bullet", "", match.end())
    return None
