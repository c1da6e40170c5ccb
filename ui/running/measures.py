"""What the server counts, in the text format of Prometheus."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from bisect import bisect_left
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# M_ARENA_MAX of malloc.h.
_ARENA_MAX = -8
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Measures:
    """Requests by kind and status, and how long they took in seconds. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, int], int] = {}
        self._within = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def count(self, kind: str, status: int, seconds: float) -> None:
        """One request more."""
        with self._lock:
            self._requests[kind, status] = self._requests.get((kind, status), 0) + 1
            self._within[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def text(self, gauges: Mapping[str, float]) -> str:
        """Everything counted so far, with these momentary values by name."""
        with self._lock:
            requests, within, seconds = dict(self._requests), list(self._within), self._seconds
        lines = ["# TYPE rapporteur_requests_total counter"]
        lines += [
            f'rapporteur_requests_total{{kind="{kind}",status="{status}"}} {n}'
            for (kind, status), n in sorted(requests.items())
        ]
        lines.append("# TYPE rapporteur_request_seconds histogram")
        total = 0
        for bound, n in zip((*map(str, BOUNDS), "+Inf"), within, strict=True):
            total += n
            lines.append(f'rapporteur_request_seconds_bucket{{le="{bound}"}} {total}')
        lines += [f"rapporteur_request_seconds_sum {seconds:.6f}", f"rapporteur_request_seconds_count {total}"]
        for name, value in gauges.items():
            lines += [f"# TYPE rapporteur_{name} gauge", f"rapporteur_{name} {value:g}"]
        return "\n".join(lines) + "\n"


def few_arenas() -> None:
    """Have the threads of this process share two pools of memory. The C library of Linux would give many threads one each,
    and what one of them frees the others cannot use: the process grows for as long as documents come and go."""
    if sys.platform == "linux":
        # Another C library than GNU's has no such setting, and no such pools.
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def memory() -> float:
    """The memory that this process holds, in bytes; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return float(pages * os.sysconf("SC_PAGE_SIZE"))
