"""The rulebook that each estate goes by now, read anew only when it has another version."""

import structlog
from pydantic import ValidationError

from hub.versions.rulebook_record import edition_of
from rules.catalogue import rulebook as shipped_rulebook
from rules.rulebook.rulebook import Rulebook
from rules.written.sentences import sentences
from store import rulebook
from store.database.connection import Connection

log = structlog.get_logger(__name__)


class RulebooksInForce:
    """Keeps the newest rulebook of each estate in memory; threads may share it.

    Until an engine first had the estate, and where this program cannot read its rules, those that
    ship are in force, as with the engine.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Rulebook]] = {}

    def of(self, db: Connection, estate: str) -> Rulebook:
        """What decides on the estate: one look at its version where nothing has changed."""
        number = rulebook.newest_number(db, estate)
        known = self._known.get(estate)
        if known is None or known[0] != number:
            known = self._known[estate] = (number, _read(db, estate))
        return known[1]


def _read(db: Connection, estate: str) -> Rulebook:
    latest = rulebook.latest(db, estate)
    if latest is None:
        return shipped_rulebook()
    try:
        return edition_of(latest).rulebook
    except ValidationError as error:
        log.warning("rules_unreadable", estate=estate, version=latest.number,
                    reason="; ".join(sentences(error)))  # fmt: skip
        return shipped_rulebook()
