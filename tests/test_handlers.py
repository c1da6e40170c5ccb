"""What the page does, without Gradio: addresses, escaping, marks, and every sentence that stands in place of a result."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import MissingHomeError, NotFoundError
from corpus.records import Document, FileRecord, Filters, Kind, OutlineEntry, Passage, Scan, Span, StoredPassage
from corpus.relations import Relations
from search.records import Answer, Citation, Generation, Hit, Mode, SearchResult, Status
from ui import handlers
from ui.addresses import MODES, SORTS, Address, parse
from ui.facets import choose
from ui.handlers import Desk
from ui.reading import Reading, document_html, target_of
from ui.rendering import (
    beyond_title,
    esc,
    marked,
    page_words,
    pinpoint_citation,
    plain_citation,
    quote_spans,
    word_spans,
)
from ui.results import STEP, answer_html, examples_html, ordered, results_html
from ui.shelf import FACETS, Holding, fits, library_html
from ui.words import day

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20).map(str.strip)
WORD = WORDS.filter(bool)


def document(number: int = 1, **values: object) -> Document:
    known: dict[str, object] = {
        "id": f"d{number}",
        "path": f"/library/file-{number}.pdf",
        "title": f"Title {number}",
        "body": "OSCE",
        "type": "decision",
        "date": "2006-12-05",
        "language": "en",
        "pages": 3,
        "paged": True,
    }
    return Document(**(known | values))  # type: ignore[arg-type]


def stored(ordinal: int = 0, text: str = "Each State shall protect victims.", **values: object) -> StoredPassage:
    page = int(str(values.get("page", 1)))
    known: dict[str, object] = {"label": f"Article {ordinal + 1}", "page": page, "page_label": str(page)}
    passage = Passage(text=text, spans=(Span(page, 0, len(text)),), ordinal=ordinal, **(known | values))  # type: ignore[arg-type]
    return StoredPassage(ordinal + 1, f"d1-{ordinal}", "d1", passage)


def hit(rank: int = 1, work: Document | None = None, passage: StoredPassage | None = None) -> Hit:
    return Hit(rank, 1.0 / rank, passage or stored(), work or document(), ((0, 4),))


def citation(n: int = 1, work: Document | None = None, quote: str = "Each State shall protect victims.") -> Citation:
    return Citation(n, quote, stored(text=quote), work or document(), 1, "i", "Article 1", None, "agreed text")


def reply(status: Status = Status.ANSWERED, **values: object) -> Answer:
    known: dict[str, object] = {"reason": "", "citations": (citation(),), "alternatives": (hit(),)}
    return Answer("Who?", status, answer="", confidence=0.5, revision=3, took_ms=12.0, **(known | values))  # type: ignore[arg-type]


class Library:
    """A knowledge base of given documents; whatever it is asked is kept."""

    revision = 3
    numbered = True
    home = Path("/nowhere")

    def last_run(self) -> None:
        return None

    def __init__(self, documents: Sequence[Document], passages: Sequence[StoredPassage] = ()) -> None:
        self._documents, self._passages = documents, passages
        self.asked: list[tuple[object, ...]] = []
        self.trouble: Exception | None = None
        self.reply = reply()

    def ask(self, question: str, filters: Filters | None = None, ignore: Collection[str] = ()) -> Answer:
        self.asked.append(("ask", question, filters))
        if self.trouble:
            raise self.trouble
        return self.reply

    def search(
        self,
        query: str,
        k: int = 10,
        mode: Mode = Mode.HYBRID,
        filters: Filters | None = None,
        ignore: Collection[str] = (),
    ) -> SearchResult:
        self.asked.append(("search", query, k, mode, filters))
        if self.trouble:
            raise self.trouble
        hits = tuple(hit(rank, passage=stored(rank)) for rank in range(1, 36))
        return SearchResult(query, mode, hits, len(hits), 3, 5.0)

    def documents(self, filters: Filters | None = None) -> Sequence[Document]:
        return self._documents

    def document(self, reference: str) -> Document:
        for one in self._documents:
            if one.id == reference:
                return one
        raise NotFoundError(f'There is no document "{reference}" in the knowledge base.')

    def passages(self, document_id: str) -> Sequence[StoredPassage]:
        return self._passages

    def scan(self, document_id: str, number: int) -> Scan | None:
        return None

    def page_text(self, document_id: str, number: int) -> str:
        return f"Text of page {number}."

    def outline(self, document_id: str) -> Sequence[OutlineEntry]:
        return [OutlineEntry("Chapter", 1, 1)]

    def relations(self) -> Relations:
        return Relations(self._documents)

    def passage_counts(self) -> Mapping[str, int]:
        return {"d1": len(self._passages)}

    def files(self) -> Iterable[FileRecord]:
        return [
            FileRecord("/library/b.pdf", "/library", "", "failed", f"Broken {NASTY}."),
            FileRecord("/library/a.pdf", "/library", "", "indexed", warnings=("page 2 has no text",)),
            FileRecord("/library/c.pdf", "/library", "", "indexed"),
        ]


class Tags(HTMLParser):
    """The tags of a piece of HTML with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"img", "br", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def safe(text: str) -> Tags:
    """The HTML read; nothing in it can run or reach another place, and all its tags are closed."""
    read = Tags(text)
    assert not read.open, f"left open: {read.open}"
    for tag, attributes in read.tags:
        assert tag not in {"script", "iframe", "style", "object", "link", "meta"}, tag
        assert tag != "img" or str(attributes.get("src")).startswith("page-image?"), attributes
        assert not [name for name in attributes if name.startswith("on")], attributes
        assert not str(attributes.get("href") or "").casefold().lstrip().startswith(("javascript:", "data:")), (
            attributes
        )
    return read


