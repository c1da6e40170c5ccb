"""How the page looks: a quiet reading room. Colours and fonts for Gradio's own parts; ours are in page.css.

No font is fetched: the lists name what systems bring along. Contrast of text and accent is at least 4.5 to 1 (WCAG AA) in
both modes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ui import words

FOLDER = Path(__file__).parent
SANS = [
    "ui-sans-serif",
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Liberation Sans",
    "sans-serif",
]
MONO = ["ui-monospace", "Consolas", "Liberation Mono", "monospace"]
PAPER, INK, QUIET, LINE, ACCENT, FIELD = "#faf8f3", "#22262b", "#5a5f66", "#ddd7ca", "#1d5560", "#ffffff"
NIGHT_PAPER, NIGHT_INK, NIGHT_QUIET, NIGHT_LINE, NIGHT_ACCENT, NIGHT_FIELD = (
    "#17191b", "#e8e4da", "#a9aba8", "#3a3d40", "#8fc7d1", "#202325",
)  # fmt: skip


def css() -> str:
    """The style sheet of what we write ourselves."""
    return (FOLDER / "page.css").read_text(encoding="utf-8")


def script() -> str:
    """The script that ties addresses, links and buttons together."""
    text = (FOLDER / "page.js").read_text(encoding="utf-8")
    told = words.catalogue()["words"]
    used = {said: told[said] for said in re.findall(r'\bsay\("([^"]+)"\)', text)}
    tables = {code: {said: texts[code] for said, texts in used.items()} for code in words.SPOKEN if code != "en"}
    # As JSON, "<" cannot end the script that it is written into.
    table = json.dumps(tables, ensure_ascii=False).replace("<", "\\u003c")
    return text.replace("const WORDS = {};", f"const WORDS = {table};").replace("COOKIE", words.COOKIE)


# What Gradio is given to run: the first script hands it the page's own function in its place. Gradio looks in it for the
# names of events.
STARTED = 'return window.rapporteurPage(element, trigger, props, server, upload, watch); // trigger("go")'


def first_script() -> str:
    """The script that runs before Gradio's, with that of the page in it."""
    return (
        (FOLDER / "own.js")
        .read_text(encoding="utf-8")
        .replace('"STARTED"', json.dumps(STARTED))
        .replace("/* page.js */", script())
    )


def theme() -> Any:
    """Gradio's theme in our colours."""
    import gradio as gr

    base = gr.themes.Base(font=SANS, font_mono=MONO, text_size=gr.themes.sizes.text_md, radius_size="none")
    return base.set(
        body_background_fill=PAPER,
        body_background_fill_dark=NIGHT_PAPER,
        body_text_color=INK,
        body_text_color_dark=NIGHT_INK,
        body_text_color_subdued=QUIET,
        body_text_color_subdued_dark=NIGHT_QUIET,
        background_fill_primary=PAPER,
        background_fill_primary_dark=NIGHT_PAPER,
        background_fill_secondary=PAPER,
        background_fill_secondary_dark=NIGHT_PAPER,
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_label_text_color=QUIET,
        block_label_text_color_dark=NIGHT_QUIET,
        block_title_text_color=QUIET,
        block_title_text_color_dark=NIGHT_QUIET,
        block_padding="0",
        block_shadow="none",
        block_shadow_dark="none",
        border_color_primary=LINE,
        border_color_primary_dark=NIGHT_LINE,
        border_color_accent=ACCENT,
        border_color_accent_dark=NIGHT_ACCENT,
        color_accent=ACCENT,
        color_accent_soft="#e3edee",
        color_accent_soft_dark="#24363a",
        input_background_fill=FIELD,
        input_background_fill_dark=NIGHT_FIELD,
        input_border_color="#a9a294",
        input_border_color_dark="#5d6164",
        input_border_color_focus=ACCENT,
        input_border_color_focus_dark=NIGHT_ACCENT,
        input_border_width="1px",
        input_placeholder_color="#6b6f75",
        input_placeholder_color_dark="#9a9c99",
        input_shadow="none",
        input_shadow_focus="none",
        button_primary_background_fill=ACCENT,
        button_primary_background_fill_dark=NIGHT_ACCENT,
        button_primary_background_fill_hover="#153f48",
        button_primary_background_fill_hover_dark="#a9d6de",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#10262b",
        button_primary_border_color=ACCENT,
        button_primary_border_color_dark=NIGHT_ACCENT,
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_text_color=ACCENT,
        button_secondary_text_color_dark=NIGHT_ACCENT,
        button_secondary_border_color=ACCENT,
        button_secondary_border_color_dark=NIGHT_ACCENT,
        button_border_width="1px",
        link_text_color=ACCENT,
        link_text_color_dark=NIGHT_ACCENT,
        link_text_color_hover=ACCENT,
        link_text_color_hover_dark=NIGHT_ACCENT,
        link_text_color_visited=ACCENT,
        link_text_color_visited_dark=NIGHT_ACCENT,
    )
