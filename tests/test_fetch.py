"""Fetching the catalogue's documents from a server that misbehaves in every way that servers do."""

from __future__ import annotations

import _thread
import gzip
import hashlib
import importlib.util
import ipaddress
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from corpus.catalogue import Entry, catalogue
from corpus.errors import LockedHomeError, UsageError
from corpus.lock import WriterLock
from ingest.downloads import Fetched, Limits
from ingest.fetch import FetchProgress, FetchReport, chosen, fetch
from ingest.overrides import read_metadata
from ingest.robots import read_robots
from ingest.web import Web, is_public, retry_after

ROOT = Path(__file__).resolve().parent.parent
PDF = b"%PDF-1.4\n" + b"% a file that is long enough to be cut\n" * 400 + b"%%EOF\n"
PAGE = b"<!doctype html><html><head><title>A decision</title></head><body><p>Text.</p></body></html>"
Answer = Callable[["Handler"], None]
QUICK = Limits(tries=3, backoff=0.01)


class Handler(BaseHTTPRequestHandler):
    """Looks up what to do for a path, and remembers what was asked."""

    protocol_version = "HTTP/1.1"
    # Head and body are written apart; the second must not wait for the first to be acknowledged.
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers), time.monotonic()))
        answer = self.server.answers.get(self.path)
        try:
            if answer is not None:
                answer(self)
            else:
                self.send(404, b"nothing", type="text/plain")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send(self, status: int, body: bytes = b"", length: int | None = None, type: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if type:
            self.send_header("Content-Type", type)
        if status != 304:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def cut(self) -> None:
        """Break the connection off."""
        self.close_connection = True
        self.wfile.flush()

    def log_message(self, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A server on this machine, with what it answers and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str], float]] = []
        self.connections = 0

    def handle_error(self, request: Any, address: Any) -> None:
        """Clients break off: that is what is tested."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def requests(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers, _ in self.asked if asked == path]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def plain(body: bytes, status: int = 200, **headers: str) -> Answer:
    return lambda handler: handler.send(status, body, **headers)


def entry(url: str, format: str = "pdf", id: str = "un-a-text", **values: Any) -> Entry:
    facts: dict[str, Any] = {
        "id": id, "title": "A text", "symbol": None, "reference": None, "body": "UN", "issuer": "UN", "type": "report",
        "legal": "information", "status": None, "date": "2020", "language": "en", "place": None, "event": None,
        "url": url, "address": "document", "source": "issuer", "format": format, "seen": True,
    }  # fmt: skip
    return Entry(**(facts | values))


def loopback(address: Any) -> bool:
    return bool(address.is_loopback)


def web(**values: Any) -> Web:
    return Web(**({"pause": 0.0, "allowed": loopback, "timeout": 5.0} | values))


def run(home: Path, *entries: Entry, limits: Limits = QUICK, age: float = 0.0, **values: Any) -> FetchReport:
    return fetch(entries, home, web=web(**values), limits=limits, max_age=age)


def one(home: Path, *entries: Entry, **values: Any) -> Fetched:
    (found,) = run(home, *entries, **values).files
    return found


def stored(home: Path, found: Fetched) -> bytes:
    return (home / "library" / "documents" / found.path).read_bytes()


# -- what is fetched, and what is remembered ---------------------------------------------------------------


def test_a_file_comes_whole_and_its_checksum_is_recorded(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(PDF, ETag='"one"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")
    found = one(tmp_path, entry(server.url("/a.pdf")))
    assert (found.outcome, found.path) == ("fetched", "UN/un-a-text.pdf")
    assert stored(tmp_path, found) == PDF
    (line,) = (tmp_path / "library" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    held = json.loads(line)
    assert held["sha256"] == hashlib.sha256(PDF).hexdigest() == found.sha256
    assert (held["etag"], held["bytes"]) == ('"one"', len(PDF))
    assert not list((tmp_path / "library" / "parts").iterdir())
    asked = server.requests("/a.pdf")[0]
    assert "Rapporteur" in asked["User-Agent"]
    assert "Cookie" not in asked


def test_a_second_run_asks_only_whether_it_changed(server: Server, tmp_path: Path) -> None:
    def conditional(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == '"one"':
            handler.send(304, ETag='"one"')
        else:
            handler.send(200, PDF, ETag='"one"')

    server.answers["/a.pdf"] = conditional
    text = entry(server.url("/a.pdf"))
    assert one(tmp_path, text).outcome == "fetched"
    assert one(tmp_path, text).outcome == "unchanged"
    assert [asked.get("If-None-Match") for asked in server.requests("/a.pdf")] == [None, '"one"']


def test_a_file_that_was_asked_for_today_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(PDF)
    text = entry(server.url("/a.pdf"))
    assert one(tmp_path, text, age=60.0).outcome == "fetched"
    assert one(tmp_path, text, age=60.0).outcome == "fresh"
    assert len(server.requests("/a.pdf")) == 1


def test_a_clock_that_was_ahead_keeps_no_file_from_being_asked_for(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/a.pdf"] = plain(PDF)
    text = entry(server.url("/a.pdf"))
    with monkeypatch.context() as patch:
        now = time.time
        patch.setattr(time, "time", lambda: now() + 4000 * 86400)
        assert one(tmp_path, text, age=60.0).outcome == "fetched"
    assert one(tmp_path, text, age=60.0).outcome == "unchanged"


def test_the_same_content_is_unchanged_and_another_is_updated(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(PDF)
    text = entry(server.url("/a.pdf"))
    one(tmp_path, text)
    assert one(tmp_path, text).outcome == "unchanged"
    server.answers["/a.pdf"] = plain(PDF + b"\n")
    found = one(tmp_path, text)
    assert found.outcome == "updated"
    assert stored(tmp_path, found) == PDF + b"\n"


def test_a_file_that_was_damaged_here_comes_anew(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(PDF, ETag='"one"')
    text = entry(server.url("/a.pdf"))
    found = one(tmp_path, text)
    (tmp_path / "library" / "documents" / found.path).write_bytes(b"%PDF half")
    again = one(tmp_path, text, age=3600.0)
    assert again.outcome == "fetched"
    assert stored(tmp_path, again) == PDF
    assert "If-None-Match" not in server.requests("/a.pdf")[-1]


def test_half_a_line_of_the_manifest_costs_that_file_only(server: Server, tmp_path: Path) -> None:
    texts = [entry(server.url(f"/{name}.pdf"), id=name) for name in ("a", "b")]
    for text in texts:
        server.answers[f"/{text.id}.pdf"] = plain(PDF + text.id.encode())
    run(tmp_path, *texts)
    manifest = tmp_path / "library" / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-40])
    outcomes = Counter(file.outcome for file in run(tmp_path, *texts, age=3600.0).files)
    assert outcomes == {"fresh": 1, "fetched": 1}
    assert len(manifest.read_text(encoding="utf-8").splitlines()) == 2


def test_what_has_gone_is_reported_and_the_file_here_kept(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(PDF)
    text = entry(server.url("/a.pdf"))
    found = one(tmp_path, text)
    server.answers["/a.pdf"] = plain(b"", 410)
    gone = one(tmp_path, text)
    assert gone.outcome == "vanished"
    assert "410" in gone.reason and "is kept" in gone.reason
    assert stored(tmp_path, found) == PDF


def test_an_encoded_page_is_decoded(server: Server, tmp_path: Path) -> None:
    server.answers["/page"] = plain(gzip.compress(PAGE), Content_Encoding="gzip")
    found = one(tmp_path, entry(server.url("/page"), "html"))
    assert found.path == "UN/un-a-text.html"
    assert stored(tmp_path, found) == PAGE


def test_a_pdf_where_a_page_was_expected_is_taken_for_what_it_is(server: Server, tmp_path: Path) -> None:
    server.answers["/page"] = plain(PDF)
    assert one(tmp_path, entry(server.url("/page"), "html")).path == "UN/un-a-text.pdf"


# -- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "format", "words"),
    [
        (PAGE, "pdf", "A web page came in place of a PDF"),
        (b"<html><head><title>404 Not Found</title></head></html>", "html", "404 Not Found"),
        (b"<html><head><title>Just a moment...</title></head></html>", "html", "Just a moment"),
        (b"<html><head><title>Error 503</title></head></html>", "html", "Error 503"),
        (b"<html><title>OSCE | The page could not be found</title></html>", "html", "could not be found"),
        (b"Service temporarily unavailable", "pdf", "holds no PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "pdf", "image"),
        (b"\x1f\x8b\x08" + b"0" * 99, "pdf", "archive"),
        (b"", "pdf", "empty"),
    ],
)
def test_what_is_no_document_is_refused(server: Server, tmp_path: Path, body: bytes, format: str, words: str) -> None:
    server.answers["/a"] = plain(body, type="application/pdf")
    found = one(tmp_path, entry(server.url("/a"), format))
    assert found.outcome == "refused"
    assert words in found.reason
    assert not list((tmp_path / "library" / "documents").rglob("*.*"))
    assert not list((tmp_path / "library" / "parts").iterdir())


def test_a_title_with_a_number_in_it_is_no_error_page(server: Server, tmp_path: Path) -> None:
    server.answers["/a"] = plain(b"<html><head><title>Decision No. 504 on 401 cases</title></head><p>x</p></html>")
    assert one(tmp_path, entry(server.url("/a"), "html")).outcome == "fetched"


def test_a_file_that_is_too_large_is_refused_by_what_it_says_and_by_what_it_is(server: Server, tmp_path: Path) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        piece = b"%PDF-" + b"x" * 1000
        for _ in range(10_000):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    server.answers["/stated"] = lambda handler: handler.send(200, b"%PDF-", length=10**9)
    server.answers["/endless"] = endless
    limits = replace(QUICK, bytes=20_000)
    for path in ("/stated", "/endless"):
        found = one(tmp_path, entry(server.url(path)), limits=limits)
        assert (found.outcome, "larger than" in found.reason) == ("refused", True)
        assert len(server.requests(path)) == 1
    assert not list((tmp_path / "library" / "parts").iterdir())


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refusal_of_the_site_is_final(server: Server, tmp_path: Path, status: int) -> None:
    server.answers["/a.pdf"] = plain(b"no", status)
    found = one(tmp_path, entry(server.url("/a.pdf")))
    assert found.outcome == "refused" and str(status) in found.reason
    assert len(server.requests("/a.pdf")) == 1


# -- failures that pass ------------------------------------------------------------------------------------


def in_turn(*answers: Answer) -> Answer:
    waiting = list(answers)

    def answer(handler: Handler) -> None:
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)

    return answer


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_site_in_trouble_is_asked_again(server: Server, tmp_path: Path, status: int) -> None:
    server.answers["/a.pdf"] = in_turn(plain(b"", status), plain(b"", status), plain(PDF))
    assert one(tmp_path, entry(server.url("/a.pdf"))).outcome == "fetched"
    assert len(server.requests("/a.pdf")) == 3


def test_the_pauses_between_tries_grow(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(b"", 503)
    found = one(tmp_path, entry(server.url("/a.pdf")), limits=Limits(tries=4, backoff=0.1))
    assert found.outcome == "failed" and "503" in found.reason
    times = [at for path, _, at in server.asked if path == "/a.pdf"]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) == 3
    assert gaps[0] >= 0.08 and gaps[1] >= 0.16 and gaps[2] >= 0.32


def test_retry_after_is_waited_for(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = in_turn(plain(b"", 503, Retry_After="1"), plain(PDF))
    assert one(tmp_path, entry(server.url("/a.pdf"))).outcome == "fetched"
    first, second = (at for path, _, at in server.asked if path == "/a.pdf")
    assert second - first >= 1.0


def test_a_wait_that_is_too_long_is_left_for_another_day(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(b"", 429, Retry_After="7200")
    found = one(tmp_path, entry(server.url("/a.pdf")))
    assert found.outcome == "failed" and "7,200 s" in found.reason
    assert len(server.requests("/a.pdf")) == 1


def test_retry_after_is_a_number_or_a_date() -> None:
    assert retry_after({"retry-after": "30"}) == 30
    assert 50 < (retry_after({"retry-after": formatdate(time.time() + 60, usegmt=True)}) or 0) < 61
    assert retry_after({"retry-after": formatdate(time.time() - 60, usegmt=True)}) == 0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None


def half(**headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send(200, PDF[:5000], length=len(PDF), **headers)
        handler.cut()

    return answer


def rest(**headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        start = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
        facts = headers | {"Content_Range": f"bytes {start}-{len(PDF) - 1}/{len(PDF)}"}
        handler.send(206, PDF[start:], **facts)

    return answer


@pytest.mark.parametrize("validator", [{"ETag": '"one"'}, {"Last_Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}])
def test_what_broke_off_goes_on_where_it_was(server: Server, tmp_path: Path, validator: dict[str, str]) -> None:
    server.answers["/a.pdf"] = in_turn(half(**validator), rest(**validator))
    found = one(tmp_path, entry(server.url("/a.pdf")))
    assert found.outcome == "fetched" and stored(tmp_path, found) == PDF
    second = server.requests("/a.pdf")[1]
    assert second["Range"] == "bytes=5000-"
    assert second["If-Range"] == next(iter(validator.values()))


def test_it_goes_on_in_the_next_run_too(server: Server, tmp_path: Path) -> None:
    text = entry(server.url("/a.pdf"))
    server.answers["/a.pdf"] = half(ETag='"one"')
    assert one(tmp_path, text, limits=replace(QUICK, tries=1)).outcome == "failed"
    server.answers["/a.pdf"] = rest(ETag='"one"')
    found = one(tmp_path, text)
    assert found.outcome == "fetched" and stored(tmp_path, found) == PDF


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}])
def test_without_a_proof_that_it_is_the_same_file_it_begins_anew(
    server: Server, tmp_path: Path, headers: dict[str, str]
) -> None:
    server.answers["/a.pdf"] = in_turn(half(**headers), plain(PDF, **headers))
    found = one(tmp_path, entry(server.url("/a.pdf")))
    assert stored(tmp_path, found) == PDF
    assert "Range" not in server.requests("/a.pdf")[1]


def test_a_file_that_changed_in_between_is_not_put_together_from_two(server: Server, tmp_path: Path) -> None:
    other = PDF.replace(b"long", b"LONG")
    server.answers["/a.pdf"] = in_turn(half(ETag='"one"'), plain(other, ETag='"two"'))
    found = one(tmp_path, entry(server.url("/a.pdf")))
    assert stored(tmp_path, found) == other


@pytest.mark.parametrize(
    "wrong",
    [
        plain(PDF[100:], 206, Content_Range=f"bytes 100-{len(PDF) - 1}/{len(PDF)}"),
        plain(PDF[5000:], 206),
        plain(b"", 416),
    ],
    ids=["another-part", "no-range", "not-satisfiable"],
)
def test_a_wrong_part_is_not_believed(server: Server, tmp_path: Path, wrong: Answer) -> None:
    server.answers["/a.pdf"] = in_turn(half(ETag='"one"'), wrong, plain(PDF, ETag='"one"'))
    found = one(tmp_path, entry(server.url("/a.pdf")))
    assert found.outcome == "fetched" and stored(tmp_path, found) == PDF


def test_a_silent_server_is_given_up(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = lambda handler: time.sleep(1.0)
    found = one(tmp_path, entry(server.url("/a.pdf")), limits=replace(QUICK, tries=1), timeout=0.2)
    assert found.outcome == "failed"
    assert "127.0.0.1" in found.reason


def test_a_server_that_drips_is_given_up_and_its_bytes_kept(server: Server, tmp_path: Path) -> None:
    def drip(handler: Handler) -> None:
        handler.send(200, PDF[:1000], length=len(PDF), ETag='"one"')
        for at in range(1000, 1040):
            handler.wfile.write(PDF[at : at + 1])
            handler.wfile.flush()
            time.sleep(0.02)

    server.answers["/a.pdf"] = in_turn(drip, rest(ETag='"one"'))
    text = entry(server.url("/a.pdf"))
    found = one(tmp_path, text, limits=replace(QUICK, seconds=0.2, tries=1))
    assert found.outcome == "failed" and "did not come within" in found.reason
    assert stored(tmp_path, one(tmp_path, text)) == PDF


def test_a_host_that_fails_and_fails_is_left_alone(server: Server, tmp_path: Path) -> None:
    texts = [entry(server.url(f"/{number}.pdf"), id=f"f{number}") for number in range(6)]
    for number in range(6):
        server.answers[f"/{number}.pdf"] = plain(b"", 500)
    outcomes = [file.outcome for file in run(tmp_path, *texts, limits=replace(QUICK, tries=1)).files]
    assert outcomes == ["failed"] * 3 + ["left"] * 3


def test_a_host_that_is_not_there_is_a_failure_in_words(tmp_path: Path) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    found = one(tmp_path, entry("http://nowhere.example/a.pdf"), resolver=unknown)
    assert found.outcome == "failed" and "nowhere.example is not known" in found.reason


# -- politeness --------------------------------------------------------------------------------------------


def test_one_connection_a_host_and_a_pause_between_requests(server: Server, tmp_path: Path) -> None:
    texts = [entry(server.url(f"/{number}.pdf"), id=f"f{number}") for number in range(5)]
    for number in range(5):
        server.answers[f"/{number}.pdf"] = plain(PDF + b"%d" % number)
    assert run(tmp_path, *texts, pause=0.15).count("fetched") == 5
    assert server.connections == 1
    times = [at for _, _, at in server.asked]
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.14


def test_two_names_that_lead_to_one_host_share_its_pause(server: Server, tmp_path: Path) -> None:
    def local(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    texts = [entry(server.url("/a.pdf", host), id=host[0]) for host in ("www.a.example", "a.example")]
    server.answers["/a.pdf"] = plain(PDF)
    assert run(tmp_path, *texts, pause=0.15, resolver=local).count("fetched") == 2
    times = [at for _, _, at in server.asked]
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.14
    assert {headers["Host"].split(":")[0] for _, headers, _ in server.asked} == {"www.a.example", "a.example"}


def test_hosts_do_not_wait_for_each_other(server: Server, tmp_path: Path) -> None:
    met = threading.Barrier(2, timeout=5)

    def together(handler: Handler) -> None:
        met.wait()
        handler.send(200, PDF)

    server.answers["/a.pdf"] = together
    texts = [entry(server.url("/a.pdf", host), id=host[0]) for host in ("a.example", "b.example")]
    report = run(tmp_path, *texts, resolver=lambda host, port: ["127.0.0.1"])
    assert report.count("fetched") == 2


def test_robots_txt_is_obeyed(server: Server, tmp_path: Path) -> None:
    server.answers["/robots.txt"] = plain(b"User-agent: *\nDisallow: /private/\nAllow: /private/open\n")
    for path in ("/private/a.pdf", "/private/open.pdf", "/b.pdf"):
        server.answers[path] = plain(PDF + path.encode())
    texts = [
        entry(server.url(path), id=f"f{number}")
        for number, path in enumerate(("/private/a.pdf", "/private/open.pdf", "/b.pdf"))
    ]
    files = run(tmp_path, *texts).files
    assert [file.outcome for file in files] == ["refused", "fetched", "fetched"]
    assert "robots.txt" in files[0].reason
    assert not server.requests("/private/a.pdf")
    assert len(server.requests("/robots.txt")) == 1


def test_robots_txt_holds_where_a_redirect_leads(server: Server, tmp_path: Path) -> None:
    server.answers["/robots.txt"] = plain(b"User-agent: Rapporteur\nDisallow: /closed\n")
    server.answers["/a"] = plain(b"", 302, Location="/closed/a.pdf")
    server.answers["/closed/a.pdf"] = plain(PDF)
    found = one(tmp_path, entry(server.url("/a")))
    assert found.outcome == "refused" and not server.requests("/closed/a.pdf")


def test_a_crawl_delay_is_kept(server: Server, tmp_path: Path) -> None:
    server.answers["/robots.txt"] = plain(b"User-agent: *\nCrawl-delay: 0.3\n")
    texts = [entry(server.url(f"/{number}.pdf"), id=f"f{number}") for number in range(2)]
    for number in range(2):
        server.answers[f"/{number}.pdf"] = plain(PDF + b"%d" % number)
    run(tmp_path, *texts)
    times = [at for path, _, at in server.asked if path != "/robots.txt"]
    assert times[1] - times[0] >= 0.3


def test_a_site_that_cannot_give_its_robots_txt_is_left_alone(server: Server, tmp_path: Path) -> None:
    server.answers["/robots.txt"] = plain(b"", 503)
    server.answers["/a.pdf"] = plain(PDF)
    found = one(tmp_path, entry(server.url("/a.pdf")))
    assert found.outcome == "failed" and "robots.txt" in found.reason
    assert not server.requests("/a.pdf")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z=1", True),
        ("User-agent: *\nDisallow: /search?q=", "/search?q=x", False),
        ("User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /b", "/a", True),
        ("User-agent: Rapporteur\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: a\nUser-agent: rapporteur\nDisallow: /a # a remark", "/a", False),
        ("User-agent: Rapporteur\n\nUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("user-agent:*\r\ndisallow:/a\r\n", "/a", False),
    ],
)
def test_the_longest_rule_decides(text: str, path: str, allowed: bool) -> None:
    assert read_robots(text, "Rapporteur").allows(f"https://a.example{path}") is allowed


# -- redirects and addresses -------------------------------------------------------------------------------


def test_a_move_for_good_is_reported_and_one_for_now_is_not(server: Server, tmp_path: Path) -> None:
    server.answers |= {"/new.pdf": plain(PDF), "/old": plain(b"", 301, Location="/new.pdf")}
    server.answers["/now"] = plain(b"", 302, Location="/new.pdf")
    assert one(tmp_path, entry(server.url("/old"), id="old")).moved_to == server.url("/new.pdf")
    assert one(tmp_path, entry(server.url("/now"), id="now")).moved_to == ""


@pytest.mark.parametrize(
    "target",
    [
        "ftp://files.example/a.pdf", "file:///etc/hostname", "http://user:word@127.0.0.1/", "javascript:alert(1)",
        "http://10.0.0.1/a.pdf", "http://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]/a", "http://inside.example/a",
        "http://[64:ff9b::a00:1]/a",
    ],
)  # fmt: skip
def test_a_redirect_that_leads_astray_is_refused(server: Server, tmp_path: Path, target: str) -> None:
    server.answers["/a"] = plain(b"", 302, Location=target)
    inside = {"inside.example": ["10.1.2.3"]}
    found = one(tmp_path, entry(server.url("/a")), resolver=lambda host, port: inside.get(host, [host.strip("[]")]))
    assert found.outcome == "refused", found
    assert len(server.asked) == 2  # robots.txt and the redirect itself


def test_a_ring_of_redirects_ends(server: Server, tmp_path: Path) -> None:
    server.answers["/a"] = plain(b"", 302, Location="/b")
    server.answers["/b"] = plain(b"", 302, Location="/a")
    found = one(tmp_path, entry(server.url("/a")))
    assert found.outcome == "refused" and "redirected more than" in found.reason


def test_this_machine_is_never_asked_unless_a_test_says_so(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(PDF)
    texts = [
        entry(server.url("/a.pdf", host), id=f"h{number}") for number, host in enumerate(("127.0.0.1", "localhost"))
    ]
    report = fetch(texts, tmp_path, web=Web(pause=0.0), limits=QUICK)
    assert [file.outcome for file in report.files] == ["refused", "refused"]
    assert all("not a public address" in file.reason for file in report.files)
    assert server.connections == 0


def test_one_private_address_among_public_ones_is_enough(tmp_path: Path) -> None:
    found = one(
        tmp_path, entry("http://two.example/a"), allowed=is_public, resolver=lambda host, port: ["8.8.8.8", "10.0.0.1"]
    )
    assert found.outcome == "refused" and "10.0.0.1" in found.reason


def test_the_connection_goes_to_the_address_that_was_checked(server: Server, tmp_path: Path) -> None:
    asked: list[str] = []

    def changing(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    server.answers["/a.pdf"] = plain(PDF)
    assert one(tmp_path, entry(server.url("/a.pdf", "changing.example")), resolver=changing).outcome == "fetched"
    # Looked up once for robots.txt and once for the file; nobody else looked (the name is not known here).
    assert asked == ["changing.example"] * 2


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff0e::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "193.0.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


# -- interruption ------------------------------------------------------------------------------------------


def driver_module() -> Any:
    spec = importlib.util.spec_from_file_location("fetch_driver", ROOT / "tests" / "fetch_driver.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def content(number: int) -> bytes:
    return b"%PDF-1.4\n" + f"file {number}\n".encode() * 40


def test_an_interrupted_run_keeps_what_is_done(server: Server, tmp_path: Path) -> None:
    rows = [driver_module().entry(server.url(""), number) for number in range(40)]
    for number in range(40):
        server.answers[f"/file-{number:04}"] = plain(content(number))

    def press(progress: FetchProgress) -> None:
        if progress.done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(rows, tmp_path, web=web(), limits=QUICK, progress=press)
    held = len(read_metadata(tmp_path / "library" / "metadata.csv"))
    assert 10 <= held < 40
    report = fetch(rows, tmp_path, web=web(), limits=QUICK)
    assert (report.count("fresh"), report.count("fetched")) == (held, 40 - held)


class Driver:
    """Runs that can be interrupted and killed; see `fetch_driver.py`."""

    def __init__(self, home: Path, server: Server, files: int) -> None:
        self._line = f"{home}\t{server.url('')}\t{files}\n"
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "fetch_driver.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def begin(self) -> int:
        """Begin a run; returns its process."""
        assert self._process.stdin
        self._process.stdin.write(self._line)
        self._process.stdin.flush()
        return self.read()

    def read(self) -> int:
        """The next number that it says: of the process, then its exit code."""
        assert self._process.stdout
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="interrupts forked processes; this system has none")
def test_a_thousand_files_interrupted_twenty_times_come_once_and_whole(server: Server, tmp_path: Path) -> None:
    files, interruptions = 1000, 20
    for number in range(files):
        server.answers[f"/file-{number:04}"] = plain(content(number), ETag=f'"{number}"')
    driver, chance, codes = Driver(tmp_path, server, files), random.Random(7), []
    for round_number in range(interruptions):
        before, share = len(server.asked), files // (interruptions + 5) + chance.randrange(10)
        process = driver.begin()
        # Interrupted when it has had a share of what is left, at an instant that chance chooses.
        end = time.monotonic() + 20
        while len(server.asked) < before + share and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.004)
        os.kill(process, signal.SIGINT if round_number % 2 else signal.SIGKILL)
        codes.append(driver.read())
    assert Counter(codes) == {130: interruptions // 2, -signal.SIGKILL: interruptions // 2}
    driver.begin()
    assert driver.read() == 0
    driver.close()

    folder = tmp_path / "library" / "documents" / "UN"
    assert sorted(path.name for path in folder.iterdir()) == [f"file-{number:04}.pdf" for number in range(files)]
    assert all((folder / f"file-{number:04}.pdf").read_bytes() == content(number) for number in range(files))
    assert not [path for path in (tmp_path / "library" / "parts").iterdir() if path.suffix == ".pdf"]
    asked = Counter(path for path, _, _ in server.asked if path != "/robots.txt")
    # A file is asked for again only where the interruption fell between its coming and its being written down.
    assert len(asked) == files and sum(asked.values()) <= files + interruptions
    manifest = (tmp_path / "library" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["id"] for line in manifest) == [f"file-{number:04}" for number in range(files)]


def test_a_second_run_beside_the_first_is_refused(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    with WriterLock(tmp_path / "library"), pytest.raises(LockedHomeError):
        fetch([], tmp_path, web=web())


# -- what is chosen from the catalogue ---------------------------------------------------------------------


def test_by_default_the_issuers_own_documents_are_chosen_each_address_once() -> None:
    rows = chosen(catalogue())
    assert len(rows) > 100
    assert {(row.source, row.address) for row in rows} == {("issuer", "document")}
    assert len({row.url for row in rows}) == len(rows)


def test_copies_and_pages_come_where_they_are_named() -> None:
    assert {row.source for row in chosen(catalogue(), "source:copy")} == {"copy"}
    assert {row.address for row in chosen(catalogue(), "address:page body:UN")} == {"page"}
    assert [row.id for row in chosen(catalogue(), "cets 197 type:convention")] == ["coe-cets-197"]
    with pytest.raises(UsageError):
        chosen(catalogue(), "colour:red")


def test_the_metadata_is_what_the_catalogue_is_sure_of(server: Server, tmp_path: Path) -> None:
    server.answers["/a.pdf"] = plain(PDF)
    text = entry(
        server.url("/a.pdf"),
        title="A, B; and “C”",
        symbol="A/RES/55/25",
        event="A meeting",
        unsure=("date",),
        date="2001",
    )
    other = entry(server.url("/none.pdf"), id="other")
    report = run(tmp_path, text, other)
    (row,) = read_metadata(report.metadata)
    assert row.pattern == "UN/un-a-text.pdf"
    assert row.values == {
        "title": "A, B; and “C”", "symbol": "A/RES/55/25", "body": "UN", "type": "report", "language": "en",
        "url": text.url, "meeting": "A meeting",
    }  # fmt: skip


# -- the command -------------------------------------------------------------------------------------------


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    tmp_path: Path, model_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`rapporteur fetch` over a home of this test, which may ask this machine and has a catalogue of its own."""
    from ui import fetching
    from ui.cli import main

    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(model_home / "models", target_is_directory=True)

    def run(rows: list[Entry], *words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        monkeypatch.setattr(fetching, "catalogue", lambda: tuple(rows))
        monkeypatch.setattr(fetching, "Web", lambda pause: web(pause=0.0))
        code = main(["fetch", *words, "--home", str(home)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_command_fetches_reads_and_reports(server: Server, command: Command) -> None:
    body = "".join(f"<p>{number}. The Council agreed on hotel inspections in harbour towns.</p>" for number in range(9))
    server.answers |= {
        "/page": plain(b"<!doctype html><html><head><title>x</title></head><body>" + body.encode() + b"</body></html>"),
        "/old": plain(b"", 301, Location="/page"),
    }
    rows = [
        entry(server.url("/old"), "html", title="Decision on harbour towns", symbol="A/RES/99/1", type="decision"),
        entry(server.url("/gone"), id="gone"),
    ]
    code, out, err = command(rows, "--json")
    shape = json.loads(out)
    assert code == 1
    assert (shape["fetched"], shape["vanished"], shape["moved"]) == (1, 1, 1)
    assert shape["ingest"]["indexed"] == 1
    assert "vanished: gone" in err
    code, out, err = command(rows[:1])
    assert (code, err) == (0, "")
    assert "1 fresh" in out and "is now" in out
    from ui.service import KnowledgeBase

    base = KnowledgeBase(Path(shape["library"]).parent.parent)
    (document,) = base.documents()
    base.close()
    assert (document.title, document.symbol, document.type) == ("Decision on harbour towns", "A/RES/99/1", "decision")


def test_ctrl_c_at_the_command_keeps_what_is_done(server: Server, command: Command) -> None:
    def press(handler: Handler) -> None:
        _thread.interrupt_main()
        time.sleep(1.5)  # the main thread looks up once a second
        handler.send(200, PDF)

    server.answers |= {"/a.pdf": plain(PDF), "/b.pdf": press}
    rows = [entry(server.url(f"/{name}.pdf"), id=name) for name in ("a", "b")]
    code, _, err = command(rows)
    assert code == 130 and "Interrupted" in err
    server.answers["/b.pdf"] = plain(PDF + b"\n")
    shape = json.loads(command(rows, "--json")[1])
    assert (shape["fresh"], shape["fetched"]) == (1, 1)


def test_a_dry_run_asks_nothing_and_makes_nothing(server: Server, command: Command, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    code, out, _ = command([entry(server.url("/a.pdf"))], "--dry-run", "--json")
    assert code == 0
    assert json.loads(out)["files"] == [
        {"id": "un-a-text", "title": "A text", "url": server.url("/a.pdf"), "held": False}
    ]
    assert not server.asked and sorted(tmp_path.rglob("*")) == before


def test_a_filter_that_fits_nothing_and_a_wrong_setting_are_said(
    server: Server, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [entry(server.url("/a.pdf"))]
    assert command(rows, "--only", "unicorn")[0] == 2
    monkeypatch.setenv("RAPPORTEUR_FETCH_PAUSE", "long")
    code, _, err = command(rows)
    assert code == 2 and "RAPPORTEUR_FETCH_PAUSE" in err
    monkeypatch.setenv("RAPPORTEUR_FETCH_PAUSE", "0")
    monkeypatch.setenv("RAPPORTEUR_FETCH_MB", "0.001")
    server.answers["/a.pdf"] = plain(PDF)
    code, _, err = command(rows)
    assert code == 1 and "larger than" in err
