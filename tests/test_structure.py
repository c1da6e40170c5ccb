"""How text becomes cited passages: articles, numbered paragraphs, list items, page furniture."""

from __future__ import annotations

from corpus.records import Kind, Page, Passage
from ingest.extract.base import Extract, HeadingHint
from ingest.extract.pdf_columns import lifted, reading_order
from ingest.extract.pdf_lines import Line
from ingest.extract.pdf_notes import find_notes, join_fragments
from ingest.parse import count_tokens
from ingest.passages import Cutter
from ingest.structure import Structure


def cut(
    *pages: str, paged: bool = False, reflowed: bool = False, title: str = "A title", notes: str = ""
) -> list[Passage]:
    """`notes` is the text with which the notes at the foot of the first page begin."""
    stored = tuple(Page(number, str(number), text) for number, text in enumerate(pages, 1))
    at = stored[0].text.index(notes) if notes else len(stored[0].text)
    read = Extract(
        "text",
        stored,
        paged=paged,
        reflowed=reflowed,
        headings=tuple(_hints(stored)),
        notes=((1, at, len(stored[0].text)),) if notes else (),
    )
    return Cutter(title, count_tokens).cut(Structure(read).read(), stored)


def _hints(pages: tuple[Page, ...]) -> list[HeadingHint]:
    """Lines that begin with "#" are headings, as the Markdown extractor would say."""
    found = []
    for page in pages:
        at = 0
        for line in page.text.split("\n"):
            marks = len(line) - len(line.lstrip("#"))
            if marks:
                found.append(HeadingHint(page.number, at + marks, at + len(line), marks))
            at += len(line) + 1
    return found


TREATY = """##Convention on Something

### CHAPTER  III

####Measures to protect

### Article  13

####Recovery and reflection period

1.  Each Party shall provide a period of at least 30 days.
2.  During this period:
a)  the persons shall be entitled to measures;
b)  no order shall be enforced.

### Article  14

The Parties shall co-operate."""


def test_short_articles_are_kept_whole_and_carry_their_chapter() -> None:
    passages = cut(TREATY, reflowed=True)
    assert [passage.label for passage in passages] == ["Article 13", "Article 14"]
    first = passages[0]
    assert first.kind is Kind.ARTICLE
    assert first.heading_path[-2:] == (
        "Chapter III – Measures to protect",
        "Article 13 – Recovery and reflection period",
    )
    assert first.text.startswith("1. Each Party shall provide a period of at least 30 days.")


def test_paragraphs_and_letters_inside_a_passage_can_be_pinpointed() -> None:
    first = cut(TREATY, reflowed=True)[0]
    labels = {label: offset for offset, label in first.pinpoints}
    assert set(labels) == {"Article 13(1)", "Article 13(2)", "Article 13(2)(a)", "Article 13(2)(b)"}
    assert first.text[labels["Article 13(2)"] :].startswith("2. During this period:")
    assert first.text[labels["Article 13(2)(b)"] :].startswith("b) no order")


SENTENCE = "Each Party shall provide a period during which the person concerned can recover and decide. "


def test_longer_articles_are_cut_at_their_paragraphs_which_keep_their_letters() -> None:
    first, second = SENTENCE * 5, SENTENCE * 5
    text = f"### Article 13\n\n1. {first}\n2. {second}\na) measures;\nb) orders.\n\n### Article 14\n\nThe Parties co-operate."
    passages = cut(text, reflowed=True)
    assert [passage.label for passage in passages] == ["Article 13(1)", "Article 13(2)", "Article 14"]
    assert [label for _, label in passages[1].pinpoints] == ["Article 13(2)", "Article 13(2)(a)", "Article 13(2)(b)"]


def test_a_paragraph_and_its_first_letter_may_begin_together() -> None:
    passages = cut("### Article 6\n\n1. (a) Each Party shall act;\n(b) it shall report.\n2.\na.the end.", reflowed=True)
    assert [label for _, label in passages[0].pinpoints] == [
        "Article 6(1)",
        "Article 6(1)(a)",
        "Article 6(1)(b)",
        "Article 6(2)",
        "Article 6(2)(a)",
    ]


def test_letters_after_h_are_letters_and_roman_numbers_go_inside() -> None:
    letters = "\n".join(f"({letter}) a thing;" for letter in "abcdefghi")
    passages = cut(f"### Article 2\n\n1. List:\n{letters}\n(i) first;\n(ii) second.", reflowed=True)
    labels = [label for passage in passages for _, label in passage.pinpoints]
    assert labels[-3:] == ["Article 2(1)(i)", "Article 2(1)(i)(i)", "Article 2(1)(i)(ii)"]


