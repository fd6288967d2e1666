"""Reports: how well the alarm system serves its operators."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.api.http import examples
from hub.api.http.access import Reader
from hub.api.http.context import Hub
from hub.api.http.parameters import Moment
from hub.api.http.problems import FieldError, Problem, described, not_found
from hub.api.http.records import model_of
from hub.api.http.stored_json import as_answer
from rules.figures.alarm_figures import AlarmFigures, figures
from rules.figures.alarm_history import AlarmPoint, Period, Transition
from rules.records.json_form import as_json
from rules.vocabulary.fields import ID_PATTERN
from rules.vocabulary.instant import DAY, MINUTE, Instant, from_datetime, to_datetime, to_rfc3339
from store.alarms import figures as alarm_figures
from store.alarms.figures import AlarmName, ObservedEstate
from store.database.connection import Connection

router = APIRouter(prefix="/reports", tags=["reports"])

_SHORTEST = timedelta(minutes=10)
_LONGEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class AlarmPerformance:
    """The figures of one operator position, that is of one estate.

    `recorded_since_at` is when the estate came into the record: no alarm is known from before.
    `names` are those of the alarms that the figures list, by id.
    """

    estate: str
    recorded_since_at: Instant
    figures: AlarmFigures
    names: dict[str, AlarmName]


def _example() -> Any:
    alarm = examples.ALARM
    point, raised_at = AlarmPoint(alarm.rule, alarm.device), alarm.raised_at
    told = Transition(
        1, "alarm.raised", alarm.id, point, alarm.priority, raised_at, raised_at, raised_at, True
    )
    period = Period(raised_at - 30 * MINUTE, raised_at + 30 * MINUTE)
    return as_json(
        AlarmPerformance(
            estate=alarm.estate,
            recorded_since_at=raised_at - 30 * DAY,
            figures=figures([told], period, authorised=frozenset()),
            names={alarm.id: AlarmName(alarm.title, alarm.place.text)},
        )
    )


_ANSWERS = {
    **described(401, 404),
    200: {"content": {"application/json": {"example": _example()}}},
}


@router.get("/alarm-performance", response_model=model_of(AlarmPerformance), responses=_ANSWERS)
def report_alarm_performance(
    hub: Hub,
    _: Reader,
    estate: Annotated[
        str | None, Query(pattern=ID_PATTERN, description="May be left out where there is one.")
    ] = None,
    from_: Annotated[
        Moment | None, Query(alias="from", description="Default: a day before `to`.")
    ] = None,
    to: Annotated[
        Moment | None, Query(description="Before this; default, and at the most: now.")
    ] = None,
) -> Response:
    """Standing figures of alarm performance by ISA-18.2 and EEMUA 191, over 10 minutes to 92 days.

    Each stands beside its target with a verdict. For points that alarm too often, a longer
    on-delay or off-delay is proposed from what they did.
    """
    period = _period(from_, to, hub.clock())
    with hub.pool.connection() as db:
        found = _estate(db, estate)
        return as_answer(as_json(_performance(db, found, period)))


def _performance(db: Connection, estate: ObservedEstate, period: Period) -> AlarmPerformance:
    transitions = list(
        alarm_figures.transitions(db, estate.id, from_at=period.from_at - DAY, to_at=period.to_at)
    )
    holders = {t.suppression for t in transitions if t.suppression is not None}
    authorised = alarm_figures.authorised(db, estate.id, holders)
    found = figures(transitions, period, authorised=authorised)
    listed = {
        *(actor.alarm for actor in found.bad_actors),
        *(point.alarm for point in found.chattering_points),
        *(stale.alarm for stale in found.stale_alarms),
    }
    return AlarmPerformance(
        estate=estate.id,
        recorded_since_at=estate.since_at,
        figures=found,
        names=alarm_figures.names(db, listed),
    )


def _period(from_: Moment | None, to: Moment | None, now: Instant) -> Period:
    """Raises Problem: too short or too long."""
    until = min(to or to_datetime(now), to_datetime(now))
    since = from_ or until - timedelta(days=1)
    if not _SHORTEST <= until - since <= _LONGEST:
        remedy = (
            f"let `from` be 10 minutes to {_LONGEST.days} days before `to`, "
            f"which is now ({to_rfc3339(now)}) at the most"
        )
        error = FieldError(field="query.from", value=since.isoformat(), remedy=remedy)
        raise Problem(422, "unusable-input", "1 input cannot be used", errors=[error])
    return Period(from_datetime(since), from_datetime(until))


def _estate(db: Connection, id_: str | None) -> ObservedEstate:
    """Raises Problem: there is no such estate, or several and none is named."""
    found = alarm_figures.estates(db, id_)
    if len(found) == 1:
        return found[0]
    if id_ is not None:
        raise not_found("estate", id_)
    remedy = f"name one of {', '.join(estate.id for estate in found) or 'them once there are any'}"
    error = FieldError(field="query.estate", value="", remedy=remedy)
    raise Problem(422, "unusable-input", "1 input cannot be used", errors=[error])
