"""An answer in a language model's words, where one is set: each sentence cites, is checked against what it cites, and is
left out where it is not borne out. The quotations stay; where nothing of the model is left they are the answer."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from corpus.sentences import sentence_spans
from corpus.store import Store
from search.chat import NoReplyError, Turn, reply
from search.citing import cite
from search.endpoint import Endpoint
from search.prompt import NONE_OF_THEM, messages
from search.records import Answer, Citation, Generation, Hit, Removed, Status
from search.sentences import Sentence
from search.support import Place, judge

PASSAGES = 10
MOST_SENTENCES = 20
ASKED = frozenset({Status.ANSWERED, Status.PARTIAL})
_CITED = re.compile(r"\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]")
_AFTER_STOP = re.compile(r"([.!?…]+[”\"»]?)((?:\s*\[[\d\s,;]+\])+)")
_THINKING = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_MARKS = re.compile(r"^\s*(?:[-*•]\s+|#+\s*|\d{1,2}[.)]\s+)|\*\*|__|`", re.MULTILINE)


class Kind(StrEnum):
    """What a step brings: a checked sentence, one that is left out, a beginning anew, or the whole answer."""

    SENTENCE = "sentence"
    REMOVED = "removed"
    AGAIN = "again"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to show while a model answers. A sentence comes checked, with the numbers of its citations; the reason
    says why one is left out. After `AGAIN` the sentences before do not count. The last step is the answer, which stands
    in place of all that came before it."""

    kind: Kind
    text: str = ""
    reason: str = ""
    answer: Answer | None = None


def generate(
    endpoint: Endpoint, plain: Answer, found: Sequence[Hit], store: Store, *, stream: bool = False
) -> Iterator[Step]:
    """Ask the model about the passages that the extractive answer `plain` quotes and those `found`, best first.

    Where nothing was found, or it is not clear which text is meant, the model is not asked. No failure of the model is
    raised: the last step then holds `plain`, and its `producer` and `generation` say why.
    """
    if plain.status not in ASKED:
        yield Step(Kind.ANSWER, answer=plain)
        return
    started = time.perf_counter()
    draft = Draft(plain, passages(plain, found), store)
    why = ""
    try:
        for piece in reply(endpoint, *messages(plain.question, draft.hits), stream=stream):
            yield from draft.take(piece)
        yield from draft.end()
    except NoReplyError as error:
        why = str(error)
    took = plain.took_ms + 1000 * (time.perf_counter() - started)
    yield Step(Kind.ANSWER, answer=replace(draft.answer(endpoint, why), took_ms=took))


def passages(plain: Answer, found: Sequence[Hit]) -> list[Hit]:
    """What the model is shown: the passages that are quoted, then the best others."""
    cited = [Hit(one.n, 1.0, one.stored, one.document) for one in plain.citations]
    return list({hit.stored.seq: hit for hit in (*cited, *plain.alternatives, *found)}.values())[:PASSAGES]


