"""Texts to vectors at question time: OpenVINO and the model's own tokenizer, and no torch.

`open_embedder` finds the converted model in the home and converts it once where it is missing (`search.convert`).
Vectors are float32, of length 1, so that their inner product is the cosine: higher is nearer.
"""

from __future__ import annotations

import os
import queue
import shutil
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from filelock import FileLock
from tokenizers import Encoding, Tokenizer

from corpus.errors import HomeError
from search.batches import batches, query_width, shared_out
from search.model_files import ModelCard, folder_and_stamp, read_card
from search.tokens import TokenVectors, sentences_as_tokens, spans_of, text_as_token, unit

# OpenVINO and NNCF report each conversion to Google Analytics unless this package is missing. It must look missing
# before either is imported for the first time.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

if TYPE_CHECKING:
    import openvino

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Vector = np.ndarray[tuple[int], np.dtype[np.float32]]
Log = Callable[[str], None]

# A question is compared several times while it is answered: with passages, with sentences, by its matter.
ASKED = 256


class Embedder(Protocol):
    """What the rest of the program knows of an embedding model. Safe to use from several threads.

    `fingerprint` names model, weights and precision: vectors of different fingerprints must not be compared.
    `window` counts tokens, special ones included; what is longer is cut off by `embed`, never by `count_tokens`.
    """

    @property
    def fingerprint(self) -> str:
        """Model, weights and precision in one word."""

    @property
    def name(self) -> str:
        """The model's name for people."""

    @property
    def backend(self) -> str:
        """What computes: "openvino-int8", "openvino-fp32" or "sentence-transformers"."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    @property
    def window(self) -> int:
        """Tokens that the model sees of a text."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special ones included, uncut."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Passages to unit vectors, (len(texts), dimensions), in the order given."""

    def embed_query(self, text: str) -> Vector:
        """One question to a unit vector, (dimensions,)."""

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Passages to the vectors of their tokens, each in its context; see `search.tokens`."""

    def query_tokens(self, text: str) -> TokenVectors:
        """One question to the vectors of its tokens."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A batch that is being computed: the numbers of its texts, and what the graph is given."""

    request: openvino.InferRequest
    members: list[int]
    inputs: list[np.ndarray[Any, np.dtype[np.int64]]]


