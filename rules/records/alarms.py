"""Alarms and their life cycle by ISA-18.2-2016 / IEC 62682 (states A to F of DOMAIN section 2)."""

from dataclasses import dataclass, replace
from enum import StrEnum

from rules.records.noun import Noun, Table
from rules.records.suppressions import Holder, SuppressionKind
from rules.vocabulary.instant import Instant
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text


class AlarmState(StrEnum):
    """The letters are those of ISA-18.2's state diagram."""

    NORMAL = "normal"  # A
    UNACKNOWLEDGED = "unacknowledged"  # B
    ACKNOWLEDGED = "acknowledged"  # C
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"  # D
    LATCHED_UNACKNOWLEDGED = "latched_unacknowledged"  # E
    LATCHED_ACKNOWLEDGED = "latched_acknowledged"  # F


_S = AlarmState
_RAISE = dict.fromkeys(_S, _S.UNACKNOWLEDGED) | {
    _S.UNACKNOWLEDGED: _S.UNACKNOWLEDGED,
    _S.ACKNOWLEDGED: _S.ACKNOWLEDGED,
}
_REALARM = {_S.ACKNOWLEDGED: _S.UNACKNOWLEDGED}
_CLEAR = {_S.UNACKNOWLEDGED: _S.RETURNED_UNACKNOWLEDGED, _S.ACKNOWLEDGED: _S.NORMAL}
_CLEAR_LATCHING = {
    _S.UNACKNOWLEDGED: _S.LATCHED_UNACKNOWLEDGED,
    _S.ACKNOWLEDGED: _S.LATCHED_ACKNOWLEDGED,
}
_ACKNOWLEDGE = {
    _S.UNACKNOWLEDGED: _S.ACKNOWLEDGED,
    _S.RETURNED_UNACKNOWLEDGED: _S.NORMAL,
    _S.LATCHED_UNACKNOWLEDGED: _S.LATCHED_ACKNOWLEDGED,
}
_RESET = {_S.LATCHED_ACKNOWLEDGED: _S.NORMAL}


@dataclass(frozen=True, slots=True)
class Alarm:
    """An abnormal condition that needs a person's timely response.

    `value` is what raised it, in `unit`; `advice` what to do first; `source` where the rule's
    figures come from. `raised_at` and `cleared_at` are event times, `acknowledged_at` is when
    the command took effect. `count` is how often the condition has been raised. `suppression`
    is the id of what holds it back: a `Suppression`, or the alarm that explains it. `told_at` is
    when its readings came, if that was too late to annunciate it at its time.
    """

    id: str
    estate: str
    device: str
    signal: str
    rule: str
    rule_version: int
    priority: Priority
    state: AlarmState
    latching: bool
    title: Text
    advice: Text
    place: Place
    value: float | str
    unit: str
    source: str
    raised_at: Instant
    incident_id: str | None = None
    cleared_at: Instant | None = None
    acknowledged_at: Instant | None = None
    acknowledged_by: str | None = None
    first_out: bool = False
    drill: bool = False
    count: int = 1
    suppression: str | None = None
    suppression_kind: SuppressionKind | None = None
    chattering: bool = False
    stale: bool = False
    told_at: Instant | None = None

    @property
    def active(self) -> bool:
        """On the operator's board: the condition stands, or nobody has answered or reset it."""
        return self.state is not AlarmState.NORMAL

    @property
    def standing(self) -> bool:
        """The condition itself is true now."""
        return self.state in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)


def raise_again(alarm: Alarm, *, value: float | str) -> Alarm:
    """The same condition again, soon after it went away: states A, D, E, F to B.

    What held it back then may not do so now: the caller judges that.
    """
    return replace(
        alarm,
        state=_RAISE[alarm.state],
        value=value,
        cleared_at=None,
        acknowledged_at=None,
        acknowledged_by=None,
        suppression=None,
        suppression_kind=None,
        count=alarm.count + 1,
    )


def clear(alarm: Alarm, *, at: Instant) -> Alarm:
    """The condition went away: B to D and C to A, or E and F where the alarm latches.

    A suppressed alarm asks for no answer, so it is back to normal at once.
    """
    table = _CLEAR_LATCHING if alarm.latching else _CLEAR
    state = _S.NORMAL if alarm.suppression else table[alarm.state]
    return replace(alarm, state=state, cleared_at=at, stale=False, chattering=False)


def can_acknowledge(alarm: Alarm) -> bool:
    return alarm.state in _ACKNOWLEDGE


def acknowledge(alarm: Alarm, *, by: str, at: Instant) -> Alarm:
    """A person has seen it: B to C, D to A, E to F. Precondition: `can_acknowledge`."""
    return replace(alarm, state=_ACKNOWLEDGE[alarm.state], acknowledged_by=by, acknowledged_at=at)


def can_reset(alarm: Alarm) -> bool:
    return alarm.state in _RESET


def reset(alarm: Alarm) -> Alarm:
    """A latched, acknowledged alarm back to normal: F to A. Precondition: `can_reset`."""
    return replace(alarm, state=_RESET[alarm.state])


def can_realarm(alarm: Alarm) -> bool:
    return alarm.state in _REALARM and alarm.suppression is None


def realarm(alarm: Alarm) -> Alarm:
    """Acknowledged long ago and still there: C to B. Precondition: `can_realarm`."""
    return replace(alarm, state=_REALARM[alarm.state], acknowledged_at=None, acknowledged_by=None)


def suppress(alarm: Alarm, holder: Holder) -> Alarm:
    """Held back: G, H or I."""
    kind, id_ = holder
    return replace(alarm, suppression=id_, suppression_kind=kind)


def unsuppress(alarm: Alarm) -> Alarm:
    """No longer held back; a condition that stands goes to B (ISA-18.2)."""
    free = replace(alarm, suppression=None, suppression_kind=None)
    if not alarm.standing:
        return free
    return replace(free, state=_S.UNACKNOWLEDGED, acknowledged_at=None, acknowledged_by=None)


_VERBS = (
    "raised", "raised_again", "realarmed", "acknowledged", "cleared", "reset", "recorded",
    "suppressed", "unsuppressed", "chattering", "settled", "became_stale", "moved",
    "first_out_changed",
)  # fmt: skip

NOUN = Noun(
    "alarm",
    Alarm,
    _VERBS,
    begins="raised",
    letter="a",
    held="alarms",
    then_held="settled",
    stands=lambda alarm: alarm.active,
    incident="incident_id",
    table=Table(
        "alarm",
        ("rule", "priority", "state", "raised_at", "incident_id"),
        {"device_id": lambda alarm: alarm.device},
    ),
)
