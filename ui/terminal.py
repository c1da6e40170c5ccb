"""Passages, answers and lists as plain text, with nothing but the standard library: a question must not wait for it."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

from corpus.records import Document, StoredPassage
from ingest.extract.scans import ocr_pages
from search.records import Answer, Hit, SearchResult, Status

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
# Documents come from anywhere: what would steer the terminal is left out, but for our own two codes.
_STEERING = re.compile(r"\x1b(?!\[[01]m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
NEAREST = 3
Spans = Iterable[tuple[int, int]]


def line_width() -> int:
    """Columns to write in: as wide as the terminal, within what reads well."""
    return max(48, min(shutil.get_terminal_size((100, 24)).columns, 110))


def styled() -> bool:
    """Whether bold may be used."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def wrapped(text: str, indent: str = "    ", highlights: Spans = (), hanging: str | None = None) -> str:
    """Text in lines, with stretches of it in bold where the terminal can; `hanging` indents all lines but the first."""
    lines = []
    following = indent if hanging is None else hanging
    for paragraph in text.splitlines() or [""]:
        # A path or an address is not broken: it must stay whole to be copied.
        lines += textwrap.wrap(
            paragraph,
            line_width(),
            initial_indent=indent,
            subsequent_indent=following,
            break_on_hyphens=False,
            break_long_words=False,
        )
    found = {text[start:end] for start, end in highlights} if styled() else set()
    if not found:
        return "\n".join(lines)
    words = "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda word: bold(word[0]), "\n".join(lines))


def show(text: str) -> None:
    """Print it."""
    print(_STEERING.sub("", text))


def bold(text: str) -> str:
    """Text in bold where the terminal can."""
    return f"{_BOLD}{text}{_PLAIN}" if styled() else text


def place(document: Document, label: str | None, page: int | None, page_label: str | None) -> str:
    """Where in a document: label, page, and what is printed on the page where that differs."""
    parts = [label] if label else []
    if page is not None and document.paged:
        printed = f" (printed {page_label})" if page_label and page_label != str(page) else ""
        scanned = ", read by OCR" if page in ocr_pages(document.warnings) else ""
        parts.append(f"p. {page}{printed}{scanned}")
    return ", ".join(parts)


def name(document: Document) -> str:
    """Title and symbol."""
    symbol = document.symbol
    return f"{document.title} ({symbol})" if symbol and symbol not in document.title else document.title


def newer(document: Document | None) -> list[str]:
    """A line that warns of a newer version, where one is held."""
    return [] if document is None else [f"    A newer version is held: {name(document)}, {document.path}"]


def hit(one: Hit) -> str:
    """A ranked passage."""
    passage = one.stored.passage
    where = place(one.document, passage.label, passage.page, passage.page_label)
    headings = " > ".join(passage.heading_path[-2:])
    lines = [f"{one.rank:>3} {bold(name(one.document))}"]
    second = " · ".join(part for part in (where, headings, passage.speaker or "", f"score {one.score:.3f}") if part)
    lines.append(wrapped(second))
    if passage.lead:
        lines.append(wrapped(f"[{passage.lead}]"))
    lines += [wrapped(passage.text, highlights=one.highlights), f"    {one.document.path}", *newer(one.newer)]
    return "\n".join(lines)


def search_result(result: SearchResult, *, empty: bool = False) -> str:
    """A ranking."""
    if not result.hits:
        if empty:
            return "The knowledge base is empty. Fill it with: rapporteur ingest FOLDER"
        return "No passage fits these words and filters. Fewer words or filters may help."
    parts = [hit(one) for one in result.hits]
    if result.notes:
        parts.insert(0, f"Understood: {'; '.join(result.notes)}")
    return "\n\n".join(parts)


def answer(reply: Answer) -> str:
    """An answer: quotations with numbers, then where each stands."""
    parts = []
    if reply.notice:
        return "\n".join(wrapped(line, indent="") for line in reply.notice.splitlines())
    if reply.status is Status.NOT_FOUND:
        parts.append(f"{bold('Not found.')} {reply.reason}")
    elif reply.reason:
        parts.append(wrapped(reply.reason, indent=""))
    told = reply.generation
    if told is not None:
        words = reply.answer.removeprefix(reply.reason).strip() if told.used else ""
        whose = f"In the words of the language model {told.model}, each sentence checked against the passages that it cites, quoted below."
        parts += [wrapped(text, indent="") for text in (words, f"{whose if words else ''} {told.note}".strip()) if text]
    parts += [wrapped(f"“{one.quote}” [{one.n}]", indent="  ") for one in reply.citations]
    sources = []
    for one in reply.citations:
        where = place(one.document, one.label, one.page, one.page_label)
        said = one.authority
        if one.speaker and one.speaker not in said:
            said = f"{one.speaker}; {said}" if said else one.speaker
        sources.append(f"[{one.n}] {', '.join(part for part in (name(one.document), where) if part)}")
        sources += [f"    {line}" for line in (said, one.document.path) if line] + newer(one.newer)
    if sources:
        parts.append("\n".join(sources))
    if not reply.citations and reply.alternatives:
        parts.append("What came nearest:")
        parts += [hit(one) for one in reply.alternatives[:NEAREST]]
    return "\n\n".join(parts)


def passage(stored: StoredPassage, document: Document) -> str:
    """A passage in its document."""
    own = stored.passage
    where = place(document, own.label, own.page, own.page_label) or stored.id
    speaker = f" · {own.speaker}" if own.speaker else ""
    lead = [wrapped(f"[{own.lead}]")] if own.lead else []
    return "\n".join([f"  {bold(where)}{speaker}", *lead, wrapped(own.text)])


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns; the first column takes the room that the others leave."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    room = max(24, shutil.get_terminal_size((120, 24)).columns - sum(widths[1:]) - 2 * len(widths))
    widths[0] = min(widths[0], room)
    lines = []
    for row in (header, *rows):
        cells = [_cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
