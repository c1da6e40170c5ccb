"""The layout of the page in Gradio, and which part calls which handler. Nothing is decided here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from corpus.records import Filters
from ui import handlers
from ui.addresses import MODES, SORTS, Address, parse
from ui.api import endpoints
from ui.handlers import Base, Desk
from ui.originals import FORMS
from ui.results import STEP, waiting
from ui.theme import script

MASTHEAD = (
    '<header class="mast"><a data-go href="?"><span class="name">Rapporteur</span></a>'
    "<p>Exact quotations from the documents on action against trafficking in human beings</p></header>"
)
LISTS = (
    ("body", "Body"),
    ("type", "Type of document"),
    ("language", "Language"),
    ("country", "Country"),
    ("document", "Document"),
)
GUIDE = (
    '<details class="guide"><summary>How to write a query</summary><p><code>"exact phrase"</code> · '
    "<code>AND</code> <code>OR</code> <code>NOT</code> · <code>body:OSCE</code> · <code>type:decision</code> · "
    '<code>year:2003..2007</code> · <code>article:13</code> · <code>symbol:"MC.DEC/14/06"</code></p></details>'
)
PICKS = (
    '<div class="picks" role="region" aria-label="Picked passages" hidden><strong></strong><span>save as</span>'
    + "".join(f'<a data-format="{form}" download href="#">{name}</a>' for form, name in FORMS)
    + '<button type="button" data-unpick>Clear</button></div>'
)
Change = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class FilterFields:
    """The fields of one closed panel of filters."""

    lists: tuple[gr.Dropdown, ...]
    start: gr.Textbox
    end: gr.Textbox

    def all(self) -> list[Any]:
        """The components in the order in which `filters_of` reads them."""
        return [*self.lists, self.start, self.end]

    def show(self, filters: Filters, choices: dict[str, list[tuple[str, str]]]) -> Change:
        """The changes that make the fields show these filters."""
        shown: Change = {
            field: gr.update(choices=choices.get(name, []), value=list(getattr(filters, name)))
            for (name, _), field in zip(LISTS, self.lists, strict=True)
        }
        return shown | {self.start: filters.date_from or "", self.end: filters.date_to or ""}


def ours(value: str, elem_id: str | None = None) -> gr.HTML:
    """A place for HTML of our own, free of Gradio's styles for text."""
    return gr.HTML(value, elem_id=elem_id, elem_classes="ours", apply_default_css=False, js_on_load=None)


def stamped(address: Address) -> str:
    """An address for the script of the page, told apart from the same one asked for before."""
    return f"{time.monotonic_ns()}{address.compose()}"


def filters_of(*values: Any) -> Filters:
    """Filters from the values of `FilterFields.all`."""
    lists = {name: tuple(given or ()) for (name, _), given in zip(LISTS, values, strict=False)}
    start, end = values[len(LISTS) :]
    return Filters(**lists, date_from=(start or "").strip() or None, date_to=(end or "").strip() or None)


def filter_fields() -> FilterFields:
    """The fields of a panel of filters."""
    with gr.Column(elem_classes="fields"):
        with gr.Row():
            lists = [
                gr.Dropdown([], multiselect=True, allow_custom_value=True, label=shown, min_width=180)
                for _, shown in LISTS[:3]
            ]
        with gr.Row():
            lists += [
                gr.Dropdown([], multiselect=True, allow_custom_value=True, label=shown, min_width=180)
                for _, shown in LISTS[3:]
            ]
            start = gr.Textbox(label="From year", placeholder="2003", max_lines=1, min_width=90)
            end = gr.Textbox(label="To year", placeholder="2023", max_lines=1, min_width=90)
    return FilterFields(tuple(lists), start, end)


