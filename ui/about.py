"""What is known of a document, under its title in the reader."""

from __future__ import annotations

from urllib.parse import urlencode

from corpus.records import Document
from ui.rendering import esc, theme_name
from ui.words import counted, country, t

RECORD = (
    "Official address", "Speaker", "Meeting", "Countries", "Themes", "File", "Extent", "Pages without text",
    "Noted while reading", "Id",
)  # fmt: skip


def record(document: Document, passages: int) -> str:
    """The facts of a document, folded; `passages` is their number."""
    extent = counted(passages, "passages")
    extent = f"{counted(document.pages, 'pages')}, {extent}" if document.paged else extent
    url = document.url or ""
    official = (
        f'<a href="{esc(url)}" rel="noreferrer">{esc(url)}</a>' if url.startswith(("https://", "http://")) else ""
    )
    file = f"original?{esc(urlencode({'doc': document.id}))}"
    values = (
        official,
        esc(document.speaker or ""),
        esc(document.meeting or ""),
        esc(", ".join(map(country, document.countries))),
        esc(", ".join(map(theme_name, document.themes))),
        f'{esc(document.path)} · <a href="{file}" download>{esc(t("Save the file"))}</a>',
        esc(extent),
        esc(document.pages_without_text or ""),
        f'<span lang="en">{esc("; ".join(document.warnings))}</span>' if document.warnings else "",
        esc(document.id),
    )
    rows = zip(RECORD, values, strict=True)
    listed = "".join(f"<dt>{esc(t(name))}</dt><dd>{value}</dd>" for name, value in rows if value)
    return f'<details class="record"><summary>{esc(t("About this document"))}</summary><dl>{listed}</dl></details>'
