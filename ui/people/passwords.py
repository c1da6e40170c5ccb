"""Passwords and tokens: only what cannot be turned back is kept of either."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from corpus.errors import UsageError

SHORTEST, LONGEST = 12, 512
TOKEN_PREFIX = "rkb_"  # noqa: S105 – tells our tokens from other strings, and is no secret
_BYTES = 32
# argon2id with the second recommended choice of RFC 9106: 64 MiB, three passes.
_HASHER = PasswordHasher()


def check(password: str, name: str) -> str:
    """The password itself, where it may be one.

    Raises:
        UsageError: it is too short, too long, or too easily guessed.
    """
    if len(password) < SHORTEST:
        raise UsageError(f"A password has at least {SHORTEST} characters; several words are easier to remember.")
    if len(password) > LONGEST:
        raise UsageError(f"A password has at most {LONGEST} characters.")
    plain = password.casefold()
    if len(set(plain)) < 5 or plain in _repeated(name) or plain in _COMMON:
        raise UsageError("This password is guessed too easily: choose another one, such as four unrelated words.")
    return password


_COMMON = frozenset(
    "password1234 passwordpassword 123456789012 1234567890123 qwertyuiop12 qwertyuiop[] administrator rapporteur123 "
    "letmeinletmein changeme1234 welcome12345 iloveyou1234".split()
)


def _repeated(name: str) -> frozenset[str]:
    plain = name.casefold()
    return frozenset({plain, plain * 2, plain * 3, f"{plain}123456789", f"{plain}123456", f"{plain}1234"})


def hashed(password: str) -> str:
    """The argon2id hash of a password, with its salt and cost in it."""
    return _HASHER.hash(password)


@cache
def nobodys_hash() -> str:
    """A hash that no password fits: checked where there is no account, so that this takes as long."""
    return _HASHER.hash(secrets.token_hex(_BYTES))


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one of a hash; takes as long where there is no hash."""
    try:
        right = _HASHER.verify(kept or nobodys_hash(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return bool(right) and kept is not None


def is_hash(text: str) -> bool:
    """Whether a text is an argon2id hash."""
    return text.startswith("$argon2id$") and text.count("$") == 5


def new_token() -> str:
    """A token for a program, drawn by chance (256 bits)."""
    return TOKEN_PREFIX + secrets.token_urlsafe(_BYTES)


def new_secret() -> str:
    """A secret for a session or a request of one's own (256 bits)."""
    return secrets.token_urlsafe(_BYTES)


def fingerprint(secret: str) -> str:
    """What is kept of a token or a session's secret. They are drawn by chance: nothing slow is needed against guessing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two texts are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
