"""What may be sent to the page by a curator."""

from __future__ import annotations

ENDINGS = (
    ".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".odp", ".ods", ".rtf", ".epub", ".eml", ".doc", ".xls", ".ppt", ".html",
    ".htm", ".md", ".txt",
)  # fmt: skip
MOST_BYTES = 50_000_000
MOST_FILES = 2_000
