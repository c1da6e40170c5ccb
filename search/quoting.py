"""Looking up the quotations and citations of a draft: does it stand in the corpus word for word, and where it is said to?

The lexical index proposes passages, the stored text decides. No model is needed, and nothing is guessed: a quotation is
called verbatim only where it was proved on the stored page (`search.verify`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.records import Document, StoredPassage
from corpus.store import Store
from search.attribution import Fit, Located, fit_of, place_exists
from search.citations import Cited
from search.comparing import Difference, Quote, read_quote, stands
from search.drafts import Mention, Quotation
from search.lexical import LexicalIndex
from search.standing import Seeker


class Status(StrEnum):
    """What was found of a quotation."""

    VERBATIM = "verbatim"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not_found"


class Held(StrEnum):
    """What was found of a citation."""

    HELD = "held"
    NO_SUCH_PLACE = "no_such_place"
    NOT_HELD = "not_held"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a quotation turned out to be. `located` is where it stands, or what is nearest where it is altered;
    `elsewhere` are other places where it stands verbatim; `at_cited` is the nearest text at the cited place where the
    quotation stands elsewhere, and `differences` are from that. `notes` say what was passed over and what could not be
    checked. With `in_print` all words stand there, and only capitals, hyphens and punctuation may differ."""

    quotation: Quotation
    status: Status
    located: Located | None = None
    elsewhere: tuple[Located, ...] = ()
    differences: tuple[Difference, ...] = ()
    at_cited: Located | None = None
    fit: Fit = Fit.NOTHING_CITED
    notes: tuple[str, ...] = ()
    in_print: bool = False


@dataclass(frozen=True, slots=True)
class CitationFinding:
    """Whether what a sentence cites is held; `reason` says in words what is missing."""

    mention: Mention
    status: Held
    reason: str
    documents: tuple[Document, ...] = ()


