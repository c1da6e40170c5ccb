"""Questionnaires: their questions read from a file, each answered by quotations or by "not found", as one table."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFileError, UsageError
from corpus.records import Filters
from search.records import Answer, Status
from ui import shapes, terminal
from ui.rendering import plain_citation
from ui.service import KnowledgeBase
from ui.tables import Table, cells

SUFFIXES = (".docx", ".csv", ".txt", ".md")
HEADER = ("no.", "question", "status", "quotations", "sources", "remark")
NEAREST = 3
MAX_QUESTIONS = 500
WORDS = {
    Status.ANSWERED: "answered",
    Status.PARTIAL: "partly answered",
    Status.NOT_FOUND: "not found",
    Status.CLARIFY: "several texts fit",
}
_NUMBERED = re.compile(
    r"(?:(?P<q>Q(?:uestion|n)?\.?\s*)?(?P<number>\d{1,3}(?:\.\d{1,3})*(?:\([a-z]{1,2}\)|[a-z](?=[.):]))?)(?P<end>[.):]*)"
    r"|(?P<letter>\(?(?:[a-z]|[ivx]{1,5})[.)]))[\s:–—-]+(?P<text>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_LETTER = re.compile(r"\(?([a-z]|[ivx]{1,5})[.)]", re.IGNORECASE)
_COLUMNS = {
    "number": ("number", "no", "no.", "nr", "nr.", "n°", "id", "#", "q", "numéro", "nummer", "номер"),
    "question": ("question", "questions", "text", "frage", "вопрос"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its number as in the file, "" where it has none. `asked` is what is looked up: with the line
    that governs it, where the question is an item of a list."""

    number: str
    text: str
    asked: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its answer; `answer` is None where it could not be asked, and `reason` says why."""

    question: Question
    answer: Answer | None
    reason: str


# -- reading -----------------------------------------------------------------------------------------------


def read_questions(path: Path) -> list[Question]:
    """The questions of a file, in its order. In Word and Markdown those are the numbered paragraphs and those that end
    with a question mark; in a text file every line; in CSV the column "question", or the one with the longest texts.

    Raises:
        UsageError: there is no such file, it cannot be read, or it holds no question, or too many.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path} is not a questionnaire that can be read: save it as one of {', '.join(SUFFIXES)}.")
    try:
        if suffix == ".csv":
            questions = list(_from_csv(_text(path)))
        else:
            lines = _from_word(path) if suffix == ".docx" else _from_text(_text(path))
            questions = _chosen(list(lines), every=suffix == ".txt")
    except UnreadableFileError as error:
        raise UsageError(f"{path}: {error}") from error
    if not questions:
        raise UsageError(f"{path} holds no question: number them, or end them with a question mark.")
    if len(questions) > MAX_QUESTIONS:
        raise UsageError(f"{path} holds {len(questions)} questions; at most {MAX_QUESTIONS} are asked. Split it.")
    return questions


def _text(path: Path) -> str:
    from ingest.extract.text import read_text

    return read_text(path)[0].removeprefix("\ufeff").replace("\r\n", "\n")


def _from_csv(text: str) -> Iterator[Question]:
    first = text.split("\n", 1)[0]
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")]
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    names = [cell.strip().casefold() for cell in rows[0]] if rows else []
    place = {
        kind: next((names.index(name) for name in known if name in names), None) for kind, known in _COLUMNS.items()
    }
    at = place["question"]
    if any(column is not None for column in place.values()):
        rows = rows[1:]
    if at is None:
        widths = [sum(len(row[column]) for row in rows if column < len(row)) for column in range(len(names))]
        at = widths.index(max(widths)) if widths else 0
    for row in rows:
        if at < len(row) and row[at].strip():
            number, question = _taken_apart(row[at].strip())
            own = place["number"]
            number = row[own].strip() if own is not None and own < len(row) and row[own].strip() else number
            yield Question(number, question, question)


