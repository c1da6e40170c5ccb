"""`make bench`: ours and stock Haystack in one run, then questions, start-up and growth. It writes tables, it fails on nothing.

Every measured command is a process of its own. What could not be measured is named with its reason in the tables.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from measure import MEGABYTE, Run, run, table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
QUESTIONS = HERE / "questions.txt"
PROGRAM = Path(sys.executable).parent / "rapporteur"
# 25 files, 531 pages: designed reports, UN documents in two columns of numbered paragraphs, old ones with poor text.
SETS = (("trafficking-reports", 11), ("upr-reports", 5), ("un-reports-2025", 9))
COLD_STARTS = 5
SIZES = (1_000, 10_000, 100_000)
SOME_INPUT_FAILED = 1

Figures = dict[str, Any]


def environment() -> dict[str, str]:
    """The environment of every measured command: nobody's settings, no telemetry, no network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAPPORTEUR_", "PYTHON"))}
    return kept | {"HAYSTACK_TELEMETRY_ENABLED": "False", "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}


def choose(realdocs: Path) -> list[Path]:
    """The PDFs, always the same: the first so many of each set by name, copies of equal bytes left out."""
    chosen: list[Path] = []
    seen: set[str] = set()
    for name, wanted in SETS:
        taken = 0
        for path in sorted((realdocs / name).rglob("*.pdf")):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if taken < wanted and digest not in seen:
                seen.add(digest)
                chosen.append(path)
                taken += 1
    return chosen


class Bench:
    """One run of the benchmarks, with its folder for homes and what it has measured so far."""

    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self.folder = folder
        self.arguments = arguments
        self.env = environment()
        self.home: Path | None = arguments.home
        self.pdfs = choose(arguments.shared / "realdocs")
        self.figures: Figures = {}

    def command(self, *arguments: str | Path) -> tuple[Figures, Run]:
        """Run `rapporteur ... --json`: its answer and what it took."""
        accept = (0, SOME_INPUT_FAILED)
        done = run([PROGRAM, *arguments, "--json", "--quiet"], env=self.env, cwd=self.folder, accept=accept)
        return json.loads(done.stdout), done

    def script(self, python: str | Path, name: str, *arguments: str | Path) -> Figures:
        """Run a script beside this one: the JSON of its last line."""
        done = run([python, HERE / name, *arguments], env=self.env, cwd=self.folder)
        answer: Figures = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    def ingest_ours(self, number: int) -> Figures:
        """Ingest the PDFs into a fresh home whose model has been converted before, by a first small ingestion."""
        home = self.folder / f"home-{number}"
        first = self.folder / f"first-{number}"
        first.mkdir()
        (first / "note.txt").write_text("A first note, so that the model is there.\n", encoding="utf-8")
        _, prepared = self.command("ingest", first, "--home", home)
        answer, done = self.command("ingest", *self.pdfs, "--home", home)
        _, again = self.command("ingest", *self.pdfs, "--home", home)
        self.home = self.home or home
        return {name: answer[name] for name in ("pages", "passages", "seconds", "indexed", "failed")} | {
            "wall_seconds": done.seconds,
            "cpu_seconds": done.cpu_seconds,
            "peak_bytes": done.peak_bytes,
            "first_seconds": prepared.seconds,
            "unchanged_seconds": again.seconds,
        }

    def ingest_stock(self) -> Figures:
        """The same files through stock Haystack; its time includes saving, for ours is on disk when it ends too."""
        python = self.arguments.stock_python
        answer = self.script(python, "stock_haystack.py", "--questions", QUESTIONS, *self.pdfs)
        work = answer["seconds"] + answer["save_seconds"]
        # Its process goes on with counting and asking: what one pays is the start, the work and the saving.
        return answer | {
            "seconds": work,
            "wall_seconds": answer["load_seconds"] + work,
            "cpu_seconds": answer["load_cpu_seconds"] + answer["cpu_seconds"],
        }

    def ingestion(self) -> str:
        """Ours and stock by turns, so that a machine that gets slower or faster meets both."""
        if not self.pdfs:
            raise FileNotFoundError(f"no PDFs under {self.arguments.shared / 'realdocs'}")
        ours, stock = [], []
        for number in range(self.arguments.rounds):
            ours.append(self.ingest_ours(number))
            if self.arguments.stock_python:
                stock.append(self.ingest_stock())
        self.figures["ingestion"] = {"files": [path.name for path in self.pdfs], "ours": ours, "stock": stock}
        rows = [_ingest_row(f"ours, round {n}", one, 0) for n, one in enumerate(ours, 1)]
        rows += [
            _ingest_row(f"stock Haystack, round {n}", one, one["tokens_dropped"]) for n, one in enumerate(stock, 1)
        ]
        if stock:
            work, whole, cpu = (
                _median(stock, name) / _median(ours, name) for name in ("seconds", "wall_seconds", "cpu_seconds")
            )
            rows.append(["ours is faster by the factor", None, None, work, None, whole, cpu, None, None])
        columns = ["seconds", "pages/s", "s with start", "CPU s with start", "peak MB", "tokens lost"]
        columns = [f"{len(self.pdfs)} PDFs", "pages", "passages", *columns]
        notes = (
            f"\nOurs again, unchanged: {_median(ours, 'unchanged_seconds'):.2f} s. "
            f"First ingestion of a home, with the model's conversion: {_median(ours, 'first_seconds'):.1f} s.\n"
        )
        if stock:
            share = stock[0]["tokens_dropped"] / stock[0]["tokens"]
            notes += (
                f"Stock Haystack drops {share:.1%} of the tokens and cuts {stock[0]['passages_truncated']} passages.\n"
            )
        return table("Ingestion", columns, rows) + notes

    def questions(self) -> str:
        """Warm latency over the home that the ingestion made (or `--home`)."""
        if self.home is None:
            raise FileNotFoundError("no knowledge base to ask; give one with --home")
        answer = self.script(sys.executable, "ours.py", self.home, QUESTIONS)
        self.figures["questions"] = answer
        rows = [
            ["ours: search", answer["search"]["p50_ms"], answer["search"]["p95_ms"], answer["peak_bytes"] / MEGABYTE],
            ["ours: ask", answer["ask"]["p50_ms"], answer["ask"]["p95_ms"], None],
        ]
        for one in self.figures.get("ingestion", {}).get("stock", [])[:1]:
            rows.append(["stock Haystack: hybrid retrieval", one["search_p50_ms"], one["search_p95_ms"], None])
        return table("Questions, warm, one after the other", ["", "p50 ms", "p95 ms", "peak MB"], rows)

    def start(self) -> str:
        """`rapporteur search` from the command line to its end, process start included."""
        if self.home is None:
            raise FileNotFoundError("no knowledge base to ask; give one with --home")
        query = ("search", "recovery and reflection period", "--home", self.home)
        first, *others = [self.command(*query)[1] for _ in range(1 + COLD_STARTS)]
        seconds, peak = [one.seconds for one in others], max(one.peak_bytes for one in others)
        self.figures["start"] = {"first_seconds": first.seconds, "seconds": seconds, "peak_bytes": peak}
        rows = [[first.seconds, statistics.median(seconds), max(seconds), peak / MEGABYTE]]
        return table("Cold start of `rapporteur search`", ["first s", "median s", "slowest s", "peak MB"], rows)

    def growth(self) -> str:
        """From a thousand passages to a hundred thousand or more, made from the real ones (see derived.py)."""
        if self.home is None:
            raise FileNotFoundError("no knowledge base to grow from; give one with --home")
        rows, kept = [], []
        for size in self.arguments.sizes:
            home = self.folder / f"growth-{size}"
            one = self.script(sys.executable, "scale.py", self.home, home, str(size), QUESTIONS)
            kept.append(one)
            times = [one[name][part] for name in ("search", "ask") for part in ("p50_ms", "p95_ms")]
            work = [one[name]["cpu_p95_ms"] for name in ("search", "ask")]
            rest = [one[name] for name in ("open_seconds", "add_seconds", "searches_per_second")]
            rows.append([size, *times, *work, *rest, one["bytes"] / MEGABYTE, one["peak_bytes"] / MEGABYTE])
            # A million passages take some gigabytes.
            shutil.rmtree(home)
        self.figures["growth"] = kept
        columns = ["passages", "search p50 ms", "p95", "ask p50 ms", "p95", "search CPU p95", "ask CPU p95"]
        columns += ["open s", "add 50 s", "searches/s, 8 clients", "disk MB", "peak MB"]
        return table("Growth", columns, rows)


def _median(rounds: list[Figures], name: str) -> float:
    return statistics.median(one[name] for one in rounds)


def _ingest_row(name: str, one: Figures, lost: int) -> list[object]:
    rate, peak = one["pages"] / one["seconds"], one["peak_bytes"] / MEGABYTE
    times = [float(one["seconds"]), rate, one["wall_seconds"], one["cpu_seconds"]]
    return [name, one["pages"], one["passages"], *times, peak, lost]


def machine() -> Figures:
    """What the figures were measured on."""
    versions = {}
    for name in ("rapporteur-kb", "torch", "openvino", "faiss-cpu", "tantivy", "haystack-ai"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "when": time.strftime("%Y-%m-%d %H:%M"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "load_at_start": psutil.getloadavg()[0],
        "versions": versions,
    }


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Benchmarks; writes Markdown and JSON.")
    parser.add_argument("--stock-python", help="the interpreter of the environment with stock Haystack")
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("RAPPORTEUR_SHARED") or ROOT.parent / "shared")
    )
    parser.add_argument("--home", type=Path, help="ask this knowledge base instead of the one that is made here")
    parser.add_argument("--out", type=Path, default=ROOT / "bench-results")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--only", nargs="*", choices=("ingestion", "questions", "start", "growth"))
    arguments = parser.parse_args()
    for name in ("shared", "home", "out"):
        if getattr(arguments, name) is not None:
            setattr(arguments, name, getattr(arguments, name).resolve())
    if arguments.stock_python:
        # Not resolved: an environment's interpreter is a link, and following it leaves the environment.
        arguments.stock_python = str(Path.cwd() / arguments.stock_python)
    return arguments


def main() -> int:
    """Measure all parts, print the tables, and keep them."""
    arguments = parse()
    figures: Figures = {"machine": machine()}
    parts = [f"# Benchmarks, {figures['machine']['when']}\n", f"{json.dumps(figures['machine'])}\n"]
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as folder:
        bench = Bench(Path(folder), arguments)
        steps: list[Callable[[], str]] = [bench.ingestion, bench.questions, bench.start, bench.growth]
        for step in steps:
            name = step.__name__
            if arguments.only and name not in arguments.only:
                continue
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            try:
                parts.append(step())
            except Exception as error:  # noqa: BLE001 - a benchmark that cannot run is named in the table, the rest goes on
                parts.append(f"## {name.capitalize()}: not measured\n\n{type(error).__name__}: {error}\n")
                bench.figures[name] = {"error": f"{type(error).__name__}: {error}"}
        figures |= bench.figures
    text = "\n".join(parts)
    print(text)
    arguments.out.mkdir(parents=True, exist_ok=True)
    stem = time.strftime("bench-%Y%m%d-%H%M%S")
    (arguments.out / f"{stem}.md").write_text(text, encoding="utf-8")
    (arguments.out / f"{stem}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    print(f"written: {arguments.out / stem}.md and .json", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
