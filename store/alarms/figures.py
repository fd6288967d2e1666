"""What figures of alarm performance are made of: the alarm events of an estate and a period."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from rules.figures.alarm_history import STANDING, AlarmPoint, Transition
from rules.records.alarms import AlarmState
from rules.vocabulary.instant import Instant, from_datetime, from_rfc3339, to_datetime, to_rfc3339
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text
from store.database.connection import Connection

_ESTATES = """
SELECT id, created_at FROM estate
 WHERE %(estate)s::text IS NULL OR id = %(estate)s ORDER BY id
"""

_TRANSITIONS = """
SELECT seq, kind, at, recorded_at, record::text FROM event
 WHERE estate_id = %(estate)s AND kind LIKE 'alarm.%%'
   AND recorded_at >= %(from)s AND recorded_at < %(to)s
"""

# Alarms that may have stood then, by their latest record; and their record of that time. RFC 3339
# as `rules.vocabulary.instant` writes it sorts as text.
_STANDING = """
SELECT e.record::text FROM alarm a CROSS JOIN LATERAL
       (SELECT record FROM event
         WHERE kind LIKE 'alarm.%%' AND record->>'id' = a.id AND recorded_at < %(at)s
         ORDER BY seq DESC LIMIT 1) e
 WHERE a.estate_id = %(estate)s AND a.raised_at < %(at)s
   AND ((a.record->>'cleared_at') COLLATE "C" IS NULL
        OR (a.record->>'cleared_at') COLLATE "C" >= %(at_text)s)
"""

# A person set it and said why, or it is an alarm that explains.
_AUTHORISED = """
SELECT id FROM suppression
 WHERE estate_id = %(estate)s AND id = ANY(%(ids)s)
   AND record->>'by' <> '' AND record->>'reason' <> ''
UNION ALL
SELECT id FROM alarm WHERE estate_id = %(estate)s AND id = ANY(%(ids)s)
"""

_NAMES = """
SELECT id, record->'title', record->'place'->'text' FROM alarm WHERE id = ANY(%(ids)s)
"""

_AT_ONCE = 2_000


class _Record(msgspec.Struct, frozen=True, gc=False):
    """What is read of an alarm; older records lack what has a default."""

    id: str
    rule: str
    device: str
    priority: Priority
    state: AlarmState
    raised_at: str
    drill: bool = False
    suppression: str | None = None

    @property
    def standing(self) -> bool:
        return self.state in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)


_decode = msgspec.json.Decoder(_Record).decode


@dataclass(frozen=True, slots=True)
class ObservedEstate:
    """An estate and since when it is in the record."""

    id: str
    since_at: Instant


@dataclass(frozen=True, slots=True)
class AlarmName:
    """How a person knows an alarm."""

    title: Text
    place: Text


def estates(db: Connection, id_: str | None = None) -> list[ObservedEstate]:
    """All estates, or the one with this id."""
    return [
        ObservedEstate(estate, from_datetime(created))
        for estate, created in db.execute(_ESTATES, {"estate": id_})
    ]


def transitions(
    db: Connection, estate: str, *, from_at: Instant, to_at: Instant
) -> Iterator[Transition]:
    """What stood at `from_at`, and the alarm events told from then to before `to_at`; no drills.

    In no order; read as the caller goes on, within the transaction of `db`.
    """
    start = {"estate": estate, "at": to_datetime(from_at), "at_text": to_rfc3339(from_at)}
    for (record,) in db.execute(_STANDING, start):
        alarm = _decode(record)
        if alarm.standing and not alarm.drill:
            raised = from_rfc3339(alarm.raised_at)
            yield _transition(alarm, 0, STANDING, raised, raised)
    period = {"estate": estate, "from": to_datetime(from_at), "to": to_datetime(to_at)}
    with db.cursor("alarm_transitions") as cursor:
        cursor.itersize = _AT_ONCE
        for seq, kind, at, told, record in cursor.execute(_TRANSITIONS, period):
            alarm = _decode(record)
            if not alarm.drill:
                yield _transition(alarm, seq, kind, from_datetime(at), from_datetime(told))


def authorised(db: Connection, estate: str, ids: Iterable[str]) -> frozenset[str]:
    """Those of `ids` that are suppressions by a person with a reason, or alarms."""
    found = db.execute(_AUTHORISED, {"estate": estate, "ids": list(ids)})
    return frozenset(id_ for (id_,) in found)


def names(db: Connection, alarms: Iterable[str]) -> dict[str, AlarmName]:
    """The names of `alarms`, by id; those are left out whose record is not kept any more."""
    return {
        id_: AlarmName(Text(**title), Text(**place))
        for id_, title, place in db.execute(_NAMES, {"ids": list(alarms)})
    }


def _transition(alarm: _Record, seq: int, kind: str, at: Instant, told: Instant) -> Transition:
    return Transition(
        seq=seq,
        kind=kind,
        alarm=alarm.id,
        point=AlarmPoint(alarm.rule, alarm.device),
        priority=alarm.priority,
        at=at,
        told_at=told,
        raised_at=from_rfc3339(alarm.raised_at),
        standing=alarm.standing,
        suppression=alarm.suppression,
    )
