"""Which passages an answer may quote, and which of their sentences it quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from corpus.sentences import sentence_spans
from search.catalogue import Focus
from search.citing import label_at
from search.figures import counted, counts
from search.forms import fits
from search.gaps import about
from search.query import Asks, Question
from search.rank import label_match
from search.records import Hit
from search.sentences import Sentence

# Passages to quote from, and the letters of all of them together: reading them against the question is what costs.
PASSAGES, LETTERS = 12, 5000
QUOTES = 4
LIST_QUOTES = 8
CLOSE = 0.82
NEIGHBOUR = 0.6
ON_MATTER = 0.45
ELSEWHERE = 0.75
DATED = 4
OF_YEAR = 0.8
PART = 0.5
# Letters of a quotation with the sentence before it, at most.
LONGEST = 600
_ITEM = re.compile(r"\W*(?:[a-z]|[ivx]{1,4}|\d{1,2})[).]")
_SAID_BEFORE = re.compile(
    r"(?:He|She|It|They|His|Her|Its|Their|This|These|Those|That|Such|The (?:former|latter|same)|Both|Il|Elle|Ils|Elles|Ce|Cette|Ces|"
    r"Er|Sie|Es|Diese[rs]?|Он|Она|Оно|Они|Это|Эти)\b(?! (?:Convention|Protocol|Article|Directive|Regulation|Charter|Agreement|Treaty))"
)
_PLURAL = re.compile(
    r"\b(?:which|what) (?:states|countries|delegations|bodies|organi[sz]ations|reports)\b", re.IGNORECASE
)


def matches(hit: Hit, question: Question, focus: Focus) -> float:
    """How well the passage is the article or paragraph asked for, 0 … 1."""
    return label_match(hit.stored, focus.pinpoints(hit.document.id, question))


def quotable(question: Question, focus: Focus, hits: Sequence[Hit]) -> list[Hit]:
    """The passages to quote from: those of the documents and articles named, where there are any; a translation
    only where the text is not there in the question's language or in English."""
    readable = [hit for hit in hits if hit.stored.passage.language in {question.language, "en", None}]
    hits = readable or hits
    if question.pinpoints and focus.named:
        labelled = [hit for hit in hits if hit.document.id in focus.named and matches(hit, question, focus)]
        if labelled:
            return labelled[:PASSAGES]
    first = _readable(hits)
    dated = about(hits[len(first) :], question.years)[:DATED] if question.years else []
    return [*first, *dated]


def _readable(hits: Sequence[Hit]) -> list[Hit]:
    """The first passages, as many as may be read in the time that an answer has."""
    together = accumulate(len(hit.stored.passage.text) for hit in hits)
    return [hit for hit, letters in zip(hits[:PASSAGES], together, strict=False) if letters <= LETTERS] or list(
        hits[:1]
    )


def preferred(question: Question, sentences: list[Sentence]) -> list[Sentence]:
    """The sentences in the order in which they may answer: of the years asked for, and for a number those that hold
    one, where such a sentence comes close to the best of all."""
    return _with_acronym(question, _with_figures(question, _of_the_years(question, sentences)))


def _of_the_years(question: Question, sentences: list[Sentence]) -> list[Sentence]:
    if not question.years or question.asks is Asks.COMPARISON or not sentences:
        return sentences
    seqs = {hit.stored.seq for hit in about([sentence.hit for sentence in sentences], question.years)}
    dated = [sentence for sentence in sentences if sentence.hit.stored.seq in seqs]
    return dated if dated and dated[0].score >= OF_YEAR * sentences[0].score else sentences


def _with_figures(question: Question, sentences: list[Sentence]) -> list[Sentence]:
    if question.asks is not Asks.NUMBER or not sentences:
        return sentences
    asked = counted(question)
    wanted = asked[1] if asked else ()
    # A number of what is counted, before any other number.
    for holding in (
        [sentence for sentence in sentences if wanted and counts(sentence.text, wanted)],
        [sentence for sentence in sentences if fits(Asks.NUMBER, sentence.text) == 1.0],
    ):
        if holding and holding[0].score >= OF_YEAR * sentences[0].score:
            return [*holding, *(sentence for sentence in sentences if sentence not in holding)]
    return sentences


def _with_acronym(question: Question, sentences: list[Sentence]) -> list[Sentence]:
    """Where an acronym is asked for, first the sentences that write it out, then those that hold it."""
    if not question.acronyms:
        return sentences
    return sorted(sentences, key=lambda sentence: -max(spelt_out(name, sentence.text) for name in question.acronyms))


