"""A knowledge base of any size, measured: one line of JSON. Run in the project's environment:

    scale.py SOURCE_HOME NEW_HOME PASSAGES QUESTIONS.txt

NEW_HOME is made from SOURCE_HOME where it is not there yet (`derived.py` says how), with its indexes. Then a process of its
own opens it as the page does and asks every question by itself: none of the model's work is left over from the one before.
Wall and processor time are both given, for other programs' load changes only the first. At last documents are added.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from derived import Source, copied, documents, put
from measure import percentile

from corpus.store import Store
from search.embed import open_embedder
from ui.service import KnowledgeBase

WARM_UPS, ROUNDS, ADDED, OF_ONE, CLIENTS = 5, 3, 5, 50, 8


def make(source: Path, home: Path, passages: int) -> None:
    """Fill a home and derive its indexes."""
    home.mkdir(parents=True)
    shutil.copytree(source / "models", home / "models")
    fingerprint = open_embedder(source).fingerprint
    real, store = Source(source, fingerprint), Store(home, create=True)
    for parsed, vectors in documents(real, passages):
        put(store, parsed, vectors, fingerprint)
    store.close()
    real.close()
    base = KnowledgeBase(home)
    base.engine().refresh()
    base.close()


def asked(base: KnowledgeBase, call: Callable[[str], object], questions: list[str]) -> dict[str, float]:
    """Milliseconds of each question, one after the other."""
    wall, work = [], []
    for question in questions[:WARM_UPS] + questions * ROUNDS:
        # The model keeps the vectors of what was asked last.
        getattr(base.embedder(), "_asked", {}).clear()
        begun, used = time.perf_counter(), time.process_time()
        call(question)
        wall.append(1000 * (time.perf_counter() - begun))
        work.append(1000 * (time.process_time() - used))
    wall, work = wall[WARM_UPS:], work[WARM_UPS:]
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    found = {name: percentile(wall, share) for name, share in shares.items()}
    return found | {f"cpu_{name}": percentile(work, share) for name, share in shares.items()}


def together(base: KnowledgeBase, questions: list[str]) -> float:
    """Searches a second when several ask at once."""
    many = questions * 2 * ROUNDS
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda question: base.search(question, 10), many))
    return len(many) / (time.perf_counter() - begun)


def added(base: KnowledgeBase, source: Path) -> dict[str, float]:
    """The quickest of several documents: seconds until it is stored and a search has gone over it."""
    fingerprint = base.embedder().fingerprint
    real = Source(source, fingerprint)
    wall, work = [], []
    for number in range(ADDED):
        one = real.original(number)
        one = replace(one, passages=one.passages[:OF_ONE], keys=one.keys[:OF_ONE])
        name = f"added-{time.time_ns()}"
        parsed, vectors = copied(one, real.vectors(one), name, f"Added {name}")
        begun, used = time.perf_counter(), time.process_time()
        put(base.store, parsed, vectors, fingerprint)
        base.search("recovery and reflection period", 10)
        wall.append(time.perf_counter() - begun)
        work.append(time.process_time() - used)
        if base.document(name).id != name:
            raise AssertionError("the document that was added is not there")
        base.store.remove(name)
        base.search("recovery and reflection period", 10)
    return {"add_seconds": min(wall), "add_cpu_seconds": min(work)}


def measured(source: Path, home: Path, questions: list[str]) -> dict[str, Any]:
    """Everything, in the order in which a new process comes to it."""
    begun = time.perf_counter()
    base = KnowledgeBase(home)
    base.search(questions[0], 10)
    found: dict[str, Any] = {"passages": base.store.counts()["passages"], "open_seconds": time.perf_counter() - begun}
    base.ask(questions[0])
    found["search"] = asked(base, lambda question: base.search(question, 10), questions)
    found["ask"] = asked(base, base.ask, questions)
    found["searches_per_second"] = together(base, questions)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    found |= {"peak_bytes": peak} | added(base, source)
    base.close()
    # The model weighs the same whatever is held.
    held = [file for file in home.rglob("*") if file.is_file() and home / "models" not in file.parents]
    return found | {"bytes": sum(file.stat().st_size for file in held)}


def main() -> int:
    """Carry out the command line."""
    source, home = Path(sys.argv[1]), Path(sys.argv[2])
    if not home.exists():
        make(source, home, int(sys.argv[3]))
        # Making it leaves its memory behind in this process: another one asks.
        return subprocess.run([sys.executable, *sys.argv], check=False).returncode
    lines = Path(sys.argv[4]).read_text(encoding="utf-8").splitlines()
    print(json.dumps(measured(source, home, [line for line in lines if line.strip()])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
