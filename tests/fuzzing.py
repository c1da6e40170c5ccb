"""Inputs for the readers of what people type, made by a grammar and then damaged; and what each of them may do with one:
give a result, or refuse it with a sentence, within a time."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.edited_tables import read_table
from corpus.errors import RapporteurError
from corpus.filters import check_date, document_conditions, passage_conditions, prepare
from corpus.records import Filters
from corpus.schema import migrate
from corpus.symbols import find_symbols, normalise_symbol
from corpus.wording import sound
from ingest.dates import parse_date, parse_month, signed_date
from search.boolean import parse as parse_query
from search.helpcalls import call_for_help
from search.naming import find_pinpoints
from search.periods import find_periods
from search.query import understand
from ui.addresses import parse as parse_address
from ui.batch import read_queries

LONGEST = 2_000
"""Letters of an input; longer questions are refused before any of this sees them."""
BLOCK = 1_000
SECONDS = 0.05
"""Processor time that one input may take."""

_WORDS = (
    "trafficking victim child recovery reflection period article convention Übereinkommen торговля людьми traite États passport "
    "States Albania Bosnia and Herzegovina GRETA OSCE CoE UN who what how many when not never since before between until my boss "
    "took help me the of in to for last year two thousand hundred twelfth May Mai мая juin today"
).split()
_SYMBOLS = (
    "CETS 197", "MC.DEC/14/06", "A/RES/55/25", "A/HRC/56/16/Add.1", "PC.DEC/557/Rev.1", "2011/36/EU", "S/RES/2331 (2016)", "CM(2005)32",
    "E/2002/68/Add.1", "MC(11).JOUR/2/Corr.3", "C029", "P029", "Rec(2022)21", "CETS No. 197", "A/80/188", "SEC.GAL/1/23",
)  # fmt: skip
_FIELDS = (
    "body",
    "type",
    "year",
    "from",
    "to",
    "article",
    "country",
    "language",
    "path",
    "symbol",
    "theme",
    "document",
    "nothing",
)
_VALUES = (
    "OSCE",
    "2003..2007",
    "2023-06-06",
    "..",
    "1999..",
    "0000",
    "2023-13-45",
    "9" * 40,
    "*",
    "[a-z",
    "13(1)(a)",
    '"two words"',
    "é",
    "",
    "٢٠٢٣",
)
_MARKS = (
    '"', "“", "”", "(", ")", ":", "..", "-", "–", "/", "\\", "*", "?", "[", "]", "{", "}", "%", "&", "=", "#", "'", "\n", "\t", "\0", "\x1b",
    "\u202e", "\u200b", "\u0301", "\ufeff", "\U0001f600", "\ud800", "ß", "İ", "ﬃ", "①", "٣", "१", "½",
    "²", "Ⅳ", "$", "^", "|", "+", "~", "`", ";", ",",
)  # fmt: skip
_ADDRESS = (
    "q",
    "find",
    "doc",
    "label",
    "page",
    "part",
    "tab",
    "mode",
    "sort",
    "from",
    "to",
    "body",
    "type",
    "not",
    "in",
    "said",
    "quote",
    "strength",
    "state",
)
_DAYS = (
    "6 June 2023",
    "June 6, 2023",
    "06.06.2023",
    "2023-06-06",
    "31/02/2023",
    "the sixth of June",
    "two thousand and three",
    "6 juin 2023",
    "6. Juni 2023",
    "6 июня 2023 г.",
    "1er mai 1999",
    "MMXX",
)


def texts(seed: int, count: int) -> Iterator[tuple[int, str, random.Random]]:
    """`count` inputs: number, text, and the chance for whatever else is decided about it. The same for the same seed."""
    for block in range(0, count, BLOCK):
        chance = random.Random(f"{seed}-{block}")
        for number in range(block, min(count, block + BLOCK)):
            yield number, _damaged(_sentence(chance), chance)[:LONGEST], chance


def _sentence(chance: random.Random) -> str:
    parts = [_part(chance, 0) for _ in range(chance.choice((1, 2, 3, 5, 8, 13)))]
    return chance.choice((" ", " ", " ", "", "  ", ", ")).join(parts)


def _part(chance: random.Random, depth: int) -> str:
    kind = chance.randrange(12)
    if kind < 4:
        return chance.choice(_WORDS)
    if kind == 4:
        return chance.choice(_SYMBOLS)
    if kind == 5:
        return f"{chance.choice(_FIELDS)}:{chance.choice(_VALUES)}"
    if kind == 6:
        return chance.choice((" AND ", " OR ", " NOT ", " -", "NOT NOT", "AND OR"))
    if kind == 7:
        finer = chance.choice(("", "(1)", "(a)(ii)", " bis", "-3"))
        return f"{chance.choice(('Article', 'Art.', 'para.', 'статья', 'page', '§'))} {chance.randrange(400)}{finer}"
    if kind == 8:
        return chance.choice(_DAYS)
    if kind == 9 and depth < 12:
        inner = " ".join(_part(chance, depth + 1) for _ in range(chance.choice((1, 2, 3))))
        return chance.choice(("({})", '"{}"', "“{}”", "NOT ({})", "(({})")).format(inner)
    if kind == 10:
        return chance.choice(_MARKS)
    return str(chance.choice((0, 7, 13, 1999, 2023, 10**9, 10**25)))


def _damaged(text: str, chance: random.Random) -> str:
    """A text with a few edits; now and then a piece of it many times over, where what grows too fast shows itself."""
    for _ in range(chance.choice((0, 0, 1, 2, 4))):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice((1, 2, 8)))
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:at] + text[end:]
        elif kind == 1:
            text = text[:at] + chance.choice(_MARKS) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at:end].swapcase() + text[end:]
        elif kind == 3:
            text = text[at:] + text[:at]
        else:
            text = (
                text[:at]
                + chr(
                    chance.choice(
                        (chance.randrange(32, 127), chance.randrange(0x300, 0x600), chance.randrange(0x2000, 0x2100))
                    )
                )
                + text[end:]
            )
    if chance.random() < 0.02:
        at = chance.randrange(len(text) + 1)
        text += (text[at : at + chance.choice((1, 2, 5, 30))] or "(") * chance.choice((20, 400, 2000))
    return text


def _address(text: str, chance: random.Random) -> str:
    pairs = [f"{chance.choice(_ADDRESS)}={piece}" for piece in text.split(" ")[:12]]
    return "?" + chance.choice(("&", "&", ";", "&&")).join(pairs)


def _filters(text: str, chance: random.Random) -> Filters:
    names = [name for name in Filters.__slots__ if not name.startswith("date")]
    words = text.split(" ")
    given = {chance.choice(names): (word,) for word in words[:4]}
    dates = {name: chance.choice(_VALUES) for name in ("date_from", "date_to") if chance.random() < 0.2}
    return Filters(**given, **dates)


@dataclass
class Fuzz:
    """Gives inputs to the readers; `failures` are those that did what they must not, `slowest` the worst time by reader."""

    room: Path
    failures: list[str] = field(default_factory=list)
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        migrate(self._connection)
        prepare(self._connection)
        self._file = self.room / "table.csv"
        self._targets: tuple[tuple[int, str, Callable[[str, random.Random], object]], ...] = (
            (30, "query", lambda text, chance: parse_query(sound(text), Filters())),
            (20, "question", lambda text, chance: understand(sound(text))),
            (10, "symbols", lambda text, chance: [normalise_symbol(one) for one in (text[:200], *find_symbols(text))]),
            (8, "periods", lambda text, chance: find_periods(text)),
            (6, "pinpoints", lambda text, chance: find_pinpoints(text)),
            (8, "dates", lambda text, chance: (parse_date(text), parse_month(text), signed_date(text))),
            (4, "day", lambda text, chance: check_date(chance.choice((text[:10], *_VALUES)))),
            (6, "address", lambda text, chance: parse_address(parse_address(_address(text, chance)).compose())),
            (6, "filters", self._ask),
            (4, "queries", lambda text, chance: read_queries(text.encode("utf-8", "surrogatepass"))),
            (1, "table", self._table),
            (6, "call for help", lambda text, chance: call_for_help(text)),
        )
        self._weights = [weight for weight, _, _ in self._targets]

    def _ask(self, text: str, chance: random.Random) -> object:
        filters = _filters(text, chance)
        documents, one = document_conditions(filters)
        passages, other = passage_conditions(filters)
        sql = f"SELECT count(*) FROM documents d JOIN passages p ON p.document = d.num WHERE {documents} AND {passages}"
        return self._connection.execute(sql, [*one, *other]).fetchall()

    def _table(self, text: str, chance: random.Random) -> object:
        self._file.write_bytes(("path,title\n" * chance.randrange(2) + text).encode("utf-8", "surrogatepass"))
        return list(read_table(self._file, "table")[1])

    def run(self, seed: int, count: int) -> None:
        """Give `count` inputs, each to one reader."""
        for number, text, chance in texts(seed, count):
            _, name, read = chance.choices(self._targets, self._weights)[0]
            self.one(number, name, read, text, chance)

    def one(
        self, number: int, name: str, read: Callable[[str, random.Random], object], text: str, chance: random.Random
    ) -> None:
        """Give one input to one reader."""
        self.counts[name] += 1
        state = chance.getstate()
        took = SECONDS + 1
        for _ in range(3):
            # What is slow once was interrupted; what is slow each time is slow.
            chance.setstate(state)
            begun = time.thread_time()
            try:
                read(text, chance)
            except RapporteurError as error:
                if len(str(error).split()) < 3:
                    self.failures.append(f"{number} {name}: {error!r} is no sentence")
                self.refused[name] += 1
            except Exception as error:  # noqa: BLE001 – any other is what is looked for
                self.failures.append(f"{number} {name}: {error!r} of {json.dumps(text[:300])}")
            took = min(took, time.thread_time() - begun)
            if took <= SECONDS:
                break
        else:
            self.failures.append(
                f"{number} {name}: {took * 1000:.0f} ms for {json.dumps(text[:120])} ({len(text)} letters)"
            )
        if took > self.slowest.get(name, (0.0, ""))[0]:
            self.slowest[name] = (took, text)

    def report(self) -> str:
        """What was done, by reader."""
        lines = [
            f"{name}: {count:,} inputs, {self.refused[name]:,} refused, slowest {self.slowest[name][0] * 1000:.1f} ms"
            for name, count in sorted(self.counts.items())
        ]
        return "\n".join([*lines, f"{len(self.failures)} failures", *self.failures[:40]])


def fuzz(seed: int, count: int) -> Fuzz:
    """Run `count` inputs."""
    with TemporaryDirectory() as room:
        made = Fuzz(Path(room))
        made.run(seed, count)
    return made
