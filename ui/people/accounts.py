"""The file of users: who has an account, with which role and access labels, and which other ways in there are.

It is YAML, is read anew when it changes, and is refused where it says something that is not understood: what is not understood
could be what keeps somebody out.
"""

from __future__ import annotations

import ipaddress
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from corpus.clearance import ALL, Clearance, clearance
from corpus.errors import UsageError
from ui.people.passwords import is_hash
from ui.people.person import Role

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAME = re.compile(r"[\w.@+-]{1,64}")
_LABEL = re.compile(r"[\w](?:[\w -]{0,38}[\w])?")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Account:
    """An account. `password` is an argon2id hash, None for whoever signs in elsewhere; `tokens` are fingerprints."""

    name: str
    password: str | None
    role: Role
    access: tuple[str, ...]
    tokens: tuple[str, ...] = ()

    @property
    def clearance(self) -> Clearance | None:
        """The access labels that the person may see; None for all."""
        return clearance(self.access)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a value of a claim gives to whoever signs in elsewhere."""

    role: Role
    access: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proxy:
    """A reverse proxy that signs people in: its header holds the name of an account, and is believed from `sources` only.
    Without a header the proxy is only believed about addresses and https."""

    sources: tuple[Network, ...]
    header: str = ""


@dataclass(frozen=True, slots=True)
class OpenId:
    """Sign-in elsewhere by OpenID Connect. `secret` names an environment variable; `grants` go by the values of `claim`."""

    issuer: str
    client: str
    secret: str
    claim: str
    grants: Mapping[str, Grant]
    name: str = "email"
    scopes: tuple[str, ...] = ("openid", "email", "profile")


@dataclass(frozen=True, slots=True)
class People:
    """Everything that the file says. `anonymous` are labels that are seen without signing in, None where that is not
    allowed; `hours` and `idle` are how long a session lasts at most, and without being used."""

    accounts: Mapping[str, Account]
    proxy: Proxy | None = None
    openid: OpenId | None = None
    anonymous: tuple[str, ...] | None = None
    hours: float = 12.0
    idle: float = 2.0
    tokens: Mapping[str, Account] = field(default_factory=dict)

    def labels(self) -> list[str]:
        """Every label that the file names."""
        named = [label for account in self.accounts.values() for label in account.access]
        named += [label for grant in (self.openid.grants if self.openid else {}).values() for label in grant.access]
        return sorted({*named, *(self.anonymous or ())} - {ALL})


def read_people(file: Path) -> People:
    """What the file says.

    Raises:
        UsageError: it is missing, can be read by others, or says something that is not understood.
    """
    people = people_of(read_file(file), file)
    if not people.accounts and people.openid is None:
        raise UsageError(f"{file} names nobody. Make an account first: rapporteur users add NAME --file {file}")
    return people


def read_file(file: Path) -> dict[str, Any]:
    """The file as it is written.

    Raises:
        UsageError: it is missing, can be read by others, or is no YAML.
    """
    try:
        held = file.stat()
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The file of users {file} cannot be read ({getattr(error, 'strerror', None) or 'it is no UTF-8'}). "
            f"Make one with: rapporteur users add NAME --file {file}"
        ) from error
    if os.name == "posix" and stat.S_IMODE(held.st_mode) & 0o077:
        raise UsageError(
            f"The file of users {file} can be read or changed by others of this machine. Run: chmod 600 {file}"
        )
    try:
        said = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise UsageError(f"The file of users {file} is no YAML{where}.") from error
    if not isinstance(said, dict):
        raise UsageError(f"The file of users {file} must hold a list under “users:”.")
    return said


def people_of(said: Mapping[str, Any], file: Path) -> People:
    """What the parts of the file mean.

    Raises:
        UsageError: one of them is not understood; the message names it.
    """
    try:
        return _people(said)
    except (_NotUnderstoodError, TypeError, ValueError) as error:
        raise UsageError(f"The file of users {file} is not understood: {error}.") from error


class _NotUnderstoodError(Exception):
    """A part of the file is not understood."""


def _people(said: Mapping[str, Any]) -> People:
    _only(said, "the file", "users", "proxy", "oidc", "session", "anonymous")
    accounts: dict[str, Account] = {}
    tokens: dict[str, Account] = {}
    for one in said.get("users") or ():
        account = _account(one)
        key = account.name.casefold()
        if key in accounts:
            raise _NotUnderstoodError(f"there are two users “{account.name}”")
        accounts[key] = account
        tokens |= dict.fromkeys(account.tokens, account)
    session = said.get("session") or {}
    _only(session, "session", "hours", "idle")
    anonymous = said.get("anonymous")
    return People(
        accounts,
        _proxy(said.get("proxy")),
        _openid(said.get("oidc")),
        None if anonymous is None else _labels(anonymous, "anonymous"),
        _hours(session.get("hours", 12.0)),
        _hours(session.get("idle", 2.0)),
        tokens,
    )


def _only(said: Any, where: str, *known: str) -> None:
    if not isinstance(said, Mapping):
        raise _NotUnderstoodError(f"{where} has no names with values")
    unknown = [str(name) for name in said if name not in known]
    if unknown:
        raise _NotUnderstoodError(f"{where} has “{unknown[0]}”, but may have {', '.join(known)}")


def _hours(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 24 * 90:
        raise _NotUnderstoodError("a session lasts a number of hours, from above 0 to 2160")
    return float(value)


def _account(said: Any) -> Account:
    _only(said, "a user", "name", "password", "role", "access", "tokens")
    name = said.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _NotUnderstoodError(f"“{name}” is no name of a user: letters, digits and . _ - @ + alone, at most 64")
    kept = said.get("password")
    if kept is not None and not (isinstance(kept, str) and is_hash(kept)):
        raise _NotUnderstoodError(f"the password of “{name}” is no argon2id hash: run rapporteur users password {name}")
    tokens = said.get("tokens") or []
    if not isinstance(tokens, list) or not all(_FINGERPRINT.fullmatch(str(one)) for one in tokens):
        raise _NotUnderstoodError(f"the tokens of “{name}” are no fingerprints: run rapporteur users token {name}")
    role, access = _role(said.get("role"), f"the user “{name}”"), _labels(said.get("access"), f"the access of “{name}”")
    return Account(name, kept, role, access, tuple(tokens))


def _role(value: Any, where: str) -> Role:
    if value not in set(Role):
        raise _NotUnderstoodError(f"{where} needs a role: {', '.join(Role)}")
    return Role(value)


def _labels(value: Any, where: str) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(label, str) for label in given):
        raise _NotUnderstoodError(f"{where} must be a list of access labels, or “*” for all")
    for label in given:
        if label != ALL and not _LABEL.fullmatch(label):
            raise _NotUnderstoodError(
                f"“{label}” is no access label: letters, digits, blanks and hyphens alone, at most 40"
            )
    return tuple(given)


def check_label(label: str) -> str:
    """The access label itself, where it may be one.

    Raises:
        UsageError: it may not.
    """
    if not _LABEL.fullmatch(label):
        raise UsageError(f"“{label[:40]}” is no access label: letters, digits, blanks and hyphens alone, at most 40.")
    return label


def _proxy(said: Any) -> Proxy | None:
    if said is None:
        return None
    _only(said, "proxy", "header", "from")
    sources = said.get("from")
    sources = [sources] if isinstance(sources, str) else sources
    if not isinstance(sources, list) or not sources:
        raise _NotUnderstoodError("proxy needs “from”: the addresses whose header is believed")
    header = said.get("header") or ""
    if not isinstance(header, str) or (header and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", header)):
        raise _NotUnderstoodError("the header of the proxy must be a name such as X-Remote-User")
    return Proxy(tuple(ipaddress.ip_network(str(one), strict=False) for one in sources), header.lower())


def _openid(said: Any) -> OpenId | None:
    if said is None:
        return None
    _only(said, "oidc", "issuer", "client", "secret", "claim", "grants", "name", "scopes")
    for name in ("issuer", "client", "secret", "claim"):
        if not isinstance(said.get(name), str) or not said[name]:
            raise _NotUnderstoodError(f"oidc needs “{name}”")
    if not _VARIABLE.fullmatch(said["secret"]):
        raise _NotUnderstoodError("the secret of oidc is the name of an environment variable, never the secret itself")
    grants = said.get("grants")
    if not isinstance(grants, Mapping) or not grants:
        raise _NotUnderstoodError("oidc needs “grants”: what each value of the claim gives")
    read: dict[str, Grant] = {}
    for value, grant in grants.items():
        _only(grant, f"the grant of “{value}”", "role", "access")
        where = f"the grant of “{value}”"
        read[str(value)] = Grant(_role(grant.get("role"), where), _labels(grant.get("access"), where))
    scopes = said.get("scopes") or ["openid", "email", "profile"]
    return OpenId(
        said["issuer"].rstrip("/"), said["client"], said["secret"], said["claim"], read, str(said.get("name") or "email"),
        tuple(str(one) for one in scopes),
    )  # fmt: skip
