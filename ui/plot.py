"""A plot of documents over the years, drawn as SVG here: no script, no font and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from ui.rendering import esc
from ui.words import counted, t

WIDTH, HEIGHT, FOOT, LEFT = 912, 150, 22, 44
STEPS = (1, 2, 5, 10, 20, 25, 50, 100)
MOST_LABELS = 10


def years_plot(held: Mapping[int, int]) -> str:
    """Documents by year as columns, a year without any as a gap; empty where fewer than two years occur."""
    if len(held) < 2:
        return ""
    first, last, most = min(held), max(held), max(held.values())
    wide = (WIDTH - LEFT) / (last - first + 1)
    high = HEIGHT - FOOT - 12
    columns = []
    for year, count in sorted(held.items()):
        tall = max(1.5, high * count / most)
        left = LEFT + (year - first) * wide
        columns.append(
            f'<rect x="{left:.1f}" y="{HEIGHT - FOOT - tall:.1f}" width="{max(1.5, wide * 0.8):.1f}" height="{tall:.1f}">'
            f"<title>{year}: {esc(counted(count, 'documents'))}</title></rect>"
        )
    step = next((step for step in STEPS if (last - first) / step <= MOST_LABELS), STEPS[-1])
    labels = "".join(
        f'<text x="{LEFT + (year - first + 0.4) * wide:.1f}" y="{HEIGHT - 6}">{year}</text>'
        for year in range(first + -first % step, last + 1, step)
    )
    axis = (
        f'<path d="M{LEFT} {HEIGHT - FOOT}H{WIDTH}M{LEFT} 12H{WIDTH}"/>'
        f'<text class="most" x="{LEFT - 8}" y="16">{most}</text><text class="most" x="{LEFT - 8}" y="{HEIGHT - FOOT}">0</text>'
    )
    said = esc(t("Documents by year, {first} to {last}", first=first, last=last))
    peak = max(held, key=lambda year: (held[year], year))
    most_in = esc(t("most in {year}: {documents}", year=peak, documents=counted(held[peak], "documents")))
    return (
        f'<figure class="plot"><figcaption>{said} · {most_in}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}, {most_in}">{axis}{"".join(columns)}{labels}</svg></figure>'
    )