class Quoter:
    """Looks quotations and citations up in one revision of the corpus; keeps what it read for the length of a draft."""

    def __init__(self, store: Store, lexical: LexicalIndex, documents: Mapping[str, Document]) -> None:
        self._store = store
        self._lexical = lexical
        self._documents = documents
        self._seeker = Seeker(store, lexical, documents)

    # -- quotations ----------------------------------------------------------------------------------------

    def find(self, quotation: Quotation) -> Finding:
        """What the quotation is: verbatim, altered, verbatim but elsewhere than cited, or not in the corpus."""
        quote, cited = read_quote(quotation.text), quotation.cited
        if not quote.pieces:
            return Finding(quotation, Status.NOT_FOUND, notes=("there are no words to look for",))
        places = self._seeker.verbatim(quote, self._seeker.exact(quote))
        near: list[StoredPassage] = []
        if not _right(places, cited, self._store):
            # Over the borders of passages no phrase is found whole, so that its parts have to lead there.
            near = self._seeker.near(quote, cited.documents if cited else ())
            places = list(dict.fromkeys([*places, *self._seeker.verbatim(quote, near)]))
        if places:
            return self._standing(quotation, quote, places, near)
        return self._title(quotation, quote, near) or self._altered(quotation, quote, near)

    def _title(self, quotation: Quotation, quote: Quote, near: Sequence[StoredPassage]) -> Finding | None:
        """A quotation that is the title of a document, or a heading: those are no words of a passage. Whoever names a
        title does not say that it stands in another text, so that its citation is not judged."""
        for document in self._documents.values():
            if stands(quote, document.title):
                located = Located(document, "", (), (), document.title, ("it is the title of the document",))
                return Finding(quotation, Status.VERBATIM, located, fit=Fit.NOTHING_CITED, notes=located.notes)
        for stored in near:
            for heading in stored.passage.heading_path:
                if stands(quote, heading):
                    document = self._documents[stored.document_id]
                    pages = ((stored.passage.page, stored.passage.page_label or ""),) if document.paged else ()
                    located = Located(document, stored.id, (), pages, heading, (f"it is the heading “{heading}”",))
                    return Finding(quotation, Status.VERBATIM, located, fit=Fit.NOTHING_CITED, notes=located.notes)
        return None

    def _standing(
        self, quotation: Quotation, quote: Quote, places: Sequence[Located], near: Sequence[StoredPassage]
    ) -> Finding:
        cited = quotation.cited
        order = [Fit.RIGHT, Fit.UNKNOWN, Fit.NOTHING_CITED, Fit.WRONG]
        if cited is not None and any(place.document.id in cited.documents for place in places):
            # A copy that has no labels cannot excuse what another copy of the same text refutes.
            order = [Fit.RIGHT, Fit.WRONG, Fit.UNKNOWN, Fit.NOTHING_CITED]
        own = set(cited.documents) if cited is not None else set()
        judged = sorted(
            ((fit_of(self._store, place, cited), place) for place in places),
            key=lambda one: (
                bool(own) and one[1].document.id not in own,
                order.index(one[0].fit),
                one[1].document.type == "digest",
            ),
        )
        fit, best = judged[0]
        others = tuple(place for _, place in judged[1:])
        notes = (*best.notes, *fit.reasons)
        if fit.fit is not Fit.WRONG:
            status = Status.ALTERED if best.differences else Status.VERBATIM
            return Finding(quotation, status, best, others, best.differences, fit=fit.fit, notes=notes, in_print=True)
        assert cited is not None
        there = [stored for stored in near if stored.document_id in cited.documents]
        at_cited = self._seeker.nearest(quote, there)
        if at_cited is not None and fit_of(self._store, at_cited[0], cited).fit is Fit.WRONG:
            at_cited = None
        return Finding(
            quotation,
            Status.MISATTRIBUTED,
            best,
            others,
            at_cited[1] if at_cited else (),
            at_cited[0] if at_cited else None,
            fit.fit,
            notes,
            in_print=True,
        )

    def _altered(self, quotation: Quotation, quote: Quote, near: Sequence[StoredPassage]) -> Finding:
        cited = quotation.cited
        found = None
        if cited is not None and cited.documents:
            found = self._seeker.nearest(quote, [stored for stored in near if stored.document_id in cited.documents])
        found = found or self._seeker.nearest(quote, near)
        if found is None:
            return Finding(quotation, Status.NOT_FOUND, notes=_not_held(cited))
        located, changed = found
        fit = fit_of(self._store, located, cited)
        return Finding(
            quotation, Status.ALTERED, located, differences=changed, fit=fit.fit, notes=(*located.notes, *fit.reasons)
        )

    # -- citations -----------------------------------------------------------------------------------------

    def check(self, mention: Mention) -> CitationFinding:
        """Whether the documents that a sentence cites are held, and have the places that it names."""
        cited = mention.cited
        documents = tuple(self._documents[one] for one in cited.documents)
        missing = "; ".join(f"{name} is not held" for name in cited.missing)
        if not documents:
            return CitationFinding(mention, Held.NOT_HELD, f"{missing}.")
        lacking = place_exists(self._store, documents, cited)
        if lacking:
            reason = "; ".join([*lacking, *([missing] if missing else [])])
            return CitationFinding(mention, Held.NO_SUCH_PLACE, f"{reason}.", documents)
        if missing:
            return CitationFinding(mention, Held.NOT_HELD, f"{missing}.", documents)
        return CitationFinding(mention, Held.HELD, "", documents)


def _right(places: Sequence[Located], cited: Cited | None, store: Store) -> bool:
    """Whether one of the places settles it: nothing is cited, or it is the cited one."""
    if not places or cited is None:
        return bool(places)
    return any(fit_of(store, place, cited).fit is Fit.RIGHT for place in places)


def _not_held(cited: Cited | None) -> tuple[str, ...]:
    if cited is None or not cited.missing:
        return ()
    return tuple(f"{name} is not held" for name in cited.missing)
