"""Against guessing: after some wrong passwords each further try has to wait, longer each time.

Three things are counted: an account from one address, an address whatever the account, an account whatever the address. The
last makes others wait a minute at most, and whoever signed in from an address before is never held up by it: nobody can shut
somebody else out for good.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST = 20_000
FORGOTTEN = 3600.0


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong tries are free; the wait after the next one, which doubles; the longest wait. In seconds."""

    free: int
    first: float
    longest: float


PAIR, ADDRESS, ACCOUNT = Limit(5, 5.0, 900.0), Limit(20, 5.0, 900.0), Limit(50, 5.0, 60.0)


@dataclass(slots=True)
class _Count:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class Guesses:
    """The wrong tries of a running page."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def _kept(self, name: str, address: str) -> list[tuple[tuple[str, str], Limit]]:
        account = name.casefold()[:80]
        kept = [((account, address), PAIR), (("", address), ADDRESS)]
        if (account, address) not in self._known:
            kept.append(((account, ""), ACCOUNT))
        return kept

    def wait(self, name: str, address: str) -> float:
        """Seconds until this account may be tried from this address; 0 where at once. A try meanwhile counts for nothing."""
        now = self._clock()
        with self._lock:
            counts = [self._counts.get(key) for key, _ in self._kept(name, address)]
        return max([0.0, *(count.until - now for count in counts if count)])

    def wrong(self, name: str, address: str) -> float:
        """Count a wrong try; returns how long the next one has to wait."""
        now = self._clock()
        with self._lock:
            for key, limit in self._kept(name, address):
                count = self._counts.pop(key, _Count())
                if now - count.last > FORGOTTEN:
                    count = _Count()
                count.wrong, count.last = count.wrong + 1, now
                over = count.wrong - limit.free
                if over >= 0:
                    count.until = now + min(limit.longest, limit.first * 2 ** min(over, 20))
                self._counts[key] = count
            while len(self._counts) > MOST:
                self._counts.popitem(last=False)
        return self.wait(name, address)

    def right(self, name: str, address: str) -> None:
        """Somebody signed in: their own wrong tries are forgotten, those of others are not."""
        with self._lock:
            pair = (name.casefold()[:80], address)
            self._counts.pop(pair, None)
            self._known[pair] = None
            self._known.move_to_end(pair)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
