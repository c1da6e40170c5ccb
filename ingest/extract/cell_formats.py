"""Numbers of a spreadsheet as its reader sees them: dates, times and percentages are stored as plain numbers."""

from __future__ import annotations

import datetime
import math
import re
import zipfile
from dataclasses import dataclass

from ingest.extract.packed import read_xml

_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_PERCENT_FORMATS = {9: 0, 10: 2}
_LITERAL = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General", re.IGNORECASE)
_DECIMALS = re.compile(r"\.([0#]+)\s*%")
_LAST_DAY = 2_958_465  # 9999-12-31


@dataclass(frozen=True, slots=True)
class Formats:
    """What the styles of a workbook make of a number: indices of cell styles that show dates or percentages."""

    dates: frozenset[int] = frozenset()
    percents: tuple[tuple[int, int], ...] = ()
    epoch: datetime.datetime = datetime.datetime(1899, 12, 30)

    def number(self, value: str, style: int) -> str:
        """The text of a number in a cell of that style."""
        try:
            number = float(value)
        except ValueError:
            return ""
        if not math.isfinite(number):
            return ""
        if style in self.dates and 0 <= number <= _LAST_DAY:
            return _moment(self.epoch, number)
        decimals = dict(self.percents).get(style)
        if decimals is not None:
            return f"{number * 100:.{decimals}f}%"
        # Fifteen digits, as spreadsheets do: 0.1 + 0.2 is 0.3.
        return format(number, ".0f" if number == int(number) and abs(number) < 1e15 else ".15g")


def _moment(epoch: datetime.datetime, number: float) -> str:
    moment = epoch + datetime.timedelta(days=number)
    moment = (moment + datetime.timedelta(seconds=0.5)).replace(microsecond=0)
    clock = moment.strftime("%H:%M" if not moment.second else "%H:%M:%S")
    if number < 1:
        return clock
    day = moment.date().isoformat()
    return day if number == int(number) else f"{day} {clock}"


def read_formats(archive: zipfile.ZipFile) -> Formats:
    """The number formats of a workbook."""
    book = read_xml(archive, "xl/workbook.xml")
    styles = read_xml(archive, "xl/styles.xml")
    since_1904 = any(node.get("date1904") in ("1", "true") for node in book.iter("{*}workbookPr"))
    epoch = datetime.datetime(1904, 1, 1) if since_1904 else datetime.datetime(1899, 12, 30)
    if styles is None:
        return Formats(epoch=epoch)
    codes = {node.get("numFmtId"): node.get("formatCode") or "" for node in styles.iter("{*}numFmt")}
    dates, percents = set(), []
    for cells in styles.iter("{*}cellXfs"):
        for style, node in enumerate(cells):
            name = node.get("numFmtId") or "0"
            built_in = int(name) if name.isascii() and name.isdecimal() else 0
            code = _LITERAL.sub("", codes.get(name, "").split(";")[0])
            if built_in in _DATE_FORMATS or re.search(r"[ymdhs]", code, re.IGNORECASE):
                dates.add(style)
            elif built_in in _PERCENT_FORMATS:
                percents.append((style, _PERCENT_FORMATS[built_in]))
            elif "%" in code:
                decimals = _DECIMALS.search(code)
                percents.append((style, len(decimals[1]) if decimals else 0))
    return Formats(frozenset(dates), tuple(percents), epoch)
