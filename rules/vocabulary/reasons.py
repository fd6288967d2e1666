"""Why the system did something by itself: a stable code, put into words by the console.

The `reason` of an event is a person's own words where a person caused it (`by` is a user id).
Where a rule or the system did, it is one of these: `code`, or `code:argument`.
"""

from rules.vocabulary.priority import Level

HELD_BACK = "held_back"
"""Something holds the alarm back: its `suppression` says what."""

STILL_THERE = "still_there"
"""Acknowledged a while ago, and the condition stands."""

TOLD_TOO_LATE = "told_too_late"
"""The condition was over again when its readings came."""

ONLY_CHATTERS = "only_chatters"
"""The incident's only alarm chatters, and nobody has begun to work on it."""

ALL_DONE = "all_done"
"""The alarms are back to normal and the ticket is resolved."""

ALARMS_NORMAL = "alarms_normal"
"""The alarms are back to normal: that is the proof of the work."""

DISSATISFIED = "dissatisfied"
"""The household was not satisfied with the work when it was called."""

TIME_IS_OVER = "time_is_over"
"""The time that was set has come."""

NOTHING_LEFT = "nothing_left"
"""The device or the rule that could tell of the end is gone."""

QUIET_HOURS = "quiet_hours"
"""The notice waits for the morning."""

ENOUGH_FOR_TODAY = "enough_for_today"
"""The household was told so much today that the notice waits for tomorrow."""

NEEDS_APPROVAL = "needs_approval"
"""The manager must read the notice before it goes out."""

NEWER_WORDS = "newer_words"
"""A newer version of the notice goes out in its place."""

INCIDENT_OVER = "incident_over"
"""The incident ended before the notice could go out."""


DRILL_STOPPED = "drill_stopped"
"""The drill was stopped: nobody is to act on it any more."""

DRILL_OVER = "drill_over"
"""The drill is over: what it simulated is gone."""

REAL_FIRST = "real_first"
"""Something real goes on."""


def real_first(record_id: str) -> str:
    """This incident or alarm is real and comes first."""
    return f"real_first:{record_id}"


def explained_by(rule_id: str) -> str:
    """An alarm of this rule explains it."""
    return f"explained_by:{rule_id}"


def evidence(rule_id: str) -> str:
    """An alarm of this rule is further evidence."""
    return f"evidence:{rule_id}"


def first_out(alarm_id: str) -> str:
    """This alarm turned out to be earlier."""
    return f"first_out:{alarm_id}"


def one_too_many(alarm_id: str) -> str:
    """With this alarm there were too many."""
    return f"one_too_many:{alarm_id}"


def level(level: Level) -> str:
    """The incident's level asks for it."""
    return f"level:{level}"


def clock(name: str) -> str:
    """This clock of the ticket ran out."""
    return f"clock:{name}"


def task(task_id: str) -> str:
    """The deadline of this task has passed."""
    return f"task:{task_id}"


def measure(measure_id: str) -> str:
    """The day by which this measure was to be done has passed."""
    return f"measure:{measure_id}"
