"""Between our passages and Haystack's documents. One Haystack `Document` is one passage.

A passage that came from a file shows as a document whose meta holds what is known of it; fields of no value are left
out. A document that Haystack hands over becomes a document of one passage, and comes back as it went in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np
from haystack import Document as HaystackDocument

from corpus.deposits import Deposit
from corpus.errors import UsageError
from corpus.filters import check_date
from corpus.language import detect_language
from corpus.records import Document, Page, Parsed, Passage, Span, StoredPassage

FORMAT = "haystack"
# As Haystack's converters name what a text came from.
TITLES = ("title", "name", "file_name", "file_path")
PAGES = ("page", "page_number")
TITLE_LETTERS = 80


def document_of(
    stored: StoredPassage, document: Document, deposit: Deposit | None = None, score: float | None = None
) -> HaystackDocument:
    """A passage as Haystack's document; `score` is set where it was ranked (higher is better)."""
    if deposit is None:
        return HaystackDocument(id=stored.id, content=stored.passage.text, meta=meta_of(stored, document), score=score)
    values: dict[str, Any] = {"id": deposit.id, "content": stored.passage.text, **json.loads(deposit.record)}
    if deposit.embedding is not None:
        values["embedding"] = np.frombuffer(deposit.embedding, "<f8").tolist()
    if score is not None:
        values["score"] = score
    return HaystackDocument.from_dict(values)


def meta_of(stored: StoredPassage, document: Document) -> dict[str, Any]:
    """What is known of a passage and its document; the page only where the file has pages."""
    passage = stored.passage
    known: dict[str, Any] = {
        "document_id": document.id,
        "title": document.title,
        "path": document.path,
        "symbol": document.symbol,
        "body": document.body,
        "type": document.type,
        "date": document.date,
        "language": passage.language,
        "url": document.url,
        "meeting": document.meeting,
        "speaker": passage.speaker or document.speaker,
        "access": document.access,
        "countries": list(document.countries),
        "themes": list(document.themes),
        "aliases": list(document.aliases),
        "kind": passage.kind.value,
        "label": passage.label,
        "heading_path": list(passage.heading_path),
        "lead": passage.lead,
        "page": passage.page if document.paged else None,
        "page_label": passage.page_label if document.paged else None,
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}


def deposit_of(document: HaystackDocument) -> tuple[Parsed, Deposit]:
    """A document that Haystack hands over, as ours: one page, one passage, and what is kept for its return.

    Meta of the names that `meta_of` uses counts for finding and citing too, where it has the right form.

    Raises:
        ValueError: its meta cannot be written as JSON.
    """
    meta, text = document.meta, document.content or ""
    number = next((meta[name] for name in PAGES if type(meta.get(name)) is int and meta[name] >= 1), None)
    page = number or 1
    passage = Passage(
        text=text,
        spans=(Span(page, 0, len(text)),),
        label=_word(meta, "label"),
        heading_path=_words(meta, "heading_path"),
        lead=_word(meta, "lead") or "",
        language=_word(meta, "language") or detect_language(text),
        page=page,
        page_label=_word(meta, "page_label"),
        speaker=_word(meta, "speaker"),
    )
    ours = Document(
        id=own_id(document.id),
        path=f"{FORMAT}:{document.id}",
        title=_title(document),
        format=FORMAT,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        bytes=len(text.encode()),
        paged=number is not None,
        pages=1,
        symbol=_word(meta, "symbol"),
        body=_word(meta, "body"),
        type=_word(meta, "type"),
        date=_date(meta),
        language=passage.language,
        url=_word(meta, "url"),
        meeting=_word(meta, "meeting"),
        speaker=passage.speaker,
        access=_word(meta, "access") or "public",
        countries=_words(meta, "countries"),
        themes=_words(meta, "themes"),
        aliases=_words(meta, "aliases"),
    )
    pages = (Page(page, passage.page_label or str(page), text),)
    embedding = None if document.embedding is None else np.asarray(document.embedding, "<f8").tobytes()
    return Parsed(ours, pages, (passage,)), Deposit(document.id, _record(document), embedding)


def own_id(name: str) -> str:
    """The id of our document for a Haystack document of this id: of one form, whatever characters that holds, and
    longer than the ids of files, so that neither can be taken for the other."""
    return f"h{hashlib.blake2b(name.encode(), digest_size=10).hexdigest()}"


def _record(document: HaystackDocument) -> str:
    values = document.to_dict(flatten=False)
    kept = {name: values[name] for name in ("score", "blob", "sparse_embedding") if values[name] is not None}
    if document.content is None:
        kept["content"] = None
    try:
        return json.dumps({"meta": document.meta, **kept}, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The meta of document '{document.id}' cannot be kept as JSON ({error}). Write dates as ISO text and "
            "other objects as text, numbers, lists or dictionaries."
        ) from error


def _title(document: HaystackDocument) -> str:
    for name in TITLES:
        found = _word(document.meta, name)
        if found:
            return PurePath(found).name if name == "file_path" else found
    words = " ".join((document.content or "").split())
    if len(words) > TITLE_LETTERS:
        words = words[:TITLE_LETTERS].rpartition(" ")[0] + " …"
    return words or document.id


def _word(meta: Mapping[str, Any], name: str) -> str | None:
    value = meta.get(name)
    return value if isinstance(value, str) and value else None


def _words(meta: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = meta.get(name)
    listed: Sequence[Any] = value if isinstance(value, list | tuple) else ()
    return tuple(one for one in listed if isinstance(one, str))


def _date(meta: Mapping[str, Any]) -> str | None:
    """The day of an ISO date or time, or the year or month where no more is known."""
    date = (_word(meta, "date") or "").partition("T")[0]
    try:
        return check_date(date) if date else None
    except UsageError:
        return None
