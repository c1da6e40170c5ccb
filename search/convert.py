"""From a sentence-transformers model to the OpenVINO form that `search.embed` runs; done once per model.

The whole way from token ids to the unit vector is traced into one graph, then quantised to 8 bits after training
(NNCF with SmoothQuant, calibrated on `search.calibration`). The 8-bit form is kept only where it is both faster on
this processor and true to the original. Importing this module is cheap: torch, sentence-transformers and NNCF are
imported when they are needed.
"""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import RapporteurError, UsageError
from search.calibration import calibration_texts
from search.embed import Log, OpenVinoEmbedder, Vector, Vectors
from search.model_files import ModelCard, find_model, precision_before, sha256
from search.tokens import TokenVectors, sentences_as_tokens, text_as_token

# Below these the 8-bit form is not worth its loss: mean cosine to the exact vectors, and how many times faster.
LEAST_COSINE = 0.98
LEAST_GAIN = 1.15
# Both forms lie on the disk for a moment: so much room, as a share of the exact one.
_ROOM = 1.5


class ConversionError(RapporteurError):
    """The model cannot be brought into OpenVINO's form."""


def load(place: str) -> Any:
    """The SentenceTransformer at a folder or of a name, without a look at the network unless HF_HUB_OFFLINE=0.

    Raises UsageError where there is none."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with quiet():
        from sentence_transformers import SentenceTransformer

        try:
            # "eager" is plain matrix products, which trace into a graph that OpenVINO recognises as attention.
            return SentenceTransformer(place, device="cpu", model_kwargs={"attn_implementation": "eager"})
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise UsageError(f"The embedding model {place} cannot be loaded ({_first_line(error)}).") from error


def convert(model: str | None, folder: Path, stamp: str, log: Log, precision: str | None = None) -> ModelCard:
    """Convert a model into `folder` (replaced as a whole; the caller holds the lock) and return its card.

    `precision` "int8" or "fp32" decides; None tries both. Raises UsageError for a missing model, ConversionError
    where OpenVINO cannot take it over, OSError where the disk is full."""
    name, place = find_model(model)
    log(f"Preparing the embedding model {name} for this processor (once, about a minute) …")
    source = load(place)
    # Told before: OpenVINO names no reason when it cannot write, and a full disk says nothing of the model.
    if shutil.disk_usage(folder.parent).free < _ROOM * sum(
        4 * tensor.numel() for tensor in source.state_dict().values()
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    room = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        card = _write_forms(source, name, stamp, room, precision)
        shutil.rmtree(folder, ignore_errors=True)
        (room / card.precision).rename(folder)
    # The edge to three large libraries, each with errors of its own.
    except Exception as error:
        why = _first_line(error)
        raise ConversionError(f"The embedding model {name} does not convert to OpenVINO ({why}).") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)
    figures = ", ".join(f"{key} {value:g}" for key, value in (card.measured or {}).items())
    log(f"The embedding model is ready: {card.fingerprint} ({figures}).")
    return card


def converted(model: str | None, folder: Path, stamp: str, log: Log) -> ModelCard | None:
    """As `convert`, into `folder`; None where it does not convert, which is remembered: to try again at each start would
    cost a minute."""
    refused = folder.with_name(f".{folder.name}.refused")
    try:
        if refused.is_file() and refused.read_text(encoding="utf-8") == stamp:
            raise ConversionError(f"The embedding model {folder.name} did not convert to OpenVINO.")
        return convert(model, folder, stamp, log, precision_before(folder))
    except ConversionError as error:
        refused.write_text(stamp, encoding="utf-8")
        log(f"Warning: {error} It runs with sentence-transformers instead, several times slower.")
        return None


def _write_forms(source: Any, name: str, stamp: str, room: Path, precision: str | None) -> ModelCard:
    """Write the exact and the 8-bit form below `room`, one folder each, and return the card of the one to keep."""
    if any(not getattr(module, "include_prompt", True) for module in source):
        raise ConversionError("it leaves its prompt out of the mean of words")
    exact = room / "fp32"
    exact.mkdir()
    tokenizer = source.tokenizer
    getattr(tokenizer, "backend_tokenizer", tokenizer).save(str(exact / "tokenizer.json"))
    _trace(source, exact / "model.xml")
    query_prompt, passage_prompt = _prompts(source)
    card = ModelCard(
        name=name,
        weights=_weights_digest(source),
        precision="fp32",
        dimensions=int(source.encode(["a"]).shape[1]),
        window=min(int(source.max_seq_length or 512), int(getattr(tokenizer, "model_max_length", 512))),
        files=_digests(exact),
        pad_id=int(tokenizer.pad_token_id or 0),
        query_prompt=query_prompt,
        passage_prompt=passage_prompt,
        stamp=stamp,
        tokens=has_tokens(source),
    )
    card.write(exact)
    texts = calibration_texts()
    wanted = source.encode([card.passage_prompt + text for text in texts], normalize_embeddings=True)
    reference = OpenVinoEmbedder(exact, card)
    _check(reference.embed(texts), wanted, 0.999)
    if precision == "fp32":
        return card
    small = room / "int8"
    small.mkdir()
    shutil.copy(exact / "tokenizer.json", small)
    _quantise(exact / "model.xml", small / "model.xml", reference, texts)
    return _choose(card, reference, small, texts, wanted, forced=precision == "int8")


def _prompts(source: Any) -> tuple[str, str]:
    """What the model wants before a question and before a passage. The library's own way takes an empty "document",
    which every model has, before the "passage" of the E5 family."""
    prompts = source.prompts or {}
    return prompts.get("query") or "", prompts.get("document") or prompts.get("passage") or ""


def _choose(
    exact: ModelCard, reference: OpenVinoEmbedder, small: Path, texts: list[str], wanted: Vectors, forced: bool
) -> ModelCard:
    card = replace(exact, precision="int8", files=_digests(small))
    embedder = OpenVinoEmbedder(small, card)
    cosine = float((embedder.embed(texts) * wanted).sum(axis=1).mean())
    # In turn and by the best of three: another program's load then falls on both alike.
    rounds = [(_seconds(reference, texts), _seconds(embedder, texts)) for _ in range(3)]
    gain = min(slow for slow, _ in rounds) / min(fast for _, fast in rounds)
    measured = {"cosine": round(cosine, 4), "times_faster": round(gain, 2)}
    keep = forced or (cosine >= LEAST_COSINE and gain >= LEAST_GAIN)
    base, folder = (card, small) if keep else (exact, small.parent / "fp32")
    final = replace(base, measured=measured)
    final.write(folder)
    return final


def _trace(source: Any, target: Path) -> None:
    """Write the graph from (input_ids, attention_mask), both (n, tokens) int64, to unit vectors (n, dimensions), and to
    those of tokens (n, tokens, hidden), not made of length 1, where the model has them."""
    with quiet():
        import openvino
        import torch
        from openvino.tools.ovc import convert_model

        class Whole(torch.nn.Module):
            """All modules of the model in a row, and its vectors made of length 1."""

            def __init__(self) -> None:
                super().__init__()
                self.source = source

            def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
                features = self.source({"input_ids": input_ids, "attention_mask": attention_mask})
                vector = torch.nn.functional.normalize(features["sentence_embedding"], p=2.0, dim=1)
                return (vector, features["token_embeddings"]) if tokens else (vector,)

        example = {"input_ids": torch.randint(5, 100, (2, 16)), "attention_mask": torch.ones(2, 16, dtype=torch.long)}
        tokens = has_tokens(source)
        with torch.no_grad():
            graph = convert_model(Whole().eval(), example_input=example)
        for port in graph.inputs:
            port.get_node().set_partial_shape(openvino.PartialShape([-1, -1]))
        graph.validate_nodes_and_infer_types()
        openvino.save_model(graph, str(target), compress_to_fp16=False)


def _quantise(source: Path, target: Path, embedder: OpenVinoEmbedder, texts: list[str]) -> None:
    with quiet():
        import nncf
        import openvino

        graph = openvino.Core().read_model(str(source))
        names = [port.get_any_name() for port in graph.inputs]
        data = nncf.Dataset(texts, lambda text: dict(zip(names, embedder.inputs([text]), strict=True)))
        small = nncf.quantize(graph, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(texts))
        openvino.save_model(small, str(target), compress_to_fp16=False)


def has_tokens(source: Any) -> bool:
    """Whether the model gives a vector of each token, and not of the text alone."""
    return "token_embeddings" in source(source.preprocess(["a"]))


def _check(got: Vectors, wanted: Vectors, least: float) -> None:
    worst = float((got * wanted).sum(axis=1).min())
    if worst < least:
        raise ConversionError(f"the converted model strays from the original, cosine {worst:.3f}")


def _seconds(embedder: OpenVinoEmbedder, texts: list[str]) -> float:
    start = time.perf_counter()
    embedder.embed(texts)
    return time.perf_counter() - start


def _weights_digest(source: Any) -> str:
    """SHA-256 over the names and values of all weights, the same wherever and in whatever file they lie, and over what
    else makes a vector: prompts, and another way to one vector than the mean."""
    digest = hashlib.sha256()
    for name, tensor in sorted(source.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.float().numpy().tobytes())
    digest.update(_character(source).encode())
    return digest.hexdigest()


def _character(source: Any) -> str:
    """Prompts that are not empty and modules that are not the usual ones, in words; empty for most models."""
    prompts = [f"{name}={prompt}" for name, prompt in sorted((source.prompts or {}).items()) if prompt]
    modules = []
    for module in source:
        name = type(module).__name__
        if name == "Pooling":
            way = str(getattr(module, "pooling_mode", "mean"))
            modules += [] if way == "mean" else [way]
        elif name not in {"Transformer", "Normalize"}:
            modules.append(f"{name} {getattr(module, 'activation_function', '')}")
    return "\n".join(prompts + modules)


def _digests(folder: Path) -> dict[str, str]:
    return {name: sha256(folder / name) for name in ("model.xml", "model.bin", "tokenizer.json")}


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' progress bars and notices off the terminal and, above all, out of `--json` on stdout."""
    nowhere = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(nowhere), redirect_stderr(nowhere):
        warnings.simplefilter("ignore")
        for library in ("nncf", "transformers", "sentence_transformers", "openvino"):
            logging.getLogger(library).setLevel(logging.ERROR)
        yield