# -- addresses -------------------------------------------------------------------------------------------------------


DATES = st.none() | st.integers(1900, 2100).map(str) | st.dates().map(lambda day: day.isoformat())
FILTERS = st.builds(
    Filters,
    **{
        name: st.lists(WORD, max_size=2).map(tuple)
        for name in ("body", "type", "language", "country", "theme", "meeting", "standing", "symbol", "document")
    },
    date_from=DATES,
    date_to=DATES,
)
ADDRESSES = st.one_of(
    st.builds(Address, tab=st.just("ask"), text=WORD, filters=FILTERS, said=WORDS),
    st.builds(
        Address,
        tab=st.just("find"),
        text=WORD,
        filters=FILTERS,
        mode=st.sampled_from(MODES),
        sort=st.sampled_from(SORTS),
        part=st.integers(0, 99),
    ),
    st.builds(
        Address,
        tab=st.just("read"),
        document=WORD,
        label=st.none() | WORD,
        passage=st.none() | WORD,
        page=st.none() | st.integers(1, 9999),
        quote=WORDS,
        inside=WORDS,
        part=st.integers(0, 99),
    ),
    st.builds(Address, tab=st.just("library"), filters=FILTERS, inside=WORDS, part=st.integers(0, 99)),
    st.sampled_from([Address(), Address("find"), Address("read"), Address("library")]),
)


@given(ADDRESSES)
def test_every_state_comes_back_from_its_address(address: Address) -> None:
    composed = address.compose()
    assert parse(composed) == address
    assert re.fullmatch(r"\?[\w.~%+&=*-]*", composed, re.ASCII), "safe to send in a letter"


@given(st.text(max_size=60))
def test_any_address_is_some_state(search: str) -> None:
    assert parse(search).tab in {"ask", "find", "read", "library"}
    assert parse(f"?page={search}&doc=x").tab == "read"


# -- escaping and marks -------------------------------------------------------------------------------------------------


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=5))
def test_marks_change_nothing_but_add_marks(text: str, spans: list[tuple[int, int]]) -> None:
    shown = marked(text, spans)
    assert shown.replace("<mark>", "").replace("</mark>", "") == esc(text)
    assert re.fullmatch(r"(?:[^<]*<mark>[^<]*</mark>)*[^<]*", shown)


