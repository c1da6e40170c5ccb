"""What a document says of itself beyond title and date: where each value came from, when and where it was adopted and
published, what it can be held to, who may read it, what it does to others, what it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.lexicon import themes
from corpus.records import Certainty, Document, Page
from corpus.store import Store
from ingest.claims import claims_of
from ingest.metadata import override
from ingest.parse import parse_file
from ingest.relative import resolve
from ingest.themes import themes_of

MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]

DECISION = [
    "MC.DEC/99/31", "5 December 2031", "Original: ENGLISH",
    "Organization for Security and Co-operation in Europe", "Ministerial Council", "Brussels 2031",
    "Second day of the Fortieth Meeting of the Ministerial Council",
    "DECISION No. 99/31", "ON THE SHELTERS OF VICTIMS OF TRAFFICKING IN HUMAN BEINGS",
    "The Ministerial Council,",
    "Recalling the commitments of participating States to assist victims of trafficking,",
    "1. Calls on participating States to open shelters for victims of trafficking;",
    "2. Tasks the Permanent Council to report on shelters within a year.",
]  # fmt: skip


def read(tmp_path: Path, name: str, text: str) -> Document:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return parse_file(file).document


def basis(document: Document, field: str) -> tuple[str, Certainty]:
    found = {one.field: one for one in document.basis}[field]
    return found.source, found.certainty


def test_every_value_has_a_source(tmp_path: Path, make_pdf: MakePdf) -> None:
    document = parse_file(make_pdf(tmp_path / "paper.pdf", [DECISION])).document
    assert (document.symbol, document.body, document.type) == ("MC.DEC/99/31", "OSCE", "decision")
    assert (document.date, document.standing, document.access) == ("2031-12-05", "political", "public")
    filled = {name for name in ("title", "symbol", "body", "type", "date", "language", "standing")
              if getattr(document, name)}  # fmt: skip
    assert filled <= {one.field for one in document.basis}
    assert basis(document, "symbol")[1] in {Certainty.CERTAIN, Certainty.LIKELY}


def test_what_only_the_name_of_the_file_tells_is_a_guess(tmp_path: Path) -> None:
    document = read(
        tmp_path, "a_2019.txt", "Report on shelters\n\nShelters were full. Nobody had counted them before.\n"
    )
    assert document.date == "2019"
    assert basis(document, "date") == ("a year in the file's name", Certainty.GUESS)


def test_a_curator_is_certain_but_only_of_what_was_changed(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", "# Report on shelters\n\nThe shelters of the country were full.\n")
    edited = override(document, {"title": document.title, "date": "2020-02"})
    assert basis(edited, "date") == ("the curator", Certainty.CERTAIN)
    assert basis(edited, "title") == basis(document, "title")


TREATY = """# Convention on Shelters

Preamble

The Parties, being resolved, have agreed as follows:

## Article 1

Each Party shall open shelters.

## Article 2

Each Party shall keep them open.

## Article 3

Nothing in this Convention closes a shelter.

