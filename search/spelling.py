"""Mending a misspelt word of a question by the terms that the index holds."""

from __future__ import annotations

from typing import Protocol

PREFIX = 3
ENOUGH = 3


class Terms(Protocol):
    """What is asked of an index here: which terms it holds, and in how many passages."""

    def frequency(self, term: str) -> int:
        """Number of passages whose text holds the term."""
        ...

    def terms_with_prefix(self, prefix: str) -> list[tuple[str, int]]:
        """Terms that begin so with their numbers of passages, commonest first."""
        ...


def distance(one: str, other: str, limit: int = 2) -> int:
    """Optimal string alignment distance (insertion, deletion, substitution, neighbouring swap), cut off above `limit`."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        line = [row]
        for column, right in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > limit:
            return limit + 1
        before, last = last, line
    return last[-1]


def similar_term(index: Terms, term: str) -> str | None:
    """The commonest term of the index one slip away (two for long words), None where there is none."""
    limit = 2 if len(term) > 7 else 1
    best: tuple[int, int, str] | None = None
    for other, often in index.terms_with_prefix(term[:PREFIX]):
        if often < ENOUGH:
            break
        away = distance(term, other, limit)
        if away <= limit and (best is None or (-away, often) > (-best[0], best[1])):
            best = (away, often, other)
    return best[2] if best else None


def common_term(index: Terms, prefix: str) -> str | None:
    """The commonest term of the index that begins so, None where none is common enough."""
    term, often = next(iter(index.terms_with_prefix(prefix)), ("", 0))
    return term if often >= ENOUGH else None
