"""What the size of a knowledge base costs: each measure of questions, changes, start and memory, for every home given.

    python tests/bench/derived.py SOURCE_HOME HOME PASSAGES       makes a home of any size
    python tests/bench/sizes.py HOME... [--source SOURCE_HOME] [--files 5000] [--only NAME...] [--out bench-results]

Each measure runs in a process of its own. Wall times are those of a user, so other programs' load is in them; processor
times stand beside them. Writes sizes.md, sizes.json and for each measure a plot over the passages, as SVG. Documents that
are added to measure the adding are taken out again at the end.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psutil
from derived import Source, copied, put
from measure import MEGABYTE, percentile, table
from page import asking, serving
from run import environment, machine

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
QUESTIONS = HERE / "questions.txt"
WARM_UPS, ROUNDS = 5, 3
CLIENTS, SECONDS = 8, 15
ADDED, PER_DOCUMENT = 7, 20
COLD_STARTS = 5
Figures = dict[str, Any]

# What is measured, as the tables name it, and its key in the JSON.
ROWS = (
    ("`search`, warm: median, ms", "search_p50_ms"),
    ("`search`, warm: 95 %, ms", "search_p95_ms"),
    ("`search`, warm: 99 %, ms", "search_p99_ms"),
    ("`search`: processor, mean, ms", "search_cpu_ms"),
    ("`ask`, warm: median, ms", "ask_p50_ms"),
    ("`ask`, warm: 95 %, ms", "ask_p95_ms"),
    ("`ask`: processor, mean, ms", "ask_cpu_ms"),
    ("one document more, durable and found: median, s", "add_seconds"),
    ("the same: processor, least, s", "add_cpu_seconds"),
    ("fresh process to the first `search` answered: median, s", "cold_seconds"),
    ("the same: processor, least, s", "cold_cpu_seconds"),
    ("highest memory, asking, MB", "asking_mb"),
    ("of this in no file, MB", "asking_own_mb"),
    ("highest memory, serving, MB", "serving_mb"),
    ("`search` over HTTP, 8 clients, per second", "searches_per_second"),
    ("`ask` over HTTP, 8 clients, per second", "asks_per_second"),
    ("disk without the model, MB", "disk_mb"),
)


def questions() -> list[str]:
    """The questions that are asked."""
    return [line for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]


# -- each of these runs in a process of its own ---------------------------------------------------------------------


def warm(home: Path) -> Figures:
    """One question after the other, after a few that do not count."""
    from ui.service import KnowledgeBase

    base, asked = KnowledgeBase(home), questions()
    found: Figures = {"passages": base.store.counts()["passages"]}
    calls: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("search", lambda question: base.search(question, 10)),
        ("ask", base.ask),
    )
    for name, call in calls:
        for question in asked[:WARM_UPS]:
            call(question)
        used, times = 0.0, []
        for question in asked * ROUNDS:
            # Else the model has the vectors of what was asked before.
            getattr(base.embedder(), "_asked", {}).clear()
            begun, cpu = time.perf_counter(), time.process_time()
            call(question)
            times.append(1000 * (time.perf_counter() - begun))
            used += time.process_time() - cpu
        found[f"{name}_cpu_ms"] = 1000 * used / len(times)
        for share in (50, 95, 99):
            found[f"{name}_p{share}_ms"] = percentile(times, share / 100)
    held = memory("self")
    return found | {"asking_mb": held["VmHWM"], "asking_own_mb": held["RssAnon"]}


def memory(process: int | str) -> dict[str, float]:
    """What Linux knows of a process's memory, MB: VmHWM is the most that was resident, RssAnon what is of no file."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB")}
    return {name: kilobytes * 1024 / MEGABYTE for name, kilobytes in sizes.items()}


