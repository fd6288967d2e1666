"""Policies as people write them: what would leave something undecided is refused by its field."""

import pytest

from rules.catalogue import rulebook
from rules.rulebook.editions import parts
from rules.rulebook.policy_misfits import Channels
from rules.rulebook.reading import RuleFileFault, parse_policy
from rules.rulebook.rulebook import POLICIES, PolicyName
from rules.rulebook.writing import words_of

BOOK = rulebook()
CHANNELS = Channels(
    to_households=["resident_page", "web_push", "webhook", "sms", "chat", "mail", "voice"],
    to_staff=["web_push", "sms", "chat", "mail", "voice"],
)


def words(name: PolicyName) -> str:
    return words_of(parts(BOOK)[f"policy/{name}"])


@pytest.mark.parametrize("name", POLICIES)
def test_policy_as_written_out_is_the_policy(name: PolicyName) -> None:
    assert parse_policy(words(name), name, BOOK, CHANNELS) == getattr(BOOK, name)


@pytest.mark.parametrize(
    ("name", "before", "after", "field", "code"),
    [
        ("service_levels", "complaint:", "complain:", "complain", "not_a_choice"),
        ("service_levels", "planned: {}\n", "", "planned", "missing"),
        ("alarm_handling", "{alarm}", "{device}", "chattering.title.en", "unknown_placeholder"),
        ("alarm_handling", "shelve_at_most_h: 8", "shelve_at_most_h: 0", "shelve_at_most_h",
         "too_small"),
        ("alarm_handling", "P4: {realarm_min: 1440}", "", "priorities.P4", "missing"),
        ("alarm_handling", "reopen_within_min: 30", "reopen_within_min: 0", "", "meaning"),
        ("notice_policy", "'22:00:00'", "22:30", "quiet_from", "meaning"),
        ("notice_policy", "per_s: 50", "per_s: 51", "rates", "shared_rates"),
        ("notice_policy", "{channel: webhook}", "{channel: pager}", "urgencies.N1.steps[2].channel",
         "not_a_choice"),
        ("notice_policy", "silent_channels: [resident_page", "silent_channels: [pager",
         "silent_channels[0]", "not_a_choice"),
        ("escalation_policy", "{channel: web_push}", "{channel: resident_page}",
         "channels.P1[0].channel", "not_a_choice"),
        ("ticket_policy", "template: WATER", "template: WINE", "works.template",
         "unknown_message"),
        ("drill_policy", "{title}", "{name}", "words.stop_staff.en", "unknown_placeholder"),
        ("drill_policy", "plans: [LIFT]", "plans: [LIFTS]", "frequencies[5].plans[0]",
         "not_a_choice"),
        ("drill_policy", "weight: 15", "weight: 16", "", "meaning"),
        ("ticket_policy", "[pressure-very-low,", "[pressure-vlow,", "works.suppresses[0]",
         "unknown_rule"),
    ],
)  # fmt: skip
def test_what_would_not_hold_is_refused(
    name: PolicyName, before: str, after: str, field: str, code: str
) -> None:
    text = words(name)
    assert before in text, text
    with pytest.raises(RuleFileFault) as caught:
        parse_policy(text.replace(before, after), name, BOOK, CHANNELS)
    assert (field, code) in {(fault.field, fault.code) for fault in caught.value.faults}


def test_nobody_is_left_without_any_way_to_be_told() -> None:
    lines = words("notice_policy").splitlines()
    start = lines.index("    - {channel: resident_page}")
    end = next(n for n in range(start, len(lines)) if lines[n].startswith("  N2:"))
    lines[start - 1 : end] = ["    steps: []"]
    with pytest.raises(RuleFileFault, match=r"urgencies\.N1\.steps: name at least one channel"):
        parse_policy("\n".join(lines), "notice_policy", BOOK, CHANNELS)
