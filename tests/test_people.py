"""Accounts, passwords, sessions, guessing, and the log of who did what."""

from __future__ import annotations

import io
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.errors import UsageError
from ui.cli import main
from ui.people import audit, person
from ui.people.accounts import Grant, read_people
from ui.people.guessing import ACCOUNT, FORGOTTEN, PAIR, Guesses
from ui.people.passwords import check, fingerprint, fits, hashed, is_hash, new_token, nobodys_hash
from ui.people.person import NobodyError, Person, Role
from ui.people.roster import Roster
from ui.people.sessions import Sessions, granted, mark_of

GOOD = "four unrelated words here"
HASH = hashed(GOOD)
posix = pytest.mark.skipif(os.name != "posix", reason="files have no such permissions here")


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "users.yaml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def user(name: str = "anna", **more: Any) -> dict[str, Any]:
    return {"name": name, "password": HASH, "role": "reader", "access": ["public"]} | more


# -- the file of users -------------------------------------------------------------------------------------------------


def test_the_file_says_who_may_come(tmp_path: Path) -> None:
    said = {
        "users": [user(), user("Boris", role="curator", access=["Public", "Restricted"]), user("clara", role="admin", access="*")],
        "anonymous": ["public"],
        "session": {"hours": 8, "idle": 0.5},
        "proxy": {"from": ["127.0.0.1", "10.0.0.0/8"], "header": "X-Remote-User"},
        "oidc": {
            "issuer": "https://login.example.org/", "client": "kb", "secret": "KB_SECRET", "claim": "groups",
            "grants": {"all": {"role": "reader", "access": ["secret one"]}},
        },
    }  # fmt: skip
    people = read_people(written(tmp_path, yaml.safe_dump(said)))
    assert people.accounts["boris"].clearance == {"public", "restricted"}
    assert people.accounts["clara"].clearance is None
    assert people.labels() == ["Public", "Restricted", "public", "secret one"]
    assert (people.hours, people.idle, people.anonymous) == (8, 0.5, ("public",))
    assert people.proxy
    assert people.proxy.header == "x-remote-user"
    assert people.openid
    assert people.openid.issuer == "https://login.example.org"


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        ({}, "names nobody"),
        ({"users": []}, "names nobody"),
        ({"users": [user(password="secret")]}, "no argon2id hash"),
        ({"users": [user(password="$argon2i$v=19$m=1,t=1,p=1$a$b")]}, "no argon2id hash"),
        ({"users": [user(role="king")]}, "needs a role"),
        ({"users": [user(role=None)]}, "needs a role"),
        ({"users": [user(access=None)]}, "must be a list"),
        ({"users": [user(access=["../x"])]}, "no access label"),
        ({"users": [user("../anna")]}, "no name of a user"),
        ({"users": [user(), user("ANNA")]}, "two users"),
        ({"users": [user(tokens=["abc"])]}, "no fingerprints"),
        ({"users": [user(admin=True)]}, "has “admin”"),
        ({"users": [user()], "user": []}, "has “user”"),
        ({"users": [user()], "proxy": {"header": "X-User"}}, "needs “from”"),
        ({"users": [user()], "proxy": {"from": "everywhere"}}, "everywhere"),
        ({"users": [user()], "session": {"hours": 0}}, "number of hours"),
        ({"users": [user()], "oidc": {"issuer": "https://x"}}, "needs “client”"),
        (
            {"oidc": {"issuer": "https://x", "client": "y", "secret": "the secret itself", "claim": "z", "grants": {}}},
            "environment variable",
        ),
        ("just text", "must hold a list"),
        ("users: [", "no YAML"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path: Path, said: Any, tells: str) -> None:
    text = said if isinstance(said, str) else yaml.safe_dump(said)
    with pytest.raises(UsageError, match=re.escape(tells)):
        read_people(written(tmp_path, text))


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UsageError, match="chmod 600"):
        read_people(written(tmp_path, yaml.safe_dump({"users": [user()]}), mode))


