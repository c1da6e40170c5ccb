"""Addresses of the page that only some may open: who did what, and the labels to add documents under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from ui.people import audit
from ui.people.desks import Curators, curating
from ui.people.porter import Porter
from ui.people.signing_page import plain_page
from ui.rendering import esc
from ui.words import counted, t

MOST_LINES = 5000
_FACTS = frozenset({"time", "who", "what"})


def add_people_routes(web: Any, porter: Porter, curators: Curators) -> None:
    """Add them to the application. The gate has looked at roles before; what is asked of a curator is looked at again."""

    @web.get("/audit")  # type: ignore[untyped-decorator]
    def audited(request: Request, since: str = "") -> Response:
        lines = list(audit.read(porter.home, since))[-MOST_LINES:]
        if "text/html" in request.headers.get("accept", ""):
            return Response(audit_html(lines), media_type="text/html; charset=utf-8")
        return JSONResponse({"total": len(lines), "entries": lines})

    @web.get("/curate/labels")  # type: ignore[untyped-decorator]
    def labels() -> Response:
        curating()
        return JSONResponse({"labels": curators.labels()})


def audit_html(lines: Iterable[Mapping[str, Any]]) -> str:
    """Who did what, the newest first, as a page."""
    lines = list(lines)
    rows = "".join(_row(line) for line in reversed(lines))
    heads = "".join(
        f'<th scope="col">{esc(word)}</th>' for word in (t("Time (UTC)"), t("Who"), t("What"), t("Details"))
    )
    title = t("Who did what")
    number = counted(len(lines), "entries")
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    body = f'<h2>{esc(title)}</h2><p>{esc(number)}</p><div class="wide" tabindex="0" role="region" aria-label="{esc(title)}">{table}</div>'
    return plain_page(title, f'{body}<p class="quiet"><a href="/">{esc(t("Back to the page"))}</a></p>', wide=True)


def _row(line: Mapping[str, Any]) -> str:
    time = str(line["time"])[:19].replace("T", " ")
    cells = (time, str(line.get("who", "")), str(line.get("what", "")), _told(line))
    return f"<tr>{''.join(f'<td lang=en>{esc(cell)}</td>' for cell in cells)}</tr>"


def _told(line: Mapping[str, Any]) -> str:
    """The facts of a line in one text."""
    parts = []
    for name, value in line.items():
        if name not in _FACTS:
            parts.append(f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    return "; ".join(parts)
