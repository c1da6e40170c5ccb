"""The layout of the page in Gradio, and which part calls which handler. Nothing is decided here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from corpus.records import Filters
from ui import gathering, handlers, words
from ui.addresses import MODES, SORTS, Address, parse
from ui.api import endpoints
from ui.fields import Change, filter_fields, filters_of
from ui.handlers import Base, Desk
from ui.results import waiting
from ui.theme import STARTED
from ui.translating import called, heard, w

ORDERS = (("Best first", "relevance"), ("Newest first", "newest"), ("Oldest first", "oldest"))
WAYS = (("Words and meaning", "hybrid"), ("Words only", "lexical"), ("Meaning only", "dense"))


def ours(value: Any, elem_id: str | None = None) -> gr.HTML:
    """A place for HTML of our own, free of Gradio's styles for text."""
    return gr.HTML(value, elem_id=elem_id, elem_classes="ours", apply_default_css=False, js_on_load=None)


def stamped(address: Address) -> str:
    """An address for the script of the page, told apart from the same one asked for before."""
    return f"{time.monotonic_ns()}{address.compose()}"


class Page:
    """The components of one page and the calls between them."""

    def __init__(self, base: Base, desk: Desk) -> None:
        self.base, self.desk = base, desk
        with gr.Blocks(title="Rapporteur", analytics_enabled=False) as self.blocks:
            ours(w("#masthead"), elem_id="masthead")
            self.ready = ours(w("#ready"), elem_id="ready")
            self.timer = gr.Timer(1.0)
            self.router = gr.HTML("", elem_id="router", js_on_load=STARTED, server_functions=self._functions())
            with gr.Tabs(selected="ask", elem_id="tabs") as self.tabs:
                with gr.Tab(w("Ask"), id="ask", elem_id="tab-ask"):
                    self._ask_tab()
                with gr.Tab(w("Find"), id="find", elem_id="tab-find"):
                    self._find_tab()
                with gr.Tab(w("Read"), id="read", elem_id="tab-read"):
                    self._read_tab()
                with gr.Tab(w("Meetings"), id="meetings", elem_id="tab-meetings") as self.meetings_tab:
                    self.meetings = ours("", elem_id="meetings")
                    self.met = gr.State(Address("meetings"))
                with gr.Tab(w("Commitments"), id="agreed", elem_id="tab-agreed") as self.agreed_tab:
                    self._agreed_tab()
                with gr.Tab(w("Start here"), id="start", elem_id="tab-start") as self.start_tab:
                    self.start = ours("", elem_id="start")
                    self.begun = gr.State(Address("start"))
                with gr.Tab(w("Library"), id="library", elem_id="tab-library") as self.library_tab:
                    self._library_tab()
            ours(w("#picks"), elem_id="picks")
            if desk.curator is not None:
                ours("<span data-curating hidden></span>")
            self._wire()
            for name, function in endpoints(base).items():
                # Not queued: a tool of MCP is then called at once, not by a second request of the server to itself.
                gr.api(called(function), api_name=name, queue=False)  # type: ignore[attr-defined]

    def _functions(self) -> list[Callable[[dict[str, object]], str]]:
        """What the script of the page may call. Gradio marks them, which bound methods do not allow."""

        def context(request: dict[str, object]) -> str:
            return handlers.context(self.base, request)

        def similar(request: dict[str, object]) -> str:
            return handlers.similar(self.base, request)

        def feedback(request: dict[str, object]) -> str:
            return handlers.feedback(self.base, request)

        return [context, similar, feedback]

    def _box(self, name: str, label: str, example: str, button: str, **more: Any) -> tuple[gr.Textbox, gr.Button]:
        """A box with its button: `name` is its id in the page."""
        with gr.Row(elem_classes="asking"):
            box = gr.Textbox(label=w(label), placeholder=w(example), max_lines=1, scale=5, elem_id=name, **more)
            pressed = gr.Button(w(button), variant="primary", scale=0, min_width=110, elem_id=f"{name}-button")
        return box, pressed

    def _ask_tab(self) -> None:
        self.question, self.ask_button = self._box(
            "question", "Your question", "What does the Convention say about non-punishment of victims?", "Ask",
            autofocus=True,
        )  # fmt: skip
        with gr.Accordion(w("Filters"), open=False, elem_classes="filters"):
            self.ask_filters = filter_fields()
        self.answer = ours("", elem_id="answer")
        self.examples = ours(self.desk.examples(), elem_id="examples")
        self.asked = gr.State("")

    def _find_tab(self) -> None:
        self.query, self.find_button = self._box(
            "query", "Words to find", '"recovery and reflection period" body:CoE', "Find"
        )
        with gr.Accordion(w("Filters, order and way of searching"), open=False, elem_classes="filters"):
            self.find_filters = filter_fields()
            with gr.Row():
                self.sort = gr.Radio(list(ORDERS), value=SORTS[0], label=w("Order"))
                self.mode = gr.Radio(list(WAYS), value=MODES[0], label=w("Way of searching"))
        ours(w("#guide"))
        ours(w("#batch"), elem_id="batch")
        self.results = ours("", elem_id="results")
        self.found = gr.State(Address(tab="find"))

    def _read_tab(self) -> None:
        self.inside, self.inside_button = self._box("inside", "Find in this document", "a word or phrase", "Find in it")
        self.reader = ours("", elem_id="reader")
        self.opened = gr.State(Address(tab="read"))

    def _agreed_tab(self) -> None:
        self.words, self.words_button = self._box(
            "words", "Words of what was decided, asked or recommended", "forced labour", "Show"
        )
        self.agreed = ours("", elem_id="agreed")
        self.asked_of = gr.State(Address("agreed"))

    def _library_tab(self) -> None:
        self.title, self.title_button = self._box(
            "title", "Documents by title, symbol or file name", "ministerial decision", "Show"
        )
        if self.desk.curator is not None:
            ours(w("#curate"), elem_id="curate")
        self.library = ours("", elem_id="library")
        self.shelf = gr.State(Address(tab="library"))

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 8}
        last: dict[str, Any] = quiet | {"trigger_mode": "always_last"}
        gr.on(
            [self.question.submit, self.ask_button.click], heard(self._on_ask),
            [self.question, self.asked, *self.ask_filters.all()],
            [self.question, self.answer, self.router, self.examples, self.asked], **last,
        )  # fmt: skip
        found = [self.results, self.found, self.router]
        gr.on(
            [self.query.submit, self.find_button.click], heard(self._on_find),
            [self.query, self.mode, self.sort, *self.find_filters.all()], found, **last,
        )  # fmt: skip
        gr.on(
            [self.sort.input, self.mode.input], heard(self._on_order), [self.mode, self.sort, self.found], found, **last
        )
        gr.on(
            [self.inside.submit, self.inside_button.click], heard(self._on_inside),
            [self.inside, self.opened], [self.reader, self.opened, self.router], **last,
        )  # fmt: skip
        self.library_tab.select(heard(self._on_shelf), self.shelf, self.library, **quiet)
        gr.on(
            [self.title.submit, self.title_button.click], heard(self._on_title),
            [self.title, self.shelf], [self.library, self.shelf, self.router], **last,
        )  # fmt: skip
        self.start_tab.select(heard(self._on_start), self.begun, self.start, **quiet)
        self.meetings_tab.select(heard(self._on_meetings), self.met, self.meetings, **quiet)
        self.agreed_tab.select(heard(self._on_agreed), self.asked_of, self.agreed, **quiet)
        gr.on(
            [self.words.submit, self.words_button.click], heard(self._on_words),
            [self.words, self.asked_of], [self.agreed, self.asked_of, self.router], **last,
        )  # fmt: skip
        everything = [
            self.ready, self.tabs, self.question, self.answer, self.examples, self.asked, *self.ask_filters.all(), self.query,
            self.mode, self.sort, *self.find_filters.all(), self.results, self.found, self.inside,
            self.reader, self.opened, self.library, self.shelf, self.title, self.meetings, self.met, self.words, self.agreed,
            self.asked_of, self.start, self.begun,
        ]  # fmt: skip
        self.router.go(self._on_go, None, everything, **last)
        self.blocks.load(self._on_load, None, everything, **quiet)
        self.timer.tick(heard(self._on_tick), self.asked, [self.ready, self.examples, self.timer], **quiet)

    # -- what happens ----------------------------------------------------------------------------------------

    def _on_ask(self, question: str, before: str, *given: Any) -> Iterator[Change]:
        address = handlers.understood(question, before, filters_of(*given))
        yield {
            self.question: address.text, self.answer: waiting(words.t("Looking for quotations…")),
            self.router: stamped(address), self.examples: "", self.asked: address.text,
        }  # fmt: skip
        yield {self.answer: handlers.ask(self.base, address)}

    def _find(self, address: Address) -> Change:
        return {self.results: handlers.find(self.base, address), self.found: address}

    def _on_find(self, query: str, mode: str, sort: str, *given: Any) -> Iterator[Change]:
        address = Address("find", query.strip(), filters_of(*given), mode, sort)
        yield {self.results: waiting(words.t("Looking…")), self.router: stamped(address)}
        yield self._find(address)

    def _on_order(self, mode: str, sort: str, found: Address) -> Change:
        address = replace(found, mode=mode, sort=sort, part=0)
        return self._find(address) | {self.router: stamped(address)} if address.text else {self.found: address}

    def _on_inside(self, inside: str, opened: Address) -> Change:
        address = Address("read", document=opened.document, inside=inside.strip())
        changes: Change = {self.reader: handlers.read(self.base, address), self.opened: address}
        return changes | ({self.router: stamped(address)} if address.document else {})

    def _on_shelf(self, shelf: Address) -> str:
        return handlers.library(self.base, shelf)

    def _on_start(self, begun: Address) -> str:
        return gathering.start(self.base, begun)

    def _on_meetings(self, met: Address) -> str:
        return gathering.meetings(self.base, met)

    def _on_agreed(self, asked: Address) -> str:
        return gathering.agreed(self.base, asked)

    def _on_words(self, typed: str, asked: Address) -> Change:
        address = replace(asked, inside=typed.strip(), part=0)
        return {
            self.agreed: gathering.agreed(self.base, address),
            self.asked_of: address,
            self.router: stamped(address),
        }

    def _on_title(self, title: str, shelf: Address) -> Change:
        address = replace(shelf, inside=title.strip(), part=0)
        return {self.library: handlers.library(self.base, address), self.shelf: address, self.router: stamped(address)}

    def _on_load(self, request: gr.Request) -> Iterator[Change]:
        yield from heard(self._begin)(request, "?" + str(request.url.query))

    def _on_go(self, request: gr.Request, event: gr.EventData) -> Iterator[Change]:
        yield from heard(self._show)(request, str(event.search))

    def _begin(self, search: str) -> Iterator[Change]:
        """The state of an address that was just opened. What somebody typed meanwhile into an empty page stays."""
        address, choices = parse(search), self.desk.choices()
        typed = [self.question, self.asked, self.answer, self.query]
        if address.tab == "ask":
            # The page begins there by itself; whoever has gone on to another tab is not called back.
            typed.append(self.tabs)
        for changes in self._show(search):
            if not address.text and address.tab in ("ask", "find"):
                changes = {field: change for field, change in changes.items() if field not in typed}
                changes |= self.ask_filters.offer(choices) | self.find_filters.offer(choices)
                for field in (*self.ask_filters.dates, *self.find_filters.dates):
                    changes.pop(field, None)
            yield {self.ready: self.desk.ready_line()} | changes

    def _show(self, search: str) -> Iterator[Change]:
        """Bring the page into the state that an address names."""
        address = parse(search)
        choices = self.desk.choices()
        tab = address.tab
        start: Change = {self.tabs: gr.update(selected=tab)}
        start |= self.ask_filters.show(address.filters if tab == "ask" else Filters(), choices)
        start |= self.find_filters.show(address.filters if tab == "find" else Filters(), choices)
        for field, offered, value in ((self.sort, ORDERS, address.sort), (self.mode, WAYS, address.mode)):
            start[field] = gr.update(choices=[(words.t(shown), name) for shown, name in offered], value=value)
        if tab == "ask":
            asked = bool(address.text)
            start |= {self.question: address.text, self.asked: address.text}
            start[self.answer] = waiting(words.t("Looking for quotations…")) if asked else ""
            yield start | {self.examples: "" if asked else self.desk.examples()}
            if asked:
                yield {self.answer: handlers.ask(self.base, address)}
        elif tab == "find":
            yield (
                start
                | {self.query: address.text}
                | ({self.results: waiting(words.t("Looking…"))} if address.text else {})
            )
            if address.text:
                yield self._find(address)
        elif tab == "read":
            yield start | {self.reader: waiting(words.t("Opening the document…")), self.inside: address.inside}
            yield {self.reader: handlers.read(self.base, address), self.opened: address}
        elif tab == "start":
            yield start | {self.start: gathering.start(self.base, address), self.begun: address}
        elif tab == "meetings":
            yield start | {self.meetings: gathering.meetings(self.base, address), self.met: address}
        elif tab == "agreed":
            yield start | {
                self.words: address.inside,
                self.agreed: gathering.agreed(self.base, address),
                self.asked_of: address,
            }
        else:
            start |= {self.title: address.inside, self.shelf: address}
            yield start | {self.library: handlers.library(self.base, address)}

    def _on_tick(self, asked: str) -> Change:
        settled = self.desk.settled()
        examples = {self.examples: self.desk.examples()} if settled and not asked else {}
        return {self.ready: self.desk.ready_line(), self.timer: gr.Timer(active=not settled)} | examples


def build(base: Base, desk: Desk) -> gr.Blocks:
    """The page over a knowledge base."""
    blocks: gr.Blocks = Page(base, desk).blocks
    return blocks
