"""Sentences of running text, as half-open offsets. Used for cutting long paragraphs and for choosing quotations."""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset(
    "no nos art arts para paras par pp p vol ch sec cf ed eds mr mrs ms dr prof st sr jr hon gen col lt sgt rep sen gov "
    "etc al vs inc ltd co corp dept approx est fig figs tab ibid op cit e.g i.e eg ie u.s u.n u.k e.u a.m p.m ph.d "
    "jan feb mar apr jun jul aug sep sept oct nov dec rev add corr res dec doc arab rec ref tel nr bzw z.b d.h abs "
    "см стр ст г гг др т.е т.д п пп".split()
)
_END = re.compile(r"[.!?…。؟]+(?:[\"'”’»)\]]+)?(?:\d{1,3}(?=\s))?(?=\s|$)")
_STARTS = re.compile(r"\s*[\"'“‘«(\[]*(?:[^\W\d_]|\d|[•–—-])")


def _breaks(text: str, end: re.Match[str]) -> bool:
    """Whether the mark that `end` matched closes a sentence."""
    mark = text[end.start()]
    following = text[end.end() : end.end() + 12].lstrip()
    if not following:
        return True
    if mark != ".":
        return not following[0].islower()
    before = text[max(0, end.start() - 24) : end.start()]
    word = re.search(r"([^\s(\[“\"‘']+)$", before)
    last = word[1] if word else ""
    if last.casefold() in _ABBREVIATIONS and end.group() == ".":
        return False
    if re.fullmatch(r"[^\W\d_]", last) and last.isupper():  # an initial: "J. Smith"
        return False
    # "13. The" at the start of a paragraph is its number, not a sentence.
    if re.fullmatch(r"\(?\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivxIVX]+", last) and not before[: -len(last)].strip():
        return False
    return not following[0].islower() and bool(_STARTS.match(following))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of `text`, blanks at their ends left out; a line break ends a sentence too.

    Together the spans cover every character of `text` that is not white space.
    """
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for end in _END.finditer(text, line.start(), line.end()):
            if _breaks(text, end):
                spans.append((start, end.end()))
                start = end.end()
        spans.append((start, line.end()))
    trimmed = []
    for start, end_at in spans:
        piece = text[start:end_at]
        left = len(piece) - len(piece.lstrip())
        right = len(piece.rstrip())
        if right > left:
            trimmed.append((start + left, start + right))
    return trimmed
