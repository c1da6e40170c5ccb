"""What stands on the page whatever was asked: its head, the guide to queries, the bar of picked passages."""

from __future__ import annotations

from collections.abc import Callable

from ui.originals import FORMS
from ui.rendering import esc, sentence
from ui.words import SPOKEN, name, spoken, t

_EXAMPLES = (
    '"exact phrase"', "AND", "OR", "NOT", "body:OSCE", "type:decision", "year:2003..2007", "article:13",
    'symbol:"MC.DEC/14/06"',
)  # fmt: skip


def masthead() -> str:
    """The name of the program, what it is for, and the languages of the page."""
    buttons = "".join(
        f'<button type="button" data-speak="{code}" lang="{code}"{_pressed(code)}>{words}</button>'
        for code, words in SPOKEN.items()
    )
    said = esc(t("Exact quotations from the documents on action against trafficking in human beings"))
    return (
        '<header class="mast"><a data-go href="?"><span class="name">Rapporteur</span></a>'
        f'<p>{said}</p><nav class="languages" aria-label="{esc(t("Language of the page"))}">{buttons}</nav></header>'
    )


def _pressed(code: str) -> str:
    return f' aria-pressed="{"true" if code == spoken() else "false"}"'


def guide() -> str:
    """How to write a query, folded."""
    examples = " · ".join(f"<code>{esc(example)}</code>" for example in _EXAMPLES)
    return f'<details class="guide"><summary>{esc(t("How to write a query"))}</summary><p lang="en">{examples}</p></details>'


def picks() -> str:
    """The bar that saves what was picked; the script of the page shows it once something is."""
    links = "".join(f'<a data-format="{form}" download href="#">{esc(name(words))}</a>' for form, words in FORMS)
    return (
        f'<div class="picks" role="region" aria-label="{esc(t("Picked passages"))}" hidden><strong></strong>'
        f'<span>{esc(t("save as"))}</span>{links}<button type="button" data-unpick>{esc(t("Clear"))}</button></div>'
    )


def getting_ready() -> str:
    """The line while models load."""
    line = t("Getting ready… A question asked now is answered as soon as the models are loaded.")
    return sentence(line, "waiting")


STANDING: dict[str, Callable[[], str]] = {
    "#masthead": masthead,
    "#guide": guide,
    "#picks": picks,
    "#ready": getting_ready,
}
