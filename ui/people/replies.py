"""What the gate answers itself: sentences, pages, ways to another address."""

from __future__ import annotations

import json

from ui.door import Message, Send

Headers = tuple[tuple[bytes, bytes], ...]


async def answered(send: Send, status: int, body: bytes, media_type: str, headers: Headers = ()) -> None:
    """A whole answer, which no browser keeps."""
    given = [(b"content-type", media_type.encode()), (b"cache-control", b"no-store"), *headers]
    given.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, status: int, sentence: str) -> None:
    """A sentence as JSON, as every failure of the interface for programs is."""
    body = json.dumps({"error": sentence}, ensure_ascii=False).encode()
    headers: Headers = ((b"www-authenticate", b'Bearer realm="Rapporteur"'),) if status == 401 else ()
    await answered(send, status, body, "application/json; charset=utf-8", headers)


async def redirect(send: Send, address: str, headers: Headers = ()) -> None:
    """Send a browser to another address of the page, or to where people sign in elsewhere."""
    given = [(b"location", address.encode("latin-1", "replace")), (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": 303, "headers": [*given, (b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def private(send: Send) -> Send:
    """Has no browser keep what one person was shown, for the next one at the same machine."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message["headers"] if name.lower() != b"cache-control"]
            message["headers"] = [*kept, (b"cache-control", b"no-store")]
        await send(message)

    return sending
