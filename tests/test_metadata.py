"""What documents are: dates as they print them, and title, type, body, date, symbol and language of real documents,
measured against a table that a person read off their first pages."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from corpus.language import detect_language
from corpus.lexicon import fold
from corpus.records import Document
from corpus.symbols import normalise_symbol
from ingest.dates import parse_date, parse_month, signed_date
from ingest.parse import parse_file
from ingest.reader import ReadFailure, read_all

TABLE = Path(__file__).parent / "golden" / "metadata.csv"
WANTED = {"title": 0.95, "type": 0.95, "body": 0.95, "date": 0.95, "symbol": 0.98, "language": 0.99}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Distr.: General 24 March 2011", "2011-03-24"),
        ("Last Updated: 27th April 2026", "2026-04-27"),
        ("April 4, 2025, Vienna", "2025-04-04"),
        ("Rome, 4.XI.1950, amended on 1 June 2010", "1950-11-04"),
        ("25 July 19 84", "1984-07-25"),
        ("от 11 марта 2024 года", "2024-03-11"),
        ("the 54 States of the region", None),
    ],
)
def test_days_are_read_as_they_are_printed(text: str, day: str | None) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("DONE at Warsaw, this 16th day of May 2005, in English and in French", "2005-05-16"),
        ("adopts this twenty-ninth day of June of the year one thousand nine hundred and fifty-one the", "1951-06-29"),
        ("Done in London, the fifteenth day of October, one thousand nine hundred and forty-six, in", "1946-10-15"),
        ("adopts this sixteenth day of June of the year two thousand and eleven the following", "2011-06-16"),
        ("GEDAAN te Parijs, de 17de december 1962", "1962-12-17"),
        ("the Convention done at New York on 28 September 1954 applies", None),
    ],
)
def test_treaties_carry_the_day_on_which_they_were_done(text: str, day: str | None) -> None:
    assert signed_date(text) == day


def test_a_month_is_no_day() -> None:
    assert parse_date("July, 2010") is None
    assert parse_month("July, 2010") == "2010-07"
    assert parse_month("APRIL 201 7") == "2017-04"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Každý má právo na život, svobodu a osobní bezpečnost. Nikdo nesmí být držen v otroctví, to je zakázáno.",
            "cs",
        ),
        ("Усі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю.", "uk"),
        ("Всички хора се раждат свободни и равни по достойнство и права, без разлика на пол и търсещи закрила.", "bg"),
        ("Объединенные Нации призывают государства-участники усилить борьбу с торговлей людьми и объектами.", "ru"),
        ("Të gjithë njerëzit lindin të lirë dhe të barabartë në dinjitet dhe në të drejta për çdo njeri.", "sq"),
        ("The participating States shall co-operate with each other in the fight against trafficking.", "en"),
    ],
)
def test_languages_of_the_region_are_told_apart(text: str, language: str) -> None:
    assert detect_language(text) == language


def same_title(found: str, wanted: str) -> bool:
    """Whether both say the same in about the same words, in any order; a title may be cut at its end."""
    words, target = set(fold(found).split()), set(fold(wanted).split())
    if found.endswith("…") or len(found) > 150:
        return len(words & target) >= 0.8 * len(words)
    return 2 * len(words & target) >= 0.8 * (len(words) + len(target))


def right(name: str, found: str | None, wanted: str) -> bool:
    """Whether a value is the wanted one, or one of several that are as good ("2021|2022"); "*" takes any."""
    if wanted == "*":
        return True
    choices = wanted.split("|")
    if name == "title":
        return any(same_title(found or "", choice) for choice in choices)
    if name == "symbol" and found and wanted:
        return normalise_symbol(found) == normalise_symbol(wanted)
    return (found or "") in choices


def test_real_documents_are_described_rightly(shared: Path) -> None:
    folder = shared / "realdocs"
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 60
    paths = {folder / row["path"]: row for row in rows}
    read = dict(read_all(paths, parse_file, workers=2))
    wrong: dict[str, list[str]] = {name: [] for name in WANTED}
    for path, row in paths.items():
        outcome = read[path]
        assert not isinstance(outcome, ReadFailure), f"{path.name}: {outcome}"
        document: Document = outcome.document
        for name in WANTED:
            found = getattr(document, name)
            if not right(name, found, row[name]):
                wrong[name].append(f"{path.name}: {found!r}, not {re.sub('[|]', ' or ', row[name])!r}")
    report = "\n".join(f"{name}: {entry}" for name, entries in wrong.items() for entry in entries)
    for name, least in WANTED.items():
        share = 1 - len(wrong[name]) / len(rows)
        assert share >= least, f"{name}: {share:.3f} of {len(rows)} documents\n{report}"
    print(f"\n{report}")
