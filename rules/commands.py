"""What a person may do to alarms, incidents and tickets, and when it is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from rules import alarms
from rules.alarms import Alarm
from rules.events import Refusal
from rules.incidents import Incident
from rules.inputs import Command
from rules.response import close_if_over, raise_level
from rules.state import Step
from rules.telling import tell_all_clear
from rules.tickets import Task, Ticket, TicketState


class Refused(Exception):
    """The command cannot take effect. `code` is stable, the message says the remedy."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def carry_out(step: Step, command: Command) -> None:
    """Do it, or emit `command.refused`; either way the command is answered by an event."""
    try:
        handler = _HANDLERS.get(command.name)
        if handler is None:
            raise Refused("unknown-command", f"{command.name}: no such command")
        handler(step, command)
    except Refused as refused:
        refusal = Refusal(
            id=command.target,
            estate=step.state.estate_id,
            command=command.name,
            code=refused.code,
            detail=str(refused),
        )
        step.emit("command.refused", refusal, by=command.by)


def _alarm(step: Step, command: Command) -> Alarm:
    alarm = step.state.alarms.get(command.target)
    if alarm is None:
        raise Refused("not-active", f"alarm {command.target} is back to normal: nothing to do")
    return alarm


def _acknowledge(step: Step, command: Command) -> None:
    alarm = _alarm(step, command)
    if not alarms.can_acknowledge(alarm):
        raise Refused(
            "already-acknowledged", f"alarm {alarm.id} was acknowledged by {alarm.acknowledged_by}"
        )
    acknowledged = alarms.acknowledge(alarm, by=command.by, at=step.now)
    step.emit("alarm.acknowledged", acknowledged, by=command.by, reason=command.reason)
    close_if_over(step, alarm.incident_id)


def _reset(step: Step, command: Command) -> None:
    alarm = _alarm(step, command)
    if not alarms.can_reset(alarm):
        need = "acknowledge it first" if alarms.can_acknowledge(alarm) else "its cause still stands"
        raise Refused("not-resettable", f"alarm {alarm.id} is {alarm.state}: {need}")
    step.emit("alarm.reset", alarms.reset(alarm), by=command.by, reason=command.reason)
    close_if_over(step, alarm.incident_id)


def _incident(step: Step, command: Command) -> Incident:
    incident = step.state.incidents.get(command.target)
    if incident is None:
        raise Refused("not-open", f"incident {command.target} is closed")
    return incident


def _confirm(step: Step, command: Command) -> None:
    incident = _incident(step, command)
    if incident.confirmed:
        raise Refused("already-confirmed", f"incident {incident.id} is confirmed already")
    plan = step.state.rulebook.plans.get(incident.plan or "")
    level = plan.confirmed_level if plan and plan.confirmed_level else incident.level
    raise_level(
        step, incident, by=command.by, reason=command.reason, confirmed=True, level=level
    )  # fmt: skip


def _close(step: Step, command: Command) -> None:
    """DOMAIN section 4, Close: alarms reset, tasks done or waived with reason, all-clear sent."""
    incident = _incident(step, command)
    outcome = _outcome(command)
    standing = step.state.alarms_of(incident.id)
    if standing:
        raise Refused(
            "alarms-active",
            f"{len(standing)} alarms of incident {incident.id} are active "
            f"({', '.join(standing[:3])}): acknowledge and reset them when their cause is gone",
        )
    if outcome == "false_alarm" and not command.reason:
        raise Refused("no-reason", "reason is missing: say what caused the false alarm")
    _close_ticket(step, command, incident, outcome)
    closed = replace(incident, state="closed", closed_at=step.now, outcome=outcome)
    step.emit("incident.closed", closed, by=command.by, reason=command.reason)
    tell_all_clear(step, closed)


def _outcome(command: Command) -> Literal["resolved", "false_alarm"]:
    match command.params.get("outcome", "resolved"):
        case "resolved":
            return "resolved"
        case "false_alarm":
            return "false_alarm"
        case other:
            raise Refused("bad-outcome", f"outcome {other!r}: use resolved or false_alarm")


