"""The command `evaluate compare`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from ui.console import DONE, emit

_HEAD = ("measure", "n", "A", "B", "B - A", "95 % interval", "p", "B better", "B worse")
_WIDTHS = (16, 6, 8, 8, 9, 20, 8, 10, 9)


def compare(arguments: Namespace) -> int:
    """`evaluate compare`."""
    from search.compare import read, side_by_side

    a, b = (read(file, arguments.qrels) for file in (arguments.a, arguments.b))
    shape = side_by_side(a, b)
    emit(arguments, shape, _text(shape))
    return DONE


def _text(shape: Mapping[str, Any]) -> str:
    lines = [f"A: {shape['a']}", f"B: {shape['b']}", f"{shape['questions']:,} questions in both"]
    if shape["only_in_a"] or shape["only_in_b"]:
        lines[-1] += f"; left out: {shape['only_in_a']:,} only in A, {shape['only_in_b']:,} only in B"
    lines += ["", _row(_HEAD), *_rows(shape["measures"])]
    for kind, measures in shape["by_kind"].items():
        changed = {name: one for name, one in measures.items() if one["better"] or one["worse"]}
        if changed:
            lines += ["", kind, *_rows(changed)]
    same = [
        kind
        for kind, measures in shape["by_kind"].items()
        if not any(one["better"] or one["worse"] for one in measures.values())
    ]
    if same:
        lines += ["", f"no difference: {', '.join(same)}"]
    return "\n".join(lines)


def _rows(measures: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = []
    for name, one in measures.items():
        interval = "–" if one["interval"] is None else f"{one['interval'][0]:+.3f} to {one['interval'][1]:+.3f}"
        cells = (
            name, str(one["n"]), f"{one['a']:.3f}", f"{one['b']:.3f}", f"{one['difference']:+.3f}", interval,
            f"{one['p']:.4f}", str(one["better"]), str(one["worse"]),
        )  # fmt: skip
        rows.append(_row(cells))
    return rows


def _row(cells: tuple[str, ...]) -> str:
    first, *others = (cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
    return first.strip().ljust(_WIDTHS[0]) + "".join(others)
