"""Journeys of staff who ask and paste a citation into a briefing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from tests.journeys.conftest import holds

pytestmark = pytest.mark.browser
PERIOD = "How long is the recovery and reflection period?"
TRAINED = "How many receptionists had been trained?"


def test_a_question_its_quotation_and_the_citation_in_the_clipboard(arrive: Callable[..., Any]) -> None:
    visitor = arrive(permissions=["clipboard-read", "clipboard-write"]).go()
    visitor.type("question", PERIOD)
    first = visitor.see("#citation-1", "30 days")
    assert "Article 13(1)" in first.inner_text()
    first.get_by_role("button", name="Copy citation").click()
    visitor.see("#citation-1 button", "Copied")
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert (
        copied
        == "Council of Europe Convention on Action against Trafficking in Human Beings (digest), CETS 197, Article 13(1)"
    )
    first.get_by_role("button", name="Copy pinpoint").click()
    holds(visitor.page, "navigator.clipboard.readText().then(text => text === 'CETS 197, Art. 13(1)')")
    first.get_by_role("button", name="Read in context").click()
    visitor.see("#citation-1 .context mark", "30 days")


def test_a_quotation_is_marked_on_the_picture_of_its_page(visitor: Any, papers: Path) -> None:
    visitor.go("/?q=" + quote(TRAINED))
    visitor.see("#citation-1", "Eleven receptionists").get_by_role("link", name="Open the document").click()
    picture = visitor.see("#reader .page-view img")
    visitor.see("#reader .page-view figcaption", "page 2 of 3")
    visitor.holds("document.querySelector('#reader .page-view img').naturalWidth > 0")
    sent = httpx.get(visitor.page.evaluate("img => img.src", picture.element_handle()), trust_env=False).content
    assert (
        under_the_marks(sent, papers / "hotels.pdf", 2)
        == "Eleven receptionists had been trained to recognise signs of exploitation."
    )
    assert visitor.see("#reader mark").inner_text().startswith("Eleven receptionists")


def under_the_marks(png: bytes, pdf: Path, number: int) -> str:
    """The words of a page that stand where its picture is coloured."""
    import numpy as np
    import pypdfium2
    from PIL import Image

    from ui.page_image import MARKER

    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    marked = np.abs(pixels - np.array(MARKER)).max(axis=2) < 12
    page = pypdfium2.PdfDocument(pdf)[number - 1]
    width, height = page.get_size()
    text, found = page.get_textpage(), []
    for at in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(at)
        across, down = (
            int((left + right) / 2 / width * pixels.shape[1]),
            int((1 - (bottom + top) / 2 / height) * pixels.shape[0]),
        )
        around = marked[max(0, down - 3) : down + 4, max(0, across - 3) : across + 4]
        if around.any():
            found.append(text.get_text_range(at, 1))
    return "".join(found).replace("-\r\n", "").replace("\r\n", " ").replace("\x02", "").replace("\ufffe", "").strip()


def test_a_follow_up_is_read_as_a_question_of_its_own(visitor: Any) -> None:
    visitor.go()
    visitor.type("question", "How many victims were identified in Albania in 2021?")
    visitor.see("#citation-1", "153 victims")
    visitor.type("question", "And in 2022?")
    visitor.see("#answer .read-as", "“And in 2022?” was read as “How many victims were identified in Albania in 2022?”")
    visitor.see("#citation-1", "143 victims")
    box = visitor.see("#question input, #question textarea")
    assert box.input_value() == "How many victims were identified in Albania in 2022?", "it can be changed there"
    assert parse_qs(urlsplit(visitor.page.url).query)["said"] == ["And in 2022?"]
    visitor.page.reload()
    visitor.see("#answer .read-as", "And in 2022?")
    visitor.see("#answer .read-as a", "ask it as it was typed").click()
    visitor.holds("document.querySelector('#question input, #question textarea').value === 'And in 2022?'")


def test_what_was_understood_can_be_taken_away(visitor: Any) -> None:
    visitor.go("/?find=" + quote("victims identified in Albania in 2021"))
    chip = visitor.see("#results .understood li", "2021")
    assert "period" in chip.inner_text()
    chip.get_by_role("link", name="Search without “2021”").click()
    visitor.see("#results .understood li.out", "2021")
    assert parse_qs(urlsplit(visitor.page.url).query)["not"] == ["period:2021"]
    visitor.see("#results .understood a", "read it again").click()
    visitor.holds("!location.search.includes('not=')")
    visitor.see("#results .understood li:not(.out)", "2021")


def test_what_is_not_held_says_so_and_invents_nothing(visitor: Any) -> None:
    visitor.go("/?q=" + quote("What does the Convention on hotels in Atlantis say about trafficking of dolphins?"))
    visitor.see("#answer .not_found h2", "Not found in this collection")
    visitor.see("#answer .not_found .reason p")
    assert visitor.page.locator("#answer blockquote.quote").count() == 0
    visitor.see("#answer .near h2", "What came near")


def test_a_question_back_is_answered_by_choosing(visitor: Any) -> None:
    visitor.go("/?q=" + quote("What does Article 13 say?"))
    visitor.see("#answer .clarify h2", "Which one do you mean?")
    visitor.see("#answer a.choice", "Council of Europe Convention").click()
    assert "Article 13" in visitor.see("#citation-1").inner_text()


def test_an_address_shows_the_same_in_a_colleagues_browser(arrive: Callable[..., Any]) -> None:
    first = arrive().go()
    first.type("question", TRAINED)
    first.see("#citation-1", "Eleven receptionists").get_by_role("link", name="Open the document").click()
    first.see("#reader mark", "Eleven receptionists")
    address = first.page.url
    colleague = arrive(locale="fr-FR")
    colleague.page.goto(address)
    assert colleague.see("#reader mark").inner_text() == first.see("#reader mark").inner_text()
    colleague.see("#reader .page-view figcaption", "page 2 sur 3")
    first.page.go_back()
    first.see("#citation-1", "Eleven receptionists")
    first.page.go_forward()
    first.see("#reader mark", "Eleven receptionists")


def test_a_verdict_on_an_answer_is_kept_on_this_machine(visitor: Any, home: Path) -> None:
    visitor.go("/?q=" + quote(PERIOD))
    visitor.see("#answer .judging button", "A citation is wrong").click()
    visitor.see("#answer .judging", "kept on this machine")
    said = json.loads((home / "feedback.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (said["verdict"], said["question"]) == ("wrong_citation", PERIOD)


def test_an_answer_is_printed_without_buttons(visitor: Any) -> None:
    visitor.go("/?q=" + quote(PERIOD))
    visitor.see("#citation-1", "30 days")
    visitor.page.emulate_media(media="print")
    visitor.see("#answer .asked", PERIOD)
    visitor.see("#citation-1 .place", "Article 13(1)")
    for css in ("#citation-1 .actions", "#question", "#answer .judging", ".languages"):
        assert not visitor.page.locator(css).first.is_visible(), css


def test_the_page_is_used_with_the_keyboard_alone(visitor: Any) -> None:
    visitor.go()
    keys = visitor.page.keyboard
    visitor.holds("document.activeElement.closest('#question')")
    keys.type(PERIOD)
    keys.press("Enter")
    visitor.see("#citation-1", "30 days")

    def walk(name: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            focused = visitor.page.evaluate(
                "[document.activeElement.textContent, getComputedStyle(document.activeElement).outlineStyle]"
            )
            if name in focused[0] and len(focused[0]) < len(name) + 5:
                assert focused[1] != "none", "whoever walks sees where"
                return
        raise AssertionError(f"{name} is not reached")

    walk("Read in context")
    keys.press("Enter")
    visitor.see("#citation-1 .context mark", "30 days")
    walk("Open the document")
    keys.press("Enter")
    visitor.see("#reader .text-passage.cited", "30 days")
    visitor.see("#tab-ask-button").focus()
    keys.press("ArrowRight")
    visitor.holds("document.activeElement.id === 'tab-find-button'")
