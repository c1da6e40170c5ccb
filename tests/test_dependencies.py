"""What is installed is pinned, to the last package that another one brings, and its licence is listed and lets us use it."""

from __future__ import annotations

import importlib.metadata
import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import licences

README = (licences.ROOT / "README.md").read_text(encoding="utf-8")
WRITTEN = licences.ROOT / "LICENCES.md"
# Those that ask nothing of who uses a package, and those that ask it of changes to the package alone.
USABLE = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "CNRI-Python", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-1.1", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip


def usable(expression: str) -> bool:
    """Whether a licence in the words of SPDX lets us use the package: every part joined by AND, one of those joined by OR."""
    inner = re.fullmatch(r"\(([^()]*)\)", expression.strip())
    text = inner[1] if inner else expression.strip()
    for word, enough in ((" AND ", all), (" OR ", any)):
        parts = re.split(rf"{word}(?![^(]*\))", text)
        if len(parts) > 1:
            return enough(usable(part) for part in parts)
    return text in USABLE


def test_expressions_are_read() -> None:
    assert usable("MIT AND (GPL-3.0-only OR Apache-2.0)")
    assert not usable("MIT AND GPL-3.0-only")
    assert not usable("AGPL-3.0-or-later")
    assert not usable("")


def listed() -> dict[str, tuple[str, str, str]]:
    """The rows of LICENCES.md: {canonical name: (version, licence, needed)}."""
    found = {}
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in {"package", "---"}:
            found[canonicalize_name(cells[0])] = (cells[1], cells[2], cells[3])
    return found


def test_everything_that_is_needed_is_pinned_and_nothing_else() -> None:
    pinned, wanted = set(licences.pinned()), licences.declared("dev")
    needed = licences.closure(wanted)
    # PyTorch's large build brings libraries of a maker of graphics cards; nobody needs them, and one index has none.
    large = {name for name in needed - pinned if name.startswith(("nvidia-", "cuda-")) or name == "triton"}
    assert needed - pinned - large == set()
    # Other systems and interpreters may leave some out; this one is what the file was made on.
    assert {name for name in pinned - needed if _installed(name)} == set()


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def test_what_is_pinned_fits_what_is_declared() -> None:
    pinned = licences.pinned()
    for line in licences.declared("dev"):
        one = Requirement(line)
        name, version = pinned[canonicalize_name(one.name)]
        assert one.specifier.contains(version, prereleases=True), f"{name} {version} is not {one.specifier}"
        assert re.fullmatch(r"[0-9][0-9a-z.]*", version), f"{name} is not pinned to one version"


def test_the_list_of_licences_is_of_what_is_pinned() -> None:
    assert {name: row[0] for name, row in listed().items()} == {
        name: version for name, (_, version) in licences.pinned().items()
    }


def test_every_licence_lets_us_use_the_package() -> None:
    assert {name: row[1] for name, row in listed().items() if not usable(row[1])} == {}


def test_the_list_says_what_the_packages_say() -> None:
    rows = listed()
    run = licences.closure(licences.declared())
    compared = 0
    for name, (shown, version) in licences.pinned().items():
        # A local version such as 2.13.0+cpu is of the same source.
        if _installed(name).partition("+")[0] == version:
            assert rows[name][1] == licences.licence(shown), name
            assert rows[name][2] == ("to run" if name in run else "to develop"), name
            compared += 1
    if compared < len(rows) * 0.9:
        pytest.skip(f"only {compared} of {len(rows)} packages are installed as pinned: no word on the others")


def test_the_readme_says_how_to_audit() -> None:
    assert "LICENCES.md" in README
    assert "pip-audit -r constraints.txt" in README
