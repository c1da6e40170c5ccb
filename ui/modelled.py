"""Questions that a language model may answer: the extractive answer first, then the model over its passages."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.records import Filters
from search.endpoint import endpoint_of

if TYPE_CHECKING:
    from search.generate import Step
    from search.records import Answer
    from ui.service import KnowledgeBase


def steps(
    base: KnowledgeBase,
    question: str,
    filters: Filters | None = None,
    ignore: Collection[str] = (),
    *,
    stream: bool = True,
) -> Iterator[Step]:
    """What happens until there is an answer: sentences as the model writes them, each checked before it is shown; the
    last step holds the answer, which stands in place of all before it. Without an endpoint it is the only one.

    Raises:
        UsageError: as for `KnowledgeBase.ask`, or the settings of the endpoint are wrong.
    """
    from search.generate import PASSAGES, Kind, Step, generate

    endpoint = endpoint_of()
    plain = base.ask(question, filters, ignore)
    if endpoint is None or plain.notice:
        yield Step(Kind.ANSWER, answer=plain)
        return
    found = base.search(question, PASSAGES, filters=filters, ignore=ignore).hits
    yield from generate(endpoint, plain, found, base.store, stream=stream)


def answer(base: KnowledgeBase, question: str, filters: Filters | None = None, ignore: Collection[str] = ()) -> Answer:
    """The answer at once. Where no model is set nothing of this is even loaded.

    Raises:
        UsageError: as for `steps`.
    """
    if endpoint_of() is None:
        return base.ask(question, filters, ignore)
    *_, last = steps(base, question, filters, ignore, stream=False)
    assert last.answer is not None
    return last.answer


def configured() -> dict[str, Any] | None:
    """Which model is set, and where passages would be sent; never the key. None where none is set."""
    try:
        endpoint = endpoint_of()
    except UsageError as error:
        return {"problem": str(error)}
    if endpoint is None:
        return None
    return {
        "model": endpoint.model,
        "host": endpoint.host,
        "local": endpoint.local,
        "encrypted": endpoint.encrypted,
    }
