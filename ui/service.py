"""The one object that all faces use: a knowledge base, its questions and its upkeep. Joins `ingest` and `search`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.address import Address
from corpus.backup import back_up
from corpus.backup import restore as restore_backup
from corpus.errors import HomeError, UsageError
from corpus.help_notice import help_notice
from corpus.lock import WriterLock
from corpus.opening import holds_store, open_store
from corpus.records import Document, Filters, Problem
from corpus.store import Store
from corpus.wording import sound
from search.helpcalls import call_for_help
from search.records import Answer, Hit, Mode, SearchResult, Status
from ui import feedback, models, purging
from ui.finding import understood
from ui.health import damage, missing_vectors, orphans, remember_run, status_of
from ui.holdings import Holdings
from ui.home import check_home, make_home, prepare_home
from ui.people import audit
from ui.people.audit import audited

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.outcomes import IngestReport, Report
    from search.embed import Embedder
    from search.engine import Engine

WARM_WORDS = (4, 12, 20, 28, 44, 60)


class KnowledgeBase(Holdings):
    """The knowledge base in one home. Safe to use from several threads; writing is refused while another writes."""

    def __init__(
        self,
        home: Path,
        *,
        model: str | None = None,
        create: bool = False,
        models: Path | None = None,
        store: Store | None = None,
        server: Address | None = None,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Open the knowledge base in `home`. With `create` one is made by the first ingestion where there is none.

        `model` names the embedding model (None: the one that the home was filled with, else the bundled one),
        `models` the home whose folder of converted models is used (None: this one), `store` one that is open already,
        `server` the address of one that is shared; `home` is then what this machine keeps beside it. `log` takes remarks.

        Raises:
            MissingHomeError: there is no knowledge base and `create` is false, or the folder is of something else.
            DamagedHomeError: the store cannot be opened.
        """
        self.home = home
        self._wanted_model = model
        self.models = models or home
        self._log = log
        super().__init__()
        self._store: Store | None = store
        self.server = server
        self._embedder: Embedder | None = None
        self._engine: Engine | None = None
        if store is None and (self._is_there() or not create):
            self._store = open_store(home, server, log=log)
            if purging.pending(home):
                self._finish_purge()

    def _is_there(self) -> bool:
        """Whether there is a store to be opened, and not to be made yet."""
        if self.server is None:
            return check_home(self.home)
        prepare_home(self.home, self.server)
        return holds_store(self.server)

    def _finish_purge(self) -> None:
        """What a killed `forget --purge` has left to do; another one does it where this one may not write."""
        try:
            with self.store.writing():
                purging.finish(self.store, self.engine)
        except HomeError as error:
            self._log(purging.refused(self.home, error))

    def close(self) -> None:
        """Let go of everything that is open."""
        if self._store is not None:
            self._store.close()

    # -- the parts, made when first needed -----------------------------------------------------------------

    @property
    def store(self) -> Store:
        """The store; made with its folder where it was to be created."""
        with self._lock:
            if self._store is None:
                make_home(self.home)
                self._store = open_store(self.home, self.server, create=True, log=self._log)
            return self._store

    @property
    def model(self) -> str | None:
        """The embedding model's name or folder; None for the bundled one."""
        return self._wanted_model or models.model_of(self.store)

    def embedder(self) -> Embedder:
        """The embedding model, loaded when first needed."""
        with self._lock:
            if self._embedder is None:
                self._embedder = models.open_model(self.store, self.models, self._wanted_model, self._log)
            return self._embedder

    def warm(self) -> None:
        """Open what questions need, and have the model ready for questions of every usual length: it prepares itself
        for each length when it meets it first, which would cost the first to ask some ten milliseconds."""
        self.engine().refresh()
        for words in WARM_WORDS:
            self.embedder().embed_query("word " * words)

    def engine(self) -> Engine:
        """The question path, built when first needed."""
        with self._lock:
            if self._engine is None:
                from search.engine import Engine

                self._engine = Engine(self.store, self.embedder, self.home)
            return self._engine

    @property
    def revision(self) -> int:
        """Grows with each committed change."""
        return self.store.revision

    # -- questions -----------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        k: int = 10,
        mode: Mode = Mode.HYBRID,
        filters: Filters | None = None,
        ignore: Collection[str] = (),
    ) -> SearchResult:
        """The `k` best passages for a query; see `search.engine.Engine.search`."""
        found = self.engine().search(sound(query), k, mode, understood(filters), ignore)
        return replace(found, hits=self._with_newer(found.hits), revision=self._shown(found.revision))

    def ask(self, question: str, filters: Filters | None = None, ignore: Collection[str] = ()) -> Answer:
        """An answer made of quotations, or an honest "not found"; see `search.engine.Engine.ask`. Whoever asks for help in
        an actual case gets the notice with hotlines, and no answer."""
        question = sound(question)
        language = call_for_help(question)
        if language is not None:
            notice = help_notice(self.home, language)
            said = "This asks for help in an actual case, which documents cannot give."
            return Answer(
                question, Status.NOT_FOUND, said, "", (), (), 0.0, self._shown(self.revision), 0.0, notice=notice
            )
        reply = self.engine().ask(question, understood(filters), ignore)
        outdated = self.relations().outdated
        cited = tuple(replace(one, newer=outdated.get(one.document.id)) for one in reply.citations)
        near = self._with_newer(reply.alternatives)
        return replace(reply, citations=cited, alternatives=near, revision=self._shown(reply.revision))

    def _shown(self, revision: int) -> int:
        """The revision as those are told who ask."""
        return revision

    def _all_documents(self) -> list[Document]:
        # A question has read them all already.
        return super()._all_documents() if self._engine is None else list(self._engine.catalogue().documents.values())

    def _with_newer(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        outdated = self.relations().outdated
        return tuple(replace(hit, newer=outdated.get(hit.document.id)) for hit in hits)

    # -- writing -------------------------------------------------------------------------------------------

    def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        workers: int | None = None,
        keep_missing: bool = False,
        reembed: bool = False,
        access: str | None = None,
        metadata: Path | None = None,
        progress: Report | None = None,
    ) -> IngestReport:
        """Bring the knowledge base in step with files and folders; see `ingest.sync.Sync`.

        Raises:
            UsageError: a path is missing, a folder empty, the metadata file wrong.
            LockedHomeError: another process is writing.
        """
        from ingest.archives import unpacked
        from ingest.discover import discover
        from ingest.never import read_never
        from ingest.overrides import read_metadata
        from ingest.sync import Options, Sync, refuse_empty

        roots, left_out = unpacked(paths, self.home)
        found = discover(roots, exclude=self.home)
        rows = None if metadata is None else read_metadata(metadata)
        never = read_never(self.home)
        if self._store is None:
            refuse_empty(found, {})
        store = self.store
        with store.writing(), audited(store):
            models.choose(store, self._wanted_model, self.embedder)
            options = Options(
                workers,
                keep_missing,
                reembed,
                access,
                rows,
                models.cut_for(self.model, self.models, self.embedder),
                never,
            )
            report = Sync(store, self.embedder, options, progress).run(found)
            remember_run(self.home, report)
            if report.revision:
                models.remember(self.store, self.embedder())
            if reembed:
                self.engine().rebuild()
            elif report.revision:
                self.engine().refresh()
        return replace(report, notes=(*left_out, *report.notes)) if left_out else report

    def forget(self, reference: str, *, purge: bool = False) -> Document:
        """Remove a document with everything that came of it; returns what it was. Its file is not touched.

        With `purge` its words leave the files of the home as well, copies of its file in the home among them; see
        `ui.purging`. That takes as long as a rebuild.
        """
        document = self.document(reference)
        with self.store.writing():
            if purge:
                purging.begin(self.store, document)
                audit.note(self.home, "removed", documents=[document.id])
                purging.finish(self.store, self.engine)
                return document
            copies = purging.copies_of(self.store, document)
            self.store.remove(document.id)
            purging.drop_values(self.store, copies, keep_labels=True)
            feedback.drop(self.home, document.id)
            audit.note(self.home, "removed", documents=[document.id])
            self.store.sweep_vectors()
            self.engine().refresh()
            self.store.compact()
        return document

    # -- health --------------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """What the knowledge base holds and whether it is well; quick, `verify` looks closer."""
        return status_of(self.store, self.home)

    def verify(self) -> list[Problem]:
        """Everything that is not whole: the store itself, its vectors, the indexes derived from it."""
        problems = damage(self.store)
        if not problems:
            problems += missing_vectors(self.store, self.embedder().fingerprint)
            problems += orphans(self.store)
            problems += self.engine().verify()
        if purging.pending(self.home):
            problems.append(Problem("A removal with --purge is not finished.", "rapporteur rebuild"))
        return problems

    def rebuild(self) -> None:
        """Derive the indexes, and vectors that are missing, again from the store."""
        with self.store.writing():
            purging.finish(self.store, self.engine)
            self.engine().rebuild()
            models.remember(self.store, self.embedder())

    def backup(self, file: Path) -> dict[str, Any]:
        """Copy the knowledge base into one file; see `corpus.backup.back_up`."""
        if self.server is not None:
            raise UsageError(
                f"The knowledge base lies on a server, whose own tools back it up: pg_dump --schema={self.server.schema}. "
                "For a copy in a folder, and a backup of that: rapporteur copy --to FOLDER"
            )
        return back_up(self.store, file)


def restore(file: Path, home: Path) -> dict[str, Any]:
    """Bring a backup back into an empty home; see `corpus.backup.restore`."""
    check_home(home)
    make_home(home)
    with WriterLock(home):
        return restore_backup(file, home)