class SentenceTransformersEmbedder:
    """The same model run by sentence-transformers: for what does not convert, and as the reference in tests."""

    backend = "sentence-transformers"

    def __init__(self, model: str | None = None) -> None:
        self.name, place = find_model(model)
        self._source = load(place)
        self._query_prompt, self._passage_prompt = _prompts(self._source)
        prompt = self._source.tokenizer(self._passage_prompt, add_special_tokens=False)
        self.window = int(self._source.max_seq_length or 512) - len(prompt["input_ids"])
        self.dimensions = int(self._source.encode(["a"]).shape[1])
        self.fingerprint = f"{self.name}-{_weights_digest(self._source)[:12]}-torch"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special ones included, uncut."""
        return [len(ids) for ids in self._source.tokenizer(list(texts), truncation=False)["input_ids"]] if texts else []

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Passages to unit vectors, (len(texts), dimensions), in the order given."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        vectors: Vectors = self._source.encode(
            list(texts), prompt=self._passage_prompt, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors

    def embed_query(self, text: str) -> Vector:
        """One question to a unit vector, (dimensions,)."""
        vector: Vector = self._source.encode(
            text, prompt=self._query_prompt, normalize_embeddings=True, show_progress_bar=False
        )
        return vector

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Passages to vectors of their sentences, in the place of tokens; see `search.tokens`."""
        return sentences_as_tokens(texts, self.embed)

    def query_tokens(self, text: str) -> TokenVectors:
        """One question to its vector, in the place of those of its tokens."""
        return text_as_token(text, self.embed_query(text))
