"""The one function that decides: live, in a replay, in a backtest, in a simulation."""

from collections.abc import Callable
from operator import itemgetter

from rules.alarms.chattering import begin_chatter, end_chatter
from rules.alarms.raising import clear_alarm, judge_late, raise_alarm
from rules.commands import carry_out
from rules.conditions.absence import ONLINE
from rules.deadlines import run_out
from rules.drills.milestones import attend_drill
from rules.new_versions import change_estate, change_roster, change_rulebook
from rules.notices.delivery import take_delivery
from rules.oncall.calls import take_callout_delivery
from rules.oncall.escalation import expect_answers
from rules.records.events import DeviceStatus, Event, SystemAlarm
from rules.state.inputs import (
    CalloutDelivery,
    Delivery,
    EstateChanged,
    Fault,
    Input,
    Ordered,
    RosterChanged,
    RulebookChanged,
    Status,
    Tick,
)
from rules.state.state import AWAY, HOLD, State
from rules.state.work import Work
from rules.vocabulary.instant import NEVER, Instant
from rules.vocabulary.reading import ReadingBatch, Row
from rules.watching.points import Point
from rules.watching.watch import Change, Watch

_EVENT_TIME = itemgetter(2, 0, 1)  # a row's event time, then device and signal


def step(state: State, input: Input, now: Instant) -> list[Event]:
    """What `input` makes happen at `now`; `state` is brought forward by it.

    Deterministic: the same state, input and `now` give the same events. Total: whatever the
    input holds, it raises nothing; a rule that fails is set aside alone with a `system.alarm`.
    """
    work = Work(state, now)
    name = input.command.name if isinstance(input, Ordered) else type(input).__name__
    _contained(work, name, lambda: _take(work, input))
    state.recent += work.events
    if state.recent and isinstance(input, Tick):
        recent, state.recent = state.recent, []
        _contained(work, "Attending", lambda: _attend(work, recent))
    return work.events


def _contained(work: Work, name: str, part: Callable[[], None]) -> None:
    try:
        part()
    except Exception as error:
        detail = f"{name} stopped halfway ({type(error).__name__}: {error}); mend its cause"
        fault = SystemAlarm(f"step/{name}", work.state.estate_id, detail)
        work.emit("system.alarm", fault, by="system")


def _attend(work: Work, recent: list[Event]) -> None:
    """What people must do about `recent`: once for all of a batch, however it is cut."""
    before = len(work.events)
    attend_drill(work, recent)
    expect_answers(work, recent + work.events[before:])


def _take(work: Work, input: Input) -> None:
    match input:
        case ReadingBatch():
            _take_readings(work, input)
        case Tick():
            _tick(work)
        case Ordered():
            carry_out(work, input)
        case Status():
            _take_status(work, input)
        case Delivery():
            take_delivery(work, input)
        case CalloutDelivery():
            take_callout_delivery(work, input)
        case EstateChanged():
            change_estate(work, input)
        case RulebookChanged():
            change_rulebook(work, input)
        case RosterChanged():
            change_roster(work, input)
        case Fault():
            fault = SystemAlarm(input.id, work.state.estate_id, input.detail, input.priority)
            work.emit("system.alarm", fault, by="system")


def _take_readings(work: Work, batch: ReadingBatch) -> None:
    _note_awake(work)
    work.told_at(batch.received_at)
    _take_rows(work, batch.rows, batch.received_at)
    if batch.rows:
        work.state.heard(max(at for _, _, at, _ in batch.rows), work.now)
    if any(at < work.late_before for _, _, at, _ in batch.rows):
        work.state.late_until = work.now + HOLD


def _note_awake(work: Work) -> None:
    """What is silent because nobody was listening is not blamed for it."""
    state = work.state
    if work.now - max(state.awake_at, state.next_due()) > AWAY:
        state.watches.listen_anew(work.now)
    state.awake_at = work.now


