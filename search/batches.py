"""How texts are put together for the model: batches of like length, in few widths."""

from __future__ import annotations

from collections.abc import Sequence

# OpenVINO makes its kernels anew for each width it meets (15 ms): padding to a multiple leaves few widths.
STEP = 16
QUERY_WIDTHS = (8, 16, 24, 32, 48, 64, 96, 128, 192)
# Tokens of one inference: more falls out of the cache (14 % slower at 4,096), less does not fill the cores.
BUDGET = 1024
LEAST = 128


def batches(lengths: Sequence[int], budget: int = BUDGET, step: int = STEP) -> list[tuple[list[int], int]]:
    """Group texts of like length: (positions, padded width) of each batch, longest first, so that no late long
    batch leaves a core idle. A batch holds at most `budget` tokens with padding, or one text."""
    order = sorted(range(len(lengths)), key=lambda position: -lengths[position])
    out: list[tuple[list[int], int]] = []
    while order:
        width = -(-lengths[order[0]] // step) * step
        count = max(1, budget // width)
        out.append((order[:count], width))
        order = order[count:]
    return out


def shared_out(tokens: int, cores: int) -> int:
    """The most tokens of one batch, so that few texts too keep all cores busy."""
    return min(BUDGET, max(LEAST, -(-tokens // cores)))


def query_width(tokens: int) -> int:
    """The width that a question of so many tokens is padded to."""
    return next((width for width in QUERY_WIDTHS if width >= tokens), tokens)
