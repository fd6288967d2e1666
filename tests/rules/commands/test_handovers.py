"""The desk is handed over by two signatures, and not while a P1 alarm is fresh."""

from rules.commands.handovers import HandOver, TakeOver
from rules.records.events import Event, Refusal
from rules.records.handovers import Handover
from rules.state.inputs import Ordered
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, reading

LEAK = reading("b3-05-01-kitchen-leak", wet=True)
FIRE = reading("b3-10-corridor-smoke", panel_state="fire")


def propose(by: str = "desk-1", incoming: str = "desk-2") -> Ordered:
    return Ordered(HandOver("riverside", incoming, keys="9 in the box"), by, "operator")


def accept(handover: str, by: str = "desk-2") -> Ordered:
    return Ordered(TakeOver(handover), by, "operator")


def told(events: list[Event]) -> list[str]:
    """What became of the handover: its events, or why a command was refused."""
    return [
        event.record.code if isinstance(event.record, Refusal) else event.kind
        for event in events
        if isinstance(event.record, Refusal | Handover)
    ]


def last(timeline: Timeline) -> Handover:
    return next(e.record for e in reversed(timeline.events) if isinstance(e.record, Handover))


def test_both_sign_and_the_record_names_what_is_open_when_it_is_accepted(
    timeline: Timeline,
) -> None:
    timeline.at(0, propose())
    proposed = last(timeline)
    assert (proposed.state, proposed.alarms, proposed.keys) == ("proposed", (), "9 in the box")
    timeline.at(10, LEAK)
    timeline.at(60, accept(proposed.id))
    accepted = last(timeline)
    assert (accepted.state, accepted.outgoing, accepted.incoming) == (
        "accepted", "desk-1", "desk-2",
    )  # fmt: skip
    assert len(accepted.alarms) == len(accepted.incidents) == len(accepted.tickets) == 1
    timeline.at(70, accept(proposed.id))
    assert told(timeline.events)[-1] == "handover-over"


def test_nobody_signs_for_both_or_for_another(timeline: Timeline) -> None:
    timeline.at(0, propose(incoming="desk-1"))
    timeline.at(1, propose())
    timeline.at(2, accept(last(timeline).id, by="desk-3"))
    assert told(timeline.events) == ["own-handover", "handover.proposed", "not-incoming"]


def test_a_new_proposal_withdraws_the_one_before(timeline: Timeline) -> None:
    timeline.at(0, propose())
    first = last(timeline).id
    timeline.at(1, propose(incoming="desk-3"))
    timeline.at(2, accept(first))
    assert told(timeline.events) == [
        "handover.proposed", "handover.withdrawn", "handover.proposed", "handover-over",
    ]  # fmt: skip


def test_fifteen_minutes_after_a_p1_alarm_began_the_desk_stays_where_it_is(
    timeline: Timeline,
) -> None:
    timeline.at(0, propose())
    handover = last(timeline).id
    timeline.at(60, FIRE)
    began = max(alarm.raised_at for alarm in timeline.state.alarms.values())
    for at_s in (90, 60 + 14 * 60):
        timeline.at(at_s, accept(handover))
        assert told(timeline.events)[-1] == "p1-fresh"
    timeline.at((began - START) / 1_000_000 + 15 * 60, accept(handover))
    assert told(timeline.events)[-1] == "handover.accepted"
