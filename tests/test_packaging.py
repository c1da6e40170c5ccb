"""The wheel alone, in an empty environment and a folder that holds a decoy `search/`: it installs, ingests and answers.

Nothing is downloaded: the environment borrows its dependencies from the one that runs the tests, by a `.pth` file. Such
a folder comes after the environment's own, and its own `.pth` files are not read, so an editable install of this
repository stays out of sight and what is tested is the wheel.
"""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("corpus", "ingest", "search", "ui")
QUESTION = "How long is the recovery and reflection period?"
SECONDS = 600


def run(command: list[str | Path], *, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command to its end; its standard output, or a failure that shows what it said."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        shown = " ".join(str(part) for part in command)
        pytest.fail(f"{shown}\nended with {done.returncode}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel, and the folder that its commands run in."""

    folder: Path
    scripts: Path
    elsewhere: Path

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run one of its programs in the folder with the decoy."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("RAPPORTEUR_", "PYTHON"))
        }
        return run([self.scripts / program, *arguments], cwd=self.elsewhere, env=environment)

    def json(self, *arguments: str | Path) -> dict[str, Any]:
        """Run `rapporteur ... --json` and read its standard output, which holds one JSON object and nothing else."""
        answer: dict[str, Any] = json.loads(self.run("rapporteur", *arguments, "--json"))
        return answer


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the working tree without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    run([sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, ROOT], cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    paths = sysconfig.get_paths("venv", vars={"base": str(folder), "platbase": str(folder)})
    scripts, site_packages = Path(paths["scripts"]), Path(paths["purelib"])
    borrowed = dict.fromkeys(sysconfig.get_paths()[name] for name in ("purelib", "platlib"))
    (site_packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    options = ["--no-deps", "--no-index", "--disable-pip-version-check", "--quiet"]
    python = scripts / "python"
    run([sys.executable, "-m", "pip", "--python", python, "install", "--ignore-installed", *options, wheel], cwd=folder)

    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "search").mkdir()
    (elsewhere / "search" / "__init__.py").write_text(
        'raise RuntimeError("the decoy was imported")\n', encoding="utf-8"
    )
    return Installed(folder, scripts, elsewhere)


def test_the_wheel_holds_code_and_data_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert not wanted - names, "missing from the wheel"
    assert {f"{room}/py.typed" for room in ROOMS} <= names
    assert any(re.fullmatch(r"corpus/documents/[\w-]+\.md", name) for name in names)
    assert any(re.fullmatch(r"corpus/vocabulary/\w+\.yaml", name) for name in names)
    others = {name.split("/")[0] for name in names} - set(ROOMS)
    assert all(other.endswith(".dist-info") for other in others), others


def test_our_names_come_from_the_wheel_and_have_one_owner(installed: Installed) -> None:
    program = (
        "import importlib.metadata, importlib.util, json\n"
        f"rooms = {ROOMS!r}\n"
        "owners = importlib.metadata.packages_distributions()\n"
        "files = {room: importlib.util.find_spec(room).submodule_search_locations[0] for room in rooms}\n"
        "print(json.dumps([files, {room: sorted(set(owners.get(room, []))) for room in rooms}]))\n"
    )
    # -P: `-c` alone would put the current folder, with its decoy, in front.
    files, owners = json.loads(installed.run("python", "-P", "-c", program))
    for room in ROOMS:
        assert Path(files[room]).is_relative_to(installed.folder), f"{room} is imported from {files[room]}"
        assert owners[room] == ["rapporteur-kb"], (
            f"{room} belongs to {owners[room]}; two owners overwrite each other's files"
        )


def test_the_bundled_documents_answer_from_any_folder(installed: Installed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingested = installed.json("ingest", "--bundled", "--home", home)
    assert ingested["failed"] == 0, ingested["files"]
    assert ingested["indexed"] >= 10
    assert ingested["passages"] > ingested["indexed"]

    answer = installed.json("ask", QUESTION, "--home", home)
    assert answer["status"] == "answered", answer
    assert answer["citations"], answer
    for citation in answer["citations"]:
        assert citation["quote"].strip()
        assert citation["document"]["body"]
    assert any(re.search(r"\b30 days\b|thirty days", citation["quote"]) for citation in answer["citations"])


def imported_distributions() -> dict[str, set[str]]:
    """Every distribution that a module of ours imports, with the modules that do."""
    owners = importlib.metadata.packages_distributions()
    found: dict[str, set[str]] = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names: list[str] = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    names = [node.module]
                for name in {name.split(".")[0] for name in names} - set(ROOMS) - sys.stdlib_module_names:
                    for owner in owners.get(name, [f"the owner of {name}, which is not installed"]):
                        found.setdefault(canonical(owner), set()).add(path.relative_to(ROOT).as_posix())
    return found


def canonical(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_is_a_declared_dependency_with_a_pinned_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    declared = {canonical(re.match(r"[\w.-]+", line)[0]) for line in listed}
    missing = {name: sorted(users) for name, users in imported_distributions().items() if name not in declared}
    assert not missing, "imported, but not declared in pyproject.toml"

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert not declared - {canonical(name) for name in pinned}, "declared, but without a version in constraints.txt"
    assert not [line for line in pinned.values() if "+" in line], "a local version installs on one kind of machine only"


@pytest.mark.parametrize("command", ["make run", "make test", "rapporteur ingest", "rapporteur ask"])
def test_the_readme_names_the_commands(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
