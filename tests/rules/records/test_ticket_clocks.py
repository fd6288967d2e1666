"""A ticket's clocks: what is due when, and what a pause, a stop and the end do to it."""

from dataclasses import replace
from typing import Any

import pytest

from rules.records import ticket_clocks
from rules.records.ticket_clocks import deadlines, next_due
from rules.records.tickets import Clock, ClockName, Pause, Task, Ticket, TicketState, Works
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text

WORDS = Text("x", "字")
LOOK = Task("look", "EN", WORDS, None, due_at=40)
WRITE = Task("write", "EN", WORDS, None, due_at=None)
RUNNING, MET = Clock(due_at=100), Clock(due_at=50, met_at=20)


def ticket(**fields: Any) -> Ticket:
    """In work, to be there at 100 and done at 200; it was accepted at 20."""
    clocks: dict[ClockName, Clock] = {
        "accept": MET,
        "respond": RUNNING,
        "finish": Clock(due_at=200),
    }
    plain = Ticket(
        "t1", "small", "i1", "urgent", "P2", TicketState.WORKING, WORDS, Place(WORDS), 0, clocks,
        (LOOK, WRITE),
    )  # fmt: skip
    return replace(plain, **fields)


def pause(since_at: int, until_at: int) -> Pause:
    return Pause("parts", "ordered", "leader", TicketState.WORKING, since_at, until_at)


def works(**fields: Any) -> Works:
    return replace(Works("v1", 300, 400, tell_at=250, reason="repair"), **fields)


def test_due_are_the_clocks_that_run_and_the_open_tasks_that_have_a_time() -> None:
    assert deadlines(ticket()) == {
        ("clock", "t1/respond"): 100, ("clock", "t1/finish"): 200, ("task", "t1/look"): 40,
    }  # fmt: skip


def test_what_was_missed_is_not_due_once_more() -> None:
    late = ticket_clocks.task_late(ticket_clocks.miss(ticket(), "respond", 100), LOOK, 40)
    assert deadlines(late) == {("clock", "t1/finish"): 200}
    assert late.clocks["respond"] == Clock(due_at=100, missed_at=100)
    assert late.tasks == (replace(LOOK, overdue_at=40), WRITE)


def test_a_task_that_was_done_is_not_due() -> None:
    done = replace(LOOK, state="done")
    assert ("task", "t1/look") not in deadlines(ticket(tasks=(done,)))


@pytest.mark.parametrize("state", [TicketState.CLOSED, TicketState.CANCELLED])
def test_nothing_of_an_ended_ticket_is_due(state: TicketState) -> None:
    assert deadlines(ticket(state=state, works=works())) == {}


def test_nothing_of_a_halted_ticket_is_due() -> None:
    assert deadlines(ticket(halted_at=30, works=works())) == {}


def test_the_end_of_its_newest_pause_is_due_and_no_clock_is() -> None:
    paused = ticket_clocks.suspend(ticket(pauses=(pause(1, 5),)), pause(60, 90))
    assert paused.state is TicketState.SUSPENDED
    assert deadlines(paused) == {("resume", "t1"): 90, ("task", "t1/look"): 40}


@pytest.mark.parametrize(
    ("done", "due"),
    [
        ({}, {("works_notice", "t1"): 250, ("works_begin", "t1"): 300}),
        ({"told_at": 250}, {("works_begin", "t1"): 300}),
        ({"told_at": 250, "began_at": 300}, {}),
    ],
)
def test_planned_works_are_due_to_be_told_of_and_to_begin(
    done: dict[str, int], due: dict[Any, int]
) -> None:
    assert deadlines(ticket(clocks={}, tasks=(), works=works(**done))) == due


def test_the_next_clock_is_the_earliest_that_runs() -> None:
    assert next_due(ticket()) == 100
    assert next_due(ticket(clocks={"accept": MET})) is None


def test_a_level_is_met_once_and_lets_its_clock_stand() -> None:
    met = ticket_clocks.meet(ticket(), "respond", 70)
    assert met.clocks["respond"] == Clock(due_at=100, met_at=70)
    assert ticket_clocks.meet(met, "respond", 80) == met
    assert ticket_clocks.meet(ticket(clocks={}), "finish", 80) == ticket(clocks={})


