"""The languages of the page in Gradio: labels that the browser translates, handlers that answer in its language."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from ui import words
from ui.door import language_of
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
    """The handler of an event, run in the language of whoever is at the page. Gradio hands in the request first."""
    steps = inspect.isgeneratorfunction(handler)

    def run(request: gr.Request, *given: Any) -> Iterator[Any]:
        # The steps of a generator run in whichever thread is free: each is given the language anew.
        context = copy_context()
        context.run(words.use, language_of(dict(request.headers)))
        made = context.run(handler, *given)
        if not steps:
            yield made
            return
        yield from iter(lambda: context.run(next, made, None), None)

    def once(request: gr.Request, *given: Any) -> Any:
        return next(run(request, *given))

    return run if steps else once
