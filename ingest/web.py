"""Asking other machines for files, politely and safely: one connection a host, a pause between requests, robots.txt
obeyed, redirects followed only over the web and only to public addresses.

A name is resolved once for each request and the connection goes to the very address that was checked: a name that
changes its mind between check and connection leads nowhere.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx

from corpus.errors import RapporteurError
from ingest.robots import ALL, Robots, read_robots

AGENT = "Rapporteur"
USER_AGENT = f"{AGENT} (document library of one person; rapporteur fetch)"
PAUSE = 2.0
TIMEOUT = 30.0
MAX_HOPS = 8
MAX_ROBOTS = 512_000
MAX_DRAINED = 65_536
_MOVED, _FOR_GOOD = {301, 302, 303, 307, 308}, {301, 308}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedError(RapporteurError):
    """This will not be fetched, now or at another try; the message says why."""


class FailedError(RapporteurError):
    """This could not be fetched now. `wait` is the number of seconds that the other side asks for, if it does."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class StoppedError(RapporteurError):
    """The run was interrupted."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet: not this machine, its network, or a way around to them."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order in which they are to be tried."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass(frozen=True, slots=True)
class Reply:
    """The last answer of a chain of redirects, its body not read yet. `moved_to` is its address where every redirect
    on the way was for good."""

    response: httpx.Response
    url: str
    moved_to: str | None = None


@dataclass(slots=True)
class _Site:
    """One site, with and without "www.": its only connection, who may use it now, when it was asked last, and what
    the robots.txt of each of its names says. `name` is the one that the connection's certificate was checked for."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    robots_turn: threading.Lock = field(default_factory=threading.Lock)
    asked: float | None = None
    name: str = ""
    client: httpx.Client | None = None
    robots: dict[str, Robots] = field(default_factory=dict)


