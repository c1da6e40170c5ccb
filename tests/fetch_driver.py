"""Fetches numbered files from a server on this machine into a home: for `test_fetch.py`, which interrupts and kills it.

It serves: one process is forked for each run, so that the libraries are loaded once.
"""

from __future__ import annotations

import os
import sys
import traceback
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


def serve() -> None:
    """For each line read, "home<TAB>address<TAB>files", a process of its own that fetches; its number is written when
    it has begun, and its exit code when it has ended. Libraries are loaded once, before the processes part."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                main(*line.rstrip("\n").split("\t"))
            except KeyboardInterrupt:
                os._exit(130)
            except BaseException:  # noqa: BLE001 - the fork must end here, whatever happens in it
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
