"""Members of staff and calls of them, as the engine leaves them in the database."""

from dataclasses import replace

from hub.sealing import Sealer
from hub.staff_contacts import StaffContact, set_contact
from rules.callouts import Callout
from rules.events import Event
from rules.instant import Instant
from rules.places import Place
from rules.priority import Priority
from rules.text import Language, Text
from store import users
from store.connection import Connection
from store.projections import Caused, write_state
from tests.contacts import SEALER

_PLACE = Place(text=Text(en="Building 1, flat 02-01", zh="1号楼02-01"), building="B1", floor=2)


def enrol(
    db: Connection,
    user: str,
    contact: StaffContact,
    *,
    now: Instant,
    language: Language = "en",
    sealer: Sealer = SEALER,
) -> None:
    """Make the engineer `user` somebody who can be reached."""
    users.add(db, user, "engineer", now=now)
    users.describe(db, user, role="engineer", language=language, duties=["EN"], name=None)
    set_contact(db, sealer, user, contact)


def callout(n: int, *, user: str = "eng", priority: Priority = "P1", at: Instant) -> Callout:
    """A call of the user to the `n`th incident."""
    return Callout(
        id=f"harbour-c{n}", estate="harbour", incident_id=f"harbour-i{n}",
        ticket_id=f"harbour-t{n}", user=user, duty="EN", level="L2", why="unanswered",
        priority=priority, text=Text(en=f"{priority} Fire {n}.", zh=f"{priority} 火情{n}。"),
        place=_PLACE, requested_at=at, called_at=at,
    )  # fmt: skip


def record(db: Connection, callouts: list[Callout], verb: str = "requested") -> None:
    """Write what the engine writes when this happens to the callouts."""
    write_state(
        db, [Caused(Event(f"callout.{verb}", c.called_at, "system", c), None) for c in callouts]
    )


def ended(callout: Callout, at: Instant) -> Callout:
    """The callout, answered."""
    return replace(callout, state="answered", ended_at=at)
