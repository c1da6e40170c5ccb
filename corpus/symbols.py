"""The grammar of document symbols: how they are printed, and one spelling by which to compare them."""

from __future__ import annotations

import re

_TAIL = r"(?:/(?:Add|Corr|Rev|L)\.?\s?\d+(?:/(?:Add|Corr|Rev)\.\d+)?)?"

_PATTERNS = (
    r"\b(?:MC|PC|FSC|SUM)(?:\(\d+\))?\.(?:DEC|DOC|JOUR|DEL|GAL|INF)/\d+(?:/\d+)*(?:/Rev\.\s?\d+)?(?:/Corr\.\s?\d+)?",
    r"\b(?:SEC|CIO|ODIHR|PC\.SHDM|SPMU)\.(?:GAL|DEL|INF)/\d+/\d+(?:/Rev\.\d+)?",
    rf"\bA/(?:RES|HRC|C\.\d|CONF\.\d+|AC\.\d+)/[\w.]+(?:/[\w.]*\d[\w.]*|/[A-Z]{{3}}(?=/\d))*{_TAIL}",
    rf"\bA/\d{{2}}/(?:L\.|PV\.|INF/)?\d+{_TAIL}",
    rf"\bS/(?:RES|PRST)/\d+(?:/\d+)?(?:\s?\(\d{{4}}\))?{_TAIL}",
    rf"\bS/\d{{4}}/\d+{_TAIL}",
    rf"\bE/(?:(?:CN|C)\.\d+/|HLS/|HLPF/|ICEF/)?\d{{4}}/[\w.]+{_TAIL}",
    rf"\b(?:HRI/\w+|UNW|DP|DP/FPA|ST/[A-Z]+)/\d{{4}}/[\w.]+{_TAIL}",
    r"\b(?:CEDAW|CRC|CCPR|CERD|CAT|CMW|CRPD)/C/[A-Z0-9/.-]*\d",
    r"\b(?:CETS|ETS|STCE|STE|SEV)\s?(?:No\.?|n°|N°|№)?\s?\d{1,3}\b",
    r"\bCM/Rec\s?\(\d{4}\)\s?\d+|\bRec\s?R?\s?\(\d{2,4}\)\s?\d+",
    r"\bGRETA\s?\(\d{4}\)\s?\d+|\bTHB-CP/?(?:Rec)?\s?\(\d{4}\)\s?[\w/]*\d+|\bCP\(\d{4}\)\d+|\b(?:CM|SG/Inf)\(\d{4}\)\d+",
    r"\b(?:C|P|R)\d{3}\b",
    r"\b(?:19|20)\d{2}/\d{1,4}/(?:EU|EC|JHA)\b|\(EU\)\s?(?:19|20)\d{2}/\d+|\((?:EU|EC|EEC)\)\s?No\.?\s?\d+/\d{4}|\b(?:19|20)\d{2}/C\s?\d+/\d+\b|\bC/20\d{2}/\d+\b|\bCOM\(\d{4}\)\s?\d+",
    r"\bAG/RES\.\s?\d+\s?\([^)]+\)",
)
# With what one of them can begin: all of them would be tried at every character without it.
_ANY = re.compile("(?=[(12ACDEFGHMOPRSTU])(?:" + "|".join(f"(?:{pattern})" for pattern in _PATTERNS) + ")")
# "MC DEC 14/06", "Decision No. 14/06": spellings of people in a hurry.
_LOOSE = re.compile(
    r"(?=[MPF])\b(?P<organ>MC|PC|FSC)[ .]?DEC[ ./]?(?:No\.?\s?)?(?P<number>\d{1,4})(?:/(?P<year>\d{2,4}))?\b",
    re.IGNORECASE,
)
_COUNCIL = re.compile(r"^(?:CETS|ETS|STCE|STE|SEV)\D*(\d+)$", re.IGNORECASE)


def normalise_symbol(symbol: str) -> str:
    """One spelling for comparison: upper case, no blanks, no "No.", no leading zeros; ETS and STCE are CETS."""
    text = re.sub(r"\s+|(?<![A-Z])No\.?(?=\s?\d)|[n№]°?(?=\s?\d)", "", symbol.strip(), flags=re.IGNORECASE)
    council = _COUNCIL.match(text)
    if council:
        return f"CETS{int(council[1])}"
    loose = _LOOSE.fullmatch(text)
    if loose:
        year = f"/{loose['year'][-2:]}" if loose["year"] else ""
        return f"{loose['organ'].upper()}.DEC/{int(loose['number'])}{year}"
    return re.sub(r"(?<=[/(.])0+(?=\d)", "", text.upper())


def find_symbols(text: str) -> list[str]:
    """Symbols in the order of their first appearance, as printed, each once."""
    found: dict[str, str] = {}
    for match in _ANY.finditer(text):
        found.setdefault(normalise_symbol(match[0]), match[0].strip())
    for match in _LOOSE.finditer(text):
        found.setdefault(normalise_symbol(match[0]), match[0].strip())
    return list(found.values())
