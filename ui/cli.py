"""The command `rapporteur`: runs a command and turns whatever happens into one of its exit codes and a sentence.

0 done · 1 done, but some input failed, or a defect of the program · 2 wrong usage or bad input · 3 the knowledge base
is missing, locked or damaged · 130 interrupted, with everything committed so far kept.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from corpus.errors import HomeError, RapporteurError, UsageError
from ui.options import parser

DONE, FAILED, USAGE, HOME, INTERRUPTED = 0, 1, 2, 3, 130
_DAMAGE = ("sqlite3", "psycopg")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    _prepare_streams()
    parsed = parser().parse_args(arguments)
    code = _run(parsed)
    return _flush(code)


def _run(parsed: Namespace) -> int:
    module, _, name = str(parsed.run).rpartition(".")
    try:
        return int(getattr(import_module(module), name)(parsed))
    except BrokenPipeError:
        # Whoever reads our output has seen enough.
        _close_output()
        return DONE
    except KeyboardInterrupt:
        return _fail(parsed, "Interrupted. What was committed is kept.", INTERRUPTED)
    except HomeError as error:
        return _fail(parsed, str(error), HOME)
    except UsageError as error:
        return _fail(parsed, str(error), USAGE)
    except RapporteurError as error:
        return _fail(parsed, str(error), FAILED)
    except Exception as error:  # noqa: BLE001 - the edge of the program: a person gets a sentence, never a trace
        return _unexpected(parsed, error)


def _unexpected(parsed: Namespace, error: Exception) -> int:
    if os.environ.get("RAPPORTEUR_DEBUG"):
        raise error
    if type(error).__module__.partition(".")[0] in _DAMAGE:
        home = f"The knowledge base cannot be used ({error}). Check the disk's space, then run: rapporteur verify"
        return _fail(parsed, home, HOME)
    if isinstance(error, OSError) and error.filename:
        return _fail(parsed, f"{error.filename} cannot be used ({error.strerror}).", FAILED)
    if isinstance(error, OSError) and error.errno in _FULL:
        return _fail(parsed, _unwritten(error), FAILED)
    text = " ".join(str(error).split())[:300]
    return _fail(
        parsed,
        f"Something went wrong that should not have: {type(error).__name__}: {text}. "
        "Run with RAPPORTEUR_DEBUG=1 to see the details.",
        FAILED,
    )


def _fail(parsed: Namespace, sentence: str, code: int) -> int:
    """The sentence for a person on stderr; where JSON is wanted, the same as one object on stdout."""
    # Where the place that takes our output is full, the exit code still tells.
    with suppress(OSError):
        if getattr(parsed, "json", False):
            print(json.dumps({"error": sentence, "exit_code": code}, ensure_ascii=False))
    with suppress(OSError):
        print(sentence, file=sys.stderr)
    return code


def _unwritten(error: OSError) -> str:
    return f"The output cannot be written ({error.strerror}). Make space where it goes, and run the command again."


def _prepare_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        # Documents are in many alphabets; a terminal that cannot show one of them shows a question mark.
        if hasattr(stream, "reconfigure"):
            encoding = "utf-8" if not stream.isatty() else None
            stream.reconfigure(errors="replace", encoding=encoding)


def _flush(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _close_output()
    except OSError as error:
        _close_output()
        with suppress(OSError):
            print(_unwritten(error), file=sys.stderr)
        return FAILED
    return code


def _close_output() -> None:
    # Python would complain at its end about what it could not write.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
