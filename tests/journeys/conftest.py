"""Journeys through the page with Playwright: a collection of real formats, the page as people start it, fresh browsers.

Every request of every browser is recorded: only this machine may be asked.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.serving import served
from ui.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 40
MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]

HTML = """<!DOCTYPE html><html lang="en"><head><title>Fact sheet on brick kilns</title></head><body><nav><a href="/">Home</a></nav>
<main><article><h1>Fact sheet on brick kilns</h1><p>Labour inspectors visited eleven brick kilns in the spring of 2019 and found
bonded workers in four of them.</p><h2>What inspectors look for</h2><p>Inspectors ask whether workers keep their own passports
and whether wages are paid into their own accounts.</p><p>Workers who owe an advance to the owner of a brick kiln cannot
leave before the season ends.</p></article></main></body></html>"""
RUSSIAN = """Доклад о выявлении жертв торговли людьми

1. Введение

Национальный механизм перенаправления создан в 2015 году. Он объединяет полицию, социальные службы и неправительственные
организации, которые вместе помогают пострадавшим.

2. Период восстановления

Каждой предполагаемой жертве торговли людьми предоставляется период восстановления и размышления продолжительностью
сорок пять дней. В течение этого срока её нельзя выслать из страны.
"""
ARABIC = """تقرير عن حماية ضحايا الاتجار بالبشر

تقدم الدولة المأوى والمساعدة القانونية لضحايا الاتجار بالبشر مجاناً. ولا يجوز إبعاد الضحية قبل انتهاء فترة التعافي.

يعمل المقرر الوطني على جمع البيانات ونشرها كل سنة.
"""
MAIL = """From: co-ordinator@example.org
To: network@example.org
Subject: Meeting of national co-ordinators in Tirana
Date: Tue, 06 Jun 2023 09:00:00 +0200
Content-Type: text/plain; charset=utf-8

The next meeting of national co-ordinators takes place in Tirana. Delegations are asked to bring their figures on
victims identified at airports.
"""


def numbers(year: int, victims: int, children: int) -> str:
    """A national report on one year, as Markdown with front matter."""
    return (
        f"---\ntitle: National report of Albania for {year}\nsymbol: NR/ALB/{year}\nbody: UN\ntype: report\ndate: {year + 1}-03-01\n"
        f"countries: [Albania]\nthemes: [victim-identification]\nmeeting: {year + 1 - 2003}th meeting of rapporteurs\n---\n\n"
        f"# Identification of victims\n\nIn {year} the authorities of Albania identified {victims} victims of trafficking in "
        f"human beings, of whom {children} were children.\n\n# Shelters\n\nThe three shelters of the national coalition housed victims in "
        f"{year} for four months on average.\n"
    )


def write_papers(folder: Path, make_pdf: MakePdf) -> None:
    """A collection as an office has it: digests, PDF, Word, PowerPoint, Excel, web page, mail, Russian and Arabic texts."""
    import docx
    import pptx
    import xlsxwriter

    for name in ("cets-197.md", "osce-action-plan.md", "palermo-protocol.md", "smuggling-protocol.md"):
        shutil.copy(ROOT / "corpus" / "documents" / name, folder / name)
    filler = "Hotels keep registers of their guests, and inspectors read those registers twice a year."
    make_pdf(
        folder / "hotels.pdf",
        [
            ["Report on hotel inspections", *[filler] * 20],
            [*[filler] * 12, "Eleven receptionists had been trained to recog-", "nise signs of exploitation."],
            [*[filler] * 12],
        ],
    )
    word = docx.Document()
    word.core_properties.title = "Guide for interviewers"
    word.add_heading("Guide for interviewers", 1)
    word.add_heading("Before the interview", 2)
    word.add_paragraph(
        "An interviewer offers water, explains the purpose and asks for consent before any question is put."
    )
    word.add_heading("After the interview", 2)
    word.add_paragraph(
        "The notes of an interview are kept in a locked cabinet, apart from the names of those interviewed."
    )
    word.save(str(folder / "interviewers.docx"))
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[1])
    slide.shapes.title.text = "Training on domestic servitude"
    slide.placeholders[1].text = "Diplomatic households are visited by the protocol department once a year."
    slides.save(str(folder / "training.pptx"))
    with xlsxwriter.Workbook(str(folder / "hotlines.xlsx")) as book:
        sheet = book.add_worksheet("Hotlines")
        for row, cells in enumerate((("Country", "Calls"), ("Moldova", "1204"), ("Serbia", "873"))):
            sheet.write_row(row, 0, cells)
    for year, victims, children in ((2021, 153, 79), (2022, 143, 64), (2023, 187, 91)):
        (folder / f"albania-{year}.md").write_text(numbers(year, victims, children), encoding="utf-8")
    texts = {"kilns.html": HTML, "doklad.txt": RUSSIAN, "himaya.txt": ARABIC, "meeting.eml": MAIL}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    plan = "---\ntitle: Plan on shelters{0}\nsymbol: PC.DEC/900{1}\nbody: OSCE\ntype: decision\ndate: {2}\n---\n\n"
    plan += "States open {3} shelters each year.\n"
    (folder / "shelters.md").write_text(plan.format("", "", "2009-05-04", "two"), encoding="utf-8")
    (folder / "shelters-rev.md").write_text(plan.format(", revised", "/Rev.1", "2014-05-04", "five"), encoding="utf-8")


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory, make_pdf: MakePdf) -> Path:
    """The folder of documents."""
    folder = tmp_path_factory.mktemp("papers")
    write_papers(folder, make_pdf)
    return folder


@pytest.fixture(scope="session")
def home(papers: Path, tmp_path_factory: pytest.TempPathFactory, model_home: Path) -> Path:
    """The knowledge base over them."""
    made = tmp_path_factory.mktemp("journeys") / "home"
    made.mkdir()
    (made / "models").symlink_to(model_home / "models", target_is_directory=True)
    assert main(["ingest", str(papers), "--home", str(made), "--quiet"]) == 0
    return made


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[str]:
    """The page, served for curators by the program as people start it; its address. It must end well."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    command = [sys.executable, "-m", "ui.cli", "serve", "--curate", "--port", "0", "--home", str(home)]
    with served(command) as address:
        yield address


