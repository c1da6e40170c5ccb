"""The headings above a paragraph: parts, chapters, articles with their titles, and plain headings."""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.records import OutlineEntry
from ingest.lines import Line
from ingest.marks import ANNEX_RANK, ARTICLE_RANK, Division, division, mark_at, outline_heading
from ingest.parts import ATTACHED

LOWEST_PART = ANNEX_RANK
# It stands at the top of its text: whatever annex came before, in another language, is over.
PREAMBLE = Division(LOWEST_PART, "Preamble", "")
SECTION_RANK = 13
NUMBERED_RANK = 6
DECISION_RANK = 3
TITLE_LENGTH = 110
SMALL_TITLE = 70
INNERMOST = 99
_CONTENTS = re.compile(
    r"(?:table of )?contents|inhoud(?:sopgave)?|sommaire|table des matières|содержание", re.IGNORECASE
)
# "Article 13" at a line's end, and these on the next: a sentence that mentions it.
_MENTION = re.compile(
    r"(?:of|and|or|to|in|on|by|for|from|shall|above|below|paragraphs?|which|provides?|applies|is|are|as|if)\b"
)
TERMINAL = re.compile(r"[.!?:;。؟…][\"'”’»)\]*_]*(?:\s?\(\d[\d,\s-]*\))?\d{0,3}$")
# Dates and places of meetings stand under decisions in the type of headings.
DATED = re.compile(
    r"\(?(?:[A-Z]\w+,\s+)?\d{1,2}(?:er|st|nd|rd|th)?\.?\s+\w+\s+(?:19|20)\d{2}[.)]?|\d+(?:st|nd|rd|th) meeting"
)
# What stands behind the last article and is no part of it.
_CLOSING = re.compile(
    r"(?:in (?:witness|faith) (?:whereof|thereof)|in testimony whereof|en foi de quoi|ten blijke waarvan|"
    r"zu urkund dessen|done (?:at|in) [A-Z]|gedaan te [A-Z]|fait à [A-Z]|geschehen zu [A-Z])",
    re.IGNORECASE,
)
# In a collection, the next text that is no statement on the last one.
_NEXT_TEXT = re.compile(r"(?:decision|resolution|décision|résolution|beschluss|решение) (?:no|n°|nr|№)", re.IGNORECASE)
_DECISION = re.compile(r"(?:DECISION|DÉCISION|BESCHLUSS|РЕШЕНИЕ) (?:No\.?|N°|Nr\.|№) ?\d[\w/.()-]*")
OPEN_END = re.compile(r"(?:[,–—-]|\b(?:and|or|of|the|to|in|for|a|an|et|ou|de|la|und|oder))$", re.IGNORECASE)


