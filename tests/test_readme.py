"""README and code say the same: every command, option, setting and make variable, and every example line works."""

from __future__ import annotations

import argparse
import configparser
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui.options import EXPORTS, parser

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMON = {"--home", "--store", "--json", "--quiet", "--help", "-h"}
# What lies outside the four rooms and reads settings of its own.
OTHERS = ("tests/conftest.py", "tests/journeys/test_access.py", "tests/bench/run.py")


def section(title: str) -> str:
    """The text under a heading of the second level."""
    return re.split(rf"^## {title}$", README, flags=re.M)[1].split("\n## ")[0]


def leaves(made: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command with its parser, "evaluate retrieval" as one name."""
    nested = [action for action in made._actions if isinstance(action, argparse._SubParsersAction)]
    for action in nested:
        for word, inner in action.choices.items():
            yield from leaves(inner, f"{name} {word}".strip())
    if not nested:
        yield name, made


COMMANDS = dict(leaves(parser()))


def filter_names() -> set[str]:
    """The options of the group that is called filters."""
    group = next(group for group in COMMANDS["search"]._action_groups if group.title == "filters")
    return {option for action in group._group_actions for option in action.option_strings}


def options(name: str) -> set[str]:
    """A command's options; its filters count as one, "filters"."""
    own = {option for action in COMMANDS[name]._actions for option in action.option_strings} - COMMON
    filtered = any(group.title == "filters" for group in COMMANDS[name]._action_groups)
    # A command without filters may have an option of its own by the name of one of them.
    shared = filter_names() if filtered else set()
    assert shared <= own, f"{name} has only some of the filters"
    return (own - shared) | ({"filters"} if shared else set())


def rows() -> dict[str, tuple[str, str, str]]:
    """The rows of the table of commands: name → (words after the name, options, example)."""
    found = {}
    for line in section("Commands").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and (match := re.match(r"`([a-z -]+[a-z])([^`]*)`", cells[0])):
            found[match[1]] = (match[2].strip(), cells[2], cells[3])
    return found


def test_the_table_names_every_command_and_no_other() -> None:
    assert list(rows()) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_names_every_option_and_no_other(name: str) -> None:
    written = rows()[name][1]
    named = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", written)) | ({"filters"} if "filters" in written else set())
    assert named == options(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_choices_and_defaults_are_the_written_ones(name: str) -> None:
    written = rows()[name][1]
    for action in COMMANDS[name]._actions:
        if action.choices:
            assert all(f"`{choice}`" in written or f" {choice}`" in written for choice in action.choices), action.dest
        if action.option_strings and isinstance(action.default, int) and not isinstance(action.default, bool):
            assert f"default {action.default})" in written, action.dest


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_of_its_own(name: str) -> None:
    (line,) = re.findall(r"`(rapporteur [^`]+)`", rows()[name][2])
    words = shlex.split(line)[1:]
    assert words[: len(name.split())] == name.split()
    assert parser().parse_args(words).run == COMMANDS[name].get_default("run")


def lines_of_the_program() -> list[str]:
    """Whatever stands in README as a command to type: in a block, or between single backquotes."""
    blocks = re.findall(r"```\w*\n(.*?)```", README, re.S)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.S))
    typed = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()] + inline
    return [line for line in typed if line.startswith("rapporteur ")]


def test_every_line_that_calls_the_program_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of_the_program()
    assert len(lines) > len(COMMANDS)
    refused = []
    for line in lines:
        words = shlex.split(line)[1:]
        # `rapporteur ingest` alone names the command, it is no line to type.
        if words in [name.split() for name in COMMANDS] or words == ["--version"]:
            continue
        try:
            parser().parse_args(words)
        except SystemExit:
            refused.append(line)
    assert not refused, capsys.readouterr().err


def test_the_help_of_every_command_ends_with_an_example_that_is_understood() -> None:
    for name, made in COMMANDS.items():
        _, _, line = str(made.epilog).partition("example: rapporteur ")
        assert line, f"{name} has no example"
        parser().parse_args(shlex.split(line))


