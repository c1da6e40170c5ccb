"""The rectangles on pages of real documents: what stands under them is what was quoted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from corpus.records import Parsed
from corpus.sentences import sentence_spans
from ingest.parse import parse_file
from ingest.reader import read_all
from ui.page_image import _letters, quote_boxes

SEED, FILES, QUOTATIONS = 20250611, 60, 200
SHORT, LONG = 40, 300
COVERS, EXACT, MOST = 0.99, 0.97, 1.5
LIGATURE, SLACK = 3, 0.6  # letters; points
Box = tuple[float, float, float, float]


def quotations(parsed: Parsed) -> Iterator[tuple[int, str]]:
    """The sentences of a document's passages that stand on one page: (page, as an answer quotes them)."""
    for passage in parsed.passages:
        if len({span.page for span in passage.spans}) == 1:
            for start, end in sentence_spans(passage.text):
                quote = passage.text[start:end].strip()
                if SHORT <= len(quote) <= LONG:
                    yield passage.page, quote


def under(page: object, boxes: list[Box]) -> str:
    """The letters whose middle lies in a box, in the order of the page; of letters printed over each other the first."""
    import pypdfium2.raw as raw

    text, found, taken = page.get_textpage(), [], []  # type: ignore[attr-defined]
    for at in range(text.count_chars()):
        box = text.get_charbox(at)
        middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        code = raw.FPDFText_GetUnicode(text, at)
        letters = _letters(chr(code)) if 0 < code <= 0x10FFFF else ""
        if not letters or box[2] <= box[0] or not any(inside(middle, one) for one in boxes):
            continue
        # The letters of a ligature share their place, one right after the other.
        if not any(at - earlier > LIGATURE and over(middle, one) for earlier, one in taken):
            found.append(letters)
            taken.append((at, box))
    return "".join(found)


def over(point: tuple[float, float], box: Box) -> bool:
    """Whether a letter is printed over another one, as bold print is made; it may be moved a little."""
    return inside(point, (box[0] - SLACK, box[1] - SLACK, box[2] + SLACK, box[3] + SLACK))


def inside(point: tuple[float, float], box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def test_the_text_under_the_rectangles_is_what_was_quoted(shared: Path) -> None:
    import pypdfium2

    chance = random.Random(SEED)
    files = sorted((shared / "realdocs").rglob("*.pdf"))
    assert len(files) > 100
    read = read_all(chance.sample(files, FILES), parse_file, workers=2)
    found = {
        path: list(quotations(parsed))
        for path, parsed in read
        if isinstance(parsed, Parsed) and parsed.document.format == "pdf"
    }
    pool = [
        (path, page, quote)
        for path in sorted(found)
        for page, quote in sorted(chance.sample(found[path], min(8, len(found[path]))))
    ]
    wrong, exact = [], 0
    sample = chance.sample(pool, QUOTATIONS)
    for path, number, quote in sample:
        page = pypdfium2.PdfDocument(path)[number - 1]
        covered, wanted = under(page, quote_boxes(page, (quote,))), _letters(quote)
        exact += covered == wanted
        # Some pages hold a second text under the one that is seen: it lies under the rectangle too.
        if wanted not in covered or len(covered) > MOST * len(wanted):
            wrong.append(f"{path.name}, p. {number}: {quote!r} is marked as {covered[:200]!r}")
    covers = 1 - len(wrong) / len(sample)
    assert covers >= COVERS, f"{covers:.3f}\n" + "\n".join(wrong)
    assert exact / len(sample) >= EXACT, f"{exact / len(sample):.3f}"