class OpenVinoEmbedder:
    """A converted model on the processor. Each text runs on one core, so that several run side by side: those of one
    caller, or those of many people who ask at once."""

    def __init__(self, folder: Path, card: ModelCard) -> None:
        self.card = card
        self.name, self.fingerprint = card.name, card.fingerprint
        self.backend = f"openvino-{card.precision}"
        self.dimensions = card.dimensions
        self._folder = folder
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        # The prompt before a passage takes its room.
        prompt = self._tokenizer.encode(card.passage_prompt, add_special_tokens=False) if card.passage_prompt else ()
        self.window = card.window - len(prompt)
        self._compiled = self._compile()
        self._side_by_side = int(self._compiled.get_property("NUM_STREAMS"))
        self._idle: queue.SimpleQueue[openvino.InferRequest] = queue.SimpleQueue()
        self._asked: dict[str, tuple[Vector, TokenVectors]] = {}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special ones included, uncut."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Passages to unit vectors, (len(texts), dimensions), in the order given."""
        rows = self._tokens([self.card.passage_prompt + text for text in texts])
        out = np.empty((len(rows), self.dimensions), dtype=np.float32)

        def keep(request: Any, members: list[int]) -> None:
            out[members] = request.get_output_tensor(0).data

        self._run(rows, keep)
        return out

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Passages to the vectors of their tokens, each in its context; see `search.tokens`."""
        if not self.card.tokens:
            return sentences_as_tokens(texts, self.embed)
        encoded = self._tokenizer.encode_batch([self.card.passage_prompt + text for text in texts])
        out: dict[int, np.ndarray[Any, np.dtype[np.float32]]] = {}

        def keep(request: Any, members: list[int]) -> None:
            out.update(zip(members, request.get_output_tensor(1).data.copy(), strict=True))

        self._run([self._cut(one.ids) for one in encoded], keep)
        return [self._own(one, out[n], len(self.card.passage_prompt)) for n, one in enumerate(encoded)]

    def _run(self, rows: list[list[int]], keep: Callable[[Any, list[int]], None]) -> None:
        """Run the graph over texts in batches; `keep` gets each request that is done, with the numbers of its texts."""
        lengths = [len(row) for row in rows]
        budget = shared_out(sum(lengths), self._side_by_side)
        under_way: deque[_UnderWay] = deque()
        try:
            for members, width in batches(lengths, budget):
                if len(under_way) > self._side_by_side:
                    self._finish(under_way, keep)
                # The request reads its inputs where they are: they must last as long as it runs.
                inputs = self._padded([rows[m] for m in members], width)
                under_way.append(_UnderWay(self._request(), members, inputs))
                under_way[-1].request.start_async(inputs, share_inputs=True)
            while under_way:
                self._finish(under_way, keep)
        finally:
            # After an error: a request left running would write into the next caller's rows.
            for one in under_way:
                one.request.wait()

    def _finish(
        self,
        under_way: deque[_UnderWay],
        keep: Callable[[Any, list[int]], None],
    ) -> None:
        """Wait for the oldest request, hand over what it found, and let others have it."""
        one = under_way[0]
        one.request.wait()
        keep(one.request, one.members)
        self._idle.put(under_way.popleft().request)

    def _request(self) -> openvino.InferRequest:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._compiled.create_infer_request()

    def embed_query(self, text: str) -> Vector:
        """One question to a unit vector, (dimensions,)."""
        return self._query(text)[0]

    def query_tokens(self, text: str) -> TokenVectors:
        """One question to the vectors of its tokens."""
        return self._query(text)[1]

    def _query(self, text: str) -> tuple[Vector, TokenVectors]:
        known = self._asked.get(text)
        if known is not None:
            return known
        encoded = self._tokenizer.encode(self.card.query_prompt + text)
        row = self._cut(encoded.ids)
        request = self._request()
        try:
            request.infer(self._padded([row], query_width(len(row))), share_inputs=True)
            vector: Vector = request.get_output_tensor(0).data[0].copy()
            hidden = request.get_output_tensor(1).data[0].copy() if self.card.tokens else None
        finally:
            self._idle.put(request)
        vector.setflags(write=False)
        tokens = (
            text_as_token(text, vector) if hidden is None else self._own(encoded, hidden, len(self.card.query_prompt))
        )
        if len(self._asked) >= ASKED:
            self._asked.clear()
        self._asked[text] = vector, tokens
        return vector, tokens

    def _own(self, encoded: Encoding, hidden: np.ndarray[Any, np.dtype[np.float32]], prompt: int) -> TokenVectors:
        """The tokens of the text itself among all that the graph gives: without prompt, special ones and padding."""
        kept = min(len(encoded.ids), self.card.window - 1)
        spans = spans_of(encoded.offsets[:kept], prompt)
        own = (np.asarray(encoded.special_tokens_mask[:kept]) == 0) & (spans[:, 0] >= 0)
        return TokenVectors(spans[own], unit(hidden[:kept][own]))

    def _tokens(self, texts: list[str]) -> list[list[int]]:
        return [self._cut(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(texts)]

    def _cut(self, row: list[int]) -> list[int]:
        # The closing token stays where a text is cut: models are trained with it.
        window = self.card.window
        return row if len(row) <= window else [*row[: window - 1], row[-1]]

    def inputs(self, texts: Sequence[str]) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
        """What the graph is given for these texts: token ids and mask, both (len(texts), longest)."""
        rows = self._tokens(list(texts))
        return self._padded(rows, max(map(len, rows)))

    def _padded(self, rows: list[list[int]], width: int) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
        ids = np.full((len(rows), width), self.card.pad_id, dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        return [ids, mask]

    def _compile(self) -> openvino.CompiledModel:
        # bfloat16, which OpenVINO takes where the processor knows it, is slower here and less exact.
        wish: dict[str, Any] = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
        compiled = self._folder / "compiled"
        core, model = _openvino().Core(), str(self._folder / "model.xml")
        if os.access(self._folder, os.W_OK):
            try:
                return core.compile_model(model, "CPU", wish | {"CACHE_DIR": str(compiled)})
            except RuntimeError:
                # A torn cache must not keep the model from opening.
                shutil.rmtree(compiled, ignore_errors=True)
        return core.compile_model(model, "CPU", wish)


def _openvino() -> Any:
    """The library, without its conversion tools: a question needs none, and they take 60 ms to import."""
    if "openvino" not in sys.modules:
        sys.modules["openvino.tools.ovc"] = None  # type: ignore[assignment]
        try:
            import openvino
        finally:
            del sys.modules["openvino.tools.ovc"]
        return openvino
    return sys.modules["openvino"]


def open_embedder(home: Path, model: str | None = None, log: Log = lambda line: None) -> Embedder:
    """The embedding model `model` (a sentence-transformers name or folder; the bundled one if None), converted
    once under `home/models`. Where it does not convert, sentence-transformers runs it, and `log` says so.

    Raises UsageError where there is no such model here; nothing is downloaded unless HF_HUB_OFFLINE=0 is set.
    """
    name, stamp = folder_and_stamp(model)
    folder = home / "models" / name
    card = read_card(folder, stamp)
    if card is None:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.parent / f".{name}.lock", fallback_to_soft=False):
                # Another process may have converted it while this one waited.
                card = read_card(folder, stamp)
                if card is None:
                    from search.convert import converted

                    card = converted(model, folder, stamp, log)
        except OSError as error:
            raise HomeError(
                f"The embedding model cannot be made ready in {folder.parent} ({error.strerror or error}). "
                "Check that the disk has space and that you may write there."
            ) from error
        if card is None:
            from search import convert

            return convert.SentenceTransformersEmbedder(model)
    return OpenVinoEmbedder(folder, card)
