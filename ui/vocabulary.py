"""The command `vocabulary check`."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from corpus.curating import check_vocabulary
from corpus.lexicon import FOLDER
from ui.console import DONE, PARTLY, emit


def check(arguments: Namespace) -> int:
    """`vocabulary check`: exit code 1 where something is wrong."""
    checked = check_vocabulary(arguments.folder or FOLDER)
    shape = {
        "folder": str(checked.folder),
        "entries": dict(checked.entries),
        "faults": [asdict(fault) for fault in checked.faults],
    }
    lines = [f"{fault.file}, line {fault.line}: {fault.what}" for fault in checked.faults]
    total = sum(checked.entries.values())
    end = f"{total:,} entries in {len(checked.entries)} files: {len(lines):,} faults." if lines else ""
    emit(
        arguments, shape, "\n".join([*lines, end or f"{total:,} entries in {len(checked.entries)} files are in order."])
    )
    return PARTLY if lines else DONE
