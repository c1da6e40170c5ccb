"""Commitments: the operative sentences of a document, with verb, strength, addressee, and whose word they are.

What a resolution decides is agreed text; what a report asks for is the recommendation of those who wrote it; what a
speaker says is that speaker's statement, an interpretative statement attached to a decision included; what a press
release lists as topics is no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.records import Authority, Commitment, Document, Kind, Passage
from corpus.sentences import sentence_spans
from ingest.reviews import is_review, recommendation
from ingest.themes import themes_named
from ingest.topics import topics_of
from ingest.verbs import Act, addressee, can_act, clauses, leading, reported, spoken

AGREED = frozenset({
    "resolution", "decision", "declaration", "recommendation", "action-plan", "convention", "protocol", "charter",
    "agreement", "directive", "regulation",
})  # fmt: skip
TREATIES = frozenset({"convention", "protocol", "charter", "agreement", "directive", "regulation"})
SPOKEN = frozenset({"speech", "statement", "letter", "meeting-record"})
_COMMIT_NOBODY = frozenset({Kind.FOOTNOTE, Kind.TABLE, Kind.RECITAL, Kind.FIGURE, Kind.CAPTION, Kind.FORM})
_MARK = re.compile(
    r"[*_\s]*(?:(?:OP|PP)?\d{1,3}(?:\.\d{1,3})?[.)]|\(?[a-z]{1,4}\)|\(?[ivxl]+\)|[•▪●–-])[*_\s]+", re.IGNORECASE
)
_DUTY = re.compile(
    r"(?P<who>(?:(?:[Ee]ach|[Ee]very|[Aa]ll|[Tt]he|[Aa]ny|[Aa]n?|[Nn]o|Those|Such|Le|Les|Chaque)\s+)?(?:(?:High|Contracting|[Rr]equested|[Rr]equesting|[Rr]ecipient|"
    r"Signatory|sending|receiving|other)\s+)*(?:States?\s+Part(?:y|ies)|Part(?:y|ies)(?:\s+to\s+(?:this|the\s+present|the)\s+\w+)?|Members?\s+States?|"
    r"Members?|States?|Participating\s+States|European\s+Commission|Commission|Committee(?:\s+of\s+\w+)?|GRETA|"
    r"Secretary[\s-]General|Director[\s-]General|Conference(?:\s+of\s+the\s+Parties)?))(?:\s+concerned)?"
    r"(?:,[^,.;]{3,160},)?\s+(?P<verb>shall|undertakes?\s+to|agree\s+to)\b[\s,]+(?!mean\b|not\s+be\s+bound|be\s+(?:deemed|considered|open|entitled)\b)"
)
# "a person chosen by that Party shall sit", "the language of the State shall be": another is the subject.
_UNDER = re.compile(
    r"\b(?:by|of|in|to|from|within|on|for|with|under|between|that|which|who|any|such|if|where|when)\s+$", re.IGNORECASE
)
_REPORTING = re.compile(
    r"(?P<who>(?:The\s+|Our\s+)?(?:Special\s+Rapporteur|Secretary[\s-]General|Committee|Working\s+Group|Independent\s+Expert|"
    r"Commission|Panel|Group\s+of\s+Experts|High\s+Commissioner|Office|Special\s+Representative\w*|Mission|Team|Experts?|Council|"
    r"Board|GRETA|UNODC|OHCHR|UNICEF|UNHCR|ILO|IOM|ODIHR|OSCE|author\w*)(?:\s+(?:of|on|for)\s+[^,.;]{3,80}?)?)\s+"
)
_SHOULD = re.compile(
    r"(?P<who>[A-Z][^.;:“”]{2,110}?)\s+should\s+(?:(?:also|further|urgently|therefore|immediately)\s+)?(?=[a-z])"
)
_ALL_OF_THEM = re.compile(
    r"(?:the\s+)?(?:participants|delegations|delegates|meeting|les participants|участники|die Teilnehmer)", re.I
)
_PLACE = re.compile(r"recommend|conclusion|way forward|next steps|recomendac|empfehlung|рекомендац", re.IGNORECASE)
_MEETING = re.compile(
    r"\b(?:meeting|conference|seminar|forum|workshop|session|consultation|proceedings)\b", re.IGNORECASE
)
# A verb of these says what somebody is to do; the others, in a report, only tell.
ASKING = 2
SHORTEST = 20
AGREED_BY_ALL: tuple[Authority, tuple[str, ...]] = (Authority.AGREED, ())
Span = tuple[int, int, str | None]


def commitments_of(document: Document, passages: Sequence[Passage]) -> tuple[Commitment, ...]:
    """All commitments of a document, in reading order."""
    if document.type == "digest":
        return ()  # its words are nobody's but its author's
    found: list[Commitment] = []
    for passage in passages:
        if passage.kind in _COMMIT_NOBODY:
            continue
        found += _in_passage(document, passage)
    return tuple(replace(one, themes=themes_named(f"{one.lead} {one.text}")) for one in found)


def _in_passage(document: Document, passage: Passage) -> Iterator[Commitment]:
    voice = passage.speaker or (document.speaker if document.type in SPOKEN else None)
    attached = (passage.label or "").startswith("Attachment")
    if is_review(document):
        if passage.kind is Kind.ITEM and re.search(_PLACE, " ".join(passage.heading_path) + passage.lead):
            found = (recommendation(passage, *span, document.countries[0]) for span in _units(passage))
            yield from (one for one in found if one is not None)
    elif document.type == "press-release":
        yield from _press(passage)
    elif document.type in SPOKEN or voice or attached:
        yield from _said(passage, voice)
    elif document.type in AGREED and document.standing != "informational":
        yield from _agreed(document, passage)
    elif document.type not in {"web-page", "agenda", "form"}:
        yield from _asked(document, passage)


def _units(passage: Passage) -> Iterator[Span]:
    """The parts of a passage that have labels of their own, from offset to offset."""
    starts = list(passage.pinpoints) or [(0, passage.label or "")]
    if starts[0][0] > 0:
        starts.insert(0, (0, passage.label or ""))
    stops = [offset for offset, _ in starts[1:]] + [len(passage.text)]
    for (start, label), stop in zip(starts, stops, strict=True):
        yield start, stop, label or None


def _made(
    passage: Passage,
    start: int,
    end: int,
    verb: tuple[str, int],
    authority: Authority,
    label: str | None,
    **more: object,
) -> Commitment:
    text = passage.text[start:end].rstrip(" \n,;")
    return Commitment(
        passage.ordinal, start, start + len(text), text, verb[0], verb[1], authority, label or passage.label, passage.page,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _by(act: Act) -> tuple[str, int]:
    return act.verb.id, act.verb.strength


# -- agreed text -------------------------------------------------------------------------------------------


def _agreed(document: Document, passage: Passage) -> Iterator[Commitment]:
    """The clauses of numbered paragraphs that begin with a verb, the items under such a line, and the duties of treaties."""
    lead = passage.lead
    for start, end, label in _units(passage):
        body = _begin(passage.text, start)
        text = passage.text[:end].rstrip()
        found = list(clauses(text, body, len(text)))
        if found:
            if text.endswith(":"):
                # What follows the colon carries the verb: the line alone says nothing.
                lead = text[found[-1][0].start :]
                found.pop()
            for act, stop in found:
                who = addressee(act, text, stop)
                yield _made(passage, act.start, stop, _by(act), Authority.AGREED, label, addressee=who)
        elif lead.rstrip("*_ ").endswith(":") and _is_item(passage, start):
            over = _governing(lead)
            if over is not None and end - body >= SHORTEST:
                who = addressee(over, lead, len(lead))
                yield _made(passage, body, end, _by(over), Authority.AGREED, label, addressee=who, lead=lead)
        elif document.type in TREATIES and passage.kind is Kind.ARTICLE:
            yield from _duties(passage, start, end, label)
        else:
            yield from _first_person(passage, body, end, label, AGREED_BY_ALL)


def _begin(text: str, start: int) -> int:
    """Where the words behind a number or letter begin."""
    for _ in range(2):
        mark = _MARK.match(text, start)
        start = mark.end() if mark else start
    return start


def _is_item(passage: Passage, start: int) -> bool:
    return _MARK.match(passage.text, start) is not None or passage.kind is Kind.ITEM


def _governing(lead: str) -> Act | None:
    """The verb of a governing line: the last clause that begins with one."""
    start = _begin(lead, 0)
    found = [act for act, _ in clauses(lead, start, len(lead))]
    if found:
        return found[-1]
    for place in re.finditer(r"[,;]\s+(?:and\s+)?", lead):
        act = leading(lead, place.end())
        found += [act] if act else []
    return found[-1] if found else None


def _duties(passage: Passage, start: int, end: int, label: str | None) -> Iterator[Commitment]:
    text = passage.text[start:end]
    for first, last in sentence_spans(text):
        duty = _DUTY.search(text, first, last)
        if duty and last - first >= SHORTEST and not _UNDER.search(text[first : duty.start()]):
            who = " ".join(duty["who"].split())
            begin = _begin(text, first)
            verb = ("shall", 5) if duty["verb"] == "shall" else ("undertakes", 4)
            yield _made(passage, start + begin, start + last, verb, Authority.AGREED, label, addressee=who)


# -- what others say ---------------------------------------------------------------------------------------


def _said(passage: Passage, voice: str | None) -> Iterator[Commitment]:
    """The appeals of a speaker, or of a State in a letter."""
    for start, end, label in _units(passage):
        yield from _first_person(passage, start, end, label, (Authority.STATEMENT, (voice,) if voice else ()))


def _first_person(
    passage: Passage, start: int, end: int, label: str | None, voice: tuple[Authority, tuple[str, ...]]
) -> Iterator[Commitment]:
    """The sentences in which those who speak do something by speaking ("we urge")."""
    authority, speakers = voice
    for first, last in sentence_spans(passage.text[start:end]):
        sentence = passage.text[start + first : start + last]
        act = spoken(sentence)
        if act is not None and act.verb.strength >= ASKING:
            who = addressee(act, sentence, len(sentence))
            yield _made(
                passage, start + first, start + last, _by(act), authority, label, addressee=who, speakers=speakers
            )


def _press(passage: Passage) -> Iterator[Commitment]:
    """Quoted persons, what participants are said to have agreed, and topics."""
    if passage.speaker:
        for start, end in _quotations(passage.text):
            quoted = passage.text[start:end]
            act = spoken(quoted)
            asks = act if act is not None and act.verb.strength >= ASKING else None
            verb = _by(asks) if asks else ("states", 1)
            who = addressee(asks, quoted, len(quoted)) if asks else None
            yield _made(
                passage, start, end, verb, Authority.STATEMENT, None, addressee=who, speakers=(passage.speaker,)
            )
        return
    for first, last in sentence_spans(passage.text):
        sentence = passage.text[first:last]
        topics = topics_of(sentence)
        told = reported(sentence)
        if topics:
            for start, end in topics:
                yield _made(passage, first + start, first + end, ("discusses", 1), Authority.TOPIC, None)
        elif told is not None and told[0].verb.id in {"decides", "undertakes"}:
            yield _made(passage, first, last, _by(told[0]), Authority.AGREED, None, speakers=(told[1],))
        elif told is not None:
            yield _made(passage, first, last, _by(told[0]), Authority.STATEMENT, None, speakers=(told[1],))


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(r"[“„«]([^“”„«»]{20,}?)[”“»]|\"([^\"]{20,}?)\"", text):
        group = 1 if found[1] else 2
        yield found.start(group), found.end(group)


def _asked(document: Document, passage: Passage) -> Iterator[Commitment]:
    """What a report recommends, and what the report of a meeting says that it agreed."""
    place = bool(_PLACE.search(" ".join(passage.heading_path)))
    meeting = bool(_MEETING.search(document.title)) or document.type in {"meeting-record", "journal"}
    lead = _reporting(passage.lead) if passage.lead.endswith(":") else None
    for start, end, label in _units(passage):
        body = _begin(passage.text, start)
        if lead is not None and _is_item(passage, start):
            act, who, line = lead
            if end - body >= SHORTEST:
                named = addressee(act, line, len(line))
                yield _made(passage, body, end, _by(act), Authority.RECOMMENDATION, label, addressee=named,
                            speakers=(who,) if who else (), lead=passage.lead)  # fmt: skip
            continue
        for first, last in sentence_spans(passage.text[body:end]):
            yield from _sentence(passage, body + first, body + last, label, place=place, meeting=meeting)


def _sentence(
    passage: Passage, start: int, end: int, label: str | None, *, place: bool, meeting: bool
) -> Iterator[Commitment]:
    sentence = passage.text[start:end]
    if sentence.endswith(":"):
        return
    asked = _reporting(sentence)
    if asked is not None:
        act, who, _ = asked
        named = addressee(act, sentence, len(sentence))
        yield _made(passage, start, end, _by(act), Authority.RECOMMENDATION, label, addressee=named,
                    speakers=(who,) if who else ())  # fmt: skip
        return
    told = reported(sentence) if meeting else None
    if told is not None:
        act, who = told
        agreed = act.verb.id in {"decides", "undertakes"} and bool(_ALL_OF_THEM.match(who))
        authority = Authority.AGREED if agreed else Authority.STATEMENT
        yield _made(passage, start, end, _by(act), authority, label, addressee=addressee(act, sentence, len(sentence)),
                    speakers=(who,))  # fmt: skip
        return
    should = _SHOULD.match(sentence) if place and leading(sentence) is None else None
    if should and not re.match(r"(?:It|This|That|There|These|They|Such|What|If|As)\b", should["who"]):
        who = " ".join(should["who"].rpartition(", ")[2].split())
        yield _made(passage, start, end, ("recommends", 3), Authority.RECOMMENDATION, label,
                    addressee=who if can_act(who) else None)  # fmt: skip


def _reporting(sentence: str) -> tuple[Act, str, str] | None:
    """ "The Special Rapporteur recommends that …", "I call upon …": the verb, who asks, and the text it stands in."""
    for found in _REPORTING.finditer(sentence):
        act = leading(sentence, found.end())
        if act is not None and act.verb.addressee and act.verb.strength >= ASKING:
            return act, " ".join(found["who"].split()), sentence
    act = spoken(sentence)
    return (act, "", sentence) if act is not None and act.verb.addressee and act.verb.strength >= ASKING else None
