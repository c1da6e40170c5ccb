"""The server as somebody runs it for others: its log, its health, its measures, when it is busy, how it stops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from corpus.errors import UsageError
from ui.cli import main
from ui.running import journal
from ui.running.load import most
from ui.running.measures import Measures
from ui.running.watch import kind

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Which zanzibarwort does the Convention define as trafficking?"
# The page as it is, but that a question with this word takes until a file is there, and one with another goes wrong.
SLOW = """
import sys, time
from pathlib import Path
from ui.cli import main
from ui.service import KnowledgeBase

plain, go = KnowledgeBase.ask, Path(sys.argv[2])
def ask(self, question, *more):
    if "slowly" in question:
        go.with_name("begun").touch()
        while not go.exists():
            time.sleep(0.02)
    if "wrongly" in question:
        raise ValueError(question)
    return plain(self, question, *more)
KnowledgeBase.ask = ask
sys.exit(main(["serve", "--port", "0", "--home", sys.argv[1]]))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, model_home: Path) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    shutil.copy(ROOT / "corpus" / "documents" / "cets-197.md", folder / "cets-197.md")
    made = tmp_path_factory.mktemp("running") / "home"
    made.mkdir()
    (made / "models").symlink_to(model_home / "models", target_is_directory=True)
    assert main(["ingest", str(folder), "--home", str(made), "--quiet"]) == 0
    return made


class Running:
    """A server of its own, with what it wrote once it has ended."""

    def __init__(self, home: Path, folder: Path, **settings: str) -> None:
        self.go, self.begun, self.log = folder / "go", folder / "begun", folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SLOW, str(home), str(self.go)],
                stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env=os.environ | {"PYTHONUNBUFFERED": "1"} | settings,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://127.0.0.1:" in line, (line, self.log.read_text())
        self.address = line.split()[-1]

    def ask(self, question: str) -> httpx.Response:
        data = [question, *[None] * 7, "", "", None, None]
        return httpx.post(f"{self.address}/gradio_api/run/ask", json={"data": data}, timeout=60)

    def asking(self, question: str) -> tuple[threading.Thread, list[httpx.Response]]:
        answers: list[httpx.Response] = []
        thread = threading.Thread(target=lambda: answers.append(self.ask(question)))
        thread.start()
        while not self.begun.exists():
            time.sleep(0.02)
        return thread, answers


@contextmanager
def running(home: Path, folder: Path, **settings: str) -> Iterator[Running]:
    made = Running(home, folder, **settings)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.terminate()
        try:
            made.process.wait(40)
        except subprocess.TimeoutExpired:
            made.process.kill()
            made.process.wait()
        assert made.process.stdout is not None
        made.process.stdout.close()


def ready(address: str) -> None:
    for _ in range(600):
        if httpx.get(f"{address}/healthz?ready").status_code == 200:
            return
        time.sleep(0.1)
    raise AssertionError("the page never became ready")


def test_log_health_and_measures_of_a_served_page(home: Path, tmp_path: Path) -> None:
    with running(home, tmp_path, RAPPORTEUR_LOG="json") as page:
        ready(page.address)
        assert httpx.get(f"{page.address}/healthz").json() == {"status": "ok", "ready": True}
        told = page.ask(QUESTION)
        assert told.status_code == 200
        wrong = page.ask("wrongly asked, zanzibarwort")
        assert "Something went wrong" in wrong.text
        httpx.get(f"{page.address}/zanzibarwort?q=zanzibarwort", headers={"x-request-id": "zanzibarwort"})
        closed = httpx.get(f"{page.address}/upload")
        assert closed.status_code == 404
        measured = httpx.get(f"{page.address}/metrics")
        assert measured.headers["content-type"].startswith("text/plain")
        assert 'rapporteur_requests_total{kind="gradio/run",status="200"} 2' in measured.text
        assert "rapporteur_documents 1\n" in measured.text
        assert "rapporteur_ready 1\n" in measured.text
        for header in ({"x-forwarded-for": "10.0.0.7"}, {"host": "evil.example.org"}):
            assert httpx.get(f"{page.address}/metrics", headers=header).status_code == 403
    assert page.process.returncode == 0
    lines = [json.loads(line) for line in page.log.read_text().splitlines()]
    assert "zanzibarwort" not in page.log.read_text()
    assert "cets-197" not in page.log.read_text()
    of = {line["request"]: line for line in lines if line["from"] == "ui.running.requests"}
    assert (of[told.headers["x-request-id"]]["kind"], of[told.headers["x-request-id"]]["status"]) == ("gradio/run", 200)
    assert of[closed.headers["x-request-id"]]["kind"] == "other"
    (error,) = [line for line in lines if line.get("error")]
    assert (error["request"], error["error"]) == (wrong.headers["x-request-id"], "ValueError")
    assert any(" ask" in place for place in error["at"])


