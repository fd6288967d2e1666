"""What happens when a timer runs out: one handler for each kind of timer."""

from collections.abc import Callable

from rules.alarms.annunciation import become_stale, end_flood, realarm
from rules.alarms.raising import free_held_by, tell_after_all
from rules.alarms.shelving import expire
from rules.drills.course import inject, start_planned
from rules.incidents.course import weigh_cause
from rules.notices.delivery import release
from rules.oncall.escalation import hand_upward
from rules.oncall.roster_gaps import look_for_gaps
from rules.planned_works import HANDLERS as WORKS
from rules.records.events import SystemAlarm
from rules.reviews.aftercare import measure_overdue, task_overdue
from rules.state.timers import Timer
from rules.state.work import Work
from rules.tickets.deadlines import HANDLERS as TICKETS


def run_out(work: Work, timer: Timer) -> None:
    """Let the deadline `timer` take effect; its target may be gone by now.

    One that fails is told of, and holds up no other.
    """
    try:
        _HANDLERS[timer.kind](work, timer.target)
    except Exception as error:
        detail = (
            f"what was due failed ({type(error).__name__}: {error}): "
            f"{timer.kind} of {timer.target}; mend its cause, then do it by hand"
        )
        fault = SystemAlarm(f"{timer.kind}/{timer.target}", work.state.estate_id, detail)
        work.emit("system.alarm", fault, by="system")


def _forget_alarm(work: Work, alarm_id: str) -> None:
    settled = work.state.settled.get(alarm_id)
    if settled and settled.first_out and settled.incident_id in work.state.incidents:
        return  # earlier readings may yet take this from it, until the incident is closed
    work.state.settled.pop(alarm_id, None)


def _forget_notices(work: Work, incident_id: str) -> None:
    work.state.forget_notices(incident_id)


_HANDLERS: dict[str, Callable[[Work, str], None]] = {
    **TICKETS,
    "aftercare": task_overdue,
    **WORKS,
    "cause": weigh_cause,
    "drill": start_planned,
    "escalate": hand_upward,
    "flood": end_flood,
    "forget_alarm": _forget_alarm,
    "forget_notices": _forget_notices,
    "inject": inject,
    "measure": measure_overdue,
    "realarm": realarm,
    "release": release,
    "roster": look_for_gaps,
    "stale": become_stale,
    "stop_explaining": free_held_by,
    "suppression": expire,
    "tell_of_rule": tell_after_all,
}
"""By kind of timer; each is given the timer's target."""
