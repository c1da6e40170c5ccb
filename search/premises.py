"""Questions that rest on something which the article named does not say: what is missing from it, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from search.analysis import QUESTION_TERMS, STOPWORDS, terms
from search.query import Question
from search.records import Hit
from search.sentences import surroundings

# With this share of its matter absent, a question is not about the article that it names.
ABSENT = 0.5
MIN_WORDS = 2


def missing_matter(question: Question, article: Sequence[Hit]) -> list[str]:
    """The words of the question's matter that the article named does not hold, as written; none where it holds enough
    of them."""
    if question.language != "en":
        return []
    held: set[str] = set()
    for hit in article:
        held |= set(terms(f"{surroundings(hit)} {hit.stored.passage.text}"))
    wanted = [
        word
        for word in dict.fromkeys(question.matter.split())
        if word not in STOPWORDS and any(term not in QUESTION_TERMS and not term.isdigit() for term in terms(word))
    ]
    absent = [word for word in wanted if held.isdisjoint(terms(word))]
    return absent if len(wanted) >= MIN_WORDS and len(absent) > ABSENT * len(wanted) else []


def told_elsewhere(absent: Sequence[str], hits: Sequence[Hit], named: Sequence[str]) -> Hit | None:
    """The best passage outside the documents named that speaks of most of what is absent; None where none does."""
    wanted = {term for word in absent for term in terms(word)}
    best: tuple[float, Hit] | None = None
    for hit in hits:
        if hit.document.id in named:
            continue
        share = len(wanted & set(terms(hit.stored.passage.text))) / max(1, len(wanted))
        if share > ABSENT and (best is None or share > best[0]):
            best = (share, hit)
    return best[1] if best else None