class Web:
    """The web, one connection a host. May be used from several threads; a host answers one of them at a time.

    `pause` is in seconds. `allowed` says which addresses may be connected to, `resolver` finds them."""

    def __init__(
        self,
        *,
        pause: float = PAUSE,
        allowed: Callable[[Address], bool] = is_public,
        resolver: Callable[[str, int], list[str]] = resolve,
        timeout: float = TIMEOUT,
        stop: threading.Event | None = None,
    ) -> None:
        self.pause, self.allowed, self.resolver, self.timeout = pause, allowed, resolver, timeout
        self.stop = stop or threading.Event()
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        for site in self._sites.values():
            if site.client is not None:
                site.client.close()

    @contextmanager
    def get(self, url: str, headers: Mapping[str, str] | None = None, *, robots: bool = True) -> Iterator[Reply]:
        """The answer at the end of the redirects. The host is held until the block ends.

        Raises:
            RefusedError: robots.txt, an address that is not public or not of the web, too many redirects.
            FailedError: the host cannot be reached, or breaks off.
        """
        for_good, start = True, url
        for _ in range(MAX_HOPS):
            if robots and not self._robots(url).allows(url):
                raise RefusedError(f"The robots.txt of {_host(url)} asks programs not to take {url}.")
            with self._ask(url, headers or {}) as response:
                target = response.headers.get("location")
                if response.status_code not in _MOVED or not target:
                    yield Reply(response, url, url if for_good and url != start else None)
                    return
                for_good = for_good and response.status_code in _FOR_GOOD
                url = _joined(url, target)
        raise RefusedError(f"{start} is redirected more than {MAX_HOPS} times.")

    @contextmanager
    def _ask(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        address = _parsed(url)
        site = self._site_of(address)
        with site.turn:
            self._wait(site, address)
            try:
                client = self._client(site, _authority(address))
                response = self._connect(client, address, self._addresses(_name(address), _port(address)), headers)
                try:
                    yield response
                    _drain(response)
                except httpx.HTTPError as error:
                    raise FailedError(f"{address.host} broke off ({_words(error)}).") from error
                finally:
                    response.close()
                    # Nobody is logged in anywhere: a cookie would only tell one request from another.
                    client.cookies.clear()
            finally:
                site.asked = time.monotonic()

    def _connect(
        self, client: httpx.Client, url: httpx.URL, addresses: list[str], headers: Mapping[str, str]
    ) -> httpx.Response:
        """The answer of the first address that takes the connection; the certificate must be that of the name."""
        sent = {"Host": url.netloc.decode("ascii"), "User-Agent": USER_AGENT, "Accept": "*/*"} | dict(headers)
        failure: Exception | None = None
        for address in addresses:
            request = client.build_request(
                "GET", url.copy_with(host=address), headers=sent, extensions={"sni_hostname": _name(url)}
            )
            try:
                return client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
            except httpx.InvalidURL as error:
                raise RefusedError(f"{url} redirects to something that is no address.") from error
            except httpx.HTTPError as error:
                raise FailedError(f"{url.host} does not answer properly ({_words(error)}).") from error
        raise FailedError(f"{url.host} cannot be reached ({_words(failure)}).") from failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise FailedError(f"The name {host} is not known to the network ({_words(error)}).") from error
        refused = [text for text in found if not self.allowed(ipaddress.ip_address(text.partition("%")[0]))]
        # One private address among public ones is a trap as well.
        if refused or not found:
            raise RefusedError(
                f"{host} is at {refused[0] if refused else 'no address'}, which is not a public address."
            )
        return found

    def _site_of(self, url: httpx.URL) -> _Site:
        with self._lock:
            return self._sites.setdefault(f"{url.host.removeprefix('www.')}:{_port(url)}", _Site())

    def _client(self, site: _Site, name: str) -> httpx.Client:
        """The site's connection; a new one for another of its names, whose certificate has to be seen again."""
        if site.client is None or site.name != name:
            if site.client is not None:
                site.client.close()
            # A proxy would make the checked address a mere wish, so none is used.
            limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
            site.client = httpx.Client(follow_redirects=False, trust_env=False, timeout=self.timeout, limits=limits)
            site.name = name
        return site.client

    def _wait(self, site: _Site, url: httpx.URL) -> None:
        robots = site.robots.get(_authority(url), ALL)
        left = 0.0 if site.asked is None else site.asked + max(self.pause, robots.delay) - time.monotonic()
        if self.stop.wait(max(left, 0.0)):
            raise StoppedError("Interrupted.")

    def _robots(self, url: str) -> Robots:
        parsed = _parsed(url)
        site, name = self._site_of(parsed), _authority(parsed)
        with site.robots_turn:
            if name not in site.robots:
                site.robots[name] = self._read_robots(str(parsed.copy_with(path="/robots.txt", query=None)))
            return site.robots[name]

    def _read_robots(self, url: str) -> Robots:
        # Pages that cannot be had allow everything, a site in trouble is left alone (RFC 9309, 2.3.1).
        with self.get(url, robots=False) as reply:
            status = reply.response.status_code
            if status == 429 or status >= 500:
                wait = retry_after(reply.response.headers)
                raise FailedError(f"{_host(url)} does not give its robots.txt ({status}).", wait)
            if status != 200:
                return ALL
            text = b""
            for piece in reply.response.iter_bytes():
                text += piece
                if len(text) > MAX_ROBOTS:
                    break
            return read_robots(text[:MAX_ROBOTS].decode("utf-8", errors="replace"), AGENT)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks to wait, given as a number or as a date; None where it asks for nothing."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise RefusedError(f"{url[:200]} is not an address on the web.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise RefusedError(f"{url[:200]} is not an address on the web (http or https, without a password).")
    return parsed


def _joined(url: str, target: str) -> str:
    try:
        return str(httpx.URL(url).join(target))
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedError(f"{url} redirects to something that is no address: {target[:200]}") from error


def _drain(response: httpx.Response) -> None:
    """Read a small body that nobody wanted, as the connection can be used again only behind it."""
    size = response.headers.get("content-length", "")
    if not response.is_stream_consumed and size.isdecimal() and int(size) <= MAX_DRAINED:
        response.read()


def _name(url: httpx.URL) -> str:
    """The host as resolvers and certificates write it."""
    return url.raw_host.decode("ascii")


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _authority(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.host}:{_port(url)}"


def _host(url: str) -> str:
    return _parsed(url).host


def _words(error: BaseException | None) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
