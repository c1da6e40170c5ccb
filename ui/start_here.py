"""The first hour of somebody new to the field: first words, what binds a State, the series of meetings, questions that
answer from the bundled documents, and what to read in which order. Plain data and functions; the page draws them.

Documents are named by the stem of their file among the bundled ones ("cets-197"); `held` finds them in a corpus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from typing import Any

import yaml

import corpus
from corpus.lexicon import concepts, country_name, memberships
from corpus.records import Document

BINDS, POLITICAL, ASK, NOT = "binds", "political", "look it up", "does not bind"
LANGUAGES = ("fr", "de", "ru")


@dataclass(frozen=True, slots=True)
class Word:
    """A word to know: its short form, what it stands for, what it means, its forms in other languages by code, and
    the document that says more."""

    short: str
    full: str
    meaning: str
    document: str
    other: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One annual meeting of co-ordinators and rapporteurs; None where nothing certain is known."""

    year: int
    dates: str | None
    place: str | None
    theme: str | None
    document: str


@dataclass(frozen=True, slots=True)
class Binding:
    """What a text is for one State: `force` is BINDS, POLITICAL, NOT or ASK; `why` says how that is known."""

    title: str
    symbol: str
    force: str
    why: str
    document: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to read, and why now. `label` names a part of the document, None means the whole."""

    what: str
    document: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A question that the bundled documents answer, the document that is cited, and words that the answer holds."""

    question: str
    document: str
    words: str


FILE = Path(corpus.__path__[0]) / "first_hour.yaml"

# Beside the members of the Council of Europe, Parties to CETS 197 by its page of 2024.
_OTHER_PARTIES = frozenset({"BLR", "ISR"})
_NOT_IN_ILO = frozenset({"AND", "LIE", "MCO", "VAT"})
# Member States outside an act of the Union when it was adopted.
_OUTSIDE = {"2011/36/EU": {"DNK"}, "2004/81/EC": {"DNK", "IRL"}}


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


@cache
def first_words() -> tuple[Word, ...]:
    """The words to know first, with their forms in French, German and Russian where the glossary has them."""
    known = {concept.id: concept.terms for concept in concepts()}
    made = []
    for entry in _data()["words"]:
        terms = known[entry["concept"]]
        other = {code: terms[code][0] for code in LANGUAGES if terms.get(code)}
        made.append(Word(entry["short"], entry["full"], entry["meaning"], entry["document"], other))
    return tuple(made)


@cache
def meetings() -> tuple[Meeting, ...]:
    """The annual meetings of co-ordinators and rapporteurs, by year."""
    return tuple(
        Meeting(one["year"], one.get("dates"), one.get("place"), one.get("theme"), one["document"])
        for one in _data()["meetings"]
    )


@cache
def reading_path() -> tuple[Step, ...]:
    """What to read first, in this order."""
    return tuple(Step(one["what"], one["document"], one.get("label")) for one in _data()["reading"])


@cache
def examples() -> Mapping[str, tuple[Example, ...]]:
    """Questions that the bundled documents answer, by kind of user: "staff", "researcher", "new co-ordinator"."""
    return {kind: tuple(Example(**one) for one in given) for kind, given in _data()["examples"].items()}


def states() -> tuple[tuple[str, str], ...]:
    """The States to choose from, as (ISO code, name), by name: all that belong to one of the organisations known."""
    codes = frozenset().union(*memberships().values()) | _OTHER_PARTIES
    return tuple(sorted(((code, country_name(code)) for code in codes), key=lambda state: state[1]))


def what_binds(code: str) -> tuple[Binding, ...]:
    """What the State of this ISO code is bound by, as far as its memberships tell; the rest is to be looked up with
    the depositary, and says so."""
    member = {name: code in members for name, members in memberships().items()}
    party = member["CoE"] or code in _OTHER_PARTIES
    return (
        _cets(party),
        _palermo(member["OSCE"]),
        _echr(member["CoE"]),
        _children(code),
        _worst_forms(code),
        Binding(
            "Forced Labour Convention and its Protocol of 2014",
            "C029, P029",
            ASK,
            "Ratifications are listed by the ILO.",
            "ilo-c029",
        ),
        _union("2011/36/EU", "Anti-Trafficking Directive", "eu-directive-2011-36", code, member["EU"]),
        _union("2004/81/EC", "Residence Permit Directive", "eu-directive-2004-81", code, member["EU"]),
        _osce(member["OSCE"]),
    )


def _echr(member: bool) -> Binding:
    why = "Every member of the Council of Europe is a Party."
    if not member:
        why = "Only members of the Council of Europe can be Parties."
    return Binding("European Convention on Human Rights", "ETS 5", BINDS if member else NOT, why, "echr-article-4")


def _children(code: str) -> Binding:
    why = "All States but the United States are Parties."
    if code == "USA":
        why = "The United States signed it and did not ratify it."
    force = NOT if code == "USA" else BINDS
    return Binding("Convention on the Rights of the Child", "A/RES/44/25", force, why, "crc")


def _worst_forms(code: str) -> Binding:
    why = "All Members of the ILO have ratified it since 4 August 2020."
    if code in _NOT_IN_ILO:
        why = "It is not a Member of the ILO."
    force = NOT if code in _NOT_IN_ILO else BINDS
    return Binding("Worst Forms of Child Labour Convention", "C182", force, why, "ilo-c182")


def _osce(participating: bool) -> Binding:
    why = "Commitments of the participating States, adopted by consensus."
    if not participating:
        why = "It is not a participating State."
    force = POLITICAL if participating else NOT
    return Binding("OSCE Action Plan and Ministerial Council decisions", "PC.DEC/557", force, why, "osce-action-plan")


def _cets(party: bool) -> Binding:
    why = "It is one of the 48 Parties of 2024: all members of the Council of Europe, Belarus and Israel."
    if not party:
        why = "It is not among the 48 Parties of 2024; States outside the Council of Europe can be invited to join."
    title = "Convention on Action against Trafficking in Human Beings"
    return Binding(title, "CETS 197", BINDS if party else ASK, why, "cets-197")


def _palermo(participating: bool) -> Binding:
    why = "An OSCE review says that all participating States had ratified it by 17 December 2014."
    if not participating:
        why = "Ratifications are listed in the United Nations Treaty Collection."
    return Binding("Palermo Protocol", "A/RES/55/25 Annex II", BINDS if participating else ASK, why, "palermo-protocol")


def _union(act: str, title: str, document: str, code: str, member: bool) -> Binding:
    force, why = BINDS, "It is a Member State of the European Union."
    if not member:
        force, why = NOT, "It is not a Member State of the European Union."
    elif code in _OUTSIDE[act]:
        force, why = ASK, "It did not take part when the Directive was adopted; look up whether it has joined since."
    return Binding(title, act, force, why, document)


def held(document: str, documents: Iterable[Document]) -> Document | None:
    """The bundled document of that name in a corpus; None where it is not there."""
    return next((one for one in documents if PurePath(one.path).stem == document and one.type == "digest"), None)
