"""What other programs may call: named endpoints with the shapes of the command line, through Gradio's own client, and as tools of MCP."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.serving import served
from ui.cli import main

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, model_home: Path) -> Iterator[str]:
    """The address of a page over two digests, served by the program as people start it."""
    folder = tmp_path_factory.mktemp("papers")
    for name in ("cets-197.md", "osce-action-plan.md"):
        shutil.copy(ROOT / "corpus" / "documents" / name, folder / name)
    home = tmp_path_factory.mktemp("api") / "home"
    home.mkdir()
    (home / "models").symlink_to(model_home / "models", target_is_directory=True)
    assert main(["ingest", str(folder), "--home", str(home), "--quiet"]) == 0
    with served([sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--home", str(home)]) as running:
        yield running


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Any]:
    """Gradio's own client."""
    from gradio_client import Client

    made = Client(address, verbose=False, analytics_enabled=False)
    yield made
    made.close()


TOOLS = {"ask", "search", "show", "documents", "similar", "cite"}
T = TypeVar("T")


def by_tools(address: str, work: Callable[[Any], Awaitable[T]]) -> T:
    """What some work with a session of MCP gives, over streamable HTTP."""
    import anyio
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def run() -> T:
        async with (
            streamable_http_client(f"{address}/gradio_api/mcp/") as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            return await work(session)

    return anyio.run(run)


def test_only_what_is_named_can_be_called(client: Any) -> None:
    named = client.view_api(return_format="dict")
    assert set(named["named_endpoints"]) == {f"/{name}" for name in TOOLS}
    assert not named["unnamed_endpoints"]


def test_a_question_is_answered_with_the_shape_of_the_command(client: Any) -> None:
    answer = client.predict("How long is the recovery and reflection period?", api_name="/ask")
    assert answer["status"] == "answered"
    assert "30 days" in answer["citations"][0]["quote"]
    assert answer["citations"][0]["document"]["file"].endswith("cets-197.md")
    other = client.predict("How long is the recovery and reflection period?", body=["OSCE"], api_name="/ask")
    assert all(citation["document"]["body"] == "OSCE" for citation in other["citations"])


def test_passages_documents_and_one_document(client: Any) -> None:
    found = client.predict("victims", k=3, mode="lexical", api_name="/search")
    assert [hit["rank"] for hit in found["results"]] == [1, 2, 3]
    listed = client.predict(body=["CoE"], api_name="/documents")
    assert [one["symbol"] for one in listed["documents"]] == ["CETS 197"]
    shown = client.predict("CETS 197", api_name="/show")
    assert shown["document"]["id"] == listed["documents"][0]["id"]
    assert shown["document"]["passages"] == len(shown["passages"]) == shown["total"]
    article = client.predict("CETS 197", label="Article 13", most=1, api_name="/show")
    assert article["total"] > len(article["passages"]) == 1
    assert article["passages"][0]["label"].startswith("Article 13")
    onward = client.predict("CETS 197", label="Article 13", start=1, api_name="/show")
    assert len(onward["passages"]) == article["total"] - 1


def test_like_passages_stand_in_other_documents_and_citations_can_be_taken_along(client: Any) -> None:
    (cited,) = client.predict("national rapporteurs monitor State institutions", k=1, body=["CoE"], api_name="/search")[
        "results"
    ]
    like = client.predict(cited["passage_id"], k=3, api_name="/similar")
    assert {hit["document"]["body"] for hit in like["results"]} == {"OSCE"}
    assert any("rapporteur" in hit["text"] for hit in like["results"])
    cite = client.predict([cited["passage_id"]], format="ris", api_name="/cite")
    assert cite["content"].startswith("TY  - ")
    assert "CETS 197" in cite["content"]


def test_each_tool_says_what_it_does_and_what_it_takes(address: str) -> None:
    tools = by_tools(address, lambda session: session.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert len(tool.description.split()) > 4, tool.name
        for name, schema in tool.inputSchema["properties"].items():
            assert len(schema.get("description", "").split()) > 2, f"{tool.name}: {name}"
            assert schema.get("type") or schema.get("oneOf"), f"{tool.name}: {name}"
    ask = next(tool for tool in tools if tool.name == "ask")
    assert ask.inputSchema["required"] == ["question"]


def test_a_tool_answers_what_the_endpoint_answers(address: str, client: Any) -> None:
    question = "How long is the recovery and reflection period?"

    async def work(session: Any) -> list[Any]:
        return [
            await session.call_tool("ask", {"question": question, "body": ["CoE"]}),
            await session.call_tool("ask", {"question": " "}),
            await session.call_tool("search", {"query": "victims", "k": "many"}),
            await session.call_tool("show", {"document": "CETS 197", "label": "Article 13"}),
        ]

    answered, empty, wrong, shown = by_tools(address, work)
    said, told = json.loads(answered.content[0].text), client.predict(question, body=["CoE"], api_name="/ask")
    assert {**said, "took_ms": 0} == {**told, "took_ms": 0}
    assert "Nothing was typed" in json.loads(empty.content[0].text)["error"]
    assert wrong.isError
    assert json.loads(shown.content[0].text)["passages"][0]["label"].startswith("Article 13")


@pytest.mark.parametrize(
    ("arguments", "name", "says"),
    [
        ({"question": " "}, "/ask", "Nothing was typed"),
        ({"question": "of the and"}, "/ask", "add a word"),
        ({"question": "x" * 3000}, "/ask", "3,000"),
        ({"query": "x", "mode": "magic"}, "/search", "no way of searching"),
        ({"query": "victims", "date_from": "2003-13"}, "/search", "is not a date"),
        ({"document": "no such thing"}, "/show", ", no such thing"),
        ({"document": "CETS 197", "label": "Article 99"}, "/show", 'no "Article 99"'),
        ({"passage": "no-1"}, "/similar", "no document"),
        ({"passages": []}, "/cite", "Nothing was typed"),
        ({"passages": ["no-1"], "format": "stone"}, "/cite", "no format"),
    ],
)
def test_bad_input_is_said_in_a_sentence(client: Any, arguments: dict[str, Any], name: str, says: str) -> None:
    answer = client.predict(**arguments, api_name=name)
    assert list(answer) == ["error"]
    assert says.removeprefix(", ") in answer["error"]
