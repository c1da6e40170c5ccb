"""Comparing two evaluations: the statistics by their properties and against other programs, runs as TREC reads them."""

from __future__ import annotations

import json
import random
import shutil
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UsageError
from search import significance
from search.compare import read, side_by_side
from search.measures import ndcg, recall, reciprocal_rank
from search.significance import bootstrap, compare, randomisation
from search.trec import read_qrels, read_run, run_lines, scores
from ui.cli import main

VALUES = st.lists(st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 0.6309, 1.0]), min_size=1, max_size=40)
PAIRS = VALUES.flatmap(lambda a: st.tuples(st.just(a), st.permutations(a)))


# -- the test and the interval ---------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(PAIRS)
def test_turning_the_two_round_turns_the_sign_and_nothing_else(pair: tuple[list[float], list[float]]) -> None:
    a, b = pair
    one, other = compare(a, b), compare(b, a)
    assert one.p == other.p
    assert 0 < one.p <= 1
    assert one.difference == -other.difference
    assert (one.better, one.worse, one.same) == (other.worse, other.better, other.same)
    assert one.better + one.worse + one.same == one.n == len(a)
    if one.interval and other.interval:
        assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]), abs=1e-12)


@settings(deadline=None, max_examples=20)
@given(VALUES)
def test_the_same_system_twice_is_no_difference(a: list[float]) -> None:
    made = compare(a, a)
    assert (made.p, made.difference, made.better, made.worse, made.same) == (1.0, 0.0, 0, 0, len(a))
    assert made.interval in (None, (0.0, 0.0))


