"""What a document can be held to: its legal standing by its kind, and the mark on it that limits who may read it."""

from __future__ import annotations

import re

from ingest.facts import CERTAIN, LIKELY, Facts

BINDING, POLITICAL, GUIDANCE, INFORMATIONAL = "binding", "political", "guidance", "informational"
STANDINGS = (BINDING, POLITICAL, GUIDANCE, INFORMATIONAL)
_BY_TYPE = {
    BINDING: ("convention", "protocol", "charter", "agreement", "regulation", "directive"),
    POLITICAL: ("resolution", "decision", "declaration", "action-plan", "statement"),
    GUIDANCE: ("recommendation", "guide", "explanatory-report", "concluding-observations", "policy-brief"),
    INFORMATIONAL: (
        "report", "speech", "press-release", "web-page", "letter", "note", "agenda", "fact-sheet", "form", "case-study",
        "meeting-record", "journal", "digest",
    ),
}  # fmt: skip
_STANDING = {kind: standing for standing, kinds in _BY_TYPE.items() for kind in kinds}
RESTRICTED = "restricted"
# A mark stands alone on its line, or at the end of a symbol; in a sentence it is a word like any other.
_MARK = re.compile(
    r"^\W*(?:(?:osce|eu|nato|un|greta|council of europe)?\W*(?:restricted|confidential|strictly confidential|limite)|"
    r"for (?:official|internal) use(?: only)?|not for (?:circulation|distribution|publication)|"
    r"distribution(?:\s*:)?\s+(?:restricted|confidential)|distr\.?\s*:?\s*restricted|"
    r"diffusion restreinte|nur für den dienstgebrauch|для служебного пользования)\W*$|"
    r"\.RESTR\b|^[\w./()-]+\s+(?:RESTRICTED|LIMITE|CONFIDENTIAL)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_RELEASED = re.compile(r"\b(?:declassified|déclassifié|derestricted|made public on)\b", re.IGNORECASE)


def note_standing(facts: Facts) -> None:
    """Keep the legal standing that follows from the kind of document. Within the European Union decisions bind, and
    what is only a draft binds nobody."""
    kind, body, title = facts.text("type"), facts.text("body"), (facts.text("title") or "").casefold()
    if kind is None:
        return
    standing = _STANDING.get(kind)
    if kind == "decision" and body == "EU":
        standing = BINDING
    if "draft" in title or re.search(r"/L\.\s?\d", facts.text("symbol") or ""):
        standing = INFORMATIONAL
    security = bool(re.match(r"S/RES/", facts.text("symbol") or ""))
    source = "its type; what the Security Council decides in it binds" if security else f"its type ({kind})"
    facts.note("standing", standing, source, LIKELY)


def note_access(facts: Facts, head: str, edges: str) -> None:
    """Keep the access label that a printed mark asks for. A paper that says that it was declassified is public."""
    for text in (head[:HEAD], edges):
        found = _MARK.search(text)
        if found and not _RELEASED.search(head):
            mark = " ".join(found[0].split()).strip(" *-–")
            facts.note("access", RESTRICTED, f"the mark “{mark}” printed on it", CERTAIN)


HEAD = 2500
