"""What a draft cites: documents by symbol, by an instrument's name or by title, with articles, paragraphs and pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from corpus.lexicon import Named, fold, instrument, instruments, name_places
from corpus.records import Document
from corpus.symbols import find_symbols, normalise_symbol
from search.naming import Pinpoint, find_pinpoints, has_article

# Shorter titles are words of every sentence ("Introduction", "Annual Report").
TITLE_WORDS = 4
MAX_RANGE = 30
_INSTRUMENT = "instrument:"
_PAGE = re.compile(r"\b(?:pp?\.|pages?)\s*(\d{1,4}|[ivxl]{1,6})\b(?:\s*[-–—]\s*(\d{1,4})\b)?", re.IGNORECASE)
_RANGE = re.compile(
    r"\b(?P<kind>art(?:icle)?s?\.?|para(?:graph)?s?\.?|§§?)\s*(?P<first>\d{1,3})\s*(?P<joint>[-–—]|,|and|to|et|und)\s*(?P<last>\d{1,3})\b"
    r"(?!\s*[(/.]\s*\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cited:
    """What one citation names: ids of held documents that fit it, how the text calls them, names that the corpus knows
    or that have the form of a symbol but are not held, pinpoints and pages. `instruments` says which instrument a
    document is, where it is called by such a name: (document id, instrument id). With `inherited` the text was named
    earlier in the paragraph, as in "The Convention … Its Article 13 …", and another may be meant."""

    text: str
    documents: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    pinpoints: tuple[Pinpoint, ...] = ()
    pages: tuple[str, ...] = ()
    instruments: tuple[tuple[str, str], ...] = ()
    inherited: bool = False

    def places_in(self, document_id: str) -> tuple[Pinpoint, ...]:
        """Those of the pinpoints that may be meant of this document."""
        own = dict(self.instruments).get(document_id)
        return tuple(one for one in self.pinpoints if one.instrument in {None, own})

    @property
    def names_a_text(self) -> bool:
        """Whether a document is named, held or not."""
        return bool(self.documents or self.missing)

    @property
    def names_a_place(self) -> bool:
        """Whether an article, paragraph or page is named."""
        return bool(self.pinpoints or self.pages)

    def completed(self, other: Cited | None) -> Cited:
        """With the text, or the place, of another citation where this one names none."""
        if other is None:
            return self
        made = self
        if not made.names_a_text and other.names_a_text:
            made = replace(made, documents=other.documents, names=other.names, missing=other.missing)
            made = replace(made, instruments=other.instruments)
        elif not made.names_a_place and other.names_a_place and not other.names_a_text:
            made = replace(made, pinpoints=other.pinpoints, pages=other.pages)
        return made if made is self else replace(made, text=f"{other.text} … {self.text}")


class CitationReader:
    """Reads citations against the documents of one revision."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._by_symbol: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for document in documents.values():
            if document.symbol:
                self._by_symbol[normalise_symbol(document.symbol)].append(document.id)
            # Not every symbol has the form of one: "HCCH 33" is found as a name.
            for name in dict.fromkeys((*document.aliases, document.title, document.symbol or document.title)):
                self._by_name[fold(name)].append(document.id)
                for symbol in find_symbols(name):
                    self._by_symbol[normalise_symbol(symbol)].append(document.id)
        self._names = self._all_names(short=False)
        self._with_short = self._all_names(short=True)
        self._longest = max((len(name.split()) for name in self._with_short), default=1)

    def _all_names(self, *, short: bool) -> dict[str, str]:
        """Every name by which a text can be called, folded, with itself as its id or that of its instrument."""
        names = {
            name: name
            for name, ids in self._by_name.items()
            if len(name.split()) >= TITLE_WORDS or any(self._is_alias(name, one) for one in ids)
        }
        for entry in instruments():
            if not entry.members:
                names |= {fold(name): _INSTRUMENT + entry.id for name in entry.names}
                names |= {fold(name): _INSTRUMENT + entry.id for name in entry.short} if short else {}
        return {name: key for name, key in names.items() if name}

    def _is_alias(self, name: str, document_id: str) -> bool:
        document = self._documents[document_id]
        return any(fold(alias) == name for alias in (*document.aliases, document.symbol or ""))

    def read(self, text: str) -> Cited | None:
        """What a stretch of text cites; None where it names neither a text nor a place."""
        documents: dict[str, None] = {}
        names: dict[str, None] = {}
        missing: dict[str, None] = {}
        known: dict[str, str] = {}
        names_known = self._with_short if has_article(text) else self._names
        found_names = name_places(text, names_known, self._longest, capitals=True)
        for named in found_names:
            name, ids = self._held(named)
            documents |= dict.fromkeys(ids)
            if named.id.startswith(_INSTRUMENT):
                known |= dict.fromkeys(ids, named.id.removeprefix(_INSTRUMENT))
            (names if ids else missing)[name] = None
        called = {self._symbol_of(named) for named in found_names}
        for symbol in find_symbols(text):
            if normalise_symbol(symbol) in called:
                continue
            ids = self._by_symbol.get(normalise_symbol(symbol), [])
            documents |= dict.fromkeys(ids)
            # The symbol of an instrument that is known under another name is held with that.
            (names if ids else missing)[symbol] = None
        if documents:
            missing = {name: None for name in missing if not self._same_as_held(name, documents)}
        pinpoints = (*find_pinpoints(text), *_ranges(text))
        found = Cited(
            text.strip(),
            (*documents,),
            (*names,),
            (*missing,),
            (*dict.fromkeys(pinpoints),),
            _pages(text),
            (*known.items(),),
        )
        return found if found.names_a_text or found.names_a_place else None

    def _held(self, named: Named) -> tuple[str, list[str]]:
        """How a text that is named is called, and the documents that hold it."""
        if not named.id.startswith(_INSTRUMENT):
            ids = self._by_name[named.id]
            first = self._documents[ids[0]]
            return (first.symbol if first.symbol and fold(first.symbol) == named.id else first.title), ids
        entry = instrument(named.id.removeprefix(_INSTRUMENT))
        assert entry is not None
        ids = [one for name in entry.names for one in self._by_name.get(fold(name), ())]
        if entry.symbol:
            ids += self._by_symbol.get(normalise_symbol(entry.symbol), ())
        return entry.names[0], list(dict.fromkeys(ids))

    def _symbol_of(self, named: Named) -> str:
        """The symbol of an instrument that is named, "" of another text: who gives both means one."""
        entry = instrument(named.id.removeprefix(_INSTRUMENT)) if named.id.startswith(_INSTRUMENT) else None
        return normalise_symbol(entry.symbol) if entry and entry.symbol else ""

    def _same_as_held(self, name: str, documents: Mapping[str, None]) -> bool:
        wanted = fold(name)
        return any(
            fold(self._documents[one].symbol or "") == wanted or self._is_alias(wanted, one) for one in documents
        )


def _pages(text: str) -> tuple[str, ...]:
    pages: dict[str, None] = {}
    for match in _PAGE.finditer(text):
        pages[match[1].casefold()] = None
        if match[2] and match[1].isdigit() and 0 < int(match[2]) - int(match[1]) <= MAX_RANGE:
            pages |= {str(page): None for page in range(int(match[1]), int(match[2]) + 1)}
    return (*pages,)


def _ranges(text: str) -> list[Pinpoint]:
    """The articles and paragraphs that a range or pair names: "Articles 10 to 12", "paras. 5 and 7"."""
    found = []
    for match in _RANGE.finditer(text):
        first, last = int(match["first"]), int(match["last"])
        if match["joint"] in {",", "and", "et", "und"} and last != first + 1:
            numbers = [first, last]
        elif 0 < last - first <= MAX_RANGE:
            numbers = list(range(first, last + 1))
        else:
            continue
        article = match["kind"].casefold().startswith("art")
        found += [Pinpoint(article=str(n)) if article else Pinpoint(paragraph=str(n)) for n in numbers]
    return found
