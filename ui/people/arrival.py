"""What is known of a request before anybody is let in: from where it comes, over which way, by whose page it was made."""

from __future__ import annotations

import ipaddress
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ui.people.accounts import Network, Proxy

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request: `address` is the client's, `secure` whether it came by https, `host` the name it asked for, and
    `trusted` whether a proxy of ours handed it on."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    address: str
    secure: bool
    host: str
    trusted: bool

    def header(self, name: str) -> str:
        """The value of a header; empty where there is none, or more than one, of which one could be forged."""
        found = [value for key, value in self.headers if key == name]
        return found[0] if len(found) == 1 else ""

    def cookie(self, name: str) -> str:
        """The value of a cookie, empty where there is none."""
        for key, value in self.headers:
            if key == "cookie":
                for part in value.split(";"):
                    own, _, text = part.strip().partition("=")
                    if own == name:
                        return text
        return ""

    @property
    def origin(self) -> str:
        """The origin of the page itself, as browsers write it."""
        return f"{'https' if self.secure else 'http'}://{self.host}"

    def foreign(self) -> bool:
        """Whether a browser says that another site's page made this request. Programs say nothing of that."""
        if self.header("sec-fetch-site") in ("cross-site", "same-site"):
            return True
        origins = [value for key, value in self.headers if key == "origin"]
        # A proxy that is not told of may end https: the names must agree, the way need not.
        return any(urlsplit(one).netloc.casefold() != self.host.casefold() for one in origins)


def arrival(scope: MutableMapping[str, Any], proxy: Proxy | None) -> Arrival:
    """Read a request; what it says of its own way is believed only where a proxy of ours says it."""
    headers = tuple((key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in scope["headers"])
    peer = str((scope.get("client") or ("",))[0])
    trusted = proxy is not None and within(peer, proxy.sources)
    told: dict[str, str] = dict(headers) if trusted else {}
    plain = dict(headers)
    forwarded = told.get("x-forwarded-for", "").split(",")[-1].strip()
    scheme = told.get("x-forwarded-proto", "").split(",")[-1].strip() or str(scope.get("scheme", "http"))
    host = told.get("x-forwarded-host", "").split(",")[-1].strip() or plain.get("host", "")
    return Arrival(
        str(scope.get("method", "GET")), str(scope["path"]), scope.get("query_string", b"").decode("latin-1"), headers,
        forwarded or peer, scheme in ("https", "wss"), host, trusted,
    )  # fmt: skip


def within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address is in one of the networks."""
    try:
        found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in networks)


def local_path(wanted: str) -> str:
    """Where to go after signing in: a path of this page, "/" where something else is asked for."""
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted
    if not plain or parts.scheme or parts.netloc or any(ord(letter) < 33 or ord(letter) == 127 for letter in wanted):
        return "/"
    return wanted if not parts.path.startswith(("/sign-in", "/sign-out")) else "/"


def set_cookie(
    name: str, value: str, *, secure: bool, seconds: int | None = None, path: str = "/"
) -> tuple[bytes, bytes]:
    """A header that sets a cookie which no script can read and no other site's page sends with what it posts."""
    made = f"{name}={value}; Path={path}; HttpOnly; SameSite=Lax"
    if secure:
        made += "; Secure"
    if seconds is not None:
        made += f"; Max-Age={seconds}"
    return b"set-cookie", made.encode("latin-1")
