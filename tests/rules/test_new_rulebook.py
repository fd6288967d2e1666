"""A change of the rules is an input: it loses no alarm, and leaves the other rules alone."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import snapshot
from rules.catalogue import rulebook as shipped_rulebook
from rules.commands.incidents import ConfirmIncident
from rules.records.alarms import Alarm
from rules.records.events import Event
from rules.rulebook.editions import Edition, edit, upgrade
from rules.rulebook.rulebook import Rulebook, as_data
from rules.state.inputs import EstateChanged, Input, Ordered, RulebookChanged, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch, Value
from rules.watching.watch import Watch
from tests.rules.one_rule import DEVICE, START, book, estate, rule

TRIED, OTHER = "tried", "other"


def over(limit: float, **fields: Any) -> dict[str, Any]:
    """The rule that is changed: the lift's floor lies over a limit."""
    return rule({"signal": "floor", "above": limit}, **{"id": TRIED, **fields})


def steady(**fields: Any) -> dict[str, Any]:
    """The rule that is left alone, with a delay to remember."""
    return rule({"signal": "direction", "above": 0, "for_s": 7}, **{"id": OTHER, **fields})


@dataclass
class Desk:
    """Gives inputs to a state, a second apart, as an engine does."""

    rules: Rulebook
    state: State = field(init=False)
    now: int = START
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = State.empty("small", self.rules)
        self.give(EstateChanged(1, estate()))

    def give(self, input: Input, after_s: float = 1) -> list[Event]:
        self.now += round(after_s * SECOND)
        happened = [*step(self.state, input, self.now), *step(self.state, Tick(), self.now)]
        self.events += happened
        return happened

    def say(self, signal: str, value: Value) -> list[Event]:
        at = self.now + SECOND
        return self.give(ReadingBatch(at, [(DEVICE, signal, at, value)]))

    def change(self, *rules: dict[str, Any]) -> list[Event]:
        """Put rules in force; each change is the next version of each."""
        self.version += 1
        body = as_data(book(*({**r, "version": self.version + 1} for r in rules)))
        return self.give(RulebookChanged(self.version, body))

    def standing(self, rule_id: str) -> bool:
        return any(a.standing and a.rule == rule_id for a in self.state.alarms.values())

    def told(self, rule_id: str) -> list[tuple[str, int]]:
        """What happened to the rule's alarms, and when."""
        return [
            (event.kind, event.at)
            for event in self.events
            if isinstance(event.record, Alarm) and event.record.rule == rule_id
        ]


moves = st.lists(
    st.tuples(st.sampled_from(["floor", "direction", "limit", "restart"]), st.integers(0, 3)),
    max_size=25,
)


@given(moves)
def test_changing_back_and_forth_loses_no_alarm_and_leaves_the_other_rule_alone(
    course: list[tuple[str, int]],
) -> None:
    changed, left_alone = Desk(book(over(1), steady())), Desk(book(over(1), steady()))
    floor, limit = None, 1
    other = steady(version=1)
    for what, value in course:
        match what:
            case "limit":
                limit = value
                changed.version += 1
                rules = book(over(limit, version=changed.version + 1), other)
                changed.give(RulebookChanged(changed.version, as_data(rules)))
                left_alone.give(Tick())
            case "restart":
                changed.state = snapshot.load(snapshot.save(changed.state), changed.rules)
            case _:
                floor = value if what == "floor" else floor
                changed.say(what, float(value))
                left_alone.say(what, float(value))
        assert changed.standing(TRIED) == (floor is not None and floor > limit)
    for desk in (changed, left_alone):
        desk.give(Tick(), after_s=60)
    assert changed.told(OTHER) == left_alone.told(OTHER)
    kinds = [kind for kind, _ in changed.told(TRIED)]
    began = sum(kind in ("alarm.raised", "alarm.raised_again") for kind in kinds)
    assert began - kinds.count("alarm.cleared") == changed.standing(TRIED)


def test_alarm_names_the_version_that_raised_it() -> None:
    desk = Desk(book(over(1)))
    desk.change(over(2))
    (raised, *_) = desk.say("floor", 3.0)
    assert isinstance(raised.record, Alarm)
    assert raised.record.rule_version == 2


def test_delay_that_is_running_goes_on_over_a_change_of_another_rule() -> None:
    desk = Desk(book(over(1), steady()))
    desk.say("direction", 1.0)
    desk.give(Tick(), after_s=3)
    desk.give(RulebookChanged(1, as_data(book(over(2, version=2), steady()))))
    assert not desk.standing(OTHER)
    desk.give(Tick(), after_s=3)
    assert desk.standing(OTHER)


@pytest.mark.parametrize("rules", [[steady()], [over(1, enabled=False), steady()]])
def test_alarm_of_a_rule_that_is_gone_or_disabled_returns_to_normal(
    rules: list[dict[str, Any]],
) -> None:
    desk = Desk(book(over(1), steady()))
    desk.say("floor", 2.0)
    (cleared, *_) = desk.change(*rules)
    assert (cleared.kind, cleared.reason) == ("alarm.cleared", "nothing_left")
    assert not desk.standing(TRIED)


