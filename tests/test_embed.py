"""The embedder: the converted model against the original, batching, damage, threads, and the way without conversion."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from search import convert, model_files
from search.batches import batches
from search.calibration import SENTENCES
from search.embed import Embedder, OpenVinoEmbedder, open_embedder
from search.model_files import DEFAULT_MODEL, read_card

TEXTS = [
    "Each Party shall provide a recovery and reflection period of at least 30 days.",
    "Norway should adopt a national referral mechanism.",
    "",
    " ".join(SENTENCES[:3]),
    "trafficking " * 100,
]


@pytest.fixture(scope="session")
def home(model_home: Path) -> Path:
    return model_home


@pytest.fixture(scope="session")
def embedder(home: Path) -> Embedder:
    return open_embedder(home)


@pytest.fixture(scope="session")
def original() -> convert.SentenceTransformersEmbedder:
    return convert.SentenceTransformersEmbedder()


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of another kind: two layers, random weights, a prompt before questions, a window of 32 tokens."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("small-model")
    _, place = model_files.find_model(None)
    AutoTokenizer.from_pretrained(place).save_pretrained(folder / "bert")
    config = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    torch.manual_seed(7)
    BertModel(config).save_pretrained(folder / "bert")
    body = Transformer(str(folder / "bert"), max_seq_length=32)
    model = SentenceTransformer(modules=[body, Pooling(32, "cls")], prompts={"query": "question: "})
    model.save(str(folder / "small"))
    return folder / "small"


def test_it_is_as_near_to_the_original_as_promised(
    embedder: Embedder, original: convert.SentenceTransformersEmbedder
) -> None:
    cosines = (embedder.embed(TEXTS) * original.embed(TEXTS)).sum(axis=1)
    assert cosines[[0, 1, 3]].min() > 0.985
    # Texts that say nothing, or one word for ever, lie outside of what 8 bits were fitted to.
    assert cosines.min() > 0.85
    assert embedder.embed_query(TEXTS[0]) @ original.embed_query(TEXTS[0]) > 0.96
    assert embedder.count_tokens(TEXTS) == original.count_tokens(TEXTS)
    assert (embedder.dimensions, embedder.window) == (original.dimensions, original.window) == (384, 256)


def test_what_it_is_called_says_model_weights_and_precision(embedder: Embedder) -> None:
    name, weights, precision = embedder.fingerprint.rsplit("-", 2)
    assert (name, embedder.name) == (DEFAULT_MODEL, DEFAULT_MODEL)
    assert len(weights) == 12
    assert precision in {"int8", "fp32"}
    assert embedder.backend == f"openvino-{precision}"


def test_vectors_are_unit_float32_rows_in_the_order_given(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose((vectors**2).sum(axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert embedder.embed([text])[0] @ vector > 0.999
        assert embedder.embed_query(text) @ vector > 0.999


def test_nothing_gives_nothing(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)
    assert embedder.count_tokens([]) == []


def test_a_long_text_is_cut_at_the_window_but_counted_whole(embedder: Embedder) -> None:
    fits, longer = "word " * (embedder.window - 2), "word " * 1000
    assert embedder.count_tokens([fits, longer]) == [embedder.window, 1002]
    assert embedder.embed([fits])[0] @ embedder.embed([longer])[0] > 0.999


def test_near_texts_are_nearer_than_far_ones(embedder: Embedder) -> None:
    question = embedder.embed_query("How long is the reflection period for victims?")
    scores = embedder.embed(TEXTS[:2]) @ question
    assert scores[0] > scores[1] + 0.1


def test_many_threads_get_what_one_gets(embedder: Embedder) -> None:
    texts = [f"{sentence} {number}" for number, sentence in enumerate(SENTENCES)]
    alone = [embedder.embed_query(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(embedder.embed_query, texts))
        bulks = list(pool.map(embedder.embed, [texts] * 4))
    assert np.abs(np.array(together) - np.array(alone)).max() < 1e-5
    assert all(np.array_equal(bulks[0], bulk) for bulk in bulks)


def test_the_second_opening_converts_nothing(embedder: Embedder, home: Path) -> None:
    lines: list[str] = []
    again = open_embedder(home, log=lines.append)
    assert again.fingerprint == embedder.fingerprint
    assert open_embedder(home, f"sentence-transformers/{DEFAULT_MODEL}").fingerprint == embedder.fingerprint
    assert lines == []


def test_a_question_needs_no_torch(embedder: Embedder, home: Path, project_root: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from search.embed import open_embedder;"
        f"open_embedder(Path({str(home)!r})).embed_query('victims');"
        "print([m for m in ('torch', 'nncf', 'transformers', 'openvino_telemetry.main') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project_root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_torn_compiled_cache_does_not_matter(embedder: Embedder, home: Path) -> None:
    for blob in (home / "models" / DEFAULT_MODEL / "compiled").glob("*.blob"):
        # Replaced, as after a cut-off write: cutting it in place would pull it from under the open model's mapping.
        begin = blob.read_bytes()[:1000]
        blob.unlink()
        blob.write_bytes(begin)
    again = open_embedder(home)
    assert again.embed_query(TEXTS[0]) @ embedder.embed_query(TEXTS[0]) > 0.999


def test_a_damaged_model_is_converted_again(small_model: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    first = open_embedder(tmp_path, str(small_model), lines.append)
    (folder,) = [path for path in (tmp_path / "models").iterdir() if path.is_dir()]
    weights = bytearray((folder / "model.bin").read_bytes())
    weights[len(weights) // 2] ^= 1
    (folder / "model.bin").write_bytes(weights)
    assert read_card(folder, "") is None
    second = open_embedder(tmp_path, str(small_model), lines.append)
    assert np.allclose(first.embed_query("victims"), second.embed_query("victims"), atol=0.02)
    assert len([line for line in lines if "ready" in line]) == 2
    assert sorted(path.name for path in (tmp_path / "models").iterdir() if path.is_dir()) == [folder.name]


def test_another_model_keeps_its_window_prompts_and_pooling(small_model: Path, tmp_path: Path) -> None:
    # Random weights need not survive 8 bits; the exact form must be the original.
    source = convert.SentenceTransformersEmbedder(str(small_model))
    card = convert.convert(str(small_model), tmp_path / "small", "", lambda line: None, precision="fp32")
    exact = OpenVinoEmbedder(tmp_path / "small", card)
    assert (exact.window, exact.dimensions, exact.backend) == (32, 32, "openvino-fp32")
    assert np.allclose(exact.embed(TEXTS), source.embed(TEXTS), atol=1e-3)
    assert np.allclose(exact.embed_query("who is it"), source.embed_query("who is it"), atol=1e-3)
    # So small a model is moved little by its prompt, but by far more than its arithmetic errs.
    moved = np.abs(source.embed_query("who is it") - source.embed(["who is it"])[0]).max()
    assert np.abs(exact.embed_query("who is it") - exact.embed(["who is it"])[0]).max() > 0.9 * moved > 1e-5


def test_a_changed_model_folder_is_noticed(small_model: Path) -> None:
    before = model_files.folder_and_stamp(str(small_model))
    (small_model / "config.json").touch()
    after = model_files.folder_and_stamp(str(small_model))
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_what_does_not_convert_is_run_by_sentence_transformers(
    small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Any] = []

    def broken(*arguments: Any) -> None:
        tries.append(arguments)
        raise RuntimeError("no such operation\nand a long explanation")

    monkeypatch.setattr(convert, "_trace", broken)
    lines: list[str] = []
    first = open_embedder(tmp_path, str(small_model), lines.append)
    second = open_embedder(tmp_path, str(small_model), lines.append)
    assert first.backend == second.backend == "sentence-transformers"
    assert first.embed(TEXTS).shape == (5, 32)
    assert first.embed([]).shape == (0, 32)
    assert first.fingerprint == second.fingerprint
    assert len(tries) == 1
    assert [line for line in lines if line.startswith("Warning: ") and "no such operation" in line]
    assert not [path for path in (tmp_path / "models").iterdir() if path.is_dir()]


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    for model in (str(tmp_path / "nowhere"), "./nowhere", "nobody/has-this-model"):
        with pytest.raises(UsageError, match=r"nowhere|nobody/has-this-model"):
            open_embedder(tmp_path, model)


def test_a_bundled_model_with_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(UsageError, match="not the official one"):
        open_embedder(tmp_path)


@given(st.lists(st.integers(2, 256), max_size=60))
def test_batches_hold_every_text_once_within_their_budget(lengths: list[int]) -> None:
    made = batches(lengths, budget=512, step=16)
    assert sorted(position for members, _ in made for position in members) == list(range(len(lengths)))
    for members, width in made:
        assert width % 16 == 0
        assert all(width - 256 < lengths[m] <= width for m in members)
        assert len(members) * width <= 512 or len(members) == 1
    assert [width for _, width in made] == sorted((width for _, width in made), reverse=True)
