"""What a site asks of programs in its robots.txt, by RFC 9309: the longest rule that fits a path decides, and of two
of the same length the one that allows. The standard library's reader knows neither that nor `*` and `$`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

MAX_DELAY = 60.0
_KEPT = "/*$?=&;:@!'(),+~%"


@dataclass(frozen=True, slots=True)
class Robots:
    """Rules as (allowed, pattern), and the pause between two requests that is asked for, in seconds."""

    rules: tuple[tuple[bool, str], ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether the address may be asked for."""
        parts = urlsplit(url)
        path = _plain(parts.path or "/") + (f"?{_plain(parts.query)}" if parts.query else "")
        fitting = [(len(pattern), allowed) for allowed, pattern in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


ALL = Robots()


def read_robots(text: str, agent: str) -> Robots:
    """The rules for `agent`, a product name without version; those for everybody where it is not named."""
    named: list[tuple[bool, str]] = []
    general: list[tuple[bool, str]] = []
    delays: dict[bool, float] = {}
    agents: set[str] = set()
    in_rules = met = False
    for line in text.lstrip("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().casefold(), value.strip()
        if not colon:
            continue
        if field == "user-agent":
            # Lines of agents that follow each other share the rules below them.
            agents = {value.casefold()} if in_rules else agents | {value.casefold()}
            in_rules = False
            met = met or agent.casefold() in agents
            continue
        own, all_agents = agent.casefold() in agents, "*" in agents
        in_rules = True
        if field in ("allow", "disallow") and value:
            rule = (field == "allow", _plain(value))
            named += [rule] if own else []
            general += [rule] if all_agents else []
        elif field == "crawl-delay" and re.fullmatch(r"\d+(?:\.\d+)?", value):
            delays |= {name: min(float(value), MAX_DELAY) for name, fits in ((True, own), (False, all_agents)) if fits}
    return Robots(tuple(named if met else general), delays.get(met, 0.0))


def _plain(path: str) -> str:
    """One spelling of a path, whichever of its letters are written in their % form."""
    return quote(unquote(path), safe=_KEPT)


def _fits(pattern: str, path: str) -> bool:
    ends = pattern.endswith("$")
    parts = (pattern[:-1] if ends else pattern).split("*")
    return re.match(".*".join(map(re.escape, parts)) + ("$" if ends else ""), path, re.DOTALL) is not None
