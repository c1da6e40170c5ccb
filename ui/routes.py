"""The page's own routes beside Gradio's: pictures of pages, files to save, tables of queries, documents that are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from corpus.errors import RapporteurError, UsageError
from ui import batch, gathering, originals
from ui.addresses import parse
from ui.door import LOOPBACK
from ui.limits import MOST_BYTES
from ui.theme import first_script
from ui.words import said, t

if TYPE_CHECKING:
    from ui.curating import Curator
    from ui.handlers import Base
    from ui.people.desks import Curators

MAX_QUOTE = 2000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv; charset=utf-8"


def add_routes(web: Any, base: Base, curator: Curator | Curators | None) -> None:
    """Add the routes to the application; those that change the collection only where there is a curator."""
    first = first_script()

    @web.get("/own.js")  # type: ignore[untyped-decorator]
    def own() -> Response:
        return Response(first, 200, {"cache-control": "no-cache"}, "text/javascript; charset=utf-8")

    _reading(web, base)
    _batch(web, base)
    if curator is not None:
        _curating(web, curator)


def _answer(reply: originals.Reply) -> Response:
    headers = {
        "cache-control": "private, max-age=300" if reply.status == 200 else "no-store",
        # Whatever a file holds, nothing in it runs or is fetched, even where a browser shows it.
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    if reply.name:
        headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(reply.name)}"
    return Response(reply.content, reply.status, headers, reply.media_type)


def _reading(web: Any, base: Base) -> None:
    @web.get("/page-image")  # type: ignore[untyped-decorator]
    def page_image(doc: str, page: int, passage: str = "", quote: str = "") -> Response:
        return _answer(originals.page_image(base, doc, page, passage, quote[:MAX_QUOTE]))

    @web.get("/original")  # type: ignore[untyped-decorator]
    def original(doc: str) -> Response:
        return _answer(originals.original(base, doc))

    @web.get("/matrix")  # type: ignore[untyped-decorator]
    def matrix(request: Request, form: str) -> Response:
        try:
            made, name = gathering.matrix(base, parse("?" + str(request.url.query)), form)
        except RapporteurError as error:
            return _answer(originals.refusal(error))
        return _answer(originals.Reply(200, made, {"xlsx": XLSX, "csv": CSV}.get(form, DOCX), name))

    several = Query()

    @web.get("/export")  # type: ignore[untyped-decorator]
    def export(form: str, passage: list[str] = several) -> Response:
        return _answer(originals.export(base, passage, form))


def _batch(web: Any, base: Base) -> None:
    sent = _sent(batch.MOST_BYTES)

    @web.post("/batch")  # type: ignore[untyped-decorator]
    def many(form: str = "xlsx", k: int = 10, mode: str = "hybrid", content: bytes = sent) -> Response:
        try:
            made = batch.answered(base, content, form, k, mode)
        except RapporteurError as error:
            return _answer(originals.refusal(error))
        return _answer(originals.Reply(200, made, XLSX if form == "xlsx" else CSV, f"passages.{form}"))


def _curating(web: Any, curator: Curator | Curators) -> None:
    sent = _sent(MOST_BYTES)

    def told(request: Request, work: Callable[[], dict[str, Any]]) -> Response:
        try:
            _own(request)
            return JSONResponse(work())
        except RapporteurError as error:
            return JSONResponse({"error": said(str(error))}, 400)

    @web.post("/curate/add")  # type: ignore[untyped-decorator]
    def add(request: Request, name: str = "", label: str = "", content: bytes = sent) -> Response:
        return told(request, lambda: {"name": curator.of(label).accept(name, content)})

    @web.post("/curate/begin")  # type: ignore[untyped-decorator]
    def begin(request: Request, label: str = "") -> Response:
        return told(request, lambda: curator.of(label).begin())

    @web.get("/curate/progress")  # type: ignore[untyped-decorator]
    def progress(request: Request, label: str = "") -> Response:
        return told(request, lambda: curator.of(label).progress())

    @web.post("/curate/remove")  # type: ignore[untyped-decorator]
    def remove(request: Request, doc: str) -> Response:
        return told(request, lambda: {"words": curator.remove(doc)})


def _own(request: Request) -> None:
    """A page of another site can make a browser send a request here, but not with this header, nor under our name.

    Raises:
        UsageError: the request does not come from the page.
    """
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    served = request.scope.get("server") or ("", 0)
    if request.headers.get("x-rapporteur") != "page" or (served[0] in LOOPBACK and host not in LOOPBACK):
        raise UsageError(t("Documents are added and removed at the page alone."))


def _sent(most: int) -> Any:
    """Reads what a request brings, and no more of it than a little over `most` bytes."""

    async def content(request: Request) -> bytes:
        held = bytearray()
        async for piece in request.stream():
            held += piece
            if len(held) > most:
                break
        return bytes(held)

    return Depends(content)
