"""Journeys of new co-ordinators who browse and read, in their languages; and of curators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.journeys.conftest import holds

pytestmark = pytest.mark.browser
NEW = "---\ntitle: Note on camel racing\n---\n\nChildren who ride camels in races are examined by a physician before each race.\n"


def test_the_library_leads_to_a_document_and_through_it(visitor: Any) -> None:
    visitor.go().tab("library")
    visitor.see("#library .count", "documents")
    visitor.see("#library .small", "files were last read on")
    visitor.see("#library figure.plot svg rect")
    visitor.see("#library .holding a", "Council of Europe").click()
    visitor.see("#library .chosen", "1 document")
    visitor.see("#library .shelf a", "Council of Europe Convention").click()
    visitor.see("#reader .outline summary").click()
    visitor.see("#reader .outline a", "Article 26").click()
    cited = visitor.see("#reader .text-passage.cited")
    before = cited.inner_text()
    visitor.see("#reader .actions.here a", "Next passage").click()
    holds(visitor.page, "before => document.querySelector('#reader .cited')?.innerText !== before", arg=before)
    visitor.see("#reader .actions.here a", "Passage before").click()
    holds(visitor.page, "before => document.querySelector('#reader .cited')?.innerText === before", arg=before)
    visitor.see("#reader .text-passage .label a", "Article 13").click()
    visitor.see("#reader .text-passage.cited .label", "Article 13")


def test_a_russian_document_is_read_in_russian(arrive: Callable[..., Any]) -> None:
    visitor = arrive(locale="ru-RU").go()
    assert visitor.page.evaluate("document.documentElement.lang") == "ru"
    visitor.see("#tab-ask-button", "Спросить")
    visitor.type("question", "В каком году создан национальный механизм перенаправления?")
    quotation = visitor.see("#answer blockquote.quote", "создан в 2015 году")
    assert quotation.get_attribute("lang") == "ru"
    visitor.see("#citation-1 a", "Открыть документ").click()
    visitor.see("#reader h2", "Доклад о выявлении жертв торговли людьми")
    visitor.see("#reader mark", "создан в 2015 году")
    visitor.type("inside", "пострадавшим")
    visitor.see("#reader .found summary", "«пострадавшим» встречается: 1 отрывок")


def test_the_language_of_the_page_is_chosen_and_kept(visitor: Any) -> None:
    visitor.go("/?find=kilns")
    visitor.see("#results .count", "passages")
    visitor.see(".languages button", "Français").click()
    visitor.see("#tab-find-button", "Chercher")
    visitor.see("#results .count", "passages")
    visitor.see("#results .actions", "Copier la référence")
    visitor.go("/?q=" + quote("What does the Convention on hotels in Atlantis say about dolphins?"))
    visitor.see("#answer h2", "Introuvable dans cette collection")
    visitor.see(".languages button", "English").click()
    visitor.see("#answer h2", "Not found in this collection")


def test_an_arabic_document_runs_from_right_to_left(visitor: Any) -> None:
    visitor.go("/?find=" + quote("المأوى والمساعدة القانونية"))
    visitor.see("#results .hit", "المأوى")
    visitor.see("#results .hit a", "Open the document").click()
    passage = visitor.see("#reader .text-passage.cited", "المأوى")
    assert passage.evaluate("element => getComputedStyle(element).direction") == "rtl"
    assert visitor.see("#reader .work h2").evaluate("element => getComputedStyle(element).direction") == "rtl"
    # The label stands at the start of the line: right of the text.
    label, text = passage.locator(".label").bounding_box(), passage.locator("p").last.bounding_box()
    assert label["x"] > text["x"] + text["width"] / 2


def test_a_newer_text_is_pointed_to(visitor: Any) -> None:
    visitor.go("/?doc=" + quote("PC.DEC/900"))
    visitor.see("#reader .notice a", "Plan on shelters, revised").click()
    visitor.see("#reader .related dt", "revises")
    visitor.see("#reader .related a", "Plan on shelters").click()
    visitor.see("#reader .related dt", "revised by")
    visitor.see("#reader .text-passage", "two shelters")


def test_pages_follow_each_other_and_a_page_that_is_not_there_is_said(visitor: Any) -> None:
    visitor.go("/?doc=hotels.pdf&page=2")
    visitor.see("#reader .page-view a", "Next page").click()
    visitor.see("#reader .page-view figcaption", "page 3 of 3")
    assert not visitor.page.locator("#reader .page-view a", has_text="Next page").count()
    visitor.see("#reader .page-view a", "Page before").click()
    visitor.see("#reader .page-view figcaption", "page 2 of 3")
    visitor.go("/?doc=hotels.pdf&page=9")
    visitor.see("#reader .notice", "3 pages and no page 9")


def test_slides_sheets_mail_and_pages_of_the_web_are_found(visitor: Any) -> None:
    for words, said in (
        ("diplomatic households", "Training on domestic servitude"),
        ("calls Moldova", "Moldova"),
        ("figures airports", "airports"),
        ("bonded workers spring", "Fact sheet on brick kilns"),
        ("locked cabinet", "Guide for interviewers"),
    ):
        visitor.go("/?find=" + quote(words))
        visitor.see("#results .hits > li", said)


# -- curators ----------------------------------------------------------------------------------------------------------


def test_a_document_that_is_added_can_be_asked_and_removed(visitor: Any, tmp_path: Path) -> None:
    file, wrong = tmp_path / "camels.md", tmp_path / "camels.exe"
    file.write_text(NEW, encoding="utf-8")
    wrong.write_bytes(b"MZ")
    visitor.go("/?tab=library")
    visitor.see("#curate summary").click()
    visitor.page.locator("#curate input[type=file]").set_input_files([file, wrong])
    visitor.see("#curate button", "Add and read").click()
    visitor.see("#curate [role=status]", "Done: 1 file read, 1 passage.")
    visitor.see("#curate li", "“camels.exe” is not taken")
    visitor.see("#library .shelf a", "Note on camel racing")
    visitor.tab("ask")
    visitor.type("question", "Who examines children who ride camels in races?")
    visitor.see("#citation-1", "examined by a physician").get_by_role("link", name="Open the document").click()
    visitor.see("#reader .record summary", "About this document").click()
    visitor.see("#reader .removal button", "Remove from the collection").click()
    visitor.see("#reader .removal button", "No, keep it").click()
    visitor.see("#reader .removal button", "Remove from the collection").click()
    visitor.see("#reader .removal button", "Yes, remove").click()
    visitor.see("#reader .removal", "is removed, with its file")
    visitor.go("/?find=" + quote("camels races"))
    visitor.see("#results article")
    assert "examined by a physician" not in visitor.see("#results").inner_text()
