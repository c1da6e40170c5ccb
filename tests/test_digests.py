"""The bundled digests: each says what it is and where the text is, agrees with the treaties, and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.catalogue import catalogue
from corpus.lexicon import fold
from corpus.symbols import find_symbols, normalise_symbol
from ingest.dates import signed_date
from ingest.extract.markdown import read_front_matter
from search.records import Answer, Status
from ui.service import KnowledgeBase
from ui.start_here import examples

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "corpus" / "documents"
DIGESTS = sorted(DOCUMENTS.glob("*.md"))
GOLDEN = ROOT / "tests" / "golden" / "bundled-questions.jsonl"
# How many of the questions of the field may go wrong: those that do are named in the test's message.
RIGHT = 0.85
BODIES = {"OSCE", "CoE", "UN", "EU", "ILO", "other"}
# The official English texts, by digest; files beside the repository.
TREATIES = {
    "cets-197": "verdrag-van-de-raad-van-europa-inzake-bestrijding-van-mensenhandel_BWBV0004138",
    "palermo-protocol": "protocol-to-prevent-suppress-and-punish-trafficking-in-persons-especially-etc_BWBV0001749",
    "smuggling-protocol": "protocol-against-the-smuggling-of-migrants-by-land-sea-and-air-etc_BWBV0001750",
    "untoc": "united-nations-convention-against-transnational-organized-crime_BWBV0001668",
    "slavery-convention-1926": "slavery-convention_BWBV0006262",
    "supplementary-slavery-convention-1956": "supplementary-convention-on-the-abolition-of-slavery-the-slave-trade-and-etc_BWBV0006246",
    "ilo-c029": "convention-concerning-forced-or-compulsory-labour_BWBV0006218",
    "ilo-c105": "convention-concerning-the-abolition-of-forced-labour_BWBV0004945",
    "ilo-c138": "convention-concerning-minimum-age-for-admission-to-employment_BWBV0003701",
    "ilo-c182": "convention-concerning-the-prohibition-and-immediate-action-for-the-etc_BWBV0001522",
    "ilo-c189": "convention-concerning-decent-work-for-domestic-workers_BWBV0005977",
    "crc": "convention-on-the-rights-of-the-child_BWBV0002508",
    "opsc": "optional-protocol-to-the-convention-on-the-rights-of-the-child-on-the-sale-etc_BWBV0001752",
    "cedaw": "verdrag-inzake-de-uitbanning-van-alle-vormen-van-discriminatie-van-vrouwen_BWBV0002909",
    "echr-article-4": "convention-for-the-protection-of-human-rights-and-fundamental-freedoms_BWBV0001000",
    "cets-210-istanbul": "council-of-europe-convention-on-preventing-and-combating-violence-against-etc_BWBV0006074",
    "cets-198-laundering": "council-of-europe-convention-on-laundering-search-seizure-and-confiscation-etc_BWBV0003045",
    "ets-116-compensation": "european-convention-on-the-compensation-of-victims-of-violent-crimes_BWBV0002622",
}
_UNITS = {
    word: value
    for value, words in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
    for word in (words,)
}
_TENS = {
    word: 10 * (place + 2) for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12, "twentieth": 20, "thirtieth": 30,
    "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90,
}  # fmt: skip
# A figure counts where the thing counted stands behind it: "30 days", "a minimum of 10 members", "fortieth ratification".
_COUNTED = (
    r"days?|months?|years?|members?|ratifications?|instruments?|hours?|experts|persons|votes|day|states|signatories|"
    r"accessions?|per cent"
)
_FIGURE = re.compile(rf"\b(?P<number>[\w-]+)(?:\s+(?:or more|consecutive|completed|additional))?\s+(?:{_COUNTED})\b")
_ARTICLE = re.compile(r"^###[ ]?Article[ ]+(?P<number>\d+)(?:[ ]+–[ ]+(?P<title>.+))?[ ]*$", re.MULTILINE)


def body_of(file: Path) -> tuple[dict[str, str], str]:
    text = file.read_text(encoding="utf-8")
    info, start = read_front_matter(text)
    return info, text[start:]


def number_of(word: str) -> int | None:
    """The number that a word or figure says, None where it says none."""
    word = word.casefold()
    if found := re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", word):
        return int(found[1])
    if word in _UNITS or word in _TENS or word in _ORDINALS:
        return _UNITS.get(word) or _TENS.get(word) or _ORDINALS.get(word)
    tens, hyphen, units = word.partition("-")
    if hyphen and tens in _TENS and (_UNITS.get(units) or _ORDINALS.get(units)):
        return _TENS[tens] + (_UNITS.get(units) or _ORDINALS[units])
    stem = word.removesuffix("th")
    return _UNITS.get(stem) if stem != word else None


def figures(text: str) -> set[int]:
    """Every figure that counts days, members and the like."""
    flat = " ".join(text.split()).casefold()
    return {number for found in _FIGURE.finditer(flat) if (number := number_of(found["number"])) is not None}


def numbers(text: str) -> set[int]:
    """Every number that a text says, in figures or words."""
    return {number for word in re.findall(r"[\w-]+", text) if (number := number_of(word)) is not None}


def official(shared: Path, name: str) -> dict[int, tuple[str, str]]:
    """The articles of the official English text: number → (title, text)."""
    text = (shared / "realdocs" / "treaties-md" / f"{TREATIES[name]}.md").read_text(encoding="utf-8")
    # The Dutch translation follows; its articles are called "Artikel".
    text = re.split(r"^### ?Artikel\b", text, maxsplit=1, flags=re.MULTILINE)[0]
    parts = re.split(r"^### ?Article +(\d+)[^\n]*\n", text, flags=re.MULTILINE)
    found: dict[int, tuple[str, str]] = {}
    for number, content in zip(parts[1::2], parts[2::2], strict=True):
        title = re.match(r"\s*####([^\n]+)", content)
        # Articles of protocols and annexes that follow do not take the place of the treaty's own.
        found.setdefault(int(number), (title[1].strip(" -–*") if title else "", content))
    return found


def own(name: str) -> dict[int, tuple[str, str]]:
    """The articles that a digest has as headings: number → (title or "", text)."""
    text = body_of(DOCUMENTS / f"{name}.md")[1]
    found = list(_ARTICLE.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    return {
        int(one["number"]): (
            (one["title"] or "").strip(),
            re.split(r"^#", text[one.end() : end], flags=re.MULTILINE)[0],
        )
        for one, end in zip(found, ends, strict=True)
    }


# -- form --------------------------------------------------------------------------------------------------


def test_there_are_forty_or_more() -> None:
    assert len(DIGESTS) >= 40


@pytest.mark.parametrize("file", DIGESTS, ids=lambda file: file.stem)
def test_each_says_that_it_is_a_digest_of_what_and_what_is_not_certain(file: Path) -> None:
    info, text = body_of(file)
    assert info["title"].endswith("(digest)")
    assert info["type"] == "digest" and info["language"] == "en" and info["body"] in BODIES
    assert re.fullmatch(r"\d{4}(-\d\d){0,2}", info["date"])
    assert text.startswith("\n# ")
    said = text.split("\n\n")[1]
    assert said.startswith("**Digest.** This is a digest that was written for Rapporteur in its own words")
    assert "It is not the official text." in said or "not legal advice" in said
    last = re.findall(r"^## (.+)$", text, re.MULTILINE)[-1]
    assert last == "What is not known here"
    assert len(text.partition("## What is not known here")[2].split()) >= 3


@pytest.mark.parametrize("file", DIGESTS, ids=lambda file: file.stem)
def test_its_address_and_symbol_are_those_of_the_catalogue(file: Path) -> None:
    info, text = body_of(file)
    rows = catalogue()
    if url := info.get("url"):
        assert url in {row.url for row in rows} or url == "https://www.coe.int/en/web/anti-human-trafficking/greta"
        assert url in text
    else:
        assert "No official address is known here." in text or "own words" in text
    if symbol := info.get("symbol"):
        known = {normalise_symbol(row.symbol or "") for row in rows} | {row.reference for row in rows}
        assert any(normalise_symbol(symbol) == other or symbol == other for other in known) or any(
            other and other.startswith(normalise_symbol(symbol)) for other in known
        ), symbol
        assert find_symbols(symbol) or symbol in {row.reference for row in rows}


# -- facts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TREATIES)
def test_articles_and_titles_are_those_of_the_treaty(shared: Path, name: str) -> None:
    articles, digest = official(shared, name), own(name)
    assert digest
    for number, (title, _) in digest.items():
        assert number in articles, f"there is no Article {number}"
        if title and articles[number][0]:
            assert fold(title) == fold(articles[number][0]), f"Article {number}"


@pytest.mark.parametrize("name", TREATIES)
def test_periods_and_thresholds_are_those_of_the_treaty(shared: Path, name: str) -> None:
    articles = official(shared, name)
    wrong = []
    for number, (_, text) in own(name).items():
        # What is said of another text for comparison is not to be found in this one.
        sentences = [
            one
            for one in re.split(r"(?<=[.;])\s+", text)
            if not re.search(r"CETS|GRETA|Palermo|Directive|OSCE|Note:", one)
        ]
        wanted = figures(" ".join(sentences))
        missing = wanted - numbers(articles[number][1])
        wrong += [f"Article {number}: {figure}" for figure in sorted(missing)]
    assert not wrong


def test_dates_are_those_that_the_treaties_print(shared: Path) -> None:
    compared = {}
    for name, file in TREATIES.items():
        text = (shared / "realdocs" / "treaties-md" / f"{file}.md").read_text(encoding="utf-8")
        printed = signed_date(re.split(r"^### ?Artikel\b", text, maxsplit=1, flags=re.MULTILINE)[0])
        if printed:
            compared[name] = (body_of(DOCUMENTS / f"{name}.md")[0]["date"], printed)
    assert len(compared) >= 10
    assert not {name: dates for name, dates in compared.items() if dates[0] != dates[1]}


def test_the_comparison_sees_a_wrong_number(shared: Path) -> None:
    assert figures("a period of at least 30 days, after forty ratifications, by 10 members") == {30, 40, 10}
    assert figures("on the ninetieth day after the twentieth accession") == {90, 20}
    articles = official(shared, "cets-197")
    assert 30 in numbers(articles[13][1]) and 31 not in numbers(articles[13][1])


def test_the_comparison_has_something_to_compare(shared: Path) -> None:
    compared = sum(len(figures(text)) for name in TREATIES for _, text in own(name).values())
    titled = sum(bool(title) for name in TREATIES for title, _ in own(name).values())
    assert compared > 60 and titled > 100


# -- answers -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    base = KnowledgeBase(tmp_path_factory.mktemp("bundled"), create=True, models=model_home)
    report = base.ingest([DOCUMENTS])
    assert not report.count("failed")
    yield base
    base.close()


def documents(answer: Answer) -> list[str]:
    return [Path(citation.document.path).name for citation in answer.citations]


def said(answer: Answer) -> str:
    """What an answer shows: each quotation with its label."""
    return " ".join(f"{citation.label or ''} {citation.quote}" for citation in answer.citations).casefold()


@pytest.mark.parametrize(
    ("question", "document", "words"),
    [(one.question, one.document, one.words) for given in examples().values() for one in given],
)
def test_every_example_question_answers_with_the_right_citation(
    base: KnowledgeBase, question: str, document: str, words: str
) -> None:
    answer = base.ask(question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert f"{document}.md" in documents(answer)
    assert words.casefold() in said(answer)


@pytest.mark.parametrize(
    "question",
    [
        "What percentage of victims were exploited in space mining?",
        "How many beds does the national shelter in Iceland have?",
        "What is the capital of Mongolia?",
        "Who won the football World Cup in 2022?",
        "How high is the fine for parking in Vienna?",
        "What does the Treaty of Tordesillas say about Brazil?",
        "How do I bake sourdough bread?",
        "What did the Minister of Justice of Portugal say in October 2024?",
        "What is the telephone number of the hotline in Finland?",
        "How many cases of organ trafficking were tried in Peru in 2016?",
        "Which vaccine is recommended for travellers to Kenya?",
    ],
)
def test_what_no_digest_says_is_refused(base: KnowledgeBase, question: str) -> None:
    answer = base.ask(question)
    assert answer.status is Status.NOT_FOUND
    assert answer.reason and not answer.citations


def right(entry: dict[str, Any], answer: Answer) -> bool:
    """Whether a question of the field is answered, or refused, as it should be. "not-affirmed": refused, or answered
    with the words that say what is not known."""
    refused = answer.status in {Status.NOT_FOUND, Status.CLARIFY}
    if entry["expect"] == "refused":
        return refused
    if entry["expect"] == "not-affirmed" and (refused or answer.status is Status.PARTIAL):
        return True
    if refused or not set(documents(answer)) & set(entry["documents"]):
        return False
    labels = [citation.label or "" for citation in answer.citations]
    if not any(label.startswith(entry.get("label", "")) for label in labels):
        return False
    shown = said(answer)
    return all(any(one.casefold() in shown for one in words.split("|")) for words in entry.get("words", ()))


def test_the_questions_of_the_field_are_answered(base: KnowledgeBase) -> None:
    entries = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    assert len(entries) >= 50
    wrong = [entry["id"] for entry in entries if not right(entry, base.ask(entry["question"]))]
    share = 1 - len(wrong) / len(entries)
    assert share >= RIGHT, f"{share:.2f} of {len(entries)} are right; wrong are {', '.join(wrong)}"


def test_questions_name_digests_that_are_there() -> None:
    names = {file.name for file in DIGESTS}
    entries = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    assert {name for entry in entries for name in entry.get("documents", ())} <= names
    assert {entry["expect"] for entry in entries} == {"answered", "refused", "not-affirmed"}
    assert len({entry["id"] for entry in entries}) == len(entries)
