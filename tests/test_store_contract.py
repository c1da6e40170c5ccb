"""What every store promises, tried on the one in a file and on the one on a server (a real PostgreSQL with pgvector)."""

from __future__ import annotations

import datetime
import itertools
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus import upkeep
from corpus.address import Address, address_of
from corpus.clearance import clearance
from corpus.commitments import FollowUp, Wanted, commitments
from corpus.deposits import Deposit, deposit_numbers, deposits_of, numbers_of
from corpus.errors import LockedHomeError, MissingHomeError, UsageError
from corpus.filters import fold_text
from corpus.opening import open_store
from corpus.records import (
    Authority,
    Commitment,
    Document,
    FileRecord,
    Filters,
    OutlineEntry,
    Page,
    Parsed,
    Passage,
    Reception,
    Scan,
    ScannedWord,
    Span,
)
from corpus.store import Store
from corpus.wording import indexed_text, text_hash

MODEL = "model"
Opener = Callable[..., Store]


def parsed(document_id: str = "a1", *texts: str, **fields: object) -> Parsed:
    document = replace(Document(document_id, f"/papers/{document_id}.md", f"Title {document_id}"), **fields)  # type: ignore[arg-type]
    texts = texts or ("Thirty days at least.",)
    passages = tuple(
        Passage(
            text, (Span(1, 0, len(text)),), ordinal=at, label=f"Article 13({at + 1})", language="en",
            pinpoints=((0, f"Article 13({at + 1})"),), heading_path=("Chapter I",),
        )
        for at, text in enumerate(texts)
    )  # fmt: skip
    return Parsed(document, (Page(1, "iv", "\n".join(texts)),), passages)


def keys(record: Parsed) -> list[bytes]:
    title = record.document.title
    return [text_hash(indexed_text(title, p.heading_path, p.label, p.lead, p.text)) for p in record.passages]


def put(store: Store, record: Parsed) -> int:
    file = FileRecord(record.document.path, "/papers", "00", "indexed", document_id=record.document.id)
    return store.put(record, file, MODEL, {key: b"\0\1" for key in keys(record)})


