"""The question path as Haystack components and as a pipeline: the same passages and answers as the engine gives."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from haystack import Document, Pipeline
from haystack.core.errors import DeserializationError, PipelineRuntimeError
from haystack.document_stores.types import DuplicatePolicy

from corpus.errors import MissingHomeError, UsageError
from corpus.records import Filters
from search.analysis import terms
from search.components import DenseRetriever, LexicalRetriever, MinMaxJoiner, QueryEmbedder
from search.dense import Floats
from search.engine import Engine
from search.fuse import weighted_mean
from search.haystack_answering import PassageRanker, QuotationAnswerer
from search.haystack_store import RapporteurDocumentStore
from search.pipeline import load, question_pipeline, save
from search.records import Answer, Status
from search.tokens import TokenVectors, sentences_as_tokens, text_as_token
from ui.service import KnowledgeBase

QUESTIONS = (
    "How long is the recovery and reflection period?",
    "What does Article 13 of the Council of Europe Convention say?",
    "What does Article 99 of CETS 197 say?",
    "Compare the definition of trafficking in the Palermo Protocol and in Directive 2011/36/EU",
    "Who monitors the convention?",
    "Combien de temps dure le délai de rétablissement ?",
    "What is MC.DEC/14/06 about?",
    "How many astronauts were rescued from Jupiter in 1871?",
    "List all topics of the Alliance conferences",
    '"recovery and reflection period"',
    "victims AND (penalties OR punishment) NOT smuggling",
    "body:CoE non-punishment",
    "Which country held the conference in 2023?",
    "forced labour",
)


class HashingEmbedder:
    """Unit vectors from hashed terms: texts that share words are near. No model, no weights."""

    name = backend = fingerprint = "hashing"
    dimensions = 64
    window = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(terms(text)) for text in texts]

    def embed(self, texts: Sequence[str]) -> Floats:
        vectors = np.full((len(texts), self.dimensions), 1e-6, np.float32)
        for row, text in enumerate(texts):
            for term in terms(text):
                vectors[row, int(hashlib.md5(term.encode()).hexdigest(), 16) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_query(self, text: str) -> Floats:
        return np.asarray(self.embed([text])[0])

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return sentences_as_tokens(texts, self.embed)

    def query_tokens(self, text: str) -> TokenVectors:
        return text_as_token(text, self.embed_query(text))


@pytest.fixture(scope="module", autouse=True)
def cheap_model() -> Iterator[None]:
    """Homes are opened with the embedder above, also by what is loaded from YAML."""
    with pytest.MonkeyPatch.context() as patch:
        for place in ("search.embed.open_embedder", "search.haystack_home.open_embedder"):
            patch.setattr(place, lambda *arguments, **settings: HashingEmbedder())
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> str:
    """The bundled documents, ingested."""
    folder = tmp_path_factory.mktemp("bundled")
    base = KnowledgeBase(folder, create=True)
    base.ingest([project_root / "corpus" / "documents"], workers=1)
    base.close()
    return str(folder)


@pytest.fixture(scope="module")
def store(home: str) -> RapporteurDocumentStore:
    return RapporteurDocumentStore(home)


@pytest.fixture(scope="module")
def engine(store: RapporteurDocumentStore) -> Engine:
    return store.engine


@pytest.fixture(scope="module")
def pipeline(home: str, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """The pipeline, as it comes back from its file."""
    file = tmp_path_factory.mktemp("pipelines") / "question.yaml"
    save(question_pipeline(home), file)
    return load(file)


def run(pipeline: Pipeline, query: str, filters: dict[str, Any] | None = None) -> dict[str, Any]:
    return pipeline.run({"reader": {"query": query, "filters": filters}}, include_outputs_from={"ranker"})


def timeless(answer: Answer) -> Answer:
    return replace(answer, took_ms=0.0)


# -- the pipeline --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_pipeline_finds_and_answers_as_the_engine_does(pipeline: Pipeline, engine: Engine, question: str) -> None:
    result = run(pipeline, question)
    hits = engine.search(question, k=40).hits
    found = result["ranker"]["documents"]
    assert [(one.id, one.score) for one in found] == [(hit.stored.id, hit.score) for hit in hits]
    assert [one.meta["signals"] for one in found] == [hit.signals for hit in hits]
    assert timeless(result["answerer"]["answer"]) == timeless(engine.ask(question))


def test_the_questions_end_in_more_than_one_way(engine: Engine) -> None:
    assert {engine.ask(question).status for question in QUESTIONS} >= {Status.ANSWERED, Status.NOT_FOUND}


def test_filters_of_haystack_decide_as_ours_do(pipeline: Pipeline, engine: Engine) -> None:
    filters = {
        "operator": "AND",
        "conditions": [
            {"field": "meta.body", "operator": "in", "value": ["CoE", "EU"]},
            {"field": "meta.date", "operator": "<=", "value": "2005"},
        ],
    }
    query = "identification and protection of victims"
    found = run(pipeline, query, filters)["ranker"]["documents"]
    hits = engine.search(query, k=40, filters=Filters(body=("CoE", "EU"), date_to="2005")).hits
    assert [one.id for one in found] == [hit.stored.id for hit in hits] != []
    nothing = {"field": "meta.type", "operator": "==", "value": "nothing of the kind"}
    assert run(pipeline, query, nothing)["answerer"]["answer"].status is Status.NOT_FOUND


def test_each_quotation_comes_with_its_document_and_its_place(pipeline: Pipeline) -> None:
    result = run(pipeline, QUESTIONS[0])["answerer"]
    assert len(result["answers"]) == len(result["answer"].citations) > 0
    for extracted, citation in zip(result["answers"], result["answer"].citations, strict=True):
        assert extracted.data == citation.quote
        assert extracted.document.id == citation.stored.id
        assert extracted.meta["label"] == citation.label
        if extracted.document_offset is not None:
            span = slice(extracted.document_offset.start, extracted.document_offset.end)
            assert extracted.document.content[span] == citation.quote


@pytest.mark.parametrize("query", ["", "what is the of", 500 * "long "], ids=["empty", "stopwords", "too long"])
def test_a_question_that_is_none_is_refused_with_the_engine_s_sentence(pipeline: Pipeline, query: str) -> None:
    with pytest.raises(PipelineRuntimeError, match="question") as caught:
        run(pipeline, query)
    assert isinstance(caught.value.__cause__, UsageError)


def test_it_runs_asynchronously_too(pipeline: Pipeline, engine: Engine) -> None:
    result = asyncio.run(pipeline.run_async({"reader": {"query": QUESTIONS[0]}}))
    assert timeless(result["answerer"]["answer"]) == timeless(engine.ask(QUESTIONS[0]))


def test_an_empty_knowledge_base_answers_honestly_and_a_missing_one_is_named(tmp_path: Path) -> None:
    assert RapporteurDocumentStore(str(tmp_path), create=True).count_documents() == 0
    result = run(question_pipeline(str(tmp_path)), QUESTIONS[0])
    assert result["ranker"]["documents"] == []
    assert result["answerer"]["answer"].status is Status.NOT_FOUND
    with pytest.raises(MissingHomeError):
        run(question_pipeline(str(tmp_path / "nowhere")), QUESTIONS[0])


def test_yaml_holds_settings_and_comes_back_equal(home: str) -> None:
    made = question_pipeline(home, model="a-model", top_k=7).to_dict()
    back = Pipeline.loads(question_pipeline(home, model="a-model", top_k=7).dumps(), allowed_modules=["search.*"])
    settings = back.to_dict()
    for one in (made, settings):
        one["connections"].sort(key=str)
    assert settings == made
    ranker = settings["components"]["ranker"]["init_parameters"]
    assert (ranker["top_k"], ranker["document_store"]["init_parameters"]["model"]) == (7, "a-model")


def test_a_file_that_names_other_classes_is_refused(home: str, tmp_path: Path) -> None:
    file = tmp_path / "pipeline.yaml"
    save(question_pipeline(home), file)
    file.write_text(file.read_text(encoding="utf-8").replace("search.components.QueryEmbedder", "subprocess.Popen"))
    with pytest.raises(DeserializationError, match="allowlist"):
        load(file)


# -- components by themselves --------------------------------------------------------------------------------------


def test_retrievers_take_plain_text_and_filters(store: RapporteurDocumentStore, engine: Engine) -> None:
    treaty = {"field": "meta.symbol", "operator": "==", "value": "CETS 197"}
    vector = QueryEmbedder(store).run("trafficking in human beings")["embedding"]
    assert len(vector) == engine.embedder().dimensions
    dense = DenseRetriever(store, top_k=5).run(vector, treaty)["documents"]
    lexical = LexicalRetriever(store).run("trafficking in human beings", treaty, top_k=5)["documents"]
    for found in (dense, lexical):
        assert len(found) == 5
        assert {document.meta["symbol"] for document in found} == {"CETS 197"}
        scores = [document.score for document in found]
        assert scores == sorted(scores, reverse=True)
    none = {"field": "meta.type", "operator": "==", "value": "nothing"}
    assert (
        DenseRetriever(store).run(vector, none) == LexicalRetriever(store).run("trafficking", none) == {"documents": []}
    )


def test_a_vector_of_another_model_is_refused(store: RapporteurDocumentStore) -> None:
    with pytest.raises(UsageError, match="QueryEmbedder"):
        DenseRetriever(store).run([0.1, 0.2])


def test_the_joiner_fuses_by_the_formula_of_the_engine() -> None:
    dense = [Document(id="a", content="a", score=0.9), Document(id="b", content="b", score=0.1)]
    lexical = [Document(id="c", content="c", score=7.5), Document(id="b", content="b", score=2.5)]
    joined = MinMaxJoiner(weights=[0.3, 0.7]).run(dense, lexical)["documents"]
    expected = weighted_mean(
        [
            (np.asarray([0, 1]), np.asarray([0.9, 0.1], np.float32)),
            (np.asarray([2, 1]), np.asarray([7.5, 2.5], np.float32)),
        ],
        [0.3, 0.7],
    )
    assert {one.id: one.score for one in joined} == {"abc"[at]: value for at, value in expected.items()}
    assert [one.id for one in joined] == ["c", "a", "b"]
    assert [one.id for one in MinMaxJoiner(top_k=1).run(lexical=lexical)["documents"]] == ["c"]
    assert dense[0].score == 0.9
    assert MinMaxJoiner().run() == {"documents": []}


def test_documents_that_are_gone_are_passed_over(store: RapporteurDocumentStore) -> None:
    gone = Document(id="nowhere-3", content="Never stored.", score=1.0)
    assert PassageRanker(store).run("trafficking", [gone]) == {"documents": []}
    result = QuotationAnswerer(store).run("What is trafficking?", [gone])
    assert result["answer"].status is Status.NOT_FOUND
    assert result["answers"] == []


def test_what_haystack_writes_is_found_quoted_and_gone_again(tmp_path: Path) -> None:
    store = RapporteurDocumentStore(str(tmp_path), create=True)
    store.write_documents([Document(content="Labour inspectors were trained in Utopia.")])
    pipeline = question_pipeline(str(tmp_path))
    question = "How many shelters did Ruritania open in 2021?"
    assert run(pipeline, question)["answerer"]["answer"].status is Status.NOT_FOUND
    meta = {"title": "Ruritania: national report", "page_number": 4, "date": "2021"}
    text = "In 2021 Ruritania opened three shelters for victims of trafficking."
    document = Document(content=text, meta=meta, embedding=[0.5] * 3)
    store.write_documents([document])
    result = run(pipeline, question)
    (extracted,) = result["answerer"]["answers"][:1]
    assert (extracted.data, extracted.document, extracted.meta["page"]) == (text, document, 4)
    store.write_documents([replace(document, content="Ruritania closed.")], DuplicatePolicy.OVERWRITE)
    assert text not in [one.content for one in run(pipeline, question)["ranker"]["documents"]]
    store.delete_documents([document.id])
    assert document.id not in [one.id for one in run(pipeline, question)["ranker"]["documents"]]


# -- start-up ------------------------------------------------------------------------------------------------------


def test_the_command_line_path_imports_no_heavy_library(project_root: Path) -> None:
    script = (
        "import json, sys; import search.engine, ui.commands, ui.service; "
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=project_root, capture_output=True, text=True, check=True)
    assert {"haystack", "torch", "transformers", "gradio"}.isdisjoint(json.loads(done.stdout))


def test_telemetry_is_off_before_haystack_is_imported(project_root: Path, tmp_path: Path) -> None:
    # Haystack does without torch, whose import would take most of this test.
    script = (
        "import sys; sys.modules['torch'] = None; import search.pipeline; "
        "from haystack.telemetry import _telemetry; print(_telemetry.telemetry)"
    )
    environment = {"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(project_root)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["None"]
    assert list(tmp_path.iterdir()) == []
