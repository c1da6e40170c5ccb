"""Texts that another program handed over with its own name and description for each, such as Haystack's documents.

In the corpus each is a document with one passage, found and cited like any other. What the records have no place for
is kept beside it, so that its depositor gets it back as it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.lookup import Lookup
from corpus.sql import Connection

_BATCH = 400


@dataclass(frozen=True, slots=True)
class Deposit:
    """`id` is the depositor's name for the text, `record` its description (JSON), `embedding` the vector that came
    with it (little-endian float64). That vector is kept, not searched: it is of a model that is not known here."""

    id: str
    record: str
    embedding: bytes | None = None


def keep(connection: Connection, document: int, deposit: Deposit) -> None:
    """Write a deposit beside its document, within the transaction that stores the document."""
    connection.execute(
        "INSERT INTO deposits VALUES (?, ?, ?, ?)", (document, deposit.id, deposit.record, deposit.embedding)
    )


def deposits_of(store: Lookup, seqs: Sequence[int]) -> dict[int, Deposit]:
    """The deposits behind these passages, by passage number; passages that came from files are left out."""
    found: dict[int, Deposit] = {}
    for start in range(0, len(seqs), _BATCH):
        batch = [int(seq) for seq in seqs[start : start + _BATCH]]
        marks = ", ".join("?" for _ in batch)
        for seq, *values in store._connection.execute(
            "SELECT p.seq, x.id, x.record, x.embedding FROM deposits x JOIN passages p ON p.document = x.document "  # noqa: S608
            f"WHERE p.seq IN ({marks})",
            batch,
        ):
            found[seq] = Deposit(*values)
    return found


def deposit_numbers(store: Lookup) -> list[int]:
    """The numbers of all passages that are deposits, ascending."""
    rows = store._connection.execute(
        "SELECT p.seq FROM deposits x JOIN passages p ON p.document = x.document ORDER BY p.seq"
    )
    return [row[0] for row in rows]


def numbers_of(store: Lookup, names: Sequence[str]) -> dict[str, int]:
    """Passage numbers by public name: a deposit's own id, or "document-ordinal" of a passage that came from a file.
    Names of passages that are not there are left out."""
    found: dict[str, int] = {}
    for start in range(0, len(names), _BATCH):
        batch = list(names[start : start + _BATCH])
        places = [(name.rpartition("-")[0], name.rpartition("-")[2]) for name in batch]
        numbered = [(document, int(ordinal)) for document, ordinal in places if ordinal.isdecimal() and document]
        if numbered:
            rows = ", ".join("(?, ?)" for _ in numbered)
            found |= store._connection.execute(
                f"WITH wanted(id, ordinal) AS (VALUES {rows}) "  # noqa: S608
                "SELECT d.id || '-' || p.ordinal, p.seq FROM wanted w JOIN documents d ON d.id = w.id "
                "JOIN passages p ON p.document = d.num AND p.ordinal = w.ordinal "
                "WHERE d.num NOT IN (SELECT document FROM deposits)",
                [value for pair in numbered for value in pair],
            ).fetchall()
        marks = ", ".join("?" for _ in batch)
        found |= store._connection.execute(
            "SELECT x.id, p.seq FROM deposits x JOIN passages p ON p.document = x.document "  # noqa: S608
            f"WHERE x.id IN ({marks})",
            batch,
        ).fetchall()
    wanted = set(names)
    return {name: seq for name, seq in found.items() if name in wanted}
