"""The tabs on meetings and commitments: cards, counts that narrow, files to save; text is text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from corpus.commitments import Kept, Wanted
from corpus.errors import UsageError
from corpus.meetings import Meeting, meetings
from corpus.records import Authority, Commitment, Document, Event
from ui import gathering
from ui.addresses import Address, parse
from ui.handlers import Base
from ui.starting import start_html
from ui.words import use

EVIL = "<script>alert(1)</script>"


def document(number: str, date: str, **more: Any) -> Document:
    event = Event("nac-nar", None, date, None, "Strasbourg", (EVIL,), ("40 countries",))
    return Document(id=number, path=f"/{number}", title=f"Release {number} {EVIL}", date=date, event=event, **more)


def kept(held: Document, text: str, authority: Authority, strength: int, verb: str) -> Kept:
    own = Commitment(0, 0, len(text), text, verb, strength, authority, "para. 1", 1, f"States {EVIL}", ("ALB",))
    return Kept(f"{held.id}-{verb}", held, own)


OLD, NEW = document("old", "2018-05-23"), document("new", "2023-06-06", speakers=("Ms Roe, Minister",))


class Shelf:
    """What the tabs ask of a knowledge base."""

    home = Path("nowhere")

    held = (
        kept(OLD, "Urges States to open shelters", Authority.AGREED, 4, "urges"),
        kept(OLD, "Invites States to train judges", Authority.AGREED, 2, "invites"),
        kept(NEW, f"We call on States to act {EVIL}", Authority.STATEMENT, 4, "calls upon"),
    )

    def meetings(self) -> list[Meeting]:
        return meetings([OLD, NEW])

    def commitments(self, wanted: Wanted, *, copies: bool = False) -> list[Kept]:
        ids = wanted.documents.document_id
        return [
            one for one in self.held
            if wanted.text.casefold() in one.commitment.text.casefold() and (not ids or one.document.id in ids)
        ]  # fmt: skip


SHELF = cast("Base", Shelf())


def shown(address: Address) -> str:
    html = gathering.agreed(SHELF, address)
    assert EVIL not in html
    return html


def test_meetings_are_cards_by_series_the_newest_first() -> None:
    html = gathering.meetings(SHELF, Address("meetings"))
    assert EVIL not in html and "&lt;script&gt;" in html
    assert html.index("nac-nar-2023") < html.index("nac-nar-2018")
    assert "“40 countries”" in html and "Ms Roe, Minister" in html
    assert "aria-current" in html and "<svg" in html


def test_commitments_are_narrowed_by_links_with_true_counts() -> None:
    html = shown(Address("agreed"))
    assert "3 commitments" in html
    links = dict(re.findall(r'href="(\?[^"]*)"[^>]*><span class="name">([^<]+)</span>', html))
    by_name = {name: parse(address.replace("&amp;", "&")) for address, name in links.items()}
    agreed = by_name["agreed text"]
    assert agreed.authority == "agreed text"
    assert "2 commitments" in shown(agreed)
    strong = replace(agreed, strength="4")
    assert "1 commitment<" in shown(strong)
    assert parse(strong.compose()) == strong
    assert "No commitment fits" in shown(Address("agreed", inside="nothing of the kind"))
    assert "1 commitment:" in shown(Address("agreed", gathering="nac-nar-2023"))
    assert "No commitment fits" in shown(Address("agreed", gathering="nowhere-1"))


@pytest.mark.parametrize(("form", "start"), [("csv", b"\xef\xbb\xbfkey,"), ("xlsx", b"PK"), ("docx", b"PK")])
def test_all_of_a_list_is_saved(form: str, start: bytes) -> None:
    content, name = gathering.matrix(SHELF, Address("agreed", authority="agreed text"), form)
    assert content.startswith(start) and name == f"commitments.{form}"
    if form == "csv":
        assert content.count(b"\n") == 3


def test_other_forms_are_refused_in_words() -> None:
    with pytest.raises(UsageError, match="xlsx, docx or csv"):
        gathering.matrix(SHELF, Address("agreed"), "exe")


@pytest.mark.parametrize(("language", "words"), [("fr", "3 engagements"), ("ru", "3 обязательства")])
def test_both_tabs_speak_other_languages(language: str, words: str) -> None:
    use(language)
    try:
        assert words in shown(Address("agreed"))
        assert "Strasbourg" in gathering.meetings(SHELF, Address("meetings"))
    finally:
        use("en")


def test_the_first_hour_says_what_binds_a_state_and_links_to_what_is_held() -> None:
    digest = Document(id="d1", path="/corpus/documents/cets-197.md", title="Convention (digest)", type="digest")
    plain = start_html([], Address("start"))
    assert "Choose your State" in plain and "doc=" not in plain
    html = start_html([digest], Address("start", state="ALB"))
    assert "doc=d1" in html and "binds" in html and "<table" in html
    assert "<table" not in start_html([digest], Address("start", state="XXX"))
    assert parse(Address("start", state="ALB").compose()) == Address("start", state="ALB")
    asked = re.findall(r'href="(\?q=[^"]+)"', html)
    assert len(asked) == 30
    assert parse(asked[0].replace("&amp;", "&")).text.endswith("?")