@given(st.text(max_size=80))
def test_escaped_text_holds_no_markup_and_loses_only_control_characters(text: str) -> None:
    shown = esc(text)
    assert not set(shown) & set("<>\"'")
    assert html.unescape(shown) == "".join(c for c in text if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160))


def test_marks_cover_the_words() -> None:
    assert marked("a b c", [(0, 1), (2, 3)]) == "<mark>a b</mark> c"
    assert marked("abc", [(1, 99)]) == "a<mark>bc</mark>"


def test_quotation_is_found_by_its_letters() -> None:
    text = "1. The recovery-\nperiod lasts 30 days."
    ((start, end),) = quote_spans(text, "the recovery period lasts")
    assert text[start:end] == "The recovery-\nperiod lasts"
    assert quote_spans(text, "not there") == quote_spans(text, "…") == []


def test_word_spans_ignore_capitals_and_blanks() -> None:
    assert word_spans("Forced  Labour, forced labour", "forced labour") == [(0, 14), (16, 29)]
    assert word_spans("a (b", "(") == [(2, 3)]
    assert word_spans("abc", "  ") == []


def test_dates_and_pages_in_words() -> None:
    assert [day(date) for date in ("2005-05-16", "2005-05", "2005", None, "soon", "2005-13")] == [
        "16 May 2005", "May 2005", "2005", "", "soon", "2005-13",
    ]  # fmt: skip
    assert page_words(6, "iv") == "page iv (page 6 of the file)"
    assert page_words(6, "6") == "page 6"


def test_a_citation_to_paste_says_each_thing_once() -> None:
    work = document(title="Convention on Action", symbol="CETS 197")
    assert plain_citation(work, "Article 13(1)", 7, "v") == "Convention on Action, CETS 197, Article 13(1), p. v"
    assert (
        plain_citation(replace(work, title="CETS 197: a convention."), None, 7, None) == "CETS 197: a convention, p. 7"
    )
    assert plain_citation(document(symbol=None), None, None, None) == "Title 1, 5 December 2006"


def test_a_heading_that_repeats_the_title_is_left_out() -> None:
    assert beyond_title(("Convention", "Chapter I"), "Convention (digest)") == ("Chapter I",)
    assert beyond_title(("Chapter I",), "Convention") == ("Chapter I",)


# -- nothing that comes from outside is markup ----------------------------------------------------------------------------


def nasty_document() -> Document:
    return document(
        title=NASTY, path=f"/{NASTY}.pdf", symbol=NASTY, body=NASTY, type=NASTY, date=NASTY, language=NASTY,
        url=f"javascript:{NASTY}", meeting=NASTY, speaker=NASTY, countries=(NASTY,), warnings=(NASTY,),
    )  # fmt: skip


def nasty_passage() -> StoredPassage:
    return stored(
        text=NASTY, label=NASTY, heading_path=(NASTY, "x"), lead=NASTY, language=NASTY, page_label=NASTY, speaker=NASTY,
        kind=Kind.SPEECH,
    )  # fmt: skip


def test_no_text_from_outside_is_markup() -> None:
    work, passage = nasty_document(), nasty_passage()
    one = hit(1, work, passage)
    cited = Citation(1, NASTY, passage, work, 1, NASTY, NASTY, NASTY, NASTY)
    base = Library([work], [passage])
    shown = [
        answer_html(reply(status, reason=NASTY, citations=(cited,), alternatives=(one,), notes=(NASTY,)))
        for status in Status
    ]
    shown.append(results_html(SearchResult(NASTY, Mode.HYBRID, (one,), 1, 1, 1.0, (NASTY,))))
    shown.append(handlers.read(base, Address("read", document="d1", inside="alert")))
    shown.append(handlers.read(base, Address("read", document=NASTY)))
    shown.append(handlers.read(base, Address("read", document="d1", passage="d1-0", quote=NASTY)))
    shown.append(handlers.context(base, {"passage": "d1-0", "quote": NASTY}))
    shown.append(answer_html(reply(), Address(text=NASTY, said=NASTY)))
    shown.append(handlers.library(base, Address("library", inside="script")))
    shown.append(examples_html([NASTY]))
    for text in shown:
        assert "alert(1)" in safe(text).text or "alert" in html.unescape(text)
        safe(text)


