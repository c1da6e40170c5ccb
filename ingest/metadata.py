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
from ingest.extract.base import Extract
from ingest.lines import Line
from ingest.titles import find_title

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"), 1)
    for name in names.split()
}  # fmt: skip
_DAY = re.compile(r"\b(\d{1,2})\s+([A-Z][a-z]{2,8})\.?,?\s+((?:19|20)\d{2})\b")
_US_DAY = re.compile(r"\b([A-Z][a-z]{2,8})\.?\s+(\d{1,2}),\s+((?:19|20)\d{2})\b")
_YEAR = re.compile(r"(?<![\d/])((?:19|20)\d{2})(?![\d/])")
_DEBATE = re.compile(r"([A-Z]{3})_(\d{2})_((?:19|20)\d{2})")
_TURN = re.compile(r"`?(?P<speaker>(?:Mr|Ms|Mrs|Miss|Dr|The)\.? [^`—]{2,60}?) — (?P<date>\d{1,2} \w+ \d{4})`?")
_QUOTED_SPEAKER = re.compile(r"[”\"],?[”\"]?\s[^.“\"]{0,160}\b(?:said|stressed|added|stated|concluded|noted)\b")
_REVIEWED = re.compile(
    r"[Tt]he\s+review\s+of\s+(?:the\s+)?(?P<state>[A-Z][\w’' -]{2,60}?(?:\s\([\w ]+\))?)\s+(?:was\s+held|took\s+place)\s+at\s+the"
)
_REVIEW_TITLE = "Report of the Working Group on the Universal Periodic Review"
_TYPES: tuple[tuple[str, str], ...] = (
    ("explanatory-report", r"explanatory report"),
    ("protocol", r"\bprotocol\b(?! on agenda)"),
    ("convention", r"\b(?:convention|verdrag|covenant|treaty)\b"),
    ("charter", r"\bcharter\b"),
    ("agreement", r"\b(?:agreement|overeenkomst)\b"),
    ("regulation", r"\bregulation\b"),
    ("directive", r"\bdirective\b"),
    ("declaration", r"\bdeclaration\b"),
    ("resolution", r"\bresolution\b"),
    ("decision", r"\bdecision\b"),
    ("letter", r"^(?:identical )?letters? dated|^note verbale"),
    ("action-plan", r"\b(?:action plan|plan of action)\b"),
    ("guide", r"\b(?:guide|guidance|guidelines|toolkit|handbook|manual)\b"),
    ("form", r"\b(?:form|referral form)\b"),
    ("report", r"\b(?:report|review|findings|study|analysis|trends)\b"),
)
_BODIES: tuple[tuple[str, str], ...] = (
    ("OSCE", r"organization for security and co-?operation|\bosce\b"),
    ("CoE", r"council of europe|conseil de l.europe|raad van europa|european treaty series"),
    ("ILO", r"international labour (?:organi[sz]ation|conference|office)|internationale arbeidsconferentie"),
    ("EU", r"european union|official journal of the european|europese unie"),
    ("UN", r"united nations|general assembly|\bunodc\b|human rights council|verenigde naties|\bunicef\b"),
    ("US", r"department of labor|u\.s\. department|bureau of international labor|department of homeland security"),
)
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
    kind = document.type or _type(title, head, articles, extract)
    body = document.body or _body(symbol, title, head, paged=extract.paged)
    countries = document.countries or tuple(find_countries(title.replace("United Nations", "")))
    document = replace(
        document,
        symbol=symbol,
        type=kind,
        body=body,
        countries=countries,
        date=document.date or _date(head, title, path, paged=extract.paged),
        url=extract.info.get("url"),
    )
    return _with_names(document, head, articles)


