"""Events of which only their numbers matter, written as an engine writes them."""

from hub.clock import system_clock
from rules.records.events import Event, SystemAlarm
from store.database.connection import Connection
from store.engine import projections
from store.engine.projections import Caused
from tests.rig.estates import ESTATE


def happen(db: Connection, count: int = 1, *, estate: str = ESTATE, padding: str = "") -> int:
    """The end of a batch with `count` events, not committed; gives the number of the last."""
    now = system_clock()
    event = Event("system.alarm", now, "system", SystemAlarm("x", estate, padding))
    caused = [Caused(event, None)] * count
    numbers = projections.write_events(db, estate, 1, now, caused)
    assert numbers is not None
    projections.announce(db, estate, last_seq=numbers[1], commands_upto=0)
    return numbers[1]
