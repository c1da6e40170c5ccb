"""When two texts count as the same in an evaluation: quotes, answers, pages and labels. No measure is decided elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# How much of a quote's start or end a passage must hold.
PART = 60
# What pdf readers and typesetters leave where a word was broken at the end of a line.
_BREAK = r"(?:[\u00ad\ufffe\x02]\s*|[-\u2010]\s*\n\s*)?"


def letters(text: str) -> str:
    """The letters and digits of a text, in NFKC and casefolded: blanks, hyphens and punctuation do not count."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def holds_quote(passage: str, quote: str) -> bool:
    """Whether a passage contains the first or the last 60 letters and digits of a quote (all of a shorter one)."""
    wanted, held = letters(quote), letters(passage)
    return bool(wanted) and (wanted[:PART] in held or wanted[-PART:] in held)


def holds_answer(said: Iterable[str], wanted: str) -> bool:
    """Whether one of the alternatives in `wanted` ("30|trente") occurs in one of the texts; case and runs of blanks
    do not count. Necessary, not sufficient: a short number can match by chance."""
    texts = [_plain(text) for text in said]
    return any(_plain(option) in text for option in wanted.split("|") if option.strip() for text in texts)


def stands_in(quote: str, page: str) -> bool:
    """Whether a quote stands on a page word for word. Only white space and hyphens at line ends may differ; letters,
    case and punctuation may not. An empty quote stands nowhere."""
    return bool(quote.strip()) and _pattern(quote.strip()).search(page) is not None


def same_label(wanted: str, label: str | None, page: int | None, page_label: str | None) -> bool:
    """Whether a citation's label is the wanted one or a part of it: "Article 13(1)(a)" is in "Article 13(1)", not
    the other way round; "para. 84.41" is "84.41". Of a label with several parts ("Annex II, Article 3") each
    counts. "p. 98" is met by the page's number or printed label. A wanted label that names no place in a document
    (a session, a date) is never met, not even by itself."""
    sheet = re.fullmatch(r"p(?:age|\.)?\s*(\w+)", wanted.strip(), re.IGNORECASE)
    if sheet:
        return wanted == label or sheet[1] in {str(page), page_label}
    target = _label(wanted)
    if not re.fullmatch(r"[a-z]*[\divxlc]+[\w.()-]*", target) or re.search(r"session|(?:19|20)\d\d$", target):
        return False
    parts = [label or "", *re.split(r"[,;:]\s+", label or "")]
    return any(re.match(re.escape(target) + r"(?![\w.]*\w)", _label(part)) for part in parts)


def _label(label: str) -> str:
    text = unicodedata.normalize("NFKC", label).casefold()
    text = re.sub(r"\b(?:artikel|art\b\.?|article)\s*", "article", text)
    # "Article 13, para. 1" and "Article 13 (1)" name the same place as "Article 13(1)".
    text = re.sub(r"(article[\dixv]+)\s*,?\s*para(?:graph|s|\b)\.?\s*(\d+)", r"\1(\2)", text)
    text = re.sub(r"^(?:paragraphs?|paras?\b\.?|§)\s*", "", text)
    return re.sub(r"\s+", "", text).rstrip(".")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=64)
def _pattern(quote: str) -> re.Pattern[str]:
    words = []
    for word in quote.split():
        # A hyphen of the quote may end a line; a break may also fall where the quote has none.
        words.append(_BREAK.join(re.escape(c) + r"\s*" if c in "-\u2010" else re.escape(c) for c in word))
    return re.compile(r"\s+".join(words))
