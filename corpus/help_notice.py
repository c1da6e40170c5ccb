"""What somebody is told who asks for help in an actual case: a text in several languages that a curator can replace.

A file `help-notice.txt` in the home stands in place of the one that comes with the program. A line `[en]`, `[fr]`, `[de]` or
`[ru]` begins a language; a file without such lines is one text for all.
"""

from __future__ import annotations

import re
from pathlib import Path

from corpus.errors import UsageError

FILE = "help-notice.txt"
BUNDLED = Path(__file__).parent / FILE
_LANGUAGE = re.compile(r"\[([a-z]{2})\]\s*")
_LONGEST = 20_000


def help_notice(home: Path, language: str) -> str:
    """The notice in a language; in English, else in the first one, where the file does not have it.

    Raises:
        UsageError: the home's own file cannot be read, or is empty.
    """
    own = home / FILE
    file = own if own.is_file() else BUNDLED
    try:
        text = file.read_text(encoding="utf-8-sig")[:_LONGEST]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The notice {file} cannot be read as UTF-8 text. Save it anew, or take it away.") from error
    found = _parts(text)
    if not found:
        raise UsageError(f"The notice {file} is empty. Write the text for people who ask for help, or take it away.")
    return found.get(language) or found.get("en") or next(iter(found.values()))


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, list[str]] = {}
    lines = parts.setdefault("", [])
    for line in text.splitlines():
        begun = _LANGUAGE.fullmatch(line)
        if begun:
            lines = parts.setdefault(begun[1], [])
        else:
            lines.append(line.rstrip())
    joined = {name: "\n".join(lines).strip() for name, lines in parts.items()}
    return {name: said for name, said in joined.items() if said}
