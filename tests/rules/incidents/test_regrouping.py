"""Merging and splitting incidents: nothing is lost, nobody is told twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.incidents import CloseIncident, MergeIncident, SplitIncident
from rules.commands.tickets import AcceptTicket
from rules.records.incidents import Incident
from rules.records.notices import Notice
from rules.vocabulary.instant import SECOND
from tests.rules.riverside import riverside
from tests.rules.timeline import Timeline, happened, reading

R1, R2 = "b3-05-01-kitchen-leak", "b3-05-03-kitchen-leak"


def two_leaks(timeline: Timeline) -> tuple[Incident, Incident]:
    """One on each riser."""
    timeline.at(0, reading(R1, wet=1))
    timeline.at(20, reading(R2, wet=1))
    timeline.at(40)
    first, second = timeline.incidents()
    return first, second


def refusal(timeline: Timeline) -> str:
    (refused,) = [e.record for e in timeline.events if e.kind == "command.refused"]
    return getattr(refused, "code", "")


def test_merged_incident_is_closed_into_the_other_with_all_it_had(timeline: Timeline) -> None:
    first, second = two_leaks(timeline)
    timeline.at(60, MergeIncident(second.id, into=first.id, reason="seen"))
    merged = next(i for i in timeline.incidents() if i.id == second.id)
    assert (merged.state, merged.outcome, merged.merged_into) == ("closed", "merged", first.id)
    assert {a.incident_id for a in timeline.alarms()} == {first.id}
    assert timeline.state.incidents[first.id].alarm_count == 2
    timeline.expect((60, 60), happened("ticket.closed", id=second.ticket_id, state="cancelled"))


def test_ticket_that_somebody_took_moves_with_the_merger(timeline: Timeline) -> None:
    first, second = two_leaks(timeline)
    timeline.at(50, AcceptTicket(second.ticket_id))
    timeline.at(60, MergeIncident(second.id, into=first.id, reason="seen"))
    assert timeline.state.tickets[second.ticket_id].incident_id == first.id


def test_later_alarms_of_a_merged_incident_go_to_the_one_that_took_it_in(
    timeline: Timeline,
) -> None:
    first, second = two_leaks(timeline)
    timeline.at(60, MergeIncident(second.id, into=first.id, reason="seen"))
    timeline.at(70, reading("b3-04-03-kitchen-leak", wet=1))
    timeline.at(90)
    assert len(timeline.incidents()) == 2
    assert timeline.state.incidents[first.id].alarm_count == 3


def test_first_out_of_a_merger_is_the_earliest_of_all(timeline: Timeline) -> None:
    first, second = two_leaks(timeline)
    timeline.at(60, MergeIncident(first.id, into=second.id, reason="seen"))
    (first_out,) = [a for a in timeline.alarms() if a.first_out]
    assert (first_out.device, timeline.state.incidents[second.id].first_out) == (R1, first_out.id)


def test_merger_counts_the_evidence_of_both(timeline: Timeline) -> None:
    first, second = two_leaks(timeline)
    timeline.at(60, MergeIncident(second.id, into=first.id, reason="seen"))
    assert timeline.state.evidence[first.id].keys() == {R1, R2}


def test_all_clear_of_a_merger_reaches_everyone_once(timeline: Timeline) -> None:
    first, second = two_leaks(timeline)
    timeline.at(60, MergeIncident(second.id, into=first.id, reason="seen"))
    told = set(timeline.told("LEAK"))
    timeline.at(100, reading(R1, wet=0), reading(R2, wet=0))
    for alarm in timeline.alarms():
        timeline.at(200, AcknowledgeAlarm(alarm.id))
    timeline.at(210, CloseIncident(first.id, outcome="false_alarm", reason="seen"))
    clear = timeline.told("CLEAR")
    assert set(clear) == told
    assert len(clear) == len(set(clear))


def test_incident_is_not_merged_into_itself_nor_into_one_that_is_closed(
    timeline: Timeline,
) -> None:
    first, _ = two_leaks(timeline)
    timeline.at(60, MergeIncident(first.id, into=first.id, reason="seen"))
    assert refusal(timeline) == "bad-into"


def leaks_under_one_riser(timeline: Timeline) -> Incident:
    for n, floor in enumerate(("06", "05", "04")):
        timeline.at(10 * n, reading(f"b3-{floor}-01-kitchen-leak", wet=1))
    timeline.at(40)
    return timeline.incident()


def test_split_alarms_become_an_incident_with_a_ticket_of_its_own(timeline: Timeline) -> None:
    incident = leaks_under_one_riser(timeline)
    one, *_ = timeline.alarms()
    timeline.at(60, SplitIncident(incident.id, alarms=(one.id,), reason="seen"))
    assert one.id == incident.first_out
    rest, own = timeline.incidents()
    assert (rest.alarm_count, own.alarm_count) == (2, 1)
    assert own.plan == rest.plan == "PIPE"
    assert own.ticket_id in timeline.state.tickets
    assert rest.first_out != own.first_out == one.id
    assert [a.id for a in timeline.alarms() if a.first_out] == [rest.first_out, own.first_out][::-1]


def test_split_takes_some_alarms_never_all_and_never_foreign_ones(timeline: Timeline) -> None:
    incident = leaks_under_one_riser(timeline)
    every = tuple(alarm.id for alarm in timeline.alarms())
    for alarms in (every, (every[0], "riverside-a999")):
        timeline.at(60, SplitIncident(incident.id, alarms=alarms, reason="seen"))
    refused = [e for e in timeline.events if e.kind == "command.refused"]
    assert len(refused) == 2
    assert len(timeline.incidents()) == 1


@settings(max_examples=30)
@given(
    orders=st.lists(
        st.tuples(st.sampled_from(["merge", "split"]), st.integers(0, 9), st.integers(0, 9)),
        max_size=8,
    )
)
def test_no_order_of_mergers_and_splits_loses_an_alarm_or_tells_a_household_twice(
    orders: list[tuple[str, int, int]],
) -> None:
    """The timeline checks the invariants after every step."""
    timeline = Timeline(riverside(R1, R2))
    two_leaks(timeline)
    leaks_before = len(timeline.alarms())
    for n, (verb, a, b) in enumerate(orders):
        incidents = [*timeline.state.incidents.values()]
        target = incidents[a % len(incidents)]
        if verb == "merge":
            into = incidents[b % len(incidents)].id
            timeline.at(60 + n, MergeIncident(target.id, into, "seen"))
        else:
            alarms = timeline.state.alarms_of(target.id)
            timeline.at(60 + n, SplitIncident(target.id, (alarms[b % len(alarms)],), "seen"))
    assert len(timeline.state.alarms) == leaks_before
    assert sum(i.alarm_count for i in timeline.state.incidents.values()) == leaks_before
    told = [e.record for e in timeline.events if e.kind == "notice.requested"]
    assert all(isinstance(n, Notice) and n.requested_at <= timeline.now + SECOND for n in told)
