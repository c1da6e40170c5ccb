"""What is new: documents since a day or the last look, saved searches, and that a look marks only what it saw."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import NotFoundError, UsageError
from corpus.records import Filters
from ui.cli import main
from ui.news import Desk, Mark, Saved, documents_since, first_day, forget, keep, load, search_news, seen, today
from ui.service import KnowledgeBase


def text(title: str, *sentences: str) -> str:
    return f"---\ntitle: {title}\nlanguage: en\n---\n\n# {title}\n\n" + "\n\n".join(sentences) + "\n"


FIRST = text("Report on the harbour lamps", "The lamps of the harbour burned all winter.", "Oil is dear this year.")
SECOND = text("Report on the mountain huts", "Decides that every hut shall keep a lamp burning through the night.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "harbour.md").write_text(FIRST, encoding="utf-8")
    return tmp_path / "papers"


@pytest.fixture
def base(tmp_path: Path, folder: Path, cheap_model: Callable[[], Any]) -> Iterator[KnowledgeBase]:
    made = KnowledgeBase(tmp_path / "home", create=True)
    made._embedder = cheap_model()
    made.ingest([folder], workers=1)
    yield made
    made.close()


def look(base: KnowledgeBase, *searches: Saved) -> Desk:
    """A look that marks the documents and these searches as seen."""
    desk = seen(load(base.home), base.revision, searches, documents=True)
    keep(base.home, desk)
    return desk


def test_after_a_look_only_what_came_later_is_new(base: KnowledgeBase, folder: Path) -> None:
    first = documents_since(base, load(base.home))
    assert [one.title for one in first.added] == ["Report on the harbour lamps"]
    assert (first.since, first.changes_known) == (None, False)
    desk = look(base)
    nothing = documents_since(base, desk)
    assert (nothing.added, nothing.changed, nothing.commitments) == ((), (), ())
    (folder / "huts.md").write_text(SECOND, encoding="utf-8")
    base.ingest([folder], workers=1)
    later = documents_since(base, desk)
    assert [one.title for one in later.added] == ["Report on the mountain huts"]
    assert later.changed == ()
    assert {one.document.title for one in later.commitments} <= {"Report on the mountain huts"}


def test_a_document_that_was_read_anew_is_changed_and_not_added(base: KnowledgeBase, folder: Path) -> None:
    look(base)
    # The look was on an earlier day than the change.
    desk = Desk(looks=(Mark(load(base.home).looks[0].revision, "2999-01-01"),))
    (folder / "harbour.md").write_text(FIRST.replace("dear", "cheap"), encoding="utf-8")
    base.ingest([folder], workers=1)
    found = documents_since(base, desk)
    assert found.added == ()
    assert [one.title for one in found.changed] == ["Report on the harbour lamps"]


def test_since_a_day(base: KnowledgeBase) -> None:
    assert [one.added for one in documents_since(base, Desk(), "2020").added] == [today()]
    assert documents_since(base, Desk(), today()).added
    assert documents_since(base, Desk(), "2999-01").added == ()
    assert documents_since(base, Desk(), "2020", Filters(document=("huts",))).added == ()
    with pytest.raises(UsageError, match="not a date"):
        documents_since(base, Desk(), "yesterday")


@pytest.mark.parametrize(
    ("day", "first"), [("2025", "2025-01-01"), ("2025-06", "2025-06-01"), ("2025-06-07", "2025-06-07")]
)
def test_the_first_day_of_a_period(day: str, first: str) -> None:
    assert first_day(day) == first


def test_a_saved_search_shows_what_came_since_its_last_look(base: KnowledgeBase, folder: Path) -> None:
    saved = Saved("lamps", "lamp burning")
    first = search_news(base, saved, 5)
    assert first.first
    assert first.hits
    desk = look(base, saved)
    again = search_news(base, desk.searches[0], 5)
    assert (again.first, again.hits) == (False, ())
    (folder / "huts.md").write_text(SECOND, encoding="utf-8")
    base.ingest([folder], workers=1)
    new = search_news(base, desk.searches[0], 5)
    assert {hit.document.title for hit in new.hits} == {"Report on the mountain huts"}
    assert search_news(base, saved, 5, "2999").hits == ()
    assert search_news(base, saved, 1, "2020").hits


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    desk = Desk(
        (Saved("a", "words", Filters(body=("OSCE",), date_from="2003"), Mark(4, "2025-01-02")),),
        (Mark(4, "2025-01-02"),),
    )
    keep(tmp_path, desk)
    assert load(tmp_path) == desk
    assert [file.name for file in tmp_path.iterdir()] == ["searches.json"]
    forget(tmp_path, "a")
    assert load(tmp_path).searches == ()
    with pytest.raises(NotFoundError, match="Saved are: none"):
        forget(tmp_path, "a")
    (tmp_path / "searches.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"searches\.json"):
        load(tmp_path)


def test_the_command_saves_looks_peeks_and_forgets(
    base: KnowledgeBase, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The commands open the knowledge base themselves: searching by words needs the model only to embed the query.
    def news(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        assert main(["news", *words, "--json", "--home", str(base.home)]) == 0
        made: dict[str, Any] = json.loads(capsys.readouterr().out)
        return made

    peeked = news("--peek")
    assert [one["title"] for one in peeked["added"]] == ["Report on the harbour lamps"]
    assert not (base.home / "searches.json").exists()
    assert news()["since"] is None
    assert news()["added"] == []
    assert news("--since", "2020")["added"][0]["added"] == today()
    keep(base.home, load(base.home).with_search(Saved("lamps", "lamp burning", seen=Mark(base.revision, today()))))
    assert news("--forget", "lamps") == {"forgotten": "lamps"}
    assert main(["news", "--forget", "lamps", "--home", str(base.home)]) == 2
    assert main(["news", "--name", "lamps", "--home", str(base.home)]) == 2
