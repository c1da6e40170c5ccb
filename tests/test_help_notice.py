"""Whoever asks for help in an actual case gets the notice with hotlines; researchers get answers."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.help_notice import help_notice
from search.helpcalls import call_for_help
from ui import shapes, terminal
from ui.results import answer_html
from ui.service import KnowledgeBase

CALLS = (Path(__file__).parent / "golden" / "calls-for-help.txt").read_text(encoding="utf-8").splitlines()
# Of those who ask for their work, as they ask.
WORK = [
    "What help can victims of trafficking get?",
    "Where can a victim whose passport was taken turn to under the NRM?",
    "What should a labour inspector do when a worker says “my boss took my passport, help me”?",
    "Help me find the passage on debt bondage",
    "I need help with drafting a paragraph on forced labour",
    "Do I have to give a residence permit to a victim?",
    "Can a victim be fined for working without papers?",
    "My country is in the OSCE but not the CoE: does CETS 197 bind me?",
    "My boss took my passport and won't give it back. Is that a crime under European treaty law?",
    "What did we say last year on workers whose passports were withheld?",
    "Which recommendations did States make to us on children who are forced to beg?",
    "Did the US recommend that trafficked US citizens be helped?",
    "Quelle aide les victimes de la traite peuvent-elles recevoir ?",
    "Aidez-moi à trouver l'article sur le délai de rétablissement",
    "Welche Hilfe bekommen Opfer von Menschenhandel?",
    "Helfen Sie mir bei der Suche nach Artikel 26",
    "Какую помощь получают жертвы торговли людьми?",
    "Помогите найти рекомендации о принудительном труде",
]


def test_calls_for_help_are_told() -> None:
    assert len(CALLS) >= 80
    missed = [one for one in CALLS if call_for_help(one) is None]
    assert len(missed) <= len(CALLS) // 10, missed


@pytest.mark.parametrize("question", WORK)
def test_questions_of_work_are_none(question: str) -> None:
    assert call_for_help(question) is None


def test_no_question_of_the_sets_is_one(shared: Path) -> None:
    asked = re.findall(
        r"(?:[SRN]\d\d )?([^.|:;()\"]*\?)", (shared / "reference" / "domain.md").read_text(encoding="utf-8")
    )
    gold = (shared / "goldset" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked += [json.loads(line)["question"] for line in gold]
    for name in ("obliqa", "upr-recommendations"):
        lines = (shared / "evalsets" / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        asked += [json.loads(line)["text"] for line in lines]
    packed = shared / "evalsets" / "upr-recommendations" / "recommendations.jsonl.gz"
    asked += gzip.decompress(packed.read_bytes()).decode().splitlines()
    assert len(asked) > 20_000
    assert not [one for one in asked if call_for_help(one)]


@pytest.mark.parametrize(
    ("language", "word"), [("en", "112"), ("fr", "appelez"), ("de", "Notruf"), ("ru", "звоните"), ("xx", "call")]
)
def test_the_notice_speaks_the_language_of_the_call(tmp_path: Path, language: str, word: str) -> None:
    assert word in help_notice(tmp_path, language)


@pytest.fixture
def base(tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[KnowledgeBase]:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.md").write_text("# Passports\n\nMy boss took my passport, said a witness.\n", encoding="utf-8")
    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: hashing)
    made = KnowledgeBase(tmp_path / "home", create=True)
    made.ingest([papers], workers=1)
    yield made
    made.close()


def test_a_call_gets_the_notice_in_every_face_and_no_answer(base: KnowledgeBase) -> None:
    reply = base.ask("my boss took my passport, what should I do")
    shape = shapes.answer(reply)
    assert shape["status"] == "not_found"
    assert "112" in shape["notice"]
    assert not shape["quotations"]
    assert not shape["alternatives"]
    assert terminal.answer(reply).startswith("This looks like a call for help")
    shown = answer_html(reply)
    assert "116 000" in shown
    assert "data-verdict" not in shown
    assert shapes.answer(base.ask("What did a witness say of a passport?"))["notice"] is None


def test_a_curator_writes_the_notice(base: KnowledgeBase) -> None:
    (base.home / "help-notice.txt").write_text("<b>Call</b> 0800 555 0199.\n", encoding="utf-8")
    reply = base.ask("Мой начальник забрал у меня паспорт, помогите")
    assert reply.notice == "<b>Call</b> 0800 555 0199."
    assert "<b>" not in answer_html(reply)


def test_no_language_model_is_told_of_a_call(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import modelled

    monkeypatch.setenv("RAPPORTEUR_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("RAPPORTEUR_LLM_MODEL", "none")
    assert modelled.configured()
    (only,) = modelled.steps(base, "I was trafficked, where can I get help?")
    assert only.answer is not None
    assert only.answer.generation is None
    assert only.answer.notice


def test_a_long_text_takes_no_time_to_judge() -> None:
    for text in (
        "i " * 5_000,
        "my " * 5_000 + "passport",
        "was kept my passport " * 500,
        "а" * 10_000,
        "\u0301" * 5_000,
    ):
        assert call_for_help(text) in (None, "en")
