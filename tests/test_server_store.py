"""A knowledge base on a server (a real PostgreSQL with pgvector): the same answers as from a folder, several processes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from corpus import postgres_schema
from corpus.address import address_of
from corpus.commitments import FollowUp
from corpus.copying import ORDERS, copy_store
from corpus.deposits import Deposit
from corpus.errors import DamagedHomeError, HomeError, LockedHomeError
from corpus.opening import open_store
from corpus.records import Authority, Commitment, Document, Filters, Page, Parsed, Passage, Span
from corpus.schema import TABLES
from search.records import Mode
from ui.cli import main
from ui.home import home_beside
from ui.people.cleared import Cleared
from ui.service import KnowledgeBase

PAPERS = {
    "convention.md": "# Convention on kilns\n\nEach Party shall inspect brick kilns every year.\n\nInspectors carry a lamp.\n",
    "guide.md": "# Guide for inspectors\n\nInspectors note the number of workers in each brick kiln.\n\n"
    "Workers keep their passports.\n\nThe guide names hotels as well as kilns.\n",
    "review.md": "# Review of hotels\n\nThe Conference urges States to inspect hotels and brick kilns at night.\n",
}
HIDDEN = {
    "zephyrine.md": "# Operation Zephyrine\n\nThe Conference urges States to watch the quarry of Quillonia.\n\n"
    "Inspectors of kilns met the xylographers in Quillonia. Brick kilns, brick kilns, hotels.\n",
}
QUERIES = (
    "brick kilns", "inspectors of hotels", "passports", '"brick kilns" NOT hotels', "lamp OR passports", "xylographers",
    "insepctors kilns", "What does the Convention on kilns say about inspectors?", "country:ALB kilns",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def cheap(cheap_model: Any) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        model = cheap_model()
        patch.setattr(KnowledgeBase, "embedder", lambda self: model)
        yield


def papers(folder: Path, texts: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def filled(base: KnowledgeBase, folder: Path) -> KnowledgeBase:
    base.ingest([papers(folder / "open", PAPERS)], workers=1)
    base.ingest([papers(folder / "closed", HIDDEN)], workers=1, access="restricted")
    return base


@pytest.fixture
def there(tmp_path: Path, postgres: Any) -> Iterator[KnowledgeBase]:
    """One on a server, to be changed."""
    base = filled(KnowledgeBase(tmp_path / "beside", server=address_of(postgres.address()), create=True), tmp_path)
    yield base
    base.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[KnowledgeBase]:
    """One in a folder, to be changed."""
    base = filled(KnowledgeBase(tmp_path / "home", create=True), tmp_path)
    yield base
    base.close()


@pytest.fixture(scope="module")
def bases(
    tmp_path_factory: pytest.TempPathFactory, postgres: Any, cheap: None
) -> Iterator[tuple[KnowledgeBase, KnowledgeBase]]:
    """The same documents on a server and in a folder, to be read."""
    folder = tmp_path_factory.mktemp("both")
    made = (
        filled(KnowledgeBase(folder / "beside", server=address_of(postgres.address()), create=True), folder),
        filled(KnowledgeBase(folder / "home", create=True), folder),
    )
    yield made
    for base in made:
        base.close()


def found(base: KnowledgeBase, query: str, mode: Mode, filters: Filters | None = None) -> dict[str, float]:
    """The passages found with their scores; which of two equal ones is first, rounding decides."""
    return {hit.stored.passage.text: hit.score for hit in base.search(query, 10, mode, filters).hits}


def test_it_answers_as_one_in_a_folder(bases: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    there, here = bases
    assert there.status()["store"] == "postgresql"
    assert {k: there.status()[k] for k in ("documents", "passages", "pages", "revision", "healthy")} == {
        k: here.status()[k] for k in ("documents", "passages", "pages", "revision", "healthy")
    }
    assert "geheim" not in str(there.status())
    for query in QUERIES:
        for mode in Mode:
            assert found(there, query, mode) == pytest.approx(found(here, query, mode), abs=2e-3), (query, mode)
        mine, other = there.ask(query), here.ask(query)
        assert (mine.status, mine.answer) == (other.status, other.answer)
        assert [one.quote for one in mine.citations] == [one.quote for one in other.citations]
    only = Filters(document=("guide",))
    mine, other = (found(base, "brick kilns", Mode.DENSE, only) for base in bases)
    assert mine == pytest.approx(other, abs=2e-3)
    assert len(mine) == 1
    assert there.verify() == here.verify() == []


def test_who_sees_a_part_is_answered_from_it_alone(bases: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    there, here = (Cleared(base, frozenset({"public"})) for base in bases)
    for query in QUERIES:
        for mode in Mode:
            assert found(there, query, mode) == pytest.approx(found(here, query, mode), abs=2e-3), (query, mode)
            assert not [text for text in found(there, query, mode) if "xylographers" in text]
    assert bases[0].search("xylographers", mode=Mode.DENSE).hits
    there.close()
    here.close()


# -- connections that are lost ---------------------------------------------------------------------------------


def cut(postgres: Any) -> int:
    """End all connections of ours on the server, as an administrator or a restart does; how many there were."""
    with psycopg.connect(postgres.address().partition("&schema")[0], autocommit=True) as raw:
        rows = raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND application_name LIKE 'rapporteur%'"
        ).fetchall()
    return len(rows)


@pytest.fixture
def store(tmp_path: Path, postgres: Any) -> Iterator[tuple[Any, list[str]]]:
    """A store on the server with one document, and what it says of its connections."""
    said: list[str] = []
    opened: Any = open_store(tmp_path, address_of(postgres.address()), create=True, log=said.append)
    put(opened, "a1")
    yield opened, said
    opened.close()


def put(store: Any, name: str) -> int:
    text = f"Paper {name} tells of kilns."
    passages = tuple(Passage(text, (Span(1, 0, len(text)),), ordinal) for ordinal in range(3))
    parsed = Parsed(Document(name, f"/papers/{name}.md", name), (Page(1, "1", text),), passages)
    return int(store.put(parsed, None, "model", {}))


def test_a_statement_whose_connection_was_cut_is_tried_again_and_that_is_said(store: Any, postgres: Any) -> None:
    opened, said = store
    assert opened.counts()["documents"] == 1
    assert cut(postgres) > 0
    assert opened.counts()["documents"] == 1
    assert any("was lost" in line and "trying again" in line for line in said)
    assert not any("geheim" in line for line in said)


def test_reading_goes_on_where_it_was_cut_if_the_revision_is_the_same(store: Any, postgres: Any) -> None:
    opened, said = store
    with opened.reading():
        before = [one.id for one in opened.documents()]
        assert cut(postgres) > 0
        assert [one.id for one in opened.documents()] == before
    assert said
    with pytest.raises(HomeError, match="changed since"), opened.reading():
        assert opened.revision == 1
        assert cut(postgres) > 0
        other = open_store(opened.home, opened.address)
        put(other, "b2")
        other.close()
        opened.documents()
    assert opened.revision == 2


def test_a_change_that_was_cut_off_is_made_again_as_a_whole(
    store: Any, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, said = store
    original, cuts = type(opened)._keep_vectors, []

    def cutting(self: Any, connection: Any, model: str, vectors: Any) -> None:
        if not cuts:
            cuts.append(cut(postgres))
        original(self, connection, model, vectors or {b"k": b"v"})

    monkeypatch.setattr(type(opened), "_keep_vectors", cutting)
    with opened.writing():
        assert put(opened, "b2") == 2
        # The writer's own connection was cut as well, and its lock is held again.
        other = open_store(opened.home, opened.address)
        with pytest.raises(LockedHomeError), other.writing():
            pass
        other.close()
    assert cuts[0] >= 2
    assert said
    assert (opened.counts()["documents"], opened.counts()["passages"]) == (2, 6)


def test_questions_go_on_while_connections_are_cut(bases: tuple[KnowledgeBase, KnowledgeBase], postgres: Any) -> None:
    there, here = bases
    for query in QUERIES[:3]:
        expected = found(here, query, Mode.HYBRID)
        with there.engine().indexes.pinned():
            there.store.counts()
            assert cut(postgres) > 0
            assert found(there, query, Mode.HYBRID) == pytest.approx(expected, abs=2e-3)
        cut(postgres)
        assert found(there, query, Mode.DENSE) == pytest.approx(found(here, query, Mode.DENSE), abs=2e-3)


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path, capsys: Any) -> None:
    address = "postgresql://rapporteur:geheim@127.0.0.1:9/kb?connect_timeout=2"
    # Of an address that the driver cannot even read it would repeat that part.
    assert main(["status", "--store", "postgresql://me:gehe%zzim@127.0.0.1:9/kb"]) == 3
    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert "gehe" not in said
    for command in (["status"], ["search", "kilns"], ["ingest", str(papers(tmp_path / "open", PAPERS))]):
        assert main([*command, "--store", address, "--home", str(tmp_path / "beside")]) == 3
        said = capsys.readouterr().err
        assert "rapporteur@127.0.0.1:9/kb" in said
        assert "cannot be reached" in said
        assert "geheim" not in said


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("mysql://a/b", "postgresql://"),
        ("no address", "postgresql://"),
        ("postgresql://h/d?schema=A-b", "no name for a schema"),
        ("postgresql://h:x:y/d?a", "cannot be read"),
    ],
)
def test_what_is_no_address_is_refused(address: str, what: str, capsys: Any) -> None:
    assert main(["status", "--store", address]) == 2
    assert what in capsys.readouterr().err


def test_an_address_is_shown_without_what_is_secret() -> None:
    address = address_of("postgresql://me:a%40b@host:5433/kb?sslmode=require&password=x&schema=law")
    assert str(address) == "postgresql://me@host:5433/kb?schema=law"
    assert "a%40b" not in repr(address)
    assert "password=x" in address.conninfo
    assert address.digest == address_of("postgresql://me:other@host:5433/kb?schema=law").digest


# -- versions, copies, processes -------------------------------------------------------------------------------


def test_an_older_schema_is_brought_to_the_newest_and_a_newer_one_is_refused(
    tmp_path: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = address_of(postgres.address())
    with monkeypatch.context() as patch:
        patch.setattr(postgres_schema, "MIGRATIONS", postgres_schema.MIGRATIONS[:2])
        patch.setattr(postgres_schema, "views", lambda *names: {})
        old: Any = open_store(tmp_path, address, create=True, visible=None)
        old.close()
    now: Any = open_store(tmp_path, address)
    assert put(now, "a1") == 1
    seen = open_store(tmp_path, address, visible=frozenset({"public"}))
    assert [one.id for one in seen.documents()] == ["a1"]
    seen.close()
    with now.sessions.alone() as raw:
        raw.execute("UPDATE history SET tables = 999")
    with pytest.raises(DamagedHomeError, match="newer Rapporteur"):
        open_store(tmp_path, address)
    with now.sessions.alone() as raw:
        raw.execute("CREATE SCHEMA foreigner; CREATE TABLE foreigner.t (x int)")
    now.close()
    with pytest.raises(DamagedHomeError, match="another program"):
        open_store(tmp_path, address_of(postgres.address("foreigner")), create=True)


def everything(store: Any) -> dict[str, list[tuple[Any, ...]]]:
    with store.reading():
        tables = {name: store.rows(name, store.columns(name), ORDERS[name]) for name in TABLES}
        return {name: [tuple(row) for row in rows] for name, rows in tables.items()} | {
            "columns": [tuple(store.columns(name)) for name in TABLES], "counters": [tuple(store.counters().items())],
        }  # fmt: skip


def test_a_copy_there_and_back_is_the_same_to_the_last_value(
    here: KnowledgeBase, tmp_path: Path, postgres: Any, capsys: Any
) -> None:
    urged = Commitment(0, 0, 6, "Given.", "urges", 3, next(iter(Authority)), "1", 1, None, ("ALB",), None, (), "")
    deposit = Parsed(
        Document("x9", "deposit", "Deposit"), (Page(1, "1", "Given."),), (Passage("Given.", (Span(1, 0, 6),)),), (),
        commitments=(urged,),
    )  # fmt: skip
    here.store.put(deposit, None, "", {}, Deposit("their-id", '{"a": "é\\t"}', b"\0\x01\\"))
    here.store.follow_up({here.commitments()[0].key: FollowUp("open", "a note; “x”\n\\N\t", "me", "2026-01-01")})
    (here.home / "never-index.txt").write_text("secret*\n", encoding="utf-8")
    # The last numbers that were given are gone: they are not given again.
    put(here.store, "last")
    here.store.remove("last")
    here.engine().refresh()
    whole = everything(here.store)
    assert len(whole["followups"]) == len(whole["deposits"]) == 1
    address = postgres.address()
    assert main(["copy", "--home", str(here.home), "--to", address, "--quiet"]) == 0
    beside = home_beside(address_of(address))
    assert (beside / "never-index.txt").read_text(encoding="utf-8") == "secret*\n"
    there = KnowledgeBase(beside, server=address_of(address))
    assert everything(there.store) == whole
    assert there.verify() == []
    assert main(["copy", "--home", str(here.home), "--to", address]) == 2
    assert "already" in capsys.readouterr().err
    back = tmp_path / "back"
    assert main(["copy", "--store", address, "--to", str(back), "--quiet"]) == 0
    again = KnowledgeBase(back)
    assert everything(again.store) == whole
    assert (back / "never-index.txt").is_file()
    assert again.verify() == []
    for base in (here, there, again):
        base.store.remove("x9")
        put(base.store, "next")
    assert everything(there.store) == everything(again.store) == everything(here.store)
    again.close()
    there.close()


def test_a_copy_that_is_cut_off_leaves_nothing_and_can_be_made_again(
    bases: tuple[KnowledgeBase, KnowledgeBase], tmp_path: Path, postgres: Any
) -> None:
    target: Any = open_store(tmp_path / "beside", address_of(postgres.address()), create=True)

    def cutting(table: str) -> None:
        if table == "vectors":
            cut(postgres)

    with pytest.raises(HomeError, match="lost"):
        copy_store(bases[1].store, target, cutting)
    assert (target.revision, target.counts()["passages"]) == (0, 0)
    assert copy_store(bases[1].store, target) == bases[1].store.revision
    assert everything(target) == everything(bases[1].store)
    target.close()


def test_files_are_for_folders_and_the_commands_say_what_to_do(
    there: KnowledgeBase, here: KnowledgeBase, tmp_path: Path, postgres: Any, capsys: Any
) -> None:
    assert there.server is not None
    named = ["--store", postgres.address(there.server.schema), "--home", str(there.home)]
    for command, hint in ((["backup", str(tmp_path / "b.zip")], "pg_dump"), (["restore", "b.zip"], "copy --to")):
        assert main([*command, *named]) == 2
        said = capsys.readouterr().err
        assert hint in said
        assert "geheim" not in said
    assert main(["status", "--store", named[1], "--home", str(here.home)]) == 3
    assert "holds a knowledge base of its own" in capsys.readouterr().err
    assert main(["forget", "Operation Zephyrine", "--purge", *named]) == 0
    assert not found(there, "xylographers", Mode.LEXICAL)
    assert there.verify() == []


SERVE = """
import sys
from tests.conftest import HashingEmbedder
from ui.cli import main
from ui.service import KnowledgeBase
model = HashingEmbedder()
KnowledgeBase.embedder = lambda self: model
sys.exit(main(["serve", "--port", "0", *sys.argv[1:]]))
"""


def test_two_servers_of_pages_share_what_a_third_process_writes(
    there: KnowledgeBase, tmp_path: Path, postgres: Any
) -> None:
    from gradio_client import Client

    from tests.serving import served

    assert there.server is not None
    store = postgres.address(there.server.schema)
    commands = [
        [sys.executable, "-c", SERVE, "--store", store, "--home", str(tmp_path / f"machine{number}")]
        for number in range(2)
    ]

    def asked(page: Client) -> list[str]:
        shape = page.predict("zeppelins over kilns", api_name="/search")
        shape = json.loads(shape) if isinstance(shape, str) else shape
        return [hit["text"] for hit in shape["results"] if "eppelins" in hit["text"]]

    with served(commands[0]) as first, served(commands[1]) as second:
        pages = [Client(address, verbose=False, analytics_enabled=False) for address in (first, second)]
        assert [asked(page) for page in pages] == [[], []]
        there.ingest(
            [papers(tmp_path / "late", {"late.md": "# Late\n\nZeppelins watch the brick kilns.\n"})], workers=1
        )
        assert [len(asked(page)) for page in pages] == [1, 1]
        there.forget("Late")
        cut(postgres)
        assert [asked(page) for page in pages] == [[], []]
