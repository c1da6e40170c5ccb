"""The JSON shapes of every command, from the records of the rooms. Keys may be added here, never removed or renamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.records import Document, OutlineEntry, Page, Problem, StoredPassage
from corpus.relations import Related
from ingest.extract.scans import ocr_pages
from ingest.outcomes import DUPLICATE, FAILED, INDEXED, REMOVED, UNCHANGED, UPDATED, FileOutcome, IngestReport
from search.records import Answer, Citation, Generation, Hit, Searched, SearchResult, Understood
from ui.finding import Shown

Shape = dict[str, Any]


def source(document: Document) -> Shape:
    """A document as it stands beside a passage."""
    return {
        "id": document.id,
        "title": document.title,
        "path": document.path,
        "symbol": document.symbol,
        "body": document.body,
        "type": document.type,
        "date": document.date,
        "language": document.language,
        "url": document.url,
    }


def whole_document(document: Document, passages: int | None = None) -> Shape:
    """A document with everything known about it; `pages` is null where its file has none."""
    return source(document) | {
        "meeting": document.meeting,
        "speaker": document.speaker,
        "access": document.access,
        "countries": list(document.countries),
        "themes": list(document.themes),
        "aliases": list(document.aliases),
        "standing": document.standing,
        "adopted": document.adopted,
        "published": document.published,
        "place": document.place,
        "speakers": list(document.speakers),
        "basis": {one.field: {"source": one.source, "certainty": one.certainty.value} for one in document.basis},
        "resolved_dates": [
            {"printed": one.printed, "date": one.date, "page": one.page if document.paged else None}
            for one in document.resolved
        ],
        "format": document.format,
        "bytes": document.bytes,
        "sha256": document.sha256,
        "pages": document.pages if document.paged else None,
        "pages_without_text": document.pages_without_text,
        "passages": passages,
        "warnings": list(document.warnings),
    }


def passage(stored: StoredPassage, document: Document) -> Shape:
    """A passage without its document."""
    own = stored.passage
    return {
        "passage_id": stored.id,
        "text": own.text,
        "label": own.label,
        "heading_path": list(own.heading_path),
        "lead": own.lead,
        "kind": own.kind.value,
        "language": own.language,
        "page": own.page if document.paged else None,
        "page_label": own.page_label if document.paged else None,
        "speaker": own.speaker,
        "ocr": own.page in ocr_pages(document.warnings),
    }


def hit(one: Hit) -> Shape:
    """A ranked passage."""
    return {
        "rank": one.rank,
        "score": one.score,
        **passage(one.stored, one.document),
        "highlights": [list(span) for span in one.highlights],
        "newer": None if one.newer is None else source(one.newer),
        "document": source(one.document),
    }


def search_result(result: SearchResult) -> Shape:
    """`search --json`."""
    return {
        "query": result.query,
        "mode": result.mode.value,
        "took_ms": round(result.took_ms, 2),
        "revision": result.revision,
        "total": result.total,
        "notes": list(result.notes),
        "understood": [understood(one) for one in result.understood],
        "results": [hit(one) for one in result.hits],
    }


def understood(one: Understood) -> Shape:
    """One thing understood of a question."""
    return {"field": one.field, "value": one.value, "effect": one.effect, "text": one.text}


def searched(found: Searched) -> Shape:
    """What was looked through where nothing was found."""
    return {
        "documents": found.documents,
        "period": {"first": found.first, "last": found.last},
        "languages": list(found.languages),
        "unread_pages": found.unread_pages,
    }


def citation(one: Citation) -> Shape:
    """A place that an answer rests on."""
    paged = one.document.paged
    return {
        "n": one.n,
        "passage_id": one.stored.id,
        "quote": one.quote,
        "page": one.page if paged else None,
        "page_label": one.page_label if paged else None,
        "label": one.label,
        "speaker": one.speaker,
        "authority": one.authority,
        "heading_path": list(one.stored.passage.heading_path),
        "ocr": one.page in ocr_pages(one.document.warnings),
        "newer": None if one.newer is None else source(one.newer),
        "document": source(one.document),
    }


def answer(reply: Answer) -> Shape:
    """`ask --json`."""
    return {
        "question": reply.question,
        "status": reply.status.value,
        "reason": reply.reason,
        "answer": reply.answer,
        "quotations": [{"text": one.quote, "citation": one.n} for one in reply.citations],
        "citations": [citation(one) for one in reply.citations],
        "alternatives": [hit(one) for one in reply.alternatives],
        "confidence": round(min(1.0, max(0.0, reply.confidence)), 4),
        "producer": reply.producer,
        "revision": reply.revision,
        "took_ms": round(reply.took_ms, 2),
        "notes": list(reply.notes),
        "understood": [understood(one) for one in reply.understood],
        "searched": searched(reply.searched) if reply.searched else None,
        "generation": generation(reply.generation),
        "notice": reply.notice or None,
    }


def generation(one: Generation | None) -> Shape | None:
    """What a language model contributed; null where none was asked."""
    if one is None:
        return None
    return {
        "model": one.model,
        "host": one.host,
        "used": one.used,
        "kept": one.kept,
        "removed": [{"text": removed.text, "reason": removed.reason} for removed in one.removed],
        "note": one.note,
    }


def file_outcome(one: FileOutcome) -> Shape:
    """How one file ended."""
    return {
        "path": one.path,
        "outcome": one.outcome,
        "reason": one.reason,
        "pages": one.pages,
        "pages_without_text": one.pages_without_text,
        "passages": one.passages,
        "documents": one.documents,
        "warnings": list(one.warnings),
    }


def ingest_report(report: IngestReport) -> Shape:
    """`ingest --json`."""
    return {
        "indexed": report.count(INDEXED),
        "updated": report.count(UPDATED),
        "unchanged": report.count(UNCHANGED),
        "removed": report.count(REMOVED),
        "duplicates": report.count(DUPLICATE),
        "failed": report.count(FAILED),
        "passages": report.passages,
        "pages": report.pages,
        "embedded": report.embedded,
        "seconds": round(report.seconds, 3),
        "revision": report.revision,
        "notes": list(report.notes),
        "reading": [
            {
                "format": one.format,
                "files": one.files,
                "pages": one.pages,
                "seconds": round(one.seconds, 3),
                "pages_per_second": round(one.pages / one.seconds, 1) if one.pages and one.seconds else None,
            }
            for one in report.reading
        ],
        "files": [file_outcome(one) for one in report.files],
    }


def shown(opened: Shown) -> Shape:
    """`show --json`."""
    document = opened.document
    return {
        "document": whole_document(document, None) | {"paths": list(opened.paths)},
        "related": [related(one) for one in opened.related],
        "outline": outline(opened.outline, document),
        "page": None if opened.page is None else page(opened.page),
        "passages": [passage(stored, document) for stored in opened.passages],
    }


def related(one: Related) -> Shape:
    """A relation of a document; `document` is null where the other one is not held."""
    other = None if one.document is None else source(one.document)
    return {"relation": one.relation, "name": one.name, "basis": one.basis, "document": other}


def page(one: Page) -> Shape:
    """A page as stored; `ocr_confidence` is null where its text was not read by OCR."""
    return {
        "number": one.number,
        "label": one.label,
        "text": one.text,
        "language": one.language,
        "ocr_confidence": one.confidence,
    }


def outline(entries: Sequence[OutlineEntry], document: Document) -> list[Shape]:
    """The lines of an outline."""
    return [
        {"title": entry.title, "level": entry.level, "page": entry.page if document.paged else None}
        for entry in entries
    ]


def problem(one: Problem) -> Shape:
    """Something that is not whole."""
    return {"what": one.what, "remedy": one.remedy, **({"details": one.details} if one.details else {})}


def status(facts: Mapping[str, Any]) -> Shape:
    """`status --json`."""
    return {**facts, "problems": [problem(one) for one in facts["problems"]]}
