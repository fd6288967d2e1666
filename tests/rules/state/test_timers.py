"""Timers: one for each kind and target, moved or cancelled at any time."""

from rules.state.timers import Timer, Timers
from rules.vocabulary.instant import NEVER


def timers(*each: tuple[int, str]) -> Timers:
    found = Timers()
    for due_at, target in each:
        found.set("clock", target, due_at)
    return found


def fired(running: Timers, now: int) -> list[str]:
    found = []
    while (timer := running.pop(now)) is not None:
        found.append(timer.target)
    return found


def test_timers_fire_at_their_time_the_earliest_first_and_once() -> None:
    running = timers((20, "b"), (10, "a"), (30, "c"))
    assert fired(running, 9) == []
    assert fired(running, 20) == ["a", "b"]
    assert fired(running, 20) == []
    assert running.next_due() == 30


def test_a_timer_that_is_moved_fires_at_its_new_time_alone() -> None:
    running = timers((10, "a"), (30, "a"))
    assert running.next_due() == 30
    assert fired(running, 29) == []
    assert fired(running, 30) == ["a"]


def test_a_timer_that_is_moved_back_fires_once() -> None:
    running = timers((10, "a"), (30, "a"), (10, "a"))
    assert fired(running, 40) == ["a"]


def test_a_cancelled_timer_does_not_fire_and_is_waited_for_no_more() -> None:
    running = timers((10, "a"))
    running.cancel("clock", "a")
    running.cancel("clock", "unknown")
    assert running.next_due() == NEVER
    assert fired(running, 10) == []


def test_what_is_kept_of_timers_is_those_that_run_and_restores_them() -> None:
    running = timers((30, "c"), (10, "a"), (20, "b"))
    running.cancel("clock", "b")
    assert sorted(running.memory()) == [Timer(10, "clock", "a"), Timer(30, "clock", "c")]
    again = Timers.restore(running.memory())
    assert again.next_due() == 10
    assert fired(again, 30) == ["a", "c"]


def test_setting_a_timer_to_its_time_again_takes_no_more_room() -> None:
    running = timers(*[(10, "a")] * 3)
    assert running == timers((10, "a"))
