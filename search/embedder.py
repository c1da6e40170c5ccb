"""What the rest of the program needs of an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from search.dense import Floats


class Embedder(Protocol):
    """Texts to unit vectors. `fingerprint` names model, weights and precision; vectors of another are not mixed in."""

    @property
    def fingerprint(self) -> str:
        """Names model, weights and precision."""
        ...

    @property
    def name(self) -> str:
        """The model's name for people."""
        ...

    @property
    def backend(self) -> str:
        """What computes: "openvino-int8", "openvino-fp32" or "sentence-transformers"."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, shape (n, dimensions) float32."""
        ...

    def embed_query(self, text: str) -> Floats:
        """One unit vector, shape (dimensions,) float32."""
        ...
