"""The shipped rules, plans and messages are whole, in both languages, and fit together."""

import re
from collections.abc import Iterator

from pydantic import BaseModel

from rules.catalogue import device_types, rulebook
from rules.conditions import When
from rules.estate import Estate
from rules.messages import placeholders
from rules.places import Place
from rules.text import Text

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
    parts = [*(when.all_of or []), *(when.any_of or []), *([when.not_] if when.not_ else [])]
    if not parts:
        yield when
    for part in parts:
        yield from leaves(part)


def test_every_text_is_complete_in_english_and_chinese() -> None:
    found = [*texts(BOOK), *texts(device_types().by_id)]
    assert len(found) > 100
    for text in found:
        assert text.en.strip(), text
        assert re.search(r"[\u4e00-\u9fff]", text.zh), text


def test_every_rule_names_the_source_of_its_figures() -> None:
    assert [rule.id for rule in BOOK.rules.values() if not rule.source] == []


def test_every_condition_reads_signals_that_its_devices_report() -> None:
    types = device_types().by_id
    for rule in BOOK.rules.values():
        for leaf in leaves(rule.when):
            for type_ in [leaf.of.type] if leaf.of else rule.device_types:
                assert leaf.signal in types[type_].signals, (rule.id, type_, leaf.signal)


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
        message.fill(**{**known, "incident": Text("i", "事")})


def test_a_rule_without_a_plan_says_which_class_its_ticket_has() -> None:
    unclassed = [
        rule.id
        for rule in BOOK.rules.values()
        if rule.response.kind == "ticket" and rule.response.ticket is None
    ]
    assert unclassed == []
