"""Journeys of researchers who collect every relevant passage and take them along."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

pytestmark = pytest.mark.browser
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def query(visitor: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(visitor.page.url).query)


def save(visitor: Any, name: str, folder: Path) -> Path:
    """Press a link of the bar of picked passages; the file that came."""
    with visitor.page.expect_download() as coming:
        visitor.see("#picks a", name).click()
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def pick(visitor: Any, count: int) -> list[str]:
    """Pick the first passages that are shown; their texts."""
    visitor.see("#results input[data-pick]")
    for n in range(count):
        visitor.page.locator("#results input[data-pick]").nth(n).check()
    visitor.see("#picks", f"Passages picked: {count}")
    return [visitor.page.locator("#results blockquote.passage").nth(n).inner_text() for n in range(count)]


def squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text)


def test_a_facet_keeps_its_word_and_what_is_picked_parses_as_ris(visitor: Any, tmp_path: Path) -> None:
    visitor.go("/?find=" + quote("trafficking victims"))
    visitor.see("#results .narrow summary").click()
    bar = visitor.see("#results .holding a", "OSCE")
    count = bar.inner_text().split()[-1]
    bar.click()
    visitor.see("#results .count", f"{count} passages")
    assert query(visitor)["body"] == ["OSCE"]
    texts = pick(visitor, 2)
    ris = save(visitor, "RIS", tmp_path).read_text(encoding="utf-8")
    records = [
        dict(re.findall(r"^([A-Z][A-Z0-9])  - (.*?)\r?$", one, re.M)) for one in ris.split("ER  - ") if one.strip()
    ]
    assert [squeezed(record["AB"]) for record in records] == [squeezed(text) for text in texts]
    assert all(record["TY"] and record["TI"] and record["ID"] for record in records)


def test_what_is_picked_parses_as_csl_json(visitor: Any, tmp_path: Path) -> None:
    visitor.go("/?find=" + quote("recovery and reflection period"))
    texts = pick(visitor, 3)
    items = json.loads(save(visitor, "CSL-JSON", tmp_path).read_text(encoding="utf-8"))
    assert [squeezed(item["abstract"]) for item in items] == [squeezed(text) for text in texts]
    for item in items:
        assert {"id", "type", "title"} <= set(item)
        assert all(isinstance(part, int) for part in item.get("issued", {}).get("date-parts", [[]])[0])


def test_what_is_picked_opens_in_a_word_processor(visitor: Any, tmp_path: Path) -> None:
    visitor.go("/?find=" + quote("receptionists"))
    (text,) = pick(visitor, 1)
    visitor.type("query", "brick kilns advance")
    visitor.see("#results .hit", "advance to the owner").locator("input[data-pick]").check()
    visitor.see("#picks", "Passages picked: 2")
    file = save(visitor, "Word", tmp_path)
    if OFFICE is None:
        import docx

        said = "\n".join(paragraph.text for paragraph in docx.Document(str(file)).paragraphs)
    else:
        profile = f"-env:UserInstallation=file://{tmp_path}/office"
        command = [
            OFFICE,
            "--headless",
            profile,
            "--convert-to",
            "txt:Text (encoded):UTF8",
            "--outdir",
            str(tmp_path),
            str(file),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        said = file.with_suffix(".txt").read_text(encoding="utf-8-sig")
    assert squeezed(text) in squeezed(said)
    assert "cannot leave before the season ends" in " ".join(said.split())
    assert "Report on hotel inspections" in said
    assert ", p. 1" in said or ", p. 2" in said


def test_passages_by_their_date(visitor: Any) -> None:
    visitor.go("/?find=" + quote("victims identified"))
    visitor.see("#results .hit")
    visitor.see("button.label-wrap", "Filters, order").click()
    visitor.see("label", "Oldest first").click()
    visitor.see("#results .count", "oldest first")
    assert query(visitor)["sort"] == ["oldest"]
    years = [
        int(found[-1])
        for text in visitor.page.locator("#results .facts").all_inner_texts()
        if (found := re.findall(r"\b(?:19|20)\d\d\b", text))
    ]
    assert years == sorted(years)
    visitor.see("label", "Newest first").click()
    visitor.see("#results .count", "newest first")
    newest = [
        int(found[-1])
        for text in visitor.page.locator("#results .facts").all_inner_texts()
        if (found := re.findall(r"\b(?:19|20)\d\d\b", text))
    ]
    assert newest == sorted(newest, reverse=True)


def test_a_long_list_is_leafed_through_and_back(visitor: Any) -> None:
    visitor.go("/?find=victims")
    first = visitor.see("#results input[data-pick]").get_attribute("data-pick")
    visitor.see("#results .parts a", "Next").click()
    visitor.see("#results .parts", "11–20")
    assert query(visitor)["part"] == ["1"]
    second = visitor.see("#results input[data-pick]").get_attribute("data-pick")
    assert second != first
    visitor.page.go_back()
    visitor.see("#results .parts", "1–10")
    assert visitor.see("#results input[data-pick]").get_attribute("data-pick") == first


def test_the_query_language_and_the_filters_by_hand(visitor: Any) -> None:
    visitor.go("/?tab=find")
    visitor.type("query", '"brick kilns" NOT passports')
    visitor.see("#results .hit", "eleven brick kilns")
    assert "passports" not in visitor.see("#results").inner_text()
    visitor.type("query", "shelters")
    visitor.see("#results .hit")
    visitor.see("button.label-wrap", "Filters, order").click()
    field = visitor.see("input[aria-label='Theme']")
    field.click()
    visitor.see("ul[role=listbox] li", "Identification of victims").click()
    visitor.see(".token", "Identification of victims")
    visitor.see("#query-button").click()
    visitor.holds("location.search.includes('theme=victim-identification')")
    visitor.see("#results .hit", "national coalition")
    assert all("Albania" in text for text in visitor.page.locator("#results .work").all_inner_texts())
    visitor.see("#results .holding h2", "Meeting")


def test_a_table_of_queries_becomes_a_table_of_passages(visitor: Any, tmp_path: Path) -> None:
    table = tmp_path / "queries.csv"
    table.write_text("id;query\n1;brick kilns\n2;=receptionists\n3;the of\n", encoding="utf-8")
    visitor.go("/?tab=find")
    visitor.see("#batch summary").click()
    visitor.see("#batch button", "Search for all").click()
    visitor.see("#batch [role=status]", "Choose a file first.")
    visitor.page.locator("#batch input[type=file]").set_input_files(table)
    with visitor.page.expect_download() as coming:
        visitor.see("#batch button", "Search for all").click()
    coming.value.save_as(tmp_path / "out.xlsx")
    visitor.see("#batch [role=status]", "is saved")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        strings = book.read("xl/sharedStrings.xml").decode()
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert "Eleven receptionists" in strings
    assert "eleven brick kilns" in strings
    assert "add a word" in strings, "the third query says why it has no passages"


def test_like_passages_stand_elsewhere(visitor: Any) -> None:
    visitor.go("/?doc=" + quote("NR/ALB/2021") + "&in=identified")
    visitor.see("#reader .found li a").click()
    visitor.see("#reader .actions.here button", "Similar passages elsewhere").click()
    visitor.see("#reader .context .hit", "identified 143 victims")
    assert "for 2021" not in visitor.see("#reader .context").inner_text()
    visitor.see("#reader .actions.here button", "Close the similar passages").click()
    visitor.holds("document.querySelector('#reader .context').hidden")


def test_the_file_itself_is_saved(visitor: Any, papers: Path, tmp_path: Path) -> None:
    visitor.go("/?doc=" + quote("Guide for interviewers"))
    visitor.see("#reader .record summary", "About this document").click()
    with visitor.page.expect_download() as coming:
        visitor.see("#reader .record a", "Save the file").click()
    coming.value.save_as(tmp_path / "saved")
    assert coming.value.suggested_filename == "interviewers.docx"
    assert (tmp_path / "saved").read_bytes() == (papers / "interviewers.docx").read_bytes()