def test_a_change_counts_at_once_and_a_slip_lets_nobody_in(tmp_path: Path) -> None:
    file = written(tmp_path, yaml.safe_dump({"users": [user(), user("boris")]}))
    roster = Roster(file)
    first = roster.people()
    assert first
    assert set(first.accounts) == {"anna", "boris"}
    assert roster.people() is first
    written(tmp_path, yaml.safe_dump({"users": [user("boris")]}))
    second = roster.people()
    assert second
    assert set(second.accounts) == {"boris"}
    written(tmp_path, "users: [")
    assert roster.people() is None
    file.unlink()
    assert roster.people() is None
    written(tmp_path, yaml.safe_dump({"users": [user()]}))
    assert roster.people() is not None


# -- passwords -----------------------------------------------------------------------------------------------------------


def test_a_password_is_kept_as_what_cannot_be_turned_back() -> None:
    assert is_hash(HASH)
    assert HASH.startswith("$argon2id$v=19$m=65536,t=3")
    assert hashed(GOOD) != HASH
    assert fits(GOOD, HASH)
    assert not fits(GOOD + " ", HASH)
    assert not fits(GOOD, None)
    assert not fits(GOOD, "$argon2id$no hash")
    assert not fits("", nobodys_hash())
    assert nobodys_hash().rsplit("$", 2)[0] == HASH.rsplit("$", 2)[0], "checking nobody's takes as long"


@pytest.mark.parametrize(
    "bad", ["short", "a" * 12, "anna123456789", "annaannaanna", "Password1234", "x" * 513, "123456789012"]
)
def test_a_password_that_is_guessed_easily_is_refused(bad: str) -> None:
    with pytest.raises(UsageError):
        check(bad, "anna")


def test_tokens_are_drawn_by_chance() -> None:
    made = {new_token() for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) > 40 for one in made)
    assert len(fingerprint("x")) == 64


# -- sessions ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(tmp_path: Path) -> Any:
    """Two accounts, as the file says."""
    return read_people(written(tmp_path, yaml.safe_dump({"users": [user(), user("boris", role="curator")]})))


def test_a_session_ends_with_its_time_its_account_or_its_password(people: Any, tmp_path: Path) -> None:
    now = [1000.0]
    sessions = Sessions(lambda: now[0])
    anna = people.accounts["anna"]
    secret = sessions.begin("anna", mark_of(anna))
    assert secret not in str(sessions._held), "only its fingerprint is kept"
    assert sessions.person(secret, people) == Person("anna", Role.READER, frozenset({"public"}))
    assert sessions.person(secret + "x", people) is None
    for _ in range(5):
        now[0] += 7000
        assert sessions.person(secret, people)
    now[0] += 7201
    assert sessions.person(secret, people) is None, "not used for two hours"
    secret = sessions.begin("anna", mark_of(anna))
    for _ in range(12):
        now[0] += 3599
        assert sessions.person(secret, people)
    now[0] += 100
    assert sessions.person(secret, people) is None, "twelve hours in any case"
    again = sessions.begin("anna", mark_of(anna))
    other = sessions.begin("anna", mark_of(anna), instead_of=again)
    assert other != again
    assert sessions.person(again, people) is None, "signing in again ends the session before"
    changed = read_people(
        written(tmp_path, yaml.safe_dump({"users": [user(password=hashed("another good password"))]}))
    )
    assert sessions.person(other, changed) is None
    secret = sessions.begin("boris", mark_of(people.accounts["boris"]))
    assert sessions.person(secret, changed) is None, "struck off"
    secret = sessions.begin("boris", mark_of(people.accounts["boris"]))
    lowered = read_people(written(tmp_path, yaml.safe_dump({"users": [user("boris", access=["other"])]})))
    assert sessions.person(secret, lowered) == Person("boris", Role.READER, frozenset({"other"}))
    assert sessions.end(secret)
    assert sessions.person(secret, people) is None


def test_several_values_of_a_claim_give_together() -> None:
    grants = {
        "a": Grant(Role.READER, ("public",)),
        "b": Grant(Role.CURATOR, ("internal",)),
        "c": Grant(Role.ADMIN, ("*",)),
    }
    assert granted(("a", "b", "x"), grants) == Grant(Role.CURATOR, ("public", "internal"))
    assert granted(("x",), grants) is None
    assert granted((), grants) is None


# -- guessing ------------------------------------------------------------------------------------------------------------


