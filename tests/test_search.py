"""Retrieval, fusion and ranking, held against plain formulas and brute force; answers on a small corpus."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.records import Document, FileRecord, Filters, Kind, Page, Parsed, Passage, Span
from corpus.store import Store
from corpus.wording import indexed_text, text_hash
from search.analysis import terms
from search.dense import DenseIndex, Floats
from search.engine import Engine
from search.fuse import min_max, reciprocal_rank, weighted_mean
from search.lexical import Entry, LexicalIndex, Match
from search.records import Mode, Status
from search.tokens import TokenVectors, sentences_as_tokens, text_as_token
from search.verify import Prover, squash

WORDS = "victim traffick state party child labour report border court period".split()


class HashingEmbedder:
    """Unit vectors from hashed terms: texts that share words are near. No model, no weights."""

    name = backend = fingerprint = "hashing"
    dimensions = 64
    window = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(terms(text)) for text in texts]

    def embed(self, texts: Sequence[str]) -> Floats:
        vectors = np.full((len(texts), self.dimensions), 1e-6, np.float32)
        for row, text in enumerate(texts):
            for term in terms(text):
                vectors[row, int(hashlib.md5(term.encode()).hexdigest(), 16) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_query(self, text: str) -> Floats:
        return np.asarray(self.embed([text])[0])

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return sentences_as_tokens(texts, self.embed)

    def query_tokens(self, text: str) -> TokenVectors:
        return text_as_token(text, self.embed_query(text))


# -- dense ---------------------------------------------------------------------------------------------------------


def test_dense_search_equals_brute_force_with_and_without_a_filter(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    vectors = random.normal(size=(300, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = DenseIndex(16)
    index.add(range(100, 400), vectors)
    index.remove([(150, 159)])
    index.save(tmp_path)
    index = DenseIndex.load(tmp_path, 16)
    kept = [seq for seq in range(100, 400) if not 150 <= seq <= 159]
    allowed = np.asarray([seq for seq in kept if seq % 37 == 0], np.int64)
    for choice in (None, allowed):
        query = vectors[5]
        ids, scores = index.search(query, 6, choice)
        pool = kept if choice is None else choice.tolist()
        exact = sorted(((float(vectors[seq - 100] @ query), seq) for seq in pool), reverse=True)[:6]
        assert ids.tolist() == [seq for _, seq in exact]
        assert scores == pytest.approx([score for score, _ in exact], abs=1e-5)


def test_a_torn_vector_file_is_refused(tmp_path: Path) -> None:
    index = DenseIndex(4)
    index.add([1], np.eye(4, dtype=np.float32)[:1])
    index.save(tmp_path)
    file = next(tmp_path.glob("*.faiss"))
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(ValueError, match="unreadable"):
        DenseIndex.load(tmp_path, 4)
    with pytest.raises(ValueError, match="unreadable"):
        DenseIndex.load(tmp_path / "nowhere", 4)


# -- lexical -------------------------------------------------------------------------------------------------------


def bm25(texts: Sequence[str], query: Sequence[str], k1: float = 1.2, b: float = 0.75) -> list[float]:
    """Okapi BM25 in twenty lines, idf as Lucene has it."""
    bags = [Counter(terms(text)) for text in texts]
    mean = sum(sum(bag.values()) for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in query:
            holding = sum(term in other for other in bags)
            idf = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            often = bag[term]
            score += idf * often * (k1 + 1) / (often + k1 * (1 - b + b * sum(bag.values()) / mean))
        scores.append(score)
    return scores


def test_lexical_scores_equal_the_plain_formula(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    texts = [" ".join(random.choice(WORDS, size=random.integers(4, 30))) for _ in range(60)]
    index = LexicalIndex(tmp_path)
    index.update([Entry(number, text, "", "", "en") for number, text in enumerate(texts)], [])
    query = terms("victims of child labour")[:1] + terms("child labour")
    ids, scores = index.search(dict.fromkeys(query, 1.0), 60)
    exact = bm25(texts, query)
    # The length of a text is kept in one byte; up to 40 terms it is exact.
    assert scores == pytest.approx([exact[seq] for seq in ids.tolist()], rel=1e-3)


def test_conditions_decide_what_may_be_found(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    texts = ["victims of trafficking", "trafficking victims", "child trafficking", "child labour"]
    index.update([Entry(number, text, "", "", "en") for number, text in enumerate(texts)], [])
    one = Match(all=(tuple(terms("trafficking victims")),))
    assert index.matching(one).tolist() == [1]
    child, traffic = (Match(all=(tuple(terms(word)),)) for word in ("child", "trafficking"))
    assert index.matching(Match(groups=(child,), excluded=(traffic,))).tolist() == [3]
    assert index.matching(Match(options=(child, one))).tolist() == [1, 2, 3]
    assert index.matching(Match(excluded=(child,))).tolist() == [0, 1]
    index.update([], [(0, 1)])
    assert len(index) == 2


# -- fusion --------------------------------------------------------------------------------------------------------

LISTS = st.lists(st.tuples(st.integers(0, 40), st.floats(0, 9, width=32)), unique_by=lambda pair: pair[0], max_size=12)


def as_list(pairs: list[tuple[int, float]]) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    ordered = sorted(pairs, key=lambda pair: -pair[1])
    return np.asarray([p[0] for p in ordered], np.int64), np.asarray([p[1] for p in ordered], np.float32)


@given(LISTS, LISTS)
def test_fusion_does_not_depend_on_the_order_of_the_lists(
    one: list[tuple[int, float]], other: list[tuple[int, float]]
) -> None:
    left, right = as_list(one), as_list(other)
    for fuse in (weighted_mean, reciprocal_rank):
        there, back = fuse([left, right], [0.3, 0.7]), fuse([right, left], [0.7, 0.3])
        assert there == pytest.approx(back)
        assert set(there) == {pair[0] for pair in (*one, *other)}


def test_weighted_mean_by_hand() -> None:
    dense = (np.asarray([1, 2, 3]), np.asarray([0.9, 0.5, 0.1], np.float32))
    lexical = (np.asarray([3, 4]), np.asarray([12.0, 4.0], np.float32))
    assert weighted_mean([dense, lexical], [0.5, 0.5]) == pytest.approx({1: 0.5, 2: 0.25, 3: 0.5, 4: 0.0})
    assert min_max(np.asarray([2.0, 2.0], np.float32)) == {0: 1.0, 1: 1.0}


# -- the engine ----------------------------------------------------------------------------------------------------

TEXTS = {
    "treaty": [
        ("Article 13(1)", "1. Each Party shall provide a recovery and reflection period of at least 30 days."),
        ("Article 26", "Each Party shall provide for the possibility of not imposing penalties on victims."),
    ],
    "speech": [(None, "My country adopted a national action plan against trafficking in June 2019.")],
    "report": [("para. 7", "The hotline received 412 calls about forced labour in agriculture.")],
}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    store = Store(tmp_path, create=True)
    embedder = HashingEmbedder()
    for name, rows in TEXTS.items():
        text = "\n".join(row[1] for row in rows)
        passages, at = [], 0
        for ordinal, (label, sentence) in enumerate(rows):
            span = Span(1, at, at + len(sentence))
            passages.append(
                Passage(sentence, (span,), ordinal, Kind.TEXT, label, language="en", page=1, page_label="iv")
            )
            at += len(sentence) + 1
        aliases = ("CETS 197",) if name == "treaty" else ()
        document = Document(name, f"/papers/{name}.pdf", f"The {name}", type=name, body="CoE", paged=True, pages=1, aliases=aliases,
                            symbol="CETS 197" if name == "treaty" else None)  # fmt: skip
        wordings = [indexed_text(document.title, (), passage.label, "", passage.text) for passage in passages]
        vectors = {
            text_hash(w): v.tobytes() for w, v in zip(wordings, embedder.embed(wordings).astype("<f2"), strict=True)
        }
        record = Parsed(document, (Page(1, "iv", text),), tuple(passages))
        store.put(record, FileRecord(document.path, "/papers", name, "indexed", document_id=name), "hashing", vectors)
    return Engine(store, embedder, tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_finds_the_passage(engine: Engine, mode: Mode) -> None:
    result = engine.search("recovery and reflection period", mode=mode)
    assert result.hits[0].stored.passage.label == "Article 13(1)"
    text = result.hits[0].stored.passage.text
    assert {text[a:b] for a, b in result.hits[0].highlights} >= {"recovery", "reflection", "period"}


def test_a_question_is_answered_with_a_quotation_that_stands_on_its_page(engine: Engine) -> None:
    answer = engine.ask("How long is the recovery and reflection period?")
    assert answer.status is Status.ANSWERED
    first = answer.citations[0]
    assert (first.label, first.page, first.page_label) == ("Article 13(1)", 1, "iv")
    assert "30 days" in first.quote
    page = engine._store.page(first.document.id, 1)
    assert page is not None
    assert squash(first.quote) in squash(page.text)


def test_an_article_that_does_not_exist_and_a_text_that_is_not_held_are_said_so(engine: Engine) -> None:
    missing = engine.ask("What does Article 99 of CETS 197 say?")
    assert missing.status is Status.NOT_FOUND
    assert "Article 99" in missing.reason
    unknown = engine.ask("What is MC.DEC/14/06 about?")
    assert unknown.status is Status.NOT_FOUND
    assert "MC.DEC/14/06" in unknown.reason
    assert not unknown.citations


def test_what_no_document_speaks_of_is_not_answered(engine: Engine) -> None:
    answer = engine.ask("How many astronauts were rescued from Jupiter in 1871?")
    assert answer.status is Status.NOT_FOUND
    assert answer.answer == ""


def test_a_removed_document_never_answers_again(engine: Engine) -> None:
    assert engine.search("hotline calls").hits[0].document.id == "report"
    engine._store.remove("report")
    assert all(hit.document.id != "report" for hit in engine.search("hotline calls").hits)
    engine.rebuild()
    assert engine.verify() == []


def test_indexes_that_are_torn_or_missing_are_derived_again(engine: Engine, tmp_path: Path) -> None:
    engine.refresh()
    for file in (tmp_path / "index").rglob("*"):
        if file.is_file():
            file.write_bytes(b"torn")
    again = Engine(Store(tmp_path), HashingEmbedder(), tmp_path)  # type: ignore[arg-type]
    assert again.search("hotline calls").hits[0].document.id == "report"
    assert again.verify() == []


def test_filters_and_phrases_decide_before_ranking(engine: Engine) -> None:
    assert {hit.document.id for hit in engine.search("period", filters=Filters(type=("speech",))).hits} == {"speech"}
    assert {hit.document.id for hit in engine.search('"forced labour"').hits} == {"report"}
    assert {hit.document.id for hit in engine.search("type:report trafficking").hits} == {"report"}
    assert engine.search("party NOT penalties").hits[0].stored.passage.label == "Article 13(1)"
    assert engine.search("period", filters=Filters(body=("UN",))).hits == ()


@pytest.mark.parametrize("query", ["", "   ", "x" * 10_000, "what is the of"])
def test_a_query_that_is_none_is_refused_with_a_sentence(engine: Engine, query: str) -> None:
    with pytest.raises(UsageError, match="question"):
        engine.search(query)


# -- proof ---------------------------------------------------------------------------------------------------------


def test_quotations_are_proved_page_by_page(tmp_path: Path) -> None:
    store = Store(tmp_path, create=True)
    pages = (
        Page(1, "i", "Head\nTrafficking in human beings is a crime that affects every\n"),
        Page(2, "ii", "Head\ncountry in the region and goes on growing year by year.\n"),
    )
    quote = "Trafficking in human beings is a crime that affects every country in the region and goes on growing year by year."
    passage = Passage(quote, (Span(1, 5, 62), Span(2, 5, 60)))
    record = Parsed(Document("d", "/d.pdf", "D", paged=True), pages, (passage,))
    store.put(record, FileRecord("/d.pdf", "/", "0", "indexed", document_id="d"), "m", {})
    stored = store.passages_of("d")[0]
    prover = Prover(store)
    assert [(part.page, part.page_label) for part in prover.prove(quote, stored)] == [(1, "i"), (2, "ii")]
    assert prover.prove("goes on growing", stored)[0].page == 2
    assert prover.prove("goes on shrinking", stored) == []
    assert prover.prove(quote.replace("crime", "tort"), stored) == []