@settings(deadline=None, max_examples=20)
@given(VALUES, st.floats(0.1, 10))
def test_the_unit_of_a_measure_does_not_matter(a: list[float], scale: float) -> None:
    rng = np.random.default_rng(len(a))
    differences = np.asarray(a) - rng.permutation(a)
    assert randomisation(scale * differences) == pytest.approx(randomisation(differences), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_few_differences_are_counted_out(seed: int) -> None:
    rng = random.Random(seed)
    values = [rng.choice([-1.0, -0.5, 0.0, 0.0, 0.3, 1.0]) for _ in range(9)]
    seen = abs(sum(values))
    ways = [
        abs(sum(sign * value for sign, value in zip(signs, values, strict=True)))
        for signs in product((-1, 1), repeat=9)
    ]
    assert randomisation(np.asarray(values)) == pytest.approx(sum(way >= seen - 1e-9 for way in ways) / len(ways))


def test_a_clear_difference_and_none() -> None:
    assert randomisation(np.ones(10)) == 2 / 2**10
    assert randomisation(np.array([1.0, -1.0])) == 1.0
    assert randomisation(np.ones(200)) == pytest.approx(1 / (significance.ROUNDS + 1))
    low, high = bootstrap(np.ones(50)) or (0.0, 0.0)
    assert (low, high) == (1.0, 1.0)
    assert bootstrap(np.ones(1)) is None
    with pytest.raises(ValueError, match="at least one"):
        compare([], [])
    with pytest.raises(ValueError, match="each of the same"):
        compare([1.0], [1.0, 2.0])


@pytest.mark.parametrize(("size", "shift"), [(12, 0.1), (12, 0.0), (60, 0.05), (60, 0.0), (300, 0.03)])
def test_it_agrees_with_scipy(size: int, shift: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(size)
    a = rng.beta(2, 2, size)
    b = np.clip(a + rng.normal(shift, 0.15, size), 0, 1)

    def statistic(x: Any, y: Any, axis: int = -1) -> Any:
        return np.mean(x - y, axis=axis)

    theirs = stats.permutation_test(
        (b, a), statistic, permutation_type="samples", vectorized=True, n_resamples=20_000, rng=np.random.default_rng(1)
    )
    ours = compare(a.tolist(), b.tolist())
    assert ours.p == pytest.approx(theirs.pvalue, abs=0.012)
    drawn = stats.bootstrap(
        (b - a,), np.mean, method="percentile", n_resamples=10_000, rng=np.random.default_rng(1)
    ).confidence_interval
    assert ours.interval == pytest.approx((drawn.low, drawn.high), abs=0.004)


def test_it_calls_no_difference_real_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    small = [randomisation(rng.normal(0, 1, 25), rounds=400) <= 0.05 for _ in range(400)]
    assert 0.02 <= np.mean(small) <= 0.085


# -- runs ------------------------------------------------------------------------------------------------------------


def write_run(file: Path, rankings: dict[str, list[tuple[str, float]]]) -> Path:
    file.write_text(
        "".join(line for query, found in rankings.items() for line in run_lines(query, found)), encoding="utf-8"
    )
    return file


def made_up(seed: int, queries: int = 40) -> tuple[dict[str, list[tuple[str, float]]], dict[str, dict[str, int]]]:
    """Rankings with many equal scores, and judgements with grades."""
    rng = random.Random(seed)
    names = [f"doc-{number}" for number in range(60)]
    rankings, qrels = {}, {}
    for number in range(queries):
        found = rng.sample(names, 30)
        marks = sorted((round(rng.random(), 1) for _ in found), reverse=True)
        rankings[f"q{number}"] = list(zip(found, marks, strict=True))
        qrels[f"q{number}"] = {name: rng.choice([0, 1, 1, 2]) for name in rng.sample(names, 8)} | {found[4]: 1}
    return rankings, qrels


def write_qrels(file: Path, qrels: dict[str, dict[str, int]], *, beir: bool = False) -> Path:
    lines = ["query-id\tcorpus-id\tscore\n"] if beir else []
    for query, grades in qrels.items():
        lines += [f"{query}\t{n}\t{g}\n" if beir else f"{query} 0 {n} {g}\n" for n, g in grades.items()]
    file.write_text("".join(lines), encoding="utf-8")
    return file


def test_a_run_is_read_back_in_the_order_in_which_it_was_written(tmp_path: Path) -> None:
    rankings, _ = made_up(1)
    read_back = read_run(write_run(tmp_path / "a.run", rankings))
    assert read_back == {query: [name for name, _ in found] for query, found in rankings.items()}
    shown = [float(line.split()[4]) for line in run_lines("q", [("a", 0.5), ("b", 0.5), ("c", 0.5), ("d", -1.0)])]
    assert np.all(np.diff(np.asarray(shown, np.float32)) < 0)
    assert shown[0] == 0.5
    assert shown[2] == pytest.approx(0.5, abs=1e-6)


def test_other_runs_are_read_as_trec_eval_does(tmp_path: Path) -> None:
    file = tmp_path / "other.run"
    # Ranks and the order of lines do not count; equal scores go by name, backwards; beyond single precision is equal.
    file.write_text("1 Q0 a 1 0.5 x\n1 Q0 b 2 0.5000000001 x\n1 Q0 c 3 0.9 x\n1\tQ0\tB\t9\t0.5\tx\n", encoding="utf-8")
    assert read_run(file) == {"1": ["c", "b", "a", "B"]}


@pytest.mark.parametrize("beir", [False, True], ids=["trec", "beir"])
def test_scores_are_the_plain_formula(tmp_path: Path, beir: bool) -> None:
    rankings, qrels = made_up(2)
    run = read_run(write_run(tmp_path / "a.run", rankings))
    judged = read_qrels(write_qrels(tmp_path / "qrels", qrels, beir=beir))
    assert judged == qrels
    found = scores(run, judged)
    for query, ranking in rankings.items():
        names = [name for name, _ in ranking]
        assert found[query] == {
            "nDCG@10": ndcg(names, qrels[query], 10),
            "R@10": recall(names, qrels[query], 10),
            "R@100": recall(names, qrels[query], 100),
            "RR@10": reciprocal_rank(names, qrels[query], 10),
        }
    del run["q0"]
    assert set(scores(run, judged)["q0"].values()) == {0.0}


def test_ir_measures_scores_our_runs_the_same(tmp_path: Path) -> None:
    ir_measures = pytest.importorskip("ir_measures")
    rankings, qrels = made_up(3)
    ours = scores(read_run(write_run(tmp_path / "a.run", rankings)), qrels)
    wanted = [ir_measures.parse_measure(name) for name in ("nDCG@10", "R@10", "R@100", "RR@10")]
    theirs = ir_measures.iter_calc(
        wanted,
        list(ir_measures.read_trec_qrels(str(write_qrels(tmp_path / "qrels", qrels)))),
        list(ir_measures.read_trec_run(str(tmp_path / "a.run"))),
    )
    count = 0
    for one in theirs:
        assert ours[one.query_id][str(one.measure)] == pytest.approx(one.value, abs=1e-6)
        count += 1
    assert count == 4 * len(qrels)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no ranking"),
        ("1 Q0 a 1 0.5\n", "line 1"),
        ("1 Q0 a 1 much x\n", "line 1"),
        ("1 Q0 a 1 2 x\n1 Q0 a 2 1 x\n", "comes twice"),
    ],
)
def test_what_is_no_run_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.run").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_run(tmp_path / "a.run")


