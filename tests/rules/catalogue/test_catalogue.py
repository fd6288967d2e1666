"""The shipped rules, plans and messages are whole, in both languages, and fit together."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from rules.catalogue import device_types, load, rulebook
from rules.conditions.absence import HEARD
from rules.conditions.when import When
from rules.estate.graph import Estate
from rules.messages.placeholders import placeholders
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text
from rules.written.sentences import sentences

BOOK = rulebook()


def texts(part: object) -> Iterator[Text]:
    if isinstance(part, Text):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from texts(getattr(part, name))
    elif isinstance(part, dict):
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from texts(value)


def leaves(when: When) -> Iterator[When]:
    parts = [*(when.all_of or []), *(when.any_of or []), *(when.sequence or [])]
    parts += [when.not_] if when.not_ else []
    if not parts and not when.during:
        yield when
    for part in parts:
        yield from leaves(part)


def test_every_text_is_complete_in_english_and_chinese() -> None:
    found = [*texts(BOOK), *texts(device_types().by_id)]
    assert len(found) > 100
    for text in found:
        assert text.en.strip(), text
        is_words_alone = "{words}" in text.zh  # what a person writes, in both languages
        assert is_words_alone or re.search(r"[\u4e00-\u9fff]", text.zh), text


def test_every_rule_names_the_source_of_its_figures() -> None:
    assert [rule.id for rule in BOOK.rules.values() if not rule.source] == []


def test_every_condition_reads_signals_that_its_devices_report() -> None:
    types = device_types().by_id
    for rule in BOOK.rules.values():
        for leaf in leaves(rule.when):
            for type_ in [leaf.of.type] if leaf.of else rule.device_types:
                signal = leaf.signal or HEARD
                assert signal in types[type_].signals, (rule.id, type_, signal)
                asked = {leaf.equals, *(leaf.one_of or [])} - {None}
                states = types[type_].signals[signal].states
                assert not states or asked <= {*states}, (rule.id, leaf)


def test_every_rule_can_watch_devices_of_a_known_type() -> None:
    for rule in BOOK.rules.values():
        assert {*rule.device_types} <= device_types().by_id.keys(), rule.id


def test_health_of_every_type_of_device_is_watched() -> None:
    types = device_types().by_id
    for id_ in ("battery-low", "battery-very-low", "signal-weak", "tamper", "clock-error"):
        assert {*BOOK.rules[id_].device_types} == types.keys(), id_
    safety = {id_ for id_, type_ in types.items() if type_.life_safety}
    assert {*BOOK.rules["life-safety-silent"].device_types} == safety
    assert {*BOOK.rules["device-silent"].device_types} == types.keys() - safety - {"gateway"}


def test_every_colour_of_an_official_warning_has_its_level() -> None:
    levels = {"blue": "IV", "yellow": "III", "orange": "II", "red": "I"}
    for kind, signal in device_types().by_id["warning"].signals.items():
        for colour in signal.states[1:]:
            rule = BOOK.rules.get(f"warning-{kind.replace('_', '-')}-{colour}")
            if (kind, colour) == ("heat", "blue"):
                assert rule is None
            else:
                assert rule is not None, (kind, colour)
                assert rule.response.level == levels[colour]


def test_every_notice_that_a_rule_names_stands_in_the_plan_of_its_kind() -> None:
    for rule in BOOK.rules.values():
        plan = BOOK.plan_of(rule.response.kind)
        known = {notice.id for notice in plan.notices} if plan else set()
        assert set(rule.notice) <= known, rule.id


def test_every_placeholder_of_a_message_is_provided() -> None:
    estate = Estate.nothing("e")
    known = placeholders(
        estate, Place(Text("p", "处")), reason=Text("r", "因"), location="", restore_h=0, at=0
    )
    for message in BOOK.messages.values():
        given = {"incident": Text("i", "事"), "words": Text("w", "话"), "body": Text("b", "文")}
        message.fill(**{**known, **given})


def test_a_rule_without_a_plan_says_which_class_its_ticket_has() -> None:
    unclassed = [
        rule.id
        for rule in BOOK.rules.values()
        if rule.response.kind == "ticket" and rule.response.ticket is None
    ]
    assert unclassed == []


def catalogue(**changes: Any) -> dict[str, Any]:
    """The parts of a small rulebook, as the files give them."""
    words = {"en": "x", "zh": "字"}
    rule = {
        "id": "leak", "name": words, "device_types": ["leak"], "priority": "P3", "advice": words,
        "when": {"signal": "wet", "equals": 1}, "source": "here", "notice": ["told"],
        "response": {"kind": "pipe", "group_by": [], "level": "IV"},
    }  # fmt: skip
    plan = {
        "id": "PIPE", "version": 1, "kind": "pipe", "name": words, "tickets": {"IV": "urgent"},
        "starts_confirmed": True, "tasks": [], "source": "here",
        "notices": [{"id": "told", "template": "LEAK", "audience": "leak", "urgency": "N2"}],
    }  # fmt: skip
    parts: dict[str, Any] = {
        "rules": [rule], "plans": [plan], "messages": {"LEAK": words},
        "service_levels": {"urgent": {"accept": 15}},
        "alarm_handling": load("alarm_handling.yaml"),
        "notice_policy": load("notice_policy.yaml"),
        "escalation_policy": load("escalation_policy.yaml"),
        "ticket_policy": load("ticket_policy.yaml"),
        "drill_policy": load("drill_policy.yaml"),
    }  # fmt: skip
    for path, value in changes.items():
        part, _, field = path.partition("_of_")
        if field:
            parts[f"{field}s"] = [{**parts[f"{field}s"][0], part: value}]
        else:
            parts[part] = value
    return parts


def test_small_rulebook_is_whole() -> None:
    Rulebook.model_validate(catalogue())


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"priority_of_rule": "P9"}, "rules.leak.priority"),
        ({"name_of_rule": {"en": "only"}}, "rules.leak.name.zh"),
        ({"id_of_rule": "Not An Id"}, "rules.Not An Id.id"),
        ({"when_of_rule": {"signal": "wet"}}, "rules.leak.when"),
        ({"wenn_of_rule": {}}, "rules.leak.wenn"),
        ({"on_delay_s_of_rule": -1}, "rules.leak.on_delay_s"),
        ({"notice_of_rule": ["shout"]}, "rule leak: notice[0] shout: the plan"),
        ({"plans": []}, "rule leak: response.ticket pipe: there is no plan"),
        ({"tickets_of_plan": {"II": "urgent"}}, "plan PIPE: tickets: add a ticket class"),
        ({"tickets_of_plan": {"IV": "planned"}}, "plan PIPE: tickets.IV planned: this ticket"),
        ({"messages": {}}, "plan PIPE: notices[0].template LEAK: there is no such message"),
        ({"rules": [{"name": "nameless"}]}, "entry 1: id is missing"),
        ({"rules": catalogue()["rules"] * 2}, "id 'leak' stands twice; rename one"),
    ],
)
def test_wrong_rule_or_plan_is_refused_by_name(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Rulebook.model_validate(catalogue(**changes))
    assert fault in "; ".join(sentences(caught.value))
