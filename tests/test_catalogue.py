"""The catalogue: its schema holds over the bundled file, faults are named as sentences, rows are chosen by a filter."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.catalogue import COLUMNS, FILE, VALUES, CatalogueError, Entry, catalogue, choose, read_catalogue
from corpus.errors import UsageError
from corpus.symbols import find_symbols

Change = Callable[[dict[str, str]], None]
ROWS = 250


def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(file: Path, content: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=columns)
        writer.writeheader()
        writer.writerows(content)
    return file


def faults(file: Path) -> str:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(file)
    return str(caught.value)


def test_the_bundled_catalogue_is_valid_and_large_enough() -> None:
    entries = read_catalogue()
    assert len(entries) >= ROWS
    assert len({entry.id for entry in entries}) == len(entries)
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)


def test_symbols_are_of_the_grammar() -> None:
    symbols = [entry.symbol for entry in catalogue() if entry.symbol]
    assert len(symbols) >= 120
    assert all(find_symbols(symbol) for symbol in symbols)


def test_each_issuer_and_each_kind_of_document_is_there() -> None:
    entries = catalogue()
    assert {entry.body for entry in entries} == VALUES["body"]
    assert {entry.type for entry in entries} == VALUES["type"]


def test_two_documents_of_one_symbol_are_told_apart() -> None:
    by_symbol: dict[str, list[Entry]] = {}
    for entry in catalogue():
        if entry.symbol:
            by_symbol.setdefault(entry.symbol, []).append(entry)
    for symbol, same in by_symbol.items():
        _, *others = sorted(same, key=lambda entry: len(entry.relations))
        assert all(entry.relations for entry in others), symbol


def test_an_address_is_seen_only_where_the_source_list_saw_it(shared: Path) -> None:
    with (shared / "reference" / "catalogue.csv").open(encoding="utf-8", newline="") as stream:
        seen = {row["url"] for row in csv.DictReader(stream) if row["url_seen"] == "yes"}
    claimed = [entry.url for entry in catalogue() if entry.seen]
    assert claimed
    assert not [url for url in claimed if url not in seen]


def set_to(column: str, value: str) -> Change:
    return lambda row: row.update({column: value})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_to("id", "No Id"), "small letters"),
        (set_to("id", "un-cedaw"), "given twice"),
        (set_to("title", ""), "no title"),
        (set_to("body", "Osce"), "body is 'Osce'"),
        (set_to("issuer", "Somebody"), "bodies.yaml"),
        (set_to("type", "leaflet"), "type is 'leaflet'"),
        (set_to("date", "2005-02-30"), "no date"),
        (set_to("date", "16 May 2005"), "no date"),
        (set_to("language", "english"), "language code"),
        (set_to("symbol", "Paper 12"), "grammar of symbols"),
        (set_to("unsure", "colour"), "cannot be unsure"),
        (set_to("relations", "about:nobody"), "no other row"),
        (set_to("relations", "likes:un-cedaw"), "no relation"),
        (set_to("url", "ftp://rm.coe.int/168008371d"), "no address on the web"),
        (set_to("url", "https://localhost/x"), "no address on the web"),
        (set_to("url", "https://rm.coe.int/a b"), "% form"),
        (set_to("url", ""), "there is no address"),
        (set_to("address", ""), "with an address go"),
        (set_to("seen", "yes"), "not unsure"),
        (set_to("seen", "perhaps"), "seen is 'perhaps'"),
        (set_to("note", "two  blanks"), "blanks too many"),
    ],
)
def test_each_fault_is_said_with_its_line(tmp_path: Path, change: Change, words: str) -> None:
    content = rows()
    at = next(number for number, row in enumerate(content) if row["id"] == "coe-cets-197")
    change(content[at])
    said = faults(write(tmp_path / "catalogue.csv", content))
    assert words in said
    assert f"Line {at + 2} (" in said


def test_a_row_of_which_only_a_title_is_known_is_refused(tmp_path: Path) -> None:
    bare = dict.fromkeys(COLUMNS, "") | {
        "id": "un-a-text", "title": "A text", "body": "UN", "issuer": "UN", "type": "report", "legal": "information",
        "date": "2022", "language": "en", "seen": "no",
    }  # fmt: skip
    assert "nothing but a title" in faults(write(tmp_path / "catalogue.csv", [bare]))


def test_other_files_are_refused_with_the_reason(tmp_path: Path) -> None:
    assert "cannot be opened" in faults(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("id,title\nx,caf\xe9\n".encode("latin-1"))
    assert "UTF-8" in faults(tmp_path / "latin.csv")
    assert "must name the columns" in faults(write(tmp_path / "two.csv", [], ("id", "title")))
    ragged = tmp_path / "ragged.csv"
    ragged.write_text(",".join(COLUMNS) + "\none,two\n", encoding="utf-8")
    assert "as many values" in faults(ragged)


def test_many_faults_are_counted(tmp_path: Path) -> None:
    content = [row | {"language": "?"} for row in rows()[:12]]
    for row in content:
        row["relations"] = ""
    file = write(tmp_path / "catalogue.csv", content)
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(file)
    assert len(caught.value.problems) == 12
    assert "And 7 more." in str(caught.value)


@pytest.mark.parametrize(
    ("only", "some"),
    [
        ("body:OSCE type:decision year:2006", "osce-mc-dec-14-06"),
        ("symbol:MC.DEC/14/06", "osce-mc-dec-14-06"),
        ("palermo protocol", "un-palermo-protocol"),
        ("host:coe.int language:fr", "coe-nac-nar-2021-fr"),
        ('"action against trafficking in human beings" type:convention', "coe-cets-197"),
        ("id:ilo-c029", "ilo-c029"),
    ],
)
def test_a_filter_chooses_rows(only: str, some: str) -> None:
    chosen = [entry.id for entry in choose(catalogue(), only)]
    assert some in chosen
    assert len(chosen) < len(catalogue()) / 4


def test_a_filter_that_fits_nothing_gives_nothing_and_a_wrong_one_is_refused() -> None:
    assert choose(catalogue(), "body:OSCE type:convention") == []
    with pytest.raises(UsageError, match="no field colour"):
        choose(catalogue(), "colour:red")
    with pytest.raises(UsageError, match="quotation mark"):
        choose(catalogue(), 'the "open')
