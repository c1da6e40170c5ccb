"""From chosen sentences to citations: each is proved against its page, and carries its label and whose words it is."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.records import StoredPassage
from corpus.store import Store
from search.records import Citation
from search.sentences import Sentence
from search.verify import Prover
from search.voice import authority, speaker_of


def cite(store: Store, sentences: Sequence[Sentence]) -> list[Citation]:
    """Citations in the order of the sentences, each once; a sentence that does not stand on its page is left out."""
    prover = Prover(store)
    citations: list[Citation] = []
    for sentence in sentences:
        hit = sentence.hit
        for part in prover.prove(sentence.text, hit.stored):
            paged = hit.document.paged
            if any(part.text == other.quote and hit.document.id == other.document.id for other in citations):
                continue
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
