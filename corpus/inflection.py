"""Russian names in their cases: «Варшавская конвенция» is asked for as «Варшавской конвенции»."""

from __future__ import annotations

import re

# Endings of the nouns that treaties are called by and of adjectives before them: as listed, then genitive, accusative,
# instrumental, prepositional, and the dative where it is none of these.
_FEMININE = ("ия", "ии", "ию", "ией", "ии"), {"ая": ("ой", "ую", "ой", "ой")}
_MASCULINE = (
    ("", "а", "", "ом", "е", "у"),
    {"ий": ("ого", "ий", "им", "ом", "ому"), "ый": ("ого", "ый", "ым", "ом", "ому")},
)
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
    (listed, *ends), cases = _FEMININE if noun.endswith("ия") else _MASCULINE
    if not all(word[-2:] in cases for word in adjectives):
        return []
    root = noun.removesuffix(listed)
    return [([word[:-2] + cases[word[-2:]][at] for word in adjectives], root + end) for at, end in enumerate(ends)]
