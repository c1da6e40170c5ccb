"""What other programs may call: named endpoints with the shapes of the command line, through Gradio's own client."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ui.cli import main

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, model_home: Path) -> Iterator[Any]:
    """A client of a page over two digests."""
    from gradio_client import Client

    folder = tmp_path_factory.mktemp("papers")
    for name in ("cets-197.md", "osce-action-plan.md"):
        shutil.copy(ROOT / "corpus" / "documents" / name, folder / name)
    home = tmp_path_factory.mktemp("api") / "home"
    home.mkdir()
    (home / "models").symlink_to(model_home / "models", target_is_directory=True)
    assert main(["ingest", str(folder), "--home", str(home), "--quiet"]) == 0
    with subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--home", str(home)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        try:
            made = Client(process.stdout.readline().split()[-1], verbose=False, analytics_enabled=False)
            yield made
            made.close()
        finally:
            process.send_signal(signal.SIGINT)


def test_only_what_is_named_can_be_called(client: Any) -> None:
    named = client.view_api(return_format="dict")
    assert set(named["named_endpoints"]) == {"/ask", "/search", "/show", "/documents"}
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
    assert shown["document"]["passages"] == len(shown["passages"])


@pytest.mark.parametrize(
    ("arguments", "name", "says"),
    [
        ({"question": " "}, "/ask", "is empty"),
        ({"question": "of the and"}, "/ask", "add a word"),
        ({"question": "x" * 3000}, "/ask", "3,000"),
        ({"query": "x", "mode": "magic"}, "/search", "no way of searching"),
        ({"query": "victims", "date_from": "2003-13"}, "/search", "is not a date"),
        ({"document": "no such thing"}, "/show", ", no such thing"),
    ],
)
def test_bad_input_is_said_in_a_sentence(client: Any, arguments: dict[str, Any], name: str, says: str) -> None:
    answer = client.predict(**arguments, api_name=name)
    assert list(answer) == ["error"]
    assert says.removeprefix(", ") in answer["error"]
