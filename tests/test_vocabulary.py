"""The vocabulary that curators edit: each file's schema, and that no entry stands in another's way."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.lexicon import FOLDER, concepts, find_instruments, fold, instruments
from search.analysis import terms
from search.expansion import expand

LANGUAGES = ("en", "fr", "de", "ru")


def load(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_file_is_a_list(file: Path) -> None:
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert isinstance(entries, list) and entries


def test_every_word_has_terms_in_all_languages_and_none_twice() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for entry in load("words.yaml"):
        assert set(entry) == set(LANGUAGES), entry
        for language in LANGUAGES:
            assert entry[language] and all(isinstance(term, str) and terms(term, language) for term in entry[language])
            seen.update((language, term) for term in entry[language])
    assert not [pair for pair, count in seen.items() if count > 1]


def test_words_are_sorted_by_their_english() -> None:
    first = [entry["en"][0].casefold() for entry in load("words.yaml")]
    assert first == sorted(first)


def test_glossary_and_instruments_have_unique_ids_and_english_terms() -> None:
    assert max(Counter(concept.id for concept in concepts()).values()) == 1
    assert all(concept.terms.get("en") for concept in concepts())
    assert max(Counter(entry.id for entry in instruments()).values()) == 1


def test_no_name_belongs_to_two_instruments() -> None:
    owners: dict[str, set[str]] = {}
    for entry in instruments():
        for name in entry.names:
            owners.setdefault(fold(name), set()).add(entry.id)
    assert not {name: ids for name, ids in owners.items() if len(ids) > 1}


def test_a_family_names_texts_that_are_there() -> None:
    known = {entry.id for entry in instruments()}
    families = [entry for entry in instruments() if entry.members]
    assert families
    for family in families:
        assert set(family.members) <= known
        assert set(find_instruments(f"What do {family.names[0]} say?")) == set(family.members)


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("Wie viele Arbeitsinspektoren hatte das Land?", "de", "labour inspector"),
        ("délai de rétablissement et de réflexion", "fr", "recovery and reflection period"),
        ("Какие рекомендации дали судьи?", "ru", "recommendation"),
        ("Was sagt der Bericht zum Opferschutz?", "de", "victim"),
    ],
)
def test_inflected_and_compound_words_are_carried_over(text: str, language: str, english: str) -> None:
    assert any(english in wording for wording, _ in expand(text, language).terms)