def add(home: Path, origin: Path) -> Figures:
    """Until a document that is in the store for good is found by a search. Reading and embedding it is left out."""
    from ui.service import KnowledgeBase

    base = KnowledgeBase(home)
    fingerprint = base.embedder().fingerprint
    base.search(questions()[0], 10)
    source, seconds, used, made = Source(origin, fingerprint), [], [], []
    long = (one for one in map(source.original, itertools.count()) if len(one.passages) >= PER_DOCUMENT)
    try:
        for number, one in zip(range(1 + ADDED), long, strict=False):
            short = replace(one, passages=one.passages[:PER_DOCUMENT], keys=one.keys[:PER_DOCUMENT])
            # A word that no other document has.
            name = f"added-{os.getpid()}-{number}"
            word = "quillwort" + "".join(chr(ord("a") + int(digit)) for digit in f"{os.getpid()}{number}")
            parsed, vectors = copied(short, source.vectors(short), name, f"Survey of the {word}")
            made.append(name)
            begun, cpu = time.perf_counter(), time.process_time()
            put(base.store, parsed, vectors, fingerprint)
            hits = base.search(word, 10).hits
            seconds.append(time.perf_counter() - begun)
            used.append(time.process_time() - cpu)
            if name not in {hit.document.id for hit in hits}:
                raise RuntimeError(f"{name} was added and is not found")
    finally:
        for name in made:
            base.store.remove(name)
        base.engine().refresh()
    # The first one loads what no search had needed.
    return {"add_seconds": statistics.median(seconds[1:]), "add_cpu_seconds": min(used), "add_each": seconds}


def cold(home: Path) -> Figures:
    """`rapporteur search` to its end: once to have the files in the system's cache, then some times."""
    command = [sys.executable, "-m", "ui.cli", "search", questions()[0], "--home", str(home), "--json"]
    seconds, used = [], []
    for _ in range(1 + COLD_STARTS):
        begun, before = time.perf_counter(), os.times()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=here())
        seconds.append(time.perf_counter() - begun)
        after = os.times()
        used.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return {"cold_seconds": statistics.median(seconds[1:]), "cold_cpu_seconds": min(used), "cold_each": seconds}


def served(home: Path) -> Figures:
    """Questions per second of a server with several clients, each of which asks one after the other; its memory."""
    found: Figures = {}
    with serving(home, {}) as address:
        server = psutil.Process().children()[0].pid
        found["searches_per_second"] = rate(address, "search", searching)
        found["asks_per_second"] = rate(address, "ask", asking)
        found["serving_mb"] = memory(server)["VmHWM"]
    return found


def searching(question: str) -> Figures:
    """What the endpoint `search` takes: a question, ten passages by words and meaning, and no filter."""
    return {"data": [question, 10, "hybrid", *[None] * 7, "", "", None, None]}


def rate(address: str, name: str, data: Callable[[str], Figures]) -> float:
    """Answers per second of all clients together."""
    asked, counts, ends = questions(), [0] * CLIENTS, [float("inf")]
    ready = threading.Barrier(CLIENTS + 1)

    def ask(number: int) -> None:
        with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
            try:
                client.post(f"/gradio_api/run/{name}", json=data(asked[number])).raise_for_status()
            except httpx.HTTPError:
                ready.abort()
                raise
            ready.wait()
            for question in itertools.cycle(asked[number:] + asked[:number]):
                if time.perf_counter() > ends[0]:
                    return
                client.post(f"/gradio_api/run/{name}", json=data(question)).raise_for_status()
                counts[number] += 1

    crowd = [threading.Thread(target=ask, args=(number,), daemon=True) for number in range(CLIENTS)]
    for client in crowd:
        client.start()
    ready.wait()
    begun = time.perf_counter()
    ends[0] = begun + SECONDS
    for client in crowd:
        client.join()
    return sum(counts) / (time.perf_counter() - begun)


def unchanged(files: int) -> Figures:
    """`rapporteur ingest` over a folder of small texts in which nothing changed."""
    with tempfile.TemporaryDirectory(prefix="rapporteur-unchanged-") as place:
        for number in range(files):
            inside = Path(place) / "files" / f"{number // 250:03}"
            inside.mkdir(parents=True, exist_ok=True)
            text = f"Note {number}. The centre received {number % 97} persons in week {number % 53} of the year.\n"
            (inside / f"note-{number:05}.txt").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "ui.cli", "ingest", f"{place}/files", "--home", f"{place}/home", "--quiet"]
        seconds = []
        for _ in range(4):
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=here())
            seconds.append(time.perf_counter() - begun)
        return {"unchanged_files": files, "first_seconds": seconds[0], "unchanged_seconds": min(seconds[1:])}


PARTS: dict[str, Callable[..., Figures]] = {"warm": warm, "cold": cold, "add": add, "served": served}


# -- all of them ----------------------------------------------------------------------------------------------------


def here() -> dict[str, str]:
    """The environment of what is measured: this tree, nobody's settings."""
    return environment() | {"PYTHONPATH": str(ROOT)}


