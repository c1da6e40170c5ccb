"""Signing in and out: the page with name and password, what its form sends, the way over another place's sign-in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from urllib.parse import parse_qs

import anyio
from anyio.to_thread import run_sync

from corpus.errors import RapporteurError
from ui import words
from ui.door import Receive, Send
from ui.people import audit
from ui.people.accounts import People
from ui.people.arrival import Arrival, local_path, set_cookie
from ui.people.openid import FLOW_COOKIE, FLOW_SECONDS, OpenIdSignIn
from ui.people.passwords import LONGEST, fingerprint
from ui.people.person import Person
from ui.people.porter import Porter
from ui.people.replies import Headers, answered, redirect, refuse
from ui.people.sessions import COOKIE
from ui.people.signing_page import sign_in_page
from ui.words import t

MOST_BYTES = 10_000
HTML = "text/html; charset=utf-8"
# Checking a password takes a tenth of a second and 64 MB on purpose: not more than two at once.
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of the sign-in."""

    come: Arrival
    people: People
    values: dict[str, str]

    @property
    def next(self) -> str:
        """Where to go then."""
        return local_path(self.values.get("next", "/"))


class Signing:
    """Answers everything about signing in and out."""

    def __init__(self, porter: Porter) -> None:
        self._porter = porter
        self._openid = OpenIdSignIn()
        self._limit: anyio.CapacityLimiter | None = None

    async def answer(self, come: Arrival, people: People, person: Person | None, receive: Receive, send: Send) -> None:
        """Answer a request for one of the addresses of the sign-in."""
        if come.method not in ("GET", "HEAD", "POST"):
            await refuse(send, 405, t("This is not done here."))
            return
        if come.method == "POST" and come.foreign():
            await refuse(send, 403, t("This was asked by the page of another site, and is refused."))
            return
        sent = await _form(receive) if come.method == "POST" else come.query
        try:
            given = parse_qs(sent, keep_blank_values=True, max_num_fields=20)
        except ValueError:
            given = {}
        asked = Asked(come, people, {name: found[-1] for name, found in given.items()})
        if come.path == "/sign-out":
            await self._out(asked, send)
        elif come.path == "/sign-in/openid":
            await self._elsewhere(asked, send)
        elif come.path == "/sign-in/openid/back":
            await self._back(asked, send)
        elif come.method == "POST":
            await self._in(asked, send)
        elif person is not None and person.name and "language" not in asked.values:
            await redirect(send, asked.next)
        else:
            await self._page(asked, send)

    async def _page(
        self, asked: Asked, send: Send, problem: str = "", status: int = 200, headers: Headers = ()
    ) -> None:
        language = asked.values.get("language", "")
        if language in words.SPOKEN:
            words.use(language)
            told = f"{words.COOKIE}={language}; Path=/; Max-Age=31536000; SameSite=Strict"
            headers = (*headers, (b"set-cookie", told.encode()))
        html = sign_in_page(
            asked.next, problem, asked.values.get("name", "")[:80],
            by_password=any(account.password for account in asked.people.accounts.values()),
            elsewhere=asked.people.openid is not None, open_to_all=asked.people.anonymous is not None,
        )  # fmt: skip
        await answered(send, status, html.encode(), HTML, headers)

    async def _in(self, asked: Asked, send: Send) -> None:
        name, password = asked.values.get("name", "").strip()[:80], asked.values.get("password", "")[: LONGEST + 1]
        if self._limit is None:
            self._limit = anyio.CapacityLimiter(AT_ONCE)
        come, people = asked.come, asked.people
        secret, wait = await run_sync(self._porter.sign_in, name, password, come, people, limiter=self._limit)
        if secret:
            await redirect(send, asked.next, (set_cookie(COOKIE, secret, secure=come.secure),))
        elif wait > 0:
            seconds = math.ceil(wait)
            problem = t("Too many wrong tries. Wait {time}, then try again.", time=_in_words(seconds))
            await self._page(asked, send, problem, 429, ((b"retry-after", str(seconds).encode()),))
        else:
            await self._page(asked, send, t("The name or the password is wrong."), 401)

    async def _out(self, asked: Asked, send: Send) -> None:
        if asked.come.method != "POST":
            await redirect(send, "/")
            return
        self._porter.sign_out(asked.come)
        gone = set_cookie(COOKIE, "", secure=asked.come.secure, seconds=0)
        await redirect(send, "/sign-in", (gone, (b"clear-site-data", b'"cache", "storage"')))

    async def _elsewhere(self, asked: Asked, send: Send) -> None:
        place = asked.people.openid
        if place is None or asked.come.method != "GET":
            await refuse(send, 404, t("This is not done here."))
            return
        try:
            address, secret = await run_sync(self._openid.begin, place, asked.come.origin, asked.next)
        except RapporteurError as error:
            await self._page(asked, send, words.said(str(error)), 502)
            return
        flow = set_cookie(FLOW_COOKIE, secret, secure=asked.come.secure, seconds=FLOW_SECONDS, path="/sign-in")
        await redirect(send, address, (flow,))

    async def _back(self, asked: Asked, send: Send) -> None:
        place, come = asked.people.openid, asked.come
        if place is None or come.method != "GET":
            await refuse(send, 404, t("This is not done here."))
            return
        try:
            found = await run_sync(self._openid.finish, place, asked.values, come.cookie(FLOW_COOKIE))
        except RapporteurError as error:
            audit.note(self._porter.home, "sign-in failed", who="(signed in elsewhere)", address=come.address)
            await self._page(asked, send, words.said(str(error)), 403)
            return
        audit.note(self._porter.home, "sign-in", who=found.name, address=come.address)
        mark = fingerprint(f"{place.issuer} {place.client}")
        secret = self._porter.sessions.begin(found.name, mark, found.values, instead_of=come.cookie(COOKIE))
        gone = set_cookie(FLOW_COOKIE, "", secure=come.secure, seconds=0, path="/sign-in")
        await redirect(send, found.next, (set_cookie(COOKIE, secret, secure=come.secure), gone))


def _in_words(seconds: int) -> str:
    return words.counted(seconds, "seconds") if seconds < 90 else words.counted(math.ceil(seconds / 60), "minutes")


async def _form(receive: Receive) -> str:
    """What a form sent; empty where it is too long."""
    held = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return ""
        held += message.get("body", b"")
        more = bool(message.get("more_body"))
        if len(held) > MOST_BYTES:
            return ""
    return held.decode("utf-8", "replace")
