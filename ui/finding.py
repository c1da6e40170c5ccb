"""From what a person calls a document or a place in it to the thing itself."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from corpus.errors import NotFoundError, UsageError
from corpus.lexicon import find_countries, fold, themes
from corpus.lookup import Lookup
from corpus.records import Document, Filters, OutlineEntry, Page, StoredPassage
from corpus.relations import Related
from corpus.symbols import normalise_symbol

CANDIDATES = 8
_SHORT_LABEL = re.compile(
    r"(?P<kind>(?:art(?:icle)?|para(?:graph)?|rec(?:ital)?|section|chapter|annex)(?![a-z])\.?|§)?\s*(?P<rest>[\w().]+.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A document opened: the passages asked for (all, or those of a label or page), and the page where one was; the
    documents that it is related to, and all files that hold it to the byte."""

    document: Document
    outline: tuple[OutlineEntry, ...]
    passages: tuple[StoredPassage, ...]
    page: Page | None = None
    related: tuple[Related, ...] = ()
    paths: tuple[str, ...] = ()


def find_document(documents: Sequence[Document], reference: str) -> Document:
    """The one document that `reference` names: by id, path or its end, symbol, title, or a part of the title.

    Raises:
        UsageError: it fits several; the message lists them.
        NotFoundError: it fits none; the message names near ones.
    """
    wanted = reference.strip()
    if not wanted:
        raise UsageError("Name a document: by its id, path, symbol or title.")
    for fits in _ways(wanted):
        found = [document for document in documents if fits(document)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f'"{wanted}" fits {len(found)} documents; name one by its id:\n{_listed(found)}')
    near = _near(documents, wanted)
    hint = f" Near to it:\n{_listed(near)}" if near else " List them with: rapporteur documents"
    raise NotFoundError(f'There is no document "{wanted}" in the knowledge base.{hint}')


def _ways(wanted: str) -> Iterable[Callable[[Document], bool]]:
    """How a name may fit, the surest first."""
    path = wanted.replace("\\", "/").removeprefix("./").casefold()
    symbol, title = normalise_symbol(wanted), fold(wanted)

    def ends(document: Document) -> bool:
        return f"/{document.path}".replace("\\", "/").casefold().endswith(f"/{path.lstrip('/')}")

    return (
        lambda document: document.id == wanted,
        lambda document: document.path == wanted,
        ends,
        lambda document: document.symbol is not None and normalise_symbol(document.symbol) == symbol,
        lambda document: fold(document.title) == title,
        lambda document: any(fold(alias) == title for alias in document.aliases),
        lambda document: bool(title) and title in fold(document.title),
        lambda document: PurePath(document.path).stem.casefold() == path,
    )


def _listed(documents: Sequence[Document]) -> str:
    lines = [f"  {document.id}  {document.title}  ({document.path})" for document in documents[:CANDIDATES]]
    if len(documents) > CANDIDATES:
        lines.append(f"  and {len(documents) - CANDIDATES} more")
    return "\n".join(lines)


def _near(documents: Sequence[Document], wanted: str) -> list[Document]:
    names: dict[str, Document] = {}
    for document in documents:
        for name in (document.title, document.symbol or "", PurePath(document.path).name, *document.aliases):
            names.setdefault(fold(name), document)
    close = difflib.get_close_matches(fold(wanted), list(names), CANDIDATES, 0.5)
    words = set(fold(wanted).split())
    sharing = sorted(names, key=lambda name: -len(words & set(name.split())))
    close += [name for name in sharing[:CANDIDATES] if len(words & set(name.split())) * 2 >= len(words)]
    return list({names[name].id: names[name] for name in close}.values())[:5]


def find_label(passages: Sequence[StoredPassage], label: str) -> list[StoredPassage]:
    """The passages that bear a label or a finer one below it: "Article 13" finds 13(1) too, and so does "13".

    Raises:
        NotFoundError: none does; the message names labels that the document has.
    """
    wanted = _plain(label)
    found = [stored for stored in passages if any(_below(_plain(own), wanted) for own in _labels(stored))]
    if not found and wanted[:1].isdigit():
        found = [
            stored
            for stored in passages
            if any(_below(_plain(own).partition(" ")[2], wanted) for own in _labels(stored))
        ]
    if found:
        return found
    known = list(dict.fromkeys(own for stored in passages for own in _labels(stored)))
    near = difflib.get_close_matches(label, known, 5, 0.4) or known[:5]
    hint = f" It has for example: {', '.join(near)}." if near else " It has no labelled parts."
    raise NotFoundError(f'There is no "{label}" in this document.{hint}')


def _labels(stored: StoredPassage) -> list[str]:
    own = [stored.passage.label] if stored.passage.label else []
    return own + [label for _, label in stored.passage.pinpoints]


def _plain(label: str) -> str:
    """Labels for comparison: "Art. 13 (1)" is "article 13(1)", "§ 45" is "para 45"."""
    match = _SHORT_LABEL.fullmatch(label.strip())
    if match is None:
        return label.strip().casefold()
    kind = (match["kind"] or "").casefold().rstrip(".")
    kind = "article" if kind.startswith("art") else "para" if kind.startswith("para") or kind == "§" else kind
    rest = re.sub(r"\s+(?=\()", "", match["rest"].casefold())
    return f"{kind} {rest}".strip()


def _below(label: str, wanted: str) -> bool:
    return label == wanted or label.startswith((f"{wanted}(", f"{wanted}."))


def on_page(
    store: Lookup, document: Document, passages: Sequence[StoredPassage], page: int
) -> tuple[list[StoredPassage], Page]:
    """The passages of which some text stands on a page of the file, counted from 1, and that page.

    Raises:
        UsageError: the document has no pages.
        NotFoundError: it has no such page.
    """
    if not document.paged:
        raise UsageError(f"{document.title} has no pages; show it whole, or a part of it with --label.")
    found = store.page(document.id, page)
    if found is None:
        raise NotFoundError(f"There is no page {page}: {document.title} has pages 1 to {document.pages}.")
    return [stored for stored in passages if any(span.page == page for span in stored.passage.spans)], found


def understood(filters: Filters | None) -> Filters | None:
    """The filters as the store takes them: countries by their ISO codes and themes by their ids, where a person may
    write "Albania" and "Child trafficking".

    Raises:
        UsageError: a date is none of the calendar.
    """
    for date in (filters.date_from, filters.date_to) if filters else ():
        _check_calendar(date)
    if filters is None or not (filters.country or filters.theme):
        return filters
    codes = [code for name in filters.country for code in (list(find_countries(name)) or [name])]
    ids = {fold(theme.title): theme.id for theme in themes()}
    return replace(filters, country=tuple(codes), theme=tuple(ids.get(fold(name), name) for name in filters.theme))


def _check_calendar(date: str | None) -> None:
    if date is None:
        return
    try:
        datetime.date.fromisoformat(date + "-01-01"[len(date) - 4 :] if len(date) in {4, 7} else date)
    except ValueError:
        text = f"'{date}' is not a date: write a year, month or day such as 2023, 2023-06 or 2023-06-06."
        raise UsageError(text) from None
