"""Nobody is told anything of what they may not see: every person, every label, every way out that the served page has.

The ways are not listed here: they are found, in the application's routes, in what Gradio and MCP tell of themselves and in
the events of the page. One that this test does not know how to call makes it fail.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from ui.door import CLOSED
from ui.people.passwords import fingerprint

# Gradio leaves event loops behind where a page is built in a process that goes on.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]
COLUMNS = "path,title,symbol,body,type,date,language,meeting,speaker,countries,themes"


@dataclass(frozen=True)
class Secret:
    """A document of one label, of which every part has words that stand nowhere else."""

    label: str
    file: str
    title: str
    symbol: str
    meeting: str
    speaker: str
    country: str
    code: str
    theme: str
    body: str
    type: str
    date: str
    thing: str
    place: str

    def words(self) -> list[str]:
        """What gives the document away."""
        return [
            self.file.removesuffix(".pdf"), self.title.split()[-1], self.symbol, self.meeting.split()[0],
            self.speaker.split()[-1], self.country, self.theme, self.thing, self.place,
        ]  # fmt: skip

    def write(self, folder: Path, make_pdf: MakePdf) -> None:
        """As a PDF with two pages and its description beside it."""
        folder.mkdir(parents=True)
        lines = [
            [
                self.title,
                f"The Conference urges States to watch the {self.thing} of {self.place}.",
                "Inspectors carry a lamp.",
            ],
            [
                f"Brick kilns near {self.place} were inspected at dawn.",
                f"Each {self.thing} was counted twice by inspectors.",
            ],
        ]
        make_pdf(folder / self.file, lines)
        row = (
            self.file, self.title, self.symbol, self.body, self.type, self.date, "en", self.meeting, self.speaker, self.code, self.theme,
        )  # fmt: skip
        (folder / "about.csv").write_text(f"{COLUMNS}\n{','.join(row)}\n", encoding="utf-8")


SECRETS = (
    Secret(
        "public", "harbourbook.pdf", "Report on kilns Arbuthnot", "PQ.DOC/11/21", "Limelight Forum", "Ms Petronella Oakfield",
        "Tuvalu", "TUV", "child-trafficking", "OSCE", "report", "2011-03-04", "lanternfish", "Marmorica",
    ),
    Secret(
        "internal", "bramblewick.pdf", "Report on kilns Betelgeuse", "KM.DOC/33/47", "Quagmire Forum", "Mr Ottokar Quillfeather",
        "Vanuatu", "VUT", "forced-labour", "ILO", "report", "2012-05-06", "xylographer", "Quillonia",
    ),
    Secret(
        "restricted", "wyverntooth.pdf", "Report on kilns Zephyrine", "RX.DOC/77/91", "Vexillum Forum", "Ms Isolde Underhay",
        "Kiribati", "KIR", "organ-removal", "CoE", "report", "2013-07-08", "zinfandel", "Numidorra",
    ),
)  # fmt: skip
PEOPLE = {
    "anna": ("reader", ["public"]),
    "ivan": ("reader", ["public", "internal"]),
    "boris": ("curator", ["public", "Restricted"]),
    "nadia": ("reader", ["other"]),
    "clara": ("admin", "*"),
}


def may_see(person: str, secret: Secret) -> bool:
    labels = PEOPLE[person][1]
    return labels == "*" or secret.label in [label.casefold() for label in labels]


@dataclass
class Served:
    """The page as it runs, with a program's token for each person."""

    address: str
    web: Any
    ids: dict[str, str]
    passages: dict[str, list[str]]
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def client(self, person: str) -> httpx.Client:
        """A client that is let in as this person; as nobody for an empty name."""
        if person not in self.clients:
            headers = {"authorization": f"Bearer token-{person}"} if person else {}
            self.clients[person] = httpx.Client(base_url=self.address, headers=headers, timeout=60)
        return self.clients[person]

    def probes(self, secret: Secret) -> dict[str, str]:
        """What somebody may name who knows of a document: each is sent alone, so that an answer cannot just repeat it."""
        return {
            "id": self.ids[secret.label],
            "passage": self.passages[secret.label][0],
            "symbol": secret.symbol,
            "title": secret.title,
            "file": secret.file,
            "thing": f"{secret.thing}s of the kilns",
            "speaker": f"What did {secret.speaker} say?",
            "meeting": secret.meeting,
            "country": f"kilns in {secret.country}",
            "near": "brick kilns inspected at dawn",
        }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, make_pdf: MakePdf, cheap_model: Any) -> Iterator[Served]:
    """The whole page over one document of each label, on a port of this machine."""
    import uvicorn

    from ui.app import application, listen
    from ui.people.cleared import Clearances
    from ui.people.desks import Desks
    from ui.people.porter import Porter
    from ui.people.roster import Roster
    from ui.service import KnowledgeBase

    folder = tmp_path_factory.mktemp("matrix")
    users = [
        {"name": name, "role": role, "access": access, "tokens": [fingerprint(f"token-{name}")]}
        for name, (role, access) in PEOPLE.items()
    ]
    file = folder / "users.yaml"
    file.write_text(yaml.safe_dump({"users": users}), encoding="utf-8")
    file.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        model = cheap_model()
        patch.setattr(KnowledgeBase, "embedder", lambda self: model)
        base = KnowledgeBase(folder / "home", create=True)
        for secret in SECRETS:
            place = folder / "papers" / secret.label
            secret.write(place, make_pdf)
            base.ingest([place / secret.file], workers=1, access=secret.label, metadata=place / "about.csv")
        (folder / "papers" / "failing-numidorra.pdf").write_bytes(b"%PDF-1.4 no pages of Numidorra")
        base.ingest([folder / "papers" / "failing-numidorra.pdf"], workers=1, access="restricted")
        documents = base.documents()
        assert {one.access for one in documents} == {secret.label for secret in SECRETS}
        ids = {one.access: one.id for one in documents}
        porter = Porter(Roster(file), base.home)
        desks = Desks(Clearances(base), porter)
        web = application(desks.base, desks, porter)
        desks.open()
        taken = listen("127.0.0.1", 0)
        server = uvicorn.Server(
            uvicorn.Config(web, log_level="critical", proxy_headers=False, timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        passages = {label: [one.id for one in base.passages(name)] for label, name in ids.items()}
        made = Served(f"http://127.0.0.1:{taken.getsockname()[1]}", web, ids, passages)
        yield made
        for client in made.clients.values():
            client.close()
        desks.close()
        server.should_exit = True
        thread.join(20)
        base.close()


class Once:
    """Says of each request whether one like it was sent already: many do not depend on what is probed."""

    def __init__(self) -> None:
        self._sent: set[str] = set()

    def __call__(self, *request: Any) -> bool:
        key = json.dumps(request)
        known = key in self._sent
        self._sent.add(key)
        return known


def leaks(text: str, person: str, sent: str) -> list[str]:
    """The words in an answer that give away what the person may not see, but for those that they sent themselves."""
    plain, own = text.casefold(), sent.casefold()
    return [
        word
        for secret in SECRETS
        if not person or not may_see(person, secret)
        for word in secret.words()
        if word.casefold() in plain and word.casefold() not in own
    ]


def check(text: str, person: str, sent: object, way: str) -> None:
    told = sent if isinstance(sent, str) else json.dumps(sent, ensure_ascii=False)
    found = leaks(text, person, told)
    assert not found, f"{way} tells {person or 'nobody'} of {found}; sent: {told[:300]}; answered: {text[:1500]}"


def text_of(answer: httpx.Response) -> str:
    """Everything that an answer says: pictures and archives count as what is in them."""
    if answer.content[:2] == b"PK":
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(answer.content)) as held:
            inside = " ".join(held.read(name).decode("utf-8", "replace") for name in held.namelist())
        return f"{inside} {answer.headers}"
    return f"{answer.content.decode('utf-8', 'replace')} {answer.headers}"


# -- the routes of the application ------------------------------------------------------------------------------------

# What to send to each route of our own, from a probe; {label: how}. Parameters are given as (query, body).
Sent = tuple[dict[str, Any], bytes]


def own_requests(path: str, probe: str) -> list[Sent]:
    """The requests to one of our routes that try to get at what a probe names."""
    table: dict[str, list[Sent]] = {
        "/page-image": [({"doc": probe, "page": 1}, b""), ({"doc": probe.rpartition("-")[0], "page": 1, "passage": probe}, b"")],
        "/original": [({"doc": probe}, b"")],
        "/matrix": [
            ({"form": form, "tab": "agreed", "text": probe, "inside": probe, "gathering": probe}, b"") for form in ("csv", "xlsx", "docx")
        ],
        "/export": [({"form": form, "passage": [probe]}, b"") for form in ("csv", "docx", "markdown", "ris", "bibtex", "csl-json")],
        "/batch": [({"form": form, "k": 5}, f"query\n\"{probe}\"\n".encode()) for form in ("csv", "xlsx")],
        "/curate/add": [({"name": f"{probe}.exe"}, b"x"), ({"name": "x.md", "label": "internal"}, b"x")],
        "/curate/begin": [({"label": "internal"}, b"")],
        "/curate/progress": [({}, b""), ({"label": "internal"}, b"")],
        "/curate/labels": [({}, b"")],
        # Removing is tried by those alone who may not; the others would do it.
        "/curate/remove": [({"doc": probe}, b"")],
        "/audit": [({}, b"")],
        "/own.js": [({"doc": probe}, b"")],
        "/healthz": [({}, b"")],
        "/metrics": [({}, b"")],
    }  # fmt: skip
    assert path in table, f"there is a new route {path}: tell this test how it is called"
    return table[path]


def routes_of(web: Any, prefix: str = "") -> Iterator[tuple[str, str, bool]]:
    """Every route as (method, path, whether it is ours)."""
    for route in getattr(web, "routes", ()):
        path = prefix + (getattr(route, "path", "") or "")
        if getattr(route, "methods", None):
            module = getattr(getattr(route, "endpoint", None), "__module__", "") or ""
            for method in sorted(route.methods):
                yield method, path, module.startswith("ui.")
            continue
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        assert inner is not None, f"what kind of route is {route}?"
        yield from routes_of(inner, path.rstrip("/"))


def test_every_route_is_closed_to_nobody(served: Served) -> None:
    client = served.client("")
    seen = 0
    for method, path, _ in routes_of(served.web):
        filled = re.sub(r"\{[^}]+\}", served.ids["restricted"], path) or "/"
        answer = client.request(method, filled, headers={"x-rapporteur": "page"})
        seen += 1
        if filled in ("/healthz", "/favicon.ico"):
            check(text_of(answer), "", "", filled)
            continue
        if filled.startswith(CLOSED):
            # Closed to all, by the guard before the gate.
            assert answer.status_code == 404
            continue
        assert answer.status_code == 401, (method, filled)
        assert answer.content in (b"", b'{"error": "Sign in first."}'), (method, filled)
    assert seen > 60, "Gradio's routes were found"
    for path in ("/gradio_api/mcp/", "/gradio_api/mcp/sse", "/gradio_api/mcp/schema", "/nothing-of-the-kind"):
        assert client.post(path).status_code == client.get(path).status_code == 401
    page = client.get("/?q=x", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2F%3Fq%3Dx")


def test_a_wrong_token_is_nobody(served: Served) -> None:
    for value in ("Bearer wrong", "Bearer", "Basic token-anna", "token-anna"):
        assert httpx.get(served.address + "/config", headers={"authorization": value}).status_code == 401


@pytest.mark.parametrize("person", PEOPLE)
def test_every_route_of_ours_keeps_what_may_not_be_seen(served: Served, person: str) -> None:
    client, role, done = served.client(person), PEOPLE[person][0], Once()
    for method, path, ours in routes_of(served.web):
        if not ours or method == "HEAD":
            continue
        for secret in SECRETS:
            if path == "/curate/remove" and role != "reader" and may_see(person, secret):
                continue
            probes = served.probes(secret)
            for probe in (probes["id"], probes["passage"], probes["symbol"], probes["thing"]):
                for query, body in own_requests(path, probe):
                    if done(method, path, query, body.decode()):
                        continue
                    answer = client.request(method, path, params=query, content=body, headers={"x-rapporteur": "page"})
                    assert answer.status_code < 500, (path, query, answer.text)
                    sent = f"{json.dumps(query)} {body.decode()}"
                    check(text_of(answer), person, sent, f"{method} {path}")
                    if (path == "/audit" and role != "admin") or (path.startswith("/curate") and role == "reader"):
                        assert answer.status_code == 403


def test_every_route_of_gradio_keeps_what_may_not_be_seen(served: Served) -> None:
    client, hidden = served.client("anna"), served.ids["restricted"]
    query = {"doc": hidden, "q": hidden, "find": hidden, "session_hash": "abc", "path": hidden}
    body = {
        "data": [hidden], "fn_index": 0, "session_hash": "abc", "event_id": "x", "fn_name": "context", "component_id": 1,
    }  # fmt: skip
    walked = 0
    for method, path, ours in routes_of(served.web):
        if ours or method == "HEAD" or path.startswith(CLOSED):
            continue
        filled = re.sub(r"\{[^}]+\}", hidden, path) or "/"
        posted = body if method == "POST" else None
        gathered, told = b"", ""
        try:
            with client.stream(
                method, filled, params=query, json=posted, timeout=httpx.Timeout(20, read=0.7)
            ) as answer:
                told = str(answer.headers)
                # A stream is read until nothing more comes for a while.
                for piece in answer.iter_bytes():
                    gathered += piece
                    if len(gathered) > 5_000_000:
                        break
        except httpx.HTTPError:
            pass
        check(
            f"{gathered.decode('utf-8', 'replace')} {told}",
            "anna",
            json.dumps([filled, query, body]),
            f"{method} {path}",
        )
        walked += 1
    assert walked > 30


# -- what other programs call -----------------------------------------------------------------------------------------


def argument(name: str, probe: str, default: Any, needed: bool) -> Any:
    """What to hand in under a name, so that a probe is tried; the default where that is best."""
    if name in ("question", "query", "passage") or (name == "document" and needed):
        return probe
    if name == "passages":
        return [probe]
    known = {
        "k", "mode", "body", "type", "language", "country", "theme", "meeting", "date_from", "date_to", "ignore", "standing",
        "label", "page", "start", "most", "format", "symbol", "path", "article", "document",
    }  # fmt: skip
    assert name in known, f"there is a new argument {name}: tell this test how it is filled"
    return default


def told_of(endpoint: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters of a call, as Gradio tells of them."""
    return [
        {
            "name": one["parameter_name"],
            "default": one.get("parameter_default"),
            "needed": not one["parameter_has_default"],
        }
        for one in endpoint["parameters"]
    ]


def arguments(parameters: Sequence[dict[str, Any]], probe: str) -> list[dict[str, Any]]:
    """The calls to try: the probe in the text alone, then in each of the filters too."""
    base = {one["name"]: argument(one["name"], probe, one["default"], one["needed"]) for one in parameters}
    calls = [base]
    for name in ("document", "country", "meeting", "theme", "body", "type"):
        if name in base and base[name] is None:
            calls.append(base | {name: [probe]} | {key: "kilns" for key in ("question", "query") if key in base})
    return calls


@pytest.mark.parametrize("person", PEOPLE)
def test_every_call_of_gradios_interface_keeps_what_may_not_be_seen(served: Served, person: str) -> None:
    client = served.client(person)
    told = client.get("/gradio_api/info").json()
    assert set(told["named_endpoints"]) >= {"/ask", "/search", "/show", "/documents", "/similar", "/cite"}
    assert not told["unnamed_endpoints"]
    found, done = dict.fromkeys(told["named_endpoints"], 0), Once()
    for name, endpoint in told["named_endpoints"].items():
        parameters = told_of(endpoint)
        for secret in SECRETS:
            for kind, probe in served.probes(secret).items():
                for given in arguments(parameters, probe)[: None if kind == "country" and person == "anna" else 1]:
                    if done(name, given):
                        continue
                    answer = client.post(f"/gradio_api/run{name}", json={"data": list(given.values())})
                    assert answer.status_code == 200, (name, answer.text)
                    check(answer.text, person, given, f"the call {name}")
                    found[name] += may_see(person, secret) and secret.place in answer.text
    # That something is found at all, by those who may: else this would prove nothing.
    if person != "nadia":
        assert all(found[name] for name in ("/ask", "/search", "/show", "/cite")), found


@pytest.mark.parametrize("person", ["anna", "ivan"])
def test_calls_through_the_queue_are_of_the_one_who_calls(served: Served, person: str) -> None:
    from gradio_client import Client

    client = Client(served.address, headers={"authorization": f"Bearer token-{person}"}, verbose=False)
    for secret in SECRETS:
        answer = json.dumps(client.predict(query=f"{secret.thing}s of {secret.place}", api_name="/search"))
        check(answer, person, f"{secret.thing} {secret.place}", "the queue")
        assert (secret.file in answer) is may_see(person, secret)


def test_what_is_hidden_and_what_is_not_there_are_told_alike(served: Served) -> None:
    client = served.client("anna")
    hidden, absent = served.ids["restricted"], "0" * len(served.ids["restricted"])

    def shape(text: str, name: str) -> str:
        return re.sub(r'"took_ms": ?[\d.]+', "", text).replace(name, "NAME")

    for path, query in (
        ("/original", {"doc": "{}"}), ("/page-image", {"doc": "{}", "page": 1}), ("/export", {"form": "csv", "passage": "{}-0"}),
        ("/page-image", {"doc": "{}", "page": 1, "passage": "{}-0"}),
    ):  # fmt: skip
        told = []
        for name in (hidden, absent):
            filled = {key: str(value).replace("{}", name) for key, value in query.items()}
            answer = client.get(path, params=filled)
            told.append((answer.status_code, shape(answer.text, name)))
        assert told[0] == told[1], path
    for call, given in (
        ("show", ["{}", "", 0, 0, 5]), ("similar", ["{}-0", 5]), ("cite", [["{}-0"], "markdown"]),
    ):  # fmt: skip
        told = []
        for name in (hidden, absent):
            data = json.loads(json.dumps(given).replace("{}", name))
            answer = client.post(f"/gradio_api/run/{call}", json={"data": data})
            told.append(
                (answer.status_code, re.sub(r'"(?:duration|average_duration)": ?[\d.]+', "", shape(answer.text, name)))
            )
        assert told[0] == told[1], call
    # A word that only a hidden text holds is as unknown as one that no text holds.
    answers = []
    for word in ("zinfandel", "qqfandelq"):
        endpoint = client.get("/gradio_api/info").json()["named_endpoints"]["/ask"]
        parameters = told_of(endpoint)
        (given, *_) = arguments(parameters, f"How many {word} are there?")
        said = client.post("/gradio_api/run/ask", json={"data": list(given.values())}).json()["data"][0]
        answers.append(
            (said["status"], said["reason"].replace(word, "WORD"), len(said["alternatives"]), said["revision"])
        )
    assert answers[0] == answers[1]


@pytest.mark.parametrize("person", PEOPLE)
def test_every_tool_of_mcp_keeps_what_may_not_be_seen(served: Served, person: str) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def walk() -> dict[str, int]:
        headers = {"authorization": f"Bearer token-{person}"}
        async with (
            streamablehttp_client(f"{served.address}/gradio_api/mcp/", headers=headers) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            assert not (await session.list_resources()).resources
            assert not (await session.list_prompts()).prompts
            tools = (await session.list_tools()).tools
            check(json.dumps([tool.model_dump(mode="json") for tool in tools]), person, "", "tools/list")
            found = dict.fromkeys((tool.name for tool in tools), 0)
            for tool in tools:
                names = tool.inputSchema["properties"]
                parameters = [
                    {"name": name, "default": one.get("default"), "needed": one.get("type") == "string"}
                    for name, one in names.items()
                ]
                for secret in SECRETS:
                    for probe in list(served.probes(secret).values())[:6]:
                        given = arguments(parameters, probe)[0]
                        given = {name: value for name, value in given.items() if value is not None}
                        answer = (await session.call_tool(tool.name, given)).model_dump_json()
                        check(answer, person, given, f"the tool {tool.name}")
                        found[tool.name] += may_see(person, secret) and secret.place in answer
            return found

    found = asyncio.run(walk())
    assert len(found) >= 6
    if person != "nadia":
        assert found["search"]
        assert found["show"]


# -- what the page itself asks ----------------------------------------------------------------------------------------


def happened(client: httpx.Client, dependency: dict[str, Any], inputs: list[Any], search: str) -> str:
    """Everything that an event of the page answers, by way of the queue, as a browser asks for it."""
    session = f"s{time.monotonic_ns()}"
    body = {
        "data": inputs, "fn_index": dependency["id"], "session_hash": session, "event_data": {"search": search},
        "trigger_id": dependency["targets"][0][0] if dependency["targets"] else None,
    }  # fmt: skip
    joined = client.post(f"/gradio_api/queue/join{search if search.startswith('?') else ''}", json=body)
    assert joined.status_code == 200, joined.text
    gathered = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            gathered += line + "\n"
            if "process_completed" in line or "close_stream" in line:
                break
    return gathered


@pytest.mark.parametrize("person", ["anna", "ivan", "nadia"])
def test_every_event_of_the_page_keeps_what_may_not_be_seen(served: Served, person: str) -> None:
    client = served.client(person)
    config = client.get("/config").json()
    check(json.dumps(config), person, "", "/config")
    check(client.get("/").text, person, "", "the page")
    kinds = {one["id"]: one["type"] for one in config["components"]}
    events = [one for one in config["dependencies"] if one["api_visibility"] == "private"]
    assert len(events) >= 12
    texts = {"textbox": "{}", "state": None, "html": "", "radio": "relevance"}
    reached, done = {secret.label: 0 for secret in SECRETS}, Once()
    for event in events:
        for secret in SECRETS:
            probes = served.probes(secret)
            for probe in (probes["id"], probes["thing"], probes["title"]):
                inputs = []
                for one in event["inputs"]:
                    value = texts.get(kinds[one], [] if kinds[one] == "dropdown" else None)
                    inputs.append(probe if value == "{}" else value)
                routed = any(name in ("go", "load") for _, name in event["targets"])
                states = [f"?q={probe}", f"?find={probe}", f"?doc={probe}", "?tab=library", f"?tab=library&inside={probe}",
                          "?tab=meetings", f"?tab=agreed&inside={probe}", "?tab=start"] if routed else [""]  # fmt: skip
                for state in states:
                    if done(event["id"], inputs, state):
                        continue
                    told = happened(client, event, inputs, state)
                    assert "process_completed" in told, (event["targets"], told)
                    check(told, person, [inputs, state], f"the event {event['targets']}")
                    for other in SECRETS:
                        reached[other.label] += other.place in told
    for secret in SECRETS:
        assert bool(reached[secret.label]) is may_see(person, secret), reached
    (router,) = [one for one in config["components"] if "context" in str(one["props"].get("server_fns", ""))]
    names = router["props"]["server_fns"]
    assert set(names) == {"context", "similar", "feedback"}, (
        "there is a new function of the script: tell this test how it is called"
    )
    for name in names:
        for secret in SECRETS:
            passage = served.passages[secret.label][0]
            data = {"passage": passage, "quote": "", "page": 1, "verdict": "helpful", "status": "answered", "question": "x",
                    "citations": [{"passage": passage, "quote": "x"}]}  # fmt: skip
            body = {"component_id": router["id"], "fn_name": name, "session_hash": "abc", "data": data}
            answer = client.post("/gradio_api/component_server", json=body)
            assert answer.status_code == 200, answer.text
            check(answer.text, person, data, f"the function {name}")
            if name == "context":
                assert (secret.place in answer.text) is may_see(person, secret)


def test_every_function_that_gradio_calls_knows_for_whom(served: Served) -> None:
    """What runs in the queue is told of its request by `heard` and `called` alone; a bare function would know of nobody."""
    from gradio.routes import App

    (mounted,) = [route.app for route in served.web.routes if isinstance(getattr(route, "app", None), App)]
    functions = [one.fn for one in mounted.get_blocks().fns.values() if one.fn is not None]
    assert len(functions) > 15
    for function in functions:
        # These two hand their request on to `heard` themselves.
        own = function.__name__ in ("_on_go", "_on_load")
        assert own or function.__code__.co_filename.endswith("translating.py"), function
