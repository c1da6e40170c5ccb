"""Late interaction: the words of a question beside those of a passage, worked out by hand and with the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.embed import open_embedder
from search.tokens import HEAD, NOT_MET, Meeting, TokenVectors, sentences_as_tokens, text_as_token


def tokens(*placed: tuple[int, int, tuple[float, float]]) -> TokenVectors:
    """Tokens in two dimensions: start, end, vector."""
    spans = np.asarray([(start, end) for start, end, _ in placed], np.int32).reshape(-1, 2)
    return TokenVectors(spans, np.asarray([vector for *_, vector in placed], np.float32).reshape(-1, 2))


EAST, NORTH = (1.0, 0.0), (0.0, 1.0)
QUESTION = tokens((0, 4, EAST), (5, 9, NORTH))


def test_each_word_of_the_question_is_met_by_the_nearest_of_the_sentence() -> None:
    meeting = Meeting(QUESTION, tokens((0, 3, EAST), (4, 7, (0.6, 0.8)), (8, 11, NORTH)))
    first = meeting.of(0, 7)
    assert first.mean == pytest.approx((1.0 + 0.8) / 2)
    assert first.worst == pytest.approx(0.8)
    assert meeting.of(8, 11).mean == pytest.approx(0.5)
    assert meeting.of(8, 11).worst == pytest.approx(0.0)


def test_where_no_word_lies_nothing_is_met() -> None:
    meeting = Meeting(QUESTION, tokens((0, 3, EAST)))
    assert meeting.of(10, 20) == NOT_MET
    assert Meeting(tokens(), tokens((0, 3, EAST))).of(0, 3) == NOT_MET


def test_words_of_the_heading_count_for_each_sentence_below_it_though_less() -> None:
    passage = tokens((0, 5, NORTH), (6, 9, EAST)).less(6)
    assert passage.spans.tolist() == [[-6, -1], [0, 3]]
    meeting = Meeting(QUESTION, passage)
    assert meeting.of(0, 3).worst == pytest.approx(HEAD)
    # What a word of the question is held against is the text alone.
    assert meeting.word(5, 9) == pytest.approx(0.0)
    assert meeting.word(0, 4) == pytest.approx(1.0)


def test_the_model_gives_each_word_its_place_and_its_context(model_home: Path) -> None:
    embedder = open_embedder(model_home)
    text = "The Convention entered into force in 2008. It has 48 Parties."
    (found,) = embedder.embed_tokens([text])
    assert [text[start:end] for start, end in found.spans[:4]] == ["The", "Convention", "entered", "into"]
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(np.ones(len(found.vectors)), abs=1e-4)
    question = "How many Parties does the Convention have?"
    meeting = Meeting(embedder.query_tokens(question), found)
    at = text.index("It has")
    assert meeting.of(at, len(text)).mean > meeting.of(0, at - 1).mean
    assert meeting.word(question.index("Parties"), question.index("Parties") + 7) > 0.6
    # "It" stands for the Convention only in its context.
    (alone,) = embedder.embed_tokens([text[at:]])
    assert meeting.of(at, len(text)).mean > Meeting(embedder.query_tokens(question), alone).of(0, len(text)).mean


def test_a_text_beyond_the_window_loses_its_end_and_nothing_else(model_home: Path) -> None:
    embedder = open_embedder(model_home)
    long = "trafficking " * 2 * embedder.window
    (found,) = embedder.embed_tokens([long])
    assert len(found.spans) == len(found.vectors) < embedder.window
    assert all(long[start:end] == "trafficking" for start, end in found.spans)


def test_a_model_without_vectors_of_words_stands_in_with_sentences() -> None:
    def embed(texts: object) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.asarray([EAST if "one" in text else NORTH for text in texts], np.float32)  # type: ignore[attr-defined]

    (found,) = sentences_as_tokens(["Number one. Another."], embed)
    assert found.spans.tolist() == [[0, 11], [12, 20]]
    meeting = Meeting(text_as_token("one", np.asarray(EAST, np.float32)), found)
    assert meeting.of(0, 11).mean == pytest.approx(1.0)
    assert meeting.of(12, 20).mean == pytest.approx(0.0)
