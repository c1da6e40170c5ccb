"""The address of a server store: postgresql://user@host/database?schema=name. Its password is never shown."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from corpus.errors import UsageError

SCHEMES = ("postgresql", "postgres")
SCHEMA = "rapporteur"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store lies on a server. `shown` names it to a person, `conninfo` is for the driver alone; several knowledge
    bases share a database, each in its own `schema`."""

    shown: str
    schema: str
    conninfo: str = field(repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.shown

    def told(self, error: Exception) -> str:
        """What the driver says of an error, on one line. It says no password, unless that is what it cannot read."""
        text = " ".join(str(error).split())[:200] or type(error).__name__
        for secret in self.hidden:
            text = text.replace(secret, "…")
        return text

    @property
    def digest(self) -> str:
        """A short name for a folder that goes with this address; the password counts for nothing in it."""
        return hashlib.sha256(self.shown.encode()).hexdigest()[:12]


def is_address(text: str) -> bool:
    """Whether a text names a server, and no folder."""
    return urlsplit(text).scheme in SCHEMES if "://" in text else False


def address_of(text: str) -> Address:
    """The address that a person gave.

    Raises:
        UsageError: it is none, or the schema is no plain name.
    """
    try:
        parts = urlsplit(text)
        given = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise UsageError("The address of the store cannot be read: write postgresql://user@host/database.") from error
    if parts.scheme not in SCHEMES:
        raise UsageError("A store on a server is named as postgresql://user@host/database; a folder with --home.")
    schema = given.pop("schema", SCHEMA)
    if not _NAME.fullmatch(schema):
        raise UsageError(f"“{schema}” is no name for a schema: use small letters, digits and underscores.")
    conninfo = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(given, quote_via=quote), ""))
    secrets = {given.get("password", ""), parts.netloc.rpartition("@")[0].partition(":")[2]}
    hidden = tuple(sorted({each for one in secrets for each in (one, unquote(one)) if each}, key=len, reverse=True))
    login, at, host = parts.netloc.rpartition("@")
    user = f"{unquote(login.partition(':')[0])}@" if at and login.partition(":")[0] else ""
    public = {name: value for name, value in given.items() if name in {"host", "port", "hostaddr", "dbname", "user"}}
    if schema != SCHEMA:
        public["schema"] = schema
    shown = urlunsplit(("postgresql", f"{user}{host}", parts.path, urlencode(public, quote_via=quote, safe="/"), ""))
    return Address(shown, schema, conninfo, hidden)
