"""Another embedding model than the bundled one, from a folder to an answer: a small one of the E5 kind, made here."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.wording import indexed_text
from ingest.extract.settings import WINDOW as WINDOW_SETTING
from ingest.rounds import Work
from search import convert, model_files
from search.embed import OpenVinoEmbedder
from ui.cli import main
from ui.service import KnowledgeBase

PROMPTS = {"query": "query: ", "passage": "passage: "}
WINDOW = 160
QUESTION = "How long is the recovery and reflection period?"
TEXTS = ["Each Party shall provide a recovery and reflection period.", "Norway", "", "trafficking " * 300]


def build(folder: Path, *, prompts: dict[str, str], pooling: str = "mean", seed: int = 3) -> Path:
    """A model with another body (XLM-RoBERTa), other dimensions, a projection, and prompts of its own."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
    from transformers import AutoTokenizer, XLMRobertaConfig, XLMRobertaModel

    _, place = model_files.find_model(None)
    tokenizer = AutoTokenizer.from_pretrained(place)
    tokenizer.save_pretrained(folder / "body")
    torch.manual_seed(seed)
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer), hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=64,
        max_position_embeddings=200, pad_token_id=tokenizer.pad_token_id, type_vocab_size=1, initializer_range=0.3,
    )  # fmt: skip
    XLMRobertaModel(config).save_pretrained(folder / "body")
    body = Transformer(str(folder / "body"), max_seq_length=WINDOW)
    modules = [body, Pooling(48, pooling), Dense(48, 24), Normalize()]
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module")
def e5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = build(tmp_path_factory.mktemp("e5"), prompts=PROMPTS)
    saved = json.loads((made / "config_sentence_transformers.json").read_text(encoding="utf-8"))["prompts"]
    assert {name: saved[name] for name in PROMPTS} == PROMPTS
    return made


def exact(model: Path, folder: Path) -> OpenVinoEmbedder:
    card = convert.convert(str(model), folder, "", lambda line: None, precision="fp32")
    return OpenVinoEmbedder(folder, card)


def test_questions_and_passages_get_their_own_prompts(e5: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    source = SentenceTransformer(str(e5), device="cpu")
    made = exact(e5, tmp_path / "made")
    plain = convert.SentenceTransformersEmbedder(str(e5))
    assert (made.dimensions, plain.dimensions, made.backend) == (24, 24, "openvino-fp32")
    wanted = source.encode(["passage: " + text for text in TEXTS])
    asked = source.encode("query: " + QUESTION)
    for embedder in (made, plain):
        assert np.allclose(embedder.embed(TEXTS), wanted, atol=1e-3)
        assert np.allclose(embedder.embed_query(QUESTION), asked, atol=1e-3)
        assert np.abs(embedder.embed_query(QUESTION) - embedder.embed([QUESTION])[0]).max() > 0.01
    # The prompt takes its room of the window, so that nothing of a passage that fits is cut off.
    room = len(source.tokenizer("passage: ", add_special_tokens=False)["input_ids"])
    assert made.window == plain.window == WINDOW - room < WINDOW
    fits, longer = "word " * (made.window - 2), "word " * made.window + "another"
    assert made.count_tokens([fits]) == [made.window]
    assert np.abs(made.embed([fits])[0] - made.embed([fits + "more"])[0]).max() < 1e-6
    assert np.abs(made.embed([fits])[0] - made.embed(["word " * (made.window - 3)])[0]).max() > 1e-6
    assert np.allclose(made.embed([longer]), plain.embed([longer]), atol=1e-3)


def test_other_prompts_or_another_way_to_one_vector_are_another_model(e5: Path, tmp_path: Path) -> None:
    prints = [convert.SentenceTransformersEmbedder(str(e5)).fingerprint]
    file = "config_sentence_transformers.json"
    for name, prompts in (("none", {}), ("other", {"query": "Q: ", "passage": "passage: "})):
        copy = tmp_path / name / "model"
        shutil.copytree(e5, copy)
        settings = json.loads((copy / file).read_text(encoding="utf-8"))
        (copy / file).write_text(json.dumps(settings | {"prompts": prompts}), encoding="utf-8")
        prints.append(convert.SentenceTransformersEmbedder(str(copy)).fingerprint)
    first_word = build(tmp_path / "cls", prompts=PROMPTS, pooling="cls")
    prints.append(convert.SentenceTransformersEmbedder(str(first_word)).fingerprint)
    assert len(set(prints)) == 4
    assert convert.SentenceTransformersEmbedder(str(e5)).fingerprint == prints[0]


def test_a_prompt_that_is_left_out_of_the_mean_is_not_converted(e5: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(e5, copy)
    (file,) = copy.glob("1_Pooling/config.json")
    settings = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(settings | {"include_prompt": False}), encoding="utf-8")
    with pytest.raises(convert.ConversionError, match="leaves its prompt out"):
        exact(copy, tmp_path / "made")


# -- a home of such a model ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    shutil.copy(project_root / "corpus" / "documents" / "cets-197.md", folder)
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, e5: Path, papers: Path) -> Path:
    home = tmp_path_factory.mktemp("models") / "home"
    before = Path.cwd()
    os.chdir(e5.parent)
    try:
        # Named from the folder that it lies in: the next command is given elsewhere.
        assert main(["ingest", str(papers), "--home", str(home), "--model", "model", "--quiet"]) == 0
    finally:
        os.chdir(before)
    return home


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_home_remembers_its_model_and_answers_with_it(filled: Path, e5: Path, capsys: Any) -> None:
    code, status = said(capsys, "status", "--home", str(filled))
    assert code == 0
    assert (status["embedding"]["model"], status["embedding"]["dimensions"]) == ("model", 24)
    assert status["healthy"]
    code, answer = said(capsys, "ask", "What does Article 13 of CETS 197 say?", "--home", str(filled))
    assert (code, answer["status"]) == (0, "answered")
    assert all(one["label"].startswith("Article 13") for one in answer["citations"])
    assert said(capsys, "verify", "--home", str(filled)) == (0, {"healthy": True, "problems": []})
    assert KnowledgeBase(filled).model == str(e5.resolve())


