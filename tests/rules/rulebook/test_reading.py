"""Rules as YAML: every fault is told by line, field and remedy, and nothing hostile is read."""

from typing import Any

import pytest
import yaml

from rules.catalogue import device_types, rulebook
from rules.rulebook.reading import RuleFileFault, parse_message, parse_plan, parse_rules
from rules.rulebook.writing import with_switch, words_of
from rules.written.faults import REMEDIES, FileFault
from rules.written.yaml_lines import MOST_BYTES

BOOK = rulebook()

LEAK = """\
id: balcony-leak
name: {en: Leak, zh: 漏水}
device_types: [leak]
when:
  all:
    - {signal: wet, equals: 1}
    - {signal: battery_pct, above: 5}
priority: P3
response: {kind: pipe, group_by: [building], level: IV}
advice: {en: Look., zh: 查看。}
source: here
"""


def faults(text: str) -> list[FileFault]:
    with pytest.raises(RuleFileFault) as caught:
        parse_rules(text, "own.yaml", types=device_types(), rulebook=BOOK)
    return caught.value.faults


def test_rule_is_read_alone_or_in_a_list() -> None:
    (alone,) = parse_rules(LEAK, "own.yaml", types=device_types(), rulebook=BOOK)
    listed = "- " + LEAK.replace("\n", "\n  ").rstrip() + "\n"
    assert parse_rules(listed, "own.yaml", types=device_types(), rulebook=BOOK) == [alone]


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.id)
def test_shipped_rule_reads_as_it_is_written(rule: Any) -> None:
    again = parse_rules(words_of(rule), "again", types=device_types(), rulebook=BOOK)
    assert again == [rule.model_copy(update={"version": 1})]


@pytest.mark.parametrize("plan", BOOK.plans.values(), ids=lambda plan: plan.id)
def test_shipped_plan_reads_as_it_is_written(plan: Any) -> None:
    again = parse_plan(words_of(plan), "again", rulebook=BOOK)
    assert again == plan.model_copy(update={"version": 1})


@pytest.mark.parametrize(
    ("was", "becomes", "line", "field", "value", "remedy"),
    [
        ("P3", "P9", 8, "priority", "P9", "use one of P1, P2, P3, P4"),
        (", zh: 漏水", "", 2, "name.zh", "", "is missing; add it"),
        ("source: here", "sauce: here", 1, "source", "", "is missing; add it"),
        ("source: here", "source: here\nsauce: x", 12, "sauce", "x", "is not a field here"),
        ("above: 5", "above: lots", 7, "when.all[1].above", "lots", "give a number"),
        ("above: 5", "abov: 5", 7, "when.all[1].abov", "5", "is not a field here"),
        ("wet", "weet", 6, "when.all[0].signal", "weet", "no such signal of these devices"),
        ("[leak]", "[leek]", 3, "device_types[0]", "leek", "no such device type"),
        ("[leak]", "leak", 3, "device_types", "leak", "give a list"),
        ("source: here", "source: here\non_delay_s: -1", 12, "on_delay_s", "-1", "give 0 or more"),
        ("kind: pipe", "kind: ticket", 9, "response.ticket", "ticket", "there is no plan"),
        ("balcony-leak", "Balcony leak", 1, "id", "Balcony leak", "use only what matches"),
        ("source: here", "source: here\nnotice: [shout]", 12, "notice[0]", "shout", "the plan of"),
        (
            "source: here", "source: here\nsuppressed_while:\n  - {rule: leek, same: []}",
            13, "suppressed_while[0].rule", "leek", "there is no such rule; use one of",
        ),
        ("source: here", "source: here\nsource: there", 12, "source", "", "stands twice"),
        ("source: here", "source: [here", 12, "", "", "is no YAML"),
        ("source: here", "source: !!python/name:os.system x", 11, "source", "x", "remove the tag"),
        ("source: here", "<<: {source: here}", 11, "", "<<", "merge keys are not read"),
    ],
)  # fmt: skip
def test_fault_names_line_field_value_and_remedy(
    was: str, becomes: str, line: int, field: str, value: str, remedy: str
) -> None:
    found = faults(LEAK.replace(was, becomes, 1))
    told = next(fault for fault in found if remedy in fault.remedy)
    assert (told.file, told.line, told.field) == ("own.yaml", line, field)
    assert told.value.startswith(value)


