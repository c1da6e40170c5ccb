"""Drafts from files (Word, Markdown, plain text) as blocks, and a Word draft with comments written into it."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFileError, UsageError
from search.drafts import Block, Shape

SUFFIXES = (".docx", ".md", ".txt")
AUTHOR, INITIALS = "Rapporteur", "R"
_QUOTE_STYLE = re.compile(r"quot|zitat|citation|citat|cita\b|block ?text|цитата", re.IGNORECASE)
_NOTE_LINE = re.compile(r"\[\^(?P<name>[^\]\s]+)\]:\s*(?P<text>.*)")
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
_STRESS = re.compile(r"(?<![\w\\])[*_]{1,3}(?=\S)|(?<=[^\s\\])[*_]{1,3}(?!\w)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>|-])")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a stretch of a block: half-open offsets into its text."""

    block: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as read: its blocks in order, the notes after the text. `word` is the open document of a .docx, in which
    `anchors` says for each block its paragraph and, of a note, the run that refers to it."""

    path: Path
    blocks: tuple[Block, ...]
    word: Any = None
    anchors: tuple[tuple[Any, Any], ...] = field(default=(), repr=False)


def read_draft(path: Path) -> Draft:
    """Read a draft.

    Raises:
        UsageError: there is no such file, it is not one of `SUFFIXES`, or it is damaged.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    suffix = path.suffix.casefold()
    if suffix not in {*SUFFIXES, ".markdown"}:
        raise UsageError(f"{path} is not a draft that can be read: save it as one of {', '.join(SUFFIXES)}.")
    try:
        return _read_word(path) if suffix == ".docx" else _read_text(path, suffix)
    except UnreadableFileError as error:
        raise UsageError(f"{path}: {error}") from error


def _read_text(path: Path, suffix: str) -> Draft:
    from ingest.extract.text import read_text

    text = read_text(path)[0].replace("\r\n", "\n")
    return Draft(path, tuple(_paragraphs(text) if suffix == ".txt" else _markdown(text)))


def _paragraphs(text: str) -> Iterator[Block]:
    for part in re.split(r"\n\s*\n", text):
        if part.strip():
            yield Block(part.strip())


def _markdown(text: str) -> list[Block]:
    """Paragraphs, lists and headings as blocks, `>` as block quotations, footnotes beside what refers to them."""
    notes: dict[str, str] = {}
    kept = []
    for line in text.split("\n"):
        match = _NOTE_LINE.match(line)
        if match:
            notes[match["name"]] = _plain(match["text"])
        else:
            kept.append(line)
    blocks = []
    for part in re.split(r"\n\s*\n", re.sub(r"(?ms)^(```|~~~).*?^\1\s*$", "", "\n".join(kept))):
        for quote, lines in _runs_of_quotes(part.strip("\n").split("\n")):
            plain = _plain("\n".join(lines)).strip()
            if plain:
                blocks.append(_with_notes(plain, Shape.QUOTE if quote else Shape.TEXT, notes))
    return blocks + [Block(note, Shape.NOTE) for note in notes.values()]


