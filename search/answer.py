"""Answers without a language model: the sentences that answer, quoted verbatim, each with its citation. What the
corpus does not hold is said so, with the reason and with what came near."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.records import StoredPassage
from corpus.store import Store
from search.catalogue import Focus
from search.embed import Embedder
from search.gaps import about, gap
from search.lexical import LexicalIndex
from search.outcomes import asks_for_outcome, outcome_sentences, speaks_of_outcomes
from search.query import Asks, Question
from search.rank import label_match
from search.records import Answer, Citation, Hit, Status
from search.sentences import Scorer, Sentence, hard_words
from search.verify import Prover
from search.voice import authority, speaker_of

PASSAGES = 12
QUOTES = 4
LIST_QUOTES = 8
NEAR = 5
THRESHOLD = 0.45
CLOSE = 0.82
DATED = 4
OF_YEAR = 0.8
OUTCOME_CLOSE = 0.8
OUTCOME_WORKS = 3
OUTCOME_QUOTES = 3
_MEETING_TYPES = frozenset({"press-release", "digest", "web-page", None})


class Answerer:
    """Chooses, proves and cites quotations for one question."""

    def __init__(self, store: Store, embedder: Embedder, lexical: LexicalIndex) -> None:
        self._store = store
        self._embedder = embedder
        self._lexical = lexical
        self._prover = Prover(store)

    def answer(self, question: Question, focus: Focus, hits: Sequence[Hit]) -> Answer:
        """Answer from ranked passages, best first."""
        near = tuple(hits[:NEAR])
        refusal = self._refuse_early(question, focus, hits)
        if refusal:
            return _not_found(question, refusal, near)
        chosen_hits = self._hits(question, focus, hits)
        scorer = Scorer(question, self._embedder, self._lexical.frequency, max(1, len(self._lexical)))
        sentences = _of_the_years(question, scorer.score(chosen_hits))
        if not sentences:
            return _not_found(question, "No passage in the knowledge base holds words of this question.", near)
        if asks_for_outcome(question.text):
            outcome = self._outcome(question, sentences, near)
            if outcome:
                return outcome
        chosen = self._choose(question, focus, sentences)
        confidence = _confidence(question, chosen[0])
        lacking = "" if _pinned(question, chosen[0]) else self._gap(question, chosen[0])
        if lacking:
            return _not_found(question, lacking, near, min(confidence, THRESHOLD / 2))
        if confidence < THRESHOLD:
            return _not_found(question, _why(question, chosen[0]), near, confidence)
        citations = self._cite(chosen)
        if not citations:
            return _not_found(question, "What came nearest could not be proved against its page.", near)
        status = Status.PARTIAL if focus.missing else Status.ANSWERED
        reason = f"Not in the knowledge base: {', '.join(focus.missing)}." if focus.missing else ""
        return _answer(question, status, reason, citations, near, confidence)

    def _gap(self, question: Question, best: Sentence) -> str:
        return gap(question, best, self._lexical.frequency, max(1, len(self._lexical)))

    def _refuse_early(self, question: Question, focus: Focus, hits: Sequence[Hit]) -> str:
        if focus.missing and not focus.named:
            names = " and ".join(f"“{name}”" for name in focus.missing)
            return f"The knowledge base does not hold {names}; other documents may mention it."
        if not hits:
            return "No passage in the knowledge base matches this question and its filters."
        if question.pinpoints and focus.named:
            inside = [hit for hit in hits if hit.document.id in focus.named]
            if not any(label_match(hit.stored, question.pinpoints) for hit in inside):
                label = question.pinpoints[0].label()
                titles = "; ".join(dict.fromkeys(hit.document.title for hit in inside)) or "the text named"
                return f"There is no {label} in {titles} as it is held here."
        return ""

    def _hits(self, question: Question, focus: Focus, hits: Sequence[Hit]) -> list[Hit]:
        """The passages to quote from: those of the documents and articles named, where there are any; a translation
        only where the text is not there in the question's language or in English."""
        readable = [hit for hit in hits if hit.stored.passage.language in {question.language, "en", None}]
        hits = readable or hits
        if question.pinpoints and focus.named:
            labelled = [
                hit for hit in hits if hit.document.id in focus.named and label_match(hit.stored, question.pinpoints)
            ]
            if labelled:
                return labelled[:PASSAGES]
        dated = about(hits[PASSAGES:], question.years)[:DATED] if question.years else []
        return [*hits[:PASSAGES], *dated]

    def _choose(self, question: Question, focus: Focus, sentences: Sequence[Sentence]) -> list[Sentence]:
        best = sentences[0]
        if question.asks is Asks.PINPOINT or (question.pinpoints and focus.named):
            return self._whole(question, sentences)
        limit = LIST_QUOTES if question.asks is Asks.LIST else QUOTES
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
            neighbour = other.hit is best.hit
            if other not in chosen and other.score >= (0.6 if neighbour else CLOSE) * best.score:
                chosen.append(other)
        return chosen[:limit]

    @staticmethod
    def _whole(question: Question, sentences: Sequence[Sentence]) -> list[Sentence]:
        """The article or paragraph asked for, in its own order: all of it where it is short, else its best part."""
        exact = max(label_match(sentence.hit.stored, question.pinpoints) for sentence in sentences)
        own = [s for s in sentences if label_match(s.hit.stored, question.pinpoints) == exact]
        kept = own[: LIST_QUOTES if len(own) <= LIST_QUOTES else QUOTES]
        return sorted(kept, key=lambda s: (s.hit.document.title, s.hit.stored.passage.ordinal, s.start))

    def _outcome(self, question: Question, sentences: Sequence[Sentence], near: tuple[Hit, ...]) -> Answer | None:
        """Where a meeting is asked for what it agreed and its documents record nothing agreed: say so, show what
        they do record."""
        works = {s.hit.document.id: s.hit.document for s in sentences if s.score >= OUTCOME_CLOSE * sentences[0].score}
        reports = [work for work in list(works.values())[:OUTCOME_WORKS] if work.type in _MEETING_TYPES]
        if not reports or len(reports) < min(2, len(works)):
            return None
        for work in reports:
            if outcome_sentences([stored.passage.text for stored in self._store.passages_of(work.id)]):
                return None
        ids = {work.id for work in reports}
        own = [sentence for sentence in sentences if sentence.hit.document.id in ids]
        own.sort(key=lambda sentence: not speaks_of_outcomes(sentence.text))
        citations = self._cite(own[:OUTCOME_QUOTES])
        if not citations:
            return None
        titles = " and ".join(f"“{work.title}”" for work in reports)
        reason = (
            f"{titles}: no agreed outcome is recorded there; no sentence says that participants agreed, adopted or "
            "decided anything. What is recorded is quoted."
        )
        return _answer(question, Status.PARTIAL, reason, citations, near, 0.6)

    def _cite(self, sentences: Sequence[Sentence]) -> list[Citation]:
        citations: list[Citation] = []
        for sentence in sentences:
            hit = sentence.hit
            for part in self._prover.prove(sentence.text, hit.stored):
                paged = hit.document.paged
                citations.append(
                    Citation(
                        n=len(citations) + 1,
                        quote=part.text,
                        stored=hit.stored,
                        document=hit.document,
                        page=part.page if paged else None,
                        page_label=part.page_label if paged else None,
                        label=label_at(hit.stored, sentence.start),
                        speaker=hit.stored.passage.speaker or speaker_of(part.text, hit.document),
                        authority=authority(hit.document, hit.stored.passage),
                    )
                )
        return citations