def with_language(document: Document, passages: Sequence[Passage]) -> Document:
    """The language in which most of the text is written; of a text printed in two, the one that comes first."""
    sizes: Counter[str] = Counter()
    for passage in passages:
        if passage.language:
            sizes[passage.language] += len(passage.text)
    total = sum(sizes.values())
    main = [language for language in sizes if sizes[language] > 0.3 * total]  # in the order of appearance
    return replace(document, language=document.language or next(iter(main or sizes), None))


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
        name = country_name(code)
        return replace(
            document,
            title=f"{name}, statement in the General Debate, UN General Assembly, {session}th session, {year}",
            type="speech", body="UN", date=year, countries=(code,), speaker=name,
            meeting=f"{session}th session, {year}",
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


def _review(document: Document, extract: Extract) -> Document:
    """A report on the review of a State names the State in its title and how people ask for it."""
    start = " ".join(page.text for page in extract.pages[:4])[:12000]
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
    """The symbol that the document bears: in its running head, else at its very top."""
    counted = Counter(normalise_symbol(symbol) for symbol in find_symbols(edges))
    found = find_symbols(edges) if counted else find_symbols(title) or find_symbols(head[:260])
    if counted:
        best = counted.most_common(1)[0][0]
        return next(symbol for symbol in found if normalise_symbol(symbol) == best)
    return found[0] if found else None


def _type(title: str, head: str, articles: int, extract: Extract) -> str | None:
    folded = title.casefold()
    for name, pattern in _TYPES:
        if re.search(pattern, folded) and (articles or name not in {"convention", "protocol", "charter", "agreement"}):
            return name
    if articles >= 5:
        return "convention"
    if not extract.paged and len(head) < 4000 and len(_QUOTED_SPEAKER.findall(head)) >= 2:
        return "press-release"
    return "web-page" if extract.format == "html" else None


def _body(symbol: str | None, title: str, head: str, *, paged: bool) -> str | None:
    if symbol:
        bare = normalise_symbol(symbol)
        if re.match(r"[ASE]/|CEDAW|CRC/|CCPR", bare):
            return "UN"
        if re.match(r"(?:MC|PC|FSC|SUM|SEC|CIO)\.", bare):
            return "OSCE"
        if re.match(r"CETS|CM/|GRETA|THB", bare):
            return "CoE"
    for text in (title, head[:1500] if paged else head[:400]):
        folded = " ".join(text.casefold().split())
        hits = [(found.start(), name) for name, pattern in _BODIES if (found := re.search(pattern, folded))]
        if hits:
            return min(hits)[1]
    return None


def parse_date(text: str) -> str | None:
    """The first full date in the text, as ISO."""
    found: list[tuple[int, str]] = []
    for match in _DAY.finditer(text):
        month = _MONTHS.get(match[2].casefold())
        if month and 1 <= int(match[1]) <= 31:
            found.append((match.start(), f"{match[3]}-{month:02d}-{int(match[1]):02d}"))
    for match in _US_DAY.finditer(text):
        month = _MONTHS.get(match[1].casefold())
        if month and 1 <= int(match[2]) <= 31:
            found.append((match.start(), f"{match[3]}-{month:02d}-{int(match[2]):02d}"))
    return min(found)[1] if found else None


def _date(head: str, title: str, path: Path, *, paged: bool) -> str | None:
    stamped = re.search(r"Distr\.:.{0,40}", head, re.DOTALL)
    if stamped:
        return parse_date(head[stamped.start() : stamped.start() + 200])
    if paged and (day := parse_date(head[:700])):
        return day
    for text in (title, head[:200] if paged else "", path.stem.replace("_", " ")):
        years = _YEAR.findall(text)
        if years:
            return str(max(years)) if paged else str(years[0])
    return None


def _known_title(title: str, known: Instrument) -> str:
    """A treaty printed under a title in a language of few readers goes by its own full name."""
    if detect_language(title) in {"en", None} and not re.search(
        r"\b(?:Verdrag|Protocol (?:inzake|bij|tot)|Overeenkomst)\b", title
    ):
        return title
    full = [name for name in known.names if any(words in fold(name) for words in known.title_words)]
    return max(full, key=len, default=title)


def _with_names(document: Document, head: str, articles: int) -> Document:
    """The names that an instrument goes by, where this is its own text; of a review report, how people ask for it."""
    aliases: list[str] = []
    symbol = document.symbol
    if articles >= 3:
        known = recognise(document.title) or recognise(head[:450])
        if known:
            aliases += known.names
            document = replace(document, title=_known_title(document.title, known))
            symbol = symbol if symbol and find_symbols(document.title) else known.symbol or symbol
    return replace(document, aliases=(*document.aliases, *aliases), symbol=symbol)
