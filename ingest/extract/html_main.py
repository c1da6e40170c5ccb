"""Which part of a web page is the document: trafilatura finds the words, the tree tells where they stand.

trafilatura's own output loses numbers of lists, levels of headings and now and then a paragraph; so its text only
serves to find the smallest element that holds the main content, and that element is read in full.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from ingest.extract.html_blocks import SKIPPED, is_hidden

_NAVIGATION = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|share|sharing|social|cookies?|consent|sidebar|related|"
    r"skip(?:-?link)?|pager|pagination|comments?|newsletter|advert(?:isement)?|site-?footer|site-?header)(?:$|[\s_-])",
    re.IGNORECASE,
)
# What a parser lets through and no tree takes back.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MIN_SHARE = 0.3
_SMALL_PAGE = 60_000
_COVER = 0.9


def main_content(root: Any) -> Any:
    """The element (of a copy of the tree, stripped of navigation) that holds the page's main content."""
    body = root.find("body")
    body = root if body is None else body
    everything = _letters(body.text_content())
    stripped = copy.deepcopy(body)
    _strip(stripped)
    wanted = _main_text(root)
    # A page that is nearly all document, or whose layout trafilatura does not understand, is read whole.
    if not wanted or (len(everything) <= _SMALL_PAGE and sum(map(len, wanted)) < _MIN_SHARE * len(everything)):
        return stripped
    return _smallest_holding(stripped, wanted)


def _main_text(root: Any) -> list[str]:
    """The paragraphs of the main content as trafilatura sees them, letters only."""
    import trafilatura

    text = trafilatura.extract(copy.deepcopy(root), include_comments=False, include_tables=True, favor_recall=True)
    return [letters for line in (text or "").split("\n") if len(letters := _letters(line)) > 20]


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _strip(body: Any) -> None:
    """Remove navigation and what is never shown. A block that holds most of the page stays whatever it is called."""
    total = max(1, len(_letters(body.text_content())))
    for node in list(body.iter()):
        if node is body or node.getparent() is None:
            continue
        if not isinstance(node.tag, str) or node.tag in SKIPPED or is_hidden(node):
            _drop(node)
            continue
        label = f"{node.get('class') or ''} {node.get('id') or ''}"
        named = node.get("role") in ("navigation", "banner", "search", "contentinfo") or _NAVIGATION.search(label)
        if (named or _is_link_list(node)) and len(_letters(node.text_content())) < 0.3 * total:
            _drop(node)


def _is_link_list(node: Any) -> bool:
    """Lists whose words are nearly all links, of at least five links: menus, lists of countries."""
    if node.tag not in ("ul", "ol", "div", "footer", "header"):
        return False
    links = node.findall(".//a")
    if len(links) < 5:
        return False
    linked = sum(len(_letters(link.text_content())) for link in links)
    return linked > 0.85 * len(_letters(node.text_content()))


def _drop(node: Any) -> None:
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = _CONTROLS.sub("", (before.tail or "") + node.tail)
        else:
            parent.text = _CONTROLS.sub("", (parent.text or "") + node.tail)
    parent.remove(node)


def _smallest_holding(body: Any, wanted: list[str]) -> Any:
    """Go down from the body as long as one child alone holds nearly all of the wanted text."""
    total = sum(map(len, wanted))
    node = body
    while True:
        children = [child for child in node if isinstance(child.tag, str)]
        inner = next((child for child in children if _held(child, wanted) >= _COVER * total), None)
        # A single paragraph is no container: its heading stands beside it.
        if inner is None or inner.tag in ("p", "pre", "table", "ul", "ol", "blockquote"):
            return node
        node = inner


def _held(node: Any, wanted: list[str]) -> int:
    text = _letters(node.text_content())
    return sum(len(paragraph) for paragraph in wanted if paragraph in text)
