"""A call on its way: it only moves forward, and who has it already is not called for less."""

from typing import Literal

import pytest

from rules.records.callouts import Callout
from rules.state.inputs import CalloutDelivery
from rules.vocabulary.instant import SECOND
from tests.rules.oncall.test_escalation import FIRE, FULL, SMOKE
from tests.rules.riverside import START, riverside
from tests.rules.timeline import Timeline, between, happened


@pytest.fixture
def called() -> Timeline:
    """The shift leader and the engineer are called at 70 s, as c1 and c2."""
    timeline = Timeline(riverside(SMOKE))
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(71)
    return timeline


def report(
    timeline: Timeline, at_s: float, state: Literal["delivered", "failed"], *calls: str
) -> Callout | None:
    at = START + round(at_s * SECOND)
    timeline.at(at_s, CalloutDelivery(list(calls), "sms", state, at))
    return timeline.state.callouts.get("riverside-c1")


def test_a_call_says_what_it_is_about_and_at_which_level(called: Timeline) -> None:
    call = called.state.callouts["riverside-c1"]
    assert (call.user, call.duty, call.level, call.why, call.priority) == (
        "leader", "SL", "L2", "unanswered", "P1",
    )  # fmt: skip
    assert (call.requested_at, call.called_at, call.times, call.all_hands, call.drill) == (
        START + 70 * SECOND, START + 70 * SECOND, 1, False, False,
    )  # fmt: skip
    assert call.text.en.startswith("P1 ")
    assert call.text.en.endswith("Nobody has answered.")


def test_a_delivered_call_knows_when_and_by_what(called: Timeline) -> None:
    call = report(called, 75, "delivered", "riverside-c1")
    assert call is not None
    assert (call.state, call.delivered_at) == ("delivered", START + 75 * SECOND)
    [event] = [e for e in called.events if e.kind == "callout.delivered"]
    assert (event.by, event.at) == ("sms", START + 75 * SECOND)


def test_a_failed_call_may_be_delivered_by_another_channel_and_not_the_other_way(
    called: Timeline,
) -> None:
    failed = report(called, 74, "failed", "riverside-c1")
    assert failed is not None
    assert (failed.state, failed.delivered_at) == ("failed", None)
    report(called, 75, "delivered", "riverside-c1")
    late = report(called, 76, "failed", "riverside-c1")
    assert late is not None
    assert (late.state, late.delivered_at) == ("delivered", START + 75 * SECOND)


def test_a_repeated_report_and_one_of_an_unknown_call_change_nothing(called: Timeline) -> None:
    report(called, 75, "delivered", "riverside-c9", "riverside-c1")
    report(called, 76, "delivered", "riverside-c1")
    called.expect(between(75, 75), happened("callout.delivered"))


def test_all_hands_call_once_more_whoever_was_called_and_keep_the_number(called: Timeline) -> None:
    report(called, 75, "delivered", "riverside-c1")
    called.at(491)
    call = called.state.callouts["riverside-c1"]
    assert (call.user, call.level, call.all_hands, call.times, call.state) == (
        "leader", "all", True, 2, "requested",
    )  # fmt: skip
    assert (call.requested_at, call.called_at) == (START + 70 * SECOND, START + 490 * SECOND)
