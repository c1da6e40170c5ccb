"""How documents of the corpus stand to each other: revisions, corrigenda, amendments, translations, near copies.

Derived from the records whenever it is asked for, and stored nowhere: what a document is related to depends on what
else is held. The statements of the documents themselves (`Document.claims`) and the grammar of symbols are the source;
near copies are found by their texts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from corpus.lexicon import fold
from corpus.likeness import near_copies
from corpus.records import Document
from corpus.symbols import normalise_symbol

# Each relation, as the one document says it of the other, and the other of the one.
RELATIONS = {
    "corrects": "corrected by",
    "revises": "revised by",
    "adds to": "has addendum",
    "amends": "amended by",
    "supersedes": "superseded by",
    "supplements": "supplemented by",
    "annexed to": "has annex",
    "explains": "explained by",
    "draft of": "adopted from draft",
    "translation of": "translated as",
    "copy of": "has copy",
}
# What a document on the right of these relations says is no longer the last word.
SUPERSEDING = ("revises", "supersedes")
_SUFFIX = re.compile(r"^(?P<base>.+?)[/ ](?P<kind>REV|CORR|ADD)\.?(?P<number>\d+)$")
_KINDS = {"REV": "revises", "CORR": "corrects", "ADD": "adds to"}
_ADOPTED = re.compile(r"/RES/")
_ANNEX = re.compile(r"^(?P<base>.+?)ANNEX[IVX\d]*$")


@dataclass(frozen=True, slots=True)
class Related:
    """One relation of a document, in words ("revised by"): to a document that is held, or to a `name` that is not.
    `basis` says where the relation is stated."""

    relation: str
    document: Document | None
    name: str
    basis: str


class Relations:
    """The relations among some documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = list(documents)
        self._by_symbol: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            if document.symbol:
                self._by_symbol[normalise_symbol(document.symbol)].append(document)
        self._found: dict[str, list[Related]] = defaultdict(list)
        self._relate()

    def of(self, document_id: str) -> tuple[Related, ...]:
        """The relations of a document; those to held documents first, near copies behind what is stated."""
        stated = self._found.get(document_id, [])
        known = {one.document.id for one in stated if one.document is not None}
        near = [
            one for one in self._copies.get(document_id, ()) if one.document is None or one.document.id not in known
        ]
        return tuple(sorted([*stated, *near], key=lambda one: one.document is None))

    @cached_property
    def outdated(self) -> dict[str, Document]:
        """Documents that another one revises or supersedes: {id: the newer one}."""
        words = {RELATIONS[name] for name in SUPERSEDING}
        return {
            number: one.document
            for number, related in self._found.items()
            for one in related
            if one.relation in words and one.document is not None
        }

    @cached_property
    def preferred(self) -> dict[str, str]:
        """Of each near copy that is not the one to show: {its id: the id of the one to show}."""
        held = {document.id: document for document in self._documents}
        chosen: dict[str, str] = {}
        for group in self._groups():
            best = max(group, key=lambda number: _preference(held[number], number in self.outdated))
            chosen |= {number: best for number in group if number != best}
        return chosen

    # -- finding -------------------------------------------------------------------------------------------

    def _relate(self) -> None:
        for document in self._documents:
            for claim in document.claims:
                self._claim(document, claim.relation, claim.target, claim.source)
            self._by_own_symbol(document)
        self._translations()

    def _add(self, document: Document, relation: str, other: Document, basis: str) -> None:
        if document.id == other.id or any(
            known.document is not None and known.document.id == other.id for known in self._found[document.id]
        ):
            return
        self._found[document.id].append(Related(relation, other, other.title, basis))
        self._found[other.id].append(Related(RELATIONS[relation], document, document.title, basis))

    def _claim(self, document: Document, relation: str, target: str, basis: str) -> None:
        held = self._named(target)
        for other in held:
            self._add(document, relation, other, basis)
        if not held:
            self._found[document.id].append(Related(relation, None, target, basis))

    def _named(self, target: str) -> list[Document]:
        by_symbol = self._by_symbol.get(normalise_symbol(target))
        if by_symbol:
            return by_symbol
        wanted = fold(target)
        return [one for one in self._documents if wanted in self._names[one.id]]

    @cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        return {one.id: frozenset(map(fold, (one.title, *one.aliases))) for one in self._documents}

    def _by_own_symbol(self, document: Document) -> None:
        own = normalise_symbol(document.symbol) if document.symbol else ""
        basis = f"its symbol {document.symbol}"
        if annex := _ANNEX.match(own):
            for other in self._by_symbol.get(annex["base"], ()):
                self._add(document, "annexed to", other, basis)
        suffix = _SUFFIX.match(own)
        if suffix is None:
            return
        for other in self._by_symbol.get(suffix["base"], ()):
            self._add(document, _KINDS[suffix["kind"]], other, basis)
        if suffix["kind"] == "REV":
            for number in range(1, int(suffix["number"])):
                for other in self._by_symbol.get(f"{suffix['base']}/REV.{number}", ()):
                    self._add(document, "revises", other, basis)

    def _translations(self) -> None:
        for documents in self._by_symbol.values():
            first, *others = sorted(documents, key=lambda one: (one.language != "en", one.path))
            for other in others:
                if first.language and other.language and first.language != other.language:
                    self._add(other, "translation of", first, f"the same symbol {other.symbol} in another language")

    @cached_property
    def _near(self) -> dict[tuple[str, str], float]:
        return near_copies({document.id: document.signature for document in self._documents})

    @cached_property
    def _copies(self) -> dict[str, list[Related]]:
        """Near copies, by document: found only when asked for, for it takes comparing all texts."""
        found: dict[str, list[Related]] = defaultdict(list)
        held = {document.id: document for document in self._documents}
        for (one, other), alike in self._near.items():
            first, second = held[one], held[other]
            worse, better = sorted((first, second), key=lambda d: _preference(d, d.id in self.outdated))
            drafted = bool(_ADOPTED.search(better.symbol or "")) and not _ADOPTED.search(worse.symbol or "")
            relation, basis = "draft of" if drafted else "copy of", f"{alike:.0%} of the wording is the same"
            found[worse.id].append(Related(relation, better, better.title, basis))
            found[better.id].append(Related(RELATIONS[relation], worse, worse.title, basis))
        return found

    def _groups(self) -> Iterable[set[str]]:
        """Near copies of each other, as sets of ids."""
        group_of: dict[str, set[str]] = {}
        for first, second in self._near:
            merged = group_of.get(first, {first}) | group_of.get(second, {second})
            for number in merged:
                group_of[number] = merged
        return {id(group): group for group in group_of.values()}.values()


def _preference(document: Document, outdated: bool) -> tuple[bool, bool, bool, bool, int, str]:
    """Of texts that say the same the one to show, the highest first: the adopted act before its draft, the newer
    version, the one with pages, the one with a symbol, the one with less amiss; then by path, to be sure."""
    return (
        bool(_ADOPTED.search(document.symbol or "")),
        not outdated,
        document.paged,
        document.symbol is not None,
        -len(document.warnings) - document.pages_without_text,
        document.path,
    )
