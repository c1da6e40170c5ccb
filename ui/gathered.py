"""Meetings and commitments as HTML: cards of meetings by series, and what texts decide, ask and recommend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlencode

from corpus.commitments import Kept
from corpus.lexicon import country_name
from corpus.meetings import Claimed, Meeting
from corpus.records import Authority
from corpus.series import series_title
from ui.addresses import Address
from ui.plot import years_plot
from ui.rendering import (
    document_head,
    document_link,
    esc,
    link,
    parts_nav,
    pinpoint_citation,
    place_words,
    plain_citation,
    sentence,
)
from ui.words import counted, day, name, number, t

PART = 60
STRENGTHS = {
    5: "decides, requests",
    4: "urges, undertakes",
    3: "recommends",
    2: "invites, stresses",
    1: "recalls, notes",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Commitments that an address asks for, all that fit its words alone, for the counts beside them, and `about`: the
    meeting that they are of, where only those of one were asked for."""

    shown: Sequence[Kept]
    fitting: Sequence[Kept]
    about: str = ""


# -- meetings ----------------------------------------------------------------------------------------------


def meetings_html(found: Sequence[Meeting], address: Address) -> str:
    """The series of meetings, and the cards of the one that is chosen (else of the first), the newest first."""
    if not found:
        return f'<article class="gathered">{sentence(t("No document tells of a meeting of a known series."))}</article>'
    held = Counter(one.series for one in found)
    chosen = address.series if address.series in held else next(iter(held))
    chips = "".join(
        f'<li><a data-go href="{esc(Address("meetings", series=key).compose())}"'
        f"{' aria-current=true' if key == chosen else ''}>{esc(name(series_title(key)))} <span>{count}</span></a></li>"
        for key, count in held.items()
    )
    cards = [one for one in found if one.series == chosen][::-1]
    years = Counter(int(one.date_from[:4]) for one in cards if one.date_from for _ in one.documents)
    return (
        f'<article class="gathered"><nav aria-label="{esc(t("Series of meetings"))}"><ul class="chips">{chips}</ul></nav>'
        f"{years_plot(years)}{''.join(map(_card, cards))}</article>"
    )


def _card(one: Meeting) -> str:
    days = " – ".join(day(date) for date in dict.fromkeys((one.date_from, one.date_to)) if date)
    rows = (
        (t("When and where"), esc(", ".join(part for part in (days, one.place or "") if part))),
        (t("Called by"), esc("; ".join(one.organisers))),
        (t("Who came"), "<br>".join(map(_claim, one.participants))),
        (t("Who spoke"), "<br>".join(esc(speaker) for speaker in one.speakers)),
        (t("Documents"), "<br>".join(link(document_link(held), held.title) for held in one.documents)),
    )
    listed = "".join(f"<dt>{esc(title)}</dt><dd>{value}</dd>" for title, value in rows if value)
    texts = [held.id for held in one.documents]
    quoted = Address("agreed", gathering=one.id).compose()
    more = link(esc(quoted), t("What its documents decide, ask and say"), "button") if texts else ""
    return f'<section class="meeting" id="meeting-{esc(one.id)}"><h2 dir="auto">{esc(one.title)}</h2><dl>{listed}</dl>{more}</section>'


def _claim(one: Claimed) -> str:
    told = t("as corrected") if one.document is None else link(document_link(one.document), one.document.title)
    return f"“{esc(one.claim)}” <small>{told if one.document else esc(told)}</small>"


# -- commitments -------------------------------------------------------------------------------------------


