"""Follow-up questions become questions that stand alone; those that stand alone are left as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.followup import stand_alone

VICTIMS = "How many victims were identified in Albania in 2021?"
CONSENT = "What does the Palermo Protocol say about consent?"
ARTICLE = "What does Article 13 of CETS 197 say?"
PERIOD = "How long is the recovery and reflection period?"


@pytest.mark.parametrize(
    ("previous", "question", "alone"),
    [
        (VICTIMS, "And in 2022?", "How many victims were identified in Albania in 2022?"),
        (VICTIMS, "what about Serbia", "How many victims were identified in Serbia in 2021?"),
        (VICTIMS, "And how many were children?", "How many were children in Albania in 2021?"),
        (VICTIMS, "Which services are offered there?", "Which services are offered in Albania?"),
        (PERIOD, "What about children?", "How long is the recovery and reflection period for children?"),
        (PERIOD, "And under Directive 2011/36/EU?", f"{PERIOD[:-1]} under Directive 2011/36/EU?"),
        (PERIOD, "And in Albania?", f"{PERIOD[:-1]} in Albania?"),
        (ARTICLE, "And Article 14?", "What does Article 14 of CETS 197 say?"),
        (ARTICLE, "And the Palermo Protocol?", "What does Article 13 of the Palermo Protocol say?"),
        (ARTICLE, "Who signed it?", "Who signed CETS 197?"),
        (CONSENT, "What about compensation?", "What does the Palermo Protocol say about compensation?"),
        (CONSENT, "When did it enter into force?", "When did the Palermo Protocol enter into force?"),
        (CONSENT, "Which States ratified that protocol?", "Which States ratified the Palermo Protocol?"),
        (CONSENT, "And what does CETS 197 say about it?", "What does CETS 197 say about consent?"),
        ("What is GRETA?", "Who elects its members?", "Who elects GRETA’s members?"),
        (
            "What did the OSCE recommend to Albania?",
            "What did they say on children?",
            "What did the OSCE say on children?",
        ),
        ("What are the rights of victims?", "and for witnesses?", "What are the rights of witnesses?"),
        ("Quelle est la durée du délai en Albanie ?", "Et en Serbie ?", "Quelle est la durée du délai en Serbie?"),
        ("Сколько жертв выявлено в Албании в 2021 году?", "А в 2022?", "Сколько жертв выявлено в Албании в 2022 году?"),
    ],
)
def test_what_is_left_out_comes_from_the_question_before(previous: str, question: str, alone: str) -> None:
    assert stand_alone(previous, question) == alone


@pytest.mark.parametrize(
    ("previous", "question"),
    [
        (CONSENT, "What is GRETA?"),
        (CONSENT, "Is it possible to punish victims?"),
        (CONSENT, "Are there national rapporteurs?"),
        (CONSENT, "Does a victim have to prove their age?"),
        (CONSENT, "What does CETS 197 say about its own monitoring?"),
        (CONSENT, CONSENT.upper()),
        (PERIOD, "When was it adopted?"),
        ("", "And in 2022?"),
        (CONSENT, ""),
        (CONSENT, "And?"),
    ],
)
def test_what_stands_alone_or_cannot_be_filled_is_left(previous: str, question: str) -> None:
    assert stand_alone(previous, question) is None


WORDS = st.lists(
    st.sampled_from(
        "and what about it they there Albania 2022 Article 14 CETS 197 the that protocol children ? , é А".split()
    ),
    max_size=9,
).map(" ".join)


@given(previous=WORDS, question=WORDS)
def test_no_word_comes_from_anywhere_else(previous: str, question: str) -> None:
    alone = stand_alone(previous, question)
    if alone is None:
        return
    given = f"{previous} {question}".casefold()
    joined = {"in", "for", "under", "with", "regard", "to"}
    for word in alone.casefold().rstrip("?").replace("’s", "").split():
        assert word.strip(" ,?") in given or word in joined
    # What was read into the question is not read into it again.
    assert alone.endswith("?")