def test_judgements_that_are_none_are_named(tmp_path: Path) -> None:
    for text, said in (("1 a\n", "line 1"), ("1 0 a many\n", "line 1"), ("1 0 a 0\n", "relevant")):
        (tmp_path / "qrels").write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=said):
            read_qrels(tmp_path / "qrels")
    with pytest.raises(UsageError, match="cannot be read"):
        read_qrels(tmp_path / "nowhere")


# -- the command -----------------------------------------------------------------------------------------------------


def said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    capsys.readouterr()
    code = main([str(word) for word in words])
    return code, capsys.readouterr().out


def test_two_runs_are_compared(tmp_path: Path, capsys: Any) -> None:
    rankings, qrels = made_up(4)
    # B puts the relevant documents first, but for one query, which it lacks.
    better = {}
    for query, found in rankings.items():
        ordered = sorted((name for name, _ in found), key=lambda name, of=qrels[query]: -of.get(name, 0))
        better[query] = [(name, 100.0 - place) for place, name in enumerate(ordered)]
    del better["q7"]
    a, b = write_run(tmp_path / "a.run", rankings), write_run(tmp_path / "b.run", better)
    judgements = write_qrels(tmp_path / "qrels.tsv", qrels, beir=True)
    code, out = said(capsys, "evaluate", "compare", a, b, "--qrels", judgements, "--json")
    shape = json.loads(out)
    assert code == 0
    assert (shape["a"], shape["b"], shape["questions"], shape["by_kind"]) == ("a.run", "b.run", 40, {})
    first = shape["measures"]["nDCG@10"]
    assert list(shape["measures"]) == ["nDCG@10", "R@10", "R@100", "RR@10"]
    assert first["difference"] == pytest.approx(first["b"] - first["a"], abs=1e-4)
    assert first["difference"] > 0.1
    assert first["interval"][0] > 0
    assert first["p"] < 0.001
    assert first["worse"] == 1
    assert shape["measures"]["R@100"]["p"] > 0.1
    code, out = said(capsys, "evaluate", "compare", a, a, "--qrels", judgements)
    assert code == 0
    (row,) = [line.split() for line in out.splitlines() if line.startswith("nDCG@10")]
    assert row[4:] == ["+0.000", "+0.000", "to", "+0.000", "1.0000", "0", "0"]
    code, _ = said(capsys, "evaluate", "compare", a, b)
    assert code == 2


def result(number: int, kind: str, **values: bool | None) -> dict[str, Any]:
    return {"id": f"q{number}", "kind": kind, "question": f"Question {number}?", "status": "answered", **values}


