"""The commands `users` and `audit`."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from corpus.clearance import ALL
from corpus.errors import NotFoundError, UsageError
from corpus.filters import check_date
from ui import terminal
from ui.console import DONE, emit
from ui.home import check_home, place_of
from ui.people import audit
from ui.people.accounts import check_label, people_of, read_file
from ui.people.passwords import check, fingerprint, hashed, new_token


@contextmanager
def _changed(file: Path, *, create: bool = False) -> Iterator[dict[str, Any]]:
    """The file as it is written, to be changed inside; afterwards it is proved and put in place in one step."""
    file = file.absolute()
    if not file.parent.is_dir():
        raise UsageError(f"There is no folder {file.parent} to keep the file of users in.")
    with FileLock(file.with_name(f".{file.name}.lock"), timeout=10, fallback_to_soft=False):
        said = {} if create and not file.exists() else read_file(file)
        people_of(said, file)
        yield said
        people_of(said, file)
        half = file.with_name(f".{file.name}.half")
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            yaml.safe_dump(said, out, allow_unicode=True, sort_keys=False)
            out.flush()
            os.fsync(out.fileno())
        half.replace(file)


def _user(said: dict[str, Any], name: str) -> dict[str, Any]:
    for one in said.get("users") or ():
        if one["name"].casefold() == name.casefold():
            found: dict[str, Any] = one
            return found
    raise NotFoundError(f"There is no user “{name}” in the file.")


def _password(name: str) -> str:
    """The password as typed twice at a terminal, else the first line of stdin: an argument could be read by others."""
    if not sys.stdin.isatty():
        return check(sys.stdin.readline().rstrip("\r\n"), name)
    typed = check(getpass.getpass(f"Password for {name}: "), name)
    if getpass.getpass("Once more: ") != typed:
        raise UsageError("The two passwords differ. Nothing was changed.")
    return typed


def add(arguments: Namespace) -> int:
    """`users add`."""
    access = list(dict.fromkeys(arguments.access or ["public"]))
    labels = access if ALL in access else [check_label(label.strip()) for label in access]
    with _changed(arguments.file, create=True) as said:
        users = said.setdefault("users", [])
        if any(one["name"].casefold() == arguments.name.casefold() for one in users):
            raise UsageError(f"There is a user “{arguments.name}” already.")
        made: dict[str, Any] = {"name": arguments.name}
        if not arguments.no_password:
            made["password"] = hashed(_password(arguments.name))
        users.append(made | {"role": arguments.role, "access": ALL if ALL in labels else labels})
    shape = {"name": arguments.name, "role": arguments.role, "access": labels}
    emit(arguments, shape, f"{arguments.name} is a {arguments.role} and may see: {_seen(labels)}.")
    return DONE


def _seen(labels: list[str] | tuple[str, ...]) -> str:
    return "everything" if ALL in labels else ", ".join(labels) or "nothing"


def listed(arguments: Namespace) -> int:
    """`users list`."""
    file = arguments.file.absolute()
    people = people_of(read_file(file), file)
    shaped = [
        {
            "name": one.name,
            "role": one.role.value,
            "access": list(one.access),
            "password": one.password is not None,
            "tokens": len(one.tokens),
        }
        for one in people.accounts.values()
    ]
    rows = [
        [one.name, one.role.value, _seen(one.access), "yes" if one.password else "no", str(len(one.tokens))]
        for one in people.accounts.values()
    ]
    emit(arguments, {"users": shaped}, "")
    if not arguments.json:
        terminal.show(terminal.table(("name", "role", "may see", "password", "tokens"), rows))
    return DONE


def remove(arguments: Namespace) -> int:
    """`users remove`."""
    with _changed(arguments.file) as said:
        said["users"].remove(_user(said, arguments.name))
    emit(arguments, {"removed": arguments.name}, f"{arguments.name} is struck off.")
    return DONE


def password(arguments: Namespace) -> int:
    """`users password`."""
    with _changed(arguments.file) as said:
        user = _user(said, arguments.name)
        user["password"] = hashed(_password(arguments.name))
    emit(arguments, {"changed": arguments.name}, f"{arguments.name} has another password; earlier sessions end now.")
    return DONE


def token(arguments: Namespace) -> int:
    """`users token`."""
    made = "" if arguments.revoke else new_token()
    with _changed(arguments.file) as said:
        user = _user(said, arguments.name)
        user["tokens"] = [*user.get("tokens", []), fingerprint(made)] if made else []
    if not made:
        emit(arguments, {"name": arguments.name, "tokens": 0}, f"{arguments.name} has no token any more.")
        return DONE
    text = f"{made}\nIt is shown this once. Programs send it as: Authorization: Bearer …"
    emit(arguments, {"name": arguments.name, "token": made}, text)
    return DONE


def audited(arguments: Namespace) -> int:
    """`audit`."""
    home, server = place_of(arguments.home, arguments.store)
    if server is None:
        check_home(home)
    since = check_date(arguments.since) if arguments.since else ""
    lines = list(audit.read(home, since))
    emit(arguments, {"total": len(lines), "entries": lines}, "")
    if not arguments.json:
        for line in lines:
            facts = ", ".join(f"{name} {_plain(value)}" for name, value in line.items() if name not in _HEAD)
            terminal.show(f"{line['time']}  {line.get('who', '')}  {line.get('what', '')}  {facts}".rstrip())
        if not lines:
            terminal.show("Nothing is noted.")
    return DONE


_HEAD = frozenset({"time", "who", "what"})


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
