"""The languages of the page: every text has all three, every text is used, and nothing that is shown is left out."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from corpus.records import Document, FileRecord, Filters, Passage, Span, StoredPassage
from search.records import Answer, Citation, Hit, Mode, SearchResult, Status
from ui import handlers, words
from ui.addresses import Address
from ui.fields import LISTS
from ui.layout import ORDERS, WAYS
from ui.reading import Reading, document_html
from ui.results import answer_html, examples_html, results_html
from ui.shelf import COLUMNS, Holding, library_html
from ui.standing import STANDING

UI = Path(handlers.__file__).parent
OTHERS = ("fr", "ru")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    words.use("en")


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the modules of the page, with the name of what is called."""
    for file in sorted(UI.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def texts(*arguments: Any) -> set[str]:
    """The literal texts among arguments."""
    return {one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def said_by_the_code() -> set[str]:
    """Every text that the code gives to be translated."""
    found: set[str] = set()
    for name, node in calls():
        if name in ("t", "w"):
            for argument in node.args[:1]:
                # "t(a if b else c)" says both.
                found |= texts(argument, *(getattr(argument, part, None) for part in ("body", "orelse")))
        elif name in ("_box", "Facet"):
            found |= texts(*node.args[1:])
    found |= set(re.findall(r'\bsay\("([^"]+)"\)', (UI / "page.js").read_text(encoding="utf-8")))
    found |= {shown for shown, _ in (*ORDERS, *WAYS)} | {shown for _, shown in LISTS} | set(COLUMNS)
    from ui.about import RECORD
    from ui.feedback import VERDICTS
    from ui.gathered import STRENGTHS
    from ui.starting import FORCES, HEADS, KINDS

    return {
        text
        for text in found
        | set(HEADS)
        | {*FORCES.values(), *KINDS.values()}
        | set(VERDICTS.values())
        | set(STRENGTHS.values())
        | set(RECORD)
        | {handlers.DEFECT}
        if not text.startswith("#")
    }


def test_every_text_is_held_and_none_that_is_not_used() -> None:
    assert said_by_the_code() == set(words.catalogue()["words"])


def test_things_that_are_counted_are_held() -> None:
    counted = {text for name, node in calls() if name == "counted" for text in texts(*node.args[1:2])}
    assert counted == set(words.catalogue()["counted"])


def places(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("table", ["words", "names", "said"])
def test_every_text_has_all_languages_and_their_places(table: str) -> None:
    for text, told in words.catalogue()[table].items():
        assert set(told) == set(OTHERS), text
        for language, translation in told.items():
            assert translation.strip(), (text, language)
            assert places(translation) == places(text), (text, language)
            if table == "words" and language == "ru":
                assert re.search("[а-яё]", translation, re.I) or not re.search(
                    "[a-z]", re.sub(r"\{\w+\}", "", text), re.I
                ), text


def test_every_counted_thing_has_the_forms_of_each_language() -> None:
    for things, forms in words.catalogue()["counted"].items():
        assert {language: len(given) for language, given in forms.items()} == {"en": 2, "fr": 2, "ru": 3}, things


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 passage"), ("en", 0, "0 passages"), ("en", 1234, "1,234 passages"),
        ("fr", 0, "0 passage"), ("fr", 1, "1 passage"), ("fr", 2, "2 passages"), ("fr", 1234, "1\u202f234 passages"),
        ("ru", 1, "1 отрывок"), ("ru", 3, "3 отрывка"), ("ru", 5, "5 отрывков"), ("ru", 11, "11 отрывков"),
        ("ru", 21, "21 отрывок"), ("ru", 112, "112 отрывков"), ("ru", 1022, "1\u00a0022 отрывка"),
    ],
)  # fmt: skip
def test_numbers_take_the_noun_of_their_language(language: str, count: int, said: str) -> None:
    words.use(language)
    assert words.counted(count, "passages") == said


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("", "de, ru;q=0.9", "ru"),
        ("", "ja", "en"),
        ("a=b; rapporteur-language=ru", "fr", "ru"),
        ("rapporteur-language=xx", "fr", "fr"),
    ],
)
def test_the_language_is_the_one_chosen_else_the_browsers(cookie: str, accepted: str, language: str) -> None:
    assert words.wanted(cookie, accepted) == language


