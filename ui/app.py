"""Serving the page: the port is taken first, Gradio is imported next, models load while the page is up already."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from corpus.errors import UsageError
from ui.handlers import Base, Desk

HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
# Parts of Gradio's server that this page does not use: nothing can be uploaded, fetched through it or watched.
CLOSED = ("/gradio_api/upload", "/gradio_api/file", "/gradio_api/proxy", "/proxy", "/file", "/upload", "/monitoring")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


class Guard:
    """ASGI middleware: security headers on every response, and closed doors for what is not used."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        named = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        if str(scope["path"]).startswith(CLOSED):
            await send({"type": "http.response.start", "status": 404, "headers": named})
            await send({"type": "http.response.body", "body": b"Not here."})
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *named]
            await send(message)

        await self._app(scope, receive, send_guarded)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        UsageError: the port is taken, or the host is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise UsageError(
            f"The page cannot be served at {host}, port {port} ({error.strerror or error}). "
            "If another program uses the port, choose another one with --port."
        ) from error
    return taken


def application(base: Base, desk: Desk) -> Any:
    """The page as an ASGI application."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    import gradio as gr
    from fastapi import FastAPI

    from ui import theme
    from ui.layout import build

    blocks = build(base, desk)
    blocks.queue(max_size=200, default_concurrency_limit=8, api_open=False)
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    web.add_middleware(Guard)
    return gr.mount_gradio_app(
        web, blocks, path="/", theme=theme.theme(), css=theme.css(), footer_links=[], allowed_paths=[], show_error=False,
        enable_monitoring=False, ssr_mode=False, favicon_path=str(theme.FOLDER / "favicon.svg"),
    )  # fmt: skip


def serve(base: Base, host: str = "127.0.0.1", port: int = 7860, say: Callable[[str], None] = print) -> None:
    """Serve the page until it is interrupted; `say` gets the address once the page answers.

    Raises:
        UsageError: the port is taken, or the host is none of this machine.
    """
    import uvicorn

    with listen(host, port) as taken:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{taken.getsockname()[1]}"
        if host not in LOOPBACK:
            say("Take care: there is no sign-in yet, and whoever reaches this machine can read the collection.")
        desk = Desk(base)
        web = application(base, desk)
        config = uvicorn.Config(web, log_level="warning", timeout_graceful_shutdown=2, access_log=False)

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                say(f"Rapporteur is at {address}")
                threading.Thread(target=desk.open, name="opening", daemon=True).start()

        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        try:
            Server(config).run(sockets=[taken])
        except KeyboardInterrupt:
            say("The page is closed.")
