"""Reading the corpus: one SQLite file, one connection a thread, each question on a consistent state."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from corpus.address import Address
from corpus.clearance import Clearance, restrict
from corpus.connection import TIMEOUT, Open, refusal
from corpus.errors import MissingHomeError
from corpus.filters import NONE, document_conditions, passage_conditions
from corpus.lock import WriterLock
from corpus.records import Document, FileRecord, Filters, OutlineEntry, Page, Scan, StoredPassage
from corpus.rows import document_of, passage_of, scan_of
from corpus.schema import migrate
from corpus.sql import Connection

FILE_NAME = "knowledge.sqlite"
PASSAGE = "SELECT p.*, d.id AS document_id FROM passages p JOIN documents d ON d.num = p.document "
_BATCH = 500


class Lookup:
    """Everything that can be asked of the corpus of one home. Usable from many threads."""

    def __init__(self, home: Path, *, create: bool = False, visible: Clearance | None = None) -> None:
        """Open the corpus in `home`; with `visible` only what lies under these access labels is seen of it, and nothing
        can be written.

        Raises:
            MissingHomeError: there is none and `create` is false.
            DamagedHomeError: the file is no SQLite file, or of another program or version.
            HomeError: the place is full or may not be written to, or the file is locked.
        """
        self.home = home
        self.path = home / FILE_NAME
        self.visible = visible
        if not create and not self.path.is_file():
            raise MissingHomeError(
                f"There is no knowledge base in {home}. Make one with: rapporteur ingest FOLDER --home {home}"
            )
        self._local = threading.local()
        self._connections: weakref.WeakSet[Open] = weakref.WeakSet()
        try:
            migrate(self._open().connection)
        except sqlite3.DatabaseError as error:
            self.close()
            raise refusal(self.path, error) from error

    def _open(self) -> Open:
        held: Open | None = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = Open(self.path, self.visible)
            self._connections.add(held)
        return held

    @property
    def _connection(self) -> Connection:
        return self._open().connection

    @property
    def server(self) -> Address | None:
        """The server on which the corpus lies; None where it is a file."""
        return None

    def size(self) -> int:
        """Bytes of the corpus that lie elsewhere than in the home."""
        return 0

    def present(self) -> bool:
        """Whether the corpus is still where it was opened."""
        return self.path.is_file()

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """A connection beside that of this thread, which sees no more of the corpus; one transaction."""
        with closing(sqlite3.connect(self.path, timeout=TIMEOUT)) as connection:
            if self.visible is not None:
                restrict(connection, self.visible)
                connection.commit()
            with connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time: whoever comes second gets a LockedHomeError at once."""
        with WriterLock(self.home):
            yield

    def close(self) -> None:
        """Close every connection of every thread."""
        for held in list(self._connections):
            held.connection.close()
        self._connections.clear()
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Whatever this thread reads inside sees one revision, however much is committed meanwhile. Nothing can be
        written inside by this thread."""
        connection = self._connection
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            # SQLite fixes the state with the first reading, not with BEGIN.
            connection.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()
            yield
        finally:
            connection.execute("COMMIT")

    # -- revision and counts -------------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """Grows by one with each committed change."""
        return int(self._connection.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0])

    def counts(self) -> dict[str, int]:
        """Documents, pages, pages without text, and passages."""
        row = self._connection.execute(
            "SELECT count(*), coalesce(sum(pages), 0), coalesce(sum(pages_without_text), 0) FROM documents"
        ).fetchone()
        passages = self._connection.execute("SELECT count(*) FROM passages").fetchone()[0]
        return {"documents": row[0], "pages": row[1], "pages_without_text": row[2], "passages": passages}

    def get_meta(self, key: str) -> str | None:
        """A value that was remembered under `key`, or None."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def check(self) -> list[str]:
        """What SQLite itself finds wrong with the file; empty where it is whole."""
        try:
            rows = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check(20)")]
            broken = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [row for row in rows if row != "ok"] + [f"{len(broken)} rows without their document"] * bool(broken)

    # -- reading -------------------------------------------------------------------------------------------

    def files(self) -> dict[str, FileRecord]:
        """Every file that was ever read and not forgotten, by path."""
        rows = self._connection.execute("SELECT * FROM files")
        return {r["path"]: FileRecord(**{**dict(r), "warnings": tuple(json.loads(r["warnings"]))}) for r in rows}

    def documents(self, filters: Filters | None = None) -> list[Document]:
        """The documents that pass the filters, by title. Filters on passages need one passage that passes."""
        filters = filters or Filters()
        sql, values = document_conditions(filters)
        inner, more = passage_conditions(filters)
        if inner != NONE:
            sql += f" AND EXISTS (SELECT 1 FROM passages p WHERE p.document = d.num AND {inner})"  # noqa: S608
        rows = self._connection.execute(
            f"SELECT * FROM documents d WHERE {sql} ORDER BY title, path",  # noqa: S608
            [*values, *more],
        ).fetchall()
        listed: dict[int, dict[str, list[str]]] = {}
        for number, name, value in self._connection.execute("SELECT document, field, value FROM document_values"):
            listed.setdefault(number, {}).setdefault(name, []).append(value)
        return [document_of(row, listed.get(row["num"], {})) for row in rows]

    def documents_by_id(self, ids: Iterable[str]) -> dict[str, Document]:
        """These documents, by id; those that are gone are left out."""
        found: dict[str, Document] = {}
        for document_id in set(ids):
            row = self._connection.execute("SELECT * FROM documents WHERE id = ?", (document_id,)).fetchone()
            if row is not None:
                listed: dict[str, list[str]] = {}
                for name, value in self._connection.execute(
                    "SELECT field, value FROM document_values WHERE document = ?", (row["num"],)
                ):
                    listed.setdefault(name, []).append(value)
                found[document_id] = document_of(row, listed)
        return found

    def paths_of(self, document_id: str) -> tuple[str, ...]:
        """All files that hold a document to the byte, its own path first."""
        rows = self._connection.execute(
            "SELECT f.path FROM files f JOIN documents d ON d.id = f.document_id WHERE d.id = ? "
            "ORDER BY f.path <> d.path, f.path",
            (document_id,),
        )
        return tuple(row[0] for row in rows)

    def outline(self, document_id: str) -> list[OutlineEntry]:
        """The outline of a document, in its order."""
        row = self._connection.execute("SELECT outline FROM documents WHERE id = ?", (document_id,)).fetchone()
        return [OutlineEntry(*entry) for entry in json.loads(row[0])] if row else []

    def pages(self, document_id: str) -> list[Page]:
        """All pages of a document."""
        rows = self._connection.execute(
            "SELECT g.number, g.label, g.text, g.language, g.confidence FROM pages g JOIN documents d ON d.num = g.document WHERE d.id = ? "
            "ORDER BY g.number",
            (document_id,),
        )
        return [Page(*row) for row in rows]

    def page(self, document_id: str, number: int) -> Page | None:
        """One page of a document, None where there is none."""
        row = self._connection.execute(
            "SELECT g.number, g.label, g.text, g.language, g.confidence FROM pages g JOIN documents d ON d.num = g.document "
            "WHERE d.id = ? AND g.number = ?",
            (document_id, number),
        ).fetchone()
        return None if row is None else Page(*row)

    def scan(self, document_id: str, number: int) -> Scan | None:
        """Where the words of a page stand on it that was read by OCR; None for any other page."""
        row = self._connection.execute(
            "SELECT w.words FROM page_words w JOIN documents d ON d.num = w.document WHERE d.id = ? AND w.number = ?",
            (document_id, number),
        ).fetchone()
        return None if row is None else scan_of(number, row[0])

    def page_text(self, document_id: str, number: int) -> str:
        """The stored text of one page, empty where there is none."""
        page = self.page(document_id, number)
        return page.text if page else ""

    def passages(self, seqs: Sequence[int]) -> dict[int, StoredPassage]:
        """These passages by number; those that are gone are left out."""
        found: dict[int, StoredPassage] = {}
        for start in range(0, len(seqs), _BATCH):
            batch = [int(seq) for seq in seqs[start : start + _BATCH]]
            marks = ", ".join("?" for _ in batch)
            for row in self._connection.execute(f"{PASSAGE} WHERE p.seq IN ({marks})", batch):
                found[row["seq"]] = passage_of(row)
        return found

    def passages_of(self, document_id: str) -> list[StoredPassage]:
        """All passages of a document, in reading order."""
        rows = self._connection.execute(f"{PASSAGE} WHERE d.id = ? ORDER BY p.ordinal", (document_id,))
        return [passage_of(row) for row in rows]

    def neighbours(self, stored: StoredPassage, before: int, after: int) -> list[StoredPassage]:
        """The passages around one, itself among them, in reading order."""
        rows = self._connection.execute(
            f"{PASSAGE} WHERE d.id = ? AND p.ordinal BETWEEN ? AND ? ORDER BY p.ordinal",
            (stored.document_id, stored.passage.ordinal - before, stored.passage.ordinal + after),
        )
        return [passage_of(row) for row in rows]

    def allowed(self, filters: Filters) -> list[int]:
        """The numbers of all passages that pass the filters, ascending."""
        outer, values = document_conditions(filters)
        inner, more = passage_conditions(filters)
        rows = self._connection.execute(
            # The conditions on documents are tried once for each document, not for each passage.
            f"SELECT p.seq FROM passages p WHERE p.document IN (SELECT d.num FROM documents d WHERE {outer}) "  # noqa: S608
            f"AND {inner} ORDER BY p.seq",
            [*values, *more],
        )
        return [row[0] for row in rows]

    def labelled(self, document_id: str, label: str) -> list[int]:
        """The numbers of a document's passages that bear this label or a finer one below it."""
        rows = self._connection.execute(
            "SELECT p.seq FROM passages p JOIN documents d ON d.num = p.document WHERE d.id = ? "
            "AND (p.label = ? OR p.label LIKE ? || '(%' OR p.pinpoints LIKE '%\"' || ? || '\"%')",
            (document_id, label, label, label),
        )
        return [row[0] for row in rows]

    def known_vectors(self, model: str, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
        """The vectors of that model that are stored for these texts."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(hashes), _BATCH):
            batch = list(hashes[start : start + _BATCH])
            marks = ", ".join("?" for _ in batch)
            rows = self._connection.execute(
                f"SELECT hash, vector FROM vectors WHERE model = ? AND hash IN ({marks})",  # noqa: S608
                [model, *batch],
            )
            found.update((bytes(row[0]), bytes(row[1])) for row in rows)
        return found

    def added(self, since: int) -> Iterator[tuple[StoredPassage, str, bytes]]:
        """Passages committed after revision `since`: each with its document's title and its text hash."""
        # Numbers grow with the revision. The plus signs keep SQLite from going over all passages for a few.
        first = self.first_added(since) if since else 0
        rows = self._connection.execute(
            "SELECT p.*, d.id AS document_id, d.title FROM passages p JOIN documents d ON d.num = p.document "
            "WHERE p.seq >= ? AND +p.revision > ? ORDER BY p.seq", (first, since)
        )  # fmt: skip
        for row in rows:
            yield passage_of(row), row["title"], bytes(row["text_hash"])

    def first_added(self, since: int) -> int | None:
        """The lowest number of a passage committed after revision `since`, None where there is none."""
        row = self._connection.execute("SELECT min(+seq) FROM passages WHERE revision > ?", (since,)).fetchone()
        return None if row[0] is None else int(row[0])

    def removed(self, since: int) -> list[tuple[int, int]]:
        """Ranges of passage numbers (first, last; both inclusive) removed after revision `since`."""
        rows = self._connection.execute("SELECT first, last FROM removals WHERE revision > ?", (since,))
        return [(row[0], row[1]) for row in rows]

    def versions(self) -> list[str]:
        """One text for each document, which changes whenever the document does."""
        rows = self._connection.execute("SELECT id || ' ' || revision FROM documents ORDER BY id")
        return [str(row[0]) for row in rows]

    def access_labels(self) -> frozenset[str]:
        """The access labels of the documents, in small letters."""
        rows = self._connection.execute("SELECT DISTINCT access FROM documents")
        return frozenset(str(row[0]).strip().casefold() for row in rows)

    def sequence_numbers(self) -> list[int]:
        """The numbers of all passages, ascending."""
        return [row[0] for row in self._connection.execute("SELECT seq FROM passages ORDER BY seq")]
