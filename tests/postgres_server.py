"""A real PostgreSQL with pgvector for the tests, from the package `pgserver`: no network, no root, gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

# For tests alone: what they write need not outlive a power cut.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": os.environ.get("RAPPORTEUR_TEST_BUFFERS", "64MB"),
    "max_connections": "60",
    "log_min_messages": "fatal",
}


class Server:
    """A running server; `address()` names a knowledge base of its own on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    def address(self, schema: str | None = None) -> str:
        """The address of a knowledge base that is not there yet, or of one by its schema."""
        return (
            f"postgresql://postgres:geheim@/postgres?host={self.folder}&schema={schema or f'kb{next(self._numbers)}'}"
        )


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """A server of these programs, from its first start to its end."""
    folder = Path(tempfile.mkdtemp(prefix="rapporteur-pg-"))
    user: str | None = None
    try:
        if os.name == "posix" and os.geteuid() == 0:
            # PostgreSQL refuses to run as root; another user may not be able to read this checkout.
            user = "nobody"
            package = binaries.parent.parent
            for part in (package, package.with_name("pgserver.libs")):
                # The programs look for their libraries beside them.
                if part.is_dir():
                    shutil.copytree(part, folder / part.name, symlinks=True)
            binaries = folder / binaries.relative_to(package.parent)
            shutil.chown(folder, user)
            folder.chmod(0o755)
        data = folder / "data"
        made = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=utf8"]
        subprocess.run(
            [*made, "--locale=C", "--no-sync", "--no-instructions"],
            check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        started = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), *options]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(started, user=user, cwd=folder, stderr=log) as process,
        ):
            try:
                _wait(folder)
                yield Server(folder)
            finally:
                process.send_signal(2)
                process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path) -> None:
    import psycopg

    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