def test_a_sentence_that_mentions_an_article_opens_none() -> None:
    passages = cut("Article 13 of the Convention provides a period.\n\nIt is short.", reflowed=True)
    assert all(passage.label is None for passage in passages)


REPORT = """II. Conclusions and/or recommendations
 89. The recommendations formulated during the dialogue and listed below enjoy the support of Oman:
 89.1. Consider acceding to the conventions to which it is not yet a party, in the course
of the coming period (Morocco);
 89.2. Continue its efforts (Egypt); 89.3. Protect victims of trafficking in persons (Norway).
90. The response will be included in the outcome report adopted by the Council."""


def test_recommendations_are_items_with_the_line_that_governs_them() -> None:
    by_label = {passage.label: passage for passage in cut(REPORT, paged=True)}
    assert {"para. 89", "89.1", "89.2", "89.3", "para. 90"} <= set(by_label)
    assert by_label["89.1"].text.endswith("in the course of the coming period (Morocco);")
    assert by_label["89.3"].lead.endswith("enjoy the support of Oman:")
    assert by_label["89.3"].heading_path == ("II. Conclusions and/or recommendations",)
    assert by_label["para. 90"].lead == ""


def test_a_year_at_the_start_of_a_wrapped_line_is_no_paragraph_number() -> None:
    text = "1. The law was adopted in the spring of the year\n2010. It was amended and then again in the course of\n12 months. Nothing else."
    assert [passage.label for passage in cut(text, paged=True)] == ["para. 1"]


def test_running_heads_and_page_numbers_are_left_out_and_paragraphs_go_on_over_the_page() -> None:
    body = [
        "Trafficking in human beings is a crime that affects every country in the region and it",
        "goes on growing wherever institutions are weak and where nobody looks for the victims of",
        "exploitation, whether in agriculture or in the households of diplomats posted abroad.",
    ]
    pages = [f"A/HRC/17/7\n{number}\n{line}" for number, line in enumerate(body, 12)]
    passages = cut(*pages, paged=True)
    assert len(passages) == 1
    assert passages[0].text == " ".join(body)
    assert [span.page for span in passages[0].spans] == [1, 2, 3]


def test_dot_leaders_of_a_contents_list_are_no_passages() -> None:
    text = "Contents\nIntroduction .............................. 3\nI. Review .................. 5–20 4\nThe text itself begins here."
    assert "....." not in " ".join(passage.text for passage in cut(text, paged=True))


def test_every_passage_fits_the_window_and_no_word_is_lost() -> None:
    words = " ".join(f"word{number} exploitation" for number in range(900))
    sentences = " ".join(f"Sentence number {number} speaks of trafficking in human beings." for number in range(120))
    run = "x" * 4000
    passages = cut(f"{sentences}\n\n{words}\n\n{run}", reflowed=True, title="T " * 40)
    from corpus.wording import indexed_text

    texts = [indexed_text("T " * 40, p.heading_path, p.label, p.lead, p.text) for p in passages]
    assert max(count_tokens(texts)) <= 254
    joined = "".join("".join(passage.text.split()) for passage in passages)
    assert joined == "".join(f"{sentences}{words}{run}".split())


def test_spans_point_at_the_words_of_the_passage() -> None:
    pages = (Page(1, "1", TREATY),)
    for passage in cut(TREATY, reflowed=True):
        stored = "".join(pages[0].text[span.start : span.end] for span in passage.spans)
        assert "".join(stored.split()) == "".join(passage.text.split())


def test_numbers_that_run_through_a_report_count_whatever_stands_before_them() -> None:
    wide = "The Government had taken measures against trafficking in human beings in all of its regions and"
    pages = [
        f"{number}. {wide}\nothers too, as was said in the discussion of the national report" for number in range(1, 8)
    ]
    labels = [passage.label for passage in cut("\n".join(pages), paged=True)]
    assert labels == [f"para. {number}" for number in range(1, 8)]


def test_a_numbered_list_inside_a_paragraph_is_labelled_as_such_and_carries_its_line() -> None:
    before = "\n".join(f"{number}. A paragraph that says what was said." for number in range(1, 6))
    items = "\n".join(f"{number}. Ratify a treaty (Norway);" for number in range(1, 6))
    text = f"{before}\n6. The following recommendations enjoy the support of the State:\n{items}\n7. The end of the report."
    by_label = {passage.label: passage for passage in cut(text, paged=True)}
    assert {"para. 6", "para. 6(1)", "para. 6(5)", "para. 7"} <= set(by_label)
    assert by_label["para. 6(4)"].lead.endswith("enjoy the support of the State:")
    assert by_label["para. 7"].lead == ""


def test_how_recommendations_were_received_is_carried_even_without_a_colon() -> None:
    text = "90. The recommendations below will be examined by Oman. It will answer in June.\n90.1. Act (Peru);\n91. The end."
    by_label = {passage.label: passage for passage in cut(text, paged=True)}
    assert by_label["90.1"].lead == "The recommendations below will be examined by Oman."


