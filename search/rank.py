"""From candidates to the final order: fused score, what the question names, and copies folded away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from corpus.lexicon import directions
from corpus.records import Document, Kind, StoredPassage
from corpus.symbols import normalise_symbol
from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.catalogue import Focus
from search.naming import Pinpoint
from search.query import Asks, Question

FOCUS_WEIGHT = 0.35
LABEL_WEIGHT = 1.0
DIRECTION_WEIGHT = 0.3
LANGUAGE_WEIGHT = 0.15
DIGEST_WEIGHT = 0.08
REFERENCE_WEIGHT = 0.25
# Words of text to each address or formula of citing, at most, in a list of sources.
REFERENCE_SHARE = 35
# Without their first letters, which are capitals at the start of a sentence.
_SOURCE = (
    "http",
    "www.",
    "ccessed ",
    "vailable at",
    "vailable from",
    "vailable online",
    "etrieved ",
    "bid.",
    "op. cit",
)
SAME_WORDS = 60
SAME_TEXT = 100
SAME_SHARE = 0.7
ALIKE = 0.8
SIDE = 5
OPENING_WEIGHT = 0.8
ACRONYM_WEIGHT = 0.4
HEADING_WEIGHT = 0.3
# Kinds and issuers are named in passing as often as meant: they decide between equals only.
TYPE_WEIGHT, BODY_WEIGHT, PERIOD_WEIGHT = 0.02, 0.01, 0.05
# A term of the question itself; synonyms weigh less.
WORD = 0.6
MOST = 0.6
OPENING = 4
_BODY = frozenset({Kind.ARTICLE, Kind.PARAGRAPH, Kind.RECITAL, Kind.SPEECH})
_NUMBERED = frozenset({Kind.ITEM, Kind.PARAGRAPH, Kind.TEXT, Kind.SPEECH})
PAGED_BONUS = 0.004
SHORT = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with the parts of its score; all but `cosine` and `bm25` are 0 … 1."""

    stored: StoredPassage
    document: Document
    fused: float
    signals: dict[str, float]

    @property
    def score(self) -> float:
        """The final score, higher is better."""
        return self.signals["score"]


def score(stored: StoredPassage, document: Document, fused: float, question: Question, focus: Focus) -> Candidate:
    """Add to the fused score what the question's own names say for this passage."""
    signals = {"fused": fused}
    total = fused
    named = focus.scores.get(document.id, 0.0)
    if named:
        signals["document"] = named
        total += FOCUS_WEIGHT * named
    total += _shelf(document, question, focus)
    label = label_match(stored, focus.pinpoints(document.id, question))
    if label:
        # A number alone says little: it counts in full only in a document that the question names.
        signals["label"] = label
        total += LABEL_WEIGHT * label * (1.0 if named >= 1.0 else 0.2)
    total += DIRECTION_WEIGHT * direction_match(document.title, question)
    if stored.passage.language not in {question.language, "en", None}:
        total -= LANGUAGE_WEIGHT
    if len(stored.passage.text) < SHORT:
        total -= 0.1
    if stored.passage.kind is Kind.FOOTNOTE or is_reference(stored.passage.text):
        # Lists of sources are full of the question's words and say nothing.
        total -= REFERENCE_WEIGHT
    if document.type == "digest":
        # The official text itself comes first wherever it is held.
        total -= DIGEST_WEIGHT
    if document.paged:
        total += PAGED_BONUS
    if any(mark in stored.passage.text for name in question.acronyms for mark in (f"({name})", f"“{name}”")):
        # An acronym stands in brackets where it is written out.
        total += ACRONYM_WEIGHT
    if question.matter_words:
        total += HEADING_WEIGHT * heading_match(stored, question, inside=named >= 1.0)
    if named >= 1.0 and not question.matter_words and not question.pinpoints:
        # Only the document is named: what it says first says what it is.
        total += OPENING_WEIGHT / (1 + stored.passage.ordinal / OPENING) * (stored.passage.kind in _BODY)
    if question.asks is Asks.WHO and document.type == "speech" and named:
        total += 0.02
    signals["score"] = total
    return Candidate(stored, document, fused, signals)


def _shelf(document: Document, question: Question, focus: Focus) -> float:
    """What speaks for a document of the kind, body and period that the question names."""
    dated = any(period.holds(document.date) for period in question.periods)
    kind, body = document.type in focus.types, document.body in focus.bodies
    return TYPE_WEIGHT * kind + BODY_WEIGHT * body + PERIOD_WEIGHT * dated


