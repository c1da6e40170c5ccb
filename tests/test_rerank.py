"""The optional cross-encoder: a tiny one, taught in a few seconds to prefer one word, over a real index."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import UsageError
from corpus.records import Document, FileRecord, Page, Parsed, Passage, Span
from corpus.store import Store
from corpus.wording import indexed_text, text_hash
from search import rerank
from search.endpoint import RERANKER as VARIABLE
from search.engine import Engine
from search.records import Hit
from search.rerank import SHARE, TOP

WORD = "nurse"
OTHERS = "officer lawyer farmer driver teacher sailor miner baker judge clerk".split()
QUESTION = "Who helped the victims at the border?"


def sentence(helper: str, number: int = 0) -> str:
    return f"The {helper} helped {number + 2} victims at the border that day."


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of one layer in a folder; it gives more where the passage holds the word."""
    import torch
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("cross-encoder")
    words = sorted(
        set(" ".join([QUESTION, sentence(WORD), *OTHERS]).casefold().replace("?", "").replace(".", "").split())
    )
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    plain = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    plain.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=64,
    )  # fmt: skip
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=1, intermediate_size=16,
        max_position_embeddings=64, num_labels=1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    body = BertForSequenceClassification(config)
    optimiser = torch.optim.Adam(body.parameters(), 0.01)
    rng = random.Random(5)
    for _ in range(150):
        helpers = [WORD] * 8 + [rng.choice(OTHERS) for _ in range(16)]
        # With a title before and weather after, as the passages below have them, so that no place in the text tells.
        texts = [
            "Note para. "
            + "1 " * rng.randrange(9)
            + sentence(one, rng.randrange(40))
            + " It rained." * rng.randrange(9)
            for one in helpers
        ]
        batch = tokenizer([QUESTION] * len(texts), texts, padding=True, truncation=True, return_tensors="pt")
        wanted = torch.tensor([1.0] * 8 + [0.0] * 16)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(body(**batch).logits[:, 0], wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    body.save_pretrained(folder / "plain")
    tokenizer.save_pretrained(folder / "plain")
    CrossEncoder(str(folder / "plain"), device="cpu").save_pretrained(str(folder / "model"))
    return folder / "model"


def passages(count: int) -> list[str]:
    """Sentences that differ in who helped; the word stands in the fourth one."""
    helpers = [OTHERS[number % len(OTHERS)] for number in range(count)]
    helpers[3] = WORD
    return [sentence(helper, number) for number, helper in enumerate(helpers)]


def engine_over(home: Path, texts: list[str], hashing: Any) -> Engine:
    home.mkdir()
    store = Store(home, create=True)
    for number, text in enumerate(texts):
        # Longer the later: words alone put them in this order.
        body = text + " It rained." * number
        passage = Passage(body, (Span(1, 0, len(body)),), label=f"para. {number + 1}", language="en")
        document = Document(f"d{number}", f"d{number}.txt", f"Note {number}", language="en")
        record = FileRecord(document.path, str(home), f"{number:064}", "indexed", document_id=document.id)
        key = text_hash(indexed_text(document.title, (), passage.label, "", body))
        vector = hashing.embed([indexed_text(document.title, (), passage.label, "", body)])[0].astype("<f2").tobytes()
        store.put(Parsed(document, (Page(1, "1", body),), (passage,)), record, hashing.fingerprint, {key: vector})
    return Engine(store, hashing, home)


@pytest.fixture
def engine(tmp_path: Path, hashing: Any) -> Iterator[Engine]:
    made = engine_over(tmp_path / "home", passages(12), hashing)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    rerank._loaded.cache_clear()


def order(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.document.id for hit in hits]


def test_without_the_variable_nothing_changes_and_nothing_is_loaded(engine: Engine, project_root: Path) -> None:
    hits = engine.search(QUESTION, 12).hits
    assert all("reranker" not in hit.signals for hit in hits)
    assert WORD not in hits[0].stored.passage.text
    code = (
        "import sys; import search.engine; from search.rerank import reranked; assert reranked('a', []) == []\n"
        "print([m for m in ('torch', 'sentence_transformers', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project_root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_it_prefers_comes_up(engine: Engine, taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = engine.search(QUESTION, 12).hits
    monkeypatch.setenv(VARIABLE, str(taught))
    after = engine.search(QUESTION, 12).hits
    place = next(hit.rank for hit in before if WORD in hit.stored.passage.text)
    assert place > 1
    assert WORD in after[0].stored.passage.text
    assert after[0].signals["reranker"] == 1.0
    assert set(order(after)) == set(order(before))
    assert [hit.score for hit in after] == sorted((hit.score for hit in after), reverse=True)
    answer = engine.ask(QUESTION)
    assert WORD in answer.citations[0].quote


def test_the_score_is_the_formula(engine: Engine, taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sentence_transformers import CrossEncoder

    before = engine.search(QUESTION, 12).hits
    monkeypatch.setenv(VARIABLE, str(taught))
    after = engine.search(QUESTION, 12).hits
    pairs = [
        (QUESTION, indexed_text(h.document.title, (), h.stored.passage.label, "", h.stored.passage.text))
        for h in before
    ]
    raw = np.asarray(CrossEncoder(str(taught), device="cpu").predict(pairs), np.float64)
    spread = (raw - raw.min()) / (raw.max() - raw.min())
    wanted = {
        hit.document.id: hit.signals["score"] + SHARE * (opinion - hit.signals["fused"])
        for hit, opinion in zip(before, spread, strict=True)
    }
    assert {hit.document.id: hit.signals["score"] for hit in after} == pytest.approx(wanted, abs=2e-4)
    assert order(after) == sorted(wanted, key=lambda name: -wanted[name])


def test_only_the_first_are_read_and_the_rest_stays_below(
    tmp_path: Path, hashing: Any, taught: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_over(tmp_path / "home", passages(TOP + 8), hashing)
    before = engine.search(QUESTION, TOP + 8).hits
    monkeypatch.setenv(VARIABLE, str(taught))
    after = engine.search(QUESTION, TOP + 8).hits
    engine.close()
    assert len(before) == len(after) == TOP + 8
    assert ["reranker" in hit.signals for hit in after] == [True] * TOP + [False] * 8
    assert set(order(after[:TOP])) == set(order(before[:TOP]))
    assert order(after[TOP:]) == order(before[TOP:])
    assert [hit.score for hit in after] == sorted((hit.score for hit in after), reverse=True)


def test_a_cross_encoder_that_is_not_there_or_is_another_thing_is_named(
    engine: Engine, taught: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    for name in (str(tmp_path / "nowhere"), "nobody/has-this-model"):
        monkeypatch.setenv(VARIABLE, name)
        with pytest.raises(UsageError, match=r"RAPPORTEUR_RERANKER"):
            engine.search(QUESTION)
    config = BertConfig(vocab_size=60, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, num_labels=3)
    BertForSequenceClassification(config).save_pretrained(tmp_path / "three")
    AutoTokenizer.from_pretrained(taught).save_pretrained(tmp_path / "three")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "three"))
    with pytest.raises(UsageError, match="gives 3 scores"):
        engine.search(QUESTION)
