"""Example questions that do answer: candidates for what is in the corpus, each asked before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.records import Document, Filters
from corpus.symbols import normalise_symbol
from search.records import Answer, Status

SHOWN = 6
TRIED = 24


class Asked(Protocol):
    """What is needed to try a question."""

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        """An answer made of quotations."""

    def documents(self, filters: Filters | None = None) -> Sequence[Document]:
        """The documents, by title."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and what must be in the corpus for it to be worth trying: a symbol, or words of a title."""

    question: str
    needs: str


CANDIDATES = (
    Candidate("How long is the recovery and reflection period under the Council of Europe Convention?", "CETS 197"),
    Candidate(
        "How many countries took part in the June 2023 meeting of national co-ordinators and rapporteurs?", "national"
    ),
    Candidate("What does the Palermo Protocol say about the consent of a victim?", "Palermo|prevent, suppress"),
    Candidate("What does Article 26 of the Council of Europe Convention say about penalties for victims?", "CETS 197"),
    Candidate("What does the OSCE Action Plan say about national referral mechanisms?", "OSCE Action Plan"),
    Candidate("What does the ILO Protocol of 2014 require of States?", "Protocol of 2014|Forced Labour"),
    Candidate("Which share of victims is identified, and who said so?", "national"),
    Candidate("What is GRETA?", "CETS 197|monitoring"),
    Candidate("When must assistance to victims be given under Directive 2011/36/EU?", "2011/36"),
    Candidate("What is the difference between smuggling of migrants and trafficking in persons?", "smuggling"),
)
_BY_TYPE = {
    "convention": "What does Article 1 of the {title} say?",
    "protocol": "What does Article 2 of the {title} say?",
    "directive": "What does Article 1 of the {title} say?",
    "decision": "What does the {title} decide?",
    "action-plan": "What does the {title} recommend on the protection of victims?",
    "report": "What does the {title} say about victims of trafficking?",
    "press-release": "Who said what in “{title}”?",
    "guide": "What does the {title} say about identification?",
}


def candidates(documents: Sequence[Document]) -> Iterator[str]:
    """Questions worth trying over these documents: the curated ones first, then one for each document of a known type."""
    held = "\n".join(
        f"{document.title}\n{normalise_symbol(document.symbol or '')}\n{document.symbol or ''}"
        for document in documents
    ).casefold()
    for candidate in CANDIDATES:
        if any(need.casefold() in held for need in candidate.needs.split("|")):
            yield candidate.question
    seen: set[str] = set()
    for document in documents:
        wording = _BY_TYPE.get(document.type or "")
        if wording and document.type not in seen and len(document.title) < 120:
            seen.add(document.type or "")
            yield wording.format(title=document.title.strip())


def verified_examples(base: Asked, shown: int = SHOWN, wanted: Callable[[], bool] = lambda: True) -> tuple[str, ...]:
    """Up to `shown` questions that this corpus answers outright, each tried just now; ends early once not `wanted`."""
    found: list[str] = []
    for number, question in enumerate(candidates(base.documents())):
        if len(found) >= shown or number >= TRIED or not wanted():
            break
        answer = base.ask(question)
        if answer.status is Status.ANSWERED and answer.citations:
            found.append(question)
    return tuple(found)