def test_dates_languages_and_countries_have_names_in_each_language() -> None:
    told = {}
    for language in words.SPOKEN:
        words.use(language)
        told[language] = [
            words.day("2005-05-16"),
            words.day("2005-05"),
            words.language_name("sr"),
            words.country("MKD"),
        ]
    assert told == {
        "en": ["16 May 2005", "May 2005", "Serbian", "North Macedonia"],
        "fr": ["16 mai 2005", "mai 2005", "serbe", "Macédoine du Nord"],
        "ru": ["16 мая 2005", "май 2005", "сербский", "Северная Македония"],
    }


def test_what_the_search_says_is_told_again() -> None:
    words.use("fr")
    assert words.said("No passage in the knowledge base mentions “unicorns”.").endswith("ne mentionne « unicorns ».")
    assert words.said("statement by Ms {x}") == "déclaration de Ms {x}"
    assert words.said("agreed text") == "texte convenu"
    assert words.said("Something never heard of.") == "Something never heard of."


# -- nothing that is shown is left in English -------------------------------------------------------------------------


class Shown(HTMLParser):
    """What a piece of HTML says to a person, but for what stands in documents and in code."""

    NAMES = ("aria-label", "alt", "placeholder", "data-name")

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.said += [str(given[name]) for name in self.NAMES if given.get(name)]
        if tag not in ("img", "input", "br", "hr", "path", "rect", "line"):
            quiet = tag == "code" or bool(given.get("lang")) or (bool(self.open) and self.open[-1][1])
            self.open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1][1]):
            self.said.append(data)


# Data of documents, names that the Unicode tables give, the program's own name, the names of the languages.
GIVEN = (
    r"(?:https://)?\bZq\w*(?:\.pdf)?|\bms\b|anglais|Albanie|décembre|janvier|UTC|Rapporteur|English|Français|Русский"
)


def untold(html: str) -> list[str]:
    """The words that no catalogue translated: translations stand in brackets here, data of documents begins with Zq."""
    left = []
    for text in Shown(html).said:
        rest = text
        while (inner := re.sub(r"⟦[^⟦⟧]*⟧", "", rest)) != rest:
            rest = inner
        rest = re.sub(GIVEN, "", rest)
        if re.search(r"[^\W\d_]{2,}", rest):
            left.append(text)
    return left


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    """French, with each translation in brackets."""

    def wrap(entry: Any) -> Any:
        if isinstance(entry, str):
            return f"⟦{entry}⟧"
        return [wrap(one) for one in entry] if isinstance(entry, list) else {k: wrap(v) for k, v in entry.items()}

    known = words.catalogue()
    monkeypatch.setattr(words, "catalogue", lambda: {table: wrap(entries) for table, entries in known.items()})
    words.use("fr")


def work(number: int = 1, **values: Any) -> Document:
    known: dict[str, Any] = {
        "id": f"Zq{number}", "path": "Zq.pdf", "title": f"Zqtitle{number}", "format": "pdf", "paged": True, "pages": 3,
        "body": "OSCE", "type": "decision", "date": "2006-12-05", "language": "en", "symbol": "Zq14", "speaker": "Zqspeaker",
        "meeting": "Zqmeeting", "countries": ("ALB",), "themes": ("child-trafficking",), "pages_without_text": 2,
        "warnings": ("Zqwarning",), "url": "https://Zq",
    }  # fmt: skip
    return Document(**(known | values))


def passages(count: int = 3) -> list[StoredPassage]:
    return [
        StoredPassage(
            n + 1, f"Zq1-{n}", "Zq1",
            Passage("Zqtext Zqword", (Span(1, 0, 5), Span(2, 0, 5)), ordinal=n, label=None if n % 2 else f"Zqlabel{n}", page=1,
                    page_label="iv", heading_path=("Zqheading",), language="en"),
        )
        for n in range(count)
    ]  # fmt: skip


