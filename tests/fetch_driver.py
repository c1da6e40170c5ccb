"""Fetches numbered files from a server on this machine into a home: for `test_fetch.py`, which interrupts and kills it.

Arguments: the home, the server's address, how many files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from corpus.catalogue import Entry
from ingest.fetch import fetch
from ingest.web import Web


def entry(address: str, number: int) -> Entry:
    """A row of a catalogue for one of the server's files."""
    name = f"file-{number:04}"
    return Entry(
        name, f"File {number}", None, None, "UN", "UN", "report", "information", None, "2020", "en", None, None,
        f"{address}/{name}", "document", "issuer", "pdf", True,
    )  # fmt: skip


def main(home: str, address: str, files: str) -> None:
    """Fetch them all, with what is here already left as it is."""
    web = Web(pause=0.0, allowed=lambda ip: ip.is_loopback)
    fetch([entry(address, number) for number in range(int(files))], Path(home), web=web)


if __name__ == "__main__":
    print("begun", flush=True)
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
