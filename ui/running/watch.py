"""What every request passes on its way in: it gets an id, is counted and noted, and is sent away where too many run."""

from __future__ import annotations

import json
import logging
import time

from ui.door import App, Message, Receive, Scope, Send
from ui.running import journal
from ui.running.load import AGAIN, QUESTIONS, Load
from ui.running.measures import Measures
from ui.words import t

HEADER = b"x-request-id"
# The ways of the page, and of Gradio, that are told apart; what else somebody may type is no name in a log.
OWN = frozenset({"page-image", "original", "matrix", "export", "batch", "curate", "audit", "sign-in", "sign-out",
                 "healthz", "metrics", "config", "assets", "static", "own.js", "theme.css"})  # fmt: skip
GRADIO = frozenset({"queue", "run", "call", "api", "mcp", "component_server", "info", "heartbeat", "startup-events"})


def kind(path: str) -> str:
    """The sort of request, from its path: never a name that a client made up."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        return "page"
    if parts[0] == "gradio_api" and len(parts) > 1:
        return f"gradio/{parts[1]}" if parts[1] in GRADIO else "gradio"
    return parts[0] if parts[0] in OWN else "other"


class Watch:
    """ASGI middleware, the outermost: ids, measures, the line in the log."""

    def __init__(self, app: App, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under an id of its own."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, start = journal.new_number(), time.perf_counter()
        journal.use(request)
        status = 500
        scope = {**scope, "rapporteur.request": request}

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message["headers"] = [*message.get("headers", ()), (HEADER, request.encode())]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            took, what = time.perf_counter() - start, kind(str(scope["path"]))
            self._measures.count(what, status, took)
            told = {
                "method": scope["method"] if scope["method"] in _METHODS else "other",
                "kind": what,
                "status": status,
            }
            level = logging.ERROR if status >= 500 and status != 503 else logging.INFO
            journal.REQUESTS.log(level, "request", extra={"facts": told | {"ms": round(took * 1000, 1)}})


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Busy:
    """ASGI middleware within the guard and the gate: where too many questions run, a new one is sent away at once."""

    def __init__(self, app: App, load: Load) -> None:
        self._app = app
        self._load = load

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or have it come again."""
        if scope["type"] != "http" or scope["method"] != "POST" or not str(scope["path"]).startswith(QUESTIONS):
            await self._app(scope, receive, send)
            return
        if self._load.busy():
            await _again(send, self._load.closing)
            return
        with self._load.one():
            await self._app(scope, receive, send)


async def _again(send: Send, closing: bool) -> None:
    said = (
        t("The server is being stopped. Try again in a minute.")
        if closing
        else t("Too many questions are being answered now. Try again in a few seconds.")
    )
    # Gradio's script reads `detail`, our own and other programs read `error`.
    body = json.dumps({"error": said, "detail": said}, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store"),
        (b"retry-after", str(AGAIN).encode()), (b"content-length", str(len(body)).encode()),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
