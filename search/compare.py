"""Two evaluations of the same questions side by side: what changed, for which kind of question, and is it chance?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from search.questions import MEASURES
from search.significance import compare
from search.trec import read_qrels, read_run, scores

OUTCOMES = (*MEASURES, "refused", "false_refusal")
# Of these less is better.
LESS = frozenset({"false_refusal"})


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One evaluation: for each question its value for each measure that applies to it, its kind, and its words (empty
    where the file has none)."""

    name: str
    values: dict[str, dict[str, float]]
    kinds: dict[str, str]
    texts: dict[str, str]


def read(file: Path, qrels: Path | None) -> Evaluated:
    """Read what `evaluate questions --json` printed, or a TREC run with the judgements in `qrels`.

    Raises:
        UsageError: the file is neither, or a run comes without judgements.
    """
    if not file.is_file():
        raise UsageError(f"There is no file {file}.")
    with file.open(encoding="utf-8", errors="replace") as stream:
        begin = stream.read(100).lstrip()
    if begin.startswith("{"):
        return _questions(file)
    if qrels is None:
        raise UsageError(f"{file} is a run: name the file of its judgements with --qrels.")
    return Evaluated(file.name, scores(read_run(file), read_qrels(qrels)), {}, {})


def _questions(file: Path) -> Evaluated:
    try:
        results = json.loads(file.read_text(encoding="utf-8"))["results"]
        values = {
            str(one["id"]): {name: float(one[name]) for name in OUTCOMES if one.get(name) is not None}
            for one in results
        }
        kinds = {str(one["id"]): str(one["kind"]) for one in results}
        texts = {str(one["id"]): str(one.get("question", "")) for one in results}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{file} is not what evaluate questions --json prints ({type(error).__name__}: {error})."
        ) from error
    if len(values) != len(results):
        raise UsageError(f"{file} holds two questions of one id.")
    return Evaluated(file.name, values, kinds, texts)


def side_by_side(a: Evaluated, b: Evaluated) -> dict[str, Any]:
    """The comparison of all questions that both hold, and the same for each kind of question.

    For each measure, over the questions that it applies to in both: see `search.significance.Comparison`.

    Raises:
        UsageError: they have no question in common, or the same id means two questions.
    """
    common = [question for question in a.values if question in b.values]
    if not common:
        raise UsageError(f"{a.name} and {b.name} have no question in common.")
    other = next((one for one in common if a.texts.get(one, "") != b.texts.get(one, "")), None)
    if other is not None:
        raise UsageError(f"{a.name} and {b.name} mean different questions by {other}.")
    kinds: dict[str, list[str]] = {}
    for question in common:
        if question in a.kinds:
            kinds.setdefault(a.kinds[question], []).append(question)
    return {
        "a": a.name,
        "b": b.name,
        "questions": len(common),
        "only_in_a": len(a.values) - len(common),
        "only_in_b": len(b.values) - len(common),
        "measures": _measures(a.values, b.values, common),
        "by_kind": {kind: _measures(a.values, b.values, questions) for kind, questions in kinds.items()},
    }


def _measures(
    a: Mapping[str, Mapping[str, float]], b: Mapping[str, Mapping[str, float]], questions: list[str]
) -> dict[str, dict[str, Any]]:
    found = {}
    names = dict.fromkeys(name for question in questions for name in a[question])
    for name in sorted(names, key=lambda one: OUTCOMES.index(one) if one in OUTCOMES else 0):
        both = [question for question in questions if name in a[question] and name in b[question]]
        if both:
            made = asdict(compare([a[question][name] for question in both], [b[question][name] for question in both]))
            if name in LESS:
                made |= {"better": made["worse"], "worse": made["better"]}
            found[name] = {key: _rounded(value) for key, value in made.items()}
    return found


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [round(one, 5) for one in value]
    return round(value, 5) if isinstance(value, float) else value
