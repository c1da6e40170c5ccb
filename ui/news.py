"""What is new: documents and commitments since a day or since the last look, and new passages of saved searches.

The saved searches, and how far each was looked through, are kept in `searches.json` in the home.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus.commitments import Kept, Wanted
from corpus.errors import NotFoundError, UsageError
from corpus.filters import check_date
from corpus.meetings import Meeting
from corpus.records import Document, Filters
from search.records import Hit
from ui import shapes, terminal
from ui.gatherings import meeting_shape
from ui.home import writing
from ui.matrix import commitment_shape
from ui.service import KnowledgeBase

FILE_NAME = "searches.json"
# A passage is news of a search only where it is among the first of all that the search finds.
DEPTH = 50
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """How far was looked: a revision, and the day on which it was the newest."""

    revision: int
    day: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A search that is asked again and again. `seen` is None before its first look."""

    name: str
    query: str
    filters: Filters = field(default_factory=Filters)
    seen: Mark | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What is kept between looks: the searches by name, and the looks at the documents, the oldest first."""

    searches: tuple[Saved, ...] = ()
    looks: tuple[Mark, ...] = ()

    def find(self, name: str) -> Saved | None:
        """The search of that name."""
        return next((one for one in self.searches if one.name == name), None)

    def with_search(self, saved: Saved) -> Desk:
        """With this search in the place of the one of its name."""
        return replace(self, searches=(*(one for one in self.searches if one.name != saved.name), saved))


@dataclass(frozen=True, slots=True)
class DocumentNews:
    """Documents that came in, those read anew because their files changed, the commitments of both, and the meetings that
    no document told of before. `since` is the
    day asked for or of the last look, None where there was none; `changes_known` is false where no earlier look tells
    which documents changed."""

    since: str | None
    added: tuple[Document, ...]
    changed: tuple[Document, ...]
    commitments: tuple[Kept, ...]
    changes_known: bool
    meetings: tuple[Meeting, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchNews:
    """New passages of a search, best first; at the first look the best of all."""

    saved: Saved
    hits: tuple[Hit, ...]
    first: bool


def today() -> str:
    """The day in UTC, as documents are dated when they come in."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


# -- what is kept ------------------------------------------------------------------------------------------


