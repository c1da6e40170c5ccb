"""A concept over instruments: the right provisions, none wrong, each word for word; a curator's own list."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

from corpus.concepts import crosswalk
from corpus.errors import UsageError
from corpus.lexicon import instrument
from ui.cli import main
from ui.service import KnowledgeBase
from ui.sidebyside import called, lay, report, shape, table

# The provisions of the treaties beside the repository, chosen by reading them.
RIGHT: dict[str, dict[str, set[str]]] = {
    "definition": {
        "A/RES/55/25 Annex II": {"Article 3(a)"},
        "CETS 197": {"Article 4(a)", "Article 4(e)"},
        "C029": {"Article 2(1)"},
        "C182": {"Article 3", "Article 3(a)", "Article 3(b)", "Article 3(c)", "Article 3(d)"},
        "C189": {"Article 1(a)"},
        "A/RES/54/263 Annex II": {"Article 2(a)", "Article 2(b)", "Article 2(c)"},
        "A/RES/34/180": {"Article 1"},
        "A/RES/55/25 Annex I": {"Article 2(a)"},
        "A/RES/55/25 Annex III": {"Article 3(a)"},
        "60 LNTS 253": {"Article 1(1)", "Article 1(2)"},
        "266 UNTS 3": {"Article 1(a)", "Article 1(b)", "Article 7(a)", "Article 7(b)", "Article 7(c)"},
        "150 LNTS 431": {"Article 1"},
        "CETS 210": {"Article 3(a)", "Article 3(b)", "Article 3(d)"},
    },
    "consent": {
        "A/RES/55/25 Annex II": {"Article 3(b)"},
        "CETS 197": {"Article 4(b)"},
        "150 LNTS 431": {"Article 1"},
        "CETS 210": {"Article 36(2)"},
    },
    "child": {
        "A/RES/55/25 Annex II": {"Article 3(c)", "Article 3(d)"},
        "CETS 197": {"Article 4(c)", "Article 4(d)", "Article 10(3)"},
        "C182": {"Article 2"},
        "A/RES/44/25": {"Article 1"},
        "A/RES/54/263 Annex II": {"Article 8(2)"},
        "266 UNTS 3": {"Article 1(d)"},
    },
    "non-punishment": {"CETS 197": {"Article 26"}, "A/RES/55/25 Annex III": {"Article 5"}},
    "recovery and reflection period": {"CETS 197": {"Article 13(1)", "Article 13(2)", "Article 13(3)"}},
    "residence": {
        "A/RES/55/25 Annex II": {"Article 7(1)", "Article 7(2)"},
        "CETS 197": {
            "Article 14(1)",
            "Article 14(1)(a)",
            "Article 14(1)(b)",
            *(f"Article 14({n})" for n in range(2, 6)),
        },
        "CETS 210": {
            *(f"Article 59({n})" for n in range(1, 5)),
            "Article 59(3)(a)",
            "Article 59(3)(b)",
        },
    },
    "compensation": {
        "A/RES/55/25 Annex II": {"Article 6(6)"},
        "CETS 197": {f"Article 15({n})" for n in range(1, 5)},
        "A/RES/54/263 Annex II": {"Article 8(1)(g)", "Article 9(4)"},
        "A/RES/55/25 Annex I": {"Article 14(2)", "Article 25(2)"},
        "CETS 210": {f"Article 30({n})" for n in range(1, 4)},
        "ETS 116": {
            "Article 2(1)",
            "Article 2(1)(a)",
            "Article 2(1)(b)",
            "Article 2(2)",
            "Article 3",
            "Article 3(a)",
            "Article 3(b)",
            "Article 4",
        },
    },
    "national rapporteur": {"CETS 197": {"Article 29(4)"}},
    "data protection": {
        "A/RES/55/25 Annex II": {"Article 6(1)"},
        "CETS 197": {"Article 11(1)", "Article 11(2)", "Article 11(3)", "Article 30(a)"},
        "A/RES/54/263 Annex II": {"Article 8(1)(e)"},
        "CETS 210": {"Article 56(1)(f)", "Article 65"},
    },
}
NUMBERS = (
    "1749 4138 6218 4945 1522 5977 2508 1752 2909 1668 1750 6262 6246 5431 5442 6074 2622".split()
)  # the ends of the files' names


@pytest.fixture(scope="module")
def treaties(shared: Path, tmp_path_factory: pytest.TempPathFactory, cheap_model: Callable[[], Any]) -> KnowledgeBase:
    folder = shared / "realdocs" / "treaties-md"
    files = [next(folder.glob(f"*_BWBV000{number}.md")) for number in NUMBERS]
    base = KnowledgeBase(tmp_path_factory.mktemp("treaties") / "home", create=True)
    base._embedder = cheap_model()
    base.ingest(files, workers=1)
    return base


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, cheap_model: Callable[[], Any]) -> KnowledgeBase:
    """A convention and a protocol, written for these tests, with a translation behind one of them."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "convention.md").write_text(
        "---\ntitle: Convention on Action against Trafficking in Human Beings\nsymbol: CETS 197\ntype: convention\n"
        "language: en\n---\n\n# Convention on Action against Trafficking in Human Beings\n\n"
        "## Article 26 – Non-punishment provision\n\nEach Party shall provide for the possibility of not punishing.\n\n"
        "## Article 27 – Reports\n\nThe report of a victim is not needed for a prosecution of offenders.\n",
        encoding="utf-8",
    )
    (folder / "lamps.md").write_text(
        "---\ntitle: Protocol on Harbour Lamps\nsymbol: CETS 902\ntype: protocol\nlanguage: en\n---\n\n"
        "# Protocol on Harbour Lamps\n\n## Article 1 – Keepers\n\n1. Victims of wrecks may remain in its territory.\n\n"
        "2. A keeper of lamps shall have:\n\na) oil;\n\nb) wicks.\n\n## Article 2 – Costs\n\nLamps are paid for.\n",
        encoding="utf-8",
    )
    base = KnowledgeBase(folder / "home", create=True)
    base._embedder = cheap_model()
    base.ingest([folder / "convention.md", folder / "lamps.md"], workers=1)
    return base


