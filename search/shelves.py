"""The kinds of documents that a question names: "which decisions", "speeches by"."""

from __future__ import annotations

import re

# One word of each language stands for the kind only where it cannot be a verb or a name of one text.
_TYPES: tuple[tuple[str, str], ...] = (
    ("press-release", r"press releases?|communiqués de presse|pressemitteilung\w*|пресс-релиз\w*"),
    ("meeting-record", r"(?:meeting|verbatim) records?|procès-verba\w+|wortprotokoll\w*"),
    ("concluding-observations", r"concluding observations|observations finales|заключительны\w+ замечани\w+"),
    ("explanatory-report", r"explanatory reports?|rapports? explicatifs?"),
    ("action-plan", r"action plans?|plans? of action|plans? d['’]action|aktionspl[aä]n\w*|план\w* действий"),
    ("policy-brief", r"policy briefs?"),
    ("fact-sheet", r"fact ?sheets?"),
    ("case-study", r"case stud(?:y|ies)|études? de cas|fallstudien?"),
    ("decision", r"decisions?|décisions?|beschl[uü]ss\w*|решени[ейяюх]\w*"),
    ("resolution", r"resolutions?|résolutions?|resolutionen|резолюци\w+"),
    ("speech", r"speech(?:es)?|addresses|discours|reden|выступлени\w+|реч[ьи]"),
    ("declaration", r"declarations|déclarations|erklärungen|деклараци\w+"),
    ("directive", r"directives|richtlinien|директив\w+"),
    ("regulation", r"regulations|verordnungen"),
    ("convention", r"conventions|treaties|traités|verträge|конвенци(?:й|ях)"),
    ("protocol", r"protocols|protocoles|протокол(?:ы|ов)"),
    ("letter", r"letters? (?:dated|from|to)|lettres"),
    ("guide", r"guides|guidelines|handbooks?|toolkits?|manuals?|leitfäden"),
    ("digest", r"digests?"),
    ("web-page", r"web ?pages?|webs?ites?"),
    ("report", r"reports|report (?:of|on|by|from)|(?:which|what|latest|last|first|annual|this|that) report|rapports?|"
               r"berichte?n?|доклад\w*"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for kind, pattern in _TYPES)


def find_types(text: str) -> dict[str, str]:
    """Kinds of documents named in the text, as the store calls them: {type: the words found}."""
    found: dict[str, str] = {}
    rest = text
    for kind, pattern in _PATTERNS:
        match = pattern.search(rest)
        if match:
            found[kind] = match[0]
            rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    return found
