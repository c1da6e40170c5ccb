"""The draft checker: quotations planted from documents are told apart, citations looked up, comments land where they belong."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from corpus.errors import UsageError
from corpus.records import Document, StoredPassage
from corpus.sentences import sentence_spans
from search.attribution import Fit
from search.comparing import align, differences, read_quote, reads, stands, without_numbers, words_of
from search.drafts import Block, Shape, quoted
from search.matching import letters, same_label
from search.quoting import Finding, Held, Status
from ui.check import check, look_up, remarks, sentence, table
from ui.check import shape as check_shape
from ui.cli import main
from ui.drafts import commented, read_draft
from ui.service import KnowledgeBase
from ui.tables import markdown

DIGESTS = Path(__file__).resolve().parent.parent / "corpus" / "documents"
SEED = 20250606
# How many of each kind are planted, and how many of all have to be told right.
PLANTED = {Status.VERBATIM: 50, Status.ALTERED: 25, Status.MISATTRIBUTED: 15, Status.NOT_FOUND: 10}
RIGHT = 98
MARKS = (("“", "”"), ("«", "»"), ("„", "“"), ('"', '"'), ("‘", "’"), ("“", "”"))
OTHER_WORDS = ("promptly", "seldom", "gradually", "municipal", "voluntary", "quarterly", "alleged", "coastal")
# Sentences of the field that stand in no document: written for this test.
INVENTED = (
    "every coordinator shall publish the minutes of hotel inspections within nine working days",
    "labour inspectors may board river barges at night without the owner's consent",
    "the fund pays for the dental care of witnesses until their grandchildren come of age",
    "States undertake to rotate their rapporteurs between ministries each leap year",
    "a helpline that rings unanswered for more than four minutes counts as a failed referral",
    "recruiters who advertise on buses must hold a licence from the harbour master",
    "the delegation proposed to replace the word exploitation by the word misuse throughout chapter nine",
    "no embassy may employ a cook for longer than the ambassador's own term of office",
    "participants applauded the puppet theatre as the most effective awareness campaign of the decade",
    "survivors choose the colour of the forms on which their statements are recorded",
)


@dataclass(frozen=True)
class Planted:
    """A quotation in a paragraph of a draft, and what it has to be called."""

    block: Block
    expected: Status
    source: str


# -- planting ----------------------------------------------------------------------------------------------


def name_of(document: Document) -> str:
    return document.symbol or document.title


def place_of(stored: StoredPassage, offset: int) -> str | None:
    label = stored.passage.label
    for start, finer in stored.passage.pinpoints:
        label = finer if start <= offset else label
    return label if label and re.fullmatch(r"Article \d+(?:\(\w+\))*|para\. \d+", label) else None


def cite(rng: random.Random, quote: str, document: Document, place: str | None) -> Block:
    """A paragraph that quotes and cites, in one of the ways in which people do."""
    opening, closing = rng.choice(MARKS)
    if any(mark in quote for mark in (opening, closing)):
        opening, closing = "“", "”"
    said, name = f"{opening}{quote}{closing}", name_of(document)
    full = f"{place} of {name}" if place else name
    short = f"{name}, {place}" if place else name
    return rng.choice(
        [
            Block(f"It is well known that {said} ({short}). Much follows from it."),
            Block(f"According to {full}, {said}, and this matters to practitioners."),
            Block(f"Let us recall {full}: {said}"),
            Block(f"The text is plain. {said} is what {full} says."),
            Block(f"It was agreed that {said}.", notes=((len(f"It was agreed that {said}"), f"See {short}."),)),
        ]
    )


def altered(rng: random.Random, quote: str) -> str:
    """The quotation with one word replaced, left out or added, in its middle."""
    words = quote.split()
    at = rng.randrange(2, len(words) - 2)
    other = rng.choice([word for word in OTHER_WORDS if word not in words])
    kind = rng.choice(("replaced", "left out", "added"))
    if kind == "left out":
        at = next((place for place in range(at, len(words) - 1) if len(words[place]) > 4), at)
    changed = {"replaced": [other], "left out": [], "added": [other, words[at]]}[kind]
    return " ".join([*words[:at], *changed, *words[at + 1 :]])


def sentences_of(base: KnowledgeBase, rng: random.Random, documents: Sequence[Document]) -> list[tuple[Any, ...]]:
    """Sentences of 8 to 45 words, at most a few of each document: (document, passage, offset, text)."""
    found = []
    for document in documents:
        own = []
        for stored in base.passages(document.id):
            text = stored.passage.text
            for start, end in sentence_spans(text):
                words = text[start:end].split()
                if 8 <= len(words) <= 45 and sum(word.isalpha() for word in words) > 0.7 * len(words):
                    own.append((document, stored, start, text[start:end]))
        found += rng.sample(own, min(max(6, 160 // len(documents)), len(own)))
    rng.shuffle(found)
    return found


def elsewhere(
    base: KnowledgeBase, rng: random.Random, documents: Sequence[Document], one: tuple[Any, ...]
) -> tuple[Document, str | None] | None:
    """A place where the sentence does not stand: another document, or another article or paragraph of its own."""
    document, stored, offset, text = one
    place = place_of(stored, offset)
    if place and rng.random() < 0.5:
        own = {
            other
            for each in base.passages(document.id)
            if (other := place_of(each, 0)) and other.split()[0] == place.split()[0]
        }
        free = [
            other
            for other in sorted(own)
            if not same_label(other, place, None, None)
            and not same_label(place, other, None, None)
            and not any(
                letters(text) in letters(each.passage.text)
                for each in base.passages(document.id)
                if any(
                    same_label(other, label or "", None, None)
                    for label in (each.passage.label, *(p for _, p in each.passage.pinpoints))
                )
            )
        ]
        if free:
            return document, rng.choice(free)
    for other in rng.sample(list(documents), min(20, len(documents))):
        whole = letters(" ".join(each.passage.text for each in base.passages(other.id)))
        if name_of(other) != name_of(document) and letters(text) not in whole:
            return other, None
    return None


def plant(base: KnowledgeBase, seed: int, documents: Sequence[Document]) -> list[Planted]:
    """Quotations of every kind, in a random order."""
    rng = random.Random(seed)
    made: list[Planted] = []
    wanted = Counter({kind: many for kind, many in PLANTED.items() if kind is not Status.NOT_FOUND})
    for one in sentences_of(base, rng, documents):
        document, stored, offset, text = one
        kind = next((kind for kind, many in wanted.items() if many), None)
        if kind is None:
            break
        quote = text.strip().rstrip(".;,: ")
        target: tuple[Document, str | None] | None = (
            document,
            place_of(stored, offset) if rng.random() < 0.7 else None,
        )
        if kind is Status.ALTERED:
            quote = altered(rng, quote)
        elif kind is Status.MISATTRIBUTED:
            target = elsewhere(base, rng, documents, one)
        if target is None:
            continue
        wanted[kind] -= 1
        made.append(Planted(cite(rng, quote, *target), kind, f"{document.title[:50]} {stored.id}"))
    assert not +wanted, "the documents have too few sentences"
    made += [Planted(cite(rng, text, rng.choice(list(documents)), None), Status.NOT_FOUND, "") for text in INVENTED]
    rng.shuffle(made)
    return made


def judged(base: KnowledgeBase, planted: Sequence[Planted]) -> tuple[int, list[str]]:
    """How many were told right, and those that were not."""
    found, _, _ = look_up(base, [one.block for one in planted])
    by_block: dict[int, list[Finding]] = {}
    for finding in found:
        by_block.setdefault(finding.quotation.block, []).append(finding)
    wrong = []
    for number, one in enumerate(planted):
        statuses = [finding.status for finding in by_block.get(number, [])]
        if statuses != [one.expected]:
            said = " / ".join(sentence(finding) for finding in by_block.get(number, []))
            wrong.append(f"{one.expected}: {one.block.text} {one.block.notes} [{one.source}] -> {statuses} {said}")
    return len(planted) - len(wrong), wrong


def citable(base: KnowledgeBase) -> list[Document]:
    """Documents that can be called by a symbol, or by a title that is not the words of every sentence."""
    return [
        one
        for one in base.documents()
        if one.language == "en" and (one.symbol or (len(one.title.split()) > 5 and "“" not in one.title))
    ]


# -- the knowledge bases -----------------------------------------------------------------------------------


def library(home: Path, paths: Sequence[Path], model: Callable[[], Any]) -> KnowledgeBase:
    """A knowledge base of some files, with a stand-in for the model: the checker asks by words alone."""
    base = KnowledgeBase(home, create=True)
    base._embedder = model()
    base.ingest(paths, workers=1)
    return base


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory, cheap_model: Callable[[], Any]) -> KnowledgeBase:
    return library(tmp_path_factory.mktemp("digests") / "home", [DIGESTS], cheap_model)


@pytest.fixture(scope="module")
def treaty(tmp_path_factory: pytest.TempPathFactory, cheap_model: Callable[[], Any]) -> KnowledgeBase:
    """A small convention, written for these tests."""
    folder = tmp_path_factory.mktemp("treaty")
    (folder / "convention.md").write_text(TREATY, encoding="utf-8")
    (folder / "guide.md").write_text(GUIDE, encoding="utf-8")
    return library(folder / "home", [folder / "convention.md", folder / "guide.md"], cheap_model)


TREATY = """---
title: Convention on the Lighting of Harbours
symbol: CETS 901
type: convention
language: en
---

