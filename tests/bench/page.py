"""How quick the page is: until its address is printed, until it is open, until an answer is shown, with 20 people at once.

    python tests/bench/page.py --home DIR [--questions FILE] [--people 20] [--json FILE]

Prints a table, and the same figures as JSON. Where no Chromium is, the rows that need a browser say so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from measure import percentile, table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BOX = "#question input, #question textarea"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
PATIENCE = 120


def asking(question: str) -> dict[str, Any]:
    """What the endpoint `ask` takes: a question, and no filter."""
    return {"data": [question, *[None] * 7, "", "", None, None]}


@contextmanager
def serving(home: Path, figures: dict[str, Any]) -> Iterator[str]:
    """The page as people start it; its address. Notes how long the start took."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--home", str(home)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        figures["address printed, s"] = time.perf_counter() - begun
        httpx.get(address, trust_env=False).raise_for_status()
        figures["page answers, s"] = time.perf_counter() - begun
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def in_a_browser(address: str, questions: Sequence[str], figures: dict[str, Any]) -> None:
    """Opens the page anew a few times, then asks by typing, each question in the page that is open."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = []
        for _ in range(5):
            # Waiting for a state evaluates a text in the page, which its policy forbids.
            page = browser.new_context(bypass_csp=True).new_page()
            begun = time.perf_counter()
            page.goto(address)
            page.locator(BOX).wait_for()
            opened.append(time.perf_counter() - begun)
        figures["page usable after the server answers, s (median of 5)"] = statistics.median(opened)
        page.locator("#ready .waiting").wait_for(state="detached", timeout=PATIENCE * 1000)
        shown = []
        for question in questions:
            # The answer that is shown must be the one to this question: its text stands above it for print.
            page.locator(BOX).fill(question)
            begun = time.perf_counter()
            page.locator(BOX).press("Enter")
            page.wait_for_function(
                "asked => document.querySelector('#answer .asked')?.textContent === asked",
                arg=question,
                timeout=PATIENCE * 1000,
            )
            shown.append(1000 * (time.perf_counter() - begun))
        figures["answer shown, ms (median)"] = statistics.median(shown)
        figures["answer shown, ms (95 %)"] = percentile(shown, 0.95)
        browser.close()


def together(address: str, questions: Sequence[str], people: int, figures: dict[str, Any]) -> None:
    """Many people, each asking one question after the other, as the page's own clients do."""
    taken: list[float] = []
    start = threading.Barrier(people)

    def ask(number: int) -> None:
        with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as client:
            start.wait()
            for question in questions[number::people] or questions[:1]:
                begun = time.perf_counter()
                answer = client.post("/gradio_api/run/ask", json=asking(question))
                taken.append(1000 * (time.perf_counter() - begun))
                answer.raise_for_status()

    crowd = [threading.Thread(target=ask, args=(number,)) for number in range(people)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    figures[f"{people} people at once, ms (median)"] = statistics.median(taken)
    figures[f"{people} people at once, ms (95 %)"] = percentile(taken, 0.95)


def main() -> int:
    """Measure, print, and write where asked."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--home", type=Path, required=True)
    options.add_argument("--questions", type=Path, default=HERE / "questions.txt")
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    lines = given.questions.read_text(encoding="utf-8").splitlines()
    questions = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    figures: dict[str, Any] = {}
    with serving(given.home, figures) as address:
        # The first answer waits for the models; it is no part of what follows.
        httpx.post(
            f"{address}/gradio_api/run/ask", json=asking(questions[0]), timeout=PATIENCE, trust_env=False
        ).raise_for_status()
        if CHROMIUM is None:
            figures["answer shown"] = "no Chromium here"
        else:
            in_a_browser(address, questions, figures)
        together(address, questions * 3, given.people, figures)
    print(table("The page", ("measure", "figure"), list(figures.items())))
    text = json.dumps(figures, indent=2)
    if given.json:
        given.json.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