def test_filters_and_exit_codes_are_the_written_ones() -> None:
    text = section("Commands")
    sentence = text[text.index("Filters, on every command") :]
    assert set(re.findall(r"`(--[a-z]+) ", sentence.split("\n\n")[0])) == filter_names()
    from ui import cli

    codes = {cli.DONE, cli.FAILED, cli.USAGE, cli.HOME, cli.INTERRUPTED}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.M)} == codes


def test_every_setting_that_the_code_reads_is_written_and_no_other() -> None:
    files = [file for room in ("corpus", "ingest", "search", "ui") for file in (ROOT / room).rglob("*.py")]
    files += [ROOT / other for other in OTHERS]
    read = {
        name for file in files for name in re.findall(r"\bRAPPORTEUR_[A-Z_]*[A-Z]\b", file.read_text(encoding="utf-8"))
    }
    assert set(re.findall(r"`(RAPPORTEUR_[A-Z_]+)`", section("Settings"))) == read


def test_every_variable_and_target_of_make_is_written_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    settings = section("Settings")
    table = settings[settings.index("| variable of `make`") :]
    cells = "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    assert re.findall(r"`([A-Z_]+)`", cells) == re.findall(r"^([A-Z_]+) \?=", makefile, re.M)
    listed = table[table.index("`make help`") :].partition(":")[2].split(".")[0]
    assert re.findall(r"`([a-z-]+)`", listed) == re.findall(r"^([a-z-]+):.*## ", makefile, re.M)


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:corpus|ingest|search|ui|tests)/[\w./-]*)`", README)
    assert named
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing


def test_the_formats_of_an_export_are_named() -> None:
    for form in EXPORTS:
        assert f"`{form}`" in rows()["export"][1] or f" {form}`" in rows()["export"][1]


def test_nothing_is_left_to_fill_in() -> None:
    assert not re.findall(r"@[A-Z]+@|\bTODO\b|\bTBD\b", README)


def test_the_numbers_of_documents_are_those_that_are_there() -> None:
    from corpus.catalogue import catalogue
    from ingest.fetch import chosen

    rows = chosen(catalogue())
    hosts = {row.host for row in rows}
    assert f"{len(list((ROOT / 'corpus' / 'documents').glob('*.md')))} digests" in README
    assert f"lists {len(catalogue())} real documents" in README
    assert f"{len(rows)} at {len(hosts)} hosts" in README


def block(language: str) -> str:
    """The one block of README in this language."""
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_unit_for_systemd_starts_the_program_with_options_that_it_has(tmp_path: Path) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment]
    unit.read_string(block("ini"))
    assert unit.sections() == ["Unit", "Service", "Install"]
    program, *arguments = unit["Service"]["ExecStart"].split()
    assert program.endswith("/bin/rapporteur")
    assert parser().parse_args(arguments).users
    assert unit["Service"]["KillSignal"] == "SIGTERM"
    checker = shutil.which("systemd-analyze")
    if checker is not None:
        file = tmp_path / "rapporteur.service"
        # The program is not where the unit says, on this machine.
        file.write_text(block("ini").replace(program, "/bin/true"), encoding="utf-8")
        done = subprocess.run([checker, "verify", "--man=no", file], capture_output=True, text=True, check=False)
        assert "rapporteur.service" not in done.stderr


def test_the_container_starts_the_program_with_options_that_it_has() -> None:
    lines = [line.split(maxsplit=1) for line in block("dockerfile").strip().splitlines()]
    assert lines[0][0] == "FROM"
    assert {name for name, _ in lines} <= {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "CMD"}
    names = [name for name, _ in lines]
    # Nothing runs as root.
    assert names.index("USER") < names.index("CMD")
    program, *arguments = json.loads(dict(lines)["CMD"])
    assert program == "rapporteur"
    assert parser().parse_args(arguments).users
