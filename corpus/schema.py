"""The tables of the store and their history. A change is a new entry at the end of `MIGRATIONS`, never an edit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from corpus.errors import DamagedHomeError

APPLICATION_ID = 0x52415050  # "RAPP": tells our file from any other SQLite file

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('revision', '0');
    CREATE TABLE documents (
        num INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL,
        title TEXT NOT NULL,
        format TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        paged INTEGER NOT NULL,
        pages INTEGER NOT NULL,
        pages_without_text INTEGER NOT NULL,
        symbol TEXT, symbol_norm TEXT, body TEXT, type TEXT, date TEXT, language TEXT, url TEXT,
        meeting TEXT, speaker TEXT,
        access TEXT NOT NULL,
        warnings TEXT NOT NULL,
        outline TEXT NOT NULL,
        revision INTEGER NOT NULL
    );
    CREATE INDEX documents_path ON documents(path);
    CREATE TABLE document_values (
        document INTEGER NOT NULL REFERENCES documents(num) ON DELETE CASCADE,
        field TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (field, value, document)
    ) WITHOUT ROWID;
    CREATE INDEX document_values_document ON document_values(document);
    CREATE TABLE pages (
        document INTEGER NOT NULL REFERENCES documents(num) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        label TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (document, number)
    );
    CREATE TABLE passages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents(num) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        kind TEXT NOT NULL,
        label TEXT,
        heading_path TEXT NOT NULL,
        lead TEXT NOT NULL,
        language TEXT,
        page INTEGER NOT NULL,
        page_label TEXT,
        speaker TEXT,
        spans TEXT NOT NULL,
        pinpoints TEXT NOT NULL,
        text TEXT NOT NULL,
        text_hash BLOB NOT NULL,
        revision INTEGER NOT NULL
    );
    CREATE UNIQUE INDEX passages_document ON passages(document, ordinal);
    CREATE INDEX passages_revision ON passages(revision);
    CREATE INDEX passages_hash ON passages(text_hash);
    CREATE TABLE vectors (
        model TEXT NOT NULL,
        hash BLOB NOT NULL,
        vector BLOB NOT NULL,
        PRIMARY KEY (model, hash)
    );
    CREATE TABLE removals (revision INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
    CREATE INDEX removals_revision ON removals(revision);
    CREATE TABLE files (
        path TEXT PRIMARY KEY,
        root TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        document_id TEXT,
        reader TEXT NOT NULL,
        pages INTEGER NOT NULL,
        passages INTEGER NOT NULL,
        pages_without_text INTEGER NOT NULL,
        warnings TEXT NOT NULL
    );
    CREATE INDEX files_sha256 ON files(sha256);
    CREATE INDEX files_document ON files(document_id);
    """,
    # Two readers may open an older file at once, and each then brings it here.
    """
    CREATE TABLE IF NOT EXISTS deposits (
        document INTEGER PRIMARY KEY REFERENCES documents(num) ON DELETE CASCADE,
        id TEXT NOT NULL UNIQUE,
        record TEXT NOT NULL,
        embedding BLOB
    );
    """,
    # `details` is JSON: where each value came from, what the document says of others, dates resolved.
    """
    ALTER TABLE documents ADD COLUMN standing TEXT;
    ALTER TABLE documents ADD COLUMN adopted TEXT;
    ALTER TABLE documents ADD COLUMN published TEXT;
    ALTER TABLE documents ADD COLUMN place TEXT;
    ALTER TABLE documents ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE documents ADD COLUMN signature BLOB NOT NULL DEFAULT x'';
    ALTER TABLE pages ADD COLUMN language TEXT;
    ALTER TABLE pages ADD COLUMN confidence REAL;
    CREATE TABLE IF NOT EXISTS page_words (
        document INTEGER NOT NULL REFERENCES documents(num) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        words TEXT NOT NULL,
        PRIMARY KEY (document, number)
    );
    """,
    # A follow-up is the curator's, and stays when its document is read again: it hangs on `key`, not on the row.
    """
    ALTER TABLE documents ADD COLUMN added TEXT NOT NULL DEFAULT '';
    CREATE TABLE IF NOT EXISTS commitments (
        document INTEGER NOT NULL REFERENCES documents(num) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        key TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        start INTEGER NOT NULL,
        stop INTEGER NOT NULL,
        text TEXT NOT NULL,
        verb TEXT NOT NULL,
        strength INTEGER NOT NULL,
        authority TEXT NOT NULL,
        label TEXT,
        page INTEGER NOT NULL,
        addressee TEXT,
        speakers TEXT NOT NULL,
        reception TEXT,
        themes TEXT NOT NULL,
        lead TEXT NOT NULL,
        folded TEXT NOT NULL,
        PRIMARY KEY (document, place)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS commitments_key ON commitments(key);
    CREATE TABLE IF NOT EXISTS followups (
        key TEXT PRIMARY KEY,
        status TEXT NOT NULL,
        note TEXT NOT NULL,
        responsible TEXT NOT NULL,
        changed TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)


# The tables, in an order in which their rows can be written one table after another.
TABLES = (
    "meta", "documents", "document_values", "pages", "passages", "vectors", "removals", "files", "deposits", "page_words",
    "commitments", "followups",
)  # fmt: skip


def version_of(connection: sqlite3.Connection) -> int:
    """Number of migrations that the file has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest version, one transaction a step.

    Raises:
        DamagedHomeError: the file belongs to another program or to a newer Rapporteur.
    """
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if application != APPLICATION_ID and tables:
        raise DamagedHomeError("This file is an SQLite file of another program, not a Rapporteur knowledge base.")
    version = version_of(connection)
    if version > len(MIGRATIONS):
        raise DamagedHomeError(
            f"This knowledge base was made by a newer Rapporteur (version {version} of its format; "
            f"this program knows {len(MIGRATIONS)}). Update Rapporteur to open it."
        )
    if version == 0 and not tables:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    while (number := version_of(connection)) < len(MIGRATIONS):
        _step(connection, number)


def _step(connection: sqlite3.Connection, number: int) -> None:
    """One migration, in one transaction; nothing where another process has made it meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) == number:
            for statement in statements(MIGRATIONS[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one."""
    # `executescript` would commit first, and let go of the lock.
    gathered = ""
    for part in script.split(";"):
        gathered += part + ";"
        if part.strip() and sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""
