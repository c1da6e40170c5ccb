"""Somebody with an account signs in by hand, sees what is theirs and is led back; the page for it can be read by all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.serving import served
from ui.people.passwords import hashed

pytestmark = pytest.mark.browser
GOOD = "four unrelated words here"
SCREENS = ({"width": 1366, "height": 768}, {"width": 390, "height": 844})


@pytest.fixture(scope="module")
def guarded(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the same collection, for those with an account."""
    file = tmp_path_factory.mktemp("people") / "users.yaml"
    users = [
        {"name": "anna", "password": hashed(GOOD), "role": "reader", "access": ["public"]},
        {"name": "nadia", "password": hashed(GOOD), "role": "curator", "access": ["other"]},
    ]
    file.write_text(yaml.safe_dump({"users": users}), encoding="utf-8")
    file.chmod(0o600)
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--home", str(home), "--users", str(file)]
    with served(command) as address:
        yield address


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A window of a browser that nobody has used."""
    context = chromium.new_context(viewport=SCREENS[0], locale="en-GB")
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def sign_in(page: Any, name: str, password: str = GOOD) -> None:
    """By the keyboard alone: the cursor stands where the name goes."""
    page.locator("#name").wait_for()
    assert page.evaluate("document.activeElement.id") in ("name", "password")
    page.locator("#name").fill(name)
    page.locator("#name").press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_somebody_is_led_back_to_what_they_asked_for(page: Any, guarded: str) -> None:
    page.goto(f"{guarded}/?find=hotels")
    sign_in(page, "anna", "not the right one")
    assert "wrong" in page.locator("[role=alert]").inner_text()
    sign_in(page, "anna")
    page.locator("#results .hit").first.wait_for()
    assert page.url == f"{guarded}/?find=hotels"
    assert "anna" in page.locator(".mast .person").inner_text()
    page.goto(f"{guarded}/?tab=library")
    page.locator("#library .shelf").wait_for()
    assert not page.locator("#curate").is_visible(), "a reader adds nothing"
    page.locator(".mast .person button").click()
    page.locator("#password").wait_for()
    page.goto(f"{guarded}/?tab=library")
    sign_in(page, "nadia")
    page.locator("#curate summary").click()
    page.wait_for_function("document.querySelector('#curate [data-label]').length > 0")
    assert page.locator("#curate [data-label]").inner_text() == "other"
    assert "hotels" not in page.locator("#library").inner_text().casefold(), "nothing here is hers to see"
    page.context.clear_cookies()
    page.locator("#title input, #title textarea").first.fill("hotels")
    page.locator("#title input, #title textarea").first.press("Enter")
    page.locator("#password").wait_for()
    assert "next=" in page.url, "whose session has ended signs in again, and comes back"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_for_signing_in_can_be_read_by_all(page: Any, guarded: str, scheme: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="no axe-core: pip install axe-playwright-python"
    )
    page.emulate_media(color_scheme=scheme)
    for size in SCREENS:
        page.set_viewport_size(size)
        for language in ("en", "fr", "ru"):
            page.goto(f"{guarded}/sign-in?language={language}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), "it runs out"
            result = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response
            assert len(result["passes"]) > 8, "it did look"
            assert not [(one["id"], one["help"]) for one in result["violations"]]