# -- asking ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "Nothing was typed"), ("   ", "Nothing was typed"), ("x" * 2001, "2,001")],
)
def test_what_cannot_be_asked_is_said_and_not_asked(text: str, says: str) -> None:
    base = Library([document()])
    assert says in safe(handlers.ask(base, Address(text=text))).text
    assert says in safe(handlers.find(base, Address("find", text))).text
    assert base.asked == []


def test_an_answer_shows_number_place_and_whose_words() -> None:
    read = safe(handlers.ask(Library([document()]), Address(text=" Who? ", filters=Filters(body=("OSCE",)))))
    assert "[1]" in read.text
    assert "Article 1" in read.text
    assert "page i (page 1 of the file)" in read.text
    assert "agreed text" in read.text
    assert ("li", "citation-1") in [(tag, given.get("id")) for tag, given in read.tags]
    copied = [given["data-copy"] for tag, given in read.tags if "data-copy" in given]
    assert copied[0] == "Title 1, 5 December 2006, Article 1, p. i"


def test_a_question_is_passed_on_with_its_filters() -> None:
    base = Library([document()])
    handlers.ask(base, Address(text=" Who? ", filters=Filters(body=("OSCE",))))
    assert base.asked == [("ask", "Who?", Filters(body=("OSCE",)))]


def test_the_words_of_a_language_model_say_that_they_are_its_words() -> None:
    told = Generation("tiny", "127.0.0.1", True, 1, note="1 sentence was removed.")
    shown = answer_html(replace(reply(), answer=f"States protect victims {NASTY} [1].", generation=told))
    read = safe(shown)
    assert "In the words of the language model tiny" in read.text
    assert "States protect victims <script>" in read.text
    assert 'href="#citation-1"' in shown
    assert shown.index("States protect victims &lt;") < shown.index('id="citation-1"'), "the quotation stands below"
    unused = answer_html(replace(reply(), answer="Invented.", generation=replace(told, used=False)))
    assert "Invented." not in unused
    assert "1 sentence was removed." in unused


def test_a_newer_text_and_a_page_read_by_ocr_are_said() -> None:
    newer = document(2, title=f"Newer {NASTY}")
    work = document(warnings=("page 1 read by OCR, mean confidence 91 %; check what you quote",))
    shown = answer_html(reply(citations=(replace(citation(work=work), newer=newer),)))
    assert "A newer text stands in the place of this one: Newer <script>" in safe(shown).text
    assert "read by OCR" in safe(shown).text
    assert parse(html.unescape(re.findall(r'newer">.*?href="([^"]*)"', shown)[0])).document == "d2"
    listed = results_html(SearchResult("x", Mode.HYBRID, (replace(hit(work=work), newer=newer),), 1, 1, 1.0))
    assert "A newer text" in listed


def test_not_found_says_why_and_what_came_near() -> None:
    base = Library([document()])
    base.reply = reply(Status.NOT_FOUND, reason="Nothing held says it.", citations=())
    text = safe(handlers.ask(base, Address(text="Who?"))).text
    assert "Not found in this collection" in text
    assert "Nothing held says it." in text
    assert "What came near" in text
    assert "Title 1" in text


def test_what_goes_wrong_is_said_in_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    base = Library([document()])
    base.trouble = MissingHomeError("The home is gone.")
    assert safe(handlers.ask(base, Address(text="Who?"))).text == "The home is gone."
    assert not caplog.records
    base.trouble = ZeroDivisionError("secret detail")
    for text in (handlers.ask(base, Address(text="Who?")), handlers.find(base, Address("find", "who"))):
        assert "secret" not in text
        assert "went wrong on our side" in text
    assert "secret detail" in caplog.text, "the log keeps it"


