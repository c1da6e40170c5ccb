"""The title of a document, from what the file says of itself, its headings or its first page."""

from __future__ import annotations

import re
from pathlib import Path

from corpus.language import detect_language
from ingest.extract.base import Extract
from ingest.headings import OPEN_END
from ingest.lines import Line
from ingest.mastheads import masthead_title

MAX_LENGTH = 200
_JUNK = re.compile(
    r"(?:none|untitled|title|index|microsoft word.*|.*\.(?:docx?|pdf|indd|qxd|p65|rtf)|[\w-]*\d{5,}[\w-]*|[0-9a-f]{16,}|"
    r"slide \d+|document\d*|powerpoint.*|word document|print|layout \d+|[^\s]*_[^\s]*)",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"(?:united|nations\b.{0,12}|united nations|general assembly|security council|economic and social council|"
    r"human rights council|general|limited|"
    r"(?:economic and social council )?distr\.?:?.*|original:?.*|\d{1,2} \w+ \d{4}|.*\bsession\.?|agenda items?\b.*|item \d+.*|\*?\d{5,}\*?|"
    r"(?:ge\.)?\d{2}-\d{5}.*|[ASE]/[\w./-]+|.*official journal of the.*|issn.*|isbn.*|www\..*|https?:.*|"
    r"eli:.*|\(text with eea relevance\)|\[.*\]|submitted by.*|page \d+|[ivx\d]+|universal periodic review|"
    r"(?:general assembly|security council|united nations|human rights council).*\b(?:distr|[ASE]/).*)",
    re.IGNORECASE,
)
_INSTRUMENT = re.compile(
    r"\b(?:convention|protocol|charter|covenant|agreement|treaty|statute|declaration)\b", re.IGNORECASE
)
_ITALIC_TITLE = re.compile(r"\*((?:Convention|Protocol|Agreement|Recommendation)\b[^*]{10,240})\*")
# ILO conventions have their title as the first words of the text.
_PLAIN_TITLE = re.compile(
    r"((?:Convention|Protocol|Agreement|Recommendation)(?:\s\(No\.\s?\d+\))?\s(?:concerning|relating|fixing|for|on|limiting|"
    r"ensuring|establishing)\b[^.*;]{8,200}?)(?:[.*]|$|(?=The General Conference))",
    re.IGNORECASE,
)
LANGUAGE_LINES = 40
LANGUAGE_SAMPLE = 120
_SECTION = re.compile(
    r"[IVX]+\.\s|\d+\.?\s|[A-Z]\.\s|Section \d|(?:Introduction|Contents|Summary|Preface|Foreword)\b", re.IGNORECASE
)
_CONTINUES = re.compile(r"(?:of|and|for|in|on|to|from|against|with|OF|AND|FOR|IN|ON|TO)\s")
_ENDS = re.compile(r"[.!?]$")
COVER_WORDS = 60
COVER_LEVELS = 2
_NO_TITLE = re.compile(
    r"(?:united nations|general assembly|[\w-]+ session|economic and social council|security council|official records.*|supplement no.*|"
    r"(?:[^\W\d_]{3,9}\.?,? )?(?:19|20)\d\s?\d|(?:for (?:more )?information|published by|contact|www\.|https?:).*|"
    r"\W*\d{1,4}\W*|(?:chapter|part|volume) [\divx]+|page \d+|.{1,2})",
    re.IGNORECASE,
)
_ISSUER = re.compile(
    r"\b(?:university|institute|office|department|ministry|agency|centre|center|unicef|unodc)\b", re.IGNORECASE
)


def find_title(extract: Extract, lines: list[Line], furniture: list[Line], path: Path) -> str:
    """The best title to be had; the file name, made readable, where the file gives none.

    A short title of a file with pages is followed by the running head, where that says more: "Chapter 2"
    alone does not tell which report it is of.
    """
    title = _title(extract, lines, furniture, path)
    running = _running_head(furniture)
    if extract.paged and len(title.split()) <= 5 and running and running.casefold() not in title.casefold():
        return running if title.casefold() in running.casefold() else f"{title} – {running}"
    return title


def _running_head(furniture: list[Line]) -> str:
    """The longest of the lines that head the pages and hold words."""
    counted: dict[str, int] = {}
    for line in furniture:
        text = _clean(re.sub(r"^\W*\d{1,4}\s+|\s+\d{1,4}\W*$", "", line.text))
        if 3 <= len(text.split()) <= 14 and _good(text) and not _BOILERPLATE.fullmatch(text):
            counted[text] = counted.get(text, 0) + 1
    often = [text for text, count in counted.items() if count >= 3]
    return max(often, key=len, default="")


def _title(extract: Extract, lines: list[Line], furniture: list[Line], path: Path) -> str:
    stated = _clean(extract.info.get("title", ""))
    if extract.format == "html" and _good(head := _clean(extract.info.get("heading", ""))) and _page_name(stated, head):
        return head
    if (extract.info.get("title_certain") or extract.format in {"html", "markdown", "docx"}) and _good(stated):
        return stated
    below = _clean(masthead_title(lines, furniture)) if extract.paged else ""
    if not below and extract.paged:
        below = stated if _borne_out(stated, extract) else _from_cover(lines)
    headed = below or _from_headings(lines, paged=extract.paged)
    if headed:
        return headed
    if extract.paged:
        page = lines[0].page if lines else 1
        top = sorted(
            [*lines, *(line for line in furniture if line.page == page)], key=lambda line: (line.page, line.start)
        )
        first = _from_first_page(top)
        if _good(stated) and len(stated.split()) >= 3 and not first:
            return stated
        if first:
            return first
    elif lines and lines[0].page_start and len(lines[0].text) <= MAX_LENGTH and _headline(lines):
        return _clean(lines[0].text)
    return readable_name(path)


