"""What was looked through for a question, for an answer that found nothing: documents, languages, years, unread pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from corpus.records import Document
from search.records import Searched

MOST = 4
_LANGUAGES = {
    "en": "English", "fr": "French", "de": "German", "ru": "Russian", "es": "Spanish", "it": "Italian", "nl": "Dutch",
    "pt": "Portuguese", "ar": "Arabic", "el": "Greek", "uk": "Ukrainian", "pl": "Polish", "ro": "Romanian",
}  # fmt: skip


def searched(documents: Iterable[Document]) -> Searched:
    """What these documents are: their number, the first and last year of their dates, their languages with the commonest
    first, and the pages of which nothing could be read."""
    number, unread = 0, 0
    years: list[str] = []
    languages: Counter[str] = Counter()
    for document in documents:
        number += 1
        unread += document.pages_without_text
        years += [document.date[:4]] if document.date else []
        languages.update([document.language] if document.language else [])
    return Searched(
        number,
        min(years) if years else None,
        max(years) if years else None,
        tuple(code for code, _ in languages.most_common()),
        unread,
    )


def in_words(found: Searched) -> str:
    """One sentence: "Searched: 976 documents of 1926 to 2026, in English, French and 20 other languages; 10 pages hold no
    text and could not be searched."."""
    if not found.documents:
        return "Searched: no document at all, for the filters leave none."
    said = f"Searched: {found.documents:,} document{'s' * (found.documents != 1)}"
    if found.first is not None:
        said += f" of {found.first}" + (f" to {found.last}" if found.last != found.first else "")
    names = [_LANGUAGES[code] for code in found.languages if code in _LANGUAGES][:MOST]
    more = len(found.languages) - len(names)
    if more:
        names.append(f"{more} other language{'s' * (more != 1)}")
    if names:
        said += ", in " + " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    if found.unread_pages:
        said += f"; {found.unread_pages:,} page{'s' * (found.unread_pages != 1)} without text could not be searched"
    return said + "."