def test_a_question_back_offers_each_text_that_may_be_meant() -> None:
    base = Library([document()])
    works = [document(1), document(2, title="Other")]
    base.reply = reply(
        Status.CLARIFY,
        reason="Article 1 of which text?",
        citations=(),
        alternatives=tuple(hit(n, w) for n, w in enumerate(works, 1)),
    )
    shown = handlers.ask(base, Address(text="What does Article 1 say?"))
    assert "Which one do you mean?" in safe(shown).text
    asked = [parse(html.unescape(href)) for href in re.findall(r'class="choice" href="([^"]*)"', shown)]
    assert [(one.text, one.filters) for one in asked] == [("Who?", Filters(document=(work.id,))) for work in works]


# -- finding -----------------------------------------------------------------------------------------------------------------


def test_list_of_passages_can_be_leafed_through_to_its_end() -> None:
    base = Library([document()])
    address: Address | None = Address("find", "victims", mode="lexical", sort="newest")
    seen: list[str] = []
    while address:
        shown = handlers.find(base, address)
        assert "35 passages" in safe(shown).text
        assert "<mark>" in shown
        seen += re.findall(r'data-pick="([^"]*)"', shown)
        assert len(seen) <= 35
        onward = re.findall(r'href="([^"]*)">Next ›', shown)
        address = parse(html.unescape(onward[0])) if onward else None
        if address:
            assert (address.mode, address.sort, address.text) == ("lexical", "newest", "victims")
            assert len(seen) == address.part * STEP
    assert len(seen) == len(set(seen)) == 35
    assert "31–35 of 35" in safe(handlers.find(base, Address("find", "victims", part=99))).text


def test_a_follow_up_is_asked_as_a_question_of_its_own_and_says_so() -> None:
    base = Library([document()])
    filters = Filters(body=("OSCE",))
    address = handlers.understood(" And in 2022? ", "How many victims were identified in 2021?", filters)
    assert address == Address(text="How many victims were identified in 2022?", filters=filters, said="And in 2022?")
    shown = handlers.ask(base, address)
    assert base.asked[-1] == ("ask", "How many victims were identified in 2022?", filters)
    assert "“And in 2022?” was read as “How many victims were identified in 2022?”" in safe(shown).text
    typed = [
        parse(html.unescape(href)) for href in re.findall(r'class="" href="([^"]*)">ask it as it was typed', shown)
    ]
    assert typed == [Address(text="And in 2022?", filters=filters)]
    assert "was read as" not in handlers.ask(base, handlers.understood("Who?", "What is GRETA?", filters))


def test_passages_by_date_put_the_undated_last() -> None:
    dates = ["2003", "2010-05", None, "2006-12-05"]
    hits = [hit(rank, document(rank, date=date)) for rank, date in enumerate(dates, 1)]
    assert [one.document.date for one in ordered(hits, "newest")] == ["2010-05", "2006-12-05", "2003", None]
    assert [one.document.date for one in ordered(hits, "oldest")] == ["2003", "2006-12-05", "2010-05", None]
    assert ordered(hits, "relevance") == hits


def test_narrowing_counts_the_whole_result_and_keeps_what_was_chosen() -> None:
    works = [document(1), document(2, body="CoE", countries=("AL", "RS")), document(3, date="2003", countries=("AL",))]
    hits = tuple(hit(rank, work) for rank, work in enumerate(works * 5, 1))
    address = Address("find", "victims", Filters(symbol=("X",)))
    shown = results_html(SearchResult("victims", Mode.HYBRID, hits, 15, 1, 1.0), address)
    links = {
        tuple(parse(html.unescape(href)).filters.country): int(count)
        for href, count in re.findall(r'href="([^"]*country[^"]*)".*?class="number">(\d+)<', shown)
    }
    assert links == {("AL",): 10, ("RS",): 5}
    assert all(
        "symbol=X" in href and "find=victims" in href for href in re.findall(r'data-go href="([^"]*body[^"]*)"', shown)
    )
    assert "counts are of" not in shown
    assert "counts are of the best 15" in results_html(SearchResult("v", Mode.HYBRID, hits, 400, 1, 1.0), address)
    chosen = replace(address, filters=Filters(body=("OSCE",)))
    current = re.search(
        r'href="([^"]*)" aria-current', results_html(SearchResult("v", Mode.HYBRID, hits, 15, 1, 1.0), chosen)
    )
    assert current
    assert parse(html.unescape(current[1])).filters == Filters()


