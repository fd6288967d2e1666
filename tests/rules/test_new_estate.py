"""A new version of the estate or of a rule: what stays keeps its memory, what goes is cleared."""

from typing import Any

import pytest

from rules import snapshot
from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.tickets import AcceptTicket, ArriveOnSite, ResolveTicket
from rules.snapshot import UnusableSnapshot
from rules.state.inputs import EstateChanged, Ordered, Tick
from rules.step import step
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch
from tests.rules.one_rule import START, Bench, book, estate, rule

WET = {"signal": "wet", "of": {"type": "leak", "same": ["building", "riser"]}, "equals": 1}
HIGH = {"signal": "floor", "above": 10, "for_s": 60}


def without_lift(file: dict[str, Any]) -> dict[str, Any]:
    return {**file, "devices": file["devices"][1:]}


def test_what_a_condition_remembers_survives_the_import_of_a_neighbour() -> None:
    bench = Bench(book(rule({"any": [WET, HIGH]})), estate("k1"))
    bench.play([(0, "floor", 11)])
    bench.change(30, estate("k0", "k1", "k2"))
    assert bench.until(100) == [(60, "raised")]
    assert bench.faults == []


def test_neighbours_are_told_apart_after_an_import() -> None:
    bench = Bench(book(rule(WET)), estate("k1", "k3"))
    bench.play([(0, "k3.wet", 0), (1, "k1.wet", 1)])
    bench.change(10, estate("k0", "k1", "k2"))
    bench.play([(20, "k0.wet", 0), (30, "k2.wet", 0), (40, "k1.wet", 0)])
    assert bench.until(100) == [(1, "raised"), (40, "cleared")]


def test_condition_ends_with_the_neighbour_that_made_it_true() -> None:
    bench = Bench(book(rule(WET)), estate("k1", "k2"))
    bench.play([(0, "k1.wet", 1)])
    bench.change(10, estate("k2"))
    assert [happened for _, happened in bench.until(100)] == ["raised", "cleared"]


def test_alarm_of_a_device_that_is_gone_is_cleared() -> None:
    bench = Bench(book(rule(HIGH)))
    bench.play([(0, "floor", 11)])
    bench.until(70)
    bench.change(80, without_lift(estate()))
    assert bench.until(100) == [(60, "raised"), (80, "cleared")]
    steps = (AcceptTicket("small-t1"), ArriveOnSite("small-t1"), ResolveTicket("small-t1", "done"))
    for n, command in enumerate(steps):
        order = Ordered(command, "somebody", "engineer")
        step(bench.state, order, START + (110 + n) * SECOND)
    acknowledge = Ordered(AcknowledgeAlarm("small-a1"), "somebody", "operator")
    kinds = [event.kind for event in step(bench.state, acknowledge, START + 120 * SECOND)]
    assert kinds == ["alarm.acknowledged", "ticket.verified", "ticket.closed", "incident.closed"]
    assert bench.state.alarms == {}
    assert bench.state.incidents == {}


def test_rule_learns_of_what_was_reported_before_it_applied() -> None:
    """A device of a type that the rule newly covers: its last word counts, at its own time."""
    bench = Bench(book(rule(WET)), estate("k1", riser=None))
    bench.play([(0, "k1.wet", 1)])
    bench.change(10, estate("k1"))
    assert bench.until(100) == [], "nobody listened to k1, so nothing is known of it"
    bench.play([(110, "k1.wet", 1)])
    assert bench.until(200) == [(110, "raised")]


def test_faulty_version_is_told_and_changes_nothing() -> None:
    bench = Bench(book(rule(HIGH)))
    bench.play([(0, "floor", 11)])
    bench.change(10, {"estate": "small"})
    assert bench.faults == ["estate/2"]
    assert bench.state.estate_version == 1
    assert bench.until(100) == [(60, "raised")]


@pytest.mark.parametrize("body", [{}, {"devices": 3}, {"buildings": [None]}])
def test_no_file_is_too_malformed(body: dict[str, Any]) -> None:
    bench = Bench(book(rule(HIGH)))
    bench.change(10, {**estate(), **body} if body else body)
    assert bench.faults == ["estate/2"]


def test_changed_rule_starts_afresh_from_the_newest_reading_and_keeps_its_alarm() -> None:
    bench = Bench(book(rule(HIGH)))
    bench.play([(0, "floor", 11)])
    bench.until(70)
    changed = book(rule({"signal": "floor", "above": 20}, version=2))
    state = snapshot.load(snapshot.save(bench.state), changed)
    events = step(state, Tick(), START + 80 * SECOND)
    assert [(event.kind, event.record.id) for event in events] == [
        ("alarm.cleared", "small-a1"),
        ("incident.severity_changed", "small-i1"),
    ]


def test_new_rule_finds_what_stands_already() -> None:
    bench = Bench(book(rule(HIGH)))
    bench.play([(0, "floor", 11)])
    further = rule({"signal": "floor", "above": 5}, id="further")
    state = snapshot.load(snapshot.save(bench.state), book(rule(HIGH), further))
    events = step(state, Tick(), START + 10 * SECOND)
    assert [(e.kind, e.at) for e in events if e.kind == "alarm.raised"] == [("alarm.raised", START)]


def test_rule_whose_shape_changed_without_a_version_begins_anew_and_keeps_its_alarm() -> None:
    bench = Bench(book(rule(HIGH)))
    bench.play([(0, "floor", 11)])
    bench.until(70)
    other = book(rule({"any": [HIGH, {"signal": "mode", "equals": 2}]}))
    state = snapshot.load(snapshot.save(bench.state), other)
    assert state.begun_anew == ["judged/l1"]
    assert step(state, Tick(), START + 80 * SECOND) == []
    over = ReadingBatch(START, [("l1", "floor", START + 90 * SECOND, 1.0)])
    events = step(state, over, START + 90 * SECOND)
    assert [(e.kind, e.record.id) for e in events][:1] == [("alarm.cleared", "small-a1")]


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x80"])
def test_bytes_that_are_no_snapshot_are_unusable(data: bytes) -> None:
    with pytest.raises(UnusableSnapshot):
        snapshot.load(data, book(rule(HIGH)))


def test_estate_imported_again_changes_nothing() -> None:
    bench = Bench(book(rule({"any": [WET, HIGH]})), estate("k1"))
    bench.play([(0, "floor", 11), (5, "k1.wet", 0)])
    step(bench.state, EstateChanged(2, estate("k1")), START + 20 * SECOND)
    assert bench.until(100) == [(60, "raised")]
