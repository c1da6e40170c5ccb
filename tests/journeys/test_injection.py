"""200 texts that try to run, put through everything that the page shows: ingested for real, none runs, all are seen."""

from __future__ import annotations

import csv
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.journeys.conftest import CHROMIUM, FLAGS, SECONDS, holds
from tests.payloads import COUNT, OUTSIDE, payloads
from tests.serving import served
from ui.cli import main

pytestmark = pytest.mark.browser
WATCH = """
window.hits = []; window.hit = (n) => window.hits.push(n); window.broken = [];
document.addEventListener("securitypolicyviolation", (e) => window.broken.push(`${e.violatedDirective} ${e.blockedURI}`));
"""
# What no text may have made: elements with a mark of a payload, handlers, frames, addresses of another scheme or place.
FOREIGN = f"""() => {{
  const bad = [];
  for (const one of document.querySelectorAll("*")) {{
    for (const {{ name, value }} of one.attributes) {{
      if (name.startsWith("on") && name.length > 4) bad.push(`${{one.tagName}} ${{name}}`);
      if (name === "id" && value === "zqid") bad.push("an element of a payload");
      if (["href", "src", "action", "formaction", "data", "srcdoc", "xlink:href"].includes(name)
        && (/^\\s*(javascript|vbscript|data:text)/i.test(value) || value.startsWith("{OUTSIDE}"))
        && !(one.matches("a[rel=noreferrer]") && value.startsWith("http"))) bad.push(`${{one.tagName}} ${{name}} ${{value}}`);
    }}
    if (/^(IFRAME|OBJECT|EMBED|MARQUEE|MATH|TEMPLATE|CUSTOM-EL|X|VIDEO|AUDIO)$/.test(one.tagName)) bad.push(one.tagName);
    if (one.tagName === "SCRIPT" && !one.nonce && !(one.src || "").startsWith(location.origin)) bad.push("a script");
  }}
  return bad;
}}"""


