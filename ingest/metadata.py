"""What a document is: title, symbol, body, type, date, language, speaker, countries, and the names it goes by.

Everything is read from the text first; the file's name counts only where the text is silent (the statements
in the General Debate carry country, session and year nowhere else).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.filters import check_date
from corpus.language import detect_language
from corpus.lexicon import Instrument, country_name, find_countries, fold, recognise
from corpus.records import Document, Passage
from corpus.symbols import find_symbols, normalise_symbol
from ingest.dates import parse_date, parse_month, signed_date
from ingest.extract.base import Extract
from ingest.kinds import TREATIES, document_type, issuing_body
from ingest.lines import Line
from ingest.titles import find_title

_YEAR = re.compile(r"(?<![\d/])((?:19|20)\d{2})(?![\d/]|-[A-Z])")
_DEBATE = re.compile(r"([A-Z]{3})_(\d{2})_((?:19|20)\d{2})")
_TURN = re.compile(r"`?(?P<speaker>(?:Mr|Ms|Mrs|Miss|Dr|The)\.? [^`—]{2,60}?) — (?P<date>\d{1,2} \w+ \d{4})`?")
_REVIEWED = re.compile(
    r"[Tt]he\s+review\s+of\s+(?:the\s+(?!former))?(?P<state>(?:the\s+former\s+)?[A-Z][\w’' -]{2,60}?(?:\s\([\w ]+\))?)\s+"
    r"(?:was\s+held|took\s+place)\s+at\s+the"
)
_REVIEW_TITLE = "Report of the Working Group on the Universal Periodic Review"
_JOURNAL = re.compile(r"\bOJ [LC],?\s*(\d{1,2}\.\d{1,2}\.\d{4})")
ALONE = 5
_PRINTED = re.compile(r"(?:United\s+Nations|Организация\s+Объединенных\s+Наций|Nations\s+Unies)\s+(?=[A-Z]+/)")
_IMPRINT = re.compile(r"(?:New York|Geneva|Vienna|Official Records),?\s+((?:19|20)\d{2})\b")
_LANGUAGES = {
    "english": "en", "french": "fr", "russian": "ru", "spanish": "es", "arabic": "ar", "chinese": "zh", "german": "de",
    "italian": "it",
}  # fmt: skip
# "Russian / Original: English": the language of this text stands first, the original's only where it is alone.
_DECLARED = re.compile(r"(?:^(?P<own>[A-Z][a-z]+|[A-Z]{5,8})\n)?Original:\s*(?P<original>[A-Za-z]+)", re.MULTILINE)
FIELDS = ("title", "symbol", "body", "type", "date", "language", "url", "meeting", "speaker", "access")
LISTS = ("countries", "themes", "aliases")


def describe(extract: Extract, lines: Sequence[Line], furniture: Sequence[Line], articles: int, path: Path) -> Document:
    """The document's record, as far as its text and name tell; counts of pages and passages come later."""
    head = "\n".join(page.text for page in extract.pages[:2])[:4000]
    edges = "\n".join(line.text for line in furniture[:40])
    title = find_title(extract, list(lines), list(furniture), path)
    document = Document(id="", path=str(path), title=title, format=extract.format, paged=extract.paged)
    document = _review(_speech(document, path, head), extract)
    symbol = _symbol(head, edges, title)
    named = (recognise(title) or recognise(head[:450])) if articles >= 3 else None
    document = _with_names(replace(document, symbol=symbol), named, head[:120])
    document = _reviewed_state(document, symbol)
    kind = document.type or document_type(title, extract, symbol, articles, named)
    return replace(
        document,
        type=kind,
        body=document.body or issuing_body(document.symbol, title, extract, edges),
        countries=document.countries or tuple(find_countries(title.replace("United Nations", ""))),
        date=document.date or _date(head, title, path, extract, treaty=kind in TREATIES and articles >= 3),
        url=extract.info.get("url"),
    )


