"""The gate before the page: nothing is served to nobody. ASGI middleware, within `ui.door.Guard`."""

from __future__ import annotations

from urllib.parse import quote

from ui import words
from ui.door import App, Receive, Scope, Send, rewritten
from ui.people import person as people_now
from ui.people.arrival import SAFE, Arrival, arrival
from ui.people.person import SCOPE, Person, Role
from ui.people.porter import Porter
from ui.people.replies import private, redirect, refuse
from ui.people.signing import Signing
from ui.rendering import esc

# What needs another role than a reader's, by the beginning of its path.
ROLES: tuple[tuple[str, Role], ...] = (("/curate", Role.CURATOR), ("/audit", Role.ADMIN), ("/metrics", Role.MONITOR))
# What is answered before anybody signs in: the sign-in itself, whether the program runs at all, its sign.
OPEN = frozenset({"/sign-in", "/sign-in/openid", "/sign-in/openid/back", "/sign-out"})
PLAIN = frozenset({"/healthz", "/favicon.ico"})
# Gradio's own scripts and styles are the same for all, and may be kept.
SHARED = ("/assets/", "/static/", "/theme.css")


class Gate:
    """Lets in whoever may come in, as the person that they are, and turns away everybody else."""

    def __init__(self, app: App, porter: Porter) -> None:
        self._app = app
        self._porter = porter
        self._signing = Signing(porter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on in the name of its person, or turn it away."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        # Whatever an earlier request of this connection left behind is no one's now.
        people_now.use(None)
        scope = {name: value for name, value in scope.items() if name != SCOPE}
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        people = self._porter.roster.people()
        if people is None:
            await refuse(send, 503, words.t("Nobody can sign in now: the list of users is not in order."))
            return
        come = arrival(scope, people.proxy)
        person = self._porter.identify(come, people)
        if come.path in PLAIN and come.method in SAFE:
            await self._app(scope, receive, send)
            return
        if come.path in OPEN:
            await self._signing.answer(come, people, person, receive, send)
            return
        turned_away = self._refusal(come, person)
        if turned_away is not None:
            await self._turn_away(come, send, *turned_away)
            return
        people_now.use(person)
        scope[SCOPE] = person
        if come.path.startswith(SHARED):
            await self._app(scope, receive, send)
        elif come.path == "/":
            await self._app(scope, receive, rewritten(private(send), ((b"<head>", b"<head>" + told(person)),)))
        else:
            await self._app(scope, receive, private(send))

    def _refusal(self, come: Arrival, person: Person | None) -> tuple[int, str] | None:
        """The status and the sentence for whoever is not let in; None for whoever is."""
        if person is None:
            return 401, words.t("Sign in first.")
        if person.ambient and come.method not in SAFE and come.foreign():
            return 403, words.t("This was asked by the page of another site, and is refused.")
        needed = next((role for start, role in ROLES if within(come.path, start)), Role.READER)
        if not person.role.covers(needed):
            return (
                (401, words.t("Sign in first."))
                if not person.name
                else (403, words.t("Your account does not allow this."))
            )
        return None

    async def _turn_away(self, come: Arrival, send: Send, status: int, sentence: str) -> None:
        if status == 401 and come.method == "GET" and "text/html" in come.header("accept"):
            asked = f"{come.path}?{come.query}" if come.query else come.path
            await redirect(send, f"/sign-in?next={quote(asked, safe='')}")
            return
        await refuse(send, status, sentence)


def told(person: Person | None) -> bytes:
    """What the page's script shows of the person who is there. What they may do is not decided by it."""
    name, role = (person.name, person.role.value) if person else ("", "")
    return f'<meta name="rapporteur-person" content="{esc(name)}" data-role="{role}">'.encode()


def within(path: str, start: str) -> bool:
    """Whether a path is `start` or below it, however its slashes and letters are written."""
    plain = "/" + "/".join(part for part in path.casefold().split("/") if part not in ("", "."))
    return plain == start or plain.startswith(f"{start}/")
