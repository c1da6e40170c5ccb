"""The levels of numbering inside an article or a report: 2 → (b) → (iii), each with its own way of writing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.marks import Mark

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii",
          "xviii", "xix", "xx")  # fmt: skip
# Figures at the start of wrapped lines are no numbers: only a few may have been lost since the last one.
LOST = 3


@dataclass(slots=True)
class Level:
    """One level: `kind` is number, letter, roman or capital; `run` the running numbers that it belongs to."""

    kind: str
    value: str
    style: str
    run: int | None = None


class Levels:
    """Where the numbering stands, outermost level first."""

    def __init__(self) -> None:
        self._levels: list[Level] = []
        self._outer: Level | None = None
        self._fresh = True
        self._inside: dict[int, int] = {}  # run → the run whose paragraph it is a list of

    def __bool__(self) -> bool:
        return bool(self._levels)

    @property
    def path(self) -> tuple[str, ...]:
        """The values in force: ("2", "b", "iii")."""
        return tuple(level.value for level in self._levels)

    @property
    def number(self) -> int | None:
        """The outermost number, None where there is none."""
        first = self._levels[0] if self._levels else None
        return int(first.value) if first is not None and first.kind == "number" else None

    def restart(self) -> None:
        """An article or a larger part begins: nothing goes on from before."""
        self._levels, self._outer, self._fresh = [], None, True

    def heading(self) -> None:
        """A plain heading: numbers may go on, or begin anew."""
        self._fresh = True
        del self._levels[1:]

    def close(self) -> None:
        """Text without a number ends the lists inside the numbered paragraph."""
        del self._levels[1:]

    def join(self, mark: Mark, run: int) -> None:
        """Take the number of a line that is known to belong to running numbers."""
        at = next((n for n, level in enumerate(self._levels) if level.run == run), None)
        level = Level("number", mark.value, mark.style, run)
        if at is not None:
            self._put(at, level)
        elif self._outer is not None and self._outer.run == run:
            self._levels, self._outer = [level], None
        elif self._nested(mark, run):
            self._put(1, level)
        else:
            self._begin(level)
        self._fresh = False

    def _nested(self, mark: Mark, run: int) -> bool:
        """Whether the run is a list inside the paragraph in force: it began there, or does so now."""
        base = self._levels[0].run if self._levels else None
        if base is None:
            return False
        if mark.value == "1" and not self._fresh:
            self._inside[run] = base
        return self._inside.get(run) == base

    def take(self, mark: Mark) -> bool:
        """Find the mark's level and step it; False where the mark does not fit, so that it is none."""
        taken = self._number(mark) if mark.kind == "number" else self._letter(mark)
        if taken:
            self._fresh = False
        return taken

    def _begin(self, level: Level) -> None:
        first = self._levels[0] if self._levels else None
        if first is not None and first.run is not None:
            self._outer = first
        self._levels = [level]

    def _put(self, at: int, level: Level) -> bool:
        self._levels[at:] = [level]
        return True

    def _number(self, mark: Mark) -> bool:
        number = int(mark.value)
        own = [n for n, level in enumerate(self._levels) if level.kind == "number" and level.style == mark.style]
        for at in reversed(own):
            if int(self._levels[at].value) + 1 == number:
                return self._put(at, Level("number", mark.value, mark.style, self._levels[at].run))
        if self._outer is not None and int(self._outer.value) + 1 == number:
            self._levels, self._outer = [Level("number", mark.value, mark.style, self._outer.run)], None
            return True
        if number == 1:
            return self._first(Level("number", "1", mark.style), own)
        for at in reversed(own):
            last = int(self._levels[at].value)
            if last < number <= last + LOST:
                return self._put(at, Level("number", mark.value, mark.style, self._levels[at].run))
        first = self._levels[0] if self._levels else None
        if first is not None and first.kind == "number" and int(first.value) + 1 == number and mark.style != "bare":
            return self._put(0, Level("number", mark.value, mark.style, first.run))
        return False

    def _first(self, level: Level, own: list[int]) -> bool:
        if self._fresh and self._levels and self._levels[0].kind == "number":
            self._begin(level)
        elif own and own[-1] > 0:
            self._put(own[-1], level)
        else:
            self._levels.append(level)
        return True

    def _letter(self, mark: Mark) -> bool:
        value = mark.value
        kind = "capital" if value.isupper() else "letter"
        for at in range(len(self._levels) - 1, -1, -1):
            level = self._levels[at]
            if level.kind == "roman" and value in _ROMAN and level.style == mark.style:
                if _ROMAN.index(value) == _ROMAN.index(level.value) + 1:
                    return self._put(at, Level("roman", value, mark.style))
            elif level.kind == kind and level.style == mark.style and _follows(level.value, value):
                return self._put(at, Level(kind, value, mark.style))
        if value == "i":
            return self._inner(Level("roman", value, mark.style))
        if value in {"a", "A"}:
            return self._inner(Level(kind, value, mark.style))
        # A letter whose neighbours were lost counts where it is written in brackets, which nothing else is.
        if mark.style != "()" or kind == "capital":
            return False
        return self._inner(Level("roman" if len(value) > 1 and value in _ROMAN else kind, value, mark.style))

    def _inner(self, level: Level) -> bool:
        """Set a level inside the last one, or anew where its kind stands already."""
        for at in range(len(self._levels)):
            if self._levels[at].kind == level.kind and self._levels[at].style == level.style:
                return self._put(at, level)
        self._levels.append(level)
        return True


def _follows(last: str, value: str) -> bool:
    if len(last) == 1 and len(value) == 1:
        return ord(value) == ord(last) + 1
    # After z come aa, bb.
    return bool(re.fullmatch(r"([a-z])\1", value)) and (
        last == "z" or (len(last) == 2 and ord(value[0]) - ord(last[0]) == 1)
    )
