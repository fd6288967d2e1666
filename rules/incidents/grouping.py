"""Which incident an alarm belongs to, and how one is opened with its ticket (DOMAIN section 1)."""

from dataclasses import dataclass
from typing import Any

from rules.records.alarms import Alarm
from rules.records.incidents import Incident, IncidentKind
from rules.records.tickets import Ticket, TicketClass
from rules.rulebook.plan import Plan
from rules.state.state import State
from rules.state.work import Work
from rules.tickets.opening import new_ticket
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level, Priority
from rules.vocabulary.text import Text
from rules.watching.watch import Watch


@dataclass(frozen=True, slots=True)
class Group:
    """What an incident for an alarm is like: alarms with the same `key` belong together."""

    kind: IncidentKind
    key: str
    level: Level
    title: Text
    plan: Plan | None
    ticket: TicketClass


def group_of(state: State, watch: Watch) -> Group:
    """The group of the watch's alarms: by its rule, or its sensor's own while it chatters."""
    if watch.chattering:
        return sensor_group(state, watch)
    response = watch.rule.response
    plan = state.rulebook.plan_of(response.kind)
    return Group(
        kind=response.kind,
        key=_key(watch),
        level=response.level,
        title=plan.name if plan else watch.rule.name,
        plan=plan,
        ticket=plan.ticket_class(response.level) if plan else response.ticket or "ordinary",
    )


def sensor_group(state: State, watch: Watch) -> Group:
    """The check of a sensor whose alarm chatters (抖动): a ticket without a plan."""
    chattering = state.rulebook.alarm_handling.chattering
    return Group(
        kind="ticket",
        key=f"ticket/chattering/{watch.key}",
        level="IV",
        title=chattering.title.fill(alarm=watch.rule.name),
        plan=None,
        ticket=chattering.ticket,
    )


def _key(watch: Watch) -> str:
    """What groups alarms: the kind, and the parts of the place that the rule names.

    Tickets without a plan are by rule too, and each device has its own unless they are grouped.
    """
    response, place = watch.rule.response, watch.device.place
    parts = [str(getattr(place, name) or "") for name in response.group_by]
    if response.kind == "ticket":
        parts += [watch.rule.id] if response.grouped else [watch.rule.id, watch.device.id]
    return "/".join([response.kind, *parts])


def new_incident(work: Work, group: Group, place: Place, alarm: Alarm | None) -> Incident:
    """An incident of `group`, not yet told of; `alarm` is its first, if it begins with one."""
    state = work.state
    return Incident(
        id=state.new_id("i"),
        estate=state.estate_id,
        kind=group.kind,
        key=group.key,
        level=group.level,
        confirmed=group.plan.starts_confirmed if group.plan else True,
        state="open",
        title=group.title,
        place=place,
        plan=group.plan.id if group.plan else None,
        plan_version=group.plan.version if group.plan else None,
        opened_at=alarm.raised_at if alarm else work.now,
        alarm_count=1 if alarm else 0,
        ticket_id=state.new_id("t"),
        first_out=alarm.id if alarm else None,
        first_out_at=alarm.raised_at if alarm else None,
        severity=alarm.priority if alarm else None,
    )


def open_incident(
    work: Work,
    group: Group,
    incident: Incident,
    *,
    title: Text,
    priority: Priority,
    by: str,
    reason: str = "",
    **more: Any,
) -> Ticket:
    """Tell of a new incident and its ticket, which has `title`, `priority` and fields `more`."""
    ticket = new_ticket(
        work, incident, group.plan, group.ticket, title=title, priority=priority, **more
    )
    work.emit("incident.opened", incident, by=by, at=incident.opened_at, reason=reason)
    work.emit("ticket.opened", ticket, by=by)
    return ticket


def open_for(work: Work, watch: Watch, group: Group, incident: Incident) -> None:
    """Tell of a new incident that an alarm of `watch` began."""
    rule = watch.rule
    title = group.title if watch.chattering else rule.name
    by = f"rule:{rule.id}"
    open_incident(work, group, incident, title=title, priority=rule.priority, by=by)