def _reviewed_state(document: Document, symbol: str | None) -> Document:
    """Documents of a State's review name it in their symbol ("A/HRC/WG.6/48/SVN/2"), not always in their title."""
    found = re.search(r"/([A-Z]{3})/\d", symbol or "")
    name = country_name(found[1]) if found else None
    if found is None or name is None or name == found[1]:
        return document
    title = document.title if name.casefold() in document.title.casefold() else f"{document.title} – {name}"
    return replace(document, title=title, countries=document.countries or (found[1],))


def with_language(document: Document, passages: Sequence[Passage], extract: Extract | None = None) -> Document:
    """The language in which most of the text is written; of a text printed in two, the one that comes first. What the
    document states of itself counts where the text at its top is in that language, whatever is annexed to it."""
    if document.language:
        return document
    stated = _declared("\n".join(page.text for page in extract.pages[:2])[:4000]) if extract is not None else None
    if stated and any(passage.language == stated for passage in passages[:6]):
        return replace(document, language=stated)
    sizes: Counter[str] = Counter()
    for passage in passages:
        if passage.language:
            sizes[passage.language] += len(passage.text)
    total = sum(sizes.values())
    main = [language for language in sizes if sizes[language] > 0.3 * total]  # in the order of appearance
    return replace(document, language=next(iter(main or sizes), None))


def _declared(head: str) -> str | None:
    """The language that a distribution block states for this text."""
    found = _DECLARED.search(head)
    if found is None:
        return None
    return _LANGUAGES.get((found["own"] or "").casefold()) or _LANGUAGES.get(found["original"].casefold())


def override(document: Document, values: Mapping[str, str]) -> Document:
    """The record with what a curator or the file's own front matter states; lists are parted by ";".

    Raises:
        UsageError: a date is not an ISO date.
    """
    changes: dict[str, object] = {}
    for name in FIELDS:
        value = (values.get(name) or "").strip()
        if value:
            changes[name] = check_date(value) if name == "date" else value
    for name in LISTS:
        value = (values.get(name) or "").strip()
        if value:
            parts = tuple(part.strip() for part in value.split(";") if part.strip())
            changes[name] = tuple(code_of(part) for part in parts) if name == "countries" else parts
    return replace(document, **changes)  # type: ignore[arg-type]


def code_of(country: str) -> str:
    """The ISO code of a country's name; the text itself where it is none."""
    return next(iter(find_countries(country)), country)


def _speech(document: Document, path: Path, head: str) -> Document:
    debate = _DEBATE.fullmatch(path.stem)
    if debate and document.format == "text":
        code, session, year = debate.groups()
        name, session = country_name(code), f"{session}{_suffix(int(session))}"
        return replace(
            document,
            title=f"{name}, statement in the General Debate, UN General Assembly, {session} session, {year}",
            type="speech", body="UN", date=year, countries=(code,), speaker=name,
            meeting=f"{session} session, {year}",
        )  # fmt: skip
    turn = _TURN.search(head[:400])
    if turn:
        speaker = turn["speaker"].strip()
        name = " ".join(part if part.endswith(".") else part.title() for part in speaker.split())
        given = document.title if len(document.title) > 6 and document.title.casefold() != "none" else ""
        if re.fullmatch(r"[0-9a-f ]{16,}", given) or not given:
            given = ""
        title = f"{given.capitalize() + ', ' if given else ''}statement of {name}, US Congress, {turn['date']}"
        return replace(
            document, title=title[0].upper() + title[1:], type="speech", body="US", date=parse_date(turn["date"]),
            speaker=name, meeting=turn["date"], countries=("USA",),
        )  # fmt: skip
    return document


def _suffix(number: int) -> str:
    """The ending of an ordinal number: 61st, 62nd, 63rd, 64th."""
    if number % 100 in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _review(document: Document, extract: Extract) -> Document:
    """A report on the review of a State names the State in its title and how people ask for it."""
    start = " ".join(" ".join(page.text for page in extract.pages[:4])[:14000].split())
    found = _REVIEWED.search(start)
    if not found or "Universal" not in start:
        return document
    state = " ".join(found["state"].split())
    addendum = re.search(r"Addendum", start[: found.start()][:1500])
    title = f"{_REVIEW_TITLE} – {state}" + (" – Addendum" if addendum else "")
    return replace(
        document,
        title=title,
        type="report",
        body="UN",
        countries=tuple(find_countries(state)),
        meeting=_session(start),
        aliases=(f"UPR {state}", f"{state} periodic review"),
    )


