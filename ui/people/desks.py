"""The page's own memory where each may see another part: examples and lists for filters by clearance, adding by person."""

from __future__ import annotations

import threading
from pathlib import Path

from corpus.clearance import Clearance
from corpus.errors import UsageError
from ui.curating import Curator
from ui.handlers import Desk
from ui.people.accounts import check_label
from ui.people.cleared import Clearances, attended
from ui.people.person import Person, Role, present, required
from ui.people.porter import Porter
from ui.results import examples_html
from ui.standing import getting_ready
from ui.words import t

FOLDER = Path("library", "labelled")
PATIENCE = 20.0
PUBLIC = "public"


class Desks(Desk):
    """A desk for each clearance, opened when the first person of that clearance comes."""

    def __init__(self, clearances: Clearances, porter: Porter) -> None:
        super().__init__(attended(clearances), Curators(clearances, porter))
        self._clearances = clearances
        # What is measured of the server is of everything, for those who run it.
        self.whole = clearances.whole
        self._lock = threading.Lock()
        self._desks: dict[Clearance | None, Desk] = {}
        self._opening: list[threading.Thread] = []

    def open(self) -> None:
        """Load what every first question needs."""
        first = Desk(self._clearances.whole)
        first.close()
        first.open()
        self._trouble = first.trouble
        self.ready.set()

    def close(self) -> None:
        """Have all desks end soon, and wait for those that are inside the model."""
        super().close()
        for desk in self._desks.values():
            desk.close()
        for thread in self._opening:
            thread.join(PATIENCE)

    def _mine(self) -> Desk | None:
        person = present()
        if person is None or not self.ready.is_set() or self._closed.is_set():
            return None
        with self._lock:
            found = self._desks.get(person.clearance)
            if found is None:
                found = self._desks[person.clearance] = Desk(self._clearances.of(person.clearance))
                opening = threading.Thread(target=found.open, name="opening", daemon=True)
                self._opening = [one for one in self._opening if one.is_alive()] + [opening]
                opening.start()
            return found

    def ready_line(self) -> str:
        """As for one desk."""
        if not self.ready.is_set():
            return getting_ready()
        return super().ready_line()

    def settled(self) -> bool:
        """As for one desk."""
        mine = self._mine()
        return bool(self._trouble) or (mine is not None and mine.settled())

    def examples(self) -> str:
        """Questions that what the person may see answers."""
        mine = self._mine()
        return mine.examples() if mine is not None else examples_html(())

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What the person can choose in each filter."""
        mine = self._mine()
        return mine.choices() if mine is not None else super().choices()


class Curators:
    """Adds and removes documents for those who may, each under labels that they may see themselves."""

    def __init__(self, clearances: Clearances, porter: Porter) -> None:
        self._clearances = clearances
        self._porter = porter
        self._base = attended(clearances)
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Curator] = {}

    def of(self, label: str) -> Curator:
        """The curator's own table for documents of a label.

        Raises:
            UsageError: they may not add any under this label, or none at all.
        """
        person, label = curating(), check_label(label.strip() or PUBLIC).casefold()
        if label not in self.labels():
            raise UsageError(t("Your account does not allow to add documents under “{label}”.", label=label))
        key = (person.name.casefold(), label)
        with self._lock:
            if key not in self._made:
                self._made[key] = Curator(self._clearances.whole, FOLDER / label, label)
            return self._made[key]

    def labels(self) -> list[str]:
        """The labels that the present person may add documents under, `public` first."""
        person = required()
        known = {PUBLIC, *self._clearances.whole.store.access_labels()}
        people = self._porter.roster.people()
        known |= {label.casefold() for label in (people.labels() if people else [])}
        mine = known if person.clearance is None else person.clearance
        return sorted((label for label in mine if label), key=lambda label: (label != PUBLIC, label))

    def remove(self, document_id: str) -> str:
        """Remove a document that the present person may see; a sentence that says so.

        Raises:
            NotFoundError: there is none, or they may not see it.
        """
        curating()
        document = self._base.document(document_id)
        whole = self._clearances.whole
        label = document.access.strip().casefold()
        return Curator(whole, FOLDER / label, label).remove(document.id)


def curating() -> Person:
    """The present person, who may change the collection.

    Raises:
        UsageError: they may not.
    """
    person = required()
    if not person.role.covers(Role.CURATOR):
        raise UsageError(t("Your account does not allow this."))
    return person
