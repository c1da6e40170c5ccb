"""One size of the growth series; each command prints one line of JSON. Run in the project's environment:

    growth.py make SOURCE_HOME NEW_HOME PASSAGES
    growth.py ask SOURCE_HOME NEW_HOME QUESTIONS.txt [ADDRESS]

With the ADDRESS of a server it asks the store there, into which NEW_HOME was copied by `rapporteur copy`; NEW_HOME is
then an empty folder.

Two commands, so that the memory of the second is that of a knowledge base and not of its making.

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
from itertools import islice
from pathlib import Path

import numpy as np
from measure import latencies

from corpus.address import Address, address_of
from corpus.opening import open_store
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


def real_passages(home: Path, fingerprint: str, most: int) -> list[tuple[Passage, Floats]]:
    """The first passages of a home that have a vector, with it."""
    store = Store(home)
    rows = [(stored.passage, key) for stored, _, key in islice(store.added(0), most)]
    vectors = store.known_vectors(fingerprint, [key for _, key in rows])
    store.close()
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


def make(source: Path, home: Path, passages: int) -> dict[str, object]:
    """Build a knowledge base without its indexes; the model's name and fingerprint come from the source home."""
    fingerprint = open_embedder(source).fingerprint
    home.mkdir(parents=True, exist_ok=True)
    real = real_passages(source, fingerprint, passages)
    seconds = fill(home, documents(real, passages), fingerprint)
    return {"passages": passages, "real_passages": len(real), "store_seconds": seconds}


def ask(source: Path, home: Path, questions: list[str], server: Address | None = None) -> dict[str, object]:
    """Derive the indexes, open the home as a new process would, ask, and add a document."""
    embedder: Embedder = open_embedder(source)
    begun = time.perf_counter()
    engine = Engine(open_store(home, server), embedder, home)
    engine.refresh()
    result: dict[str, object] = {"index_seconds": time.perf_counter() - begun}
    engine.close()

    begun = time.perf_counter()
    store = open_store(home, server)
    engine = Engine(store, embedder, home)
    engine.search(questions[0])
    result["open_seconds"] = time.perf_counter() - begun
    result |= asked(engine, questions)
    result["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    real = real_passages(source, embedder.fingerprint, PER_DOCUMENT)
    result["add_document_seconds"] = one_more(store, engine, real, embedder.fingerprint)
    engine.close()
    result["bytes"] = size_of(home)
    return result


def main() -> int:
    """Carry out the command line."""
    command, source, home, last = sys.argv[1:5]
    if command == "make":
        print(json.dumps(make(Path(source), Path(home), int(last))))
    else:
        questions = [line for line in Path(last).read_text(encoding="utf-8").splitlines() if line.strip()]
        server = address_of(sys.argv[5]) if len(sys.argv) > 5 else None
        print(json.dumps(ask(Path(source), Path(home), questions, server)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