def spelt_out(acronym: str, text: str) -> int:
    """2 where a text writes an acronym out (it then stands in brackets), 1 where it only holds it, else 0."""
    return 2 if f"({acronym})" in text or f"“{acronym}”" in text else int(acronym in text)


def with_lead_ins(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Each item of a list with the line before its colon in front, where both are of one passage."""
    found: list[Sentence] = []
    for sentence in sentences:
        text = sentence.hit.stored.passage.text
        lead: tuple[int, int] | None = None
        for start, end in sentence_spans(text):
            if start >= sentence.start:
                break
            if text[start:end].endswith(":"):
                lead = (start, end)
        if lead and _ITEM.match(sentence.text):
            ahead = replace(sentence, start=lead[0], end=lead[1])
            if not any(one.hit is ahead.hit and one.start == ahead.start for one in (*found, *sentences)):
                found.append(ahead)
        found.append(sentence)
    return found


def with_antecedents(sentences: Sequence[Sentence]) -> list[Sentence]:
    """A sentence that begins with a word for something said before ("She …", "This …") with the sentence before it, where
    both stand in one passage under one label: alone it would not say of whom or what it speaks."""
    found: list[Sentence] = []
    for sentence in sentences:
        stored = sentence.hit.stored
        before = [span for span in sentence_spans(stored.passage.text) if span[1] <= sentence.start]
        if before and _SAID_BEFORE.match(sentence.text):
            start = before[-1][0]
            same = label_at(stored, start) == label_at(stored, sentence.start)
            taken = any(one.hit is sentence.hit and one.start <= start < one.end for one in sentences)
            if same and not taken and sentence.end - start <= LONGEST:
                sentence = replace(sentence, start=start)
        found.append(sentence)
    return found


def choose(question: Question, focus: Focus, sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences to quote, the one that answers best first; of a comparison one from each text first."""
    best = sentences[0]
    if question.asks is Asks.PINPOINT or (question.pinpoints and focus.named):
        return _whole(question, focus, sentences)
    several = question.asks in {Asks.LIST, Asks.TOPICS} or bool(_PLURAL.search(question.text))
    limit = LIST_QUOTES if several else QUOTES
    chosen = [best]
    if question.asks is Asks.COMPARISON:
        seen = {best.hit.document.id}
        for other in sentences:
            if other.hit.document.id not in seen and (not focus.named or other.hit.document.id in focus.named):
                seen.add(other.hit.document.id)
                chosen.append(other)
    for other in sentences[1:]:
        if len(chosen) >= limit:
            break
        close = other.score >= (NEIGHBOUR if other.hit is best.hit else CLOSE) * best.score
        if other not in chosen and close and _on_matter(other, best):
            chosen.append(other)
    return chosen[:limit]


def _on_matter(other: Sentence, best: Sentence) -> bool:
    """Whether a further sentence speaks of what the best one does: it must the more, the further away it stands."""
    if other.hit is best.hit:
        return True
    if other.hit.document.id == best.hit.document.id:
        return other.cover >= ON_MATTER * best.cover or other.cosine >= best.cosine
    return other.cover >= ELSEWHERE * best.cover


def _is_part(label: str | None, wanted: str) -> bool:
    return label is not None and (label == wanted or label.startswith(f"{wanted}("))


def _whole(question: Question, focus: Focus, sentences: Sequence[Sentence]) -> list[Sentence]:
    """The article or paragraph asked for, in its own order: all of it where it is short, else its best part. Of
    several texts each gives its share."""
    exact: dict[str, float] = {}
    for sentence in sentences:
        work = sentence.hit.document.id
        exact[work] = max(exact.get(work, 0.0), matches(sentence.hit, question, focus))
    best = max(exact.values())
    own = [s for s in sentences if matches(s.hit, question, focus) == exact[s.hit.document.id] >= best - PART]
    works = list(dict.fromkeys(s.hit.document.id for s in own))
    limit = LIST_QUOTES if len(own) <= LIST_QUOTES else QUOTES
    shares = [[s for s in own if s.hit.document.id == work][: max(1, limit // len(works))] for work in works[:limit]]
    kept = [sentence for share in shares for sentence in share]
    labels = [pinpoint.label() for pinpoint in question.pinpoints if pinpoint.paragraph or pinpoint.letter]
    # Of a passage with several paragraphs or letters only the one that is asked for.
    exactly = [s for s in own if any(_is_part(label_at(s.hit.stored, s.start), label) for label in labels)]
    kept = exactly[:limit] or kept
    return sorted(kept, key=lambda s: (works.index(s.hit.document.id), s.hit.stored.passage.ordinal, s.start))
