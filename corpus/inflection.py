"""Russian names in their cases: «Варшавская конвенция» is asked for as «Варшавской конвенции»."""

from __future__ import annotations

import re

# Endings of adjectives and of the nouns that treaties are called by: as listed, then genitive, accusative, instrumental,
# prepositional (the dative of one of these or its own).
_FEMININE = (("ая", "ой", "ую", "ой", "ой"), ("ия", "ии", "ию", "ией", "ии"))
_MASCULINE = (
    (("ий", "ого", "ий", "им", "ом"), ("ый", "ого", "ый", "ым", "ом")),
    ("", "а", "", "ом", "е"),
)
_DATIVE = ("ому", "у")
_HEADS = re.compile(r"(?:конвенц|хартия|декларац|протокол|пакт|договор)\w*$", re.IGNORECASE)


def in_cases(name: str) -> tuple[str, ...]:
    """The other cases of a name that begins with adjectives and the kind of a treaty; what follows these stays as it is.
    Empty where the name does not begin so."""
    words = name.split()
    head = next((at for at, word in enumerate(words) if _HEADS.match(word)), None)
    if head is None:
        return ()
    before, noun, rest = words[:head], words[head], words[head + 1 :]
    return tuple(" ".join([*front, back, *rest]) for front, back in _forms(before, noun))


def _forms(adjectives: list[str], noun: str) -> list[tuple[list[str], str]]:
    if noun.endswith("ия"):
        (listed, *cases), (_, *ends) = _FEMININE
        if not all(word.endswith(listed) for word in adjectives):
            return []
        return [
            ([word[:-2] + case for word in adjectives], noun[:-2] + end) for case, end in zip(cases, ends, strict=True)
        ]
    kinds, (_, *ends) = _MASCULINE
    found = {kind[0]: kind for kind in kinds}
    if not all(word[-2:] in found for word in adjectives):
        return []
    forms = [
        ([word[:-2] + found[word[-2:]][number] for word in adjectives], noun + end)
        for number, end in enumerate(ends, 1)
    ]
    return [*forms, ([word[:-2] + _DATIVE[0] for word in adjectives], noun + _DATIVE[1])]
