"""Sign-in at another place by OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 7636).

Nothing that comes back is believed before the ID token is proved against the keys of the issuer, and is of the very request
that this browser began here.
"""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import jwt

from corpus.errors import UsageError
from ui.door import LOOPBACK
from ui.people.accounts import OpenId
from ui.people.passwords import fingerprint, new_secret, same
from ui.people.sessions import granted

FLOW_COOKIE = "rapporteur-sign-in"
FLOW_SECONDS = 600
MOST_FLOWS = 5_000
SECONDS = 10.0
KEEP = 3600.0
LEEWAY = 60
MOST_BYTES = 1_000_000
# Signatures with a key pair alone: one made with the shared secret, or none at all, proves nothing of the issuer.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_FAILED = "The sign-in of your organisation cannot be used now: ask whoever looks after this page."
_REFUSED = "Your organisation did not let you in here: ask whoever looks after this page."


@dataclass(frozen=True, slots=True)
class Found:
    """Who came back, with the values of the claim that decides, and where they wanted to go."""

    name: str
    values: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True)
class _Flow:
    browser: str
    nonce: str
    verifier: str
    back: str
    next: str
    begun: float


class OpenIdSignIn:
    """The sign-ins that are under way, and what is known of the issuer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flows: OrderedDict[str, _Flow] = OrderedDict()
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    def begin(self, place: OpenId, origin: str, wanted: str) -> tuple[str, str]:
        """The address to send a browser to, and the secret that it keeps meanwhile.

        Raises:
            UsageError: the issuer does not say where, or not safely.
        """
        address = str(self._said(place).get("authorization_endpoint", ""))
        _safe(address)
        state, secret, back = new_secret(), new_secret(), f"{origin}/sign-in/openid/back"
        flow = _Flow(fingerprint(secret), new_secret(), new_secret(), back, wanted, time.monotonic())
        with self._lock:
            self._flows[state] = flow
            while len(self._flows) > MOST_FLOWS:
                self._flows.popitem(last=False)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": place.client, "redirect_uri": back, "scope": " ".join(place.scopes),
            "state": state, "nonce": flow.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}", secret

    def finish(self, place: OpenId, given: Mapping[str, str], secret: str) -> Found:
        """Who came back.

        Raises:
            UsageError: it is no sign-in of this browser, is proved by nothing, or gives nothing here.
        """
        with self._lock:
            flow = self._flows.pop(given.get("state", ""), None)
        late = flow is None or time.monotonic() - flow.begun > FLOW_SECONDS
        if flow is None or late or not same(flow.browser, fingerprint(secret)):
            raise UsageError("This sign-in was not begun here, or took too long: begin it again.")
        if given.get("error") or not given.get("code"):
            raise UsageError(_REFUSED)
        if given.get("iss", place.issuer).rstrip("/") != place.issuer:
            raise UsageError(_REFUSED)
        claims = self._claims(place, flow, given["code"])
        held = claims.get(place.claim)
        values = (held,) if isinstance(held, str) else tuple(str(one) for one in held) if isinstance(held, list) else ()
        name = str(claims.get(place.name) or claims["sub"])[:80]
        if place.name == "email" and claims.get("email_verified") is False:
            name = str(claims["sub"])[:80]
        if granted(values, place.grants) is None:
            raise UsageError(_REFUSED)
        return Found(name, values, flow.next)

    def _claims(self, place: OpenId, flow: _Flow, code: str) -> dict[str, Any]:
        """What the proved ID token says."""
        said = self._said(place)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": flow.back,
            "code_verifier": flow.verifier,
        }
        secret = os.environ.get(place.secret, "")
        sign: httpx.BasicAuth | None = httpx.BasicAuth(place.client, secret) if secret else None
        if sign is None:
            form["client_id"] = place.client
        token = _asked(str(said.get("token_endpoint", "")), form, sign).get("id_token")
        if not isinstance(token, str):
            raise UsageError(_REFUSED)
        try:
            header = jwt.get_unverified_header(token)
            claims: dict[str, Any] = jwt.decode(
                token, self._key(place, said, header), algorithms=list(ALGORITHMS), audience=place.client,
                issuer=str(said["issuer"]), leeway=LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            raise UsageError(_REFUSED) from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != place.client:
            raise UsageError(_REFUSED)
        if not same(str(claims.get("nonce", "")), flow.nonce):
            raise UsageError(_REFUSED)
        return claims

    def _key(self, place: OpenId, said: Mapping[str, Any], header: Mapping[str, Any]) -> Any:
        """The key of the issuer that a token names; the keys are asked for again where it is new."""
        address, wanted = str(said.get("jwks_uri", "")), header.get("kid")
        if header.get("alg") not in ALGORITHMS:
            raise UsageError(_REFUSED)
        for fresh in (False, True):
            held = jwt.PyJWKSet.from_dict(self._document(address, fresh=fresh)).keys
            fitting = [one for one in held if wanted is None or one.key_id == wanted]
            if len(fitting) == 1 or (fitting and wanted is not None):
                return fitting[0]
        raise UsageError(_REFUSED)

    def _said(self, place: OpenId) -> dict[str, Any]:
        """What the issuer says of itself."""
        said = self._document(f"{place.issuer}/.well-known/openid-configuration")
        if str(said.get("issuer", "")).rstrip("/") != place.issuer:
            raise UsageError(_FAILED)
        return said

    def _document(self, address: str, *, fresh: bool = False) -> dict[str, Any]:
        with self._lock:
            known = self._known.get(address)
        # Asked again at most once a minute, whatever keys forged tokens name.
        if known and time.monotonic() - known[0] < (60.0 if fresh else KEEP):
            return known[1]
        said = _asked(address)
        with self._lock:
            self._known[address] = (time.monotonic(), said)
        return said


def _safe(address: str) -> None:
    """Only addresses that nobody on the way can read or change."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise UsageError(_FAILED)


def _asked(address: str, form: Mapping[str, str] | None = None, sign: httpx.BasicAuth | None = None) -> dict[str, Any]:
    """The JSON object at an address; no other one is followed."""
    _safe(address)
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
            auth: Any = sign or httpx.USE_CLIENT_DEFAULT
            answer = client.get(address) if form is None else client.post(address, data=dict(form), auth=auth)
        said = answer.json() if answer.status_code == 200 and len(answer.content) <= MOST_BYTES else None
    except (httpx.HTTPError, ValueError) as error:
        raise UsageError(_FAILED) from error
    if not isinstance(said, dict):
        raise UsageError(_FAILED if form is None else _REFUSED)
    return said