DONE at {place}, this 16th day of May 2031, in English and in French.
"""


@pytest.mark.parametrize("place", ["Warsaw", "The Hague", "San Francisco", "Frankfurt am Main"])
def test_a_treaty_tells_where_and_when_it_was_adopted(tmp_path: Path, place: str) -> None:
    document = read(tmp_path, "t.md", TREATY.format(place=place))
    assert (document.adopted, document.place, document.standing) == (
        "2031-05-16",
        place.split(" am ", maxsplit=1)[0],
        "binding",
    )


def test_adoption_and_distribution_are_two_dates(tmp_path: Path, make_pdf: MakePdf) -> None:
    lines = [
        "United Nations A/RES/99/7", "General Assembly", "Distr.: General", "8 December 2031", "Ninety-ninth session",
        "Resolution adopted by the General Assembly on 1 December 2031", "99/7. Shelters for victims of trafficking",
        "The General Assembly,", "Recalling its earlier resolutions on shelters for victims,",
        "1. Decides to open shelters in every region of the world;",
    ]  # fmt: skip
    document = parse_file(make_pdf(tmp_path / "r.pdf", [lines])).document
    assert (document.adopted, document.published) == ("2031-12-01", "2031-12-08")
    assert document.meeting == "Ninety-ninth session"


@pytest.mark.parametrize(
    ("mark", "label"),
    [
        ("RESTRICTED", "restricted"), ("LIMITE", "restricted"), ("For official use only", "restricted"),
        ("OSCE RESTRICTED", "restricted"), ("ENGLISH only", "public"), ("Distr.: Limited", "public"),
        ("Movement of victims is often restricted", "public"), ("Confidential; declassified on 1 May 2030", "public"),
    ],
)  # fmt: skip
def test_a_printed_mark_limits_who_may_read(tmp_path: Path, mark: str, label: str) -> None:
    text = f"{mark}\n\nReport on shelters\n\nThe shelters were full, and nobody had counted them before.\n"
    document = read(tmp_path, "marked.txt", text)
    assert document.access == label
    if label == "restricted":
        assert mark in basis(document, "access")[0]


@pytest.mark.parametrize(
    ("title", "claims"),
    [
        ("Directive (EU) 2031/17 of the Parliament amending Directive 2011/36/EU on trafficking",
         [("amends", "2011/36/EU")]),
        ("Directive 2011/36/EU on preventing trafficking, and replacing Council Framework Decision 2002/629/JHA",
         [("supersedes", "2002/629/JHA")]),
        ("Protocol of 2014 to the Forced Labour Convention, 1930", [("supplements", "C029")]),
        ("Explanatory Report to the Council of Europe Convention on Action against Trafficking in Human Beings",
         [("explains", "CETS 197")]),
        ("Report on the repeal of laws", []),
    ],
)  # fmt: skip
def test_titles_say_what_a_text_does_to_another(title: str, claims: list[tuple[str, str]]) -> None:
    assert [(claim.relation, claim.target) for claim in claims_of(title, None, "")] == claims


def test_a_text_that_says_what_it_replaces_is_believed() -> None:
    head = "This document supersedes SEC.GAL/195/13 of 4 December 2013. The present report is about GRETA(2012)13."
    assert [(c.relation, c.target) for c in claims_of("Note", "SEC.GAL/7/14", head)] == [
        ("supersedes", "SEC.GAL/195/13")
    ]


def test_today_is_the_day_of_publication() -> None:
    pages = (
        Page(1, "1", "The meeting opened today. It ends tomorrow. Last year’s was smaller; today’s world is harder."),
    )
    found = [(one.printed, one.date) for one in resolve(pages, "2031-12-31")]
    assert found == [("today", "2031-12-31"), ("tomorrow", "2032-01-01"), ("Last year", "2030")]
    assert [(one.printed, one.date) for one in resolve(pages, "2031-12")] == [("Last year", "2030")]
    assert resolve(pages, None) == ()


def test_a_press_release_resolves_its_days_once_its_date_is_known(tmp_path: Path) -> None:
    text = (
        "---\ntype: press-release\n{date}---\n# Co-ordinators meet\n\n"
        "National co-ordinators met today to discuss shelters for victims of trafficking.\n"
    )
    assert read(tmp_path, "a.md", text.format(date="")).resolved == ()
    dated = read(tmp_path, "b.md", text.format(date="date: 2031-06-06\n"))
    assert [(one.printed, one.date, one.page) for one in dated.resolved] == [("today", "2031-06-06", 1)]


def test_themes_follow_from_several_words_used_often() -> None:
    text = (
        "Victims need a recovery and reflection period. The reflection period ends in a residence permit; return and "
        "repatriation follow expulsion orders, and voluntary return is offered with a new residence permit."
    )
    assert themes_of("A paper", [text])[0] == "recovery-reflection-residence"
    assert themes_of("A paper", ["The court met. A judge spoke of the weather, and of the stay of the guests."]) == ()
    assert "child-trafficking" in themes_of("Child trafficking in the region", [""])
    assert {name for name in themes_of("A paper", [text])} <= {theme.id for theme in themes()}


def test_the_description_is_stored_and_comes_back(tmp_path: Path, make_pdf: MakePdf) -> None:
    parsed = parse_file(make_pdf(tmp_path / "paper.pdf", [DECISION]))
    document = replace(override(parsed.document, {"speakers": "A B, Minister; C D", "themes": "x"}), id="d1")
    assert document.basis and document.signature
    store = Store(tmp_path, create=True)
    store.put(replace(parsed, document=document), None, "model", {})
    assert [replace(one, added="") for one in store.documents()] == [document]
    assert store.pages("d1") == list(parsed.pages)
    assert {page.language for page in store.pages("d1")} == {"en"}
    store.close()
