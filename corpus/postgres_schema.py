"""The tables of the store on a server: the same history as in a file, functions that SQLite has by itself, and the views
through which those look who may see only a part.
"""

from __future__ import annotations

import unicodedata
import zlib
from functools import cache
from typing import Any

from corpus.address import Address
from corpus.clearance import views
from corpus.dialect import definition
from corpus.errors import DamagedHomeError, HomeError, MissingHomeError
from corpus.filters import fold_text
from corpus.schema import MIGRATIONS, statements

# Of what is made below the tables; each version makes all of it anew.
VERSION = 1
LABELS = "rapporteur.labels"
SEPARATOR = "\x1f"
_NUMBERED = {"documents": "num", "passages": "seq"}


def quoted(name: str) -> str:
    """A name as it stands in a statement."""
    return '"' + name.replace('"', '""') + '"'


def settings(address: Address, extension: str, labels: list[str] | None) -> str:
    """What each connection begins with. With `labels` the names of the tables mean the views over them."""
    schema, seen = quoted(address.schema), quoted(f"{address.schema}_seen")
    # Our own functions come before those of the system that bear the same names.
    path = f"{schema}, pg_catalog, {quoted(extension)}" if labels is None else f"{seen}, {schema}, pg_catalog"
    said = [f"SET search_path = {path}", "SET client_encoding = 'UTF8'", "SET standard_conforming_strings = on"]
    if labels is not None:
        listed = SEPARATOR.join(label for label in labels if SEPARATOR not in label).replace("'", "''")
        said += [f"SET {LABELS} = '{listed}'", "SET default_transaction_read_only = on"]
    return "; ".join(said)


def migrate(raw: Any, address: Address, *, create: bool) -> str:
    """Bring the schema of this address to the newest version, in one transaction; returns the name of the schema that
    holds the extension for vectors. One process at a time does it.

    Raises:
        MissingHomeError: there is no knowledge base, and `create` is false.
        DamagedHomeError: the schema is of something else, or of a newer Rapporteur.
        HomeError: the server lacks pgvector, or this user may not make tables.
    """
    schema = quoted(address.schema)
    with raw.transaction():
        raw.execute("SELECT pg_advisory_xact_lock(%s, %s)", lock_of(address, "migrate"))
        held = raw.execute("SELECT to_regclass(%s)", (f"{schema}.history",)).fetchone()[0] is not None
        if not held:
            others = raw.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", (address.schema,)).fetchone()[
                0
            ]
            if others:
                raise DamagedHomeError(f"The schema {address.schema} at {address} holds tables of another program.")
            if not create:
                raise MissingHomeError(
                    f"There is no knowledge base at {address}. Make one with: rapporteur ingest FOLDER --store ADDRESS"
                )
        extension = _extension(raw, address)
        if not held:
            raw.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            raw.execute(f"CREATE TABLE {schema}.history (tables BIGINT NOT NULL, rest BIGINT NOT NULL)")
            raw.execute(f"INSERT INTO {schema}.history VALUES (0, 0)")  # noqa: S608
        tables, rest = raw.execute(f"SELECT tables, rest FROM {schema}.history").fetchone()  # noqa: S608
        if tables > len(MIGRATIONS) or rest > VERSION:
            raise DamagedHomeError(
                f"The knowledge base at {address} was made by a newer Rapporteur. Update Rapporteur to open it."
            )
        if (tables, rest) != (len(MIGRATIONS), VERSION):
            raw.execute(f"SET LOCAL search_path = {schema}, pg_catalog")
            _bring(raw, address, tables)
    return extension


def _bring(raw: Any, address: Address, tables: int) -> None:
    seen = quoted(f"{address.schema}_seen")
    # Views stand in the way of changes to their tables.
    raw.execute(f"DROP SCHEMA IF EXISTS {seen} CASCADE")
    for number in range(tables, len(MIGRATIONS)):
        for statement in statements(MIGRATIONS[number]):
            raw.execute(definition(statement))
    # What is derived on the server, each with the revision that it was brought to.
    raw.execute("CREATE TABLE IF NOT EXISTS derived (name TEXT PRIMARY KEY, revision BIGINT NOT NULL)")
    for function in _functions():
        raw.execute(function)
    raw.execute(f"CREATE SCHEMA {seen}")
    granted = f"lower({{}}) = ANY(string_to_array(current_setting('{LABELS}'), '{SEPARATOR}'))"
    for name, condition in views(quoted(address.schema), seen, granted).items():
        rows = f"SELECT * FROM {quoted(address.schema)}.{name} WHERE {condition}"  # noqa: S608
        raw.execute(f"CREATE VIEW {seen}.{name} AS {rows}")
    raw.execute("UPDATE history SET tables = %s, rest = %s", (len(MIGRATIONS), VERSION))