def label_at(stored: StoredPassage, offset: int) -> str | None:
    """The finest label that governs this place of the passage."""
    label = stored.passage.label
    for start, finer in stored.passage.pinpoints:
        if start <= offset:
            label = finer
    return label


def _of_the_years(question: Question, sentences: list[Sentence]) -> list[Sentence]:
    """Only the sentences of the years asked for, where one of them comes close to the best of all."""
    if not question.years or question.asks is Asks.COMPARISON or not sentences:
        return sentences
    seqs = {hit.stored.seq for hit in about([sentence.hit for sentence in sentences], question.years)}
    dated = [sentence for sentence in sentences if sentence.hit.stored.seq in seqs]
    return dated if dated and dated[0].score >= OF_YEAR * sentences[0].score else sentences


def _pinned(question: Question, best: Sentence) -> bool:
    """Whether the best sentence stands in the very article of the very text asked for."""
    signals = best.hit.signals
    return bool(question.pinpoints) and signals.get("label", 0) >= 0.6 and signals.get("document", 0) >= 1


def _confidence(question: Question, best: Sentence) -> float:
    """0 … 1, from how well the best sentence covers the question, in words, names and meaning."""
    words, sense = min(1.0, best.cover / 0.6), min(1.0, max(0.0, best.cosine) / 0.6)
    named = bool(hard_words(question))
    value = 0.30 * words + 0.40 * sense + 0.30 * best.names if named else 0.45 * words + 0.55 * sense
    if _pinned(question, best):
        value = max(value, 0.8)
    return round(min(1.0, value), 3)


def _why(question: Question, best: Sentence) -> str:
    text = f"{best.hit.stored.passage.text} {best.hit.document.title}".casefold()
    absent = [word for word in hard_words(question) if word not in text]
    if absent:
        words = ", ".join(f"“{word}”" for word in absent[:3])
        return f"The passages that come nearest do not speak of {words}, so none of them answers the question."
    return "No passage comes close enough to the question to be quoted as an answer."


def _answer(
    question: Question, status: Status, reason: str, citations: Sequence[Citation], near: tuple[Hit, ...], sure: float
) -> Answer:
    lines = [f"“{citation.quote}” [{citation.n}]" for citation in citations]
    text = "\n".join([reason, *lines] if reason else lines)
    shown = {citation.stored.seq for citation in citations}
    others = tuple(hit for hit in near if hit.stored.seq not in shown)
    return Answer(question.text, status, reason, text, tuple(citations), others, sure, 0, 0.0)


def _not_found(question: Question, reason: str, near: tuple[Hit, ...], confidence: float = 0.0) -> Answer:
    return Answer(question.text, Status.NOT_FOUND, reason, "", (), near, confidence, 0, 0.0)
