"""Printed lines of a document, with page furniture and contents lists told apart from text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.symbols import find_symbols
from ingest.extract.base import Extract, HeadingHint
from ingest.marks import ANNEX_RANK, division

EDGE_LINES = 4
# An entry of a list of contents, before its line with the leader.
ENTRY_LINES = 2
ENTRY_LENGTH = 110
# A remark of the editor stands under so many headings, and such a part of them.
ANNOTATION = 5
ANNOTATED = 0.25
_MARGIN_NUMBER = re.compile(
    r"[-–—\s]*(?:page\s*|p\.\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[-–—\s]*", re.I
)
_JOB_NUMBER = re.compile(
    r"(?:GE\.)?\d{2}-\d{5}(?:\s*\([EFRSAC]\))?(?:\s*\d{1,6})*|\d{1,4}(?:/\d{1,4})?\s+(?:GE\.)?\d{2}-\d{5}|\*\d{6,8}\*|"
    r"(?:GE\.)?\d{2}-\d{5}\s+\d{1,4}(?:/\d{1,4})?|(?:Please recycle|Veuillez recycler)\W*",
)
# The foot and head between two pages of a record, where a text without pages holds them: "10-55128 14", "29/09/2015 A/70/PV.17".
_JOB = r"(?:\d{2}-\d{5}\s+\d{1,3}(?:/\d{1,3})?|\d{1,3}(?:/\d{1,3})?\s+\d{2}-\d{5})"
_DAY = r"(?:\d{1,2}/\d{1,2}/\d{4}|\d{1,2} [A-Z][a-z]+ \d{4})"
_RECORD = re.compile(rf"(?:{_DAY}\s+)?[AS]/(?:[\w.-]+/)?\d+/PV\.\d+(?:\s*\([^)]{{1,20}}\))?(?:\s+{_DAY})?")
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
_IN_FRONT = re.compile(rf"{_JOB}\s+(?=\S)")
_INSIDE = re.compile(rf"(?<=[a-z,;])\s+{_JOB}\s+(?=[a-z])")
_DIGITS = re.compile(r"\d{2}-\d{5}")
_LEADERS = re.compile(r"(?:\.\s?){5,}[\s\d–—-]*(?:[ivxlc]+)?\s*$|…{2,}\s*\d{1,4}\s*$")
# "11. In this framework, Italy will:" may recur at the edges of pages and is text all the same.
_PARAGRAPH = re.compile(r"\(?\d{1,3}[.)]\s+[^\W\d_]{2}|[•▪●]")
# Numbered paragraphs and lines that go on are text, however often they recur ("The persons protected shall comprise:").
_TEXT = re.compile(r"^\(?(?:\d{1,3}|[a-z])[.)]|[:;,—–-]$|^\S+(?:\s\S+)?$")
# Bold or large print that is no heading: the middle of a sentence, a governing line, a masthead.
_NO_HEADING = re.compile(
    r"^[a-z(]|[:;,]$|\bDistr\b|^Original:|^\*|^\W*\d+\W*$|^(?:United Nations|General Assembly)\b|^UNITED$|^NATIONS\b|"
    r"^\d{1,2} \w+ \d{4}$|^(?:Table|Figure|Fig\.|Box|Chart|Map)\s*\d"
)
_COLUMN_HEADS = re.compile(r"(?:(?:Paragraphs?|Pages?|Chapters?|Sections?)\s*){1,3}", re.IGNORECASE)
_META_TAG = re.compile(r"<meta\b[^>]*>|<!--.*-->", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its place in the page's text, its text without outer blanks, and what is known of it.

    `indent` counts blanks before it; `after_blank` says that an empty line or a page start precedes it;
    `heading` is the level that the format itself gives it (0 for none); `continues` that
    the line goes on with the heading above it; `note` marks the notes at the foot of a page;
    `figure` the words of a chart; `resumes` that the foot and head of printed pages stood before it, in a file without pages.
    """

    page: int
    start: int
    end: int
    text: str
    indent: int
    after_blank: bool
    heading: int = 0
    table: bool = False
    page_start: bool = False
    note: bool = False
    continues: bool = False
    resumes: bool = False
    figure: bool = False