def part(name: str, *arguments: str | Path) -> Figures:
    """One measure in a process of its own; why it failed, where it did."""
    print(f"measuring: {name} {arguments[0]}", file=sys.stderr, flush=True)
    command = [sys.executable, str(HERE / "sizes.py"), "--part", name, *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=here())
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return {"errors": [f"{name}: {said[-1]}"]}
    answer: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def measured(home: Path, source: Path, only: list[str]) -> Figures:
    """All measures of one home, or those that are named."""
    found: Figures = {"home": home.name, "errors": []}
    for name in PARTS:
        if not only or name in only:
            one = part(name, home, *([source] if name == "add" else []))
            found["errors"] += one.pop("errors", [])
            found |= one
    files = (file for file in home.rglob("*") if file.is_file() and file.relative_to(home).parts[0] != "models")
    return found | {"disk_mb": sum(file.stat().st_size for file in files) / MEGABYTE}


def plot(title: str, points: list[tuple[int, float]]) -> str:
    """A measure over the passages, both axes from nothing, as SVG."""
    wide, high, left, foot, top = 640, 320, 60, 40, 44
    most, peak = max(x for x, _ in points), max(y for _, y in points) or 1.0
    shown, dots = [], []
    for size, value in points:
        x, y = left + (wide - left - 50) * size / most, high - foot - (high - foot - top) * value / peak
        shown.append(f"{x:.1f},{y:.1f}")
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1f5f8b"/>'
            f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle">{value:,.4g} at {size:,}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">'
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/><text x="{left}" y="18" font-size="14">{title}</text>'
        f'<path d="M{left} {top}V{high - foot}H{wide - 20}" fill="none" stroke="#666666"/>'
        f'<polyline points="{" ".join(shown)}" fill="none" stroke="#1f5f8b" stroke-width="2"/>{"".join(dots)}'
        f'<text x="{wide - 20}" y="{high - 12}" text-anchor="end">passages</text></svg>\n'
    )


def written(figures: Figures, out: Path) -> str:
    """The tables as Markdown; they are kept with the figures, and a plot of each measure where there are several homes."""
    homes = sorted(figures["homes"], key=lambda one: one["passages"])
    out.mkdir(parents=True, exist_ok=True)
    columns = ["", *(f"{one['passages']:,} passages" for one in homes)]
    parts = [table("By size", columns, [[name, *(one.get(key) for one in homes)] for name, key in ROWS])]
    if "folder" in figures:
        one = figures["folder"]
        rows = [[f"{one.get('unchanged_files', 0):,} files again, none changed, s", one.get("unchanged_seconds")]]
        parts.append(table("A folder", ["", "figure"], rows))
    errors = [f"- {one['home']}: {error}" for one in homes for error in one["errors"]]
    if errors:
        parts.append("## Not measured\n\n" + "\n".join(errors) + "\n")
    parts.append(f"{json.dumps(figures['machine'])}\n")
    for title, key in ROWS:
        points = [(one["passages"], one[key]) for one in homes if key in one]
        if len(points) > 1:
            (out / f"sizes-{key}.svg").write_text(plot(title.replace("`", ""), points), encoding="utf-8")
    text = "\n".join(parts)
    (out / "sizes.md").write_text(text, encoding="utf-8")
    (out / "sizes.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return text


def held(home: Path) -> int:
    """The passages of a home."""
    from corpus.store import Store

    store = Store(home)
    try:
        return store.counts()["passages"]
    finally:
        store.close()


def main() -> int:
    """Measure, print the tables, and keep them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("homes", nargs="*", type=Path)
    parser.add_argument(
        "--source", type=Path, help="the home whose documents are added to the others; else each its own"
    )
    parser.add_argument("--files", type=int, default=0, help="measure an unchanged folder of so many files too")
    parser.add_argument("--only", nargs="*", choices=tuple(PARTS), default=[])
    parser.add_argument("--out", type=Path, default=ROOT / "bench-results")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        name, *rest = given.part
        print(json.dumps(unchanged(int(rest[0])) if name == "unchanged" else PARTS[name](*map(Path, rest))))
        return 0
    figures: Figures = {"machine": machine(), "homes": []}
    for home in map(Path.resolve, given.homes):
        one = {"passages": held(home)} | measured(home, (given.source or home).resolve(), given.only)
        figures["homes"].append(one)
        # What is measured is kept, should the rest be broken off.
        written(figures, given.out.resolve())
    if given.files:
        figures["folder"] = part("unchanged", str(given.files))
    print(written(figures, given.out.resolve()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
