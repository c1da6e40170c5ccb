"""The paragraph that governs a numbered item: "The recommendations listed below enjoy the support of …" stands once,
often pages before the items, and says what became of each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.records import StoredPassage
from corpus.sentences import sentence_spans
from search.verify import squash

ENOUGH = 40
_ABOUT_RESPONSE = re.compile(
    r"\b(?:support\w*|accept\w*|reject\w*|refus\w*|respon\w*|repl(?:y|ies|ied)|examin\w*|agree[ds]?|not(?:ed|e)\b|position|"
    r"by when|deadline|réponse|accepté\w*|refusé\w*|akzeptiert\w*|abgelehnt\w*|angenommen\w*|поддерж\w*|принял\w*|отклон\w*)",
    re.IGNORECASE,
)


def asks_for_response(question: str) -> bool:
    """Whether a question asks what became of a recommendation: supported, refused, answered, by when."""
    return bool(_ABOUT_RESPONSE.search(question))


def governing_sentence(passages: Sequence[StoredPassage], item: StoredPassage) -> tuple[StoredPassage, int, int] | None:
    """The passage, of those of the item's document in reading order, in which its governing line stands, nearest before
    it, and the offsets of its sentence; None where the item has no such line."""
    lead = squash(item.passage.lead)
    if len(lead) < ENOUGH:
        return None
    before = [one for one in passages if one.passage.ordinal < item.passage.ordinal]
    for stored in reversed(before):
        text = stored.passage.text
        if lead in squash(text):
            spans = [
                span
                for span in sentence_spans(text)
                if squash(text[span[0] : span[1]]) in lead or lead in squash(text[span[0] : span[1]])
            ]
            return (stored, spans[-1][0], spans[-1][1]) if spans else None
    return None
