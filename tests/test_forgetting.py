"""A document that is forgotten, without `--purge`, is gone at once from everything that anybody can ask: all ways out of the
page, all commands, what was open before, what lies beside the store, exports and backups that are made later."""

from __future__ import annotations

import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.test_access_matrix import (
    SECRETS,
    Once,
    Secret,
    arguments,
    happened,
    own_requests,
    routes_of,
    text_of,
    told_of,
)
from tests.test_purge import files_with
from ui import feedback
from ui.cli import main
from ui.service import KnowledgeBase, restore

# Gradio leaves event loops behind where a page is built in a process that goes on.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
GONE, KEPT = SECRETS[2], SECRETS[0]
MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]
# What every reader of the command line may type, on all documents.
LINES = (
    ["documents", "--format", "csv"],
    ["documents"],
    ["search", "kilns inspected at dawn", "-k", "50"],
    ["search", "kilns inspected at dawn", "--mode", "dense"],
    ["ask", "What do the reports say of brick kilns?"],
    ["ask", "How many reports are there?"],
    ["commitments"],
    ["commitments", "--format", "csv"],
    ["lineage", "brick", "kilns"],
    ["lineage", "--repeats"],
    ["meetings"],
    ["meetings", "--format", "csv"],
    ["news", "--since", "2000", "--peek"],
    ["news", "--peek"],
    ["side-by-side", "brick kilns"],
    ["export", "--query", "brick kilns", "-k", "50", "--format", "csv"],
    ["status"],
    ["kept-out"],
    ["audit"],
)


@dataclass
class Open:
    """A page over three documents, with everything in use before one of them goes."""

    base: KnowledgeBase
    web: Any
    client: httpx.Client
    gone: str
    passage: str

    def words(self) -> list[str]:
        """What gives the document away: its facts, and the id that everything of it is called by."""
        return [*GONE.words(), self.gone]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, make_pdf: MakePdf, cheap_model: Any) -> Iterator[Open]:
    import uvicorn

    from ui.app import application, listen
    from ui.curating import Curator
    from ui.handlers import Desk

    folder = tmp_path_factory.mktemp("forgetting")
    with pytest.MonkeyPatch.context() as patch:
        model = cheap_model()
        patch.setattr(KnowledgeBase, "embedder", lambda self: model)
        base = KnowledgeBase(folder / "home", create=True)
        for secret in SECRETS:
            secret.write(folder / "papers" / secret.label, make_pdf)
            place = folder / "papers" / secret.label
            base.ingest([place / secret.file], workers=1, access="public", metadata=place / "about.csv")
        gone = next(one.id for one in base.documents() if one.title == GONE.title)
        desk = Desk(base, Curator(base))
        web = application(base, desk)
        desk.open()
        taken = listen("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(web, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        with httpx.Client(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}", timeout=60) as client:
            yield Open(base, web, client, gone, base.passages(gone)[0].id)
        desk.close()
        server.should_exit = True
        thread.join(20)
        base.close()


def probes(opened: Open, secret: Secret) -> list[str]:
    if secret is KEPT:
        return ["brick kilns inspected at dawn"]
    return [
        opened.gone,
        opened.passage,
        secret.title,
        f"{secret.thing}s of {secret.place}",
        f"kilns in {secret.country}",
    ]


def said(opened: Open, secret: Secret) -> Iterator[tuple[str, str, str]]:
    """Way, what was sent and what was said, by every way out of the page."""
    client = opened.client
    named = client.get("/gradio_api/info").json()["named_endpoints"]
    config = client.get("/config").json()
    kinds = {one["id"]: one["type"] for one in config["components"]}
    texts = {"textbox": "{}", "state": None, "html": "", "radio": "relevance"}
    yield "/config", "", json.dumps(config)
    yield "the page", "", client.get("/").text
    done = Once()
    for probe in probes(opened, secret):
        for method, path, ours in routes_of(opened.web):
            if ours and method != "HEAD" and not path.startswith("/curate"):
                for query, body in own_requests(path, probe):
                    if done(method, path, query, body.decode()):
                        continue
                    told = text_of(client.request(method, path, params=query, content=body))
                    yield f"{method} {path}", f"{json.dumps(query)} {body.decode()}", told
        for name, endpoint in named.items():
            for given in arguments(told_of(endpoint), probe)[:1]:
                if done(name, given):
                    continue
                answer = client.post(f"/gradio_api/run{name}", json={"data": list(given.values())})
                yield f"the call {name}", json.dumps(given), answer.text
        for event in (one for one in config["dependencies"] if one["api_visibility"] == "private"):
            kinds_in = [kinds[one] for one in event["inputs"]]
            inputs = [texts.get(kind, [] if kind == "dropdown" else None) for kind in kinds_in]
            inputs = [probe if value == "{}" else value for value in inputs]
            routed = any(name in ("go", "load") for _, name in event["targets"])
            states = [f"?q={probe}", f"?find={probe}", f"?doc={probe}", "?tab=library", "?tab=meetings", "?tab=agreed",
                      "?tab=start"] if routed else [""]  # fmt: skip
            for state in states:
                if done(event["id"], inputs, state):
                    continue
                told = happened(client, event, inputs, state)
                yield f"the event {event['targets']} {state.partition('=')[0]}", f"{inputs} {state}", told


