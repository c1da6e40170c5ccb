"""How much of what stands in the real documents the reader finds: articles, paragraphs, recommendations, pages, words.

The truth is taken from the files themselves by simpler means: the headings of the Markdown files, the text of
pypdfium2 page by page, and the plain text extractions that came with the PDFs.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
import pytest

from corpus.records import Parsed
from ingest.extract.cleaning import join_hyphens, tidy
from ingest.parse import parse_file
from ingest.reader import ReadFailure, read_all

WORKERS = 2
ARTICLE = re.compile(
    r"\s*#{1,6}\s*(?:Article|Artikel|Art\.?)\s+(\d+\s?[a-z]?(?:\s?bis|\s?ter)?|[IVXLC]+)\b(?P<rest>.*)", re.I
)
NUMBER = re.compile(r"\s*\*?(?:(\d{1,3})\s?[.)]|\((\d{1,3})\))\*?\s*(?=\S|$)(?!\d)")
PARAGRAPH = re.compile(r"^\s*(\d{1,3})\.\s+(?=[^\W\d_]|[“\"(])", re.MULTILINE)
RECOMMENDATION = re.compile(r"(?:^\s*|[;.)\]]\s+|\n)(\d{2,3}\.\d{1,3})\.?\s+(?=[A-Z“\"(])", re.MULTILINE)
OPEN_END = re.compile(r"[.:;?!”\"’)]\W*\d{0,3}$")


def read(paths: Sequence[Path]) -> Iterator[tuple[Path, Parsed]]:
    for path, outcome in read_all(paths, parse_file, workers=WORKERS):
        if not isinstance(outcome, ReadFailure):
            yield path, outcome


def labels(parsed: Parsed) -> list[str]:
    """All labels in reading order, each once where it goes on; an article stands before its paragraphs."""
    found: list[str] = []
    for passage in parsed.passages:
        for label in [label for _, label in passage.pinpoints] or [passage.label or ""]:
            if label and not (found and (found[-1] == label or found[-1].startswith(f"{label}("))):
                found.append(label)
    return found


def printed_articles(path: Path) -> tuple[Counter[str], Counter[str]]:
    """Articles and their numbered paragraphs by the lines of a Markdown file."""
    articles: Counter[str] = Counter()
    paragraphs: Counter[str] = Counter()
    article, number = "", 0
    for line in path.read_text(encoding="utf-8").splitlines():
        head = ARTICLE.match(line)
        if head:
            article, number = f"Article {''.join(head[1].split())}", 0
            inner = re.match(r",\s*(?:paragraph|lid)\.?\s*(\d+)", head["rest"].strip())
            article += f"({inner[1]})" if inner else ""
            articles[article] += 1
        elif re.match(r"\s*#{1,3}(?!#)", line):
            article = ""
        elif article and (mark := NUMBER.match(line)) and int(mark[1] or mark[2]) == number + 1:
            number += 1
            paragraphs[f"{article}({number})"] += 1
    return articles, paragraphs


def test_articles_and_paragraphs_of_treaties_are_found_and_labelled(shared: Path) -> None:
    paths = sorted((shared / "realdocs" / "treaties-md").glob("*_*.md"))
    wanted, missed, invented = Counter[str](), Counter[str](), Counter[str]()
    for path, parsed in read(paths):
        articles, paragraphs = printed_articles(path)
        found = labels(parsed)
        implied = [label.split("(")[0] for at, label in enumerate(found) if label.startswith("Article")
                   and (at == 0 or found[at - 1].split("(")[0] != label.split("(")[0])]  # fmt: skip
        have = Counter(found) + Counter(implied)
        wanted["articles"] += articles.total()
        wanted["paragraphs"] += paragraphs.total()
        missed["articles"] += (articles - have).total()
        missed["paragraphs"] += (paragraphs - have).total()
        names = {article.split("(")[0] for article in articles}
        invented["articles"] += sum(1 for label in implied if label not in names)
    assert len(paths) > 150
    assert missed["articles"] <= 0.01 * wanted["articles"], (missed, wanted)
    assert missed["paragraphs"] <= 0.03 * wanted["paragraphs"], (missed, wanted)
    assert invented["articles"] == 0, invented


def page_texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [
            document[index].get_textpage().get_text_range().replace("\r\n", "\n").translate({0xFFFE: None, 2: None})
            for index in range(len(document))
        ]
    finally:
        document.close()


def running_numbers(pages: Sequence[str]) -> list[tuple[int, int]]:
    """The longest run of numbers at line starts that follow one another, as (number, page)."""
    starts = [(int(found[1]), page) for page, text in enumerate(pages, 1) for found in PARAGRAPH.finditer(text)]
    ends: dict[int, list[tuple[int, int]]] = {}
    for number, page in starts:
        run = [*ends.get(number - 1, []), (number, page)]
        if len(run) >= len(ends.get(number, [])):
            ends[number] = run
    return max(ends.values(), key=len, default=[])


def is_outline(run: Sequence[tuple[int, int]], pages: Sequence[str]) -> bool:
    """Whether the run numbers headings or agenda items: short lines that end without a stop."""
    lines = [
        next((line for line in pages[page - 1].split("\n") if re.match(rf"\s*{number}\.", line)), "")
        for number, page in run
    ]
    return sum(len(line) < 70 and not OPEN_END.search(line.strip()) for line in lines) > 0.6 * len(lines)


def squeezed(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@pytest.mark.parametrize(("folder", "step"), [("upr-reports/pdf", 4), ("un-reports-2025/pdf", 5)])
def test_numbers_recommendations_and_pages_of_reports_are_right(shared: Path, folder: str, step: int) -> None:
    paths = sorted((shared / "realdocs" / folder).glob("*.pdf"))[::step]
    wanted, right = Counter[str](), Counter[str]()
    for path, parsed in read(paths):
        pages = page_texts(path)
        places: dict[str, set[int]] = {}
        for passage in parsed.passages:
            for label in (passage.label, *(label for _, label in passage.pinpoints)):
                # A list inside a paragraph is labelled as such: "para. 95(12)".
                inner = re.fullmatch(r"para\. \d+\((\d+)\)", label or "")
                for name in {label or "", f"para. {inner[1]}" if inner else ""}:
                    places.setdefault(name, set()).update(span.page for span in passage.spans)
        run = running_numbers(pages)
        if len(run) >= 4 and not is_outline(run, pages):
            wanted["numbers"] += len(run)
            right["numbers"] += sum(page in places.get(f"para. {number}", ()) for number, page in run)
        printed = {found for text in pages for found in RECOMMENDATION.findall(text)}
        heads = Counter(label.split(".")[0] for label in printed)
        printed = {label for label in printed if heads[label.split(".")[0]] >= 5}
        wanted["recommendations"] += len(printed)
        right["recommendations"] += sum(label in places for label in printed)
        stored = {page.number: page.text for page in parsed.pages}
        letters = [squeezed(text) for text in pages]
        for passage in parsed.passages:
            first = passage.spans[0]
            beginning = squeezed(stored[first.page][first.start : first.end])[:30]
            wanted["pages"] += 1
            right["pages"] += beginning in letters[passage.page - 1]
    assert wanted["numbers"] > 300
    assert right["numbers"] >= 0.97 * wanted["numbers"], (right, wanted)
    assert right["recommendations"] >= 0.98 * wanted["recommendations"], (right, wanted)
    assert right["pages"] >= 0.995 * wanted["pages"], (right, wanted)


def test_recommendations_carry_the_response_and_the_state(shared: Path) -> None:
    _, parsed = next(read([shared / "realdocs" / "upr-reports" / "pdf" / "oman2011.pdf"]))
    items = {passage.label: passage for passage in parsed.passages if re.fullmatch(r"\d+\.\d+", passage.label or "")}
    assert items["89.53"].page == 17
    assert "enjoy the support of Oman" in items["89.53"].lead
    assert "will be examined by Oman" in items["90.1"].lead
    assert "did not enjoy the support of Oman" in items["91.1"].lead
    named = sum(
        bool(re.search(r"\([A-Z][^()]*(?:\([^()]*\)[^()]*)*\)\W*\d{0,2}$", item.text)) for item in items.values()
    )
    assert named >= 0.95 * len(items)


def words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W_]+", text)]


def test_the_words_of_independent_extractions_are_stored_in_order(shared: Path) -> None:
    folder = shared / "realdocs" / "upr-reports"
    texts = {path.stem: path for path in (folder / "txt-extracted-by-source-repo").glob("*.txt")}
    paths = [path for path in sorted((folder / "pdf").glob("*.pdf")) if path.stem in texts][::11]
    total = found = 0
    for path, parsed in read(paths):
        wanted = words(join_hyphens(tidy(texts[path.stem].read_text(encoding="utf-8", errors="replace"))))
        have = words("\n".join(page.text for page in parsed.pages))
        matcher = difflib.SequenceMatcher(None, wanted, have, autojunk=False)
        total += len(wanted)
        found += sum(block.size for block in matcher.get_matching_blocks())
    assert len(paths) >= 5
    assert found >= 0.98 * total, found / total
