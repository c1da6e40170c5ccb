"""What is found out about a document, each value with where it came from and how sure it is. The first value of a
field stays: the surest source is asked first."""

from __future__ import annotations

from dataclasses import fields, replace

from corpus.records import Basis, Certainty, Document

CERTAIN, LIKELY, GUESS = Certainty.CERTAIN, Certainty.LIKELY, Certainty.GUESS
_NAMES = frozenset(field.name for field in fields(Document))


class Facts:
    """The values found so far, by the names of `Document`'s fields."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}
        self._basis: dict[str, Basis] = {}

    def note(self, field: str, value: object, source: str, certainty: Certainty) -> None:
        """Keep a value, unless there is none or the field has one already."""
        if value and field not in self._values:
            self.replace(field, value, source, certainty)

    def replace(self, field: str, value: object, source: str, certainty: Certainty) -> None:
        """Keep a value in place of an earlier one."""
        assert field in _NAMES, field
        self._values[field] = value
        self._basis[field] = Basis(field, source, certainty)

    def text(self, field: str) -> str | None:
        """The value of a field of text, None where it has none yet."""
        value = self._values.get(field)
        return value if isinstance(value, str) else None

    def names(self, field: str) -> tuple[str, ...]:
        """The values of a field of several."""
        value = self._values.get(field)
        return value if isinstance(value, tuple) else ()

    def document(self, document: Document) -> Document:
        """The document with all that was found."""
        return replace(document, **self._values, basis=tuple(self._basis.values()))  # type: ignore[arg-type]


def with_basis(document: Document, field: str, source: str, certainty: Certainty) -> Document:
    """The document with a new basis of one field in place of the old one."""
    others = tuple(one for one in document.basis if one.field != field)
    return replace(document, basis=(*others, Basis(field, source, certainty)))
