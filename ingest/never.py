"""What is never indexed: a list in the home, kept by a curator, of files and of words such as a person's name.

A line is a name, a word or a phrase; `file:` before it makes it a pattern for names and paths of files; `#` begins a
remark. A file that fits is refused. A passage with such words is left out, and in the page's stored text they are blacked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any, TypeVar

from corpus.errors import UnreadableFileError, UsageError
from corpus.likeness import signature
from corpus.records import Document, OutlineEntry, Page, Parsed, Passage
from ingest import pages as numbered

LIST = "never-index.txt"
SAID = "left out by never-index.txt: "
BLACK = "█"
MOST = 5_000
# An empty pattern, or one letter, would take everything out.
SHORTEST = 3
_PATTERN = re.compile(r"files?\s*:\s*", re.IGNORECASE)
# What may stand between two letters of a word without being seen.
_UNSEEN = "[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]*"
_BETWEEN = r"[\s\u00a0_.,·‐-―-]{1,4}"
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class NeverIndex:
    """`files` are patterns, `words` phrases; both as (line of the file, text)."""

    files: tuple[tuple[int, str], ...] = ()
    words: tuple[tuple[int, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.words)

    @property
    def fingerprint(self) -> str:
        """Changes when the words do; empty where there are none."""
        said = "\n".join(sorted(text for _, text in self.words))
        return sha256(said.encode()).hexdigest()[:16] if said else ""

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """Finds the words whatever their capitals, accents and line breaks; None where there are none."""
        return _compiled(tuple(sorted({text for _, text in self.words}, key=len, reverse=True)))

    def line_for(self, path: str) -> int | None:
        """The line that keeps a file out, by its name or path, or because a word of the list is in its name."""
        plain = PurePath(path).as_posix()
        name = PurePath(path).name
        for line, wanted in self.files:
            folded = wanted.casefold()
            if any(fnmatchcase(one.casefold(), folded) for one in (name, plain)) or fnmatchcase(
                plain.casefold(), f"*/{folded.removeprefix('./')}"
            ):
                return line
        readable = re.sub(r"[_.+-]+", " ", name)
        if self.pattern and (self.pattern.search(name) or self.pattern.search(readable)):
            return next(
                (line for line, text in self.words if _one(text).search(readable) or _one(text).search(name)), 1
            )
        return None


def read_never(home: Path) -> NeverIndex:
    """The list in a home; an empty one where there is none.

    Raises:
        UsageError: the file cannot be read, or a line would keep everything out.
    """
    file = home / LIST
    if not file.exists():
        return NeverIndex()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The list {file} cannot be read as UTF-8 text ({error}). Save it as UTF-8.") from error
    found: tuple[list[tuple[int, str]], list[tuple[int, str]]] = ([], [])
    for number, line in enumerate(text.splitlines(), 1):
        plain = " ".join(line.partition("#")[0].split())
        if not plain:
            continue
        begun = _PATTERN.match(plain)
        wanted = plain[begun.end() :] if begun else plain
        letters = sum(map(str.isalnum, wanted))
        if letters < (1 if begun else SHORTEST):
            raise UsageError(
                f"{file}, line {number}: “{plain}” would keep too much out; write a longer word or pattern."
            )
        found[0 if begun else 1].append((number, wanted))
    if sum(map(len, found)) > MOST:
        raise UsageError(f"{file} has more than {MOST:,} lines. Keep such files out of the folder instead.")
    return NeverIndex(tuple(found[0]), tuple(found[1]))


def one_word(line: int, text: str) -> NeverIndex:
    """The list as if it held this line alone."""
    return NeverIndex(words=((line, text),))


@lru_cache(maxsize=8)
def _compiled(words: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_loosely, words))})(?!\w)", re.IGNORECASE) if words else None


@lru_cache(maxsize=64)
def _one(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_loosely(word)}(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """For each plain letter all letters that are it with an accent."""
    found: dict[str, str] = {}
    for code in (*range(0xC0, 0x250), *range(0x400, 0x460), *range(0x1E00, 0x1F00)):
        plain = unicodedata.normalize("NFKD", chr(code))[0].casefold()
        if plain != chr(code).casefold() and len(plain) == 1:
            found[plain] = found.get(plain, "") + chr(code)
    return found


def _loosely(phrase: str) -> str:
    parts = []
    for word in phrase.split():
        plain = [char for char in unicodedata.normalize("NFKD", word).casefold() if not unicodedata.combining(char)]
        letters = [f"[{re.escape(char)}{_alike().get(char, '')}]" for char in plain]
        whole = _UNSEEN.join(letters) + _UNSEEN
        # "ss" is what small letters make of "ß".
        double = _UNSEEN.join([f"[s{_alike().get('s', '')}]"] * 2)
        parts.append(whole.replace(double, f"(?:{double}|ß)"))
    return _BETWEEN.join(parts)


def without_never(parsed: Parsed, never: NeverIndex) -> Parsed:
    """The document without the passages that hold a word of the list, and with those words blacked wherever else it
    holds them. A document that holds none is given back as it is.

    Raises:
        UnreadableFileError: nothing is left of it.
    """
    pattern = never.pattern
    if pattern is None:
        return parsed
    struck = {page.number: [match.span() for match in pattern.finditer(page.text)] for page in parsed.pages}
    gone = {passage.ordinal for passage in parsed.passages if _holds(passage, struck, pattern)}
    blacked = _blacked(parsed, pattern)
    if blacked == parsed and not gone:
        return parsed
    kept = [passage for passage in blacked.passages if passage.ordinal not in gone]
    if not kept and parsed.passages:
        raise UnreadableFileError(f"All of its text is kept out by {LIST}.")
    places = {passage.ordinal: at for at, passage in enumerate(kept)}
    document = blacked.document
    pages = sorted(
        {span.page for one in parsed.passages if one.ordinal in gone for span in one.spans}
        | {n for n in struck if struck[n]}
    )
    where = f" on {numbered.in_words(pages)}" if document.paged and pages else ""
    count = "1 passage" if len(gone) == 1 else f"{len(gone)} passages"
    earlier = tuple(said for said in document.warnings if not said.startswith(SAID))
    return replace(
        blacked,
        document=replace(
            document, warnings=(*earlier, f"{SAID}{count}{where}"), signature=signature(page.text for page in blacked.pages)
        ),
        passages=tuple(replace(passage, ordinal=places[passage.ordinal]) for passage in kept),
        commitments=tuple(
            replace(one, ordinal=places[one.ordinal])
            for one in blacked.commitments
            if one.ordinal in places and BLACK not in one.text
        ),
    )  # fmt: skip


def never_in(document: Document, pages: Iterable[Page], outline: Iterable[OutlineEntry], never: NeverIndex) -> bool:
    """Whether a document holds a word of the list anywhere: quicker than `without_never`."""
    pattern = never.pattern
    if pattern is None:
        return False
    return (
        any(pattern.search(page.text) for page in pages)
        or any(pattern.search(entry.title) for entry in outline)
        or _blacked(document, pattern) is not document
    )


def _holds(passage: Passage, struck: dict[int, list[tuple[int, int]]], pattern: re.Pattern[str]) -> bool:
    if pattern.search(passage.text):
        return True
    return any(
        start < span.end and span.start < end for span in passage.spans for start, end in struck.get(span.page, ())
    )


def _blacked(value: Kept, pattern: re.Pattern[str]) -> Kept:
    """A record with the words blacked in every text that it holds, however deep; lengths stay, so that offsets hold."""
    return _walk(value, pattern)  # type: ignore[no-any-return]


_AS_IT_IS = frozenset({"id", "path", "sha256", "format", "access", "signature", "added", "language"})


def _walk(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str) and type(value) is str:
        return pattern.sub(_black, value)
    if isinstance(value, tuple):
        fresh = tuple(_walk(one, pattern) for one in value)
        return value if fresh == value else fresh
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: fresh
            for field in fields(value)
            if field.name not in _AS_IT_IS
            and (fresh := _walk(old := getattr(value, field.name), pattern)) is not old
            and fresh != old
        }
        return replace(value, **changed) if changed else value
    return value


def _black(match: re.Match[str]) -> str:
    return "".join(BLACK if not char.isspace() else char for char in match[0])


def is_struck(warnings: Iterable[str]) -> bool:
    """Whether a document's warnings say that the list kept something of it out: it is then not shown as a picture, nor
    given away as a file."""
    return any(warning.startswith(SAID) for warning in warnings)
