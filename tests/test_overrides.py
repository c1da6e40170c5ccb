"""The curator's table: what its rows name, what they say, and what is wrong with it, told by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.errors import UsageError
from ingest.discover import Discovery, Found, discover
from ingest.overrides import FIELDS, fingerprint, match_rows, merge, read_metadata
from ingest.sidecars import without_sidecars


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "metadata.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_as_programs_write_them(tmp_path: Path, separator: str, encoding: str, end: str) -> None:
    lines = [
        ["path", "title", "countries"],
        ["a.md", '"Über, ""uns""; x"', "Albania"],
        ["", "", ""],
        [" b.md ", "", "FRA"],
    ]
    rows = read_metadata(table(tmp_path, end.join(separator.join(line) for line in lines) + end, encoding))
    assert [(row.pattern, row.values, row.line) for row in rows] == [
        ("a.md", {"title": 'Über, "uns"; x', "countries": "ALB"}, 2),
        ("b.md", {"countries": "FRA"}, 4),
    ]


def test_a_value_may_hold_line_ends_and_lists(tmp_path: Path) -> None:
    text = 'path,title,countries,themes\r\na.md,"Two\r\nlines","Albania;Bosnia and Herzegovina; uzb ;Neverland",x;y\r\nb.md,B\u2028C,,\r\n'
    first, second = read_metadata(table(tmp_path, text))
    assert first.values == {"title": "Two lines", "countries": "ALB;BIH;UZB;Neverland", "themes": "x;y"}
    assert (second.pattern, second.values, second.line) == ("b.md", {"title": "B C"}, 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title\nx\n", "no column named path"),
        ("", "no column named path"),
        ("path,titel\na,b\n", r"unknown columns: titel\. Known are path, title"),
        ("path,\na,b\n", r"unknown columns: \(no name\)"),
        ("path,title\na.md,b,c\n", "line 2: the row has more values"),
        ("path,title\n,b\n", "line 2: the path is empty"),
        ("path,date\na.md,2023\nb.md,June 2023\n", "line 3: 'June 2023' is not a date"),
        ("path,date\na.md,2023-02-30\n", "line 2: '2023-02-30' is not a date"),
        ('path,title\na.md,"open\n', "line 2: this is no CSV row"),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_metadata(table(tmp_path, text))


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be opened"):
        read_metadata(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        read_metadata(table(tmp_path, "path,title\na,é\n", "latin-1"))


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("a.md", {"/f/a.md", "/f/deep/a.md"}),
        ("./a.md", {"/f/a.md", "/f/deep/a.md"}),
        ("deep/a.md", {"/f/deep/a.md"}),
        ("deep\\a.md", {"/f/deep/a.md"}),
        ("deep/*", {"/f/deep/a.md", "/f/deep/b [final].md"}),
        ("*a.md", {"/f/a.md", "/f/deep/a.md"}),
        ("b [final].md", {"/f/deep/b [final].md"}),
        ("/f/deep/a.md", {"/f/deep/a.md"}),
        ("A.md", {"/f/A.md"}),
        ("two  blanks.md", {"/f/two  blanks.md"}),
        ("c.md", set()),
    ],
)
def test_rows_name_files_by_name_path_or_pattern(tmp_path: Path, pattern: str, named: set[str]) -> None:
    files = [
        Found(path, "/f")
        for path in ("/f/a.md", "/f/A.md", "/f/deep/a.md", "/f/deep/b [final].md", "/f/two  blanks.md")
    ]
    rows = read_metadata(table(tmp_path, f"path,title\n{pattern},X\n"))
    values, unused = match_rows(rows, files)
    assert values == {path: {"title": "X"} for path in named}
    assert [row.pattern for row in unused] == ([] if named else [pattern])


def test_later_rows_win_field_by_field(tmp_path: Path) -> None:
    rows = read_metadata(table(tmp_path, "path,title,body\n*,All,UN\na.md,One,\n"))
    assert match_rows(rows, [Found("/f/a.md", "/f"), Found("/f/b.md", "/f")])[0] == {
        "/f/a.md": {"title": "One", "body": "UN"},
        "/f/b.md": {"title": "All", "body": "UN"},
    }


def test_a_label_is_never_lost_by_leaving_it_out() -> None:
    before = {"access": "restricted", "title": "T"}
    assert merge(before, None, None) == before
    assert merge(before, {}, None) == {"access": "restricted"}
    assert merge(before, {"access": "internal"}, None) == {"access": "internal"}
    assert merge(before, {"title": "U"}, "public") == {"title": "U", "access": "public"}
    assert merge({}, None, None) == {}


def test_the_fingerprint_tells_values_apart() -> None:
    assert fingerprint({}) == ""
    assert fingerprint({"title": "a", "body": "b"}) == fingerprint({"body": "b", "title": "a"})
    assert len({fingerprint({name: "x"}) for name in FIELDS}) == len(FIELDS)
    assert fingerprint({"title": "ab", "body": "c"}) != fingerprint({"title": "a", "body": "bc"})


def described(tmp_path: Path, text: str) -> tuple[Discovery, dict[str, dict[str, str]], list[str]]:
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "report.pdf.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "alone.yaml").write_text("title: x", encoding="utf-8")
    return without_sidecars(discover([tmp_path]))


def test_a_file_beside_a_document_describes_it(tmp_path: Path) -> None:
    text = "title: Über uns\ndate: 2023-06-06\ncountries: [Albania, FRA]\naccess:\nstanding: guidance\n"
    found, values, wrong = described(tmp_path, text)
    assert wrong == []
    # One that describes no file is a file like any other.
    assert [Path(file.path).name for file in found.files] == ["alone.yaml", "report.pdf"]
    assert values == {
        str(tmp_path / "report.pdf"): {
            "title": "Über uns", "date": "2023-06-06", "countries": "ALB;FRA", "standing": "guidance",
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel: x\n", r"unknown fields \(titel\)"), ("- a\n", "holds no fields"), ("title: [\n", "is no YAML file"),
        ("date: June\n", "'June' is not a date"), ("standing: firm\n", "no legal standing"),
        ("title: !!python/object/apply:os.system [ls]\n", "is no YAML file"), ("x" * 100_001, "too large"),
    ],
)  # fmt: skip
def test_a_slip_in_such_a_file_is_told_and_stops_nothing(tmp_path: Path, text: str, said: str) -> None:
    found, values, (wrong,) = described(tmp_path, text)
    assert re.search(said, wrong) and str(tmp_path / "report.pdf.yaml") in wrong
    assert values == {}
    assert len(found.files) == 2
