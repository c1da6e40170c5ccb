"""Whether a sentence of a language model is borne out by the passages that it cites. A check of words, not of meaning:

- every number must stand in a cited passage, with the same unit where it has one; the number of an article, paragraph
  or text may stand in the passage's label, headings or title instead;
- every symbol, name and country must stand in a cited passage, or in what is known of it;
- words in quotation marks must stand there as they are;
- of the content words enough must stand in one place of the passage, a sentence or two in a row;
- "not", "must" and "at least" must not be added, and a "not" of that place must not be left out.

What fails one of these is not shown. What passes them all may still be wrong, which is why the quotation is shown too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.sentences import sentence_spans
from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.claims import Number, numbers, quoted, squashed, symbols, unknown_names
from search.records import Hit
from search.sentences import surroundings

# Share of the sentence's content words that the place must hold, and the title and headings may add to.
COVERED, IN_TEXT = 0.7, 0.5
# A passage that holds less than this of the sentence is not what it rests on.
OWN = 0.3
# How many words a "not" is taken to deny, and what share of them must be told for the "not" to be missed.
SCOPE, TOLD = 4, 0.75
_NOT = re.compile(
    r"\b(?:not|never|without|neither|nor|none|cannot|ne|n[’']|pas|sans|aucune?|nicht|kein\w*|ohne|нет|не|без|нельзя)\b|"
    r"\bnon-|n[’']t\b|\bno\b(?! (?:later|less|fewer|more)\b|\.)",
    re.IGNORECASE,
)
_NEARLY_NOT = re.compile(
    r"\b(?:prohibit|refrain|exclud|exempt|unable|un\w{4,}|fail|lack|absen[ct]|refus|forbid|prevent|irrelevant|irrespective|"
    r"regardless|only|unless|except)\w*",
    re.IGNORECASE,
)
# They deny nothing of what is said.
_NO_DENIAL = re.compile(
    r"\bnot (?:only|limited to|less than|more than|later than|exceed(?:ing)?|necessarily)\b|\bwhether or not\b|"
    r"\bnon-(?:governmental|profit|state)\w*",
    re.IGNORECASE,
)
_MUST = re.compile(
    r"\b(?:must|shall|required?|requires|obliged?|obliges|obligations?|obligatory|mandatory|compulsory|entitled|guarantees?d?|"
    r"ha(?:ve|s) to|doit|doivent|muss|müssen|должны|должен|обязан\w*)\b",
    re.IGNORECASE,
)
_BINDS = re.compile(
    r"\b(?:must|shall|requir\w*|oblig\w*|mandatory|compulsory|entitle\w*|guarantee\w*|ha(?:ve|s) to|undertakes?|rights?|"
    r"(?:is|are) to|bound|doit|doivent|muss|müssen|verpflichte\w*|должны|должен|обяз\w*)\b",
    re.IGNORECASE,
)
_MAY = re.compile(
    r"\b(?:may|might|can|could|should|possib\w*|encourag\w*|recommend\w*|invit\w*|consider\w*|voluntar\w*|peut|devrait|kann|"
    r"soll|sollte|может|следует)\b",
    re.IGNORECASE,
)
_AS_MAY_BE = re.compile(r"\bas (?:may be|far as possible|can be)\b|\bconsidered\b", re.IGNORECASE)
_LEAST = re.compile(
    r"\bat least\b|\bminimum\b|\bnot less than\b|\bno (?:less|fewer) than\b|\bau moins\b|\bmindestens\b", re.I
)
_MOST = re.compile(
    r"\bat most\b|\bmaximum\b|\bno(?:t)? (?:more|later) than\b|\bnot exceed\w*|\bup to\b|\bau plus\b|\bhöchstens\b",
    re.I,
)
_HYPHENS = str.maketrans({"‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a passage, half-open offsets into its text, that a model's sentence rests on."""

    hit: Hit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a sentence is borne out, a place for each passage that does so; else the reason why it is not."""

    places: tuple[Place, ...]
    reason: str = ""


def judge(sentence: str, cited: Sequence[Hit]) -> Verdict:
    """Whether the cited passages bear the sentence out (without its citations). Passages that have little of it are left
    out; where none remains, or a claim is not met, the verdict has no places and says why."""
    wanted = _content(sentence)
    if not wanted:
        return Verdict((), "it says nothing that can be looked up")
    reason = _facts(sentence, cited)
    if reason:
        return Verdict((), reason)
    found = [(hit, *_best(hit, wanted)) for hit in cited]
    found = [one for one in found if one[2] >= OWN]
    if not found:
        return Verdict((), "the passage that it cites speaks of something else")
    hits = [hit for hit, *_ in found]
    windows = " ".join(_window(hit, start, end) for hit, (start, end), _ in found)
    reason = _facts(sentence, hits) or _covered(wanted, windows, hits) or _twisted(sentence, windows, wanted)
    if reason:
        return Verdict((), reason)
    return Verdict(tuple(Place(hit, *_sharpest(hit, span, wanted)) for hit, span, _ in found))


def _content(sentence: str) -> set[str]:
    """The terms that say something. Of "At least 30 days" all do that are no stop words."""
    all_terms = [term for term in terms(sentence) if term not in STOPWORDS]
    content = {term for term in all_terms if term not in QUESTION_TERMS and not term.isdigit()}
    return content if len(content) > 1 else set(all_terms)


def _best(hit: Hit, wanted: set[str]) -> tuple[tuple[int, int], float]:
    """One or two sentences in a row that hold most of the wanted terms, the shorter of equals; and the share held."""
    text, language = hit.stored.passage.text, hit.stored.passage.language or "en"
    spans = sentence_spans(text)
    windows = spans + [(first[0], second[1]) for first, second in pairwise(spans)]
    lead = _terms(hit.stored.passage.lead, language)
    best, most = (0, len(text)), -1.0
    for start, end in windows:
        held = len(wanted & (_terms(text[start:end], language) | lead)) / len(wanted)
        if held > most + 1e-9:
            best, most = (start, end), held
    return best, max(most, 0.0)


def _sharpest(hit: Hit, span: tuple[int, int], wanted: set[str]) -> tuple[int, int]:
    """Of a place of two sentences both where each adds something, else the one that holds what is wanted."""
    text, language = hit.stored.passage.text, hit.stored.passage.language or "en"
    inside = [(start, end) for start, end in sentence_spans(text) if span[0] <= start and end <= span[1]]
    kept = [one for one in inside if wanted & _terms(text[one[0] : one[1]], language)]
    return (kept[0][0], kept[-1][1]) if kept else span


def _terms(text: str, language: str) -> set[str]:
    """The terms of a text, in English and in its own language: a sentence is compared by either."""
    found = set(terms(text))
    return found if language == "en" else found | set(terms(text, language))


def _window(hit: Hit, start: int, end: int) -> str:
    passage = hit.stored.passage
    return f"{passage.lead} {passage.text[start:end]}"


def _facts(sentence: str, hits: Sequence[Hit]) -> str:
    said = " \n ".join(f"{hit.stored.passage.lead} {hit.stored.passage.text}" for hit in hits)
    around = " \n ".join(surroundings(hit) for hit in hits)
    speakers = " ".join(hit.stored.passage.speaker or "" for hit in hits)
    for words in quoted(sentence):
        if _even(words.rstrip(".,;:")) not in _even(said):
            return f"the words “{words}” do not stand in the passage that it cites"
    held = squashed(said), squashed(around)
    for symbol in symbols(sentence):
        if not any(symbol in text for text in held):
            return f"{symbol} does not stand in the passage that it cites"
    present, beside = numbers(said), {number.value for number in numbers(around)} | set(re.findall(r"\d+", around))
    for number in numbers(sentence):
        if not _met(number, present, beside):
            unit = f" ({number.unit})" if number.unit else ""
            return f"the number {number.value}{unit} does not stand in the passage that it cites"
    countries = {code for hit in hits for code in hit.document.countries}
    missing = unknown_names(sentence, f"{said} {around} {speakers}", countries)
    return f"“{missing[0]}” does not stand in the passage that it cites" if missing else ""


def _met(number: Number, present: Sequence[Number], beside: set[str]) -> bool:
    units = set(number.unit.split())
    if any(one.value == number.value and units <= set(one.unit.split()) for one in present):
        return True
    return (number.named or number.year) and number.value in beside


def _covered(wanted: set[str], windows: str, hits: Sequence[Hit]) -> str:
    language = hits[0].stored.passage.language or "en"
    inside = wanted & _terms(windows, language)
    both = inside | (wanted & {term for hit in hits for term in _terms(surroundings(hit), language)})
    if len(inside) >= IN_TEXT * len(wanted) and len(both) >= COVERED * len(wanted):
        return ""
    return "too few of its words stand together in the passage that it cites"


def _twisted(sentence: str, windows: str, wanted: set[str]) -> str:
    own, source = _NO_DENIAL.sub(" ", sentence), _NO_DENIAL.sub(" ", windows)
    denied, denied_there = _denied(own), _denied(source)
    if not _NEARLY_NOT.search(source) and any(all(one.isdisjoint(there) for there in denied_there) for one in denied):
        return "it denies what the passage does not deny"
    # "prevent" of the passage itself does not stand for its "not".
    nearly = _found(_NEARLY_NOT, own) - _found(_NEARLY_NOT, source)
    every = set(terms(own))
    for there in denied_there:
        told = len(there & every) >= TOLD * len(there)
        if told and not nearly and all(there.isdisjoint(one) for one in denied):
            return "it leaves out a “not” of the passage"
    if _MUST.search(sentence):
        softened = _among(_MAY, _AS_MAY_BE.sub(" ", windows), wanted) and not _MAY.search(sentence)
        if softened or not _BINDS.search(windows):
            return "it makes a duty of what the passage does not demand"
    for bound in (_LEAST, _MOST):
        if bound.search(sentence) and not bound.search(windows):
            return "it sets a limit that the passage does not set"
    return ""


def _denied(text: str) -> list[set[str]]:
    """What each "not" of a text denies: the first content words after it, as far as the next comma or stop."""
    found = []
    for match in _NOT.finditer(text):
        after = re.split(r"[;:,.]\s", text[match.end() :], maxsplit=1)[0]
        content = [term for term in terms(after) if term not in STOPWORDS][:SCOPE]
        if content:
            found.append(set(content))
    return found


def _among(pattern: re.Pattern[str], source: str, wanted: set[str]) -> bool:
    """Whether a part of the place that holds much of what is wanted has such a word in it."""
    parts = re.split(r"[;:,.]\s", source)
    return any(pattern.search(part) and 2 * len(wanted & set(terms(part))) >= len(wanted) for part in parts)


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match[0].casefold() for match in pattern.finditer(text)}


def _even(text: str) -> str:
    """For comparing words as they stand: blanks, and the form of quotation marks and hyphens, do not count."""
    return re.sub(r"\s+", "", text.translate(_HYPHENS))
