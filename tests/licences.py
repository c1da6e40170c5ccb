"""Writes LICENCES.md: every pinned package with its version, its licence as it says itself, and what it is needed for.

    python tests/licences.py > LICENCES.md

Read from what is installed, so run it in an environment that was made with constraints.txt.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Licences

What is installed with Rapporteur, by `constraints.txt`. Nothing of it is part of this project; `pip` fetches it. The licence
is what each package says of itself. “To run” is what the program needs, “to develop” what its tests need besides.
Written by `python tests/licences.py > LICENCES.md`; a test holds it, `constraints.txt` and `pyproject.toml` together.

| package | version | licence | needed |
| --- | --- | --- | --- |"""
# Names of licences as packages write them, where they write none of SPDX.
SPDX = {
    "mit license": "MIT",
    "apache license": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "osi approved :: apache software license": "Apache-2.0",
    "the bsd 2-clause license": "BSD-2-Clause",
    "bsd license": "BSD",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "bsd-3-clause, apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}


@dataclass(frozen=True, order=True)
class Package:
    """One row."""

    key: str
    name: str
    version: str
    licence: str
    needed: str


def pinned() -> dict[str, tuple[str, str]]:
    """constraints.txt: {canonical name: (name, version)}."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): (name, version) for name, version in pairs}


def declared(*extras: str) -> list[str]:
    """The requirements of pyproject.toml, with those of these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]


def closure(wanted: Iterable[str]) -> set[str]:
    """Canonical names of all that these requirements need on this machine, themselves included."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(line) for line in wanted]
    while waiting:
        one = waiting.pop()
        for extra in (*one.extras, ""):
            key = (canonicalize_name(one.name), extra)
            if key in found:
                continue
            found.add(key)
            for line in importlib.metadata.requires(one.name) or ():
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    return {name for name, _ in found}


def licence(name: str) -> str:
    """What a package says of its licence, in the words of SPDX where that can be."""
    facts = importlib.metadata.metadata(name)
    said = facts.get("License-Expression") or ""
    if said:
        return str(said)
    said = facts.get("License") or ""
    # Some put the whole text there.
    if not said or "\n" in said or len(said) > 80:
        kinds = [
            one.rpartition("::")[2].strip() for one in facts.get_all("Classifier") or () if one.startswith("License")
        ]
        said = " OR ".join(SPDX.get(one.casefold(), one) for one in kinds)
    return SPDX.get(said.strip().casefold(), said.strip()) or _from_the_file(name)


def _from_the_file(name: str) -> str:
    """The head of the licence that lies in the package, for those that say nothing else."""
    for file in importlib.metadata.files(name) or ():
        if re.fullmatch(r"LICEN[CS]E(\.\w+)?", file.name):
            head = file.read_text().strip().splitlines()[0].strip()
            return SPDX.get(head.casefold(), head)
    return ""


def rows() -> list[Package]:
    """All pinned packages, by name."""
    run = closure(declared())
    return sorted(
        Package(key, name, version, licence(name), "to run" if key in run else "to develop")
        for key, (name, version) in pinned().items()
    )


def written() -> str:
    """The whole file."""
    lines = [f"| {one.name} | {one.version} | {one.licence} | {one.needed} |" for one in rows()]
    return "\n".join([HEAD, *lines]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