class Headings:
    """The headings in force while a document is read from its first line to its last."""

    def __init__(self, *, reflowed: bool, widths: dict[int, int]) -> None:
        self._reflowed = reflowed
        self._widths = widths
        self._stack: list[tuple[int, str]] = []
        self._pending: Division | None = None
        self._last: Line | None = None
        self._capitals = False  # the last line is the first of a title in capitals
        self._level = 0  # that the format gives to the headings of parts and articles
        self._empty = False  # the article just opened has no text yet
        self._inside = 0  # level of the headings inside the article in force
        self.article: str | None = None
        self.preamble = False
        self.part = ""  # the annex or attachment in force
        self.outline: list[OutlineEntry] = []

    @property
    def path(self) -> tuple[str, ...]:
        """The headings in force, outermost first."""
        return tuple(text for _, text in self._stack)

    @property
    def _capitals_wanted(self) -> bool:
        return self._attached or (self._pending is not None and self._pending.rank < LOWEST_PART)

    @property
    def _attached(self) -> bool:
        return self.part.startswith(ATTACHED)

    def forget_title(self) -> None:
        """Text has begun: what follows is not the title of the article just opened."""
        self._pending, self._empty = None, False

    def close(self, text: str) -> bool:
        """Leave the last article, and all parts, where the text is the formula behind it ("In witness whereof …")."""
        if self.article is None or not _CLOSING.match(text):
            return False
        self._stack = [entry for entry in self._stack if entry[0] < LOWEST_PART]
        self.article = None
        return True

    def take(self, line: Line, following: Line | None, *, fresh: bool, numbered: bool) -> Division | Line | None:
        """The division or plain heading that the line opens or goes on with; None where it is text.

        `fresh` says that the line stands alone, `numbered` that paragraphs are numbered at present.
        """
        if line.continues:
            return self._go_on(line)
        if line.table or DATED.fullmatch(line.text):
            return None
        found = division(line.text) if fresh or line.heading else None
        if found is not None and found.article is None and self._pending is not None and 0 < self._level < line.heading:
            found = None  # an article with the title "Appendix"
        goes_on = following is not None and following.text[:1].islower()
        if found is not None and (line.heading or not goes_on or _entitled(found, line, following)):
            self.open(found, line)
            return found
        if _DECISION.fullmatch(line.text) and (fresh or (following is not None and following.text.isupper())):
            self._push(line.heading or DECISION_RANK, line.text, line)
            self._pending = Division(line.heading or DECISION_RANK, line.text, "")
            return line
        if self._pending is not None and self._is_title(line, following):
            self._entitle(line)
            self._capitals = not line.heading and line.text.isupper()
            self._last = line if line.heading or self._capitals else None
            return line
        if self._breaks_off(line):
            self._prolong(line)
            return line
        if line.heading:
            self._push(self._rank(line, following), line.text.strip("*_ "), line)
            return line
        if self.article is not None and mark_at(line.text, in_article=True, plain_letters=True) is not None:
            return None
        rank = outline_heading(line.text) if fresh and self.short(line) and not goes_on else None
        if rank is not None and (rank < 6 or not numbered) and not OPEN_END.search(line.text):
            self._push(rank, line.text, line)
            return line
        return None

    def numbered(self, line: Line) -> Line:
        """Take a line known to be one of the document's numbered headings."""
        self._push(line.heading or NUMBERED_RANK, line.text.strip("*_ "), line)
        return line

    def short(self, line: Line) -> bool:
        """Whether the line leaves a good part of the page's width free."""
        return len(line.text) < 0.8 * self._widths[line.page] or (self._reflowed and len(line.text) < 100)

    def open(self, found: Division, line: Line) -> None:
        """Begin an article or a larger part."""
        if found.rank == LOWEST_PART:
            self.part = "" if found.name == PREAMBLE.name else found.name
            if self._attached:
                self._stack = []  # whatever it is attached to has another author
        self._push(found.rank, f"{found.name} – {found.title}" if found.title else found.name, line)
        self.article = found.name if found.article else None
        self._level, self._empty, self._inside = line.heading or self._level, found.article is not None, 0
        self.preamble = found.name == PREAMBLE.name
        self._pending = None if found.title or self.preamble else found
        self._capitals = bool(found.title) and found.title.isupper() and not line.heading

    def _rank(self, line: Line, following: Line | None) -> int:
        """Where a plain heading stands among parts and articles: the format often gives all of them one level."""
        parted = any(LOWEST_PART <= rank <= ARTICLE_RANK for rank, _ in self._stack)
        if not parted or not self._level or line.heading < self._level:
            return line.heading
        before_article = following is not None and bool(following.heading) and division(following.text) is not None
        if self.article is not None and (self._empty or (self._inside == line.heading and not before_article)):
            self._inside = line.heading
            return ARTICLE_RANK + 1
        return ARTICLE_RANK - (2 if line.heading == self._level else 1)

    def _is_title(self, line: Line, following: Line | None) -> bool:
        if line.heading:
            return True
        text = line.text
        if len(text) > TITLE_LENGTH or TERMINAL.search(text) or following is None or following.heading:
            return False
        if self._capitals_wanted and text.isupper():
            return True
        if text[:1].islower():
            small = len(text) <= SMALL_TITLE and self.short(line) and not following.text[:1].islower()
            return small and mark_at(text, in_article=True, plain_letters=True) is None
        if not text[:1].isupper():
            return False
        mark = mark_at(text, in_article=True, plain_letters=True)
        if mark is not None and (mark.value in {"", "1", "a", "i", "A"} or mark.style != "capital"):
            return False
        return (self._reflowed or self.short(line)) and not following.text[:1].islower()

    def _entitle(self, line: Line) -> None:
        rank, name = self._stack[-1]
        self._rename(rank, f"{name} – {line.text.strip('*_ ')}")
        self._pending = None

    def _breaks_off(self, line: Line) -> bool:
        """Whether the line before was a heading that ends in mid-phrase ("Statistics on Work and")."""
        last = self._last
        return (
            last is not None
            and last.page == line.page
            and 0 < line.start - last.end <= 3
            and bool(OPEN_END.search(last.text) or (self._capitals and line.text.isupper()))
            and len(line.text) < (TITLE_LENGTH if self._capitals else 60)
        )

    def _prolong(self, line: Line) -> None:
        rank, text = self._stack[-1]
        self._rename(rank, f"{text} {line.text}")
        self._last = line if self._capitals else None

    def _go_on(self, line: Line) -> Line | None:
        """Join a further line of a heading that the format shows as one; None where its first line was none."""
        last = self._last
        if last is None or last.page != line.page or not 0 < line.start - last.end <= 3:
            return None
        if self._pending is not None:
            self._entitle(line)
        else:
            rank, text = self._stack[-1]
            self._rename(rank, f"{text} {line.text.strip('*_ ')}")
        self._last = line
        return line

    def _rename(self, rank: int, text: str) -> None:
        self._stack[-1] = (rank, text)
        self.outline[-1] = replace(self.outline[-1], title=text)

    def _push(self, rank: int, text: str, line: Line) -> None:
        if self._attached and rank < LOWEST_PART:
            if _NEXT_TEXT.match(text):
                self._stack, self.part = [], ""
            else:
                rank += LOWEST_PART  # the statement's own headings
        if _CONTENTS.fullmatch(text):
            rank = INNERMOST  # nothing stands under it but the list, which is no text
        self._stack = [entry for entry in self._stack if entry[0] < rank and entry[1] != PREAMBLE.name]
        self._stack.append((rank, text))
        if rank < ARTICLE_RANK:
            self.article, self.preamble = None, False
        self._pending, self._last, self._capitals = None, line, False
        self.outline.append(OutlineEntry(text, len(self._stack), line.page))


def _entitled(found: Division, line: Line, following: Line | None) -> bool:
    """Whether an article stands alone on its line with a title in small letters below it ("definition of terms")."""
    if found.article is None or found.title or following is None or len(line.text) > 16:
        return False
    return (
        len(following.text) <= SMALL_TITLE
        and not _MENTION.match(following.text)
        and not TERMINAL.search(following.text)
    )
