"""Do the quoted sentences hold the answer? Measured on question sets with known answers, over one corpus of all contexts.

    python tests/bench/answers.py EVALSETS [--home HOME] [--limit N]

EVALSETS is the folder that holds squad2-subset, policyqa and xquad. For each the contexts become the documents of a
knowledge base of their own, and each question is asked over all of them. Three ways of choosing one sentence are
compared on the questions that have an answer: the first quotation of our answer; the first sentence of the first
passage; the sentence of the first ten passages with the best cosine. Every share is 0 … 1, higher is better.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.sentences import sentence_spans
from search.records import Hit, Status
from ui.service import KnowledgeBase

SETS = ("squad2-subset", "policyqa", "xquad")


@dataclass(frozen=True)
class Asked:
    """A question, the strings of which one is its answer (none: it has none), and the text that holds it."""

    text: str
    answers: tuple[str, ...]
    context: str


def questions_of(folder: Path) -> Iterator[Asked]:
    """The questions of one set."""
    if folder.name == "squad2-subset":
        for line in (folder / "squad2_subset.jsonl").read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            yield Asked(one["question"], () if one["is_impossible"] else (one["answer"],), one["context"])
        return
    file = folder / ("dev.json.gz" if folder.name == "policyqa" else "xquad.en.json.gz")
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        data: list[dict[str, Any]] = json.load(stream)["data"]
    for article in data:
        for paragraph in article["paragraphs"]:
            for one in paragraph["qas"]:
                yield Asked(one["question"], tuple(a["text"] for a in one["answers"]), paragraph["context"])


def plain(text: str) -> str:
    """Lower case, letters and digits only: what must agree."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def holds(sentence: str, answers: Iterable[str]) -> bool:
    """Whether one of the answers stands in the sentence, word for word."""
    return any(f" {plain(answer)} " in f" {plain(sentence)} " for answer in answers if plain(answer))


def baselines(base: KnowledgeBase, question: str, hits: list[Hit]) -> tuple[str, str]:
    """The first sentence of the first passage, and the sentence of all with the best cosine."""
    texts = [hit.stored.passage.text for hit in hits]
    sentences = [text[start:end] for text in texts for start, end in sentence_spans(text)]
    if not sentences:
        return "", ""
    embedder = base.embedder()
    cosines = np.asarray(embedder.embed(sentences)) @ np.asarray(embedder.embed_query(question))
    return sentences[0], sentences[int(np.argmax(cosines))]


def measure(folder: Path, room: Path, models: Path, limit: int | None) -> dict[str, Any]:
    """Ask a set's questions, evenly spread where there are more than `limit`, and count."""
    asked = list(questions_of(folder))
    contexts = list(dict.fromkeys(one.context for one in asked))
    file = room / f"{folder.name}.jsonl"
    file.write_text(
        "".join(json.dumps({"_id": str(n), "title": "", "text": text}) + "\n" for n, text in enumerate(contexts)),
        encoding="utf-8",
    )
    base = KnowledgeBase(room / folder.name, create=True, models=models)
    base.ingest([file])
    step = max(1, len(asked) // limit) if limit else 1
    counts = dict.fromkeys(("ours", "ours, any quotation", "first sentence", "best cosine", "refused"), 0)
    answerable = unanswerable = 0
    for one in asked[::step]:
        answer = base.ask(one.text)
        quotes = [citation.quote for citation in answer.citations]
        if not one.answers:
            unanswerable += 1
            counts["refused"] += answer.status is Status.NOT_FOUND
            continue
        answerable += 1
        first, nearest = baselines(base, one.text, list(base.search(one.text, 10).hits))
        counts["ours"] += holds(quotes[0], one.answers) if quotes else False
        counts["ours, any quotation"] += any(holds(quote, one.answers) for quote in quotes)
        counts["first sentence"] += holds(first, one.answers)
        counts["best cosine"] += holds(nearest, one.answers)
    base.close()
    refused = counts.pop("refused")
    shares = {name: round(count / answerable, 3) for name, count in counts.items()}
    return {
        "set": folder.name,
        "answerable": answerable,
        **shares,
        "unanswerable": unanswerable,
        "refused": round(refused / unanswerable, 3) if unanswerable else None,
    }


def main() -> None:
    """Measure each set that is there and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evalsets", type=Path)
    parser.add_argument("--home", type=Path, help="a home whose converted model is used")
    parser.add_argument("--limit", type=int, help="about so many questions of each set")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        for name in SETS:
            if (arguments.evalsets / name).is_dir():
                found = measure(arguments.evalsets / name, Path(room), arguments.home or Path(room), arguments.limit)
                print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
