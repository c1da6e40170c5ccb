"""Retrieval measured on question sets in BEIR's layout: corpus.jsonl[.gz], queries.jsonl, qrels/*.tsv."""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from corpus.errors import UsageError
from search.measures import best_first, latency, mean, ndcg, recall, reciprocal_rank
from search.trec import run_lines

# Passages asked for so that 100 different documents are very likely among them; a document is several passages.
DEPTH = 300
SPLITS = ("test", "dev")


@dataclass(frozen=True, slots=True)
class BeirDocument:
    """One document of a set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class BeirSet:
    """A question set: `queries` (id → text) holds the judged ones only, in the order of their file; `qrels` maps
    query id → document id → grade (above 0: relevant)."""

    folder: Path
    split: str
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]

    def corpus(self) -> Iterator[BeirDocument]:
        """The documents, one after the other, read anew at each call."""
        file = self.folder / "corpus.jsonl"
        for entry in _lines(file if file.is_file() else self.folder / "corpus.jsonl.gz"):
            yield BeirDocument(str(entry["_id"]), entry.get("title") or "", entry.get("text") or "")


def read_beir(folder: Path, split: str | None = None) -> BeirSet:
    """Read a set's questions and judgements; `split` is a name in qrels/ (None: test, else dev, else the first).

    Queries with no relevant document are left out. Raises UsageError where the folder is not of that layout."""
    if not any((folder / name).is_file() for name in ("corpus.jsonl", "corpus.jsonl.gz")):
        raise UsageError(
            f"{folder} holds no corpus.jsonl or corpus.jsonl.gz: it is not a question set in BEIR's layout."
        )
    splits = sorted(file.stem for file in (folder / "qrels").glob("*.tsv"))
    chosen = split or next((name for name in SPLITS if name in splits), splits[0] if splits else "")
    if chosen not in splits:
        raise UsageError(
            f"{folder} has no judgements qrels/{chosen or '*'}.tsv; there is: {', '.join(splits) or 'none'}."
        )
    qrels = _read_qrels(folder / "qrels" / f"{chosen}.tsv")
    queries: dict[str, str] = {}
    # Some sets keep the questions of each split in a file of its own.
    for file in (folder / "queries.jsonl", folder / f"queries-{chosen}.jsonl"):
        if file.is_file():
            queries.update((str(entry["_id"]), entry["text"]) for entry in _lines(file))
    judged = {key: text for key, text in queries.items() if any(grade > 0 for grade in qrels.get(key, {}).values())}
    if not judged:
        raise UsageError(f"No question of {folder} has a relevant document in qrels/{chosen}.tsv.")
    return BeirSet(folder, chosen, judged, {key: qrels[key] for key in judged})


def evaluate_retrieval(
    ranked: Callable[[str, int], list[tuple[str, float]]],
    beir: BeirSet,
    limit: int | None = None,
    run: Path | None = None,
) -> dict[str, Any]:
    """Ask a set's questions (the first `limit`) and measure the rankings.

    `ranked(question, k)` returns the k best passages as (document id, score), higher is better. Documents rank by
    their best passage. Each measure is the mean over the questions, 0..1: nDCG@10 (linear gain), R@10, R@100,
    RR@10. `latency_ms` is that of a call for 10 passages, as a person asks; the deep call that ranks 100
    documents is not timed. `run` names a file to write the rankings to, in the format of TREC."""
    questions = list(beir.queries.items())[:limit]
    values: dict[str, list[float]] = {"nDCG@10": [], "R@10": [], "R@100": [], "RR@10": []}
    times: list[float] = []
    lines: list[str] = []
    for key, text in questions:
        start = time.perf_counter()
        ranked(text, 10)
        times.append((time.perf_counter() - start) * 1000)
        documents = best_first(ranked(text, DEPTH))[:100]
        ranking, relevant = [document for document, _ in documents], beir.qrels[key]
        values["nDCG@10"].append(ndcg(ranking, relevant, 10))
        values["R@10"].append(recall(ranking, relevant, 10))
        values["R@100"].append(recall(ranking, relevant, 100))
        values["RR@10"].append(reciprocal_rank(ranking, relevant, 10))
        lines += run_lines(key, documents)
    if run is not None:
        run.write_text("".join(lines), encoding="utf-8")
    means = {name: round(mean(found) or 0.0, 5) for name, found in values.items()}
    return {
        "set": beir.folder.name,
        "split": beir.split,
        "queries": len(questions),
        **means,
        "latency_ms": latency(times),
    }


def _read_qrels(file: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if not row or (number == 1 and row[-1] == "score"):
                continue
            try:
                query, document, grade = row
                qrels.setdefault(query, {})[document] = int(grade)
            except ValueError as error:
                raise UsageError(f"{file}, line {number}: not query, document and whole grade.") from error
    return qrels


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with _open(file) as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise UsageError(f"{file}, line {number}: not a JSON object.") from error


def _open(file: Path) -> IO[str]:
    return gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8")
