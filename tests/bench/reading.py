"""How fast files are read, by format: `reading.py FOLDER… [--most N] [--json FILE]`, in the project's environment.

Each file is read, structured and cut in a worker process, as the ingest does it. Seconds are those that workers spent
on the files, so two workers side by side do not look twice as fast; what was refused counts with the time that it took.
Processor seconds hardly change when other programs keep the machine busy.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from measure import table

from corpus.errors import UnreadableFileError
from ingest.extract import SUPPORTED
from ingest.parse import count_tokens, parse_file
from ingest.reader import ReadFailure, read_all

WORKERS = 2


@dataclass(frozen=True)
class Reading:
    """What reading one file took: `pages` counts 1 for a file without pages, `words` those of its passages."""

    format: str
    pages: int
    passages: int
    words: int
    wall: float
    processor: float


@dataclass
class Sum:
    """All files of one format. `seconds` are those of the workers, `processor_seconds` their share of a core."""

    format: str
    files: int = 0
    refused: int = 0
    pages: int = 0
    passages: int = 0
    words: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0
    pages_per_second: float = 0.0
    pages_per_processor_second: float = 0.0


def timed(path: Path) -> Reading:
    """Read one file under the stopwatch; runs in the worker."""
    count_tokens(["the tokenizer is loaded once for a worker, not for its first file"])
    wall, processor = time.perf_counter(), time.process_time()
    try:
        parsed = parse_file(path)
    except UnreadableFileError:
        return Reading("refused", 0, 0, 0, time.perf_counter() - wall, time.process_time() - processor)
    words = sum(len(passage.text.split()) for passage in parsed.passages)
    pages, kind = max(1, parsed.document.pages), parsed.document.format
    spent = time.perf_counter() - wall, time.process_time() - processor
    return Reading(kind, pages, len(parsed.passages), words, *spent)


def files_of(folders: Iterable[Path], most: int | None) -> list[Path]:
    """The files that are worth opening, in order of their names, `most` of each folder."""
    found: list[Path] = []
    for folder in folders:
        inside = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in SUPPORTED)
        found += inside[:most]
    return found


def measured(paths: Sequence[Path]) -> list[Sum]:
    """The sums by format, slow ones last; files that crash or hang are refused like others."""
    sums: dict[str, Sum] = {}
    for _, reading in read_all(paths, timed, workers=WORKERS):
        if isinstance(reading, ReadFailure):
            reading = Reading("refused", 0, 0, 0, 0.0, 0.0)
        total = sums.setdefault(reading.format, Sum(reading.format))
        total.files += 1
        total.refused += reading.format == "refused"
        total.pages += reading.pages
        total.passages += reading.passages
        total.words += reading.words
        total.seconds += reading.wall
        total.processor_seconds += reading.processor
    for total in sums.values():
        total.pages_per_second = total.pages / total.seconds if total.seconds else 0.0
        spent = total.processor_seconds
        total.pages_per_processor_second = total.pages / spent if spent else 0.0
    return sorted(sums.values(), key=lambda total: -total.pages_per_second)


def main(arguments: Sequence[str]) -> int:
    """Read the folders and print a table; the same figures as JSON where they are wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most", type=int, help="read only so many files of each folder")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    given = parser.parse_args(arguments)
    sums = measured(files_of(given.folders, given.most))
    if given.json is not None:
        given.json.write_text(json.dumps([asdict(total) for total in sums], indent=1) + "\n", encoding="utf-8")
    heads = (
        "format, files, pages, passages, seconds of a worker, of a processor, pages per second, per processor second"
    )
    fields = "format files pages passages seconds processor_seconds pages_per_second pages_per_processor_second".split()
    rows = [[getattr(one, field) for field in fields] for one in sums]
    print(table("Reading", heads.split(", "), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
