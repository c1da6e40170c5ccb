"""One knowledge base for each clearance: a store that sees no more, an engine over it, and caches of its own.

What is heavy is shared: the embedding model, and both derived indexes, through a filter (`search.cleared`).
"""

from __future__ import annotations

import threading
import zlib
from typing import Any, NoReturn, cast

from corpus.clearance import Clearance
from corpus.errors import UsageError
from corpus.meetings import meetings
from corpus.opening import open_store
from search.embed import Embedder
from search.engine import Engine
from ui.handlers import Base
from ui.people.person import required
from ui.service import KnowledgeBase

MOST = 64


class Cleared(KnowledgeBase):
    """A knowledge base as those see it who may see only these access labels. Nothing can be changed through it."""

    def __init__(self, whole: KnowledgeBase, visible: Clearance) -> None:
        super().__init__(whole.home, store=open_store(whole.home, whole.server, visible=visible))
        self._whole = whole
        self._seen: tuple[int, int] = (-1, 0)

    def embedder(self) -> Embedder:
        """The model that all share."""
        return self._whole.embedder()

    def engine(self) -> Engine:
        """The question path over what may be seen."""
        with self._lock:
            if self._engine is None:
                self._engine = Engine(self.store, self.embedder, self.home, self._whole.engine().indexes)
            return self._engine

    @property
    def revision(self) -> int:
        """Another number with each change of what may be seen, and with no other change."""
        real = self.store.revision
        if self._seen[0] != real:
            self._seen = real, zlib.crc32("\n".join(self.store.versions()).encode()) & 0x7FFFFFFF
        return self._seen[1]

    def _shown(self, revision: int) -> int:
        return self.revision

    def last_run(self) -> dict[str, Any] | None:
        """Nothing: how many files were read says something of those that may not be seen."""
        return None

    def _corrections(self) -> dict[str, dict[str, str]]:
        """What a curator said of the meetings of which all documents may be seen: it may have been read in any of them."""
        held = super()._corrections()
        if not held:
            return held
        mine, whole = (
            {one.id: {document.id for document in one.documents} for one in meetings(documents)}
            for documents in (self.documents(), self._whole.documents())
        )
        return {name: values for name, values in held.items() if name in mine and mine[name] == whole[name]}

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise UsageError("Whoever sees only a part of the knowledge base cannot change it.")

    ingest = forget = rebuild = backup = correct_meetings = follow_up = _refuse
    status = verify = _refuse


class Clearances:
    """The knowledge bases by clearance, made when first needed."""

    def __init__(self, whole: KnowledgeBase) -> None:
        self.whole = whole
        self._lock = threading.Lock()
        self._made: dict[Clearance, Cleared] = {}

    def of(self, visible: Clearance | None) -> KnowledgeBase:
        """The knowledge base for a clearance; the whole one where nothing is restricted."""
        if visible is None:
            return self.whole
        with self._lock:
            found = self._made.pop(visible, None) or Cleared(self.whole, visible)
            self._made[visible] = found
            while len(self._made) > MOST:
                # Whoever still asks of it goes on; its connections end with their threads.
                del self._made[next(iter(self._made))]
            return found

    def close(self) -> None:
        """Let go of all of them, and of the whole."""
        for one in self._made.values():
            one.close()
        self.whole.close()


class Attended:
    """Stands for a knowledge base where each may see another part: whatever is asked of it is asked of the one of the
    person who asks. For nobody nothing is answered."""

    def __init__(self, clearances: Clearances) -> None:
        self._clearances = clearances

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        person = required()
        return getattr(self._clearances.of(person.clearance), name)


def attended(clearances: Clearances) -> Base:
    """The knowledge base that each request finds as its person may see it."""
    return cast(Base, Attended(clearances))
