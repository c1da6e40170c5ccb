"""What a person may see of the corpus, enforced by the connection: the names of the tables mean only the rows of documents
whose access label is among those that the person was granted. SQL that is written for the whole corpus cannot reach past it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

# Everything: whoever has it sees documents of every label.
ALL = "*"

Clearance = frozenset[str]
"""Access labels in small letters. No clearance at all (None) means that nothing is restricted."""

_GRANTED = "{} COLLATE NOCASE IN (SELECT label FROM temp.clearance)"
OF_DOCUMENT = ("passages", "pages", "page_words", "document_values", "commitments", "deposits")


def clearance(labels: Iterable[str]) -> Clearance | None:
    """The clearance of whoever was granted these labels; None where "*" is among them."""
    plain = frozenset(label.strip().casefold() for label in labels if label.strip())
    return None if ALL in plain else plain


def spelt(visible: Clearance) -> list[str]:
    """The labels in the ways in which they are usually written: a store folds the letters of English only."""
    return sorted({way for label in visible for way in (label, label.upper(), label.capitalize(), label.title())})


def views(tables: str, seen: str, granted: str) -> dict[str, str]:
    """The condition on the rows of each table that may be seen: the names of the schemas of the tables and of the views
    over them, and what is true of a label that was granted, with {} in its place."""
    # Tried row by row: listing the documents first would cost every small question what the largest costs.
    label = granted.format("trim(o.access)")
    document = f"SELECT 1 FROM {tables}.documents o WHERE {{}} AND {label}"  # noqa: S608
    found = {name: f"EXISTS ({document.format(f'o.num = {tables}.{name}.document')})" for name in OF_DOCUMENT}
    found["documents"] = granted.format("trim(access)")
    own = f"o.id = {tables}.files.document_id AND o.path = {tables}.files.path"
    found["files"] = f"EXISTS ({document.format(own)})"
    found["followups"] = f"EXISTS (SELECT 1 FROM {seen}.commitments c WHERE c.key = {tables}.followups.key)"  # noqa: S608
    return found


def restrict(connection: sqlite3.Connection, visible: Clearance) -> None:
    """Have this connection see only the documents with these labels, and write nothing.

    A name without a schema means the temporary view of that name, where there is one, before the table. A file is seen
    where it is the one that its document was read from: of a file that failed, or is a copy, nobody knows whose it is.
    """
    connection.execute("CREATE TEMP TABLE clearance (label TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID")
    connection.execute(
        "INSERT OR IGNORE INTO temp.clearance SELECT value FROM json_each(?)", [json.dumps(spelt(visible))]
    )
    for name, condition in views("main", "temp", _GRANTED).items():
        connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE {condition}")  # noqa: S608
    connection.execute("PRAGMA query_only = ON")
