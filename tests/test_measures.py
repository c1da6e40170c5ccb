"""The measures of retrieval against numbers worked out by hand, and the reading of sets in BEIR's layout."""

from __future__ import annotations

import gzip
import json
from math import log2
from pathlib import Path

import pytest

from corpus.errors import UsageError
from search.evaluate import evaluate_retrieval, read_beir
from search.measures import best_first, latency, mean, ndcg, percentile, recall, reciprocal_rank

RELEVANT = {"a": 3, "b": 1, "c": 2, "z": 0}


def test_ndcg_has_linear_gain() -> None:
    ideal = 3 + 2 / log2(3) + 1 / 2
    assert ndcg(["a", "c", "b"], RELEVANT) == pytest.approx(1)
    assert ndcg(["x", "b", "a"], RELEVANT) == pytest.approx((1 / log2(3) + 3 / 2) / ideal)
    # With the gain 2^grade - 1 this would be 7 / (7 + 3 / log2(3) + 1 / 2).
    assert ndcg(["a"], RELEVANT) == pytest.approx(3 / ideal)


def test_ndcg_looks_at_k_only() -> None:
    assert ndcg(["x", "y", "a"], RELEVANT, 2) == 0
    assert ndcg(["a"], {"a": 1, "b": 1, "c": 1}, 1) == 1


def test_each_measure_is_0_where_nothing_relevant_is_found() -> None:
    for ranking in ([], ["x", "y"], ["z"]):
        assert ndcg(ranking, RELEVANT) == recall(ranking, RELEVANT) == reciprocal_rank(ranking, RELEVANT) == 0
    assert ndcg(["a"], {}) == recall(["a"], {}) == reciprocal_rank(["a"], {"a": 0}) == 0
    assert ndcg(["a", "b"], {"a": -1, "b": 1}) == pytest.approx(1 / log2(3))


def test_recall_and_reciprocal_rank() -> None:
    assert recall(["a", "x", "b"], RELEVANT, 10) == pytest.approx(2 / 3)
    assert recall(["a", "x", "b"], RELEVANT, 2) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "z", "b", "a"], RELEVANT) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "y", "a"], RELEVANT, 2) == 0


def test_a_document_named_twice_is_an_error() -> None:
    for measure in (ndcg, recall, reciprocal_rank):
        with pytest.raises(ValueError, match="twice"):
            measure(["a", "a"], RELEVANT)


def test_documents_rank_by_their_best_passage() -> None:
    passages = [("b", 0.5), ("a", 0.4), ("c", 0.45), ("a", 0.9), ("d", 0.5)]
    assert best_first(passages) == [("a", 0.9), ("b", 0.5), ("d", 0.5), ("c", 0.45)]
    assert best_first([("a", -2.0), ("a", -1.0)]) == [("a", -1.0)]


def test_percentiles_interpolate() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2.5
    assert percentile([1, 2, 3, 4, 5], 0.95) == pytest.approx(4.8)
    assert percentile([7], 0.95) == 7
    assert percentile([], 0.5) is None
    assert mean([]) is None
    assert latency([1.0, 2.0]) == {"p50": 1.5, "p95": 1.95}
    assert latency([]) == {"p50": None, "p95": None}


def write_set(folder: Path, split: str = "test") -> Path:
    (folder / "qrels").mkdir(parents=True)
    documents = [{"_id": name, "title": name.upper(), "text": f"text of {name}"} for name in "abcd"]
    with gzip.open(folder / "corpus.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(document) + "\n" for document in documents)
    queries = [{"_id": str(number), "text": f"question {number}"} for number in (1, 2, 3, 4)]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)) + "\n\n", encoding="utf-8")
    qrels = "query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t2\n2\tc\t1\n3\ta\t0\n"
    (folder / "qrels" / f"{split}.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_a_set_is_read_with_its_judged_questions_only(tmp_path: Path) -> None:
    beir = read_beir(write_set(tmp_path / "tiny"))
    assert beir.split == "test"
    assert beir.queries == {"1": "question 1", "2": "question 2"}
    assert beir.qrels == {"1": {"a": 1}, "2": {"b": 2, "c": 1}}
    assert [document.id for document in beir.corpus()] == list("abcd")
    first = next(beir.corpus())
    assert (first.title, first.text) == ("A", "text of a")


def test_the_split_is_dev_where_there_is_no_test(tmp_path: Path) -> None:
    folder = write_set(tmp_path, "dev")
    assert read_beir(folder).split == "dev"
    (folder / "qrels" / "train.tsv").write_text("9\ta\t1\n", encoding="utf-8")
    (folder / "queries-train.jsonl").write_text('{"_id": "9", "text": "of the training"}\n', encoding="utf-8")
    assert read_beir(folder, "train").queries == {"9": "of the training"}


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("qrels/test.tsv", "1\ta\n", "line 1"),
        ("qrels/test.tsv", "1\ta\t0\n", "No question"),
        ("queries.jsonl", "{broken\n", "line 1"),
    ],
)
def test_a_set_that_is_not_one_is_named(tmp_path: Path, file: str, text: str, message: str) -> None:
    folder = write_set(tmp_path / "tiny")
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_beir(folder)


def test_a_folder_without_a_set_or_a_split_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"corpus\.jsonl"):
        read_beir(tmp_path)
    with pytest.raises(UsageError, match=r"qrels/train\.tsv; there is: test"):
        read_beir(write_set(tmp_path / "tiny"), "train")


def test_retrieval_is_measured_by_document_and_written_as_a_run(tmp_path: Path) -> None:
    rankings = {
        "question 1": [("b", 0.9), ("a", 0.5), ("b", 0.4)],
        "question 2": [("d", 0.9), ("c", 0.8), ("b", 0.3), ("b", 0.85)],
    }
    run = tmp_path / "out.run"
    beir = read_beir(write_set(tmp_path / "tiny"))
    figures = evaluate_retrieval(lambda text, k: rankings[text][:k], beir, run=run)
    second = (2 / log2(3) + 1 / 2) / (2 + 1 / log2(3))
    assert figures["nDCG@10"] == pytest.approx((1 / log2(3) + second) / 2, abs=1e-5)
    assert (figures["R@10"], figures["R@100"], figures["RR@10"]) == (1, 1, 0.5)
    assert (figures["queries"], figures["split"], figures["set"]) == (2, "test", "tiny")
    assert set(figures["latency_ms"]) == {"p50", "p95"}
    assert run.read_text(encoding="utf-8").splitlines() == [
        "1 Q0 b 1 0.9 rapporteur",
        "1 Q0 a 2 0.5 rapporteur",
        "2 Q0 d 1 0.9 rapporteur",
        "2 Q0 b 2 0.85 rapporteur",
        "2 Q0 c 3 0.8 rapporteur",
    ]


def test_retrieval_can_be_0_and_limited(tmp_path: Path) -> None:
    asked: list[str] = []

    def nothing(text: str, k: int) -> list[tuple[str, float]]:
        asked.append(text)
        return []

    figures = evaluate_retrieval(nothing, read_beir(write_set(tmp_path)), limit=1)
    assert [figures[name] for name in ("nDCG@10", "R@10", "R@100", "RR@10")] == [0, 0, 0, 0]
    assert set(asked) == {"question 1"}
