"""What tests of crashes and faults share: a folder that changes, its home, commands that may be killed, and the program as
a process of its own over a stand-in for the model."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.store import Store
from corpus.upkeep import count_missing
from search.analysis import terms
from search.index import Indexes
from search.lexical import Match

# Threads of libraries do not survive a fork.
SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
WORDS = "amber basalt cedar delta ember fjord garnet harbour indigo juniper krill lagoon".split()


class Killer:
    """Runs commands by the driver, and kills them at random instants of their usual time."""

    def __init__(self, root: Path, room: Path, chance: random.Random) -> None:
        self.room, self.chance = room, chance
        self.errors = (room / "errors.txt").open("w+")
        command = [sys.executable, str(root / "tests" / "crash_driver.py")]
        self.driver = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env=os.environ | SINGLE | {"PYTHONPATH": str(root)},
        )
        self.usual: dict[str, float] = {}
        self.killed = 0

    def close(self) -> None:
        assert self.driver.stdin is not None
        self.driver.stdin.close()
        self.driver.wait(20)
        assert self.driver.stdout is not None
        self.driver.stdout.close()
        self.errors.close()

    def _say(self, order: dict[str, Any]) -> int:
        assert self.driver.stdin is not None
        self.driver.stdin.write(json.dumps(order | {"log": str(self.log)}) + "\n")
        self.driver.stdin.flush()
        return int(self._hear()["pid"])

    def _end(self) -> int:
        status = self._hear()["status"]
        assert self.driver.stdin is not None
        self.driver.stdin.write("\n")
        self.driver.stdin.flush()
        return status

    def _hear(self) -> dict[str, int]:
        assert self.driver.stdout is not None
        found: dict[str, int] = json.loads(self.driver.stdout.readline())
        return found

    @property
    def log(self) -> Path:
        return self.room / "commits.jsonl"

    def run(self, **order: str) -> None:
        """To its end, which must be a good one."""
        self.log.unlink(missing_ok=True)
        begun = time.monotonic()
        self._say(order)
        status = self._end()
        self.usual[order["op"]] = max(self.usual.get(order["op"], 0.0), time.monotonic() - begun)
        if status:
            self.errors.seek(0)
            pytest.fail(f"{order} ended with {status}: {self.errors.read()[-3000:]}")

    def kill(self, **order: str) -> bool:
        """Somewhere on the way; false where it was quicker."""
        self.log.unlink(missing_ok=True)
        process = self._say(order)
        time.sleep(self.chance.uniform(0, self.usual[order["op"]]))
        os.kill(process, signal.SIGKILL)
        status = self._end()
        assert status in {0, -signal.SIGKILL}, self.room / "errors.txt"
        self.killed += status != 0
        return status != 0

    def command(self, *arguments: str | Path, **faults: Any) -> tuple[int, str, str]:
        """`rapporteur …` that meets these faults: exit code, stdout, stderr."""
        self._say({"op": "command", "arguments": [str(one) for one in arguments], "said": str(self.room)} | faults)
        code = self._end()
        out, said = ((self.room / name).read_text(encoding="utf-8") for name in ("out", "err"))
        assert "Traceback" not in said, said
        return code, out, said

    def noted(self) -> list[list[str]]:
        """What the last command had committed, and what it had begun."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text().splitlines()]


class Corpus:
    """A folder of documents that changes, its home, and what must be in it."""

    def __init__(self, room: Path, chance: random.Random, model: Any) -> None:
        self.folder, self.home, self.file = room / "papers", room / "home", room / "kb.zip"
        self.folder.mkdir()
        self.chance, self.model = chance, model
        self.serial = 0

    def change(self) -> None:
        """New, changed, copied, moved and removed files."""
        for _ in range(self.chance.randint(2, 5)):
            files = sorted(self.folder.iterdir())
            step = self.chance.choice(["new", "new", "change", "copy", "move", "remove", "bad"])
            name = self.folder / f"{self.chance.choice(WORDS)}{self.chance.randint(0, 2)}.md"
            if step == "new" or len(files) < 4:
                name.write_text(self.text())
            elif step == "change":
                self.chance.choice(files).write_text(self.text())
            elif step == "copy":
                name.write_text(self.chance.choice(files).read_text())
            elif step == "move":
                self.chance.choice(files).rename(name)
            elif step == "bad":
                name.write_text("BAD")
            elif len(files) > 6:
                self.chance.choice(files).unlink()

    def text(self) -> str:
        self.serial += 1
        lines = [f"Serial{self.serial}x{n} {' '.join(self.chance.sample(WORDS, 3))}." for n in range(4)]
        return "\n".join([f"Paper serial{self.serial}", *lines[: self.chance.randint(1, 4)]])

    def contents(self) -> list[str]:
        """The texts that must be found after a whole run: each once, however many copies lie there."""
        return sorted({file.read_text() for file in self.folder.iterdir()} - {"BAD"})

    def stored(self, store: Store) -> dict[str, str]:
        return {one.id: store.page_text(one.id, 1) for one in store.documents()}

    def good(self) -> dict[str, str]:
        """Open the home as anybody would, without a step by hand; its documents by id, each of which answers."""
        store = Store(self.home)
        try:
            assert store.check() == []
            documents = self.stored(store)
            assert len(documents) == len(set(documents.values())), "a document is doubled"
            lost = {one.document_id for one in store.files().values() if one.document_id} - documents.keys()
            assert not lost, "a file counts as read and its document is not there"
            assert count_missing(store, self.model.fingerprint) == 0
            indexes = Indexes(store, self.home / "index", lambda: self.model)
            with indexes.pinned() as seen:
                assert seen.dense is not None
                numbers = store.sequence_numbers()
                assert seen.dense.ids().tolist() == numbers
                assert seen.lexical.matching(Match()).tolist() == numbers
                for document_id, text in documents.items():
                    word = terms(text.split()[1])[0]
                    found = store.passages(seen.lexical.search({word: 1.0}, 50)[0].tolist())
                    assert document_id in {one.document_id for one in found.values()}
            indexes.refresh()
            assert indexes.verify() == []
            return documents
        finally:
            store.close()


# -- the program as a process that is not forked: for what must be executed anew ----------------------------------------

PROGRAM = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
import crash_driver
crash_driver.stand_in()
sys.exit(crash_driver.main_of_the_program(sys.argv[2:]))
"""


def line(root: Path, *arguments: str | Path) -> list[str]:
    """The command line of `rapporteur …` over the stand-in."""
    return [sys.executable, "-c", PROGRAM, str(root), *map(str, arguments)]


def executed(command: Sequence[str], **options: Any) -> tuple[int, str, str]:
    """Exit code, stdout, stderr of a command, which must never end in a trace."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr
