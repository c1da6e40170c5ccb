"""How documents stand to each other, and how alike texts are."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.likeness import likeness, near_copies, signature
from corpus.records import Claim, Document
from corpus.relations import RELATIONS, Relations
from ingest.parse import parse_file
from ingest.reader import ReadFailure, read_all


def document(number: str, symbol: str | None = None, **more: object) -> Document:
    fields: dict[str, object] = {
        "title": f"Document {number}",
        "path": f"/{number}",
        "symbol": symbol,
        "language": "en",
    }
    return Document(id=number, **(fields | more))  # type: ignore[arg-type]


def said(relations: Relations, number: str) -> list[tuple[str, str]]:
    return [(one.relation, one.document.id if one.document else one.name) for one in relations.of(number)]


def test_symbols_tell_revisions_corrigenda_addenda_and_annexes() -> None:
    relations = Relations(
        [
            document("base", "S/2025/71"),
            document("rev1", "S/2025/71/Rev.1"),
            document("rev2", "S/2025/71/Rev.2"),
            document("corr", "S/2025/71/Corr.1"),
            document("add", "S/2025/71/Add.1"),
            document("res", "A/RES/55/25"),
            document("annex", "A/RES/55/25 Annex II"),
            document("other", "S/2025/7"),
        ]
    )
    assert said(relations, "base") == [
        ("revised by", "rev1"), ("revised by", "rev2"), ("corrected by", "corr"), ("has addendum", "add"),
    ]  # fmt: skip
    assert said(relations, "rev2") == [("revises", "base"), ("revises", "rev1")]
    assert said(relations, "annex") == [("annexed to", "res")]
    assert said(relations, "other") == []
    assert {number: newer.id for number, newer in relations.outdated.items()} == {"base": "rev2", "rev1": "rev2"}


def test_what_a_document_says_of_others_is_followed_to_them_or_named() -> None:
    relations = Relations(
        [
            document("new", "(EU) 2024/1712", claims=(Claim("amends", "2011/36/EU", "its title"),)),
            document("old", "2011/36/EU", claims=(Claim("supersedes", "2002/629/JHA", "its title"),)),
            document("report", None, claims=(Claim("explains", "The Warsaw Convention", "its title"),)),
            document("treaty", "CETS 197", aliases=("The Warsaw Convention",)),
        ]
    )
    assert said(relations, "new") == [("amends", "old")]
    assert said(relations, "old") == [("amended by", "new"), ("supersedes", "2002/629/JHA")]
    assert said(relations, "treaty") == [("explained by", "report")]
    assert relations.outdated == {}


def test_the_same_symbol_in_another_language_is_a_translation() -> None:
    relations = Relations([document("ru", "S/2024/145", language="ru"), document("en", "S/2024/145")])
    assert said(relations, "ru") == [("translation of", "en")]
    assert said(relations, "en") == [("translated as", "ru")]


WORDS = [f"word{number}" for number in range(400)]


def prose(seed: int, length: int = 600) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def test_near_copies_are_grouped_and_the_better_one_is_shown() -> None:
    text = prose(1)
    altered = [*text[:300], "another", *text[301:]]
    marks = [signature([" ".join(words)]) for words in (text, altered, prose(2))]
    relations = Relations(
        [
            document("text", None, signature=marks[0]),
            document("pdf", None, signature=marks[1], paged=True),
            document("other", None, signature=marks[2], paged=True),
        ]
    )
    assert said(relations, "text") == [("copy of", "pdf")]
    assert said(relations, "pdf") == [("has copy", "text")]
    assert relations.preferred == {"text": "pdf"}
    assert said(relations, "other") == []


def test_the_adopted_text_stands_before_its_draft() -> None:
    mark = signature([" ".join(prose(3))])
    relations = Relations(
        [document("draft", "A/HRC/59/L.17", signature=mark), document("act", "A/HRC/RES/59/25", signature=mark)]
    )
    assert said(relations, "draft") == [("draft of", "act")]
    assert relations.preferred == {"draft": "act"}


def test_every_relation_has_words_for_both_ways() -> None:
    words = [*RELATIONS, *RELATIONS.values()]
    assert len(words) == len(set(words))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 9))
def test_likeness_estimates_the_share_of_runs_of_words_in_common(seed: int, tenths: int) -> None:
    base, other = prose(seed, 800), prose(seed + 5000, 800)
    cut = 80 * tenths
    one, two = base, [*base[:cut], *other[cut:]]
    runs = [{tuple(words[at : at + 4]) for at in range(len(words) - 3)} for words in (one, two)]
    exact = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
    marks = [signature([" ".join(words)]) for words in (one, two)]
    assert likeness(*marks) == pytest.approx(exact, abs=0.2)
    assert likeness(marks[0], marks[0]) == 1
    assert likeness(*marks) == likeness(*reversed(marks))


def test_a_few_words_are_like_nothing() -> None:
    assert signature(["Agenda"]) == b""
    assert likeness(b"", b"") == 0
    assert near_copies({"a": b"", "b": b""}) == {}


def test_real_documents_stand_to_each_other_as_they_should(shared: Path) -> None:
    folder = shared / "realdocs"
    names = [
        "un-reports-2025/pdf/S_2025_71.en.pdf", "un-reports-2025/pdf/S_2025_71_Rev.1.en.pdf",
        "un-reports-2025/pdf/S_2025_389.en.pdf", "upr-reports/pdf/oman2011.pdf",
        "upr-reports/txt-extracted-by-source-repo/oman2011.txt", "un-reports-2025/pdf/A_HRC_59_L.17.en.pdf",
        "un-reports-2025/pdf/A_HRC_RES_59_25.en.pdf",
    ]  # fmt: skip
    read = {path.name: outcome for path, outcome in read_all([folder / name for name in names], parse_file, workers=2)}
    held = []
    for name in names:
        outcome = read[Path(name).name]
        assert not isinstance(outcome, ReadFailure)
        held.append(replace(outcome.document, id=Path(name).name))
    relations = Relations(held)
    assert said(relations, "S_2025_71_Rev.1.en.pdf") == [("revises", "S_2025_71.en.pdf")]
    assert said(relations, "oman2011.txt") == [("copy of", "oman2011.pdf")]
    assert said(relations, "A_HRC_59_L.17.en.pdf") == [("draft of", "A_HRC_RES_59_25.en.pdf")]
    assert said(relations, "S_2025_389.en.pdf") == []
    assert relations.preferred == {
        "S_2025_71.en.pdf": "S_2025_71_Rev.1.en.pdf",
        "oman2011.txt": "oman2011.pdf",
        "A_HRC_59_L.17.en.pdf": "A_HRC_RES_59_25.en.pdf",
    }
