"""The server's log: one line a request, as JSON or text. What people ask and what documents are called never stands in it.

`RAPPORTEUR_LOG` says in which form (not set: no line for requests), `RAPPORTEUR_LOG_LEVEL` from which weight on.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import UsageError

FORM, LEVEL = "RAPPORTEUR_LOG", "RAPPORTEUR_LOG_LEVEL"
FORMS = ("json", "text")
LEVELS = ("debug", "info", "warning", "error")
REQUESTS = logging.getLogger("ui.running.requests")
_NUMBER: ContextVar[str] = ContextVar("request", default="")


def number() -> str:
    """The id of the request that is being answered; empty where there is none."""
    return _NUMBER.get()


def use(request: str) -> None:
    """Work for a request from here on."""
    _NUMBER.set(request)


def new_number() -> str:
    """An id that no other request has; what a client calls its request is not believed."""
    return secrets.token_hex(6)


def facts(record: logging.LogRecord) -> dict[str, object]:
    """What one line says. An error is told by its kind and its places: its message could hold what somebody typed."""
    said: dict[str, object] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "from": record.name,
    }
    if number():
        said["request"] = number()
    told = getattr(record, "facts", None)
    if isinstance(told, dict):
        return said | told
    # Of other people's modules the pattern alone, without what was filled in.
    said["said"] = str(record.msg) if record.args or record.exc_info else record.getMessage()
    if record.exc_info and record.exc_info[0] is not None:
        said["error"] = record.exc_info[0].__name__
        frames = traceback.extract_tb(record.exc_info[2])
        said["at"] = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
    return said


class Lines(logging.Formatter):
    """One line for each record."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = facts(record)
        if self._form == "json":
            return json.dumps(said, ensure_ascii=False)
        head = f"{said.pop('time')} {said.pop('level')} {said.pop('from')}"
        return " ".join([head, *(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in said.items())])


def set_up() -> bool:
    """Have the log written to stderr as the settings say; false where they ask for none.

    Raises:
        UsageError: a setting has a value that is none of its own.
    """
    form, level = os.environ.get(FORM, "").strip().casefold(), os.environ.get(LEVEL, "info").strip().casefold()
    if form and form not in FORMS:
        raise UsageError(f"{FORM} is “{form}”: set it to {' or '.join(FORMS)}.")
    if level not in LEVELS:
        raise UsageError(f"{LEVEL} is “{level}”: set it to one of {', '.join(LEVELS)}.")
    if not form:
        return False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(form))
    handler.setLevel(level.upper())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING if level != "error" else logging.ERROR)
    # Of other modules warnings and worse; of ours all that the level lets through.
    logging.getLogger("ui").setLevel(level.upper())
    return True
