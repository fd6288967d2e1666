"""Building the report of an incident from its records and events; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from hub.reports import lines
from hub.reports.drill_score import scored
from hub.reports.timeline import timeline
from hub.reports.who_did_what import people
from hub.reports.words import span, word, word_or_key
from rules.records.alarms import Alarm
from rules.records.drills import Drill
from rules.records.events import Event
from rules.records.incidents import Incident
from rules.records.notices import Notice
from rules.records.reviews import AftercareTask, Review
from rules.records.tickets import Clock, Task, Ticket
from rules.vocabulary.instant import Instant, to_datetime
from rules.vocabulary.text import Text

_REACHED = 0.95


@dataclass(frozen=True, slots=True)
class Sources:
    """All that the report of one incident is made of. `roles` are those of users, by id."""

    estate: Text
    timezone: str
    incident: Incident
    tickets: Sequence[Ticket]
    alarms: Sequence[Alarm]
    notices: Sequence[Notice]
    reviews: Sequence[Review]
    events: Sequence[Event]
    roles: Mapping[str, str]
    now: Instant
    drill: Drill | None = None


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """The whole of it, as page and PDF show it. Sums are in fen; times local to the estate."""

    incident: str
    estate: Text
    timezone: str
    made: str
    title: Text
    place: Text
    level: str
    drill: bool
    scored: lines.DrillLine | None
    outcome: Text | None
    opened: str
    closed: str | None
    lasted: Text | None
    plan: str | None
    plan_version: int | None
    finished: bool
    conclusion: str
    alarms: tuple[lines.AlarmLine, ...]
    clocks: tuple[lines.ClockLine, ...]
    tasks: tuple[lines.TaskLine, ...]
    aftercare: tuple[lines.TaskLine, ...]
    notices: lines.NoticeFigures
    people: tuple[lines.Person, ...]
    costs: tuple[lines.CostLine, ...]
    costs_fen: int
    damages: tuple[lines.DamageLine, ...]
    damages_fen: int
    offers_fen: int
    cause: lines.CauseLine | None
    measures: tuple[lines.MeasureLine, ...]
    photos: tuple[lines.Photo, ...]
    timeline: tuple[lines.Moment, ...]


def build_report(sources: Sources) -> IncidentReport:
    """The report as things stand at `sources.now`. It holds no name, telephone or address."""
    incident, zone, now = sources.incident, ZoneInfo(sources.timezone), sources.now
    tickets, reviews = sources.tickets, sources.reviews
    damages = tuple(line for review in reviews for line in _damages_of(review))
    costs = tuple(_costs(tickets))
    closed_at = incident.closed_at
    return IncidentReport(
        incident=incident.id,
        estate=sources.estate,
        timezone=sources.timezone,
        made=local(now, zone),
        title=incident.title,
        place=incident.place.text,
        level=incident.level,
        drill=incident.drill,
        scored=scored(sources.drill, zone) if sources.drill else None,
        outcome=word("outcome", incident.outcome) if incident.outcome else None,
        opened=local(incident.opened_at, zone),
        closed=local(closed_at, zone) if closed_at else None,
        lasted=span(closed_at - incident.opened_at) if closed_at else None,
        plan=incident.plan,
        plan_version=incident.plan_version,
        finished=bool(reviews) and all(review.state == "done" for review in reviews),
        conclusion="\n".join(r.conclusion for r in reviews if r.conclusion),
        alarms=tuple(_alarm(alarm, zone) for alarm in sources.alarms),
        clocks=tuple(
            _clock(ticket.id, name, clock, zone, now)
            for ticket in tickets
            for name, clock in ticket.clocks.items()
        ),
        tasks=tuple(_task(task, zone, now) for ticket in tickets for task in ticket.tasks),
        aftercare=tuple(_aftercare(t, zone, now) for review in reviews for t in review.tasks),
        notices=_notices(sources.notices),
        people=people(sources.events, sources.roles),
        costs=costs,
        costs_fen=sum(line.cost_fen for line in costs),
        damages=damages,
        damages_fen=sum(line.cost_fen for line in damages),
        offers_fen=sum(line.offer_fen or 0 for line in damages),
        cause=_cause(reviews, zone),
        measures=tuple(_measures(reviews, zone, now)),
        photos=tuple(_photos(tickets, reviews)),
        timeline=timeline(sources.events, zone),
    )


def local(at: Instant, zone: ZoneInfo) -> str:
    """Date and second in the estate's time zone."""
    return to_datetime(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _local(at: Instant | None, zone: ZoneInfo) -> str | None:
    return None if at is None else local(at, zone)


def _alarm(alarm: Alarm, zone: ZoneInfo) -> lines.AlarmLine:
    return lines.AlarmLine(
        id=alarm.id,
        title=alarm.title,
        place=alarm.place.text,
        priority=alarm.priority,
        rule=alarm.rule,
        rule_version=alarm.rule_version,
        raised=local(alarm.raised_at, zone),
        cleared=_local(alarm.cleared_at, zone),
        acknowledged=_local(alarm.acknowledged_at, zone),
        acknowledged_by=alarm.acknowledged_by,
        first_out=alarm.first_out,
    )


def _clock(ticket: str, name: str, clock: Clock, zone: ZoneInfo, now: Instant) -> lines.ClockLine:
    ended_at = clock.met_at if clock.met_at is not None else clock.stopped_at
    late = (now if ended_at is None else ended_at) > clock.due_at
    if clock.met_at is not None:
        state = "late" if late else "met"
    else:
        state = "open" if clock.stopped_at is None else "never"
    return lines.ClockLine(
        ticket=ticket,
        name=word_or_key("clock", name),
        due=local(clock.due_at, zone),
        done=_local(clock.met_at, zone),
        margin=None if clock.met_at is None else span(clock.due_at - clock.met_at),
        state=word("standing", state),
        late=late,
    )


def _task(task: Task, zone: ZoneInfo, now: Instant) -> lines.TaskLine:
    ended_at = None if task.state == "open" and not task.times else task.ended_at
    return lines.TaskLine(
        id=task.id,
        duty=word("duty", task.role),
        title=task.title,
        due=_local(task.due_at, zone),
        done=_local(ended_at, zone),
        by=task.ended_by,
        state=word("standing", task.state if task.due or task.state != "open" else "done"),
        late=task.overdue_at is not None or _is_late(task.due_at, ended_at, now),
        note=task.note,
    )


def _aftercare(task: AftercareTask, zone: ZoneInfo, now: Instant) -> lines.TaskLine:
    return lines.TaskLine(
        id=task.id,
        duty=word("duty", task.role),
        title=task.title,
        due=local(task.due_at, zone),
        done=_local(task.ended_at, zone),
        by=task.ended_by,
        state=word("standing", task.state),
        late=_is_late(task.due_at, task.ended_at, now),
        note=task.note,
        household=task.household,
        score=task.score,
    )


def _is_late(due_at: Instant | None, ended_at: Instant | None, now: Instant) -> bool:
    return due_at is not None and (now if ended_at is None else ended_at) > due_at


def _notices(notices: Sequence[Notice]) -> lines.NoticeFigures:
    """One that was withdrawn counts as asked for only if a household has it all the same."""
    sent = [n for n in notices if n.state != "withdrawn" or _delivered_at(n) is not None]
    templates = dict.fromkeys(n.template for n in sent)
    return lines.NoticeFigures(
        requested=len(sent),
        delivered=_count_delivered(sent),
        read=_count_read(sent),
        withdrawn=len(notices) - len(sent),
        reach_95=reach_95(sent),
        by_template=tuple(
            lines.NoticeLine(t, len(of), _count_delivered(of), _count_read(of))
            for t in templates
            for of in [[n for n in sent if n.template == t]]
        ),
    )


def _count_delivered(notices: Iterable[Notice]) -> int:
    return sum(_delivered_at(n) is not None for n in notices)


def _count_read(notices: Iterable[Notice]) -> int:
    return sum(n.read_at is not None for n in notices)


def _delivered_at(notice: Notice) -> Instant | None:
    """The first sign that the household has it."""
    signs = (notice.delivered_at, notice.reached_at, notice.read_at)
    return min((at for at in signs if at is not None), default=None)


def reach_95(notices: Sequence[Notice]) -> Text | None:
    """From the first request until 95 % of the first message were delivered; None: never.

    The all-clear and updates come later by design, so only the message asked for first counts.
    """
    if not notices:
        return None
    first = min(notices, key=lambda n: (n.requested_at, n.id))
    wave = [n for n in notices if (n.template, n.version) == (first.template, first.version)]
    times = sorted(at for n in wave if (at := _delivered_at(n)) is not None)
    needed = -int(-len(wave) * _REACHED // 1)
    return span(times[needed - 1] - first.requested_at) if len(times) >= needed else None


def _costs(tickets: Sequence[Ticket]) -> Iterable[lines.CostLine]:
    for ticket in tickets:
        for e in ticket.efforts:
            yield lines.CostLine(ticket.id, e.words, e.quantity, e.unit, e.cost_fen, e.by)


def _damages_of(review: Review) -> Iterable[lines.DamageLine]:
    for damage in sorted(review.damages, key=lambda d: d.household):
        yield lines.DamageLine(
            household=damage.household,
            items=tuple(lines.DamageItemLine(i.words, i.cost_fen) for i in damage.items),
            cost_fen=damage.cost_fen,
            offer_fen=damage.offer_fen,
            signed=damage.signature is not None,
            photos=len(damage.photos),
        )


def _cause(reviews: Sequence[Review], zone: ZoneInfo) -> lines.CauseLine | None:
    """The one that was recorded last."""
    found = [review.cause for review in reviews if review.cause is not None]
    if not found:
        return None
    cause = found[-1]
    return lines.CauseLine(
        cause.words, word("part", cause.part), cause.by, local(cause.recorded_at, zone)
    )


def _measures(
    reviews: Sequence[Review], zone: ZoneInfo, now: Instant
) -> Iterable[lines.MeasureLine]:
    for m in (m for review in reviews for m in review.measures):
        yield lines.MeasureLine(
            id=m.id,
            phase=word("phase", m.phase),
            words=m.words,
            owner=word("duty", m.owner),
            due=local(m.due_at, zone)[:10],
            state=word("standing", m.state),
            late=_is_late(m.due_at, m.ended_at, now),
            done=_local(m.ended_at, zone),
            by=m.ended_by,
            note=m.note,
        )


def _photos(tickets: Sequence[Ticket], reviews: Sequence[Review]) -> Iterable[lines.Photo]:
    """Each once, by the first thing that names it. Signatures are not shown."""
    found: dict[str, Text] = {}
    for ticket in tickets:
        for task in ticket.tasks:
            for hash_ in task.handed_in.photos if task.handed_in else ():
                found.setdefault(hash_, task.title)
        for hash_ in ticket.photos:
            found.setdefault(hash_, word("photo", "ticket", id=ticket.id))
    for review in reviews:
        for done in review.tasks:
            for hash_ in done.photos:
                found.setdefault(hash_, done.title)
        for hash_ in review.cause.photos if review.cause else ():
            found.setdefault(hash_, word("photo", "cause"))
        for damage in review.damages:
            for hash_ in damage.photos:
                of = word("photo", "damage", household=damage.household)
                found.setdefault(hash_, of)
    return [lines.Photo(hash_, of) for hash_, of in found.items()]
