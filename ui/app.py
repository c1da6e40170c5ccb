"""Serving the page: the port is taken first, Gradio is imported next, models load while the page is up already."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from corpus.errors import UsageError
from ui.door import LOOPBACK, Guard
from ui.handlers import Base, Desk
from ui.running.load import Load, most

if TYPE_CHECKING:
    from ui.curating import Curator
    from ui.people.porter import Porter
    from ui.service import KnowledgeBase

PATIENCE = 20.0
# Seconds for which an idle connection stays open: longer than clients and proxies keep theirs, or one of them asks in the
# very moment in which it is closed, and is told nothing.
KEEP_ALIVE = 80


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


def application(base: Base, desk: Desk, porter: Porter | None = None, load: Load | None = None) -> Any:
    """The page as an ASGI application; with a porter nothing of it is served to nobody. `load` is filled as it runs."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    import gradio as gr
    from fastapi import FastAPI

    from ui import theme
    from ui.api import as_json
    from ui.layout import build
    from ui.routes import add_routes
    from ui.running.measures import Measures
    from ui.running.routes import add_running_routes
    from ui.running.watch import Busy, Watch
    from ui.translating import languages

    blocks = build(base, desk)
    blocks.queue(max_size=200, default_concurrency_limit=8, api_open=False)
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    load, measures = load or Load(), Measures()
    load.queued = lambda: queued(blocks)
    web.add_middleware(Busy, load=load)
    if porter is not None:
        from ui.people.desks import Curators
        from ui.people.gate import Gate
        from ui.people.routes import add_people_routes

        web.add_middleware(Gate, porter=porter)
        assert isinstance(desk.curator, Curators)
        add_people_routes(web, porter, desk.curator)
    # Its headers go with whatever is answered.
    web.add_middleware(Guard)
    # The outermost: it sees whatever was asked.
    web.add_middleware(Watch, measures=measures)
    whole = getattr(desk, "whole", base)
    add_running_routes(web, desk, whole, measures, load, porter is not None)
    add_routes(web, base, desk.curator)
    mounted = gr.mount_gradio_app(
        web, blocks, path="/", theme=theme.theme(), css=theme.css(), footer_links=[], allowed_paths=[], show_error=False,
        enable_monitoring=False, ssr_mode=False, mcp_server=True, i18n=languages(), favicon_path=str(theme.FOLDER / "favicon.svg"),
    )  # fmt: skip
    tools: Any = blocks.mcp_server_obj
    tools.postprocess_output_data = as_json
    return mounted


def queued(blocks: Any) -> int:
    """How many events run or wait in Gradio's queue."""
    queue = blocks._queue
    return len(queue) + sum(len(job) for job in queue.active_jobs if job)


def _desks(base: Base, porter: Porter) -> Desk:
    from ui.people.cleared import Clearances
    from ui.people.desks import Desks

    return Desks(Clearances(cast("KnowledgeBase", base)), porter)


def _warning(porter: Porter | None) -> str:
    """What to think of where others can reach the page."""
    if porter is None:
        return (
            "Take care: there is no sign-in without --users, and whoever reaches this machine can read the collection."
        )
    return "Take care: have a reverse proxy speak https for it, or others on the way can read passwords and pages."


def serve(
    base: Base,
    host: str = "127.0.0.1",
    port: int = 7860,
    say: Callable[[str], None] = print,
    curator: Curator | None = None,
    porter: Porter | None = None,
) -> None:
    """Serve the page until it is interrupted; `say` gets the address once the page answers. With a curator, documents
    can be added and removed at the page. With a porter people sign in, and each sees and does what their account allows.

    Raises:
        UsageError: the port is taken, or the host is none of this machine.
    """
    import uvicorn

    from ui.running import journal
    from ui.running.measures import few_arenas
    from ui.running.stopping import Server, terminated_as_interrupted

    few_arenas()
    logged = journal.set_up()
    load = Load(most())
    terminated_as_interrupted()
    with listen(host, port) as taken:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{taken.getsockname()[1]}"
        if host not in LOOPBACK:
            say(_warning(porter))
        desk = Desk(base, curator) if porter is None else _desks(base, porter)
        web = application(desk.base, desk, porter, load)
        # What a proxy says of a request is believed by us alone, and only of a proxy that the file of users names.
        config = uvicorn.Config(
            web,
            log_level="warning",
            timeout_graceful_shutdown=2,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE,
        )
        if logged:
            # Uvicorn's own lines would be of another form.
            config.log_config = None
            for name in ("uvicorn", "uvicorn.error"):
                logging.getLogger(name).handlers.clear()
                logging.getLogger(name).propagate = True

        opening = threading.Thread(target=desk.open, name="opening", daemon=True)

        def started() -> None:
            say(f"Rapporteur is at {address}")
            opening.start()

        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        try:
            Server(config, load, started).run(sockets=[taken])
        except KeyboardInterrupt:
            say("The page is closed.")
        finally:
            # A thread that is inside the model when Python ends takes the whole process down with a crash.
            desk.close()
            if opening.is_alive():
                opening.join(PATIENCE)
