"""The corpus of one home as a Haystack document store: one Haystack `Document` is one passage.

Passages that came from files can be read and searched here, and removed with their whole document; what Haystack
writes is kept beside them and can be changed. Telemetry is off: `search/__init__` sets that before Haystack is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from haystack import Document as HaystackDocument
from haystack import default_from_dict, default_to_dict
from haystack.document_stores.errors import DocumentStoreError, DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy

from corpus.deposits import deposit_numbers, deposits_of, numbers_of
from corpus.records import Filters
from corpus.store import Store
from corpus.upkeep import document_ids
from search import haystack_metadata as metadata
from search.engine import Engine
from search.haystack_documents import deposit_of, document_of
from search.haystack_filters import check, matches, narrowed
from search.haystack_home import OpenHome, open_home

BATCH = 500
WHOLE = "A document that came from files is changed by ingesting its file again, and removed only as a whole."


class RapporteurDocumentStore:
    """The knowledge base in the folder `home`, opened when first used. Safe to use from several threads.

    `model` names the embedding model (None: the one that the home was filled with, else the bundled one). With
    `create` an empty knowledge base is made where there is none.

    Raises (when first used):
        MissingHomeError: there is no knowledge base in `home`, and `create` is false.
        DamagedHomeError: it cannot be opened.
    """

    def __init__(self, home: str, model: str | None = None, create: bool = False) -> None:
        self.home = home
        self.model = model
        self.create = create
        self._held: OpenHome | None = None

    def to_dict(self) -> dict[str, Any]:
        """The settings; the documents stay in the home."""
        return default_to_dict(self, home=self.home, model=self.model, create=self.create)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> RapporteurDocumentStore:
        """A store of these settings."""
        return default_from_dict(cls, data)

    def _home(self) -> OpenHome:
        if self._held is None:
            self._held = open_home(Path(self.home), self.model, self.create)
        return self._held

    @property
    def store(self) -> Store:
        """The corpus itself."""
        return self._home().store

    @property
    def engine(self) -> Engine:
        """The question path over it."""
        return self._home().engine

    # -- reading -------------------------------------------------------------------------------------------

    def count_documents(self) -> int:
        """Number of passages."""
        return self.store.counts()["passages"]

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[HaystackDocument]:
        """The passages that pass Haystack's filters, all where there are none, in the order they were stored in.

        What Haystack wrote comes back with its embedding; passages of files come without.

        Raises:
            FilterError: the filters are malformed, or compare what cannot be compared.
        """
        return [document for _, document in self._matching(filters)]

    def numbers(self, filters: dict[str, Any] | None) -> list[int]:
        """The numbers of the passages that pass the filters, ascending, as the indexes know them."""
        return [seq for seq, _ in self._matching(filters)]

    def documents_at(self, seqs: Sequence[int], scores: Mapping[int, float] | None = None) -> list[HaystackDocument]:
        """The passages of these numbers, in this order, with their scores; those that are gone are left out."""
        passages = self.store.passages(seqs)
        deposits = deposits_of(self.store, seqs)
        documents = self.engine.catalogue().documents
        return [
            document_of(passages[seq], documents[passages[seq].document_id], deposits.get(seq), (scores or {}).get(seq))
            for seq in seqs
            if seq in passages and passages[seq].document_id in documents
        ]

    def numbers_by_id(self, documents: Iterable[HaystackDocument]) -> dict[str, int]:
        """The passage numbers of documents that came from here, by their ids; those that are gone are left out."""
        return numbers_of(self.store, [document.id for document in documents])

    def _matching(self, filters: dict[str, Any] | None) -> Iterator[tuple[int, HaystackDocument]]:
        if filters:
            check(filters)
        narrow = narrowed(filters) if filters else Filters()
        # What Haystack wrote may hold anything in its meta: only passages of files are sure to be in the columns.
        seqs = sorted({*self.store.allowed(narrow), *(deposit_numbers(self.store) if narrow else ())})
        for start in range(0, len(seqs), BATCH):
            part = seqs[start : start + BATCH]
            passages = self.store.passages(part)
            deposits = deposits_of(self.store, part)
            documents = self.store.documents_by_id({stored.document_id for stored in passages.values()})
            for seq in part:
                if seq in passages and passages[seq].document_id in documents:
                    stored = passages[seq]
                    document = document_of(stored, documents[stored.document_id], deposits.get(seq))
                    if not filters or matches(filters, document):
                        yield seq, document

    # -- writing -------------------------------------------------------------------------------------------

    def write_documents(self, documents: list[HaystackDocument], policy: DuplicatePolicy = DuplicatePolicy.NONE) -> int:
        """Store documents; each is committed by itself, after all have been checked. Returns how many were written.

        Policy NONE means FAIL. Their vectors are made by the model of this home at the next search (from their
        beginning where they are longer than its window: split them before); an embedding they bring is only kept.

        Raises:
            ValueError: not a list of documents, or meta that cannot be kept as JSON.
            DuplicateDocumentError: an id is there already, or twice in the list, and the policy is FAIL.
            DocumentStoreError: with OVERWRITE, an id is that of a passage of a file.
            LockedHomeError: another process is writing.
        """
        if not isinstance(documents, list) or not all(isinstance(one, HaystackDocument) for one in documents):
            raise ValueError("Please provide a list of Documents.")
        store = self.store
        with store.writing():
            known = numbers_of(store, [document.id for document in documents])
            chosen = _chosen(documents, known, policy)
            own = deposits_of(store, list(known.values()))
            alien = [document.id for document in chosen if document.id in known and known[document.id] not in own]
            if alien:
                raise DocumentStoreError(f"'{alien[0]}' is a passage of a file and cannot be overwritten. {WHOLE}")
            self._put(chosen)
            if own and policy is DuplicatePolicy.OVERWRITE:
                store.sweep_vectors()
        return len(documents) if policy is DuplicatePolicy.OVERWRITE else len(chosen)

    def _put(self, documents: Sequence[HaystackDocument]) -> None:
        # All are read before the first is stored: a fault in one leaves the store as it was.
        for parsed, deposit in [deposit_of(document) for document in documents]:
            self.store.put(parsed, None, "", {}, deposit)

    def delete_documents(self, document_ids: list[str]) -> None:
        """Remove passages for good; ids that are not there are passed over.

        Raises:
            DocumentStoreError: some of a file's passages are named, but not all. Nothing is removed then.
            LockedHomeError: another process is writing.
        """
        with self.store.writing():
            self._remove(list(numbers_of(self.store, document_ids).values()))

    def _remove(self, seqs: Sequence[int]) -> None:
        named: dict[str, int] = {}
        for stored in self.store.passages(seqs).values():
            named[stored.document_id] = named.get(stored.document_id, 0) + 1
        for document_id, count in named.items():
            if count < len(self.store.passages_of(document_id)):
                raise DocumentStoreError(f"Only a part of document '{document_id}' was to be removed. {WHOLE}")
        self._remove_whole(named)

    def _remove_whole(self, ids: Iterable[str]) -> None:
        for document_id in ids:
            self.store.remove(document_id)
        self.store.sweep_vectors()

    def delete_all_documents(self) -> None:
        """Remove everything, also what came from files; the files themselves are not touched."""
        with self.store.writing():
            self._remove_whole(document_ids(self.store))

    def delete_by_filter(self, filters: dict[str, Any]) -> int:
        """Remove the passages that pass the filters; returns how many. Errors as for `delete_documents`."""
        with self.store.writing():
            seqs = self.numbers(filters)
            self._remove(seqs)
        return len(seqs)

    def update_by_filter(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        """Add `meta` to the meta of the documents that pass the filters, in place of equal keys; returns how many.

        Raises:
            DocumentStoreError: a passage of a file is among them. Nothing is changed then.
            LockedHomeError: another process is writing.
        """
        with self.store.writing():
            found = dict(self._matching(filters))
            if len(deposits_of(self.store, list(found))) < len(found):
                raise DocumentStoreError(f"The filters choose passages of files. {WHOLE}")
            self._put([replace(document, meta={**document.meta, **meta}) for document in found.values()])
        return len(found)

    # -- what the meta holds -------------------------------------------------------------------------------

    def count_documents_by_filter(self, filters: dict[str, Any]) -> int:
        """Number of passages that pass the filters."""
        return sum(1 for _ in self._matching(filters))

    def count_unique_metadata_by_filter(self, filters: dict[str, Any], metadata_fields: list[str]) -> dict[str, int]:
        """Number of different values of each field among the passages that pass the filters."""
        return metadata.count_unique(self.filter_documents(filters), metadata_fields)

    def get_metadata_fields_info(self) -> dict[str, dict[str, str]]:
        """The fields of the meta with their types: {"type": "keyword" | "int" | "float" | "boolean"}."""
        return metadata.fields_info(document for _, document in self._matching(None))

    def get_metadata_field_min_max(self, metadata_field: str) -> dict[str, Any]:
        """The least and greatest value of a field; both None where there is none or they cannot be compared."""
        return metadata.least_and_greatest((document for _, document in self._matching(None)), metadata_field)

    def get_metadata_field_unique_values(
        self,
        metadata_field: str,
        search_term: str | None = None,
        from_: int = 0,
        size: int = 10,
        filters: dict[str, Any] | None = None,
    ) -> tuple[list[Any], int]:
        """A page of the different values of a field, in the order of their texts, and how many there are.

        `search_term` keeps the values whose text holds it, in either case of letters.
        """
        documents = (document for _, document in self._matching(filters))
        values = metadata.different_values(documents, metadata_field, search_term)
        return values[from_ : from_ + size], len(values)


def _chosen(
    documents: Sequence[HaystackDocument], known: Mapping[str, int], policy: DuplicatePolicy
) -> list[HaystackDocument]:
    """The documents to be written: one for each id."""
    chosen: dict[str, HaystackDocument] = {}
    for document in documents:
        duplicate = document.id in known or document.id in chosen
        if duplicate and policy in {DuplicatePolicy.FAIL, DuplicatePolicy.NONE}:
            raise DuplicateDocumentError(f"ID '{document.id}' already exists.")
        if not duplicate or policy is DuplicatePolicy.OVERWRITE:
            chosen[document.id] = document
    return list(chosen.values())
