"""Reading files in worker processes, so that a hostile file costs its own outcome and nothing else.

    parent ── path ──▶ worker (memory limit, ignores Ctrl-C)
           ◀─ result ─        killed and replaced when it is too slow, too big or dies

A worker gets one path at a time and holds its result until the caller takes it, so memory stays bounded by the
number of workers. Processes start with the first file: reading nothing starts none.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import UnreadableFileError

T = TypeVar("T")

_PRELOAD = ["__main__", "ingest.reader", "ingest.extract.pdf", "ingest.extract.html", "ingest.extract.text"]
_START_SECONDS = 60.0
_END_SECONDS = 5.0
_STARTED, _DONE, _REFUSED, _MEMORY, _FAILED = "started", "done", "refused", "memory", "failed"


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Why a file gave nothing. `defect` marks an error of the program, not of the file."""

    reason: str
    defect: bool = False


@dataclass(slots=True)
class _Worker:
    """A process and the file that it reads; `deadline` is on the monotonic clock, `started` once it has begun."""

    process: Any
    pipe: Connection
    path: Path
    deadline: float
    started: bool = False


def read_all(
    paths: Iterable[Path],
    work: Callable[[Path], T],
    *,
    workers: int,
    seconds: float = 55,
    memory_mb: int = 2048,
) -> Iterator[tuple[Path, T | ReadFailure]]:
    """Call `work` (a top-level function) on each path in `workers` processes; yield results as they complete.

    `seconds` is wall-clock time for one file, `memory_mb` the most that a worker may hold. Whatever goes wrong with
    a file becomes its ReadFailure; the rest goes on. Closing the iterator ends all workers at once.
    """
    queue = iter(paths)
    busy: list[_Worker] = []
    try:
        for path in queue:
            busy.append(_start(work, path, seconds, memory_mb))
            if len(busy) >= max(1, workers):
                break
        while busy:
            for worker in _ready(busy):
                outcome = _take(worker, seconds, memory_mb)
                if outcome is None:
                    continue
                path, finished = worker.path, outcome.value
                # The next file goes out before the result is handed over: the worker reads while the caller works.
                following = next(queue, None)
                if following is None or outcome.retire:
                    busy.remove(worker)
                    _end(worker)
                    if following is not None:
                        busy.append(_start(work, following, seconds, memory_mb))
                else:
                    _give(worker, following, seconds)
                yield path, finished
    finally:
        for worker in busy:
            _end(worker)


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any
    retire: bool = False


def _start(work: Callable[[Path], T], path: Path, seconds: float, memory_mb: int) -> _Worker:
    context = _context(work.__module__)
    ours, theirs = multiprocessing.Pipe()
    with _interrupts_held():
        process = context.Process(target=_serve, args=(theirs, work, memory_mb), daemon=True)
        process.start()
    theirs.close()
    worker = _Worker(process, ours, path, 0.0)
    _give(worker, path, seconds)
    return worker


def _context(module: str) -> Any:
    """A fork server where there is one: it loads the libraries once, and a worker costs some milliseconds."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_PRELOAD, module])
    return context


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started here inherit a blocked Ctrl-C: only the parent answers it, even while they start."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _give(worker: _Worker, path: Path, seconds: float) -> None:
    worker.path = path
    worker.started = False
    # Until the worker says that it has begun, the time to start a process is allowed for as well.
    worker.deadline = time.monotonic() + _START_SECONDS + seconds
    # A worker that died meanwhile is noticed when its answer is awaited.
    with contextlib.suppress(OSError):
        worker.pipe.send(path)


def _ready(busy: list[_Worker]) -> list[_Worker]:
    """The workers that have something to say or are out of time; waits for the first."""
    timeout = min(worker.deadline for worker in busy) - time.monotonic()
    speaking = set(map(id, wait([worker.pipe for worker in busy], timeout=max(0.0, timeout))))
    now = time.monotonic()
    return [worker for worker in busy if id(worker.pipe) in speaking or worker.deadline <= now]


def _take(worker: _Worker, seconds: float, memory_mb: int) -> _Outcome | None:
    """What became of the worker's file; None while it is being read."""
    # An answer that lies ready counts, even when the caller comes late for it.
    if not worker.pipe.poll():
        if worker.deadline > time.monotonic():
            return None
        return _Outcome(ReadFailure(f"took longer than {seconds:g} seconds and was stopped"), retire=True)
    try:
        kind, value = worker.pipe.recv()
    except (EOFError, OSError):
        return _Outcome(_describe_death(worker, memory_mb), retire=True)
    if kind == _STARTED:
        worker.started = True
        worker.deadline = value + seconds
        return None
    if kind == _MEMORY:
        return _Outcome(_too_big(memory_mb), retire=True)
    if kind == _DONE:
        return _Outcome(value)
    return _Outcome(ReadFailure(value, defect=kind == _FAILED))


def _too_big(memory_mb: int) -> ReadFailure:
    size = f"{memory_mb / 1024:g} GB" if memory_mb >= 1024 else f"{memory_mb} MB"
    return ReadFailure(f"needed more than {size} of memory and was stopped")


def _describe_death(worker: _Worker, memory_mb: int) -> ReadFailure:
    worker.process.join(_END_SECONDS)
    code = worker.process.exitcode
    if not worker.started:
        return ReadFailure(f"unexpected end of the reader before it began (exit code {code})", defect=True)
    # Nobody but the system's memory guard sends this signal to a worker that is within its time.
    if code == -getattr(signal, "SIGKILL", 9):
        return _too_big(memory_mb)
    return ReadFailure("the reader crashed on this file; it may be damaged. Try saving it anew as PDF")


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join(_END_SECONDS)


def _serve(pipe: Connection, work: Callable[[Path], Any], memory_mb: int) -> None:
    """The worker's life: read the paths that come until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _limit_memory(memory_mb)
    while True:
        try:
            path = pipe.recv()
            pipe.send((_STARTED, time.monotonic()))
        except (EOFError, OSError):
            return
        answer = _try(work, path)
        try:
            pipe.send(answer)
        except OSError:
            return
        except Exception as error:  # noqa: BLE001 - a result that does not pickle is this file's outcome too
            pipe.send(_defect(error))


def _try(work: Callable[[Path], Any], path: Path) -> tuple[str, Any]:
    try:
        return _DONE, work(path)
    except UnreadableFileError as error:
        return _REFUSED, str(error)
    except MemoryError:
        return _MEMORY, None
    except Exception as error:  # noqa: BLE001 - here a file becomes an outcome, whatever its reader raised
        return _defect(error)


def _defect(error: Exception) -> tuple[str, str]:
    message = " ".join(str(error).split())[:500]
    return _FAILED, f"unexpected error in the reader: {type(error).__name__}: {message}"


def _leave_with_parent() -> None:
    # A killed parent cannot end its workers, and one that hangs in a file would not see the closed pipe.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limit_memory(memory_mb: int) -> None:
    """Cap what the process may allocate; libraries then fail in this worker instead of burdening the machine."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    # Data counts what is really allocated; address space would count reserved arenas and mapped files too.
    for name in (resource.RLIMIT_DATA, resource.RLIMIT_CORE):
        _, hard = resource.getrlimit(name)
        wanted = memory_mb * 1024 * 1024 if name == resource.RLIMIT_DATA else 0
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(name, (limit, hard))