@pytest.fixture(params=["file", "server"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens the same knowledge base again and again; closes all that was opened."""
    server: Address | None = None
    if request.param == "server":
        server = address_of(request.getfixturevalue("postgres").address())
    opened: list[Store] = []

    def open_it(**options: Any) -> Store:
        opened.append(open_store(tmp_path, server, **options))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(opener: Opener) -> Store:
    return opener(create=True)


def test_there_is_none_before_it_is_made(opener: Opener) -> None:
    with pytest.raises(MissingHomeError, match="no knowledge base"):
        opener()
    opener(create=True)
    assert opener().revision == 0


def test_what_is_put_comes_back_whole_when_opened_again(store: Store, opener: Opener) -> None:
    words = (ScannedWord(0, 6, (0.1, 0.2, 0.3, 0.4), 0.9),)
    record = replace(
        parsed(
            symbol="CETS No. 197", countries=("ALB", "FRA"), aliases=("Warsaw Convention",), warnings=("w",), paged=True,
            signature=b"\0\xff\1", themes=("forced-labour",), pages=1, date="2005-05", title="Zürich 100 % „ça“ ?",
        ),
        scans=(Scan(1, 0.75, words),),
        outline=(OutlineEntry("Chapter I", 1, 1),),
    )  # fmt: skip
    assert put(store, record) == 1
    store.close()
    again = opener()
    (held,) = again.documents()
    assert held.added == datetime.datetime.now(datetime.UTC).date().isoformat()
    assert replace(held, added="") == record.document
    assert [stored.passage for stored in again.passages_of("a1")] == list(record.passages)
    assert again.page("a1", 1) == record.pages[0]
    assert again.scan("a1", 1) == record.scans[0]
    assert again.outline("a1") == list(record.outline)
    assert again.files()["/papers/a1.md"].document_id == "a1"
    assert again.counts() == {"documents": 1, "pages": 1, "pages_without_text": 0, "passages": 1}
    assert again.known_vectors(MODEL, keys(record)) == {keys(record)[0]: b"\0\1"}
    assert again.paths_of("a1") == ("/papers/a1.md",)
    assert again.check() == []


def test_a_new_version_takes_the_place_of_the_old_one(store: Store) -> None:
    put(store, parsed())
    before = store.sequence_numbers()
    put(store, parsed("a1", "Forty days.", "Fifty days."))
    assert [stored.passage.text for stored in store.passages_of("a1")] == ["Forty days.", "Fifty days."]
    assert store.removed(1) == [(before[0], before[0])]
    assert [key for _, _, key in store.added(1)] == keys(parsed("a1", "Forty days.", "Fifty days."))
    assert store.first_added(1) == store.sequence_numbers()[0] > before[0]
    assert store.sweep_vectors() == 1


def test_a_removed_document_leaves_nothing(store: Store) -> None:
    put(store, parsed())
    assert store.remove("a1") == 2
    assert store.counts() == {"documents": 0, "pages": 0, "pages_without_text": 0, "passages": 0}
    assert store.files() == {}
    assert store.sweep_vectors() == 1
    assert store.compact()
    assert store.compact(thoroughly=True)
    assert store.check() == []


def test_a_failed_write_leaves_the_old_state(store: Store) -> None:
    put(store, parsed())
    broken = parsed("a1", "New.", "Newer.")
    twice = replace(broken, passages=(broken.passages[0], broken.passages[0]))
    with pytest.raises(Exception, match=r"(?i)unique"):
        put(store, twice)
    assert [stored.passage.text for stored in store.passages_of("a1")] == ["Thirty days at least."]
    assert store.revision == 1


FILTERS: list[tuple[Filters, list[str]]] = [
    (Filters(), ["a1", "b2"]),
    (Filters(body=("coe",)), ["a1"]),
    (Filters(body=("UN", "CoE")), ["a1", "b2"]),
    (Filters(country=("alb",)), ["a1"]),
    (Filters(symbol=("ETS 197",)), ["a1"]),
    (Filters(document=("b2.md",)), ["b2"]),
    (Filters(document=("straße",)), ["b2"]),
    (Filters(document=("STRASSE d'été",)), ["b2"]),
    (Filters(document=("100%",)), ["a1"]),
    (Filters(path=("papers/b*",)), ["b2"]),
    (Filters(path=("b2.md",)), ["b2"]),
    (Filters(path=("/papers/[ab]?.md",)), ["a1", "b2"]),
    (Filters(path=("papers/[^a]*.md",)), ["b2"]),
    (Filters(path=("[",)), []),
    (Filters(path=("aXmd", "a1(md")), []),
    (Filters(path=("x" * 60,)), []),
    (Filters(article=("13",)), ["a1", "b2"]),
    (Filters(article=("Article 14",)), []),
    (Filters(language=("fr",)), []),
    (Filters(language=("EN",)), ["a1", "b2"]),
    (Filters(document_id=("a1",)), ["a1"]),
    (Filters(meeting=("TIRANE",)), ["a1"]),
    (Filters(meeting=("%",)), []),
    (Filters(date_from="2005-06"), ["b2"]),
    (Filters(date_from="2005-05-10", date_to="2006"), ["a1"]),
    (Filters(date_to="2005"), ["a1"]),
    (Filters(body=("CoE",), date_from="2010"), []),
]


def test_filters(store: Store) -> None:
    put(
        store,
        parsed(
            body="CoE", date="2005-05", symbol="CETS No. 197", countries=("ALB",), title="A 100% title",
            meeting="Meeting at Tiranë",
        ),
    )  # fmt: skip
    put(store, parsed("b2", body="UN", date="2014-06-11", title="Großstraße d’Été, Strasse d'ete"))
    for filters, found in FILTERS:
        assert [document.id for document in store.documents(filters)] == found, filters
        passages = store.passages(store.allowed(filters))
        assert sorted({stored.document_id for stored in passages.values()}) == found, filters
    with pytest.raises(UsageError, match="not a date"):
        store.documents(Filters(date_from="last year"))


def test_titles_are_in_the_order_of_their_bytes(store: Store) -> None:
    titles = ["zebra", "Zebra", "Émile", "emile", "a b", "ab", "A-b", "Яблоко", "1", "10", "2", "_"]
    for number, title in enumerate(titles):
        put(store, parsed(f"d{number}", title=title))
    assert [one.title for one in store.documents()] == sorted(titles, key=str.encode)


def test_labels_are_found_with_finer_ones_below_and_in_any_case(store: Store) -> None:
    put(store, parsed("a1", "One.", "Two."))
    texts = [store.passages([seq])[seq].passage.text for seq in store.labelled("a1", "article 13")]
    assert texts == ["One.", "Two."]
    assert len(store.labelled("a1", "Article 13(2)")) == 1
    assert store.labelled("a1", "Article 1") == []
    assert store.labelled("a1", "Article%") == store.labelled("a1", "%")


def test_neighbours_and_passages_by_number(store: Store) -> None:
    put(store, parsed("a1", *(f"Sentence {number}." for number in range(700))))
    numbers = store.sequence_numbers()
    assert len(store.passages(numbers)) == 700
    middle = store.passages([numbers[350]])[numbers[350]]
    assert [one.seq for one in store.neighbours(middle, 1, 2)] == numbers[349:353]
    assert len(list(store.added(0))) == 700
    assert upkeep.passage_counts(store) == {"a1": 700}
    assert upkeep.document_ids(store) == {"a1"}
    assert upkeep.count_missing(store, "another") == 700


def test_commitments_and_what_a_curator_notes_of_them(store: Store) -> None:
    def one(text: str, speakers: tuple[str, ...], reception: Reception | None) -> Commitment:
        return Commitment(
            0, 0, len(text), text, "urges", 3, Authority.POLITICAL if hasattr(Authority, "POLITICAL") else next(iter(Authority)),
            None, 1, "États", speakers, reception, ("forced-labour",), "",
        )  # fmt: skip

    told = (one("Urges States to act.", ("ALB",), None), one("Calls upon all.", (), next(iter(Reception))))
    put(store, replace(parsed(), commitments=told))
    kept = commitments(store, Wanted())
    assert [each.commitment for each in kept] == list(told)
    store.follow_up({kept[0].key: FollowUp("open", "note", "me", "2026-01-01")})
    assert [each.followup.status for each in commitments(store, Wanted())] == ["open", ""]
    wanted = {
        Wanted(status=("OPEN",)): 1, Wanted(text="urges STATES"): 1, Wanted(speaker=("alb",)): 1, Wanted(strength=4): 0,
        Wanted(addressee=("etats",)): 2, Wanted(documents=Filters(theme=("Forced-Labour",))): 2, Wanted(verb=("URGES",)): 2,
        Wanted(documents=Filters(country=("ALB",))): 1, Wanted(text="100%"): 0,
    }  # fmt: skip
    for which, count in wanted.items():
        assert len(commitments(store, which)) == count, which
    # The note hangs on the words: it stays when the document is read again, and goes with it where that is asked for.
    put(store, replace(parsed(), commitments=told[::-1]))
    assert [each.followup.status for each in commitments(store, Wanted())] == ["", "open"]
    store.follow_up({kept[0].key: FollowUp()})
    assert not any(each.followup.status for each in commitments(store, Wanted()))


def test_deposits_of_other_programs(store: Store) -> None:
    put(store, parsed())
    store.put(parsed("x9", "Handed over."), None, "", {}, Deposit("their-id", '{"a": 1}', b"\0\1\2"))
    (number,) = deposit_numbers(store)
    assert deposits_of(store, store.sequence_numbers()) == {number: Deposit("their-id", '{"a": 1}', b"\0\1\2")}
    own = store.sequence_numbers()[0]
    assert numbers_of(store, ["their-id", "a1-0", "x9-0", "gone-7", "a1-99"]) == {"their-id": number, "a1-0": own}


def test_files_are_recorded_moved_and_forgotten(store: Store) -> None:
    put(store, parsed())
    moved = FileRecord("/papers/new.md", "/papers", "00", "indexed", document_id="a1")
    assert store.move("a1", moved, "/papers/a1.md") == store.revision == 2
    assert store.files() == {"/papers/new.md": moved}
    assert [document.path for document in store.documents()] == ["/papers/new.md"]
    with pytest.raises(Exception, match=r"(?i)null"):
        store.move("a1", replace(moved, path="/papers/third.md", root=None), "/papers/new.md")  # type: ignore[arg-type]
    assert store.files() == {"/papers/new.md": moved}
    failed = FileRecord("/papers/b.md", "/papers", "01", "failed", reason="broken", warnings=("w", "é"))
    store.record([failed, replace(moved, outcome="copy")])
    assert store.files() == {"/papers/new.md": replace(moved, outcome="copy"), "/papers/b.md": failed}
    store.forget_files(["/papers/b.md", "/nowhere"])
    assert set(store.files()) == {"/papers/new.md"}
    assert store.revision == 2


def test_notes_of_the_store_itself(store: Store) -> None:
    assert store.get_meta("model") is None
    store.set_meta("model", "a % ? ' b")
    store.set_meta("model", "c")
    assert store.get_meta("model") == "c"


def test_whoever_reads_sees_one_revision(store: Store, opener: Opener) -> None:
    put(store, parsed())
    other = opener()
    with store.reading():
        assert store.revision == 1
        thread = threading.Thread(target=lambda: put(other, parsed("b2")))
        thread.start()
        thread.join()
        assert other.revision == 2
        assert store.revision == 1
        assert [one.id for one in store.documents()] == ["a1"]
        assert len(store.allowed(Filters())) == 1
        # What is missing can be kept meanwhile, beside what is read.
        upkeep.keep_vectors(store, "another", {b"k": b"v"})
    assert store.revision == 2
    assert [one.id for one in store.documents()] == ["a1", "b2"]
    assert other.known_vectors("another", [b"k"]) == {b"k": b"v"}


def test_writers_come_one_after_another(store: Store, opener: Opener) -> None:
    stores = [store, opener(), opener()]
    failures: list[BaseException] = []

    def write(at: int) -> None:
        try:
            for number in range(8):
                put(stores[at], parsed(f"d{at}-{number}", f"Of writer {at}.", "And more."))
                if number % 3 == 2:
                    stores[at].remove(f"d{at}-{number - 1}")
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(error)

    threads = [threading.Thread(target=write, args=(at,)) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert store.revision == 3 * 10
    assert store.counts()["documents"] == 3 * 6
    # The numbers of a document are its own, without a gap: a range of them names what was removed.
    for first, last in store.removed(0):
        assert last == first + 1
    numbers = {one.id: [p.seq for p in store.passages_of(one.id)] for one in store.documents()}
    assert all(second == first + 1 for first, second in numbers.values())
    revisions = [store.first_added(since) for since in range(store.revision)]
    assert all(a <= b for a, b in itertools.pairwise(n for n in revisions if n is not None))


def test_one_process_at_a_time_is_the_writer(store: Store, opener: Opener) -> None:
    other = opener()
    with store.writing():
        with pytest.raises(LockedHomeError, match="is writing"), other.writing():
            pass
        put(store, parsed())
    with other.writing():
        put(other, parsed("b2"))
    assert store.revision == 2


def test_who_sees_a_part_sees_no_more_and_writes_nothing(store: Store, opener: Opener) -> None:
    put(store, parsed(access="Restricted "))
    put(store, parsed("b2", access="public"))
    put(store, parsed("c3", access="Ünter uns"))
    seen = {
        labels: [one.id for one in opener(visible=clearance(labels)).documents()]
        for labels in (
            ("PUBLIC",),
            ("restricted",),
            ("public", "ünter uns"),
            ("other",),
            (),
            ("it's",),
            ("other\x1frestricted",),
        )
    }
    assert list(seen.values()) == [["b2"], ["a1"], ["b2", "c3"], [], [], [], []]
    public = opener(visible=clearance(["public"]))
    assert public.counts()["passages"] == len(public.sequence_numbers()) == len(public.allowed(Filters())) == 1
    assert not public.passages(store.allowed(Filters(document_id=("a1",))))
    assert not public.pages("a1")
    assert set(public.files()) == {"/papers/b2.md"}
    assert public.access_labels() == {"public"}
    assert upkeep.passage_counts(public) == {"b2": 1}
    for change in (lambda: public.remove("b2"), lambda: public.set_meta("a", "b"), public.sweep_vectors):
        with pytest.raises(UsageError, match="cannot change"):
            change()
    upkeep.keep_vectors(public, "some-model", {b"hash": b"vector"})
    assert not store.known_vectors("some-model", [b"hash"])
    # A label that changes counts at once.
    put(store, parsed(access="public"))
    assert [one.id for one in public.documents()] == ["a1", "b2"]


def test_letters_are_folded_as_here(store: Store) -> None:
    """Every assigned letter of the basic planes, in runs and in one another's company."""
    for start in range(0, 0x20000, 512):
        letters = (chr(code) for code in range(start, start + 512) if code)
        text = "".join(one for one in letters if unicodedata.category(one) not in ("Cs", "Cn"))
        for sample in (text, text[::-1]):
            assert store._connection.execute("SELECT fold_text(?)", (sample,)).fetchone()[0] == fold_text(sample)
