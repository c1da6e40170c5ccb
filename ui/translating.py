"""The languages of the page in Gradio: labels that the browser translates, handlers that answer in its language."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from ui import words
from ui.door import language_of
from ui.people import person
from ui.running import journal
from ui.standing import STANDING


def languages() -> gr.I18n:
    """Every label of the page and every standing piece of HTML in each language, for Gradio's script."""
    tables: dict[str, dict[str, str]] = {}
    for language in words.SPOKEN:
        words.use(language)
        tables[language] = {text: words.t(text) for text in words.catalogue()["words"]}
        tables[language] |= {name: html() for name, html in STANDING.items()}
    words.use("en")
    return gr.I18n(**tables)


def w(text: str) -> Any:
    """A text that the browser shows in the language of the page."""
    return I18nData(text)


def heard(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler of an event, run in the language and in the name of whoever is at the page. Gradio hands in the request
    first. What runs in its queue knows nothing of a request but what stands in it."""
    steps = inspect.isgeneratorfunction(handler)

    def run(request: gr.Request, *given: Any, **named: Any) -> Iterator[Any]:
        # The steps of a generator run in whichever thread is free: each is given the language anew.
        context = copy_context()
        context.run(words.use, language_of(dict(request.headers)))
        context.run(person.use, person.of_request(request))
        context.run(journal.use, str(person.scope_of(request).get("rapporteur.request", "")))
        made = context.run(handler, *given, **named)
        if not steps:
            yield made
            return
        yield from iter(lambda: context.run(next, made, None), None)

    def once(request: gr.Request, *given: Any, **named: Any) -> Any:
        return next(run(request, *given, **named))

    return run if steps else once


def called(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that other programs call, run in the language and in the name of whoever calls it."""
    once = heard(function)

    def run(request: gr.Request, *given: Any, **named: Any) -> Any:
        return once(request, *given, **named)

    # Gradio reads from these what may be handed in, and tells it to other programs.
    told = inspect.signature(function)
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    run.__signature__ = told.replace(parameters=[first, *told.parameters.values()])  # type: ignore[attr-defined]
    run.__annotations__ = typing.get_type_hints(function) | {"request": gr.Request}
    run.__name__, run.__doc__ = function.__name__, function.__doc__
    return run
