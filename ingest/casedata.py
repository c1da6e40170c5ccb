"""Pages that look like the data of actual cases: dates of birth, numbers of passports, files and victims by name.

Such a file may not belong into a shared collection. It is said, with the pages, and left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.records import Page
from ingest import pages as numbered

SAID = "may hold data of actual cases"
# Marks on one page: so many in all, of so many kinds, one of which tells of a person.
MARKS, KINDS = 3, 2
_DATE = (
    r"(?:\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)?\.? "
    r"[^\W\d_]{3,9}\.?,? (?:19|20)\d{2}|[^\W\d_]{3,9} \d{1,2}, (?:19|20)\d{2})"
)
_GAP = r"[\s:.|()*–-]{0,6}"
_NUMBER = r"(?:n[o°º]\.?|№|nr\.?|num(?:ber|éro)?|#)"
_MARKS = {
    "born": re.compile(
        rf"(?:\b(?:date of birth|birth ?date|d\.?o\.?b\b\.?|date de naissance|geburtsdatum|geb\.|né(?:e)? le|geboren am|born(?: on)?)"
        rf"|дата рождения|родил(?:ся|ась)|рожд\.){_GAP}{_DATE}|{_DATE}\s*г\.\s?р\.",
        re.IGNORECASE,
    ),
    "passport": re.compile(
        rf"(?:\b(?:passport|passeport|reisepass|travel document|identity card|id card|id|carte d['’]identité|personalausweis|"
        rf"national insurance|residence permit)|паспорт\w*|удостоверени\w+ личности)\s*{_NUMBER}?{_GAP}"
        r"(?=[A-ZА-Я0-9 ]{0,4}\d)[A-ZА-Я]{0,3} ?\d[\dA-Z ]{4,11}\b",
        re.IGNORECASE,
    ),
    "file": re.compile(
        rf"(?:\b(?:case (?:file|reference|ref\.?)|case file|nrm (?:reference|ref\.?)|police (?:file|report)|criminal case|"
        rf"dossier|procédure|aktenzeichen|geschäftszeichen|fallnummer)|уголовно\w+ дел\w+|дело)\s*{_NUMBER}?{_GAP}"
        r"(?=[\w./-]*\d)[\w][\w./-]{3,24}",
        re.IGNORECASE,
    ),
    "victim": re.compile(
        r"(?:\b(?:name of (?:the )?(?:potential |presumed |alleged )?(?:victim|survivor|minor|child)|(?:potential |presumed )?"
        r"(?:victim|survivor)(?:['’]s)? (?:full )?name|full name|nom de la victime|name des opfers)|ФИО|имя (?:потерпевше\w+|жертвы))"
        r"\s*[:|]\s*[^\W\d_][^\W\d_’'-]+ [^\W\d_]",
        re.IGNORECASE,
    ),
}  # fmt: skip
_ANY = re.compile(r"birth|d\.?o\.?b|born|naissance|née? le|geb|pass|рожд|родил|паспорт|г\.\s?р\.", re.IGNORECASE)


def case_pages(pages: Sequence[Page]) -> tuple[int, ...]:
    """The pages that look so: several marks, of more than one kind, a date of birth or a passport among them."""
    return tuple(page.number for page in pages if _looks_so(page.text))


def _looks_so(text: str) -> bool:
    if not _ANY.search(text):
        return False
    found = {name: len({match[0].casefold() for match in pattern.finditer(text)}) for name, pattern in _MARKS.items()}
    kinds = sum(bool(count) for count in found.values())
    return sum(found.values()) >= MARKS and kinds >= KINDS and bool(found["born"] or found["passport"])


def in_words(found: Sequence[int], *, paged: bool) -> str:
    """The sentence that a document carries; empty where no page looks so."""
    if not found:
        return ""
    where = f" on {numbered.in_words(found)}" if paged else ""
    return f"{SAID}{where} (dates of birth, passports, names): check whether it belongs here"
