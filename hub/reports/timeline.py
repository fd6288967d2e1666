"""The events of an incident in words; a wave of notices is one line."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from hub.reports.lines import Moment
from hub.reports.words import word, word_or_key
from rules.records.alarms import Alarm
from rules.records.callouts import Callout
from rules.records.events import Event
from rules.records.incidents import Incident
from rules.records.notices import Notice
from rules.records.reviews import AftercareTask, Review
from rules.records.tickets import Task, Ticket
from rules.vocabulary.instant import MINUTE, to_datetime
from rules.vocabulary.text import Text

LEFT_OUT = frozenset(
    {
        "incident.alarm_added", "incident.severity_changed",  # the alarm's own line says so
        "notice.delivered", "notice.read", "notice.failed", "notice.answered",  # are counted
        "drill.progressed", "drill.injected",  # the alarm or the ticket says so
        "callout.delivered", "callout.failed",
    }
)  # fmt: skip

SAME_WAVE = MINUTE
"""Notices of one message closer together than this are one line."""

_NOTHING = Text("–", "–")


def timeline(events: Sequence[Event], zone: ZoneInfo) -> tuple[Moment, ...]:
    """Oldest first."""
    return tuple(
        Moment(
            time=to_datetime(event.at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            words=in_words(event, times),
            by=_who(event.by),
            note=event.reason if is_person(event.by) else "",
        )
        for event, times in waves(events)
    )


def is_person(by: str) -> bool:
    """Whether a user did it; what the system or a rule gives as its reason is a code."""
    return by != "system" and not by.startswith("rule:")


def in_words(event: Event, times: int = 1) -> Text:
    """What happened; a kind without words stands as it is."""
    return word_or_key("events", event.kind, **_values(event, times))


def waves(events: Iterable[Event]) -> list[tuple[Event, int]]:
    """Each event that is told of, and how many it stands for."""
    newest: dict[tuple[str, str], tuple[int, int]] = {}
    found: list[tuple[Event, int]] = []
    for event in sorted(events, key=lambda e: e.at):
        if event.kind in LEFT_OUT:
            continue
        if isinstance(event.record, Notice):
            wave = (event.kind, event.record.template)
            place, last = newest.get(wave, (-1, 0))
            if place >= 0 and event.at - last <= SAME_WAVE:
                found[place] = (found[place][0], found[place][1] + 1)
                newest[wave] = (place, event.at)
                continue
            newest[wave] = (len(found), event.at)
        found.append((event, 1))
    return found


def _who(by: str) -> Text:
    if by.startswith("rule:"):
        return word("by", "rule", id=by.removeprefix("rule:"))
    return word("by", "system") if by == "system" else Text(by, by)


def _values(event: Event, times: int) -> dict[str, str | Text]:
    record = event.record
    match record:
        case Alarm():
            return {"title": record.title, "place": record.place.text}
        case Incident():
            outcome = word("outcome", record.outcome) if record.outcome else _NOTHING
            return {
                "title": record.title,
                "level": record.level,
                "outcome": outcome,
                "cause": record.cause.text if record.cause else _NOTHING,
                "into": record.merged_into or "–",
                "added": "".join(record.added[-1:]),
                "removed": "".join(record.removed[-1:]),
            }
        case Ticket():
            return {
                "title": record.title,
                "assignee": record.assignee or "–",
                "task": _task_of(event, record.tasks),
                "clock": _clock_of(event.reason),
            }
        case Callout():
            return {"user": record.user}
        case Notice():
            return {"template": record.template, "n": str(times)}
        case Review():
            return {
                "task": _task_of(event, record.tasks),
                "measure": _measure_of(event, record),
                "household": record.damages[-1].household if record.damages else "–",
            }
    return {}


def _task_of(event: Event, tasks: Sequence[Task | AftercareTask]) -> Text:
    """The task that the event is about: by its code, or the one that ended last."""
    named = [task for task in tasks if event.reason == f"task:{task.id}"]
    ended = sorted((t for t in tasks if t.ended_at is not None), key=lambda t: t.ended_at or 0)
    found = (named or ended)[-1:]
    return _title(found[0]) if found else _NOTHING


def _measure_of(event: Event, review: Review) -> Text:
    found = next((m for m in review.measures if event.reason == f"measure:{m.id}"), None)
    return Text(found.words, found.words) if found else _NOTHING


def _title(task: Task | AftercareTask) -> Text:
    """With the flat, where the task is a visit to one."""
    household = getattr(task, "household", None)
    if household is None:
        return task.title
    return Text(f"{task.title.en} ({household})", f"{task.title.zh}（{household}）")


def _clock_of(reason: str) -> Text:
    code, _, name = reason.partition(":")
    return word_or_key("clock", name) if code == "clock" else _NOTHING
