"""What every command shares: exit codes, how its result is said, the knowledge base and the question it is given."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from ui import terminal
from ui.home import place_of
from ui.service import KnowledgeBase

DONE, PARTLY, INTERRUPTED = 0, 1, 130
MAX_QUERY = 2000


def emit(arguments: Namespace, shape: Any, text: str) -> None:
    """The result on stdout: as one JSON object, or as text."""
    if arguments.json:
        print(json.dumps(shape, ensure_ascii=False, indent=2))
    elif text:
        terminal.show(text)


def remark(arguments: Namespace, text: str) -> None:
    """Something beside the result, on stderr."""
    if not arguments.quiet:
        print(text, file=sys.stderr)


def open_base(arguments: Namespace) -> KnowledgeBase:
    """The knowledge base that is there."""
    home, server = place_of(arguments.home, arguments.store)
    return KnowledgeBase(home, server=server, log=lambda line: remark(arguments, line))


def query_of(words: list[str]) -> str:
    """The words of a question as one text.

    Raises:
        UsageError: it is empty or longer than what is read.
    """
    query = " ".join(words).strip()
    if not query:
        raise UsageError("The question is empty: type a few words.")
    if len(query) > MAX_QUERY:
        raise UsageError(
            f"The question has {len(query):,} characters; at most {MAX_QUERY:,} are read. Shorten it to what matters."
        )
    return query


def save(file: Path, content: str | bytes) -> None:
    """Write a file that a person named.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise UsageError(f"{file} cannot be written ({error.strerror}).") from error
