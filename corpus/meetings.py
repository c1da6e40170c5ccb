"""Meetings: one card for each, put together from what its documents say, corrected by a curator."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.records import Document, Event
from corpus.series import series, series_title

CORRECTED = ("title", "date_from", "date_to", "place", "organisers", "participants")
META = "meetings"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one document says of who came: "nearly 60 countries"."""

    claim: str
    document: Document | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a series. `participants` stand side by side as each source claims them; `speakers` are the people
    whose words its documents hold, with their office that day. Dates are ISO; the latest meeting sorts last."""

    id: str
    series: str
    title: str
    number: int | None
    date_from: str | None
    date_to: str | None
    place: str | None
    organisers: tuple[str, ...]
    participants: tuple[Claimed, ...]
    speakers: tuple[str, ...]
    documents: tuple[Document, ...]


def meetings(
    documents: Iterable[Document], corrections: Mapping[str, Mapping[str, str]] | None = None
) -> list[Meeting]:
    """All meetings that the documents tell of, by series and date. `corrections` are a curator's values by the id of
    the meeting, with the names of CORRECTED; organisers and participants are parted by semicolons."""
    grouped: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in documents:
        if document.event is not None:
            grouped[document.event.series, _which(document.event)].append(document)
    made = [_card(name, which, held) for (name, which), held in grouped.items()]
    made = [_corrected(one, (corrections or {}).get(one.id, {})) for one in made]
    order = {one.id: at for at, one in enumerate(series())}
    return sorted(
        made, key=lambda one: (order.get(one.series, len(order)), one.date_from or "", one.number or 0, one.id)
    )


def _which(event: Event) -> str:
    """What tells a meeting apart from the others of its series."""
    return str(event.number) if event.number is not None else (event.date_from or "")[:4]


def _card(name: str, which: str, documents: Sequence[Document]) -> Meeting:
    events = [(document, document.event) for document in documents if document.event is not None]
    # A first-hand document before a digest, the more exact date before the vaguer one.
    events.sort(key=lambda pair: (pair[0].type == "digest", -len(pair[1].date_from or ""), pair[0].title))
    number = next((event.number for _, event in events if event.number is not None), None)
    first = next((event.date_from for _, event in events if event.date_from), None)
    told_apart = [f"no. {number}"] if number is not None else []
    told_apart += [first[:4]] if first else []
    claims = {
        (claim, document.id): Claimed(claim, document) for document, event in events for claim in event.participants
    }
    return Meeting(
        f"{name}-{which}", name, ", ".join([series_title(name), *told_apart]), number, first,
        next((event.date_to for _, event in events if event.date_to), None),
        next((event.place for _, event in events if event.place), None),
        next((event.organisers for _, event in events if event.organisers), ()),
        tuple(claims.values()),
        tuple(dict.fromkeys(speaker for document, _ in events for speaker in document.speakers)),
        tuple(document for document, _ in events),
    )  # fmt: skip


def _corrected(meeting: Meeting, values: Mapping[str, str]) -> Meeting:
    plain = {name: values[name] for name in ("title", "date_from", "date_to", "place") if values.get(name)}
    made = replace(meeting, **plain)  # type: ignore[arg-type]
    if values.get("organisers"):
        made = replace(made, organisers=_parts(values["organisers"]))
    if values.get("participants"):
        claims = tuple(Claimed(claim, None) for claim in _parts(values["participants"]))
        made = replace(made, participants=claims)
    return made


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def read_corrections(kept: str | None) -> dict[str, dict[str, str]]:
    """What a curator said of meetings, as the store keeps it under META."""
    found: dict[str, dict[str, str]] = json.loads(kept or "{}")
    return found
