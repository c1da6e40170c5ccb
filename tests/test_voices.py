"""Whose words a passage is, and which part of its document: decisions, their preambles, annexes and attachments,
statements by delegations, and persons quoted in a press release."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Document, Kind, Page, Passage, Span, StoredPassage
from ingest.parse import parse_file
from ingest.parts import delegation
from ingest.quoted import quoted_speaker
from search.verify import Prover
from search.voice import authority
from tests.test_structure import cut

HEAD = """MC.DEC/3/19
6 December 2019
Original: ENGLISH
Organization for Security and Co-operation in Europe
Ministerial Council
Second day of the Twenty-Sixth Meeting
MC(26) Journal No. 2, Agenda item 8
DECISION No. 3/19
PREVENTING TRAFFICKING IN THE SUPPLY OF GOODS
The Ministerial Council,
Recalling the commitments of the participating States to act against trafficking in human beings in all
of its forms and in every part of the region,
Deeply concerned that victims are still not identified,
1. Decides to continue the work of the structures that support the national authorities of the States;
2. Calls on participating States to:
(a) train those who inspect workplaces in agriculture and construction;
(b) publish the results of such inspections;"""
OVERLEAF = (
    "- 2 -\nMC.DEC/3/19\n6 December 2019\n3. Tasks the Special Representative to report to the Permanent Council on it."
)
FIRST = """- 3 -
MC.DEC/3/19
6 December 2019
Attachment 1
INTERPRETATIVE STATEMENT UNDER
PARAGRAPH IV.1(A)6 OF THE RULES OF PROCEDURE
By the delegation of Ruritania:
“In joining the consensus we wish to state the following.
1. We take the decision to create no new obligations.
2. We shall report as we have done before.
3. We understand “inspection” as our law does, and we ask those who read this to do so too, whatever they"""
GOES_ON = "- 4 -\nMC.DEC/3/19\n6 December 2019\nAttachment 1\nmay have understood before.”"
SECOND = """- 5 -
MC.DEC/3/19
6 December 2019
Attachment 2
INTERPRETATIVE STATEMENT
The delegation of the United States of Arcadia provided the following statement:
“The decision is welcome. We regret that it says nothing of fees that workers have to pay.”"""


@pytest.fixture(scope="module")
def decision() -> list[Passage]:
    return cut(HEAD, OVERLEAF, FIRST, GOES_ON, SECOND, paged=True)


def test_paragraph_three_of_a_decision_is_not_that_of_a_statement_attached_to_it(decision: list[Passage]) -> None:
    by_label = {passage.label: passage for passage in decision}
    assert by_label["para. 3"].text.startswith("3. Tasks the Special Representative")
    assert by_label["para. 3"].speaker is None
    statement = by_label["Attachment 1, para. 3"]
    assert statement.text.endswith("whatever they may have understood before.”")
    assert statement.speaker == "Delegation of Ruritania"
    assert statement.heading_path[0].startswith("Attachment 1 – INTERPRETATIVE STATEMENT UNDER PARAGRAPH IV.1(A)6")


def test_what_has_no_number_in_an_attachment_is_cited_by_the_attachment(decision: list[Passage]) -> None:
    last = decision[-1]
    assert (last.label, last.speaker) == ("Attachment 2", "Delegation of the United States of Arcadia")
    assert "MC.DEC" not in last.text


def test_recitals_and_operative_paragraphs_of_a_decision_are_told_apart(decision: list[Passage]) -> None:
    recitals = [passage for passage in decision if passage.kind is Kind.RECITAL]
    assert [passage.text.split("\n")[0] for passage in recitals] == ["The Ministerial Council,"]
    assert recitals[0].text.endswith("not identified,")
    assert recitals[0].heading_path == ("DECISION No. 3/19 – PREVENTING TRAFFICKING IN THE SUPPLY OF GOODS",)
    operative = [passage.label for passage in decision if passage.label and passage.label.startswith("para.")]
    assert operative == ["para. 1", "para. 2", "para. 3"]


def test_a_statement_attached_to_a_decision_is_no_agreed_text(decision: list[Passage]) -> None:
    document = Document("d", "d.pdf", "Decision", type="decision")
    assert authority(document, decision[0]) == "agreed text"
    assert authority(document, decision[-1]) == "statement by Delegation of the United States of Arcadia"


def test_annexes_that_count_anew_are_named_in_their_labels_and_others_are_not() -> None:
    text = "1. The Council meets.\n2. It decides.\n\n## Annex I\n\n1. A list.\n2. Its end.\n\n## Annex II\n\n3. A remark.\n4. Its end."
    labels = [label for passage in cut(text, reflowed=True) for label in (passage.label,)]
    assert labels == ["para. 1", "para. 2", "Annex I, para. 1", "Annex I, para. 2", "para. 3", "para. 4"]


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("By the delegation of Canada:", "Delegation of Canada"),
        ("STATEMENT BY THE DELEGATION OF THE RUSSIAN FEDERATION", "Delegation of the Russian Federation"),
        ("By Germany, in its capacity as EU Presidency:", "Germany"),
        ("Par la délégation de la Fédération de Russie :", "Délégation de la Fédération de Russie"),
        ("Делегация Российской Федерации:", "Делегация Российской Федерации"),
        ("By this decision, participating States agree to act", None),
        ("The delegation of Canada spoke of the matter at length", None),
    ],
)
def test_the_delegation_that_speaks_is_read_from_the_line_above_its_words(line: str, who: str | None) -> None:
    assert delegation(line) == who


def test_items_without_numbers_carry_the_line_that_governs_them() -> None:
    items = "\n".join(f"– {'Provide training to the labour inspectors of the region ' * 9}{n};" for n in range(1, 5))
    text = f"The Ministerial Council,\n\nCalls on participating States to:\n{items}"
    passages = cut(text, reflowed=True)
    later = [passage for passage in passages if passage.text.startswith("–")]
    assert later
    assert {passage.lead for passage in later} == {"Calls on participating States to:"}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("“It is time to act for all,” said Jane Roe, Chair of the Board, in her speech.", "Jane Roe, Chair of the Board"),
        ("“It is time to act for all,” Jane Roe, Chair of the Board, stressed.", "Jane Roe, Chair of the Board"),
        ("“It is time to act for all,” Board Chair Jane Mary Roe said. “We shall,” she added.", "Board Chair Jane Mary Roe"),
        ("« Il est temps d’agir pour tous », a déclaré Jeanne Dupont, présidente.", "Jeanne Dupont, présidente"),
        ("„Es ist Zeit für uns alle“, sagte Erika Muster, Vorsitzende.", "Erika Muster, Vorsitzende"),
        ("“It is time to act for all,” she said.", None),
        ("“It is time to act for all,” said Jane Roe. “It is not for us all yet,” answered no one but said John Doe.", "Jane Roe"),
        ("“It is time to act for all,” said Jane Roe. “I agree with all of it,” said John Doe.", None),
        ("“Trafficking in persons” means the recruitment of persons.", None),
    ],
)  # fmt: skip
def test_who_is_quoted_is_named_where_it_is_certain(text: str, who: str | None) -> None:
    assert quoted_speaker(text) == who


def test_the_persons_whom_a_press_release_quotes_speak_in_passages_of_their_own(shared: Path) -> None:
    parsed = parse_file(shared / "realdocs" / "seed" / "national-coordinators-meeting-2023.txt")
    said = {passage.speaker.split(",")[0]: passage for passage in parsed.passages if passage.speaker}
    assert set(said) == {
        "OSCE Secretary General Helga Maria Schmid",
        "Andrea Salvoni",
        "Maria Spassova",
        "Petya Nestorova",
    }
    assert "less than 1%" in said["Andrea Salvoni"].text
    assert "Reykjavik Declaration" in said["Maria Spassova"].text


def test_the_head_of_a_printed_page_inside_a_text_file_is_no_part_of_its_sentence() -> None:
    text = "The most profitable activity in the region is human\n\n10-55128 14\n29/09/2015 A/70/PV.17\n\ntrafficking. It grows."
    (passage,) = cut(text)
    assert passage.text == "The most profitable activity in the region is human trafficking. It grows."
    assert len(passage.spans) == 2
    (joined,) = cut("The most profitable activity is human 10-55128 14 trafficking. It grows.", reflowed=True)
    assert joined.text == "The most profitable activity is human trafficking. It grows."
    assert [text for span in joined.spans for text in [span.page]] == [1, 1]


def test_few_lines_that_break_off_in_mid_sentence_are_wrapped() -> None:
    wrapped = "The Office has published its report on the victims of\ntrafficking in the region.\nIt is the first one."
    (passage,) = cut(wrapped, reflowed=True)
    assert passage.text.startswith(
        "The Office has published its report on the victims of trafficking in the region. It"
    )
    listed = "The Office shall do what is said in the list that follows:\nassist victims;\nprotect them."
    assert cut(listed, reflowed=True)[0].text == listed


def test_a_quotation_over_such_a_head_is_proven_in_two_parts() -> None:
    text = "The most profitable activity in the whole region is human 10-55128 14 trafficking for forced labour."
    (passage,) = cut(text, reflowed=True)

    class Stored:
        def page(self, document: str, number: int) -> Page:
            return Page(number, str(number), text)

    stored = StoredPassage(1, "p", "d", passage)
    proven = Prover(Stored()).prove(passage.text, stored)  # type: ignore[arg-type]
    assert [part.text for part in proven] == [
        "The most profitable activity in the whole region is human",
        "trafficking for forced labour.",
    ]
    assert Prover(Stored()).prove("The region is human trafficking for", stored) == []  # type: ignore[arg-type]


AGENDA = """AGENDA ITEM 1: OPENING OF THE MEETING
1. The Chair opened the meeting and welcomed those who took part in it for the first time since the last one.
2. The Committee adopted its agenda as it had been proposed by the Secretariat in the week before the meeting.
AGENDA ITEM 2: ADOPTION OF RECOMMENDATIONS ON THE IMPLEMENTATION OF THE CONVENTION BY
THE STATES THAT HAVE BEEN EVALUATED
3. The Committee took note of the reports and thanked those who had drawn them up for their thorough work.
4. It adopted the recommendations by consensus and asked the States to answer them within the next two years."""


def test_agenda_items_head_the_paragraphs_of_a_meeting_report() -> None:
    passages = cut(AGENDA, paged=True)
    assert [passage.label for passage in passages] == ["para. 1", "para. 2", "para. 3", "para. 4"]
    assert passages[1].heading_path == ("Agenda item 1 – OPENING OF THE MEETING",)
    assert passages[2].heading_path == (
        "Agenda item 2 – ADOPTION OF RECOMMENDATIONS ON THE IMPLEMENTATION OF THE CONVENTION BY "
        "THE STATES THAT HAVE BEEN EVALUATED",
    )


def test_the_masthead_of_a_document_heads_nothing(shared: Path) -> None:
    parsed = parse_file(shared / "realdocs" / "un-reports-2025" / "pdf" / "A_HRC_RES_59_25.en.pdf")
    headings = {heading for passage in parsed.passages for heading in passage.heading_path}
    assert "59/25. Human rights and climate change" in headings
    assert not headings & {"Human Rights Council", "Fifty-ninth session", "Agenda item 3", "16 June–8 July 2025"}


def test_spans_of_a_sentence_leave_out_the_head_that_stands_in_it() -> None:
    text = "It is human 10-55128 14 trafficking."
    (passage,) = cut(text, reflowed=True)
    assert passage.spans == (Span(1, 0, 11), Span(1, 24, 36))