def test_a_level_met_in_a_pause_is_met_and_no_longer_paused() -> None:
    paused = ticket(clocks={"respond": Clock(due_at=100, paused_at=60)})
    met = ticket_clocks.meet(paused, "respond", 70)
    assert met.clocks == {"respond": Clock(due_at=100, met_at=70)}


def test_a_level_that_was_not_reached_after_all_runs_on_to_the_same_time() -> None:
    again = ticket_clocks.run_on(ticket(), "accept")
    assert again.clocks["accept"] == Clock(due_at=50)
    assert ticket_clocks.run_on(ticket(clocks={}), "finish") == ticket(clocks={})


def test_a_pause_counts_for_no_clock_that_ran() -> None:
    paused = ticket_clocks.suspend(ticket(), pause(60, 90))
    on = ticket_clocks.resume(paused, 85)
    assert on.state is TicketState.WORKING
    assert on.pauses == (replace(pause(60, 90), ended_at=85),)
    assert on.clocks == {
        "accept": MET, "respond": Clock(due_at=125), "finish": Clock(due_at=225),
    }  # fmt: skip


def test_of_several_pauses_the_last_one_ends() -> None:
    first = replace(pause(1, 5), ended_at=5)
    on = ticket_clocks.resume(ticket_clocks.suspend(ticket(pauses=(first,)), pause(60, 90)), 85)
    assert [p.ended_at for p in on.pauses] == [5, 85]


def test_while_it_is_halted_every_deadline_stands_and_then_comes_later_by_as_much() -> None:
    halted = ticket_clocks.halt(ticket(), 30)
    assert (halted.halted_at, halted.clocks["respond"].paused_at) == (30, 30)
    on = ticket_clocks.go_on(halted, 37)
    assert on.halted_at is None
    assert on.clocks == {
        "accept": MET, "respond": Clock(due_at=107), "finish": Clock(due_at=207),
    }  # fmt: skip
    assert on.tasks == (replace(LOOK, due_at=47), WRITE)


def test_tasks_that_were_done_or_late_before_keep_their_time() -> None:
    done, late = replace(LOOK, state="done"), replace(LOOK, overdue_at=40)
    on = ticket_clocks.go_on(ticket_clocks.halt(ticket(tasks=(done, late)), 45), 60)
    assert on.tasks == (done, late)


def test_a_clock_that_a_pause_holds_stands_on_after_the_stop_of_the_drill() -> None:
    halted = ticket_clocks.halt(ticket_clocks.suspend(ticket(), pause(20, 90)), 30)
    on = ticket_clocks.go_on(halted, 37)
    assert on.clocks["respond"] == Clock(due_at=100, paused_at=20)


def test_going_on_without_a_stop_changes_nothing() -> None:
    assert ticket_clocks.go_on(ticket(), 60) == ticket()


def test_the_end_stops_the_clocks_that_ran_and_marks_them() -> None:
    ended = ticket_clocks.end(ticket(), TicketState.CLOSED, 150)
    assert (ended.state, ended.closed_at) == (TicketState.CLOSED, 150)
    assert ended.clocks == {
        "accept": MET,
        "respond": Clock(due_at=100, stopped_at=150),
        "finish": Clock(due_at=200, stopped_at=150),
    }


def test_the_end_of_a_paused_or_halted_ticket_ends_that_first() -> None:
    paused = ticket_clocks.suspend(ticket(), pause(60, 90))
    ended = ticket_clocks.end(paused, TicketState.CANCELLED, 70)
    assert ended.state is TicketState.CANCELLED
    assert ended.pauses[-1].ended_at == 70
    assert ended.clocks["respond"] == Clock(due_at=110, stopped_at=70)
    halted = ticket_clocks.end(ticket_clocks.halt(ticket(), 30), TicketState.CLOSED, 37)
    assert halted.halted_at is None
    assert halted.clocks["respond"] == Clock(due_at=107, stopped_at=37)
