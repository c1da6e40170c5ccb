"""Characters and line ends: what every extractor does to its text before it is stored.

Nothing here changes a letter: characters are brought to their usual form (spaces, ligatures, controls), and a
word broken at a line end is made whole on the line where it begins, so that a quotation is findable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

BREAK_MARKS = "\ufffe\x02"
"""What pdfium writes in place of a hyphen at a line end (the line end itself is swallowed)."""

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_SPACES = [0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]
_LINE_ENDS = [0x0B, 0x0C, 0x85, 0x2028, 0x2029]
# Zero-width joiners (200C, 200D) stay: Persian and the Indic scripts spell with them.
_INVISIBLE = [0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A)]
_CONTROLS = [*range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)]
_TABLE: dict[int, str | None] = {
    **dict.fromkeys(_CONTROLS),
    **dict.fromkeys([*_INVISIBLE, 0xFEFF, 0xFFFE, 0xFFFF]),
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_LINE_ENDS, "\n"),
    **_LIGATURES,
}
# Bullets, ticks and boxes of the Symbol and Wingdings fonts, which stand in the private area of Unicode.
_TABLE |= dict(zip(map(ord, "\uf0b7\uf0a7\uf0d8\uf0fc\uf0fe\uf0fd\uf0a8\uf06f"), "•▪➢✓☑☒☐☐", strict=True))
_UNUSUAL = re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_TABLE)) + "]")
_WORDS = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*")
_BROKEN_WORD = re.compile(r"[^\W_]+-\n\s*[^\W_]+")
_HEAD = re.compile(r"[^\W\d_]+\Z")
_TAIL = re.compile(r"[^\W\d_]+")

# Parts that are nearly always one half of a compound, for documents that show the word nowhere else. Syllables that
# typesetters break after ("ex-", "semi-", "inter-", "law-yer") are left out on purpose.
_FIRST_PARTS = frozenset(
    "non self anti cross socio well vice half decision policy gender rights two three third twenty thirty forty fifty "
    "sixty seventy eighty ninety".split()
)
_LAST_PARTS = frozenset(
    "based making maker makers related sensitive specific oriented term level building sharing driven ended reaching "
    "seeking trafficking centred centered focused raising finding up".split()
)
_PREFIXES = frozenset("un re in dis cor mis pre sub out over under inter".split())
_CO_WORDS = ("operat", "ordinat", "organi", "chair", "sponsor", "author", "found", "exist", "facilitat", "signator")
# Words that usually grow together with their neighbour, so that two known halves prove nothing.
_CLOSED_FIRST = frozenset(
    "under over some there where when with through work every home house land back hand head life safe round grass "
    "child further never none main news time after frame stake share guide data inter trans counter super chair "
    "spokes ombuds business police states water heart".split()
)
_CLOSED_LAST = frozenset(
    "able ably ally ship ships hood less ness ment form forms port ports land lands ward wards wise time times work "
    "works person persons people hold holds holder holders line lines book books side sides house houses days over "
    "back ever light lights coming comings fall falls ways ages wide like more with mark marks room place "
    "places".split()
)
# "short- and long-term": the hyphen stands for a part that follows later.
_SUSPENDED = frozenset("and or und oder et ou e y o i".split())


def tidy(text: str) -> str:
    """Bring characters to their usual form: one kind of space and line end, no ligatures, no controls, NFC.

    Lines stay lines; blanks at line ends go. Idempotent.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _UNUSUAL.search(text):
        # Removing an invisible character can bring a letter and its accent together: compose again.
        text = unicodedata.normalize("NFC", text.translate(_TABLE))
    if " \n" in text or text.endswith(" "):
        text = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return text


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """The words and hyphenated compounds (lower case) that stand whole in the texts, to decide about broken words."""
    words: set[str] = set()
    for text in texts:
        whole = _BROKEN_WORD.sub(" ", text.lower())
        words.update(_WORDS.findall(whole.replace("\u2010", "-").replace("\u2011", "-")))
    return frozenset(words)


def join_hyphens(text: str, known: frozenset[str] | None = None) -> str:
    """Make words broken at line ends whole, on their first line: "vic-\\ntims of" becomes "victims\\nof".

    `known` holds the document's words (see `vocabulary`; the text's own when left out): a compound that
    occurs there keeps its hyphen ("anti-\\ntrafficking" becomes "anti-trafficking"). Idempotent; no letter is lost.
    """
    if "-\n" not in text:
        return text
    words = vocabulary([text]) if known is None else known
    return "\n".join(line for line, _ in mend_lines(text.split("\n"), words))


def mend_lines(lines: Sequence[str], known: frozenset[str]) -> list[tuple[str, int]]:
    """`join_hyphens` over a page's lines; each line that is left comes with its number in `lines`."""
    # From the last line up, so that a word broken twice is whole before its beginning is looked at.
    done: list[tuple[str, int]] = []
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        joined = _join(line, done[-1][0], known) if done and line.endswith("-") else None
        if joined is not None:
            line, remainder = joined
            _, following = done.pop()
            if remainder:
                done.append((remainder, following))
        done.append((line, number))
    done.reverse()
    return done


def _join(line: str, following: str, known: frozenset[str]) -> tuple[str, str] | None:
    """The line with the rest of its word, and what is left of the following one; None where no word is broken."""
    following = following.lstrip()
    head, tail = _HEAD.search(line[:-1]), _TAIL.match(following)
    if head is None or tail is None or tail[0].lower() in _SUSPENDED:
        return None
    if len(tail[0]) > 1 and tail[0].isupper() and head[0][-1].islower():
        return None  # a running head stands between the halves
    # The whole token moves, with its punctuation.
    token, _, remainder = following.partition(" ")
    remainder = remainder.lstrip()
    if remainder and token.endswith("-"):
        return None
    keep = _keeps_hyphen(line[:-1], head[0], tail[0], known)
    return (line if keep else line[:-1]) + token, remainder


def _keeps_hyphen(line: str, head: str, tail: str, known: frozenset[str]) -> bool:
    first, last = head.lower(), tail.lower()
    whole, compound = first + last in known, f"{first}-{last}" in known
    if whole != compound:
        return compound
    if whole:
        return False
    acronym = len(head) > 1 and head.isupper()
    if (tail[0].isupper() and not acronym) or (acronym and tail.islower()):
        return True
    # "state-of-the-art" and addresses.
    if line[: -len(head)].endswith("-") or "/" in line.rsplit(" ", 1)[-1]:
        return True
    if first in _FIRST_PARTS or (first == "co" and last.startswith(_CO_WORDS)):
        return True
    if last in _LAST_PARTS and first not in _PREFIXES and len(first) > 2:
        return True
    # Two words of the document that it never writes as one: "labour-intensive".
    both_words = min(len(first), len(last)) > 3 and first in known and last in known
    return both_words and first not in _CLOSED_FIRST and last not in _CLOSED_LAST
