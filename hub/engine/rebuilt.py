"""Beginning without a snapshot: from the tables, the versions in force and the last readings."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from hub.errors import HubError
from rules.catalogue import device_types, rulebook_from, shared_body
from rules.estate.file import EstateFault, expand, parse
from rules.estate.graph import Estate
from rules.rebuilding import UNKNOWN_SINCE, OnRecord, rebuild
from rules.records.rosters import Roster
from rules.rulebook.rulebook import Rulebook, as_data
from rules.state.inputs import Fault
from rules.state.state import NOTICES_KEPT, State
from rules.vocabulary.instant import DAY
from store.database.connection import Connection
from store.engine import current_state
from store.engine.batches import Batch


class BlindEngine(HubError):
    """An estate has devices, and the state that an engine would begin with knows none of them."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What the state after batch `batch_no` could not be given back.

    `conditions` counts, by rule, those that begin anew; `timers`, by kind, those set anew.
    """

    batch_no: int
    conditions: dict[str, int]
    timers: dict[str, int]
    whole: bool

    def fault(self) -> Fault:
        """What the operator is told: a P1 where the whole was lost."""
        conditions = _counted(self.conditions)
        if not self.whole:
            detail = f"conditions that begin anew, as their memory cannot be read: {conditions}"
            return Fault(f"memory/{self.batch_no}", detail, "P1")
        detail = (
            f"no snapshot up to batch {self.batch_no} can be read: the state was rebuilt from its "
            f"records; conditions that begin anew: {conditions}; timers set anew: "
            f"{_counted(self.timers)}; readings that waited for earlier ones are lost. "
            "Look at each place that may be in alarm, then mark this as seen"
        )
        return Fault(f"rebuilt/{self.batch_no}", detail, "P1")


def lost_of(state: State, batch: Batch, *, whole: bool) -> Lost:
    """What `state`, restored or rebuilt, has not of what was known after `batch`."""
    rules = Counter(key.partition("/")[0] for key in state.begun_anew)
    kinds = Counter(kind for kind, _ in state.timers.running if kind in UNKNOWN_SINCE)
    return Lost(batch.no, dict(rules), dict(kinds), whole)


def rebuilt(db: Connection, estate_id: str, shipped: Rulebook, last: Batch) -> State:
    """The estate's state after `last`, its newest batch, by all that is on record.

    `shipped` decides where no version of the rules is in force that this program can read.
    """
    estate_version, file, estate = _estate(db, estate_id, last)
    rulebook_version, body, rulebook = _rulebook(db, estate_id, last, shipped)
    kept = max(round(rulebook.ticket_policy.reopen_within_days * DAY), NOTICES_KEPT)
    records = [
        *current_state.records(db, estate_id, since_at=last.now - kept),
        *current_state.statuses(db, estate_id, now=last.now),
    ]
    signals = {id_: sorted(type_.signals) for id_, type_ in device_types().by_id.items()}
    known = OnRecord(
        estate=estate,
        rulebook=rulebook,
        estate_version=estate_version,
        estate_file=file,
        rulebook_version=rulebook_version,
        rulebook_body=body,
        roster=_roster(db, estate_id, last),
        records=records,
        numbers=current_state.numbers(db, estate_id),
        readings=current_state.newest_readings(db, estate_id, signals=signals, upto=last.upto),
    )
    state = rebuild(known, last.now)
    state.superseded_plans = _superseded(db, state)
    return state


def refuse_blindness(db: Connection, state: State, last: Batch) -> None:
    """Raises BlindEngine: the version in force has devices, and `state` has none."""
    if not state.estate.devices and _estate(db, state.estate_id, last)[2].devices:
        raise BlindEngine(
            f"estate {state.estate_id}: its graph has devices, but the state after batch {last.no} "
            "has none; delete its snapshots, so that it is rebuilt"
        )


def _estate(db: Connection, estate_id: str, last: Batch) -> tuple[int, dict[str, Any], Estate]:
    for number, body in current_state.versions(db, estate_id, "estate", upto=last.upto[0]):
        try:
            return number, body, expand(parse(body), device_types())
        except EstateFault:
            continue  # it was refused then, too: the one before stayed in force
    return 0, {}, Estate.nothing(estate_id)


def _rulebook(
    db: Connection, estate_id: str, last: Batch, shipped: Rulebook
) -> tuple[int, dict[str, Any], Rulebook]:
    for number, body in current_state.versions(db, estate_id, "rulebook", upto=last.upto[0]):
        try:
            return number, shared_body(body), rulebook_from(body)
        except ValidationError:
            continue
    return 0, {}, shipped


def _roster(db: Connection, estate_id: str, last: Batch) -> Roster:
    for number, body in current_state.versions(db, estate_id, "roster", upto=last.upto[0]):
        try:
            return Roster.parse(number, body)
        except ValidationError:
            continue
    return Roster()


def _superseded(db: Connection, state: State) -> dict[str, dict[str, Any]]:
    """The plans that open incidents began with and that are not in force as they were."""
    found: dict[str, dict[str, Any]] = {}
    for incident in state.incidents.values():
        id_, version = incident.plan, incident.plan_version
        if id_ is None or version is None:
            continue
        now = state.rulebook.plans.get(id_)
        then = current_state.plan(db, state.estate_id, id_, version)
        if then is not None and (now is None or then != as_data(now)):
            found[f"{id_}/{version}"] = then
    return found


def _counted(of: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(of.items())) or "none"
