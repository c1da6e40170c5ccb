"""The vocabulary that curators edit: each file's schema, and that no entry stands in another's way."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.curating import FILES, check_vocabulary
from corpus.errors import UsageError
from corpus.lexicon import FOLDER, concepts, find_instruments, fold, instruments
from search.analysis import terms
from search.expansion import expand
from ui.cli import main

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


# -- looking through the files -----------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The vocabulary in a folder of its own, to be spoilt."""
    return Path(shutil.copytree(FOLDER, tmp_path / "vocabulary", ignore=shutil.ignore_patterns("__pycache__")))


def test_the_bundled_vocabulary_is_in_order() -> None:
    checked = check_vocabulary()
    assert not checked.faults
    assert set(FILES) <= set(checked.entries) == {file.name for file in FOLDER.glob("*.yaml")}
    assert all(checked.entries.values())


def line_of(file: Path, text: str) -> int:
    return next(number for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "words"),
    [
        ("aliases.yaml", "- id: cedaw\n", "- id: cat\n", None, "is the name of the entry in line"),
        ("aliases.yaml", "names: [CEDAW,", "names: [CAT, CEDAW,", "names: [CAT, CEDAW", "belongs to another entry"),
        ("aliases.yaml", "members: [", "members: [nobody, ", "members: [nobody", "no text with the id “nobody”"),
        ("aliases.yaml", "symbol: ETS 185", "sybmol: ETS 185", "sybmol", "is no field here"),
        ("bodies.yaml", "  en: [African Union]\n", "", "- id: African Union", "lacks en"),
        ("bodies.yaml", "en: [African Union]", "en: African Union", "en: African Union", "must hold a list of texts"),
        ("countries.yaml", "- iso3: AND", "- iso3: ALB", None, "is the name of the entry"),
        ("countries.yaml", "aliases: [Afghan,", "aliases: [Albania, Afghan,", None, "belongs to another entry"),
        ("do_not_expand.yaml", "- term: Alliance", "- term: no", "- term: no", "needs quotation marks"),
        ("glossary.yaml", "en: [agreed,", "en: [agreed, agreed,", "en: [agreed, agreed", "twice"),
        ("glossary.yaml", "en: [agreed,", "en: ['', agreed,", "en: [''", "empty or has blanks"),
        ("glossary.yaml", "fr: [convenu,", "fr: [],\n  it: [convenu,", None, "is empty|no YAML|no field"),
        ("concepts.yaml", "[child, means every", "[3, means every", "[3, means every", "must hold a text"),
        ("concepts.yaml", "ets116: [Article 2", "ets166: [Article 2", "ets166: [Article 2", "no text with the id"),
        (
            "concepts.yaml",
            "headings: [compensation]",
            "headings: compensation",
            "headings: compensation",
            "a list of texts",
        ),
        ("memberships.yaml", "as_of: 2025", "as_of: lately", "as_of: lately", "must hold a whole number"),
        ("memberships.yaml", "members: [ALB,", "members: [XXX, ALB,", "members: [XXX", "no State with the iso3 “XXX”"),
        ("spelling.yaml", "- [apologise, apologize]", "- [apologise]", "- [apologise]", "two or more"),
        (
            "spelling.yaml",
            "- [authorise, authorize]",
            "- [authorise, authorize, apologize]",
            "authorize, apologize",
            "already",
        ),
        ("themes.yaml", "- id: victim-identification", "- victim-identification", "- victim-identification", "no YAML"),
        ("verbs.yaml", "strength: 5, third: [decides", "strength: strong, third: [decides", "strong", "a whole number"),
        ("verbs.yaml", "addressee: true", "addressee: perhaps", "perhaps", "true or false"),
        ("words.yaml", "{en: [abroad]", "{en: [abolish, abroad]", "[abolish, abroad]", "English|en word"),
    ],
)
def test_each_fault_is_named_with_its_file_and_line(
    copy: Path, file: str, old: str, new: str, at: str | None, words: str
) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = check_vocabulary(copy).faults
    assert faults and {fault.file for fault in faults} <= {file, "memberships.yaml", "concepts.yaml"}
    assert any(word in fault.what for fault in faults for word in words.split("|")), faults
    if at is not None:
        line = line_of(path, at.strip())
        assert any(abs(fault.line - line) <= 1 for fault in faults), (line, faults)


def test_files_that_are_missing_or_strange_are_named(copy: Path) -> None:
    (copy / "themes.yaml").unlink()
    (copy / "colours.yaml").write_text("- red\n", encoding="utf-8")
    (copy / "bodies.yaml").write_text("body: OSCE\n", encoding="utf-8")
    (copy / "spelling.yaml").write_bytes("- [caf\xe9, cafe]\n".encode("latin-1"))
    faults = {fault.file: fault.what for fault in check_vocabulary(copy).faults}
    assert set(faults) == {"themes.yaml", "colours.yaml", "bodies.yaml", "spelling.yaml"}
    assert "cannot be opened" in faults["themes.yaml"] and "no file of the vocabulary" in faults["colours.yaml"]
    assert "must be a list" in faults["bodies.yaml"] and "UTF-8" in faults["spelling.yaml"]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        check_vocabulary(tmp_path / "none")


def test_the_command_says_it_in_lines_and_as_json(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vocabulary", "check"]) == 0
    assert "are in order" in capsys.readouterr().out
    file = copy / "countries.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("- iso3: AND", "- iso3: ALB", 1), encoding="utf-8")
    line = line_of(file, "name: Andorra") - 1
    assert main(["vocabulary", "check", str(copy)]) == 1
    assert f"countries.yaml, line {line}: “ALB”" in " ".join(capsys.readouterr().out.split())
    assert main(["vocabulary", "check", str(copy), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["faults"][0]["file"] == "countries.yaml" and said["faults"][0]["line"] == line
    assert main(["vocabulary", "check", str(copy / "none")]) == 2
