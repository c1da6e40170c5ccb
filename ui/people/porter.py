"""Who is let in: by a session, a token, a proxy's word, or without signing in where that is allowed."""

from __future__ import annotations

from pathlib import Path

from corpus.clearance import clearance
from ui.people import audit
from ui.people.accounts import Account, People
from ui.people.arrival import Arrival
from ui.people.guessing import Guesses
from ui.people.passwords import fingerprint, fits
from ui.people.person import Person, Role
from ui.people.roster import Roster
from ui.people.sessions import COOKIE, Sessions, mark_of


class Porter:
    """Knows the file of users, the sessions and the wrong tries of one served page."""

    def __init__(self, roster: Roster, home: Path) -> None:
        self.roster = roster
        self.home = home
        self.sessions = Sessions()
        self.guesses = Guesses()

    def identify(self, come: Arrival, people: People) -> Person | None:
        """The person of a request, None where nobody is let in."""
        given = come.header("authorization")
        if given:
            # Whoever names a token means it: a wrong one is no way in, whatever else comes with it.
            kind, _, token = given.partition(" ")
            account = people.tokens.get(fingerprint(token.strip())) if kind.casefold() == "bearer" else None
            return Person(account.name, account.role, account.clearance, ambient=False) if account else None
        if come.trusted and people.proxy and people.proxy.header:
            name = come.header(people.proxy.header)
            if name:
                account = people.accounts.get(name.casefold())
                return Person(account.name, account.role, account.clearance) if account else None
        secret = come.cookie(COOKIE)
        person = self.sessions.person(secret, people) if secret else None
        if person is None and people.anonymous is not None:
            return Person("", Role.READER, clearance(people.anonymous))
        return person

    def sign_in(self, name: str, password: str, come: Arrival, people: People) -> tuple[str, float]:
        """Try a name and a password: the secret of a new session, empty where they are wrong, and the seconds to wait.

        It takes as long whether there is such an account or not.
        """
        wait = self.guesses.wait(name, come.address)
        if wait > 0:
            return "", wait
        account: Account | None = people.accounts.get(name.strip().casefold())
        if not fits(password, account.password if account else None) or account is None:
            wait = self.guesses.wrong(name, come.address)
            what = "sign-in locked" if wait else "sign-in failed"
            audit.note(self.home, what, who=account.name if account else "(no such name)", address=come.address)
            return "", wait
        self.guesses.right(name, come.address)
        audit.note(self.home, "sign-in", who=account.name, address=come.address)
        return self.sessions.begin(account.name, mark_of(account), instead_of=come.cookie(COOKIE)), 0.0

    def sign_out(self, come: Arrival) -> None:
        """End the session of a request."""
        ended = self.sessions.end(come.cookie(COOKIE))
        if ended is not None:
            audit.note(self.home, "sign-out", who=ended.name, address=come.address)
