"""Proof that an estate's inbox still gives the events that were recorded."""

from dataclasses import dataclass

from hub.engine.fold import Difference, fold
from hub.errors import HubError
from hub.versions.estate import UnknownEstate
from rules.rulebook.rulebook import Rulebook
from store.database.connection import connect
from store.engine import batches
from store.estate import estates


class HistoryRetired(HubError):
    """The inbox no longer reaches back to the estate's first batch."""


@dataclass(frozen=True, slots=True)
class Replay:
    """How many batches were stepped again, and the first that came out otherwise, if any."""

    estate: str
    batches: int
    difference: Difference | None


def replay(dsn: str, rulebook: Rulebook, estate_id: str) -> Replay:
    """Fold the estate's whole inbox again, beside a running engine, and compare every event.

    Raises UnknownEstate. Raises HistoryRetired: retention removed entries that the replay needs.
    """
    with connect(dsn, name="replay", autocommit=True) as db:
        if estates.latest(db, estate_id) is None:
            raise UnknownEstate(f"estate {estate_id!r}: not known; import it first")
        if not batches.reaches_back(db, estate_id):
            raise HistoryRetired(
                f"estate {estate_id}: the first batches were retired; replay a backup that has them"
            )
        folded = fold(db, estate_id, rulebook, from_start=True)
    return Replay(estate_id, folded.batches, folded.difference)