def pieces() -> Iterator[str]:
    """Every piece of the page in every one of its states."""
    held = passages()
    hits = tuple(Hit(n, 1.0, held[0], work(n), ((0, 3),)) for n in range(1, 26))
    cited = Citation(1, "Zqtext", held[0], work(), 1, "iv", "Zqlabel", "Zqperson", "agreed text")
    for status in Status:
        for citations in ((cited,), ()):
            answer = Answer(
                "Zqquestion", status, answer="", reason="What came nearest could not be proved against its page.",
                citations=citations, alternatives=hits[:2], notes=("Zqnote",), confidence=0.5, revision=3, took_ms=12.0,
            )  # fmt: skip
            yield answer_html(answer, Address(text="Zqquestion", said="Zqsaid"))
    for sort in ("relevance", "newest", "oldest"):
        found = SearchResult("Zqq", Mode.HYBRID, hits, 4000, 1, 1.0, ("Zqnote",))
        yield results_html(found, Address("find", "Zqq", Filters(body=("OSCE",)), sort=sort, part=1))
    yield results_html(SearchResult("Zqq", Mode.HYBRID, (), 0, 1, 1.0))
    for address in (
        Address("read", document="Zq1", passage="Zq1-1", quote="Zqtext"), Address("read", document="Zq1", page=2),
        Address("read", document="Zq1", page=9), Address("read", document="Zq1", label="Zqnone"),
        Address("read", document="Zq1", inside="Zqword"), Address("read", document="Zq1", inside="Zqabsent"),
    ):  # fmt: skip
        yield document_html(Reading(work(), passages(700), [], address))
    yield document_html(Reading(work(), [], []))
    files = [FileRecord("Zq.pdf", "Zq", "", "failed", "Zqreason")]
    documents = [work(n) for n in range(1, 150)]
    for address in (
        Address("library"),
        Address("library", inside="Zqtitle"),
        Address("library", inside="Zqnone", part=2),
    ):
        filled = handlers.filled_words(
            documents, {"time": "2026-01-02T03:04:05+00:00", "files": {"indexed": 3, "failed": 1}}
        )
        yield library_html(Holding(documents, {"Zq1": 5}, "", filled, handlers.problems(files)), address)
    yield library_html(Holding([], {}))
    yield examples_html([])
    yield from (html() for html in STANDING.values())


def test_nothing_that_is_shown_is_left_in_english(bracketed: None) -> None:
    left = [text for html in pieces() for text in untold(html)]
    assert not left


def test_sentences_in_place_of_a_result_are_told_too(bracketed: None) -> None:
    for text in ("", "x" * 3000):
        assert not untold(handlers.ask(None, Address(text=text)))  # type: ignore[arg-type]
        assert not untold(handlers.find(None, Address("find", text)))  # type: ignore[arg-type]
    assert not untold(handlers.read(None, Address("read")))  # type: ignore[arg-type]


LABELS = """
import json
from pathlib import Path
from ui.handlers import Desk
from ui.layout import build

class Empty:
    revision = 0
    home = Path()

config = build(Empty(), Desk(Empty())).get_config_file()
print(json.dumps([[component["type"], component["props"]] for component in config["components"]], default=str))
"""


def test_every_label_of_a_field_is_one_of_the_catalogue() -> None:
    run = subprocess.run([sys.executable, "-c", LABELS], cwd=UI.parent, capture_output=True, text=True, check=True)
    held = set(words.catalogue()["words"]) | set(STANDING)
    seen = set()
    for kind, props in json.loads(run.stdout.splitlines()[-1]):
        for name in ("label", "placeholder", "info", "value"):
            shown = props.get(name)
            if isinstance(shown, str) and shown.startswith("__i18n__"):
                seen.add(json.loads(shown.removeprefix("__i18n__"))["key"])
            elif (
                isinstance(shown, str)
                and kind not in ("state", "timer", "tabs", "api")
                and (kind, name) != ("radio", "value")
            ):
                assert not re.search(r"[^\W\d_]", shown), (kind, name, shown)
    assert {"Ask", "Your question", "Filters", "#masthead"} <= seen <= held
