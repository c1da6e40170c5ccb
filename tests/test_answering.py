"""Answers over a small corpus that is read from files: premises, governing lines, demands, several questions in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.records import Answer, Status
from ui.service import KnowledgeBase

TREATY = """# Council of Europe Convention on Action against Trafficking in Human Beings

## Article 13 – Recovery and reflection period

1. Each Party shall provide in its internal law a recovery and reflection period of at least 30 days.
2. During this period the persons concerned are entitled to assistance.

## Article 16 – Return of victims

1. When a Party returns a victim, such return shall preferably be voluntary.

## Article 36 – Group of experts

1. The Group of experts on action against trafficking in human beings (hereinafter referred to as “GRETA”) shall
monitor the implementation of this Convention by the Parties.
2. GRETA shall be composed of a minimum of 10 members and a maximum of 15 members, with a gender balance.
"""

PROTOCOL = """# Protocol to Prevent, Suppress and Punish Trafficking in Persons

## Article 8 – Repatriation

1. Return shall be with due regard for the safety of that person and shall preferably be voluntary.

## Article 12 – Security and control of documents

Each State Party shall ensure that travel documents cannot easily be misused.

## Article 13 – Legitimacy and validity of documents

At the request of another State Party, a State Party shall verify the legitimacy and validity of travel documents.
"""

REVIEW = """Report of the Working Group on the Universal Periodic Review

Oman

A/HRC/17/7

II. Conclusions and recommendations

89. The recommendations formulated during the dialogue and listed below have been examined by Oman and enjoy the support of Oman:

89.52. Ratify the conventions to which it is not yet a party (Spain);

89.53. Take steps to set up a special section in courts to look into issues of human trafficking (Singapore);

90. The recommendations listed below did not enjoy the support of Oman:

90.1. Abolish the sponsorship system for migrant workers at once (Norway);
"""


@pytest.fixture(scope="module")
def base(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("papers")
    for name, text in (("treaty.md", TREATY), ("protocol.md", PROTOCOL), ("oman2011.txt", REVIEW)):
        (folder / name).write_text(text, encoding="utf-8")
    base = KnowledgeBase(tmp_path_factory.mktemp("home"), create=True, models=model_home)
    base.ingest([folder], workers=1)
    yield base
    base.close()


def labels(answer: Answer) -> list[tuple[str, str | None]]:
    return [(Path(citation.document.path).name, citation.label) for citation in answer.citations]


def said(answer: Answer) -> str:
    return " ".join(citation.quote for citation in answer.citations)


def test_an_article_that_does_not_say_it_is_named_and_the_one_that_does_is_quoted(base: KnowledgeBase) -> None:
    answer = base.ask("How many days of recovery and reflection does Article 13 of the Palermo Protocol guarantee?")
    assert answer.status is Status.PARTIAL
    assert "does not speak of" in answer.reason and "recovery" in answer.reason
    assert "travel documents" in said(answer)
    assert ("treaty.md", "Article 13(1)") in labels(answer)


def test_what_became_of_a_recommendation_is_quoted_with_it(base: KnowledgeBase) -> None:
    answer = base.ask("Did Oman support the idea of special sections in courts for trafficking, and who proposed it?")
    assert "Singapore" in said(answer) and "enjoy the support" in " ".join(said(answer).split())
    assert ("oman2011.txt", "89.53") in labels(answer)
    assert ("oman2011.txt", "para. 89") in labels(answer)


def test_a_refused_one_gets_its_own_paragraph(base: KnowledgeBase) -> None:
    answer = base.ask("Did Oman accept to abolish the sponsorship system for migrant workers?")
    assert "did not enjoy the support" in " ".join(said(answer).split())


def test_each_of_two_texts_gives_the_article_asked_of_it(base: KnowledgeBase) -> None:
    answer = base.ask("What do Palermo article 8 and CETS 197 article 16 say about whether return is voluntary?")
    found = {(name, (label or "").split("(")[0]) for name, label in labels(answer)}
    assert found == {("protocol.md", "Article 8"), ("treaty.md", "Article 16")}


def test_an_article_of_no_text_is_asked_back(base: KnowledgeBase) -> None:
    answer = base.ask("What does Article 13 say?")
    assert answer.status is Status.CLARIFY
    assert "of which text?" in answer.reason
    assert {Path(hit.document.path).name for hit in answer.alternatives} == {"treaty.md", "protocol.md"}
    assert not answer.citations


def test_what_is_counted_must_be_spoken_of(base: KnowledgeBase) -> None:
    assert base.ask("How many members does GRETA have?").status is Status.ANSWERED
    refused = base.ask("How many women are members of GRETA?")
    assert refused.status is Status.NOT_FOUND
    assert "women" in refused.reason


def test_a_state_that_no_passage_names_is_not_answered_for(base: KnowledgeBase) -> None:
    refused = base.ask("Did Iceland support the idea of special sections in courts for trafficking?")
    assert refused.status is Status.NOT_FOUND
    assert "Iceland" in refused.reason


def test_an_acronym_is_answered_where_it_is_written_out(base: KnowledgeBase) -> None:
    answer = base.ask("What does GRETA stand for?")
    assert "Group of experts" in answer.citations[0].quote


def test_a_document_named_alone_introduces_itself(base: KnowledgeBase) -> None:
    answer = base.ask("What is CETS 197?")
    assert answer.status is Status.ANSWERED
    assert answer.reason.startswith("Council of Europe Convention on Action against Trafficking")
    assert answer.citations[0].label == "Article 13(1)"


@pytest.mark.parametrize("question", ["Article 13 of the Palermo Protocol", "Did Oman support courts?"])
def test_every_quotation_stands_in_its_document(base: KnowledgeBase, question: str) -> None:
    answer: Any = base.ask(question)
    for citation in answer.citations:
        text = base.store.page_text(citation.document.id, citation.page or 1)
        assert "".join(citation.quote.split()) in "".join(text.split())


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What does Article 13 of the Vilnius Convention say?", "Vilnius Convention"),
        ("Que dit l'article 13 de la Convention de Tampere ?", "Convention de Tampere"),
        ("Was sagt Artikel 13 der Stockholmer Konvention?", "Stockholmer Konvention"),
        ("Что говорит статья 13 Вильнюсской конвенции?", "Вильнюсской конвенции"),
    ],
)
def test_the_article_of_another_text_is_no_answer(base: KnowledgeBase, question: str, named: str) -> None:
    answer = base.ask(question)
    assert answer.status is Status.NOT_FOUND
    assert f"does not hold “{named}”" in answer.reason


@pytest.mark.parametrize(
    "name", ["Варшавской конвенции", "Варшавскую конвенцию", "Warschauer Konvention", "Convention de Varsovie"]
)
def test_a_treaty_is_known_in_every_case_of_its_name(base: KnowledgeBase, name: str) -> None:
    answer = base.ask(f"{name}: article 13?")
    assert [label for label in labels(answer) if label[0] != "treaty.md"] == []
    assert answer.citations and (answer.citations[0].label or "").startswith("Article 13")
