"""Passwords for protected files, from the file that RAPPORTEUR_PASSWORDS names.

Each line is a pattern, a tab and a password: `reports/*.pdf<TAB>secret`. The pattern is matched against the end of the
path, letter by letter or with * and ?; lines that begin with # are remarks. The file is never copied or stored.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path

from corpus.errors import UnreadableFileError
from ingest.extract.settings import PASSWORDS


def passwords_for(path: Path) -> list[str]:
    """The passwords given for a file, in the order of their lines.

    Raises:
        UnreadableFileError: the file of passwords cannot be read, or a line of it has no tab.
    """
    name = os.environ.get(PASSWORDS, "")
    if not name:
        return []
    try:
        lines = Path(name).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file of passwords {name} cannot be read as UTF-8 text. Check {PASSWORDS}."
        raise UnreadableFileError(message) from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        pattern, tab, password = line.partition("\t")
        if not tab:
            raise UnreadableFileError(
                f"Line {number} of the file of passwords {name} has no tab between pattern and password."
            )
        if _names(pattern.strip(), path):
            found.append(password)
    return found


def _names(pattern: str, path: Path) -> bool:
    place = path.as_posix()
    return (
        place == pattern
        or place.endswith(f"/{pattern}")
        or fnmatchcase(place, pattern)
        or fnmatchcase(place, f"*/{pattern}")
    )
