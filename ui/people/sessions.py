"""Sessions of people at the page: a secret in a cookie, of which only the fingerprint is kept, in memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from corpus.clearance import clearance
from ui.people.accounts import Account, Grant, People
from ui.people.passwords import fingerprint, new_secret
from ui.people.person import Person, Role

COOKIE = "rapporteur-session"
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in and when, in seconds of a clock that never jumps. `mark` is that of the account as it was then;
    `values` are those of the claim, where somebody signed in elsewhere (then `mark` is that of the place)."""

    name: str
    mark: str
    begun: float
    used: float
    values: tuple[str, ...] | None = None


def mark_of(account: Account) -> str:
    """Changes with the password, so that a new one ends the sessions of the old one."""
    return fingerprint(account.password or account.name)


class Sessions:
    """All sessions of a running page. They end with it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, Session] = {}

    def begin(self, name: str, mark: str, values: tuple[str, ...] | None = None, instead_of: str = "") -> str:
        """A session's secret, new with each sign-in; the earlier one of the same browser ends."""
        secret, now = new_secret(), self._clock()
        with self._lock:
            self._held.pop(fingerprint(instead_of), None)
            if len(self._held) >= MOST:
                oldest = min(self._held, key=lambda key: self._held[key].used)
                del self._held[oldest]
            self._held[fingerprint(secret)] = Session(name, mark, now, now, values)
        return secret

    def end(self, secret: str) -> Session | None:
        """End a session; returns what it was."""
        with self._lock:
            return self._held.pop(fingerprint(secret), None)

    def person(self, secret: str, people: People) -> Person | None:
        """Whose session it is, as the file of users says now; None where it ended or was none."""
        key, now = fingerprint(secret), self._clock()
        with self._lock:
            session = self._held.get(key)
            if session is None:
                return None
            person = _person(session, people)
            late = now - session.used > 3600 * people.idle or now - session.begun > 3600 * people.hours
            if person is None or late:
                del self._held[key]
                return None
            self._held[key] = replace(session, used=now)
        return person


def _person(session: Session, people: People) -> Person | None:
    if session.values is not None:
        place = people.openid
        if place is None or fingerprint(f"{place.issuer} {place.client}") != session.mark:
            return None
        given = granted(session.values, place.grants)
        return None if given is None else Person(session.name, given.role, clearance(given.access))
    account = people.accounts.get(session.name.casefold())
    if account is None or mark_of(account) != session.mark:
        return None
    return Person(account.name, account.role, account.clearance)


def granted(values: tuple[str, ...], grants: Mapping[str, Grant]) -> Grant | None:
    """What the values of a claim give together: the highest of their roles, all of their labels; None where none does."""
    mine = [grant for value, grant in grants.items() if value in values]
    if not mine:
        return None
    role = max((grant.role for grant in mine), key=list(Role).index)
    return Grant(role, tuple(dict.fromkeys(label for grant in mine for label in grant.access)))
