"""What kind of document a text is and which body issued it, from its masthead, its symbol and its title."""

from __future__ import annotations

import re

from corpus.lexicon import Instrument, fold
from corpus.symbols import normalise_symbol
from ingest.extract.base import Extract

TREATIES = frozenset({"convention", "protocol", "charter", "agreement"})
_BY_SYMBOL: tuple[tuple[str, str], ...] = (
    ("resolution", r"[ASE]/(?:HRC/)?RES/"),
    ("decision", r"A/HRC/DEC/|(?:MC|PC|FSC)(?:\(\d+\))?\.DEC/"),
    ("meeting-record", r"[AS]/(?:\d+/)?PV\.\d"),
    ("statement", r"S/PRST/|(?:PC|MC|FSC)\.DEL/"),
    ("journal", r"(?:MC|PC|FSC)\.JOUR/"),
    ("recommendation", r"CM/REC"),
)
# Lines below the masthead of a United Nations document that say what it is.
_BY_LINE: tuple[tuple[str, str], ...] = (
    ("letter", r"(?:identical )?letters? dated|notes? verbales? dated|письмо |вербальная нота"),
    ("resolution", r"resolution adopted by|(?:.*\b)?draft resolution"),
    ("decision", r"decision adopted by"),
    ("concluding-observations", r"(?:concluding observations|заключительные замечания)"),
    ("report", r"(?:\w+ )?reports? (?:of|by|on|submitted)\b|(?:национальный )?доклад |national report|compilation |"
               r"summary (?:prepared|of)"),
    ("agenda", r"(?:annotated )?provisional agenda"),
    ("note", r"note by the"),
)  # fmt: skip
_BY_TITLE: tuple[tuple[str, str], ...] = (
    ("explanatory-report", r"explanatory report"),
    ("convention", r"\bconvention and (?:\d{4} )?protocol\b"),
    ("protocol", r"\bprotocol\b(?! on agenda)"),
    ("convention", r"\b(?:convention|verdrag|covenant|treaty|statute|statuut)\b"),
    ("charter", r"\b(?:charter|handvest)\b"),
    ("agreement", r"\b(?:agreement|overeenkomst)\b"),
    ("regulation", r"^(?:\W|council|commission|delegated|implementing)*regulation\b"),
    ("directive", r"\bdirective\b"),
    ("declaration", r"\b(?:declaration|declaracion|dichiarazione|declaracao|deklara\w+|dekleracij\w+|erklarung|verklaring|декларация)\b"),
    ("resolution", r"^(?:\W|\d|draft)*resolution\b"),
    ("decision", r"\bdecision\b"),
    ("letter", r"^(?:identical )?letters? dated|^note verbale"),
    ("action-plan", r"\b(?:action plan|plan of action)\b"),
    ("statement", r"\boral statement\b"),
    ("form", r"\b(?:form|referral form|prompt sheet)\b"),
    ("guide", r"\b(?:guide|guidance|guidelines|toolkit|handbook|manual)\b"),
    ("fact-sheet", r"\bfact ?sheet\b"),
    ("policy-brief", r"\bpolicy ?brief\b"),
    ("report", r"\b(?:report|review|findings|study|analysis|trends)\b"),
)  # fmt: skip
_BODIES: tuple[tuple[str, str], ...] = (
    ("OSCE", r"organization for security and co-?operation|\bosce\b"),
    ("CoE", r"council of europe|conseil de l.europe|raad van europa|european treaty series"),
    ("ILO", r"international labour (?:organi[sz]ation|conference|office)|internationale arbeidsconferentie"),
    ("EU", r"european union|official journal of the european|europese unie|directive 20\d\d/"),
    ("UN", r"united nations|general assembly|\bunodc\b|human rights council|verenigde naties|\bunicef\b|\bunhcr\b|nations unies|"
           r"naciones unidas|nazioni unite|vereinte[nr]? nationen|nações unidas|объединенных наций|združenih narodov|"
           r"kombeve t[eë] bashkuara|ujedinjenih naroda|narodów zjednoczonych|global report on trafficking in persons"),
    ("US", r"department of labor|u\. ?s\. department|bureau of international labor|department of homeland security|"
           r"\bdhs\.gov\b|\b18 u\.s\.c"),
    ("UK", r"home office|\bgov\.uk\b"),
)  # fmt: skip


