"""The words of the Rich Text Format that matter to its text: destinations to pass over, symbols, code pages."""

from __future__ import annotations

import codecs

IGNORED = frozenset(
    "colortbl filetbl listtable listoverridetable revtbl rsidtbl pict objdata themedata colorschememapping "
    "datastore latentstyles generator xmlnstbl header headerl headerr headerf footer footerl footerr footerf ftnsep "
    "ftnsepc ftncn aftnsep aftnsepc aftncn fldinst bkmkstart bkmkend annotation atnid atnauthor atntime atndate atnref "
    "atrfstart atrfend mmathPr wgrffmtfilter xe tc tcn company operator manager doccomm hlinkbase category keywords "
    "comment revtim printim buptim nonshppict nonesttables pgdsctbl mhtmltag htmltag background picprop private pgptbl "
    "sn sv".split()
)
"""Groups that hold no text of the document. The printed number of a list item (pntext, listtext) is text."""

KEPT = frozenset({"shpinst", "footnote"})
"""Groups marked as optional that do hold text."""

SYMBOLS = {
    "tab": " ",
    "line": " ",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""Code pages by the number of a font's character set."""


def codec_of(page: int) -> str:
    """The codec of a code page by number; Western where Python knows none."""
    name = {10000: "mac_roman", 65001: "utf-8"}.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