def test_standing_alarm_is_cleared_where_the_changed_rule_hears_nothing() -> None:
    desk = Desk(book(over(1)))
    desk.say("floor", 2.0)
    desk.change(rule({"signal": "mode", "above": 1}, id=TRIED))
    assert not desk.standing(TRIED)


def test_rules_that_cannot_be_used_are_a_system_alarm_and_change_nothing() -> None:
    desk = Desk(book(over(1)))
    before = desk.state.rulebook
    (alarm,) = desk.give(RulebookChanged(4, {"rules": [{"id": "x"}]}))
    assert (alarm.kind, alarm.record.id) == ("system.alarm", "rulebook/4")
    assert desk.state.rulebook is before
    assert desk.state.rulebook_version == 0


def test_rule_that_failed_watches_again_once_it_is_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(book(over(1)))
    with monkeypatch.context() as broken:
        broken.setattr(Watch, "advance", lambda *_: 1 / 0)
        (alarm,) = desk.say("floor", 2.0)
    assert alarm.record.id == f"{TRIED}/{DEVICE}"
    desk.say("floor", 3.0)
    assert not desk.standing(TRIED)
    desk.change(over(1))
    assert desk.standing(TRIED)


def test_snapshot_carries_the_rules_that_were_put_in_force() -> None:
    desk = Desk(book(over(1)))
    desk.change(over(2))
    again = snapshot.load(snapshot.save(desk.state), book(over(1)))
    assert again.rulebook == desk.state.rulebook
    assert again.rulebook_version == 1


def test_rules_kept_by_an_earlier_program_get_the_sections_that_it_did_not_know() -> None:
    desk = Desk(book(over(1)))
    body = as_data(book(over(2, version=2)))
    del body["ticket_policy"]
    desk.give(RulebookChanged(1, body))
    assert desk.state.rulebook_version == 1
    again = snapshot.load(snapshot.save(desk.state), book(over(1)))
    assert again.rulebook.ticket_policy == shipped_rulebook().ticket_policy


def plan(*tasks: str, version: int = 1) -> dict[str, Any]:
    words = {"en": "x", "zh": "字"}
    return {
        "id": "LIFT", "version": version, "kind": "lift", "name": words, "source": "test",
        "tickets": {"IV": "ordinary"}, "starts_confirmed": False, "confirmed_level": "I",
        "tasks": [
            {"id": t, "role": "CR", "title": words, "from_level": "I", "within_min": 1}
            for t in tasks
        ],
        "notices": [],
    }  # fmt: skip


def test_open_incident_goes_on_by_the_plan_that_it_began_with() -> None:
    response = {"kind": "lift", "group_by": [], "level": "IV"}
    plain = as_data(book(over(1, response={**response, "ticket": "ordinary"})))
    first, second = ({**plain, "plans": [p]} for p in (plan("a"), plan("b", version=2)))
    desk = Desk(Rulebook.model_validate(first))
    desk.say("floor", 2.0)
    desk.give(RulebookChanged(1, second))
    desk.state = snapshot.load(snapshot.save(desk.state), desk.rules)
    desk.give(Ordered(ConfirmIncident("small-i1", reason="seen"), "somebody", "operator"))
    (ticket,) = desk.state.tickets.values()
    assert [task.id for task in ticket.tasks] == ["a"]
    desk.give(RulebookChanged(2, {**second, "messages": plain["messages"]}))
    assert list(desk.state.superseded_plans) == ["LIFT/1"]


SHIPPED = book(over(1), steady())


def edition(**numbers: int) -> Edition:
    return upgrade(None, SHIPPED, numbers)


def test_edited_rule_gets_the_next_number_and_the_others_keep_theirs() -> None:
    used = {f"rule/{TRIED}": 4, f"rule/{OTHER}": 2}
    tried = book(over(5)).rules[TRIED]
    edited = edit(edition(), SHIPPED, {f"rule/{TRIED}": tried}, used)
    assert {r.id: r.version for r in edited.rulebook.rules.values()} == {TRIED: 5, OTHER: 1}
    assert edited.edited == {f"rule/{TRIED}"}


def test_rule_that_is_again_as_it_shipped_is_not_edited() -> None:
    key = f"rule/{TRIED}"
    there = edit(edition(), SHIPPED, {key: book(over(5)).rules[TRIED]}, {key: 1})
    back = edit(there, SHIPPED, {key: SHIPPED.rules[TRIED]}, {key: 2})
    assert (back.edited, back.rulebook.rules[TRIED].version) == (frozenset(), 3)


def test_upgrade_keeps_what_was_edited_and_takes_the_rest() -> None:
    key = f"rule/{TRIED}"
    mine = edit(edition(), SHIPPED, {key: book(over(5)).rules[TRIED]}, {key: 1})
    newer = book(over(9), rule({"signal": "mode", "above": 1}, id="new"))
    upgraded = upgrade(mine, newer, {key: 2})
    assert upgraded.rulebook.rules[TRIED].when.above == 5
    assert set(upgraded.rulebook.rules) == {TRIED, "new"}
    assert upgraded.edited == {key}
