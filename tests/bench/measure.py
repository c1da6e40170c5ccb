"""Running a command under a stopwatch and a memory meter, and writing what was measured as tables."""

from __future__ import annotations

import math
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

MEGABYTE = 1_000_000
TICK = 0.05


@dataclass(frozen=True)
class Run:
    """One finished command: what it printed, wall and processor seconds, the highest sum of its processes' resident bytes.

    Pages that several processes share are counted once for each, so the sum is an upper bound.
    """

    stdout: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int


class CommandError(Exception):
    """A measured command ended badly; the message holds its last words."""


def run(command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, accept: Sequence[int] = (0,)) -> Run:
    """Run a command to its end and measure it.

    Raises:
        CommandError: its exit code is not among `accept`.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        begun, used = time.perf_counter(), cpu_of_children()
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err, env=dict(env), cwd=cwd)
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watcher.start()
        code = process.wait()
        seconds = time.perf_counter() - begun
        watcher.join()
        out.seek(0)
        err.seek(0)
        if code not in accept:
            raise CommandError(f"{Path(str(command[0])).name} ended with {code}: {err.read()[-1500:].strip()}")
        return Run(out.read(), seconds, cpu_of_children() - used, peak[0])


def cpu_of_children() -> float:
    """Processor seconds of all finished children and what they waited for; other programs' load does not change them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], tree_bytes(process.pid))
        time.sleep(TICK)


def tree_bytes(pid: int) -> int:
    """Resident bytes of a process and all that it started."""
    total = 0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def latencies(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {"p50_ms": percentile(milliseconds, 0.5), "p95_ms": percentile(milliseconds, 0.95)}


def number(value: object) -> str:
    """A figure as a table shows it: three significant digits, thousands set apart, a dash for what was not measured."""
    if value is None:
        return "–"
    if isinstance(value, float):
        digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
        return f"{value:,.{min(digits, 3)}f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table with a heading; the first column is text, the others are figures."""
    lines = [f"## {title}", "", "| " + " | ".join(columns) + " |", "| --- |" + " --: |" * (len(columns) - 1)]
    lines += ["| " + " | ".join(number(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