def _take_rows(work: Work, rows: list[Row], received_at: Instant) -> None:
    """In order of event time; a point's older or equal time changes nothing.

    Readings of one instant are judged together: a message that changes several signals is never
    seen in part. A device was heard when its message was received, whatever its clock says.
    """
    watches = work.state.watches
    points = watches.points
    changed: dict[Watch, None] = {}
    instant: Instant = 0
    for device, signal, at, value in sorted(rows, key=_EVENT_TIME):
        if (signals := points.get(device) or watches.open(device)) is None:
            continue
        heard = signals.heard
        if (silence := received_at - heard.at) > 0:
            if heard.listeners and (silence >= signals.patience or not heard.at):
                if received_at != instant:
                    _judge(work, changed, instant)
                instant = received_at
                _break_silence(work, heard, received_at, changed)
            heard.at = received_at
        if signals.lateness and at + signals.lateness > work.now:
            work.state.wait((device, signal, at, value), at + signals.lateness)
            continue
        point = signals.get(signal)
        if point is None or at <= point.at:
            continue
        if changed and at != instant:
            _judge(work, changed, instant)
        is_first = not point.at
        instant = point.at = at
        point.value = value
        for leaf, watch in point.listeners:
            if watch.due < at:
                _advance_to(work, watch, at)
            try:
                if leaf.push(at, value) or is_first or watch.due <= at:
                    changed[watch] = None
            except Exception as error:
                _set_aside(work, watch, error)
    _judge(work, changed, instant)


def _break_silence(work: Work, heard: Point, at: Instant, changed: dict[Watch, None]) -> None:
    """Tell those who wait for a device's silence that it spoke again at `at`."""
    for leaf, watch in heard.listeners:
        _advance_to(work, watch, at)
        leaf.push(at, 0.0)
        changed[watch] = None


def _judge(work: Work, changed: dict[Watch, None], at: Instant) -> None:
    """Advance the watches that readings at `at` touched, and forget them."""
    for watch in changed:
        _advance(work, watch, at)
    changed.clear()


def _advance_to(work: Work, watch: Watch, at: Instant) -> None:
    """Fire the deadlines that lie before `at`, each at its own time."""
    while watch.due < at and not watch.set_aside:
        _advance(work, watch, watch.due)


def _advance(work: Work, watch: Watch, at: Instant) -> None:
    if watch.set_aside:
        return
    try:
        change = watch.advance(at)
        work.state.watches.schedule(watch)
        if change is not None:
            _RESPONSES[change](work, watch, watch.at)
    except Exception as error:
        _set_aside(work, watch, error)


_RESPONSES: dict[Change, Callable[[Work, Watch, Instant], None]] = {
    "raise": raise_alarm,
    "clear": clear_alarm,
    "chatter": begin_chatter,
    "settle": end_chatter,
}


def _set_aside(work: Work, watch: Watch, error: Exception) -> None:
    if watch.set_aside:
        return
    watch.set_aside = True
    detail = (
        f"rule {watch.rule.id} failed on device {watch.device.id} "
        f"({type(error).__name__}: {error}); it is set aside there until the rule is mended"
    )
    fault = SystemAlarm(f"{watch.rule.id}/{watch.device.id}", work.state.estate_id, detail)
    work.emit("system.alarm", fault, by="system")


def _tick(work: Work) -> None:
    state = work.state
    _note_awake(work)
    work.told_at(work.now)
    if work.now >= state.waiting_until:
        _take_waiting(work)
    for watch in state.watches.due(state.clock(work.now)):
        _advance(work, watch, watch.due)
    if state.late and work.now >= state.late_until:
        judge_late(work)
    while (timer := state.timers.pop(work.now)) is not None:
        run_out(work, timer)


def _take_waiting(work: Work) -> None:
    """Judge the readings that have waited long enough; the others go on waiting."""
    state = work.state
    rows, state.waiting, state.waiting_until = state.waiting, [], NEVER
    _take_rows(work, rows, received_at=0)


def _take_status(work: Work, status: Status) -> None:
    """Offline is not clear: alarms of a silent device stand (DOMAIN section 2).

    Its word, or its last will, is a reading of `online`.
    """
    _note_awake(work)
    word = "online" if status.online else "offline"
    known = work.state.devices.get(status.device)
    if status.device not in work.state.estate.devices:
        return
    if known is not None and (known.state == word or status.at < known.since_at):
        return
    record = DeviceStatus(status.device, work.state.estate_id, word, status.at)
    work.emit(f"device.{word}", record, by=status.device, at=status.at)
    work.told_at(work.now)
    row = (status.device, ONLINE, status.at, float(status.online))
    _take_rows(work, [row], received_at=status.at)
