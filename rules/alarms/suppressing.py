"""What holds an alarm back: out of service, an alarm that explains it, a shelf (ISA-18.2, G–I)."""

from rules.records.alarms import Alarm
from rules.records.suppressions import Holder, SuppressionKind
from rules.rulebook.rule import Explained
from rules.state.state import State
from rules.vocabulary.instant import NEVER, Instant, seconds
from rules.vocabulary.place import Place
from rules.watching.watch import Watch

_GRAVITY: dict[SuppressionKind, int] = {"out_of_service": 0, "by_design": 1, "shelved": 2}


def holder_of(state: State, watch: Watch, now: Instant) -> Holder | None:
    """What holds back the alarms of `watch` at `now`; None: nothing does."""
    on_device = state.indexes.suppression.of(watch.device.id)
    set_by_people: list[Holder] = [
        (s.kind, s.id)
        for s in (state.suppressions[id_] for id_ in on_device)
        if s.covers(watch.rule.id, watch.device.id)
    ]
    explaining = _explaining(state, watch, now)
    by_design: list[Holder] = [("by_design", explaining)] if explaining else []
    return min([*set_by_people, *by_design], key=_gravity, default=None)


def _gravity(holder: Holder) -> tuple[int, str]:
    kind, id_ = holder
    return _GRAVITY[kind], id_


def explained_by(state: State, parent: Watch) -> list[Watch]:
    """The watches whose standing alarms an alarm of `parent` explains."""
    return [
        watch
        for rule in state.rulebook.rules.values()
        for explained in rule.suppressed_while
        if explained.rule == parent.rule.id
        for watch in state.watches.by_rule.get(rule.id, [])
        if watch.raised and _agree(explained, watch.device.place, parent.device.place)
    ]


def lingers_until(state: State, parent: Alarm) -> Instant:
    """How long a cleared `parent` goes on explaining: its longest linger; NEVER while it stands."""
    if parent.standing or parent.cleared_at is None:
        return NEVER
    lingers = [
        explained.linger_s
        for rule in state.rulebook.rules.values()
        for explained in rule.suppressed_while
        if explained.rule == parent.rule
    ]
    return parent.cleared_at + seconds(max(lingers, default=0))


def _explaining(state: State, watch: Watch, now: Instant) -> str | None:
    """The id of an alarm that explains one of `watch`."""
    for explained in watch.rule.suppressed_while:
        for parent in state.watches.by_rule.get(explained.rule, []):
            if parent is watch or not _agree(explained, watch.device.place, parent.device.place):
                continue
            alarm = state.alarms.get(parent.alarm_id) or state.settled.get(parent.alarm_id)
            if alarm is not None and _explains(alarm, explained, now):
                return alarm.id
    return None


def _explains(parent: Alarm, explained: Explained, now: Instant) -> bool:
    if parent.standing:
        return True
    return parent.cleared_at is not None and now < parent.cleared_at + seconds(explained.linger_s)


def _agree(explained: Explained, a: Place, b: Place) -> bool:
    """Whether the places have, and share, everything that `same` names."""
    return all(
        getattr(a, name) is not None and getattr(a, name) == getattr(b, name)
        for name in explained.same
    )
