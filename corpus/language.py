"""The language of a stretch of text, from its script and its commonest words. Enough to tell the parts of a
bilingual treaty apart and to stem terms; not a general language identifier."""

from __future__ import annotations

import re
from collections import Counter

_WORDS = {
    "en": "the of and to in that for is on with as by be are this which shall or was from have not it its at an their",
    "fr": "le la les de des du et en un une que est pour dans par qui sur au aux ne pas ce cette sont avec ou ses leur",
    "nl": "de het een van en in te dat is voor op met zijn die niet aan door als of worden wordt bij deze tot naar artikel",
    "de": "der die das und in den von zu mit ist des im für auf dem nicht ein eine als auch es an werden oder sie durch",
    "es": "el la los las de del y en que un una por con para se es al su lo como más o sus no este esta son",
    "it": "il lo la i gli le di del della e in che un una per con non si è al sono dei delle nel alla o da come",
    "pt": "o a os as de do da e em que um uma para com não se por dos das ao no na é mais ou seu sua direito",
}  # fmt: skip
_WEIGHTS: dict[str, dict[str, float]] = {}
_shared = Counter(word for words in _WORDS.values() for word in set(words.split()))
for _code, _words in _WORDS.items():
    _WEIGHTS[_code] = {word: 1.0 / _shared[word] for word in _words.split()}
_TOKEN = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ru", re.compile("[а-яёА-ЯЁ]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_SAMPLE = 4000
_ENOUGH = 0.09


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the language most likely, None where the text is too short or of no language known here.

    Every Cyrillic text counts as Russian, every Arabic-script text as Arabic.
    """
    sample = text[:_SAMPLE]
    letters = sum(1 for character in sample if character.isalpha())
    if letters < 2:
        return None
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) > 0.5 * letters:
            return code
    tokens = [token.casefold() for token in _TOKEN.findall(sample)]
    if len(tokens) < 4:
        return None
    scores = {code: sum(weights.get(token, 0.0) for token in tokens) for code, weights in _WEIGHTS.items()}
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] / len(tokens) >= _ENOUGH else None
