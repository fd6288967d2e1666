"""A state as bytes, so that a restart need not fold the whole inbox again."""

from typing import Any

import msgspec

from rules.alarms import Alarm
from rules.catalogue import device_types
from rules.conditions.leaves import Memory
from rules.estate_file import EstateFault, expand, parse
from rules.events import DeviceStatus
from rules.incidents import Incident
from rules.instant import Instant
from rules.notices import Notice
from rules.rulebook import Rulebook
from rules.state import State
from rules.tickets import Ticket
from rules.watches import Watches


class UnusableSnapshot(Exception):
    """The bytes are not a snapshot of this version: fold the inbox from its start instead."""


class _Saved(msgspec.Struct):
    estate_id: str
    estate_version: int
    estate_file: dict[str, Any]
    alarms: dict[str, Alarm]
    incidents: dict[str, Incident]
    tickets: dict[str, Ticket]
    notices: dict[str, Notice]
    devices: dict[str, DeviceStatus]
    numbers: dict[str, int]
    evidence: dict[str, dict[str, Instant]]
    told: dict[str, dict[str, str]]
    closed: list[tuple[Instant, str]]
    watches: dict[str, Memory]
    points: list[Memory]
    heard_at: Instant
    held_until: Instant


def save(state: State) -> bytes:
    """The whole of `state`, except the rulebook, which ships with the program."""
    return msgspec.msgpack.encode(
        _Saved(
            estate_id=state.estate_id,
            estate_version=state.estate_version,
            estate_file=state.estate_file,
            alarms=state.alarms,
            incidents=state.incidents,
            tickets=state.tickets,
            notices=state.notices,
            devices=state.devices,
            numbers=state.numbers,
            evidence=state.evidence,
            told=state.told,
            closed=list(state.closed),
            watches=state.watches.memory(),
            points=state.watches.points_memory(),
            heard_at=state.heard_at,
            held_until=state.held_until,
        )
    )


def load(data: bytes, rulebook: Rulebook) -> State:
    """The state that `save` gave, bound to `rulebook`. Raises UnusableSnapshot."""
    try:
        return _restored(msgspec.msgpack.decode(data, type=_Saved), rulebook)
    except (msgspec.DecodeError, EstateFault, ValueError, TypeError, KeyError) as error:
        raise UnusableSnapshot(f"snapshot cannot be read ({error})") from error


def _restored(saved: _Saved, rulebook: Rulebook) -> State:
    state = State.empty(saved.estate_id, rulebook)
    if saved.estate_version:
        state.estate = expand(parse(saved.estate_file), device_types())
        state.watches = Watches(state.estate, rulebook)
    state.estate_version, state.estate_file = saved.estate_version, saved.estate_file
    state.alarms, state.incidents, state.tickets = saved.alarms, saved.incidents, saved.tickets
    state.notices, state.devices, state.numbers = saved.notices, saved.devices, saved.numbers
    state.evidence, state.told = saved.evidence, saved.told
    state.closed.extend(saved.closed)
    state.heard_at, state.held_until = saved.heard_at, saved.held_until
    state.incident_ids = {i.key: i.id for i in saved.incidents.values()}
    state.watches.restore(saved.watches, saved.points)
    return state
