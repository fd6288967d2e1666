"""What must hold after every course, whatever the faults (the invariants of the design)."""

from collections import defaultdict
from collections.abc import Iterator

from rules.estate.graph import Estate
from rules.records.alarms import Alarm
from rules.records.events import Event
from rules.records.incidents import Incident
from rules.records.json_form import as_json
from rules.records.notices import Notice
from rules.records.tickets import Ticket
from rules.vocabulary.instant import SECOND
from tests.simulation.course import Course
from tests.simulation.network import MOST_LATE_S
from tests.simulation.world import PERIOD_S, Episode

_AFTER = {
    ("normal", "alarm.raised"): {"unacknowledged"},
    ("acknowledged", "alarm.cleared"): {"normal", "latched_acknowledged"},
    ("unacknowledged", "alarm.cleared"): {"returned_unacknowledged", "latched_unacknowledged"},
    ("unacknowledged", "alarm.acknowledged"): {"acknowledged"},
    ("returned_unacknowledged", "alarm.acknowledged"): {"normal"},
    ("latched_unacknowledged", "alarm.acknowledged"): {"latched_acknowledged"},
    ("returned_unacknowledged", "alarm.raised_again"): {"unacknowledged"},
    ("latched_unacknowledged", "alarm.raised_again"): {"unacknowledged"},
    ("latched_acknowledged", "alarm.raised_again"): {"unacknowledged"},
    ("latched_acknowledged", "alarm.reset"): {"normal"},
    ("normal", "alarm.raised_again"): {"unacknowledged"},
    ("acknowledged", "alarm.realarmed"): {"unacknowledged"},
}
"""ISA-18.2's diagram: the states that an event may lead to. So no acknowledgement is undone."""

_SILENCES = {"life-safety-silent", "device-silent"}
"""Everything reports until the world's end: before that, only its own word says it is offline."""

_MARKS = {"alarm.first_out_changed", "alarm.became_stale", "alarm.chattering", "alarm.settled"}
"""Events that say something of an alarm and leave its state as it was."""


def check(course: Course) -> None:
    """Raises AssertionError: the first invariant that does not hold."""
    _alarms_follow_their_life_cycle(course.events)
    _no_alarm_is_lost(course)
    _no_alarm_is_made_up(course)
    _alarms_have_incident_and_ticket(course.events)
    _no_incident_closes_with_an_alarm_active(course.events)
    _nobody_is_told_twice_or_for_nothing(course.events, course.estate)
    _notices_only_move_forward(course.events)
    _state_is_what_the_events_add_up_to(course)
    _no_rule_failed(course.events)


def _alarms(events: list[Event]) -> Iterator[tuple[str, Alarm]]:
    for event in events:
        if isinstance(event.record, Alarm):
            yield event.kind, event.record


def _alarms_follow_their_life_cycle(events: list[Event]) -> None:
    state: dict[str, str] = {}
    active: dict[tuple[str, str], str] = {}
    for kind, alarm in _alarms(events):
        before = state.get(alarm.id, "normal")
        if kind in _MARKS:
            assert alarm.state == before, (kind, alarm)
            continue
        assert alarm.state in _AFTER.get((before, kind), set()), (before, kind, alarm)
        assert kind != "alarm.raised" or alarm.id not in state, f"{alarm.id} was raised twice"
        state[alarm.id] = alarm.state
        key = alarm.rule, alarm.device
        assert active.get(key, alarm.id) == alarm.id, f"two alarms are active for {key}"
        if alarm.active:
            active[key] = alarm.id
        else:
            active.pop(key, None)


def _no_alarm_is_lost(course: Course) -> None:
    """Each true episode raised its alarm, at the latest when a delayed report came."""
    raised: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event in course.events:
        if event.kind in ("alarm.raised", "alarm.raised_again"):
            assert isinstance(event.record, Alarm)
            raised[event.record.rule, event.record.device].append(event.at)
    for episode in course.world.episodes:
        for rule, delay_s in episode.trouble.must.items():
            start = episode.start + course.network.skew[episode.device.id]
            latest = start + (delay_s + PERIOD_S + MOST_LATE_S) * SECOND
            times = raised[rule, episode.device.id]
            assert any(start <= at <= latest for at in times), (rule, episode, times)


