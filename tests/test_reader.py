"""Reading in worker processes: every file has an outcome, whatever its reader does, and no process is left over."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import UnreadableFileError
from ingest.reader import ReadFailure, read_all

# The work is named by the file's name, so that one function shows every way to end.


def work(path: Path) -> str | int | list[str]:
    name = path.name
    if name.startswith("sleep"):
        time.sleep(60)
    elif name.startswith("hungry"):
        return len(bytearray(1_000_000_000))
    elif name.startswith("exit"):
        os._exit(3)
    elif name.startswith("crash"):
        ctypes.string_at(0)
    elif name.startswith("defect"):
        raise KeyError(name)
    elif name.startswith("refused"):
        raise UnreadableFileError("The file is empty.")
    elif name.startswith("strange"):
        return lambda: 1  # type: ignore[return-value]
    elif name == "pid":
        return os.getpid()
    elif name == "modules":
        return sorted(sys.modules)
    elif name.startswith("big"):
        return "x" * 3_000_000
    return name


def outcomes(names: list[str], **options: float) -> dict[str, object]:
    settings = {"workers": 2, "seconds": 20, "memory_mb": 512} | options
    found = read_all([Path(name) for name in names], work, **settings)  # type: ignore[arg-type]
    return {path.name: value for path, value in found}


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(pid: int, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes under /proc")


def test_every_file_has_its_outcome() -> None:
    names = [f"file{number}" for number in range(30)]
    assert outcomes(names) == {name: name for name in names}
    assert outcomes(["big1", "big2", "big3"], workers=1).keys() == {"big1", "big2", "big3"}


def test_one_bad_file_costs_only_itself() -> None:
    found = outcomes(["a", "exit", "crash", "b", "defect", "refused", "strange", "hungry", "c"])
    assert [found[name] for name in "abc"] == ["a", "b", "c"]
    assert found["refused"] == ReadFailure("The file is empty.")
    assert found["hungry"] == ReadFailure("needed more than 512 MB of memory and was stopped")
    for name in ("exit", "crash"):
        failure = found[name]
        assert isinstance(failure, ReadFailure)
        assert "crashed on this file" in failure.reason
        assert not failure.defect
    defect, strange = found["defect"], found["strange"]
    assert defect == ReadFailure("unexpected error in the reader: KeyError: 'defect'", defect=True)
    assert isinstance(strange, ReadFailure)
    assert strange.defect


def test_a_slow_file_is_stopped_and_the_rest_goes_on() -> None:
    found = outcomes(["sleep", "a", "b", "sleep2", "c"], seconds=1)
    assert found["sleep"] == found["sleep2"] == ReadFailure("took longer than 1 seconds and was stopped")
    assert [found[name] for name in "abc"] == ["a", "b", "c"]


def test_a_result_that_waits_for_its_caller_is_not_too_late() -> None:
    found = []
    for path, value in read_all([Path(name) for name in "abcd"], work, workers=2, seconds=0.5):
        time.sleep(0.8)
        found.append((path.name, value))
    assert sorted(found) == [(name, name) for name in "abcd"]


def test_reading_nothing_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr("ingest.reader._start", refuse)
    assert list(read_all([], work, workers=4)) == []


def test_few_files_are_taken_ahead() -> None:
    taken: list[Path] = []

    def endless() -> Iterator[Path]:
        while True:
            taken.append(Path(f"file{len(taken)}"))
            yield taken[-1]

    reading = read_all(endless(), work, workers=2)
    for _ in range(5):
        next(reading)
    reading.close()
    assert len(taken) <= 5 + 2


def test_closing_the_iterator_ends_the_workers() -> None:
    reading = read_all([Path("pid"), Path("sleep"), Path("sleep2")], work, workers=2)
    _, pid = next(reading)
    assert isinstance(pid, int)
    assert alive(pid)
    reading.close()
    assert gone(pid)


def test_workers_know_nothing_of_models_and_pages() -> None:
    modules = outcomes(["modules"])["modules"]
    assert isinstance(modules, list)
    assert not {"torch", "haystack", "gradio", "transformers", "faiss"} & set(modules)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_program(tmp_path: Path, project_root: Path, ending: signal.Signals) -> None:
    (tmp_path / "sleepers.py").write_text(
        textwrap.dedent(
            """
            import os, time
            from pathlib import Path
            def work(path):
                Path(path).write_text(str(os.getpid()))
                time.sleep(60)
            """
        )
    )
    main = tmp_path / "main.py"
    main.write_text(
        textwrap.dedent(
            f"""
            import sys
            sys.path[:0] = [{str(project_root)!r}, {str(tmp_path)!r}]
            from pathlib import Path
            from sleepers import work
            from ingest.reader import read_all
            if __name__ == "__main__":
                list(read_all([Path({str(tmp_path / "one")!r}), Path({str(tmp_path / "two")!r})], work, workers=2))
            """
        )
    )
    program = subprocess.Popen([sys.executable, str(main)], stderr=subprocess.PIPE, start_new_session=True)
    notes = [tmp_path / "one", tmp_path / "two"]
    end = time.monotonic() + 30
    while not all(note.exists() and note.read_text() for note in notes) and time.monotonic() < end:
        time.sleep(0.05)
    pids = [int(note.read_text()) for note in notes]
    # Ctrl-C in a terminal reaches the whole group, workers included.
    os.killpg(program.pid, ending) if ending == signal.SIGINT else program.kill()
    _, said = program.communicate(timeout=20)
    assert all(gone(pid) for pid in pids)
    assert said.count(b"KeyboardInterrupt") <= 1
