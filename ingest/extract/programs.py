"""Programs beside ours (converters, OCR): run with a time limit, in a folder of their own, and never left running."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_QUIET = {"LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


class ProgramError(Exception):
    """The program failed or was stopped; the message says which, for the text of an error."""


def find_program(*names: str) -> str | None:
    """The path of the first of these programs that is installed."""
    return next((found for name in names if (found := shutil.which(name))), None)


def run_program(
    command: Sequence[str], *, seconds: float, folder: Path, settings: Mapping[str, str] | None = None
) -> bytes:
    """What the program writes to its output.

    Raises:
        ProgramError: it failed, could not be started or took longer than `seconds`.
    """
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(  # noqa: S603 - found on PATH, given paths and no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, **_QUIET, **(settings or {})},
            # A session of its own, so that helpers that it starts end with it.
            start_new_session=True,
        )
    except OSError as error:
        raise ProgramError(f"{name} cannot be started ({error.strerror})") from error
    _limit_time(process.pid, seconds)
    try:
        output, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ProgramError(f"{name} took longer than {seconds:.0f} seconds and was stopped") from None
    finally:
        _end(process)
    if process.returncode != 0:
        words = " ".join(said.decode(errors="replace").split())[-200:]
        raise ProgramError(f"{name} failed ({words or f'exit code {process.returncode}'})")
    return output


def _limit_time(pid: int, seconds: float) -> None:
    """Should our own process be killed meanwhile, the program ends by itself when it has used its time."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    limit = int(seconds) + 5
    if hasattr(resource, "prlimit"):
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_CPU, (limit, limit))


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        # The group may hold helpers even when the program itself has ended.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
