"""Reading order of pages printed in two columns.

pdfium gives text in the order in which it was drawn, which on such pages is often not the order in which it is
read: the right column first, a box in the middle, the introduction above both columns last. Pages in one column,
tables and forms are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.extract.pdf_lines import Line

_FEWEST = 8
# Of the page's printed width: a column of prose, and how far a line reaches over the gutter that belongs to neither.
_COLUMN = 0.3
_OVER = 0.03
# Lines of prose fill their column; cells of tables do not.
_FULL = 0.8
_MOSTLY = 0.55
# Running heads and feet are among so many lines at either end of the page's text.
_EDGE = 3
_RUNNING = 60
_LARGER = 1.12


def reading_order(lines: Sequence[Line]) -> list[Line]:
    """The lines of one page as they are read: what spans both columns in its place, each left column before its right."""
    gutter = _gutter(lines)
    if gutter is None:
        return list(lines)
    over = _OVER * _width(lines)
    head, body, foot = _without_margins(lines)
    ordered = list(head)
    for band in _bands(body, gutter, over):
        ordered += _downwards([line for line in band if _centre(line) < gutter])
        ordered += _downwards([line for line in band if _centre(line) >= gutter])
    return [*ordered, *foot]


def lifted(lines: Sequence[Line], body: float) -> list[Line]:
    """The lines with headings that were drawn last, though they stand above all others, put first."""
    at = len(lines)
    for number in range(len(lines) - 1, max(0, len(lines) - 1 - _EDGE), -1):
        if lines[number].size > _LARGER * body > 0:
            at = number
        elif len(lines[number].text) > _RUNNING:
            break
    late = [line for line in lines[at:] if line.size > _LARGER * body]
    rest = [line for line in lines if line not in late]
    if not late or not rest or min(line.bottom for line in late) < max(line.top for line in rest) - 2:
        return list(lines)
    return [*late, *rest]


def _without_margins(lines: Sequence[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """Running heads, the body and running feet. pdfium gives them at either end of the page's text: there they stay."""
    inner = lines[_EDGE:-_EDGE]
    lowest, highest = min(line.bottom for line in inner), max(line.top for line in inner)
    outside = [line.top <= lowest + 1 or line.bottom >= highest - 1 for line in lines]
    first = next(at for at, out in enumerate(outside) if not out)
    last = len(lines) - next(at for at, out in enumerate(reversed(outside)) if not out)
    return list(lines[:first]), list(lines[first:last]), list(lines[last:])


def _width(lines: Sequence[Line]) -> float:
    return max(line.right for line in lines) - min(line.left for line in lines)


def _centre(line: Line) -> float:
    return (line.left + line.right) / 2


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where the gap between two columns of prose lies; None where the page has no two columns."""
    if len(lines) < 2 * _FEWEST or any(line.right <= line.left for line in lines[:3]):
        return None
    width, start = _width(lines), min(line.left for line in lines)
    long = [line for line in lines if line.right - line.left > _COLUMN * width]
    left = [line for line in long if line.right < start + 0.56 * width]
    right = [line for line in long if line.left > start + 0.44 * width]
    if min(len(left), len(right)) < _FEWEST:
        return None
    edge, margin = _usual(line.right for line in left), _usual(line.left for line in right)
    if edge >= margin or not (_prose(lines, left, 0, edge) and _prose(lines, right, margin, start + width)):
        return None
    gutter = (edge + margin) / 2
    crossing = sum(1 for line in lines if line.left < gutter - _OVER * width and line.right > gutter + _OVER * width)
    return gutter if crossing < 0.4 * len(lines) else None


def _usual(values: Iterator[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _prose(lines: Sequence[Line], long: Sequence[Line], left: float, right: float) -> bool:
    """Whether most of the text in a column stands in lines as wide as the column."""
    widest = max(line.right - line.left for line in long)
    letters = sum(len(line.text) for line in lines if left <= _centre(line) <= right)
    full = [line for line in long if line.right - line.left > _FULL * widest]
    return len(full) >= _FEWEST and sum(len(line.text) for line in full) >= _MOSTLY * letters


def _bands(lines: Sequence[Line], gutter: float, over: float) -> Iterator[list[Line]]:
    """Stretches of the page from top to bottom: lines over both columns, and the columns between them."""
    spanning = [line for line in lines if line.left < gutter - over and line.right > gutter + over]
    tops = sorted({line.top for line in spanning}, reverse=True)
    rest = [line for line in lines if line not in spanning]
    for top in tops:
        above = [line for line in rest if line.bottom >= top - 1]
        if above:
            yield above
        rest = [line for line in rest if line.bottom < top - 1]
        yield from ([line] for line in spanning if line.top == top)
    if rest:
        yield rest


def _downwards(lines: list[Line]) -> list[Line]:
    """The lines of one column from its top, runs that go down already kept together."""
    runs: list[list[Line]] = []
    for line in lines:
        last = runs[-1][-1] if runs else None
        if last is not None and line.top <= last.top + 1 and last.bottom - line.top < 3 * max(last.size, 1):
            runs[-1].append(line)
        else:
            runs.append([line])
    runs.sort(key=lambda run: -run[0].top)
    return [line for run in runs for line in run]
