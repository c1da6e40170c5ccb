"""Commitments in the store: written with their document, listed by filters, and a curator's follow-up of each.

The key of a commitment is made of its document's id and its words, so that what a curator noted of it stays when the
document is read again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus.filters import document_conditions, fold_text
from corpus.lookup import Lookup
from corpus.records import Authority, Commitment, Document, Filters, Reception
from corpus.sql import Connection, Row

KEY = 16


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a curator noted of a commitment. `changed` is an ISO day."""

    status: str = ""
    note: str = ""
    responsible: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A commitment as the store gives it back: `key` names it for good, `passage_id` is the passage it stands in."""

    key: str
    document: Document
    commitment: Commitment
    followup: FollowUp = FollowUp()

    @property
    def passage_id(self) -> str:
        """The public name of its passage."""
        return f"{self.document.id}-{self.commitment.ordinal}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which commitments to list: any value of one field fits, all fields must. `strength` is the least one; `speaker`
    and `addressee` are parts of names (States also as ISO codes); `text` words that must all stand in it."""

    verb: tuple[str, ...] = ()
    authority: tuple[str, ...] = ()
    reception: tuple[str, ...] = ()
    speaker: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    text: str = ""
    strength: int = 1
    documents: Filters = field(default_factory=Filters)


def key_of(document_id: str, text: str) -> str:
    """The lasting name of a commitment, from its document and its words (case, blanks and punctuation left out)."""
    words = "".join(letter for letter in fold_text(text) if letter.isalnum())
    return hashlib.sha256(f"{document_id}|{words}".encode()).hexdigest()[:KEY]


def write(connection: Connection, number: int, document_id: str, commitments: Iterable[Commitment]) -> None:
    """Store the commitments of the document in row `number`, within the transaction that stores it."""
    rows = [
        (
            number, place, key_of(document_id, one.text), one.ordinal, one.start, one.end, one.text, one.verb, one.strength,
            one.authority.value, one.label, one.page, one.addressee, json.dumps(one.speakers, ensure_ascii=False),
            one.reception.value if one.reception else None, json.dumps(one.themes), one.lead,
            fold_text(f"{one.text} {one.lead}"),
        )
        for place, one in enumerate(commitments)
    ]  # fmt: skip
    connection.executemany(f"INSERT INTO commitments VALUES ({', '.join('?' * 18)})", rows)  # noqa: S608


def commitments(store: Lookup, wanted: Wanted) -> list[Kept]:
    """The commitments that fit, by document (title) and their order in it. The theme filter is met by a commitment of
    that theme, the country filter also by a State that speaks or is spoken to."""
    plain = wanted.documents
    outer, values = document_conditions(_of_documents(plain))
    conditions, more = _conditions(wanted)
    rows = store._connection.execute(
        f"SELECT c.*, d.id AS document_id, f.status, f.note, f.responsible, f.changed FROM commitments c "  # noqa: S608
        f"JOIN documents d ON d.num = c.document LEFT JOIN followups f ON f.key = c.key "
        f"WHERE {outer} AND {conditions} ORDER BY d.title, d.path, c.place",
        [*values, *more],
    ).fetchall()
    documents = store.documents_by_id({row["document_id"] for row in rows})
    return [
        Kept(row["key"], documents[row["document_id"]], _commitment(row), _followup(row))
        for row in rows
        if row["document_id"] in documents
    ]


def _of_documents(filters: Filters) -> Filters:
    return replace(filters, theme=(), country=(), language=(), article=())


def _conditions(wanted: Wanted) -> tuple[str, list[str]]:
    found: list[tuple[str, Sequence[str]]] = [("c.strength >= ?", [str(wanted.strength)])]
    for column in ("verb", "authority", "reception"):
        given = getattr(wanted, column)
        if given:
            sql = f"lower(c.{column}) IN (SELECT lower(value) FROM json_each(?))"  # noqa: S608
            found.append((sql, [json.dumps(given)]))
    if wanted.status:
        found.append(
            ("lower(coalesce(f.status, '')) IN (SELECT lower(value) FROM json_each(?))", [json.dumps(wanted.status)])
        )
    for column, given in (("c.speakers", wanted.speaker), ("coalesce(c.addressee, '')", wanted.addressee)):
        if given:
            folded = json.dumps([fold_text(value) for value in given])
            sql = f"EXISTS (SELECT 1 FROM json_each(?) v WHERE instr(fold_text({column}), v.value) > 0)"  # noqa: S608
            found.append((sql, [folded]))
    themes = wanted.documents.theme
    if themes:
        sql = "EXISTS (SELECT 1 FROM json_each(c.themes) t JOIN json_each(?) v ON lower(v.value) = lower(t.value))"
        found.append((sql, [json.dumps(themes)]))
    countries = wanted.documents.country
    if countries:
        sql = (
            "(EXISTS (SELECT 1 FROM json_each(c.speakers) t JOIN json_each(?) v ON v.value = t.value) OR EXISTS (SELECT 1 "
            "FROM document_values l JOIN json_each(?) v ON v.value = l.value WHERE l.document = c.document AND l.field = 'country'))"
        )
        found.append((sql, [json.dumps(countries)] * 2))
    for word in wanted.text.split():
        found.append(("instr(c.folded, ?) > 0", [fold_text(word)]))
    return " AND ".join(sql for sql, _ in found), [value for _, values in found for value in values]


def _commitment(row: Row) -> Commitment:
    return Commitment(
        row["ordinal"], row["start"], row["stop"], row["text"], row["verb"], row["strength"], Authority(row["authority"]),
        row["label"], row["page"], row["addressee"], tuple(json.loads(row["speakers"])),
        Reception(row["reception"]) if row["reception"] else None, tuple(json.loads(row["themes"])), row["lead"],
    )  # fmt: skip


def _followup(row: Row) -> FollowUp:
    if row["changed"] is None:
        return FollowUp()
    return FollowUp(row["status"], row["note"], row["responsible"], row["changed"])


def follow_up(connection: Connection, notes: Mapping[str, FollowUp]) -> None:
    """Keep what a curator noted of commitments, by key; an empty note takes the earlier one away."""
    for key, note in notes.items():
        if not (note.status or note.note or note.responsible):
            connection.execute("DELETE FROM followups WHERE key = ?", (key,))
        else:
            connection.execute(
                "INSERT INTO followups VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET status = excluded.status, "
                "note = excluded.note, responsible = excluded.responsible, changed = excluded.changed",
                (key, note.status, note.note, note.responsible, note.changed),
            )