def document_type(
    title: str, extract: Extract, symbol: str | None, articles: int, known: Instrument | None
) -> str | None:
    """What kind of document this is, None where nothing tells."""
    bare = normalise_symbol(symbol) if symbol else ""
    for name, pattern in _BY_SYMBOL:
        if re.match(pattern, bare):
            return name
    if known is not None and articles:
        found = next((kind for text in known.names if (kind := _by_title(text, articles))), None)
        if found:
            return found
    if re.match(r"[ASE]/|HRI/|UNW/|CEDAW|CRC/|CCPR|CERD|DP/", bare):
        return _by_masthead(title, extract)
    return _by_title(title, articles) or _by_text(extract, articles)


def issuing_body(symbol: str | None, title: str, extract: Extract, edges: str) -> str | None:
    """The body that issued the document, by its symbol, else by the first body that its title, top or edges name."""
    if symbol:
        bare = normalise_symbol(symbol)
        if re.match(r"[ASE]/|HRI/|UNW/|CEDAW|CRC/|CCPR|CERD|CAT/|ST/|DP/", bare):
            return "UN"
        if re.match(r"(?:MC|PC|FSC|SUM|SEC|CIO)(?:\(\d+\))?\.", bare):
            return "OSCE"
        if re.match(r"CETS|CM/|GRETA|THB", bare):
            return "CoE"
        if re.match(r"\(E[UC]\)|\d{4}/\d+/E[UC]|COM\(|C/\d{4}/|\d{4}/C\d", bare):
            return "EU"
    head = "\n".join(page.text for page in extract.pages[:2])
    author = extract.info.get("author", "")
    wider = "\n".join(page.text for page in extract.pages[:6])[:20000] if extract.paged else ""
    for text in (title, author, head[:1500] if extract.paged else head[:900], edges, wider):
        folded = " ".join(text.casefold().split())
        hits = [(found.start(), name) for name, pattern in _BODIES if (found := re.search(pattern, folded))]
        if hits:
            return min(hits)[1]
    return None


def _by_title(title: str, articles: int) -> str | None:
    folded = fold(title) if title.isascii() or not re.search("[а-я]", title.casefold()) else title.casefold()
    for text in (title.casefold(), folded):
        for name, pattern in _BY_TITLE:
            if re.search(pattern, text) and (articles or name not in TREATIES):
                return name
    return None


def _by_masthead(title: str, extract: Extract) -> str | None:
    """The kind of a United Nations document: its title, else the lines of its first pages that say it."""
    start = "\n".join(page.text for page in extract.pages[:2])
    lines = [" ".join(line.split()).casefold() for line in start.split("\n")][:60]
    for text in ([title.casefold()], lines):
        for name, pattern in _BY_LINE:
            if any(re.match(rf"(?:\d+/\d+\. )?(?:{pattern})", line) for line in text):
                return name
    if _WE.search(" ".join(start.split()).casefold()):
        return "declaration"
    return "report" if re.search(r"\bthe present report\b", start.casefold()) else None


def _by_text(extract: Extract, articles: int) -> str | None:
    if articles >= 5:
        return "convention"
    template = f"{extract.info.get('template', '')} {extract.info.get('slug', '')}"
    if re.search(r"case-stud|\bcase\b", template):
        return "case-study"
    head = " ".join("\n".join(page.text for page in extract.pages[:3])[:6000].split()).casefold()
    if _WE.search(head):
        return "declaration"
    if not extract.paged and len(head) < 4000 and len(_QUOTED_SPEAKER.findall(head)) >= 2:
        return "press-release"
    if extract.paged:
        start = " ".join(extract.pages[0].text.split()).casefold()[:1500]
        for name in ("fact sheet", "policy brief", "policybrief"):
            if name in start:
                return "fact-sheet" if name == "fact sheet" else "policy-brief"
        if re.search(r"\b(?:this|the present) (?:report|study|paper|research)\b", head):
            return "report"
    return "web-page" if extract.format == "html" else None


_QUOTED_SPEAKER = re.compile(r"[”\"],?[”\"]?\s[^.“\"]{0,160}\b(?:said|stressed|added|stated|concluded|noted)\b")
_WE = re.compile(
    r"\bwe, (?:the )?(?:heads of state|ministers|high representatives|leaders|representatives of|participating states|"
    r"members? (?:states )?of|states (?:parties|members)|governments)"
)
