"""Mail (.eml): who wrote what to whom and when, then the message; attachments are named, not read."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree

from corpus.errors import UnreadableFileError
from corpus.records import Page
from ingest.extract.base import Extract, HeadingHint
from ingest.extract.cleaning import tidy
from ingest.extract.html_blocks import Writer
from ingest.extract.text import decode, is_reflowed
from ingest.extract.writing import one_line

_MAX_BYTES = 100_000_000
_MAX_PARTS = 1_000
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_MAX_HEADER = 2_000
_REPLY = re.compile(r"(?:(?:re|fw|fwd|aw|wg|tr|rif|rv)\s*:\s*)+", re.IGNORECASE)
_BROKEN = (LookupError, ValueError, TypeError, AttributeError, AssertionError, ArithmeticError, RecursionError)


def extract_eml(path: Path) -> Extract:
    """Read a message as one page: its headers as front matter, then its text."""
    if path.stat().st_size > _MAX_BYTES:
        raise UnreadableFileError(
            f"The mail is larger than {_MAX_BYTES // 1_000_000} MB. Save its attachments instead."
        )
    try:
        return _read(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
    # The parser leaves broken headers to whoever asks for them, and then raises nearly anything.
    except _BROKEN as error:
        raise UnreadableFileError("The mail is damaged and cannot be read. Save it again from its program.") from error


def _read(message: EmailMessage) -> Extract:
    parts = list(_parts(message))
    if len(parts) > _MAX_PARTS:
        raise UnreadableFileError(f"The mail has {len(parts)} parts, too many to be safe. Save what you need as PDF.")
    shown = {name: value for name in _SHOWN if (value := _header(message, name))}
    front = "".join(f"{name}: {value}\n" for name, value in shown.items()) + "\n"
    text, headings, tables, reflowed = _body(parts, len(front))
    warnings = []
    if attached := [_name(part) for part in parts if _is_attached(part)]:
        warnings.append(f"{len(attached)} attachments are not read (save them and add them): {', '.join(attached)}")
    return Extract(
        format="eml",
        pages=(Page(1, "1", front + text),),
        paged=False,
        reflowed=reflowed,
        body_start=len(front),
        info=_info(shown),
        headings=headings,
        tables=tables,
        warnings=tuple(warnings),
    )


def _parts(message: EmailMessage) -> Any:
    """The leaves of a message; a message that is attached counts as one of them."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.iter_parts():
            yield from _parts(part)  # type: ignore[arg-type]
    else:
        yield message


def _is_attached(part: EmailMessage) -> bool:
    if part.get_content_disposition() == "attachment":
        return True
    if part.get_content_maintype() == "text":
        return part.get_content_subtype() not in ("plain", "html")
    # A picture inside an HTML message is part of how it looks.
    return not (part.get_content_maintype() == "image" and "Content-ID" in part)


def _name(part: EmailMessage) -> str:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        subject = _header(inner[0], "Subject") if isinstance(inner, list) and inner else ""  # type: ignore[arg-type]
        return f'message "{subject}"'
    try:
        name = part.get_filename()
    except _BROKEN:
        name = None
    return one_line(name or "")[:200] or f"unnamed ({part.get_content_type()})"


def _header(message: EmailMessage, name: str) -> str:
    try:
        value = str(message.get(name) or "")
    except _BROKEN:
        # A header that breaks the rules of mail is left out, not the message.
        return ""
    return one_line(value.encode(errors="replace").decode())[:_MAX_HEADER]


def _body(parts: list[EmailMessage], offset: int) -> tuple[str, Any, Any, bool]:
    """The message as text with its headings and tables, as HTML where there is any; and whether lines are paragraphs."""
    texts = [part for part in parts if part.get_content_maintype() == "text" and not _is_attached(part)]
    pages = [source for part in texts if part.get_content_subtype() == "html" and (source := _content(part)).strip()]
    if pages:
        writer = Writer()
        for source in pages:
            _write_html(source, writer)
        text = writer.text()
        if any(map(str.isalnum, text)):
            hints = tuple(HeadingHint(1, h.start + offset, h.end + offset, h.level) for h in writer.headings)
            return text, hints, tuple((1, a + offset, b + offset) for _, a, b in writer.tables), True
    text = tidy("\n\n".join(_content(part) for part in texts if part.get_content_subtype() == "plain"))
    return text, (), (), is_reflowed(text)


def _write_html(source: str, writer: Writer) -> None:
    try:
        root = lxml.html.document_fromstring(source.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        # Nothing but white space and comments.
        return
    body = root.find("body")
    writer.add(root if body is None else body)


def _content(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8").replace("\r\n", "\n")
    # Unknown or impossible names of encodings, and bytes that are not of the one that is named.
    except (LookupError, ValueError):
        return decode(raw)[0].replace("\r\n", "\n")


def _info(shown: dict[str, str]) -> dict[str, str]:
    subject = _REPLY.sub("", shown.get("Subject", ""), count=1).strip()
    name, address = parseaddr(shown.get("From", ""))
    author = one_line(name) or address
    info = {"title": subject, "author": author, "speaker": author, "date": _day(shown.get("Date", ""))}
    if subject:
        info["title_certain"] = "yes"
    return {key: value for key, value in info.items() if value}


def _day(stated: str) -> str:
    try:
        day = parsedate_to_datetime(stated).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return day.isoformat() if 1970 <= day.year <= 2100 else ""