def test_each_further_wrong_try_waits_longer_up_to_a_limit() -> None:
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    waits = []
    for _ in range(20):
        waits.append(guesses.wrong("anna", "10.0.0.1"))
        now[0] += guesses.wait("anna", "10.0.0.1")
    assert waits[: PAIR.free - 1] == [0.0] * (PAIR.free - 1)
    assert waits[PAIR.free : PAIR.free + 4] == [10.0, 20.0, 40.0, 80.0]
    assert max(waits) == PAIR.longest
    assert guesses.wait("anna", "10.0.0.2") == 0.0, "others are not held up"
    now[0] += FORGOTTEN + 1
    assert guesses.wrong("anna", "10.0.0.1") == 0.0


def test_nobody_can_shut_out_somebody_else_for_good() -> None:
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    guesses.right("anna", "192.168.0.5")
    for n in range(5000):
        guesses.wrong("Anna", f"10.0.{n // 200}.{n % 200}")
    assert guesses.wait("anna", "192.168.0.5") == 0.0, "from where they signed in before"
    assert 0 < guesses.wait("anna", "192.168.0.6") <= ACCOUNT.longest
    now[0] += ACCOUNT.longest
    assert guesses.wait("anna", "192.168.0.6") == 0.0


def test_one_address_cannot_try_many_names() -> None:
    guesses = Guesses(lambda: 0.0)
    for n in range(30):
        guesses.wrong(f"name{n}", "10.0.0.1")
    assert guesses.wait("anna", "10.0.0.1") > 60


# -- who acts ------------------------------------------------------------------------------------------------------------


def test_nobody_is_the_default() -> None:
    from ui.people.cleared import Attended

    person.use(None)
    with pytest.raises(NobodyError):
        person.required()
    with pytest.raises(NobodyError):
        Attended(None).documents()  # type: ignore[arg-type]
    with person.acting(Person("anna", Role.READER, frozenset())):
        assert person.actor() == "anna"
    assert person.present() is None
    assert person.actor().endswith("(this machine)")


# -- who did what ----------------------------------------------------------------------------------------------------------


def test_what_is_noted_stays_in_order_and_is_the_owners_alone(tmp_path: Path) -> None:
    audit.note(tmp_path, "removed", documents=["d1"])
    with (tmp_path / audit.FILE_NAME).open("a") as file:
        file.write('{"time": "cut')
    with person.acting(Person("anna", Role.READER, None)):
        audit.exported(tmp_path, "csv", ["d2", "d2", "d3"])
    lines = list(audit.read(tmp_path))
    assert [line["what"] for line in lines] == ["removed", "exported"]
    assert lines[1]["who"] == "anna"
    assert (lines[1]["documents"], lines[1]["number"], lines[1]["form"]) == (["d2", "d3"], 2, "csv")
    assert not list(audit.read(tmp_path, "2999"))
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / audit.FILE_NAME).stat().st_mode) == 0o600


def test_questions_are_kept_only_where_asked_for_and_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit.question(tmp_path, "Who was it?")
    assert not (tmp_path / audit.QUESTIONS).exists()
    monkeypatch.setenv(audit.SETTING, "7")
    old = {"time": "2001-01-01T00:00:00+00:00", "who": "x", "what": "asked", "question": "long ago"}
    (tmp_path / audit.QUESTIONS).write_text(json.dumps(old) + "\n")
    audit._SWEPT.clear()
    audit.question(tmp_path, "Who was it?")
    assert [line["question"] for line in audit.read(tmp_path)] == ["Who was it?"]
    assert "long ago" not in (tmp_path / audit.QUESTIONS).read_text()
    monkeypatch.delenv(audit.SETTING)
    assert not list(audit.read(tmp_path))


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / audit.FILE_NAME).mkdir()
    audit.note(tmp_path, "removed", documents=["d1"])
    assert "cannot be written" in caplog.text


