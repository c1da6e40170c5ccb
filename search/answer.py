"""Answers without a language model: the sentences that answer, quoted verbatim, each with its citation. What the
corpus does not hold is said so, with the reason and with what came near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.store import Store
from search.catalogue import Focus
from search.choosing import choose, matches, preferred, quotable, with_antecedents, with_lead_ins
from search.citing import cite
from search.demands import unmet
from search.embed import Embedder
from search.figures import disagreeing, told
from search.forms import fits
from search.gaps import gap
from search.governing import asks_for_response, governing_sentence
from search.identity import asks_for_document, described, introduction
from search.lexical import LexicalIndex
from search.naming import parts
from search.outcomes import asks_for_outcome, outcome_sentences, speaks_of_outcomes, tells_of_absence
from search.premises import missing_matter, told_elsewhere
from search.query import Question, understand
from search.records import Answer, Citation, Hit, Status
from search.reliability import calibrated
from search.sentences import Scorer, Sentence, SentenceVectors, hard_words

NEAR = 5
THRESHOLD = 0.45
SURE = 0.9
FORM = 0.1
OUTCOME_CLOSE = 0.8
OUTCOME_WORKS = 3
OUTCOME_QUOTES = 3
GOVERNED = 3
PINNED = 0.6
EXACT = 0.9
FIRST = 2
DOCUMENTS = 3
CANDIDATES = 6
_MEETING_TYPES = frozenset({"press-release", "digest", "web-page", None})


class Answerer:
    """Chooses, proves and cites quotations for one question."""

    def __init__(self, store: Store, embedder: Embedder, lexical: LexicalIndex) -> None:
        self._store = store
        self._vectors = SentenceVectors(embedder)
        self._lexical = lexical

    def answer(self, question: Question, focus: Focus, hits: Sequence[Hit]) -> Answer:
        """Answer from ranked passages, best first."""
        near = tuple(hits[:NEAR])
        focus = _meant(question, focus, hits)
        refusal = _refuse_early(question, focus, hits)
        if refusal:
            return _not_found(question, refusal, near)
        if question.which_text and not focus.named:
            ambiguous = _which_text(question, focus, hits)
            if ambiguous:
                return ambiguous
        if asks_for_document(question, focus):
            about = self._document(question, focus, hits, near)
            if about:
                return about
        sentences = preferred(question, self._scorer(question, focus).score(quotable(question, focus, hits)))
        if not sentences:
            return _not_found(question, "No passage in the knowledge base holds words of this question.", near)
        if asks_for_outcome(question.text):
            outcome = self._outcome(question, sentences, near)
            if outcome:
                return outcome
        return self._quoted(question, focus, sentences, hits, near)

    def _scorer(self, question: Question, focus: Focus) -> Scorer:
        total = max(1, len(self._lexical))
        return Scorer(question, self._vectors, self._lexical.frequency, total, inside=bool(focus.named))

    def _quoted(
        self,
        question: Question,
        focus: Focus,
        sentences: Sequence[Sentence],
        hits: Sequence[Hit],
        near: tuple[Hit, ...],
    ) -> Answer:
        chosen = self._with_parts(question, focus, choose(question, focus, sentences), hits)
        pinned = _pinned(question, focus, chosen[0])
        confidence = _confidence(question, chosen[0], pinned)
        lacking = "" if pinned else self._gap(question, chosen)
        if lacking:
            return _not_found(question, lacking, near, min(confidence, THRESHOLD / 2))
        if confidence < THRESHOLD:
            return _not_found(question, _why(question, chosen[0]), near, confidence)
        reasons = [f"Not in the knowledge base: {', '.join(focus.missing)}."] if focus.missing else []
        more = self._governing(question, chosen[0], hits)
        others = disagreeing(question, chosen[0], sentences)
        if others:
            reasons.append(told(question, [chosen[0], *others]))
            chosen = [chosen[0], *others, *(one for one in chosen[1:] if one not in others)]
        if pinned:
            premise, elsewhere = self._premise(question, focus, chosen, hits)
            reasons += [premise] if premise else []
            more += elsewhere
        citations = cite(self._store, with_antecedents(with_lead_ins([*chosen, *more])))
        if not citations:
            return _not_found(question, "What came nearest could not be proved against its page.", near)
        if all(tells_of_absence(citation.quote, citation.document.type) for citation in citations[:FIRST]):
            reasons.append("What was asked is not recorded in the documents held; what they say of it is quoted.")
        status = Status.PARTIAL if reasons else Status.ANSWERED
        return _answer(question, status, " ".join(reasons), citations, near, calibrated(confidence))

    def _with_parts(
        self, question: Question, focus: Focus, chosen: list[Sentence], hits: Sequence[Hit]
    ) -> list[Sentence]:
        """Of a sentence that asks several questions each gets the best sentence of its own, from the documents that
        answer the whole."""
        asked = parts(question.text)
        if len(asked) < 2 or question.pinpoints:
            return chosen
        works = {sentence.hit.document.id for sentence in chosen[:1]}
        near = [hit for hit in quotable(question, focus, hits) if hit.document.id in works]
        more: list[Sentence] = []
        for part in asked:
            one = understand(part, self._lexical)
            if one.matter_words:
                more += preferred(one, self._scorer(one, focus).score(near))[:1]
        fresh = [s for s in more if not any(s.hit is c.hit and s.start == c.start for c in chosen)]
        return [chosen[0], *fresh, *chosen[1:]]

    def _gap(self, question: Question, chosen: Sequence[Sentence]) -> str:
        frequency, total = self._lexical.frequency, max(1, len(self._lexical))
        hit = chosen[0].hit
        beside = self._vectors.beside(question.text, [hit])[hit.stored.seq]
        return gap(question, chosen[0], self._lexical, total, beside) or unmet(
            question, chosen, frequency, total, beside
        )

    def _premise(
        self, question: Question, focus: Focus, chosen: Sequence[Sentence], hits: Sequence[Hit]
    ) -> tuple[str, list[Sentence]]:
        """What the question takes for granted and the article named does not say, with where it is said instead."""
        article = [hit for hit in hits if hit.document.id in focus.named and matches(hit, question, focus) >= PINNED]
        absent = missing_matter(question, article)
        if not absent:
            return "", []
        words = ", ".join(f"“{word}”" for word in absent[:4])
        label, title = question.pinpoints[0].label(), chosen[0].hit.document.title
        other = told_elsewhere(absent, hits, focus.named)
        elsewhere = self._scorer(question, focus).score([other])[:1] if other else []
        return f"{label} of {title} does not speak of {words}; what it says is quoted.", elsewhere

    def _governing(self, question: Question, best: Sentence, hits: Sequence[Hit]) -> list[Sentence]:
        """What became of a recommendation stands in the paragraph above the list that it is in."""
        if not asks_for_response(question.text):
            return []
        passages = self._store.passages_of(best.hit.document.id)
        for hit in (best.hit, *hits[:GOVERNED]):
            found = governing_sentence(passages, hit.stored) if hit.document.id == best.hit.document.id else None
            if found is not None:
                stored, start, end = found
                return [replace(best, hit=replace(hit, stored=stored, highlights=()), start=start, end=end)]
        return []

    def _document(self, question: Question, focus: Focus, hits: Sequence[Hit], near: tuple[Hit, ...]) -> Answer | None:
        """What the documents named are: how each introduces itself."""
        works = dict.fromkeys(hit.document for hit in hits if hit.document.id in focus.named)
        sentences: list[Sentence] = []
        for work in list(works)[:DOCUMENTS]:
            for stored, start, end in introduction(self._store.passages_of(work.id)):
                sentences.append(Sentence(Hit(1, 1.0, stored, work), start, end, 1.0, 1.0, 1.0, 1.0))
        citations = cite(self._store, sentences)
        if not citations:
            return None
        missing = [f"Not in the knowledge base: {', '.join(focus.missing)}."] if focus.missing else []
        reason = " ".join([*(described(work) for work in list(works)[:DOCUMENTS]), *missing])
        status = Status.PARTIAL if missing else Status.ANSWERED
        return _answer(question, status, reason, citations, near, SURE)

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
        citations = cite(self._store, own[:OUTCOME_QUOTES])
        if not citations:
            return None
        titles = " and ".join(f"“{work.title}”" for work in reports)
        reason = (
            f"{titles}: no agreed outcome is recorded there; no sentence says that participants agreed, adopted or "
            "decided anything. What is recorded is quoted."
        )
        return _answer(question, Status.PARTIAL, reason, citations, near, 0.6)


def _meant(question: Question, focus: Focus, hits: Sequence[Hit]) -> Focus:
    """Where an article is asked for and the text only described ("the Convention for traffickers"), the text whose
    article was found first."""
    if not question.pinpoints or focus.named or focus.missing or question.which_text or not hits:
        return focus
    if matches(hits[0], question, focus) < EXACT:
        return focus
    return replace(focus, named=(hits[0].document.id,))


def _refuse_early(question: Question, focus: Focus, hits: Sequence[Hit]) -> str:
    if focus.missing and not focus.named:
        names = " and ".join(f"“{name}”" for name in focus.missing)
        return f"The knowledge base does not hold {names}; other documents may mention it."
    if not hits:
        return "No passage in the knowledge base matches this question and its filters."
    if question.pinpoints and focus.named:
        inside = [hit for hit in hits if hit.document.id in focus.named]
        if not any(matches(hit, question, focus) for hit in inside):
            label = question.pinpoints[0].label()
            titles = "; ".join(dict.fromkeys(hit.document.title for hit in inside)) or "the text named"
            return f"There is no {label} in {titles} as it is held here."
    return ""


def _which_text(question: Question, focus: Focus, hits: Sequence[Hit]) -> Answer | None:
    """The question back, with the texts that have such an article; None where only one has."""
    label = question.pinpoints[0].label()
    texts: dict[str, Hit] = {}
    for hit in hits:
        readable = hit.stored.passage.language in {question.language, "en", None}
        if readable and matches(hit, question, focus) >= PINNED:
            texts.setdefault(hit.document.id, hit)
    if len(texts) < 2:
        return None
    near = tuple(replace(hit, rank=rank) for rank, hit in enumerate(list(texts.values())[:CANDIDATES], 1))
    reason = f"{label} of which text? It stands for example in: {'; '.join(hit.document.title for hit in near)}."
    return Answer(question.text, Status.CLARIFY, reason, "", (), near, 0.0, 0, 0.0)


def _pinned(question: Question, focus: Focus, best: Sentence) -> bool:
    """Whether the best sentence stands in the very article of the very text asked for."""
    signals = best.hit.signals
    meant = signals.get("document", 0) >= 1 or best.hit.document.id in focus.named
    return bool(question.pinpoints) and signals.get("label", 0) >= PINNED and meant


def _confidence(question: Question, best: Sentence, pinned: bool) -> float:
    """0 … 1, from how well the best sentence covers the question, in words, names and meaning."""
    words, sense = min(1.0, best.cover / 0.6), min(1.0, max(0.0, best.cosine) / 0.6)
    named = bool(hard_words(question))
    value = 0.30 * words + 0.40 * sense + 0.30 * best.names if named else 0.45 * words + 0.55 * sense
    if not question.matter_words and fits(question.asks, best.text) == 1.0:
        # "Which topics were discussed?" has no words of its own to be met: the form of the answer speaks for it.
        value += FORM
    if pinned:
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
