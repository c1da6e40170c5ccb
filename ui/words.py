"""The languages of the page: English, French, Russian. What the program says is written in English and looked up here.

What documents say is never translated. The words stand in words.toml; a test holds them against the code.
"""

from __future__ import annotations

import re
import tomllib
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from corpus.lexicon import country_name

SPOKEN = {"en": "English", "fr": "Français", "ru": "Русский"}
COOKIE = "rapporteur-language"
_FILE = Path(__file__).parent / "words.toml"
_NOW: ContextVar[str] = ContextVar("language of the page", default="en")


def use(language: str) -> None:
    """Speak this language for the rest of the request."""
    _NOW.set(language if language in SPOKEN else "en")


def spoken() -> str:
    """The language that is spoken now."""
    return _NOW.get()


def wanted(cookie: str, accepted: str) -> str:
    """The language for a browser: the one chosen at the page, else the first it accepts that is spoken here."""
    for part in cookie.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE and value in SPOKEN:
            return value
    for part in accepted.split(","):
        language = part.split(";")[0].strip().lower().split("-")[0]
        if language in SPOKEN:
            return language
    return "en"


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """The tables of words.toml: `words` and `said` give texts, `counted` and `names` too; each English → language → text."""
    found: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return found


def t(text: str, **values: object) -> str:
    """A text of the page in the language spoken, its places filled."""
    said = text if spoken() == "en" else catalogue()["words"].get(text, {}).get(spoken(), text)
    return str(said).format(**values) if values else str(said)


def name(text: str) -> str:
    """The name of a kind of thing (a type of document, a body, a theme) in the language spoken; itself where it has none."""
    return str(catalogue()["names"].get(text, {}).get(spoken(), text))


def number(count: int) -> str:
    """A number with its thousands apart."""
    written = f"{count:,}"
    return written if spoken() == "en" else written.replace(",", "\u202f" if spoken() == "fr" else "\u00a0")


def counted(count: int, things: str) -> str:
    """A number with its noun: `things` is the English plural, "passages"."""
    forms = catalogue()["counted"][things][spoken()]
    return f"{number(count)} {forms[_form(count, spoken())]}"


def _form(count: int, language: str) -> int:
    """Which form of a noun a number takes (Unicode CLDR, cardinal plural rules)."""
    if language == "ru":
        if count % 10 == 1 and count % 100 != 11:
            return 0
        return 1 if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else 2
    return int(count > 1) if language == "fr" else int(count != 1)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for text in catalogue()["said"]:
        parts = re.split(r"\{(\w+)\}", text)
        regex = "".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
        found.append((re.compile(regex, re.DOTALL), text))
    return tuple(found)


def said(sentence: str) -> str:
    """A sentence that another room of the program wrote, in the language spoken; as it is where it is not known here."""
    if spoken() == "en":
        return sentence
    for pattern, text in _patterns():
        if found := pattern.fullmatch(sentence):
            told = str(catalogue()["said"][text].get(spoken(), text))
            return told.format(**found.groupdict())
    return name(t(sentence))


def day(date: str | None, language: str | None = None) -> str:
    """An ISO date of any precision in words: 16 May 2005, May 2005, 2005; in the language spoken where none is named."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", date or "")
    if not found or not 0 < int(found[2] or 1) <= 12:
        return date or ""
    if not found[2]:
        return found[1]
    from babel.dates import get_month_names

    # The name of the month beside a day is another form in Russian than alone.
    month = get_month_names("wide", "format" if found[3] else "stand-alone", language or spoken())[int(found[2])]
    return f"{int(found[3])} {month} {found[1]}" if found[3] else f"{month} {found[1]}"


@cache
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


def language_name(code: str) -> str:
    """The name of a language; the code itself where it has none."""
    return str(_locale(spoken()).languages.get(code.replace("-", "_"), code)) if code else ""


def country(code: str) -> str:
    """The usual name of a country by its ISO code of three letters; the code itself where it has none."""
    from babel.core import get_global

    if spoken() == "en":
        return country_name(code)
    short = (get_global("territory_aliases").get(code) or [code])[0]
    return str(_locale(spoken()).territories.get(short, country_name(code)))
