"""One size of the growth series: one line of JSON. Run in the project's environment:

    growth.py SOURCE_HOME EMPTY_HOME PASSAGES QUESTIONS.txt

A knowledge base of PASSAGES passages is made from those of SOURCE_HOME: each passage keeps the words of a real one in
another order, and its vector with a little noise, so that terms and distances stay as they are in real text while no
two passages are alike. Reading and embedding are left out; storing, indexing, opening and asking are measured.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from measure import latencies

from corpus.records import Document, FileRecord, Page, Parsed, Passage, Span
from corpus.store import Store
from corpus.wording import indexed_text, text_hash
from search.embed import Embedder, open_embedder
from search.engine import Engine

PER_DOCUMENT = 50
NOISE = 0.02
SEED = 20261124
WARM_UPS = 5
ROUNDS = 3

Floats = np.ndarray[tuple[int], np.dtype[np.float32]]
Made = tuple[Parsed, dict[bytes, bytes]]


def real_passages(store: Store, fingerprint: str) -> list[tuple[Passage, Floats]]:
    """Every passage of a store that has a vector, with it."""
    rows = [(stored.passage, key) for stored, _, key in store.added(0)]
    vectors = store.known_vectors(fingerprint, [key for _, key in rows])
    return [(passage, np.frombuffer(vectors[key], "<f2").astype(np.float32)) for passage, key in rows if key in vectors]


def altered(vector: Floats, noise: np.random.Generator) -> bytes:
    """The vector with noise, of length 1 again, as the store keeps it."""
    moved = vector + noise.normal(0, NOISE, vector.shape).astype(np.float32)
    return (moved / np.linalg.norm(moved)).astype("<f2").tobytes()


def documents(source: list[tuple[Passage, Floats]], passages: int) -> Iterator[Made]:
    """Synthetic documents of `PER_DOCUMENT` passages, `passages` in all, the same at each call."""
    words, noise = random.Random(SEED), np.random.default_rng(SEED)
    for first in range(0, passages, PER_DOCUMENT):
        number = first // PER_DOCUMENT
        title = f"Synthetic report {number}"
        text, cut, vectors = "", [], {}
        for position in range(first, min(first + PER_DOCUMENT, passages)):
            passage, vector = source[position % len(source)]
            shuffled = passage.text.split()
            words.shuffle(shuffled)
            body = " ".join(shuffled)
            span = Span(1, len(text), len(text) + len(body))
            made = replace(
                passage, text=body, spans=(span,), ordinal=len(cut), page=1, page_label=None, lead="", pinpoints=()
            )
            key = text_hash(indexed_text(title, made.heading_path, made.label, made.lead, made.text))
            vectors[key] = altered(vector, noise)
            cut.append(made)
            text += body + "\n"
        name = f"synthetic/{number:06}.txt"
        document = Document(id=f"synthetic-{number:06}", path=name, title=title, pages=1, language="en")
        yield Parsed(document, (Page(1, "1", text),), tuple(cut)), vectors


def fill(home: Path, made: Iterator[Made], fingerprint: str) -> float:
    """Store all documents; seconds, without making them."""
    store, seconds = Store(home, create=True), 0.0
    for parsed, vectors in made:
        begun = time.perf_counter()
        put(store, parsed, vectors, fingerprint)
        seconds += time.perf_counter() - begun
    store.close()
    return seconds


def put(store: Store, parsed: Parsed, vectors: dict[bytes, bytes], fingerprint: str) -> None:
    """Store one document as ingestion does, in one transaction."""
    document = parsed.document
    record = FileRecord(path=document.path, root="synthetic", sha256="", outcome="indexed", document_id=document.id)
    store.put(parsed, record, fingerprint, vectors)


def one_more(store: Store, engine: Engine, source: list[tuple[Passage, Floats]], fingerprint: str) -> float:
    """Seconds until one further document of `PER_DOCUMENT` passages can be found."""
    parsed, vectors = next(documents(source, PER_DOCUMENT))
    parsed = replace(parsed, document=replace(parsed.document, id="one-more", path="synthetic/one-more.txt"))
    begun = time.perf_counter()
    put(store, parsed, vectors, fingerprint)
    engine.refresh()
    return time.perf_counter() - begun


def asked(engine: Engine, questions: list[str]) -> dict[str, dict[str, float]]:
    """Latency of search and answer, one question after the other."""
    result = {}
    for name, call in (("search", engine.search), ("ask", engine.ask)):
        times = []
        for question in questions[:WARM_UPS] + questions * ROUNDS:
            begun = time.perf_counter()
            call(question)
            times.append((time.perf_counter() - begun) * 1000)
        result[name] = latencies(times[WARM_UPS:])
    return result


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def measure(source: Path, home: Path, passages: int, questions: list[str]) -> dict[str, object]:
    """Build one knowledge base and measure it; the model comes from the source home."""
    embedder: Embedder = open_embedder(source)
    home.mkdir(parents=True, exist_ok=True)
    original = Store(source)
    real = real_passages(original, embedder.fingerprint)
    original.close()
    result: dict[str, object] = {"passages": passages, "real_passages": len(real)}
    result["store_seconds"] = fill(home, documents(real, passages), embedder.fingerprint)

    store = Store(home)
    begun = time.perf_counter()
    engine = Engine(store, embedder, home)
    engine.refresh()
    result["index_seconds"] = time.perf_counter() - begun
    engine.close()

    begun = time.perf_counter()
    store = Store(home)
    engine = Engine(store, embedder, home)
    engine.refresh()
    engine.search(questions[0])
    result["open_seconds"] = time.perf_counter() - begun
    result |= asked(engine, questions)
    result["add_document_seconds"] = one_more(store, engine, real, embedder.fingerprint)
    engine.close()
    result["bytes"] = size_of(home)
    result["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    return result


def main() -> int:
    """Measure the size that the command line names."""
    source, home, passages, file = sys.argv[1:5]
    questions = [line for line in Path(file).read_text(encoding="utf-8").splitlines() if line.strip()]
    print(json.dumps(measure(Path(source), Path(home), int(passages), questions)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