@pytest.fixture(scope="module")
def chromium(server: str) -> Iterator[Any]:
    """The browser of a module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def holds(page: Any, expression: str, arg: object = None) -> None:
    """Wait until an expression holds in the page. The driver's own waiting evaluates texts there, which the page forbids."""
    for _ in range(SECONDS * 10):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"it never holds: {expression}")


class Visitor:
    """Somebody at the page, in a browser of their own; `asked` are all addresses that it asked for."""

    def __init__(self, browser: Any, address: str, **settings: Any) -> None:
        given = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", "accept_downloads": True} | settings
        self.context = browser.new_context(**given)
        self.context.set_default_timeout(SECONDS * 1000)
        self.address = address
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page = self.context.new_page()
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def go(self, path: str = "/") -> Visitor:
        """Open an address of the page, and wait until its fields are there."""
        self.page.goto(self.address + path)
        self.page.locator("#question input, #question textarea").wait_for(state="attached")
        return self

    def see(self, css: str, words: str = "") -> Any:
        """The first visible element that holds these words; waits for it."""
        found = self.page.locator(f"{css} >> visible=true")
        found = (found.filter(has_text=words) if words else found).first
        found.wait_for()
        return found

    def type(self, box: str, words: str) -> None:
        """Type into a box in place of what stands there, and press Enter."""
        field = self.see(f"#{box} input, #{box} textarea")
        field.fill(words)
        field.press("Enter")

    def tab(self, name: str) -> None:
        """Open a tab by hand; `name` is its id."""
        self.see(f"#tab-{name}-button").click()

    def holds(self, expression: str) -> None:
        """Wait until an expression of the page's script is true."""
        holds(self.page, expression)

    def close(self) -> None:
        """Leave; nothing was asked of another machine, and the browser had nothing to complain about."""
        self.context.close()
        local = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:", "chrome:")
        assert self.asked
        assert not [address for address in self.asked if not address.startswith(local)], "asked of another machine"
        # What the browser says of streams that it cuts itself on leaving is no complaint about the page.
        left = ("AbortError", "Connection errored out", "400 (Bad Request)")
        assert not [line for line in self.complaints if not any(words in line for words in left)]


@pytest.fixture
def arrive(chromium: Any, server: str) -> Iterator[Callable[..., Visitor]]:
    """A function that lets somebody arrive, with settings of a browser; all leave at the end."""
    there: list[Visitor] = []

    def come(**settings: Any) -> Visitor:
        there.append(Visitor(chromium, server, **settings))
        return there[-1]

    yield come
    for visitor in there:
        visitor.close()


@pytest.fixture
def visitor(arrive: Callable[..., Visitor]) -> Visitor:
    """Somebody at an ordinary screen, in English."""
    return arrive()
