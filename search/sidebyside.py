"""One concept over several instruments: the provisions of each that are about it, found by their headings and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.concepts import Crosswalk, SideConcept
from corpus.lexicon import fold, instrument
from corpus.records import Document, Kind, StoredPassage
from corpus.store import Store
from corpus.symbols import normalise_symbol
from search.analysis import terms
from search.matching import same_label
from search.verify import Prover

# Where a provision is set off by a label; what has none is a preamble, or was no article.
_LABELLED = ("Article", "para.", "Section", "Principle", "Chapter", "recital")


@dataclass(frozen=True, slots=True)
class Provision:
    """A provision with its words as stored; `page` is None in a document without pages. `pinned` says that a curator
    named it."""

    label: str
    heading: str
    text: str
    passage_id: str
    page: int | None
    page_label: str | None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """An instrument that is held, with its provisions on the concept, in their order; none where it has none."""

    document: Document
    provisions: tuple[Provision, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A concept over instruments. `not_held` names those that are looked for and not in the corpus."""

    concept: SideConcept
    columns: tuple[Column, ...]
    not_held: tuple[str, ...]


def side_by_side(
    store: Store, concept: SideConcept, whole: Crosswalk, documents: Sequence[Document], *, only: bool = False
) -> SideBySide:
    """Look the concept up in the instruments of `whole` among these documents, or, with `only`, in every one of them."""
    if only:
        chosen: list[tuple[str | None, Document]] = [(None, document) for document in documents]
        missing: list[str] = []
    else:
        held = {one: _texts_of(one, documents) for one in whole.instruments}
        chosen = [(one, document) for one, texts in held.items() for document in texts]
        missing = [_name(one) for one, texts in held.items() if not texts]
    columns = [Column(document, _provisions(store, concept, document, one)) for one, document in chosen]
    return SideBySide(concept, tuple(columns), tuple(missing))


def ad_hoc(name: str) -> SideConcept:
    """A concept that is on no list: its words as they stand, in a heading or a provision."""
    return SideConcept(id=fold(name).replace(" ", "-"), name=name, headings=(name,), terms=((name,),))


def _name(instrument_id: str) -> str:
    known = instrument(instrument_id)
    return known.names[0] if known else instrument_id


def _texts_of(instrument_id: str, documents: Sequence[Document]) -> list[Document]:
    """The documents that hold the instrument's own text; a digest of it only where there is nothing else."""
    known = instrument(instrument_id)
    if known is None:
        return []
    names = {fold(name) for name in known.names}
    symbol = normalise_symbol(known.symbol) if known.symbol else None
    # Papers about an instrument may bear its symbol: what is called by its name is the text itself.
    found = [one for one in documents if names & {fold(name) for name in (one.title, *one.aliases)}]
    found = found or [one for one in documents if one.symbol and normalise_symbol(one.symbol) == symbol]
    whole = [one for one in found if one.type != "digest"]
    return whole or found


# -- in one document ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Segment:
    """The stretch of a passage under one label."""

    stored: StoredPassage
    label: str
    start: int
    end: int

    @property
    def heading(self) -> str:
        """The innermost heading above it."""
        path = self.stored.passage.heading_path
        return path[-1] if path else ""

    @property
    def text(self) -> str:
        """Its words."""
        return self.stored.passage.text[self.start : self.end].strip()


def _provisions(
    store: Store, concept: SideConcept, document: Document, instrument_id: str | None
) -> tuple[Provision, ...]:
    pinned = (concept.pinned or {}).get(instrument_id or "", ())
    left_out = (concept.left_out or {}).get(instrument_id or "", ())
    # A treaty may be followed by its translation; it is quoted in its own language.
    own = [
        segment
        for stored in store.passages_of(document.id)
        if stored.passage.language in {None, document.language} and stored.passage.kind is not Kind.FOOTNOTE
        for segment in _segments(stored)
        if not _named(segment, left_out)
    ]
    if pinned:
        chosen = [segment for segment in own if _named(segment, pinned)]
    else:
        chosen = _with_items(own, concept)
        chosen = chosen or [segment for segment in own if _headed(segment, concept.else_headings)]
    prover = Prover(store)
    found = [_provision(prover, document, segment, pinned=bool(pinned)) for segment in chosen]
    return tuple(one for one in found if one is not None)


def _with_items(segments: Sequence[_Segment], concept: SideConcept) -> list[_Segment]:
    """The segments about the concept; "The term … comprises:" takes its items along."""
    found = []
    governing = ""
    for segment in segments:
        below = bool(governing) and segment.label != governing and same_label(governing, segment.label, None, None)
        if not below:
            fits = _about(segment, concept)
            governing = segment.label if fits and segment.text.endswith(":") else ""
        if below or fits:
            found.append(segment)
    return found


def _named(segment: _Segment, labels: Sequence[str]) -> bool:
    return any(same_label(label, segment.label, None, None) for label in labels)


def _provision(prover: Prover, document: Document, segment: _Segment, *, pinned: bool) -> Provision | None:
    """The segment as shown; None where it cannot be proved on its page."""
    proven = prover.prove(segment.text, segment.stored)
    if not proven:
        return None
    page = proven[0] if document.paged else None
    return Provision(
        segment.label,
        segment.heading,
        segment.text,
        segment.stored.id,
        page.page if page else None,
        page.page_label if page else None,
        pinned,
    )


def _segments(stored: StoredPassage) -> list[_Segment]:
    """The passage parted at its finer labels; none where it has no label."""
    passage = stored.passage
    if not passage.label or not passage.label.startswith(_LABELLED):
        return []
    starts = [(offset, label) for offset, label in passage.pinpoints]
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, passage.label))
    ends = [offset for offset, _ in starts[1:]] + [len(passage.text)]
    return [
        _Segment(stored, label, start, end) for (start, label), end in zip(starts, ends, strict=True) if end > start
    ]


def _about(segment: _Segment, concept: SideConcept) -> bool:
    stems = _stems(segment.text)
    if any(_holds(stems, phrase) for phrase in concept.excluded):
        return False
    if _headed(segment, concept.headings):
        return True
    return any(all(_holds(stems, phrase) for phrase in phrases) for phrases in concept.terms)


def _headed(segment: _Segment, phrases: Sequence[str]) -> bool:
    """Whether its article's heading begins so: "Remedies and non-punishment" is one of two things, and says nothing of
    each paragraph."""
    plain = _stems(segment.heading.partition(" – ")[2] or segment.heading)
    return any(plain.startswith(_stems(phrase)) for phrase in phrases)


@lru_cache(maxsize=4096)
def _stems(text: str) -> str:
    """The terms of a text in one line, a blank at both ends, so that a phrase is a part of it."""
    return f" {' '.join(terms(text))} "


def _holds(stems: str, phrase: str) -> bool:
    wanted = _stems(phrase)
    return bool(wanted.strip()) and wanted in stems