def telling(opened: Open, secret: Secret) -> dict[str, list[str]]:
    """The ways that tell of the document that is to go, and the words that they tell."""
    found: dict[str, list[str]] = {}
    for way, sent, told in said(opened, secret):
        plain, own = told.casefold(), sent.casefold()
        words = [word for word in opened.words() if word.casefold() in plain and word.casefold() not in own]
        if words:
            found.setdefault(way, []).extend(words)
    return found


def typed(opened: Open, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What each command says."""
    capsys.readouterr()
    found = {}
    for line in LINES:
        assert main([*line, "--home", str(opened.base.home), "--quiet"]) in {0, 1}, line
        found[" ".join(line)] = capsys.readouterr().out
    return found


def test_what_is_forgotten_is_gone_from_everything(
    opened: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base, home = opened.base, opened.base.home
    # Another process, which has everything of it in its caches.
    other = KnowledgeBase(home)
    assert any(GONE.place in hit.stored.passage.text for hit in other.search("brick kilns", 20).hits)
    other.ask(f"What do the reports say of {GONE.place}?"), other.commitments(), other.meetings()
    quoted = {"citations": [{"passage": opened.passage, "quote": f"Each {GONE.thing} was counted."}]}
    feedback.keep(base, {"verdict": "helpful", "question": "Who counts?", "status": "answered"} | quoted)
    assert main(["news", "--query", "brick kilns", "--name", "kilns", "--home", str(home), "--quiet"]) == 0
    before, lines = telling(opened, GONE), typed(opened, capsys)
    # That there was something to be gone from: else this would prove nothing.
    assert len(before) > 12, before
    assert sum(any(word in told for word in opened.words()) for told in lines.values()) > 10

    answer = opened.client.post("/curate/remove", params={"doc": opened.gone}, headers={"x-rapporteur": "page"})
    assert answer.status_code == 200, answer.text

    assert telling(opened, GONE) == {}
    assert telling(opened, KEPT) == {}
    for line, told in typed(opened, capsys).items():
        # Who removed what is kept, by the id alone.
        words = [word for word in opened.words() if word in told and not (line == "audit" and word == opened.gone)]
        assert not words, (line, words)
    for hit in other.search("brick kilns inspected at dawn", 20).hits:
        assert hit.document.id != opened.gone
    for known in (other.ask(f"What do the reports say of {GONE.place}?"), other.commitments(), other.meetings()):
        assert GONE.thing not in repr(known)
        assert opened.gone not in repr(known)
    other.close()
    # Beside the store and the indexes, where its text lies in pages that are free (see `--purge`), nothing holds it.
    assert [one for one in files_with(home, *GONE.words()) if not one.startswith(("knowledge.sqlite", "index/"))] == []
    for line in (["export", opened.passage], ["show", opened.gone], ["export", GONE.symbol]):
        assert main([*line, "--home", str(home)]) == 2
        out = capsys.readouterr()
        assert GONE.place not in out.out + out.err
    assert main(["backup", str(tmp_path / "kb.zip"), "--home", str(home), "--quiet"]) == 0
    restore(tmp_path / "kb.zip", tmp_path / "again")
    assert files_with(tmp_path / "again", *GONE.words()) == []
    with zipfile.ZipFile(tmp_path / "kb.zip") as archive:
        beside = b"".join(archive.read(name) for name in archive.namelist() if name != "knowledge.sqlite")
    assert not any(word.encode() in beside for word in opened.words())
