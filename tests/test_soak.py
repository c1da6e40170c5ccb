"""A short turn of `tests/bench/soak.py`: many readers beside a curator, on a server of its own; half an hour is its own run."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.licences import ROOT
from ui.cli import main


@pytest.fixture
def soak(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    # It is a script beside others, and imports one of them by its name.
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "bench"))
    import soak

    return soak


@pytest.fixture
def home(tmp_path: Path, model_home: Path) -> Path:
    folder, made = tmp_path / "papers", tmp_path / "home"
    folder.mkdir()
    for name in ("cets-197", "palermo-protocol", "osce-ministerial-decisions", "nac-and-nar"):
        shutil.copy(ROOT / "corpus" / "documents" / f"{name}.md", folder)
    made.mkdir()
    (made / "models").symlink_to(model_home / "models", target_is_directory=True)
    assert main(["ingest", str(folder), "--home", str(made), "--quiet"]) == 0
    return made


def test_readers_beside_a_curator(soak: ModuleType, home: Path) -> None:
    found = soak.soak(home, seconds=25, readers=50, documents=30, pause=5.0)
    # Half a minute says little of memory: what grows without end grows by more than this.
    assert soak.faults(found, most_growth=20.0) == [], found["examples"]
    assert found["told to come again (503)"] == 0
    assert found["documents added"] == 30
    assert found["answers"] > 50


def test_what_goes_wrong_is_seen(soak: ModuleType) -> None:
    """The judge itself: a removed paper, an invented quotation and a paper that is not found are counted."""
    shift = soak.Shift()
    reader = soak.Reader("http://127.0.0.1:1", shift, 1, 0.0)
    one, other = soak.paper(3), soak.paper(4)
    shift.present[3], shift.gone[4] = one, other
    title = soak.sentences(3, one.code)[0]
    quotation = {"citations": [{"document": {"title": title}, "quote": "Nobody ever said this."}]}
    reader.judge(f"… {other.code} …", quotation, "ask", one, {4: other})
    reader.judge("nothing", {}, "search", one, {4: other})
    assert (len(shift.stale), len(shift.wrong), len(shift.missed)) == (1, 1, 1)
    told = soak.figures(shift, 0.0, 1.0, 0.2) | {
        "lines of warning or worse in the server's log": 0,
        "verify afterwards": "Everything is whole.",
    }
    assert len(soak.faults(told | {"documents removed": 0}, 5.0)) == 3