def test_recitals_of_an_act_are_cited_as_such() -> None:
    text = "Whereas:\n(1) A common policy is needed.\n(2) It should be fair.\nHAVE ADOPTED THIS REGULATION:\n### Article 1\n1. It applies."
    found = [(passage.kind, passage.label) for passage in cut(text, reflowed=True)]
    assert (Kind.RECITAL, "recital 1") in found and (Kind.RECITAL, "recital 2") in found
    assert found[-1] == (Kind.ARTICLE, "Article 1(1)")


def test_the_formula_behind_the_last_article_is_no_part_of_it() -> None:
    passages = cut(
        "### Article 9\n\nIt enters into force.\n\nDONE at Warsaw, this 16th day of May 2005.", reflowed=True
    )
    assert [passage.label for passage in passages] == ["Article 9", None]


def test_a_remark_under_every_heading_is_left_out() -> None:
    articles = "\n\n".join(
        f"### Article {n}\nEnters into force on a later day\n\nParty number {n} shall act." for n in range(1, 9)
    )
    passages = cut(articles, reflowed=True)
    assert len(passages) == 8
    assert all("later day" not in passage.text for passage in passages)


def test_a_row_of_a_table_of_correspondences_opens_no_article() -> None:
    text = "## Annex\n\nArticle 20(1) Article 29(2)\n\nArticle 21 —\n\nArticle 22 Article 31"
    assert all(not (passage.label or "").startswith("Article") for passage in cut(text, reflowed=True))


def test_lists_of_contents_are_left_out_with_their_broken_entries() -> None:
    entries = "I. Review ....... 5–20 4\nA. Presentation of the report by\nthe State ....... 6–9 5\nAnnex\nDelegation ....... 24"
    text = f"Contents\n{entries}\nThe text itself begins here."
    assert [passage.text for passage in cut(text, paged=True)] == ["Contents The text itself begins here."]


def test_notes_at_the_foot_of_a_page_are_passages_of_their_own() -> None:
    first = "1. A sentence that goes on over the\n4 See the report of the office.\n5 Ibid., chapter two,\non page 3."
    passages = cut(first, "page that follows and ends there.\n2. The next one.", paged=True, notes="4 See")
    text, note, following = passages
    assert text.text == "1. A sentence that goes on over the page that follows and ends there."
    assert (note.kind, note.label) == (Kind.FOOTNOTE, "footnote 4")
    assert [label for _, label in note.pinpoints] == ["footnote 4", "footnote 5"]
    assert following.label == "para. 2"


def _line(text: str, left: float, top: float, right: float = 0.0, size: float = 10.0) -> Line:
    return Line(text, size, False, left, top - size, right or left + 200, top)


def test_two_columns_are_read_one_after_the_other() -> None:
    right = [_line(f"right {n}", 300, 700 - 12 * n) for n in range(10)]
    left = [_line(f"left {n}", 50, 700 - 12 * n) for n in range(10)]
    head, across = _line("Head", 50, 760, 100), _line("across both columns", 50, 730, 500)
    ordered = [line.text for line in reading_order([head, *right, across, *left])]
    assert ordered[:3] == ["Head", "across both columns", "left 0"]
    assert ordered.index("left 9") < ordered.index("right 0")


def test_tables_are_not_taken_for_columns() -> None:
    cells = [
        _line(f"{side} {n}", at, 700 - 12 * n, at + 40)
        for n in range(12)
        for side, at in (("left", 50), ("right", 300))
    ]
    assert reading_order(cells) == cells


def test_a_heading_drawn_last_but_standing_first_is_put_first() -> None:
    body = [_line(f"body {n}", 50, 600 - 12 * n) for n in range(5)]
    heading = _line("CHAPTER I", 50, 640, size=14)
    assert lifted([*body, heading], 10)[0] is heading
    assert lifted([heading, *body], 10) == [heading, *body]


def test_notes_and_raised_marks_are_found_by_their_type() -> None:
    body = [_line(f"body {n}", 50, 600 - 12 * n) for n in range(5)]
    notes = [_line("4 See the report", 50, 100, size=8), _line("of the office.", 50, 90, size=8)]
    assert find_notes([*body, *notes], 10) == (5, 7)
    assert find_notes([*body, *notes, _line("12", 50, 40, 60)], 10) == (5, 7)
    assert find_notes(body, 10) == (5, 5)
    torn = [
        _line("(", 50, 100, 52, size=8),
        _line("5", 52, 100, 55, size=5),
        _line(") Regulation", 55, 100, 90, size=8),
    ]
    assert [line.text for line in join_fragments(torn)] == ["(5) Regulation"]
