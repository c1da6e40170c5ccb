"""Every filter against what it says, evaluated naively in Python over random documents."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.records import Document, Filters, Page, Parsed, Passage, Span
from corpus.store import Store
from corpus.symbols import normalise_symbol

PATHS = [
    "/papers/reports/2023.pdf", "/papers/reports/deep/2024.pdf", "/papers/myreports/2023.pdf", "/papers/Report [final].pdf",
    "/papers/Report f.pdf", "/papers/a_b%c.md", "/papers/aXbYc.md", "/papers/corpus.jsonl#7", "/papers/Décision.md",
]  # fmt: skip
PATTERNS = [
    "reports/*.pdf", "2023.pdf", "*.md", "/papers/*", "/papers/reports/2023.pdf", "Report [final].pdf", "Report [fg].pdf",
    "a_b%c.md", "corpus.jsonl#*", "corpus.jsonl", "reports", "papers/reports/*", "?eport*", "*", "", "[", "déc*.md",
]  # fmt: skip
BODIES = ["OSCE", "CoE", "UN"]
TYPES = ["decision", "action-plan", "report"]
STANDINGS = ["binding", "political", "guidance"]
TITLES = ["Décision nº 3", "DECISION No 3", "100% of it", "1000 of it", "A_B", "AxB", "Ξένος", "ξενοσ"]
SYMBOLS = ["CETS No. 197", "ETS 197", "MC.DEC/14/06", "MC DEC 14/06", "A/RES/55/25"]
MEETINGS = ["Sofia 2004", "SOFIA 2004, second day", "Maastricht 2003", "50%"]
DATES = ["2003", "2003-06", "2003-06-15", "2003-12-31", "2004", "2004-02-29", "2005-01-01"]
COUNTRIES, THEMES, LANGUAGES = ["ALB", "FRA", "UZB"], ["child-labour", "victims"], ["en", "fr", "ru"]
LABELS = [None, "Article 13", "Article 13(1)", "Article 130", "Article 1", "para. 13", "Art. 13", "Article 7A"]


def maybe(values: Sequence[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


def some(values: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


DOCUMENTS = st.lists(
    st.tuples(
        st.builds(
            Document, id=st.just(""), path=st.sampled_from(PATHS), title=st.sampled_from(TITLES),
            symbol=maybe(SYMBOLS), body=maybe(BODIES), type=maybe(TYPES), date=maybe(DATES), meeting=maybe(MEETINGS),
            countries=some(COUNTRIES), themes=some(THEMES), standing=maybe(STANDINGS),
        ),
        st.lists(st.tuples(maybe(LANGUAGES), st.sampled_from(LABELS)), min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip
ANY_CASE = st.sampled_from([str.lower, str.upper, str])


def given_values(values: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    one = st.tuples(st.sampled_from(values), ANY_CASE).map(lambda pair: pair[1](pair[0]))
    return st.just(()) | st.lists(one, min_size=1, max_size=3).map(tuple)


FILTERS = st.builds(
    Filters, body=given_values(BODIES), type=given_values(TYPES), language=given_values(LANGUAGES),
    country=given_values(COUNTRIES), theme=given_values(THEMES), meeting=given_values([*MEETINGS, "Sofia"]),
    standing=given_values(STANDINGS),
    symbol=given_values([*SYMBOLS, "STCE 197"]), document=given_values([*TITLES, "decision", "0% of", "d1", "reports/"]),
    path=st.just(()) | st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2).map(tuple),
    article=given_values(["13", "13(1)", "Article 1", "7A", "%", "1_"]), date_from=maybe(DATES), date_to=maybe(DATES),
)  # fmt: skip


# -- what each filter means, in plain words ------------------------------------------------------------------------


def fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def same(value: str | None, wanted: Sequence[str]) -> bool:
    return value is not None and value.lower() in [one.lower() for one in wanted]


def days(date: str) -> tuple[str, str]:
    """First and last day of what may be a year or a month."""
    parts = [int(part) for part in date.split("-")]
    year, first, last = parts[0], parts[1] if len(parts) > 1 else 1, parts[1] if len(parts) > 1 else 12
    if len(parts) == 3:
        return date, date
    return f"{year:04}-{first:02}-01", f"{year:04}-{last:02}-{calendar.monthrange(year, last)[1]:02}"


def glob(pattern: str, path: str) -> bool:
    """A shell pattern over the whole path, or over its end from the name of a folder or file on."""
    ends = [path] + [path[at.end() :] for at in re.finditer("/", path)]
    return any(pattern == end or re.fullmatch(translate(pattern), end, re.DOTALL) for end in ends)


def translate(pattern: str) -> str:
    out = ""
    while pattern:
        group = re.match(r"\[(\^?)(\]?[^\]]*)\]", pattern)
        if pattern[0] in "*?":
            out, pattern = out + (".*" if pattern[0] == "*" else "."), pattern[1:]
        elif group:
            out, pattern = out + f"[{group[1]}{re.escape(group[2])}]", pattern[group.end() :]
        elif pattern[0] == "[":
            return r"(?!)"
        else:
            out, pattern = out + re.escape(pattern[0]), pattern[1:]
    return out


def document_passes(document: Document, filters: Filters) -> bool:
    about = "\n".join((document.id, document.path, document.title))
    symbol = normalise_symbol(document.symbol) if document.symbol else None
    tests = [
        not filters.body or same(document.body, filters.body),
        not filters.type or same(document.type, filters.type),
        not filters.country or any(same(country, filters.country) for country in document.countries),
        not filters.theme or any(same(theme, filters.theme) for theme in document.themes),
        not filters.meeting or any(fold(one) in fold(document.meeting or "") for one in filters.meeting),
        not filters.standing or same(document.standing, filters.standing),
        not filters.symbol or symbol in [normalise_symbol(one) for one in filters.symbol],
        not filters.document or any(fold(one) in fold(about) for one in filters.document),
        not filters.path or any(glob(one, document.path) for one in filters.path),
    ]
    if filters.date_from or filters.date_to:
        tests.append(document.date is not None)
    if document.date and filters.date_from:
        tests.append(days(document.date)[1] >= days(filters.date_from)[0])
    if document.date and filters.date_to:
        tests.append(days(document.date)[0] <= days(filters.date_to)[1])
    return all(tests)


def passage_passes(passage: Passage, filters: Filters) -> bool:
    articles = [one.split()[-1].lower() for one in filters.article]
    label = re.fullmatch(r"(?:Article|Art\.) (\S+)", passage.label or "")
    return (not filters.language or same(passage.language, filters.language)) and (
        not filters.article
        or (label is not None and any(f"{label[1].lower()}(".startswith(f"{one}(") for one in articles))
    )


# -- the comparison ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("home"), create=True)
    yield store
    store.close()


def fill(store: Store, documents: Sequence[tuple[Document, Sequence[tuple[str | None, str | None]]]]) -> list[Parsed]:
    for document in store.documents():
        store.remove(document.id)
    made = []
    for number, (document, rows) in enumerate(documents):
        passages = tuple(
            Passage("Text.", (Span(1, 0, 5),), ordinal, language=language, label=label)
            for ordinal, (language, label) in enumerate(rows)
        )
        parsed = Parsed(replace(document, id=f"d{number}"), (Page(1, "1", "Text."),), passages)
        store.put(parsed, None, "model", {})
        made.append(parsed)
    return made


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS, FILTERS)
def test_filters_mean_what_they_say(
    store: Store, documents: list[tuple[Document, list[tuple[str | None, str | None]]]], filters: Filters
) -> None:
    compare(store, fill(store, documents), filters)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS, FILTERS, st.sampled_from([name for name in Filters.__slots__ if name != "document_id"]))
def test_each_filter_alone_means_what_it_says(
    store: Store, documents: list[tuple[Document, list[tuple[str | None, str | None]]]], filters: Filters, name: str
) -> None:
    # Most random filters together leave nothing; one alone shows more.
    compare(store, fill(store, documents), replace(Filters(), **{name: getattr(filters, name)}))


def compare(store: Store, made: Sequence[Parsed], filters: Filters) -> None:
    wanted = [
        f"{parsed.document.id}-{passage.ordinal}"
        for parsed in made
        if document_passes(parsed.document, filters)
        for passage in parsed.passages
        if passage_passes(passage, filters)
    ]
    allowed = store.allowed(filters)
    assert allowed == sorted(allowed)
    assert sorted(one.id for one in store.passages(allowed).values()) == sorted(wanted)
    assert {one.id for one in store.documents(filters)} == {name.split("-")[0] for name in wanted}


# -- single cases --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("reports/*.pdf", {PATHS[0], PATHS[1]}),
        ("2023.pdf", {PATHS[0], PATHS[2]}),
        ("Report [final].pdf", {PATHS[3], PATHS[4]}),
        ("/papers/*.md", {PATHS[5], PATHS[6], PATHS[8]}),
        ("eports/*", set()),
    ],
)
def test_a_path_pattern_begins_at_the_name_of_a_folder(store: Store, pattern: str, found: set[str]) -> None:
    fill(store, [(Document("", path, "T"), [(None, None)]) for path in PATHS])
    assert {document.path for document in store.documents(Filters(path=(pattern,)))} == found


@pytest.mark.parametrize(
    "date", ["", "23", "2023-13", "2023-02-30", "2023-6", "٢٠٢٣", "0000", "2023-06-06T10", "-2023"]
)
def test_what_is_no_date_is_refused(store: Store, date: str) -> None:
    if date:
        with pytest.raises(UsageError, match="is not a date"):
            store.allowed(Filters(date_from=date))
        with pytest.raises(UsageError, match="is not a date"):
            store.documents(Filters(date_to=date))
    else:
        assert store.allowed(Filters(date_from=date)) == store.allowed(Filters())


@pytest.mark.parametrize(
    "name", ["body", "country", "meeting", "symbol", "document", "path", "article", "document_id", "language"]
)
def test_thousands_of_values_are_no_trouble(store: Store, name: str) -> None:
    fill(store, [(Document("", "/x/d.md", "T"), [(None, None)])])
    assert store.allowed(replace(Filters(), **{name: tuple(f"value {number}" for number in range(5000))})) == []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=20), st.sampled_from(["body", "meeting", "symbol", "document", "path", "article", "country"]))
def test_any_text_is_a_filter(store: Store, text: str, name: str) -> None:
    assert isinstance(store.allowed(replace(Filters(), **{name: (text,)})), list)
