"""Numbers of pages as a person writes them, and read back from a sentence."""

from __future__ import annotations

from collections.abc import Iterable


def in_words(pages: Iterable[int]) -> str:
    """ "page 3", "pages 3, 5–9"; the pages may come in any order."""
    found: list[list[int]] = []
    for page in sorted(set(pages)):
        if found and page == found[-1][1] + 1:
            found[-1][1] = page
        else:
            found.append([page, page])
    named = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found)
    return f"page {named}" if named.isdecimal() else f"pages {named}"


def numbers(named: str) -> set[int]:
    """The pages of "3, 5–9"."""
    pages: set[int] = set()
    for part in named.split(","):
        first, _, last = part.strip().partition("–")
        if first.isdecimal():
            pages.update(range(int(first), int(last or first) + 1))
    return pages
