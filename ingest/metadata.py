"""What a document is: title, symbol, body, type, dates, standing, language, countries, themes, and the names it goes by,
each with where it came from.

Everything is read from the text first; the file's name counts only where the text is silent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.filters import check_date
from corpus.language import detect_language
from corpus.lexicon import Instrument, find_countries, fold, recognise
from corpus.records import Certainty, Document, Page, Passage
from corpus.symbols import find_symbols, normalise_symbol
from ingest.claims import claims_of
from ingest.dating import note_dates
from ingest.extract.base import Extract
from ingest.facts import CERTAIN, GUESS, LIKELY, Facts, with_basis
from ingest.forms import debate, review, reviewed_state, turn
from ingest.kinds import TREATIES, document_type, issuing_body
from ingest.lines import Line
from ingest.standing import note_access, note_standing
from ingest.themes import themes_of
from ingest.titles import find_title

_PRINTED = re.compile(r"(?:United\s+Nations|Организация\s+Объединенных\s+Наций|Nations\s+Unies)\s+(?=[A-Z]+/)")
_LANGUAGES = {
    "english": "en", "french": "fr", "russian": "ru", "spanish": "es", "arabic": "ar", "chinese": "zh", "german": "de",
    "italian": "it",
}  # fmt: skip
# "Russian / Original: English": the language of this text stands first, the original's only where it is alone.
_DECLARED = re.compile(r"(?:^(?P<own>[A-Z][a-z]+|[A-Z]{5,8})\n)?Original:\s*(?P<original>[A-Za-z]+)", re.MULTILINE)
# "Seventy-ninth session", "9863rd meeting", "Fourteenth Meeting of the Ministerial Council", "462nd Plenary Meeting".
_MEETING = re.compile(
    r"\b(?P<meeting>(?:[A-Z][a-z]+(?:-[a-z]+)?|\d{1,4}(?:st|nd|rd|th))\s+(?:(?:special|regular|emergency|resumed)\s+)?"
    r"(?:session|Plenary\s+Meeting|Meeting\s+of\s+the\s+(?:OSCE\s+)?Ministerial\s+Council))\b"
)
# "This session", "The annual session": no names of sessions.
_NO_ORDINAL = re.compile(
    r"(?:The|This|That|Each|Every|Its|Last|Next|A|An|Any|One|Of|Annual|Regular|Opening|Closing|Plenary)\b"
)
TREATY = 3
FIELDS = (
    "title", "symbol", "body", "type", "date", "language", "url", "meeting", "speaker", "access", "standing", "adopted",
    "published", "place",
)  # fmt: skip
LISTS = ("countries", "themes", "aliases", "speakers")
DATES = ("date", "adopted", "published")


def describe(extract: Extract, lines: Sequence[Line], furniture: Sequence[Line], articles: int, path: Path) -> Document:
    """The document's record, as far as its text and name tell; counts of pages and passages come later."""
    head = "\n".join(page.text for page in extract.pages[:2])[:4000]
    edges = "\n".join(line.text for line in furniture[:40])
    facts = Facts()
    _note_title(facts, extract, lines, furniture, path)
    debate(facts, path, extract)
    turn(facts, head)
    review(facts, extract)
    title = facts.text("title") or ""
    _note_symbol(facts, head, edges, title)
    printed = facts.text("symbol")
    named = (recognise(title) or recognise(head[:450])) if articles >= TREATY else None
    _note_names(facts, named, head[:120])
    reviewed_state(facts)
    title, symbol = facts.text("title") or "", facts.text("symbol")
    kind = facts.text("type") or document_type(title, extract, printed, articles, named)
    facts.note("type", kind, "its symbol, masthead and title", LIKELY)
    facts.note(
        "body",
        issuing_body(symbol, title, extract, edges),
        "its symbol" if symbol else "the first body that it names",
        LIKELY,
    )
    facts.note("countries", tuple(find_countries(title.replace("United Nations", ""))), "its title", LIKELY)
    note_dates(facts, head, path, extract, treaty=kind in TREATIES and articles >= TREATY)
    facts.note("url", extract.info.get("url"), "the file's own description", LIKELY)
    _note_meeting(facts, head)
    note_standing(facts)
    note_access(facts, head, edges)
    facts.note("themes", themes_of(title, (page.text for page in extract.pages)), "the words that it uses", LIKELY)
    document = Document(id="", path=str(path), title=title, format=extract.format, paged=extract.paged)
    return replace(facts.document(document), claims=claims_of(title, symbol, head))


def _note_title(facts: Facts, extract: Extract, lines: Sequence[Line], furniture: Sequence[Line], path: Path) -> None:
    title = find_title(extract, list(lines), list(furniture), path)
    start = fold("\n".join(page.text for page in extract.pages[:2])[:8000])
    if extract.info.get("title_certain"):
        source, sure = "stated with the text", CERTAIN
    elif fold(title) in start:
        source, sure = "printed on the first page", CERTAIN
    elif fold(title) == fold(extract.info.get("title", "")):
        source, sure = "the file's own description", LIKELY
    elif fold(title) == fold(path.stem.replace("_", " ")):
        source, sure = "the file's name", GUESS
    else:
        source, sure = "put together from its first lines", LIKELY
    facts.note("title", title, source, sure)


