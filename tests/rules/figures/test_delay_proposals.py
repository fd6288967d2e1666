"""Delays proposed from what a point did."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.figures.alarm_history import Activation
from rules.figures.delay_proposals import LONGEST_OFF_DELAY_S, LONGEST_ON_DELAY_S, Delay, propose
from rules.vocabulary.instant import SECOND
from rules.vocabulary.priority import Priority
from tests.rules.alarm_records import instant


def point(*spans: tuple[float, float]) -> list[Activation]:
    """Activations of (length, pause after it), in seconds."""
    at, made = 0.0, []
    for length, pause in spans:
        made.append(Activation(instant(at), instant(at + length)))
        at += length + pause
    return made


HOUR_S = 3600.0


def test_the_shortest_on_delay_removes_four_in_five() -> None:
    found = propose(point(*[(5, HOUR_S)] * 3, (9, HOUR_S), (600, HOUR_S)), "P3")
    assert found is not None
    assert found.on_delay == Delay(delay_s=10, removes=4, of=5)
    assert found.off_delay is None


def test_the_shortest_off_delay_joins_what_has_a_short_pause() -> None:
    found = propose(point((100, 3), (100, 3), (100, 3), (100, 20), (100, HOUR_S), (100, 0)), "P3")
    assert found is not None
    assert found.off_delay == Delay(delay_s=21, removes=4, of=5)
    assert found.on_delay is None


def test_an_activation_exactly_as_long_as_the_delay_is_not_removed() -> None:
    found = propose(point(*[(5, HOUR_S)] * 5), "P3")
    assert found is not None
    assert found.on_delay == Delay(delay_s=6, removes=5, of=5)


@pytest.mark.parametrize(
    ("priority", "longest_s"), [("P1", 0), ("P2", 15), ("P3", 60), ("P4", 300)]
)
def test_no_alarm_is_delayed_for_longer_than_its_priority_allows(
    priority: Priority, longest_s: int
) -> None:
    if longest_s:
        assert propose(point(*[(longest_s - 1, HOUR_S)] * 5), priority) is not None
    assert propose(point(*[(longest_s, HOUR_S)] * 5), priority) is None


def test_fewer_than_three_activations_prove_nothing() -> None:
    assert propose(point((1, 1), (1, 1)), "P4") is None
    assert propose([], "P4") is None


def test_an_activation_that_was_held_for_chattering_has_no_length() -> None:
    held = Activation(instant(20), instant(900), held=True)
    found = propose([*point((5, 5), (5, 5)), held], "P3")
    assert found is not None
    assert found.on_delay == Delay(delay_s=6, removes=2, of=2)
    assert found.off_delay == Delay(delay_s=6, removes=2, of=2)


def test_an_activation_that_has_not_ended_has_no_length_yet() -> None:
    found = propose([*point((5, HOUR_S), (5, HOUR_S)), Activation(instant(9000))], "P3")
    assert found is not None
    assert found.on_delay == Delay(delay_s=6, removes=2, of=2)


span = st.floats(0.001, 800)


@given(
    st.lists(st.tuples(span, span), min_size=3, max_size=40),
    st.sampled_from(["P1", "P2", "P3", "P4"]),
)
def test_a_proposal_keeps_its_promise_and_no_shorter_one_would(
    spans: list[tuple[float, float]], priority: Priority
) -> None:
    activations = point(*spans)
    found = propose(activations, priority)
    lengths = [a.ended_at - a.began_at for a in activations if a.ended_at]
    pauses = [b.began_at - a.ended_at for a, b in pairwise(activations) if a.ended_at]
    for measured, longest_s, delay in (
        (lengths, LONGEST_ON_DELAY_S[priority], found and found.on_delay),
        (pauses, LONGEST_OFF_DELAY_S, found and found.off_delay),
    ):
        enough = [
            d
            for d in range(longest_s + 1)
            if sum(m < d * SECOND for m in measured) >= 0.8 * len(measured)
        ]
        assert (delay.delay_s if delay else None) == (enough[0] if enough else None)
        if delay:
            assert delay.removes == sum(m < delay.delay_s * SECOND for m in measured)
            assert delay.of == len(measured)
