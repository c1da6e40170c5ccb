"""Markdown: the stored text is the file as it stands, but for the targets of its links, which no reader sees; headings
and front matter are read from it."""

from __future__ import annotations

import re
from pathlib import Path

from corpus.records import Page
from ingest.extract.base import Extract, HeadingHint
from ingest.extract.cleaning import join_hyphens, tidy
from ingest.extract.text import is_reflowed, read_text

_FRONT_MATTER = re.compile(r"\A---[ ]*\n(?P<body>.*?)\n(?:---|\.\.\.)[ ]*(?:\n|\Z)", re.DOTALL)
_FRONT_LINE = re.compile(r"(?P<key>[A-Za-z][\w .-]*?)[ ]*:(?:[ ]+(?P<value>.*))?")
_HEADER = re.compile(r"(?P<key>[A-Z][A-Za-z_-]{1,20}):[ ]+(?P<value>\S.*)")
# Some treaties have no blank after the marks ("####TITLE"); "#1" and hashtags in running text are no headings.
_MARKS = r"^[ ]{0,3}(?P<marks>#{1,6})(?:[ ]+|(?=[^\s#\d])|(?<=##)(?=\d))"
_ATX = re.compile(_MARKS + r"(?P<text>[^\n]*?)[ ]*#*[ ]*$", re.MULTILINE)
_SETEXT = re.compile(r"^[ ]{0,3}(?P<text>[^\s>#|*+-][^\n]*)\n[ ]{0,3}(?P<mark>=+|-{3,})[ ]*$", re.MULTILINE)
_FENCE = re.compile(r"^[ ]{0,3}(```+|~~~+)[^\n]*\n.*?(?:^[ ]{0,3}\1[ ]*$|\Z)", re.MULTILINE | re.DOTALL)
# "[the Convention](../../README.md)" is read as "the Convention"; pictures and targets with blanks are left alone.
_LINK = re.compile(r"(?<!!)\[(?P<label>[^\[\]\n]+)\]\([^()\s]*\)")
_TABLE = re.compile(r"(?:^[ ]*\|[^\n]*\|[ ]*(?:\n|\Z)){2,}", re.MULTILINE)


def extract_markdown(path: Path) -> Extract:
    """Read a Markdown file as one page, with its headings."""
    raw, warnings = read_text(path)
    text = _LINK.sub(r"\g<label>", tidy(raw))
    reflowed = is_reflowed(_body(text))
    if not reflowed:
        text = join_hyphens(text)
    info, start = read_front_matter(text)
    return Extract(
        format="markdown",
        pages=(Page(1, "1", text),),
        paged=False,
        reflowed=reflowed,
        body_start=start,
        info=info,
        headings=tuple(find_headings(text, start)),
        tables=tuple((1, found.start(), found.end()) for found in _TABLE.finditer(text)),
        warnings=warnings,
    )


def _body(text: str) -> str:
    return text[read_front_matter(text)[1] :]


def read_front_matter(text: str) -> tuple[dict[str, str], int]:
    """The keys stated at the top (YAML between --- lines, or `Title: …` lines) and where they end."""
    match = _FRONT_MATTER.match(text)
    if match is not None:
        return _read_yaml(match["body"]), match.end()
    info: dict[str, str] = {}
    position = 0
    for line in text.splitlines(keepends=True):
        header = _HEADER.fullmatch(line.strip())
        if header is None:
            break
        info.setdefault(header["key"].lower(), header["value"].strip())
        position += len(line)
    # One such line is as likely a sentence; a header has a title or several keys.
    return (info, position) if "title" in info or len(info) > 1 else ({}, 0)


def _read_yaml(body: str) -> dict[str, str]:
    """Keys with plain values and simple lists, which is what document front matter holds; nested maps are skipped."""
    info: dict[str, str] = {}
    key = ""
    for line in body.split("\n"):
        item = re.fullmatch(r"[ ]*-[ ]+(?P<value>.*)", line)
        found = _FRONT_LINE.fullmatch(line)
        if item is not None and key:
            info[key] = "; ".join(filter(None, [info.get(key, ""), _unquote(item["value"])]))
        elif found is not None:
            key = found["key"].strip()
            info[key] = _plain(found["value"] or "")
        elif line.startswith("  ") and key and ":" not in line:
            info[key] = f"{info[key]} {_unquote(line)}".strip()
    return {name: value for name, value in info.items() if value}


def _plain(value: str) -> str:
    value = value.strip()
    if value in (">", "|", ">-", "|-", "null", "~"):
        return ""
    if value.startswith("[") and value.endswith("]"):
        return "; ".join(filter(None, map(_unquote, value[1:-1].split(","))))
    return _unquote(value)


def _unquote(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def find_headings(text: str, start: int = 0) -> list[HeadingHint]:
    """Headings with # marks or underlined, outside fenced code, from `start` on; spans cover the words alone."""
    fences = [match.span() for match in _FENCE.finditer(text, start)]
    found: list[HeadingHint] = []
    for match in _ATX.finditer(text, start):
        words = match["text"].rstrip()
        if words:
            found.append(HeadingHint(1, match.start("text"), match.start("text") + len(words), len(match["marks"])))
    for match in _SETEXT.finditer(text, start):
        begin = match.start("text")
        # A rule under a paragraph of several lines is no heading.
        if text[:begin].endswith("\n\n") or begin == start:
            level = 1 if match["mark"][0] == "=" else 2
            found.append(HeadingHint(1, begin, begin + len(match["text"].rstrip()), level))
    outside = [hint for hint in found if not any(begin <= hint.start < end for begin, end in fences)]
    return sorted(outside, key=lambda hint: hint.start)