def test_nothing_found_says_what_may_help() -> None:
    empty = SearchResult("x", Mode.HYBRID, (), 0, 1, 1.0)
    assert "Nothing found" in safe(results_html(empty)).text


# -- reading -----------------------------------------------------------------------------------------------------------------


PASSAGES = [
    stored(0, "First words.", page=1, heading_path=("Chapter",)),
    stored(1, "Second words, on labour.", page=2, heading_path=("Chapter", "Part")),
    stored(2, "Third words.", page=3),
]


def test_a_document_shows_its_pages_headings_and_passages_in_order() -> None:
    read = safe(handlers.read(Library([document()], PASSAGES), Address("read", document="d1")))
    places = [read.text.index(words) for words in ("page 1", "First words", "page 2", "Second words", "page 3")]
    assert places == sorted(places)
    assert "Outline" in read.text


@pytest.mark.parametrize(
    ("address", "ordinal"),
    [
        (Address("read", document="d1", passage="d1-2"), 2),
        (Address("read", document="d1", label="Article 2"), 1),
        (Address("read", document="d1", label="article 2"), 1),
        (Address("read", document="d1", page=2), 1),
        (Address("read", document="d1"), None),
        (Address("read", document="d1", label="Article 9"), None),
    ],
)
def test_a_document_opens_where_the_address_says(address: Address, ordinal: int | None) -> None:
    target = target_of(Reading(document(), PASSAGES, (), address))
    assert (target.passage.ordinal if target else None) == ordinal


def test_an_address_that_is_no_longer_there_is_said() -> None:
    gone = Address("read", document="d1", label="Article 9")
    assert "is not in this document any more" in document_html(Reading(document(), PASSAGES, (), gone))
    assert "There is no document" in handlers.read(Library([document()]), Address("read", document="zz"))


def test_finding_inside_a_document_lists_places_and_marks_them() -> None:
    shown = handlers.read(Library([document()], PASSAGES), Address("read", document="d1", inside="WORDS"))
    assert "stands in 3 passages" in safe(shown).text
    assert shown.count("<mark>words</mark>") == 3
    none = handlers.read(Library([document()], PASSAGES), Address("read", document="d1", inside="sea"))
    assert "“sea” does not stand in this document." in safe(none).text


def test_long_documents_come_in_parts() -> None:
    many = [stored(number, f"Passage number {number}.") for number in range(700)]
    first = handlers.read(Library([document()], many), _part(0))
    assert "Part 1 of 3" in first
    assert "Passage number 299." in first
    assert "Passage number 300." not in first
    opened = handlers.read(Library([document()], many), Address("read", document="d1", passage="d1-650"))
    assert "Part 3 of 3" in opened
    assert "Passage number 650." in opened


def __unused() -> None: ...


def _part(number: int) -> Address:
    return Address("read", document="d1", part=number)


def test_context_shows_neighbours_and_marks_the_quotation() -> None:
    base = Library([document()], PASSAGES)
    shown = handlers.context(base, {"passage": "d1-1", "quote": "second words"})
    assert "<mark>Second words</mark>" in shown
    assert "First words" in shown
    assert "Third words" in shown
    assert "no longer in the collection" in handlers.context(base, {"passage": "d1-77"})
    assert "There is no document" in handlers.context(base, _request())


def _request() -> dict[str, object]:
    return {"passage": "zz-1", "quote": 7}


# -- the library -------------------------------------------------------------------------------------------------------------


SHELF = [
    document(1, body="OSCE", type="decision", date="2006-12-05", standing="political"),
    document(2, body="OSCE", type="speech", date="2023", language="ru"),
    document(
        3, body="CoE", type="convention", date=None, title="Convention of Warsaw", symbol="CETS 197", standing="binding"
    ),
    document(4, body=None, type=None, date="2023-06", language=None),
]


def shelf(address: Address) -> str:
    return library_html(Holding(SHELF, {"d1": 7}, "4 documents"), address)


