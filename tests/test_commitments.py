"""What texts decide, ask and recommend: whose word it is, how strong, to whom; and that it is never more than it says."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import commitments as kept
from corpus.commitments import FollowUp, Wanted, key_of
from corpus.lexicon import find_countries
from corpus.records import Authority, Commitment, Document, Filters, Kind, Page, Parsed, Passage, Reception
from corpus.store import Store
from ingest.commitments import commitments_of
from ingest.parse import parse_file
from ingest.reader import ReadFailure, read_all
from ingest.reviews import reception_of
from ingest.topics import topics_of

MakePdf = Callable[[Path, Sequence[Sequence[str]]], Path]
AGREED, ASKED, SAID = Authority.AGREED, Authority.RECOMMENDATION, Authority.STATEMENT


def found(type_: str, text: str, **more: object) -> tuple[Commitment, ...]:
    """The commitments of one passage in a document of that kind."""
    fields = {name: more.pop(name) for name in ("title", "standing", "countries", "speaker") if name in more}
    document = Document(id="d", path="/d", **({"title": "A paper"} | fields), type=type_)  # type: ignore[arg-type]
    passage = Passage(text=text, spans=(), **({"label": "para. 1"} | more))  # type: ignore[arg-type]
    return commitments_of(document, [passage])


@pytest.mark.parametrize(
    ("text", "verb", "strength", "addressee"),
    [
        ("1. Decides to remain seized of the matter.", "decides", 5, None),
        ("2. Urges Member States to ratify the Protocol;", "urges", 4, "Member States"),
        ("3. Calls upon all participating States, where appropriate, to appoint rapporteurs;", "calls upon", 4,
         "all participating States"),
        ("4. Also requests the Secretary-General to report thereon;", "requests", 5, "the Secretary-General"),
        ("5. Strongly encourages the Parties and observers to co-operate;", "encourages", 3, "the Parties and observers"),
        ("6. Recommends that States parties should open shelters;", "recommends", 3, "States parties"),
        ("7. Takes note with appreciation of the report;", "takes note", 1, None),
        ("8. Tasks the Permanent Council, within existing resources, to develop guidance;", "tasks", 5,
         "the Permanent Council"),
        ("9. Calls for the full implementation of the Convention;", "calls upon", 4, None),
        ("10. Invite les États membres à ratifier le Protocole ;", "invites", 2, "les États membres"),
        ("11. Настоятельно призывает государства-члены ратифицировать Протокол;", "urges", 4, None),
    ],
)  # fmt: skip
def test_operative_paragraphs(text: str, verb: str, strength: int, addressee: str | None) -> None:
    (one,) = found("resolution", text)
    assert (one.verb, one.strength, one.authority) == (verb, strength, AGREED)
    if addressee:
        assert one.addressee == addressee
    assert one.text == text[one.start : one.end]


def test_a_paragraph_of_several_clauses_is_several_commitments() -> None:
    text = "6. Recalls its decision of 2030, urges States to act, and requests the Council to report: in 2032."
    assert [(one.verb, one.text) for one in found("resolution", text)] == [
        ("recalls", "Recalls its decision of 2030"),
        ("urges", "urges States to act"),
        ("requests", "requests the Council to report: in 2032."),
    ]


def test_nouns_are_no_verbs() -> None:
    assert [
        one.verb for one in found("decision", "1. Decides on calls, requests and notes of the States concerned;")
    ] == ["decides"]


def test_items_carry_the_verb_of_their_governing_line() -> None:
    text = "9. Calls on participating States to:\n(a) open shelters for all victims;\n(b) train the police forces."
    places = ((0, "para. 9"), (text.index("(a)"), "para. 9(a)"), (text.index("(b)"), "para. 9(b)"))
    whole = found("decision", text, pinpoints=places)
    assert [(one.verb, one.addressee, one.label, one.text) for one in whole] == [
        ("calls upon", "participating States", "para. 9(a)", "open shelters for all victims"),
        ("calls upon", "participating States", "para. 9(b)", "train the police forces."),
    ]
    lead = "Calls on participating States to:"
    (item,) = found("decision", "(c) publish their yearly reports;", lead=lead, kind=Kind.ITEM)
    assert (item.verb, item.addressee, item.lead) == ("calls upon", "participating States", lead)


@pytest.mark.parametrize(
    ("text", "addressee"),
    [
        ("1. Each Party shall adopt measures to protect victims.", "Each Party"),
        ("2 Member States shall, where appropriate, ensure that victims are heard.", "Member States"),
        ("GRETA shall elect its members for a term of four years.", "GRETA"),
    ],
)
def test_duties_of_treaties(text: str, addressee: str) -> None:
    (one,) = found("convention", text, kind=Kind.ARTICLE, label="Article 5(1)")
    assert (one.verb, one.strength, one.addressee) == ("shall", 5, addressee)


@pytest.mark.parametrize(
    "text",
    [
        "This Convention shall enter into force on the first day of the month.",
        "“Victim” shall mean any natural person who is subject to trafficking.",
        "The consent of a victim shall be irrelevant.",
    ],
)
def test_what_binds_nobody_by_name_is_no_duty(text: str) -> None:
    assert found("convention", text, kind=Kind.ARTICLE, label="Article 5") == ()


@pytest.mark.parametrize("kind", [Kind.RECITAL, Kind.FOOTNOTE, Kind.TABLE])
def test_recitals_notes_and_tables_commit_nobody(kind: Kind) -> None:
    assert found("resolution", "Urges all States to act at once;", kind=kind) == ()


def test_a_statement_attached_to_a_decision_is_never_the_decision() -> None:
    text = "We urge all participating States to note our reservation. The decision binds nobody."
    (one,) = found("decision", text, speaker=None, label="Attachment 1, para. 1")[:1] or (None,)
    assert one is None or one.authority is not AGREED
    passage = Passage(text=text, spans=(), label="Attachment 1, para. 1", speaker="Delegation of Ruritania")
    (said,) = commitments_of(Document(id="d", path="/d", title="Decision", type="decision"), [passage])
    assert (said.authority, said.speakers, said.verb) == (SAID, ("Delegation of Ruritania",), "urges")


def test_a_digest_speaks_for_nobody() -> None:
    assert found("digest", "States should act. The Council urges States to act. Participants agreed to act.") == ()


def test_a_draft_is_not_agreed() -> None:
    assert found("resolution", "1. Urges States to act;", standing="informational") == ()


def test_a_speech_is_its_speakers_word() -> None:
    text = "The year was hard. We call on all States to ratify the Convention. States urge each other to do more."
    (one,) = found("speech", text, speaker="Ms Roe", label=None)
    assert (one.verb, one.addressee, one.authority, one.speakers) == ("calls upon", "all States", SAID, ("Ms Roe",))
    assert one.text == "We call on all States to ratify the Convention."


def test_reports_recommend_and_tell() -> None:
    text = (
        "12. The Special Rapporteur recommends that States open shelters. Germany recommended in 2019 that shelters close. "
        "I call upon Member States to act. The Council urged calm."
    )
    assert [(one.verb, one.addressee, one.authority, one.speakers) for one in found("report", text)] == [
        ("recommends", "States", ASKED, ("The Special Rapporteur",)),
        ("calls upon", "Member States", ASKED, ()),
    ]


def test_what_states_should_do_counts_under_recommendations_only() -> None:
    text = "States should train judges. It should be noted that few do."
    assert found("report", text, heading_path=("II. Findings",)) == ()
    (one,) = found("report", text, heading_path=("V. Conclusions and recommendations",))
    assert (one.verb, one.addressee, one.authority) == ("recommends", "States", ASKED)


def test_the_report_of_a_meeting_tells_what_was_agreed_and_what_some_thought() -> None:
    text = "Participants agreed that shelters must open. Several delegations stressed costs. It was suggested to wait."
    told = found("report", text, title="Report of the annual meeting")
    assert [(one.verb, one.authority) for one in told] == [
        ("undertakes", AGREED), ("stresses", SAID), ("recommends", SAID),
    ]  # fmt: skip
    assert found("report", text, title="Study of shelters") == ()


REVIEW = {"title": "Report of the Working Group on the Universal Periodic Review – Oman", "countries": ("OMN",),
          "kind": Kind.ITEM, "label": "89.1", "heading_path": ("II. Conclusions and/or recommendations",)}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "states"),
    [
        ("89.1. Consider ratification (Turkey);", "Consider ratification (Turkey);", ("TUR",)),
        ("89.2 Ratify it (Iran (Islamic Republic of), France)2.", None, ("IRN", "FRA")),
        ("89.3 Consider ratifying (Jordan)/ratify soon (Chile, China);", None, ("JOR", "CHL", "CHN")),
        ("70. Provide education to all (including girls) (Austria);*", None, ("AUT",)),
    ],
)
def test_recommendations_of_a_review_name_their_states(text: str, words: str | None, states: tuple[str, ...]) -> None:
    (one,) = found("report", text, **REVIEW, lead="The following recommendations enjoy the support of Oman:")
    assert (one.speakers, one.addressee, one.reception) == (states, "Oman", Reception.SUPPORTED)
    assert words is None or one.text == words


def test_a_line_of_a_review_without_a_state_is_none() -> None:
    assert found("report", "89.4. Ratify the Convention;", **REVIEW) == ()


@pytest.mark.parametrize(
    ("lead", "reception"),
    [
        (
            "The recommendations listed below have been examined by Oman and enjoy the support of Oman:",
            Reception.SUPPORTED,
        ),
        ("The following recommendations did not enjoy the support of Oman:", Reception.NOTED),
        ("The following recommendations will be examined by Oman, which will respond in due time:", Reception.PENDING),
        ("The responses of Oman to these recommendations will be included in the outcome report:", Reception.PENDING),
        ("The following recommendations have been noted by Oman:", Reception.NOTED),
        ("In the course of the discussion, the following recommendations were made to Oman:", None),
    ],
)
def test_how_recommendations_were_received(lead: str, reception: Reception | None) -> None:
    assert reception_of(lead) is reception


def test_topics_are_parted_where_they_should_be() -> None:
    text = (
        "Better identifying and assisting victims, enhancing the use of financial investigations, understanding and "
        "addressing trafficking for forced crime, and ways to enhance mandates are among the topics to be treated."
    )
    assert [text[start:end] for start, end in topics_of(text)] == [
        "Better identifying and assisting victims", "enhancing the use of financial investigations",
        "understanding and addressing trafficking for forced crime", "ways to enhance mandates",
    ]  # fmt: skip
    assert topics_of("The victims are among us.") == []


def test_a_press_release_agrees_to_nothing_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "release.md"
    file.write_text(
        "---\ntype: press-release\n---\n# Co-ordinators meet\n\nThe annual meeting has started today in the city.\n\n"
        "“Success in overcoming the challenges requires leadership,” Helga Roe, Secretary General, stressed.\n\n"
        "Finding victims of trafficking, following the money of traffickers, and ways to strengthen mandates are among "
        "the topics to be treated.\n",
        encoding="utf-8",
    )
    made = parse_file(file).commitments
    assert [(one.authority, one.speakers) for one in made] == [
        (SAID, ("Helga Roe, Secretary General",)), *[(Authority.TOPIC, ())] * 3,
    ]  # fmt: skip


def test_the_release_of_2023(shared: Path) -> None:
    parsed = parse_file(shared / "realdocs" / "seed" / "national-coordinators-meeting-2023.txt")
    made = parsed.commitments
    assert not [one for one in made if one.authority is AGREED]
    assert len([one for one in made if one.authority is Authority.TOPIC]) == 4
    speakers = {one.speakers[0].split(",")[0].split()[-1] for one in made if one.authority is SAID}
    assert speakers == {"Schmid", "Salvoni", "Spassova", "Nestorova"}


# -- the store ---------------------------------------------------------------------------------------------


def stored(tmp_path: Path) -> Store:
    store = Store(tmp_path, create=True)
    for number, body, text in (
        ("a", "OSCE", "1. Urges States to act;"),
        ("b", "UN", "1. Decides to wait;"),
    ):
        document = Document(id=number, path=f"/{number}", title=number, type="decision", body=body)
        passage = Passage(text=text, spans=(), label="para. 1")
        made = commitments_of(document, [passage])
        store.put(Parsed(document, (Page(1, "1", text),), (passage,), commitments=made), None, "m", {})
    return store


def test_commitments_come_back_by_filters_and_go_with_their_document(tmp_path: Path) -> None:
    store = stored(tmp_path)
    assert [one.commitment.verb for one in kept.commitments(store, Wanted())] == ["urges", "decides"]
    for wanted, verbs in (
        (Wanted(strength=5), ["decides"]),
        (Wanted(verb=("Urges",)), ["urges"]),
        (Wanted(addressee=("states",)), ["urges"]),
        (Wanted(text="WAIT"), ["decides"]),
        (Wanted(authority=("topic only",)), []),
        (Wanted(documents=Filters(body=("UN",))), ["decides"]),
        (Wanted(status=("",)), ["urges", "decides"]),
    ):
        assert [one.commitment.verb for one in kept.commitments(store, wanted)] == verbs
    store.remove("a")
    assert [one.commitment.verb for one in kept.commitments(store, Wanted())] == ["decides"]


def test_what_a_curator_notes_stays_when_the_document_is_read_again(tmp_path: Path) -> None:
    store = stored(tmp_path)
    key = key_of("a", "Urges States to act")
    store.follow_up({key: FollowUp("open", "ask the ministry", "Roe", "2031-01-02")})
    document = replace(store.documents_by_id(["a"])["a"], title="Another title")
    passage = Passage(text="1.  URGES States to act;", spans=(), label="para. 1")
    made = commitments_of(document, [passage])
    store.put(Parsed(document, (Page(1, "1", passage.text),), (passage,), commitments=made), None, "m", {})
    (one,) = kept.commitments(store, Wanted(status=("open",)))
    assert (one.document.title, one.followup.responsible) == ("Another title", "Roe")
    store.follow_up({key: FollowUp()})
    assert kept.commitments(store, Wanted(status=("open",))) == []


# -- measured on real documents ----------------------------------------------------------------------------

SENTENCES = Path(__file__).parent / "golden" / "commitments.csv"


def test_sentences_that_a_person_judged(shared: Path) -> None:
    """210 sentences, drawn from what was found in 75 documents and then judged by reading: verb and strength, whether
    it is anybody's commitment at all ("-"), whose word, and who is to act. They are named by a digest of their words."""
    with SENTENCES.open(encoding="utf-8") as file:
        judged = list(csv.DictReader(file))
    paths = sorted({shared / "realdocs" / row["path"] for row in judged})
    made: dict[tuple[str, str], Commitment] = {}
    for path, parsed in read_all(paths, parse_file, workers=2):
        assert not isinstance(parsed, ReadFailure), path
        made |= {(path.name, key_of("", one.text)): one for one in parsed.commitments}
    right = Counter[str]()
    agreed = Counter[bool]()
    for row in judged:
        one = made.get((Path(row["path"]).name, row["key"]))
        if row["verb"] == "-":
            right.update(dict.fromkeys(("verb", "authority", "addressee"), one is None))
            if one is not None and one.authority is AGREED:
                agreed[False] += 1
            continue
        if one is None:
            continue
        right["verb"] += (one.verb, str(one.strength)) == (row["verb"], row["strength"])
        right["authority"] += one.authority.value == row["authority"]
        right["addressee"] += (one.addressee or "") == row["addressee"]
        if one.authority is AGREED:
            agreed[row["authority"] == AGREED.value] += 1
    shares = {name: count / len(judged) for name, count in right.items()}
    assert shares["verb"] >= 0.95 and shares["addressee"] >= 0.90 and shares["authority"] >= 0.90, shares
    assert agreed[True] / agreed.total() >= 0.98, agreed


