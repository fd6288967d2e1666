"""What happens to one alarm costs no look at the others, so that a storm costs what it is."""

from typing import Any, NoReturn

from rules.commands.alarms import AcknowledgeAlarm
from rules.records.events import Event
from rules.state.inputs import Input, Ordered, Tick
from rules.step import step
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch
from tests.rules.riverside import START, riverside

LEAKS = tuple(f"b3-{floor:02}-{flat:02}-kitchen-leak" for floor in range(2, 8) for flat in (1, 3))
TABLES = ("alarms", "settled", "tickets", "callouts", "suppressions", "notices", "reviews")


class Unsearchable(dict[str, Any]):
    """A table in which records are found by id, and which nobody walks."""

    def _refuse(self) -> NoReturn:
        raise AssertionError("a whole table was searched")

    __iter__ = keys = values = items = _refuse


def test_raising_acknowledging_and_clearing_an_alarm_search_no_table() -> None:
    state, now = riverside(*LEAKS), START
    for name in TABLES:
        setattr(state, name, Unsearchable())

    def take(after_s: float, *inputs: Input) -> list[Event]:
        nonlocal now
        now += round(after_s * SECOND)
        events = [event for entry in (*inputs, Tick()) for event in step(state, entry, now)]
        stopped = [event.record for event in events if event.kind == "system.alarm"]
        assert not stopped, stopped
        return events

    def say(at: Instant, wet: float) -> ReadingBatch:
        return ReadingBatch(at, [(leak, "wet", at, wet) for leak in LEAKS])

    take(1, say(now, 0.0))
    take(1, say(now + SECOND, 1.0))
    raised = [event.record.id for event in take(60) if event.kind == "alarm.raised"]
    assert len(raised) == len(LEAKS)
    for alarm in raised:
        take(1, Ordered(AcknowledgeAlarm(alarm), "operator", "operator"))
    take(1, say(now + SECOND, 0.0))
    cleared = [event for event in take(60) if event.kind == "alarm.cleared"]
    assert len(cleared) == len(LEAKS)
