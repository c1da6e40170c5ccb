"""The lexical index: BM25 with tantivy over the passage, its document's title and names, and its headings."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Occur, Query

from search.analysis import terms
from search.dense import Floats, Ids

HEAP_BYTES = 96_000_000
# "whole" is title, headings and text together, so that a passage is met by words of both; "text" serves phrases.
WHOLE = "whole"
FIELD_WEIGHTS = {WHOLE: 1.0, "title": 0.3, "heading": 0.3}
PHRASE_FIELD = "text"
ACCESS = "access"
PAIR_WEIGHT = 0.3
Clause = tuple[Occur, Query]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed of one passage: plain texts, their language, and the access label of the document."""

    seq: int
    text: str
    title: str
    heading: str
    language: str | None
    access: str = "public"


@dataclass(frozen=True, slots=True)
class Match:
    """A boolean condition over the text. `all` holds terms and phrases (sequences of terms) that must stand in it;
    every one of `groups` must hold, at least one of `options` (where given), none of `excluded`."""

    all: tuple[tuple[str, ...], ...] = ()
    groups: tuple[Match, ...] = ()
    options: tuple[Match, ...] = ()
    excluded: tuple[Match, ...] = ()

    def __bool__(self) -> bool:
        """True where there is a condition at all."""
        return bool(self.all or self.groups or self.options or self.excluded)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("seq", stored=False, indexed=True, fast=True)
    for name in (*FIELD_WEIGHTS, PHRASE_FIELD):
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field(ACCESS, stored=False, tokenizer_name="raw", index_option="basic")
    return builder.build()


class LexicalIndex:
    """Passages by their terms. A search sees the state of the last commit."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or begin an empty one there.

        Raises:
            ValueError: the files cannot be opened; they are to be derived again.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
        except (ValueError, OSError) as error:
            raise ValueError(f"unreadable: {error}") from error

    @staticmethod
    def clear(folder: Path) -> None:
        """Throw the files away."""
        shutil.rmtree(folder, ignore_errors=True)

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def update(self, added: Iterable[Entry], removed: Sequence[tuple[int, int]]) -> None:
        """Remove ranges of passage numbers, add passages, and commit both at once."""
        writer = self._index.writer(HEAP_BYTES, 1)
        for first, last in removed:
            writer.delete_documents_by_query(
                Query.range_query(self._schema, "seq", tantivy.FieldType.Unsigned, first, last)
            )
        titles: dict[tuple[str, str | None], str] = {}
        for entry in added:
            key = (entry.title, entry.language)
            if key not in titles:
                titles[key] = " ".join(terms(*key))
            document = tantivy.Document()
            document.add_unsigned("seq", entry.seq)
            text = " ".join(terms(entry.text, entry.language))
            heading = " ".join(terms(entry.heading, entry.language))
            document.add_text("text", text)
            document.add_text("title", titles[key])
            document.add_text("heading", heading)
            document.add_text(WHOLE, f"{titles[key]} {heading} {text}")
            document.add_text(ACCESS, entry.access.strip().casefold())
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def _term(self, name: str, term: str) -> Query:
        return Query.term_query(self._schema, name, term)

    def _phrase(self, words: Sequence[str]) -> Query:
        if len(words) == 1:
            return self._term(PHRASE_FIELD, words[0])
        return Query.phrase_query(self._schema, PHRASE_FIELD, list(words))

    def _near(self, pair: tuple[str, str, int]) -> Query:
        """Two terms one after the other, with at most so many words between them."""
        first, second, gap = pair
        return Query.phrase_query(self._schema, WHOLE, [first, second], gap)

    def _condition(self, match: Match) -> Query:
        clauses: list[Clause] = [(Occur.Must, self._phrase(words)) for words in match.all]
        clauses += [(Occur.Must, self._condition(group)) for group in match.groups]
        clauses += [(Occur.MustNot, self._condition(group)) for group in match.excluded]
        if match.options:
            options = [(Occur.Should, self._condition(option)) for option in match.options]
            clauses.append((Occur.Must, Query.boolean_query(options)))
        if all(occur == Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(clauses)

    def matching(self, match: Match) -> Ids:
        """The numbers of all passages that meet the condition, ascending."""
        found = self._run(self._condition(match), max(1, len(self)))[0]
        return np.sort(found)

    def search(
        self,
        weighted: Mapping[str, float],
        k: int,
        allowed: Ids | None = None,
        phrases: Sequence[Sequence[str]] = (),
        pairs: Sequence[tuple[str, str, int]] = (),
    ) -> tuple[Ids, Floats]:
        """The `k` best passages for terms with their weights: numbers and BM25 scores, best first.

        Each term counts in every field with the weight of the field, and in all of them with the rarity that it has
        in title, headings and text together, as in BM25F (Robertson and Zaragoza 2009): a word of every title is rare nowhere. A
        phrase counts as a term of its own; so, with `PAIR_WEIGHT`, does a pair of terms (first, second, words between).
        """
        if not weighted and not phrases:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scored: list[Clause] = []
        for term, weight in weighted.items():
            for name, share in self._shares(term).items():
                scored.append((Occur.Should, Query.boost_query(self._term(name, term), weight * share)))
        scored += [(Occur.Should, self._phrase(words)) for words in phrases if words]
        scored += [(Occur.Should, Query.boost_query(self._near(pair), self._pair_weight(pair))) for pair in pairs]
        query = Query.boolean_query(scored)
        if allowed is not None:
            only = Query.const_score_query(Query.term_set_query(self._schema, "seq", allowed.tolist()), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, only)])
        return self._run(query, k)

    def _pair_weight(self, pair: tuple[str, str, int]) -> float:
        return PAIR_WEIGHT

    def _shares(self, term: str) -> dict[str, float]:
        """The weight of each field that holds the term, corrected to the rarity of the term as a whole."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        often = {name: int(searcher.doc_freq(name, term)) for name in FIELD_WEIGHTS}
        rarity = inverse_frequency(often[WHOLE], total)
        return {
            name: FIELD_WEIGHTS[name] * rarity / inverse_frequency(count, total)
            for name, count in often.items()
            if count
        }

    def _run(self, query: Query, k: int) -> tuple[Ids, Floats]:
        searcher = self._index.searcher()
        hits = searcher.search(query, k, count=False).hits
        if not hits:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        ids = searcher.fast_field_values("seq", [address for _, address in hits])
        return np.asarray(ids, np.int64), np.asarray([score for score, _ in hits], np.float32)

    def terms_with_prefix(self, prefix: str) -> list[tuple[str, int]]:
        """The terms of passages that begin so, each with the number of passages that hold it, commonest first."""
        return list(self._index.searcher().terms_with_prefix(WHOLE, prefix))

    def frequency(self, term: str) -> int:
        """Number of passages that hold the term in their text, title or headings."""
        return int(self._index.searcher().doc_freq(WHOLE, term))


def inverse_frequency(often: int, total: int) -> float:
    """The inverse document frequency by which tantivy's BM25 counts a term."""
    return math.log(1 + (max(0, total - often) + 0.5) / (often + 0.5))
