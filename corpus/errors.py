"""The tree of errors. Each message is a sentence for a person: what happened, to what, what to do.

RapporteurError
├── UsageError            wrong usage or bad input (exit code 2)
│   └── NotFoundError     the thing named is not in the knowledge base
├── UnreadableFileError   one file cannot be read; recorded as its outcome, the rest goes on
└── HomeError             the knowledge base is missing, locked or damaged (exit code 3)
    ├── MissingHomeError
    ├── LockedHomeError
    └── DamagedHomeError
"""

from __future__ import annotations


class RapporteurError(Exception):
    """Anything that Rapporteur says no to, in words meant for its user."""


class UsageError(RapporteurError):
    """The command or its input is wrong."""


class NotFoundError(UsageError):
    """The document, passage or label named is not in the knowledge base."""


class UnreadableFileError(RapporteurError):
    """A file cannot be read: of the wrong kind, broken, protected or too costly."""


class HomeError(RapporteurError):
    """The knowledge base cannot be used as it is."""


class MissingHomeError(HomeError):
    """There is no knowledge base at that place."""


class LockedHomeError(HomeError):
    """Another process is writing to the knowledge base."""


class DamagedHomeError(HomeError):
    """The knowledge base is damaged, or of another program or version."""