def _session(text: str) -> str | None:
    found = re.search(r"held\s+its\s+(\w+(?:-\w+)?)\s+session", text)
    return f"{found[1]} session of the UPR Working Group" if found else None


def _symbol(head: str, edges: str, title: str) -> str | None:
    """The symbol that the document bears: beside the body's name on its first page, in its running head, else at its
    very top."""
    printed = _PRINTED.search(head)
    if printed and (found := find_symbols(head[printed.end() : printed.end() + 40].partition("\n")[0])):
        return found[0]
    counted = Counter(normalise_symbol(symbol) for symbol in find_symbols(edges))
    found = find_symbols(edges) if counted else find_symbols(title) or find_symbols(head[:260])
    if counted:
        best = counted.most_common(1)[0][0]
        return next(symbol for symbol in found if normalise_symbol(symbol) == best)
    return found[0] if found else None


def _date(head: str, title: str, path: Path, extract: Extract, *, treaty: bool) -> str | None:
    """When the document was adopted or issued, to the day, month or year that it prints."""
    stamped = re.search(r"Distr\b", head)
    if stamped and (day := parse_date(head[stamped.start() : stamped.start() + 240])):
        return day
    if treaty:
        signed = parse_date(head[:500]) if extract.paged else None
        return signed or signed_date("\n".join(page.text for page in extract.pages)) or _year_of(title, path, head)
    cover = extract.pages[0].text if extract.paged else ""
    if extract.paged:
        front = "\n".join(page.text for page in extract.pages[:4])[:3000]
        if imprint := _IMPRINT.search(front):
            return imprint[1]
        if day := parse_date(title):
            return day
        headers = "\n".join(page.text for page in extract.pages[:3])
        if (journal := _JOURNAL.search(headers)) and (day := parse_date(journal[1])):
            return day
        alone = [line for line in cover.split("\n")[:30] if len(line.split()) <= ALONE]
        if day := parse_date(head[:700]) or next(filter(None, map(parse_month, alone)), None):
            return day
    return _year_of(title, path, head[:200] if extract.paged else "") or _imprint_year(extract)


def _year_of(title: str, path: Path, head: str) -> str | None:
    for text in (title, path.stem.replace("_", " "), head[:200]):
        years = _YEAR.findall(text)
        if years:
            return str(max(years))
    return None


def _imprint_year(extract: Extract) -> str | None:
    """The year of the copyright line at the front or the back."""
    ends = "\n".join(page.text for page in (*extract.pages[:3], *extract.pages[-2:])) if extract.paged else ""
    found = re.search(r"(?:©|\(c\)|copyright)\D{0,40}((?:19|20)\d{2})\b", ends, re.IGNORECASE)
    return found[1] if found else None


def _known_title(title: str, known: Instrument) -> str:
    """A treaty printed under a title in a language of few readers goes by its own full name."""
    if detect_language(title) in {"en", None} and not re.search(
        r"\b(?:Verdrag|Protocol (?:inzake|bij|tot)|Overeenkomst)\b", title
    ):
        return title
    full = [name for name in known.names if any(words in fold(name) for words in known.title_words)]
    return max(full, key=len, default=title)


def _with_names(document: Document, known: Instrument | None, top: str) -> Document:
    """The names that an instrument goes by, where this is its own text; of a review report, how people ask for it."""
    if known is None:
        return document
    symbol = document.symbol
    # An act that prints its own symbol at its very top keeps it; elsewhere symbols are those of other texts.
    if symbol is None or (known.symbol and symbol not in top and not find_symbols(document.title)):
        symbol = known.symbol or symbol
    title = _known_title(document.title, known)
    return replace(document, title=title, aliases=(*document.aliases, *known.names), symbol=symbol)
