"""The commands that look after a knowledge base: `status`, `verify`, `rebuild`, `backup`, `restore`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from corpus.errors import UsageError
from ui import shapes
from ui.console import DONE, emit, open_base, remark
from ui.home import place_of
from ui.moving import copy as copy_base
from ui.service import restore as restore_backup


def status(arguments: Namespace) -> int:
    """`status`."""
    shape = shapes.status(open_base(arguments).status())
    embedding = shape["embedding"]
    lines = [
        f"home: {shape['home']}",
        *([f"server: {shape['server']}"] if shape["server"] else []),
        f"documents: {shape['documents']:,}",
        f"passages: {shape['passages']:,}",
        f"pages: {shape['pages']:,} ({shape['pages_without_text']:,} without text)",
        f"files that could not be read: {shape['files_failed']:,}",
        f"embedding: {embedding['model']} ({embedding['dimensions']} dimensions, {embedding['backend']})",
        f"language model: {_language_model(shape['language_model'])}",
        f"revision: {shape['revision']}",
        f"size: {shape['bytes'] / 1e6:,.1f} MB",
        f"healthy: {'yes' if shape['healthy'] else 'no'}",
    ]
    lines += [f"problem: {one['what']} {one['remedy']}" for one in shape["problems"]]
    emit(arguments, shape, "\n".join(lines))
    return DONE


def _language_model(found: dict[str, Any] | None) -> str:
    if found is None:
        return "none"
    if "problem" in found:
        return str(found["problem"])
    where = f"{found['model']} at {found['host']}"
    return where if found["local"] or found["encrypted"] else f"{where} (not encrypted on the way)"


def verify(arguments: Namespace) -> int:
    """`verify`: exit code 3 where something is not whole."""
    problems = open_base(arguments).verify()
    text = "\n".join(f"{one.what} {one.remedy}" for one in problems) or "Everything is whole."
    emit(arguments, {"healthy": not problems, "problems": [shapes.problem(one) for one in problems]}, text)
    return 3 if problems else DONE


def rebuild(arguments: Namespace) -> int:
    """`rebuild`."""
    base = open_base(arguments)
    base.rebuild()
    counts = base.store.counts()
    text = f"The indexes of {counts['passages']:,} passages are derived again."
    emit(arguments, {"rebuilt": True, "passages": counts["passages"], "revision": base.revision}, text)
    return DONE


def backup(arguments: Namespace) -> int:
    """`backup`."""
    base = open_base(arguments)
    if not arguments.file.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {arguments.file.absolute().parent} to put the backup into.")
    manifest = base.backup(arguments.file)
    size = arguments.file.stat().st_size
    shape = {"file": str(arguments.file), "bytes": size, "revision": manifest["revision"]}
    emit(arguments, shape, f"Revision {manifest['revision']} is copied to {arguments.file} ({size / 1e6:,.1f} MB).")
    return DONE


def copy(arguments: Namespace) -> int:
    """`copy`."""
    base = open_base(arguments)
    copied = copy_base(base, arguments.to, lambda line: remark(arguments, line))
    counts = base.store.counts()
    text = (
        f"Revision {copied.revision} with {counts['documents']:,} documents and {counts['passages']:,} passages is copied "
        f"to {copied.place}."
    )
    if copied.beside:
        text += f"\nBeside it, in {copied.home}: {', '.join(copied.beside)}."
    shape = {"to": copied.place, "home": str(copied.home), "revision": copied.revision, "beside": list(copied.beside)}
    emit(arguments, shape | {"documents": counts["documents"], "passages": counts["passages"]}, text)
    return DONE


def restore(arguments: Namespace) -> int:
    """`restore`."""
    home, server = place_of(arguments.home, arguments.store)
    if server is not None:
        raise UsageError(
            f"A backup is restored into a folder: leave --store out, then copy it with: rapporteur copy --to {server}"
        )
    manifest = restore_backup(arguments.file, home)
    shape = {"home": str(home), "revision": manifest["revision"], "made": manifest["made"]}
    text = f"Revision {manifest['revision']}, copied on {manifest['made']}, is restored into {home}."
    emit(arguments, shape, text)
    return DONE