def plain(text: str) -> str:
    """A text as it can be compared with what a browser shows: blanks and what cannot be seen left out."""
    return re.sub(r"[\s\u0000-\u001f\u00ad\u200b-\u200f\u202a-\u202e\ufeff]+", "", text)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, model_home: Path) -> Path:
    """A home with a document for each text: in its title, symbol, speaker, meeting, place and address by a metadata file, in
    its file's name, heading, sentences and a table; and one long document that holds all of them."""
    room = tmp_path_factory.mktemp("hostile")
    papers, home = room / "papers", room / "home"
    papers.mkdir()
    home.mkdir()
    (home / "models").symlink_to(model_home / "models", target_is_directory=True)
    texts = payloads()
    columns = ("path", "title", "symbol", "body", "type", "date", "meeting", "speaker", "place", "aliases", "url")
    with (room / "metadata.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(columns)
        for at, text in enumerate(texts):
            name = re.sub(r"[/\x00-\x1f]", "_", text)[:90].strip(" .")
            file = papers / f"{at:03} {name}.txt"
            file.write_text(
                f"Kiln report {at}\n\n1. Introduction {text}\n\n"
                f"2. The Council calls upon States to inspect kiln number {at} and to note {text}.\n\n"
                f"3. Mr. Speaker said of kiln {at}: “{text}”.\n",
                encoding="utf-8",
            )
            # A pattern would read brackets in the name; the number is enough.
            rows.writerow(
                (f"{at:03} *", text, text[:60], text[:40], "speech" if at % 2 else "decision", f"20{at % 20 + 1:02}-05-0{at % 9 + 1}",
                 text[:80], text[:80], text[:80], text[:80], text if at % 3 else f"javascript:hit({at})")
            )  # fmt: skip
    whole = "\n\n".join(f"{at + 1}. Paragraph on kiln {at}: {text}" for at, text in enumerate(texts))
    (papers / "whole.txt").write_text(f"All kilns\n\n{whole}\n", encoding="utf-8")
    arguments = ["ingest", str(papers), "--metadata", str(room / "metadata.csv"), "--home", str(home), "--quiet"]
    assert main(arguments) == 0
    return home


@pytest.fixture(scope="module")
def place(hostile: Path) -> Iterator[str]:
    """The address of the page over it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    command = [sys.executable, "-m", "ui.cli", "serve", "--curate", "--port", "0", "--home", str(hostile)]
    with served(command) as address:
        yield address


class Watched:
    """A page on which everything that happens is noted."""

    def __init__(self, browser: Any, address: str) -> None:
        self.address = address
        context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
        context.set_default_timeout(SECONDS * 1000)
        context.add_init_script(WATCH)
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        self.page = context.new_page()
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def open(self, path: str, css: str) -> str:
        """What an address shows, once something that fits `css` is there; everything is checked before it is given."""
        self.page.goto(self.address + path)
        self.page.locator(css).first.wait_for(state="attached")
        self.page.wait_for_timeout(150)
        # Folded parts are shown too.
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        self.page.mouse.move(300, 400)
        self.check()
        return plain(str(self.page.evaluate("document.body.textContent")))

    def check(self) -> None:
        """Nothing ran, nothing was asked for elsewhere, and no element came of a text."""
        assert self.page.evaluate("window.hits") == []
        assert self.page.evaluate("window.broken") == []
        assert self.dialogs == []
        assert {url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))} == set()
        assert self.page.evaluate(FOREIGN) == []


@pytest.fixture(scope="module")
def watched(place: str) -> Iterator[Watched]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM or shutil.which("chromium"), args=list(FLAGS))
        yield Watched(browser, place)
        browser.close()


def test_the_watch_sees_what_it_is_for(watched: Watched) -> None:
    """Made by a script of the test, which may do what a text may not, each kind of harm is told."""
    watched.open("/", "#question")
    for harm in ("'<img src=x onerror=\"1\">'", "'<a href=\"javascript:1\">x</a>'", "'<iframe></iframe>'"):
        watched.page.evaluate(f"document.querySelector('#answer').innerHTML = {harm}")
        assert watched.page.evaluate(FOREIGN), harm
    watched.page.wait_for_timeout(200)
    assert watched.page.evaluate("window.broken"), "the policy stops a handler in the page"
    assert watched.page.evaluate("window.hits") == []
    # What the driver evaluates is free of the policy; what it leaves behind is not.
    made = "() => setTimeout(() => { try { window.made = new Function('return 2')() } catch (error) { window.made = error.name } })"
    watched.page.evaluate(made)
    holds(watched.page, "window.made")
    assert watched.page.evaluate("window.made") == "EvalError"


def test_every_title_and_name_of_a_file_is_seen_in_the_library(watched: Watched) -> None:
    shown = "".join(watched.open(f"/?tab=library&part={part}", "article.library table") for part in range(4))
    lost = [text for text in payloads() if plain(text) not in shown]
    assert not lost


def test_every_text_is_seen_in_a_document(watched: Watched) -> None:
    watched.open("/?tab=library&in=All+kilns", "article.library table")
    found = watched.page.locator("article.library table a", has_text="All kilns").first.get_attribute("href")
    shown = watched.open(f"/{found}", "article.document")
    lost = [text for text in payloads() if plain(text) not in shown]
    assert len(lost) <= COUNT // 20, lost


@pytest.mark.parametrize("sort", ["", "&sort=newest"])
def test_found_passages_are_text(watched: Watched, sort: str) -> None:
    for path in ("/?find=kiln+number", "/?find=kiln+number&part=1", "/?find=Speaker+said"):
        assert "kiln" in watched.open(path + sort, "#found .hit, #found article, #results article, ol li")


TABS = [
    ("/?tab=meetings", "#meetings article"),
    ("/?tab=agreed", "#agreed article, #agreed table"),
    ("/?tab=start", "#start article"),
]


@pytest.mark.parametrize(("path", "css"), TABS)
def test_other_tabs_are_text(watched: Watched, path: str, css: str) -> None:
    assert watched.open(path, css)


def test_every_question_is_text(watched: Watched) -> None:
    texts = payloads()
    answered = 0
    for start in range(0, COUNT, 15):
        asked = " ".join(texts[start : start + 15])[:1900]
        shown = watched.open(f"/?q={quote(asked)}", "#answer .asked, #answer .notice")
        if watched.page.locator("#answer .asked").count():
            answered += 1
            wanted = re.findall(r"(?i)zq\d+zq", plain(asked))
            assert sum(token in shown for token in wanted) == len(wanted)
    assert answered >= COUNT // 15 // 2


def test_follow_ups_are_text(watched: Watched) -> None:
    texts = payloads()
    for start in range(0, COUNT, 30):
        typed = " ".join(texts[start : start + 30])[:1900]
        watched.open(f"/?q={quote('How many kilns are there?')}&said={quote(typed)}", "#answer .asked, #answer .notice")
    # Typed behind a question, as people do it.
    watched.open(f"/?q={quote('How many kilns were inspected in Albania in 2020?')}", "#answer .asked, #answer .notice")
    box = watched.page.locator("#question input, #question textarea")
    for text in texts[::50]:
        box.fill(f"And {text}?")
        box.press("Enter")
        watched.page.wait_for_function(
            "text => (document.querySelector('#answer')?.textContent || '').includes(text)",
            arg=re.findall(r"(?i)zq\d+zq", text)[0],
        )
        watched.check()


FORMS = ("docx", "csv", "markdown", "ris", "bibtex", "csl-json")


def test_what_is_picked_is_text_and_leaves_as_a_file(watched: Watched) -> None:
    watched.open("/?find=kiln+number", "input[data-pick]")
    boxes = watched.page.locator("input[data-pick]")
    for at in range(boxes.count()):
        boxes.nth(at).check()
    watched.page.locator("#picks .picks:not([hidden])").wait_for()
    watched.check()
    links = watched.page.locator("#picks a[data-format]")
    forms = [links.nth(at).get_attribute("data-format") for at in range(links.count())]
    assert sorted(filter(None, forms)) == sorted(FORMS)
    for at in range(links.count()):
        saved = watched.page.request.get(f"{watched.address}/{links.nth(at).get_attribute('href')}")
        assert saved.ok
        headers = saved.headers
        # Whatever it holds, a browser saves it, and runs nothing of it where it is shown all the same.
        assert headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "html" not in headers["content-type"]
    watched.page.locator("[data-unpick]").first.click()
    watched.check()


def test_tables_that_the_program_writes_hold_texts_alone(hostile: Path, tmp_path: Path) -> None:
    """Side by side and questionnaires are no pages: what they write is looked into, with every text asked for too."""
    asked = tmp_path / "asked.csv"
    with asked.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["question"], *([text] for text in payloads()[::20])])
    for line in (["side-by-side", "kiln", "--from", "2001"], ["questionnaire", str(asked)]):
        for suffix in ("csv", "xlsx", "docx", "md"):
            file = tmp_path / f"{line[0]}.{suffix}"
            assert main([*line, "--output", str(file), "--home", str(hostile), "--quiet"]) == 0
            assert file.stat().st_size > 500
            harmless(file)


def harmless(file: Path) -> None:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as stream:
            starts = {cell.lstrip()[:1] for row in csv.reader(stream) for cell in row}
        assert not starts & set("=+-@＝＠")
    elif file.suffix == ".md":
        shown = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table").render(file.read_text())
        tags = {tag.strip("/").lower() for tag in re.findall(r"<(/?[^\s>]+)", shown)}
        assert tags <= {"h1", "p", "table", "thead", "tbody", "tr", "th", "td", "br", "em", "strong", "code"}, tags
    else:
        with zipfile.ZipFile(file) as archive:
            inside = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
        assert not [name for name in inside if "external" in name.lower() or "vba" in name.lower()]
        whole = "".join(inside.values())
        for made in ("<w:instrText", "<w:fldSimple", "<w:hyperlink", "<hyperlink", "<f>", 'TargetMode="External"'):
            assert made not in whole, made


def test_documents_with_such_titles_are_text(watched: Watched) -> None:
    watched.open("/?tab=library&part=0", "article.library table")
    links = watched.page.evaluate(
        "[...document.querySelectorAll('article.library table a')].map((a) => a.getAttribute('href'))"
    )
    assert len(links) >= 50
    for found in links[:50:10]:
        watched.open(f"/{found}", "article.document")
