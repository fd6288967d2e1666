"""A gap in the duty roster: a duty that somebody must hold, and nobody does (DOMAIN section 7)."""

from rules.records.events import SystemAlarm
from rules.state.work import Work


def look_for_gaps(work: Work, _: str = "") -> None:
    """Tell of each gap once, as it begins, and look again when somebody's duty begins or ends."""
    state, roster = work.state, work.state.roster
    for duty in state.rulebook.escalation_policy.required:
        if roster.on_duty(duty, work.now):
            state.roster_gaps.pop(duty, None)
        elif duty not in state.roster_gaps:
            state.roster_gaps[duty] = work.now
            detail = f"nobody is on duty as {duty}: name somebody in the roster"
            gap = SystemAlarm(f"roster/{duty}", state.estate_id, detail)
            work.emit("system.alarm", gap, by="system")
    following = roster.next_change(work.now)
    if following is not None:
        state.timers.set("roster", state.estate_id, following)
