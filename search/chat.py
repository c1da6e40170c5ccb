"""Talking to a language model through Haystack's chat generator: pieces of text as they come, second tries after
failures that may pass, and one limit of time for all of it. Haystack is imported when a question is put, not before."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any

from search.endpoint import Endpoint

if TYPE_CHECKING:
    from haystack.components.generators.chat import OpenAIChatGenerator

TRIES = 3
# Seconds before the second try; doubled before the third.
PAUSE = 0.5
# More is no answer to a question: a model that does not stop is stopped.
MOST_LETTERS = 20_000
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_CUT_OFF = "length"
_BLOCKED = "content_filter"
_UNREADABLE = "gave an answer that cannot be read"


class Turn(Enum):
    """What happens beside text: the answer begins anew, or it was cut off at the model's limit."""

    AGAIN = "again"
    CUT = "cut"


class NoReplyError(Exception):
    """The model gave no answer; the message ends a sentence that begins with "the model"."""

    def __init__(self, why: str, *, passing: bool = False, wait: float | None = None) -> None:
        super().__init__(why)
        self.passing = passing
        self.wait = wait


def reply(endpoint: Endpoint, system: str, user: str, *, stream: bool) -> Iterator[str | Turn]:
    """The model's answer: in pieces with `stream`, else whole. After `Turn.AGAIN` what came before does not count.

    Raises:
        NoReplyError: there is no whole answer within the endpoint's seconds.
    """
    # The library takes two seconds to load the first time; they are not the model's.
    import haystack.components.generators.chat  # noqa: F401

    deadline = time.monotonic() + endpoint.seconds
    for number in range(1, TRIES + 1):
        try:
            yield from _once(endpoint, system, user, stream, deadline)
            return
        except NoReplyError as error:
            pause = PAUSE * 2 ** (number - 1) if error.wait is None else error.wait
            if not error.passing or number == TRIES or time.monotonic() + pause >= deadline:
                raise
            # Some servers know no streams and send the whole at once, or nonsense.
            stream = stream and str(error) != _UNREADABLE
            time.sleep(pause)
            yield Turn.AGAIN


def _once(endpoint: Endpoint, system: str, user: str, stream: bool, deadline: float) -> Iterator[str | Turn]:
    """One try, in a thread of its own: a server that sends a byte now and then would keep any other limit from falling."""
    said: queue.SimpleQueue[str | Turn | BaseException | None] = queue.SimpleQueue()
    stopped = threading.Event()
    generator = _generator(endpoint, max(0.05, deadline - time.monotonic()))
    arguments = (generator, system, user, stream, said, stopped)
    threading.Thread(target=_ask, args=arguments, name="language model", daemon=True).start()
    try:
        while True:
            try:
                piece = said.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise NoReplyError("did not answer in time") from None
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise _failure(piece) from piece
            yield piece
    finally:
        stopped.set()
        generator.close()


class _StoppedError(Exception):
    """Nobody listens any more."""


def _ask(
    generator: OpenAIChatGenerator,
    system: str,
    user: str,
    stream: bool,
    said: queue.SimpleQueue[Any],
    stopped: threading.Event,
) -> None:
    from haystack.dataclasses import ChatMessage, StreamingChunk

    letters, pieces = 0, 0

    def take(chunk: StreamingChunk) -> None:
        nonlocal letters, pieces
        letters += len(chunk.content)
        pieces += 1
        if stopped.is_set() or letters > MOST_LETTERS:
            raise _StoppedError
        if chunk.content:
            said.put(chunk.content)

    try:
        wanted = [ChatMessage.from_system(system), ChatMessage.from_user(user)]
        (answer,) = generator.run(wanted, streaming_callback=take if stream else None)["replies"]
        ended = answer.meta.get("finish_reason")
        if ended == _BLOCKED:
            raise NoReplyError("was kept from answering by a filter of its server")
        text = answer.text or ""
        if stream and not pieces:
            raise NoReplyError(_UNREADABLE, passing=True)
        if not text.strip():
            raise NoReplyError("answered nothing")
        if not stream:
            said.put(text[:MOST_LETTERS])
        if ended == _CUT_OFF or len(text) > MOST_LETTERS:
            said.put(Turn.CUT)
        said.put(None)
    except _StoppedError:
        said.put(Turn.CUT)
        said.put(None)
    except Exception as error:  # noqa: BLE001 – whatever three libraries and a strange server raise becomes an outcome
        said.put(error)


def _generator(endpoint: Endpoint, seconds: float) -> OpenAIChatGenerator:
    from haystack.components.generators.chat import OpenAIChatGenerator
    from haystack.utils import Secret

    logging.getLogger("haystack").setLevel(logging.ERROR)
    return OpenAIChatGenerator(
        # A server that wants no key gets this word; OPENAI_API_KEY, which is for another one, is not sent.
        api_key=Secret.from_token(endpoint.key or "none"),
        model=endpoint.model,
        api_base_url=endpoint.url,
        timeout=seconds,
        max_retries=0,
        # Passages go to the server that was named, not to one that it points to; for this machine through no proxy.
        http_client_kwargs={"follow_redirects": False, "trust_env": not endpoint.local},
    )


def _failure(error: BaseException) -> NoReplyError:
    """What went wrong, in words that hold neither key nor passages."""
    if isinstance(error, NoReplyError):
        return error
    status = getattr(error, "status_code", None)
    name = type(error).__name__
    if isinstance(status, int):
        if status in {401, 403}:
            return NoReplyError(f"did not accept the key (HTTP {status})")
        if 300 <= status < 400:
            return NoReplyError(f"pointed to another address, which is not followed (HTTP {status})")
        return NoReplyError(f"answered with the error HTTP {status}", passing=status in _PASSING, wait=_wait(error))
    if "Timeout" in name:
        return NoReplyError("did not answer in time")
    module = type(error).__module__.partition(".")[0]
    if "Connection" in name or isinstance(error, OSError):
        return NoReplyError("could not be reached", passing=True)
    if module in {"httpx", "httpcore", "httpx2", "httpcore2"}:
        return NoReplyError("broke off its answer", passing=True)
    return NoReplyError(_UNREADABLE, passing=True)


def _wait(error: BaseException) -> float | None:
    """Seconds that the server asks to wait, None where it does not say."""
    value = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        return None
