"""The first hour as HTML: first words, what binds a State, the meetings, what to read, and questions to try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.records import Document
from ui import start_here
from ui.addresses import Address
from ui.rendering import document_link, esc, link
from ui.words import country, t

KINDS = {"new co-ordinator": "New co-ordinators", "staff": "Staff", "researcher": "Researchers"}
HEADS = ("Text", "Force", "Why")
FORCES = {
    start_here.BINDS: "binds", start_here.POLITICAL: "political commitment", start_here.ASK: "look it up",
    start_here.NOT: "does not bind",
}  # fmt: skip


def start_html(documents: Sequence[Document], address: Address) -> str:
    """All of the first hour; `address.state` is the ISO code of the State whose obligations are shown. What points to a
    document that is not held is shown without a link."""
    return (
        f'<article class="start">{_words(documents)}{_state(documents, address.state)}{_meetings(documents)}'
        f"{_reading(documents)}{_examples()}</article>"
    )


def _section(title: str, body: str, name: str) -> str:
    return f'<section id="start-{name}"><h2>{esc(title)}</h2>{body}</section>'


def _to(documents: Iterable[Document], document: str, text: str, label: str | None = None) -> str:
    held = start_here.held(document, documents)
    return link(document_link(held, label=label), text) if held else esc(text)


def _words(documents: Sequence[Document]) -> str:
    rows = "".join(
        f"<dt>{_to(documents, one.document, one.short)}</dt><dd><b>{esc(one.full)}</b>: {esc(one.meaning)}"
        f"<br><small>{esc(' · '.join(f'{code}: {term}' for code, term in one.other.items()))}</small></dd>"
        for one in start_here.first_words()
    )
    return _section(t("Words to know first"), f"<dl>{rows}</dl>", "words")


def _state(documents: Sequence[Document], code: str) -> str:
    states = dict(start_here.states())
    chips = "".join(
        f'<li><a data-go href="{esc(Address("start", state=each).compose())}"{" aria-current=true" if each == code else ""}>'
        f"{esc(country(each))}</a></li>"
        for each in states
    )
    chosen = code in states
    choice = (
        f"<details{'' if chosen else ' open'}><summary>{esc(country(code) if chosen else t('Choose your State'))}</summary>"
        f'<ul class="chips">{chips}</ul></details>'
    )
    table = ""
    if chosen:
        rows = "".join(
            f"<tr><td>{_to(documents, one.document, one.title)}<br><small>{esc(one.symbol)}</small></td>"
            f'<td class="force">{esc(t(FORCES[one.force]))}</td><td>{esc(one.why)}</td></tr>'
            for one in start_here.what_binds(code)
        )
        heads = "".join(f'<th scope="col">{esc(t(head))}</th>' for head in HEADS)
        table = f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    return _section(t("What binds my State"), choice + table, "state")


def _meetings(documents: Sequence[Document]) -> str:
    rows = "".join(
        f"<dt>{_to(documents, one.document, str(one.year))}</dt>"
        f"<dd>{esc(', '.join(part for part in (one.dates, one.place, one.theme) if part) or t('nothing certain is known here'))}</dd>"
        for one in start_here.meetings()
    )
    return _section(t("The annual meetings of co-ordinators and rapporteurs"), f"<dl>{rows}</dl>", "meetings")


def _reading(documents: Sequence[Document]) -> str:
    steps = "".join(
        f"<li>{_to(documents, one.document, one.what, one.label)}</li>" for one in start_here.reading_path()
    )
    return _section(t("What to read first"), f"<ol>{steps}</ol>", "reading")


def _examples() -> str:
    held = start_here.examples()
    parts = "".join(
        f"<details><summary>{esc(t(title))}</summary><ul>"
        + "".join(f"<li>{link(esc(Address('ask', one.question).compose()), one.question)}</li>" for one in held[kind])
        + "</ul></details>"
        for kind, title in KINDS.items()
        if kind in held
    )
    return _section(t("Questions to try"), parts, "examples")
