"""What a person may do to a ticket and its tasks."""

from dataclasses import replace
from typing import Literal

from rules.commands.refused import Refused
from rules.inputs import Command
from rules.response import close_if_over
from rules.state import Step
from rules.tickets import Task, Ticket, TicketState


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


HANDLERS = {
    "ticket.complete_task": _complete_task,
    "ticket.waive_task": _waive_task,
    **dict.fromkeys(_NEXT, _advance),
}
