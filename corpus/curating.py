"""Looking through the vocabulary that a curator edits: each file's schema, names given twice, ids that lead nowhere.

Every fault is said with its file and line. The files are read as YAML nodes, which know their lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from corpus.errors import UsageError
from corpus.lexicon import FOLDER, fold

LANGUAGES = ("en", "fr", "ru", "de")
TEXT, TEXTS, MAYBE, NUMBER, FLAG, PHRASES, LABELS = (
    "a text",
    "a list of texts",
    "a list of texts or []",
    "a whole number",
    "true or false",
    "a list of texts and of lists of texts",
    "lists of labels by the ids of instruments",
)
_TAGS = {TEXT: "str", NUMBER: "int", FLAG: "bool"}


@dataclass(frozen=True, slots=True)
class Schema:
    """What the entries of a file hold: fields with their kinds, those that must be there, the field that names an
    entry (unique), and the list whose names may belong to one entry only."""

    fields: Mapping[str, str]
    needed: tuple[str, ...]
    key: str = ""
    own: tuple[str, ...] = ()


_TERMS = dict.fromkeys(LANGUAGES, TEXTS)
SCHEMAS: Mapping[str, Schema] = {
    "aliases.yaml": Schema(
        {"id": TEXT, "symbol": TEXT, "names": TEXTS, "title_words": TEXTS, "not": TEXTS, "short": TEXTS, "members": TEXTS},
        ("id", "names"), "id", ("names",),
    ),
    "bodies.yaml": Schema({"id": TEXT, **_TERMS, "acronyms": TEXTS, "note": TEXT}, ("id", *LANGUAGES), "id"),
    "concepts.yaml": Schema(
        {"id": TEXT, "name": TEXT, "aliases": TEXTS, "headings": TEXTS, "else_headings": TEXTS, "terms": PHRASES, "not": TEXTS,
         "pinned": LABELS, "left_out": LABELS, "instruments": TEXTS},
        ("id", "name"), "id", ("aliases",),
    ),
    "countries.yaml": Schema({"iso3": TEXT, "name": TEXT, "aliases": TEXTS}, ("iso3", "name", "aliases"), "iso3", ("name", "aliases")),
    "do_not_expand.yaml": Schema({"term": TEXT, "not_to": TEXTS, "reason": TEXT}, ("term", "not_to", "reason"), "term"),
    "glossary.yaml": Schema({"id": TEXT, **_TERMS, "acronyms": TEXTS, "note": TEXT}, ("id", "en"), "id"),
    "memberships.yaml": Schema({"id": TEXT, "as_of": NUMBER, "note": TEXT, "members": TEXTS}, ("id", "as_of", "members"), "id"),
    "series.yaml": Schema({"id": TEXT, "title": TEXT, "by": TEXT, "patterns": TEXTS}, ("id", "title", "patterns"), "id"),
    "themes.yaml": Schema({"id": TEXT, "title": TEXT, "keywords": TEXTS}, ("id", "title", "keywords"), "id"),
    "verbs.yaml": Schema(
        {"id": TEXT, "strength": NUMBER, "addressee": FLAG, "third": MAYBE, "first": MAYBE, "past": MAYBE},
        ("id", "strength", "third", "first", "past"),
    ),
    "words.yaml": Schema(_TERMS, LANGUAGES, "", ()),
}  # fmt: skip
# A list of spellings has no fields: its groups are lists themselves.
SPELLING = "spelling.yaml"
FILES = (*SCHEMAS, SPELLING)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the file, its line counted from 1, and a sentence."""

    file: str
    line: int
    what: str


@dataclass(slots=True)
class _Entry:
    """One entry of a file: the values of its fields, each text with its line."""

    line: int
    values: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        return next((text for text, _ in self.values.get(name, ())), "")


@dataclass(frozen=True, slots=True)
class Checked:
    """A folder looked through: how many entries each file has, and every fault by file and line."""

    folder: Path
    entries: Mapping[str, int]
    faults: tuple[Fault, ...]