def _page_name(title: str, heading: str) -> bool:
    """Whether a web page's title names the page or the site rather than the document whose heading it shows."""
    words = set(re.findall(r"\w{3,}", title.casefold()))
    return not words & set(re.findall(r"\w{3,}", heading.casefold())) or heading.casefold() in title.casefold()


def _borne_out(title: str, extract: Extract) -> bool:
    """Whether the title that the file states of itself stands in its first pages, so that it is no left-over."""
    words = re.findall(r"[^\W_]{4,}", title.casefold())
    if not _good(title) or len(title.split()) < 4 or len(words) < 3 or re.search(r"\.\w{3,4}$", title):
        return False
    start = "".join(page.text for page in extract.pages[:3]).casefold()
    return sum(word in start for word in words) >= 0.8 * len(words)


def _from_cover(lines: list[Line]) -> str:
    """The lines in large type of a first page that is a cover, from the largest on; empty where it is none."""
    page = [line for line in lines if line.page == lines[0].page] if lines else []
    if not page or sum(len(line.text.split()) for line in page) > COVER_WORDS or page[-1] is lines[-1]:
        return ""
    large = [line for line in page if line.heading and not _NO_TITLE.fullmatch(_clean(line.text))]
    if not large:
        return ""
    largest = min(line.heading for line in large)
    first = next(at for at, line in enumerate(large) if line.heading == largest)
    above = large[:first]
    if not any(_ISSUER.search(line.text) for line in above):
        first = 0
    title = _clean(" ".join(_clean(line.text) for line in large[first:] if line.heading <= largest + COVER_LEVELS))
    return title if len(title.split()) >= 3 and _good(title) else ""


def readable_name(path: Path) -> str:
    """A file name as words: "A_80_1.en.pdf" gives "A 80 1 en"."""
    name = re.sub(r"_BWBV\d+|-etc$", "", path.stem)
    return re.sub(r"[\s_.-]+", " ", name).strip() or path.name


def _clean(text: str) -> str:
    text = re.sub(r"\s+", " ", text.strip().strip("*_#`").replace("*", "")).strip(" .")
    return text if len(text) <= MAX_LENGTH else text[:MAX_LENGTH].rsplit(" ", 1)[0] + " …"


def _good(title: str) -> bool:
    return len(title) > 3 and not _JUNK.fullmatch(title) and sum(c.isalpha() for c in title) > 0.5 * len(title)


def _from_headings(lines: list[Line], *, paged: bool) -> str:
    """Among the first headings the one that names an instrument, else the first."""
    found: list[str] = []
    last: Line | None = None
    for line in lines[:16]:
        if line.heading:
            title = _clean(line.text.rstrip("*"))
            if _good(title) and not _BOILERPLATE.fullmatch(title):
                joins = (
                    paged
                    and last is not None
                    and last.page == line.page
                    and abs(last.heading - line.heading) <= 1
                    and not _SECTION.match(title)
                )
                if joins and len(found[-1]) + len(title) < MAX_LENGTH:
                    found[-1] += " " + title
                else:
                    found.append(title)
                last = line
            elif last is not None and paged and _BOILERPLATE.fullmatch(title) and len(title) > 12:
                found[-1] += " " + title if "periodic review" in title.casefold() else ""
        elif paged and last is not None and len(line.text) < 80 and _continues(found[-1], line.text):
            found[-1] += " " + _clean(line.text)
        elif paged and found and line.text[:1].isalpha():
            break
        plain = _ITALIC_TITLE.search(line.text) or (None if paged else _PLAIN_TITLE.match(line.text))
        if plain:
            found.append(_clean(plain[1]))
    instruments = [title for title in found if _INSTRUMENT.search(title) and len(title.split()) > 2]
    own = _in_language_of(lines, instruments)
    return next(iter((*own, *instruments, *found)), "")


def _in_language_of(lines: list[Line], titles: list[str]) -> list[str]:
    """Of titles in several languages those in the language of the text that follows them."""
    plain = (line.text for line in lines[:LANGUAGE_LINES] if not line.heading)
    text = next((text for text in plain if len(text) > LANGUAGE_SAMPLE), "")
    language = detect_language(re.sub(r"\]\([^)]*\)", "]", text))
    return [title for title in titles if language and detect_language(title) == language]


def _continues(title: str, text: str) -> bool:
    """Whether a line goes on with a title that was broken in the middle."""
    return bool(_CONTINUES.match(text) or OPEN_END.search(title)) and not _BOILERPLATE.fullmatch(text)


def _from_first_page(lines: list[Line]) -> str:
    """The first lines of the first page with text that are not boilerplate, joined while they read on."""
    page = next((line.page for line in lines), 1)
    parts: list[str] = []
    for line in [line for line in lines if line.page == page][:25]:
        text = _clean(line.text.rstrip("*"))
        if not text or _BOILERPLATE.fullmatch(text) or not re.search(r"[^\W\d_]{2}", text):
            if parts:
                break
            continue
        if parts and (re.match(r"[IVX]+\.|\d+\.\s|[A-Z]\.\s|(?:The|I|In|On) \w+ .{40,}", text) or len(parts) >= 5):
            break
        parts.append(text)
        if sum(len(part) for part in parts) > 110:
            break
    title = _clean(" ".join(parts))
    return title if _good(title) and len(title) > 5 else ""


def _headline(lines: list[Line]) -> bool:
    first = lines[0].text
    return not _ENDS.search(first) and (len(lines) < 2 or lines[1].after_blank or len(lines[1].text) > len(first))