def titles(shown: str) -> list[str]:
    return [number for number in ("Title 1", "Title 2", "Convention of Warsaw", "Title 4") if f">{number}</a>" in shown]


def test_library_shows_what_was_chosen() -> None:
    everything = shelf(Address("library"))
    assert len(titles(everything)) == 4
    assert titles(shelf(Address("library", filters=Filters(body=("OSCE",))))) == ["Title 1", "Title 2"]
    assert titles(shelf(Address("library", filters=Filters(date_from="2023", date_to="2023")))) == [
        "Title 2",
        "Title 4",
    ]
    assert titles(shelf(Address("library", inside="cets 197"))) == ["Convention of Warsaw"]
    assert titles(shelf(Address("library", inside="WARSAW conv"))) == ["Convention of Warsaw"]
    none = shelf(Address("library", inside="zzz"))
    assert titles(none) == []
    assert "No document fits" in none


def test_each_count_is_what_choosing_it_shows() -> None:
    for facet in FACETS:
        for start in (Address("library"), Address("library", filters=Filters(body=("OSCE",)))):
            counted = [
                (Tags(entry).text, int(count), html.unescape(href))
                for href, entry, count in re.findall(
                    r'<a data-go href="([^"]*)"[^>]*>(<span class="name".*?</span>)<span class="number">(\d+)</span>',
                    library_html(Holding(SHELF, {}), start),
                )
            ]
            assert counted
            for _, count, href in counted:
                address = parse(href)
                if address.filters != Filters() and not any(
                    set(getattr(start.filters, name)) - set(getattr(address.filters, name)) for name in ("body", "type")
                ):
                    assert sum(fits(one, address) for one in SHELF) == count, href
        assert choose(choose(Address("library"), facet, "x"), facet, None) == Address("library")


def test_library_says_what_could_not_be_read() -> None:
    text = safe(handlers.library(Library([document()], PASSAGES))).text
    assert "2 files could not be read, or only in part" in text
    assert text.index("a.pdf") < text.index("b.pdf")
    assert "c.pdf" not in text
    assert "The library is empty" in handlers.library(Library([]))


# -- the desk --------------------------------------------------------------------------------------------------------------


def test_the_page_says_that_it_is_getting_ready_and_then_nothing() -> None:
    desk = Desk(Library([document(1, symbol="CETS 197")]))
    assert "Getting ready" in desk.ready_line()
    assert not desk.settled()
    desk.open()
    assert desk.ready_line() == ""
    assert desk.settled()
    assert "How long is the recovery and reflection period" in desk.examples()


def test_examples_are_only_those_that_answer() -> None:
    base = Library([document(1, symbol="CETS 197")])
    base.reply = reply(Status.PARTIAL)
    desk = Desk(base)
    desk.open()
    assert desk.settled()
    assert desk.examples() == ""


def test_a_knowledge_base_that_cannot_be_opened_is_said_on_the_page(caplog: pytest.LogCaptureFixture) -> None:
    base = Library([document()])
    base.trouble = MissingHomeError("The home is gone.")
    desk = Desk(base)
    desk.open()
    assert "The home is gone." in desk.ready_line()
    assert desk.settled()


def test_filters_offer_what_occurs() -> None:
    choices = handlers.filter_choices(SHELF)
    assert choices["body"] == [("Council of Europe", "CoE"), ("OSCE", "OSCE")]
    assert ("Russian", "ru") in choices["language"]


@pytest.mark.parametrize(
    ("symbol", "label", "page", "short"),
    [
        ("CETS 197", "Article 13(1)", 7, "CETS 197, Art. 13(1)"),
        ("A/HRC/56/16", "para. 45", 9, "A/HRC/56/16, para. 45"),
        ("A/HRC/56/16", "Paragraph 45", 9, "A/HRC/56/16, para. 45"),
        ("A/HRC/56/16", None, 9, "A/HRC/56/16, p. v"),
        (None, None, None, "Title 1"),
    ],
)
def test_the_short_citation_names_symbol_and_place(
    symbol: str | None, label: str | None, page: int | None, short: str
) -> None:
    assert pinpoint_citation(document(symbol=symbol), label, page, "v") == short