def _close_ticket(step: Step, command: Command, incident: Incident, outcome: str) -> None:
    ticket = step.state.tickets.get(incident.ticket_id)
    if ticket is None:
        return
    open_tasks = [task.id for task in ticket.tasks if task.state == "open"]
    if open_tasks and outcome == "resolved":
        raise Refused(
            "tasks-open",
            f"{len(open_tasks)} tasks of ticket {ticket.id} are open "
            f"({', '.join(open_tasks[:3])}): complete each, or waive it with a reason",
        )
    tasks = tuple(_end_task(step, command, t, "waived", command.reason) for t in ticket.tasks)
    before_site = ticket.state in (TicketState.NEW, TicketState.DISPATCHED, TicketState.ACCEPTED)
    state = TicketState.CLOSED
    if outcome == "false_alarm" and before_site:
        state = TicketState.CANCELLED
    ended = replace(ticket, state=state, tasks=tasks, closed_at=step.now)
    step.emit("ticket.closed", ended, by=command.by, reason=command.reason)


def _ticket(step: Step, command: Command) -> Ticket:
    ticket = step.state.tickets.get(command.target)
    if ticket is None:
        raise Refused("not-open", f"ticket {command.target} is closed")
    return ticket


_NEXT: dict[str, tuple[str, TicketState, str, frozenset[TicketState]]] = {
    "ticket.dispatch": (
        "ticket.dispatched", TicketState.DISPATCHED, "",
        frozenset({TicketState.NEW, TicketState.DISPATCHED}),
    ),
    "ticket.accept": (
        "ticket.accepted", TicketState.ACCEPTED, "accept",
        frozenset({TicketState.NEW, TicketState.DISPATCHED}),
    ),
    "ticket.arrive": (
        "ticket.arrived", TicketState.ON_SITE, "respond", frozenset({TicketState.ACCEPTED}),
    ),
    "ticket.start": (
        "ticket.started", TicketState.WORKING, "", frozenset({TicketState.ON_SITE}),
    ),
    "ticket.resolve": (
        "ticket.resolved", TicketState.RESOLVED, "finish",
        frozenset({TicketState.ON_SITE, TicketState.WORKING}),
    ),
}  # fmt: skip
"""By command: the event, the state it leads to, the clock it stops, the states it starts from."""


def _advance(step: Step, command: Command) -> None:
    ticket = _ticket(step, command)
    kind, state, clock, allowed = _NEXT[command.name]
    if ticket.state not in allowed:
        steps = " or ".join(sorted(allowed))
        raise Refused(
            "wrong-state", f"ticket {ticket.id} is {ticket.state}: {command.name} needs {steps}"
        )
    clocks = dict(ticket.clocks)
    if clock in clocks:
        clocks[clock] = replace(clocks[clock], met_at=step.now)
    moved = replace(ticket, state=state, clocks=clocks, assignee=_assignee(ticket, command))
    step.emit(kind, moved, by=command.by, reason=command.reason)
    if state is TicketState.RESOLVED:
        close_if_over(step, ticket.incident_id)


def _assignee(ticket: Ticket, command: Command) -> str | None:
    if command.name == "ticket.dispatch":
        if not command.params.get("assignee"):
            raise Refused("no-assignee", "assignee is missing: name who shall go")
        return command.params["assignee"]
    return command.by if command.name == "ticket.accept" else ticket.assignee


def _complete_task(step: Step, command: Command) -> None:
    _end_one_task(step, command, "done", "ticket.task_completed")


def _waive_task(step: Step, command: Command) -> None:
    if not command.reason:
        raise Refused("no-reason", "reason is missing: say why the task is waived")
    _end_one_task(step, command, "waived", "ticket.task_waived")


def _end_one_task(
    step: Step, command: Command, state: Literal["done", "waived"], kind: str
) -> None:
    ticket = _ticket(step, command)
    task = next((t for t in ticket.tasks if t.id == command.params.get("task")), None)
    if task is None:
        raise Refused("no-task", f"ticket {ticket.id} has no task {command.params.get('task')!r}")
    if task.state != "open":
        raise Refused("task-ended", f"task {task.id} is {task.state} already")
    note = command.params.get("note", "") or command.reason
    tasks = tuple(
        _end_task(step, command, t, state, note) if t is task else t for t in ticket.tasks
    )
    step.emit(kind, replace(ticket, tasks=tasks), by=command.by, reason=note)


def _end_task(
    step: Step, command: Command, task: Task, state: Literal["done", "waived"], note: str
) -> Task:
    if task.state != "open":
        return task
    return replace(task, state=state, ended_at=step.now, ended_by=command.by, note=note)


_HANDLERS: dict[str, Callable[[Step, Command], None]] = {
    "alarm.acknowledge": _acknowledge,
    "alarm.reset": _reset,
    "incident.confirm": _confirm,
    "incident.close": _close,
    "ticket.complete_task": _complete_task,
    "ticket.waive_task": _waive_task,
    **dict.fromkeys(_NEXT, _advance),
}