def _note_symbol(facts: Facts, head: str, edges: str, title: str) -> None:
    """The symbol that the document bears: beside the body's name on its first page, in its running head, else at its
    very top."""
    printed = _PRINTED.search(head)
    if printed and (found := find_symbols(head[printed.end() : printed.end() + 40].partition("\n")[0])):
        facts.note("symbol", found[0], "beside the body's name on the first page", CERTAIN)
        return
    running = find_symbols(edges)
    if running:
        counted = Counter(normalise_symbol(symbol) for symbol in running)
        best = counted.most_common(1)[0][0]
        own = next(symbol for symbol in running if normalise_symbol(symbol) == best)
        facts.note("symbol", own, "the running head", CERTAIN)
        return
    facts.note("symbol", next(iter(find_symbols(title)), None), "its title", LIKELY)
    facts.note("symbol", next(iter(find_symbols(head[:260])), None), "its first lines", LIKELY)


def _note_names(facts: Facts, known: Instrument | None, top: str) -> None:
    """The names that an instrument goes by, where this is its own text."""
    if known is None:
        return
    symbol, title = facts.text("symbol"), facts.text("title") or ""
    # An act that prints its own symbol at its very top keeps it; elsewhere symbols are those of other texts.
    if known.symbol and (symbol is None or (symbol not in top and not find_symbols(title))):
        facts.replace("symbol", known.symbol, "the vocabulary, by its title", LIKELY)
    full = _known_title(title, known)
    if full != title:
        facts.replace("title", full, "the vocabulary; it is printed under a title in another language", LIKELY)
    facts.replace("aliases", (*facts.names("aliases"), *known.names), "the vocabulary, by its title", LIKELY)


def _known_title(title: str, known: Instrument) -> str:
    """A treaty printed under a title in a language of few readers goes by its own full name."""
    if detect_language(title) in {"en", None} and not re.search(
        r"\b(?:Verdrag|Protocol (?:inzake|bij|tot)|Overeenkomst)\b", title
    ):
        return title
    full = [name for name in known.names if any(words in fold(name) for words in known.title_words)]
    return max(full, key=len, default=title)


def _note_meeting(facts: Facts, head: str) -> None:
    found = _MEETING.search(head[:1800])
    if found and not _NO_ORDINAL.match(found["meeting"]):
        facts.note("meeting", " ".join(found["meeting"].split()), "the first page", LIKELY)


def with_language(document: Document, passages: Sequence[Passage], extract: Extract | None = None) -> Document:
    """The language in which most of the text is written; of a text printed in two, the one that comes first. What the
    document states of itself counts where the text at its top is in that language, whatever is annexed to it."""
    if document.language:
        return document
    stated = _declared("\n".join(page.text for page in extract.pages[:2])[:4000]) if extract is not None else None
    if stated and any(passage.language == stated for passage in passages[:6]):
        document = replace(document, language=stated)
        return with_basis(document, "language", "the distribution block, and its words", CERTAIN)
    sizes: Counter[str] = Counter()
    for passage in passages:
        if passage.language:
            sizes[passage.language] += len(passage.text)
    total = sum(sizes.values())
    main = [language for language in sizes if sizes[language] > 0.3 * total]  # in the order of appearance
    language = next(iter(main or sizes), None)
    if language is None:
        return document
    return with_basis(replace(document, language=language), "language", "its words", LIKELY)


def page_languages(pages: Sequence[Page], passages: Sequence[Passage]) -> tuple[Page, ...]:
    """The pages with the language of most of the text that stands on each; None where no passage does."""
    sizes: dict[int, Counter[str]] = {}
    for passage in passages:
        for span in passage.spans if passage.language else ():
            sizes.setdefault(span.page, Counter())[str(passage.language)] += span.end - span.start
    return tuple(
        replace(page, language=sizes[page.number].most_common(1)[0][0]) if page.number in sizes else page
        for page in pages
    )


def _declared(head: str) -> str | None:
    """The language that a distribution block states for this text."""
    found = _DECLARED.search(head)
    if found is None:
        return None
    return _LANGUAGES.get((found["own"] or "").casefold()) or _LANGUAGES.get(found["original"].casefold())


def override(document: Document, values: Mapping[str, str], source: str = "the curator") -> Document:
    """The record with what `source` states, the curator or the file's own front matter; lists are parted by ";". What
    is the same as found already keeps its source.

    Raises:
        UsageError: a date is not an ISO date.
    """
    for name in (*FIELDS, *LISTS):
        value = (values.get(name) or "").strip()
        if not value:
            continue
        new: object = value
        if name in DATES:
            new = check_date(value)
        elif name in LISTS:
            parts = tuple(part.strip() for part in value.split(";") if part.strip())
            new = tuple(code_of(part) for part in parts) if name == "countries" else parts
        if getattr(document, name) != new:
            changes: dict[str, object] = {name: new}
            document = with_basis(replace(document, **changes), name, source, Certainty.CERTAIN)  # type: ignore[arg-type]
    return document


def code_of(country: str) -> str:
    """The ISO code of a country's name; the text itself where it is none."""
    return next(iter(find_countries(country)), country)
