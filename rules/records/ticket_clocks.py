"""A ticket's clocks: met, paused, run on, missed, stopped; and when each next matters."""

from collections.abc import Callable
from dataclasses import replace

from rules.records.noun import Deadlines, Noun, Table
from rules.records.tickets import ENDED, Clock, ClockName, Pause, Task, Ticket, TicketState
from rules.vocabulary.instant import Instant


def deadlines(ticket: Ticket) -> Deadlines:
    """Every timer that `ticket` needs: running clocks, open tasks, a pause's end, works."""
    if ticket.state in ENDED or ticket.halted_at is not None:
        return {}
    found: Deadlines = {
        ("clock", f"{ticket.id}/{name}"): clock.due_at
        for name, clock in ticket.clocks.items()
        if clock.running and clock.missed_at is None
    }
    for task in ticket.tasks:
        if task.state == "open" and task.due_at is not None and task.overdue_at is None:
            found["task", f"{ticket.id}/{task.id}"] = task.due_at
    if ticket.state is TicketState.SUSPENDED:
        found["resume", ticket.id] = ticket.pauses[-1].until_at
    works = ticket.works
    if works is not None and works.told_at is None:
        found["works_notice", ticket.id] = works.tell_at
    if works is not None and works.began_at is None:
        found["works_begin", ticket.id] = works.from_at
    return found


def next_due(ticket: Ticket) -> Instant | None:
    """When the next running clock runs out, or ran out; None where none runs."""
    return min((c.due_at for c in ticket.clocks.values() if c.running), default=None)


def meet(ticket: Ticket, name: ClockName, now: Instant) -> Ticket:
    """The level `name` is reached; one that was reached before stays so."""
    clock = ticket.clocks.get(name)
    if clock is None or clock.met_at is not None:
        return ticket
    return _with_clock(ticket, name, replace(clock, met_at=now, paused_at=None))


def run_on(ticket: Ticket, name: ClockName) -> Ticket:
    """The level `name` was not reached after all: its clock goes on as if it had never stood."""
    clock = ticket.clocks.get(name)
    return ticket if clock is None else _with_clock(ticket, name, replace(clock, met_at=None))


def miss(ticket: Ticket, name: ClockName, now: Instant) -> Ticket:
    return _with_clock(ticket, name, replace(ticket.clocks[name], missed_at=now))


def suspend(ticket: Ticket, pause: Pause) -> Ticket:
    """All running clocks stand from `pause.since_at` on."""
    return replace(
        ticket,
        state=TicketState.SUSPENDED,
        pauses=(*ticket.pauses, pause),
        clocks=_each(ticket, lambda clock: replace(clock, paused_at=pause.since_at)),
    )


def resume(ticket: Ticket, now: Instant) -> Ticket:
    """The work goes on where it was; the time in between counts for no clock."""
    pause = ticket.pauses[-1]
    return replace(
        ticket,
        state=pause.state,
        pauses=(*ticket.pauses[:-1], replace(pause, ended_at=now)),
        clocks={name: _run_again(clock, now) for name, clock in ticket.clocks.items()},
    )


def halt(ticket: Ticket, now: Instant) -> Ticket:
    """No deadline of `ticket` comes from now on: running clocks and open tasks stand."""
    clocks = _each(ticket, lambda clock: replace(clock, paused_at=now))
    return replace(ticket, halted_at=now, clocks=clocks)


def go_on(ticket: Ticket, now: Instant) -> Ticket:
    """The deadlines come later by as long as they stood."""
    stood = now - (now if ticket.halted_at is None else ticket.halted_at)
    tasks = tuple(
        replace(task, due_at=task.due_at + stood)
        if task.state == "open" and task.due_at is not None and task.overdue_at is None
        else task
        for task in ticket.tasks
    )
    clocks = {
        name: _run_again(clock, now) if clock.paused_at == ticket.halted_at else clock
        for name, clock in ticket.clocks.items()
    }
    return replace(ticket, halted_at=None, tasks=tasks, clocks=clocks)


def end(ticket: Ticket, state: TicketState, now: Instant) -> Ticket:
    """Closed or cancelled; clocks that were never met are stopped, and marked as such."""
    if ticket.halted_at is not None:
        ticket = go_on(ticket, now)
    if ticket.state is TicketState.SUSPENDED:
        ticket = resume(ticket, now)
    clocks = _each(ticket, lambda clock: replace(clock, stopped_at=now))
    return replace(ticket, state=state, clocks=clocks, closed_at=now)


def task_late(ticket: Ticket, task: Task, now: Instant) -> Ticket:
    late = replace(task, overdue_at=now)
    return replace(ticket, tasks=tuple(late if t is task else t for t in ticket.tasks))


def _run_again(clock: Clock, now: Instant) -> Clock:
    if clock.paused_at is None:
        return clock
    return replace(clock, due_at=clock.due_at + (now - clock.paused_at), paused_at=None)


def _each(ticket: Ticket, change: Callable[[Clock], Clock]) -> dict[ClockName, Clock]:
    """The clocks, with those that run changed."""
    return {n: change(c) if c.running else c for n, c in ticket.clocks.items()}


def _with_clock(ticket: Ticket, name: ClockName, clock: Clock) -> Ticket:
    return replace(ticket, clocks={**ticket.clocks, name: clock})


_VERBS = (
    "opened", "alarm_added", "moved", "reclassified", "dispatched", "accepted", "arrived",
    "started", "rejected", "transferred", "suspended", "resumed", "resolved", "verified",
    "verification_failed", "call_back_due", "called_back", "reopened", "clock_missed", "noted",
    "effort_added", "works_announced", "works_began", "task_completed", "task_waived", "task_added",
    "task_overdue", "halted", "went_on", "closed",
)  # fmt: skip

NOUN = Noun(
    "ticket",
    Ticket,
    _VERBS,
    begins="opened",
    letter="t",
    held="tickets",
    then_held="ended_tickets",
    stands=lambda ticket: ticket.state not in ENDED,
    deadlines=deadlines,
    incident="incident_id",
    table=Table(
        "ticket",
        ("incident_id", "state", "opened_at", "assignee"),
        {
            "class": lambda ticket: ticket.klass,
            "household_id": lambda ticket: ticket.report.household if ticket.report else None,
            "due_at": next_due,
        },
    ),
)