def test_a_server_that_is_busy_says_so_at_once(home: Path, tmp_path: Path) -> None:
    with running(home, tmp_path, RAPPORTEUR_BUSY="1", RAPPORTEUR_LOG="text") as page:
        ready(page.address)
        thread, answers = page.asking("asked slowly")
        join = {"data": [], "fn_index": 0, "session_hash": "abc"}
        for refused in (page.ask(QUESTION), httpx.post(f"{page.address}/gradio_api/queue/join", json=join)):
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            sentence = "Too many questions are being answered now. Try again in a few seconds."
            assert refused.json() == {"error": sentence, "detail": sentence}
            assert "content-security-policy" in refused.headers
        assert httpx.get(f"{page.address}/healthz").json()["ready"]
        assert httpx.get(page.address).status_code == 200
        assert "rapporteur_questions_running 1\n" in httpx.get(f"{page.address}/metrics").text
        page.go.touch()
        thread.join(60)
        assert answers[0].status_code == 200
        assert page.ask(QUESTION).status_code == 200
    assert 'kind="gradio/run" status=503' in page.log.read_text()


def test_a_server_that_is_stopped_finishes_what_it_began(home: Path, tmp_path: Path) -> None:
    with running(home, tmp_path) as page:
        ready(page.address)
        thread, answers = page.asking("What is trafficking? Say it slowly")
        page.process.send_signal(signal.SIGTERM)
        for _ in range(200):
            state = httpx.get(f"{page.address}/healthz").json()["status"]
            if state == "stopping":
                break
            time.sleep(0.02)
        assert state == "stopping"
        late = page.ask(QUESTION)
        assert (late.status_code, late.json()["error"]) == (503, "The server is being stopped. Try again in a minute.")
        page.go.touch()
        thread.join(60)
        assert answers[0].status_code == 200
        assert "status" in answers[0].json()["data"][0]
        assert page.process.wait(40) == 0
    assert "Traceback" not in page.log.read_text()


def test_measures_add_up() -> None:
    made = Measures()
    for seconds in (0.01, 0.05, 0.3, 99.0):
        made.count("page", 200, seconds)
    text = made.text({"ready": 1.0})
    for line in (
        'le="0.05"} 2',
        'le="0.5"} 3',
        'le="10.0"} 3',
        'le="+Inf"} 4',
        "seconds_count 4",
        "rapporteur_ready 1",
    ):
        assert line in text, text


def test_what_a_client_types_is_no_kind() -> None:
    kinds = {
        path: kind(path)
        for path in ("/", "/page-image", "/gradio_api/run/ask", "/gradio_api/my-name", "/my-name", "//")
    }
    assert list(kinds.values()) == ["page", "page-image", "gradio/run", "gradio", "other", "page"]


def test_settings_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORTEUR_BUSY", "many")
    with pytest.raises(UsageError, match="RAPPORTEUR_BUSY is “many”"):
        most()
    monkeypatch.setenv("RAPPORTEUR_LOG", "xml")
    with pytest.raises(UsageError, match="RAPPORTEUR_LOG is “xml”"):
        journal.set_up()
