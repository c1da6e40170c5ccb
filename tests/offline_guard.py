"""Copied as `sitecustomize` beside a child process: whatever it wants of another machine is written down, and refused."""

import ipaddress
import os
import sys
from pathlib import Path

_FILE = os.environ.get("OFFLINE_RECORD", "")


def _here(host: object) -> bool:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if host is None or text in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback or text in ("0.0.0.0", "::")
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _here(host):
        with Path(_FILE).open("a", encoding="utf-8") as record:
            record.write(f"{event} {host}\n")
        raise OSError(f"{event}: {host} is another machine")


if _FILE:
    sys.addaudithook(_guard)
    with Path(f"{_FILE}.guarded").open("a", encoding="utf-8") as guarded:
        guarded.write(f"{os.getpid()}\n")
