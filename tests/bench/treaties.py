"""Is the right article found? Measured on the questions of human-rights-treaty-qa over a home that holds the treaties.

    python tests/bench/treaties.py EVALSETS --home HOME

Most questions name their article; for those that do not, the article is given below. A question counts where that
article of the treaty meant, or of another edition of it, is among the first three passages. Questions on treaties that
the home does not hold must be refused.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from corpus.lexicon import fold
from search.records import Hit, Status
from ui.service import KnowledgeBase

# By the number of the question: where the treaties say what its author took for the answer.
ARTICLES = {21: "7", 23: "3", 25: "32", 27: "2", 31: "1", 33: "1", 37: "1", 39: "5"}
FIRST = 3


def is_right(hit: Hit, article: str, file: str, title: str) -> bool:
    """Whether a passage is that article of that file, or of a document with the same title."""
    labelled = re.match(rf"Article {article}(?!\d)", hit.stored.passage.label or "") is not None
    return labelled and (hit.document.path.endswith(file) or fold(title) in fold(hit.document.title))


def main() -> None:
    """Ask, count, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evalsets", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    arguments = parser.parse_args()
    base = KnowledgeBase(arguments.home)
    titles = {Path(document.path).name: document.title for document in base.documents()}
    found, asked, refused, absent = 0, 0, 0, 0
    missed: list[str] = []
    lines = (arguments.evalsets / "human-rights-treaty-qa" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    for entry in map(json.loads, lines):
        if not entry["answerable_from_treaties_md"]:
            absent += 1
            refused += base.ask(entry["question"]).status is Status.NOT_FOUND
            continue
        named = re.search(r"Article (\d+)", entry["question"])
        article = named[1] if named else ARTICLES[entry["id"]]
        file = entry["gold_file_in_treaties_md"]
        hits = base.search(entry["question"], FIRST).hits
        asked += 1
        right = any(is_right(hit, article, file, titles.get(file, file)) for hit in hits)
        found += right
        missed += [] if right else [f"{entry['id']}: {entry['question']}"]
    shape = {"questions": asked, "article@3": round(found / asked, 3), "absent": absent, "refused": refused}
    print(json.dumps({**shape, "missed": missed}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
