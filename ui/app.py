"""Serving the page: the port is taken first, Gradio is imported next, models load while the page is up already."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from corpus.errors import UsageError
from ui.door import Guard
from ui.handlers import MAX_TEXT, Base, Desk

PATIENCE = 20.0
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


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
    from ui.api import as_json
    from ui.layout import build
    from ui.translating import languages

    blocks = build(base, desk)
    blocks.queue(max_size=200, default_concurrency_limit=8, api_open=False)
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    web.add_middleware(Guard)
    _files(web, base)
    mounted = gr.mount_gradio_app(
        web, blocks, path="/", theme=theme.theme(), css=theme.css(), footer_links=[], allowed_paths=[], show_error=False,
        enable_monitoring=False, ssr_mode=False, mcp_server=True, i18n=languages(), favicon_path=str(theme.FOLDER / "favicon.svg"),
    )  # fmt: skip
    tools: Any = blocks.mcp_server_obj
    tools.postprocess_output_data = as_json
    return mounted


def _files(web: Any, base: Base) -> None:
    """The routes for pages as pictures and for files to save."""
    from fastapi import Query, Response

    from ui import originals

    def answer(reply: originals.Reply) -> Response:
        headers = {"cache-control": "private, max-age=300" if reply.status == 200 else "no-store"}
        if reply.name:
            headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(reply.name)}"
        return Response(reply.content, reply.status, headers, reply.media_type)

    @web.get("/page-image")  # type: ignore[untyped-decorator]
    def page_image(doc: str, page: int, passage: str = "", quote: str = "") -> Response:
        return answer(originals.page_image(base, doc, page, passage, quote[:MAX_TEXT]))

    @web.get("/original")  # type: ignore[untyped-decorator]
    def original(doc: str) -> Response:
        return answer(originals.original(base, doc))

    several = Query()

    @web.get("/export")  # type: ignore[untyped-decorator]
    def export(form: str, passage: list[str] = several) -> Response:
        return answer(originals.export(base, passage, form))


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

        opening = threading.Thread(target=desk.open, name="opening", daemon=True)

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                say(f"Rapporteur is at {address}")
                opening.start()

            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                # A browser that is still open has its streams cut: nothing went wrong.
                logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
                await super().shutdown(sockets)

        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        try:
            Server(config).run(sockets=[taken])
        except KeyboardInterrupt:
            say("The page is closed.")
        finally:
            # A thread that is inside the model when Python ends takes the whole process down with a crash.
            desk.close()
            if opening.is_alive():
                opening.join(PATIENCE)
