"""Rankings and judgements as the programs of TREC write and read them, so that others can score a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus.errors import UsageError
from search.measures import ndcg, recall, reciprocal_rank

TAG = "rapporteur"
_FIELDS = 6


def run_lines(query: str, ranking: Iterable[tuple[str, float]]) -> list[str]:
    """The lines of one query, best first, `ranking` holding (document id, score).

    trec_eval ignores the order of lines and ranks by scores of single precision, equal ones by name: scores are
    therefore made to fall strictly, by as little as that precision can tell."""
    lines: list[str] = []
    last = np.float32(np.inf)
    for rank, (name, score) in enumerate(ranking, 1):
        shown = score
        if np.float32(score) >= last:
            shown = float(np.nextafter(last, np.float32(-np.inf)))
        last = np.float32(shown)
        lines.append(f"{query} Q0 {name} {rank} {shown:.9g} {TAG}\n")
    return lines


def read_run(file: Path) -> dict[str, list[str]]:
    """The documents of each query in the order in which trec_eval sees them: by score, equal ones by name, backwards.

    Raises:
        UsageError: the file is missing, or a line is none of a run.
    """
    scored: dict[str, dict[str, np.float32]] = {}
    for number, fields in _rows(file):
        try:
            query, _, name, _, score, _ = fields
            value = np.float32(float(score))
        except ValueError as error:
            raise UsageError(f"{file}, line {number}: not query, Q0, document, rank, score and tag.") from error
        if name in scored.setdefault(query, {}):
            raise UsageError(f"{file}, line {number}: {name} comes twice for query {query}.")
        scored[query][name] = value
    if not scored:
        raise UsageError(f"{file} holds no ranking.")
    return {
        query: sorted(found, key=lambda name: (found[name], name.encode()), reverse=True)
        for query, found in scored.items()
    }


def read_qrels(file: Path) -> dict[str, dict[str, int]]:
    """Judgements as query → document → grade, in TREC's layout (four columns) or BEIR's (three and a heading).

    Raises:
        UsageError: the file is missing, or a line is none of judgements.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, fields in _rows(file):
        if number == 1 and fields[-1] == "score":
            continue
        try:
            query, name, grade = fields if len(fields) == 3 else (fields[0], fields[2], fields[3])
            qrels.setdefault(query, {})[name] = int(grade)
        except (ValueError, IndexError) as error:
            raise UsageError(f"{file}, line {number}: not query, document and whole grade.") from error
    judged = {query: grades for query, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
    if not judged:
        raise UsageError(f"{file} judges no document to be relevant.")
    return judged


def scores(run: Mapping[str, Sequence[str]], qrels: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """Each judged query's nDCG@10, R@10, R@100 and RR@10, 0 … 1; 0 where the run has nothing for it."""
    found = {}
    for query, relevant in qrels.items():
        ranking = run.get(query, ())
        found[query] = {
            "nDCG@10": ndcg(ranking, relevant, 10),
            "R@10": recall(ranking, relevant, 10),
            "R@100": recall(ranking, relevant, 100),
            "RR@10": reciprocal_rank(ranking, relevant, 10),
        }
    return found


def _rows(file: Path) -> Iterable[tuple[int, list[str]]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read as a text file.") from error
    return [(number, line.split()) for number, line in enumerate(lines, 1) if line.strip()]
