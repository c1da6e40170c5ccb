"""Between the store's rows and the records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from corpus.records import (
    Basis,
    Certainty,
    Claim,
    Document,
    Event,
    Kind,
    Passage,
    Resolved,
    Scan,
    ScannedWord,
    Span,
    StoredPassage,
)
from corpus.sql import Row

DOCUMENT_COLUMNS = (
    "id", "path", "title", "format", "sha256", "bytes", "paged", "pages", "pages_without_text", "symbol", "symbol_norm",
    "body", "type", "date", "language", "url", "meeting", "speaker", "access", "warnings", "outline", "revision",
    "standing", "adopted", "published", "place", "details", "signature", "added",
)  # fmt: skip
_NOT_IN_RECORD = frozenset({"symbol_norm", "outline", "revision", "details"})


def details_of(document: Document) -> str:
    """What has no column of its own, as JSON."""
    kept = {
        "speakers": document.speakers,
        "basis": [[one.field, one.source, one.certainty.value] for one in document.basis],
        "claims": [[one.relation, one.target, one.source] for one in document.claims],
        "resolved": [[one.printed, one.date, one.page] for one in document.resolved],
        "event": asdict(document.event) if document.event else None,
    }
    return json.dumps({name: value for name, value in kept.items() if value}, ensure_ascii=False)


def _event(kept: dict[str, Any] | None) -> Event | None:
    if kept is None:
        return None
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Event(**values)


@lru_cache(maxsize=10_000)
def _basis(field: str, source: str, certainty: str) -> Basis:
    """Documents of one kind have the same, field by field: each is made, and held, once."""
    return Basis(field, source, Certainty(certainty))


def document_of(row: Row, listed: Mapping[str, Sequence[str]]) -> Document:
    """A document from its row and its values of several-valued fields."""
    plain = {name: row[name] for name in DOCUMENT_COLUMNS if name not in _NOT_IN_RECORD}
    plain["paged"] = bool(row["paged"])
    plain["warnings"] = tuple(_list(row["warnings"]))
    details = json.loads(row["details"])
    return Document(
        **plain,
        speakers=tuple(details.get("speakers", ())),
        basis=tuple(_basis(name, source, sure) for name, source, sure in details.get("basis", ())),
        claims=tuple(Claim(*claim) for claim in details.get("claims", ())),
        resolved=tuple(Resolved(*one) for one in details.get("resolved", ())),
        event=_event(details.get("event")),
        countries=tuple(listed.get("country", ())),
        themes=tuple(listed.get("theme", ())),
        aliases=tuple(listed.get("alias", ())),
    )


def passage_of(row: Row) -> StoredPassage:
    """A passage from its row, which must carry `document_id` too."""
    passage = Passage(
        text=row["text"],
        spans=tuple(Span(*span) for span in _list(row["spans"])),
        ordinal=row["ordinal"],
        kind=Kind(row["kind"]),
        label=row["label"],
        heading_path=tuple(_list(row["heading_path"])),
        lead=row["lead"],
        language=row["language"],
        page=row["page"],
        page_label=row["page_label"],
        speaker=row["speaker"],
        pinpoints=tuple((offset, label) for offset, label in _list(row["pinpoints"])),
    )
    return StoredPassage(row["seq"], f"{row['document_id']}-{row['ordinal']}", row["document_id"], passage)


def _list(kept: str) -> list[Any]:
    # Most are empty, and a question reads hundreds of them.
    return [] if kept == "[]" else json.loads(kept)


def scan_row(scan: Scan) -> str:
    """The words of a scanned page as the store keeps them."""
    words = [[word.start, word.end, *word.box, word.confidence] for word in scan.words]
    return json.dumps([scan.confidence, words], separators=(",", ":"))


def scan_of(page: int, kept: str) -> Scan:
    """A scanned page from what the store keeps of it."""
    confidence, words = json.loads(kept)
    placed = (
        ScannedWord(start, end, (left, top, right, bottom), sure)
        for start, end, left, top, right, bottom, sure in words
    )
    return Scan(page, confidence, tuple(placed))


def passage_row(passage: Passage) -> tuple[object, ...]:
    """The columns of a passage from `ordinal` to `text`, in the table's order."""
    return (
        passage.ordinal,
        passage.kind.value,
        passage.label,
        json.dumps(passage.heading_path, ensure_ascii=False),
        passage.lead,
        passage.language,
        passage.page,
        passage.page_label,
        passage.speaker,
        json.dumps([[span.page, span.start, span.end] for span in passage.spans]),
        json.dumps(passage.pinpoints, ensure_ascii=False),
        passage.text,
    )