def load(home: Path) -> Desk:
    """What was kept; nothing where there is no file.

    Raises:
        UsageError: the file was spoilt.
    """
    file = home / FILE_NAME
    if not file.is_file():
        return Desk()
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        searches = [
            Saved(
                str(one["name"]),
                str(one["query"]),
                _filters(one["filters"]),
                Mark(**one["seen"]) if one["seen"] else None,
            )
            for one in content["searches"]
        ]
        return Desk(tuple(searches), tuple(Mark(**one) for one in content["looks"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{file} cannot be read ({error}). Mend it, or delete it to begin anew.") from error


def _filters(content: dict[str, Any]) -> Filters:
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
    }
    return Filters(**given)


def keep(home: Path, desk: Desk) -> None:
    """Write it, whole or not at all."""
    content = asdict(desk)
    for one in content["searches"]:
        one["filters"] = {name: value for name, value in one["filters"].items() if value}
    file = home / FILE_NAME
    half = file.with_name(f".{FILE_NAME}.{os.getpid()}")
    with writing(file):
        half.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        half.replace(file)


def forget(home: Path, name: str) -> None:
    """Forget a saved search.

    Raises:
        NotFoundError: there is none of that name.
    """
    desk = load(home)
    if desk.find(name) is None:
        known = ", ".join(f'"{one.name}"' for one in desk.searches) or "none"
        raise NotFoundError(f'There is no saved search "{name}". Saved are: {known}.')
    keep(home, replace(desk, searches=tuple(one for one in desk.searches if one.name != name)))


# -- looking -----------------------------------------------------------------------------------------------


def documents_since(
    base: KnowledgeBase, desk: Desk, day: str | None = None, filters: Filters | None = None
) -> DocumentNews:
    """What came in or changed since a day, or since the last look.

    Raises:
        UsageError: the day is none.
    """
    first = first_day(day) if day is not None else ""
    # What changed on that very day counts, so that only a look of a day before can tell.
    earlier = [look for look in desk.looks if day is None or look.day < first]
    mark = earlier[-1] if earlier else None
    since = first or (mark.day if mark else "")
    everything = base.documents(filters)
    newer = _changed_after(base, mark.revision) if mark else set()
    # Two looks on one day: what the first one saw is not new to the second.
    fresh = {one.id for one in everything if one.added >= since and (one.id in newer or day is not None or not mark)}
    added = tuple(one for one in everything if one.id in fresh)
    changed = tuple(one for one in everything if one.id in newer and one.id not in fresh)
    ids = tuple(one.id for one in (*added, *changed))
    commitments = base.commitments(Wanted(documents=Filters(document_id=ids))) if ids and since else []
    told = [one for one in base.meetings(filters) if {held.id for held in one.documents} <= fresh]
    return DocumentNews(since or None, added, changed, tuple(commitments), mark is not None, tuple(told))


def first_day(date: str) -> str:
    """The first day of an ISO year, month or day.

    Raises:
        UsageError: it is none.
    """
    return f"{check_date(date)}-01-01"[: len("2025-01-01")]


def _changed_after(base: KnowledgeBase, revision: int) -> set[str]:
    return {stored.document_id for stored, _, _ in base.store.added(revision)}


def search_news(base: KnowledgeBase, saved: Saved, k: int, day: str | None = None) -> SearchNews:
    """The passages of a search that are new since its last look, or, with `day`, are of documents that came in since."""
    found = base.search(saved.query, DEPTH, filters=saved.filters or None).hits
    if day is not None:
        return SearchNews(saved, tuple(hit for hit in found if hit.document.added >= first_day(day))[:k], False)
    if saved.seen is None:
        return SearchNews(saved, found[:k], True)
    newest = base.store.first_added(saved.seen.revision)
    new = [] if newest is None else [hit for hit in found if hit.stored.seq >= newest]
    return SearchNews(saved, tuple(new[:k]), False)


def seen(desk: Desk, revision: int, searches: Iterable[Saved], *, documents: bool) -> Desk:
    """The desk after a look at these searches, and at the documents where `documents` is true."""
    mark = Mark(revision, today())
    for one in searches:
        desk = desk.with_search(replace(one, seen=mark))
    kept = tuple(look for look in desk.looks if look.day != mark.day)
    return replace(desk, looks=(*kept, mark)) if documents else desk


# -- faces -------------------------------------------------------------------------------------------------


def report(documents: DocumentNews | None, searches: Iterable[SearchNews]) -> str:
    """For the terminal."""
    parts = []
    if documents is not None:
        since = f"since {documents.since}" if documents.since else "in the first look"
        parts.append(_listed(f"Documents added {since}", documents.added))
        if documents.changes_known:
            parts.append(_listed("Documents changed", documents.changed))
        elif documents.since:
            parts.append("Which documents changed is not known: nobody looked before that day.")
        if documents.meetings:
            lines = [terminal.bold(f"Meetings: {len(documents.meetings):,}")]
            lines += [terminal.wrapped(f"{one.title} ({one.id})", indent="  ") for one in documents.meetings[:SHOWN]]
            parts.append("\n".join(lines))
        if documents.commitments:
            lines = [terminal.bold(f"Commitments in them: {len(documents.commitments):,}")]
            for kept in documents.commitments[:SHOWN]:
                lines.append(
                    terminal.wrapped(f"“{kept.commitment.text}” ({terminal.name(kept.document)})", indent="  ")
                )
            parts.append("\n".join(lines))
    for one in searches:
        what = "saved; the best passages now" if one.first else f"{len(one.hits)} new passages"
        parts.append(terminal.bold(f"{one.saved.name}: {what}"))
        parts += [terminal.hit(hit) for hit in one.hits]
    return "\n\n".join(parts)


def _listed(head: str, documents: tuple[Document, ...]) -> str:
    lines = [terminal.bold(f"{head}: {len(documents):,}")]
    lines += [terminal.wrapped(terminal.name(one), indent="  ", hanging="    ") for one in documents[:SHOWN]]
    if len(documents) > SHOWN:
        lines.append(f"  and {len(documents) - SHOWN:,} more")
    return "\n".join(lines)


def shape(documents: DocumentNews | None, searches: Iterable[SearchNews], revision: int) -> dict[str, Any]:
    """`news --json`."""
    return {
        "revision": revision,
        "since": None if documents is None else documents.since,
        "added": [] if documents is None else [_document(one) for one in documents.added],
        "changed": [] if documents is None else [_document(one) for one in documents.changed],
        "changes_known": documents is not None and documents.changes_known,
        "meetings": [] if documents is None else [meeting_shape(one) for one in documents.meetings],
        "commitments": [] if documents is None else [commitment_shape(one) for one in documents.commitments],
        "searches": [
            {
                "name": one.saved.name,
                "query": one.saved.query,
                "first": one.first,
                "seen": None if one.saved.seen is None else asdict(one.saved.seen),
                "results": [shapes.hit(hit) for hit in one.hits],
            }
            for one in searches
        ],
    }


def _document(document: Document) -> dict[str, Any]:
    return shapes.source(document) | {"added": document.added or None}
