"""Members of staff and calls of them, as the engine leaves them in the database."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.people.staff_contacts import set_addresses
from hub.sealing.keys import load_keys
from hub.sealing.sealer import Sealer
from rules.records.callouts import Callout
from rules.records.events import Event
from rules.state.inputs import RosterChanged
from rules.vocabulary.instant import DAY, HOUR, MINUTE, Instant, to_rfc3339
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Language, Text
from store.database.connection import Connection, connect
from store.engine import inbox
from store.engine.inbox import Lane
from store.engine.projections import Caused, write_state
from store.people import users
from store.people.users import Role
from tests.rig.contacts import PHONE, SEALER
from tests.rig.hubs import RunningHub
from tests.rig.waiting import eventually

_REACHED = {"phone": PHONE}
_PLACE = Place(text=Text(en="Building 1, flat 02-01", zh="1号楼02-01"), building="B1", floor=2)


def enrol(
    db: Connection,
    user: str,
    addresses: Mapping[str, str],
    *,
    now: Instant,
    role: Role = "engineer",
    language: Language = "en",
    sealer: Sealer = SEALER,
) -> None:
    """Make `user` somebody who can be reached."""
    users.add(db, user, role, now=now)
    users.describe(db, user, role=role, language=language, duties=["EN"], name=None)
    set_addresses(db, sealer, user, addresses)


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


def call_staff(hub: RunningHub, addresses: Mapping[str, str] = _REACHED) -> None:
    """Let 15 minutes pass in which nobody answers; an engineer and a shift leader are on duty."""
    now = hub.clock()
    shifts = [
        {"duty": duty, "user": user, "from": to_rfc3339(now - HOUR), "until": to_rfc3339(now + DAY)}
        for duty, user in (("EN", "engineer"), ("SL", "operator"))
    ]
    sealer = load_keys(hub.settings).sealer
    with connect(hub.dsn, name="tests") as db:
        enrol(db, "engineer", addresses, now=now, sealer=sealer)
        enrol(db, "operator", addresses, now=now, role="operator", sealer=sealer)
        roster = RosterChanged(1, {"shifts": shifts, "neighbours": []})
        inbox.append(
            db, estate_id="harbour", lane=Lane.COMMANDS, kind="roster", body=roster, at=now
        )
    hub.clock.ahead += 16 * MINUTE
    eventually(lambda: len(open_calls(hub)) == 1, what="the engineer is called")


def open_calls(hub: RunningHub, user: str = "engineer") -> list[Any]:
    """What the user is called to and has not answered."""
    with hub.client("manager") as manager:
        query = {"user": user, "open": "true"}
        found: list[Any] = manager.get("/callouts", params=query).json()["items"]
        return found
