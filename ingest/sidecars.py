"""What a curator says of one file in a small file beside it: `report.pdf.yaml` holds the fields of `report.pdf`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import UsageError
from ingest.discover import Discovery, Found
from ingest.overrides import FIELDS, checked

SUFFIX = ".yaml"
MOST_BYTES = 100_000


def without_sidecars(found: Discovery) -> tuple[Discovery, dict[str, dict[str, str]], list[str]]:
    """The files but for those that describe another one, the values that these give by path of the file described, and
    what is wrong with any of them, in sentences: such a one is left aside, for a slip in it should not stop a run."""
    paths = {file.path for file in found.files}
    beside = [file for file in found.files if file.path.endswith(SUFFIX) and file.path.removesuffix(SUFFIX) in paths]
    values: dict[str, dict[str, str]] = {}
    wrong: list[str] = []
    for file in beside:
        try:
            values[file.path.removesuffix(SUFFIX)] = _values(file)
        except UsageError as error:
            wrong.append(str(error))
    kept = tuple(file for file in found.files if file not in set(beside))
    return replace(found, files=kept), values, wrong


def _values(file: Found) -> dict[str, str]:
    if file.reason or file.bytes > MOST_BYTES:
        raise UsageError(f"{file.path} is left aside: {file.reason or 'it is too large for a description'}.")
    try:
        read = yaml.safe_load(Path(file.path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"{file.path} is left aside: it is no YAML file ({reason}).") from error
    if not isinstance(read, dict):
        raise UsageError(f"{file.path} is left aside: it holds no fields such as “title: …”.")
    unknown = [str(name) for name in read if name not in FIELDS]
    if unknown:
        raise UsageError(
            f"{file.path} is left aside: it has unknown fields ({', '.join(unknown)}). Known are {', '.join(FIELDS)}."
        )
    return checked({str(name): _text(value) for name, value in read.items() if value is not None}, file.path)


def _text(value: Any) -> str:
    """A value as a table would hold it: lists parted by semicolons, dates as ISO."""
    parts: Iterable[Any] = value if isinstance(value, list) else (value,)
    return " ".join(";".join(str(part) for part in parts).split())
