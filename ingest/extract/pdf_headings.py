"""Headings of a PDF by the look of its lines: larger than the body text, or bold and short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ingest.extract.base import HeadingHint
from ingest.extract.pdf_lines import Line

_LARGER = 1.12
_MAX_LENGTH = 160
# Titles in large type may be long.
_MAX_TITLE = 280
_MAX_LINES = 4
_MAX_LEVEL = 9
_MAX_SHARE = 0.3
_SENTENCE_WORDS = 12
_PROSE = 7


def find_headings(pages: list[list[Line]]) -> tuple[HeadingHint, ...]:
    """Lines of larger type than the body (level by rank of size), and short bold lines among lighter text.

    Lines of one look that follow each other closely are one heading. Gives none where sizes are unknown, or where
    so much of the text qualifies that it cannot be headings.
    """
    weights: Counter[tuple[float, bool]] = Counter()
    for lines in pages:
        for line in lines:
            weights[line.size, line.bold] += len(line.text)
    total = weights.total()
    sizes: Counter[float] = Counter()
    for (size, _), count in weights.items():
        sizes[size] += count
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    if body <= 0 or total == 0:
        return ()
    bold_counts = weights[body, True] < _MAX_SHARE * sizes[body]
    groups = [(number, group) for number, lines in enumerate(pages, 1) for group in _groups(lines, body, bold_counts)]
    if sum(sum(len(line.text) for line in group) for _, group in groups) > _MAX_SHARE * total:
        groups = [(number, group) for number, group in groups if group[0].size > body * _LARGER]
    groups = _without_running_heads(groups, len(pages))
    ranks = _ranks(Counter(group[0].size for _, group in groups if group[0].size > body * _LARGER))
    bold_level = min(max(ranks.values(), default=0) + 1, _MAX_LEVEL)
    return tuple(
        HeadingHint(number, group[0].start, group[-1].start + len(group[-1].text), ranks.get(group[0].size, bold_level))
        for number, group in groups
    )


def _without_running_heads(groups: list[tuple[int, list[Line]]], pages: int) -> list[tuple[int, list[Line]]]:
    """What stands on many pages is a heading where it comes first, and a running head after that."""
    texts = [" ".join(line.text for line in group) for _, group in groups]
    counts = Counter(texts)
    seen: set[str] = set()
    kept = []
    for entry, text in zip(groups, texts, strict=True):
        if text not in seen or counts[text] < max(3, 0.4 * pages):
            kept.append(entry)
        seen.add(text)
    return kept


def _groups(lines: list[Line], body: float, bold_counts: bool) -> Iterator[list[Line]]:
    """Runs of heading lines of one look, each a heading of its own; a long run is prose."""
    for run in _runs(lines, body, bold_counts):
        if len(run) > _PROSE:
            continue
        for start in range(0, len(run), _MAX_LINES):
            group = run[start : start + _MAX_LINES]
            if _is_heading(group, body):
                yield group


def _runs(lines: list[Line], body: float, bold_counts: bool) -> Iterator[list[Line]]:
    run: list[Line] = []
    for line in lines:
        fits = _stands_out(line, body, bold_counts)
        if run and not (fits and _continues(run, line)):
            yield run
            run = []
        if fits:
            run.append(line)
    if run:
        yield run


def _stands_out(line: Line, body: float, bold_counts: bool) -> bool:
    larger = line.size > body * _LARGER
    return larger or (bold_counts and line.bold and line.size >= 0.95 * body)


def _continues(group: list[Line], line: Line) -> bool:
    last = group[-1]
    close = last.bottom - line.top < 0.9 * line.size and line.top < last.top
    return line.size == last.size and line.bold == last.bold and close


def _is_heading(group: list[Line], body: float) -> bool:
    text = " ".join(line.text for line in group).strip()
    larger = group[0].size > body * _LARGER
    if len(text) > (_MAX_TITLE if larger else _MAX_LENGTH) or text[-1] in (",;" if larger else ",;."):
        return False
    # Where notes and tables outweigh it, the text itself is set larger than what is most common.
    if larger and text[-1] in ".:" and len(text.split()) > _SENTENCE_WORDS:
        return False
    letters = sum(char.isalpha() for char in text)
    # Figures of charts and tables are large or bold too, and bold lead-ins run on into their paragraph.
    return 3 <= letters >= 0.5 * len(text.replace(" ", ""))


def _ranks(sizes: Counter[float]) -> dict[float, int]:
    """Level 1 for the largest type; sizes within a twelfth of each other share a level."""
    ranks: dict[float, int] = {}
    level, last = 0, 0.0
    for size in sorted(sizes, reverse=True):
        if not last or size < last / 1.08:
            level, last = min(level + 1, _MAX_LEVEL), size
        ranks[size] = level
    return ranks
