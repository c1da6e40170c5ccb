"""What a question names, and what is left of it when the names are taken away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.inflection import in_cases
from search.analysis import terms
from search.figures import counts
from search.forms import fits
from search.naming import Pinpoint, find_nicknames, find_pinpoints, matter, parts
from search.query import Asks, understand
from search.rank import is_reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Article 13(1)(a) of the Convention", Pinpoint("13", "1", "a")),
        ("art. 14 paragraph 1", Pinpoint("14", "1")),
        ("Article 3 letter (b): what is it", Pinpoint("3", None, "b")),
        ("article 20, letter c", Pinpoint("20", None, "c")),
        ("Artikel 26", Pinpoint("26")),
        ("статья 4", Pinpoint("4")),
        ("see para. 45", Pinpoint(None, "45")),
        ("paragraph 84.41", Pinpoint(None, "84.41")),
        ("para. 95(12)", Pinpoint(None, "95(12)")),
        ("recital 12 of the Directive", Pinpoint(None, "12", kind="recital")),
        ("§ 7", Pinpoint(None, "7")),
    ],
)
def test_articles_and_paragraphs_are_read(text: str, expected: Pinpoint) -> None:
    assert find_pinpoints(text) == [expected]


def test_of_two_texts_each_article_belongs_to_the_nearest() -> None:
    found = find_pinpoints("What do Palermo article 8 and CETS 197 article 16 say about return?")
    assert [(one.article, one.instrument) for one in found] == [("8", "palermo-protocol"), ("16", "cets-197")]


def test_an_article_of_two_texts_belongs_to_both() -> None:
    found = find_pinpoints("Compare Article 3 of the Palermo Protocol and of CETS 197")
    assert [(one.article, one.instrument) for one in found] == [("3", None)]


def test_a_short_name_counts_only_beside_an_article() -> None:
    assert understand("Palermo article 8").instruments == ("palermo-protocol",)
    assert understand("Who spoke at the meeting in Palermo?").instruments == ()


def test_the_matter_is_what_is_not_a_name() -> None:
    assert matter("What does CETS 197 say about children in Albania in 2013?") == "what does say about children in in"
    assert understand("What is CETS 197?").matter_words is False
    assert understand("What does CETS 197 say about children?").matter_words is True


def test_a_sentence_with_two_questions_is_two() -> None:
    asked = parts("Which share of victims did Andorra mention, and what did it promise to ratify?")
    assert asked == ["Which share of victims did Andorra mention", "what did it promise to ratify"]
    assert len(parts("How many women and girls were identified?")) == 1


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    question = understand(text)
    assert question.text == text
    assert isinstance(matter(text), str)
    assert all(part in text for part in parts(text))


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("What does Article 13 say?", True),
        ("Article 26 of the Convention", True),
        ("Article 26 of CETS 197", False),
        ("Article 13 on recovery and reflection", False),
    ],
)
def test_an_article_of_no_text_is_seen(text: str, which: bool) -> None:
    assert understand(text).which_text is which


@pytest.mark.parametrize(
    ("asks", "text", "expected"),
    [
        (Asks.NUMBER, "Some 412 calls were received.", 1.0),
        (Asks.NUMBER, "Eighty-four per cent of them were women.", 1.0),
        (Asks.NUMBER, "It was adopted on 6 June 2023 under Article 13.", 0.0),
        (Asks.NUMBER, "The report is chapter 2 of the series.", 0.0),
        (Asks.DEFINITION, "“Victim” shall mean any natural person.", 1.0),
        (Asks.DEFINITION, "The Mechanism (NRM) is the framework for referral.", 1.0),
        (Asks.DEFINITION, "States met in Vienna (again).", 0.0),
        (Asks.TEXT, "Anything at all.", 0.5),
    ],
)
def test_the_forms_of_answers(asks: Asks, text: str, expected: float) -> None:
    assert fits(asks, text) == expected


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("More than 130 participants from nearly 60 countries came.", "participants", True),
        ("GRETA shall have a minimum of 10 members and a maximum of 15 members.", "members", True),
        ("Members: 15.", "members", True),
        ("They are elected for 4 years from amongst nationals of the States Parties.", "states", False),
        ("In 2023 participants met on 6 June.", "participants", False),
    ],
)
def test_a_number_counts_what_stands_beside_it(text: str, wanted: str, expected: bool) -> None:
    assert counts(text, terms(wanted)) is expected


def test_lists_of_sources_are_known_from_text_with_a_source() -> None:
    assert is_reference("12 Ibid. 13 UNODC, Report, 2020. Available at: https://example.org. Accessed June 10, 2021.")
    text = "The Convention has been ratified by many States and is open to all of them, as the depositary says " * 3
    assert not is_reference(text + "(see https://example.org).")


def test_russian_names_have_cases() -> None:
    assert "Варшавской конвенции" in in_cases("Варшавская конвенция")
    assert "Палермскому протоколу" in in_cases("Палермский протокол")
    assert in_cases("Конвенция о правах ребёнка")[1] == "Конвенцию о правах ребёнка"
    assert in_cases("Warsaw Convention") == ()


def test_treaties_called_by_a_place() -> None:
    assert find_nicknames("Article 10 of the Vilnius Convention") == [("Vilnius Convention", "vilnius")]
    assert find_nicknames("This Convention, the European Convention and its Optional Protocol") == []
