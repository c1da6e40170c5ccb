"""The page in a real browser: journeys of the people who use it. Every address that the browser asks for is recorded."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.serving import served
from ui.cli import main

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "corpus" / "documents"
CHROMIUM, DRIVER = (
    next((found for name in names if (found := shutil.which(name))), None)
    for names in (("chromium", "chromium-browser", "google-chrome"), ("chromedriver",))
)
SECONDS = 40
QUESTION = "How long is the recovery and reflection period?"
HOSTILE = "<img src=x onerror=\"document.body.dataset.hit='yes'\"> kiln"
MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]


class Browser:
    """Chromium with a fresh profile; `addresses` are all that it has asked for."""

    def __init__(self, profile: Path, address: str, width: int = 1366, height: int = 768) -> None:
        from selenium import webdriver

        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
            "--disable-component-update", "--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
        ):  # fmt: skip
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
        self.address = address
        self.addresses: list[str] = []
        self.complaints: list[str] = []

    def go(self, path: str = "/") -> None:
        """Open an address of the page, and wait until its state is shown."""
        self.driver.get(self.address + path)
        self.see("#question input, #question textarea", anywhere=True)

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until something holds."""
        from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
        from selenium.webdriver.support.wait import WebDriverWait

        waiting = WebDriverWait(
            self.driver, SECONDS, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException]
        )
        try:
            waiting.until(lambda _: holds())
        except TimeoutException:
            said = f"{self.driver.current_url} says: {self.text('body')[:1500]}"
            pytest.fail(f"not seen: {what}; {said}", pytrace=False)

    def all(self, css: str) -> list:  # type: ignore[type-arg]
        """The elements that are shown."""
        return [element for element in self.driver.find_elements("css selector", css) if element.is_displayed()]

    def see(self, css: str, words: str = "", *, anywhere: bool = False):  # type: ignore[no-untyped-def]
        """The first element shown that holds these words; waits for it."""

        def found() -> list[object]:
            elements = self.driver.find_elements("css selector", css) if anywhere else self.all(css)
            return [element for element in elements if not words or words in element.text]

        self.until(found, f"{css} with “{words}”")
        return found()[0]

    def text(self, css: str) -> str:
        """What an element says."""
        return str(self.driver.find_element("css selector", css).text)

    def type(self, css: str, words: str, *, enter: bool = True) -> None:
        """Type into a field in place of what stands there."""
        from selenium.webdriver.common.keys import Keys

        field = self.see(css)

        def typed() -> bool:
            # A state that is only just arriving may still set the field.
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(words)
            self.driver.execute_async_script("setTimeout(arguments[0], 150)")
            return bool(field.get_attribute("value") == words)

        self.until(typed, f"{words} in {css}")
        if enter:
            field.send_keys(Keys.ENTER)

    def press(self, css: str, words: str = "") -> None:
        """Click on an element in the middle of the window, clear of the bar at its foot."""
        element = self.see(css, words)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def tab(self, name: str) -> None:
        """Open a tab by hand."""
        self.see("button[role=tab]", name).click()

    @property
    def search(self) -> str:
        """The query part of the address."""
        return urlsplit(self.driver.current_url).query

    def note(self) -> None:
        """Keep what was logged since the last time."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.addresses.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                self.addresses.append(message["params"]["url"])
        self.complaints += [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, model_home: Path, make_pdf: MakePdf) -> Path:
    """Some digests, a PDF with pages, and a document whose title is markup."""
    folder = tmp_path_factory.mktemp("papers")
    for name in ("cets-197.md", "osce-action-plan.md", "palermo-protocol.md", "smuggling-protocol.md"):
        shutil.copy(DOCUMENTS / name, folder / name)
    filler = "Hotels keep registers of their guests, and inspectors read those registers twice a year."
    make_pdf(
        folder / "hotels.pdf",
        [
            ["Report on hotel inspections", *[filler] * 20],
            [*[filler] * 12, "Eleven receptionists had been trained to recog-", "nise signs of exploitation."],
            [*[filler] * 12],
        ],
    )
    (folder / "hostile.md").write_text(
        f"---\ntitle: '{HOSTILE.replace(chr(39), chr(39) * 2)}'\n---\n\nBrick kilns {HOSTILE} were inspected at dawn.\n",
        encoding="utf-8",
    )
    home = tmp_path_factory.mktemp("page") / "home"
    home.mkdir()
    (home / "models").symlink_to(model_home / "models", target_is_directory=True)
    assert main(["ingest", str(folder), "--home", str(home), "--quiet"]) == 0
    return home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[str]:
    """The page, served by the program as people start it; its address."""
    with served([sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--home", str(home)]) as address:
        yield address


@pytest.fixture(scope="module")
def window(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all journeys."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no Chromium or no chromedriver here (Debian: apt-get install chromium chromium-driver)")
    made = Browser(tmp_path_factory.mktemp("profile"), server)
    yield made
    made.driver.quit()


@pytest.fixture
def page(window: Browser) -> Iterator[Browser]:
    """The page; afterwards nothing was asked of another machine, and the browser had nothing to complain about."""
    window.go()
    window.driver.execute_script("sessionStorage.clear()")
    window.note()
    window.addresses.clear()
    window.complaints.clear()
    yield window
    window.note()
    elsewhere = [
        address
        for address in window.addresses
        if not address.startswith(("http://127.0.0.1:", "data:", "blob:", "chrome:", "about:"))
    ]
    assert window.addresses
    assert not elsewhere, "asked of another machine"
    # What the browser says of streams that it cuts itself on leaving is no complaint about the page.
    left = ("AbortError: signal is aborted", "Connection errored out")
    assert not [line for line in window.complaints if not any(words in line for words in left)]


# -- asking ----------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_and_its_source_is_two_clicks_away(page: Browser) -> None:
    page.go()
    page.type("#question input", QUESTION)
    first = page.see("#citation-1")
    assert "30 days" in first.text
    assert "[1]" in first.text
    assert "Article 13(1)" in first.text
    assert page.search == f"q={quote(QUESTION).replace('%20', '+')}"

    button = first.find_element("css selector", "button[data-context]")
    button.click()
    page.see("#citation-1 .context mark", "30 days")
    assert button.get_attribute("aria-expanded") == "true"
    neighbours = [element.text for element in page.all("#citation-1 .context .neighbour")]
    assert any("Article 12" in text for text in neighbours)
    assert any("Article 13(2)" in text for text in neighbours)

    page.see("#citation-1 .context .onward a").click()
    page.see("#reader h2", "Council of Europe Convention on Action against Trafficking")
    cited = page.see("#reader .text-passage.cited", "30 days")
    page.until(lambda: page.driver.execute_script(
        "const r = arguments[0].getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight", cited
    ), "the passage in view")  # fmt: skip
    assert "doc=" in page.search
    assert "passage=" in page.search
    page.driver.back()
    page.see("#citation-1", "30 days")


def test_an_example_question_answers(page: Browser) -> None:
    page.go()
    examples = page.see("#examples a.ask-this")
    question = examples.text
    examples.click()
    page.see("#citation-1")
    assert page.see("#question input").get_attribute("value") == question
    assert not page.all("#answer .not_found")
    assert not page.all("#examples a")


def test_what_is_not_held_is_said_with_what_came_near(page: Browser) -> None:
    page.go("/?q=" + quote("What does the Convention on hotels in Atlantis say about trafficking of dolphins?"))
    page.see("#answer .not_found h2", "Not found in this collection")
    page.see("#answer .not_found .reason p")
    page.see("#answer .near h2", "What came near")
    assert page.all("#answer .near .hit")


def test_a_question_back_is_answered_by_choosing(page: Browser) -> None:
    page.go("/?q=" + quote("What does Article 13 say?"))
    page.see("#answer .clarify h2", "Which one do you mean?")
    choices = [element.text for element in page.all("#answer a.choice")]
    assert len(choices) > 1
    page.press("#answer a.choice", "Council of Europe Convention")
    assert "Article 13" in page.see("#citation-1").text
    assert all("CETS 197" in element.text for element in page.all("#answer .quoted .facts"))
    assert page.see("#question input").get_attribute("value") == "What does Article 13 say?"


def test_words_that_cannot_be_asked_get_a_sentence(page: Browser) -> None:
    page.go()
    page.type("#question input", "of the and")
    page.see("#answer .notice", "add a word")
    page.go("/?q=" + "x" * 2500)
    page.see("#answer .notice", "2,500 characters")


def test_what_somebody_thinks_of_an_answer_is_kept_here(page: Browser, home: Path) -> None:
    page.go("/?q=" + quote(QUESTION))
    page.see("#citation-1")
    page.see("#answer .judging button", "Helpful").click()
    page.see("#answer .judging", "kept on this machine")
    lines = [json.loads(line) for line in (home / "feedback.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (lines[-1]["verdict"], lines[-1]["question"]) == ("helpful", QUESTION)
    assert "30 days" in lines[-1]["citations"][0]["quote"]
    file = home.parent / "helpful.jsonl"
    assert main(["evaluate", "feedback", "--output", str(file), "--home", str(home)]) == 0
    assert main(["evaluate", "questions", str(file), "--home", str(home), "--quiet"]) == 0


# -- finding ---------------------------------------------------------------------------------------------------------------


def test_passages_are_marked_filtered_and_continued(page: Browser) -> None:
    page.go("/?tab=find")
    page.type("#query input", "victims")
    page.see("#results .count", "passages")
    assert len(page.all("#results .hit")) == 10
    assert {mark.text.casefold() for mark in page.all("#results mark")} & {"victim", "victims"}
    first = page.see("#results input[data-pick]").get_attribute("data-pick")
    page.press("#results .parts a", "Next")
    page.until(lambda: "part=1" in page.search, "the second part in the address")
    page.until(lambda: page.see("#results input[data-pick]").get_attribute("data-pick") != first, "other passages")

    bodies = {element.text for element in page.all("#results .facts")}
    assert len({text.split(" · ")[0] for text in bodies}) > 1
    page.go("/?find=victims&body=OSCE")
    page.see("#results .count", "passages")
    assert all(element.text.startswith("OSCE") for element in page.all("#results .facts"))


def test_a_filter_is_chosen_by_hand(page: Browser) -> None:
    page.go("/?find=victims")
    page.see("#results .hit")
    page.see("button.label-wrap", "Filters").click()
    field = page.see("input[aria-label='Body']")
    field.send_keys("OSCE")
    page.see("ul[role=listbox] li", "OSCE").click()
    page.see("#query-button").click()
    page.until(lambda: "body=OSCE" in page.search, "the filter in the address")
    page.until(
        lambda: (
            page.all("#results .facts")
            and all(element.text.startswith("OSCE") for element in page.all("#results .facts"))
        ),
        "only passages of the OSCE",
    )


def test_a_phrase_that_stands_nowhere(page: Browser) -> None:
    page.go("/?find=" + quote('"purple submarine harvest"'))
    page.see("#results h2", "Nothing found")
    assert not page.all("#results .parts")


def test_a_count_is_what_narrowing_to_it_shows(page: Browser) -> None:
    page.go("/?find=victims")
    page.see("#results .narrow summary").click()
    bar = page.see("#results .holding a", "OSCE")
    count = bar.text.split()[-1]
    bar.click()
    page.until(lambda: "body=OSCE" in page.search, "the choice in the address")
    page.see("#results .count", f"{count} passages")
    page.see("#results .holding a[aria-current]", "OSCE").click()
    page.until(lambda: "body=OSCE" not in page.search, "the choice is given up")


def test_picked_passages_are_kept_over_searches_and_saved(page: Browser) -> None:
    import httpx

    page.go("/?find=" + quote("recovery and reflection period"))
    page.press("#results input[data-pick]")
    page.see("#picks", "Passages picked: 1")
    page.type("#query input", "receptionists")
    page.see("#results .hit", "Eleven receptionists")
    page.press("#results input[data-pick]")
    page.see("#picks", "Passages picked: 2")
    page.tab("Library")
    link = page.see("#picks a", "RIS").get_attribute("href")
    sent = httpx.get(str(link), trust_env=False)
    assert sent.headers["content-disposition"].endswith("passages.ris")
    assert sent.text.count("TY  - ") == 2
    assert "CETS 197" in sent.text
    page.see("#picks button").click()
    page.until(lambda: not page.all("#picks .picks"), "the bar is gone")
    page.tab("Find")
    assert not [box for box in page.all("#results input[data-pick]") if box.is_selected()]


# -- reading ---------------------------------------------------------------------------------------------------------------


def test_a_document_has_an_outline_and_can_be_searched(page: Browser) -> None:
    page.go("/?doc=CETS+197")
    page.see("#reader h2", "Council of Europe Convention")
    page.see("#reader .outline summary").click()
    page.see("#reader .outline a", "Article 26").click()
    page.see("#reader .text-passage.cited", "Article 26")
    page.type("#inside input", "reflection period")
    page.see("#reader .found summary", "stands in")
    assert page.all("#reader .found li a")
    assert "reflection period" in page.see("#reader .text mark").text.casefold()
    assert "in=reflection+period" in page.search


def test_pages_of_a_pdf_are_told_apart(page: Browser) -> None:
    page.go("/?doc=hotels.pdf&page=3")
    assert "–3" in page.see("#reader .text-passage.cited").text
    page.go("/?doc=hotels.pdf&page=4")
    page.see("#reader .notice", "no page 4")
    page.go("/?doc=hotels.pdf&label=Article+99")
    page.see("#reader .notice", "not in this document")
    page.go("/?doc=no-such-thing")
    page.see("#reader .notice", "There is no document")


def test_a_quotation_from_a_pdf_is_marked_on_the_picture_of_its_page(page: Browser) -> None:
    page.go("/?q=" + quote("How many receptionists had been trained?"))
    card = page.see("#citation-1", "Eleven receptionists")
    assert "page 2" in card.text
    copies = [button.get_attribute("data-copy") for button in card.find_elements("css selector", "[data-copy]")]
    assert copies[1].endswith(", p. 2")
    card.find_element("link text", "Open the document").click()
    picture = page.see("#reader .page-view img")
    page.see("#reader .page-view figcaption", "page 2 of 3")
    page.until(lambda: picture.get_property("naturalWidth"), "the picture")
    assert "quote=Eleven+receptionists" in str(picture.get_attribute("src"))
    page.see("#reader mark", "Eleven receptionists")
    page.see("#reader .page-view a", "Next page").click()
    page.see("#reader .page-view figcaption", "page 3 of 3")
    page.driver.back()
    page.see("#reader .page-view figcaption", "page 2 of 3")


# -- the library, addresses ------------------------------------------------------------------------------------------------


def test_the_library_lists_chooses_and_opens(page: Browser) -> None:
    page.go()
    page.tab("Library")
    page.see("#library .count", "6 documents")
    assert page.search == "tab=library"
    page.see("#library .holding a", "OSCE").click()
    page.see("#library .chosen", "1 document")
    assert len(page.all("#library .shelf tbody tr")) == 1
    page.type("#title input", "zzz")
    page.see("#library .notice", "No document fits")
    page.driver.back()
    page.see("#library .chosen", "1 document: OSCE")
    page.see("#library .chosen a", "Show everything").click()
    page.until(lambda: len(page.all("#library .shelf tbody tr")) == 6, "all documents")
    page.see("#library .shelf a", "hotel").click()
    page.see("#reader h2", "hotel")


def test_reload_back_and_forward_show_the_same_again(page: Browser) -> None:
    page.go()
    page.type("#question input", QUESTION)
    page.see("#citation-1")
    page.tab("Find")
    page.type("#query input", "consent")
    page.see("#results .hit")
    assert page.search == "find=consent"
    page.driver.refresh()
    page.see("#results .hit")
    assert page.see("#query input").get_attribute("value") == "consent"
    page.tab("Ask")
    page.driver.get(f"{page.address}/?q={quote(QUESTION)}")
    page.see("#citation-1")
    page.driver.back()
    page.see("#examples a")
    page.driver.back()
    page.see("#results .hit")
    page.driver.forward()
    page.see("#examples a")
    page.driver.forward()
    page.see("#citation-1", "30 days")


def test_a_tab_opened_by_hand_has_its_address(page: Browser) -> None:
    page.go("/?find=consent")
    page.see("#results .hit")
    page.tab("Library")
    page.until(lambda: page.search == "tab=library", "the library's address")
    page.tab("Find")
    page.until(lambda: page.search == "find=consent", "the address of what was found")
    page.see("#results .hit")


# -- safety ------------------------------------------------------------------------------------------------------------------


def test_markup_in_titles_texts_and_questions_is_text(page: Browser) -> None:
    page.go("/?find=" + quote("brick kilns"))
    assert HOSTILE in page.see("#results .hits > li", "kiln").text
    page.see("#results button[data-context]").click()
    page.see("#results .context .cited", "onerror")
    page.go("/?q=" + quote(f"When were brick kilns inspected? {HOSTILE}"))
    page.see("#answer article")
    page.go("/?tab=library&in=" + quote("kiln"))
    page.see("#library .shelf a", "onerror").click()
    page.see("#reader h2", "<img src=x")
    page.go("/?doc=" + quote(HOSTILE + "x"))
    page.see("#reader .notice", "onerror")
    assert page.driver.execute_script("return document.body.dataset.hit") is None
    assert not page.driver.find_elements("css selector", ".ours img:not([src^='page-image?'])")


def test_what_is_not_used_is_closed(server: str) -> None:
    import httpx

    with httpx.Client(base_url=server, trust_env=False) as client:
        shown = client.get("/")
        assert shown.status_code == 200
        policy = shown.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self' 'nonce-" in policy
        for path in ("/gradio_api/file=/etc/passwd", "/gradio_api/upload", "/file=/etc/passwd", "/gradio_api/proxy=x"):
            assert client.get(path).status_code == 404, path
            assert client.post(path).status_code == 404, path
        assert client.get("/?page=5&deep_link=x").status_code == 200, "names that Gradio takes for its own"


# -- while the model is loading ----------------------------------------------------------------------------------------


SLOW = """
import sys, time
from pathlib import Path
from ui.app import serve
from ui.service import KnowledgeBase

class Slow(KnowledgeBase):
    def engine(self):
        while not Path(sys.argv[2]).exists():
            time.sleep(0.05)
        return super().engine()

serve(Slow(Path(sys.argv[1])), port=0, say=lambda line: print(line, flush=True))
"""


@pytest.fixture
def slow(home: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The page over a knowledge base whose model is loaded once a file is there: its address, and that file."""
    with served([sys.executable, "-c", SLOW, str(home), str(tmp_path / "go")]) as address:
        yield address, tmp_path / "go"


def test_the_page_can_be_used_while_the_model_loads(page: Browser, slow: tuple[str, Path]) -> None:
    usual = page.address
    page.address, loaded = slow
    try:
        page.go()
        page.see("#ready", "Getting ready")
        page.tab("Library")
        page.see("#library .count", "6 documents")
        page.tab("Ask")
        page.type("#question input", QUESTION)
        page.see("#answer .waiting", "Looking for quotations")
        loaded.touch()
        page.see("#citation-1", "30 days")
        page.until(lambda: not page.all("#ready .waiting"), "the line is gone once all is loaded")
    finally:
        page.driver.get("about:blank")
        page.address = usual
