"""What is understood of a question: periods, bodies, kinds of documents; how it is listed, and taken away again."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.records import Document, Passage, Span, StoredPassage
from search.choosing import with_antecedents
from search.gaps import has_initials
from search.outcomes import tells_of_absence
from search.periods import Period, find_periods
from search.query import understand
from search.records import Hit, SearchResult, Status
from search.reliability import calibrated, reliability
from search.rereading import check_label, check_page
from search.sentences import Sentence
from search.shelves import find_types
from ui import shapes
from ui.service import KnowledgeBase

TODAY = datetime.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before 2013", "..2012"),
        ("until 2013", "..2013"),
        ("since 2010", "2010.."),
        ("after 2010", "2011.."),
        ("from 2010 onwards", "2010.."),
        ("between 2003 and 2007", "2003..2007"),
        ("from 2003 to 2007", "2003..2007"),
        ("in 2003–2007", "2003..2007"),
        ("in the 1990s", "1990..1999"),
        ("in June 2023", "2023-06"),
        ("in the last three years", "2023-06.."),
        ("over the past 18 months", "2024-12.."),
        ("last year", "2025"),
        ("entre 2019 et 2023", "2019..2023"),
        ("depuis 2010", "2010.."),
        ("les trois dernières années", "2023-06.."),
        ("vor 2013", "..2012"),
        ("in den letzten fünf Jahren", "2021-06.."),
        ("за последние три года", "2023-06.."),
        ("до 2013", "..2012"),
        ("in 2023", "2023"),
    ],
)
def test_periods_are_read(text: str, expected: str) -> None:
    assert [period.value for period in find_periods(text, TODAY)] == [expected]


@pytest.mark.parametrize(
    "text", ["S/2025/389", "Directive 2011/36/EU", "Article 2013 bis", "no year at all", "12.2013"]
)
def test_numbers_that_are_no_years_are_none(text: str) -> None:
    assert [period.value for period in find_periods(text, TODAY) if period.value != "2013"] == []


def test_a_period_said_of_documents_limits_and_one_said_of_events_does_not() -> None:
    assert [period.limits for period in find_periods("Which decisions adopted since 2010 speak of demand?")] == [True]
    assert [period.limits for period in find_periods("What do reports say about victims before 2013?")] == [False]
    assert [period.limits for period in find_periods("decisions of 2013")] == [False], "a single year is no limit"


def test_dates_of_every_precision_lie_in_a_period_or_not() -> None:
    period = Period("2010-06", "2012", "")
    assert period.holds("2010-06-30")
    assert period.holds("2010"), "which may be of its second half"
    assert period.holds("2012-12-31")
    assert not period.holds("2010-05-31")
    assert not period.holds("2013-01-01")
    assert not period.holds(None)
    assert period.met_by("as in 2011") and not period.met_by("as in 2009 or 2013")


def test_the_ends_of_a_period_are_no_years_that_an_answer_must_name() -> None:
    assert understand("Which States joined between 2003 and 2007?").years == ()
    assert understand("What changed between 2003 and 2007?").years == ("2003", "2007"), "both are compared"
    assert understand("Which States joined in 2003?").years == ("2003",)


def test_kinds_of_documents_are_read() -> None:
    assert list(find_types("Which decisions and press releases speak of it?")) == ["press-release", "decision"]
    assert find_types("Who must report to the Secretary General?") == {}


def test_the_name_of_a_convention_names_no_body() -> None:
    assert understand("What does the Council of Europe anti-trafficking convention say?").bodies == {}
    assert list(understand("What did the OSCE decide?").bodies) == ["OSCE"]


# -- over a small corpus ---------------------------------------------------------------------------------------------

TEXTS = {
    "decision-2008": (
        "2008-12-05", "decision", "OSCE", "MC.DEC/99/08", "States shall train labour inspectors in indicators of forced labour.",
    ),
    "decision-2014": (
        "2014-12-05", "decision", "OSCE", "MC.DEC/7/14", "States shall train labour inspectors to look for forced labour at sea.",
    ),
    "report-2016": ("2016-03-01", "report", "UN", "A/70/123", "In Albania labour inspectors were trained to find forced labour."),
}  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, model_home: Path) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("texts")
    for name, (date, kind, body, symbol, text) in TEXTS.items():
        about = "countries: ALB\n" if "Albania" in text else ""
        head = f"---\n{about}title: Text {name}\ndate: {date}\ntype: {kind}\nbody: {body}\nsymbol: {symbol}\n---\n"
        (folder / f"{name}.md").write_text(f"{head}\n# Text {name}\n\n{text}\n", encoding="utf-8")
    made = KnowledgeBase(tmp_path_factory.mktemp("understanding"), create=True, models=model_home)
    made.ingest([folder])
    yield made
    made.close()


def things(result: SearchResult) -> dict[str, dict[str, Any]]:
    shape = shapes.search_result(result)["understood"]
    assert all(set(one) == {"field", "value", "effect", "text"} for one in shape)
    return {one["field"]: one for one in shape}


def dates(result: SearchResult) -> set[str | None]:
    return {hit.document.date for hit in result.hits}


def test_a_period_of_documents_filters_until_it_is_taken_away(base: KnowledgeBase) -> None:
    query = "Which decisions since 2010 speak of forced labour?"
    found = base.search(query)
    assert things(found)["period"] == {"field": "period", "value": "2010..", "effect": "filter", "text": "since 2010"}
    assert dates(found) == {"2014-12-05", "2016-03-01"}
    assert found.hits[0].document.type == "decision", "the kind asked for comes first"
    for key in ("period:2010..", "period", "PERIOD:2010.."):
        freed = base.search(query, ignore=[key])
        assert "period" not in things(freed)
        assert len(dates(freed)) == 3


def test_filters_in_the_query_are_listed_and_can_be_taken_away(base: KnowledgeBase) -> None:
    found = base.search("labour inspectors body:UN year:2016")
    assert [(one.key, one.effect) for one in found.understood] == [("body:UN", "filter"), ("period:2016", "filter")]
    assert dates(found) == {"2016-03-01"}
    assert len(dates(base.search("labour inspectors body:UN year:2016", ignore=["body:UN", "period:2016"]))) == 3
    assert len(dates(base.search("labour inspectors body:UN year:2016", ignore=["body"]))) == 1


def test_names_are_boosts_that_can_be_taken_away(base: KnowledgeBase) -> None:
    question = "What does MC.DEC/99/08 ask of labour inspectors?"
    answer = base.ask(question)
    assert [one.key for one in answer.understood] == ["symbol:MC.DEC/99/08"]
    assert {citation.document.symbol for citation in answer.citations} == {"MC.DEC/99/08"}
    freed = base.ask(question, ignore=["symbol:MC DEC 99/08"])
    assert freed.understood == ()
    assert "not hold" in base.ask("What does MC.DEC/98/99 ask of labour inspectors?").reason
    assert "not hold" not in base.ask("What does MC.DEC/98/99 ask of labour inspectors?", ignore=["symbol"]).reason


def test_a_country_that_is_taken_away_is_no_demand(base: KnowledgeBase) -> None:
    question = "Were labour inspectors trained in Albania?"
    assert base.ask(question).citations[0].document.symbol == "A/70/123"
    assert [one.key for one in base.ask(question, ignore=["body"]).understood] == ["country:ALB"]
    assert base.ask(question, ignore=["country:ALB"]).understood == ()


# -- what an answer must meet ----------------------------------------------------------------------------------------


def test_a_treaty_whose_name_is_written_out_must_be_held(base: KnowledgeBase) -> None:
    answer = base.ask(
        "What does the Convention on the Protection of Small Islands and Lagoons say of labour inspectors?"
    )
    assert answer.status is Status.NOT_FOUND
    assert "Small Islands and Lagoons" in answer.reason


def test_what_is_not_the_case_must_be_said_so(base: KnowledgeBase) -> None:
    assert base.ask("Who trained labour inspectors to find forced labour in Albania?").status is Status.ANSWERED
    refused = base.ask("Who did not train labour inspectors to find forced labour in Albania?")
    assert refused.status is Status.NOT_FOUND
    assert "deny nothing" in refused.reason


def test_an_acronym_is_met_where_its_words_are_written_out() -> None:
    assert has_initials("USSR", "the Union of Soviet Socialist Republics was dissolved")
    assert not has_initials("CAF", "the Canadian Forces are unified")


def test_a_sentence_that_points_back_is_quoted_with_the_one_before_it() -> None:
    text = "The shelter opened in 2010. It has nine beds. Its staff is paid by the city."
    stored = StoredPassage(1, "d:1", "d", Passage(text, (Span(1, 0, len(text)),)))
    hit = Hit(1, 1.0, stored, Document("d", "d.txt", "D"))
    one = Sentence(hit, 28, 45, 1, 1, 1, 1)
    assert one.text == "It has nine beds."
    assert [s.text for s in with_antecedents([one])] == ["The shelter opened in 2010. It has nine beds."]
    first = Sentence(hit, 0, 27, 1, 1, 1, 1)
    assert with_antecedents([first, one]) == [first, one], "what it points to is quoted already"


def test_citations_are_checked_against_the_file_itself(tmp_path: Path) -> None:
    file = tmp_path / "treaty.md"
    file.write_text(
        "# Treaty\n\n## Article 1\n\nEach Party shall act.\n\n## Article 2\n\nNo Party shall wait longer.\n"
    )
    source = {"document": {"path": str(file)}, "page": None}
    assert check_label({**source, "quote": "No Party shall wait longer.", "label": "Article 2(1)"}) is True
    assert check_label({**source, "quote": "No Party shall wait longer.", "label": "Article 1"}) is False
    assert check_label({**source, "quote": "Nothing of the kind is there.", "label": "Article 1"}) is None
    assert check_page({**source, "quote": "No Party shall wait longer."}) is None, "it has no pages"


def test_not_found_says_what_was_searched(base: KnowledgeBase) -> None:
    answer = base.ask("How many fishing vessels did Iceland inspect?")
    assert answer.status is Status.NOT_FOUND
    assert shapes.answer(answer)["searched"] == {
        "documents": 3,
        "period": {"first": "2008", "last": "2016"},
        "languages": ["en"],
        "unread_pages": 0,
    }
    assert answer.reason.endswith("Searched: 3 documents of 2008 to 2016, in English.")
    limited = base.ask("How many fishing vessels did Iceland inspect? body:UN")
    assert limited.searched is not None and limited.searched.documents == 1
    assert shapes.answer(base.ask("Were labour inspectors trained in Albania?"))["searched"] is None


def test_documents_asked_for_are_counted_by_what_is_known_of_them(base: KnowledgeBase) -> None:
    answer = base.ask("How many decisions are there?")
    assert answer.status is Status.ANSWERED
    assert answer.producer == "metadata"
    assert answer.reason.startswith("The knowledge base holds 2 decisions. These are all that are held")
    assert [citation.document.date for citation in answer.citations] == ["2014-12-05", "2008-12-05"]
    assert "1 decision (since 2010)" in base.ask("List the decisions since 2010").reason
    assert "1 report (Albania)" in base.ask("How many reports on Albania are there?").reason
    none = base.ask("How many resolutions of 2014 are there? type:decision")
    assert none.producer == "extractive", "no document here is a resolution"
    assert "holds no decisions (1999)" in base.ask("How many decisions of 1999 are there?").reason
    assert base.ask("How many reports on Iceland are there?").status is Status.NOT_FOUND
    other = base.ask("How many reports did labour inspectors write?")
    assert other.producer == "extractive", "these reports are no documents here"


def test_reliability_is_counted_by_bands_of_confidence() -> None:
    found = reliability([(0.9, True), (0.9, True), (0.9, False), (0.1, False), (1.0, True)])
    assert [(row["n"], row["right"]) for row in found["curve"]] == [(1, 0.0), (4, 0.75)]
    assert found["brier"] == pytest.approx((0.01 + 0.01 + 0.81 + 0.01 + 0.0) / 5)
    assert found["ece"] == pytest.approx((1 * 0.1 + 4 * 0.175) / 5, abs=1e-3)
    assert reliability([]) == {"n": 0, "brier": None, "ece": None, "curve": []}
    steps = [calibrated(step / 50) for step in range(51)]
    assert steps == sorted(steps) and steps[0] == 0.0 and steps[-1] <= 1.0


@pytest.mark.parametrize(
    ("quote", "kind", "expected"),
    [
        ("Whether a declaration was adopted is not known here.", "digest", True),
        ("The meeting adopted a declaration.", "digest", False),
        ("The number is not known.", "report", False),
    ],
)
def test_a_digest_that_says_that_nothing_is_known_is_no_answer(quote: str, kind: str, expected: bool) -> None:
    assert tells_of_absence(quote, kind) is expected