def check_vocabulary(folder: Path = FOLDER) -> Checked:
    """Look through a folder of vocabulary files.

    Raises:
        UsageError: there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder at {folder}.")
    faults: list[Fault] = []
    entries: dict[str, list[_Entry]] = {}
    for name in FILES:
        entries[name] = _read(folder / name, faults) if name != SPELLING else _read_groups(folder / name, faults)
        if name in SCHEMAS:
            faults += _twice(name, SCHEMAS[name], entries[name])
    faults += _words(entries["words.yaml"])
    faults += _dangling(entries)
    known = {file.name for file in FOLDER.glob("*.yaml")}
    for name in sorted(file.name for file in folder.glob("*.y*ml") if file.name not in FILES):
        if name in known:
            # It is in use and has no schema here: that it is a list is all that can be said.
            entries[name] = [_Entry(node.start_mark.line + 1) for node in _root(folder / name, faults)]
        else:
            faults.append(Fault(name, 1, f"This is no file of the vocabulary; there are {', '.join(sorted(known))}."))
    counts = {name: len(found) for name, found in entries.items()}
    return Checked(folder, counts, tuple(sorted(faults, key=lambda fault: (fault.file, fault.line))))


def _root(file: Path, faults: list[Fault]) -> Sequence[yaml.Node]:
    """The entries of a file as nodes; none where it is no list, which is then a fault."""
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        faults.append(Fault(file.name, 1, f"The file cannot be opened ({error.strerror})."))
        return ()
    except UnicodeDecodeError:
        faults.append(Fault(file.name, 1, "The file is not UTF-8 text. Save it as UTF-8."))
        return ()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        faults.append(Fault(file.name, mark.line + 1 if mark else 1, f"This is no YAML: {problem}."))
        return ()
    if not isinstance(root, yaml.SequenceNode) or not root.value:
        faults.append(
            Fault(file.name, 1, "The file must be a list with at least one entry (lines that begin with “- ”).")
        )
        return ()
    return list(root.value)


def _read(file: Path, faults: list[Fault]) -> list[_Entry]:
    schema = SCHEMAS[file.name]
    found = []
    for node in _root(file, faults):
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            faults.append(Fault(file.name, line, f"An entry must have fields such as {next(iter(schema.fields))}:"))
            continue
        entry = _Entry(line)
        for key, value in node.value:
            name, at = str(key.value), key.start_mark.line + 1
            if name not in schema.fields:
                known = ", ".join(schema.fields)
                faults.append(Fault(file.name, at, f"“{name}” is no field here; there are {known}."))
            elif name in entry.values:
                faults.append(Fault(file.name, at, f"The field {name} is given twice; only the last would count."))
            else:
                entry.values[name] = _texts(file.name, name, schema.fields[name], value, faults)
        missing = [name for name in schema.needed if name not in entry.values]
        if missing:
            faults.append(Fault(file.name, line, f"The entry lacks {', '.join(missing)}."))
        found.append(entry)
    return found


def _texts(file: str, name: str, kind: str, node: yaml.Node, faults: list[Fault]) -> list[tuple[str, int]]:
    """The texts of a field, each with its line."""
    line = node.start_mark.line + 1
    if kind in (TEXTS, MAYBE) and isinstance(node, yaml.SequenceNode):
        if not node.value and kind == TEXTS:
            faults.append(Fault(file, line, f"The list {name} is empty; leave it out or fill it."))
        return [text for item in node.value for text in _texts(file, name, TEXT, item, faults)]
    if kind == PHRASES and isinstance(node, yaml.SequenceNode) and node.value:
        listed = [(item, TEXTS if isinstance(item, yaml.SequenceNode) else TEXT) for item in node.value]
        return [text for item, inner in listed for text in _texts(file, name, inner, item, faults)]
    if kind == LABELS and isinstance(node, yaml.MappingNode):
        for _, labels in node.value:
            _texts(file, name, TEXTS, labels, faults)
        return [(str(key.value), key.start_mark.line + 1) for key, _ in node.value]
    scalar = isinstance(node, yaml.ScalarNode) and node.tag.endswith(f":{_TAGS.get(kind)}")
    if not scalar:
        shown = f" “{node.value}” needs quotation marks." if isinstance(node, yaml.ScalarNode) and kind == TEXT else ""
        faults.append(Fault(file, line, f"{name} must hold {kind}.{shown}"))
        return []
    text = str(node.value)
    if text != text.strip() or not text:
        faults.append(Fault(file, line, f"{name} holds a text that is empty or has blanks at its ends."))
    return [(text, line)]


def _read_groups(file: Path, faults: list[Fault]) -> list[_Entry]:
    """Groups of spellings: lists of two or more texts, none of which stands in two groups."""
    found = []
    for node in _root(file, faults):
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.SequenceNode) or len(node.value) < 2:
            faults.append(Fault(file.name, line, "A group of spellings must be a list of two or more texts."))
            continue
        found.append(_Entry(line, {"spellings": _texts(file.name, "The group", TEXTS, node, faults)}))
    seen: dict[str, int] = {}
    for entry in found:
        for text, line in entry.values["spellings"]:
            if text in seen:
                faults.append(Fault(file.name, line, f"“{text}” stands in line {seen[text]} already."))
            seen.setdefault(text, line)
    return found


def _twice(file: str, schema: Schema, entries: Sequence[_Entry]) -> Iterator[Fault]:
    ids: dict[str, int] = {}
    owners: dict[str, tuple[_Entry, int]] = {}
    for entry in entries:
        key = entry.first(schema.key)
        if key and key in ids:
            yield Fault(file, entry.line, f"“{key}” is the name of the entry in line {ids[key]} already.")
        ids.setdefault(key, entry.line)
        for name in schema.own:
            for text, line in entry.values.get(name, ()):
                owner, at = owners.setdefault(fold(text), (entry, line))
                if owner is not entry:
                    yield Fault(file, line, f"“{text}” belongs to another entry already (line {at}).")
        for name, kind in schema.fields.items():
            texts = [text for text, _ in entry.values.get(name, ())] if kind in (TEXTS, MAYBE) else []
            again = sorted({text for text in texts if texts.count(text) > 1})
            if again:
                yield Fault(file, entry.values[name][0][1], f"The list {name} has “{again[0]}” twice.")


def _words(entries: Sequence[_Entry]) -> Iterator[Fault]:
    """A word of one language stands in one entry, else it could be carried over in two ways."""
    seen: dict[tuple[str, str], int] = {}
    for entry in entries:
        for language in LANGUAGES:
            for text, line in entry.values.get(language, ()):
                if (language, text) in seen and seen[language, text] != line:
                    said = f"The {language} word “{text}” stands in line {seen[language, text]} already."
                    yield Fault("words.yaml", line, said)
                seen.setdefault((language, text), line)


def _dangling(entries: Mapping[str, Sequence[_Entry]]) -> Iterator[Fault]:
    """Members that are no entry: of a family of texts, and of an organisation."""
    for file, name, key, of, what in (
        ("aliases.yaml", "members", "id", "aliases.yaml", "text"),
        ("memberships.yaml", "members", "iso3", "countries.yaml", "State"),
        ("concepts.yaml", "instruments", "id", "aliases.yaml", "text"),
        ("concepts.yaml", "pinned", "id", "aliases.yaml", "text"),
        ("concepts.yaml", "left_out", "id", "aliases.yaml", "text"),
    ):
        known = {entry.first(key) for entry in entries[of]}
        for entry in entries[file]:
            for text, line in entry.values.get(name, ()):
                if text not in known:
                    yield Fault(file, line, f"There is no {what} with the {key} “{text}” in {of}.")
