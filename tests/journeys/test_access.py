"""Access for all: what axe-core finds, a narrow screen, and pictures of every tab for whoever wants to look."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.browser
STATES = {
    "ask": "/",
    "answer": "/?q=" + quote("How long is the recovery and reflection period?"),
    "not-found": "/?q=" + quote("What does the Convention on hotels in Atlantis say about dolphins?"),
    "clarify": "/?q=" + quote("What does Article 13 say?"),
    "find": "/?find=" + quote("victims identified") + "&body=UN",
    "read": "/?doc=" + quote("CETS 197") + "&label=" + quote("Article 13"),
    "page": "/?doc=hotels.pdf&page=2",
    "arabic": "/?find=" + quote("المأوى"),
    "library": "/?tab=library",
    "meetings": "/?tab=meetings",
    "commitments": "/?tab=agreed",
}
SHOWN = {
    "ask": "#examples a", "answer": "#citation-1", "not-found": "#answer .reason", "clarify": "#answer .choices",
    "find": "#results .hit", "read": "#reader .cited", "page": "#reader .page-view img", "arabic": "#results .hit",
    "library": "#library .shelf", "meetings": "#tab-meetings-button[aria-selected=true]",
    "commitments": "#tab-agreed-button[aria-selected=true]",
}  # fmt: skip
# Where the pictures go that this test takes; read here, for the environment of tests is cleaned.
PICTURES = Path(folder) if (folder := os.environ.get("RAPPORTEUR_SCREENSHOTS")) else None
LONG = ("library", "find", "arabic")
SCREENS = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}


def open_everything(visitor: Any) -> None:
    """Unfold whatever is folded: what is hidden is not looked at."""
    visitor.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    for button in visitor.page.locator("button.label-wrap:not(.open) >> visible=true").all():
        button.click()


def serious(visitor: Any, axe: Any) -> dict[str, tuple[str, list[str], str]]:
    """What axe-core finds that is serious or critical: rule → help, places, the first failure."""
    result = axe.Axe().run(visitor.page, options={"resultTypes": ["violations"]}).response
    assert len(result["passes"]) > 15, "it did look"
    return {
        violation["id"]: (
            violation["help"],
            [node["target"][0] for node in violation["nodes"]][:5],
            violation["nodes"][0]["failureSummary"][:400],
        )
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
    }


@pytest.mark.parametrize("name", STATES)
def test_every_state_can_be_read_by_all(arrive: Callable[..., Any], tmp_path: Path, name: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="no axe-core: pip install axe-playwright-python"
    )
    visitor = arrive(reduced_motion="reduce")
    visitor.go(STATES[name]).see(SHOWN[name])
    visitor.holds("[...document.images].every(image => image.complete)")
    folder = PICTURES or tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    for screen, size in SCREENS.items():
        visitor.page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=scheme)
            visitor.holds(f"document.body.classList.contains('dark') === {'true' if scheme == 'dark' else 'false'}")
            file = folder / f"{name}-{screen}-{scheme}.png"
            visitor.page.screenshot(path=file, full_page=name not in LONG)
            assert file.stat().st_size > 5000
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{screen}: it runs out"
    open_everything(visitor)
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), "unfolded it runs out"
    visitor.page.set_viewport_size(SCREENS["desk"])
    assert not serious(visitor, axe), "dark"
    visitor.page.emulate_media(color_scheme="light")
    visitor.holds("!document.body.classList.contains('dark')")
    assert not serious(visitor, axe), "light"
