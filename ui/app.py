"""Serving the page: the port is taken first, Gradio is imported next, models load while the page is up already."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from ui.door import Guard
from ui.handlers import Base, Desk

if TYPE_CHECKING:
    from ui.curating import Curator

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
    from ui.routes import add_routes
    from ui.translating import languages

    blocks = build(base, desk)
    blocks.queue(max_size=200, default_concurrency_limit=8, api_open=False)
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    web.add_middleware(Guard)
    add_routes(web, base, desk.curator)
    mounted = gr.mount_gradio_app(
        web, blocks, path="/", theme=theme.theme(), css=theme.css(), footer_links=[], allowed_paths=[], show_error=False,
        enable_monitoring=False, ssr_mode=False, mcp_server=True, i18n=languages(), favicon_path=str(theme.FOLDER / "favicon.svg"),
    )  # fmt: skip
    tools: Any = blocks.mcp_server_obj
    tools.postprocess_output_data = as_json
    return mounted


def serve(
    base: Base,
    host: str = "127.0.0.1",
    port: int = 7860,
    say: Callable[[str], None] = print,
    curator: Curator | None = None,
) -> None:
    """Serve the page until it is interrupted; `say` gets the address once the page answers. With a curator, documents
    can be added and removed at the page.

    Raises:
        UsageError: the port is taken, or the host is none of this machine.
    """
    import uvicorn

    with listen(host, port) as taken:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{taken.getsockname()[1]}"
        if host not in LOOPBACK:
            say("Take care: there is no sign-in yet, and whoever reaches this machine can read the collection.")
        desk = Desk(base, curator)
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
