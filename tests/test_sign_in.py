"""The gate and the sign-in: who is let in by what, what of other sites is refused, where people go afterwards."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from ui import words
from ui.door import Guard
from ui.people import audit, person
from ui.people.arrival import local_path
from ui.people.gate import Gate, within
from ui.people.passwords import fingerprint, hashed
from ui.people.porter import Porter
from ui.people.roster import Roster
from ui.people.sessions import COOKIE
from ui.people.signing_page import sign_in_page

GOOD = "four unrelated words here"
USERS = [
    {"name": "anna", "password": hashed(GOOD), "role": "reader", "access": ["public"], "tokens": [fingerprint("a-token")]},
    {"name": "boris", "role": "curator", "access": ["public", "restricted"]},
    {"name": "clara", "password": hashed(GOOD), "role": "admin", "access": "*"},
    {"name": "prometheus", "role": "monitor", "access": ["public"], "tokens": [fingerprint("m-token")]},
]  # fmt: skip
Let = Callable[..., TestClient]


@pytest.fixture
def let(tmp_path: Path) -> Iterator[Let]:
    """A function that serves a small application behind the gate, with more said in the file of users."""
    made: list[TestClient] = []

    def serve(peer: str = "192.168.0.9", base: str = "http://page.test", **more: Any) -> TestClient:
        file = tmp_path / "users.yaml"
        file.write_text(yaml.safe_dump({"users": USERS} | more), encoding="utf-8")
        file.chmod(0o600)
        (tmp_path / "home").mkdir(exist_ok=True)
        web = FastAPI()
        web.add_middleware(Gate, porter=Porter(Roster(file), tmp_path / "home"))
        web.add_middleware(Guard)

        @web.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
        def who(path: str, request: Request) -> dict[str, Any]:
            one = person.required()
            assert person.of_request(request) is one
            return {
                "name": one.name,
                "role": one.role,
                "labels": None if one.clearance is None else sorted(one.clearance),
            }

        client = TestClient(web, base_url=base, client=(peer, 50000), follow_redirects=False)
        client.__enter__()
        made.append(client)
        return client

    yield serve
    for client in made:
        client.__exit__(None, None, None)
    words.use("en")
    person.use(None)


def sign_in(client: TestClient, name: str = "anna", password: str = GOOD, wanted: str = "/", **headers: str) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password, "next": wanted}, headers=headers)


def log(tmp_path: Path) -> list[tuple[str, str]]:
    return [(line["what"], line["who"]) for line in audit.read(tmp_path / "home")]


def test_somebody_signs_in_and_out(let: Let, tmp_path: Path) -> None:
    client = let()
    assert client.get("/x").status_code == 401
    asked = client.get("/?q=a&b=c", headers={"accept": "text/html"})
    assert asked.headers["location"] == "/sign-in?next=%2F%3Fq%3Da%26b%3Dc"
    shown = client.get(asked.headers["location"])
    assert 'value="/?q=a&amp;b=c"' in shown.text
    assert "<script" not in shown.text
    done = sign_in(client, wanted="/?q=a")
    assert (done.status_code, done.headers["location"]) == (303, "/?q=a")
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    answer = client.get("/x")
    assert answer.json() == {"name": "anna", "role": "reader", "labels": ["public"]}
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/sign-in").status_code == 303
    first = client.cookies[COOKIE]
    sign_in(client)
    assert client.cookies[COOKIE] != first
    assert client.get("/x", headers={"cookie": f"{COOKIE}={first}"}).status_code in (200, 401)
    out = client.post("/sign-out")
    assert out.headers["location"] == "/sign-in"
    assert client.get("/x").status_code == 401
    assert log(tmp_path) == [("sign-in", "anna"), ("sign-in", "anna"), ("sign-out", "anna")]


def test_an_earlier_session_of_the_same_browser_is_no_way_in(let: Let) -> None:
    client = let()
    sign_in(client)
    first = client.cookies[COOKIE]
    sign_in(client)
    client.cookies.clear()
    assert client.get("/x", headers={"cookie": f"{COOKIE}={first}"}).status_code == 401


def test_over_https_the_cookie_is_for_https_alone(let: Let) -> None:
    assert "Secure" in sign_in(let(base="https://page.test")).headers["set-cookie"]
    behind = let(peer="10.1.1.1", proxy={"from": ["10.0.0.0/8"]})
    assert "Secure" in sign_in(behind, **{"x-forwarded-proto": "https"}).headers["set-cookie"]
    stranger = let(peer="192.168.0.9", proxy={"from": ["10.0.0.0/8"]})
    assert "Secure" not in sign_in(stranger, **{"x-forwarded-proto": "https"}).headers["set-cookie"]


def test_a_wrong_name_and_a_wrong_password_are_told_alike_and_take_as_long(let: Let, tmp_path: Path) -> None:
    client = let()
    answers = [sign_in(client, name, "wrong wrong wrong") for name in ("anna", "nobody", "boris")]
    assert {answer.status_code for answer in answers} == {401}
    texts = {
        answer.text.replace(name, "NAME") for answer, name in zip(answers, ("anna", "nobody", "boris"), strict=True)
    }
    assert len(texts) == 1
    assert "The name or the password is wrong." in texts.pop()
    assert not client.cookies
    assert log(tmp_path) == [
        ("sign-in failed", "anna"),
        ("sign-in failed", "(no such name)"),
        ("sign-in failed", "boris"),
    ]


def test_after_some_wrong_tries_the_right_one_has_to_wait_too(let: Let, tmp_path: Path) -> None:
    client = let()
    for _ in range(5):
        last = sign_in(client, "anna", "wrong wrong wrong")
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 1
    held = sign_in(client)
    assert held.status_code == 429
    assert not client.cookies
    assert "Too many wrong tries" in held.text
    assert log(tmp_path)[-1] == ("sign-in locked", "anna"), "what is refused without a look is not noted each time"
    assert len(log(tmp_path)) == 5


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"origin": "http://page.test"}, False),
        ({"origin": "https://page.test"}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"origin": "http://evil.test"}, True),
        ({"origin": "http://page.test.evil.test"}, True),
        ({"origin": "http://page.test:81"}, True),
        ({"origin": "null"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
    ],
)
def test_another_sites_page_cannot_act_for_somebody(let: Let, headers: dict[str, str], refused: bool) -> None:
    client = let()
    assert (sign_in(client, **headers).status_code == 403) is refused
    client.cookies.clear()
    sign_in(client)
    for method in ("POST", "PUT", "DELETE"):
        assert (client.request(method, "/gradio_api/queue/join", headers=headers).status_code == 403) is refused
    assert client.get("/x", headers=headers).status_code == 200, "a link from elsewhere may lead here"
    assert (client.post("/sign-out", headers=headers).status_code == 403) is refused
    client.cookies.clear()
    # A token is sent by no browser by itself.
    assert client.post("/x", headers=headers | {"authorization": "Bearer a-token"}).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/?q=a", "/?q=a"), ("/export?form=csv", "/export?form=csv"), ("//evil.test", "/"), ("https://evil.test", "/"),
        ("/\\evil.test", "/"), ("javascript:alert(1)", "/"), ("", "/"), ("/a\r\nset-cookie: x=y", "/"), ("/sign-in?next=/", "/"),
        ("/\t/evil.test", "/"), ("///evil.test", "/"), ("/%2F%2Fevil.test", "/%2F%2Fevil.test"),
    ],
)  # fmt: skip
def test_after_signing_in_people_stay_here(wanted: str, goes: str) -> None:
    assert local_path(wanted) == goes


def test_roles_open_what_is_theirs(let: Let) -> None:
    client = let(peer="127.0.0.1", proxy={"from": ["127.0.0.1"], "header": "X-User"})

    def status(name: str, path: str) -> int:
        return int(client.get(path, headers={"x-user": name}).status_code)

    table = {
        "/x": (200, 200, 200, 403),
        "/": (200, 200, 200, 403),
        "/curate/add": (403, 200, 200, 403),
        "/Curate//add": (403, 200, 200, 403),
        "/audit": (403, 403, 200, 403),
        "/metrics": (403, 403, 200, 200),
        "/Metrics/": (403, 403, 200, 200),
    }
    for path, expected in table.items():
        assert tuple(status(name, path) for name in ("anna", "boris", "clara", "prometheus")) == expected, path
    token = {"authorization": "Bearer m-token"}
    assert [client.get(path, headers=token).status_code for path in ("/metrics", "/config")] == [200, 403]
    assert within("/curate/add", "/curate")
    assert not within("/curated", "/curate")


def test_a_proxys_word_counts_from_its_own_address_alone(let: Let) -> None:
    proxy = {"from": ["10.0.0.1"], "header": "X-Remote-User"}
    near = let(peer="10.0.0.1", proxy=proxy)
    assert near.get("/x", headers={"x-remote-user": "BORIS"}).json()["labels"] == ["public", "restricted"]
    assert near.get("/x", headers={"x-remote-user": "stranger"}).status_code == 401
    assert near.get("/x").status_code == 401
    assert near.get("/x", headers=[("x-remote-user", "anna"), ("x-remote-user", "clara")]).status_code == 401
    assert near.post("/x", headers={"x-remote-user": "anna", "origin": "http://evil.test"}).status_code == 403
    far = let(peer="10.0.0.2", proxy=proxy)
    assert far.get("/x", headers={"x-remote-user": "clara"}).status_code == 401
    assert far.get("/x", headers={"x-remote-user": "clara", "x-forwarded-for": "10.0.0.1"}).status_code == 401


def test_labels_that_are_open_to_all_need_no_sign_in(let: Let) -> None:
    client = let(anonymous=["public"])
    assert client.get("/x").json() == {"name": "", "role": "reader", "labels": ["public"]}
    assert client.get("/curate/add").status_code == 401
    assert "Go on without signing in" in client.get("/sign-in").text
    assert client.get("/x", headers={"authorization": "Bearer wrong"}).status_code == 401
    sign_in(client)
    assert client.get("/x").json()["name"] == "anna"


def test_who_is_struck_off_is_out_at_once_and_a_slip_closes_the_door(let: Let, tmp_path: Path) -> None:
    client = let()
    sign_in(client)
    assert client.get("/x").status_code == 200
    file = tmp_path / "users.yaml"
    file.write_text(yaml.safe_dump({"users": USERS[1:]}), encoding="utf-8")
    assert client.get("/x").status_code == 401
    file.write_text("users: [", encoding="utf-8")
    answer = client.get("/sign-in")
    assert answer.status_code == 503
    assert "not in order" in answer.text


def test_what_is_too_much_or_no_form_is_no_sign_in(let: Let) -> None:
    client = let()
    assert client.post("/sign-in", content=b"name=anna&password=" + b"x" * 20_000).status_code == 401
    assert client.post("/sign-in", content=b"\xff\xfe&&&==" + b"a=1&" * 30).status_code == 401
    assert client.put("/sign-in").status_code == 405
    assert client.get("/sign-out").status_code == 303


def test_no_websocket_is_opened(let: Let) -> None:
    from starlette.websockets import WebSocketDisconnect

    client = let(anonymous=["public"])
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/x"):
        pass


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_the_page_speaks_the_language_that_is_chosen(let: Let, language: str) -> None:
    client = let()
    shown = client.get(f"/sign-in?language={language}")
    assert f'<html lang="{language}">' in shown.text
    assert f"rapporteur-language={language}" in shown.headers["set-cookie"]
    assert client.get("/sign-in").text.count(f'<html lang="{language}">') == 1
    evil = sign_in_page('"><script>', "<b>", '" onfocus="x')
    assert "<script>" not in evil
    assert '" onfocus' not in evil
    assert "<b>" not in evil


# -- sign-in elsewhere -------------------------------------------------------------------------------------------------


class Issuer:
    """A small provider of OpenID Connect, which a test has lie."""

    def __init__(self) -> None:
        self.key, self.other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
        self.claims: dict[str, Any] = {}
        self.signed_by: Any = self.key
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}
        self.posted: list[tuple[dict[str, str], str]] = []
        self.said: dict[str, Any] = {}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                """Say nothing."""

            def _send(self, said: Any) -> None:
                body = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                if self.path == "/.well-known/openid-configuration":
                    self._send(issuer.document())
                else:
                    self._send({"keys": [issuer.public()]})

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {name: values[0] for name, values in parse_qs(sent).items()}
                issuer.posted.append((form, self.headers.get("authorization", "")))
                self._send({"id_token": issuer.token(form), "access_token": "x", "token_type": "Bearer"})

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys",
        } | self.said  # fmt: skip

    def public(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return told | {"kid": "one", "use": "sig", "alg": "RS256"}

    def token(self, form: dict[str, str]) -> str:
        asked = self.codes[form["code"]]
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        )
        assert challenge == asked["code_challenge"], "PKCE"
        assert form["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": "kb", "sub": "42", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "email": "dana@example.org", "groups": ["analysts"],
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.signed_by, self.algorithm, headers={"kid": "one"})

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.close()


def place(issuer: Issuer) -> dict[str, Any]:
    return {
        "issuer": issuer.address, "client": "kb", "secret": "KB_SECRET", "claim": "groups",
        "grants": {"analysts": {"role": "reader", "access": ["public", "internal"]}, "chiefs": {"role": "admin", "access": "*"}},
    }  # fmt: skip


def go(client: TestClient, issuer: Issuer) -> dict[str, str]:
    """Begin, and let the provider say yes; returns what the browser brings back."""
    begun = client.get("/sign-in/openid?next=/%3Fq%3Da")
    assert begun.status_code == 303, begun.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.headers["location"]).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://page.test/sign-in/openid/back"
    assert len(asked["state"]) > 40
    assert len(asked["nonce"]) > 40
    issuer.codes["the-code"] = asked
    return {"code": "the-code", "state": asked["state"]}


def test_somebody_signs_in_elsewhere(let: Let, issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SECRET", "very secret")
    client = let(oidc=place(issuer))
    assert "Sign in with your organisation" in client.get("/sign-in").text
    back = client.get("/sign-in/openid/back", params=go(client, issuer))
    assert (back.status_code, back.headers["location"]) == (303, "/?q=a")
    assert client.get("/x").json() == {"name": "dana@example.org", "role": "reader", "labels": ["internal", "public"]}
    form, sign = issuer.posted[0]
    assert base64.b64decode(sign.removeprefix("Basic ")).decode() == "kb:very secret"
    assert "client_secret" not in form
    assert log(tmp_path) == [("sign-in", "dana@example.org")]
    changed = place(issuer) | {"grants": {"chiefs": {"role": "admin", "access": "*"}}}
    (tmp_path / "users.yaml").write_text(yaml.safe_dump({"users": USERS, "oidc": changed}), encoding="utf-8")
    assert client.get("/x").status_code == 401, "what the groups give is looked up anew"


def test_what_comes_back_counts_once_and_in_the_browser_that_began(let: Let, issuer: Issuer) -> None:
    client = let(oidc=place(issuer))
    brought = go(client, issuer)
    held = dict(client.cookies)
    client.cookies.clear()
    assert client.get("/sign-in/openid/back", params=brought).status_code == 403, "another browser"
    client.cookies.update(held)
    assert client.get("/sign-in/openid/back", params=brought).status_code == 403, "a second time"
    brought = go(client, issuer)
    assert client.get("/sign-in/openid/back", params=brought | {"state": "forged"}).status_code == 403
    assert client.get("/x").status_code == 401


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"iss": "https://evil.test"}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": ["kb", "another"]}},
        {"claims": {"azp": "another"}},
        {"claims": {"nonce": "forged"}},
        {"claims": {"nonce": None}},
        {"claims": {"exp": 1_000_000}},
        {"claims": {"exp": None}},
        {"claims": {"iat": 4_000_000_000}},
        {"claims": {"sub": None}},
        {"claims": {"groups": ["strangers"]}},
        {"claims": {"groups": None}},
        {"claims": {"groups": {"analysts": True}}},
        {"signed_by": "other"},
        {"signed_by": "a shared secret that is long enough for it", "algorithm": "HS256"},
        {"signed_by": None, "algorithm": "none"},
    ],
)
def test_a_token_that_proves_nothing_lets_nobody_in(let: Let, issuer: Issuer, lie: dict[str, Any]) -> None:
    issuer.claims = lie.get("claims", {})
    issuer.algorithm = lie.get("algorithm", "RS256")
    if "signed_by" in lie:
        issuer.signed_by = issuer.other if lie["signed_by"] == "other" else lie["signed_by"]
    client = let(oidc=place(issuer))
    back = client.get("/sign-in/openid/back", params=go(client, issuer))
    assert back.status_code == 403
    assert "did not let you in" in back.text
    assert client.get("/x").status_code == 401


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.test"},
        {"authorization_endpoint": "http://evil.test/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
def test_an_issuer_that_is_not_safe_is_not_gone_to(let: Let, issuer: Issuer, said: dict[str, Any]) -> None:
    issuer.said = said
    client = let(oidc=place(issuer))
    answer = client.get("/sign-in/openid")
    assert answer.status_code == 502
    assert "location" not in answer.headers


def test_a_far_issuer_is_asked_over_https_alone(let: Let) -> None:
    far = {"issuer": "http://login.example.org", "client": "kb", "secret": "KB_SECRET", "claim": "groups",
           "grants": {"a": {"role": "reader", "access": ["public"]}}}  # fmt: skip
    assert let(oidc=far).get("/sign-in/openid").status_code == 502
