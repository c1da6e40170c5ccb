"""Whether the place where a quotation stands is the one that the draft cites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.records import Document, StoredPassage
from corpus.store import Store
from search.citations import Cited
from search.citing import label_at
from search.comparing import Difference
from search.matching import same_label
from search.naming import Pinpoint


class Fit(StrEnum):
    """How a place and a citation agree."""

    RIGHT = "right"
    UNKNOWN = "unknown"  # the cited document is not held, or has no labels or pages to compare
    NOTHING_CITED = "nothing_cited"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Located:
    """A stretch of a document: its labels from the first word to the last, its pages as (number, printed label), and
    its words as they are stored; `differences` where a quotation has them in other capitals or punctuation."""

    document: Document
    passage_id: str
    labels: tuple[str, ...]
    pages: tuple[tuple[int, str], ...]
    text: str
    notes: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    @staticmethod
    def of(
        document: Document,
        parts: Sequence[tuple[StoredPassage, int, int]],
        start: int,
        pages: tuple[tuple[int, str], ...],
        text: str,
        notes: tuple[str, ...],
    ) -> Located:
        """From the stretches of passages that it covers."""
        labels: dict[str, None] = {}
        for stored, begin, end in parts:
            first = label_at(stored, begin)
            inside = [label for offset, label in stored.passage.pinpoints if begin < offset < end]
            labels |= {label: None for label in (first, *inside) if label}
        return Located(document, parts[0][0].id, (*labels,), pages if document.paged else (), text, notes)

    @property
    def label(self) -> str | None:
        """The label of its first word."""
        return self.labels[0] if self.labels else None

    @property
    def page(self) -> int | None:
        """The page of the file where it begins, None where the file has none."""
        return self.pages[0][0] if self.pages else None

    @property
    def page_label(self) -> str | None:
        """What is printed on that page."""
        return self.pages[0][1] if self.pages else None


@dataclass(frozen=True, slots=True)
class Judged:
    """How a place fits a citation, and why where it does not or could not be told."""

    fit: Fit
    reasons: tuple[str, ...] = ()


def fit_of(store: Store, located: Located, cited: Cited | None) -> Judged:
    """Compare document, article or paragraph, and page; the first that is wrong decides."""
    if cited is None or not (cited.names_a_text or cited.names_a_place):
        return Judged(Fit.NOTHING_CITED)
    unsure: list[str] = []
    if cited.documents and located.document.id not in cited.documents:
        if cited.inherited:
            return Judged(Fit.UNKNOWN, ("the draft does not say of which document",))
        if cited.missing:
            return Judged(Fit.UNKNOWN, (f"cited is {_names(cited)}; not all of it is held",))
        return Judged(Fit.WRONG, (f"cited is {_names(cited)}",))
    if not cited.documents:
        unsure.append(f"{_names(cited)} is not held" if cited.missing else "the draft does not say of which document")
    label = _label_fits(store, located, cited.places_in(located.document.id))
    page = _page_fits(located, cited.pages)
    for judged in (label, page):
        if judged.fit is Fit.WRONG and cited.documents:
            return judged
        unsure += judged.reasons
    return Judged(Fit.UNKNOWN if unsure else Fit.RIGHT, tuple(unsure))


def _names(cited: Cited) -> str:
    return ", ".join(dict.fromkeys((*cited.names, *cited.missing)))


def _label_fits(store: Store, located: Located, pinpoints: Sequence[Pinpoint]) -> Judged:
    if not pinpoints:
        return Judged(Fit.RIGHT)
    wanted = [one.label() for one in pinpoints]
    said = " or ".join(wanted)
    for label in wanted:
        if any(same_label(label, own, None, None) for own in located.labels):
            return Judged(Fit.RIGHT)
    # The place may be labelled less finely than it is cited.
    if any(same_label(own, label, None, None) for own in located.labels for label in wanted):
        return Judged(Fit.UNKNOWN, (f"its passage is labelled no finer than {located.label}",))
    kind = wanted[0].split(maxsplit=1)[0]
    if any(own.split(maxsplit=1)[0] == kind for own in located.labels):
        return Judged(Fit.WRONG, (f"cited is {said}",))
    if any(store.labelled(located.document.id, label) for label in wanted):
        return Judged(Fit.WRONG, (f"cited is {said}",))
    return Judged(Fit.UNKNOWN, (f"the document has no {said} to compare with",))


def _page_fits(located: Located, pages: Sequence[str]) -> Judged:
    if not pages:
        return Judged(Fit.RIGHT)
    said = ", ".join(f"p. {page}" for page in pages)
    if not located.pages:
        return Judged(Fit.UNKNOWN, (f"the document is held without pages, so that {said} could not be checked",))
    own = {name.casefold() for number, label in located.pages for name in (str(number), label)}
    return Judged(Fit.RIGHT) if own & set(pages) else Judged(Fit.WRONG, (f"cited is {said}",))


def place_exists(store: Store, documents: Sequence[Document], cited: Cited) -> list[str]:
    """What the citation names and none of the documents has, in words; a document without labels of that kind, or
    without pages, cannot be blamed."""
    lacking = []
    for pinpoint in cited.pinpoints:
        meant = [one for one in documents if pinpoint in cited.places_in(one.id)]
        label = pinpoint.label()
        if meant and all(_lacks(store, one, label) for one in meant):
            lacking.append(f"{meant[0].title} has no {label}")
    paged = [one for one in documents if one.paged]
    for page in cited.pages if len(paged) == len(documents) else ():
        if not any(_has_page(store, one, page) for one in paged):
            lacking.append(f"{paged[0].title} has no page {page}")
    return lacking


def _lacks(store: Store, document: Document, label: str) -> bool:
    """Whether the document has labels of this kind, and not this one. Where only a part of it is missing ("(b)"), the
    text may have it unlabelled."""
    if store.labelled(document.id, label):
        return False
    whole = label.partition("(")[0]
    if whole != label and store.labelled(document.id, whole):
        return False
    kind = label.split(maxsplit=1)[0]
    return any(
        own.split(maxsplit=1)[0] == kind
        for stored in store.passages_of(document.id)
        for own in (stored.passage.label or "", *(label for _, label in stored.passage.pinpoints))
        if own
    )


def _has_page(store: Store, document: Document, page: str) -> bool:
    if page.isdigit() and int(page) <= document.pages:
        return True
    return any(one.label.casefold() == page for one in store.pages(document.id))
