"""The command `fetch`: the catalogue's documents into the home's library, and from there into the knowledge base."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections import Counter
from dataclasses import asdict
from typing import Any

from corpus.catalogue import Entry, catalogue
from corpus.errors import UsageError
from ingest.downloads import FAILED, LEFT, MAX_BYTES, OUTCOMES, REFUSED, VANISHED, Fetched, Limits
from ingest.fetch import FetchProgress, FetchReport, chosen
from ingest.fetch import fetch as fetch_files
from ingest.library import ids_held
from ingest.outcomes import Progress
from ingest.web import PAUSE, Web
from ui import shapes, terminal
from ui.console import DONE, PARTLY, emit
from ui.home import place_of
from ui.service import KnowledgeBase

PAUSE_SETTING, SIZE_SETTING = "RAPPORTEUR_FETCH_PAUSE", "RAPPORTEUR_FETCH_MB"
_WITH_REASON = (VANISHED, REFUSED, FAILED, LEFT)


def fetch(arguments: Namespace) -> int:
    """`fetch`: exit code 1 where a file could not be had or read."""
    rows = chosen(catalogue(), arguments.only)
    if not rows:
        raise UsageError("No document of the catalogue fits. Name fewer words, or another field.")
    if arguments.dry_run:
        return _plan(arguments, rows)
    web = Web(pause=_setting(PAUSE_SETTING, PAUSE))
    limits = Limits(bytes=int(_setting(SIZE_SETTING, MAX_BYTES / 1e6) * 1e6))
    from ui.progress import ProgressLine

    line = ProgressLine(quiet=arguments.quiet)
    home, server = place_of(arguments.home, arguments.store)
    base = KnowledgeBase(home, server=server, create=True, log=line.say)

    def show(progress: FetchProgress) -> None:
        line(Progress("fetching", progress.done, progress.total))

    try:
        report = fetch_files(rows, home, web=web, limits=limits, known=catalogue(), progress=show)
        # An empty library has nothing to read; with one file in it, all that lies there is kept in step.
        read = base.ingest([report.documents], metadata=report.metadata, progress=line) if _any(report) else None
    finally:
        line.clear()
    _complain(report)
    shape = shape_of(report) | {"ingest": None if read is None else shapes.ingest_report(read)}
    for file in read.files if read is not None else ():
        if file.outcome == "failed":
            print(f"failed: {file.path}: {file.reason}", file=sys.stderr)
    emit(arguments, shape, "" if arguments.quiet else _text(shape))
    bad = sum(report.count(outcome) for outcome in _WITH_REASON) + (read.count("failed") if read is not None else 0)
    return PARTLY if bad else DONE


def shape_of(report: FetchReport) -> dict[str, Any]:
    """A run as JSON: how many files ended how, and each of them."""
    return {
        **{outcome: report.count(outcome) for outcome in OUTCOMES},
        "moved": sum(bool(file.moved_to) for file in report.files),
        "seconds": round(report.seconds, 1),
        "library": str(report.documents),
        "metadata": str(report.metadata),
        "files": [asdict(file) for file in report.files],
    }


def _any(report: FetchReport) -> bool:
    return any(path.is_file() for path in report.documents.rglob("*"))


def _setting(name: str, default: float) -> float:
    text = os.environ.get(name, "")
    try:
        number = float(text) if text else default
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise UsageError(f"{name} is '{text}'; it must be a number, 0 or more.")
    return number


def _complain(report: FetchReport) -> None:
    for file in report.files:
        if file.outcome in _WITH_REASON:
            print(f"{file.outcome}: {file.id}: {file.reason}", file=sys.stderr)


def _text(shape: dict[str, Any]) -> str:
    counts = ", ".join(f"{shape[outcome]:,} {outcome}" for outcome in OUTCOMES if shape[outcome])
    lines = [f"Documents: {counts}.", f"They lie in {shape['library']}."]
    moved = [Fetched(**file) for file in shape["files"] if file["moved_to"]]
    lines += [f"moved for good: {file.id}: {file.url} is now {file.moved_to}" for file in moved]
    if shape["ingest"] is not None:
        read = shape["ingest"]
        done = ", ".join(
            f"{read[kind]:,} {kind}" for kind in ("indexed", "updated", "unchanged", "failed") if read[kind]
        )
        lines.append(f"Read into the knowledge base: {done or 'nothing new'}.")
    return "\n".join(lines)


def _plan(arguments: Namespace, rows: list[Entry]) -> int:
    """What would be asked for, host by host. Nothing is asked, and nothing is made."""
    held = ids_held(place_of(arguments.home, arguments.store)[0])
    hosts = Counter(row.host for row in rows)
    shape = {
        "documents": len(rows),
        "held": sum(row.id in held for row in rows),
        "hosts": dict(hosts.most_common()),
        "files": [{"id": row.id, "title": row.title, "url": row.url, "held": row.id in held} for row in rows],
    }
    table = terminal.table(("document", "address"), [[row.id, row.url or ""] for row in rows])
    where = ", ".join(f"{host} {number}" for host, number in hosts.most_common())
    end = f"{len(rows):,} documents at {len(hosts):,} hosts ({where}); {shape['held']:,} of them are here."
    emit(arguments, shape, f"{table}\n{end}")
    return DONE
