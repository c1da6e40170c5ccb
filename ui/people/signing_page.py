"""The page on which people sign in: served by the gate itself, without a script, in the colours of the page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from ui import theme
from ui.rendering import esc
from ui.words import SPOKEN, spoken, t

_CSS = Path(__file__).with_name("sign_in.css")
_COLOURS = tuple(
    f"{mode}{name}" for mode in ("NIGHT_", "") for name in ("PAPER", "INK", "QUIET", "LINE", "ACCENT", "FIELD")
)


@cache
def _css() -> str:
    made = _CSS.read_text(encoding="utf-8").replace(
        "SANS", ", ".join(f'"{name}"' if " " in name else name for name in theme.SANS)
    )
    for name in _COLOURS:
        made = made.replace(f": {name};", f": {getattr(theme, name)};")
    return made


def sign_in_page(
    wanted: str,
    problem: str = "",
    name: str = "",
    *,
    by_password: bool = True,
    elsewhere: bool = False,
    open_to_all: bool = False,
) -> str:
    """The whole page. `wanted` is where to go then, `problem` what was wrong with the last try, `name` what was typed;
    `elsewhere` offers OpenID Connect, `open_to_all` the way in without signing in."""
    language = spoken()
    title = t("Sign in")
    parts = [f'<p class="problem" role="alert" id="problem">{esc(problem)}</p>'] if problem else []
    if by_password:
        wrong = ' aria-describedby="problem" aria-invalid="true"' if problem else ""
        parts.append(
            f'<form method="post" action="/sign-in"><input type="hidden" name="next" value="{esc(wanted)}">'
            f'<label for="name">{esc(t("Name"))}</label>'
            f'<input id="name" name="name" value="{esc(name)}" autocomplete="username" autocapitalize="none" '
            f'spellcheck="false" required maxlength="80"{wrong}{"" if name else " autofocus"}>'
            f'<label for="password">{esc(t("Password"))}</label>'
            f'<input id="password" name="password" type="password" autocomplete="current-password" required '
            f'maxlength="512"{wrong}{" autofocus" if name else ""}>'
            f'<button class="go" type="submit">{esc(title)}</button></form>'
        )
    if elsewhere:
        there = esc(f"/sign-in/openid?{urlencode({'next': wanted})}")
        kind = "go other" if by_password else "go"
        parts.append(f'<a class="{kind}" href="{there}">{esc(t("Sign in with your organisation"))}</a>')
    if not by_password and not elsewhere:
        parts.append(f"<p>{esc(t('You are signed in where you came from: open the page from there.'))}</p>")
    if open_to_all:
        parts.append(f'<p class="quiet"><a href="/">{esc(t("Go on without signing in"))}</a></p>')
    links = "".join(
        f'<a href="{esc("/sign-in?" + urlencode({"language": code, "next": wanted}))}" lang="{code}" hreflang="{code}"'
        f"{' aria-current=true' if code == language else ''}>{words}</a>"
        for code, words in SPOKEN.items()
    )
    line = esc(t("Exact quotations from the documents on action against trafficking in human beings"))
    nav = f'<nav aria-label="{esc(t("Language of the page"))}">{links}</nav>'
    return plain_page(title, f"<h1>Rapporteur</h1><p>{line}</p><h2>{esc(title)}</h2>{''.join(parts)}{nav}")


def plain_page(title: str, body: str, *, wide: bool = False) -> str:
    """A page of our own beside Gradio's: it needs no script."""
    return (
        f'<!doctype html><html lang="{spoken()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{esc(title)} – Rapporteur</title><style>{_css()}</style></head>"
        f"<body><main{' class=wide-page' if wide else ''}>{body}</main></body></html>"
    )