class Draft:
    """An answer as it grows: what the model wrote so far, the sentences kept, and the citations that they rest on."""

    def __init__(self, plain: Answer, hits: Sequence[Hit], store: Store) -> None:
        self.hits = hits
        self._plain = plain
        self._store = store
        self._begin()

    def _begin(self) -> None:
        self._text = ""
        self._done = 0
        self._cut = False
        self._kept: list[str] = []
        self._removed: list[Removed] = []
        self._citations: list[Citation] = list(self._plain.citations)

    def take(self, piece: str | Turn) -> Iterator[Step]:
        """The sentences that are complete with this piece."""
        if piece is Turn.AGAIN:
            self._begin()
            yield Step(Kind.AGAIN)
        elif piece is Turn.CUT:
            self._cut = True
        else:
            self._text += piece
            written = sentences(self._text)
            # The last one may go on, and a citation may follow the full stop of the one before it.
            if written and not written[-1].startswith("["):
                yield from self._judged(written[: len(written) - 1])

    def end(self) -> Iterator[Step]:
        """The sentences that were left; one that was cut off is none."""
        written = sentences(self._text)
        if self._cut and written and not _CITED.search(written[-1]):
            written = written[:-1]
        yield from self._judged(written)

    def _judged(self, written: Sequence[str]) -> Iterator[Step]:
        for text in written[self._done : MOST_SENTENCES]:
            self._done += 1
            yield self._judge(text)

    def _judge(self, text: str) -> Step:
        said = re.sub(r"\s+([.,;:!?…])", r"\1", " ".join(_CITED.sub(" ", text).split()))
        if not any(character.isalpha() for character in said) or said.strip(".").upper() == NONE_OF_THEM:
            return Step(Kind.REMOVED, said, "it says nothing")
        numbers = [int(number) for cited in _CITED.findall(text) for number in re.findall(r"\d+", cited)]
        reason = _unknown(numbers, len(self.hits))
        if not reason:
            verdict = judge(said, [self.hits[number - 1] for number in dict.fromkeys(numbers)])
            reason = verdict.reason
            shown = [] if reason else self._cite(verdict.places)
            if shown:
                marks = "".join(f"[{number}]" for number in shown)
                stop = re.search(r"[.!?…]+[”\"»]?$", said)
                at = stop.start() if stop and stop[0][-1] not in '”"»' else len(said)
                self._kept.append(f"{said[:at]} {marks}{said[at:]}")
                return Step(Kind.SENTENCE, self._kept[-1])
            reason = reason or "its passage could not be proved against the page"
        self._removed.append(Removed(said, reason))
        return Step(Kind.REMOVED, said, reason)

    def _cite(self, places: Sequence[Place]) -> list[int]:
        """The numbers of the citations for these places, which are added where they are new; only proved ones."""
        numbers = []
        for place in places:
            for proved in cite(self._store, [Sentence(place.hit, place.start, place.end, 1.0, 1.0, 1.0, 1.0)]):
                same = (
                    one.n
                    for one in self._citations
                    if one.document.id == proved.document.id and one.page == proved.page and proved.quote in one.quote
                )
                number = next(same, len(self._citations) + 1)
                if number > len(self._citations):
                    self._citations.append(replace(proved, n=number))
                numbers.append(number)
        return list(dict.fromkeys(numbers))

    def answer(self, endpoint: Endpoint, why: str) -> Answer:
        """The whole answer; `why` ends "the model …" where there was no reply."""
        plain = self._plain
        removed = tuple(self._removed)
        if not why and not self._kept:
            why = "had no sentence that the passages bear out" if removed else "found no answer in the passages"
        if why:
            note = f"The language model {why}; this is the answer without it."
            told = Generation(endpoint.model, endpoint.host, False, 0, removed, note)
            return replace(plain, producer=f"extractive (the model {why})", generation=told)
        notes = [f"{len(removed)} of its sentences were not borne out and are left out."] if removed else []
        notes += ["The language model was cut off at its limit."] if self._cut else []
        told = Generation(endpoint.model, endpoint.host, True, len(self._kept), removed, " ".join(notes))
        text = " ".join(self._kept)
        shown = {one.stored.seq for one in self._citations}
        return replace(
            plain,
            answer=f"{plain.reason}\n{text}" if plain.reason else text,
            citations=tuple(self._citations),
            alternatives=tuple(hit for hit in plain.alternatives if hit.stored.seq not in shown),
            producer=f"model {endpoint.model}, checked",
            generation=told,
        )


def sentences(text: str) -> list[str]:
    """The sentences of what a model wrote, without what it thought before, marks of lists and of print; citations that
    follow a full stop are moved before it."""
    plain = _MARKS.sub("", _THINKING.sub("", text)).replace("【", "[").replace("】", "]")
    plain = _AFTER_STOP.sub(r"\2\1", plain)
    return [plain[start:end] for start, end in sentence_spans(plain)]


def _unknown(numbers: Sequence[int], known: int) -> str:
    if not numbers:
        return "it cites no passage"
    wrong = next((number for number in numbers if not 1 <= number <= known), None)
    return f"it cites [{wrong}], which is no passage that the model was given" if wrong is not None else ""