def test_reading_in_and_removing_are_noted_without_a_word_of_the_text(
    tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.home import check_home
    from ui.service import KnowledgeBase

    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: hashing)
    home, paper = tmp_path / "home", tmp_path / "kilns-zephyrine.md"
    paper.write_text("# Zephyrine\n\nXylographers inspect brick kilns.\n", encoding="utf-8")
    base = KnowledgeBase(home, create=True)
    base.ingest([paper], workers=1)
    (document,) = base.documents()
    base.ingest([paper], workers=1)
    base.forget(document.id)
    base.close()
    lines = list(audit.read(home))
    assert [(line["what"], line["documents"]) for line in lines] == [
        ("ingested", [document.id]),
        ("removed", [document.id]),
    ]
    assert not re.search("zephyrine|xylographer|kilns", (home / audit.FILE_NAME).read_text(), re.I)
    assert check_home(home)
    assert main(["audit", "--home", str(home), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 2
    assert main(["audit", "--home", str(home), "--since", "2999"]) == 0
    assert "Nothing is noted" in capsys.readouterr().out
    assert main(["audit", "--home", str(home), "--since", "soon"]) == 2


# -- the commands --------------------------------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return main(["users", *arguments])


def test_accounts_are_made_changed_and_struck_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.yaml"
    at = ("--file", str(file))
    assert run(monkeypatch, "add", "anna", *at, typed="short\n") == 2
    assert not file.exists(), "an empty file is never made"
    assert run(monkeypatch, "add", "anna", *at, typed=f"{GOOD}\n") == 0
    assert run(monkeypatch, "add", "clara", "--role", "admin", "--access", "*", *at, typed=f"{GOOD}\n") == 0
    assert run(monkeypatch, "add", "robot", "--no-password", "--access", "public", "--access", "internal", *at) == 0
    assert run(monkeypatch, "add", "ANNA", *at, typed=f"{GOOD}\n") == 2
    assert run(monkeypatch, "add", "eve", "--access", "a/b", *at, typed=f"{GOOD}\n") == 2
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert GOOD not in file.read_text()
    people = read_people(file)
    assert {one.name: (one.role.value, one.access, bool(one.password)) for one in people.accounts.values()} == {
        "anna": ("reader", ("public",), True),
        "clara": ("admin", ("*",), True),
        "robot": ("reader", ("public", "internal"), False),
    }
    capsys.readouterr()
    assert run(monkeypatch, "token", "robot", "--json", *at) == 0
    token = json.loads(capsys.readouterr().out)["token"]
    assert token not in file.read_text()
    assert read_people(file).tokens[fingerprint(token)].name == "robot"
    assert run(monkeypatch, "password", "anna", *at, typed="another good password\n") == 0
    assert fits("another good password", read_people(file).accounts["anna"].password)
    assert run(monkeypatch, "list", *at) == 0
    assert "everything" in capsys.readouterr().out
    assert run(monkeypatch, "token", "robot", "--revoke", *at) == 0
    assert not read_people(file).tokens
    assert run(monkeypatch, "remove", "anna", *at) == 0
    assert run(monkeypatch, "remove", "anna", *at) == 2
    assert "anna" not in read_people(file).accounts
    assert not [one for one in tmp_path.iterdir() if "half" in one.name]


def test_other_parts_of_the_file_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, yaml.safe_dump({"anonymous": ["public"], "users": [user()]}))
    assert run(monkeypatch, "add", "boris", "--file", str(file), typed=f"{GOOD}\n") == 0
    people = read_people(file)
    assert people.anonymous == ("public",)
    assert set(people.accounts) == {"anna", "boris"}


def test_serving_with_a_file_that_is_not_in_order_is_refused(
    tmp_path: Path, hashing: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.service import KnowledgeBase

    monkeypatch.setattr(KnowledgeBase, "embedder", lambda self: hashing)
    paper = tmp_path / "a.md"
    paper.write_text("# A\n\nKilns are inspected.\n", encoding="utf-8")
    base = KnowledgeBase(tmp_path / "home", create=True)
    base.ingest([paper], workers=1)
    base.close()
    for text, tells in (("users: []", "names nobody"), ("users: [", "no YAML")):
        file = written(tmp_path, text)
        assert main(["serve", "--home", str(tmp_path / "home"), "--port", "0", "--users", str(file)]) == 2
        assert tells in capsys.readouterr().err
    assert main(["serve", "--home", str(tmp_path / "home"), "--port", "0", "--users", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