def heading_match(stored: StoredPassage, question: Question, *, inside: bool) -> float:
    """How well the innermost heading is what the question asks for, 0 … 1: the share of its words that are asked for
    inside a document named ("scope" finds "Article 2 – Scope"), elsewhere that of all words of both, where it is most."""
    if not stored.passage.heading_path:
        return 0.0
    heading = stored.passage.heading_path[-1]
    wanted = _heading_terms(heading.partition(" – ")[2] or heading)
    asked = {term for term, weight in question.matter_terms.items() if weight >= WORD and term not in QUESTION_TERMS}
    common = len(wanted & asked)
    if not common:
        return 0.0
    if inside:
        return common / len(wanted)
    share = common / len(wanted | asked)
    return share if share >= MOST else 0.0


@lru_cache(maxsize=20_000)
def _heading_terms(heading: str) -> frozenset[str]:
    return frozenset(term for term in terms(heading) if term not in STOPWORDS)


def is_reference(text: str) -> bool:
    """Whether a passage is a list of sources: every few words an address or a formula of citing."""
    marks = sum(text.count(mark) for mark in _SOURCE)
    return marks > 0 and REFERENCE_SHARE * marks > len(text.split())


def direction_match(title: str, question: Question) -> float:
    """1 where the title names the country asked for in the same direction (to it, by it), -1 in the other one."""
    if not question.directions:
        return 0.0
    own = directions(title)
    if question.directions & own:
        return 1.0
    turned = {("by" if way == "to" else "to", code) for way, code in question.directions}
    return -1.0 if turned & own else 0.0


def label_match(stored: StoredPassage, pinpoints: Sequence[Pinpoint]) -> float:
    """1 where the passage holds exactly the article and paragraph asked for, less where it holds only its article."""
    labels = {stored.passage.label, *(label for _, label in stored.passage.pinpoints)} - {None}
    best = 0.0
    for pinpoint in pinpoints:
        wanted = pinpoint.label()
        if wanted in labels or (pinpoint.article is None and pinpoint.paragraph in labels):
            best = max(best, 1.0)
            continue
        base = f"Article {pinpoint.article}"
        own = [label for label in labels if label == base or (label or "").startswith(base + "(")]
        if pinpoint.article and own:
            paragraph = f"{base}({pinpoint.paragraph})"
            inside = pinpoint.paragraph is None or any((label or "").startswith(paragraph) for label in own)
            best = max(best, 0.9 if inside else 0.6)
    return best


def fold_copies(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates in order, best first; of copies of one passage (the same document as PDF and as text) only one, the
    one with pages where they score alike. Copies bear the same symbol or title, and begin with the same words under
    the same label; a numbered item or paragraph word for word the same is the same one, whatever its copy is called
    (articles are not: treaties share their final clauses). Texts that begin alike and go on differently are two."""
    kept: list[Candidate] = []
    seen: dict[tuple[str, str | None, str], list[int]] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.score):
        keys = _copy_keys(candidate)
        alike = (at for key in keys for at in seen.get(key, ()) if _alike(candidate, kept[at]))
        at = next(alike, None)
        if at is None:
            at = len(kept)
            kept.append(candidate)
        elif candidate.document.paged and not kept[at].document.paged and candidate.score >= ALIKE * kept[at].score:
            kept[at] = replace(candidate, signals=candidate.signals | {"score": kept[at].score})
        for key in keys:
            seen.setdefault(key, []).append(at)
    return kept


def _alike(one: Candidate, other: Candidate) -> bool:
    """Whether the words of two passages are the same but for what readers make of a page."""
    first, second = (set(candidate.stored.passage.text.casefold().split()) for candidate in (one, other))
    return len(first & second) >= SAME_SHARE * len(first | second)


def _copy_keys(candidate: Candidate) -> list[tuple[str, str | None, str]]:
    passage, document = candidate.stored.passage, candidate.document
    letters = re.sub(r"\W+", "", passage.text[: 2 * SAME_TEXT].casefold())
    name = normalise_symbol(document.symbol) if document.symbol else document.title
    keys = [(name, passage.label, letters[:SAME_WORDS])]
    if passage.kind in _NUMBERED and len(letters) >= (SAME_WORDS if passage.label else SAME_TEXT):
        plain = letters.lstrip("0123456789")[:SAME_TEXT]
        keys += (
            [("", passage.label, plain), ("", None, plain)] if len(plain) == SAME_TEXT else [("", passage.label, plain)]
        )
    return keys


def side_by_side(candidates: Sequence[Candidate], named: Sequence[str]) -> list[Candidate]:
    """For a comparison: the best of each document named in turn, then all others in their order."""
    rows = {name: [one for one in candidates if one.document.id == name] for name in named}
    turns = [one for turn in zip_longest(*(row[:SIDE] for row in rows.values() if row)) for one in turn if one]
    first = {one.stored.seq for one in turns}
    return turns + [one for one in candidates if one.stored.seq not in first]