class Page:
    """The components of one page and the calls between them."""

    def __init__(self, base: Base, desk: Desk) -> None:
        self.base, self.desk = base, desk
        with gr.Blocks(title="Rapporteur", analytics_enabled=False) as self.blocks:
            ours(MASTHEAD)
            self.ready = ours(desk.ready_line(), elem_id="ready")
            self.timer = gr.Timer(1.0)
            self.router = gr.HTML("", elem_id="router", js_on_load=script(), server_functions=self._functions())
            with gr.Tabs(selected="ask", elem_id="tabs") as self.tabs:
                with gr.Tab("Ask", id="ask"):
                    self._ask_tab()
                with gr.Tab("Find", id="find"):
                    self._find_tab()
                with gr.Tab("Read", id="read"):
                    self._read_tab()
                with gr.Tab("Library", id="library") as self.library_tab:
                    self._library_tab()
            ours(PICKS, elem_id="picks")
            self._wire()
            for name, function in endpoints(base).items():
                # Not queued: a tool of MCP is then called at once, not by a second request of the server to itself.
                gr.api(function, api_name=name, queue=False)  # type: ignore[attr-defined]

    def _functions(self) -> list[Callable[[dict[str, object]], str]]:
        """What the script of the page may call. Gradio marks them, which bound methods do not allow."""

        def context(request: dict[str, object]) -> str:
            return handlers.context(self.base, request)

        def feedback(request: dict[str, object]) -> str:
            return handlers.feedback(self.base, request)

        return [context, feedback]

    def _ask_tab(self) -> None:
        with gr.Row(elem_classes="asking"):
            self.question = gr.Textbox(
                label="Your question", placeholder="What does the Convention say about non-punishment of victims?",
                max_lines=1, autofocus=True, scale=5, elem_id="question",
            )  # fmt: skip
            self.ask_button = gr.Button("Ask", variant="primary", scale=0, min_width=110, elem_id="ask")
        with gr.Accordion("Filters", open=False, elem_classes="filters"):
            self.ask_filters = filter_fields()
        self.answer = ours("", elem_id="answer")
        self.examples = ours(self.desk.examples(), elem_id="examples")

    def _find_tab(self) -> None:
        with gr.Row(elem_classes="asking"):
            self.query = gr.Textbox(
                label="Words to find", placeholder='"recovery and reflection period" body:CoE', max_lines=1, scale=5,
                elem_id="query",
            )  # fmt: skip
            self.find_button = gr.Button("Find", variant="primary", scale=0, min_width=110, elem_id="find")
        with gr.Accordion("Filters, order and way of searching", open=False, elem_classes="filters"):
            self.find_filters = filter_fields()
            with gr.Row():
                self.sort = gr.Radio(
                    [("Best first", "relevance"), ("Newest first", "newest"), ("Oldest first", "oldest")],
                    value=SORTS[0], label="Order",
                )  # fmt: skip
                self.mode = gr.Radio(
                    [("Words and meaning", "hybrid"), ("Words only", "lexical"), ("Meaning only", "dense")],
                    value=MODES[0], label="Way of searching",
                )  # fmt: skip
        ours(GUIDE)
        self.results = ours("", elem_id="results")
        self.more = gr.Button("Show more", visible=False, elem_id="more", scale=0)
        self.found = gr.State((Address(tab="find"), 0))

    def _read_tab(self) -> None:
        with gr.Row(elem_classes="asking"):
            self.inside = gr.Textbox(
                label="Find in this document", placeholder="a word or phrase", max_lines=1, scale=5, elem_id="inside"
            )
            self.inside_button = gr.Button("Find here", scale=0, min_width=110)
        self.reader = ours(handlers.read(self.base, Address(tab="read")), elem_id="reader")
        self.opened = gr.State(Address(tab="read"))

    def _library_tab(self) -> None:
        with gr.Row(elem_classes="asking"):
            self.title = gr.Textbox(
                label="Documents by title, symbol or file name", placeholder="ministerial decision", max_lines=1, scale=5,
                elem_id="title",
            )  # fmt: skip
            self.title_button = gr.Button("Show", scale=0, min_width=110, elem_id="show")
        self.library = ours("", elem_id="library")
        self.shelf = gr.State(Address(tab="library"))

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 8}
        last: dict[str, Any] = quiet | {"trigger_mode": "always_last"}
        gr.on(
            [self.question.submit, self.ask_button.click], self._on_ask,
            [self.question, *self.ask_filters.all()], [self.answer, self.router, self.examples], **last,
        )  # fmt: skip
        found = [self.results, self.more, self.found, self.router]
        gr.on(
            [self.query.submit, self.find_button.click], self._on_find,
            [self.query, self.mode, self.sort, *self.find_filters.all()], found, **last,
        )  # fmt: skip
        gr.on([self.sort.input, self.mode.input], self._on_order, [self.mode, self.sort, self.found], found, **last)
        self.more.click(self._on_more, self.found, [self.results, self.more, self.found], **quiet)
        gr.on(
            [self.inside.submit, self.inside_button.click], self._on_inside,
            [self.inside, self.opened], [self.reader, self.opened, self.router], **last,
        )  # fmt: skip
        self.library_tab.select(lambda shelf: handlers.library(self.base, shelf), self.shelf, self.library, **quiet)
        gr.on(
            [self.title.submit, self.title_button.click], self._on_title,
            [self.title, self.shelf], [self.library, self.shelf, self.router], **last,
        )  # fmt: skip
        everything = [
            self.tabs, self.question, self.answer, self.examples, *self.ask_filters.all(), self.query,
            self.mode, self.sort, *self.find_filters.all(), self.results, self.more, self.found, self.inside,
            self.reader, self.opened, self.library, self.shelf, self.title,
        ]  # fmt: skip
        self.router.go(self._on_go, None, everything, **last)
        self.blocks.load(self._on_load, None, everything, **quiet)
        self.timer.tick(self._on_tick, None, [self.ready, self.examples, self.timer], **quiet)

    # -- what happens ----------------------------------------------------------------------------------------

    def _on_ask(self, question: str, *given: Any) -> Iterator[Change]:
        address = Address(text=question.strip(), filters=filters_of(*given))
        yield {self.answer: waiting("Looking for quotations…"), self.router: stamped(address), self.examples: ""}
        yield {self.answer: handlers.ask(self.base, question, address.filters)}

    def _find(self, address: Address, shown: int) -> Change:
        found = handlers.find(self.base, address, shown)
        more = gr.update(visible=found.more is not None, value=found.more or "Show more")
        return {self.results: found.html, self.more: more, self.found: (address, shown)}

    def _on_find(self, query: str, mode: str, sort: str, *given: Any) -> Iterator[Change]:
        address = Address("find", query.strip(), filters_of(*given), mode, sort)
        yield {self.results: waiting("Looking…"), self.more: gr.update(visible=False), self.router: stamped(address)}
        yield self._find(address, STEP)

    def _on_order(self, mode: str, sort: str, found: tuple[Address, int]) -> Change:
        address = replace(found[0], mode=mode, sort=sort)
        if not address.text:
            return {self.found: (address, 0)}
        return self._find(address, STEP) | {self.router: stamped(address)}

    def _on_more(self, found: tuple[Address, int]) -> Change:
        return self._find(found[0], found[1] + STEP)

    def _on_inside(self, inside: str, opened: Address) -> Change:
        address = Address("read", document=opened.document, inside=inside.strip())
        changes: Change = {self.reader: handlers.read(self.base, address), self.opened: address}
        return changes | ({self.router: stamped(address)} if address.document else {})

    def _on_title(self, title: str, shelf: Address) -> Change:
        address = replace(shelf, inside=title.strip(), part=0)
        return {self.library: handlers.library(self.base, address), self.shelf: address, self.router: stamped(address)}

    def _on_load(self, request: gr.Request) -> Iterator[Change]:
        yield from self._show("?" + str(request.url.query))

    def _on_go(self, event: gr.EventData) -> Iterator[Change]:
        yield from self._show(str(event.search))

    def _show(self, search: str) -> Iterator[Change]:
        """Bring the page into the state that an address names."""
        address = parse(search)
        choices = self.desk.choices()
        tab = address.tab
        start: Change = {self.tabs: gr.update(selected=tab)}
        start |= self.ask_filters.show(address.filters if tab == "ask" else Filters(), choices)
        start |= self.find_filters.show(address.filters if tab == "find" else Filters(), choices)
        if tab == "ask":
            asked = bool(address.text)
            start |= {self.question: address.text, self.answer: waiting("Looking for quotations…") if asked else ""}
            yield start | {self.examples: "" if asked else self.desk.examples()}
            if asked:
                yield {self.answer: handlers.ask(self.base, address.text, address.filters)}
        elif tab == "find":
            yield start | {self.query: address.text, self.mode: address.mode, self.sort: address.sort}
            if address.text:
                yield {self.results: waiting("Looking…")}
                yield self._find(address, STEP)
        elif tab == "read":
            yield start | {self.reader: waiting("Opening the document…"), self.inside: address.inside}
            yield {self.reader: handlers.read(self.base, address), self.opened: address}
        else:
            start |= {self.title: address.inside, self.shelf: address}
            yield start | {self.library: handlers.library(self.base, address)}

    def _on_tick(self) -> Change:
        settled = self.desk.settled()
        examples = {self.examples: self.desk.examples()} if settled else {}
        return {self.ready: self.desk.ready_line(), self.timer: gr.Timer(active=not settled)} | examples


def build(base: Base, desk: Desk) -> gr.Blocks:
    """The page over a knowledge base."""
    blocks: gr.Blocks = Page(base, desk).blocks
    return blocks
