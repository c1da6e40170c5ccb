"""Adding and removing documents at the page, where it is served with --curate.

What is sent is kept in the folder `library/added` of the home and read from there as any other folder is: by the same reader
processes, under the same lock. Nothing is unpacked or opened here.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import RapporteurError, UsageError
from corpus.records import Document
from ingest.outcomes import FAILED, UNCHANGED, IngestReport, Progress
from ui.handlers import DEFECT
from ui.home import writing
from ui.limits import ENDINGS, MOST_BYTES, MOST_FILES
from ui.words import counted, said, t

FOLDER = Path("library", "added")
_LOG = logging.getLogger(__name__)
_UNSAFE = re.compile(r"[^\w.,()' -]+")


class Kept(Protocol):
    """What is needed of a knowledge base to change it."""

    @property
    def home(self) -> Path:
        """Its folder."""

    def document(self, reference: str) -> Document:
        """One document; raises NotFoundError."""

    def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        access: str | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Bring it in step with files."""

    def forget(self, reference: str) -> Document:
        """Remove a document."""


class Curator:
    """One at a time: files are sent, then read; how far that is can be asked for at any time."""

    def __init__(self, base: Kept, folder: Path = FOLDER, access: str | None = None) -> None:
        """What is sent is kept in `folder` of the home, and read in under the label `access`, where one is given."""
        self._base = base
        self._folder = folder
        self._access = access
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._progress: Progress | None = None
        self._report: IngestReport | None = None
        self._trouble = ""

    @property
    def folder(self) -> Path:
        """Where files that are sent are kept."""
        return self._base.home / self._folder

    def of(self, label: str) -> Curator:
        """The one for documents of a label; here there is one for all."""
        return self

    def accept(self, name: str, content: bytes) -> str:
        """Keep a file that was sent; returns the name that it was given.

        Raises:
            UsageError: its ending is none of a document, it is empty or too large, or there are too many files.
        """
        plain = _UNSAFE.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .")[-120:]
        ending = Path(plain).suffix.lower()
        if ending not in ENDINGS or not Path(plain).stem.strip(" ._"):
            raise UsageError(
                t("“{name}” is not taken: documents end in {endings}.", name=name[:120], endings=", ".join(ENDINGS))
            )
        if not content:
            raise UsageError(t("“{name}” is empty.", name=plain))
        if len(content) > MOST_BYTES:
            raise UsageError(t("“{name}” is larger than {n} MB.", name=plain, n=MOST_BYTES // 1_000_000))
        with self._lock, writing(self.folder / plain):
            self.folder.mkdir(parents=True, exist_ok=True)
            held = [file.name for file in self.folder.iterdir()]
            if plain not in held and len(held) >= MOST_FILES:
                raise UsageError(t("The library folder is full: it holds {files}.", files=counted(len(held), "files")))
            # A reader never sees half a file: names that begin with a dot are left out.
            half = self.folder / f".{plain}.half"
            half.write_bytes(content)
            half.replace(self.folder / plain)
        return plain

    def begin(self) -> dict[str, Any]:
        """Start reading what was sent, beside the page; returns `progress`. Where it runs already, it goes on.

        Raises:
            UsageError: nothing was sent.
        """
        with self._lock:
            if self.running():
                return self.progress()
            if not self.folder.is_dir() or not any(self.folder.iterdir()):
                raise UsageError(t("Nothing was sent yet: choose files first."))
            self._progress, self._report, self._trouble = None, None, ""
            # Done in the name of whoever asked for it.
            run = copy_context().run
            self._thread = threading.Thread(target=run, args=(self._read,), name="curating", daemon=True)
            self._thread.start()
        return self.progress()

    def running(self) -> bool:
        """Whether files are being read."""
        return self._thread is not None and self._thread.is_alive()

    def _read(self) -> None:
        try:
            self._report = self._base.ingest([self.folder], access=self._access, progress=self._note)
        except RapporteurError as error:
            self._trouble = str(error)
        except Exception:  # noqa: BLE001 – a thread of its own: the page says in words what went wrong
            _LOG.exception("documents that were sent could not be read")
            self._trouble = DEFECT

    def _note(self, progress: Progress) -> None:
        self._progress = progress

    def progress(self) -> dict[str, Any]:
        """How far it is: {"running", "words", "failed": [[file, reason]]}."""
        if self._trouble:
            return {"running": False, "words": said(self._trouble), "failed": []}
        if self.running() or (self._thread is not None and self._report is None):
            now = self._progress
            if now is None:
                return {"running": True, "words": t("Reading begins…"), "failed": []}
            done, of = now.files_done, counted(now.files_total, "files")
            told = t(
                "Read: {done} of {files}, {passages} so far",
                done=done,
                files=of,
                passages=counted(now.passages, "passages"),
            )
            return {"running": True, "words": told, "failed": []}
        if self._report is None:
            return {"running": False, "words": "", "failed": []}
        new = [file for file in self._report.files if file.outcome not in (FAILED, UNCHANGED)]
        failed = [[Path(file.path).name, file.reason] for file in self._report.files if file.outcome == FAILED]
        told = t(
            "Done: {files} read, {passages}.",
            files=counted(len(new), "files"),
            passages=counted(self._report.passages, "passages"),
        )
        return {"running": False, "words": told, "failed": failed}

    def remove(self, document_id: str) -> str:
        """Remove a document from the knowledge base, and its file where it was sent here; a sentence that says so."""
        document = self._base.document(document_id)
        self._base.forget(document.id)
        file = Path(document.path)
        if file.parent == self.folder.resolve():
            file.unlink(missing_ok=True)
            return t("“{title}” is removed, with its file.", title=document.title)
        if not file.exists():
            return t("“{title}” is removed.", title=document.title)
        kept = t("Its file is still in its folder: reading that folder again brings it back.")
        return f"{t('“{title}” is removed.', title=document.title)} {kept}"