def _by_page(stretches: tuple[tuple[int, int, int], ...]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for number, begin, finish in stretches:
        found.setdefault(number, []).append((begin, finish))
    return found


def _raw_lines(extract: Extract) -> Iterator[Line]:
    hints: dict[int, list[HeadingHint]] = {}
    for hinted in extract.headings:
        hints.setdefault(hinted.page, []).append(hinted)
    tables, figures = _by_page(extract.tables), _by_page(extract.figures)
    notes = {number: (begin, finish) for number, begin, finish in extract.notes}
    for page in extract.pages:
        blank, first = True, True
        notes_from, notes_to = notes.get(page.number, (0, 0))
        heads = hints.get(page.number, [])
        own_tables, own_figures = tables.get(page.number, ()), figures.get(page.number, ())
        for match in re.finditer(r"[^\n]+", page.text):
            raw = match[0]
            text = raw.strip()
            if not text or (page is extract.pages[0] and match.start() < extract.body_start):
                blank = True
                continue
            if match.start() > 1 and page.text[match.start() - 2 : match.start()] == "\n\n":
                blank = True
            start = match.start() + len(raw) - len(raw.lstrip())
            end = match.start() + len(raw.rstrip())
            hint = _hint(heads, match.start(), match.end())
            if hint is not None and extract.paged and hint.start >= match.start() and _NO_HEADING.search(text):
                heads = [head for head in heads if head is not hint]
                hint = None
            if hint is not None:
                start, end = max(start, hint.start), max(hint.start, min(end, hint.end))
                text = page.text[start:end].strip()
            if text:
                in_table = any(begin <= start < finish for begin, finish in own_tables)
                chart = any(begin <= start < finish for begin, finish in own_figures)
                note = notes_from <= start < notes_to
                level = 0 if note or hint is None else hint.level
                goes_on = level > 0 and hint is not None and hint.start < match.start()
                indent = start - match.start()
                yield Line(
                    page.number, start, end, text, indent, blank, level, in_table, first, note, goes_on, figure=chart
                )
            blank = first = False


def _furniture_keys(pages: dict[int, list[Line]]) -> set[str]:
    """Lines that stand at the edges of many pages, digits aside."""
    seen: Counter[str] = Counter()
    for lines in pages.values():
        own = [lines[at] for at in _edges(lines)]
        edge = {_key(line.text) for line in own if not _PARAGRAPH.match(line.text)}
        seen.update(edge)
    enough = max(3, round(0.2 * len(pages)))
    return {key for key, count in seen.items() if count >= enough and len(key) <= 120}


def _hint(heads: list[HeadingHint], start: int, end: int) -> HeadingHint | None:
    """The heading that begins on a line or goes on over it."""
    return next((head for head in heads if head.start < end and start < head.end), None)


def _edges(lines: list[Line]) -> set[int]:
    """Places of the first and last lines of a page, notes at its foot aside."""
    own = [at for at, line in enumerate(lines) if not line.note]
    return {*own[:EDGE_LINES], *own[-EDGE_LINES:], *range(max(0, len(lines) - EDGE_LINES), len(lines))}


def _annotations(pages: dict[int, list[Line]]) -> set[str]:
    """Remarks of an editor or a database that stand under one heading after another ("Enters into force on …")."""
    seen: Counter[str] = Counter()
    headed: Counter[str] = Counter()
    headings = 0
    for lines in pages.values():
        headings += sum(1 for line in lines if line.heading)
        for before, line in pairwise(lines):
            if not (line.heading or line.table or len(line.text) > 120 or _TEXT.search(line.text)):
                seen[line.text] += 1
                headed[line.text] += bool(before.heading)
    enough = max(ANNOTATION, ANNOTATED * headings)
    return {text for text, count in seen.items() if headed[text] >= max(enough, 0.5 * count)}


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\d+", "#", text)).casefold().strip()


def _is_symbol_head(lines: list[Line], at: int, *, first: bool) -> bool:
    """A symbol alone at the head of a later page, and the date below it, where pages are too few to show what recurs."""
    texts = [line.text for line in lines[max(0, at - 1) : at + 1]]
    if first or at >= EDGE_LINES:
        return False
    alone = [find_symbols(text) == [text] for text in texts]
    return alone[-1] or (len(texts) > 1 and alone[0] and _DATE.fullmatch(texts[1]) is not None)


def _opens_part(line: Line) -> bool:
    return len(line.text) < 40 and division(line.text) is not None


def _names_annex(line: Line) -> bool:
    found = division(line.text) if len(line.text) < 40 else None
    return found is not None and found.rank == ANNEX_RANK and found.name != "Preamble"


def _contents(lines: list[Line]) -> set[int]:
    """Places of the lines of a list of contents: those with dot leaders, and the first lines of entries between them."""
    led = [at for at, line in enumerate(lines) if _LEADERS.search(line.text) and not line.table]
    found = set(led)
    if led and led[0] and _COLUMN_HEADS.fullmatch(lines[led[0] - 1].text):
        found.add(led[0] - 1)
    for before, after in pairwise(led):
        between = range(before + 1, after)
        if len(between) <= ENTRY_LINES and all(len(lines[at].text) <= ENTRY_LENGTH for at in between):
            found.update(between)
    return found


def text_lines(extract: Extract) -> tuple[list[Line], list[Line]]:
    """The lines that carry text, and those left out: running heads and feet, page numbers, contents lists."""
    pages: dict[int, list[Line]] = {}
    for line in _raw_lines(extract):
        pages.setdefault(line.page, []).append(line)
    # Slides and sheets have no running heads: what recurs on them are titles, heads of columns and names of rows.
    printed = extract.paged and not extract.reflowed
    keys = _furniture_keys(pages) if printed and len(pages) >= 3 else set()
    remarks = set() if extract.paged else _annotations(pages)
    kept: list[Line] = []
    dropped: list[Line] = []
    resumes, part = False, ""
    for lines in pages.values():
        last = len(lines) - 1
        edges = _edges(lines) if printed else set()
        listed = _contents(lines)
        for at, line in enumerate(lines):
            edge = at in edges
            between = bool(_JOB_NUMBER.fullmatch(line.text) or ("/PV." in line.text and _RECORD.fullmatch(line.text)))
            furniture = at in listed or (
                not _opens_part(line)
                and (
                    (edge and (_key(line.text) in keys or _MARGIN_NUMBER.fullmatch(line.text)))
                    or (edge and not keys and _is_symbol_head(lines, at, first=line.page == extract.pages[0].number))
                    or between
                    or _META_TAG.fullmatch(line.text)
                    or (line.text in remarks and at < last and not lines[at + 1].heading)
                    or not re.search(r"[^\W_]", line.text)
                )
            )
            # "Attachment 1" at the head of each of its pages opens it once.
            if edge and at < EDGE_LINES and _names_annex(line):
                furniture, part = furniture or part == line.text, line.text
            if furniture:
                dropped.append(line)
                resumes = (resumes or between) and not extract.paged
                continue
            parts, cut = _without_heads(replace(line, resumes=True) if resumes else line)
            kept += parts
            dropped += cut
            resumes = False
    return kept, dropped


def _without_heads(line: Line) -> tuple[list[Line], list[Line]]:
    """A line without the foot and head of a page that stand in it, and those."""
    if line.table or not _DIGITS.search(line.text):
        return [line], []
    found = [found for found in (_IN_FRONT.match(line.text), *_INSIDE.finditer(line.text)) if found]
    parts, at = [], 0
    for cut in found:
        if cut.start():
            parts.append(_part(line, at, cut.start()))
        at = cut.end()
    if found:
        parts.append(_part(line, at, len(line.text)))
    return (parts, [_part(line, cut.start(), cut.end()) for cut in found]) if found else ([line], [])


def _part(line: Line, start: int, end: int) -> Line:
    text = line.text[start:end]
    begin = line.start + start + len(text) - len(text.lstrip())
    stop = line.start + start + len(text.rstrip())
    return replace(line, start=begin, end=stop, text=text.strip(), resumes=line.resumes or start > 0)
