"""The routes for those who watch the server: whether it runs and is ready, and what it measures."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from ui.door import LOOPBACK
from ui.handlers import Desk
from ui.running.load import Load
from ui.running.measures import MEDIA_TYPE, Measures, memory

PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def add_running_routes(web: Any, desk: Desk, whole: Any, measures: Measures, load: Load, signed_in: bool) -> None:
    """Add `/healthz`, open to all, and `/metrics` over the `whole` collection. Where people sign in the gate keeps
    `/metrics` for admins and monitors; elsewhere it is for this machine alone, without a proxy between."""

    @web.get("/healthz")  # type: ignore[untyped-decorator]
    def healthz(request: Request) -> Response:
        ready = desk.ready.is_set() and not desk.trouble and not load.closing
        state = "stopping" if load.closing else "trouble" if desk.trouble else "ok" if ready else "starting"
        # That it answers at all says that it lives; whoever asks for more gets more.
        status = 503 if "ready" in request.query_params and not ready else 200
        return JSONResponse({"status": state, "ready": ready}, status, {"cache-control": "no-store"})

    @web.get("/metrics")  # type: ignore[untyped-decorator]
    def metrics(request: Request) -> Response:
        if not signed_in and not near(request):
            return JSONResponse({"error": "This is told to programs of the same machine alone."}, 403)
        counts = whole.passage_counts()
        gauges = {
            "questions_running": float(load.now()), "questions_queued": float(load.queued()),
            "ready": float(desk.ready.is_set() and not desk.trouble), "revision": float(whole.revision),
            "documents": float(len(counts)), "passages": float(sum(counts.values())), "memory_bytes": memory(),
        }  # fmt: skip
        return Response(measures.text(gauges), 200, {"cache-control": "no-store"}, MEDIA_TYPE)


def near(request: Request) -> bool:
    """Whether a request comes from this machine, not through a proxy, and not under another site's name."""
    if any(name in request.headers for name in PROXIED):
        return False
    try:
        from_here = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return from_here and urlsplit(f"//{request.headers.get('host', '')}").hostname in LOOPBACK
