"""The score of a drill: what DOMAIN section 8 weighs, in the drill's own time."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalogue import rulebook
from rules.drills.score import score_of
from rules.records.drills import Drill, Score
from rules.records.notices import Notice
from rules.records.tickets import Task, Ticket, TicketState
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text

AT: Instant = 1_000_000 * SECOND
WORDS = Text("x", "x")
TARGETS = rulebook().drill_policy.score
DRILL = Drill(
    "e-d1", "e", "functional", "t", "FIRE", "II", Place(WORDS), "running", "l", "m", AT,
    households=("B3-01-01",), started_at=AT,
)  # fmt: skip
TICKET = Ticket(
    "e-t1", "e", "e-i1", "emergency", "P1", TicketState.NEW, WORDS, Place(WORDS), AT, {}, ()
)  # fmt: skip


def at(seconds: float) -> Instant:
    return AT + round(seconds * SECOND)


def task(id_: str, state: str = "open", *, late: bool = False, proof: bool = False) -> Task:
    return Task(
        id_, "EN", WORDS, None, at(60), state,  # type: ignore[arg-type]
        proof_kinds=("photo",) if proof else (), overdue_at=at(60) if late else None,
    )  # fmt: skip


def notice(n: int, delivered_s: float | None) -> Notice:
    delivered = None if delivered_s is None else at(delivered_s)
    return Notice(
        f"n{n}", "e", "e-i1", f"h{n}", "FIRE", 1, "N1", 0, WORDS, "queued", at(0), delivered
    )


def score(drill: Drill, *tasks: Task, notices: tuple[Notice, ...] = ()) -> Score:
    ticket = replace(TICKET, tasks=tasks)
    return score_of(drill, TARGETS, tickets=[ticket], notices=notices, alarmed=True)


def points(found: Score) -> dict[str, float]:
    return {part.name: part.points for part in found.parts}


@pytest.mark.parametrize(
    ("name", "limit_s"), [("acknowledged", 60), ("dispatched", 120), ("arrived", 300)]
)
def test_milestone_counts_up_to_its_target_and_not_a_second_longer(name: str, limit_s: int) -> None:
    part = {"acknowledged": "acknowledge", "dispatched": "dispatch", "arrived": "arrive"}[name]
    in_time = replace(DRILL, **{f"{name}_at": at(limit_s)})  # type: ignore[arg-type]
    late = replace(DRILL, **{f"{name}_at": at(limit_s + 1)})  # type: ignore[arg-type]
    assert points(score(in_time))[part] == TARGETS[part].weight  # type: ignore[index]
    assert points(score(late))[part] == 0


def test_tasks_count_by_the_share_that_was_in_time_and_waived_ones_not_at_all() -> None:
    found = score(
        DRILL, task("a", "done"), task("b", "done", late=True), task("c"), task("d", "waived")
    )
    assert points(found)["tasks"] == pytest.approx(20 / 3, abs=0.01)


def test_proof_counts_where_it_was_asked_for() -> None:
    found = score(DRILL, task("a", "done", proof=True), task("b", proof=True), task("c"))
    assert points(found)["proof"] == 5


def test_drill_without_enrolled_households_is_scored_by_the_rest() -> None:
    perfect = replace(
        DRILL, households=(), acknowledged_at=at(1), dispatched_at=at(1), arrived_at=at(1)
    )
    found = score(perfect, task("a", "done", proof=True))
    assert found.total == 100
    assert not next(part for part in found.parts if part.name == "notify").applies


def test_what_was_reached_before_the_stop_stands_and_there_is_no_total() -> None:
    stopped = replace(DRILL, acknowledged_at=at(20), dispatched_at=at(100), void_from_at=at(50))
    found = score(stopped)
    assert found.total is None
    assert points(found)["acknowledge"] == 15
    assert points(found)["dispatch"] == 0


_moments = st.none() | st.floats(0, 4000).map(at)
_tasks = st.lists(
    st.builds(
        task, st.text("abc", min_size=1), st.sampled_from(["open", "done", "waived"]),
        late=st.booleans(), proof=st.booleans(),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=25)
@given(_moments, _moments, _moments, _moments, _moments, _tasks, st.booleans())
def test_score_is_from_0_to_100_and_void_has_none(
    acknowledged: Instant | None,
    dispatched: Instant | None,
    arrived: Instant | None,
    notified: Instant | None,
    void: Instant | None,
    tasks: list[Task],
    alarmed: bool,
) -> None:
    drill = replace(
        DRILL, acknowledged_at=acknowledged, dispatched_at=dispatched, arrived_at=arrived,
        notified_at=notified, void_from_at=void,
    )  # fmt: skip
    found = score_of(
        drill, TARGETS, tickets=[replace(TICKET, tasks=tuple(tasks))], notices=[notice(1, 5)],
        alarmed=alarmed,
    )  # fmt: skip
    assert (found.total is None) == (void is not None)
    assert found.total is None or 0 <= found.total <= 100
    assert all(0 <= part.points <= part.weight for part in found.parts)
    assert all(not part.points for part in found.parts if part.void or not part.applies)