def test_state_that_a_signal_never_takes_is_refused() -> None:
    (fault,) = faults(
        LEAK.replace("[leak]", "[smoke]").replace("{signal: wet, equals: 1}",
        "{signal: panel_state, one_of: [fire, smoking]}")
    )  # fmt: skip
    assert (fault.field, fault.value) == ("when.all[0].one_of[1]", "smoking")
    assert "pre_alarm" in fault.remedy


def test_all_faults_of_a_file_are_told_at_once_by_line() -> None:
    wrong = LEAK.replace("P3", "P9").replace("wet", "weet").replace("zh: 漏水", "zh: 3")
    two = "".join("- " + text.replace("\n", "\n  ").rstrip() + "\n" for text in (wrong, wrong))
    found = faults(two.replace("id: balcony-leak", "id: other", 1))
    assert [fault.line for fault in found] == [2, 6, 8, 13, 17, 19]


def test_two_rules_of_a_file_may_not_share_an_id() -> None:
    listed = "- " + LEAK.replace("\n", "\n  ").rstrip() + "\n"
    (fault,) = faults(listed * 2)
    assert (fault.line, fault.field, fault.code) == (12, "id", "twice")


def test_rule_of_the_same_file_may_be_named() -> None:
    first = LEAK + "suppressed_while: [{rule: other, same: []}]\n"
    other = LEAK.replace("balcony-leak", "other")
    listed = "".join("- " + t.replace("\n", "\n  ").rstrip() + "\n" for t in (first, other))
    read = parse_rules(listed, "own.yaml", types=device_types(), rulebook=BOOK)
    assert [rule.id for rule in read] == ["balcony-leak", "other"]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{here}: &{here} [{', '.join([f'*{last}'] * 9)}]\n"
    for last, here in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("# nothing", "empty"),
        ("3", "not_a_mapping"),
        ("[" * 100 + "]" * 100, "too_deep"),
        ("[" * 100_000, "yaml"),
        (BOMB, "too_many"),
        ("&a [*a]", "too_many"),
        ("x" * (MOST_BYTES + 1), "too_large"),
        ("a: 1\n---\nb: 2", "yaml"),
        ("a: \x00", "yaml"),
        ("\ud800", "yaml"),
        ("a: *nowhere", "yaml"),
    ],
)
def test_hostile_or_empty_text_is_a_fault_and_costs_nothing(text: str, code: str) -> None:
    assert faults(text)[0].code == code


def test_message_may_use_only_placeholders_that_something_fills() -> None:
    assert parse_message("{en: '{lift} stopped', zh: '{lift}停运'}", "m").zh == "{lift}停运"
    with pytest.raises(RuleFileFault, match="elevator"):
        parse_message("{en: '{elevator} stopped', zh: '{elevator}停运'}", "m")
    with pytest.raises(RuleFileFault, match="zh: is missing"):
        parse_message("en: stopped", "m")


def test_switching_keeps_the_author_s_words() -> None:
    words = "# ours\n" + LEAK
    off = with_switch(words, enabled=False)
    assert parse_rules(off, "own.yaml")[0].enabled is False
    assert off.startswith("# ours\n")
    assert with_switch(with_switch(off, enabled=False), enabled=True) == words


def test_every_remedy_can_be_filled() -> None:
    for code in REMEDIES:
        assert FileFault("f", 1, "x", "v", code, "this").remedy


def test_words_are_yaml_without_version() -> None:
    assert "version" not in yaml.safe_load(words_of(BOOK.rules["leak"]))
