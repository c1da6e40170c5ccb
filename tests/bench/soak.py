"""Whether the page holds out: many readers ask while a curator adds and removes documents, for as long as you say.

    python tests/bench/soak.py [--home DIR] [--minutes 30] [--readers 50] [--documents 1000] [--pause 5] [--json FILE]

Without `--home` one is made of the bundled digests; a home that is given is changed, so give a copy. Readers wait `--pause`
seconds on average between two questions. Each paper that the curator sends (Markdown, HTML, Word, PDF or text) has words that
stand nowhere else: once it is removed, no answer to a question sent later may hold them. Prints a table, and ends with 1
where anything went wrong.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import psutil
from measure import percentile, table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CURATOR = {"x-rapporteur": "page"}
PATIENCE = 120
# How many papers are sent at once, and how many are held before the oldest are removed.
BATCH, HELD = 10, 60
TICK = 1.0
TOWNS = (
    "Amberton Basalt Cedarville Deltaport Emberly Fjordane Garnet Harbourside Indigo Juniper Krillsund Lagoon".split()
)
SUBJECTS = ("a shelter", "a hotline", "labour inspectors", "interpreters", "legal aid", "a fund for compensation")
BROAD = (
    "What is trafficking in human beings?",
    "How long is the recovery and reflection period?",
    "What does Article 26 of CETS 197 say?",
    "Compare the scope of the Palermo Protocol and of CETS 197",
    "What is the role of a national rapporteur?",
    "What is MC.DEC/14/06 about?",
)


@dataclass(frozen=True)
class Paper:
    """A document that the curator sends. `code` stands in its text and in no question."""

    number: int
    name: str
    content: bytes
    code: str

    @property
    def serial(self) -> str:
        """What questions call it by."""
        return f"Sorell{self.number}"


def sentences(number: int, code: str) -> tuple[str, list[str]]:
    """A title and the sentences of a small report."""
    town, subject = TOWNS[number % len(TOWNS)], SUBJECTS[number % len(SUBJECTS)]
    title = f"Report Sorell{number} on {subject} in {town}"
    return title, [
        f"In {town} {subject} was set up for victims of trafficking, says report Sorell{number}.",
        f"It helped {number + 7} persons in {1990 + number % 35}, and its key word is {code}.",
        f"The authors of Sorell{number} recommend that the State pay for it, and that {code} be heard.",
    ]


def paper(number: int) -> Paper:
    """One of five formats in turn."""
    code = f"Quarz{number:05}{random.Random(number).randrange(10**6):06}"
    title, said = sentences(number, code)
    body = "\n\n".join(said)
    kind = ("md", "html", "docx", "pdf", "txt")[number % 5]
    if kind == "md":
        content = f"# {title}\n\n{body}\n".encode()
    elif kind == "html":
        paragraphs = "".join(f"<p>{html.escape(one)}</p>" for one in said)
        content = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}</body></html>".encode()
    elif kind == "docx":
        import docx

        made, out = docx.Document(), BytesIO()
        made.add_heading(title, 1)
        for one in said:
            made.add_paragraph(one)
        made.save(out)
        content = out.getvalue()
    elif kind == "pdf":
        sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []
        from tests.conftest import small_pdf

        with tempfile.TemporaryDirectory() as room:
            content = small_pdf(Path(room, "one.pdf"), [[title, *said]]).read_bytes()
    else:
        content = f"{title}\n\n{body}\n".encode()
    return Paper(number, f"sorell{number}.{kind}", content, code)


@dataclass
class Shift:
    """What happened so far; used by all threads."""

    stop: threading.Event = field(default_factory=threading.Event)
    present: dict[int, Paper] = field(default_factory=dict)
    gone: dict[int, Paper] = field(default_factory=dict)
    times: list[tuple[float, float]] = field(default_factory=list)
    rss: list[tuple[float, int]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    busy: int = 0
    added: int = 0

    def failed(self, what: str) -> None:
        """Note an error; a thousand of them are not worth more than one."""
        if len(self.errors) < 1000:
            self.errors.append(what[:500])


class Reader:
    """One person: asks, looks for papers, and reads what comes back."""

    def __init__(self, address: str, shift: Shift, number: int, pause: float) -> None:
        self.address, self.shift, self.pause = address, shift, pause
        self.chance = random.Random(1000 + number)

    def work(self) -> None:
        """Until the shift ends."""
        with httpx.Client(base_url=self.address, timeout=PATIENCE, trust_env=False) as client:
            while not self.shift.stop.wait(self.chance.expovariate(1 / self.pause) if self.pause else 0):
                try:
                    self.turn(client)
                except Exception as error:  # noqa: BLE001 – whatever goes wrong is counted, and the shift goes on
                    self.shift.failed(f"{type(error).__name__}: {error}")

    def turn(self, client: httpx.Client) -> None:
        """One question, and what its answer must and must not hold."""
        gone, present = dict(self.shift.gone), dict(self.shift.present)
        target = self.chance.choice([*present.values(), *list(gone.values())[-30:]] or [paper(0)])
        way = self.chance.choice(["broad", "ask", "search"])
        begun = time.perf_counter()
        if way == "search":
            answer = client.post("/gradio_api/run/search", json={"data": [target.serial, 10, "hybrid", *[None] * 11]})
        else:
            asked = f"What does report {target.serial} recommend?" if way == "ask" else self.chance.choice(BROAD)
            answer = client.post("/gradio_api/run/ask", json={"data": [asked, *[None] * 7, "", "", None, None]})
        taken = time.perf_counter() - begun
        if answer.status_code == 503:
            self.shift.busy += 1
            self.shift.stop.wait(float(answer.headers.get("retry-after", 5)))
            return
        self.shift.times.append((time.monotonic(), taken))
        shape = answer.json()["data"][0] if answer.status_code == 200 else {"error": answer.text}
        if "error" in shape:
            self.shift.failed(f"{way}: {answer.status_code} {shape['error']}")
            return
        self.judge(answer.text, shape, way, target, gone)

    def judge(self, text: str, shape: dict[str, Any], way: str, target: Paper, gone: dict[int, Paper]) -> None:
        """Compare an answer with what was held when its question was sent, and still is."""
        self.shift.stale += [f"{way}: {one.serial}" for one in gone.values() if one.code in text]
        for quoted in shape.get("citations", ()) if way == "ask" else ():
            whole = self.shift.present.get(target.number)
            if whole is not None and quoted["document"]["title"].startswith(f"Report {target.serial} "):
                title, said = sentences(target.number, target.code)
                quote = " ".join(quoted["quote"].split())
                if not any(quote in one for one in (title, *said, " ".join([title, *said]))):
                    self.shift.wrong.append(quote)
        if (
            way == "search"
            and target.number in self.shift.present
            and target.number not in gone
            and target.code not in text
        ):
            self.shift.missed.append(target.serial)


class Curator:
    """Sends papers, has them read, and removes the oldest, at an even pace."""

    def __init__(self, address: str, shift: Shift, documents: int, seconds: float) -> None:
        self.address, self.shift = address, shift
        self.documents, self.seconds = documents, seconds

    def work(self) -> None:
        """Until all papers have come and gone."""
        try:
            with httpx.Client(base_url=self.address, timeout=PATIENCE, trust_env=False, headers=CURATOR) as client:
                begun = time.monotonic()
                for first in range(0, self.documents, BATCH):
                    due = begun + self.seconds * first / self.documents
                    self.shift.stop.wait(max(0.0, due - time.monotonic()))
                    self.add(client, [paper(number) for number in range(first, min(first + BATCH, self.documents))])
                    for number in list(self.shift.present)[: max(0, len(self.shift.present) - HELD)]:
                        self.remove(client, number)
                for number in list(self.shift.present):
                    self.remove(client, number)
        except Exception as error:  # noqa: BLE001 – a shift without its curator has failed, and says why
            self.shift.failed(f"curator: {type(error).__name__}: {error}")
        finally:
            self.shift.stop.set()

    def add(self, client: httpx.Client, papers: Sequence[Paper]) -> None:
        """Send a few papers and wait until they are read."""
        for one in papers:
            client.post("/curate/add", params={"name": one.name}, content=one.content).raise_for_status()
        progress = client.post("/curate/begin").raise_for_status().json()
        while progress["running"]:
            time.sleep(0.1)
            progress = client.get("/curate/progress").raise_for_status().json()
        if progress["failed"] or not progress["words"].startswith("Done"):
            self.shift.failed(f"not read: {progress}")
        for one in papers:
            self.shift.present[one.number] = one
            self.shift.added += 1

    def remove(self, client: httpx.Client, number: int) -> None:
        """Remove one; from here on it may be missing, and once that is answered it must be."""
        one = self.shift.present.pop(number)
        title = sentences(number, one.code)[0]
        client.post("/curate/remove", params={"doc": title}).raise_for_status()
        self.shift.gone[number] = one


@contextmanager
def serving(home: Path, log: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The page as a curator starts it: its address and its process."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--curate", "--home", str(home)],
            stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "RAPPORTEUR_LOG": "json", "RAPPORTEUR_LOG_LEVEL": "warning"},
        )  # fmt: skip
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            end = time.monotonic() + PATIENCE
            while httpx.get(f"{address}/healthz?ready", trust_env=False).status_code != 200:
                if time.monotonic() > end:
                    raise TimeoutError("the page never became ready")
                time.sleep(0.2)
            yield address, psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            assert process.stdout is not None
            process.stdout.close()


def watch(process: psutil.Process, shift: Shift) -> None:
    """Note the memory that the server itself holds; the processes that read files come and go."""
    while not shift.stop.wait(TICK):
        shift.rss.append((time.monotonic(), process.memory_info().rss))


def soak(home: Path, seconds: float, readers: int, documents: int, pause: float, warm: float = 0.2) -> dict[str, Any]:
    """One shift over a home, which is changed; its figures. `warm` is the share of the time before memory is compared."""
    shift = Shift()
    log = home / ".soak.log"
    with serving(home, log) as (address, process):
        crowd = [threading.Thread(target=Reader(address, shift, number, pause).work) for number in range(readers)]
        curator = threading.Thread(target=Curator(address, shift, documents, seconds).work)
        watcher = threading.Thread(target=watch, args=(process, shift))
        begun = time.monotonic()
        for one in (*crowd, curator, watcher):
            one.start()
        for one in (*crowd, curator, watcher):
            one.join()
        took = time.monotonic() - begun
    left = subprocess.run(
        [sys.executable, "-m", "ui.cli", "verify", "--home", str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in log.read_text(encoding="utf-8").splitlines() if '"status": 503' not in line]
    log.unlink()
    return figures(shift, begun, took, warm) | {
        "lines of warning or worse in the server's log": len(said),
        "first of them": said[:3],
        "verify afterwards": left.stdout.strip() or left.stderr.strip(),
    }


def figures(shift: Shift, begun: float, took: float, warm: float) -> dict[str, Any]:
    """What a shift came to."""
    milliseconds = [1000 * one for _, one in shift.times]
    steady = [size for moment, size in shift.rss if moment >= begun + warm * took]
    tenth = max(1, len(steady) // 10)
    first, last = statistics.median(steady[:tenth] or [0]), statistics.median(steady[-tenth:] or [0])
    minutes: dict[int, list[int]] = {}
    for moment, size in shift.rss:
        minutes.setdefault(int((moment - begun) // 60), []).append(size)
    return {
        "seconds": round(took),
        "answers": len(milliseconds),
        "told to come again (503)": shift.busy,
        "documents added": shift.added,
        "documents removed": len(shift.gone),
        "errors": len(shift.errors),
        "answers with a removed document": len(shift.stale),
        "quotations that are not its text": len(shift.wrong),
        "held documents not found": len(shift.missed),
        "answer, ms (median)": round(statistics.median(milliseconds or [0])),
        "answer, ms (95 %)": round(percentile(milliseconds or [0], 0.95)),
        "memory after warm-up, MB": round(first / 1e6),
        "memory at the end, MB": round(last / 1e6),
        "growth of memory, %": round(100 * (last / first - 1), 1) if first else 0.0,
        "memory by minute, MB": [round(statistics.median(sizes) / 1e6) for sizes in minutes.values()],
        "examples": {
            "errors": shift.errors[:5],
            "stale": shift.stale[:5],
            "wrong": shift.wrong[:5],
            "missed": shift.missed[:5],
        },
    }


def faults(found: dict[str, Any], most_growth: float) -> list[str]:
    """What must not be; empty where all is well."""
    zero = ("errors", "answers with a removed document", "quotations that are not its text", "held documents not found",
            "lines of warning or worse in the server's log")  # fmt: skip
    told = [f"{name}: {found[name]}" for name in zero if found[name]]
    if found["growth of memory, %"] >= most_growth:
        told.append(f"growth of memory: {found['growth of memory, %']} %")
    if found["documents removed"] != found["documents added"]:
        told.append("not every paper was removed")
    if found["verify afterwards"] != "Everything is whole.":
        told.append(str(found["verify afterwards"]))
    return told


def main() -> int:
    """Soak, print, and write where asked."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--home", type=Path)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--readers", type=int, default=50)
    options.add_argument("--documents", type=int, default=1000)
    options.add_argument("--pause", type=float, default=5.0)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as room:
        home = given.home or Path(room, "home")
        if given.home is None:
            ingest = [sys.executable, "-m", "ui.cli", "ingest", "--bundled", "--quiet", "--home", str(home)]
            subprocess.run(ingest, cwd=ROOT, check=True)
        found = soak(home, 60 * given.minutes, given.readers, given.documents, given.pause)
    told = faults(found, 5.0)
    print(
        table("The page in use", ("measure", "figure"), [(k, v) for k, v in found.items() if not isinstance(v, dict)])
    )
    text = json.dumps(found | {"faults": told}, indent=2, ensure_ascii=False)
    if given.json:
        given.json.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
