"""A sample of what `tests/bench/fuzz.py` does at length: whatever is typed is read or refused with a sentence, in time."""

from __future__ import annotations

import pytest

from corpus.errors import UsageError
from corpus.wording import sound
from search.boolean import parse
from search.helpcalls import call_for_help
from tests.fuzzing import Fuzz, fuzz, texts
from ui.addresses import parse as parse_address


def test_twenty_thousand_inputs_are_read_or_refused() -> None:
    done = fuzz(2026, 20_000)
    assert not done.failures, done.report()
    assert sum(done.counts.values()) == 20_000
    assert len(done.counts) == 12
    # Neither all is good nor all is bad.
    assert 0.02 < sum(done.refused.values()) / 20_000 < 0.5


def test_what_it_looks_for_is_found(tmp_path: object) -> None:
    made = Fuzz(tmp_path)  # type: ignore[arg-type]
    number, text, chance = next(texts(1, 1))

    def fails(given: str, chance: object) -> None:
        raise ValueError(given)

    def mutters(given: str, chance: object) -> None:
        raise UsageError("no")

    def crawls(given: str, chance: object) -> None:
        sum(range(5_000_000))

    for read in (fails, mutters, crawls):
        made.one(number, read.__name__, read, text, chance)
    assert len(made.failures) == 3, made.failures


@pytest.mark.parametrize("half", ["\ud800", "a\udfffb", '"\ud800" AND x', "\ud83d\ude00"])
def test_halves_of_characters_are_replaced(half: str) -> None:
    assert sound(half).encode()
    assert parse_address(f"?q={half}").compose()
    assert call_for_help(half) is None


def test_numbers_in_an_address_are_of_use_or_none() -> None:
    assert parse_address("?doc=a&page=" + "9" * 5_000).page is None
    assert parse_address("?find=a&part=٣").part == 3
    assert parse_address("?find=a&part=²").part == 0


def test_deep_brackets_are_read() -> None:
    from corpus.records import Filters

    for query in ("(" * 1_000 + "a" + ")" * 1_000, "NOT " * 400 + "a", "a OR " * 390 + "b"):
        try:
            parse(query, Filters())
        except UsageError as error:
            assert len(str(error).split()) > 3
