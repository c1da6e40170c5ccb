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

_GRANTED = "COLLATE NOCASE IN (SELECT label FROM temp.clearance)"
# Tried row by row: listing the documents first would cost every small question what the largest costs.
_SEEN = f"SELECT 1 FROM main.documents o WHERE {{}} AND trim(o.access) {_GRANTED}"  # noqa: S608
_OF_DOCUMENT = ("passages", "pages", "page_words", "document_values", "commitments", "deposits")


def clearance(labels: Iterable[str]) -> Clearance | None:
    """The clearance of whoever was granted these labels; None where "*" is among them."""
    plain = frozenset(label.strip().casefold() for label in labels if label.strip())
    return None if ALL in plain else plain


def restrict(connection: sqlite3.Connection, visible: Clearance) -> None:
    """Have this connection see only the documents with these labels, and write nothing.

    A name without a schema means the temporary view of that name, where there is one, before the table. A file is seen
    where it is the one that its document was read from: of a file that failed, or is a copy, nobody knows whose it is.
    """
    # SQLite folds the letters of English only; a label in other letters is met as written in the usual ways.
    spelt = {way for label in visible for way in (label, label.upper(), label.capitalize(), label.title())}
    connection.execute("CREATE TEMP TABLE clearance (label TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID")
    connection.execute(
        "INSERT OR IGNORE INTO temp.clearance SELECT value FROM json_each(?)", [json.dumps(sorted(spelt))]
    )
    views = {name: f"EXISTS ({_SEEN.format(f'o.num = main.{name}.document')})" for name in _OF_DOCUMENT}
    views["documents"] = f"trim(access) {_GRANTED}"
    views["files"] = f"EXISTS ({_SEEN.format('o.id = main.files.document_id AND o.path = main.files.path')})"
    views["followups"] = "EXISTS (SELECT 1 FROM temp.commitments c WHERE c.key = main.followups.key)"
    for name, condition in views.items():
        connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE {condition}")  # noqa: S608
    connection.execute("PRAGMA query_only = ON")
