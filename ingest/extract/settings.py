"""What a person asks of the readers beyond the files themselves: OCR, and passwords.

They stand in the environment, so that every way to start the program can set them. Workers of a fork server keep the
environment of the day it started; `asked` and `obey` carry the settings of each run to them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

OCR = "RAPPORTEUR_OCR"
"""Languages of OCR ("eng+fra+rus", or "on" for English); empty for none."""

OCR_SECONDS = "RAPPORTEUR_OCR_SECONDS"
"""The time that the OCR of one file may take; 600 seconds where it is not set."""

PASSWORDS = "RAPPORTEUR_PASSWORDS"
"""A file of passwords, see `ingest.extract.passwords`."""

WINDOW, TOKENIZER = "RAPPORTEUR_WINDOW", "RAPPORTEUR_TOKENIZER"
"""What passages are cut for, where that is another embedding model than the bundled one; the program sets them."""

KEEP_CONTACTS = "RAPPORTEUR_KEEP_CONTACTS"
"""Whether lists of participants and contacts are cut into passages like other text ("1"); empty for no."""

SECONDS_A_FILE = 600.0
_ON = ("1", "on", "yes", "true")


def asked() -> dict[str, str]:
    """The settings of this process, to be given to others."""
    return {name: os.environ.get(name, "") for name in (OCR, OCR_SECONDS, PASSWORDS, WINDOW, TOKENIZER, KEEP_CONTACTS)}


def obey(settings: Mapping[str, str]) -> None:
    """Make the settings those of this process."""
    os.environ.update(settings)


def languages() -> str:
    """The languages that OCR is asked for ("eng+fra"); empty where it is not asked for."""
    given = os.environ.get(OCR, "").strip()
    return "eng" if given.lower() in _ON else given


def keep_contacts() -> bool:
    """Whether lists of participants and contacts are kept."""
    return os.environ.get(KEEP_CONTACTS, "").strip().lower() in _ON


def ocr_seconds() -> float:
    """How long the OCR of one file may take; 0 where it is not asked for. The reader's limit has to grow by it."""
    if not languages():
        return 0.0
    try:
        return max(0.0, float(os.environ.get(OCR_SECONDS, "") or SECONDS_A_FILE))
    except ValueError:
        return SECONDS_A_FILE


def may_give_more(reason: str, warnings: Sequence[str], pages_without_text: int) -> bool:
    """Whether a file that is known, with the reason why it failed or its warnings, may give more with what is asked
    for now: a scan that no OCR has seen, a protected file where passwords are given, an old Office file (what reads it
    may be installed by now)."""
    if "to read it, install" in reason:
        return True
    if os.environ.get(PASSWORDS) and "password" in reason:
        return True
    if not languages():
        return False
    if "--ocr" in reason or "Tesseract" in reason:
        return True
    tried = any("OCR" in warning and "Tesseract" not in warning for warning in warnings)
    return pages_without_text > 0 and not tried
