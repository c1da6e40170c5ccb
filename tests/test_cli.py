"""The program as a person or a script runs it: exit codes, JSON shapes, what is said on which stream, bad input."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
import pytest

from corpus.lookup import FILE_NAME
from ui.cli import main

DOCUMENTS = Path(__file__).resolve().parent.parent / "corpus" / "documents"
CETS = "cets-197.md"
QUESTION = "How long is the recovery and reflection period?"
MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]


def lend_model(home: Path, model_home: Path) -> Path:
    """A home that borrows the converted model, so that it need not be converted again."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(model_home / "models", target_is_directory=True)
    return home


@dataclass(frozen=True)
class Said:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which is one JSON object and nothing else."""
        answer: dict[str, Any] = json.loads(self.out)
        return answer


class Program:
    """Runs commands in this process over one home."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def __call__(self, *words: str | Path, home: Path | None = None) -> Said:
        self._capsys.readouterr()
        try:
            code = main([str(word) for word in words] + ["--home", str(home or self.home)])
        except SystemExit as ended:  # argparse itself
            code = int(ended.code or 0)
        captured = self._capsys.readouterr()
        assert "Traceback" not in captured.err
        return Said(code, captured.out, captured.err)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, make_pdf: MakePdf) -> Path:
    """Two digests, and a PDF so that pages exist."""
    folder = tmp_path_factory.mktemp("library")
    for name in (CETS, "osce-action-plan.md"):
        shutil.copy(DOCUMENTS / name, folder / name)
    first = ["Report on hotel inspections", "The inspectors visited forty-two hotels in the harbour quarter."]
    second = ["Eleven receptionists had been trained to recognise signs of exploitation."]
    make_pdf(folder / "hotels.pdf", [first, second])
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, model_home: Path, library: Path) -> Path:
    """A home with these documents. Tests that change it copy it first."""
    home = lend_model(tmp_path_factory.mktemp("cli") / "home", model_home)
    assert main(["ingest", str(library), "--home", str(home), "--quiet"]) == 0
    return home


