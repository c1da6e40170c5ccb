"""The door of the page: what every request and answer passes through. Headers, closed routes, the language spoken."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ui import words

# Scripts run from our own files, and in the page itself where they carry the number of this one answer. Gradio sets styles
# of its own in the page.
POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; media-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), "
    "display-capture=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
# This machine, as it calls itself.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Names in an address that Gradio takes for its own: ours is `page`, and the other two are not used.
GRADIO_NAMES = ("page", "deep_link", "view")
# Parts of Gradio's server that this page does not use: nothing can be uploaded, fetched through it or watched.
CLOSED = (
    "/gradio_api/upload", "/gradio_api/file", "/gradio_api/proxy", "/proxy", "/file", "/upload", "/monitoring",
    "/gradio_api/deep_link", "/gradio_api/vibe", "/gradio_api/undo-vibe", "/gradio_api/runs", "/gradio_api/run-history",
    "/gradio_api/stream", "/gradio_api/process_recording", "/gradio_api/profiling", "/gradio_api/dev", "/login", "/logout",
)  # fmt: skip
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """ASGI middleware: security headers on every response, closed doors for what is not used, the page's language."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(18) if scope["path"] == "/" else ""
        policy = POLICY.format(nonce=f" 'nonce-{nonce}'" if nonce else "")
        headers = {"content-security-policy": policy, **HEADERS}
        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        if str(scope["path"]).startswith(CLOSED):
            await send({"type": "http.response.start", "status": 404, "headers": named})
            await send({"type": "http.response.body", "body": b"Not here."})
            return
        words.use(language_of({name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}))
        if scope["path"] in ("/", "/config"):
            pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            kept = [(name, value) for name, value in pairs if name not in GRADIO_NAMES]
            scope = {**scope, "query_string": urlencode(kept).encode()}
        if scope["path"] == "/":
            send = spoken(send, nonce)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *named]
            await send(message)

        await self._app(scope, receive, send_guarded)


def language_of(headers: MutableMapping[str, str]) -> str:
    """The language that a request asks for; names of headers in small letters."""
    return words.wanted(headers.get("cookie", ""), headers.get("accept-language", ""))


_SCRIPT = re.compile(rb"<script(?=[\s>])")


def spoken(send: Send, nonce: str) -> Send:
    """Has the page that is sent say its language, to Gradio's script and to screen readers, and lets its own scripts run:
    each carries the number of this answer."""
    language = words.spoken()
    # Gradio takes its language from the browser before any script of ours runs; what somebody chose here comes first.
    told = f'<script src="own.js"></script><script>Object.defineProperty(navigator,"language",{{get:()=>{json.dumps(language)}}})</script>'
    changes = ((b"<head>", b"<head>" + told.encode()), (b'<html\n\tlang="en"', f'<html\n\tlang="{language}"'.encode()))

    def allowed(body: bytes) -> bytes:
        # What comes from documents stands in the page as JSON without "<".
        return _SCRIPT.sub(b'<script nonce="%s"' % nonce.encode(), body)

    return rewritten(send, changes, allowed)


def rewritten(
    send: Send, changes: Sequence[tuple[bytes, bytes]], finish: Callable[[bytes], bytes] = lambda body: body
) -> Send:
    """Has a page sent with these first occurrences changed, each (before, after), and then as `finish` makes it."""
    started: list[Message] = []
    pieces: list[bytes] = []

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message)
            return
        pieces.append(bytes(message.get("body", b"")))
        if message.get("more_body"):
            return
        body = b"".join(pieces)
        for old, new in changes:
            body = body.replace(old, new, 1)
        body = finish(body)
        start = started.pop()
        sized = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "headers": [*sized, (b"content-length", str(len(body)).encode())]})
        await send({**message, "body": body})

    return sending