def test_hardly_an_operative_paragraph_of_a_resolution_is_missed(shared: Path) -> None:
    paths = sorted((shared / "realdocs" / "un-reports-2025" / "pdf").glob("S_RES_*.pdf"))
    wanted = have = 0
    for _, parsed in read_all(paths, parse_file, workers=2):
        assert not isinstance(parsed, ReadFailure)
        labels = {(one.label or "").split("(")[0] for one in parsed.commitments}
        text = "\n".join(page.text for page in parsed.pages)
        # Numbers begin anew in annexes, where nothing is decided.
        numbers = [int(found[1]) for found in re.finditer(r"^(\d{1,2})\. +[A-Z][a-z]+s\b", text, re.MULTILINE)]
        rising = [number for at, number in enumerate(numbers) if number == at + 1]
        wanted += len(rising)
        have += sum(1 for number in rising if f"para. {number}" in labels)
    assert wanted > 100
    assert have / wanted >= 0.95, (have, wanted)


REVIEWS = "upr-recommendations/recommendations.jsonl.gz"
SESSIONS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth".split()


def words(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"\W+", " ", text.casefold()).split())


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets of words have in common: by the smaller one, and by both."""
    common = len(one & other)
    return common / max(1, min(len(one), len(other))) * (0.5 + 0.5 * common / max(1, len(one | other)))


def test_recommendations_of_reviews_against_a_register_of_them(shared: Path) -> None:
    """Every fourth report whose session the register covers: text, State and reception of each recommendation."""
    register: dict[tuple[str, int], list[dict[str, str]]] = {}
    with gzip.open(shared / "evalsets" / REVIEWS, "rt", encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            for code in find_countries(entry["to"]):
                register.setdefault((code, int(entry["session"])), []).append(entry)
    paths = sorted((shared / "realdocs" / "upr-reports" / "pdf").glob("*.pdf"))[::4]
    counted = Counter[str]()
    for _, parsed in read_all(paths, parse_file, workers=2):
        assert not isinstance(parsed, ReadFailure)
        session = (parsed.document.meeting or "").split(" ")[0].casefold()
        if session not in SESSIONS:
            continue
        _compare(
            parsed.commitments, register.get((parsed.document.countries[0], SESSIONS.index(session) + 1), []), counted
        )
    assert counted["registered"] > 1000
    assert counted["found"] / counted["registered"] >= 0.95, counted
    assert counted["matched"] / counted["ours"] >= 0.95, counted
    assert counted["State"] / counted["found"] >= 0.95, counted
    assert counted["received"] / counted["told"] >= 0.90, counted


def _compare(made: Sequence[Commitment], register: Sequence[dict[str, str]], counted: Counter[str]) -> None:
    if not register:
        return
    ours = [(words(re.sub(r"\([^()]*\)\W*$", "", one.text)), one) for one in made if one.authority is ASKED]
    matched: set[int] = set()
    for entry in register:
        state = next(iter(find_countries(entry["frm"])), "")
        scores = [
            (score + (state in one.speakers), at)
            for at, (text, one) in enumerate(ours)
            if (score := alike(words(entry["text"]), text)) > 0.5
        ]
        counted["registered"] += 1
        if not scores:
            continue
        at = max(scores)[1]
        one = ours[at][1]
        matched.add(at)
        counted["found"] += 1
        counted["State"] += state in one.speakers
        answer = {"Accepted": Reception.SUPPORTED, "Noted": Reception.NOTED}.get(entry["response"])
        if answer and one.reception in {Reception.SUPPORTED, Reception.NOTED}:
            counted["told"] += 1
            counted["received"] += one.reception is answer
    counted["ours"] += len(ours)
    counted["matched"] += len(matched)