def test_every_passage_fits_the_window_with_its_prompt(filled: Path, e5: Path) -> None:
    from sentence_transformers import SentenceTransformer

    tokenizer = SentenceTransformer(str(e5), device="cpu").tokenizer
    base = KnowledgeBase(filled)
    lengths = []
    for document in base.documents():
        for stored in base.passages(document.id):
            own = stored.passage
            text = indexed_text(document.title, own.heading_path, own.label, own.lead, own.text)
            lengths.append(len(tokenizer("passage: " + text)["input_ids"]))
    base.close()
    assert len(lengths) > 100
    assert max(lengths) <= WINDOW


def test_another_model_is_refused_by_a_home_that_is_filled(
    filled: Path, papers: Path, tmp_path: Path, capsys: Any
) -> None:
    other = build(tmp_path / "other", prompts={}, seed=4)
    before = said(capsys, "status", "--home", str(filled))[1]
    code, shape = said(capsys, "ingest", str(papers), "--home", str(filled), "--model", str(other), "--quiet")
    assert code == 2
    assert "was filled with the embedding model model" in shape["error"]
    assert "fill a new home" in shape["error"]
    after = said(capsys, "status", "--home", str(filled))[1]
    assert {key: after[key] for key in ("revision", "embedding", "passages")} == {
        key: before[key] for key in ("revision", "embedding", "passages")
    }
    code, _ = said(capsys, "ask", QUESTION, "--home", str(filled))
    assert code == 0


def test_the_same_model_may_lie_elsewhere(filled: Path, e5: Path, papers: Path, tmp_path: Path, capsys: Any) -> None:
    home = tmp_path / "home"
    shutil.copytree(filled, home)
    moved = tmp_path / "elsewhere" / "model"
    shutil.copytree(e5, moved)
    code, shape = said(capsys, "ingest", str(papers), "--home", str(home), "--model", str(moved), "--quiet")
    assert (code, shape.get("unchanged"), shape.get("failed")) == (0, 1, 0)
    assert KnowledgeBase(home).model == str(moved)


def test_a_model_that_has_gone_is_named_with_what_to_do(filled: Path, e5: Path, tmp_path: Path, capsys: Any) -> None:
    home = tmp_path / "home"
    shutil.copytree(filled, home)
    hidden = e5.with_name("hidden")
    e5.rename(hidden)
    try:
        code, shape = said(capsys, "ask", QUESTION, "--home", str(home))
    finally:
        hidden.rename(e5)
    assert code == 2
    assert f"There is no embedding model at {e5}" in shape["error"]
    assert "was filled with it" in shape["error"]


def test_a_reader_cuts_for_the_run_that_it_reads_for(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork server keeps the environment of the day it started: what a run needs goes along with its work."""
    file = papers / "cets-197.md"
    monkeypatch.setenv(WINDOW_SETTING, "96")
    narrow = Work({})
    monkeypatch.setenv(WINDOW_SETTING, "")
    usual = Work({})
    counts = [len(work(file).passages) for work in (narrow, usual, narrow)]
    assert counts[0] == counts[2] > counts[1]


def test_what_one_home_needs_does_not_reach_another(filled: Path, papers: Path, hashing: Any, tmp_path: Path) -> None:
    from ui.models import TOKENIZER, cut_for

    assert TOKENIZER in os.environ
    assert cut_for(None, tmp_path, lambda: hashing) == ""
    assert not {"RAPPORTEUR_WINDOW", "RAPPORTEUR_TOKENIZER"} & set(os.environ)
