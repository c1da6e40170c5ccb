"""Who asks: the person of a request, and who acts where nobody is signed in."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from corpus.clearance import Clearance
from corpus.errors import RapporteurError

# Where the gate leaves the person in the scope of a request: whatever handles it later is given them from there.
SCOPE = "rapporteur.person"


class Role(StrEnum):
    """What somebody may do: a reader asks, finds, reads and exports; a curator adds and removes too; an admin also sees
    who did what, and what the server measures. A monitor sees what it measures and nothing else."""

    MONITOR = "monitor"
    READER = "reader"
    CURATOR = "curator"
    ADMIN = "admin"

    def covers(self, other: Role) -> bool:
        """Whether this role may do what the other one may."""
        if Role.MONITOR in (self, other):
            return self in (other, Role.ADMIN)
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was let in. `clearance` holds the access labels that they may see, None for all; `name` is empty for
    whoever is let in without signing in. `ambient` says that their browser sends what lets them in by itself."""

    name: str
    role: Role
    clearance: Clearance | None
    ambient: bool = True


class NobodyError(RapporteurError):
    """Something was asked on behalf of nobody: a part of the program forgot to say for whom it asks."""


_NOW: ContextVar[Person | None] = ContextVar("person of the request", default=None)


def use(person: Person | None) -> None:
    """Act for this person for the rest of the request."""
    _NOW.set(person)


def present() -> Person | None:
    """Whoever is acted for now."""
    return _NOW.get()


def required() -> Person:
    """Whoever is acted for now.

    Raises:
        NobodyError: it is nobody.
    """
    person = _NOW.get()
    if person is None:
        raise NobodyError("Sign in first.")
    return person


@contextmanager
def acting(person: Person | None) -> Iterator[None]:
    """Act for this person inside."""
    token = _NOW.set(person)
    try:
        yield
    finally:
        _NOW.reset(token)


def of_request(request: Any) -> Person | None:
    """The person of a request of Gradio or Starlette, from where the gate left them."""
    found = scope_of(request).get(SCOPE)
    return found if isinstance(found, Person) else None


def scope_of(request: Any) -> Mapping[str, Any]:
    """What the server noted of a request of Gradio or Starlette; empty where there is no request behind it."""
    held = getattr(request, "request", None) or request
    return getattr(held, "scope", None) or {}


def actor() -> str:
    """The name under which something is noted: the person signed in, else the user of this machine."""
    person = present()
    if person is not None:
        return person.name or "(not signed in)"
    try:
        return f"{getpass.getuser()} (this machine)"
    except (KeyError, OSError):
        return "(this machine)"
