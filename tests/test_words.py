"""Symbols, sentences, languages, names and the query language."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.language import detect_language
from corpus.lexicon import find_countries, find_instruments, instrument
from corpus.records import Filters
from corpus.sentences import sentence_spans
from corpus.symbols import find_symbols, normalise_symbol
from search.analysis import terms
from search.boolean import parse
from search.query import Asks, understand
from search.spelling import distance


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CETS No. 197", "ETS 197"),
        ("CETS n° 197", "STCE 197"),
        ("MC DEC 14/06", "MC.DEC/14/06"),
        ("mc.dec/14/06", "MC.DEC/14/06"),
        ("A/HRC/27/3", "a/hrc/27/3"),
        ("S/RES/2331 (2016)", "S/RES/2331(2016)"),
    ],
)
def test_spellings_of_a_symbol_are_one(one: str, other: str) -> None:
    assert normalise_symbol(one) == normalise_symbol(other)


def test_symbols_are_found_as_printed_and_once() -> None:
    text = "See MC.DEC/14/06 and MC DEC 14/06, CETS No. 197; also A/HRC/27/3, S/2025/389 and Directive 2011/36/EU."
    assert find_symbols(text) == ["MC.DEC/14/06", "CETS No. 197", "A/HRC/27/3", "S/2025/389", "2011/36/EU"]


def test_sentences_know_abbreviations_numbers_and_quotations() -> None:
    text = "13. Mr. Smith cited Art. 4 of No. 197. “It is clear.” He left at 5 p.m. yesterday.\nNew line"
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "13. Mr. Smith cited Art. 4 of No. 197.",
        "“It is clear.”",
        "He left at 5 p.m. yesterday.",
        "New line",
    ]


@given(st.text(max_size=400))
def test_sentences_cover_every_character_that_is_not_blank(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Each Party shall provide in its internal law a recovery and reflection period of at least 30 days.", "en"),
        (
            "Iedere partij voorziet in haar nationale wetgeving in een herstel- en bedenktijd van ten minste 30 dagen.",
            "nl",
        ),
        (
            "Chaque Partie prévoit dans son droit interne un délai de rétablissement et de réflexion d'au moins 30 jours.",
            "fr",
        ),
        (
            "Jede Vertragspartei sieht in ihrem internen Recht eine Erholungs- und Bedenkzeit von mindestens 30 Tagen vor.",
            "de",
        ),
        ("Каждая Сторона предусматривает в своем внутреннем праве срок не менее 30 дней.", "ru"),
        ("12 34", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_names_of_instruments_and_countries_are_recognised() -> None:
    named = find_instruments("What does the Palermo Protocol add to CETS 197?")
    symbols = {entry.symbol for name in named if (entry := instrument(name))}
    assert len(named) == 2
    assert any(normalise_symbol(symbol or "") == "CETS197" for symbol in symbols)
    assert set(find_countries("Bosnia and Herzegovina and the Republic of Moldova")) == {"BIH", "MDA"}


def test_a_hyphen_does_not_part_words_that_are_one() -> None:
    assert terms("co-ordinators") == terms("coordinators")
    assert terms("anti-trafficking") == terms("antitrafficking")


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("How many members does GRETA have?", Asks.NUMBER),
        ("Who opened the meeting?", Asks.WHO),
        ("Compare the Palermo Protocol and CETS 197", Asks.COMPARISON),
        ("What does Article 26 of CETS 197 say?", Asks.PINPOINT),
        ("definition of victim", Asks.DEFINITION),
        ("Quelle est la durée minimale du délai de rétablissement et de réflexion ?", Asks.NUMBER),
    ],
)
def test_what_a_question_asks_for(question: str, asks: Asks) -> None:
    assert understand(question).asks is asks


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("Palermo Protocol article 3(b)", "Article 3(b)"),
        ("CETS 197 Art. 10(3) text", "Article 10(3)"),
        ("Article 14 paragraph 1 of the Convention", "Article 14(1)"),
        ("Charter Article 5 para 3", "Article 5(3)"),
        ("paragraph 45 of the report", "para. 45"),
    ],
)
def test_pinpoints_are_read_from_questions(question: str, label: str) -> None:
    assert [pinpoint.label() for pinpoint in understand(question).pinpoints] == [label]


def test_the_query_language() -> None:
    parsed = parse('trafficking AND (child OR minor) NOT "sexual exploitation" body:OSCE year:2003..2007', Filters())
    assert parsed.filters == Filters(body=("OSCE",), date_from="2003", date_to="2007")
    assert parsed.text == "trafficking child minor"
    assert parsed.match.excluded[0].all if parsed.match.excluded else parsed.match.groups
    plain = parse("children who beg", Filters())
    assert not plain.match
    assert parse('the "best interests" rule', Filters()).phrases == ("best interests",)
    with pytest.raises(UsageError, match="not a date"):
        parse("year:soon", Filters())
    with pytest.raises(UsageError, match="no words"):
        parse("AND OR", Filters())


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7))
def test_edit_distance_is_symmetric_and_zero_only_for_equals(one: str, other: str) -> None:
    assert distance(one, other, 9) == distance(other, one, 9)
    assert (distance(one, other, 9) == 0) == (one == other)
