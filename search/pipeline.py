"""The question path as a Haystack pipeline, which can be saved as YAML, changed there, and loaded again.

It gives what `engine.Engine` gives, more slowly: its use is to put other components in, to trace it, or to serve it
with Haystack's own tools. The command line and the page do without.
"""

from __future__ import annotations

from pathlib import Path

from haystack import Pipeline

from search.components import DenseRetriever, LexicalRetriever, MinMaxJoiner, QueryEmbedder, QuestionReader
from search.engine import ANSWER_DEPTH, SCORED
from search.haystack_answering import NamedTextsRetriever, PassageRanker, QuotationAnswerer
from search.haystack_store import RapporteurDocumentStore

# Haystack makes objects of these modules only, and of its own, when it reads a pipeline.
ALLOWED_MODULES = ["search.*"]
CONNECTIONS = (
    ("reader.embedded", "embedder.text"),
    ("embedder.embedding", "dense.query_embedding"),
    ("reader.allowed", "dense.allowed"),
    ("reader.query", "lexical.query"),
    ("reader.terms", "lexical.terms"),
    ("reader.pairs", "lexical.pairs"),
    ("reader.allowed", "lexical.allowed"),
    ("dense.documents", "fusion.dense"),
    ("lexical.documents", "fusion.lexical"),
    ("reader.weights", "fusion.weights"),
    # A second look, inside the documents that the question names.
    ("reader.query", "named.query"),
    ("embedder.embedding", "named.query_embedding"),
    ("reader.allowed", "named.allowed"),
    ("fusion.documents", "named.documents"),
    ("reader.query", "ranker.query"),
    ("reader.allowed", "ranker.allowed"),
    ("named.documents", "ranker.documents"),
    ("reader.query", "answerer.query"),
    ("ranker.documents", "answerer.documents"),
)


def question_pipeline(home: str, model: str | None = None, top_k: int = ANSWER_DEPTH) -> Pipeline:
    """The question path over the knowledge base in `home`; `model` as in `RapporteurDocumentStore`.

    Run it with `pipeline.run({"reader": {"query": "..."}})`, with Haystack filters beside the query where wanted. The
    result's ["answerer"] holds the "answer" (`records.Answer`) and the "answers" (one `ExtractedAnswer` for each
    quotation); the `top_k` passages are there too with `include_outputs_from={"ranker"}`.

    Raises (when run):
        MissingHomeError: there is no knowledge base in `home`.
        PipelineRuntimeError: a component failed, such as on a question that is none; its cause says why.
    """
    store = RapporteurDocumentStore(home, model)
    pipeline = Pipeline()
    pipeline.add_component("reader", QuestionReader(store))
    pipeline.add_component("embedder", QueryEmbedder(store))
    pipeline.add_component("dense", DenseRetriever(store))
    pipeline.add_component("lexical", LexicalRetriever(store))
    pipeline.add_component("fusion", MinMaxJoiner(top_k=max(SCORED, 2 * top_k)))
    pipeline.add_component("named", NamedTextsRetriever(store))
    pipeline.add_component("ranker", PassageRanker(store, top_k=top_k))
    pipeline.add_component("answerer", QuotationAnswerer(store))
    for sender, receiver in CONNECTIONS:
        pipeline.connect(sender, receiver)
    return pipeline


def save(pipeline: Pipeline, file: Path) -> None:
    """Write the pipeline as YAML: its components, their settings and connections; the documents stay in the home."""
    file.write_text(pipeline.dumps(), encoding="utf-8")


def load(file: Path) -> Pipeline:
    """Read a pipeline back. Only classes of `search` and of Haystack are made, whatever the file names.

    Raises:
        DeserializationError: the file is no pipeline, or names a class of another module.
    """
    return Pipeline.loads(file.read_text(encoding="utf-8"), allowed_modules=ALLOWED_MODULES)
