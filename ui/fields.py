"""The panel of filters: its fields in Gradio, and filters from what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from corpus.records import Filters
from ui.translating import w

LISTS = (
    ("body", "Body"),
    ("type", "Type of document"),
    ("language", "Language"),
    ("country", "Country"),
    ("theme", "Theme"),
    ("meeting", "Meeting"),
    ("standing", "Standing"),
    ("document", "Document"),
)
Change = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class FilterFields:
    """The fields of one closed panel of filters."""

    lists: tuple[gr.Dropdown, ...]
    start: gr.Textbox
    end: gr.Textbox

    @property
    def dates(self) -> tuple[gr.Textbox, gr.Textbox]:
        """The first and the last year."""
        return self.start, self.end

    def all(self) -> list[Any]:
        """The components in the order in which `filters_of` reads them."""
        return [*self.lists, self.start, self.end]

    def offer(self, choices: dict[str, list[tuple[str, str]]]) -> Change:
        """The changes that offer these choices and leave what is chosen as it is."""
        return {
            field: gr.update(choices=choices.get(name, [])) for (name, _), field in zip(LISTS, self.lists, strict=True)
        }

    def show(self, filters: Filters, choices: dict[str, list[tuple[str, str]]]) -> Change:
        """The changes that make the fields show these filters."""
        shown: Change = {
            field: gr.update(choices=choices.get(name, []), value=list(getattr(filters, name)))
            for (name, _), field in zip(LISTS, self.lists, strict=True)
        }
        return shown | {self.start: filters.date_from or "", self.end: filters.date_to or ""}


def filters_of(*values: Any) -> Filters:
    """Filters from the values of `FilterFields.all`."""
    lists = {name: tuple(given or ()) for (name, _), given in zip(LISTS, values, strict=False)}
    start, end = values[len(LISTS) :]
    return Filters(**lists, date_from=(start or "").strip() or None, date_to=(end or "").strip() or None)


def filter_fields() -> FilterFields:
    """The fields of a panel of filters."""

    def lists(names: Sequence[tuple[str, str]]) -> list[gr.Dropdown]:
        return [
            gr.Dropdown([], multiselect=True, allow_custom_value=True, label=w(shown), min_width=180)
            for _, shown in names
        ]

    with gr.Column(elem_classes="fields"):
        with gr.Row():
            made = lists(LISTS[:3])
        with gr.Row():
            made += lists(LISTS[3:6])
        with gr.Row():
            made += lists(LISTS[6:])
            start = gr.Textbox(label=w("From year"), placeholder="2003", max_lines=1, min_width=90)
            end = gr.Textbox(label=w("To year"), placeholder="2023", max_lines=1, min_width=90)
    return FilterFields(tuple(made), start, end)
