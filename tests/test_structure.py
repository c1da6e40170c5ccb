"""How text becomes cited passages: articles, numbered paragraphs, list items, page furniture."""

from __future__ import annotations

from corpus.records import Kind, Page, Passage
from ingest.extract.base import Extract, HeadingHint
from ingest.parse import count_tokens
from ingest.passages import Cutter
from ingest.structure import Structure


def cut(*pages: str, paged: bool = False, reflowed: bool = False, title: str = "A title") -> list[Passage]:
    stored = tuple(Page(number, str(number), text) for number, text in enumerate(pages, 1))
    read = Extract("text", stored, paged=paged, reflowed=reflowed, headings=tuple(_hints(stored)))
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


def test_articles_are_cut_at_their_paragraphs_and_carry_their_chapter() -> None:
    passages = cut(TREATY, reflowed=True)
    assert [passage.label for passage in passages] == ["Article 13(1)", "Article 13(2)", "Article 14"]
    first = passages[0]
    assert first.kind is Kind.ARTICLE
    assert first.heading_path[-2:] == (
        "Chapter III – Measures to protect",
        "Article 13 – Recovery and reflection period",
    )
    assert first.text == "1. Each Party shall provide a period of at least 30 days."


def test_letters_stay_with_their_paragraph_and_can_be_pinpointed() -> None:
    second = cut(TREATY, reflowed=True)[1]
    labels = dict((label, offset) for offset, label in second.pinpoints)
    assert set(labels) == {"Article 13(2)", "Article 13(2)(a)", "Article 13(2)(b)"}
    assert second.text[labels["Article 13(2)(b)"] :].startswith("b)")


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
