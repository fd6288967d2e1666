"""A gap in the duty roster: a duty that somebody must hold, and nobody does (DOMAIN section 7)."""

from rules.records.events import SystemAlarm
from rules.state.work import Step


def look_for_gaps(step: Step, _: str = "") -> None:
    """Tell of each gap once, as it begins, and look again when somebody's duty begins or ends."""
    state, roster = step.state, step.state.roster
    for duty in state.rulebook.escalation_policy.required:
        if roster.on_duty(duty, step.now):
            state.roster_gaps.pop(duty, None)
        elif duty not in state.roster_gaps:
            state.roster_gaps[duty] = step.now
            detail = f"nobody is on duty as {duty}: name somebody in the roster"
            gap = SystemAlarm(f"roster/{duty}", state.estate_id, detail)
            step.emit("system.alarm", gap, by="system")
    following = roster.next_change(step.now)
    if following is not None:
        state.timers.set("roster", state.estate_id, following)
