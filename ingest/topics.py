"""The topics that a press release or an agenda lists in one sentence."""

from __future__ import annotations

import re

_LIST = re.compile(
    r"^(?P<before>.{20,}?)\s+(?:are|were|will be)\s+(?:among\s+)?the\s+(?:main\s+|key\s+)?(?:topics|themes|issues|subjects)\b|"
    r"\b(?:topics|themes|issues|subjects)\s+(?:on the agenda\s+)?(?:include|included|are|were)\s*:?\s*(?P<after>.{20,})$|"
    r"\b(?:discussions?|sessions|meeting|conference)\s+(?:will\s+)?(?:focus(?:es|ed)?|concentrate[sd]?)\s+on\s+(?P<focus>.{20,})$",
    re.IGNORECASE | re.DOTALL,
)
_JOINT = re.compile(r",\s+and\s+|,\s+as\s+well\s+as\s+|;\s+(?:and\s+)?|,\s+|\s+and\s+(?=\w+ing\b)")
SHORTEST = 12


def topics_of(sentence: str) -> list[tuple[int, int]]:
    """The topics in a sentence that lists some, as offsets; empty where it lists none. A list whose members begin with
    a verb in -ing is parted only before such a verb or the last "and"."""
    found = _LIST.search(sentence)
    if found is None:
        return []
    name = next(name for name in ("before", "after", "focus") if found[name])
    start, end = found.span(name)
    end = start + len(sentence[start:end].rstrip(" .,"))
    parts: list[tuple[int, int]] = []
    at = start
    active = bool(re.match(r"(?:\w+ly\s+|better\s+)?\w+ing\b", sentence[start:end], re.IGNORECASE))
    for joint in _JOINT.finditer(sentence, start, end):
        behind = sentence[joint.end() : end]
        verb = re.match(r"(?:\w+ly\s+|better\s+)?\w+ing\b", behind, re.IGNORECASE)
        if joint[0].strip() == "and" or (active and not verb and "and" not in joint[0] and ";" not in joint[0]):
            continue
        parts.append((at, joint.start()))
        at = joint.end()
    parts.append((at, end))
    return [(first, last) for first, last in parts if last - first >= SHORTEST]