def test_questions_are_compared_by_kind_over_those_that_a_measure_applies_to(tmp_path: Path, capsys: Any) -> None:
    a = [result(n, "fact", answer=n % 2 == 0, refused=None, false_refusal=n == 1) for n in range(8)]
    a += [result(n, "unanswerable", answer=None, refused=True, false_refusal=None) for n in range(8, 11)]
    b = [one | {"answer": True, "false_refusal": False} if one["kind"] == "fact" else one for one in a[:-1]]
    b += [result(99, "fact", answer=True, refused=None, false_refusal=False)]
    for name, results in (("a.json", a), ("b.json", b)):
        (tmp_path / name).write_text(json.dumps({"questions": len(results), "results": results}), encoding="utf-8")
    code, out = said(capsys, "evaluate", "compare", tmp_path / "a.json", tmp_path / "b.json", "--json")
    shape = json.loads(out)
    assert code == 0
    assert (shape["questions"], shape["only_in_a"], shape["only_in_b"]) == (10, 1, 1)
    answer = shape["measures"]["answer"]
    assert (answer["n"], answer["a"], answer["b"], answer["better"], answer["worse"], answer["same"]) == (
        8,
        0.5,
        1,
        4,
        0,
        4,
    )
    assert answer["p"] == 2 / 2**4
    refusal = shape["measures"]["false_refusal"]
    assert (refusal["difference"], refusal["better"], refusal["worse"]) == (-0.125, 1, 0)
    assert shape["measures"]["refused"]["n"] == 2
    assert list(shape["by_kind"]) == ["fact", "unanswerable"]
    assert shape["by_kind"]["fact"]["answer"] == answer
    assert shape["by_kind"]["unanswerable"] == {"refused": shape["measures"]["refused"]}
    code, out = said(capsys, "evaluate", "compare", tmp_path / "a.json", tmp_path / "b.json")
    assert "10 questions in both; left out: 1 only in A, 1 only in B" in out
    assert "no difference: unanswerable" in out
    (row, _) = [line.split() for line in out.splitlines() if line.startswith("answer ")]
    assert row[:5] == ["answer", "8", "0.500", "1.000", "+0.500"]
    assert row[-3:] == ["0.1250", "4", "0"]


def test_files_that_cannot_be_compared_are_named(tmp_path: Path) -> None:
    good = tmp_path / "a.json"
    good.write_text(json.dumps({"results": [result(1, "fact", answer=True)]}), encoding="utf-8")
    for text, message in (
        ("{broken", "not what evaluate questions"),
        (json.dumps({"answer": 1}), "not what evaluate questions"),
        (json.dumps({"results": [result(1, "x"), result(1, "x")]}), "two questions of one id"),
    ):
        (tmp_path / "b.json").write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=message):
            read(tmp_path / "b.json", None)
    with pytest.raises(UsageError, match="There is no file"):
        read(tmp_path / "nowhere", None)
    others = (result(2, "fact", answer=True), result(1, "fact", answer=True) | {"question": "Another?"})
    for one, message in zip(others, ("no question in common", "mean different questions by q1"), strict=True):
        (tmp_path / "b.json").write_text(json.dumps({"results": [one]}), encoding="utf-8")
        with pytest.raises(UsageError, match=message):
            side_by_side(read(good, None), read(tmp_path / "b.json", None))


def test_what_evaluate_prints_is_what_compare_reads(
    tmp_path: Path, model_home: Path, project_root: Path, capsys: Any
) -> None:
    """A knowledge base is asked, loses a document, is asked again: the comparison says what that cost."""
    papers, home = tmp_path / "papers", tmp_path / "home"
    papers.mkdir()
    home.mkdir()
    for name in ("cets-197.md", "osce-action-plan.md"):
        shutil.copy(project_root / "corpus" / "documents" / name, papers)
    (home / "models").symlink_to(model_home / "models", target_is_directory=True)
    assert main(["ingest", str(papers), "--home", str(home), "--quiet"]) == 0
    quote = "recovery and reflection period"
    asked = [
        {
            "id": "period", "kind": "duration", "question": "How long is the recovery and reflection period in CETS 197?",
            "answerable": True, "answer_contains": ["30 days"],
            "evidence": [{"document": "cets-197.md", "page": None, "label": None, "quote": quote}],
        },
        {"id": "mining", "kind": "unanswerable", "question": "What does the Space Mining Treaty of 2031 say?", "answerable": False},
    ]  # fmt: skip
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    for name in ("before", "after"):
        code, out = said(capsys, "evaluate", "questions", file, "--home", home, "--quiet", "--json")
        assert code == 0
        (tmp_path / f"{name}.json").write_text(out, encoding="utf-8")
        if name == "before":
            assert main(["forget", "CETS 197", "--home", str(home), "--quiet"]) == 0
    code, out = said(capsys, "evaluate", "compare", tmp_path / "before.json", tmp_path / "after.json", "--json")
    shape = json.loads(out)
    assert code == 0
    lost = shape["by_kind"]["duration"]["answer"]
    assert (lost["a"], lost["b"], lost["worse"]) == (1, 0, 1)
    assert shape["by_kind"]["unanswerable"]["refused"]["same"] == 1
