"""A new version binds anew what it touches; that gives what binding all anew would give."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules import snapshot
from rules.estate.graph import Estate
from rules.rulebook.rulebook import Rulebook, as_data
from rules.state.inputs import EstateChanged, Input, RulebookChanged, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch
from rules.watching.watch import Watch
from rules.watching.watches import Watches, bind
from tests.rules.one_rule import START, book, estate, rule

LEAKS = ("k1", "k2", "k3")
WHENS: tuple[dict[str, Any], ...] = (
    {"signal": "fault_code", "above": 0, "recent_s": 20},
    {"signal": "fault_code", "changed": True, "within_s": 30},
    {"any": [{"silent_s": 40}, {"signal": "door_zone", "equals": 1, "for_s": 5}]},
    {"signal": "wet", "of": {"type": "leak", "same": ["riser"], "at_least_n": 2}, "equals": 1},
    {
        "all": [
            {"silent_s": 30, "of": {"type": "leak", "same": ["building"], "at_least_n": "all"}},
            {"not": {"signal": "door_zone", "equals": 1}},
        ]
    },
)


@st.composite
def books(draw: st.DrawFn) -> dict[str, Any]:
    """Some of four rules in any order, on the lift or on the leak sensors, as data."""
    rules = [
        rule(
            draw(st.sampled_from(WHENS)), id=id_, version=draw(st.integers(1, 3)),
            device_types=draw(st.sampled_from((["lift"], ["leak"], ["leak", "lift"]))),
            enabled=draw(st.integers(0, 5)) > 0, on_delay_s=draw(st.sampled_from((0, 10))),
        )
        for id_ in draw(st.permutations(("r1", "r2", "r3", "r4")))[: draw(st.integers(1, 4))]
    ]  # fmt: skip
    return as_data(book(*rules))


@st.composite
def estates(draw: st.DrawFn) -> dict[str, Any]:
    """Some of the sensors, the lift now on the riser and now not, one type or another."""
    file = estate(
        *[leak for leak in LEAKS if draw(st.integers(0, 4))],
        riser=draw(st.sampled_from(("R1", None))),
        timezone=draw(st.sampled_from(("UTC", "UTC", "Asia/Shanghai"))),
    )
    for device in file["devices"][1:]:
        device["type"] = draw(st.sampled_from(("leak", "leak", "lift")))
    return file


readings = st.lists(
    st.tuples(
        st.sampled_from(("l1", *LEAKS)),
        st.sampled_from(("fault_code", "door_zone", "wet")),
        st.sampled_from((0.0, 1.0, 2.0)),
    ),
    max_size=6,
)
edits = books() | estates()


class Partly(Watches):
    """Remembers what it renewed last."""

    renewed: frozenset[str] = frozenset()

    def rebind(self, estate: Estate, rulebook: Rulebook) -> list[Watch]:
        renewed = super().rebind(estate, rulebook)
        self.renewed = frozenset(watch.key for watch in renewed)
        return renewed


class Whole(Watches):
    """Binds all anew whenever anything is otherwise; gives what its `twin` renewed."""

    twin: Partly

    def rebind(self, estate: Estate, rulebook: Rulebook) -> list[Watch]:
        fresh, _ = bind(estate, rulebook, self.memory(), self.points_memory())
        self.__dict__.update(fresh.__dict__)
        return [watch for watch in self if watch.key in self.twin.renewed]


def begun() -> tuple[State, State]:
    """The lift and its sensors under one rule, of which nothing has been heard yet; twice."""
    partly, whole = (State.empty("small", book(rule(WHENS[0], id="r1"))) for _ in range(2))
    partly.watches = Partly(partly.estate, partly.rulebook)
    whole.watches = Whole(whole.estate, whole.rulebook)
    whole.watches.twin = partly.watches
    for state in (partly, whole):
        step(state, EstateChanged(1, estate(*LEAKS)), START)
    return partly, whole


@given(st.lists(st.tuples(st.sampled_from((1, 8, 31, 300)), readings | edits), max_size=12))
def test_renewing_what_an_edit_touches_is_binding_all_anew(
    course: list[tuple[int, list[tuple[str, str, float]] | dict[str, Any]]],
) -> None:
    partly, whole = begun()
    now, version = START, 1
    for after_s, change in course:
        now, version = now + after_s * SECOND, version + 1
        entry: Input
        if isinstance(change, list):
            entry = ReadingBatch(now, [(d, signal, now, value) for d, signal, value in change])
        elif "rules" in change:
            entry = RulebookChanged(version, change)
        else:
            entry = EstateChanged(version, change)
        for input in (entry, Tick()):
            assert step(partly, input, now) == step(whole, input, now)
        assert partly.next_due() == whole.next_due()
        assert snapshot.save(partly) == snapshot.save(whole)