@pytest.fixture
def run(filled: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(filled, capsys)


@pytest.fixture
def own(tmp_path: Path, model_home: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    """Over an empty home of this test alone."""
    return Program(lend_model(tmp_path / "home", model_home), capsys)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder of one short text."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "note.txt").write_text("The shelter in the harbour has nine beds for victims.\n", encoding="utf-8")
    return folder


def start(*words: str | Path, **options: Any) -> subprocess.Popen[str]:
    """The program as a process of its own."""
    command = [sys.executable, "-m", "ui.cli", *(str(word) for word in words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=Path(__file__).resolve().parent.parent, **pipes, **options)


# -- shapes ----------------------------------------------------------------------------------------------------------

SOURCE = {"id", "title", "path", "symbol", "body", "type", "date", "language", "url"}
HIT = {
    "rank", "score", "passage_id", "text", "label", "heading_path", "page", "page_label", "speaker", "highlights",
    "document",
}  # fmt: skip


def test_search_gives_the_shape_of_the_interface(run: Program) -> None:
    said = run("search", "recovery period", "-k", "3", "--json")
    assert said.code == 0
    assert set(said.json) >= {"query", "mode", "took_ms", "revision", "total", "results"}
    assert said.json["query"] == "recovery period"
    assert said.json["mode"] == "hybrid"
    results = said.json["results"]
    assert [hit["rank"] for hit in results] == [1, 2, 3]
    assert said.json["total"] >= 3
    for hit in results:
        assert set(hit) >= HIT
        assert set(hit["document"]) >= SOURCE
        assert all(0 <= start < end <= len(hit["text"]) for start, end in hit["highlights"])
    assert results[0]["label"].startswith("Article 13")
    assert results[0]["page"] is None, "a Markdown file has no pages"


def test_ask_gives_the_shape_of_the_interface_and_verbatim_quotations(run: Program) -> None:
    said = run("ask", QUESTION, "--json")
    assert said.code == 0
    assert set(said.json) >= {
        "question", "status", "reason", "answer", "quotations", "citations", "alternatives", "confidence", "producer",
        "revision", "took_ms",
    }  # fmt: skip
    assert said.json["status"] == "answered"
    assert 0 <= said.json["confidence"] <= 1
    assert [one["n"] for one in said.json["citations"]] == [one["citation"] for one in said.json["quotations"]]
    written = squashed(DOCUMENTS / CETS) + squashed(DOCUMENTS / "osce-action-plan.md")
    for citation in said.json["citations"]:
        assert set(citation) >= {
            "n", "passage_id", "quote", "page", "page_label", "label", "speaker", "authority", "document",
        }  # fmt: skip
        assert set(citation["document"]) >= SOURCE
        assert "".join(filter(str.isalnum, citation["quote"])) in written
    for hit in said.json["alternatives"]:
        assert set(hit) >= HIT


def squashed(path: Path) -> str:
    return "".join(filter(str.isalnum, path.read_text(encoding="utf-8")))


def test_a_quotation_from_a_pdf_names_its_page(run: Program) -> None:
    citation, *_ = run("ask", "How many receptionists had been trained?", "--json").json["citations"]
    assert (citation["page"], citation["document"]["path"].rpartition("/")[2]) == (2, "hotels.pdf")
    assert "Eleven receptionists" in citation["quote"]


def test_what_is_not_held_is_not_found_and_that_is_no_failure(run: Program) -> None:
    said = run("ask", "What is the boiling point of tungsten?", "--json")
    assert said.code == 0
    assert said.json["status"] == "not_found"
    assert said.json["citations"] == said.json["quotations"] == []
    assert said.json["reason"]
    assert run("ask", "What is the boiling point of tungsten?").out.startswith("Not found.")


def test_ingest_gives_the_shape_of_the_interface(own: Program, papers: Path) -> None:
    shutil.copy(papers / "note.txt", papers / "copy.txt")
    (papers / "broken.pdf").write_bytes(b"%PDF-1.4 and then nothing")
    said = own("ingest", papers, "--json")
    assert said.code == 1, "a file failed"
    assert set(said.json) >= {
        "indexed", "updated", "unchanged", "removed", "failed", "passages", "pages", "seconds", "revision", "files",
    }  # fmt: skip
    assert (said.json["indexed"], said.json["failed"], said.json["passages"]) == (1, 1, 1)
    outcomes = {Path(file["path"]).name: file for file in said.json["files"]}
    assert {file["outcome"] for file in outcomes.values()} == {"indexed", "duplicate", "failed"}
    for file in outcomes.values():
        assert set(file) >= {
            "path", "outcome", "reason", "pages", "pages_without_text", "passages", "warnings",
        }  # fmt: skip
    assert outcomes["broken.pdf"]["reason"] in said.err

    (papers / "note.txt").write_text("The shelter has ten beds now.\n", encoding="utf-8")
    (papers / "copy.txt").unlink()
    (papers / "broken.pdf").unlink()
    again = own("ingest", papers, "--json")
    assert again.code == 0
    assert again.json["failed"] == 0
    assert again.json["revision"] > said.json["revision"]
    assert own("ingest", papers, "--json").json["unchanged"] == 1


def test_status_gives_the_shape_of_the_interface(run: Program) -> None:
    shape = run("status", "--json").json
    assert set(shape) >= {
        "home", "revision", "documents", "passages", "pages", "embedding", "store", "bytes", "healthy", "problems",
    }  # fmt: skip
    assert (shape["documents"], shape["pages"], shape["healthy"], shape["problems"]) == (3, 2, True, [])
    assert set(shape["embedding"]) >= {"model", "dimensions", "backend"}
    assert shape["embedding"]["dimensions"] == 384
    assert run("verify").code == 0


def test_evaluate_retrieval_measures_and_writes_a_run(own: Program, tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    texts = {"a": "Debt bondage keeps workers in brick kilns.", "b": "Consular staff issue visas.", "c": "A bridge."}
    lines = [json.dumps({"_id": name, "title": "", "text": text}) for name, text in texts.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    asked = [{"_id": "q1", "text": "bonded labour in brick kilns"}, {"_id": "q2", "text": "who issues visas"}]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t1\n", encoding="utf-8")
    said = own("evaluate", "retrieval", folder, "--run", tmp_path / "out.trec", "--json")
    assert said.code == 0, said.err
    assert set(said.json) >= {"nDCG@10", "R@10", "R@100", "RR@10", "latency_ms"}
    assert said.json["nDCG@10"] == said.json["RR@10"] == 1.0
    rows = [line.split() for line in (tmp_path / "out.trec").read_text(encoding="utf-8").splitlines()]
    assert ["q1", "Q0", "a", "1"] in [row[:4] for row in rows]
    assert all(len(row) == 6 for row in rows)


def test_evaluate_questions_gives_the_shape_of_the_interface(run: Program, tmp_path: Path) -> None:
    quote = "Eleven receptionists had been trained to recognise signs of exploitation."
    evidence = {"document": "hotels.pdf", "page": 2, "label": None, "quote": quote}
    asked = [
        {"id": "1", "kind": "fact", "question": "How many receptionists had been trained?", "answerable": True,
         "answer": "eleven", "evidence": [evidence]},
        {"id": "2", "kind": "none", "question": "What is the boiling point of tungsten?", "answerable": False,
         "answer": "", "evidence": []},
    ]  # fmt: skip
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    said = run("evaluate", "questions", file, "--json")
    assert said.code == 0, said.err
    assert set(said.json) >= {
        "questions", "document@5", "evidence@1", "evidence@5", "evidence@10", "answer", "cited_document", "page", "label",
        "verbatim", "refused", "false_refusals", "latency_ms", "by_kind", "results",
    }  # fmt: skip
    assert said.json["questions"] == len(said.json["results"]) == 2
    assert said.json["refused"] == said.json["document@5"] == said.json["verbatim"] == 1.0


# -- what each command says ------------------------------------------------------------------------------------------


def test_text_answers_number_their_sources(run: Program) -> None:
    out = run("ask", QUESTION).out
    assert re.search(r"“[^”]*30 days[^”]*” \[1\]", " ".join(out.split()))
    assert re.search(r"^\[1\] .*CETS 197.*Article 13\(1\)$", out, re.M)


def test_show_finds_a_document_by_what_people_call_it(run: Program, filled: Path) -> None:
    shown = run("show", "CETS 197", "--json").json
    for name in (shown["document"]["id"], CETS, "cets no. 197", shown["document"]["title"]):
        assert run("show", name, "--json").json["document"]["id"] == shown["document"]["id"]
    part = run("show", "CETS 197", "--label", "Art. 13", "--json").json["passages"]
    assert part
    assert all(passage["label"].startswith("Article 13") for passage in part)
    page = run("show", "hotels", "--page", "2", "--json").json
    assert page["page"]["number"] == 2
    assert "Eleven receptionists" in page["page"]["text"]
    assert any("Eleven receptionists" in passage["text"] for passage in page["passages"])


def test_documents_are_listed_in_three_forms(run: Program) -> None:
    assert "Report on hotel inspections" in run("documents").out
    listed = run("documents", "--body", "CoE", "--json").json
    assert [one["symbol"] for one in listed["documents"]] == ["CETS 197"]
    header, row = run("documents", "--body", "CoE", "--format", "csv").out.splitlines()
    assert header.startswith("path,title,symbol")
    assert "CETS 197" in row
    assert run("documents", "--from", "2090").out.strip() == "No document fits."


def test_the_table_of_documents_comes_back_with_what_a_curator_edited(
    run: Program, tmp_path: Path, model_home: Path
) -> None:
    home, papers = lend_model(tmp_path / "kb", model_home), tmp_path / "papers"
    papers.mkdir()
    (papers / "one.md").write_text("# Report on shelters\n\nThe shelters of 2019 were full, and nobody said so.\n")
    (papers / "two.md").write_text("# =SUM of all fears\n\nA text about the fears of 2020, which were many.\n")
    run("ingest", papers, home=home)
    table = tmp_path / "documents.csv"
    table.write_text(run("documents", "--format", "csv", home=home).out, encoding="utf-8")
    again = run("ingest", papers, "--metadata", table, "--json", home=home).json
    assert (again["unchanged"], again["updated"]) == (2, 0)
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert {row["title"] for row in rows} == {"Report on shelters", "'=SUM of all fears"}
    rows[0] |= {"standing": "guidance", "countries": "Albania; Kosovo", "date": "2019-05", "place": "Vienna"}
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    edited = run("ingest", papers, "--metadata", table, "--json", home=home).json
    assert (edited["unchanged"], edited["updated"], edited["notes"]) == (1, 1, [])
    shown = run("show", rows[0]["id"], "--json", home=home).json["document"]
    assert (shown["standing"], shown["date"], shown["place"]) == ("guidance", "2019-05", "Vienna")
    assert shown["countries"][0] == "ALB"
    assert shown["basis"]["standing"] == {"source": "the curator", "certainty": "certain"}
    assert shown["basis"]["title"]["source"] != "the curator"
    # Given once more, it changes nothing; a run without it keeps what was said.
    table.write_text(run("documents", "--format", "csv", home=home).out, encoding="utf-8")
    assert run("ingest", papers, "--metadata", table, "--json", home=home).json["unchanged"] == 2
    assert run("ingest", papers, "--json", home=home).json["unchanged"] == 2
    assert run("show", rows[0]["id"], "--json", home=home).json["document"]["place"] == "Vienna"


def test_a_text_that_a_newer_one_revises_is_marked_and_described_beside_its_file(
    run: Program, tmp_path: Path, model_home: Path
) -> None:
    home, papers = lend_model(tmp_path / "kb", model_home), tmp_path / "papers"
    papers.mkdir()
    text = "# Note on shelters\n\nThe shelters for victims of trafficking were {} in the spring.\n"
    for name, symbol, word in (("old.md", "S/2031/71", "full"), ("new.md", "S/2031/71/Rev.1", "nearly empty")):
        (papers / name).write_text(text.format(word))
        (papers / f"{name}.yaml").write_text(f"symbol: {symbol}\naccess: internal\n")
    report = run("ingest", papers, "--json", home=home).json
    assert (report["indexed"], report["failed"]) == (2, 0)
    found = run("search", "shelters full in the spring", "--json", home=home).json["results"]
    newer = {one["document"]["symbol"]: one["newer"] and one["newer"]["symbol"] for one in found}
    assert newer == {"S/2031/71": "S/2031/71/Rev.1", "S/2031/71/Rev.1": None}
    assert "A newer version is held" in run("search", "shelters full", home=home).out
    related = run("show", "S/2031/71", "--json", home=home).json["related"]
    assert [(one["relation"], one["document"]["symbol"]) for one in related] == [("revised by", "S/2031/71/Rev.1")]
    assert "revised by: Note on shelters" in run("show", "old.md", home=home).out
    # An access label stays where the file that gave it is gone.
    (papers / "old.md.yaml").unlink()
    assert run("ingest", papers, "--json", home=home).json["updated"] == 1
    assert run("show", "old.md", "--json", home=home).json["document"]["access"] == "internal"


def test_export_writes_a_file_or_standard_output(run: Program, tmp_path: Path) -> None:
    assert run("export", "CETS 197", "--label", "Article 13", "--format", "ris").out.startswith("TY  - ")
    file = tmp_path / "a.docx"
    assert run("export", "--query", "recovery period", "--format", "docx", "--output", file).code == 0
    assert file.read_bytes().startswith(b"PK")


def test_forget_removes_at_once_and_says_that_the_file_is_still_there(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(filled, home, symlinks=True)
    run = Program(home, capsys)
    said = run("forget", "hotels.pdf")
    assert said.code == 0
    assert "file is still there" in said.out
    assert not [hit for hit in run("search", "receptionists", "--json").json["results"] if "Eleven" in hit["text"]]
    assert run("show", "hotels.pdf").code == 2


def test_a_backup_comes_back_in_another_home(run: Program, tmp_path: Path, model_home: Path) -> None:
    file, home = tmp_path / "kb.zip", lend_model(tmp_path / "restored", model_home)
    assert run("backup", file).code == 0
    assert run("restore", file, home=home).code == 0
    assert run("ask", QUESTION, "--json", home=home).json["status"] == "answered"
    again = run("restore", file, home=home)
    assert again.code == 2
    assert run("rebuild", home=home).code == 0


# -- bad input: one clear line, the right code ---------------------------------------------------------------------------


def one_line(said: Said, code: int, *words: str) -> None:
    """It ended with this code, said one line on stderr that holds these words, and nothing on stdout."""
    assert said.code == code, said
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1, said.err
    for word in words:
        assert word in said.err


def test_a_missing_path(own: Program, tmp_path: Path) -> None:
    one_line(own("ingest", tmp_path / "gone"), 2, str(tmp_path / "gone"))
    assert not (own.home / FILE_NAME).exists(), "no knowledge base was made for it"


def test_an_empty_folder(own: Program, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    one_line(own("ingest", tmp_path / "empty"), 2, "holds no files")


def test_no_path_at_all(own: Program) -> None:
    one_line(own("ingest"), 2, "--bundled")


def test_files_that_cannot_be_read_are_named_and_the_rest_goes_on(
    own: Program, papers: Path, make_pdf: MakePdf
) -> None:
    make_pdf(papers / "open.pdf", [["A secret report"]])
    writer = pypdf.PdfWriter(clone_from=papers / "open.pdf")
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(papers / "shut.pdf")
    (papers / "open.pdf").unlink()
    (papers / "torn.pdf").write_bytes(b"%PDF-1.7\n" + bytes(100))
    (papers / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (papers / "nothing.txt").write_bytes(b"")
    said = own("ingest", papers)
    assert said.code == 1
    lines = [line for line in said.err.splitlines() if line.startswith("failed: ")]
    assert len(lines) == 4
    reasons = {Path(path).name: reason for _, path, reason in (line.split(": ", 2) for line in lines)}
    assert "password" in reasons["shut.pdf"]
    assert "damaged" in reasons["torn.pdf"]
    assert "OCR" in reasons["picture.png"]
    assert "empty" in reasons["nothing.txt"]
    assert said.out.startswith("Files: 1 indexed, 4 failed.\n")
    assert own("search", "shelter beds", "--json").json["total"] == 1


def test_a_protected_file_is_read_with_its_password(
    own: Program, papers: Path, make_pdf: MakePdf, tmp_path: Path
) -> None:
    writer = pypdf.PdfWriter(clone_from=make_pdf(tmp_path / "open.pdf", [["A report that is nobody else's business."]]))
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(papers / "shut.pdf")
    (tmp_path / "passwords.txt").write_text("*.pdf\tsecret\n", encoding="utf-8")
    # A process of its own: those that read files keep the settings with which the first of them started.
    with start("ingest", papers, "--passwords", tmp_path / "passwords.txt", "--home", own.home) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert out.startswith("Files: 2 indexed.")
    assert "secret" not in out + err
    one_line(own("ingest", papers, "--passwords", tmp_path / "gone.txt"), 2, "gone.txt")


def test_a_file_named_alone_that_is_no_document(own: Program, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + bytes(40))
    said = own("ingest", tmp_path / "a.zip")
    assert said.code == 1
    assert said.err.startswith(f"failed: {tmp_path / 'a.zip'}: ")


@pytest.mark.parametrize("command", ["search", "ask"])
def test_questions_that_cannot_be_asked(run: Program, command: str) -> None:
    one_line(run(command, "of the and"), 2, "a word that")
    one_line(run(command, ""), 2, "empty")
    one_line(run(command, "   "), 2, "empty")
    one_line(run(command, "x" * 10_000), 2, "10,000", "2,000")


def test_a_home_that_is_none(own: Program, tmp_path: Path) -> None:
    one_line(own("ask", "x", home=tmp_path / "nowhere"), 3, "There is no knowledge base", "rapporteur ingest")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "accounts.xlsx").write_bytes(b"x")
    for command in (("ask", "x"), ("ingest", DOCUMENTS / CETS), ("status",)):
        one_line(own(*command, home=tmp_path / "other"), 3, "is not a Rapporteur home")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    one_line(own("status", home=tmp_path / "file"), 3, "is a file")
    assert [entry.name for entry in (tmp_path / "other").iterdir()] == ["accounts.xlsx"]


def test_a_store_that_is_damaged(own: Program) -> None:
    (own.home / FILE_NAME).write_bytes(b"not a database, by far" * 50)
    one_line(own("status"), 3, "cannot be opened", "backup")


def test_a_second_writer_is_told_at_once(filled: Path, run: Program, papers: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from corpus.lock import WriterLock\n"
        "with WriterLock(Path(sys.argv[1])):\n print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, filled],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        one_line(run("ingest", papers), 3, f"pid {holder.pid}", "is writing")
        one_line(run("forget", "hotels.pdf"), 3, "is writing")
        assert run("ask", QUESTION).code == 0, "readers never wait for a writer"
    finally:
        holder.communicate("")
    assert holder.returncode == 0


def test_an_unknown_document_gets_near_names(run: Program) -> None:
    said = run("show", "Council of Europe Convention on Trafficking")
    assert (said.code, said.out) == (2, "")
    assert "Near to it:" in said.err
    assert CETS in said.err
    several = run("show", "trafficking in human beings")
    assert several.code == 2
    assert "fits 2 documents" in several.err


def test_an_unknown_label_page_or_date(run: Program) -> None:
    one_line(run("show", "CETS 197", "--label", "Article 99"), 2, "Article 99", "Article 9")
    one_line(run("show", "hotels.pdf", "--page", "3"), 2, "pages 1 to 2")
    one_line(run("show", "CETS 197", "--page", "1"), 2, "has no pages")
    for date in ("yesterday", "2003-13", "2003-02-30", "03/2003"):
        for command in (("documents",), ("search", "victims"), ("ask", QUESTION)):
            one_line(run(*command, "--from", date), 2, f"'{date}' is not a date")


def test_words_that_the_command_line_does_not_know(run: Program) -> None:
    for words in (("serch", "x"), ("search", "x", "--mode", "magic"), ("search", "x", "-k", "0"), ("show",)):
        said = run(*words)
        assert said.code == 2
        assert "usage: rapporteur" in said.err
    assert "port" in run("serve", "--port", "99999").err


def test_places_that_cannot_be_written(run: Program, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    one_line(run("backup", gone / "kb.zip"), 2, str(gone))
    one_line(run("export", "CETS 197", "--output", gone / "x.md"), 2, str(gone))
    one_line(run("export", "CETS 197", "--format", "docx"), 2, "--output")
    one_line(run("export"), 2, "Name what to export")


def test_files_for_evaluation_that_are_none(run: Program, tmp_path: Path) -> None:
    one_line(run("evaluate", "questions", tmp_path / "gone.jsonl"), 2, "gone.jsonl")
    one_line(run("evaluate", "retrieval", tmp_path), 2, "corpus.jsonl")
    one_line(run("restore", tmp_path / "gone.zip", home=tmp_path / "new"), 2, "gone.zip")


def test_a_failure_is_json_too_where_json_is_wanted(run: Program) -> None:
    said = run("show", "no such thing at all", "--json")
    assert said.code == 2
    assert said.json == {"error": said.err.strip(), "exit_code": 2}


def test_quiet_says_nothing_but_failures(own: Program, papers: Path) -> None:
    assert own("ingest", papers, "--quiet") == Said(0, "", "")
    (papers / "torn.pdf").write_bytes(b"%PDF-1.7\n" + bytes(100))
    said = own("ingest", papers, "--quiet")
    assert (said.code, said.out) == (1, "")
    assert re.fullmatch(r"failed: .*torn\.pdf: .*\n", said.err)
    assert own("documents", "--quiet").err == ""
    assert own("search", "shelter", "--quiet").err == ""


def test_an_empty_knowledge_base_says_how_to_fill_it(own: Program, papers: Path) -> None:
    assert own("ingest", papers).code == 0
    assert own("forget", "note.txt").code == 0
    assert "rapporteur ingest" in own("search", "shelter").out
    assert own("ask", "How many beds has the shelter?", "--json").json["status"] == "not_found"


# -- as a process ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Enough small files for an ingestion to be met in its middle."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(400):
        lines = [
            f"Case {number}, part {part}: the labour inspectors of district {number * 7 + part} met victims."
            for part in range(6)
        ]
        (folder / f"case-{number:03}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    return folder


def committed(home: Path) -> int:
    """Documents that are in the store."""
    import sqlite3

    if not (home / FILE_NAME).is_file():
        return 0
    try:
        with sqlite3.connect(f"file:{home / FILE_NAME}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:  # it is only just being made
        return 0


def test_an_interrupted_ingestion_keeps_what_is_committed_and_goes_on(own: Program, many: Path) -> None:
    process = start("ingest", many, "--workers", "1", "--home", own.home)
    try:
        deadline = time.monotonic() + 120
        while not committed(own.home) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, (out, err)
    assert out == ""
    assert "What was committed is kept" in err
    assert "Traceback" not in err
    kept = committed(own.home)
    assert 0 < kept < 400
    said = own("ingest", many, "--json")
    assert said.code == 0
    assert (said.json["indexed"], said.json["unchanged"]) == (400 - kept, kept)
    assert own("verify").code == 0


def test_the_first_questions_may_come_all_at_once(filled: Path) -> None:
    program = (
        "import sys; from concurrent.futures import ThreadPoolExecutor; from pathlib import Path\n"
        "from ui.service import KnowledgeBase\n"
        "base = KnowledgeBase(Path(sys.argv[1]))\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        f"    print(*(one.status.value for one in pool.map(base.ask, [{QUESTION!r}] * 8)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, filled],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    assert done.stdout.split() == ["answered"] * 8


def test_output_that_is_cut_off_is_no_failure(filled: Path) -> None:
    with start("show", "CETS 197", "--home", filled) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_the_variable_names_the_home(filled: Path) -> None:
    process = start("status", "--json", env=os.environ | {"RAPPORTEUR_HOME": str(filled)})
    out, _ = process.communicate(timeout=60)
    assert json.loads(out)["home"] == str(filled)


def test_every_alphabet_is_written_as_utf_8(own: Program, papers: Path) -> None:
    text = "Торговля людьми: приют в гавани. الاتجار بالبشر.\n"
    (papers / "ru.txt").write_text(text, encoding="utf-8")
    assert own("ingest", papers).code == 0
    process = start("show", "ru.txt", "--home", own.home, env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "Торговля людьми" in out


@pytest.fixture(autouse=True)
def no_leftovers(filled: Path) -> Iterator[None]:
    """The shared home stays as it was."""
    before = committed(filled)
    yield
    assert committed(filled) == before
