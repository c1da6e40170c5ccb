"""What every test can rely on: a clean environment, no way out of this machine, the real documents if there."""

from __future__ import annotations

import ipaddress
import os
import socket
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Read before the environment is cleaned; the libraries below read theirs at import, before any fixture runs.
SHARED = Path(os.environ.get("RAPPORTEUR_SHARED") or ROOT.parent / "shared")
QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
os.environ.update(QUIET)


class OutsideConnectionError(OSError):
    """A test tried to reach an address that is not on this machine."""


def is_local(host: object) -> bool:
    """Whether a host, as a socket or resolver is given it, is this machine itself."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of the person who runs the tests reaches them, and nothing is written to that person's folders."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            # A second checkout is tested with its own code by naming it there.
            if name.startswith("RAPPORTEUR_") or (name == "PYTHONPATH" and os.environ[name] != str(ROOT)):
                patch.delenv(name)
        for name, value in QUIET.items():
            patch.setenv(name, value)
        data = tmp_path_factory.mktemp("user-data")
        for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(data))
        yield


@pytest.fixture(scope="session", autouse=True)
def outside_connections() -> Iterator[list[str]]:
    """Refuses every connection and look-up that leaves this machine; the list says which were tried."""
    tried: list[str] = []

    def refuse(address: object) -> None:
        tried.append(str(address))
        raise OutsideConnectionError(f"a test tried to reach {address}; tests stay on this machine")

    def guarded(original: Any, position: int) -> Any:
        def call(self: socket.socket, *args: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                address = args[position]
                if not is_local(address[0]):
                    refuse(address)
            return original(self, *args)

        return call

    resolve = socket.getaddrinfo

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_local(host):
            refuse(host)
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(socket.socket.connect, 0))
        patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex, 0))
        patch.setattr(socket.socket, "sendto", guarded(socket.socket.sendto, -1))
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield tried


@pytest.fixture(autouse=True)
def no_outside_connection(outside_connections: list[str]) -> Iterator[None]:
    """Fails a test whose code swallowed the refusal, as telemetry clients do."""
    outside_connections.clear()
    yield
    tried = list(outside_connections)
    outside_connections.clear()
    assert not tried, f"this test tried to leave the machine: {', '.join(tried)}"


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def model_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the converted embedding model, made once for all tests that need the real one."""
    from search.embed import open_embedder

    home = tmp_path_factory.mktemp("model-home")
    open_embedder(home)
    return home


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the repository (`RAPPORTEUR_SHARED` names another one)."""
    if not SHARED.is_dir():
        pytest.skip(f"the real documents are not here: no folder {SHARED} (set RAPPORTEUR_SHARED to where they are)")
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the fixture `shared` carries the marker too, so that `-m 'not shared'` leaves it out."""
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)


def small_pdf(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    """A PDF of text lines, written by hand: the file is the same on every machine and needs no library."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for lines in pages:
        shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
        drawn = "\n".join(
            f"BT /F1 12 Tf 1 0 0 1 72 {740 - 20 * row} Tm ({line}) Tj ET" for row, line in enumerate(shown)
        )
        stream = drawn.encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources %s /Contents %d 0 R >>"
        objects.append(page % (font, len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    path.write_bytes(bytes(out))
    return path


@pytest.fixture(scope="session")
def make_pdf() -> Callable[[Path, Sequence[Sequence[str]]], Path]:
    """A function that writes a small PDF: path, then the lines of each page."""
    return small_pdf


class HashingEmbedder:
    """Unit vectors from hashed words: texts that share words are near. No model, no weights; `texts` counts its work."""

    name = backend = fingerprint = "hashing"
    dimensions = 64
    window = 256

    def __init__(self) -> None:
        self.texts: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed(self, texts: Sequence[str]) -> Any:
        import numpy as np

        self.texts += texts
        vectors = np.full((len(texts), self.dimensions), 1e-6, np.float32)
        for row, text in enumerate(texts):
            for word in text.casefold().split():
                vectors[row, zlib.crc32(word.strip(".,;:?").encode()) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_query(self, text: str) -> Any:
        return HashingEmbedder().embed([text])[0]

    def embed_tokens(self, texts: Sequence[str]) -> list[Any]:
        from search.tokens import sentences_as_tokens

        return sentences_as_tokens(texts, self.embed)

    def query_tokens(self, text: str) -> Any:
        from search.tokens import text_as_token

        return text_as_token(text, self.embed_query(text))


@pytest.fixture
def hashing() -> HashingEmbedder:
    """A cheap stand-in for the embedding model, which remembers what it was given."""
    return HashingEmbedder()


@pytest.fixture(scope="session")
def cheap_model() -> type[HashingEmbedder]:
    """The same stand-in as a class, for knowledge bases that several tests share."""
    return HashingEmbedder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A running PostgreSQL with pgvector, shared by all tests; see `postgres_server.Server`."""
    import importlib.util

    from tests.postgres_server import running

    found = importlib.util.find_spec("pgserver")
    if found is None or found.origin is None:
        pytest.skip("no PostgreSQL to test against: the package pgserver is not installed")
    with running(Path(found.origin).parent / "pginstall" / "bin") as server:
        yield server