def _runs_of_quotes(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    run: list[str] = []
    quote = False
    for line in lines:
        now = line.lstrip().startswith(">")
        if run and now != quote:
            yield quote, run
            run = []
        quote = now
        run.append(re.sub(r"^\s*>\s?", "", line) if now else re.sub(r"^\s*(?:#{1,6}\s+|[*+-]\s+)", "", line))
    if run:
        yield quote, run


def _plain(text: str) -> str:
    """Markdown's text without its marks of emphasis, links and escapes."""
    return _ESCAPED.sub(r"\1", _STRESS.sub("", _LINK.sub(r"\1", text)))


def _with_notes(text: str, shape: Shape, notes: dict[str, str]) -> Block:
    """The block with the marks of its footnotes taken out, and their texts at their places."""
    placed, plain, at = [], "", 0
    for match in _NOTE_MARK.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        if match[1] in notes:
            placed.append((len(plain), notes[match[1]]))
    return Block(plain + text[at:], shape, tuple(placed))


# -- Word --------------------------------------------------------------------------------------------------


def _read_word(path: Path) -> Draft:
    import docx
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    from ingest.extract.packed import BROKEN_OFFICE, check_packed, damage_told

    check_packed(path, "Word")
    with damage_told("Word", (*BROKEN_OFFICE, PythonDocxError, OpcError)):
        word = docx.Document(str(path))
        texts = _note_texts(word)
        blocks, anchors, after = [], [], []
        for node in word.element.body.iter(qn("w:p")):
            text, notes = "", []
            for run in _runs(node):
                for name, kind in ((qn("w:footnoteReference"), "footnote"), (qn("w:endnoteReference"), "endnote")):
                    for reference in run.iter(name):
                        note = texts.get((kind, reference.get(qn("w:id"))), "")
                        notes.append((len(text), note))
                        after.append((Block(note, Shape.NOTE), (node, run)))
                text += _run_text(run)
            if not text.strip():
                continue
            style = Paragraph(node, word).style
            shape = Shape.QUOTE if style is not None and _QUOTE_STYLE.search(style.name or "") else Shape.TEXT
            blocks.append(Block(text, shape, tuple(notes)))
            anchors.append((node, None))
    return Draft(path, (*blocks, *(one for one, _ in after)), word, (*anchors, *(anchor for _, anchor in after)))


def _runs(paragraph: Any) -> list[Any]:
    """The runs of a paragraph itself, those in links and insertions too; not those deleted, nor those of text boxes."""
    from docx.oxml.ns import qn

    gone = (qn("w:del"), qn("w:moveFrom"))
    found = []
    for run in paragraph.iter(qn("w:r")):
        above = []
        for node in run.iterancestors():
            if node.tag == qn("w:p"):
                break
            above.append(node.tag)
        if node is paragraph and not any(tag in gone for tag in above):
            found.append(run)
    return found


def _run_text(run: Any) -> str:
    from docx.oxml.ns import qn

    signs = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
    return "".join((node.text or "") if node.tag == qn("w:t") else signs.get(node.tag, "") for node in run)


def _note_texts(word: Any) -> dict[tuple[str, str], str]:
    """The texts of footnotes and endnotes by kind and number."""
    from docx.oxml.ns import qn

    from ingest.extract.packed import parse_xml

    found = {}
    for relation in word.part.rels.values():
        for kind in ("footnote", "endnote"):
            if relation.reltype.endswith(f"/{kind}s"):
                for note in parse_xml(relation.target_part.blob).iter(qn(f"w:{kind}")):
                    text = " ".join("".join(node.text or "" for node in note.iter(qn("w:t"))).split())
                    found[kind, note.get(qn("w:id"))] = text
    return found


def commented(draft: Draft, remarks: Sequence[Remark]) -> bytes:
    """The Word draft with a comment at each remark; the text itself stays as it is. Remarks on a note stand where the
    text refers to it.

    Raises:
        UsageError: the draft is no Word file.
    """
    if draft.word is None:
        raise UsageError("Comments can be written into a Word draft only; write a table instead, with --report.")
    from docx.text.run import Run

    # From the end on, so that what was split does not move what is still to come.
    for remark in sorted(remarks, key=lambda one: (one.block, -one.start)):
        node, reference = draft.anchors[remark.block]
        runs = [reference] if reference is not None else _covering(node, remark.start, remark.end)
        if runs:
            marked = [Run(runs[0], None), Run(runs[-1], None)]  # type: ignore[arg-type]
            draft.word.add_comment(marked, text=_printable(remark.text), author=AUTHOR, initials=INITIALS)
    out = io.BytesIO()
    draft.word.save(out)
    return out.getvalue()


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n")


def _covering(paragraph: Any, start: int, end: int) -> list[Any]:
    """The runs that hold this stretch of the paragraph's text, split where it begins and ends inside of one."""
    for place in (start, end):
        at = 0
        for run in _runs(paragraph):
            length = len(_run_text(run))
            if at < place < at + length:
                _split(run, place - at)
                break
            at += length
    found, at = [], 0
    for run in _runs(paragraph):
        length = len(_run_text(run))
        if length and at < end and at + length > start:
            found.append(run)
        at += length
    return found


def _split(run: Any, place: int) -> None:
    """Part a run in two with the same form; one that holds more than text stays whole."""
    from docx.oxml.ns import qn

    if any(node.tag not in (qn("w:t"), qn("w:rPr")) for node in run):
        return
    text = _run_text(run)
    rest = copy.deepcopy(run)
    for node, part in ((run, text[:place]), (rest, text[place:])):
        for old in node.findall(qn("w:t")):
            node.remove(old)
        node.add_t(part)
    run.addnext(rest)
