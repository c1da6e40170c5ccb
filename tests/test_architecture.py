"""The rooms and their doors, read from the source: who imports whom, how long a module may grow, what may be caught."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("corpus", "ingest", "search", "ui")
MAY_IMPORT = {
    "corpus": set(),
    "ingest": {"corpus"},
    "search": {"corpus"},
    "ui": {"corpus", "ingest", "search"},
}
# A library that only one room may know, and the reason.
OWNED = {
    "gradio": ("ui", "the page is the only place that knows how it is drawn"),
    "haystack": ("search", "records that leave search/ are ours, not a framework's"),
    "haystack_integrations": ("search", "records that leave search/ are ours, not a framework's"),
    "sqlite3": ("corpus", "SQL stays behind the store"),
    "psycopg": ("corpus", "SQL stays behind the store"),
    "psycopg_pool": ("corpus", "SQL stays behind the store"),
}
MODULE_LINES = 320
FUNCTION_LINES = 80
REASON_WORDS = 3

MACHINE_PATH = re.compile(r"(?<![\w./:~-])/(?:home|root|Users|tmp|work|opt|mnt|private|srv)/\w|\b[A-Za-z]:\\+Users\b")
PRAGMA = re.compile(r"#\s*(?:noqa|type|pragma|nosec|ruff)\b:?\s*[\w,\[\]-]*(?:\s*,\s*[A-Z]+\d+)*")


@cache
def modules() -> dict[str, tuple[str, ast.Module]]:
    """Every module of ours by its path from the root: source and tree."""
    found = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            found[path.relative_to(ROOT).as_posix()] = (source, ast.parse(source, filename=str(path)))
    return found


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and top-level name of each absolute import, also of `import_module("name")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if called in ("import_module", "__import__") and isinstance(first, ast.Constant):
                yield node.lineno, str(first.value).split(".")[0]


def report(rule: str, faults: list[str]) -> None:
    """Fails with every fault on a line of its own."""
    if faults:
        pytest.fail(rule + "\n  " + "\n  ".join(faults), pytrace=False)


def test_every_room_has_modules() -> None:
    for room in ROOMS:
        assert any(name.startswith(f"{room}/") for name in modules()), f"{room}/ holds no module"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_its_door_allows(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room}
    faults = [
        f"{name}:{line} imports {imported}"
        for name, (_, tree) in modules().items()
        if name.startswith(f"{room}/")
        for line, imported in imports(tree)
        if imported in ROOMS and imported not in allowed
    ]
    doors = ", ".join(sorted(MAY_IMPORT[room])) or "none of ours"
    report(f"{room}/ may import {doors}; move what both need to corpus/, or join the two in ui/:", faults)


@pytest.mark.parametrize("library", sorted(OWNED))
def test_a_library_stays_in_its_room(library: str) -> None:
    room, reason = OWNED[library]
    faults = [
        f"{name}:{line} imports {library}"
        for name, (_, tree) in modules().items()
        if not name.startswith(f"{room}/")
        for line, imported in imports(tree)
        if imported == library
    ]
    report(f"{library} is imported only under {room}/ ({reason}):", faults)


def test_modules_stay_short() -> None:
    faults = [
        f"{name} has {len(source.splitlines())} lines"
        for name, (source, _) in modules().items()
        if len(source.splitlines()) > MODULE_LINES
    ]
    report(f"a module has at most {MODULE_LINES} lines; split it by what its parts are about:", faults)


def test_functions_stay_short() -> None:
    faults = [
        f"{name}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for name, (_, tree) in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    report(f"a function has at most {FUNCTION_LINES} lines:", faults)


def comments(source: str) -> dict[int, str]:
    """The words of each comment by line, without the marks that are for tools."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: PRAGMA.sub("", t.string).strip("# -:") for t in tokens if t.type == tokenize.COMMENT}


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is bare or names Exception or BaseException, and does not pass the error on."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    if handler.type is None:
        return True
    names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(name, ast.Name) and name.id in ("Exception", "BaseException") for name in names)


def test_whoever_catches_everything_says_why() -> None:
    faults = []
    for name, (source, tree) in modules().items():
        said = comments(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and catches_everything(node):
                near = (said.get(node.lineno, ""), said.get(node.lineno - 1, ""))
                if not any(len(words.split()) >= REASON_WORDS for words in near):
                    faults.append(f"{name}:{node.lineno}")
    report(
        "`except Exception` only where a file or a request becomes an outcome, with a comment that says why:", faults
    )


def test_no_path_of_one_machine() -> None:
    faults = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if not path.is_file() or "__pycache__" in path.parts:
                continue
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            faults += [
                f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()[:100]}"
                for number, line in enumerate(lines, 1)
                if MACHINE_PATH.search(line)
            ]
    report("a path of one machine stands in the source:", faults)


def test_rooms_are_typed_and_tests_are_no_package() -> None:
    missing = [f"{room}/py.typed" for room in ROOMS if not (ROOT / room / "py.typed").is_file()]
    report("each room says that it is typed:", missing)
    # pytest would import tests/search/__init__.py under the name `search`, in place of ours.
    packages = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("__init__.py")]
    report("no __init__.py under tests/, it would shadow a room of the same name:", packages)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("try:\n    pass\nexcept Exception:\n    pass\n", False),
        ("try:\n    pass\nexcept Exception:  # noqa: BLE001\n    pass\n", False),
        ("try:\n    pass\nexcept Exception:  # noqa: BLE001 - one file becomes one outcome\n    pass\n", True),
        ("try:\n    pass\n# One broken file never stops the rest.\nexcept (ValueError, Exception):\n    pass\n", True),
    ],
)
def test_the_rule_about_reasons_reads_comments(source: str, expected: bool) -> None:
    handler = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ExceptHandler))
    said = comments(source)
    near = (said.get(handler.lineno, ""), said.get(handler.lineno - 1, ""))
    assert catches_everything(handler)
    assert any(len(words.split()) >= REASON_WORDS for words in near) is expected
