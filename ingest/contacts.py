"""Personal data that is no matter of a document: lists of participants, blocks of contacts, signatures of mails.

What this finds is neither cut into passages nor embedded, so it is not found and not quoted. The page's stored text keeps
it. A number to call or an address inside a sentence of a report stays, and so does where victims can turn to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest import pages
from ingest.blocks import Block
from ingest.lines import Line

SAID = "left out as personal data: "
PARTICIPANTS, CONTACTS = "a list of participants", "contacts"
RUN, GAP, BEFORE, AFTER = 6, 2, 4, 4
SHORT, PROSE = 14, 26
_TITLES = (
    r"(?:(?:H\.?\s?E\.?|S\.?\s?E\.?)[,.]?\s*)?(?:Mr|Mrs|Ms|Miss|Messrs|Dr|Prof(?:essor)?|Amb(?:assador)?|Sheikha?|Sra?|Dra|"
    r"M\.|MM\.|Mme|Mlle|Mmes|Monsieur|Madame|Mademoiselle|Señor(?:a|ita)?|Herrn?|Frau|Г-н|Г-жа|г-н|г-жа|господин|госпожа)(?=[.\s])\.?\s*(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s*)*"
)
_PERSON = re.compile(rf"(?<![^\W\d_]){_TITLES}[^\W\d_a-zа-яß-ÿ][^\W\d_]*[’'.-]?|\bH\.?\s?E\.?\s+[A-Z][\w.]+ [A-Z]")
_BULLET = r"(?:[•▪●·*–—-]|\(?\d{1,3}[.)])?\s*"
# A line of a list has a whole name; "Mr. President," and "Madam Chair" are how a speech begins.
_TITLED = re.compile(
    rf"{_BULLET}{_TITLES}(?!President|Chair|Speaker|Secretary|Vice|Deputy|Minister|Commissioner|Présiden|Presiden|Präsiden)"
    r"[^\W\d_a-zа-яß-ÿ][^\W\d_.’'-]*(?:[.’' -]+(?:[a-z]{2,4} )?[^\W\d_a-zа-яß-ÿ][^\W\d_.’'-]*)+"
)
# "Mr. Smith (Austria): …" and "Mr. Smith said that …" are words in a record, not entries of a list.
_SPEAKS = re.compile(
    r"^[^,;:]{3,80}:|\b(?:said|stated|noted|thanked|asked|recalled|added|stressed|explained|replied|welcomed|expressed|was|were|"
    r"has|have|had|is|are|will|would|a déclaré|a dit|sagte|erklärte|заявил|сказал)\b"
)
# "SURNAME, Given name", "Given SURNAME, office": as lists print them without a title.
_NAMED = re.compile(
    rf"{_BULLET}(?:[^\W\d_a-zß-ÿа-я][^\W\d_.’'-]*[.’'-]?[ ]?(?:[a-z]{{2,4}} )?){{2,5}}(?:,|\s[–-])\s*[^\W\d_a-zß-ÿа-я]"
)
_CAPITALS = re.compile(
    rf"{_BULLET}(?:[^\W\d_]+[ -]){{0,3}}[^\W\d_a-zß-ÿа-я]{{3,}}(?:[ -][^\W\d_a-zß-ÿа-я]{{2,}})*\s*,\s+[^\W\d_]"
)
_LIST = re.compile(
    r"(?:(?:provisional |final |full )?(?:lists?|roster) of (?:the )?(?:participants|participating persons|attendees|delegates|"
    r"delegations|speakers and participants)|participants?[’']? list|attendance list|list of attendance|attendees|"
    r"composition of (?:the |each )?delegations?|members of (?:the |each )?delegations?|delegation (?:members|list)|"
    r"liste (?:provisoire |définitive )?des (?:participants|participantes|délégations|délégués)|liste de présence|"
    r"composition de la délégation|membres de la délégation|teilnehmer(?:innen)?(?:liste|verzeichnis)|"
    r"liste der (?:teilnehmer|teilnehmenden|delegierten)\w*|zusammensetzung der delegation|"
    r"список (?:участников|участниц|делегатов|делегаций)|состав делегации)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"(?:[\W\dIVX]*|annex(?:e|es)?\W+(?:\w{1,4}\W+)?)(?:participants|teilnehmer(?:innen)?|участники)\W*", re.IGNORECASE
)
# Who sits on a body, who judged a case, who signed a treaty: that is what readers look for.
_OFFICES = re.compile(
    r"\b(?:membership|members of the (?:committee|court|group|board|bureau)|composition of (?:the )?(?:committee|court|group|bureau|"
    r"greta|chamber)|officers|bureau|judges|signatories|plenipotentiaries|election)\b",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.IGNORECASE)
_DIGITS = r"\(?[+0-9][\d\s().\u2010-\u2015/-]{5,22}\d"
_LABEL = (
    r"(?:tele(?:phone|fon|fax)|tel|phone|mobile|mob|cell(?:ular)?|fax|téléphone|tél|télécopie|portable|telefon|handy|mobil|"
    r"тел(?:ефон)?|факс|моб(?:ильный)?)"
)
_PHONE = re.compile(
    rf"(?<!\w){_LABEL}(?:\s*(?:no|number|nr))?\s*[.:/)]*\s*{_DIGITS}|(?<![\w])[PTFM]\s*[:.]\s*\+?\s?{_DIGITS}|"
    r"(?<![\w+.,-])(?:\+|00)\s?[1-9]\d{0,2}[\s().\u2010-\u2015/-]{1,3}(?:\d[\s().\u2010-\u2015/-]{0,2}){5,12}\d(?!\w)",
    re.IGNORECASE,
)
_HEADED = re.compile(
    r"(?:for (?:further|more) information,?(?: please)?(?: contact)?|(?:press |media )?contacts?(?: persons?| details| information)?|"
    r"kontakt(?:e|person)?|ansprechpartner(?:in)?|pour (?:plus d['’]informations?|tout renseignement).{0,20}|контакты|"
    r"контактное лицо|personnes? à contacter)\s*:?",
    re.IGNORECASE,
)
_REGARDS = re.compile(
    r"(?:(?:with )?(?:kind|best|warm|many)(?: best)? regards|regards|best wishes|(?:yours )?sincerely(?: yours)?|yours (?:truly|faithfully)|"
    r"cordialement|bien à vous|(?:meilleures )?salutations.{0,20}|mit (?:freundlichen|besten|herzlichen) grüßen|"
    r"(?:viele|beste|freundliche) grüße|с уважением|--)\s*[,.!]?",
    re.IGNORECASE,
)
# Where somebody in need can turn to must stay to be found.
_HELP = re.compile(
    r"help\s?-?lines?|hot\s?-?lines?|emergency|24\s*hours|24/7|toll[- ]free|shelter|safeguarding|competent authorit|victim support|"
    r"numéro (?:d['’]urgence|vert)|ligne d['’]écoute|notruf|hilfetelefon|beratungsstelle|горячая линия|телефон доверия|приют",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"@(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|me|aol|gmx|web|t-online|orange|wanadoo|free|laposte|"
    r"mail|yandex|ya|bk|inbox|list|rambler|proton(?:mail)?|tutanota|zoho)\.\w{2,4}(?:\.\w{2})?\b",
    re.IGNORECASE,
)
_SOME = re.compile(r"@|[(\[]at[)\]]|\d(?:\D{0,4}\d){5}")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that was left out: its page, and what it belongs to, `PARTICIPANTS` or `CONTACTS`."""

    page: int
    what: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a block, in the order of the document."""

    block: Block
    at: int
    line: Line

    @property
    def text(self) -> str:
        return self.line.text.strip().strip("|").strip()


def without_personal(blocks: Sequence[Block]) -> tuple[list[Block], tuple[LeftOut, ...]]:
    """The blocks without such data, and what was left out, in reading order. A block of which nothing stays is gone."""
    entries = [_Entry(block, at, line) for block in blocks for at, (_, line) in enumerate(block.pieces)]
    found: dict[int, str] = {}
    for places, what in (
        (_headed_lists(entries), PARTICIPANTS),
        (_runs(entries), PARTICIPANTS),
        (_contacts(entries), CONTACTS),
    ):
        for place in places:
            found.setdefault(place, what)
    if not found:
        return list(blocks), ()
    dropped: dict[int, set[int]] = {}
    for place in found:
        dropped.setdefault(id(entries[place].block), set()).add(entries[place].at)
    kept = [rest for block in blocks if (rest := _without(block, dropped.get(id(block), set()))) is not None]
    return kept, tuple(LeftOut(entries[place].line.page, found[place]) for place in sorted(found))


def _without(block: Block, gone: set[int]) -> Block | None:
    """The block without some of its lines; None where all are gone."""
    if not gone:
        return block
    if len(gone) == len(block.pieces):
        return None
    rest = replace(block, text="", pieces=[], inner=None)
    end = 0
    for at, (offset, line) in enumerate(block.pieces):
        joint = block.text[end:offset]
        end = offset + len(line.text)
        if at in gone:
            continue
        rest.add(line, joint or " ")
        if block.inner is not None and offset <= block.inner[0] < end:
            rest.inner = (rest.pieces[-1][0] + block.inner[0] - offset, block.inner[1])
    return rest


# -- lists of participants -------------------------------------------------------------------------------------


def _headed_lists(entries: Sequence[_Entry]) -> Iterator[int]:
    """Lines under a heading that says that people are listed: where they are, in fact, and where they are few words."""
    numbered = enumerate(entries)
    for path, group in groupby(numbered, key=lambda pair: pair[1].block.heading_path):
        if not any(_LIST.search(title) or _ALONE.fullmatch(title) for title in path[-2:]):
            continue
        lines = list(group)
        people = sum(len(_PERSON.findall(one.text)) or _is_name(one.text) for _, one in lines)
        if people < 2:
            continue
        for _, same in groupby(lines, key=lambda pair: id(pair[1].block)):
            block = list(same)
            text = " ".join(one.text for _, one in block)
            if _PERSON.search(text) or _is_name(text) or len(text.split()) <= PROSE:
                yield from (at for at, _ in block)


def _is_name(text: str) -> bool:
    """Whether a line begins with a name that needs no title, as it may below such a heading."""
    return bool(_CAPITALS.match(text) or _NAMED.match(text))


def _is_person(entry: _Entry) -> bool:
    text = entry.text
    return bool(_TITLED.match(text)) and len(text.split()) <= 40 and not _SPEAKS.search(text)


def _runs(entries: Sequence[_Entry]) -> Iterator[int]:
    """Runs of at least `RUN` lines that name a person each, at most `GAP` others between two of them."""
    run: list[int] = []
    for at, entry in enumerate([*entries, None]):
        if entry is not None and _is_person(entry) and not any(map(_OFFICES.search, entry.block.heading_path)):
            if run and at - run[-1] > GAP + 1:
                yield from _whole(entries, run)
                run = []
            run.append(at)
        elif entry is None:
            yield from _whole(entries, run)


def _whole(entries: Sequence[_Entry], run: Sequence[int]) -> Iterable[int]:
    """A run with the short lines in it, which go on with an entry."""
    if len(run) < RUN:
        return ()
    return [at for at in range(run[0], run[-1] + 1) if at in run or len(entries[at].text.split()) <= SHORT]


# -- contacts --------------------------------------------------------------------------------------------------


def _contacts(entries: Sequence[_Entry]) -> Iterator[int]:
    """Lines that are contacts and nothing else, with the names and addresses around them; and short paragraphs that
    hold an address of a private person."""
    marked = [at for at, entry in enumerate(entries) if _is_contact(entry.text)]
    for at, entry in enumerate(entries):
        text = entry.text
        if "@" in text and _PRIVATE.search(text) and len(text.split()) <= 3 * SHORT and not _HELP.search(text):
            marked.append(at)
    marked = sorted(set(marked))
    for _, group in groupby(enumerate(marked), key=lambda pair: _cluster(marked, pair[0])):
        places = [at for _, at in group]
        first, last = places[0], places[-1]
        texts = [entries[at].text for at in places]
        begin = _reach(entries, first, -1, BEFORE)
        end = _reach(entries, last, 1, AFTER)
        around = " ".join(entries[at].text for at in range(begin, end + 1))
        path = " ".join(entries[first].block.heading_path[-1:])
        if _HELP.search(f"{path} {around}"):
            continue
        marks = sum(len(_EMAIL.findall(text)) + len(_PHONE.findall(text)) for text in texts)
        headed = any(
            _HEADED.match(entries[at].text) or _REGARDS.fullmatch(entries[at].text) for at in range(begin, first + 1)
        )
        personal = any(_PRIVATE.search(text) for text in texts) or bool(_PERSON.search(around)) or _named(texts)
        if marks >= 2 or headed or personal or _HEADED.fullmatch(path):
            yield from range(begin, end + 1)


def _cluster(marked: Sequence[int], at: int) -> int:
    """A number for the group of neighbouring contact lines that one belongs to."""
    while at and marked[at] - marked[at - 1] <= GAP + 2:
        at -= 1
    return at


def _is_contact(text: str) -> bool:
    """Whether a line holds contacts, and little beside them."""
    if not _SOME.search(text):
        return False
    if not (_EMAIL.search(text) or _PHONE.search(text)):
        return False
    rest = _PHONE.sub(" ", _EMAIL.sub(" ", text))
    words = _WORD.findall(rest)
    plain = sum(word.islower() for word in words)
    # A sentence has words in small letters between the others; names, streets and labels have hardly any.
    return len(words) <= SHORT and plain <= 3 and not _is_sentence(text)


def _is_sentence(text: str) -> bool:
    words = _WORD.findall(_EMAIL.sub(" ", text))
    return text.endswith((".", "!", "?")) and sum(word.islower() for word in words) >= 3


def _reach(entries: Sequence[_Entry], at: int, step: int, most: int) -> int:
    """How far the block of contacts goes: over short lines of the same heading that are no sentences, up to "Contact:"
    or "Kind regards,"."""
    path = entries[at].block.heading_path
    for _ in range(most):
        place = at + step
        if not 0 <= place < len(entries) or entries[place].block.heading_path != path:
            break
        text = entries[place].text
        if not _beside(text) and not (step < 0 and (_HEADED.match(text) and len(text.split()) <= SHORT)):
            break
        at = place
        if step < 0 and (_HEADED.match(text) or _REGARDS.fullmatch(text)):
            break
    return at


def _beside(text: str) -> bool:
    """Whether a line may be a name, an office, a street or a web address: few words, most of them with a capital."""
    words = _WORD.findall(text)
    if _REGARDS.fullmatch(text) or _EMAIL.search(text) or _PHONE.search(text):
        return len(words) <= SHORT
    small = sum(word.islower() for word in words)
    return 0 < len(words) <= 10 and small <= 2 and not text.endswith((".", ";", ":", "?"))


def _named(texts: Sequence[str]) -> bool:
    """Whether an address is that of a person ("jane.doe@…")."""
    return any(
        re.match(r"[a-z]{1,20}[._][a-z]{2,25}\s?@", address, re.IGNORECASE)
        for text in texts
        for address in _EMAIL.findall(text)
    )


def in_words(left: Sequence[LeftOut], *, paged: bool) -> str:
    """The sentence that a document carries; empty where nothing was left out."""
    if not left:
        return ""
    kinds = " and ".join(dict.fromkeys(one.what for one in left))
    where = f" on {pages.in_words(one.page for one in left)}" if paged else ""
    lines = "1 line" if len(left) == 1 else f"{len(left)} lines"
    return f"{SAID}{kinds}{where} ({lines}; ingest --keep-contacts keeps them)"


_SAID = re.compile(rf"{SAID}.*? on pages? (?P<pages>[\d, –]+) \(")


def pages_left_out(warnings: Iterable[str]) -> frozenset[int]:
    """The pages of which a document's warnings say that personal data on them was left out."""
    said = (_SAID.match(warning) for warning in warnings)
    return frozenset(page for one in said if one for page in pages.numbers(one["pages"]))