def _from_text(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        plain = re.sub(r"^\s*(?:#{1,6}\s+|>\s+|[*+-]\s+)?", "", line).strip().strip("*_")
        if plain:
            yield _taken_apart(plain)


def _from_word(path: Path) -> Iterator[tuple[str, str]]:
    import docx
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    from ingest.extract.numbering import Numbering
    from ingest.extract.packed import BROKEN_OFFICE, check_packed, damage_told

    check_packed(path, "Word")
    with damage_told("Word", (*BROKEN_OFFICE, PythonDocxError, OpcError)):
        document = docx.Document(str(path))
        numbering = Numbering(document)
        found = []
        for node in document.element.body.iter(qn("w:p")):
            paragraph = Paragraph(node, document)
            mark, text = numbering.mark(paragraph), paragraph.text.strip()
            heading = paragraph.style is not None and (paragraph.style.name or "").casefold().startswith(
                ("heading", "title")
            )
            if text and not (heading and not text.endswith("?")):
                found.append(_taken_apart(f"{mark} {text}" if mark else text))
    yield from found


def _taken_apart(line: str) -> tuple[str, str]:
    """Number and text of a line; "" where it has no number."""
    match = _NUMBERED.fullmatch(line)
    if match is None:
        return "", line
    if match["letter"]:
        return match["letter"], match["text"].strip()
    # "2023 was a year of change" has no number: one stands with a mark behind it, or has parts, or is called one.
    if match["end"] or match["q"] or "." in match["number"]:
        return match["number"], match["text"].strip()
    return "", line


def _chosen(lines: Sequence[tuple[str, str]], *, every: bool) -> list[Question]:
    """The questions among the lines; items of a list are asked with the line that governs them."""
    found: list[Question] = []
    parent: tuple[str, str] | None = None
    for number, text in lines:
        letter = _LETTER.fullmatch(number)
        if letter and parent is not None:
            if found and found[-1].number == parent[0] and parent[1].endswith(":"):
                # "Has your country:" is no question without its items.
                found.pop()
            said = parent[1].rstrip(" :")
            found.append(Question(f"{parent[0]}({letter[1].casefold()})", text, f"{said} {text}"))
            continue
        if number or text.endswith("?") or every:
            found.append(Question(number, text, text))
            parent = (number, text)
    return found


# -- answering ---------------------------------------------------------------------------------------------


def answer_all(
    base: KnowledgeBase,
    questions: Sequence[Question],
    filters: Filters | None = None,
    said: Callable[[int, int], None] = lambda done, total: None,
) -> list[Row]:
    """Ask every question; `said` is told how many are done, of how many."""
    rows = []
    for number, question in enumerate(questions, 1):
        try:
            reply = base.ask(question.asked, filters)
            rows.append(Row(question, reply, _reason(reply)))
        except UsageError as error:
            # A question of stop words alone, or one that is too long, does not spoil the others.
            rows.append(Row(question, None, str(error)))
        said(number, len(questions))
    return rows


def _reason(reply: Answer) -> str:
    if reply.status is not Status.NOT_FOUND or not reply.alternatives:
        return reply.reason
    near = [
        plain_citation(hit.document, own.label, own.page if hit.document.paged else None, own.page_label)
        for hit in reply.alternatives[:NEAREST]
        for own in (hit.stored.passage,)
    ]
    return f"{reply.reason} Nearest: {'; '.join(dict.fromkeys(near))}."


def status_of(row: Row) -> str:
    """In words."""
    return WORDS[row.answer.status] if row.answer is not None else "not asked"


def table(name: str, rows: Sequence[Row]) -> Table:
    """One row a question; quotations and their sources are numbered alike."""
    made = []
    for row in rows:
        cited = row.answer.citations if row.answer is not None else ()
        quotes = [f"[{one.n}] “{one.quote}”" for one in cited]
        sources = [f"[{one.n}] {plain_citation(one.document, one.label, one.page, one.page_label)}" for one in cited]
        made.append(cells(row.question.number, row.question.text, status_of(row), quotes, sources, row.reason))
    return Table(f"Evidence for {name}", summary(rows), HEADER, tuple(made))


def summary(rows: Sequence[Row]) -> str:
    """One line on the whole."""
    counted = Counter(map(status_of, rows))
    return f"{len(rows)} questions: " + ", ".join(f"{many} {status}" for status, many in counted.items()) + "."


def report(rows: Sequence[Row]) -> str:
    """For the terminal."""
    parts = []
    for row in rows:
        head = terminal.wrapped(f"{row.question.number} {row.question.text}".strip(), indent="", hanging="    ")
        body = terminal.answer(row.answer) if row.answer is not None else row.reason
        parts.append(f"{terminal.bold(head)}\n\n{body}")
    return "\n\n".join([*parts, summary(rows)])


def shape(path: Path, rows: Sequence[Row], revision: int) -> dict[str, Any]:
    """`questionnaire --json`: for each question what `ask` gives."""
    return {
        "file": str(path),
        "revision": revision,
        "counts": dict(Counter(map(status_of, rows))),
        "questions": [
            {
                "number": row.question.number,
                "text": row.question.text,
                "asked": row.question.asked,
                "remark": row.reason,
                "answer": None if row.answer is None else shapes.answer(row.answer),
            }
            for row in rows
        ],
    }