def _extension(raw: Any, address: Address) -> str:
    """The schema in which the extension for vectors lies; made where it may be."""
    found = (
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'"
    )
    row = raw.execute(found).fetchone()
    if row is None:
        able = raw.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone()
        trusted = raw.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]
        if not able or not trusted:
            what = "may be made by its administrator only" if able else "is not installed on that server"
            raise HomeError(
                f"The database at {address} lacks the extension pgvector, which {what}. Have its administrator install "
                "pgvector and run there: CREATE EXTENSION vector"
            )
        raw.execute("CREATE EXTENSION vector")
        row = raw.execute(found).fetchone()
    return str(row[0])


def lock_of(address: Address, purpose: str) -> tuple[int, int]:
    """The two numbers of the lock that all processes take for a purpose, in one knowledge base."""
    number = zlib.crc32(f"{address.schema} {purpose}".encode())
    return 0x52415050, number - (number >> 31 << 32)


# -- functions that SQLite has by itself -----------------------------------------------------------------------

# A pattern of the shell as a regular expression; one that is none fits nothing.
_GLOB = r"""
CREATE OR REPLACE FUNCTION glob(pattern text, value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    pattern := regexp_replace(pattern, '([\\.+|(){}$]|(?<!\[)\^)', '\\\1', 'g');
    RETURN value ~ ('^(?:' || replace(replace(pattern, '*', '.*'), '?', '.') || ')$');
EXCEPTION WHEN invalid_regular_expression THEN
    RETURN FALSE;
END $$"""


def _functions() -> list[str]:
    return [
        # Of letters that are English only, whatever the database thinks of others.
        "CREATE OR REPLACE FUNCTION lower(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS "
        '$$ SELECT pg_catalog.lower(value COLLATE "C") $$',
        "CREATE OR REPLACE FUNCTION instr(value text, part text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS "
        "$$ SELECT strpos(value, part) $$",
        "CREATE OR REPLACE FUNCTION json_each(list text) RETURNS TABLE (value text) LANGUAGE sql IMMUTABLE PARALLEL SAFE "
        "AS $$ SELECT e.value FROM pg_catalog.json_array_elements_text(list::json) e(value) $$",
        _GLOB,
        _folding(),
    ]


@cache
def _folding() -> str:
    """`corpus.filters.fold_text` as a function there: case folded and accents taken away, letter by letter, as Python's
    tables of Unicode say."""
    single: dict[str, str] = {}
    several: dict[str, str] = {}
    marks = []
    for code in range(0x80, 0x110000):
        letter = chr(code)
        if unicodedata.category(letter) in ("Cs", "Cn", "Co"):
            continue
        if unicodedata.combining(letter):
            marks.append(code)
        folded = letter.casefold()
        if folded != letter:
            (single if len(folded) == 1 else several)[letter] = folded
    runs: list[list[int]] = []
    for code in marks:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    between = "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in runs)
    spelt = "value"
    for letter, folded in several.items():
        spelt = f"replace({spelt}, '{letter}', '{folded}')"
    assert fold_text("Élan") == "elan"
    return f"""
CREATE OR REPLACE FUNCTION fold_text(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF octet_length(value) = char_length(value) THEN
        RETURN pg_catalog.lower(value COLLATE "C");
    END IF;
    value := translate(pg_catalog.lower(value COLLATE "C"), '{"".join(single)}', '{"".join(single.values())}');
    IF value ~ '[{"".join(several)}]' THEN
        value := {spelt};
    END IF;
    RETURN regexp_replace(normalize(value, NFKD), '[{between}]', '', 'g');
END $$"""