def _no_alarm_is_made_up(course: Course) -> None:
    troubled: dict[str, list[Episode]] = defaultdict(list)
    for episode in course.world.episodes:
        troubled[episode.device.id].append(episode)
    last_report = max(report.at for report in course.world.reports)
    for event in course.events:
        kind, alarm = event.kind, event.record
        if not isinstance(alarm, Alarm):
            continue
        if alarm.rule in _SILENCES:
            assert alarm.signal == "online" or event.at > last_report, alarm
        elif kind in ("alarm.raised", "alarm.raised_again"):
            allowed = {
                rule for e in troubled[alarm.device] for rule in [*e.trouble.must, *e.trouble.may]
            }
            assert alarm.rule in allowed, alarm


def _alarms_have_incident_and_ticket(events: list[Event]) -> None:
    incidents = {e.record.id: e.record for e in events if isinstance(e.record, Incident)}
    tickets = {e.record.id for e in events if isinstance(e.record, Ticket)}
    for _, alarm in _alarms(events):
        if alarm.suppression is not None and alarm.incident_id is None:
            continue
        assert alarm.incident_id in incidents, f"{alarm.id} has no incident"
        assert incidents[alarm.incident_id].ticket_id in tickets, f"{alarm.id} has no ticket"


def _no_incident_closes_with_an_alarm_active(events: list[Event]) -> None:
    incident_of: dict[str, str | None] = {}
    closed: set[str] = set()
    for event in events:
        record = event.record
        if isinstance(record, Alarm):
            assert record.incident_id not in closed or not record.active, record
            incident_of.pop(record.id, None)
            if record.active:
                incident_of[record.id] = record.incident_id
        elif isinstance(record, Incident) and record.state == "closed":
            assert record.id not in incident_of.values(), f"{record.id} closed with alarms active"
            closed.add(record.id)


def _nobody_is_told_twice_or_for_nothing(events: list[Event], estate: Estate) -> None:
    incidents = {e.record.id: e.record for e in events if isinstance(e.record, Incident)}
    told: set[tuple[str, str, int, str]] = set()
    for event in events:
        if event.kind == "notice.requested":
            notice = event.record
            assert isinstance(notice, Notice)
            key = notice.incident_id, notice.template, notice.version, notice.household
            assert key not in told, f"told twice: {key}"
            told.add(key)
            concerned = _concerned(incidents[notice.incident_id], estate)
            assert notice.household in concerned, f"not concerned: {key}"


def _concerned(incident: Incident, estate: Estate) -> set[str]:
    """Who could at most be affected: the bay users for a flood, else the building's flats."""
    if incident.kind == "flood":
        return {user for garage in estate.garages.values() for user in garage.users}
    return {unit.id for unit in estate.units.values() if unit.building == incident.place.building}


def _notices_only_move_forward(events: list[Event]) -> None:
    order = ("awaiting_approval", "waiting", "queued", "failed", "delivered", "answered", "read")
    known: dict[str, int] = {}
    for event in events:
        if isinstance(event.record, Notice):
            now = (*order, "withdrawn").index(event.record.state)
            assert now > known.get(event.record.id, -1), event
            known[event.record.id] = now


def _state_is_what_the_events_add_up_to(course: Course) -> None:
    latest = {(type(e.record), e.record.id): e.record for e in course.events}
    alarms = {a.id: a for a in latest.values() if isinstance(a, Alarm) and a.active}
    incidents = {i.id: i for i in latest.values() if isinstance(i, Incident) and i.state == "open"}
    assert as_json(alarms) == as_json(course.state.alarms)
    assert as_json(incidents) == as_json(course.state.incidents)


def _no_rule_failed(events: list[Event]) -> None:
    failed = [e for e in events if e.kind == "system.alarm" and e.by == "system"]
    told = [e for e in failed if e.record.id.startswith("simulated/")]
    assert failed == told, failed
