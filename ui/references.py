"""References for managers of literature: RIS, BibTeX and CSL-JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.records import Document, StoredPassage
from ui.rendering import BODIES

_TREATY = frozenset({"convention", "protocol", "charter", "agreement", "covenant", "treaty"})
_LAW = frozenset({"directive", "regulation", "law"})
_RIS = {"report": "RPRT", "guide": "RPRT", "web-page": "ELEC", "letter": "PCOMM", "press-release": "ELEC"}
_CSL = {
    "report": "report", "guide": "report", "web-page": "webpage", "press-release": "webpage", "speech": "speech",
    "letter": "personal_communication",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A document, or one of its passages."""

    document: Document
    stored: StoredPassage | None = None


def author(document: Document) -> str:
    """Who stands for the text: the speaker of a speech, else the body; for a digest of ours nobody but ourselves."""
    if document.type == "digest":
        return "Rapporteur"
    return document.speaker or BODIES.get(document.body or "", document.body or "")


def place(item: Item) -> str:
    """Label and page of a passage; empty for a whole document."""
    if item.stored is None:
        return ""
    own = item.stored.passage
    page = f"p. {own.page_label or own.page}" if item.document.paged else ""
    return ", ".join(part for part in (own.label, page) if part)


def key(item: Item) -> str:
    """A citation key that stays the same: the id of the passage or document."""
    return item.stored.id if item.stored is not None else item.document.id


def _date(document: Document) -> list[int]:
    return [int(part) for part in (document.date or "").split("-") if part.isdigit()]


def ris(items: Sequence[Item]) -> str:
    """RIS (Research Information Systems): one record an item, each ended by ER."""
    return "".join(_ris(item) for item in items)


def _ris(item: Item) -> str:
    document = item.document
    kind = document.type or ""
    date = _date(document)
    day = "/".join(f"{part:02}" for part in date) + "/" * (3 - len(date)) if date else ""
    fields = [
        ("TY", "STAT" if kind in _TREATY | _LAW else _RIS.get(kind, "GEN")),
        ("ID", key(item)),
        ("TI", document.title),
        # A comma at the end says that the name is one of an organisation and not to be turned round.
        ("AU", f"{author(document)}," if author(document) and not document.speaker else author(document)),
        ("PY", str(date[0]) if date else ""),
        ("DA", day),
        ("M1", document.symbol or ""),
        ("LA", document.language or ""),
        ("UR", document.url or ""),
        (
            "SP",
            str(item.stored.passage.page_label or item.stored.passage.page) if item.stored and document.paged else "",
        ),
        ("N1", place(item)),
        ("AB", item.stored.passage.text if item.stored else ""),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def bibtex(items: Sequence[Item]) -> str:
    """BibTeX: one @misc an item; names and titles keep their capitals."""
    return "".join(_bibtex(item) for item in items)


def _bibtex(item: Item) -> str:
    document = item.document
    date = _date(document)
    fields = [
        ("title", f"{{{_tex(document.title)}}}"),
        ("author", f"{{{_tex(author(document))}}}" if author(document) else ""),
        ("year", str(date[0]) if date else ""),
        ("number", _tex(document.symbol or "")),
        ("language", _tex(document.language or "")),
        ("url", (document.url or "").replace("{", "%7B").replace("}", "%7D")),
        ("note", _tex(place(item))),
        ("abstract", _tex(" ".join(item.stored.passage.text.split())) if item.stored else ""),
    ]
    lines = [f"  {name} = {{{value}}}," for name, value in fields if value]
    if len(date) > 1:
        lines.append(f"  month = {_MONTHS[date[1] - 1]},")
    name = re.sub(r"[^\w:.-]", "-", key(item))
    return "\n".join([f"@misc{{{name},", *lines, "}", "", ""])


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)


def csl_items(items: Sequence[Item]) -> list[dict[str, Any]]:
    """CSL-JSON (citeproc): a list of objects."""
    return [_csl(item) for item in items]


def _csl(item: Item) -> dict[str, Any]:
    document = item.document
    kind = document.type or ""
    made: dict[str, Any] = {
        "id": key(item),
        "type": "treaty" if kind in _TREATY else "legislation" if kind in _LAW else _CSL.get(kind, "document"),
        "title": document.title,
    }
    if author(document):
        made["author"] = [{"literal": author(document)}]
    if _date(document):
        made["issued"] = {"date-parts": [_date(document)]}
    optional = {
        "number": document.symbol,
        "language": document.language,
        "URL": document.url,
        "note": place(item),
        "abstract": item.stored.passage.text if item.stored else "",
    }
    return made | {name: value for name, value in optional.items() if value}