@pytest.mark.parametrize("concept", RIGHT)
def test_the_right_provisions_of_real_treaties_and_no_other(treaties: KnowledgeBase, concept: str) -> None:
    laid = lay(treaties, concept)
    assert len(laid.columns) == len(NUMBERS)
    found = {
        column.document.symbol: {one.label for one in column.provisions} for column in laid.columns if column.provisions
    }
    assert found == RIGHT[concept]


def test_every_provision_stands_on_its_page(treaties: KnowledgeBase) -> None:
    for concept in RIGHT:
        for column in lay(treaties, concept).columns:
            page = "".join(treaties.page_text(column.document.id, 1).split())
            assert all("".join(one.text.split()) in page for one in column.provisions)


def test_every_concept_of_the_list_can_be_called_by_all_its_names_and_knows_its_instruments() -> None:
    whole = crosswalk()
    assert len(whole.concepts) >= 9
    for concept in whole.concepts:
        assert concept.headings or concept.terms
        assert all(whole.find(name) is concept for name in (concept.id, concept.name, *concept.aliases)), concept.id
        named = {*(concept.pinned or {}), *(concept.left_out or {})}
        assert named <= set(whole.instruments)
    assert [one for one in whole.instruments if instrument(one) is None] == []


def test_what_is_held_and_silent_and_what_is_not_held_are_told_apart(small: KnowledgeBase) -> None:
    laid = lay(small, "Non-punishment")
    assert [(called(column.document), len(column.provisions)) for column in laid.columns] == [
        ("Convention on Action against Trafficking in Human Beings (CETS 197)", 1)
    ]
    assert "Palermo Protocol" in laid.not_held
    assert "Not held:" in report(laid)
    assert "No provision found in" in report(lay(small, "national rapporteur"))


def test_any_words_and_any_documents_may_be_asked_for(small: KnowledgeBase, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["side-by-side", "keepers", "of", "lamps", "--symbol", "CETS 902", "--json", "--home", str(small.home)]
    assert main(words) == 0
    made = json.loads(capsys.readouterr().out)
    (column,) = made["instruments"]
    # The line that governs a list takes its items along.
    assert [one["label"] for one in column["provisions"]] == ["Article 1(2)", "Article 1(2)(a)", "Article 1(2)(b)"]
    assert made["not_held"] == []


def test_a_curator_adds_pins_and_leaves_out(small: KnowledgeBase) -> None:
    file = small.home / "concepts.yaml"
    file.write_text(
        "- id: oil\n  name: Oil and wicks\n  terms: [[lamps, paid]]\n"
        "- id: non-punishment\n  name: Non-punishment\n  headings: [non-punishment]\n"
        "  pinned: {cets-197: [Article 27]}\n  left_out: {cets-197: [Article 26]}\n",
        encoding="utf-8",
    )
    try:
        found = [one for column in lay(small, "non-punishment").columns for one in column.provisions]
        assert [(one.label, one.pinned) for one in found] == [("Article 27", True)]
        # A concept of one's own is looked for in the instruments of the list: the lamps are none of them.
        assert lay(small, "Oil and wicks").concept.id == "oil"
        file.write_text("concepts: oil\n", encoding="utf-8")
        with pytest.raises(UsageError, match=r"concepts\.yaml"):
            lay(small, "oil")
    finally:
        file.unlink()


def test_the_table_has_a_row_for_each_provision(small: KnowledgeBase, tmp_path: Path) -> None:
    laid = lay(small, "non-punishment")
    (row,) = table(laid).rows
    assert row[1:4] == (
        "Article 26",
        "Article 26 – Non-punishment provision",
        "Each Party shall provide for the possibility of not punishing.",
    )
    assert shape(laid, 1)["instruments"][0]["provisions"][0]["label"] == "Article 26"
    output = tmp_path / "table.docx"
    assert main(["side-by-side", "non-punishment", "--output", str(output), "--quiet", "--home", str(small.home)]) == 0
    assert docx.Document(str(output)).tables[0].rows[1].cells[1].text == "Article 26"


def test_without_a_concept_the_list_is_shown(small: KnowledgeBase, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["side-by-side", "--home", str(small.home)]) == 0
    assert "recovery-and-reflection-period" in capsys.readouterr().out
    assert main(["side-by-side", "oil", "--symbol", "CETS 999", "--home", str(small.home)]) == 2
