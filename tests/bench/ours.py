"""Latency of a warm knowledge base: one line of JSON. Run in the project's environment: `ours.py HOME QUESTIONS.txt`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from measure import latencies

WARM_UPS = 5
ROUNDS = 3


def timed(call: Callable[[str], object], questions: list[str]) -> dict[str, float]:
    """Milliseconds of each question, one after the other, after a few that do not count."""
    times = []
    for question in questions[:WARM_UPS] + questions * ROUNDS:
        begun = time.perf_counter()
        call(question)
        times.append((time.perf_counter() - begun) * 1000)
    return latencies(times[WARM_UPS:])


def main() -> int:
    """Open the home as the page and the command line do, and ask."""
    begun = time.perf_counter()
    from ui.service import KnowledgeBase

    questions = [line for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines() if line.strip()]
    base = KnowledgeBase(Path(sys.argv[1]))
    base.search(questions[0], 10)
    ready = time.perf_counter()
    result: dict[str, object] = {
        "load_seconds": ready - begun,
        "search": timed(lambda question: base.search(question, 10), questions),
        "ask": timed(base.ask, questions),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