def agreed_html(gathered: Gathered, address: Address) -> str:
    """The commitments that an address asks for, by document, with counts that narrow them."""
    total = len(gathered.shown)
    if not gathered.fitting and not (address.inside or address.gathering or address.filters):
        words = t("No commitment was read yet. Digests hold none: add the documents themselves.")
        return f'<article class="gathered">{sentence(words)}</article>'
    head = f'<p class="count" role="status">{esc(counted(total, "commitments"))}{esc(gathered.about)}</p>'
    if not total:
        head += sentence(t("No commitment fits. Fewer words, or another choice, may help."))
    part = min(address.part, max(0, (total - 1) // PART))
    shown = gathered.shown[part * PART : (part + 1) * PART]
    groups = "".join(
        f'<section class="group">{document_head(document)}{"".join(map(_commitment, held))}</section>'
        for document, held in groupby(shown, key=lambda one: one.document)
    )
    parts = parts_nav(total, PART, address)
    return (
        f'<article class="gathered">{head}{_saving(address, total)}'
        f'<section class="holdings" aria-label="{esc(t("Whose word and how strong"))}">{_counts(gathered, address)}</section>'
        f"{parts}{groups}{parts}</article>"
    )


def _counts(gathered: Gathered, address: Address) -> str:
    by_authority = Counter(one.commitment.authority.value for one in gathered.fitting if _strong(one, address))
    by_strength = Counter(str(one.commitment.strength) for one in gathered.fitting if _by(one, address))
    authorities = [
        (one.value, name(one.value), by_authority[one.value]) for one in Authority if by_authority[one.value]
    ]
    strengths = [(str(n), t(words), by_strength[str(n)]) for n, words in STRENGTHS.items() if by_strength[str(n)]]
    return _choice(t("Whose word"), "authority", authorities, address) + _choice(
        t("How strong"), "strength", strengths, address
    )


def _choice(title: str, field: str, values: Sequence[tuple[str, str, int]], address: Address) -> str:
    """The values of one field with their counts, each a link that chooses it, or gives it up where it is chosen."""
    now: str = getattr(address, field)
    most = max((count for _, _, count in values), default=1)
    bars = "".join(
        f'<li><a data-go href="{esc(only(address, **{field: "" if value == now else value}).compose())}"'
        f'{" aria-current=true" if value == now else ""}><span class="name">{esc(words)}</span>'
        f'<span class="number">{number(count)}</span>'
        f'<span class="bar" style="width:{max(2, round(100 * count / most))}%"></span></a></li>'
        for value, words, count in values
    )
    return f'<div class="holding"><h2>{esc(title)}</h2><ul>{bars}</ul></div>'


def _strong(one: Kept, address: Address) -> bool:
    return not address.strength or str(one.commitment.strength) == address.strength


def _by(one: Kept, address: Address) -> bool:
    return not address.authority or one.commitment.authority.value == address.authority


def fits(one: Kept, address: Address) -> bool:
    """Whether a commitment is of the authority and strength that an address asks for."""
    return _strong(one, address) and _by(one, address)


def _commitment(one: Kept) -> str:
    own, document = one.commitment, one.document
    page = own.page if document.paged else None
    facts = [
        f'<b class="verb">{esc(own.verb)}</b>', esc(name(own.authority.value)),
        esc(", ".join(map(country_name, own.speakers))), esc(t("to {addressee}", addressee=own.addressee)) if own.addressee else "",
        esc(name(own.reception.value)) if own.reception else "",
    ]  # fmt: skip
    noted = " · ".join(filter(None, (one.followup.status, one.followup.responsible, one.followup.note)))
    place = place_words(own.label, page, None)
    opened = esc(Address("read", document=document.id, passage=one.passage_id, page=page, quote=own.text).compose())
    cite, pinpoint = (form(document, own.label, page, None) for form in (plain_citation, pinpoint_citation))
    lead = f'<p class="lead" dir="auto">{esc(own.lead)}</p>' if own.lead else ""
    followed = f'<p class="followed">{esc(t("Followed up: {noted}", noted=noted))}</p>' if noted else ""
    return (
        f'<div class="commitment"><p class="facts">{" · ".join(fact for fact in facts if fact)}</p>{lead}'
        f'<blockquote class="passage" dir="auto">{esc(own.text)}</blockquote>'
        f'<p class="source"><span class="place">{esc(place)}</span></p>{followed}<div class="actions">'
        f'<button type="button" data-copy="{esc(cite)}">{esc(t("Copy citation"))}</button>'
        f'<button type="button" data-copy="{esc(pinpoint)}" title="{esc(pinpoint)}">{esc(t("Copy pinpoint"))}</button>'
        f"{link(opened, t('Open the document'), 'button')}</div></div>"
    )


def _saving(address: Address, total: int) -> str:
    """The ways to save all of the list, not only the part shown."""
    if not total:
        return ""
    asked = address.compose().lstrip("?")
    ways = " ".join(
        f'<a class="button" download href="matrix?{esc(asked)}&amp;{esc(urlencode({"form": form}))}">{esc(shown)}</a>'
        for form, shown in (("xlsx", "Excel"), ("docx", "Word"), ("csv", "CSV"))
    )
    return f'<p class="saving">{esc(t("Save all as"))} {ways}</p>'


def only(address: Address, **more: str) -> Address:
    """The address with some of its choices changed, from its first part."""
    return replace(address, part=0, **more)  # type: ignore[arg-type]
