"""What each command does: arguments in, text or JSON out, exit code back."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.lexicon import country_name, theme_title
from corpus.records import Basis, Certainty, Document
from corpus.relations import Related
from ingest.extract.settings import KEEP_CONTACTS, OCR, PASSWORDS
from search.records import Mode
from ui import keeping, modelled, shapes, terminal
from ui.console import DONE, PARTLY, emit, open_base, query_of, remark, save
from ui.home import place_of
from ui.option_parts import filters_of
from ui.people import audit
from ui.service import KnowledgeBase

# The table can be edited and given back with `ingest --metadata`, which leaves aside what is no field of a document.
_COLUMNS = (
    "path", "title", "symbol", "body", "type", "date", "adopted", "published", "language", "standing", "place", "meeting",
    "speaker", "speakers", "countries", "themes", "aliases", "url", "access", "certainty", "id", "format", "pages",
    "pages_without_text", "passages",
)  # fmt: skip


# -- filling and emptying ----------------------------------------------------------------------------------


def ingest(arguments: Namespace) -> int:
    """`ingest`: exit code 1 where a file failed."""
    from ui.progress import ProgressLine

    paths = list(arguments.paths)
    if arguments.bundled:
        paths += bundled()
    if not paths:
        raise UsageError("Name at least one file or folder, or --bundled for the documents that come with Rapporteur.")
    _set_for_readers(arguments)
    line = ProgressLine(quiet=arguments.quiet)
    home, server = place_of(arguments.home, arguments.store)
    base = KnowledgeBase(home, server=server, model=arguments.model, create=True, log=line.say)
    try:
        report = base.ingest(
            paths,
            workers=arguments.workers,
            keep_missing=arguments.keep_missing,
            reembed=arguments.reembed,
            access=arguments.access,
            metadata=arguments.metadata,
            progress=line,
        )
    except KeyboardInterrupt:
        line.clear()
        done = line.last.files_done if line.last else 0
        raise KeyboardInterrupt(
            f"Interrupted after {done} files. What was committed is kept; the same command goes on from there."
        ) from None
    finally:
        line.clear()
    for note in report.notes:
        remark(arguments, note)
    for file in report.files:
        if file.outcome == "failed":
            print(f"failed: {file.path}: {file.reason}", file=sys.stderr)
    shape = shapes.ingest_report(report)
    emit(arguments, shape, "" if arguments.quiet else _ingest_text(shape))
    return PARTLY if shape["failed"] else DONE


def _set_for_readers(arguments: Namespace) -> None:
    """What is asked of the readers of files goes to them by the environment, as it does where no command is given."""
    if arguments.ocr:
        os.environ[OCR] = arguments.ocr
    if arguments.keep_contacts:
        os.environ[KEEP_CONTACTS] = "1"
    if arguments.passwords is not None:
        if not arguments.passwords.is_file():
            raise UsageError(f"There is no file of passwords at {arguments.passwords}.")
        os.environ[PASSWORDS] = str(arguments.passwords.resolve())


def bundled() -> list[Path]:
    """The folder of the documents that come with the program."""
    import corpus

    folders = [Path(place) / "documents" for place in corpus.__path__]
    return [folder for folder in folders if folder.is_dir()][:1]


def _ingest_text(shape: dict[str, Any]) -> str:
    names = {"duplicates": "copies of others", "failed": "failed"}
    kinds = ("indexed", "updated", "unchanged", "removed", "duplicates", "failed")
    counts = ", ".join(f"{shape[kind]:,} {names.get(kind, kind)}" for kind in kinds if shape[kind])
    lines = [f"Files: {counts or 'nothing to do'}."]
    pages = f" on {shape['pages']:,} pages" if shape["pages"] else ""
    read = f"Read {shape['passages']:,} passages{pages}" if shape["passages"] else "Nothing new was read"
    lines.append(f"{read} in {shape['seconds']:,.1f} s (revision {shape['revision']}).")
    rates = [
        f"{one['format']} {one['pages']:,} pages at {one['pages_per_second']:,.0f} a second"
        for one in shape["reading"]
        if one["pages_per_second"]
    ]
    if rates:
        lines.append(f"Reading, for each core: {'; '.join(rates)}.")
    lines += keeping.told(shape["files"])
    empty = sum(file["pages_without_text"] for file in shape["files"])
    if empty:
        lines.append(f"{empty:,} pages hold no text (scans): --ocr reads them, where Tesseract is installed.")
    return "\n".join(lines)


def forget(arguments: Namespace) -> int:
    """`forget`."""
    base = open_base(arguments)
    document = base.forget(arguments.document, purge=arguments.purge)
    there = Path(document.path).exists()
    text = f"Forgotten: {document.title} ({document.path})."
    if there:
        text += "\nIts file is still there: a later ingest of its folder adds it again, unless you move it away."
    shape = {"forgotten": shapes.whole_document(document), "file_still_there": there, "revision": base.revision}
    emit(arguments, shape, text)
    return DONE


# -- questions ---------------------------------------------------------------------------------------------


def search(arguments: Namespace) -> int:
    """`search`."""
    query = query_of(arguments.query)
    base = open_base(arguments)
    audit.question(base.home, query)
    result = base.search(query, arguments.k, Mode(arguments.mode), filters_of(arguments), arguments.ignore)
    empty = not result.hits and not base.store.counts()["passages"]
    emit(arguments, shapes.search_result(result), terminal.search_result(result, empty=empty))
    return DONE


def ask(arguments: Namespace) -> int:
    """`ask`."""
    question = query_of(arguments.question)
    base = open_base(arguments)
    audit.question(base.home, question)
    ask_it = KnowledgeBase.ask if arguments.extractive else modelled.answer
    reply = ask_it(base, question, filters_of(arguments), arguments.ignore)
    emit(arguments, shapes.answer(reply), terminal.answer(reply))
    return DONE


def serve(arguments: Namespace) -> int:
    """`serve`: until it is interrupted, which is its proper end."""
    base = open_base(arguments)
    from ui.app import serve as serve_page
    from ui.curating import Curator

    with suppress(KeyboardInterrupt):
        curator = Curator(base) if arguments.curate else None
        porter = None
        if arguments.users is not None:
            from ui.people.porter import Porter
            from ui.people.roster import Roster

            porter = Porter(Roster(arguments.users.absolute()), base.home)
        serve_page(base, arguments.host, arguments.port, lambda line: print(line, flush=True), curator, porter)
    return DONE


# -- looking -----------------------------------------------------------------------------------------------


def show(arguments: Namespace) -> int:
    """`show`."""
    base = open_base(arguments)
    opened = base.show(arguments.document, label=arguments.label, page=arguments.page)
    document = opened.document
    parts = [terminal.bold(terminal.name(document)), _facts(document, opened.paths)]
    if arguments.label is None and arguments.page is None and opened.outline:
        entries = (f"  {'  ' * (entry.level - 1)}{entry.title}" for entry in opened.outline)
        parts.append("Outline:\n" + "\n".join(entries))
    if opened.related and arguments.label is None and arguments.page is None:
        parts.append("Related:\n" + "\n".join(f"  {_related(one)}" for one in opened.related))
    parts += [terminal.passage(stored, document) for stored in opened.passages]
    if not opened.passages and opened.page is not None:
        parts.append("No passage stands on this page.")
    emit(arguments, shapes.shown(opened), "\n\n".join(parts))
    return DONE


def _related(one: Related) -> str:
    where = "not held" if one.document is None else one.document.id
    return f"{one.relation}: {one.name} ({where}; {one.basis})"


def _facts(document: Document, paths: Sequence[str]) -> str:
    basis = {one.field: one for one in document.basis}
    known = (
        ("id", document.id),
        ("file", document.path),
        ("body", document.body),
        ("type", document.type),
        ("standing", document.standing),
        ("date", document.date),
        ("adopted", document.adopted if document.adopted != document.date else None),
        ("published", document.published if document.published != document.date else None),
        ("place", document.place),
        ("language", document.language),
        ("pages", str(document.pages) if document.paged else None),
        ("pages without text", str(document.pages_without_text) if document.pages_without_text else None),
        ("meeting", document.meeting),
        ("speaker", document.speaker),
        ("speakers", "; ".join(document.speakers) if document.speakers != (document.speaker,) else None),
        ("countries", ", ".join(map(country_name, document.countries))),
        ("themes", ", ".join(map(theme_title, document.themes))),
        ("dates resolved", "; ".join(f"“{one.printed}” is {one.date}" for one in document.resolved)),
        ("also called", ", ".join(document.aliases)),
        ("official address", document.url),
        ("access", document.access if document.access != "public" else None),
        ("the same file at", ", ".join(paths[1:])),
        ("noted while reading", "; ".join(document.warnings)),
    )
    lines = (f"{label}: {value}{_doubt(basis.get(label))}" for label, value in known if value)
    return "\n".join(terminal.wrapped(line, indent="  ", hanging="    ") for line in lines)


def _doubt(basis: Basis | None) -> str:
    """Where a value that is not certain came from."""
    return (
        f" ({basis.certainty.value}, from {basis.source})" if basis and basis.certainty is not Certainty.CERTAIN else ""
    )


def documents(arguments: Namespace) -> int:
    """`documents`."""
    base = open_base(arguments)
    counts = base.passage_counts()
    shaped = [shapes.whole_document(one, counts.get(one.id, 0)) for one in base.documents(filters_of(arguments))]
    if arguments.json or arguments.format == "json":
        whole = {"revision": base.revision, "total": len(shaped), "documents": shaped}
        print(json.dumps(whole, ensure_ascii=False, indent=2))
        return DONE
    rows = [[_cell(one, column) for column in _COLUMNS] for one in shaped]
    if arguments.format == "csv":
        from ui.export import csv_text

        sys.stdout.write(csv_text(_COLUMNS, rows))
    elif rows:
        listed = [[row[_COLUMNS.index(column)] for column in ("title", "symbol", "type", "date", "id")] for row in rows]
        terminal.show(terminal.table(("title", "symbol", "type", "date", "id"), listed))
        remark(arguments, f"{len(rows):,} documents")
    else:
        terminal.show("No document fits.")
    return DONE


def _cell(shape: dict[str, Any], column: str) -> str:
    """A value as the table holds it: lists parted by semicolons. `certainty` names the fields that are not certain."""
    if column == "certainty":
        doubted = (
            f"{name}: {one['certainty']}" for name, one in shape["basis"].items() if one["certainty"] != "certain"
        )
        return "; ".join(doubted)
    value = shape[column]
    return ";".join(value) if isinstance(value, list) else "" if value is None else str(value)


def export(arguments: Namespace) -> int:
    """`export`."""
    from ui.export import choose, write

    base = open_base(arguments)
    items = choose(
        base,
        arguments.items,
        label=arguments.label,
        query=None if arguments.query is None else query_of([arguments.query]),
        k=arguments.k,
        filters=filters_of(arguments),
    )
    content = write(items, arguments.format)
    audit.exported(base.home, arguments.format, (item.document.id for item in items))
    if arguments.output is not None:
        save(arguments.output, content)
        shape = {"format": arguments.format, "items": len(items), "output": str(arguments.output)}
        emit(arguments, shape, f"{len(items):,} items written to {arguments.output}.")
    elif isinstance(content, bytes):
        raise UsageError("A Word file cannot be shown on the terminal: name a file with --output.")
    elif arguments.json:
        print(json.dumps({"format": arguments.format, "items": len(items), "content": content}, ensure_ascii=False))
    else:
        sys.stdout.write(content)
    return DONE
