"""What stands on the page whatever was asked: its head, the guide to queries, the bar of picked passages."""

from __future__ import annotations

from collections.abc import Callable

from ui.limits import ENDINGS, MOST_BYTES
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
        '<header class="mast"><a data-go href="?"><h1 class="name">Rapporteur</h1></a>'
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


def many_queries() -> str:
    """A table of queries in, a table of passages out, folded."""
    file = f'<input type="file" accept=".csv,.txt,.tsv" aria-label="{esc(t("Table of queries"))}">'
    depth = "".join(f'<option value="{k}">{k}</option>' for k in (5, 10, 25, 100))
    forms = "".join(
        f'<option value="{form}">{words}</option>' for form, words in (("xlsx", name("Excel")), ("csv", name("CSV")))
    )
    line = esc(
        t("A CSV file with one query in each row, under the heading “query”; the passages come back as a table.")
    )
    return (
        f'<details class="batch"><summary>{esc(t("Many queries at once"))}</summary><p>{line}</p><p class="fields">{file}'
        f"<label>{esc(t('Passages for each'))} <select data-k>{depth}</select></label>"
        f"<label>{esc(t('save as'))} <select data-form>{forms}</select></label>"
        f'<button type="button" data-batch>{esc(t("Search for all"))}</button></p><p role="status"></p></details>'
    )


def curating() -> str:
    """Adding documents: the files, the button, and how far it is."""
    line = esc(
        t(
            "They are kept in the folder of the collection and read at once. At most {n} MB each.",
            n=MOST_BYTES // 1_000_000,
        )
    )
    return (
        f'<details class="batch"><summary>{esc(t("Add documents"))}</summary><p>{line}</p><p class="fields">'
        f'<input type="file" multiple accept="{",".join(ENDINGS)}" aria-label="{esc(t("Documents to add"))}">'
        f"<label hidden>{esc(t('Access label'))} <select data-label></select></label>"
        f'<button type="button" data-add>{esc(t("Add and read"))}</button></p><p role="status"></p><ul></ul></details>'
    )


STANDING: dict[str, Callable[[], str]] = {
    "#masthead": masthead,
    "#guide": guide,
    "#batch": many_queries,
    "#curate": curating,
    "#picks": picks,
    "#ready": getting_ready,
}
