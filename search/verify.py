"""The last check before a quotation is shown: it must stand, word for word, on the stored page that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from corpus.records import StoredPassage
from corpus.store import Store

_BLANKS = re.compile(r"\s+")
MIN_PART = 25


def squash(text: str) -> str:
    """The text without any white space: what must agree between a quotation and its page."""
    return _BLANKS.sub("", text)


@dataclass(frozen=True, slots=True)
class Proven:
    """A quotation, or the part of one that stands on one page."""

    text: str
    page: int
    page_label: str


class Prover:
    """Proves quotations against the store; remembers pages for the length of one answer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pages: dict[tuple[str, int], tuple[str, str]] = {}

    def prove(self, quote: str, stored: StoredPassage) -> list[Proven]:
        """Where the quotation stands. One that runs over a page break comes back as two, each on its page, even where a file
        without pages holds that break; one that stands nowhere comes back as none."""
        pages = sorted({span.page for span in stored.passage.spans})
        wanted = squash(quote)
        if not wanted:
            return []
        for page in pages:
            text, label = self._page(stored.document_id, page)
            if wanted in text:
                return [Proven(quote, page, label)]
        # What is left out inside a page, such as the foot and head of printed pages in a text file, parts spans too.
        inside = [(span.page, span.page) for span, after in pairwise(stored.passage.spans) if span.page == after.page]
        for first, second in [*pairwise(pages), *dict.fromkeys(inside)]:
            parts = self._split(quote, stored.document_id, first, second)
            if parts:
                return parts
        return []

    def _split(self, quote: str, document_id: str, first: int, second: int) -> list[Proven]:
        before, before_label = self._page(document_id, first)
        after, after_label = self._page(document_id, second)
        for blank in reversed(list(_BLANKS.finditer(quote))):
            head, tail = quote[: blank.start()], quote[blank.end() :]
            if squash(head) in before:
                if squash(tail) not in after:
                    return []
                parts = [Proven(head, first, before_label), Proven(tail, second, after_label)]
                return [part for part in parts if len(part.text) >= MIN_PART]
        return []

    def _page(self, document_id: str, number: int) -> tuple[str, str]:
        key = (document_id, number)
        if key not in self._pages:
            page = self._store.page(document_id, number)
            self._pages[key] = (squash(page.text), page.label) if page else ("", "")
        return self._pages[key]
