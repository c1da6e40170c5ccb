"""One file from the web into the library: asked for only if it changed, gone on with where it broke off, looked into
before it is let in."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import httpx

from corpus.errors import UnreadableFileError
from ingest.extract.sniff import sniff
from ingest.library import Held, Library
from ingest.web import FailedError, RefusedError, Reply, StoppedError, Web, retry_after

FETCHED, UPDATED, UNCHANGED, FRESH = "fetched", "updated", "unchanged", "fresh"
VANISHED, REFUSED, FAILED, LEFT = "vanished", "refused", "failed", "left"
OUTCOMES = (FETCHED, UPDATED, UNCHANGED, FRESH, VANISHED, REFUSED, FAILED, LEFT)
TRIES = 4
BACKOFF = 2.0
MAX_WAIT = 120.0
MAX_BYTES = 100_000_000
PATIENCE = 900.0
_PIECE = 1 << 16
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
# A page that is sent with the status of success, and says in its title that there is none.
_ERROR_TITLE = re.compile(
    r"(?i)^\W*(?:(?:error|status)\W+)?(?:40[134]|50[0-4])\b(?!/)|\b(?:error|status)\W+(?:40[134]|50[0-4])\b|"
    r"\b(?:page|file|document|content)(?: (?:was|is|could|can))?(?: be)? ?not (?:be )?found\b|"
    r"^\W*(?:not found|error|forbidden|access denied|just a moment|attention required|site maintenance|are you a robot)\b"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A file to have: the catalogue's id, its address, the folder below the library's documents, the format expected."""

    id: str
    url: str
    folder: str
    format: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """How one target ended: `outcome` is one of OUTCOMES. `moved_to` is a new address that holds for good."""

    id: str
    url: str
    outcome: str
    reason: str = ""
    path: str = ""
    bytes: int = 0
    sha256: str = ""
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may take: bytes, seconds, tries, and the first pause between tries in seconds."""

    bytes: int = MAX_BYTES
    seconds: float = PATIENCE
    tries: int = TRIES
    backoff: float = BACKOFF


class _Part:
    """The beginning of a file that is not whole yet, with what proves that the rest would be of the same file."""

    def __init__(self, library: Library, target: Target) -> None:
        self.file = library.parts / f"{target.id}.{target.format}"
        self._facts = library.parts / f"{target.id}.json"
        self._url = target.url
        self.validator, self.etag, self.modified = self._known()

    @property
    def size(self) -> int:
        return self.file.stat().st_size if self.validator and self.file.is_file() else 0

    def _known(self) -> tuple[str, str, str]:
        try:
            facts = json.loads(self._facts.read_text(encoding="utf-8"))
            if facts["url"] == self._url:
                return facts["validator"], facts["etag"], facts["modified"]
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return "", "", ""

    def begin(self, response: httpx.Response) -> None:
        """A new file, from its first byte. Of an encoded body no later part could be asked for."""
        self.drop()
        self.etag, self.modified = response.headers.get("etag", ""), response.headers.get("last-modified", "")
        encoded = response.headers.get("content-encoding", "identity") != "identity"
        strong = self.etag if not self.etag.startswith("W/") else ""
        self.validator = "" if encoded else strong or self.modified
        facts = {"url": self._url, "validator": self.validator, "etag": self.etag, "modified": self.modified}
        self._facts.write_text(json.dumps(facts), encoding="utf-8")

    def drop(self) -> None:
        """Away with it."""
        self.validator = ""
        self.file.unlink(missing_ok=True)
        self._facts.unlink(missing_ok=True)


def download(web: Web, library: Library, target: Target, limits: Limits) -> Fetched:
    """Have one file. Tries again, later each time, where the failure may pass.

    Raises:
        StoppedError: the run was interrupted; what came so far is kept for the next run.
    """
    held = library.whole(target.id)
    failure = ""
    for attempt in range(limits.tries):
        try:
            return _attempt(web, library, target, held, limits)
        except RefusedError as error:
            return Fetched(target.id, target.url, REFUSED, str(error))
        except FailedError as error:
            failure = str(error)
            wait = error.wait if error.wait is not None else limits.backoff * 2**attempt * random.uniform(0.8, 1.2)
            if wait > MAX_WAIT:
                return Fetched(target.id, target.url, FAILED, f"{failure} It asks to come back in {wait:,.0f} s.")
        if attempt + 1 < limits.tries and web.stop.wait(wait):
            raise StoppedError("Interrupted.")
    return Fetched(target.id, target.url, FAILED, failure)


def _attempt(web: Web, library: Library, target: Target, held: Held | None, limits: Limits) -> Fetched:
    part = _Part(library, target)
    # Bytes that were packed on the way could not be counted on.
    headers = {"Accept-Encoding": "identity"}
    if part.size:
        headers |= {"Range": f"bytes={part.size}-", "If-Range": part.validator}
    elif held is not None and held.url == target.url:
        headers |= {"If-None-Match": held.etag} if held.etag else {}
        headers |= {"If-Modified-Since": held.modified} if held.modified else {}
    with web.get(target.url, headers) as reply:
        status = reply.response.status_code
        if status == 304 and held is not None:
            return _kept(library, held, UNCHANGED, reply.moved_to)
        if status in (404, 410):
            part.drop()
            where = " The file fetched earlier is kept." if held else ""
            return Fetched(target.id, target.url, VANISHED, f"There is nothing at {reply.url} ({status}).{where}")
        _check(reply, part)
        _take(reply, part, limits, web)
    return _let_in(library, target, held, part, reply.moved_to, web)


def _check(reply: Reply, part: _Part) -> None:
    """Only an answer that holds the file, or the rest of it, goes on; what is here of another file is dropped."""
    status, headers = reply.response.status_code, reply.response.headers
    if status == 206:
        found = _RANGE.fullmatch(headers.get("content-range", ""))
        if found is None or not part.size or int(found[1]) != part.size:
            part.drop()
            raise FailedError("The site sent another part of the file than was asked for.", 0.0)
    elif status == 200:
        part.begin(reply.response)
    elif status == 416:
        part.drop()
        raise FailedError("The file is not the one whose beginning is here; it is fetched from its start.", 0.0)
    elif status in (408, 425, 429) or status >= 500:
        raise FailedError(f"The site cannot answer now ({status}).", retry_after(headers))
    else:
        raise RefusedError(f"The site refuses {reply.url} ({status}).")


def _take(reply: Reply, part: _Part, limits: Limits, web: Web) -> None:
    """Write the body to its part, within the limits, and see that all of it came."""
    size = part.size
    stated = reply.response.headers.get("content-length", "")
    encoded = reply.response.headers.get("content-encoding", "identity") != "identity"
    whole = size + int(stated) if stated.isdecimal() and not encoded else None
    if whole is not None and whole > limits.bytes:
        _too_large(part, limits)
    end = time.monotonic() + limits.seconds
    with part.file.open("ab") as out:
        for piece in reply.response.iter_bytes():
            size += len(piece)
            if size > limits.bytes:
                _too_large(part, limits)
            out.write(piece)
            if web.stop.is_set():
                raise StoppedError("Interrupted.")
            if time.monotonic() > end:
                raise FailedError(f"The file did not come within {limits.seconds:,.0f} s.")
    if whole is not None and size != whole:
        raise FailedError(f"Only {size:,} of {whole:,} bytes came.")


def _too_large(part: _Part, limits: Limits) -> None:
    part.drop()
    raise RefusedError(f"The file is larger than {limits.bytes / 1e6:,.0f} MB.")


def _let_in(library: Library, target: Target, held: Held | None, part: _Part, moved: str | None, web: Web) -> Fetched:
    try:
        kind = _kind(part.file, target.format)
    except (RefusedError, UnreadableFileError) as error:
        part.drop()
        raise RefusedError(str(error)) from error
    with part.file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
    if web.stop.is_set():
        raise StoppedError("Interrupted.")
    now = time.time()
    path = f"{target.folder}/{target.id}.{kind}"
    facts = (part.etag, part.modified, now, now, moved or "")
    fresh = Held(target.id, target.url, path, kind, digest, size, *facts)
    if held is not None and held.sha256 == digest:
        part.drop()
        return _kept(library, replace(fresh, path=held.path, kind=held.kind, fetched=held.fetched), UNCHANGED, moved)
    library.put(part.file, fresh)
    part.drop()
    outcome = UPDATED if held is not None else FETCHED
    return Fetched(target.id, target.url, outcome, "", path, size, digest, moved or "")


def _kept(library: Library, held: Held, outcome: str, moved: str | None) -> Fetched:
    library.note(replace(held, checked=time.time(), moved_to=moved or ""))
    return Fetched(held.id, held.url, outcome, "", held.path, held.bytes, held.sha256, moved or "")


def _kind(file: Path, expected: str) -> str:
    """What the file is by its content; refused where that is not the document that was asked for."""
    kind = sniff(file)
    if kind == "html":
        if expected != "html":
            raise RefusedError(f"A web page came in place of a {expected.upper()} file: perhaps an error page.")
        head = file.read_bytes()[:_PIECE].decode("utf-8", errors="replace")
        found = _TITLE.search(head)
        title = " ".join(unescape(found[1]).split()) if found else ""
        if _ERROR_TITLE.search(title):
            raise RefusedError(f"The page says that it is an error: “{title[:100]}”.")
    return {"text": "txt", "markdown": "md"}.get(kind, kind)
