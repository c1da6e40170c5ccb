"""The whole main job without a network: in a network namespace that has none where the system permits one, and with
every attempt to reach another machine written down and refused, those of the libraries included."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import QUIET

ROOT = Path(__file__).resolve().parent.parent
# Has its own loopback come up where it stands in a namespace, then works as somebody at a desk and at the page would.
JOB = """
import fcntl, json, os, signal, socket, struct, subprocess, sys, urllib.request
from pathlib import Path
papers, home, folder = map(Path, sys.argv[1:4])
if sys.argv[4] == "alone":
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        fcntl.ioctl(plain, 0x8914, struct.pack("16sH14s", b"lo", 0x1 | 0x40, b""))
def run(*words):
    done = subprocess.run([sys.executable, "-m", "ui.cli", *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout
at = ("--home", home)
run("ingest", papers, *at, "--quiet")
document = json.loads(run("documents", "--json", *at))["documents"][0]["id"]
hits = json.loads(run("search", "victims of trafficking", "--json", *at))["results"]
assert hits
assert json.loads(run("ask", "What is trafficking in human beings?", "--json", *at))["citations"]
run("show", document, *at)
run("verify", *at)
backup = folder / "copy.backup"
run("backup", backup, *at)
run("restore", backup, "--home", folder / "again")
page = subprocess.Popen([sys.executable, "-m", "ui.cli", "serve", "--port", "0", *map(str, at)], stdout=subprocess.PIPE, text=True)
try:
    address = page.stdout.readline().split()[-1]
    assert b"<html" in urllib.request.urlopen(address, timeout=60).read()
    data = ["What is trafficking in human beings?", *[None] * 7, "", "", None, None]
    asked = urllib.request.Request(f"{address}/gradio_api/run/ask", json.dumps({"data": data}).encode(), {"content-type": "application/json"})
    assert json.load(urllib.request.urlopen(asked, timeout=120))["data"][0]["citations"]
finally:
    page.send_signal(signal.SIGTERM)
    assert page.wait(60) == 0
print("all done")
"""


def guarded(folder: Path) -> dict[str, str]:
    """The environment of a child process whose attempts are written down; the tests' own switches are not in it."""
    folder.mkdir()
    shutil.copy(ROOT / "tests" / "offline_guard.py", folder / "sitecustomize.py")
    kept = {name: value for name, value in os.environ.items() if name not in QUIET and "proxy" not in name.casefold()}
    return kept | {
        "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))),
        "OFFLINE_RECORD": str(folder / "record"),
        "PYTHONUNBUFFERED": "1",
    }


def without_network() -> list[str]:
    """The words that start a program in a network namespace of its own; none where that is not permitted."""
    words = ["unshare", "-rn"]
    try:
        permitted = subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return []
    return words if permitted else []


def test_an_attempt_is_seen_and_refused(tmp_path: Path) -> None:
    settings = guarded(tmp_path / "guard")
    code = "import urllib.request; urllib.request.urlopen('http://example.org/')"
    done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert (tmp_path / "guard" / "record").read_text() == "socket.getaddrinfo example.org\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the loopback of a namespace is Linux's")
def test_the_main_job_asks_nothing_of_another_machine(tmp_path: Path, model_home: Path) -> None:
    papers, home = tmp_path / "papers", tmp_path / "home"
    papers.mkdir()
    home.mkdir()
    shutil.copy(ROOT / "corpus" / "documents" / "cets-197.md", papers)
    (home / "models").symlink_to(model_home / "models", target_is_directory=True)
    settings, alone = guarded(tmp_path / "guard"), without_network()
    words = [*alone, sys.executable, "-c", JOB, str(papers), str(home), str(tmp_path), "alone" if alone else "guarded"]
    done = subprocess.run(words, env=settings, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "all done" in done.stdout
    record = tmp_path / "guard" / "record"
    assert not record.exists(), record.read_text()
    # Each process of the job had its guard.
    assert len(set((tmp_path / "guard" / "record.guarded").read_text().split())) >= 9