# Convention on the Lighting of Harbours

## Article 1 – Purposes

1. The purposes of this Convention are to keep lamps burning in every harbour of the Parties.

2. Each Party shall appoint a keeper of lamps, who shall report once a year on the state of the quays.

## Article 2 – Keepers

1. A keeper shall not be dismissed for what the report says.

2. The keeper's report shall set out:

a) the number of lamps that failed;

b) the reasons for their failure;

c) what was done to mend them.

## Article 3 – Co-operation

The Parties shall co-operate, to the widest extent possible, in the exchange of wicks and oil.
"""
GUIDE = """---
title: Guide to the Work of Keepers in Small Ports
language: en
---

# Guide to the Work of Keepers in Small Ports

Lamps are trimmed at dusk and again before the tide turns, in winter as in summer.

## Keepers of the Northern Harbours

In the northern harbours two keepers share the watch.
"""


def only(base: KnowledgeBase, text: str, *more: Block) -> Finding:
    """The finding on the one quotation of a paragraph."""
    (found,), _, _ = look_up(base, [Block(text), *more])
    return found


# -- what is measured --------------------------------------------------------------------------------------


def test_planted_quotations_are_told_apart_in_the_bundled_digests(digests: KnowledgeBase) -> None:
    right, wrong = judged(digests, plant(digests, SEED, citable(digests)))
    assert right >= RIGHT, "\n".join(wrong)


REAL = (
    "treaties-md/verdrag-van-de-raad-van-europa-inzake-bestrijding-van-mensenhandel_BWBV0004138.md",
    "treaties-md/protocol-to-prevent-suppress-and-punish-trafficking-in-persons-especially-etc_BWBV0001749.md",
    "treaties-md/optional-protocol-to-the-convention-on-the-rights-of-the-child-on-the-sale-etc_BWBV0001752.md",
    "treaties-md/convention-on-the-rights-of-the-child_BWBV0002508.md",
    "treaties-md/slavery-convention_BWBV0006262.md",
    "treaties-md/convention-concerning-decent-work-for-domestic-workers_BWBV0005977.md",
    "treaties-md/united-nations-convention-against-corruption_BWBV0001830.md",
    "treaties-md/council-of-europe-convention-on-preventing-and-combating-violence-against-etc_BWBV0006074.md",
    "upr-reports/pdf/luxembourg2009.pdf",
    "upr-reports/pdf/czechrepublic2008.pdf",
    "upr-reports/pdf/montenegro2009.pdf",
    "un-reports-2025/pdf/A_45_696_Add.1.en.pdf",
    "un-reports-2025/pdf/A_52_622.en.pdf",
)


def test_planted_quotations_are_told_apart_in_real_documents(
    shared: Path, tmp_path_factory: pytest.TempPathFactory, cheap_model: Callable[[], Any]
) -> None:
    files = [shared / "realdocs" / name for name in REAL]
    base = library(tmp_path_factory.mktemp("real") / "home", files, cheap_model)
    documents = citable(base)
    assert len(documents) >= 10
    right, wrong = judged(base, plant(base, SEED, documents))
    assert right >= RIGHT, "\n".join(wrong)


# -- comparing ---------------------------------------------------------------------------------------------

SOURCE = (
    "Each Party shall co-operate, in conformity with “this Convention”, to the widest extent possible – and report."
)


@pytest.mark.parametrize(
    "quote",
    [
        "Each Party shall co-operate, in conformity",
        "each Party shall co-operate",
        "[e]ach Party shall co-operate",
        "Party shall co-operate,\n in   conformity with 'this Convention',",
        "in conformity with «this Convention»",
        "the widest extent possible - and report…",
        "Each Party shall co-operate … to the widest extent possible",
        "Each Party shall co-operate [...] to the widest extent possible",
        "[States] shall co-operate, in conformity with “this Convention”",
        "in confor-\nmity with “this Convention”",
    ],
)
def test_what_an_editor_may_do_leaves_a_quotation_verbatim(quote: str) -> None:
    (found,) = stands(read_quote(quote), SOURCE)
    assert ("…" in quote[:-1] or "[" in quote) == any("draft's mark" in note for note in found.notes)


@pytest.mark.parametrize(
    ("quote", "changed"),
    [
        ("Each Party should co-operate, in conformity", [("should", "shall")]),
        ("Each Party shall fully co-operate", [("fully", "")]),
        ("co-operate, in conformity with Convention", [("", "this")]),
        ("Each Party shall cooperate, in conformity", [("cooperate,", "co-operate,")]),
        ("Each Party shall co-operate in conformity", [("co-operate", "co-operate,")]),
        ("Each party shall co-operate", [("party", "Party")]),
    ],
)
def test_what_differs_is_named_word_by_word(quote: str, changed: list[tuple[str, str]]) -> None:
    assert not stands(read_quote(quote), SOURCE)
    wanted, held = words_of(quote), words_of(SOURCE)
    made = differences(wanted, held, align(wanted, held))
    assert [(one.quoted, one.stored) for one in made] == changed


def test_a_word_is_not_found_inside_another() -> None:
    assert not stands(read_quote("ach Party shall co-operate"), SOURCE)
    assert not reads(read_quote("Each Party shall co-oper"), SOURCE)


def test_the_distance_is_that_of_the_plain_formula() -> None:
    rng = random.Random(5)
    for _ in range(40):
        wanted = [rng.choice("abcd") for _ in range(rng.randint(1, 7))]
        held = [rng.choice("abcd") for _ in range(rng.randint(1, 12))]
        rows = [[0] * (len(held) + 1)]
        for at, word in enumerate(wanted, 1):
            row = [at]
            for column, other in enumerate(held, 1):
                row.append(min(rows[-1][column - 1] + (word != other), rows[-1][column] + 1, row[-1] + 1))
            rows.append(row)
        found = align(words_of(" ".join(wanted)), words_of(" ".join(held)))
        assert found.distance == min(rows[-1])
        changed = sum(one is None or other is None or wanted[one] != held[other] for one, other in found.steps)
        assert changed == found.distance


def test_numbers_of_items_go_and_offsets_stay() -> None:
    text = "shall set out:\na) the number of lamps;\n(ii) the reasons, see a) above"
    plain = without_numbers(text)
    assert len(plain) == len(text)
    assert " ".join(plain.split()) == "shall set out: the number of lamps; the reasons, see a) above"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("he said “the words of it” and left", ["the words of it"]),
        ("sie sagte „die Worte davon“ und ging", ["die Worte davon"]),
        ("il a dit « les mots de cela » et partit", [" les mots de cela "]),
        ("»die Worte davon« sagte er", ["die Worte davon"]),
        ("the keeper’s ‘own words aren’t few’ there", ["own words aren’t few"]),
        ('so "it was said" and "said again" there', ["it was said", "said again"]),
        ("a “nested “mark” inside” here", ["nested “mark” inside"]),
        ("“It opens and is carried on", ["It opens and is carried on"]),
        ("a stray ” and 5” long", []),
    ],
)
def test_quotations_are_found_in_every_style_of_marks(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in quoted(text)] == found


# -- findings ----------------------------------------------------------------------------------------------


def test_a_quotation_that_stands_where_it_is_cited_from(treaty: KnowledgeBase) -> None:
    found = only(treaty, "Article 1(2) of CETS 901 says: “Each Party shall appoint a keeper of lamps”.")
    assert (found.status, found.fit) == (Status.VERBATIM, Fit.RIGHT)
    assert found.located is not None
    assert (found.located.document.symbol, found.located.label) == ("CETS 901", "Article 1(2)")
    assert found.located.page is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("“Each Party shall appoint a keeper of lamps” (CETS 901, Article 2)", "cited is Article 2"),
        ("“Each Party shall appoint a keeper of lamps” (CETS 901, Article 1(1))", "cited is Article 1(1)"),
        ("“Lamps are trimmed at dusk” (CETS 901)", "cited is CETS 901"),
        (
            "The Guide to the Work of Keepers in Small Ports has it: “Each Party shall appoint a keeper”.",
            "cited is Guide",
        ),
    ],
)
def test_a_quotation_from_the_wrong_place(treaty: KnowledgeBase, text: str, reason: str) -> None:
    found = only(treaty, text)
    assert (found.status, found.fit) == (Status.MISATTRIBUTED, Fit.WRONG)
    assert reason in sentence(found)


def test_an_altered_quotation_shows_the_words(treaty: KnowledgeBase) -> None:
    found = only(treaty, "“Each Party should appoint a keeper of lamps” (CETS 901, Article 1)")
    assert found.status is Status.ALTERED
    assert not found.in_print
    assert "“should” for “shall”" in sentence(found)
    in_print = only(treaty, "“Each party shall appoint a Keeper of lamps” (CETS 901, Article 1)")
    assert (in_print.status, in_print.in_print) == (Status.ALTERED, True)


def test_a_quotation_over_several_items_with_and_without_their_letters(treaty: KnowledgeBase) -> None:
    with_letters = "the number of lamps that failed; b) the reasons for their failure; c) what was done"
    found = only(treaty, f"“{with_letters}” (CETS 901, Article 2(2))")
    assert (found.status, found.fit) == (Status.VERBATIM, Fit.RIGHT)
    assert found.located is not None
    assert found.located.labels == ("Article 2(2)(a)", "Article 2(2)(b)", "Article 2(2)(c)")
    bare = only(treaty, f"“{with_letters.replace('b) ', '').replace('c) ', '')}” (CETS 901, Article 2(2))")
    assert bare.status is Status.VERBATIM
    assert "the numbers of items are left out" in bare.notes


def test_a_cited_text_that_is_not_held_is_said_not_judged(treaty: KnowledgeBase) -> None:
    found = only(treaty, "“Each Party shall appoint a keeper of lamps” (MC.DEC/14/06)")
    assert (found.status, found.fit) == (Status.VERBATIM, Fit.UNKNOWN)
    assert "MC.DEC/14/06 is not held" in sentence(found)
    absent = only(treaty, "“no such words were ever written down here” (MC.DEC/14/06)")
    assert absent.status is Status.NOT_FOUND
    assert "MC.DEC/14/06 is not held" in sentence(absent)


def test_titles_and_headings_are_known_for_what_they_are(treaty: KnowledgeBase) -> None:
    title = only(treaty, "CETS 901 was followed by the “Guide to the Work of Keepers in Small Ports”.")
    assert (title.status, title.fit) == (Status.VERBATIM, Fit.NOTHING_CITED)
    assert "it is the title of the document" in sentence(title)
    heading = only(treaty, "See the heading “Keepers of the Northern Harbours” there.")
    assert heading.status is Status.VERBATIM
    assert "it is the heading" in sentence(heading)


def test_a_page_is_compared_where_there_are_pages(
    tmp_path: Path, make_pdf: Callable[..., Path], cheap_model: Callable[[], Any]
) -> None:
    pages = [
        ["Report on hotel inspections", "", "The inspectors visited forty-two hotels in the harbour."],
        ["Eleven receptionists had been trained to see signs."],
    ]
    (tmp_path / "files").mkdir()
    make_pdf(tmp_path / "files" / "hotels.pdf", pages)
    (tmp_path / "files" / "hotels.pdf.yaml").write_text("title: Report on hotel inspections\n", encoding="utf-8")
    base = library(tmp_path / "home", [tmp_path / "files"], cheap_model)
    quote = "“Eleven receptionists had been trained to see signs”"
    right = only(base, f"The Report on hotel inspections has {quote} (p. 2).")
    assert (right.status, right.fit) == (Status.VERBATIM, Fit.RIGHT)
    assert right.located is not None
    assert right.located.page == 2
    wrong = only(base, f"The Report on hotel inspections has {quote} (p. 1).")
    assert (wrong.status, wrong.fit) == (Status.MISATTRIBUTED, Fit.WRONG)


def test_which_citation_belongs_to_which_quotation(treaty: KnowledgeBase) -> None:
    text = (
        "Article 3 of CETS 901 has “the exchange of wicks and oil”, and the Guide to the Work of Keepers in Small Ports "
        "has “Lamps are trimmed at dusk”. Its first words are “Each Party shall appoint a keeper” (CETS 901, Article 1)."
    )
    found, _, _ = look_up(treaty, [Block(text)])
    assert [one.status for one in found] == [Status.VERBATIM] * 3
    assert [one.fit for one in found] == [Fit.RIGHT] * 3


def test_an_article_without_its_text_is_of_the_one_named_before(treaty: KnowledgeBase) -> None:
    named = "CETS 901 was long awaited. It is short. Its Article {} says: “{}”."
    for number, quote, status, fit in (
        (2, "A keeper shall not be dismissed", Status.VERBATIM, Fit.RIGHT),
        (3, "A keeper shall not be dismissed", Status.MISATTRIBUTED, Fit.WRONG),
        # Another text may be meant after all.
        (2, "Lamps are trimmed at dusk and again", Status.VERBATIM, Fit.UNKNOWN),
    ):
        found = only(treaty, named.format(number, quote))
        assert (found.status, found.fit) == (status, fit)


def test_a_block_quotation_takes_its_source_from_before_or_after(treaty: KnowledgeBase) -> None:
    quote = Block("A keeper shall not be dismissed for what the report says.", Shape.QUOTE)
    for blocks, fit in (
        ([Block("As Article 2(1) of CETS 901 has it:"), quote], Fit.RIGHT),
        ([Block("It is clear."), quote, Block("CETS 901, Article 2")], Fit.RIGHT),
        ([Block("As Article 3 of CETS 901 has it:"), quote], Fit.WRONG),
        ([Block("It is clear."), quote], Fit.NOTHING_CITED),
    ):
        (found,), _, _ = look_up(treaty, blocks)
        assert found.fit is fit


def test_citations_without_quotations(treaty: KnowledgeBase) -> None:
    text = "See Article 2(1) of CETS 901. See also Article 12 of CETS 901. MC.DEC/14/06 is of use. Nothing else is."
    _, found, _ = look_up(treaty, [Block(text)])
    assert [one.status for one in found] == [Held.HELD, Held.NO_SUCH_PLACE, Held.NOT_HELD]
    assert "has no Article 12" in found[1].reason
    # A text that is called by its name and its symbol is one text.
    _, (both,), _ = look_up(treaty, [Block("Directive 2011/36/EU (EU Anti-Trafficking Directive) is meant.")])
    assert (both.status, both.reason) == (Held.NOT_HELD, "Directive 2011/36/EU is not held.")


# -- faces -------------------------------------------------------------------------------------------------


def word_draft(path: Path) -> Path:
    made = docx.Document()
    first = made.add_paragraph("Under Article 1 of CETS 901, “Each Party ")
    first.add_run("shall appoint").bold = True
    first.add_run(" a keeper of lamps”, which is new; see also Article 12 of CETS 901.")
    made.add_paragraph("A keeper should not be dismissed for what the report says.", style="Quote")
    cell = made.add_table(rows=1, cols=1).rows[0].cells[0]
    cell.text = "The cell quotes “words that nobody has ever written down”."
    made.save(str(path))
    return path


def test_a_word_draft_comes_back_with_comments_and_the_same_text(treaty: KnowledgeBase, tmp_path: Path) -> None:
    checked = check(treaty, word_draft(tmp_path / "draft.docx"))
    assert [one.status for one in checked.quotations] == [Status.VERBATIM, Status.ALTERED, Status.NOT_FOUND]
    made = docx.Document(io.BytesIO(commented(checked.draft, remarks(checked))))
    before = docx.Document(str(tmp_path / "draft.docx"))
    assert [p.text for p in made.paragraphs] == [p.text for p in before.paragraphs]
    texts = [comment.text for comment in made.comments]
    assert len(texts) == 4
    assert {text.split(".")[0] for text in texts} == {"Verbatim", "Altered", "Not in the corpus", "No such place"}
    # What is marked is the quotation, without its marks, also where its letters change their form.
    xml = made.element.body.xml
    (number,) = [comment.comment_id for comment in made.comments if comment.text.startswith("Verbatim")]
    inside = xml[xml.index(f'commentRangeStart w:id="{number}"') : xml.index(f'commentRangeEnd w:id="{number}"')]
    assert "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", inside)) == "Each Party shall appoint a keeper of lamps"
    assert read_draft(word_draft(tmp_path / "again.docx")).blocks[0].text.startswith("Under Article 1")


NOTES = """<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:footnote w:id="-1" w:type="separator"><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote>
<w:footnote w:id="2"><w:p><w:r><w:t>CETS 901, Article 3; it has </w:t></w:r>
<w:r><w:t>“the exchange of wicks and butter”.</w:t></w:r></w:p></w:footnote></w:footnotes>"""


def test_footnotes_of_a_word_draft_are_citations_and_are_checked(treaty: KnowledgeBase, tmp_path: Path) -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("It says “Each Party shall appoint a keeper of lamps”")
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "2")
    paragraph.add_run()._r.append(reference)
    paragraph.add_run(", does it not?")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    content = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), content, NOTES.encode(), made.part.package)
    made.part.relate_to(part, kind)
    made.save(str(tmp_path / "draft.docx"))
    checked = check(treaty, tmp_path / "draft.docx")
    first, second = checked.quotations
    assert (first.status, first.fit) == (Status.MISATTRIBUTED, Fit.WRONG)
    assert (second.status, second.fit) == (Status.ALTERED, Fit.RIGHT)
    written = docx.Document(io.BytesIO(commented(checked.draft, remarks(checked))))
    # What is said of a note stands where the text refers to it.
    xml = written.element.body.xml
    (number,) = [comment.comment_id for comment in written.comments if comment.text.startswith("Altered")]
    inside = xml[xml.index(f'commentRangeStart w:id="{number}"') : xml.index(f'commentRangeEnd w:id="{number}"')]
    assert "footnoteReference" in inside


def test_markdown_is_read_with_block_quotations_and_footnotes(tmp_path: Path) -> None:
    file = tmp_path / "draft.md"
    file.write_text(
        "# Head\n\nIt is *said* that “**these** words stand”.[^1]\n\n> Set off\n> as one.\n\n[^1]: CETS 901.\n", "utf-8"
    )
    blocks = read_draft(file).blocks
    assert [block.text for block in blocks] == [
        "Head",
        "It is said that “these words stand”.",
        "Set off\nas one.",
        "CETS 901.",
    ]
    assert [block.shape for block in blocks] == [Shape.TEXT, Shape.TEXT, Shape.QUOTE, Shape.NOTE]
    assert blocks[1].notes == ((len(blocks[1].text), "CETS 901."),)


def test_the_command_writes_copy_report_and_json(
    treaty: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft, copy, report = word_draft(tmp_path / "draft.docx"), tmp_path / "copy.docx", tmp_path / "report.csv"
    words = ["check", str(draft), "--output", str(copy), "--report", str(report), "--json", "--quiet"]
    assert main([*words, "--home", str(treaty.home)]) == 0
    shape = json.loads(capsys.readouterr().out)
    assert shape["counts"] == {"verbatim": 1, "altered": 1, "misattributed": 0, "not_found": 1}
    assert shape["quotations"][1]["differences"] == [{"quoted": "should", "stored": "shall"}]
    assert shape["quotations"][0]["found"]["label"] == "Article 1(2)"
    assert len(list(docx.Document(str(copy)).comments)) == 4
    rows = list(csv.reader(io.StringIO(report.read_text("utf-8-sig"))))
    assert [row[1] for row in rows[1:4]] == ["verbatim", "altered", "not in the corpus"]


def test_the_report_in_markdown_has_a_row_for_everything(treaty: KnowledgeBase, tmp_path: Path) -> None:
    checked = check(treaty, word_draft(tmp_path / "draft.docx"))
    lines = markdown(table(checked)).splitlines()
    assert sum(line.startswith("| ") for line in lines) == 2 + len(checked.quotations) + len(checked.citations)
    assert check_shape(checked)["quotations"][0]["attribution"] == "right"


@pytest.mark.parametrize(
    ("name", "content"),
    [("draft.pdf", b"%PDF-1.4"), ("draft.docx", b"no archive"), ("missing.docx", None)],
)
def test_a_draft_that_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=name):
        read_draft(tmp_path / name)


def test_the_draft_itself_is_never_written_over(
    treaty: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = word_draft(tmp_path / "draft.docx")
    before = draft.read_bytes()
    assert main(["check", str(draft), "--output", str(draft), "--home", str(treaty.home)]) == 2
    assert draft.read_bytes() == before
    assert "name another file" in capsys.readouterr().err
