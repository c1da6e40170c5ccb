"""Which optional models are set: a language model with its address, a cross-encoder. Read from the environment, off
unless something stands there."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from corpus.errors import UsageError

URL, MODEL, KEY, SECONDS = "RAPPORTEUR_LLM_URL", "RAPPORTEUR_LLM_MODEL", "RAPPORTEUR_LLM_KEY", "RAPPORTEUR_LLM_SECONDS"
RERANKER = "RAPPORTEUR_RERANKER"
DEFAULT_SECONDS = 60.0
MOST_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible address, the model asked there, its key (kept out of whatever prints this), and how many
    seconds the whole of an answer may take, second tries included."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = DEFAULT_SECONDS

    @property
    def host(self) -> str:
        """The host and port that passages are sent to."""
        return urlsplit(self.url).netloc

    @property
    def local(self) -> bool:
        """Whether that is this machine."""
        name = urlsplit(self.url).hostname or ""
        try:
            return name == "localhost" or ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False

    @property
    def encrypted(self) -> bool:
        """Whether nobody on the way can read along."""
        return urlsplit(self.url).scheme == "https"


def endpoint_of(environment: Mapping[str, str] = os.environ) -> Endpoint | None:
    """The endpoint that the environment names; None where it names none, and then no model is ever asked.

    Raises:
        UsageError: the address is none, no model is named with it, or the time is no number of seconds.
    """
    url = environment.get(URL, "").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{URL} is no address: it begins with http:// or https://, such as http://127.0.0.1:11434/v1.")
    if "@" in parts.netloc:
        raise UsageError(f"{URL} holds a name or password: leave it out and put the key into {KEY}.")
    model = environment.get(MODEL, "").strip()
    if not model:
        raise UsageError(f"{URL} is set, but {MODEL} names no model to ask there.")
    return Endpoint(url, model, environment.get(KEY, "").strip(), _seconds(environment.get(SECONDS, "")))


def reranker(environment: Mapping[str, str] = os.environ) -> str | None:
    """The cross-encoder that is set, by name or folder; None where there is none."""
    return environment.get(RERANKER, "").strip() or None


def _seconds(text: str) -> float:
    if not text.strip():
        return DEFAULT_SECONDS
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= MOST_SECONDS:
        raise UsageError(f"{SECONDS} is {text!r}: give a number of seconds from above 0 to {MOST_SECONDS:,.0f}.")
    return value
